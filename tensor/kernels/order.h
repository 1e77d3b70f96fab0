// What stands where in the order of a line, and where a number would stand. Values only.
#pragma once

#include "sort.h"

namespace taper {

/// The k-th smallest of each line, from 0, NaN above all, and where it stood; among equals PyTorch's. T: of all
/// numbers.
template <class T> void kth_lines(const Lines& lines, std::int64_t k, const T* x, T* values, std::int64_t* indices);
/// The commonest of each line, the smallest of several, and where one of them stood: among equals PyTorch's.
template <class T> void mode_lines(const Lines& lines, const T* x, T* values, std::int64_t* indices);
/// The lower middle one of what is not NaN; NaN if all is.
template <class T> void nanmedian_lines(const Lines& lines, const T* x, T* values, std::int64_t* indices);
/// The largest (smallest) so far, the last of equals, and where it stood; NaN from the first one on.
template <class T> void extreme_so_far(const Lines& lines, bool largest, const T* x, T* values, std::int64_t* indices);

/// Sorted lines of `length` elements, in order as they stand, or as `sorter` names them if there is one.
template <class T> struct SortedLines {
    std::int64_t count, length;
    const T* x;
    const std::int64_t* sorter;
};
/// Where each of n values of each line (or all, if there is one line) would stand: before its equals, or behind them.
template <class T>
void search_lines(const SortedLines<T>& lines, bool behind, std::int64_t n, const T* values, std::int64_t* places);

}  // namespace taper
