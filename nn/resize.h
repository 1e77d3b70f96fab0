// Images made larger or smaller without parameters: padded, interpolated, or put together from channels.
#pragma once

#include "function_object.h"
#include "module.h"

namespace taper::nn {

/// Either the size of the output, or how many times that of the input: one number, or one for each side; mode
/// "nearest", "linear" (N, C, W) or "bilinear" (N, C, H, W); align_corners (not of "nearest"): the first and last
/// pixels lie on each other. recompute_scale_factor: by the sizes of input and output, not by scale_factor.
struct UpsampleOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Sizes>> size = Default(none);
    Arg<std::optional<std::vector<double>>> scale_factor = Default(none);
    Arg<std::string> mode = Default("nearest");
    Arg<std::optional<bool>> align_corners = Default(none), recompute_scale_factor = Default(none);
};
struct PixelShuffleOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> upscale_factor = required;
};

namespace positional {
Tensor interpolate(const Tensor& x, const UpsampleOptions& o, bool antialias);
Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor);
}  // namespace positional

namespace functional {
/// As UpsampleOptions. antialias (of "bilinear"): a pixel of a smaller image is a mean over all that it covers.
struct InterpolateOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<Sizes>> size = Default(none);
    Arg<std::optional<std::vector<double>>> scale_factor = Default(none);
    Arg<std::string> mode = Default("nearest");
    Arg<std::optional<bool>> align_corners = Default(none), recompute_scale_factor = Default(none);
    Arg<bool> antialias = Default(false);
};
struct PixelShuffleOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> upscale_factor = required;
};
/// The image sampled at other places: (N, C, W) or (N, C, H, W). torch.nn.functional.interpolate
TAPER_FUNCTION_OBJECT(Tensor, interpolate, InterpolateOptions, 1, input, size, scale_factor, mode, align_corners,
    recompute_scale_factor, antialias)
/// (..., C * r * r, H, W) -> (..., C, H * r, W * r): each pixel becomes a square of r by r. Shi et al., 2016;
/// torch.nn.functional.pixel_shuffle
TAPER_FUNCTION_OBJECT(Tensor, pixel_shuffle, PixelShuffleOptions, 2, input, upscale_factor)
}  // namespace functional

/// torch.nn.Upsample
struct Upsample : Module<Upsample> {
    TAPER_CONSTRUCTORS(Upsample, UpsampleOptions, 0, size, scale_factor, mode, align_corners, recompute_scale_factor)
    TAPER_LIST_ALONE(Upsample, size)
    Upsample(Called, const UpsampleOptions& o) : options(o) {}
    Tensor forward(const Tensor& x) const { return positional::interpolate(x, options, false); }
    std::string extra_repr() const;
    Setting<UpsampleOptions> options;
};

/// torch.nn.PixelShuffle
struct PixelShuffle : Module<PixelShuffle> {
    TAPER_CONSTRUCTORS(PixelShuffle, PixelShuffleOptions, 1, upscale_factor)
    PixelShuffle(Called, const PixelShuffleOptions& o) : upscale_factor(o.upscale_factor) {}
    Tensor forward(const Tensor& x) const { return positional::pixel_shuffle(x, upscale_factor); }
    std::string extra_repr() const { return fmt::format("upscale_factor={}", *upscale_factor); }
    Setting<std::int64_t> upscale_factor;
};

struct PadLayerOptions {
    Keywords _ = Keywords();
    Arg<Sizes> padding = required;
};
/// What the paddings have in common: one amount, or (left, right, top, bottom).
template <class Derived> class PadNd : public Module<Derived> {
 public:
    std::string extra_repr() const;
    Setting<Sizes> padding;

 protected:
    explicit PadNd(const PadLayerOptions& o);
    Tensor padded(const Tensor& x, const char* mode) const;
};
/// With zeros. torch.nn.ZeroPad2d
struct ZeroPad2d : PadNd<ZeroPad2d> {
    TAPER_CONSTRUCTORS(ZeroPad2d, PadLayerOptions, 1, padding)
    ZeroPad2d(Called, const PadLayerOptions& o) : PadNd(o) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant"); }
};
/// With the image mirrored at its edge. torch.nn.ReflectionPad2d
struct ReflectionPad2d : PadNd<ReflectionPad2d> {
    TAPER_CONSTRUCTORS(ReflectionPad2d, PadLayerOptions, 1, padding)
    ReflectionPad2d(Called, const PadLayerOptions& o) : PadNd(o) {}
    Tensor forward(const Tensor& x) const { return padded(x, "reflect"); }
};
/// With the pixels of its edge. torch.nn.ReplicationPad2d
struct ReplicationPad2d : PadNd<ReplicationPad2d> {
    TAPER_CONSTRUCTORS(ReplicationPad2d, PadLayerOptions, 1, padding)
    ReplicationPad2d(Called, const PadLayerOptions& o) : PadNd(o) {}
    Tensor forward(const Tensor& x) const { return padded(x, "replicate"); }
};

}  // namespace taper::nn
