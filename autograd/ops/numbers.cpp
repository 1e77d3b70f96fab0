// Elementwise functions of numbers: signs, bits, angles. Their special relatives are next door.
#include "numbers.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "../../tensor/promotion.h"
#include "by_address.h"
#include "narrow.h"

namespace taper::ops {

using autograd::named, autograd::record, autograd::save, autograd::wrt;
using std::numbers::pi;
using T = const Tensor&;

namespace {

Tensor flat(const char* name, T x, Tensor out) {
    return record(name, std::move(out), wrt(x, [](T grad) { return zeros_like(grad); }));
}

// A step whose derivative is an Error, of these words.
Tensor without_derivative(const char* name, const char* words, Tensor out, T a, T b) {
    const auto refused = [words](T) -> Tensor { fail("{}", words); };
    return record(name, std::move(out), wrt(a, refused), wrt(b, refused));
}

}  // namespace

// ---- of one tensor

Tensor asinh(T x) {
    return record("AsinhBackward0", map_by_address(x, [](auto v) { return std::asinh(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * (x.pow(2) + 1).rsqrt(); }));
}
Tensor acosh(T x) {
    return record("AcoshBackward0", map_by_address(x, [](auto v) { return std::acosh(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * (x.pow(2) - 1).rsqrt(); }));
}
Tensor atanh(T x) {
    return record("AtanhBackward0", map_by_address(x, [](auto v) { return std::atanh(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * 1 / (1 - x.pow(2)); }));
}
Tensor sinc(T x) {
    Tensor out = map_by_address(x, [](auto v) {
        const decltype(v) angle = decltype(v)(pi) * v;
        return v == 0 ? 1 : std::sin(angle) / angle;
    });
    return record("SincBackward0", out, wrt(x, save(x), [](T grad, T x) {
        const Tensor angle = x * pi, square = x * x * pi;
        return where(square == 0, 0, grad * ((angle * cos(angle) - sin(angle)) / square));
    }));
}
static Tensor scaled_angle(const char* name, T x, double by) {
    Tensor out;
    {
        NoGradGuard no_grad;
        out = x * by;
    }
    return record(name, out, wrt(x, [by](T grad) { return grad * by; }));
}
Tensor deg2rad(T x) { return scaled_angle("Deg2RadBackward0", x, pi / 180); }
Tensor rad2deg(T x) { return scaled_angle("Rad2DegBackward0", x, 180 / pi); }
Tensor sgn(T x) { return flat("SgnBackward0", x, sign(x.detach())); }
Tensor conj_physical(T x) { return x; }
Tensor positive(T x) {
    check(x.dtype() != DType::Bool, "positive: The `+` operator, on a bool tensor is not supported.");
    return x;
}
Tensor angle(T x) {
    const Tensor value = x.detach(), number = x.is_floating_point() ? value : native::cast(value, get_default_dtype());
    return flat("AngleBackward0", x, where(isnan(value), number, where(value < 0, pi, 0)).to(number.dtype()));
}
Tensor adjoint(T x) {
    check(x.ndim() >= 2 || x.ndim() == 0,
        "adjoint: tensor.adjoint() is only supported on matrices or batches of "
        "matrices. Got {}-D tensor.",
        x.ndim());
    return x.ndim() == 0 ? x : transpose(x, -2, -1);
}
Tensor signbit(T x) {
    return map<AllTypes>(x, [](auto v) {
        if constexpr (std::is_floating_point_v<decltype(v)>)
            return std::signbit(v);
        else
            return std::is_signed_v<decltype(v)> && v < decltype(v)(0);
    });
}
Tensor isposinf(T x) { return eq(x, INFINITY); }
Tensor isneginf(T x) { return eq(x, -INFINITY); }
Tensor isreal(T x) { return ones_like(x.detach(), {.dtype = bool_}); }
MantissaAndExponent frexp(T x) {
    check(x.is_floating_point(), "frexp: torch.frexp() only supports floating-point dtypes");
    const Tensor exponent = native::cast(map_by_address<FloatsAndHalf>(x,
                                             [](auto v) {
                                                 int exponent = 0;
                                                 std::frexp(v, &exponent);
                                                 return exponent;
                                             }),
        int32);
    const Tensor mantissa = map_by_address<FloatsAndHalf>(x, [](auto v) {
        int exponent = 0;
        return std::frexp(v, &exponent);
    });
    return {record("FrexpBackward0", mantissa,
                wrt(x, save(exponent), [](T grad, T exponent) { return grad / exp2(exponent.to(grad.dtype())); })),
        exponent};
}
Tensor logit(T x, const std::optional<double>& eps) {
    refuse("logit", "logit_cpu", x.dtype(), {DType::Float16});
    if (x.dtype() == DType::BFloat16) return in_wide([&](T x) { return logit(x, eps); }, x);
    Tensor out;
    {
        NoGradGuard no_grad;
        const Tensor number = x.is_floating_point() ? Tensor(x) : native::cast(x, get_default_dtype());
        const Tensor within =
            eps ? clamp(number, std::optional(Scalar(*eps)), std::optional(Scalar(1 - *eps))) : number;
        out = map_by_address(within, [](auto v) { return std::log(v / (1 - v)); });
    }
    const double low = eps.value_or(0);
    return record("LogitBackward0", out, wrt(x, save(x), [low, outside = eps ? 0 : NAN](T grad, T x) {
        return where((x >= low) & (x <= 1 - low), grad / (x * (1 - x)), outside);
    }));
}

// ---- of two

Tensor hypot(T a, T b) {
    const DType dtype = result_type(a, b);
    check(is_floating_point(dtype), "hypot: \"hypot_cpu\" not implemented for '{}'", scalar_name_of(dtype));
    return record("HypotBackward0", map_by_address(a, b, [](auto u, auto v) { return std::hypot(u, v); }),
        wrt(a, save(a), [](T grad, T out, T a) { return grad * (a / out); }),
        wrt(b, save(b), [](T grad, T out, T b) { return grad * (b / out); }));
}
Tensor copysign(T a, T b) {
    Tensor out = map_by_address<FloatsAndHalf>(a, b, [](auto u, auto v) { return std::copysign(u, v); });
    return record(b.impl().is_number ? "CopysignBackward1" : "CopysignBackward0", out,
        wrt(a, save(a), [](T grad, T out, T a) { return grad * (out / a).masked_fill(a == 0, 0); }),
        wrt(b, [](T grad) { return zeros_like(grad); }));
}

// Of bfloat16 the next number is the one whose bits, as a whole number, are the next.
static BFloat16 next_after(BFloat16 from, BFloat16 to) {
    const float u = from, v = to;
    if (u != u || v != v) return NAN;
    if (u == v) return to;
    if (u == 0) {
        from.bits = static_cast<std::uint16_t>((to.bits & 0x8000) | 1);
        return from;
    }
    from.bits = static_cast<std::uint16_t>(from.bits + ((u < v) == (u > 0) ? 1 : -1));
    return from;
}
Tensor nextafter(T a, T b) {
    const DType dtype = result_type(a, b);
    check(holds(Floats(), dtype), "nextafter: \"nextafter_cpu\" not implemented for '{}'", scalar_name_of(dtype));
    Tensor out;
    if (dtype == DType::BFloat16) {
        const Tensor x = native::cast(a, dtype), y = native::cast(b, dtype);
        const Shape shape = broadcast_shapes(x.shape(), y.shape());
        out = native::like(x.shape() == shape ? x : y, shape, dtype);
        for_each_element<BFloat16, const BFloat16, const BFloat16>(shape, {operand(out), operand(x), operand(y)},
            [](BFloat16& to, const BFloat16& u, const BFloat16& v) { to = next_after(u, v); });
    } else {
        out = map_by_address<FloatAndDouble>(a, b, [](auto u, auto v) { return std::nextafter(u, v); });
    }
    return without_derivative("NextafterBackward0", "the derivative for 'nextafter' is not implemented.", out, a, b);
}
Tensor ldexp(T a, T b) { return mul(a, pow(Tensor(2.0), b)); }
Tensor heaviside(T x, T values) {
    check(
        x.dtype() == values.dtype(), "heaviside: heaviside is not yet implemented for tensors with different dtypes.");
    const Tensor at = x.detach();
    return without_derivative("NotImplemented", "derivative for aten::heaviside is not implemented",
        where(at == 0, values.detach(), (at > 0).to(x.dtype())), x, values);
}
Tensor float_power(T base, T exponent) {
    const auto wide = [](T x) { return x.impl().is_number ? Tensor(x.item()) : to(x, DType::Float64); };
    if (base.impl().is_number && exponent.impl().is_number) return pow(to(base, DType::Float64), wide(exponent));
    return pow(wide(base), wide(exponent));
}
Tensor fmax(T a, T b) {
    Tensor out;
    {
        NoGradGuard no_grad;
        out = where((a >= b) | isnan(b), a, b);
    }
    return record("FmaxBackward0", out,
        wrt(a, save(a, b), [](T grad, T a, T b) { return where((a >= b) | isnan(b), grad, 0); }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return where((a >= b) | isnan(b), 0, grad); }));
}
Tensor fmin(T a, T b) {
    Tensor out;
    {
        NoGradGuard no_grad;
        out = where((a <= b) | isnan(b), a, b);
    }
    return record("FminBackward0", out,
        wrt(a, save(a, b), [](T grad, T a, T b) { return where((a <= b) | isnan(b), grad, 0); }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return where((a <= b) | isnan(b), 0, grad); }));
}
Tensor rsub(T x, T other, const Scalar& alpha) {
    return named(other.impl().is_number ? "RsubBackward1" : "RsubBackward0", sub_scaled(other, x, alpha));
}

// ---- of whole numbers

namespace {
using WholeNumbers = Types<std::uint8_t, std::int8_t, std::int16_t, std::int32_t, std::int64_t>;

void check_whole(const char* op, const char* kernel, T a, T b) {
    const DType dtype = result_type(a, b);
    check(holds(WholeNumbers(), dtype), "{}: \"{}_cpu\" not implemented for '{}'", op, kernel, scalar_name_of(dtype));
}
// Error-free for the lowest number too, whose size is that of no other.
template <class N> std::make_unsigned_t<N> size_of_number(N v) {
    using Size = std::make_unsigned_t<N>;
    return v < 0 ? static_cast<Size>(0 - static_cast<Size>(v)) : static_cast<Size>(v);
}
}  // namespace

Tensor gcd(T a, T b) {
    check_whole("gcd", "gcd", a, b);
    return map<WholeNumbers>(
        a, b, [](auto u, auto v) { return static_cast<decltype(u)>(std::gcd(size_of_number(u), size_of_number(v))); });
}
Tensor lcm(T a, T b) {
    check_whole("lcm", "lcm", a, b);
    return map<WholeNumbers>(a, b, [](auto u, auto v) {
        using N = decltype(u);
        const auto divisor = std::gcd(size_of_number(u), size_of_number(v));
        return static_cast<N>(
            divisor == 0 ? 0 : size_of_number(static_cast<N>(size_of_number(u) / divisor * size_of_number(v))));
    });
}
Tensor bitwise_left_shift(T a, T b) {
    check_whole("bitwise_left_shift", "lshift", a, b);
    return map<WholeNumbers>(a, b, [](auto u, auto v) {
        using N = decltype(u);
        constexpr int bits = sizeof(N) * 8;
        return v < 0 || v >= N(bits) ? N(0) : static_cast<N>(static_cast<std::make_unsigned_t<N>>(u) << v);
    });
}
Tensor bitwise_right_shift(T a, T b) {
    check_whole("bitwise_right_shift", "rshift", a, b);
    return map<WholeNumbers>(a, b, [](auto u, auto v) {
        using N = decltype(u);
        constexpr int last = sizeof(N) * 8 - 1;
        return static_cast<N>(u >> (v < 0 || v > N(last) ? N(last) : v));
    });
}

// ---- what is written in place

Tensor answer(const char* of_number, const char* of_tensor, T x, T other, T answers) {
    const auto flat = [](T grad) { return zeros_like(grad); };
    return record(
        other.impl().is_number ? of_number : of_tensor, to(answers, x.dtype()), wrt(x, flat), wrt(other, flat));
}
Tensor float_power_of_double(T x, T exponent) {
    check(x.dtype() == DType::Float64,
        "float_power_: the base given to float_power_ has dtype {} but the operation's result requires dtype Double",
        scalar_name_of(x.dtype()));
    return float_power(x, exponent);
}
Tensor running_in_place(const char* op, T x, const std::optional<DType>& dtype, T value) {
    check(x.dtype() != DType::Bool || x.ndim() == 0 || x.numel() == 0, "{}: \"{}out_cpu\" not implemented for 'Bool'",
        op, op);
    check(!dtype || *dtype == x.dtype(),
        "{}: Bad in-place call: input tensor dtype {} and output tensor dtype {} should match", op, x.dtype(),
        dtype.value_or(x.dtype()));
    return to(value, x.dtype());
}

}  // namespace taper::ops
