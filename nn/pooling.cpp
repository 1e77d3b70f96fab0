#include "pooling.h"

#include "text.h"

namespace taper::nn {

static void no_indices(const std::string& layer, bool return_indices) {
    check(!return_indices,
        "{}: return_indices=True is not supported, for forward gives one Tensor; leave it out, and call "
        "forward_with_indices(x)",
        layer);
}

template <class D> MaxPoolNd<D>::MaxPoolNd(const MaxPoolLayerOptions& o)
    : kernel_size(o.kernel_size),
      stride(o.stride->value_or(o.kernel_size)),
      padding(o.padding),
      dilation(o.dilation),
      ceil_mode(o.ceil_mode) {
    no_indices(type_name(typeid(D)), o.return_indices);
}
template <class D> std::string MaxPoolNd<D>::extra_repr() const {
    return fmt::format("kernel_size={}, stride={}, padding={}, dilation={}, ceil_mode={}", size_text(kernel_size),
        size_text(stride), size_text(padding), size_text(dilation), text(ceil_mode));
}
template class MaxPoolNd<MaxPool1d>;
template class MaxPoolNd<MaxPool2d>;
template class MaxPoolNd<MaxPool3d>;

template <class D> template <class Options> AvgPoolNd<D>::AvgPoolNd(const Options& o)
    : kernel_size(o.kernel_size),
      stride(o.stride->value_or(o.kernel_size)),
      padding(o.padding),
      ceil_mode(o.ceil_mode),
      count_include_pad(o.count_include_pad),
      divisor_override(std::optional<std::int64_t>()) {
    if constexpr (requires { o.divisor_override; }) divisor_override = *o.divisor_override;
}
template <class D> std::string AvgPoolNd<D>::extra_repr() const {
    // PyTorch makes tuples of what AvgPool1d is given.
    auto shown = [](const Sizes& sizes) { return std::same_as<D, AvgPool1d> ? tuple_text(sizes) : size_text(sizes); };
    return fmt::format("kernel_size={}, stride={}, padding={}", shown(kernel_size), shown(stride), shown(padding));
}
template class AvgPoolNd<AvgPool1d>;
template class AvgPoolNd<AvgPool2d>;
template class AvgPoolNd<AvgPool3d>;

AvgPool1d::AvgPool1d(Called, const AvgPool1dOptions& o) : AvgPoolNd(o) {}
AvgPool2d::AvgPool2d(Called, const AvgPoolLayerOptions& o) : AvgPoolNd(o) {}
AvgPool3d::AvgPool3d(Called, const AvgPoolLayerOptions& o) : AvgPoolNd(o) {}
AdaptiveMaxPool2d::AdaptiveMaxPool2d(Called, const AdaptiveMaxPoolLayerOptions& o) : output_size(o.output_size) {
    no_indices("AdaptiveMaxPool2d", o.return_indices);
}
AdaptiveMaxPool3d::AdaptiveMaxPool3d(Called, const AdaptiveMaxPoolLayerOptions& o) : output_size(o.output_size) {
    no_indices("AdaptiveMaxPool3d", o.return_indices);
}
AdaptiveMaxPool1d::AdaptiveMaxPool1d(Called, const AdaptiveMaxPool1dOptions& o) : output_size(o.output_size) {
    no_indices("AdaptiveMaxPool1d", o.return_indices);
}

TAPER_DEFINE_CONSTRUCTORS(
    MaxPool1d, MaxPoolLayerOptions, 1, kernel_size, stride, padding, dilation, return_indices, ceil_mode)
TAPER_DEFINE_CONSTRUCTORS(
    MaxPool2d, MaxPoolLayerOptions, 1, kernel_size, stride, padding, dilation, return_indices, ceil_mode)
TAPER_DEFINE_CONSTRUCTORS(
    MaxPool3d, MaxPoolLayerOptions, 1, kernel_size, stride, padding, dilation, return_indices, ceil_mode)
TAPER_DEFINE_CONSTRUCTORS(AvgPool1d, AvgPool1dOptions, 1, kernel_size, stride, padding, ceil_mode, count_include_pad)
TAPER_DEFINE_CONSTRUCTORS(
    AvgPool2d, AvgPoolLayerOptions, 1, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
TAPER_DEFINE_CONSTRUCTORS(
    AvgPool3d, AvgPoolLayerOptions, 1, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
TAPER_DEFINE_CONSTRUCTORS(AdaptiveAvgPool1d, AdaptiveAvgPool1dOptions, 1, output_size)
TAPER_DEFINE_CONSTRUCTORS(AdaptiveAvgPool2d, AdaptiveAvgPoolLayerOptions, 1, output_size)
TAPER_DEFINE_CONSTRUCTORS(AdaptiveAvgPool3d, AdaptiveAvgPoolLayerOptions, 1, output_size)
TAPER_DEFINE_CONSTRUCTORS(AdaptiveMaxPool2d, AdaptiveMaxPoolLayerOptions, 1, output_size, return_indices)
TAPER_DEFINE_CONSTRUCTORS(AdaptiveMaxPool1d, AdaptiveMaxPool1dOptions, 1, output_size, return_indices)
TAPER_DEFINE_CONSTRUCTORS(AdaptiveMaxPool3d, AdaptiveMaxPoolLayerOptions, 1, output_size, return_indices)

Sizes OutputSize::of(const Tensor& x, int dims) const {
    const auto given = static_cast<int>(sides_.size());
    check(given == 1 || given == dims, "adaptive pooling: output_size must have one or {} sides, but has {}", dims,
        given);
    Sizes sizes;
    for (int d = 0; d < dims; ++d) {
        const Side& side = sides_[static_cast<std::size_t>(given == 1 ? 0 : d)];
        sizes.push_back(side ? *side : x.size(d - dims));
    }
    return sizes;
}
std::string OutputSize::text() const {
    std::vector<std::string> sides;
    for (const Side& side : sides_) sides.push_back(side ? std::to_string(*side) : "None");
    return sides.size() == 1 ? sides[0] : "(" + joined(sides, ", ") + ")";
}

}  // namespace taper::nn
