// Convolutions, forwards and transposed, of lines (N, C, W), images (N, C, H, W) and volumes (N, C, D, H, W); without
// N, of one of them.
#pragma once

#include "module.h"

namespace taper::nn {

/// padding_mode: what stands around the image: "zeros", "reflect", "replicate" or "circular".
struct ConvLayerOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> in_channels = required, out_channels = required;
    Arg<Sizes> kernel_size = required, stride = Default(1);
    Arg<Padding> padding = Default(0);
    Arg<Sizes> dilation = Default(1);
    Arg<std::int64_t> groups = Default(1);
    Arg<bool> bias = Default(true);
    Arg<std::string> padding_mode = Default("zeros");
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct ConvTransposeLayerOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> in_channels = required, out_channels = required;
    Arg<Sizes> kernel_size = required, stride = Default(1), padding = Default(0), output_padding = Default(0);
    Arg<std::int64_t> groups = Default(1);
    Arg<bool> bias = Default(true);
    Arg<Sizes> dilation = Default(1);
    Arg<std::string> padding_mode = Default("zeros");  // there is no other here
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// The call of a transposed convolution. output_size: (W), (H, W) or (D, H, W), or these behind the other dims of the
/// input.
struct ConvTransposeForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<Sizes>> output_size = Default(none);
};

/// What they have in common: weight (out_channels, in_channels / groups, kernel...), transposed (in_channels,
/// out_channels / groups, kernel...), and bias (out_channels).
template <class Derived> class ConvNd : public Module<Derived> {
 public:
    /// Draws weight and bias anew, both uniform within 1 / sqrt(weight.size(1) * kernel elements).
    void reset_parameters() const;
    std::string extra_repr() const;

    Setting<std::int64_t> in_channels, out_channels;
    Setting<Sizes> kernel_size, stride;
    Setting<Padding> padding;
    Setting<Sizes> dilation, output_padding;
    Setting<std::int64_t> groups;
    Setting<std::string> padding_mode;
    Parameter weight, bias;

 protected:
    ConvNd(int dims, const ConvLayerOptions& o);
    ConvNd(int dims, const ConvTransposeLayerOptions& o);
    /// x, padded where the op can't, and the settings of the op.
    std::pair<Tensor, ConvOptions> prepared(const Tensor& x) const;
    /// The settings of the op; output_padding so that the output has this size, if one is given.
    ConvTransposeOptions prepared(const Tensor& x, const Shape& output_size) const;
};

/// torch.nn.Conv1d
struct Conv1d : ConvNd<Conv1d> {
    TAPER_CONSTRUCTORS(Conv1d, ConvLayerOptions, 3, in_channels, out_channels, kernel_size, stride, padding, dilation,
        groups, bias, padding_mode, device, dtype)
    Conv1d(Called, const ConvLayerOptions& o) : ConvNd(1, o) {}
    Tensor forward(const Tensor& x) const;
};
/// torch.nn.Conv2d
struct Conv2d : ConvNd<Conv2d> {
    TAPER_CONSTRUCTORS(Conv2d, ConvLayerOptions, 3, in_channels, out_channels, kernel_size, stride, padding, dilation,
        groups, bias, padding_mode, device, dtype)
    Conv2d(Called, const ConvLayerOptions& o) : ConvNd(2, o) {}
    Tensor forward(const Tensor& x) const;
};
/// torch.nn.Conv3d
struct Conv3d : ConvNd<Conv3d> {
    TAPER_CONSTRUCTORS(Conv3d, ConvLayerOptions, 3, in_channels, out_channels, kernel_size, stride, padding, dilation,
        groups, bias, padding_mode, device, dtype)
    Conv3d(Called, const ConvLayerOptions& o) : ConvNd(3, o) {}
    Tensor forward(const Tensor& x) const;
};
/// The gradient of Conv1d with respect to its input, as a layer. torch.nn.ConvTranspose1d
struct ConvTranspose1d : ConvNd<ConvTranspose1d> {
    TAPER_CONSTRUCTORS(ConvTranspose1d, ConvTransposeLayerOptions, 3, in_channels, out_channels, kernel_size, stride,
        padding, output_padding, groups, bias, dilation, padding_mode, device, dtype)
    ConvTranspose1d(Called, const ConvTransposeLayerOptions& o) : ConvNd(1, o) {}
    Tensor forward(const Tensor& x) const { return forward(x, Shape()); }
    Tensor forward(const Tensor& x, const Shape& output_size) const;
    /// layer(x, {.output_size = {9}})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(ConvTranspose1d, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), ConvTransposeForwardOptions, 1, input, output_size)
};
/// The gradient of Conv2d with respect to its input, as a layer. torch.nn.ConvTranspose2d
struct ConvTranspose2d : ConvNd<ConvTranspose2d> {
    TAPER_CONSTRUCTORS(ConvTranspose2d, ConvTransposeLayerOptions, 3, in_channels, out_channels, kernel_size, stride,
        padding, output_padding, groups, bias, dilation, padding_mode, device, dtype)
    ConvTranspose2d(Called, const ConvTransposeLayerOptions& o) : ConvNd(2, o) {}
    Tensor forward(const Tensor& x) const { return forward(x, Shape()); }
    Tensor forward(const Tensor& x, const Shape& output_size) const;
    /// layer(x, {.output_size = {9}})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(ConvTranspose2d, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), ConvTransposeForwardOptions, 1, input, output_size)
};
/// The gradient of Conv3d with respect to its input, as a layer. torch.nn.ConvTranspose3d
struct ConvTranspose3d : ConvNd<ConvTranspose3d> {
    TAPER_CONSTRUCTORS(ConvTranspose3d, ConvTransposeLayerOptions, 3, in_channels, out_channels, kernel_size, stride,
        padding, output_padding, groups, bias, dilation, padding_mode, device, dtype)
    ConvTranspose3d(Called, const ConvTransposeLayerOptions& o) : ConvNd(3, o) {}
    Tensor forward(const Tensor& x) const { return forward(x, Shape()); }
    Tensor forward(const Tensor& x, const Shape& output_size) const;
    /// layer(x, {.output_size = {9}})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(ConvTranspose3d, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), ConvTransposeForwardOptions, 1, input, output_size)
};

}  // namespace taper::nn
