// The rows of ops_numbers.py.
#pragma once

#include "rows.h"

namespace live {

// clang-format off
#define SPECIAL(name) ROW("special." #name, special::name(c[0]))
#define SPECIAL_OF_TWO(name) ROW("special." #name, special::name(c[0], c[1]))
#define ONE_IN_PLACE(name) IN_PLACE(#name "_", name##_())
#define TWO_IN_PLACE(name) IN_PLACE(#name "_", name##_(c[1]))
inline const Rows number_rows{
    // of one tensor
    UNARY(asinh), UNARY(acosh), UNARY(atanh), UNARY(sinc), UNARY(deg2rad), UNARY(rad2deg), UNARY(sgn), UNARY(signbit),
    UNARY(isposinf), UNARY(isneginf), UNARY(isreal), UNARY(positive), UNARY(angle), UNARY(erfc), UNARY(absolute), UNARY(negative),
    UNARY(fix), UNARY(arcsin), UNARY(arccos), UNARY(arctan), UNARY(arcsinh), UNARY(arccosh), UNARY(arctanh), UNARY(adjoint),
    UNARY(lgamma), UNARY(digamma), UNARY(i0), UNARY(corrcoef), UNARY(conj_physical),
    ROW("polygamma", c.method ? c[0].polygamma(c.kw.whole("n")) : polygamma(c.kw.whole("n"), c[0])),
    ROW("mvlgamma", c.method ? (c[0] + 1).mvlgamma(c.kw.whole("p")) : mvlgamma(c[0] + 1, c.kw.whole("p"))),
    ROW("logit", c.method ? c[0].logit(c.kw.maybe_real("eps")) : logit(c[0], {.eps = c.kw.maybe_real("eps")})),
    ROW("frexp", (c.method ? c[0].frexp() : frexp(c[0]))), ROW("x.hardshrink", c[0].hardshrink(c.kw.real("lambd"))),
    SPECIAL(entr), SPECIAL(i0e), SPECIAL(i1), SPECIAL(i1e), SPECIAL(log_ndtr), SPECIAL(ndtr), SPECIAL(psi), SPECIAL(expit),
    SPECIAL(gammaln), SPECIAL(erfcx), SPECIAL(ndtri), ROW("special.ndtri_at_the_ends", special::ndtri(c[0])),
    SPECIAL(modified_bessel_i0), SPECIAL(modified_bessel_i1), SPECIAL(bessel_j0), SPECIAL(bessel_j1), SPECIAL(spherical_bessel_j0),
    SPECIAL(airy_ai), SPECIAL(bessel_y0), SPECIAL(bessel_y1), SPECIAL(modified_bessel_k0), SPECIAL(modified_bessel_k1),
    SPECIAL(scaled_modified_bessel_k0), SPECIAL(scaled_modified_bessel_k1), SPECIAL_OF_TWO(chebyshev_polynomial_t),
    SPECIAL_OF_TWO(chebyshev_polynomial_u), SPECIAL_OF_TWO(chebyshev_polynomial_v), SPECIAL_OF_TWO(chebyshev_polynomial_w),
    SPECIAL_OF_TWO(hermite_polynomial_h), SPECIAL_OF_TWO(hermite_polynomial_he), SPECIAL_OF_TWO(laguerre_polynomial_l),
    SPECIAL_OF_TWO(legendre_polynomial_p), SPECIAL_OF_TWO(shifted_chebyshev_polynomial_t),
    SPECIAL_OF_TWO(shifted_chebyshev_polynomial_u), SPECIAL_OF_TWO(shifted_chebyshev_polynomial_v),
    SPECIAL_OF_TWO(shifted_chebyshev_polynomial_w),
    // of two
    BINARY(xlogy), BINARY(copysign), BINARY(float_power), SPECIAL_OF_TWO(xlog1py), BINARY(logaddexp), BINARY(logaddexp2), BINARY(hypot),
    BINARY(fmax), BINARY(fmin), BINARY(nextafter), BINARY(ldexp), BINARY(heaviside), BINARY(gcd), BINARY(lcm),
    BINARY(bitwise_left_shift), BINARY(bitwise_right_shift), BINARY(igamma), BINARY(igammac),
    SPECIAL_OF_TWO(zeta), ROW("rsub", rsub(c[0], c[1], {.alpha = c.kw.scalar("alpha")})),
    BINARY(multiply), BINARY(true_divide), BINARY(greater), BINARY(greater_equal), BINARY(less), BINARY(less_equal), BINARY(not_equal),
    ROW("subtract", c.method ? c[0].subtract(c[1], {.alpha = c.kw.scalar("alpha")}) : subtract(c[0], c[1], {.alpha = c.kw.scalar("alpha")})),
    ROW("divide", c.kw.has("rounding_mode") ? divide(c[0], c[1], {.rounding_mode = c.kw.text("rounding_mode")}) : c[0].divide(c[1])), BINARY(arctan2),
    // in place
    ONE_IN_PLACE(negative), ONE_IN_PLACE(absolute), ONE_IN_PLACE(sign), ONE_IN_PLACE(sgn), ONE_IN_PLACE(rsqrt), ONE_IN_PLACE(exp2),
    ONE_IN_PLACE(expm1), ONE_IN_PLACE(log2), ONE_IN_PLACE(log10), ONE_IN_PLACE(log1p), ONE_IN_PLACE(tan), ONE_IN_PLACE(asin),
    ONE_IN_PLACE(arcsin), ONE_IN_PLACE(acos), ONE_IN_PLACE(arccos), ONE_IN_PLACE(atan), ONE_IN_PLACE(arctan), ONE_IN_PLACE(sinh),
    ONE_IN_PLACE(cosh), ONE_IN_PLACE(asinh), ONE_IN_PLACE(arcsinh), ONE_IN_PLACE(acosh), ONE_IN_PLACE(arccosh), ONE_IN_PLACE(atanh),
    ONE_IN_PLACE(arctanh), ONE_IN_PLACE(sinc), ONE_IN_PLACE(deg2rad), ONE_IN_PLACE(rad2deg), ONE_IN_PLACE(erf), ONE_IN_PLACE(erfc),
    ONE_IN_PLACE(i0), ONE_IN_PLACE(trunc), ONE_IN_PLACE(fix), ONE_IN_PLACE(frac), ONE_IN_PLACE(bitwise_not), ONE_IN_PLACE(logical_not),
    ONE_IN_PLACE(lgamma), ONE_IN_PLACE(digamma), TWO_IN_PLACE(multiply), TWO_IN_PLACE(true_divide), TWO_IN_PLACE(fmod), TWO_IN_PLACE(eq),
    TWO_IN_PLACE(ne), TWO_IN_PLACE(not_equal), TWO_IN_PLACE(lt), TWO_IN_PLACE(less), TWO_IN_PLACE(le), TWO_IN_PLACE(less_equal),
    TWO_IN_PLACE(gt), TWO_IN_PLACE(greater), TWO_IN_PLACE(ge), TWO_IN_PLACE(greater_equal), TWO_IN_PLACE(floor_divide),
    IN_PLACE("subtract_", subtract_(c[1], {.alpha = c.kw.scalar("alpha")})), IN_PLACE("divide_", divide_(c[1], {.rounding_mode = c.kw.text("rounding_mode")})),
    TWO_IN_PLACE(atan2), TWO_IN_PLACE(arctan2), TWO_IN_PLACE(hypot), TWO_IN_PLACE(nextafter), TWO_IN_PLACE(copysign), TWO_IN_PLACE(xlogy),
    TWO_IN_PLACE(float_power), TWO_IN_PLACE(ldexp), TWO_IN_PLACE(heaviside), TWO_IN_PLACE(gcd), TWO_IN_PLACE(lcm), TWO_IN_PLACE(igamma),
    TWO_IN_PLACE(igammac), TWO_IN_PLACE(bitwise_and), TWO_IN_PLACE(bitwise_or), TWO_IN_PLACE(bitwise_xor), TWO_IN_PLACE(bitwise_left_shift),
    TWO_IN_PLACE(bitwise_right_shift), TWO_IN_PLACE(logical_and), TWO_IN_PLACE(logical_or), TWO_IN_PLACE(logical_xor),
    IN_PLACE("nan_to_num_", nan_to_num_(c.kw.real("nan"), c.kw.maybe_real("posinf"), c.kw.maybe_real("neginf"))),
    IN_PLACE("logit_", logit_(c.kw.maybe_real("eps"))), IN_PLACE("polygamma_", polygamma_(c.kw.whole("n"))),
    IN_PLACE("mvlgamma_", mvlgamma_(c.kw.whole("p"))), IN_PLACE("cumsum_", cumsum_(c.kw.whole("dim"))), IN_PLACE("cumprod_", cumprod_(c.kw.whole("dim"))),
    ROW("renorm", renorm(c[0], c.kw.real("p"), c.kw.whole("dim"), c.kw.real("maxnorm"))), IN_PLACE("renorm_", renorm_(c.kw.real("p"), c.kw.whole("dim"), c.kw.real("maxnorm"))),
    // reductions and running sums
    REDUCTION(nanmean), ROW("aminmax", c.kw.has("dim") ? aminmax(c[0], {.dim = c.kw.whole("dim"), .keepdim = c.kw.flag("keepdim")}) : c.method ? c[0].aminmax() : aminmax(c[0])),
    ROW("var_mean", var_mean(c[0], c.kw.maybe_dims("dim"), c.kw.flag("unbiased"), c.kw.flag("keepdim"))),
    ROW("std_mean", std_mean(c[0], c.kw.maybe_dims("dim"), c.kw.flag("unbiased"), c.kw.flag("keepdim"))),
    ROW("logcumsumexp", logcumsumexp(c[0], c.kw.whole("dim"))),
    ROW("norm_by_name", c.method ? c[0].norm(c.kw.text("p"), c.kw.maybe_dims("dim"), c.kw.flag("keepdim")) : norm(c[0], "fro", c.kw.maybe_dims("dim"), c.kw.flag("keepdim"))),
    ROW("dist", dist(c[0], c[1], c.kw.real("p"))), ROW("cdist", cdist(c[0], c[1], c.kw.real("p"), {.compute_mode = c.kw.text("compute_mode")})),
    ROW("trapezoid", c.in.size() > 1 ? trapezoid(c[0], c[1], {.dim = c.kw.whole("dim")}) : trapezoid(c[0], {.dx = c.kw.scalar("dx"), .dim = c.kw.whole("dim")})),
    ROW("trapz", c.in.size() > 1 ? trapz(c[0], c[1], {.dim = c.kw.whole("dim")}) : trapz(c[0], {.dx = c.kw.scalar("dx"), .dim = c.kw.whole("dim")})),
    ROW("cumulative_trapezoid", c.in.size() > 1 ? cumulative_trapezoid(c[0], c[1], {.dim = c.kw.whole("dim")}) : cumulative_trapezoid(c[0], {.dx = c.kw.scalar("dx"), .dim = c.kw.whole("dim")})),
    ROW("cov", cov(c[0], {.correction = c.kw.whole("correction"), .fweights = c[1], .aweights = c[2]})),
    // products
    BINARY(kron), BINARY(inner), BINARY(vdot), BINARY(ger),
    ROW("baddbmm", baddbmm(c[0], c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})), IN_PLACE("baddbmm_", baddbmm_(c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})),
    ROW("addbmm", addbmm(c[0], c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})), IN_PLACE("addbmm_", addbmm_(c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})),
    ROW("addmv", addmv(c[0], c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})), IN_PLACE("addmv_", addmv_(c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})),
    ROW("addr", addr(c[0], c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})), IN_PLACE("addr_", addr_(c[1], c[2], {.beta = c.kw.scalar("beta"), .alpha = c.kw.scalar("alpha")})),
    IN_PLACE("addmm_", addmm_(c[1], c[2], {.beta = c.kw.real("beta"), .alpha = c.kw.real("alpha")})),
    ROW("tensordot", c.kw.has("of_a") ? tensordot(c[0], c[1], {Dims(c.kw.list("of_a")), Dims(c.kw.list("of_b"))}) : tensordot(c[0], c[1], c.kw.whole("dims"))),
    ROW("cross", c.method ? c[0].cross(c[1], c.kw.maybe_whole("dim")) : cross(c[0], c[1], {.dim = c.kw.maybe_whole("dim")})),
    ROW("linalg.cross", c.kw.has("dim") ? linalg::cross(c[0], c[1], {.dim = c.kw.whole("dim")}) : linalg::cross(c[0], c[1])),
    ROW("matrix_power", c.method ? c[0].matrix_power(c.kw.whole("n")) : linalg::matrix_power(c[0], c.kw.whole("n"))),
    ROW("chain_matmul", chain_matmul(c.in)), ROW("swapdims", swapdims(c[0], c.kw.whole("dim0"), c.kw.whole("dim1"))),
};
#undef TWO_IN_PLACE
#undef ONE_IN_PLACE
#undef SPECIAL_OF_TWO
#undef SPECIAL
// clang-format on

}  // namespace live
