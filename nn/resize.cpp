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

}  // namespace

Tensor functional::interpolate(T x, const InterpolateOptions& o) {
    const std::int64_t dims = x.ndim() - 2;
    check(dims == 1 || dims == 2,
        "interpolate: Input Error: Only 3D and 4D input Tensors supported (got {}D) for the "
        "modes: nearest | linear | bilinear (got {})",
        x.ndim(), o.mode);
    check(o.mode == "nearest" || o.mode == (dims == 1 ? "linear" : "bilinear"),
        "interpolate: Got {}D input, but {} mode is not for it: use \"nearest\" or \"{}\"", x.ndim(), o.mode,
        dims == 1 ? "linear" : "bilinear");
    check(o.size.has_value() != o.scale_factor.has_value(), "interpolate: {}",
        o.size ? "only one of size or scale_factor should be defined"
               : "either size or scale_factor should be defined");
    const bool nearest = o.mode == "nearest";
    check(!nearest || !o.align_corners,
        "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear");
    check(!o.size || o.size->size() == 1 || o.size->size() == dims,
        "interpolate: Input and output must have the same number of spatial dimensions, but got size {} for an input "
        "of {}",
        o.size ? Shape(*o.size).str() : Shape().str(), x.shape().str());
    Tensor y = x;
    for (std::int64_t d = 0; d < dims; ++d) {
        const auto in = static_cast<double>(x.size(d + 2));
        const std::int64_t out = o.size ? (*o.size)[o.size->size() == 1 ? 0 : d]
                                        : static_cast<std::int64_t>(std::floor(in * *o.scale_factor));
        check(in > 0 && out > 0, "interpolate: Input and output sizes should be greater than 0, but got {} and {}",
            x.size(d + 2), out);
        y = sampled(
            y, d + 2, out, o.size ? in / static_cast<double>(out) : 1 / *o.scale_factor, nearest, o.align_corners);
    }
    return y;
}

Tensor functional::pixel_shuffle(T x, std::int64_t r) {
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

Upsample::Upsample(const InterpolateOptions& options) : options(options) {}
std::string Upsample::extra_repr() const {
    const InterpolateOptions& o = options;
    return (o.size ? "size=" + size_text(*o.size) : "scale_factor=" + repr(o.scale_factor.value_or(0))) +
        ", mode=" + o.mode;
}

template <class D> PadNd<D>::PadNd(const Sizes& amounts)
    : padding(amounts.size() == 1 ? Sizes(Shape::filled(4, amounts[0])) : amounts) {
    check((*padding).size() == 4, "{}: padding must be one number or (left, right, top, bottom), but got {}",
        type_name(typeid(D)), amounts.str());
}
template <class D> std::string PadNd<D>::extra_repr() const { return tuple_text(padding); }
template <class D> Tensor PadNd<D>::padded(T x, const char* mode) const { return pad(x, (*padding).vec(), mode); }
template class PadNd<ZeroPad2d>;
template class PadNd<ReflectionPad2d>;
template class PadNd<ReplicationPad2d>;

}  // namespace taper::nn
