// Long rows are taken one by one, their sums in lanes; short ones side by side, transposed, so that each has a lane.
#include "softmax.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "../base/parallel.h"
#include "../base/simd.h"
#include "math.h"
#include "reduce_line.h"

namespace taper {
namespace {

using combine::larger, combine::plus;

constexpr std::int64_t long_row = 64;

/// Short rows, transposed: column `lane` is row `lane`.
template <class T> struct SideBySide {
    static constexpr std::int64_t lanes = 32;
    T at[long_row][lanes];

    TAPER_INLINE void read(const T* rows, std::int64_t n, std::int64_t width) {
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t lane = 0; lane < lanes; ++lane) at[i][lane] = lane < width ? rows[lane * n + i] : T(0);
    }
    TAPER_INLINE void write(T* rows, std::int64_t n, std::int64_t width) const {
        for (std::int64_t lane = 0; lane < width; ++lane)
            for (std::int64_t i = 0; i < n; ++i) rows[lane * n + i] = at[i][lane];
    }
};

template <bool logarithm, class T> void softmax_row(std::int64_t n, const T* x, T* y) {
    const T top = detail::run_reduce(x, n, 1, -std::numeric_limits<T>::infinity(), std::identity(), larger);
    dispatch([=] {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            y[i] = math::exp(x[i] - top);
    });
    const T total = detail::run_reduce(y, n, 1, T(0), std::identity(), plus), log_total = math::log(total);
    dispatch([=] {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            y[i] = logarithm ? x[i] - top - log_total : y[i] / total;
    });
}

template <bool logarithm, class T>
void softmax_short_rows(std::int64_t begin, std::int64_t end, std::int64_t n, const T* x, T* y) {
    using Rows = SideBySide<T>;
    dispatch([=] {
        Rows rows;
        T top[Rows::lanes], total[Rows::lanes];
        auto* const v = rows.at;
        for (std::int64_t first = begin; first < end; first += Rows::lanes) {
            const std::int64_t width = std::min(Rows::lanes, end - first);
            rows.read(x + first * n, n, width);
            for (int lane = 0; lane < Rows::lanes; ++lane) top[lane] = v[0][lane], total[lane] = 0;
            for (std::int64_t i = 1; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Rows::lanes; ++lane) {
                    TAPER_CALL top[lane] = larger(top[lane], v[i][lane]);
                }
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Rows::lanes; ++lane) {
                    const T shifted = v[i][lane] - top[lane], e = math::exp(shifted);
                    v[i][lane] = logarithm ? shifted : e;
                    total[lane] += e;
                }
            for (int lane = 0; logarithm && lane < Rows::lanes; ++lane) total[lane] = math::log(total[lane]);
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Rows::lanes; ++lane)
                    v[i][lane] = logarithm ? v[i][lane] - total[lane] : v[i][lane] / total[lane];
            rows.write(y + first * n, n, width);
        }
    });
}

template <bool logarithm, class T> void softmax_backward_row(std::int64_t n, const T* grad, const T* y, T* grad_x) {
    if (!logarithm)
        dispatch([=] {
            TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
                grad_x[i] = grad[i] * y[i];
        });
    const T total = detail::run_reduce(logarithm ? grad : grad_x, n, 1, T(0), std::identity(), plus);
    dispatch([=] {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            grad_x[i] = logarithm ? grad[i] - math::exp(y[i]) * total : (grad[i] - total) * y[i];
    });
}

template <bool logarithm, class T> void softmax_backward_short_rows(
    std::int64_t begin, std::int64_t end, std::int64_t n, const T* grad, const T* y, T* grad_x) {
    using Rows = SideBySide<T>;
    dispatch([=] {
        Rows grads, results;
        T total[Rows::lanes];
        auto *const g = grads.at, *const v = results.at;
        for (std::int64_t first = begin; first < end; first += Rows::lanes) {
            const std::int64_t width = std::min(Rows::lanes, end - first);
            grads.read(grad + first * n, n, width);
            results.read(y + first * n, n, width);
            for (T& sum : total) sum = 0;
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Rows::lanes; ++lane)
                    total[lane] += logarithm ? g[i][lane] : g[i][lane] * v[i][lane];
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Rows::lanes; ++lane)
                    g[i][lane] = logarithm ? g[i][lane] - math::exp(v[i][lane]) * total[lane]
                                           : (g[i][lane] - total[lane]) * v[i][lane];
            grads.write(grad_x + first * n, n, width);
        }
    });
}

/// Calls short_rows(first and last row) or long_row(row), shared out to the threads. An exponential is worth some two
/// elements of a plain loop.
template <class Short, class Long> void for_rows(std::int64_t rows, std::int64_t n, Short short_rows, Long one_row) {
    constexpr std::int64_t lanes = SideBySide<float>::lanes;
    if (n < long_row) return parallel_for(rows, grain_of(2 * n * lanes) * lanes, short_rows);
    parallel_for(rows, grain_of(2 * n), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) one_row(row);
    });
}

template <bool logarithm, class T> void forward(std::int64_t rows, std::int64_t n, const T* x, T* y) {
    for_rows(
        rows, n, [=](std::int64_t begin, std::int64_t end) { softmax_short_rows<logarithm>(begin, end, n, x, y); },
        [=](std::int64_t row) { softmax_row<logarithm>(n, x + row * n, y + row * n); });
}

template <bool logarithm, class T>
void backward(std::int64_t rows, std::int64_t n, const T* grad, const T* y, T* grad_x) {
    for_rows(
        rows, n,
        [=](std::int64_t begin, std::int64_t end) {
            softmax_backward_short_rows<logarithm>(begin, end, n, grad, y, grad_x);
        },
        [=](std::int64_t row) { softmax_backward_row<logarithm>(n, grad + row * n, y + row * n, grad_x + row * n); });
}

}  // namespace

// for each row:
//     top = max(x); y = exp(x - top); y /= sum(y)
template <class T> void softmax_rows(bool logarithm, std::int64_t rows, std::int64_t n, const T* x, T* y) {
    logarithm ? forward<true>(rows, n, x, y) : forward<false>(rows, n, x, y);
}

// for each row:
//     grad_x = (grad - sum(grad * y)) * y
template <class T>
void softmax_rows_backward(bool logarithm, std::int64_t rows, std::int64_t n, const T* grad, const T* y, T* grad_x) {
    logarithm ? backward<true>(rows, n, grad, y, grad_x) : backward<false>(rows, n, grad, y, grad_x);
}

#define TAPER_SOFTMAX(T)                                                        \
    template void softmax_rows(bool, std::int64_t, std::int64_t, const T*, T*); \
    template void softmax_rows_backward(bool, std::int64_t, std::int64_t, const T*, const T*, T*);
TAPER_SOFTMAX(float)
TAPER_SOFTMAX(double)
#undef TAPER_SOFTMAX

}  // namespace taper
