// The transpose of a matrix.
#pragma once

#include <cstdint>

namespace taper {

/// to (columns, rows) = the transpose of from (rows, columns); the steps are from row to row, in elements.
/// T: unsigned integers of 1, 4 and 8 bytes, float, double.
template <class T>
void transpose(T* to, std::int64_t to_step, const T* from, std::int64_t step, std::int64_t rows, std::int64_t columns);

}  // namespace taper
