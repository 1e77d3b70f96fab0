// Sizes and strides: a short list of whole numbers, kept in place unless it is longer than most.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace taper {

struct Slice;

/// torch.Size: up to 64 sizes. Up to 8 stand in place, so that no tensor one meets needs a second block for its shape.
class Shape {
 public:
    static constexpr int max_dims = 64;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> sizes) { assign(sizes.begin(), sizes.size()); }
    Shape(const std::vector<std::int64_t>& sizes) { assign(sizes.data(), sizes.size()); }
    // (noexcept, as no rule's captures may throw: see autograd/node.h.)
    Shape(const Shape& other) noexcept {
        copy_in_place(other);
        if (!is_short()) [[unlikely]]
            copy_apart(other);
    }
    Shape& operator=(const Shape& other) noexcept {
        if (is_short() && other.is_short()) [[likely]]
            copy_in_place(other);
        else
            become(other);
        return *this;
    }
    ~Shape() {
        if (!is_short()) [[unlikely]]
            release_apart();
    }
    /// `dims` times the same number. Not a constructor: `{4}` shall be a list.
    static Shape filled(std::int64_t dims, std::int64_t value) {
        Shape shape;
        for (std::int64_t i = 0; i < dims; ++i) shape.push_back(value);
        return shape;
    }

    int size() const { return dims_; }
    bool empty() const { return dims_ == 0; }
    /// Counted from the back below 0, as of Python's tuple; Error beyond the ends.
    std::int64_t& operator[](std::int64_t i) { return begin()[at(i)]; }
    std::int64_t operator[](std::int64_t i) const { return begin()[at(i)]; }
    /// A part of it, as of Python's tuple: x.shape()[Slice(-2, none)].
    Shape operator[](const Slice& slice) const;
    // (Loops over all dims go through these: they need no check.)
    std::int64_t* begin() { return is_short() ? in_place_ : apart_; }
    std::int64_t* end() { return begin() + dims_; }
    const std::int64_t* begin() const { return is_short() ? in_place_ : apart_; }
    const std::int64_t* end() const { return begin() + dims_; }
    std::int64_t back() const { return (*this)[dims_ - 1]; }

    void push_back(std::int64_t size) {
        if (dims_ < dims_in_place) [[likely]]
            in_place_[dims_++] = size;
        else
            push_apart(size);
    }
    /// Makes room for so many sizes, which are to be written.
    void resize(int dims) {
        if (std::max(dims, dims_) > dims_in_place) [[unlikely]]
            return resize_apart(dims);
        dims_ = dims;
    }
    void insert(std::int64_t at, std::int64_t size) {
        push_back(size);
        std::rotate(begin() + at, end() - 1, end());
    }
    void erase(std::int64_t at);

    /// The product of the sizes; 1 for a shape without dimensions.
    std::int64_t numel() const {
        std::uint64_t product = 1;  // (which may wrap around where a size of 0 follows)
        for (std::int64_t size : *this) product *= static_cast<std::uint64_t>(size);
        return static_cast<std::int64_t>(product);
    }
    std::vector<std::int64_t> vec() const;
    /// "[2, 3]", as errors name a shape; not written out until it is printed.
    struct Text {
        const Shape& shape;
        operator std::string() const;
    };
    Text str() const { return {*this}; }

    friend bool operator==(const Shape& a, const Shape& b) {
        bool same = a.dims_ == b.dims_;
        const std::int64_t *u = a.begin(), *v = b.begin();
        for (int d = 0; same && d < a.dims_; ++d) same = u[d] == v[d];  // shorter than a call of memcmp
        return same;
    }

 private:
    static constexpr int dims_in_place = 8;

    bool is_short() const { return dims_ <= dims_in_place; }
    // (All eight, those that do not count too: a few moves instead of a call.)
    void copy_in_place(const Shape& other) {
        dims_ = other.dims_;
        std::memcpy(in_place_, other.in_place_, sizeof in_place_);
    }
    std::int64_t at(std::int64_t i) const {
        if (static_cast<std::uint64_t>(i) < static_cast<std::uint64_t>(dims_)) [[likely]]
            return i;
        return from_the_back(i);
    }
    [[gnu::cold]] std::int64_t from_the_back(std::int64_t i) const;
    void assign(const std::int64_t* sizes, std::size_t count) {
        if (count > dims_in_place) [[unlikely]]
            return assign_apart(sizes, count);
        dims_ = static_cast<int>(count);
        std::copy_n(sizes, count, in_place_);
    }
    // Of shapes that are, or become, too long to stand in place.
    [[gnu::cold]] void assign_apart(const std::int64_t* sizes, std::size_t count);
    [[gnu::cold]] void copy_apart(const Shape& other) noexcept;
    [[gnu::cold]] void become(const Shape& other) noexcept;
    [[gnu::cold]] void push_apart(std::int64_t size);
    [[gnu::cold]] void resize_apart(int dims);
    [[gnu::cold]] void release_apart() noexcept;

    int dims_ = 0;
    union {
        std::int64_t in_place_[dims_in_place];  // the first dims_ of them count
        std::int64_t* apart_;                   // of more dims: a block for max_dims of them
    };
};

using Strides = Shape;

/// One dim or a list of them: the value of a keyword `dim`.
struct Dims : Shape {
    Dims() = default;
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    Dims(I dim) : Shape{static_cast<std::int64_t>(dim)} {}
    Dims(std::initializer_list<std::int64_t> dims) : Shape(dims) {}
    Dims(const Shape& dims) : Shape(dims) {}
    Dims(const std::vector<std::int64_t>& dims) : Shape(dims) {}
};

/// Row-major strides, in elements.
Strides contiguous_strides(const Shape& shape);
void write_contiguous_strides(const Shape& shape, Strides& to);
/// The shape both broadcast to; Error with PyTorch's sentence where they do not.
Shape broadcast_shapes(const Shape& a, const Shape& b);
/// `dim` counted from the front; Error unless -dims <= dim < dims (a tensor without dimensions counts as having one).
std::int64_t wrap_dim(std::int64_t dim, std::int64_t dims);

}  // namespace taper

template <> struct fmt::formatter<taper::Shape::Text> : taper::TextFormatter {
    fmt::format_context::iterator format(const taper::Shape::Text& text, fmt::format_context& context) const;
};

template <> struct fmt::formatter<taper::Shape> : taper::TextFormatter {
    fmt::format_context::iterator format(const taper::Shape& shape, fmt::format_context& context) const;
};
