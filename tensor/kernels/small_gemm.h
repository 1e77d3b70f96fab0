// Small-matrix products: with a side of a few elements, which BLAS thinks about for longer than they take.
#pragma once

#include <cstdint>

#include "../base/inline.h"

namespace taper::small_gemm {

/// A matrix of any two strides.
template <class T> struct StridedMatrix {
    T* at;
    int64_t row, col;
    TAPER_INLINE T& operator()(int64_t i, int64_t j) const { return at[i * row + j * col]; }
    StridedMatrix t() const { return {at, col, row}; }
};

/// C = alpha A B + beta C, with A of m x k, B of k x n, and k at least 1. If `start` is set, it stands for the C that
/// is read.
struct StridedGemm {
    int64_t m, n, k;
    float alpha;
    StridedMatrix<const float> a, b;
    float beta;
    StridedMatrix<float> c;
    StridedMatrix<const float> start;
    StridedGemm t() const { return {n, m, k, alpha, b.t(), a.t(), beta, c.t(), start.t()}; }
};

/// Multiplies, or returns false if the shape is better left to BLAS.
bool multiply(const StridedGemm& product);

}  // namespace taper::small_gemm
