// Images made larger or smaller without parameters.
#pragma once

#include "function_object.h"
#include "module.h"

namespace taper::nn {

/// Either the size of the output, or how many times that of the input: one number, or one for each dim; mode "nearest",
/// "nearest-exact", "area", "linear" (N, C, W), "bilinear" or "bicubic" (N, C, H, W), "trilinear" (N, C, D, H, W);
/// align_corners (not of "nearest" and "area"): the first and last pixels lie on each other. recompute_scale_factor: by
/// the sizes of input and output, not by scale_factor.
struct UpsampleOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Sizes>> size = Default(none);
    Arg<std::optional<std::vector<double>>> scale_factor = Default(none);
    Arg<std::string> mode = Default("nearest");
    Arg<std::optional<bool>> align_corners = Default(none), recompute_scale_factor = Default(none);
};
struct Upsampling2dOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Sizes>> size = Default(none);
    Arg<std::optional<std::vector<double>>> scale_factor = Default(none);
};

namespace positional {
Tensor interpolate(const Tensor& x, const UpsampleOptions& o, bool antialias);
}  // namespace positional

namespace functional {
/// As UpsampleOptions. antialias (of "bilinear" and "bicubic"): a pixel of a smaller image is a mean over all that it
/// covers.
struct InterpolateOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<Sizes>> size = Default(none);
    Arg<std::optional<std::vector<double>>> scale_factor = Default(none);
    Arg<std::string> mode = Default("nearest");
    Arg<std::optional<bool>> align_corners = Default(none), recompute_scale_factor = Default(none);
    Arg<bool> antialias = Default(false);
};
struct UpsampleOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<Sizes>> size = Default(none);
    Arg<std::optional<std::vector<double>>> scale_factor = Default(none);
    Arg<std::string> mode = Default("nearest");
    Arg<std::optional<bool>> align_corners = Default(none);
};
/// The image sampled at other places: (N, C, W), (N, C, H, W) or (N, C, D, H, W). torch.nn.functional.interpolate
TAPER_FUNCTION_OBJECT(Tensor, interpolate, InterpolateOptions, 1, input, size, scale_factor, mode, align_corners,
    recompute_scale_factor, antialias)
/// The same; deprecated, and warns. torch.nn.functional.upsample
TAPER_FUNCTION_OBJECT(Tensor, upsample, UpsampleOptions, 1, input, size, scale_factor, mode, align_corners)
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
/// Upsample of images in the mode "nearest". torch.nn.UpsamplingNearest2d
struct UpsamplingNearest2d : Module<UpsamplingNearest2d> {
    TAPER_CONSTRUCTORS(UpsamplingNearest2d, Upsampling2dOptions, 0, size, scale_factor)
    TAPER_LIST_ALONE(UpsamplingNearest2d, size)
    UpsamplingNearest2d(Called, const Upsampling2dOptions& o);
    Tensor forward(const Tensor& x) const { return positional::interpolate(x, options, false); }
    std::string extra_repr() const;
    Setting<UpsampleOptions> options;
};
/// Upsample of images in the mode "bilinear", with aligned corners. torch.nn.UpsamplingBilinear2d
struct UpsamplingBilinear2d : Module<UpsamplingBilinear2d> {
    TAPER_CONSTRUCTORS(UpsamplingBilinear2d, Upsampling2dOptions, 0, size, scale_factor)
    TAPER_LIST_ALONE(UpsamplingBilinear2d, size)
    UpsamplingBilinear2d(Called, const Upsampling2dOptions& o);
    Tensor forward(const Tensor& x) const { return positional::interpolate(x, options, false); }
    std::string extra_repr() const;
    Setting<UpsampleOptions> options;
};

}  // namespace taper::nn
