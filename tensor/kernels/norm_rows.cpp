// Normalisation of rows, as norm.h has it.
#include <cmath>
#include <memory>

#include "norm.h"
#include "norm_totals.h"

namespace taper {

using namespace normalisation;

namespace {

/// Calls f(first and last row) for blocks of rows.
template <class F> void for_each_rows(std::int64_t rows, std::int64_t n, F f) { parallel_for(rows, grain_of(n), f); }

}  // namespace

// for each row r:
//     mean[r] = mean(x[r]); factor[r] = 1 / sqrt(mean((x[r] - mean[r])^2) + eps)
//     y[r] = (x[r] - mean[r]) * factor[r] * weight + bias
template <class T> void normalize_rows(std::int64_t rows, std::int64_t n, const T* x, const T* weight, const T* bias,
    double eps, T* y, T* mean, T* factor) {
    for_each_rows(rows, n, [&](std::int64_t begin, std::int64_t end) {
        dispatch([=] [[gnu::always_inline]] () {
            for (std::int64_t row = begin; row < end; ++row) {
                const T* from = x + row * n;
                T* to = y + row * n;
                Totals<1> sum, squares;
                sum.add<T>(n, [=](std::int64_t i) { return Values<T, 1>{from[i]}; });
                const T middle = T(sum.sum(0) / double(n));
                squares.add<T>(n, [=](std::int64_t i) {
                    const T d = from[i] - middle;
                    return Values<T, 1>{d * d};
                });
                const T scale = T(1 / std::sqrt(squares.sum(0) / double(n) + eps));
                mean[row] = middle, factor[row] = scale;
                if (weight && bias) TAPER_VECTORISE
                    for (std::int64_t i = 0; i < n; ++i) to[i] = (from[i] - middle) * scale * weight[i] + bias[i];
                else TAPER_VECTORISE
                    for (std::int64_t i = 0; i < n; ++i)
                        to[i] = (from[i] - middle) * scale * (weight ? weight[i] : T(1)) + (bias ? bias[i] : T(0));
            }
        });
    });
}

template <class T> void normalize_rows_backward(std::int64_t rows, std::int64_t n, const T* grad, const T* x,
    const T* weight, const T* mean, const T* factor, T* grad_x, T* grad_weight, T* grad_bias) {
    constexpr std::int64_t most_parts = 32;
    const std::int64_t least = std::max<std::int64_t>(1, part_elements / std::max<std::int64_t>(n, 1));
    const std::int64_t block = std::max(least, (rows + most_parts - 1) / most_parts);
    const std::int64_t parts = (rows + block - 1) / block;
    auto sums = std::make_unique<T[]>(2 * parts * n);  // of each part: for the weight, and for the bias
    parallel_for(rows, block, [&](std::int64_t begin, std::int64_t end) {
        T *of_weight = sums.get() + begin / block * 2 * n, *of_bias = of_weight + n;
        dispatch([=] [[gnu::always_inline]] () {
            for (std::int64_t row = begin; row < end; ++row) {
                const T *g = grad + row * n, *from = x + row * n;
                const T middle = mean[row], scale = factor[row];
                TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i) {
                    of_weight[i] += g[i] * ((from[i] - middle) * scale);
                    of_bias[i] += g[i];
                }
                if (!grad_x) continue;
                Totals<2> totals;
                totals.add<T>(n, [=](std::int64_t i) {
                    const T v = weight ? g[i] * weight[i] : g[i];
                    return Values<T, 2>{v, v * ((from[i] - middle) * scale)};
                });
                const T a = T(totals.sum(0) / double(n)), b = T(totals.sum(1) / double(n));
                T* to = grad_x + row * n;
                TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
                    to[i] = ((weight ? g[i] * weight[i] : g[i]) - a - (from[i] - middle) * scale * b) * scale;
            }
        });
    });
    for (int k = 0; k < 2; ++k) {
        T* to = k == 0 ? grad_weight : grad_bias;
        if (!to) continue;
        std::fill_n(to, n, T(0));
        for (std::int64_t part = 0; part < parts; ++part)
            for (std::int64_t i = 0; i < n; ++i) to[i] += sums[(2 * part + k) * n + i];
    }
}

#define TAPER_NORMALIZE_ROWS(T)                                                                                 \
    template void normalize_rows(std::int64_t, std::int64_t, const T*, const T*, const T*, double, T*, T*, T*); \
    template void normalize_rows_backward(                                                                      \
        std::int64_t, std::int64_t, const T*, const T*, const T*, const T*, const T*, T*, T*, T*);
TAPER_NORMALIZE_ROWS(float)
TAPER_NORMALIZE_ROWS(double)
#undef TAPER_NORMALIZE_ROWS

}  // namespace taper
