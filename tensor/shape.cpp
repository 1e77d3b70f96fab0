#include "shape.h"

#include <utility>

#include "checked.h"

namespace taper {

std::int64_t Shape::from_the_back(std::int64_t i) const {
    check(-dims_ <= i && i < 0, "shape: tuple index out of range: {} of {} sizes", i, dims_);
    return i + dims_;
}

void Shape::too_many() { fail("a tensor here has at most {} dimensions", max_dims); }
void Shape::too_many(std::size_t count) { fail("a tensor here has at most {} dimensions, not {}", max_dims, count); }

std::vector<std::int64_t> Shape::vec() const { return {begin(), end()}; }

Strides contiguous_strides(const Shape& shape) {
    Strides strides = shape;
    std::int64_t step = 1;
    for (std::int64_t* at = strides.end(); at-- != strides.begin();) {
        const std::int64_t size = std::exchange(*at, step);
        step *= std::max<std::int64_t>(size, 1);
    }
    return strides;
}

Shape broadcast_shapes(const Shape& a, const Shape& b) {
    Shape out = a.size() >= b.size() ? a : b;
    for (int back = 1; back <= std::min(a.size(), b.size()); ++back) {
        const std::int64_t m = a.end()[-back], n = b.end()[-back];
        check(m == n || m == 1 || n == 1,
            "The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension {}", m, n,
            out.size() - back);
        out.end()[-back] = m == 1 ? n : m;
    }
    if (!(out == a) && !(out == b)) checked_numel(out).value("broadcast");  // of both, more than either has
    return out;
}

std::int64_t wrap_dim(std::int64_t dim, std::int64_t dims) {
    std::int64_t range = std::max<std::int64_t>(dims, 1);
    check(-range <= dim && dim < range, "Dimension out of range (expected to be in range of [{}, {}], but got {})",
        -range, range - 1, dim);
    return dim < 0 ? dim + range : dim;
}

}  // namespace taper

taper::Shape::Text::operator std::string() const {
    std::string text = "[";
    for (int d = 0; d < shape.size(); ++d) text += (d ? ", " : "") + std::to_string(shape[d]);
    return text + "]";
}

fmt::format_context::iterator fmt::formatter<taper::Shape::Text>::format(
    const taper::Shape::Text& text, fmt::format_context& context) const {
    return std::ranges::copy(std::string(text), context.out()).out;
}

fmt::format_context::iterator fmt::formatter<taper::Shape>::format(
    const taper::Shape& shape, fmt::format_context& context) const {
    return std::ranges::copy("torch.Size(" + std::string(shape.str()) + ")", context.out()).out;
}
