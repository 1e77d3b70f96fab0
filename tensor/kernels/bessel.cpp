// Bessel's functions: power series where the argument is small, asymptotic series where it is large, else the C
// library's.
#include <cmath>
#include <limits>
#include <numbers>

#include "special.h"

namespace taper::math {
namespace {

using std::numbers::pi;
constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN(),
                 large = 20;  // from here on the asymptotic series is exact

// 1 + s (4n^2 - 1) / 8x + (4n^2 - 1) (4n^2 - 9) / 2! (8x)^2 + ..., with the signs s = -1 of i and s = 1 of k.
double asymptotic(int n, double x, int sign) {
    double term = 1, sum = 1;
    for (int k = 1; k < 40; ++k) {
        const double odd = 2 * k - 1, next = sign * term * (4 * n * n - odd * odd) / (8 * x * k);
        if (std::abs(next) >= std::abs(term)) break;
        sum += term = next;
    }
    return sum;
}

}  // namespace

double bessel_i(int n, double x, bool scaled) {
    const double size = std::abs(x), sign = n == 1 && x < 0 ? -1 : 1;
    if (size <= large) {
        double term = n == 1 ? size / 2 : 1, sum = term;
        for (int k = 1; k < 100 && term > 1e-18 * sum; ++k) term *= size * size / 4 / (k * (k + n)), sum += term;
        return n == 1 && x == 0 ? x : sign * (scaled ? std::exp(-size) * sum : sum);
    }
    const double value = asymptotic(n, size, -1) / std::sqrt(2 * pi * size), half = scaled ? 1 : std::exp(size / 2);
    return sign * half * value * half;
}

double bessel_k(int n, double x, bool scaled) {
    if (x == 0) return infinity;
    if (!(x > 0)) return nan;
    if (x <= large) return std::cyl_bessel_k(n, x) * (scaled ? std::exp(x) : 1);
    return asymptotic(n, x, 1) * std::sqrt(pi / (2 * x)) * (scaled ? 1 : std::exp(-x));
}

double bessel_j(int n, double x) { return n == 0 ? ::j0(x) : ::j1(x); }

double bessel_y(int n, double x) {
    if (x == 0) return -infinity;
    return x < 0 ? nan : n == 0 ? ::y0(x) : ::y1(x);
}

double spherical_bessel_j0(double x) {
    if (std::isinf(x)) return 0;
    if (std::abs(x) >= 0.5) return std::sin(x) / x;
    const double z = x * x;
    return 1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72 * (1 - z / 110 * (1 - z / 156)))));
}

// By Bessel's functions of order 1/3; near 0, where they have poles, by its own power series.
double airy_ai(double x) {
    if (std::isnan(x) || std::isinf(x)) return std::isnan(x) || x < 0 ? nan : 0;
    if (std::abs(x) < 1) {
        double f = 1, g = x, sum_f = 1, sum_g = x;
        for (int k = 1; k < 12; ++k) {
            f *= x * x * x / (3 * k * (3 * k - 1)), g *= x * x * x / (3 * k * (3 * k + 1));
            sum_f += f, sum_g += g;
        }
        return 0.35502805388781723926 * sum_f - 0.25881940379280679841 * sum_g;
    }
    const double size = std::abs(x), argument = 2. / 3 * size * std::sqrt(size), order = 1. / 3;
    if (x > 0) return argument > 700 ? 0 : std::sqrt(x / 3) / pi * std::cyl_bessel_k(order, argument);
    return std::sqrt(size) / 2 *
        (std::cyl_bessel_j(order, argument) - std::cyl_neumann(order, argument) / std::numbers::sqrt3);
}

}  // namespace taper::math
