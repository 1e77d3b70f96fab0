#include "functional_windows.h"

#include "pooling_more.h"
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
static Sizes sides(const char* op, const AdaptiveMaxPoolOptions& o, int dims) {
    positional::check_no_indices(op, o.return_indices, std::string(op) + "_with_indices");
    return o.output_size->of(o.input, dims);
}
static Tensor unpooled(const MaxUnpoolOptions& o, int dims) {
    return positional::max_unpool(
        o.input, o.indices, dims, o.kernel_size, o.stride->value_or(o.kernel_size), o.padding, o.output_size);
}
static ValuesAndIndices fractional(const char* op, const FractionalMaxPoolFunctionOptions& o, int dims) {
    if (op) positional::check_no_indices(op, o.return_indices, std::string(op) + "_with_indices");
    return positional::fractional_max_pool(
        o.input, dims, o.kernel_size, o.output_size, o.output_ratio, o._random_samples);
}

TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv1d, ConvFunctionOptions, (ops::conv1d(o.input, o.weight, o.bias, settings(o))),
    2, input, weight, bias, stride, padding, dilation, groups)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv2d, ConvFunctionOptions, (ops::conv2d(o.input, o.weight, o.bias, settings(o))),
    2, input, weight, bias, stride, padding, dilation, groups)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv3d, ConvFunctionOptions, (ops::conv3d(o.input, o.weight, o.bias, settings(o))),
    2, input, weight, bias, stride, padding, dilation, groups)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv_transpose1d, ConvTransposeFunctionOptions,
    (ops::conv_transpose1d(o.input, o.weight, o.bias, settings(o))), 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv_transpose2d, ConvTransposeFunctionOptions,
    (ops::conv_transpose2d(o.input, o.weight, o.bias, settings(o))), 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, conv_transpose3d, ConvTransposeFunctionOptions,
    (ops::conv_transpose3d(o.input, o.weight, o.bias, settings(o))), 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_pool1d, MaxPoolFunctionOptions,
    (ops::max_pool1d(o.input, o.kernel_size, settings("max_pool1d", o))), 2, input, kernel_size, stride, padding,
    dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_pool2d, MaxPoolFunctionOptions,
    (ops::max_pool2d(o.input, o.kernel_size, settings("max_pool2d", o))), 2, input, kernel_size, stride, padding,
    dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_pool3d, MaxPoolFunctionOptions,
    (ops::max_pool3d(o.input, o.kernel_size, settings("max_pool3d", o))), 2, input, kernel_size, stride, padding,
    dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, max_pool1d_with_indices, MaxPoolFunctionOptions,
    (ops::max_pool1d_with_indices(o.input, o.kernel_size, settings(nullptr, o))), 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, max_pool2d_with_indices, MaxPoolFunctionOptions,
    (ops::max_pool2d_with_indices(o.input, o.kernel_size, settings(nullptr, o))), 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, max_pool3d_with_indices, MaxPoolFunctionOptions,
    (ops::max_pool3d_with_indices(o.input, o.kernel_size, settings(nullptr, o))), 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, avg_pool1d, AvgPool1dOptions,
    (ops::avg_pool1d(o.input, o.kernel_size, mean_settings(o))), 2, input, kernel_size, stride, padding, ceil_mode,
    count_include_pad)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, avg_pool2d, AvgPoolFunctionOptions,
    (ops::avg_pool2d(o.input, o.kernel_size, mean_settings(o))), 2, input, kernel_size, stride, padding, ceil_mode,
    count_include_pad, divisor_override)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, avg_pool3d, AvgPoolFunctionOptions,
    (ops::avg_pool3d(o.input, o.kernel_size, mean_settings(o))), 2, input, kernel_size, stride, padding, ceil_mode,
    count_include_pad, divisor_override)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_avg_pool1d, AdaptiveAvgPool1dOptions,
    (ops::adaptive_avg_pool1d(o.input, o.output_size)), 2, input, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_avg_pool2d, AdaptiveAvgPoolOptions,
    (ops::adaptive_avg_pool2d(o.input, o.output_size->of(o.input, 2))), 2, input, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_avg_pool3d, AdaptiveAvgPoolOptions,
    (ops::adaptive_avg_pool3d(o.input, o.output_size->of(o.input, 3))), 2, input, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_max_pool2d, AdaptiveMaxPoolOptions,
    (ops::adaptive_max_pool2d(o.input, sides("adaptive_max_pool2d", o, 2))), 2, input, output_size, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_max_pool3d, AdaptiveMaxPoolOptions,
    (ops::adaptive_max_pool3d(o.input, sides("adaptive_max_pool3d", o, 3))), 2, input, output_size, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, adaptive_max_pool2d_with_indices, AdaptiveMaxPoolOptions,
    (ops::adaptive_max_pool2d_with_indices(o.input, o.output_size->of(o.input, 2))), 2, input, output_size,
    return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, adaptive_max_pool3d_with_indices, AdaptiveMaxPoolOptions,
    (ops::adaptive_max_pool3d_with_indices(o.input, o.output_size->of(o.input, 3))), 2, input, output_size,
    return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, adaptive_max_pool1d, AdaptiveMaxPool1dOptions,
    ((positional::check_no_indices("adaptive_max_pool1d", o.return_indices, "adaptive_max_pool1d_with_indices"),
        ops::adaptive_max_pool1d(o.input, o.output_size))),
    2, input, output_size, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, adaptive_max_pool1d_with_indices, AdaptiveMaxPool1dOptions,
    (ops::adaptive_max_pool1d_with_indices(o.input, o.output_size)), 2, input, output_size, return_indices)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_unpool1d, MaxUnpoolOptions, (unpooled(o, 1)), 3, input, indices, kernel_size,
    stride, padding, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_unpool2d, MaxUnpoolOptions, (unpooled(o, 2)), 3, input, indices, kernel_size,
    stride, padding, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, max_unpool3d, MaxUnpoolOptions, (unpooled(o, 3)), 3, input, indices, kernel_size,
    stride, padding, output_size)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, lp_pool1d, LPPoolFunctionOptions,
    (positional::lp_pool(o.input, 1, o.norm_type, o.kernel_size, o.stride, o.ceil_mode)), 3, input, norm_type,
    kernel_size, stride, ceil_mode)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, lp_pool2d, LPPoolFunctionOptions,
    (positional::lp_pool(o.input, 2, o.norm_type, o.kernel_size, o.stride, o.ceil_mode)), 3, input, norm_type,
    kernel_size, stride, ceil_mode)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, fractional_max_pool2d, FractionalMaxPoolFunctionOptions,
    (fractional("fractional_max_pool2d", o, 2).values), 2, input, kernel_size, output_size, output_ratio,
    return_indices, _random_samples)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, fractional_max_pool2d_with_indices, FractionalMaxPoolFunctionOptions,
    (fractional(nullptr, o, 2)), 2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, fractional_max_pool3d, FractionalMaxPoolFunctionOptions,
    (fractional("fractional_max_pool3d", o, 3).values), 2, input, kernel_size, output_size, output_ratio,
    return_indices, _random_samples)
TAPER_DEFINE_FUNCTION_OBJECT(ValuesAndIndices, fractional_max_pool3d_with_indices, FractionalMaxPoolFunctionOptions,
    (fractional(nullptr, o, 3)), 2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)

}  // namespace taper::nn::functional
