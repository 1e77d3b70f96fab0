// Elementary functions as branch-free scalar code, which the compiler turns into vectors inside a loop.
//
// An element's bits depend on the argument only: every function is additions, multiplications, divisions, integer
// operations on the bits and selections, with no fused multiply-add and no library call, so they are the same in
// a vector of any width and in a scalar, and with every compiler (compile with -ffp-contract=off). Special results
// are selected at the end. Results are within 2.5 units in the last place of the true value, subnormal ones included.
// Polynomials are our own minimax fits (Remez exchange in 113-bit arithmetic), coefficients from the constant up.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>

#include "../base/inline.h"

namespace taper::math {

namespace detail {

template <class F> struct Format;

template <> struct Format<float> {
    using Bits = std::uint32_t;
    static constexpr int mantissa = 23;
    static constexpr float magic = 0x1.8p23f;
    // ln 2 = ln2_hi + ln2_lo; ln2_hi times an exponent is exact. The same for lg 2.
    static constexpr float ln2_hi = 0x1.62e4p-1f, ln2_lo = 0x1.7f7d1cp-20f;
    static constexpr float lg2_hi = 0x1.344p-2f, lg2_lo = 0x1.3509f8p-18f;
    static constexpr float log2e_hi = 0x1.714p+0f, log2e_lo = 0x1.47652cp-12f;
    static constexpr float log10e_hi = 0x1.bc8p-2f, log10e_lo = 0x1.bd8a94p-13f;
};

template <> struct Format<double> {
    using Bits = std::uint64_t;
    static constexpr int mantissa = 52;
    static constexpr double magic = 0x1.8p52;
    static constexpr double ln2_hi = 0x1.62e42fefa2p-1, ln2_lo = 0x1.9ef35793c7673p-41;
    static constexpr double lg2_hi = 0x1.34413509f4p-2, lg2_lo = 0x1.cff7988f8959bp-41;
    static constexpr double log2e_hi = 0x1.7154764p+0, log2e_lo = 0x1.2b82fe1777d10p-28;
    static constexpr double log10e_hi = 0x1.bcb7b14p-2, log10e_lo = 0x1.26e50e32a6ab7p-30;
};

template <class F> using Bits = typename Format<F>::Bits;
template <class F> inline constexpr bool is_float = std::same_as<F, float>;
template <class F> inline constexpr F infinity = std::numeric_limits<F>::infinity();
template <class F> inline constexpr F nan = std::numeric_limits<F>::quiet_NaN();
template <class F> inline constexpr F log2e = F(0x1.71547652b82fep+0);
template <class F> inline constexpr F half_pi = F(0x1.921fb54442d18p+0);

template <class F> TAPER_INLINE Bits<F> bits(F x) { return std::bit_cast<Bits<F>>(x); }

template <class F> TAPER_INLINE F from_bits(Bits<F> b) { return std::bit_cast<F>(b); }

template <class F> inline constexpr Bits<F> sign_mask = Bits<F>(1) << (sizeof(F) * 8 - 1);

template <class F> TAPER_INLINE F abs(F x) { return from_bits<F>(bits(x) & ~sign_mask<F>); }

/// `x`, which is not negative, with the sign of `s`.
template <class F> TAPER_INLINE F with_sign(F x, F s) { return from_bits<F>(bits(x) | (bits(s) & sign_mask<F>)); }

/// The nearest integer, ties to even, for |x| < 2^22 (float) or 2^51 (double): adding the magic number 1.5 * 2^mantissa
/// leaves no bits for a fraction, and the integer in the low bits of the sum. No conversion to an integer type is
/// needed, which for double exists with AVX-512 only.
template <class F> TAPER_INLINE F round(F x) { return (x + Format<F>::magic) - Format<F>::magic; }

/// The low bits of the integer `n`, in two's complement.
template <class F> TAPER_INLINE Bits<F> low_bits(F n) { return bits(n + Format<F>::magic); }

/// 2^n for an integer n that is the exponent of a normal number.
template <class F> TAPER_INLINE F power_of_two(F n) {
    return from_bits<F>((low_bits(n) << Format<F>::mantissa) + bits(F(1)));
}

template <class F> TAPER_INLINE F poly(F, F c) { return c; }

/// c + x * (...): Horner's scheme.
template <class F, class... Rest> TAPER_INLINE F poly(F x, F c, Rest... rest) { return c + x * poly(x, rest...); }

/// x = n ln 2 + r with |r| <= ln 2 / 2.
template <class F> struct Exponent {
    F n, r;
};

template <class F> TAPER_INLINE Exponent<F> reduce_exp(F x) {
    F n = round(x * log2e<F>);
    return {n, (x - n * Format<F>::ln2_hi) - n * Format<F>::ln2_lo};
}

/// e^r - 1 for |r| <= ln 2 / 2, with an absolute error that suits e^r.
template <class F> TAPER_INLINE F expm1_near_zero(F r) {
    F p;
    if constexpr (is_float<F>)
        p = poly(r, 0.5f, 0x1.55548ep-3f, 0x1.55545cp-5f, 0x1.123c02p-7f, 0x1.6db51cp-10f);
    else
        p = poly(r, 0x1.0000000000009p-1, 0x1.5555555555558p-3, 0x1.5555555550326p-5, 0x1.111111110f7c9p-7,
            0x1.6c16c1862f0f8p-10, 0x1.a01a01b027f32p-13, 0x1.a0199333ef179p-16, 0x1.71ddf6657a782p-19,
            0x1.28b488e52a24ep-22, 0x1.af63be8c68d52p-26);
    return r + r * r * p;
}

/// Beyond this e^x is 0 or infinite for certain.
template <class F> inline constexpr F far = is_float<F> ? F(128) : F(1024);

/// v 2^n for |n| up to 1.5 far, by way of 2^(n - step): neither factor's exponent leaves those of normal numbers, and
/// a result that does is rounded once. `step` has n's sign, `scale` is 2^step. The exponent's bias is added with the
/// magic number.
template <class F> TAPER_INLINE F times_power_of_two(F v, F n, F step, F scale) {
    constexpr F bias = std::numeric_limits<F>::max_exponent - 1;
    return v * from_bits<F>(bits(n + (Format<F>::magic + bias - step)) << Format<F>::mantissa) * scale;
}
template <class F> inline constexpr F half_far = far<F> / 2;
template <class F> inline constexpr F two_to_half_far = is_float<F> ? F(0x1p64) : F(0x1p512);

/// e^x for x up to 0.
template <class F> TAPER_INLINE F exp_of_negative(F x) {
    auto [n, r] = reduce_exp(x);
    const F y = times_power_of_two(1 + expm1_near_zero(r), n, -half_far<F>, 1 / two_to_half_far<F>);
    return x < -far<F> ? F(0) : y;
}

/// The same with one term more, for a relative error that suits e^x - 1.
template <class F> TAPER_INLINE F fine_expm1_near_zero(F r) {
    F p;
    if constexpr (is_float<F>)
        p = poly(r, 0.5f, 0x1.555556p-3f, 0x1.5554aep-5f, 0x1.11109p-7f, 0x1.6d755p-10f, 0x1.a1a248p-13f);
    else
        p = poly(r, 0.5, 0x1.5555555555559p-3, 0x1.555555555555ap-5, 0x1.111111110f671p-7, 0x1.6c16c16c14402p-10,
            0x1.a01a01b000bdep-13, 0x1.a01a01b0cfa5bp-16, 0x1.71ddf806d8772p-19, 0x1.27e4c56b8d447p-22,
            0x1.af5f507ffea09p-26, 0x1.1f95b6a52b9acp-29);
    return r + r * r * p;
}

/// e^x - 1 as 2^n (e^r - 1) + (2^n - 1), everything halved so that 2^n exists for the largest finite result.
template <class F> TAPER_INLINE F expm1_in_range(F x) {
    auto [n, r] = reduce_exp(x);
    F half_scale = power_of_two(n - 1);
    return 2 * (half_scale * fine_expm1_near_zero(r) + (half_scale - F(0.5)));
}

/// x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2); ln(1 + f) = f + tail.
template <class F> struct Logarithm {
    F k, f, tail;
};

/// With s = f / (2 + f): ln(1 + f) = 2 atanh(s) = f - (f^2 / 2 - s (f^2 / 2 + R(s^2))), the form of Sun's fdlibm.
template <class F> TAPER_INLINE F log1p_tail(F f) {
    F s = f / (2 + f), z = s * s, half = F(0.5) * f * f, r;
    if constexpr (is_float<F>)
        r = poly(z, 0x1.55557ap-1f, 0x1.995e78p-2f, 0x1.31ea76p-2f);
    else
        r = poly(z, 0x1.5555555555593p-1, 0x1.999999997f852p-2, 0x1.249249424362dp-2, 0x1.c71c51c209f6ap-3,
            0x1.74664e6aa9beep-3, 0x1.39a014f962f2cp-3, 0x1.2f16cd93ad0a2p-3);
    return s * (half + z * r) - half;
}

/// Splits a positive x by the integer trick that puts the seam at sqrt(1/2); the exponent becomes a floating-point
/// number by standing in the low bits of 2^mantissa.
template <class F> TAPER_INLINE Logarithm<F> reduce_log(F x) {
    constexpr int mantissa = Format<F>::mantissa;
    constexpr F shift = F(Bits<F>(1) << mantissa);
    bool subnormal = x < std::numeric_limits<F>::min();
    Bits<F> root_half = bits(F(0x1.6a09e667f3bcdp-1)), one = bits(F(1));
    Bits<F> u = bits(subnormal ? x * shift : x) + (one - root_half);
    F biased = from_bits<F>((u >> mantissa) | bits(shift)) - shift;
    F k = biased - F((1 << (sizeof(F) * 8 - mantissa - 2)) - 1) - (subnormal ? F(mantissa) : F(0));
    F f = from_bits<F>((u & ((Bits<F>(1) << mantissa) - 1)) + root_half) - 1;
    return {k, f, log1p_tail(f)};
}

/// The logarithm's values where the argument is not a positive finite number.
template <class F> TAPER_INLINE F log_special(F x, F y) {
    y = x == infinity<F> ? x : y;
    return x > 0 ? y : (x == 0 ? -infinity<F> : nan<F>);
}

/// k lg(2) + log_e * ln(1 + f) to another base, with a multiplication by log_e = hi + lo whose leading part is exact.
template <class F> TAPER_INLINE F log_to_base(Logarithm<F> x, F k_hi, F k_lo, F hi, F lo) {
    constexpr Bits<F> low_half = (Bits<F>(1) << (Format<F>::mantissa / 2 + 1)) - 1;
    F f_hi = from_bits<F>(bits(x.f) & ~low_half), f_lo = x.f - f_hi;
    F small = f_lo * hi + x.f * lo + x.tail * (hi + lo) + x.k * k_lo;
    F big = f_hi * hi, k = x.k * k_hi;
    F sum = k + big;
    return sum + ((big - (sum - k)) + small);
}

/// x = quadrant * pi/2 + r + tail with |r| <= pi/4 (0.89 for large floats), the tail below r's precision; only the low
/// two bits of the quadrant count.
template <class F> struct Angle {
    Bits<F> quadrant;
    F r, tail;
};

/// A float is reduced in double, for any magnitude: x * 2/pi is needed modulo 4 only, so where x is a multiple of 2^s
/// the factor is 2^s * 2/pi modulo 4, over 2^s. It comes in three parts of 28, 29 and 53 bits, the products of the
/// first two exact. This is Payne and Hanek's reduction, four rows being enough for the exponents of a float.
TAPER_INLINE Angle<float> reduce_angle(float x) {
    double h = x, a = abs(h);
    bool middle = a >= 0x1p50, large = a >= 0x1p76, huge = a >= 0x1p102;
    auto row = [=](double c0, double c1, double c2, double c3) __attribute__((always_inline)) {
        double c = middle ? c1 : c0;
        c = large ? c2 : c;
        return huge ? c3 : c;
    };
    double t1 = h * row(0x1.45f306cp-1, -0x1.1b1bbecp-28, -0x1.5ac07b2p-53, -0x1.505c158p-81);
    double t2 = h * row(0x1.c9c882ap-29, 0x1.29fc276p-56, 0x1.5f47d4ep-82, -0x1.6447e48p-109);
    double t3 =
        h * row(0x1.4fe13abe8fa9ap-59, -0x1.05c1596447e49p-85, -0x1.911f924eb5336p-111, -0x1.3ad4cd8778df8p-137);
    double n = round(t1 + t2);
    double r = (((t1 - n) + t2) + t3) * half_pi<double>;
    float head = static_cast<float>(r);
    return {static_cast<std::uint32_t>(low_bits(n)), head, static_cast<float>(r - head)};
}

/// A double is reduced as Cody and Waite did, with pi/2 in four parts, the products of the first three with n exact for
/// |x| < 2^30. Beyond that there is no reduction without a table and a gather per element: the angle is NaN.
TAPER_INLINE Angle<double> reduce_angle(double x) {
    double n = round(x * 0x1.45f306dc9c883p-1);
    double first = (x - n * 0x1.921fbp+0) - n * 0x1.5110bp-22, third = n * 0x1.184698p-44,
           fourth = n * 0x1.3198a2e037073p-69;
    double sum = first - third, r = sum - fourth;
    return {low_bits(n), abs(x) < 0x1p30 ? r : nan<double>, ((first - sum) - third) + ((sum - r) - fourth)};
}

/// sin(r) = r + r * sin_series(r^2) for |r| <= pi/4 (double) or 0.89 (float).
template <class F> TAPER_INLINE F sin_series(F z) {
    if constexpr (is_float<F>)
        return z * poly(z, -0x1.555536p-3f, 0x1.110194p-7f, -0x1.978472p-13f);
    else
        return z *
            poly(z, -0x1.555555555554cp-3, 0x1.111111110fb37p-7, -0x1.a01a019c2d25dp-13, 0x1.71de356c181bbp-19,
                -0x1.ae5e49969c0f7p-26, 0x1.5d86a12fee7adp-33);
}

/// cos(r) = 1 - r^2 / 2 + cos_series(r^2), for the same r.
template <class F> TAPER_INLINE F cos_series(F z) {
    if constexpr (is_float<F>)
        return z * z * poly(z, 0x1.555548p-5f, -0x1.6c0982p-10f, 0x1.98f09p-16f);
    else
        return z * z *
            poly(z, 0x1.555555555554cp-5, -0x1.6c16c16c15166p-10, 0x1.a01a019caf54ep-16, -0x1.27e4f8081f88ap-22,
                0x1.1ee9eaa0950c4p-29, -0x1.8fadec381432ep-37);
}

/// `odd` where n is odd, otherwise `even`: by masks, because SSE2 has no comparison of 64-bit integers.
template <class F> TAPER_INLINE F select_odd(Bits<F> n, F odd, F even) {
    Bits<F> mask = -(n & 1);
    return from_bits<F>((bits(odd) & mask) | (bits(even) & ~mask));
}

/// The sine of r + quadrant * pi/2.
template <class F> TAPER_INLINE F sin_of(Angle<F> x) {
    F z = x.r * x.r;
    F y = select_odd(x.quadrant, (1 - F(0.5) * z) + cos_series(z), x.r + x.r * sin_series(z));
    return from_bits<F>(bits(y) ^ ((x.quadrant & 2) << (sizeof(F) * 8 - 2)));
}

}  // namespace detail

/// e^x: 2^n e^r.
template <std::floating_point F> TAPER_INLINE F exp(F x) {
    using namespace detail;
    auto [n, r] = reduce_exp(x);
    const F step = x < 0 ? -half_far<F> : half_far<F>;
    const F scale = x < 0 ? 1 / two_to_half_far<F> : two_to_half_far<F>;
    F y = times_power_of_two(1 + expm1_near_zero(r), n, step, scale);
    y = x < -far<F> ? F(0) : y;
    return x > far<F> ? infinity<F> : y;
}

/// e^x - 1 without cancellation near 0.
template <std::floating_point F> TAPER_INLINE F expm1(F x) {
    F y = detail::expm1_in_range(x);
    y = x < -50 ? F(-1) : y;
    y = x > (detail::is_float<F> ? F(89) : F(710)) ? detail::infinity<F> : y;
    return detail::abs(x) < std::numeric_limits<F>::epsilon() / 4 ? x : y;  // keeps subnormals and the sign of zero
}

/// The natural logarithm.
template <std::floating_point F> TAPER_INLINE F log(F x) {
    auto [k, f, tail] = detail::reduce_log(x);
    F y = k * detail::Format<F>::ln2_hi + (f + (tail + k * detail::Format<F>::ln2_lo));
    return detail::log_special(x, y);
}

/// ln(1 + x): the rounding error of u = 1 + x, found exactly, comes back as a first-order correction.
template <std::floating_point F> TAPER_INLINE F log1p(F x) {
    F u = 1 + x, rest = u - x;
    F error = (1 - rest) + (x - (u - rest));
    auto [k, f, tail] = detail::reduce_log(u);
    F y = k * detail::Format<F>::ln2_hi + (f + (tail + (k * detail::Format<F>::ln2_lo + error / u)));
    y = detail::log_special(u, y);
    return detail::abs(x) < std::numeric_limits<F>::epsilon() / 4 ? x : y;
}

/// The logarithm to base 2.
template <std::floating_point F> TAPER_INLINE F log2(F x) {
    using Format = detail::Format<F>;
    return detail::log_special(
        x, detail::log_to_base(detail::reduce_log(x), F(1), F(0), Format::log2e_hi, Format::log2e_lo));
}

/// The logarithm to base 10.
template <std::floating_point F> TAPER_INLINE F log10(F x) {
    using Format = detail::Format<F>;
    return detail::log_special(x,
        detail::log_to_base(
            detail::reduce_log(x), Format::lg2_hi, Format::lg2_lo, Format::log10e_hi, Format::log10e_lo));
}

/// The hyperbolic tangent: (e^2|x| - 1) / (e^2|x| + 1), with x's sign.
template <std::floating_point F> TAPER_INLINE F tanh(F x) {
    F a = detail::abs(x);
    F e = detail::expm1_in_range(a + a);
    F y = a > 20 ? F(1) : e / (e + 2);
    return detail::with_sign(y, x);
}

/// The logistic function 1 / (1 + e^-x), as e^x / (1 + e^x) for negative x, where the other form loses subnormal
/// results.
template <std::floating_point F> TAPER_INLINE F sigmoid(F x) {
    F e = detail::exp_of_negative(-detail::abs(x));
    return (x < 0 ? e : F(1)) / (1 + e);
}

/// The error function. Near 0 it is x + x E(x^2); beyond 1.1 it is 1 - p(|x|)^8, p a fit of erfc(x)^(1/8): the power
/// makes a short polynomial fall as fast as erfc, and needs neither exp nor a division.
template <std::floating_point F> TAPER_INLINE F erf(F x) {
    F a = detail::abs(x), z = x * x, e, p;
    if constexpr (detail::is_float<F>) {
        e = detail::poly(z, 0x1.06eba8p-3f, -0x1.81272ep-2f, 0x1.ce29f8p-4f, -0x1.b7c60ap-6f, 0x1.5280c8p-8f,
            -0x1.99586ap-11f, 0x1.2dae92p-14f);
        p = detail::poly(a, 0x1.004732p+0f, -0x1.2affecp-3f, -0x1.eb908cp-5f, -0x1.99a798p-7f, 0x1.b7b846p-7f,
            -0x1.52782cp-9f, 0x1.5036fp-13f);
    } else {
        e = detail::poly(z, 0x1.06eba8214db69p-3, -0x1.812746b0379dfp-2, 0x1.ce2f21a042649p-4, -0x1.b82ce3126f6d1p-6,
            0x1.565bcd0ab50f3p-8, -0x1.c02db35a43a8cp-11, 0x1.f9a3144d55f9fp-14, -0x1.f4d0f2cb0bed8p-17,
            0x1.b9d401386e37bp-20, -0x1.5ec78a015cb63p-23, 0x1.f44fe336f02ap-27, -0x1.2ee468ddbeed7p-30,
            0x1.db2dca2fe5844p-35);
        p = detail::poly(a, 0x1.fffffb2d28aa2p-1, -0x1.20dcc17c61923p-3, -0x1.1d3ab99fa622ep-4, -0x1.0fea64c66509fp-9,
            0x1.ae48eb55cdc9p-8, 0x1.bcafc1b38946ep-13, -0x1.161216e3e1f5ap-11, 0x1.8acce7d9141b7p-14,
            -0x1.c82809f9a41d7p-20, -0x1.36fd323f0fc4dp-18, 0x1.6810c276002f3p-19, -0x1.efeb931d41382p-21,
            0x1.bf5f773da2372p-23, -0x1.153940ba8e796p-25, 0x1.dffb2e981789ap-29, -0x1.1b1258db45b32p-32,
            0x1.9e4dd8af5186ap-37, -0x1.1dbbdc6a4a8a2p-42);
    }
    F p2 = p * p, p4 = p2 * p2;
    F y = 1 - p4 * p4;
    y = a > (detail::is_float<F> ? F(4) : F(6)) ? F(1) : y;
    return a < F(1.1) ? x + x * e : detail::with_sign(y, x);
}

/// The sine of an angle in radians: of any float, of a double below 2^30 in magnitude, beyond which it is NaN.
template <std::floating_point F> TAPER_INLINE F sin(F x) {
    F y = detail::sin_of(detail::reduce_angle(x));
    return detail::abs(x) < std::numeric_limits<F>::epsilon() ? x : y;  // keeps the sign of zero
}

/// The cosine of an angle in radians, of the same angles as the sine.
template <std::floating_point F> TAPER_INLINE F cos(F x) {
    auto angle = detail::reduce_angle(x);
    angle.quadrant += 1;
    return detail::sin_of(angle);
}

/// The tangent of an angle in radians, of the same angles as the sine: the quotient of a sine and a cosine that count
/// the reduction's tail.
template <std::floating_point F> TAPER_INLINE F tan(F x) {
    auto [quadrant, r, tail] = detail::reduce_angle(x);
    F z = r * r, half = F(0.5) * z, one = 1 - half;
    F s = r + (r * detail::sin_series(z) + tail);
    F c = one + (((1 - one) - half) + (detail::cos_series(z) - r * tail));
    F y = detail::select_odd(quadrant, -c, s) / detail::select_odd(quadrant, s, c);
    return detail::abs(x) < std::numeric_limits<F>::epsilon() ? x : y;
}

}  // namespace taper::math
