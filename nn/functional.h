// nn.functional: the functions behind the modules, with their keywords.
#pragma once

#include "../autograd/ops.h"

namespace taper::nn {

struct InplaceOptions {
    bool inplace = false;
};
struct LeakyReLUOptions {
    double negative_slope = 0.01;
    bool inplace = false;
};
struct RReLUOptions {
    double lower = 1. / 8, upper = 1. / 3;
    bool training = false;
    bool inplace = false;
};
struct ELUOptions {
    double alpha = 1;
    bool inplace = false;
};
struct GELUOptions {
    std::string approximate = "none";  // or "tanh"
};
struct SoftplusOptions {
    double beta = 1, threshold = 20;
};
struct HardtanhOptions {
    double min_val = -1, max_val = 1;
    bool inplace = false;
};
struct ShrinkOptions {
    double lambd = 0.5;
};
struct SoftmaxOptions {
    std::optional<std::int64_t> dim = {};  // absent: 0 for tensors of 0, 1 or 3 dims, else 1
    std::optional<DType> dtype = {};
};
struct GLUOptions {
    std::int64_t dim = -1;
};
struct DropoutOptions {
    double p = 0.5;
    bool training = true;
    bool inplace = false;
};
struct NormalizeOptions {
    double p = 2;
    std::int64_t dim = 1;
    double eps = 1e-12;
};
struct CosineSimilarityOptions {
    std::int64_t dim = 1;
    double eps = 1e-8;
};
struct PairwiseDistanceOptions {
    double p = 2, eps = 1e-6;
    bool keepdim = false;
};

// Of losses. reduction: "mean", "sum" or "none".
struct LossOptions {
    std::string reduction = "mean";
};
struct SmoothL1LossOptions {
    std::string reduction = "mean";
    double beta = 1;
};
struct HuberLossOptions {
    std::string reduction = "mean";
    double delta = 1;
};
struct BCELossOptions {
    Tensor weight = {};
    std::string reduction = "mean";
};
struct BCEWithLogitsLossOptions {
    Tensor weight = {};
    std::string reduction = "mean";
    Tensor pos_weight = {};
};
struct NLLLossOptions {
    Tensor weight = {};
    std::int64_t ignore_index = -100;
    std::string reduction = "mean";
};
struct CrossEntropyLossOptions {
    Tensor weight = {};
    std::int64_t ignore_index = -100;
    std::string reduction = "mean";
    double label_smoothing = 0;
};
struct KLDivLossOptions {
    std::string reduction = "mean";  // or "batchmean"
    bool log_target = false;
};
struct HingeEmbeddingLossOptions {
    double margin = 1;
    std::string reduction = "mean";
};
struct CosineEmbeddingLossOptions {
    double margin = 0;
    std::string reduction = "mean";
};
struct TripletMarginLossOptions {
    double margin = 1, p = 2, eps = 1e-6;
    bool swap = false;
    std::string reduction = "mean";
};

// Of layers: what Python's keywords name, tensors included.
struct ConvFunctionOptions {
    Keywords _ = Keywords();
    Tensor bias = {};
    Sizes stride = 1;
    Padding padding = 0;
    Sizes dilation = 1;
    std::int64_t groups = 1;
};
struct ConvTransposeFunctionOptions {
    Keywords _ = Keywords();
    Tensor bias = {};
    Sizes stride = 1, padding = 0, output_padding = 0;
    std::int64_t groups = 1;
    Sizes dilation = 1;
};
struct BatchNormFunctionOptions {
    Tensor weight = {}, bias = {};
    bool training = false;
    double momentum = 0.1, eps = 1e-5;
};
struct InstanceNormFunctionOptions {
    Tensor running_mean = {}, running_var = {}, weight = {}, bias = {};
    bool use_input_stats = true;
    double momentum = 0.1, eps = 1e-5;
};
/// Also of group_norm.
struct LayerNormFunctionOptions {
    Tensor weight = {}, bias = {};
    double eps = 1e-5;
};
/// padding_idx: a row that does not learn. max_norm: rows longer than this are shortened when used.
/// scale_grad_by_freq: a row that is named n times learns from the mean of its n gradients, not from their sum. sparse:
/// there are no sparse gradients here; Error if true.
struct EmbeddingOptions {
    std::optional<std::int64_t> padding_idx = {};
    std::optional<double> max_norm = {};
    double norm_type = 2;
    bool scale_grad_by_freq = false, sparse = false;
};

namespace functional {

// What needs no keywords beyond ops.h is the function of that name there.
using taper::adaptive_avg_pool1d, taper::adaptive_avg_pool2d, taper::adaptive_max_pool2d,
    taper::adaptive_max_pool2d_with_indices, taper::avg_pool1d, taper::avg_pool2d, taper::batch_norm, taper::conv1d,
    taper::conv2d, taper::conv_transpose1d, taper::conv_transpose2d, taper::embedding, taper::group_norm,
    taper::instance_norm, taper::layer_norm, taper::linear, taper::logsigmoid, taper::max_pool1d,
    taper::max_pool1d_with_indices, taper::max_pool2d, taper::max_pool2d_with_indices, taper::one_hot, taper::pad,
    taper::prelu, taper::sigmoid, taper::tanh;

// ---- activations, which overwrite x if `inplace`
/// max(x, 0)
Tensor relu(const Tensor& x, const InplaceOptions& options = {});
/// min(max(x, 0), 6)
Tensor relu6(const Tensor& x, const InplaceOptions& options = {});
/// x where x > 0, else negative_slope x.
Tensor leaky_relu(const Tensor& x, const LeakyReLUOptions& options = {});
/// leaky_relu with a slope drawn per element from [lower, upper) in training, their mean otherwise.
Tensor rrelu(const Tensor& x, const RReLUOptions& options = {});
/// x where x > 0, else alpha (exp(x) - 1).
Tensor elu(const Tensor& x, const ELUOptions& options = {});
/// x where x > 0, else alpha (exp(x / alpha) - 1).
Tensor celu(const Tensor& x, const ELUOptions& options = {});
/// elu, scaled so that mean 0 and variance 1 stay. Klambauer et al., 2017
Tensor selu(const Tensor& x, const InplaceOptions& options = {});
/// x Phi(x), with the normal distribution function Phi or its approximation by tanh.
Tensor gelu(const Tensor& x, const GELUOptions& options = {});
/// x sigmoid(x)
Tensor silu(const Tensor& x, const InplaceOptions& options = {});
/// x tanh(softplus(x))
Tensor mish(const Tensor& x, const InplaceOptions& options = {});
/// log(1 + exp(beta x)) / beta, and x where beta x > threshold.
Tensor softplus(const Tensor& x, const SoftplusOptions& options = {});
/// x / (1 + |x|)
Tensor softsign(const Tensor& x);
/// x - tanh(x)
Tensor tanhshrink(const Tensor& x);
/// x drawn towards 0 by lambd, and 0 within it.
Tensor softshrink(const Tensor& x, const ShrinkOptions& options = {});
/// x, and 0 where |x| <= lambd.
Tensor hardshrink(const Tensor& x, const ShrinkOptions& options = {});
/// x within [min_val, max_val]; gradient 0 at both edges.
Tensor hardtanh(const Tensor& x, const HardtanhOptions& options = {});
/// min(max(x + 3, 0), 6) / 6
Tensor hardsigmoid(const Tensor& x, const InplaceOptions& options = {});
/// x hardsigmoid(x)
Tensor hardswish(const Tensor& x, const InplaceOptions& options = {});
/// x where x > threshold, else value.
Tensor threshold(const Tensor& x, double threshold, double value, const InplaceOptions& options = {});
/// exp(x_i) over their sum along dim; its logarithm; softmax of -x.
Tensor softmax(const Tensor& x, const SoftmaxOptions& options);
Tensor log_softmax(const Tensor& x, const SoftmaxOptions& options);
Tensor softmin(const Tensor& x, const SoftmaxOptions& options);
/// a sigmoid(b), of the two halves a and b of x along dim.
Tensor glu(const Tensor& x, const GLUOptions& options = {});

// ---- dropout
/// In training each element is zero with probability p, else divided by 1 - p.
Tensor dropout(const Tensor& x, const DropoutOptions& options = {});
/// The same for whole channels: x is (N, C, ...).
Tensor dropout2d(const Tensor& x, const DropoutOptions& options = {});
/// The same for whole channels: x is (N, C, L) or (C, L).
Tensor dropout1d(const Tensor& x, const DropoutOptions& options = {});
/// Dropout that keeps mean 0 and variance 1: selu's lower limit takes the place of 0. Klambauer et al., 2017
Tensor alpha_dropout(const Tensor& x, const DropoutOptions& options);

// ---- distances
/// x / max(|x|_p, eps) along dim.
Tensor normalize(const Tensor& x, const NormalizeOptions& options = {});
/// x1 x2 / (|x1| |x2|) along dim, each norm at least eps.
Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, const CosineSimilarityOptions& options = {});
/// |x1 - x2 + eps|_p along the last dim.
Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, const PairwiseDistanceOptions& options = {});

// ---- losses
/// |x - target|
Tensor l1_loss(const Tensor& x, const Tensor& target, const LossOptions& options = {});
/// (x - target)^2
Tensor mse_loss(const Tensor& x, const Tensor& target, const LossOptions& options = {});
/// With d = |x - target|: d^2 / (2 beta) where d < beta, else d - beta / 2.
Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, const SmoothL1LossOptions& options = {});
/// With d = |x - target|: d^2 / 2 where d <= delta, else delta (d - delta / 2).
Tensor huber_loss(const Tensor& x, const Tensor& target, const HuberLossOptions& options = {});
/// -(t log x + (1 - t) log(1 - x)), each log at least -100. Error unless x is in [0, 1] and shaped like the target.
Tensor binary_cross_entropy(const Tensor& x, const Tensor& target, const BCELossOptions& options = {});
/// The same of sigmoid(x), without overflow; positive examples count pos_weight times.
Tensor binary_cross_entropy_with_logits(
    const Tensor& x, const Tensor& target, const BCEWithLogitsLossOptions& options = {});
/// -weight[t] x[t]: x (N, C, ...) of log-probabilities, target (N, ...) of classes; "mean" divides by the weights' sum.
Tensor nll_loss(const Tensor& x, const Tensor& target, const NLLLossOptions& options = {});
/// nll_loss(log_softmax(x)), or with a probability for each class as target, shaped like x.
Tensor cross_entropy(const Tensor& x, const Tensor& target, const CrossEntropyLossOptions& options = {});
/// t (log t - x), with log-probabilities x; of log-probabilities t too if `log_target`.
Tensor kl_div(const Tensor& x, const Tensor& target, const KLDivLossOptions& options = {});
/// x where target is 1, max(0, margin - x) where it is -1.
Tensor hinge_embedding_loss(const Tensor& x, const Tensor& target, const HingeEmbeddingLossOptions& options = {});
/// With c the cosine of x1 and x2, (N, D) or (D): 1 - c where target is 1, max(0, c - margin) where it is -1.
Tensor cosine_embedding_loss(
    const Tensor& x1, const Tensor& x2, const Tensor& target, const CosineEmbeddingLossOptions& options = {});
/// max(0, margin + d(anchor, positive) - d(anchor, negative)), with pairwise_distance d.
Tensor triplet_margin_loss(
    const Tensor& anchor, const Tensor& positive, const Tensor& negative, const TripletMarginLossOptions& options = {});

// ---- layers, with keywords; ops.h says what they compute
Tensor conv1d(const Tensor& x, const Tensor& weight, const ConvFunctionOptions& options);
Tensor conv2d(const Tensor& x, const Tensor& weight, const ConvFunctionOptions& options);
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const ConvTransposeFunctionOptions& options);
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTransposeFunctionOptions& options);
Tensor batch_norm(
    const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const BatchNormFunctionOptions& options);
Tensor instance_norm(const Tensor& x, const InstanceNormFunctionOptions& options);
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const LayerNormFunctionOptions& options);
Tensor group_norm(const Tensor& x, std::int64_t num_groups, const LayerNormFunctionOptions& options);
/// Error if an embedding shall have sparse gradients, which there are none of here.
void check_dense(bool sparse);
/// Rows of weight (n, d) named by index: index.shape + (d).
Tensor embedding(const Tensor& index, const Tensor& weight, const EmbeddingOptions& options);

// ---- a weight, or the first two keywords, by position. (Templates, so that a tie goes to the keywords.)
template <int = 0>
Tensor binary_cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight, BCELossOptions options = {}) {
    return options.weight = weight, binary_cross_entropy(x, target, options);
}
template <int = 0> Tensor binary_cross_entropy_with_logits(
    const Tensor& x, const Tensor& target, const Tensor& weight, BCEWithLogitsLossOptions options = {}) {
    return options.weight = weight, binary_cross_entropy_with_logits(x, target, options);
}
template <int = 0>
Tensor nll_loss(const Tensor& x, const Tensor& target, const Tensor& weight, NLLLossOptions options = {}) {
    return options.weight = weight, nll_loss(x, target, options);
}
template <int = 0> Tensor cross_entropy(
    const Tensor& x, const Tensor& target, const Tensor& weight, CrossEntropyLossOptions options = {}) {
    return options.weight = weight, cross_entropy(x, target, options);
}
inline Tensor relu(const Tensor& x, bool inplace) { return relu(x, {.inplace = inplace}); }
inline Tensor relu6(const Tensor& x, bool inplace) { return relu6(x, {.inplace = inplace}); }
inline Tensor leaky_relu(const Tensor& x, double negative_slope, bool inplace = false) {
    return leaky_relu(x, {.negative_slope = negative_slope, .inplace = inplace});
}
inline Tensor rrelu(const Tensor& x, double lower, double upper = 1. / 3, bool training = false) {
    return rrelu(x, {.lower = lower, .upper = upper, .training = training});
}
inline Tensor elu(const Tensor& x, double alpha, bool inplace = false) {
    return elu(x, {.alpha = alpha, .inplace = inplace});
}
inline Tensor celu(const Tensor& x, double alpha, bool inplace = false) {
    return celu(x, {.alpha = alpha, .inplace = inplace});
}
inline Tensor selu(const Tensor& x, bool inplace) { return selu(x, {.inplace = inplace}); }
template <int = 0> Tensor gelu(const Tensor& x, const std::string& approximate) {
    return functional::gelu(x, GELUOptions{approximate});
}
inline Tensor silu(const Tensor& x, bool inplace) { return silu(x, {.inplace = inplace}); }
inline Tensor mish(const Tensor& x, bool inplace) { return mish(x, {.inplace = inplace}); }
inline Tensor softplus(const Tensor& x, double beta, double threshold = 20) {
    return softplus(x, {.beta = beta, .threshold = threshold});
}
inline Tensor softshrink(const Tensor& x, double lambd) { return softshrink(x, {.lambd = lambd}); }
inline Tensor hardshrink(const Tensor& x, double lambd) { return hardshrink(x, {.lambd = lambd}); }
inline Tensor hardtanh(const Tensor& x, double min_val, double max_val = 1, bool inplace = false) {
    return hardtanh(x, {.min_val = min_val, .max_val = max_val, .inplace = inplace});
}
inline Tensor hardsigmoid(const Tensor& x, bool inplace) { return hardsigmoid(x, {.inplace = inplace}); }
inline Tensor hardswish(const Tensor& x, bool inplace) { return hardswish(x, {.inplace = inplace}); }
inline Tensor threshold(const Tensor& x, double threshold, double value, bool inplace) {
    return functional::threshold(x, threshold, value, {.inplace = inplace});
}
inline Tensor softmax(const Tensor& x, std::int64_t dim) { return softmax(x, {.dim = dim}); }
inline Tensor log_softmax(const Tensor& x, std::int64_t dim) { return log_softmax(x, {.dim = dim}); }
inline Tensor softmin(const Tensor& x, std::int64_t dim) { return softmin(x, {.dim = dim}); }
inline Tensor glu(const Tensor& x, std::int64_t dim) { return glu(x, {.dim = dim}); }
inline Tensor dropout(const Tensor& x, double p, bool training = true, bool inplace = false) {
    return dropout(x, {.p = p, .training = training, .inplace = inplace});
}
inline Tensor dropout2d(const Tensor& x, double p, bool training = true, bool inplace = false) {
    return dropout2d(x, {.p = p, .training = training, .inplace = inplace});
}
inline Tensor dropout1d(const Tensor& x, double p, bool training = true, bool inplace = false) {
    return dropout1d(x, {.p = p, .training = training, .inplace = inplace});
}
inline Tensor alpha_dropout(const Tensor& x, double p = 0.5, bool training = false, bool inplace = false) {
    return alpha_dropout(x, {.p = p, .training = training, .inplace = inplace});
}
template <int = 0> Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
    const Tensor& weight, const Tensor& bias, const BatchNormFunctionOptions& options) {
    return batch_norm(x, running_mean, running_var, weight, bias, options.training, options.momentum, options.eps);
}
template <int = 0> Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight,
    const Tensor& bias, const LayerNormFunctionOptions& options) {
    return layer_norm(x, normalized_shape, weight, bias, options.eps);
}
template <int = 0> Tensor group_norm(const Tensor& x, std::int64_t num_groups, const Tensor& weight, const Tensor& bias,
    const LayerNormFunctionOptions& options) {
    return group_norm(x, num_groups, weight, bias, options.eps);
}
inline Tensor normalize(const Tensor& x, double p, std::int64_t dim = 1, double eps = 1e-12) {
    return normalize(x, {.p = p, .dim = dim, .eps = eps});
}
inline Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, std::int64_t dim, double eps = 1e-8) {
    return cosine_similarity(x1, x2, {.dim = dim, .eps = eps});
}
inline Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, double p, double eps = 1e-6) {
    return pairwise_distance(x1, x2, {.p = p, .eps = eps});
}
inline Tensor hinge_embedding_loss(const Tensor& x, const Tensor& target, double margin) {
    return hinge_embedding_loss(x, target, {.margin = margin});
}
inline Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin) {
    return cosine_embedding_loss(x1, x2, target, {.margin = margin});
}
inline Tensor triplet_margin_loss(
    const Tensor& anchor, const Tensor& positive, const Tensor& negative, double margin, double p = 2) {
    return triplet_margin_loss(anchor, positive, negative, {.margin = margin, .p = p});
}

}  // namespace functional
}  // namespace taper::nn
