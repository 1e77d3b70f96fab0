// Distributions made of one uniform or normal number each, and counts of events.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "../base/error.h"
#include "generator.h"
#include "stream.h"

namespace taper::random {

using Stream = Generator::Stream;

template <class T> void geometric(T* out, std::int64_t n, double p, Generator& generator) {
    check(p > 0 && p < 1, "geometric_: geometric_ expects p to be in (0, 1), but got p={}", p);
    std::lock_guard turn(generator.stream().mutex);
    for (std::int64_t i = 0; i < n; ++i)
        out[i] = static_cast<T>(std::ceil(std::log(unit(generator.stream().random64())) / std::log1p(-p)));
}

template <class T> void cauchy(T* out, std::int64_t n, double median, double sigma, Generator& generator) {
    constexpr double eps = std::numeric_limits<double>::epsilon();
    std::lock_guard turn(generator.stream().mutex);
    for (std::int64_t i = 0; i < n; ++i) {
        const double share = std::clamp(unit(generator.stream().random64()), eps, 1 - eps);
        out[i] = static_cast<T>(median + sigma * std::tan(std::numbers::pi * (share - 0.5)));
    }
}

template <class T> void log_normal(T* out, std::int64_t n, double mean, double std, Generator& generator) {
    check(std > 0, "log_normal_: log_normal_ expects std > 0.0, but found std={}", std);
    std::lock_guard turn(generator.stream().mutex);
    for (std::int64_t i = 0; i < n; ++i)
        out[i] = static_cast<T>(std::exp(std::fma(generator.stream().normal(), std, mean)));
}

// Few events are counted as their waiting times pass; many are drawn from a hat over their distribution (W. Hoermann:
// The transformed rejection method for generating Poisson random variables, 1993).
static std::int64_t events(double rate, Stream& stream) {
    check(rate >= 0, "poisson: invalid Poisson rate, expected rate to be non-negative");
    if (rate == 0) return 0;
    if (rate < 10) {
        const double end = std::exp(-rate);
        std::int64_t count = 0;
        for (double left = unit(stream.random64()); left > end; left *= unit(stream.random64())) ++count;
        return count;
    }
    const double root = std::sqrt(rate), log_rate = std::log(rate), b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b,
                 inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2);
    while (true) {
        const double u = unit(stream.random64()) - 0.5, v = unit(stream.random64()), us = 0.5 - std::fabs(u);
        const auto k = static_cast<std::int64_t>(std::floor((2 * a / us + b) * u + rate + 0.43));
        if (us >= 0.07 && v <= squeeze) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        int sign = 0;
        if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
            -rate + static_cast<double>(k) * log_rate - lgamma_r(static_cast<double>(k) + 1, &sign))
            return k;
    }
}
template <class T> void poisson(T* out, std::int64_t n, const T* rates, Generator& generator) {
    std::lock_guard turn(generator.stream().mutex);
    for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(events(rates[i], generator.stream()));
}

#define INSTANTIATE(T) template void geometric(T*, std::int64_t, double, Generator&);
INSTANTIATE(std::uint8_t)
INSTANTIATE(std::int32_t)
INSTANTIATE(std::int64_t)
#define INSTANTIATE_REAL(T)                                                 \
    INSTANTIATE(T)                                                          \
    template void cauchy(T*, std::int64_t, double, double, Generator&);     \
    template void log_normal(T*, std::int64_t, double, double, Generator&); \
    template void poisson(T*, std::int64_t, const T*, Generator&);
INSTANTIATE_REAL(float)
INSTANTIATE_REAL(double)

}  // namespace taper::random
