#include "shape.h"

#include "base/memory.h"
#include "checked.h"
#include "index.h"

namespace taper {

std::int64_t Shape::from_the_back(std::int64_t i) const {
    check(-dims_ <= i && i < 0, "shape: tuple index out of range: {} of {} sizes", i, dims_);
    return i + dims_;
}

Shape Shape::operator[](const Slice& slice) const {
    const std::int64_t step = slice.step.value_or(1), first = step > 0 ? 0 : dims_ - 1, end = step > 0 ? dims_ : -1;
    check(step != 0, "shape: slice step cannot be zero");
    auto bound = [&](const std::optional<std::int64_t>& given, std::int64_t absent) {
        if (!given) return absent;
        return std::clamp(*given < 0 ? *given + dims_ : *given, std::min(first, end), std::max(first, end));
    };
    Shape part;
    const std::int64_t start = bound(slice.start, first), stop = bound(slice.stop, end);
    for (std::int64_t i = start; step > 0 ? i < stop : i > stop; i += step) part.push_back(begin()[i]);
    return part;
}

std::vector<std::int64_t> Shape::vec() const { return {begin(), end()}; }

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

void Shape::copy_apart(const Shape& other) noexcept {
    apart_ = block_apart();
    std::copy_n(other.apart_, dims_, apart_);
}

void Shape::become(const Shape& other) noexcept {
    if (this == &other) return;
    if (!is_short()) release_apart();
    dims_ = other.dims_;
    if (is_short())
        std::copy_n(other.in_place_, dims_, in_place_);
    else
        copy_apart(other);
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

void Shape::resize_apart(int dims) {
    Shape resized = filled(dims, 0);
    std::copy_n(begin(), std::min(dims, dims_), resized.begin());
    *this = resized;
}

void write_contiguous_strides(const Shape& shape, Strides& to) {
    to.resize(shape.size());
    const std::int64_t* sizes = shape.begin();
    std::int64_t *strides = to.begin(), step = 1;
    for (int d = shape.size(); d-- > 0;) {
        strides[d] = step;
        step *= std::max<std::int64_t>(sizes[d], 1);
    }
}

Strides contiguous_strides(const Shape& shape) {
    Strides strides;
    write_contiguous_strides(shape, strides);
    return strides;
}

Shape broadcast_shapes(const Shape& a, const Shape& b) {
    if (a == b) return a;
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
    return write(std::string(text), context);
}

fmt::format_context::iterator fmt::formatter<taper::Shape>::format(
    const taper::Shape& shape, fmt::format_context& context) const {
    return write("torch.Size(" + std::string(shape.str()) + ")", context);
}
