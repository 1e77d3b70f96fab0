// Matrix products: the one door to BLAS, and own loops for the shapes that are too thin for it or have few rows.
#pragma once

#include <cstdint>

namespace taper {

/// C = alpha op(A) op(B) + beta C for row-major matrices: op(A) is m x k, op(B) k x n, C m x n, and op transposes if
/// asked to. lda, ldb and ldc are the distances between the rows as stored. With beta = 0, C is not read.
/// If `start` is set, C is not read either: beta counts for that row, which stands for each of C's.
/// The bits depend on the shape, not on the number of threads. T: float, double, and int64_t, int32_t, uint8_t, which
/// wrap around. Error if BLAS can't be told a size.
template <class T> void gemm(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, T alpha, const T* a,
    int64_t lda, const T* b, int64_t ldb, T beta, T* c, int64_t ldc, const T* start = nullptr);

/// `batch` products at once, each with the bits of gemm; the strides lead from one A, B or C to the next.
template <class T> void batched_gemm(int64_t batch, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k,
    T alpha, const T* a, int64_t lda, int64_t stride_a, const T* b, int64_t ldb, int64_t stride_b, T beta, T* c,
    int64_t ldc, int64_t stride_c);

/// The sum of n products, the elements standing `step` apart. T: float and double. Error if BLAS can't be told a size.
template <class T> T dot(int64_t n, const T* a, int64_t step_a, const T* b, int64_t step_b);

}  // namespace taper
