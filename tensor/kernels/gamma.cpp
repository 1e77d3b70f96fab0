// The gamma function's relatives.
#include <cmath>
#include <limits>
#include <numbers>

#include "special.h"

extern "C" double lgamma_r(double, int*);  // of POSIX: lgamma would write the sign where other threads do

namespace taper::math {

using std::numbers::pi;

double lgamma(double x) {
    int sign;
    return ::lgamma_r(x, &sign);
}

// Below 0 by the reflection digamma(1 - x) - pi / tan(pi x); up to 10 by the recurrence; from there on
// log(x) - 1 / 2x - sum of B_2k / (2k x^2k), B_2k being Bernoulli's numbers.
template <std::floating_point F> F digamma(F x) {
    if (x == 0) return std::copysign(std::numeric_limits<F>::infinity(), -x);
    if (x < 0) {
        if (x == std::trunc(x)) return std::numeric_limits<F>::quiet_NaN();
        const double fraction = std::fmod(static_cast<double>(x), 1.);
        return digamma(1 - x) - static_cast<F>(pi / std::tan(pi * fraction));
    }
    F sum = 0;
    for (; x < 10; x += 1) sum -= 1 / x;
    const F z = 1 / (x * x);
    const F series = z *
        (F(1. / 12) -
            z *
                (F(1. / 120) -
                    z * (F(1. / 252) - z * (F(1. / 240) - z * (F(1. / 132) - z * (F(691. / 32760) - z / 12))))));
    return sum + std::log(x) - F(0.5) / x - series;
}

template <std::floating_point F> F trigamma(F x) {
    F sum = 0, sign = 1;
    if (x < F(0.5)) {
        const F sine = std::sin(F(pi) * x);
        sum -= F(pi * pi) / (sine * sine);
        x = 1 - x, sign = -1;
    }
    for (int i = 0; i < 6; ++i, x += 1) sum += 1 / (x * x);
    const F z = 1 / (x * x);
    return sign * (sum + (1 + 1 / (2 * x) + z * (F(1. / 6) - z * (F(1. / 30) - z / 42))) / x);
}

template float digamma(float);
template double digamma(double);
template float trigamma(float);
template double trigamma(double);

double polygamma(std::int64_t n, double x) {
    const double order = static_cast<double>(n);
    return (n % 2 ? 1 : -1) * std::exp(lgamma(order + 1)) * zeta(order + 1, x);
}

// The sum of the first terms, until q is large, and Euler's and Maclaurin's formula for the rest.
double zeta(double x, double q) {
    constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN(),
                     eps = std::numeric_limits<double>::epsilon() / 2;
    if (x == 1) return infinity;
    if (!(x > 1)) return nan;
    if (q <= 0) {
        if (q == std::floor(q)) return infinity;
        if (x != std::floor(x)) return nan;  // of numbers below 0 there are whole powers only
    }
    if (q < -20) {  // the powers of what is below 0, nearest first, without those beyond q, and of what is above
        const double above = q - std::floor(q), sign = std::fmod(x, 2) == 0 ? 1 : -1;
        return zeta(x, above) + sign * (zeta(x, 1 - above) - zeta(x, 1 - q));
    }
    double sum = std::pow(q, -x), term = 0;
    for (int i = 0; i < 9 || q <= 9; ++i) {
        q += 1;
        term = std::pow(q, -x);
        sum += term;
        if (std::abs(term) < eps * std::abs(sum)) return sum;
    }
    sum += term * q / (x - 1) - term / 2;
    // B_2k / (2k)!
    constexpr double coefficients[] = {1. / 12, -1. / 720, 1. / 30240, -1. / 1209600, 1. / 47900160,
        -691. / 1307674368000, 1. / 74724249600, -3617. / 10670622842880000, 43867. / 5109094217170944000,
        -174611. / 802857662698291200000.};
    double factor = x * term / q;
    for (int k = 0; const double coefficient : coefficients) {
        const double next = coefficient * factor;
        sum += next;
        if (std::abs(next) < eps * std::abs(sum)) break;
        factor *= (x + k + 1) * (x + k + 2) / (q * q);
        k += 2;
    }
    return sum;
}

// ---- incomplete gamma functions

namespace {

// x^a e^-x / gamma(a + 1); of large a by Stirling's formula, whose terms do not cancel.
double power_over_gamma(double a, double x) {
    if (a < 20) return std::exp(a * std::log(x) - x - lgamma(a + 1));
    const double apart = (x - a) / a, inverse = 1 / a, square = inverse * inverse;
    return std::exp(-a * (apart - std::log1p(apart)) -
               inverse * (1. / 12 - square * (1. / 360 - square * (1. / 1260 - square / 1680)))) /
        std::sqrt(2 * pi * a);
}

// The lower one as a power series, for x up to a.
double lower_series(double a, double x) {
    double term = 1, sum = 1;
    for (int k = 1; k < 10000 && term > 1e-17 * sum; ++k) term *= x / (a + k), sum += term;
    return power_over_gamma(a, x) * sum;
}

// The upper one as a continued fraction, by Lentz's method, for x above a.
double upper_fraction(double a, double x) {
    double b = x + 1 - a, c = 1e300, d = 1 / b, product = d;
    for (int k = 1; k < 10000; ++k) {
        const double an = -k * (k - a);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        product *= c * d;
        if (std::abs(c * d - 1) < 1e-16) break;
    }
    return power_over_gamma(a, x) * a * product;
}

// The upper one for a so large that the normal distribution, with its first correction, says it all.
double upper_of_large(double a, double x) {
    const double apart = (x - a) / a, half_square = apart - std::log1p(apart),
                 eta = std::copysign(std::sqrt(2 * half_square), apart),
                 correction = std::abs(apart) < 1e-3 ? -1. / 3 + eta / 12 : 1 / apart - 1 / eta;
    return std::erfc(eta * std::sqrt(a / 2)) / 2 + std::exp(-a * half_square) / std::sqrt(2 * pi * a) * correction;
}

double incomplete(double a, double x, bool upper) {
    const auto share = [upper](double lower) { return upper ? 1 - lower : lower; };
    if (!(x >= 0 && a >= 0)) return std::numeric_limits<double>::quiet_NaN();
    if (a == 0) return x > 0 ? share(1) : std::numeric_limits<double>::quiet_NaN();
    if (x == 0) return share(0);
    if (std::isinf(a)) return std::isinf(x) ? std::numeric_limits<double>::quiet_NaN() : share(0);
    if (std::isinf(x)) return share(1);
    if (a > 1e5) return upper ? upper_of_large(a, x) : 1 - upper_of_large(a, x);
    if (x < a + 1) return share(lower_series(a, x));
    return upper ? upper_fraction(a, x) : 1 - upper_fraction(a, x);
}

}  // namespace

double igamma(double a, double x) { return incomplete(a, x, false); }
double igammac(double a, double x) { return incomplete(a, x, true); }

}  // namespace taper::math
