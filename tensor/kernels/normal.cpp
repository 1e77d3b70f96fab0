// The normal distribution's functions.
#include <cmath>
#include <limits>
#include <numbers>

#include "special.h"

namespace taper::math {

// exp(x^2) by erfc where neither is beyond a double's range, the square with what its rounding lost; beyond that
// Laplace's continued fraction.
double erfcx(double x) {
    if (x < 0) return 2 * std::exp(x * x) - erfcx(-x);
    if (x < 10) {
        const double square = x * x, lost = std::fma(x, x, -square);
        return std::exp(square) * std::erfc(x) * (1 + lost);
    }
    double fraction = x;
    for (int k = 30; k > 0; --k) fraction = x + k / 2. / fraction;
    return std::numbers::inv_sqrtpi / fraction;
}

double log_ndtr(double x) {
    const double t = x * (std::numbers::sqrt2 / 2);
    return x < -1 ? std::log(erfcx(-t) / 2) - t * t : std::log1p(-std::erfc(t) / 2);
}

namespace {

// The inverse near the middle, y = p - 1/2: Newton's method on the error function, which is almost a line there.
double near_the_middle(double y) {
    const double root_of_two_pi = std::sqrt(2 * std::numbers::pi);
    double x = y * root_of_two_pi;
    for (int step = 0; step < 6; ++step)
        x -= (std::erf(x * (std::numbers::sqrt2 / 2)) / 2 - y) * root_of_two_pi * std::exp(x * x / 2);
    return x;
}

// The inverse in the lower tail: Newton's method on the logarithm, from below, where it runs to the root without ever
// passing it.
double in_the_tail(double p) {
    const double logarithm = std::log(p);
    double x = -std::sqrt(-2 * logarithm);
    for (int step = 0; step < 12; ++step) {
        const double value = log_ndtr(x);
        const double move = (value - logarithm) * std::sqrt(2 * std::numbers::pi) * std::exp(value + x * x / 2);
        x -= move;
        if (std::abs(move) < 1e-16 * std::abs(x)) break;
    }
    return x;
}

}  // namespace

double ndtri(double p) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (p == 0 || p == 1) return p == 0 ? -infinity : infinity;
    if (!(p > 0 && p < 1)) return std::numeric_limits<double>::quiet_NaN();
    if (p < 0.2) return in_the_tail(p);
    return p > 0.8 ? -in_the_tail(1 - p) : near_the_middle(p - 0.5);
}

}  // namespace taper::math
