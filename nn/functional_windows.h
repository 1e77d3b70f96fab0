// nn.functional: windows over lines (N, C, W), images (N, C, H, W) and volumes (N, C, D, H, W).
#pragma once

#include "../autograd/window_options.h"
#include "function_object.h"
#include "output_size.h"

namespace taper::nn::functional {

struct ConvFunctionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, weight = required, bias = Default(none);
    Arg<Sizes> stride = Default(1);
    Arg<Padding> padding = Default(0);
    Arg<Sizes> dilation = Default(1);
    Arg<std::int64_t> groups = Default(1);
};
struct ConvTransposeFunctionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, weight = required, bias = Default(none);
    Arg<Sizes> stride = Default(1), padding = Default(0), output_padding = Default(0);
    Arg<std::int64_t> groups = Default(1);
    Arg<Sizes> dilation = Default(1);
};
/// An absent stride is the kernel_size. return_indices: Error if true, for a call gives a Tensor; call the function
/// ..._with_indices instead.
struct MaxPoolFunctionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0), dilation = Default(1);
    Arg<bool> ceil_mode = Default(false), return_indices = Default(false);
};
struct AvgPool1dOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0);
    Arg<bool> ceil_mode = Default(false), count_include_pad = Default(true);
};
struct AvgPoolFunctionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0);
    Arg<bool> ceil_mode = Default(false), count_include_pad = Default(true);
    Arg<std::optional<std::int64_t>> divisor_override = Default(none);
};
struct AdaptiveAvgPool1dOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> output_size = required;
};
struct AdaptiveAvgPoolOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<OutputSize> output_size = required;
};
/// return_indices: Error if true; call adaptive_max_pool1d_with_indices instead.
struct AdaptiveMaxPool1dOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> output_size = required;
    Arg<bool> return_indices = Default(false);
};
/// return_indices: Error if true; call the function ..._with_indices instead.
struct AdaptiveMaxPoolOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<OutputSize> output_size = required;
    Arg<bool> return_indices = Default(false);
};
/// An absent stride is the kernel_size, an absent output_size the smallest that fits.
struct MaxUnpoolOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, indices = required;
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0);
    Arg<std::optional<Sizes>> output_size = Default(none);
};
struct LPPoolFunctionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> norm_type = required;
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<bool> ceil_mode = Default(false);
};
/// Either the size of the output, or which part of that of the input. return_indices: Error if true; call the function
/// ..._with_indices instead. _random_samples: (N, C, dims), where the windows lie, instead of a draw.
struct FractionalMaxPoolFunctionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> output_size = Default(none);
    Arg<std::optional<std::vector<double>>> output_ratio = Default(none);
    Arg<bool> return_indices = Default(false);
    Arg<Tensor> _random_samples = Default(none);
};

/// x is (N, C, W), (N, C, H, W) or (N, C, D, H, W), or lacks N; the weight (out, C / groups, kernel...), transposed (C,
/// out / groups, kernel...); the bias (out).
TAPER_FUNCTION_OBJECT(Tensor, conv1d, ConvFunctionOptions, 2, input, weight, bias, stride, padding, dilation, groups)
TAPER_FUNCTION_OBJECT(Tensor, conv2d, ConvFunctionOptions, 2, input, weight, bias, stride, padding, dilation, groups)
TAPER_FUNCTION_OBJECT(Tensor, conv3d, ConvFunctionOptions, 2, input, weight, bias, stride, padding, dilation, groups)
TAPER_FUNCTION_OBJECT(Tensor, conv_transpose1d, ConvTransposeFunctionOptions, 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
TAPER_FUNCTION_OBJECT(Tensor, conv_transpose2d, ConvTransposeFunctionOptions, 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
TAPER_FUNCTION_OBJECT(Tensor, conv_transpose3d, ConvTransposeFunctionOptions, 2, input, weight, bias, stride, padding,
    output_padding, groups, dilation)
/// The largest of each window, the first of equals, NaN above all; padding is never chosen.
TAPER_FUNCTION_OBJECT(Tensor, max_pool1d, MaxPoolFunctionOptions, 2, input, kernel_size, stride, padding, dilation,
    ceil_mode, return_indices)
TAPER_FUNCTION_OBJECT(Tensor, max_pool2d, MaxPoolFunctionOptions, 2, input, kernel_size, stride, padding, dilation,
    ceil_mode, return_indices)
TAPER_FUNCTION_OBJECT(Tensor, max_pool3d, MaxPoolFunctionOptions, 2, input, kernel_size, stride, padding, dilation,
    ceil_mode, return_indices)
/// With the places of the largest: int64, counted through the image.
TAPER_FUNCTION_OBJECT(ValuesAndIndices, max_pool1d_with_indices, MaxPoolFunctionOptions, 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
TAPER_FUNCTION_OBJECT(ValuesAndIndices, max_pool2d_with_indices, MaxPoolFunctionOptions, 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
TAPER_FUNCTION_OBJECT(ValuesAndIndices, max_pool3d_with_indices, MaxPoolFunctionOptions, 2, input, kernel_size, stride,
    padding, dilation, ceil_mode, return_indices)
/// The mean of each window, in which padding counts as 0, or not at all unless count_include_pad.
TAPER_FUNCTION_OBJECT(
    Tensor, avg_pool1d, AvgPool1dOptions, 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad)
TAPER_FUNCTION_OBJECT(Tensor, avg_pool2d, AvgPoolFunctionOptions, 2, input, kernel_size, stride, padding, ceil_mode,
    count_include_pad, divisor_override)
TAPER_FUNCTION_OBJECT(Tensor, avg_pool3d, AvgPoolFunctionOptions, 2, input, kernel_size, stride, padding, ceil_mode,
    count_include_pad, divisor_override)
/// Windows that cover the image evenly: the i-th from floor(i in / out) to ceil((i + 1) in / out).
TAPER_FUNCTION_OBJECT(Tensor, adaptive_avg_pool1d, AdaptiveAvgPool1dOptions, 2, input, output_size)
TAPER_FUNCTION_OBJECT(Tensor, adaptive_avg_pool2d, AdaptiveAvgPoolOptions, 2, input, output_size)
TAPER_FUNCTION_OBJECT(Tensor, adaptive_avg_pool3d, AdaptiveAvgPoolOptions, 2, input, output_size)
TAPER_FUNCTION_OBJECT(Tensor, adaptive_max_pool1d, AdaptiveMaxPool1dOptions, 2, input, output_size, return_indices)
TAPER_FUNCTION_OBJECT(Tensor, adaptive_max_pool2d, AdaptiveMaxPoolOptions, 2, input, output_size, return_indices)
TAPER_FUNCTION_OBJECT(Tensor, adaptive_max_pool3d, AdaptiveMaxPoolOptions, 2, input, output_size, return_indices)
TAPER_FUNCTION_OBJECT(
    ValuesAndIndices, adaptive_max_pool1d_with_indices, AdaptiveMaxPool1dOptions, 2, input, output_size, return_indices)
TAPER_FUNCTION_OBJECT(
    ValuesAndIndices, adaptive_max_pool2d_with_indices, AdaptiveMaxPoolOptions, 2, input, output_size, return_indices)
TAPER_FUNCTION_OBJECT(
    ValuesAndIndices, adaptive_max_pool3d_with_indices, AdaptiveMaxPoolOptions, 2, input, output_size, return_indices)
/// The way back from max_pool..._with_indices: zeros, with the input at these places.
TAPER_FUNCTION_OBJECT(
    Tensor, max_unpool1d, MaxUnpoolOptions, 3, input, indices, kernel_size, stride, padding, output_size)
TAPER_FUNCTION_OBJECT(
    Tensor, max_unpool2d, MaxUnpoolOptions, 3, input, indices, kernel_size, stride, padding, output_size)
TAPER_FUNCTION_OBJECT(
    Tensor, max_unpool3d, MaxUnpoolOptions, 3, input, indices, kernel_size, stride, padding, output_size)
/// (the sum of x^norm_type over each window)^(1 / norm_type)
TAPER_FUNCTION_OBJECT(Tensor, lp_pool1d, LPPoolFunctionOptions, 3, input, norm_type, kernel_size, stride, ceil_mode)
TAPER_FUNCTION_OBJECT(Tensor, lp_pool2d, LPPoolFunctionOptions, 3, input, norm_type, kernel_size, stride, ceil_mode)
/// The largest of windows whose distances are drawn. Graham, 2014
TAPER_FUNCTION_OBJECT(Tensor, fractional_max_pool2d, FractionalMaxPoolFunctionOptions, 2, input, kernel_size,
    output_size, output_ratio, return_indices, _random_samples)
TAPER_FUNCTION_OBJECT(Tensor, fractional_max_pool3d, FractionalMaxPoolFunctionOptions, 2, input, kernel_size,
    output_size, output_ratio, return_indices, _random_samples)
TAPER_FUNCTION_OBJECT(ValuesAndIndices, fractional_max_pool2d_with_indices, FractionalMaxPoolFunctionOptions, 2, input,
    kernel_size, output_size, output_ratio, return_indices, _random_samples)
TAPER_FUNCTION_OBJECT(ValuesAndIndices, fractional_max_pool3d_with_indices, FractionalMaxPoolFunctionOptions, 2, input,
    kernel_size, output_size, output_ratio, return_indices, _random_samples)

}  // namespace taper::nn::functional
