// Sizes and strides: a short list of whole numbers, kept in place.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "base/error.h"

namespace taper {

/// torch.Size: up to 8 sizes, in place, so that no tensor needs a second block for its shape.
class Shape {
 public:
    static constexpr int max_dims = 8;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> sizes) { assign(sizes.begin(), sizes.size()); }
    Shape(const std::vector<std::int64_t>& sizes) { assign(sizes.data(), sizes.size()); }
    Shape(const Shape& other) : dims_(other.dims_) { std::copy_n(other.sizes_, dims_, sizes_); }
    Shape& operator=(const Shape& other) {
        dims_ = other.dims_;
        std::copy_n(other.sizes_, dims_, sizes_);
        return *this;
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
    std::int64_t& operator[](std::int64_t i) { return sizes_[at(i)]; }
    std::int64_t operator[](std::int64_t i) const { return sizes_[at(i)]; }
    // (Loops over all dims go through these: they need no check.)
    std::int64_t* begin() { return sizes_; }
    std::int64_t* end() { return sizes_ + dims_; }
    const std::int64_t* begin() const { return sizes_; }
    const std::int64_t* end() const { return sizes_ + dims_; }
    std::int64_t back() const { return (*this)[dims_ - 1]; }

    void push_back(std::int64_t size) {
        if (dims_ >= max_dims) [[unlikely]]
            too_many();
        sizes_[dims_++] = size;
    }
    void insert(std::int64_t at, std::int64_t size) {
        push_back(size);
        std::rotate(sizes_ + at, sizes_ + dims_ - 1, sizes_ + dims_);
    }
    void erase(std::int64_t at) {
        std::copy(sizes_ + at + 1, sizes_ + dims_, sizes_ + at);
        --dims_;
    }

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
        for (int d = 0; same && d < a.dims_; ++d) same = a.sizes_[d] == b.sizes_[d];  // shorter than a call of memcmp
        return same;
    }

 private:
    std::int64_t at(std::int64_t i) const {
        if (static_cast<std::uint64_t>(i) < static_cast<std::uint64_t>(dims_)) [[likely]]
            return i;
        return from_the_back(i);
    }
    [[gnu::cold]] std::int64_t from_the_back(std::int64_t i) const;
    [[noreturn, gnu::cold]] static void too_many();
    [[noreturn, gnu::cold]] static void too_many(std::size_t count);
    void assign(const std::int64_t* sizes, std::size_t count) {
        if (count > max_dims) [[unlikely]]
            too_many(count);
        dims_ = static_cast<int>(count);
        std::copy_n(sizes, count, sizes_);
    }

    int dims_ = 0;
    std::int64_t sizes_[max_dims];  // the first dims_ of them count
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
/// The shape both broadcast to; Error with PyTorch's sentence where they do not.
Shape broadcast_shapes(const Shape& a, const Shape& b);
/// `dim` counted from the front; Error unless -dims <= dim < dims (a tensor without dimensions counts as having one).
std::int64_t wrap_dim(std::int64_t dim, std::int64_t dims);

}  // namespace taper

template <> struct fmt::formatter<taper::Shape::Text> : fmt::formatter<std::string_view> {
    fmt::format_context::iterator format(const taper::Shape::Text& text, fmt::format_context& context) const;
};

template <> struct fmt::formatter<taper::Shape> : fmt::formatter<std::string_view> {
    fmt::format_context::iterator format(const taper::Shape& shape, fmt::format_context& context) const;
};
