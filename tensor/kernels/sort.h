// Order along lines: sorted, the largest few, the middle one, equals grouped. Values only.
#pragma once

#include <cstdint>
#include <vector>

namespace taper {

/// A row-major tensor as `count` lines along one dim, each of `length` elements `step` apart.
struct Lines {
    std::int64_t length, step, count;
    /// The first element of line i, where lines have n elements.
    std::int64_t first(std::int64_t i, std::int64_t n) const { return i / step * step * n + i % step; }
};

/// Each line in order, and where its elements stood: equals stay in theirs, NaN is above all, -0 equal to 0. At most
/// 2^32 - 1 elements to a line. T: of all dtypes, as of the others.
template <class T> void sort_lines(const Lines& lines, bool descending, const T* x, T* values, std::int64_t* indices);
/// The k largest or smallest of each line, and where they stood; among equals PyTorch's. They are in order if `sorted`.
/// 1 <= k <= length; values and indices have lines of k elements.
template <class T> void topk_lines(
    const Lines& lines, std::int64_t k, bool largest, bool sorted, const T* x, T* values, std::int64_t* indices);
/// The lower middle one of each line, and where it stood; the first NaN if there is one.
template <class T> void median_lines(const Lines& lines, const T* x, T* values, std::int64_t* indices);

/// Of n things: the first of each group of equals, in order, the group of each thing, and how many a group has.
struct Groups {
    std::vector<std::int64_t> first, group, count;
};
/// Of elements that are sorted by `order`.
template <class T> Groups group_elements(const std::vector<std::int64_t>& order, const T* x);
/// Of rows, row-major: of all equals, or of those that stand next to each other.
template <class T> Groups group_rows(std::int64_t rows, std::int64_t length, const T* x, bool consecutive = false);

}  // namespace taper
