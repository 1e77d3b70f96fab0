#include "functional_layers.h"

#include "positional.h"

namespace taper::nn::functional {

TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, linear, LinearOptions, (ops::linear(o.input, o.weight, o.bias)), 2, input, weight, bias)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, batch_norm, BatchNormOptions,
    (ops::batch_norm(o.input, o.running_mean, o.running_var, o.weight, o.bias, o.training, o.momentum, o.eps)), 3,
    input, running_mean, running_var, weight, bias, training, momentum, eps)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, instance_norm, InstanceNormOptions,
    (ops::instance_norm(
        o.input, o.running_mean, o.running_var, o.weight, o.bias, o.use_input_stats, o.momentum, o.eps)),
    1, input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, layer_norm, LayerNormOptions,
    (ops::layer_norm(o.input, *o.normalized_shape, o.weight, o.bias, o.eps)), 2, input, normalized_shape, weight, bias,
    eps)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, group_norm, GroupNormOptions,
    (ops::group_norm(o.input, o.num_groups, o.weight, o.bias, o.eps)), 2, input, num_groups, weight, bias, eps)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, local_response_norm, LocalResponseNormOptions,
    (positional::local_response_norm(o.input, o.size, o.alpha, o.beta, o.k)), 2, input, size, alpha, beta, k)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, embedding, EmbeddingOptions,
    (positional::embedding(o.input, o.weight, o.padding_idx, o.max_norm, o.norm_type, o.scale_grad_by_freq, o.sparse)),
    2, input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, one_hot, OneHotOptions, (ops::one_hot(o.tensor, o.num_classes)), 1, tensor, num_classes)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, pad, PadOptions, (ops::pad(o.input, o.pad, o.mode, o.value->value_or(0))), 2, input, pad, mode, value)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, dropout, DropoutOptions,
    (positional::dropout(o.input, o.p, o.training, o.inplace)), 1, input, p, training, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, dropout1d, DropoutOptions,
    (positional::dropout1d(o.input, o.p, o.training, o.inplace)), 1, input, p, training, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, dropout2d, DropoutOptions,
    (positional::dropout2d(o.input, o.p, o.training, o.inplace)), 1, input, p, training, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, dropout3d, DropoutOptions,
    (positional::dropout3d(o.input, o.p, o.training, o.inplace)), 1, input, p, training, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, alpha_dropout, AlphaDropoutOptions,
    (positional::alpha_dropout(o.input, o.p, o.training, o.inplace)), 1, input, p, training, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, feature_alpha_dropout, AlphaDropoutOptions,
    (positional::feature_alpha_dropout(o.input, o.p, o.training, o.inplace)), 1, input, p, training, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, normalize, NormalizeOptions,
    (positional::into(o.out, positional::normalize(o.input, o.p, o.dim, o.eps))), 1, input, p, dim, eps, out)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, cosine_similarity, CosineSimilarityOptions,
    (positional::cosine_similarity(o.x1, o.x2, o.dim, o.eps)), 2, x1, x2, dim, eps)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, pairwise_distance, PairwiseDistanceOptions,
    (positional::pairwise_distance(o.x1, o.x2, o.p, o.eps, o.keepdim)), 2, x1, x2, p, eps, keepdim)

}  // namespace taper::nn::functional
