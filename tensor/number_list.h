// What x.tolist() gives: the numbers in a row, printed as Python prints the nested list.
#pragma once

#include <fmt/core.h>

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "dtype.h"
#include "scalar.h"
#include "shape.h"

namespace taper {

/// The elements of a tensor in row-major order, with the shape and the dtype it had.
template <Number T> struct NumberList : std::vector<T> {
    using std::vector<T>::vector;
    Shape shape = {};
    DType dtype = dtype_of<T>();
};

/// A float as Python prints it: 1.0, 0.1, 1e-05.
std::string repr(double number);
/// "[[1.0, 2.0], [3.0, 4.0]]", of no dims "1.0": the numbers of such a shape, in row-major order.
std::string nested_text(const Shape& shape, DType dtype, const std::function<Scalar(std::int64_t)>& number);
template <Number T> std::string to_string(const NumberList<T>& list) {
    return nested_text(list.shape, list.dtype, [&](std::int64_t at) { return Scalar(T(list[at])); });
}
template <Number T> std::ostream& operator<<(std::ostream& out, const NumberList<T>& list) {
    return out << to_string(list);
}

namespace detail {
template <class T> struct NumberListFormatter : fmt::formatter<std::string_view> {
    auto format(const NumberList<T>& list, fmt::format_context& context) const {
        return fmt::formatter<std::string_view>::format(to_string(list), context);
    }
};
}  // namespace detail

}  // namespace taper

// (Whole specialisations, so that they come before that of all ranges, where <fmt/ranges.h> is included.)
template <> struct fmt::formatter<taper::NumberList<bool>> : taper::detail::NumberListFormatter<bool> {};
template <> struct fmt::formatter<taper::NumberList<std::uint8_t>> : taper::detail::NumberListFormatter<std::uint8_t> {
};
template <> struct fmt::formatter<taper::NumberList<int>> : taper::detail::NumberListFormatter<int> {};
template <> struct fmt::formatter<taper::NumberList<std::int64_t>> : taper::detail::NumberListFormatter<std::int64_t> {
};
template <> struct fmt::formatter<taper::NumberList<float>> : taper::detail::NumberListFormatter<float> {};
template <> struct fmt::formatter<taper::NumberList<double>> : taper::detail::NumberListFormatter<double> {};
