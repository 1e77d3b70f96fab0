// The special functions: logarithms, gamma's relatives, the normal distribution, Bessel, polynomials. Their values are
// worked out in tensor/kernels/special.h, one element at a time.
#include "../../tensor/kernels/special.h"

#include <cmath>
#include <numbers>

#include "by_address.h"
#include "numbers.h"

namespace taper::ops {

using autograd::named, autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

// Error, of PyTorch's words, unless what is made of both is one of `List`.
template <class List> static void check_real(const char* op, T a, T b) {
    const DType dtype = result_type(a, b);
    check(holds(List(), dtype), "{}: \"{}_cpu\" not implemented for '{}'", op, op, scalar_name_of(dtype));
}

// ---- logarithms of sums and beside factors

// Which operand is a number.
static const char* by_operands(T a, T b, const char* of_tensors, const char* of_number_first, const char* of_number) {
    return a.impl().is_number ? of_number_first : b.impl().is_number ? of_number : of_tensors;
}
Tensor xlogy(T x, T y) {
    Tensor out = map_by_address<FloatsAndHalf>(x, y, [](auto u, auto v) {
        return std::isnan(v) ? v : u == 0 ? 0 : u * std::log(v);
    });
    return record(by_operands(x, y, "XlogyBackward0", "XlogyBackward1", "XlogyBackward2"), out,
        wrt(x, save(x, y), [](T grad, T x, T y) { return xlogy(grad, y).masked_fill((x == 0) & (y <= 0), 0); }),
        wrt(y, save(x, y), [](T grad, T x, T y) { return grad * x / y; }));
}
Tensor xlog1py(T x, T y) {
    Tensor out = map_by_address<FloatsAndHalf>(x, y, [](auto u, auto v) {
        return std::isnan(v) ? v : u == 0 ? 0 : u * std::log1p(v);
    });
    return record(by_operands(x, y, "SpecialXlog1PyBackward0", "SpecialXlog1PyBackward1", "SpecialXlog1PyBackward2"),
        out, wrt(x, save(x, y), [](T grad, T x, T y) { return xlog1py(grad, y).masked_fill((x == 0) & (y <= -1), 0); }),
        wrt(y, save(x, y), [](T grad, T x, T y) { return grad * x / (y + 1); }));
}

Tensor logaddexp(T a, T b) {
    check_real<Floats>("logaddexp", a, b);
    Tensor out = map_by_address(a, b, [](auto u, auto v) {
        return std::isinf(u) && u == v ? u : std::max(u, v) + std::log1p(std::exp(-std::abs(u - v)));
    });
    return record("LogaddexpBackward0", out,
        wrt(a, save(a, b), [](T grad, T a, T b) { return grad / (1 + exp(b - a)); }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return grad / (1 + exp(a - b)); }));
}
Tensor logaddexp2(T a, T b) {
    check_real<Floats>("logaddexp2", a, b);
    Tensor out = map_by_address(a, b, [](auto u, auto v) {
        using F = decltype(u);
        return std::isinf(u) && u == v
            ? u
            : std::max(u, v) + std::log1p(std::exp2(-std::abs(u - v))) * F(std::numbers::log2e);
    });
    return record("Logaddexp2Backward0", out,
        wrt(a, save(a, b), [](T grad, T a, T b) { return grad / (1 + exp2(b - a)); }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return grad / (1 + exp2(a - b)); }));
}

// ---- gamma

Tensor erfc(T x) {
    return record("ErfcBackward0", map_by_address(x, [](auto v) { return std::erfc(v); }),
        wrt(x, save(x), [](T grad, T x) { return -2 / std::sqrt(M_PI) * exp(-x.pow(2)) * grad; }));
}
Tensor erfcx(T x) {
    return record("SpecialErfcxBackward0", map_by_address<FloatAndDouble>(x, [](auto v) { return math::erfcx(v); }),
        wrt(x, save(x), [](T grad, T out, T x) { return (2 * x * out - 2 / std::sqrt(M_PI)) * grad; }));
}
Tensor lgamma(T x) {
    return record("LgammaBackward0", map_by_address(x, [](auto v) { return math::lgamma(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * digamma(x); }));
}
Tensor digamma(T x) {
    return record("DigammaBackward0", map_by_address(x, [](auto v) { return math::digamma(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * polygamma(1, x); }));
}
Tensor polygamma(std::int64_t n, T x) {
    check(n >= 0, "polygamma: polygamma(n, x) does not support negative n.");
    const Tensor of = x.detach(), order = Tensor(static_cast<double>(n));
    Tensor out = n == 0 ? digamma(of)
        : n == 1
        ? map_by_address(of, [](auto v) { return math::trigamma(v); })
        : map_by_address(of, order, [](auto v, auto n) { return math::polygamma(static_cast<std::int64_t>(n), v); });
    return record("PolygammaBackward0", out, wrt(x, save(x), [n](T grad, T x) { return grad * polygamma(n + 1, x); }));
}
Tensor mvlgamma(T x, std::int64_t p) {
    check(p >= 1, "mvlgamma: p has to be greater than or equal to 1");
    const Tensor real = x.is_floating_point() ? Tensor(x) : to(x, get_default_dtype());
    const double dims = static_cast<double>(p);
    const Tensor half_steps = arange(-dims / 2 + 0.5, 0.5, 0.5, {.dtype = real.dtype()});
    return named("MvlgammaBackward0",
        sum(lgamma(half_steps + unsqueeze(real, -1)), {.dim = Dims(-1)}) + dims * (dims - 1) / 4 * std::log(M_PI));
}

// Both have a derivative by x only.
static Tensor incomplete(const char* name, const char* refusal, double sign, Tensor out, T a, T x) {
    return record(name, std::move(out), wrt(a, [refusal](T) -> Tensor { fail("{}", refusal); }),
        wrt(x, save(a, x), [sign](T grad, T a, T x) { return grad * sign * exp((a - 1) * log(x) - x - lgamma(a)); }));
}
Tensor igamma(T a, T x) {
    check_real<FloatsAndHalf>("igamma", a, x);
    return incomplete("IgammaBackward0", "the derivative for 'igamma: input' is not implemented.", 1,
        map_by_address<FloatsAndHalf>(a, x, [](auto u, auto v) { return math::igamma(u, v); }), a, x);
}
Tensor igammac(T a, T x) {
    check_real<FloatsAndHalf>("igammac", a, x);
    return incomplete("IgammacBackward0", "the derivative for 'igammac: input' is not implemented.", -1,
        map_by_address<FloatsAndHalf>(a, x, [](auto u, auto v) { return math::igammac(u, v); }), a, x);
}
Tensor zeta(T x, T q) {
    return record(by_operands(x, q, "SpecialZetaBackward0", "SpecialZetaBackward1", "SpecialZetaBackward2"),
        map_by_address<FloatAndDouble>(x, q, [](auto u, auto v) { return math::zeta(u, v); }),
        wrt(x, [](T) -> Tensor { fail("the derivative for 'zeta' is not implemented."); }),
        wrt(q, save(x, q), [](T grad, T x, T q) { return grad * -x * zeta(x + 1, q); }));
}
Tensor entr(T x) {
    Tensor out = map_by_address(x, [](auto v) {
        using F = decltype(v);
        return v != v || v > 0 ? -v * std::log(v) : v == 0 ? F(0) : F(-INFINITY);
    });
    return record("SpecialEntrBackward0", out, wrt(x, save(x), [](T grad, T x) { return grad * -(1 + log(x)); }));
}

// ---- the normal distribution

Tensor ndtr(T x) { return named("MulBackward1", (1 + erf(x * M_SQRT1_2)) * 0.5); }
Tensor log_ndtr(T x) {
    return record("SpecialLogNdtrBackward0",
        map_by_address<FloatAndDouble>(x, [](auto v) { return math::log_ndtr(v); }),
        wrt(x, save(x), [](T grad, T out, T x) { return grad / std::sqrt(2 * M_PI) * exp(-(out + x.pow(2) / 2)); }));
}
Tensor ndtri(T p) {
    return record("SpecialNdtriBackward0", map_by_address<FloatAndDouble>(p, [](auto v) { return math::ndtri(v); }),
        wrt(p, [](T grad, T out) { return grad * std::sqrt(2 * M_PI) * exp(square(out) / 2); }));
}

// ---- Bessel's functions

// Where x is too near 0 for 1 / x the slope of i1 and i1e is 1/2.
template <class Slope> static Tensor unless_tiny(T grad, T x, Slope slope) {
    const double eps = x.dtype() == DType::Float64 ? 0x1p-52 : 0x1p-23;
    const Tensor is_not = abs(x) > eps;
    return grad * where(is_not, slope(where(is_not, x, eps)), 0.5);
}
Tensor i0(T x) {
    return record("I0Backward0", map_by_address(x, [](auto v) { return math::bessel_i(0, v, false); }),
        wrt(x, save(x), [](T grad, T x) { return grad * i1(x); }));
}
Tensor i0e(T x) {
    return record("SpecialI0EBackward0", map_by_address(x, [](auto v) { return math::bessel_i(0, v, true); }),
        wrt(x, save(x), [](T grad, T out, T x) { return grad * (i1e(x) - sgn(x) * out); }));
}
Tensor i1(T x) {
    return record("SpecialI1Backward0",
        map_by_address<FloatAndDouble>(x, [](auto v) { return math::bessel_i(1, v, false); }),
        wrt(x, save(x),
            [](T grad, T out, T x) { return unless_tiny(grad, x, [&](T x) { return i0(x) - out * reciprocal(x); }); }));
}
Tensor i1e(T x) {
    return record("SpecialI1EBackward0",
        map_by_address<FloatAndDouble>(x, [](auto v) { return math::bessel_i(1, v, true); }),
        wrt(x, save(x), [](T grad, T out, T x) {
            return unless_tiny(grad, x, [&](T x) { return i0e(x) - out * (sgn(x) + reciprocal(x)); });
        }));
}

// Those that follow have no derivative: what they give has no history.
#define TAPER_OF_ONE(name, value)                                               \
    Tensor name(T x) {                                                          \
        return map_by_address<FloatAndDouble>(x, [](auto v) { return value; }); \
    }
TAPER_OF_ONE(modified_bessel_i0, math::bessel_i(0, v, false))
TAPER_OF_ONE(modified_bessel_i1, math::bessel_i(1, v, false))
TAPER_OF_ONE(modified_bessel_k0, math::bessel_k(0, v, false))
TAPER_OF_ONE(modified_bessel_k1, math::bessel_k(1, v, false))
TAPER_OF_ONE(scaled_modified_bessel_k0, math::bessel_k(0, v, true))
TAPER_OF_ONE(scaled_modified_bessel_k1, math::bessel_k(1, v, true))
TAPER_OF_ONE(bessel_j0, math::bessel_j(0, v))
TAPER_OF_ONE(bessel_j1, math::bessel_j(1, v))
TAPER_OF_ONE(bessel_y0, math::bessel_y(0, v))
TAPER_OF_ONE(bessel_y1, math::bessel_y(1, v))
TAPER_OF_ONE(spherical_bessel_j0, math::spherical_bessel_j0(v))
TAPER_OF_ONE(airy_ai, math::airy_ai(v))
#undef TAPER_OF_ONE

#define TAPER_POLYNOMIAL(name, kind, of)                                                           \
    Tensor name(T x, T n) {                                                                        \
        return map_by_address<FloatAndDouble>(                                                     \
            x, n, [](auto v, auto n) { return math::polynomial(math::Polynomial::kind, of, n); }); \
    }
TAPER_POLYNOMIAL(chebyshev_polynomial_t, T, v)
TAPER_POLYNOMIAL(chebyshev_polynomial_u, U, v)
TAPER_POLYNOMIAL(chebyshev_polynomial_v, V, v)
TAPER_POLYNOMIAL(chebyshev_polynomial_w, W, v)
TAPER_POLYNOMIAL(shifted_chebyshev_polynomial_t, T, 2 * v - 1)
TAPER_POLYNOMIAL(shifted_chebyshev_polynomial_u, U, 2 * v - 1)
TAPER_POLYNOMIAL(shifted_chebyshev_polynomial_v, V, 2 * v - 1)
TAPER_POLYNOMIAL(shifted_chebyshev_polynomial_w, W, 2 * v - 1)
TAPER_POLYNOMIAL(hermite_polynomial_h, H, v)
TAPER_POLYNOMIAL(hermite_polynomial_he, He, v)
TAPER_POLYNOMIAL(laguerre_polynomial_l, L, v)
TAPER_POLYNOMIAL(legendre_polynomial_p, P, v)
#undef TAPER_POLYNOMIAL

}  // namespace taper::ops
