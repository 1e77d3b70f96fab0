// Pooling of lines (N, C, W) and of images (N, C, H, W); without N, of one of them. Nothing here is learned.
#pragma once

#include "module.h"

namespace taper::nn {

/// What the layers that take the largest of each window have in common. An absent stride is the kernel_size.
template <class Derived> class MaxPoolNd : public Module<Derived> {
 public:
    explicit MaxPoolNd(const Sizes& kernel_size, const MaxPoolOptions& options = {});
    explicit MaxPoolNd(std::initializer_list<std::int64_t> kernel_size, const MaxPoolOptions& options = {})
        : MaxPoolNd(Sizes(kernel_size), options) {}
    template <int = 0> explicit MaxPoolNd(const Sizes& kernel_size, const Sizes& stride, const Sizes& padding = 0)
        : MaxPoolNd(kernel_size, {.stride = stride, .padding = padding}) {}
    std::string extra_repr() const;

    Setting<Sizes> kernel_size, stride, padding, dilation;
    Setting<bool> ceil_mode;

 protected:
    MaxPoolOptions options() const {
        return {.stride = *stride, .padding = *padding, .dilation = *dilation, .ceil_mode = *ceil_mode};
    }
};
/// torch.nn.MaxPool1d
struct MaxPool1d : MaxPoolNd<MaxPool1d> {
    using MaxPoolNd::MaxPoolNd;
    Tensor forward(const Tensor& x) const { return max_pool1d(x, *kernel_size, options()); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return max_pool1d_with_indices(x, *kernel_size, options());
    }
};
/// torch.nn.MaxPool2d
struct MaxPool2d : MaxPoolNd<MaxPool2d> {
    using MaxPoolNd::MaxPoolNd;
    Tensor forward(const Tensor& x) const { return max_pool2d(x, *kernel_size, options()); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return max_pool2d_with_indices(x, *kernel_size, options());
    }
};

/// What the layers that take the mean of each window have in common. An absent stride is the kernel_size.
template <class Derived> class AvgPoolNd : public Module<Derived> {
 public:
    explicit AvgPoolNd(const Sizes& kernel_size, const AvgPoolOptions& options = {});
    explicit AvgPoolNd(std::initializer_list<std::int64_t> kernel_size, const AvgPoolOptions& options = {})
        : AvgPoolNd(Sizes(kernel_size), options) {}
    template <int = 0> explicit AvgPoolNd(const Sizes& kernel_size, const Sizes& stride, const Sizes& padding = 0)
        : AvgPoolNd(kernel_size, {.stride = stride, .padding = padding}) {}
    std::string extra_repr() const;

    Setting<Sizes> kernel_size, stride, padding;
    Setting<bool> ceil_mode, count_include_pad;
    Setting<std::optional<std::int64_t>> divisor_override;

 protected:
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
    using AvgPoolNd::AvgPoolNd;
    Tensor forward(const Tensor& x) const { return avg_pool1d(x, *kernel_size, options()); }
};
/// torch.nn.AvgPool2d
struct AvgPool2d : AvgPoolNd<AvgPool2d> {
    using AvgPoolNd::AvgPoolNd;
    Tensor forward(const Tensor& x) const { return avg_pool2d(x, *kernel_size, options()); }
};

/// The mean of windows that cover a line evenly. torch.nn.AdaptiveAvgPool1d
struct AdaptiveAvgPool1d : Module<AdaptiveAvgPool1d> {
    explicit AdaptiveAvgPool1d(std::int64_t output_size) : output_size(output_size) {}
    Tensor forward(const Tensor& x) const { return adaptive_avg_pool1d(x, output_size); }
    std::string extra_repr() const { return fmt::format("output_size={}", *output_size); }
    Setting<std::int64_t> output_size;
};
/// The size of an image that comes out: a number for both sides, or one for each, `{5, None}`; None: as it comes in.
class OutputSize {
 public:
    struct Side : std::optional<std::int64_t> {
        template <std::integral I> Side(I size) : optional(size) {}
        Side(NewAxis) {}
        Side(std::nullopt_t) {}
    };
    template <std::integral I> OutputSize(I both) : sides_{both} {}
    OutputSize(std::initializer_list<Side> sides) : sides_(sides) {}
    /// With those of x where they are None.
    Sizes of(const Tensor& x) const;
    std::string text() const;
    bool operator==(const OutputSize&) const = default;

 private:
    std::vector<Side> sides_;
};
/// The mean of windows that cover an image evenly. torch.nn.AdaptiveAvgPool2d
struct AdaptiveAvgPool2d : Module<AdaptiveAvgPool2d> {
    explicit AdaptiveAvgPool2d(const OutputSize& output_size) : output_size(output_size) {}
    Tensor forward(const Tensor& x) const { return adaptive_avg_pool2d(x, (*output_size).of(x)); }
    std::string extra_repr() const { return "output_size=" + (*output_size).text(); }
    Setting<OutputSize> output_size;
};
/// The largest of each of such windows. torch.nn.AdaptiveMaxPool2d
struct AdaptiveMaxPool2d : Module<AdaptiveMaxPool2d> {
    explicit AdaptiveMaxPool2d(const OutputSize& output_size) : output_size(output_size) {}
    Tensor forward(const Tensor& x) const { return adaptive_max_pool2d(x, (*output_size).of(x)); }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const {
        return adaptive_max_pool2d_with_indices(x, (*output_size).of(x));
    }
    std::string extra_repr() const { return "output_size=" + (*output_size).text(); }
    Setting<OutputSize> output_size;
};

}  // namespace taper::nn
