// The special functions of one number, or of two: exact to a few units in the last place, with PyTorch's values where
// there is none.
#pragma once

#include <concepts>
#include <cstdint>

namespace taper::math {

// ---- gamma.cpp
/// log |gamma(x)|, for any number of threads.
double lgamma(double x);
/// In float as in double, so that the poles are as high as PyTorch's.
template <std::floating_point F> F digamma(F x);
/// The first derivative of digamma, with the few terms that PyTorch takes.
template <std::floating_point F> F trigamma(F x);
/// The n-th derivative of digamma, n > 1.
double polygamma(std::int64_t n, double x);
/// Hurwitz's: sum of (k + q)^-x.
double zeta(double x, double q);
/// The regularised incomplete gamma functions, lower and upper.
double igamma(double a, double x);
double igammac(double a, double x);

// ---- normal.cpp
/// exp(x^2) erfc(x)
double erfcx(double x);
/// The logarithm of the normal distribution's function, and the inverse of that function.
double log_ndtr(double x);
double ndtri(double p);

// ---- bessel.cpp: of order n, which is 0 or 1; `scaled` by exp(-|x|), or of k by exp(x)
double bessel_i(int n, double x, bool scaled);
double bessel_k(int n, double x, bool scaled);
double bessel_j(int n, double x);
double bessel_y(int n, double x);
/// sin(x) / x
double spherical_bessel_j0(double x);
double airy_ai(double x);

// ---- polynomials.cpp: of degree n, whose fraction does not count
enum class Polynomial : std::uint8_t { T, U, V, W, H, He, L, P };
template <std::floating_point F> F polynomial(Polynomial kind, F x, F n);

}  // namespace taper::math
