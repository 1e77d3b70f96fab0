#include "resample.h"

#include <algorithm>
#include <cmath>

#include "../base/parallel.h"
#include "../base/simd.h"

namespace taper {
namespace {

/// Calls f(line) for each of them, shared out to the threads.
template <class T, class F> void for_each_line(std::int64_t outer, std::int64_t inner, const LineSums<T>& sums, F f) {
    const std::int64_t work = static_cast<std::int64_t>(sums.from.size()) * inner;
    parallel_for(outer, grain_of(work), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t line = begin; line < end; ++line) f(line);
    });
}

}  // namespace

// for each line, for each o:
//     y[o] = the sum of x[from[k]] * weights[k], the last k first, each product fused with the sum
template <class T> void resample(std::int64_t outer, std::int64_t inner, const LineSums<T>& sums, const T* x, T* y) {
    const std::int64_t *first = sums.first.data(), *from = sums.from.data(), in = sums.in, out = sums.out();
    const T* weights = sums.weights.data();
    for_each_line(outer, inner, sums, [=](std::int64_t line) {
        const T* source = x + line * in * inner;
        T* to = y + line * out * inner;
        dispatch([=] [[gnu::always_inline]] () {
            for (std::int64_t o = 0; o < out; ++o) {
                T* row = to + o * inner;
                if (inner == 1) {
                    std::int64_t k = first[o + 1] - 1;
                    T sum = k < first[o] ? T(0) : source[from[k]] * weights[k];
                    while (--k >= first[o]) sum = std::fma(source[from[k]], weights[k], sum);
                    *row = sum;
                    continue;
                }
                for (std::int64_t i = 0; i < inner && first[o] == first[o + 1]; ++i) row[i] = 0;
                for (std::int64_t k = first[o + 1] - 1; k >= first[o]; --k) {
                    const T *other = source + from[k] * inner, weight = weights[k];
                    if (k == first[o + 1] - 1) {
                        TAPER_VECTORISE for (std::int64_t i = 0; i < inner; ++i)
                            row[i] = other[i] * weight;
                    } else {
                        TAPER_VECTORISE for (std::int64_t i = 0; i < inner; ++i)
                            row[i] = std::fma(other[i], weight, row[i]);
                    }
                }
            }
        });
    });
}

// The same loops with x[from[k]] += y[o] * weights[k].
template <class T>
void resample_transposed(std::int64_t outer, std::int64_t inner, const LineSums<T>& sums, const T* y, T* x) {
    const std::int64_t *first = sums.first.data(), *from = sums.from.data(), in = sums.in, out = sums.out();
    const T* weights = sums.weights.data();
    for_each_line(outer, inner, sums, [=](std::int64_t line) {
        const T* source = y + line * out * inner;
        T* to = x + line * in * inner;
        std::fill_n(to, in * inner, T(0));
        dispatch([=] [[gnu::always_inline]] () {
            for (std::int64_t o = 0; o < out; ++o)
                for (std::int64_t k = first[o]; k < first[o + 1]; ++k) {
                    const T *row = source + o * inner, weight = weights[k];
                    T* other = to + from[k] * inner;
                    TAPER_VECTORISE for (std::int64_t i = 0; i < inner; ++i)
                        other[i] = std::fma(row[i], weight, other[i]);
                }
        });
    });
}

#define TAPER_RESAMPLE(T)                                                                 \
    template void resample(std::int64_t, std::int64_t, const LineSums<T>&, const T*, T*); \
    template void resample_transposed(std::int64_t, std::int64_t, const LineSums<T>&, const T*, T*);
TAPER_RESAMPLE(float)
TAPER_RESAMPLE(double)
#undef TAPER_RESAMPLE

}  // namespace taper
