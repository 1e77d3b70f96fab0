// Images made larger or smaller without parameters: padded, interpolated, or put together from channels.
#pragma once

#include "module.h"

namespace taper::nn {

/// Either the size of the output, or how many times that of the input; mode "nearest", "linear" (N, C, W) or "bilinear"
/// (N, C, H, W); align_corners (not of "nearest"): the first and last pixels lie on each other.
struct InterpolateOptions {
    Keywords _ = Keywords();
    std::optional<Sizes> size = {};
    std::optional<double> scale_factor = {};
    std::string mode = "nearest";
    bool align_corners = false;
};

namespace functional {
/// The image sampled at other places: (N, C, W) or (N, C, H, W). torch.nn.functional.interpolate
Tensor interpolate(const Tensor& x, const InterpolateOptions& options);
template <int = 0> Tensor interpolate(const Tensor& x, const Sizes& size) { return interpolate(x, {.size = size}); }
/// (..., C * r * r, H, W) -> (..., C, H * r, W * r): each pixel becomes a square of r by r. Shi et al., 2016;
/// torch.nn.functional.pixel_shuffle
Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor);
}  // namespace functional

/// torch.nn.Upsample
struct Upsample : Module<Upsample> {
    explicit Upsample(const InterpolateOptions& options);
    Tensor forward(const Tensor& x) const { return functional::interpolate(x, options); }
    std::string extra_repr() const;
    Setting<InterpolateOptions> options;
};

/// torch.nn.PixelShuffle
struct PixelShuffle : Module<PixelShuffle> {
    explicit PixelShuffle(std::int64_t upscale_factor) : upscale_factor(upscale_factor) {}
    Tensor forward(const Tensor& x) const { return functional::pixel_shuffle(x, upscale_factor); }
    std::string extra_repr() const { return fmt::format("upscale_factor={}", *upscale_factor); }
    Setting<std::int64_t> upscale_factor;
};

/// What the paddings have in common: one amount, or (left, right, top, bottom).
template <class Derived> class PadNd : public Module<Derived> {
 public:
    explicit PadNd(const Sizes& padding);
    std::string extra_repr() const;
    Setting<Sizes> padding;

 protected:
    Tensor padded(const Tensor& x, const char* mode) const;
};
/// With zeros. torch.nn.ZeroPad2d
struct ZeroPad2d : PadNd<ZeroPad2d> {
    explicit ZeroPad2d(const Sizes& padding) : PadNd(padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant"); }
};
/// With the image mirrored at its edge. torch.nn.ReflectionPad2d
struct ReflectionPad2d : PadNd<ReflectionPad2d> {
    explicit ReflectionPad2d(const Sizes& padding) : PadNd(padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "reflect"); }
};
/// With the pixels of its edge. torch.nn.ReplicationPad2d
struct ReplicationPad2d : PadNd<ReplicationPad2d> {
    explicit ReplicationPad2d(const Sizes& padding) : PadNd(padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "replicate"); }
};

}  // namespace taper::nn
