// Pooling of lines (N, C, W), images (N, C, H, W) and volumes (N, C, D, H, W); without N, of one of them. Nothing here
// is learned.
#pragma once

#include "function_object.h"
#include "module.h"
#include "output_size.h"

namespace taper::nn {

/// An absent stride is the kernel_size. return_indices: Error if true, for forward gives a Tensor; call
/// forward_with_indices instead.
struct MaxPoolLayerOptions {
    Keywords _ = Keywords();
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0), dilation = Default(1);
    Arg<bool> return_indices = Default(false), ceil_mode = Default(false);
};
/// An absent stride is the kernel_size.
struct AvgPool1dOptions {
    Keywords _ = Keywords();
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0);
    Arg<bool> ceil_mode = Default(false), count_include_pad = Default(true);
};
struct AvgPoolLayerOptions {
    Keywords _ = Keywords();
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0);
    Arg<bool> ceil_mode = Default(false), count_include_pad = Default(true);
    Arg<std::optional<std::int64_t>> divisor_override = Default(none);
};

/// What the layers that take the largest of each window have in common.
template <class Derived> class MaxPoolNd : public Module<Derived> {
 public:
    std::string extra_repr() const;

    Setting<Sizes> kernel_size, stride, padding, dilation;
    Setting<bool> ceil_mode;

 protected:
    explicit MaxPoolNd(const MaxPoolLayerOptions& o);
    MaxPoolOptions options() const {
        return {.stride = *stride, .padding = *padding, .dilation = *dilation, .ceil_mode = *ceil_mode};
    }
};
/// torch.nn.MaxPool1d
struct MaxPool1d : MaxPoolNd<MaxPool1d> {
    TAPER_CONSTRUCTORS(
        MaxPool1d, MaxPoolLayerOptions, 1, kernel_size, stride, padding, dilation, return_indices, ceil_mode)
    TAPER_LIST_ALONE(MaxPool1d, kernel_size)
    MaxPool1d(Called, const MaxPoolLayerOptions& o) : MaxPoolNd(o) {}
    Tensor forward(const Tensor& x) const { return ops::max_pool1d(x, *kernel_size, options()); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return ops::max_pool1d_with_indices(x, *kernel_size, options());
    }
};
/// torch.nn.MaxPool2d
struct MaxPool2d : MaxPoolNd<MaxPool2d> {
    TAPER_CONSTRUCTORS(
        MaxPool2d, MaxPoolLayerOptions, 1, kernel_size, stride, padding, dilation, return_indices, ceil_mode)
    TAPER_LIST_ALONE(MaxPool2d, kernel_size)
    MaxPool2d(Called, const MaxPoolLayerOptions& o) : MaxPoolNd(o) {}
    Tensor forward(const Tensor& x) const { return ops::max_pool2d(x, *kernel_size, options()); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return ops::max_pool2d_with_indices(x, *kernel_size, options());
    }
};
/// torch.nn.MaxPool3d
struct MaxPool3d : MaxPoolNd<MaxPool3d> {
    TAPER_CONSTRUCTORS(
        MaxPool3d, MaxPoolLayerOptions, 1, kernel_size, stride, padding, dilation, return_indices, ceil_mode)
    TAPER_LIST_ALONE(MaxPool3d, kernel_size)
    MaxPool3d(Called, const MaxPoolLayerOptions& o) : MaxPoolNd(o) {}
    Tensor forward(const Tensor& x) const { return ops::max_pool3d(x, *kernel_size, options()); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return ops::max_pool3d_with_indices(x, *kernel_size, options());
    }
};

/// What the layers that take the mean of each window have in common.
template <class Derived> class AvgPoolNd : public Module<Derived> {
 public:
    std::string extra_repr() const;

    Setting<Sizes> kernel_size, stride, padding;
    Setting<bool> ceil_mode, count_include_pad;
    Setting<std::optional<std::int64_t>> divisor_override;

 protected:
    template <class Options> explicit AvgPoolNd(const Options& o);
    AvgPoolOptions options() const {
        return {.stride = *stride,
            .padding = *padding,
            .ceil_mode = *ceil_mode,
            .count_include_pad = *count_include_pad,
            .divisor_override = *divisor_override};
    }
};
/// torch.nn.AvgPool1d
struct AvgPool1d : AvgPoolNd<AvgPool1d> {
    TAPER_CONSTRUCTORS(AvgPool1d, AvgPool1dOptions, 1, kernel_size, stride, padding, ceil_mode, count_include_pad)
    TAPER_LIST_ALONE(AvgPool1d, kernel_size)
    AvgPool1d(Called, const AvgPool1dOptions& o);
    Tensor forward(const Tensor& x) const { return ops::avg_pool1d(x, *kernel_size, options()); }
};
/// torch.nn.AvgPool2d
struct AvgPool2d : AvgPoolNd<AvgPool2d> {
    TAPER_CONSTRUCTORS(
        AvgPool2d, AvgPoolLayerOptions, 1, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    TAPER_LIST_ALONE(AvgPool2d, kernel_size)
    AvgPool2d(Called, const AvgPoolLayerOptions& o);
    Tensor forward(const Tensor& x) const { return ops::avg_pool2d(x, *kernel_size, options()); }
};
/// torch.nn.AvgPool3d
struct AvgPool3d : AvgPoolNd<AvgPool3d> {
    TAPER_CONSTRUCTORS(
        AvgPool3d, AvgPoolLayerOptions, 1, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    TAPER_LIST_ALONE(AvgPool3d, kernel_size)
    AvgPool3d(Called, const AvgPoolLayerOptions& o);
    Tensor forward(const Tensor& x) const { return ops::avg_pool3d(x, *kernel_size, options()); }
};

struct AdaptiveAvgPool1dOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> output_size = required;
};
/// The mean of windows that cover a line evenly. torch.nn.AdaptiveAvgPool1d
struct AdaptiveAvgPool1d : Module<AdaptiveAvgPool1d> {
    TAPER_CONSTRUCTORS(AdaptiveAvgPool1d, AdaptiveAvgPool1dOptions, 1, output_size)
    AdaptiveAvgPool1d(Called, const AdaptiveAvgPool1dOptions& o) : output_size(o.output_size) {}
    Tensor forward(const Tensor& x) const { return ops::adaptive_avg_pool1d(x, output_size); }
    std::string extra_repr() const { return fmt::format("output_size={}", *output_size); }
    Setting<std::int64_t> output_size;
};
struct AdaptiveAvgPoolLayerOptions {
    Keywords _ = Keywords();
    Arg<OutputSize> output_size = required;
};
/// return_indices: Error if true; call forward_with_indices instead.
struct AdaptiveMaxPoolLayerOptions {
    Keywords _ = Keywords();
    Arg<OutputSize> output_size = required;
    Arg<bool> return_indices = Default(false);
};
/// The mean of windows that cover an image evenly. torch.nn.AdaptiveAvgPool2d
struct AdaptiveAvgPool2d : Module<AdaptiveAvgPool2d> {
    TAPER_CONSTRUCTORS(AdaptiveAvgPool2d, AdaptiveAvgPoolLayerOptions, 1, output_size)
    AdaptiveAvgPool2d(Called, const AdaptiveAvgPoolLayerOptions& o) : output_size(o.output_size) {}
    Tensor forward(const Tensor& x) const { return ops::adaptive_avg_pool2d(x, (*output_size).of(x, 2)); }
    std::string extra_repr() const { return "output_size=" + (*output_size).text(); }
    Setting<OutputSize> output_size;
};
/// The same of a volume. torch.nn.AdaptiveAvgPool3d
struct AdaptiveAvgPool3d : Module<AdaptiveAvgPool3d> {
    TAPER_CONSTRUCTORS(AdaptiveAvgPool3d, AdaptiveAvgPoolLayerOptions, 1, output_size)
    AdaptiveAvgPool3d(Called, const AdaptiveAvgPoolLayerOptions& o) : output_size(o.output_size) {}
    Tensor forward(const Tensor& x) const { return ops::adaptive_avg_pool3d(x, (*output_size).of(x, 3)); }
    std::string extra_repr() const { return "output_size=" + (*output_size).text(); }
    Setting<OutputSize> output_size;
};
/// return_indices: Error if true; call forward_with_indices instead.
struct AdaptiveMaxPool1dOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> output_size = required;
    Arg<bool> return_indices = Default(false);
};
/// The largest of windows that cover a line evenly. torch.nn.AdaptiveMaxPool1d
struct AdaptiveMaxPool1d : Module<AdaptiveMaxPool1d> {
    TAPER_CONSTRUCTORS(AdaptiveMaxPool1d, AdaptiveMaxPool1dOptions, 1, output_size, return_indices)
    AdaptiveMaxPool1d(Called, const AdaptiveMaxPool1dOptions& o);
    Tensor forward(const Tensor& x) const { return ops::adaptive_max_pool1d(x, output_size); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return ops::adaptive_max_pool1d_with_indices(x, output_size);
    }
    std::string extra_repr() const { return fmt::format("output_size={}", *output_size); }
    Setting<std::int64_t> output_size;
};
/// The same of an image. torch.nn.AdaptiveMaxPool2d
struct AdaptiveMaxPool2d : Module<AdaptiveMaxPool2d> {
    TAPER_CONSTRUCTORS(AdaptiveMaxPool2d, AdaptiveMaxPoolLayerOptions, 1, output_size, return_indices)
    AdaptiveMaxPool2d(Called, const AdaptiveMaxPoolLayerOptions& o);
    Tensor forward(const Tensor& x) const { return ops::adaptive_max_pool2d(x, (*output_size).of(x, 2)); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return ops::adaptive_max_pool2d_with_indices(x, (*output_size).of(x, 2));
    }
    std::string extra_repr() const { return "output_size=" + (*output_size).text(); }
    Setting<OutputSize> output_size;
};
/// The same of a volume. torch.nn.AdaptiveMaxPool3d
struct AdaptiveMaxPool3d : Module<AdaptiveMaxPool3d> {
    TAPER_CONSTRUCTORS(AdaptiveMaxPool3d, AdaptiveMaxPoolLayerOptions, 1, output_size, return_indices)
    AdaptiveMaxPool3d(Called, const AdaptiveMaxPoolLayerOptions& o);
    Tensor forward(const Tensor& x) const { return ops::adaptive_max_pool3d(x, (*output_size).of(x, 3)); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return ops::adaptive_max_pool3d_with_indices(x, (*output_size).of(x, 3));
    }
    std::string extra_repr() const { return "output_size=" + (*output_size).text(); }
    Setting<OutputSize> output_size;
};

}  // namespace taper::nn
