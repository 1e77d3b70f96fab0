// A matrix product whose left side is read through a table of offsets: convolution without a matrix of windows
// (indirect convolution).
#pragma once

#include <cstdint>
#include <vector>

namespace taper::microkernel {

using Index = std::int64_t;

/// c[i][lane] += sum over k of x[row[i] + inner[k]] * b[k][lane], for i < rows, k < depth. b and c are row-major, and
/// c's rows `step` elements apart; `lanes` is 1, 2 or 4 vectors, of 4 only where a vector has 64 bytes.
template <class T> struct IndirectGemm {
    const T* x;
    const Index* row;
    Index rows;
    const Index* inner;
    Index depth;
    const T* b;
    T* c;
    Index step, lanes;
};

/// Works on the calling thread, with fused multiply-add: the sums run over k one by one from 0, so that their bits
/// depend on nothing else. Not for Level::baseline, which does without. T: float, double.
template <class T> void multiply(const IndirectGemm<T>& product);

/// The columns of c that are made together: 1, 2 or 4 vectors of them, of which the last may have lanes to spare.
struct ColumnBlock {
    Index first, columns, lanes;
};
/// What so many columns are cut into, at the level in use.
template <class T> std::vector<ColumnBlock> blocks_of(Index columns);

}  // namespace taper::microkernel
