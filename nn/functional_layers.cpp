#include "functional_layers.h"

#include "positional.h"

namespace taper::nn::functional {

static ConvOptions settings(const ConvFunctionOptions& o) {
    return {.stride = *o.stride, .padding = *o.padding, .dilation = *o.dilation, .groups = *o.groups};
}
static ConvTransposeOptions settings(const ConvTransposeFunctionOptions& o) {
    return {.stride = *o.stride,
        .padding = *o.padding,
        .output_padding = *o.output_padding,
        .groups = *o.groups,
        .dilation = *o.dilation};
}
static MaxPoolOptions settings(const char* op, const MaxPoolFunctionOptions& o) {
    if (op) positional::check_no_indices(op, o.return_indices, std::string(op) + "_with_indices");
    return {.stride = o.stride->value_or(o.kernel_size),
        .padding = *o.padding,
        .dilation = *o.dilation,
        .ceil_mode = *o.ceil_mode};
}
static AvgPoolOptions mean_settings(const auto& o) {
    AvgPoolOptions all{.stride = o.stride->value_or(o.kernel_size),
        .padding = *o.padding,
        .ceil_mode = *o.ceil_mode,
        .count_include_pad = *o.count_include_pad};
    if constexpr (requires { o.divisor_override; }) all.divisor_override = *o.divisor_override;
    return all;
}
static Sizes sides(const AdaptiveMaxPool2dOptions& o) {
    positional::check_no_indices("adaptive_max_pool2d", o.return_indices, "adaptive_max_pool2d_with_indices");
    return o.output_size->of(o.input);
}

TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, linear, LinearOptions, (ops::linear(o.input, o.weight, o.bias)), 2, input, weight, bias)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv1d, ConvFunctionOptions, (ops::conv1d(o.input, o.weight, o.bias, settings(o))),
    2, input, weight, bias, stride, padding, dilation, groups)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv2d, ConvFunctionOptions, (ops::conv2d(o.input, o.weight, o.bias, settings(o))),
    2, input, weight, bias, stride, padding, dilation, groups)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv_transpose1d, ConvTransposeFunctionOptions,
    (ops::conv_transpose1d(o.input, o.weight, o.bias, settings(o))), 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv_transpose2d, ConvTransposeFunctionOptions,
    (ops::conv_transpose2d(o.input, o.weight, o.bias, settings(o))), 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_pool1d, MaxPoolFunctionOptions,
    (ops::max_pool1d(o.input, o.kernel_size, settings("max_pool1d", o))), 2, input, kernel_size, stride, padding,
    dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_pool2d, MaxPoolFunctionOptions,
    (ops::max_pool2d(o.input, o.kernel_size, settings("max_pool2d", o))), 2, input, kernel_size, stride, padding,
    dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, max_pool1d_with_indices, MaxPoolFunctionOptions,
    (ops::max_pool1d_with_indices(o.input, o.kernel_size, settings(nullptr, o))), 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, max_pool2d_with_indices, MaxPoolFunctionOptions,
    (ops::max_pool2d_with_indices(o.input, o.kernel_size, settings(nullptr, o))), 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, avg_pool1d, AvgPool1dOptions,
    (ops::avg_pool1d(o.input, o.kernel_size, mean_settings(o))), 2, input, kernel_size, stride, padding, ceil_mode,
    count_include_pad)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, avg_pool2d, AvgPool2dOptions,
    (ops::avg_pool2d(o.input, o.kernel_size, mean_settings(o))), 2, input, kernel_size, stride, padding, ceil_mode,
    count_include_pad, divisor_override)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_avg_pool1d, AdaptiveAvgPool1dOptions,
    (ops::adaptive_avg_pool1d(o.input, o.output_size)), 2, input, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_avg_pool2d, AdaptiveAvgPool2dOptions,
    (ops::adaptive_avg_pool2d(o.input, o.output_size->of(o.input))), 2, input, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_max_pool2d, AdaptiveMaxPool2dOptions,
    (ops::adaptive_max_pool2d(o.input, sides(o))), 2, input, output_size, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, adaptive_max_pool2d_with_indices, AdaptiveMaxPool2dOptions,
    (ops::adaptive_max_pool2d_with_indices(o.input, o.output_size->of(o.input))), 2, input, output_size, return_indices)
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
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, alpha_dropout, AlphaDropoutOptions,
    (positional::alpha_dropout(o.input, o.p, o.training, o.inplace)), 1, input, p, training, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, normalize, NormalizeOptions,
    (positional::into(o.out, positional::normalize(o.input, o.p, o.dim, o.eps))), 1, input, p, dim, eps, out)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, cosine_similarity, CosineSimilarityOptions,
    (positional::cosine_similarity(o.x1, o.x2, o.dim, o.eps)), 2, x1, x2, dim, eps)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, pairwise_distance, PairwiseDistanceOptions,
    (positional::pairwise_distance(o.x1, o.x2, o.p, o.eps, o.keepdim)), 2, x1, x2, p, eps, keepdim)

}  // namespace taper::nn::functional
