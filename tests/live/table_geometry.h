// The rows of live/ops_geometry.py.
#pragma once

#include "rows.h"

namespace live {

inline std::optional<Sizes> maybe_sizes(const Case& c, const char* name) {
    return c.kw.has(name) ? std::optional<Sizes>(c.kw.dims(name)) : std::nullopt;
}
inline std::optional<std::vector<double>> maybe_reals(const Case& c, const char* name) {
    if (!c.kw.has(name)) return std::nullopt;
    const json& value = c.kw.all[name];
    return value.is_array() ? value.get<std::vector<double>>() : std::vector<double>{value.get<double>()};
}
inline std::optional<bool> maybe_flag(const Case& c, const char* name) {
    return c.kw.has(name) ? std::optional(c.kw.flag(name)) : std::nullopt;
}

// clang-format off
inline const Rows geometry_rows{
    ROW("conv3d", ops::conv3d(c[0], c[1], c[2], c.conv())),
    ROW("conv_transpose3d", ops::conv_transpose3d(c[0], c[1], c[2], c.conv_transpose())),
    ROW("max_pool3d", ops::max_pool3d(c[0], c.kw.dims("kernel_size"), c.max_pool())),
    ROW("max_pool3d_with_indices", ops::max_pool3d_with_indices(c[0], c.kw.dims("kernel_size"), c.max_pool())),
    ROW("avg_pool3d", ops::avg_pool3d(c[0], c.kw.dims("kernel_size"), c.avg_pool())),
    ROW("adaptive_avg_pool3d", ops::adaptive_avg_pool3d(c[0], c.kw.dims("output_size"))),
    ROW("adaptive_max_pool1d", F::adaptive_max_pool1d(c[0], c.kw.whole("output_size"))),
    ROW("adaptive_max_pool3d", ops::adaptive_max_pool3d(c[0], c.kw.dims("output_size"))),
    ROW("adaptive_max_pool1d_with_indices", adaptive_max_pool1d(c[0], c.kw.whole("output_size"))),
    ROW("adaptive_max_pool3d_with_indices", ops::adaptive_max_pool3d_with_indices(c[0], c.kw.dims("output_size"))),
    ROW("F.max_unpool1d", F::max_unpool1d(c[0], c[1], c.kw.dims("kernel_size"), {.stride = maybe_sizes(c, "stride"), .output_size = maybe_sizes(c, "output_size")})),
    ROW("F.max_unpool2d", F::max_unpool2d(c[0], c[1], c.kw.dims("kernel_size"), {.stride = maybe_sizes(c, "stride"), .output_size = maybe_sizes(c, "output_size")})),
    ROW("F.max_unpool3d", F::max_unpool3d(c[0], c[1], c.kw.dims("kernel_size"), {.stride = maybe_sizes(c, "stride"), .output_size = maybe_sizes(c, "output_size")})),
    ROW("F.lp_pool1d", F::lp_pool1d(c[0], c.kw.real("norm_type"), c.kw.dims("kernel_size"), {.stride = maybe_sizes(c, "stride"), .ceil_mode = c.kw.flag("ceil_mode")})),
    ROW("F.lp_pool2d", F::lp_pool2d(c[0], c.kw.real("norm_type"), c.kw.dims("kernel_size"), {.stride = maybe_sizes(c, "stride"), .ceil_mode = c.kw.flag("ceil_mode")})),
    ROW("fractional_max_pool2d_with_indices", F::fractional_max_pool2d_with_indices(c[0], c.kw.dims("kernel_size"), {.output_size = maybe_sizes(c, "output_size"), .output_ratio = maybe_reals(c, "output_ratio"), ._random_samples = c[1]})),
    ROW("fractional_max_pool3d_with_indices", F::fractional_max_pool3d_with_indices(c[0], c.kw.dims("kernel_size"), {.output_size = maybe_sizes(c, "output_size"), .output_ratio = maybe_reals(c, "output_ratio"), ._random_samples = c[1]})),
    ROW("F.interpolate", F::interpolate(c[0], {.size = maybe_sizes(c, "size"), .scale_factor = maybe_reals(c, "scale_factor"), .mode = c.kw.text("mode"), .align_corners = maybe_flag(c, "align_corners"), .recompute_scale_factor = maybe_flag(c, "recompute_scale_factor"), .antialias = c.kw.flag("antialias")})),
    ROW("F.grid_sample", F::grid_sample(c[0], c[1], {.mode = c.kw.text("mode"), .padding_mode = c.kw.text("padding_mode"), .align_corners = maybe_flag(c, "align_corners")})),
    ROW("F.affine_grid", F::affine_grid(c[0], c.kw.shape("size"), {.align_corners = maybe_flag(c, "align_corners")})),
    ROW("pixel_shuffle", c.method ? F::pixel_shuffle(c[0], c.kw.whole("upscale_factor")) : pixel_shuffle(c[0], c.kw.whole("upscale_factor"))),
    ROW("pixel_unshuffle", c.method ? F::pixel_unshuffle(c[0], c.kw.whole("downscale_factor")) : pixel_unshuffle(c[0], c.kw.whole("downscale_factor"))),
    ROW("channel_shuffle", c.method ? F::channel_shuffle(c[0], c.kw.whole("groups")) : channel_shuffle(c[0], c.kw.whole("groups"))),
    ROW("F.unfold", F::unfold(c[0], c.kw.dims("kernel_size"), c.kw.dims("dilation"), c.kw.dims("padding"), c.kw.dims("stride"))),
    ROW("F.fold", F::fold(c[0], c.kw.dims("output_size"), c.kw.dims("kernel_size"), {.dilation = c.kw.dims("dilation"), .padding = c.kw.dims("padding"), .stride = c.kw.dims("stride")})),
    ROW("F.local_response_norm", F::local_response_norm(c[0], c.kw.whole("size"), {.alpha = c.kw.real("alpha"), .beta = c.kw.real("beta"), .k = c.kw.real("k")})),
};
// clang-format on

}  // namespace live
