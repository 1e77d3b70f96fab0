#include "resize.h"

#include <cmath>

#include "text.h"

namespace taper::nn {

using T = const Tensor&;

namespace {

/// x along one dim at `out` places that lie `scale` apart, at the nearest pixel or between two.
Tensor sampled(T x, std::int64_t dim, std::int64_t out, double scale, bool nearest, bool align_corners) {
    const std::int64_t in = x.size(dim);
    if (align_corners) scale = out > 1 ? static_cast<double>(in - 1) / static_cast<double>(out - 1) : 0;
    std::vector<std::int64_t> first, second;
    std::vector<double> share;
    for (std::int64_t i = 0; i < out; ++i) {
        const double place = nearest || align_corners ? scale * static_cast<double>(i)
                                                      : std::max(scale * (static_cast<double>(i) + 0.5) - 0.5, 0.);
        const auto pixel = std::min(static_cast<std::int64_t>(place), in - 1);
        first.push_back(pixel);
        second.push_back(std::min(pixel + 1, in - 1));
        share.push_back(place - static_cast<double>(pixel));
    }
    Tensor before = x.index_select(dim, tensor(first));
    if (nearest) return before;
    Shape shape = Shape::filled(x.ndim(), 1);
    shape[dim] = out;
    Tensor weight = tensor(share, {.dtype = x.dtype()}).view(shape);
    return before * (1 - weight) + x.index_select(dim, tensor(second)) * weight;
}

/// x along one of its last two dims at `out` places: each a mean over the pixels around it that falls off linearly, and
/// reaches as far as the places lie apart, at least to the next pixel.
Tensor averaged(T x, std::int64_t dim, std::int64_t out, double scale, bool align_corners) {
    const std::int64_t in = x.size(dim);
    if (align_corners) scale = out > 1 ? static_cast<double>(in - 1) / static_cast<double>(out - 1) : 0;
    const double reach = std::max(scale, 1.);
    std::vector<double> shares;
    for (std::int64_t i = 0; i < out; ++i) {
        const double centre = scale * (static_cast<double>(i) + 0.5);
        const auto first = std::max(static_cast<std::int64_t>(std::floor(centre - reach + 0.5)), std::int64_t(0)),
                   end = std::min(static_cast<std::int64_t>(std::floor(centre + reach + 0.5)), in);
        std::vector<double> row(static_cast<std::size_t>(in));
        double sum = 0;
        for (std::int64_t j = first; j < end; ++j) {
            double& share = row[static_cast<std::size_t>(j)];
            share = std::max(0., 1 - std::abs((static_cast<double>(j) - centre + 0.5) / reach));
            sum += share;
        }
        for (double share : row) shares.push_back(sum > 0 ? share / sum : 0);
    }
    const Tensor weights = tensor(shares, {.dtype = x.dtype()}).view({out, in});
    return dim == x.ndim() - 1 ? x.matmul(weights.mT()) : weights.matmul(x);
}

}  // namespace

Tensor positional::interpolate(T x, const UpsampleOptions& o, bool antialias) {
    const std::int64_t dims = x.ndim() - 2;
    const std::string& mode = o.mode;
    const std::optional<Sizes>& size = o.size;
    const bool nearest = mode == "nearest", rescaled = o.recompute_scale_factor->value_or(false);
    check(dims == 1 || dims == 2,
        "interpolate: Input Error: Only 3D and 4D input Tensors supported (got {}D) for the "
        "modes: nearest | linear | bilinear (got {})",
        x.ndim(), mode);
    check(nearest || mode == (dims == 1 ? "linear" : "bilinear"),
        "interpolate: Got {}D input, but {} mode is not for it: use \"nearest\" or \"{}\"", x.ndim(), mode,
        dims == 1 ? "linear" : "bilinear");
    check(size.has_value() != o.scale_factor->has_value(), "interpolate: {}",
        size ? "only one of size or scale_factor should be defined" : "either size or scale_factor should be defined");
    check(!nearest || !o.align_corners->has_value(),
        "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear");
    check(!antialias || mode == "bilinear",
        "interpolate: Anti-alias option is only supported for bilinear and bicubic modes, but got {}", mode);
    check(!size || !rescaled, "interpolate: recompute_scale_factor is not meaningful with an explicit size");
    const std::vector<double> factors = o.scale_factor->value_or(std::vector<double>());
    const auto given = size ? size->size() : static_cast<std::int64_t>(factors.size());
    check(given == 1 || given == dims,
        "interpolate: Input and output must have the same number of spatial dimensions, but got {} numbers for an "
        "input "
        "of {}",
        given, x.shape().str());
    Tensor y = x;
    for (std::int64_t d = 0; d < dims; ++d) {
        const auto in = static_cast<double>(x.size(d + 2));
        const std::int64_t at = given == 1 ? 0 : d;
        const double factor = size ? 0 : factors[static_cast<std::size_t>(at)];
        const std::int64_t out = size ? (*size)[at] : static_cast<std::int64_t>(std::floor(in * factor));
        check(in > 0 && out > 0, "interpolate: Input and output sizes should be greater than 0, but got {} and {}",
            x.size(d + 2), out);
        const double scale = size || rescaled ? in / static_cast<double>(out) : 1 / factor;
        const bool align_corners = o.align_corners->value_or(false);
        y = antialias ? averaged(y, d + 2, out, scale, align_corners)
                      : sampled(y, d + 2, out, scale, nearest, align_corners);
    }
    return y;
}

Tensor positional::pixel_shuffle(T x, std::int64_t r) {
    check(x.ndim() >= 3,
        "pixel_shuffle: expects input to have at least 3 dimensions, but got input with {} "
        "dimension(s)",
        x.ndim());
    check(r > 0 && x.size(-3) % (r * r) == 0,
        "pixel_shuffle: expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
        "input.size(-3)={} is not divisible by {}",
        x.size(-3), r * r);
    const std::int64_t channels = x.size(-3) / (r * r), height = x.size(-2), width = x.size(-1);
    Shape shape = x.shape();
    const int last = shape.size() - 1;
    shape[last - 2] = channels, shape[last - 1] = height * r, shape[last] = width * r;
    return x.reshape({-1, channels, r, r, height, width}).permute(0, 1, 4, 2, 5, 3).reshape(shape);
}

namespace functional {
static Tensor interpolated(const InterpolateOptions& o) {
    return positional::interpolate(o.input,
        {.size = *o.size,
            .scale_factor = *o.scale_factor,
            .mode = *o.mode,
            .align_corners = *o.align_corners,
            .recompute_scale_factor = *o.recompute_scale_factor},
        o.antialias);
}
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, interpolate, InterpolateOptions, (interpolated(o)), 1, input, size, scale_factor,
    mode, align_corners, recompute_scale_factor, antialias)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, pixel_shuffle, PixelShuffleOptions,
    (positional::pixel_shuffle(o.input, o.upscale_factor)), 2, input, upscale_factor)
}  // namespace functional

std::string Upsample::extra_repr() const {
    const UpsampleOptions& o = *options;
    std::vector<std::string> factors;
    for (double factor : o.scale_factor->value_or(std::vector<double>())) factors.push_back(repr(factor));
    const std::string scale = factors.size() == 1 ? factors[0] : "(" + joined(factors, ", ") + ")";
    const std::string size = *o.size ? size_text(**o.size) : "None";
    return (*o.scale_factor ? "scale_factor=" + scale : "size=" + size) + ", mode=" + *o.mode;
}
TAPER_DEFINE_CONSTRUCTORS(Upsample, UpsampleOptions, 0, size, scale_factor, mode, align_corners, recompute_scale_factor)
TAPER_DEFINE_CONSTRUCTORS(PixelShuffle, PixelShuffleOptions, 1, upscale_factor)

template <class D> PadNd<D>::PadNd(const PadLayerOptions& o)
    : padding(o.padding->size() == 1 ? Sizes(Shape::filled(4, (*o.padding)[0])) : *o.padding) {
    check((*padding).size() == 4, "{}: padding must be one number or (left, right, top, bottom), but got {}",
        type_name(typeid(D)), o.padding->str());
}
template <class D> std::string PadNd<D>::extra_repr() const { return tuple_text(padding); }
template <class D> Tensor PadNd<D>::padded(T x, const char* mode) const { return ops::pad(x, (*padding).vec(), mode); }
template class PadNd<ZeroPad2d>;
template class PadNd<ReflectionPad2d>;
template class PadNd<ReplicationPad2d>;
TAPER_DEFINE_CONSTRUCTORS(ZeroPad2d, PadLayerOptions, 1, padding)
TAPER_DEFINE_CONSTRUCTORS(ReflectionPad2d, PadLayerOptions, 1, padding)
TAPER_DEFINE_CONSTRUCTORS(ReplicationPad2d, PadLayerOptions, 1, padding)

}  // namespace taper::nn
