// The loops for thin products: the small side is a constant, so that what is used again stays in registers.
#include "small_gemm.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "../base/inline.h"
#include "../base/parallel.h"

// A loop over a constant number of lanes, which must become vectors before it is unrolled.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed"  // one or two lanes need no vectors
#define TAPER_LANES _Pragma("clang loop vectorize(assume_safety) vectorize_width(width) unroll(disable)")
#else
#define TAPER_LANES _Pragma("omp simd")
#endif

#include "../base/simd.h"

namespace taper::small_gemm {
namespace {

/// Calls f(std::integral_constant<int, width>, first) for panels that make up n: of `widest` lanes, and for the rest of
/// half as many, a quarter and so on.
template <int widest, class F> TAPER_INLINE void for_panels(int64_t n, F f, int64_t first = 0) {
    for (; first + widest <= n; first += widest) f(std::integral_constant<int, widest>(), first);
    if constexpr (widest > 1) for_panels<widest / 2>(n, f, first);
}

/// Columns j to j + width of C, rows begin to end; lanes run along a row of C, the panel of B stays in registers.
template <int inner, int width, bool overwrite>
TAPER_INLINE void short_inner_panel(const StridedGemm& x, int64_t begin, int64_t end, int64_t j) {
    float panel[inner][width], left[inner];
    for (int p = 0; p < inner; ++p)
        for (int lane = 0; lane < width; ++lane) panel[p][lane] = x.b(p, j + lane);
    const auto a = x.a;
    const auto c = x.c;
    const auto start = x.start.at ? x.start : StridedMatrix<const float>{c.at, c.row, c.col};
    const float alpha = x.alpha, beta = x.beta;
    for (int64_t i = begin; i < end; ++i) {
        for (int p = 0; p < inner; ++p) left[p] = a.at[i * a.row + p * a.col];
        float* out = c.at + i * c.row + j;
        const float* before = start.at + i * start.row + j;
        TAPER_LANES
        for (int lane = 0; lane < width; ++lane) {
            float sum = left[0] * panel[0][lane];
            for (int p = 1; p < inner; ++p) sum += left[p] * panel[p][lane];
            out[lane] = overwrite ? alpha * sum : alpha * sum + beta * before[lane];
        }
    }
}

/// Few columns in A. A block of C stays in the first cache while its panels are written.
template <int inner> void short_inner(const StridedGemm& x) {
    int64_t block = std::max<int64_t>(8, 4096 / x.n);
    parallel_for(x.m, 8 * block, [&x, block](int64_t begin, int64_t end) {
        dispatch([=, &x] [[gnu::always_inline]] () {
            for (int64_t i = begin; i < end; i += block)
                for_panels<16>(x.n, [=, &x] [[gnu::always_inline]] (auto width, int64_t j) {
                    if (x.beta == 0)
                        short_inner_panel<inner, width, true>(x, i, std::min(i + block, end), j);
                    else
                        short_inner_panel<inner, width, false>(x, i, std::min(i + block, end), j);
                });
        });
    });
}

/// A matrix with few columns times a vector: lanes run down the rows. A constant row distance is a fast one.
template <int inner, class Distance>
TAPER_INLINE void short_dots_rows(const StridedGemm& x, Distance row, int64_t begin, int64_t end) {
    const StridedGemm mine = x;
    float right[inner];
    for (int p = 0; p < inner; ++p) right[p] = x.b(p, 0);
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
        const float* left = mine.a.at + i * row;
        float sum = left[0] * right[0];
        for (int p = 1; p < inner; ++p) sum += left[p] * right[p];
        float& to = mine.c.at[i * mine.c.row];
        to = mine.beta == 0 ? mine.alpha * sum : mine.alpha * sum + mine.beta * to;
    }
}

template <int inner> void short_dots(const StridedGemm& x) {
    parallel_for(x.m, int64_t{65536} / inner, [&x](int64_t begin, int64_t end) {
        if (x.a.row == inner)
            dispatch([=, &x] [[gnu::always_inline]] () {
                short_dots_rows<inner>(x, std::integral_constant<int64_t, inner>(), begin, end);
            });
        else
            short_dots_rows<inner>(x, x.a.row, begin, end);
    });
}

/// Columns j to j + width of C: the sum over k keeps four parts, folded at the end.
template <int rows, int width> TAPER_INLINE void long_sum_panel(const StridedGemm& x, int64_t j) {
    float part[4][rows][width] = {};
    const StridedGemm mine = x;
    int64_t p = 0;
    for (; p + 4 <= mine.k; p += 4)
        for (int u = 0; u < 4; ++u)
            for (int i = 0; i < rows; ++i) {
                float left = mine.a(i, p + u);
                const float* right = mine.b.at + (p + u) * mine.b.row + j;
                TAPER_LANES
                for (int lane = 0; lane < width; ++lane) part[u][i][lane] += left * right[lane];
            }
    for (; p < mine.k; ++p)
        for (int i = 0; i < rows; ++i)
            for (int lane = 0; lane < width; ++lane) part[0][i][lane] += mine.a(i, p) * mine.b(p, j + lane);
    for (int i = 0; i < rows; ++i)
        for (int lane = 0; lane < width; ++lane) {
            float sum = (part[0][i][lane] + part[1][i][lane]) + (part[2][i][lane] + part[3][i][lane]);
            float& to = mine.c(i, j + lane);
            to = mine.beta == 0 ? mine.alpha * sum : mine.alpha * sum + mine.beta * to;
        }
}

/// Few rows in C, and a long sum: lanes run along a row of C.
template <int rows> void long_sum(const StridedGemm& x) {
    dispatch([&x] [[gnu::always_inline]] () {
        for_panels<16>(x.n, [&x] [[gnu::always_inline]] (auto width, int64_t j) { long_sum_panel<rows, width>(x, j); });
    });
}

/// With the start in C, for loops that look for it there.
StridedGemm begun(StridedGemm x) {
    for (int64_t i = 0; x.start.at && i < x.m; ++i)
        for (int64_t j = 0; j < x.n; ++j) x.c(i, j) = x.start(i, j);
    x.start.at = nullptr;
    return x;
}

bool multiply_as_it_stands(const StridedGemm& x) {
    if (x.n == 1 && x.k <= 8 && x.a.col == 1)
        return with_constant<8>(x.k, [x = begun(x)](auto inner) { short_dots<inner>(x); }), true;
    if (x.m >= 4 && x.n >= 2 && (x.k <= 2 || (x.k <= 4 && x.n <= 64)) && x.c.col == 1)
        return with_constant<4>(x.k, [x = x.start.col == 1 ? x : begun(x)](auto inner) { short_inner<inner>(x); }),
               true;
    if (x.m <= 2 && x.m <= x.n && x.n >= 2 && x.n <= 16 && x.k > 16 && x.b.col == 1)
        return with_constant<2>(x.m, [x = begun(x)](auto rows) { long_sum<rows>(x); }), true;
    return false;
}

}  // namespace

// The bounds are where OpenBLAS becomes as fast, with Haswell's kernels or with Skylake-X's: they may not depend on the
// machine, or the bits would.
bool multiply(const StridedGemm& product) {
    return multiply_as_it_stands(product) || multiply_as_it_stands(product.t());
}

}  // namespace taper::small_gemm
