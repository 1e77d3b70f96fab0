// nn.functional: layers, dropout and distances.
#pragma once

#include "../autograd/window_options.h"
#include "function_object.h"

namespace taper::nn::functional {

struct LinearOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, weight = required, bias = Default(none);
};
struct BatchNormOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, running_mean = required, running_var = required, weight = Default(none),
                bias = Default(none);
    Arg<bool> training = Default(false);
    Arg<double> momentum = Default(0.1), eps = Default(1e-5);
};
struct InstanceNormOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, running_mean = Default(none), running_var = Default(none), weight = Default(none),
                bias = Default(none);
    Arg<bool> use_input_stats = Default(true);
    Arg<double> momentum = Default(0.1), eps = Default(1e-5);
};
struct LayerNormOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> normalized_shape = required;
    Arg<Tensor> weight = Default(none), bias = Default(none);
    Arg<double> eps = Default(1e-5);
};
struct GroupNormOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> num_groups = required;
    Arg<Tensor> weight = Default(none), bias = Default(none);
    Arg<double> eps = Default(1e-5);
};
struct LocalResponseNormOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> size = required;
    Arg<double> alpha = Default(1e-4), beta = Default(0.75), k = Default(1.0);
};
/// padding_idx: a row that does not learn. max_norm: rows longer than this are shortened when used.
/// scale_grad_by_freq: a row that is named n times learns from the mean of its n gradients, not from their sum. sparse:
/// there are no sparse gradients here; Error if true.
struct EmbeddingOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, weight = required;
    Arg<std::optional<std::int64_t>> padding_idx = Default(none);
    Arg<std::optional<double>> max_norm = Default(none);
    Arg<double> norm_type = Default(2);
    Arg<bool> scale_grad_by_freq = Default(false), sparse = Default(false);
};
struct OneHotOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<std::int64_t> num_classes = Default(-1);
};
/// (left, right, top, bottom, ...) from the last dim on; mode "constant", "reflect", "replicate" or "circular".
/// Negative amounts crop.
struct PadOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::vector<std::int64_t>> pad = required;
    Arg<std::string> mode = Default("constant");
    Arg<std::optional<double>> value = Default(none);
};
struct DropoutOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> p = Default(0.5);
    Arg<bool> training = Default(true), inplace = Default(false);
};
struct AlphaDropoutOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> p = Default(0.5);
    Arg<bool> training = Default(false), inplace = Default(false);
};
/// out: where the result is written, if given.
struct NormalizeOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> p = Default(2);
    Arg<Dims> dim = Default(1);
    Arg<double> eps = Default(1e-12);
    Arg<Tensor> out = Default(none);
};
struct CosineSimilarityOptions {
    Keywords _ = Keywords();
    Arg<Tensor> x1 = required, x2 = required;
    Arg<std::int64_t> dim = Default(1);
    Arg<double> eps = Default(1e-8);
};
struct PairwiseDistanceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> x1 = required, x2 = required;
    Arg<double> p = Default(2), eps = Default(1e-6);
    Arg<bool> keepdim = Default(false);
};

// ---- layers
/// x weight^T + bias: (..., in) by (out, in).
TAPER_FUNCTION_OBJECT(Tensor, linear, LinearOptions, 2, input, weight, bias)
/// Of each channel of x (N, C, ...), by its own mean and variance in training, else by the running ones. In training
/// the running ones (absent: none are kept) move towards those of x, the variance over n - 1, by the share `momentum`.
TAPER_FUNCTION_OBJECT(
    Tensor, batch_norm, BatchNormOptions, 3, input, running_mean, running_var, weight, bias, training, momentum, eps)
/// Of each channel of each sample by itself, or by the running mean and variance unless use_input_stats.
TAPER_FUNCTION_OBJECT(Tensor, instance_norm, InstanceNormOptions, 1, input, running_mean, running_var, weight, bias,
    use_input_stats, momentum, eps)
/// Over the last dims, whose sizes are normalized_shape; weight and bias have this shape.
TAPER_FUNCTION_OBJECT(Tensor, layer_norm, LayerNormOptions, 2, input, normalized_shape, weight, bias, eps)
/// Of each sample's channels in num_groups groups.
TAPER_FUNCTION_OBJECT(Tensor, group_norm, GroupNormOptions, 2, input, num_groups, weight, bias, eps)
/// Each element through (k + alpha * the mean of the squares of `size` neighbouring channels)^beta: x is (N, C, L,
/// ...).
TAPER_FUNCTION_OBJECT(Tensor, local_response_norm, LocalResponseNormOptions, 2, input, size, alpha, beta, k)
/// Rows of weight (n, d) named by the input, int64: input.shape + (d).
TAPER_FUNCTION_OBJECT(
    Tensor, embedding, EmbeddingOptions, 2, input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
/// int64, with a last dim of num_classes (by default the largest label + 1).
TAPER_FUNCTION_OBJECT(Tensor, one_hot, OneHotOptions, 1, tensor, num_classes)
/// x with more around it.
TAPER_FUNCTION_OBJECT(Tensor, pad, PadOptions, 2, input, pad, mode, value)

// ---- dropout
/// In training each element is zero with probability p, else divided by 1 - p.
TAPER_FUNCTION_OBJECT(Tensor, dropout, DropoutOptions, 1, input, p, training, inplace)
/// The same for whole channels: x is (N, C, L) or (C, L).
TAPER_FUNCTION_OBJECT(Tensor, dropout1d, DropoutOptions, 1, input, p, training, inplace)
/// The same for whole channels: x is (N, C, ...).
TAPER_FUNCTION_OBJECT(Tensor, dropout2d, DropoutOptions, 1, input, p, training, inplace)
/// The same for whole channels: x is (N, C, D, H, W) or (C, D, H, W).
TAPER_FUNCTION_OBJECT(Tensor, dropout3d, DropoutOptions, 1, input, p, training, inplace)
/// Dropout that keeps mean 0 and variance 1: selu's lower limit takes the place of 0. Klambauer et al., 2017
TAPER_FUNCTION_OBJECT(Tensor, alpha_dropout, AlphaDropoutOptions, 1, input, p, training, inplace)
/// The same for whole channels: x is (N, C, ...).
TAPER_FUNCTION_OBJECT(Tensor, feature_alpha_dropout, AlphaDropoutOptions, 1, input, p, training, inplace)

// ---- distances
/// x / max(|x|_p, eps) along dim.
TAPER_FUNCTION_OBJECT(Tensor, normalize, NormalizeOptions, 1, input, p, dim, eps, out)
/// x1 x2 / (|x1| |x2|) along dim, each norm at least eps.
TAPER_FUNCTION_OBJECT(Tensor, cosine_similarity, CosineSimilarityOptions, 2, x1, x2, dim, eps)
/// |x1 - x2 + eps|_p along the last dim.
TAPER_FUNCTION_OBJECT(Tensor, pairwise_distance, PairwiseDistanceOptions, 2, x1, x2, p, eps, keepdim)

}  // namespace taper::nn::functional
