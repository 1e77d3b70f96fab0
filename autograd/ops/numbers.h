// The ops of ops.h that are functions of numbers and of small matrices: of the table in tensor/signatures_numbers.h.
#pragma once

#include "../ops.h"

namespace taper::ops {

// ---- numbers.cpp: of one tensor
Tensor asinh(const Tensor& x);
Tensor acosh(const Tensor& x);
Tensor atanh(const Tensor& x);
/// sin(pi x) / (pi x), and 1 at 0.
Tensor sinc(const Tensor& x);
Tensor deg2rad(const Tensor& x);
Tensor rad2deg(const Tensor& x);
Tensor sgn(const Tensor& x);
/// x itself: there are no complex numbers.
Tensor conj_physical(const Tensor& x);
/// x itself; Error of bools.
Tensor positive(const Tensor& x);
/// Of real numbers: pi for those below 0, else 0.
Tensor angle(const Tensor& x);
/// x with its last two dims swapped; Error unless it has them.
Tensor adjoint(const Tensor& x);
/// bool
Tensor signbit(const Tensor& x);
Tensor isposinf(const Tensor& x);
Tensor isneginf(const Tensor& x);
Tensor isreal(const Tensor& x);
/// x = mantissa * 2^exponent, the mantissa's size in [0.5, 1); int32 exponents.
MantissaAndExponent frexp(const Tensor& x);
/// log(x / (1 - x)), of x within [eps, 1 - eps] if there is an eps.
Tensor logit(const Tensor& x, const std::optional<double>& eps = {});

// ---- numbers.cpp: of two
Tensor hypot(const Tensor& a, const Tensor& b);
Tensor copysign(const Tensor& a, const Tensor& b);
/// The next number after a towards b; without a derivative.
Tensor nextafter(const Tensor& a, const Tensor& b);
/// a 2^b
Tensor ldexp(const Tensor& a, const Tensor& b);
/// 0 below 0, 1 above, `values` at 0; without a derivative.
Tensor heaviside(const Tensor& x, const Tensor& values);
/// pow in float64.
Tensor float_power(const Tensor& base, const Tensor& exponent);
/// The larger, or that which is no NaN.
Tensor fmax(const Tensor& a, const Tensor& b);
Tensor fmin(const Tensor& a, const Tensor& b);
/// other - alpha * x
Tensor rsub(const Tensor& x, const Tensor& other, const Scalar& alpha = 1);
/// Of whole numbers.
Tensor gcd(const Tensor& a, const Tensor& b);
Tensor lcm(const Tensor& a, const Tensor& b);
/// Bits that are moved out at an end are lost; to the right, the sign comes in.
Tensor bitwise_left_shift(const Tensor& a, const Tensor& b);
Tensor bitwise_right_shift(const Tensor& a, const Tensor& b);

// ---- special.cpp: each is the function of its name in torch.special, unless it is torch's own
/// x log(y), and 0 where x is 0.
Tensor xlogy(const Tensor& x, const Tensor& y);
/// x log(1 + y), and 0 where x is 0. torch.special.xlog1py
Tensor xlog1py(const Tensor& x, const Tensor& y);
/// log(exp(a) + exp(b)); of powers of 2.
Tensor logaddexp(const Tensor& a, const Tensor& b);
Tensor logaddexp2(const Tensor& a, const Tensor& b);
/// 1 - erf(x)
Tensor erfc(const Tensor& x);
Tensor erfcx(const Tensor& x);
/// log |gamma(x)|
Tensor lgamma(const Tensor& x);
Tensor digamma(const Tensor& x);
/// The n-th derivative of digamma.
Tensor polygamma(std::int64_t n, const Tensor& x);
/// log of the gamma function of p dims.
Tensor mvlgamma(const Tensor& x, std::int64_t p);
/// The regularised lower and upper incomplete gamma functions; with a derivative by x only.
Tensor igamma(const Tensor& a, const Tensor& x);
Tensor igammac(const Tensor& a, const Tensor& x);
/// Hurwitz's: sum of (k + q)^-x.
Tensor zeta(const Tensor& x, const Tensor& q);
/// -x log(x)
Tensor entr(const Tensor& x);
/// The normal distribution's function, its logarithm, its inverse.
Tensor ndtr(const Tensor& x);
Tensor log_ndtr(const Tensor& x);
Tensor ndtri(const Tensor& p);

// ---- special.cpp: Bessel's functions and polynomials
/// Modified Bessel functions of the first kind; with e: times exp(-|x|).
Tensor i0(const Tensor& x);
Tensor i0e(const Tensor& x);
Tensor i1(const Tensor& x);
Tensor i1e(const Tensor& x);
/// Without a derivative, as all that follow.
Tensor modified_bessel_i0(const Tensor& x);
Tensor modified_bessel_i1(const Tensor& x);
Tensor modified_bessel_k0(const Tensor& x);
Tensor modified_bessel_k1(const Tensor& x);
Tensor scaled_modified_bessel_k0(const Tensor& x);
Tensor scaled_modified_bessel_k1(const Tensor& x);
Tensor bessel_j0(const Tensor& x);
Tensor bessel_j1(const Tensor& x);
Tensor bessel_y0(const Tensor& x);
Tensor bessel_y1(const Tensor& x);
Tensor spherical_bessel_j0(const Tensor& x);
Tensor airy_ai(const Tensor& x);
/// Polynomials of degree n, a whole number.
Tensor chebyshev_polynomial_t(const Tensor& x, const Tensor& n);
Tensor chebyshev_polynomial_u(const Tensor& x, const Tensor& n);
Tensor chebyshev_polynomial_v(const Tensor& x, const Tensor& n);
Tensor chebyshev_polynomial_w(const Tensor& x, const Tensor& n);
Tensor shifted_chebyshev_polynomial_t(const Tensor& x, const Tensor& n);
Tensor shifted_chebyshev_polynomial_u(const Tensor& x, const Tensor& n);
Tensor shifted_chebyshev_polynomial_v(const Tensor& x, const Tensor& n);
Tensor shifted_chebyshev_polynomial_w(const Tensor& x, const Tensor& n);
Tensor hermite_polynomial_h(const Tensor& x, const Tensor& n);
Tensor hermite_polynomial_he(const Tensor& x, const Tensor& n);
Tensor laguerre_polynomial_l(const Tensor& x, const Tensor& n);
Tensor legendre_polynomial_p(const Tensor& x, const Tensor& n);

// ---- statistics.cpp
/// Without a derivative.
MinAndMax aminmax(const Tensor& x, const std::optional<std::int64_t>& dim = {}, bool keepdim = false);
/// Of those that are no NaN.
Tensor nanmean(const Tensor& x, const Reduction& over = {});
VarAndMean var_mean(const Tensor& x, const Spread& over = {});
StdAndMean std_mean(const Tensor& x, const Spread& over = {});
/// "fro" is 2, of one dim, of two, or of all; "nuc" is an Error.
Tensor norm(const Tensor& x, const NormOrder& p, const std::optional<Dims>& dim, bool keepdim,
    const std::optional<DType>& dtype);
/// Slices along `dim` whose p-norm is above maxnorm are scaled down to it.
Tensor renorm(const Tensor& x, double p, std::int64_t dim, double maxnorm);
/// The p-norm of the difference.
Tensor dist(const Tensor& a, const Tensor& b, double p = 2);
/// (..., P, M) and (..., R, M): the distance of each row to each, (..., P, R).
Tensor cdist(const Tensor& a, const Tensor& b, double p = 2,
    const std::optional<std::string>& compute_mode = "use_mm_for_euclid_dist_if_necessary");
/// Error if both the places x and their distance dx were given.
void one_of(const char* op, const Arg<Tensor>& x, const Arg<Scalar>& dx);
/// The integral of y along `dim`, over the places x, or dx apart.
Tensor trapezoid(const Tensor& y, const Tensor& x = {}, const Scalar& dx = 1, std::int64_t dim = -1);
Tensor cumulative_trapezoid(const Tensor& y, const Tensor& x = {}, const Scalar& dx = 1, std::int64_t dim = -1);
/// Of the rows of x, each a variable, its columns observations; weighted by how often each counts, and how much.
Tensor cov(const Tensor& x, std::int64_t correction = 1, const Tensor& fweights = {}, const Tensor& aweights = {});
Tensor corrcoef(const Tensor& x);

// ---- cumulative.cpp
/// log(sum(exp(x_0), ..., exp(x_i)))
Tensor logcumsumexp(const Tensor& x, std::int64_t dim);

// ---- products.cpp
Tensor kron(const Tensor& a, const Tensor& b);
/// Summed over the last dims; a product if one has none.
Tensor inner(const Tensor& a, const Tensor& b);
Tensor vdot(const Tensor& a, const Tensor& b);
/// Without a dim, along the first of three.
Tensor cross(const Tensor& a, const Tensor& b, const std::optional<std::int64_t>& dim = {});
/// beta * c + alpha * a b; of batches; summed over the batch; of a matrix by a vector; of a column by a row.
Tensor baddbmm(const Tensor& c, const Tensor& a, const Tensor& b, const Scalar& beta = 1, const Scalar& alpha = 1);
Tensor addbmm(const Tensor& c, const Tensor& a, const Tensor& b, const Scalar& beta = 1, const Scalar& alpha = 1);
Tensor addmv(const Tensor& c, const Tensor& a, const Tensor& x, const Scalar& beta = 1, const Scalar& alpha = 1);
Tensor addr(const Tensor& c, const Tensor& a, const Tensor& b, const Scalar& beta = 1, const Scalar& alpha = 1);
/// Error if n is negative.
Tensor matrix_power(const Tensor& x, std::int64_t n);
Tensor tensordot(const Tensor& a, const Tensor& b, const ContractedDims& dims);
/// The product of all, in the order that takes the fewest multiplications.
Tensor chain_matmul(const TensorList& matrices);

// ---- inplace_ops.cpp
/// Writes the result of an op over x. Error, as in PyTorch, if x's dtype or shape cannot take it.
const Tensor& in_place(const char* op, const Tensor& x, const Tensor& value);
/// What eq_ and its like write over x: the answers, which have a gradient of 0; and the step's name where other is a
/// number, and where it is not.
Tensor answer(
    const char* of_number, const char* of_tensor, const Tensor& x, const Tensor& other, const Tensor& answers);
/// The value that float_power_ writes; Error unless x is float64.
Tensor float_power_of_double(const Tensor& x, const Tensor& exponent);
/// The value that cumsum_ and cumprod_ write; Error if another dtype than x's was asked for.
Tensor running_in_place(const char* op, const Tensor& x, const std::optional<DType>& dtype, const Tensor& value);

MinAndMax into(const char* op, const TensorListOrNone& out, const MinAndMax& result);
MantissaAndExponent into(const char* op, const TensorListOrNone& out, const MantissaAndExponent& result);

}  // namespace taper::ops
