// Elements named by positions: read from where they are (gather), or written there (scatter). Values only.
#pragma once

#include <cstdint>

namespace taper {

/// Some dims of a tensor, outermost first; strides in elements.
struct StridedDims {
    const std::int64_t *sizes, *strides;
    int count;
};

/// x has the dims `ahead`, `indexed` and `behind`. Each of `count` row-major positions over the indexed ones, which the
/// caller has checked, names a row of x: its elements along the dims behind. y is (ahead, positions, behind),
/// row-major.
struct IndexedRows {
    StridedDims ahead, indexed, behind;
    const std::int64_t* positions;
    std::int64_t count;
};

/// y = the rows of x. T: uint8_t, uint16_t, uint32_t, uint64_t, for elements that are moved, whatever they are.
template <class T> void gather_rows(const IndexedRows& rows, const T* x, T* y);
/// The rows of x = y, of which the last of equals stays. If y `is_number`, it is one number for all. T: as above.
template <class T> void scatter_rows(const IndexedRows& rows, const T* y, bool is_number, T* x);
/// The rows of x += y. T: the element types of all dtypes.
template <class T> void scatter_add_rows(const IndexedRows& rows, const T* y, bool is_number, T* x);

/// For an index of the sizes of `dims`, whose strides are x's own but 0 along one dim: the offsets in x of the elements
/// at each one's own coordinates, but at index * step along that dim.
void offsets_along(const StridedDims& dims, std::int64_t step, const std::int64_t* index, std::int64_t* offsets);

/// How many of n elements are not 0, and the positions of those. T: bool, uint8_t, int32_t, int64_t, float, double.
template <class T> std::int64_t nonzero_count(std::int64_t n, const T* x);
template <class T> void list_nonzero(std::int64_t n, const T* x, std::int64_t* positions);

}  // namespace taper
