#include "pooling.h"

#include "text.h"

namespace taper::nn {

static Sizes stride_or(const Sizes& stride, const Sizes& kernel_size) { return stride.empty() ? kernel_size : stride; }

template <class D> MaxPoolNd<D>::MaxPoolNd(const Sizes& kernel_size, const MaxPoolOptions& options)
    : kernel_size(kernel_size),
      stride(stride_or(options.stride, kernel_size)),
      padding(options.padding),
      dilation(options.dilation),
      ceil_mode(options.ceil_mode) {}
template <class D> std::string MaxPoolNd<D>::extra_repr() const {
    return fmt::format("kernel_size={}, stride={}, padding={}, dilation={}, ceil_mode={}", size_text(kernel_size),
        size_text(stride), size_text(padding), size_text(dilation), text(ceil_mode));
}
template class MaxPoolNd<MaxPool1d>;
template class MaxPoolNd<MaxPool2d>;

template <class D> AvgPoolNd<D>::AvgPoolNd(const Sizes& kernel_size, const AvgPoolOptions& options)
    : kernel_size(kernel_size),
      stride(stride_or(options.stride, kernel_size)),
      padding(options.padding),
      ceil_mode(options.ceil_mode),
      count_include_pad(options.count_include_pad),
      divisor_override(options.divisor_override) {}
template <class D> std::string AvgPoolNd<D>::extra_repr() const {
    // PyTorch makes tuples of what AvgPool1d is given.
    auto shown = [](const Sizes& sizes) { return std::same_as<D, AvgPool1d> ? tuple_text(sizes) : size_text(sizes); };
    return fmt::format("kernel_size={}, stride={}, padding={}", shown(kernel_size), shown(stride), shown(padding));
}
template class AvgPoolNd<AvgPool1d>;
template class AvgPoolNd<AvgPool2d>;

Sizes OutputSize::of(const Tensor& x) const {
    check(sides_.size() <= 2, "adaptive pooling: output_size must have one or two sides, but has {}", sides_.size());
    Sizes sizes;
    for (std::size_t i = 0; i < 2; ++i) {
        const Side& side = sides_[sides_.size() == 1 ? 0 : i];
        sizes.push_back(side ? *side : x.size(static_cast<std::int64_t>(i) - 2));
    }
    return sizes;
}
std::string OutputSize::text() const {
    std::vector<std::string> sides;
    for (const Side& side : sides_) sides.push_back(side ? std::to_string(*side) : "None");
    return sides.size() == 1 ? sides[0] : fmt::format("({})", fmt::join(sides, ", "));
}

}  // namespace taper::nn
