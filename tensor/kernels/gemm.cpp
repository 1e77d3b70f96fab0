// Cuts large products by their shape, gives each part to BLAS on one thread, and sends those elsewhere that are thin or
// have few rows.
#include "gemm.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <string_view>
#include <type_traits>

#include "../base/error.h"
#include "../base/parallel.h"
#include "../base/simd.h"
#include "packed_gemm.h"
#include "small_gemm.h"

extern "C" {
void cblas_sgemm(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a, int lda,
    const float* b, int ldb, float beta, float* c, int ldc);
void cblas_dgemm(int order, int trans_a, int trans_b, int m, int n, int k, double alpha, const double* a, int lda,
    const double* b, int ldb, double beta, double* c, int ldc);
void cblas_sgemv(int order, int trans, int m, int n, float alpha, const float* a, int lda, const float* x, int step_x,
    float beta, float* y, int step_y);
void cblas_dgemv(int order, int trans, int m, int n, double alpha, const double* a, int lda, const double* x,
    int step_x, double beta, double* y, int step_y);
float cblas_sdot(int n, const float* a, int step_a, const float* b, int step_b);
double cblas_ddot(int n, const double* a, int step_a, const double* b, int step_b);
// Another BLAS than OpenBLAS has none of these, and its builds do not have all of them.
[[gnu::weak]] int openblas_get_parallel();
[[gnu::weak]] void openblas_set_num_threads(int n);
[[gnu::weak]] char* openblas_get_corename();
[[gnu::weak]] int blas_thread_shutdown_();
[[gnu::weak]] void gotoblas_dynamic_init();
[[gnu::weak]] void gotoblas_dynamic_quit();
}

namespace taper {
namespace {

constexpr int row_major = 101, no_trans = 111, trans = 112;

/// OpenBLAS before 0.3.25 takes an Intel processor newer than itself for a Pentium 4, and is four times slower than it
/// could be. So it is told to look again, before main, while nobody multiplies or reads the environment; unless the
/// user has chosen kernels himself.
[[gnu::constructor]] void choose_kernels() {
    constexpr const char* variable = "OPENBLAS_CORETYPE";
    Level level = best_simd_level();
    if (!openblas_get_corename || !gotoblas_dynamic_init || !gotoblas_dynamic_quit || level == Level::baseline ||
        std::getenv(variable) || openblas_get_corename() != std::string_view("Prescott"))
        return;
    setenv(variable, level == Level::avx512 ? "SkylakeX" : "Haswell", 0);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv(variable);
}

/// Before a thread's first product: one thread per call, which OpenMP's build remembers for each thread, and the
/// pthread build for all; the threads the latter started when it was loaded would spin beside ours, and are ended.
void use_one_thread() {
    thread_local bool done = false;
    if (done || !openblas_set_num_threads) return;
    static std::mutex setting;
    std::lock_guard hold(setting);
    openblas_set_num_threads(1);
    static bool first = true;
    if (first && blas_thread_shutdown_ && openblas_get_parallel && openblas_get_parallel() == 1)
        blas_thread_shutdown_();
    first = false;
    done = true;
}

/// The serial build gives wrong results to several threads at once: they queue.
std::unique_lock<std::mutex> turn() {
    static std::mutex serial;
    static const bool needed = openblas_get_parallel && openblas_get_parallel() == 0;
    return needed ? std::unique_lock(serial) : std::unique_lock<std::mutex>();
}

int to_int(int64_t size) {
    check(size <= std::numeric_limits<int>::max(),
        "matmul: a matrix side or row distance of {} is more than BLAS can take", size);
    return static_cast<int>(size);
}

/// A matrix as it is stored, with the transposition that is wanted of it.
template <class T> struct StoredMatrix {
    T* at;
    int64_t ld;
    bool transposed = false;
    StoredMatrix rows_from(int64_t i) const { return {at + (transposed ? i : i * ld), ld, transposed}; }
    StoredMatrix cols_from(int64_t j) const { return {at + (transposed ? j * ld : j), ld, transposed}; }
    small_gemm::StridedMatrix<T> matrix() const { return {at, transposed ? 1 : ld, transposed ? ld : 1}; }
};

template <class T> struct Gemm {
    int64_t m, n, k;
    T alpha;
    StoredMatrix<const T> a, b;
    T beta;
    StoredMatrix<T> c;
    const T* start;  // or null
};

template <class T> void begin(const Gemm<T>& x) {
    if (!x.start) return;
    if (x.n == 1 && x.c.ld == 1) return void(std::fill_n(x.c.at, x.m, *x.start));
    for (int64_t i = 0; i < x.m; ++i) std::copy_n(x.start, x.n, x.c.at + i * x.c.ld);
}

/// y = alpha op(A) x + beta y, A being rows x cols as stored.
template <class T> void call_gemv(const StoredMatrix<const T>& a, int64_t rows, int64_t cols, T alpha, const T* x,
    int64_t step_x, T beta, T* y, int64_t step_y) {
    auto gemv = [] {
        if constexpr (std::is_same_v<T, float>)
            return cblas_sgemv;
        else
            return cblas_dgemv;
    }();
    if (beta == T(0))
        for (int64_t i = 0; i < (a.transposed ? cols : rows); ++i) y[i * step_y] = 0;
    gemv(row_major, a.transposed ? trans : no_trans, to_int(rows), to_int(cols), alpha, a.at, to_int(a.ld), x,
        to_int(step_x), beta, y, to_int(step_y));
}

template <class T> void call_blas(const Gemm<T>& x) {
    use_one_thread();
    begin(x);
    auto hold = turn();
    auto [m, n, k, alpha, a, b, beta, c, start] = x;
    if (n == 1)
        return call_gemv<T>(
            a, a.transposed ? k : m, a.transposed ? m : k, alpha, b.at, b.transposed ? 1 : b.ld, beta, c.at, c.ld);
    if (m == 1)
        return call_gemv<T>({b.at, b.ld, !b.transposed}, b.transposed ? n : k, b.transposed ? k : n, alpha, a.at,
            a.transposed ? a.ld : 1, beta, c.at, 1);
    auto gemm = [] {
        if constexpr (std::is_same_v<T, float>)
            return cblas_sgemm;
        else
            return cblas_dgemm;
    }();
    gemm(row_major, a.transposed ? trans : no_trans, b.transposed ? trans : no_trans, to_int(m), to_int(n), to_int(k),
        alpha, a.at, to_int(a.ld), b.at, to_int(b.ld), beta, c.at, to_int(c.ld));
}

/// One or two calls of BLAS: which, depends on the shape alone, since a part's bits are not those of the whole. Where
/// there are few rows, the columns are cut: to lay out B twice would cost more.
template <class T> void split(const Gemm<T>& x) {
    constexpr double worth_two_threads = 4e6;
    if (x.m == 1 || x.n == 1 || double(x.m) * double(x.n) * double(x.k) < worth_two_threads) return call_blas(x);
    bool by_cols = x.n >= (x.m < 512 ? x.m : 2 * x.m);
    int64_t side = by_cols ? x.n : x.m, half = (side / 2 + 15) / 16 * 16;
    parallel_for(side, half, [&](int64_t begin, int64_t end) {
        Gemm<T> part = x;
        (by_cols ? part.n : part.m) = end - begin;
        if (by_cols)
            part.b = x.b.cols_from(begin), part.c = x.c.cols_from(begin), part.start += part.start ? begin : 0;
        else
            part.a = x.a.rows_from(begin), part.c = x.c.rows_from(begin);
        call_blas(part);
    });
}

/// C = beta C, for a sum of no terms.
template <class T> void scale(const Gemm<T>& x) {
    begin(x);
    for (int64_t i = 0; i < x.m; ++i)
        for (int64_t j = 0; j < x.n; ++j) {
            T& to = x.c.at[i * x.c.ld + j];
            to = x.beta == T(0) ? T(0) : static_cast<T>(x.beta * to);
        }
}

template <class T> void multiply(const Gemm<T>& x) {
    if constexpr (std::is_same_v<T, float>) {
        const small_gemm::StridedGemm product{
            x.m, x.n, x.k, x.alpha, x.a.matrix(), x.b.matrix(), x.beta, x.c.matrix(), {x.start, 0, 1}};
        if (small_gemm::multiply(product) || packed_gemm::multiply(product)) return;
    }
    split(x);
}

/// Integers: PyTorch's sums wrap around, so they are kept unsigned.
template <class T>
    requires std::is_integral_v<T>
void multiply(const Gemm<T>& x) {
    using Wrapping = std::make_unsigned_t<T>;
    begin(x);
    auto a = x.a.matrix(), b = x.b.matrix();
    int64_t rows = std::max<int64_t>(1, (1 << 16) / std::max<int64_t>(1, x.n * x.k));
    parallel_for(x.m, rows, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            T* out = x.c.at + i * x.c.ld;
            for (int64_t j = 0; j < x.n; ++j)
                out[j] = x.beta == 0 ? T(0) : static_cast<T>(static_cast<Wrapping>(x.beta) * Wrapping(out[j]));
            for (int64_t p = 0; p < x.k; ++p) {
                Wrapping left = static_cast<Wrapping>(x.alpha) * Wrapping(a(i, p));
                for (int64_t j = 0; j < x.n; ++j) out[j] = static_cast<T>(Wrapping(out[j]) + left * Wrapping(b(p, j)));
            }
        }
    });
}

/// The distance between rows as BLAS wants it, also where there is but one row and it means nothing.
int64_t row_distance(int64_t rows, int64_t cols, int64_t ld) {
    if (rows <= 1) return std::max<int64_t>(cols, 1);
    check(ld >= cols, "matmul: rows of {} elements can't begin every {} elements", cols, ld);
    return std::max<int64_t>(ld, 1);
}

}  // namespace

template <class T> void gemm(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, T alpha, const T* a,
    int64_t lda, const T* b, int64_t ldb, T beta, T* c, int64_t ldc, const T* start) {
    if (m <= 0 || n <= 0) return;
    lda = trans_a ? row_distance(k, m, lda) : row_distance(m, k, lda);
    ldb = trans_b ? row_distance(n, k, ldb) : row_distance(k, n, ldb);
    Gemm<T> x = {m, n, k, alpha, {a, lda, trans_a}, {b, ldb, trans_b}, beta, {c, row_distance(m, n, ldc)}, start};
    if (k <= 0 || alpha == T(0))
        scale(x);
    else
        multiply(x);
}

template <class T> void batched_gemm(int64_t batch, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k,
    T alpha, const T* a, int64_t lda, int64_t stride_a, const T* b, int64_t ldb, int64_t stride_b, T beta, T* c,
    int64_t ldc, int64_t stride_c) {
    double work = double(m) * double(n) * double(k);
    auto products = static_cast<int64_t>(1 + 5e5 / std::max(work, 1.0));
    parallel_for(batch, products, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i)
            gemm(trans_a, trans_b, m, n, k, alpha, a + i * stride_a, lda, b + i * stride_b, ldb, beta, c + i * stride_c,
                ldc);
    });
}

template <> float dot(int64_t n, const float* a, int64_t step_a, const float* b, int64_t step_b) {
    use_one_thread();
    auto hold = turn();
    return cblas_sdot(to_int(n), a, to_int(step_a), b, to_int(step_b));
}
template <> double dot(int64_t n, const double* a, int64_t step_a, const double* b, int64_t step_b) {
    use_one_thread();
    auto hold = turn();
    return cblas_ddot(to_int(n), a, to_int(step_a), b, to_int(step_b));
}

#define TAPER_GEMM(T)                                                                                              \
    template void gemm(                                                                                            \
        bool, bool, int64_t, int64_t, int64_t, T, const T*, int64_t, const T*, int64_t, T, T*, int64_t, const T*); \
    template void batched_gemm(int64_t, bool, bool, int64_t, int64_t, int64_t, T, const T*, int64_t, int64_t,      \
        const T*, int64_t, int64_t, T, T*, int64_t, int64_t);
TAPER_GEMM(float)
TAPER_GEMM(double)
TAPER_GEMM(int64_t)
TAPER_GEMM(int32_t)
TAPER_GEMM(uint8_t)
#undef TAPER_GEMM

}  // namespace taper
