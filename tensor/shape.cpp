#include "shape.h"

#include <utility>

#include "base/memory.h"
#include "checked.h"

namespace taper {

std::int64_t Shape::from_the_back(std::int64_t i) const {
    check(-dims_ <= i && i < 0, "shape: tuple index out of range: {} of {} sizes", i, dims_);
    return i + dims_;
}

namespace {
constexpr std::size_t bytes_apart = Shape::max_dims * sizeof(std::int64_t);
std::int64_t* block_apart() { return static_cast<std::int64_t*>(allocate(bytes_apart)); }
}  // namespace

void Shape::assign_apart(const std::int64_t* sizes, std::size_t count) {
    check(count <= max_dims, "only tensors with up to {} dims are supported, not {}", max_dims, count);
    apart_ = block_apart();
    dims_ = static_cast<int>(count);
    std::copy_n(sizes, count, apart_);
}

void Shape::copy_apart() noexcept {
    const std::int64_t* from = apart_;
    apart_ = block_apart();
    std::copy_n(from, dims_, apart_);
}

Shape& Shape::become(const Shape& other) noexcept {
    if (this == &other) return *this;
    release_apart();
    copy(other);
    return *this;
}

void Shape::push_apart(std::int64_t size) {
    check(dims_ < max_dims, "only tensors with up to {} dims are supported", max_dims);
    if (is_short()) {
        std::int64_t* block = block_apart();
        std::copy_n(in_place_, dims_, block);
        apart_ = block;
    }
    apart_[dims_++] = size;
}

void Shape::release_apart() noexcept { release(apart_, bytes_apart); }

void Shape::erase(std::int64_t at) {
    std::copy(begin() + at + 1, end(), begin() + at);
    if (--dims_ != dims_in_place) return;
    std::int64_t* block = apart_;
    std::copy_n(block, dims_in_place, in_place_);
    release(block, bytes_apart);
}

Strides contiguous_strides(const Shape& shape) {
    Strides strides = shape;
    std::int64_t step = 1, *at = strides.begin();
    for (int d = strides.size(); d-- > 0;) {
        const std::int64_t size = std::exchange(at[d], step);
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
