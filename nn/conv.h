// Convolutions, forwards and transposed, of lines (N, C, W) and of images (N, C, H, W); without N, of one of them.
#pragma once

#include "module.h"

namespace taper::nn {

/// padding_mode: what stands around the image: "zeros", "reflect", "replicate" or "circular".
struct ConvLayerOptions {
    Keywords _ = Keywords();
    Sizes stride = 1;
    Padding padding = 0;
    Sizes dilation = 1;
    std::int64_t groups = 1;
    bool bias = true;
    std::string padding_mode = "zeros";
};
struct ConvTransposeLayerOptions {
    Keywords _ = Keywords();
    Sizes stride = 1, padding = 0, output_padding = 0;
    std::int64_t groups = 1;
    bool bias = true;
    Sizes dilation = 1;
    std::string padding_mode = "zeros";  // there is no other here
};

/// What the four have in common: weight (out_channels, in_channels / groups, kernel...), transposed (in_channels,
/// out_channels / groups, kernel...), and bias (out_channels).
template <class Derived> class ConvNd : public Module<Derived> {
 public:
    /// Draws weight and bias anew, both uniform within 1 / sqrt(weight.size(1) * kernel elements).
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t in_channels, out_channels;
    Setting<Sizes> kernel_size, stride;
    Setting<Padding> padding;
    Setting<Sizes> dilation, output_padding;
    Setting<std::int64_t> groups;
    Setting<std::string> padding_mode;
    Tensor weight, bias;

 protected:
    ConvNd(int dims, std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const ConvLayerOptions& options);
    ConvNd(int dims, std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const ConvTransposeLayerOptions& options);
    /// x, padded where the op can't, and the settings of the op.
    std::pair<Tensor, ConvOptions> prepared(const Tensor& x) const;
    /// The settings of the op; output_padding so that the output has this size, if one is given.
    ConvTransposeOptions prepared(const Tensor& x, const Shape& output_size) const;
};

/// torch.nn.Conv1d
struct Conv1d : ConvNd<Conv1d> {
    Conv1d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const ConvLayerOptions& options = {})
        : ConvNd(1, in_channels, out_channels, kernel_size, options) {}
    template <int = 0> Conv1d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const Sizes& stride, const Padding& padding = 0)
        : Conv1d(in_channels, out_channels, kernel_size, {.stride = stride, .padding = padding}) {}
    Tensor forward(const Tensor& x) const;
};
/// torch.nn.Conv2d
struct Conv2d : ConvNd<Conv2d> {
    Conv2d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const ConvLayerOptions& options = {})
        : ConvNd(2, in_channels, out_channels, kernel_size, options) {}
    template <int = 0> Conv2d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const Sizes& stride, const Padding& padding = 0)
        : Conv2d(in_channels, out_channels, kernel_size, {.stride = stride, .padding = padding}) {}
    Tensor forward(const Tensor& x) const;
};
/// The gradient of Conv1d with respect to its input, as a layer. torch.nn.ConvTranspose1d
struct ConvTranspose1d : ConvNd<ConvTranspose1d> {
    ConvTranspose1d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const ConvTransposeLayerOptions& options = {})
        : ConvNd(1, in_channels, out_channels, kernel_size, options) {}
    template <int = 0> ConvTranspose1d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const Sizes& stride, const Sizes& padding = 0)
        : ConvTranspose1d(in_channels, out_channels, kernel_size, {.stride = stride, .padding = padding}) {}
    Tensor forward(const Tensor& x, const Shape& output_size = {}) const;
};
/// The gradient of Conv2d with respect to its input, as a layer. torch.nn.ConvTranspose2d
struct ConvTranspose2d : ConvNd<ConvTranspose2d> {
    ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const ConvTransposeLayerOptions& options = {})
        : ConvNd(2, in_channels, out_channels, kernel_size, options) {}
    template <int = 0> ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels, const Sizes& kernel_size,
        const Sizes& stride, const Sizes& padding = 0)
        : ConvTranspose2d(in_channels, out_channels, kernel_size, {.stride = stride, .padding = padding}) {}
    Tensor forward(const Tensor& x, const Shape& output_size = {}) const;
};

}  // namespace taper::nn
