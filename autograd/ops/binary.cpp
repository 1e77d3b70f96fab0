// Elementwise ops of two tensors and more: arithmetic, comparison, powers, choices.
#include <cmath>

#include "../../tensor/loops.h"
#include "../../tensor/number_range.h"
#include "../../tensor/warning.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

static DType real(DType dtype) { return is_floating_point(dtype) ? dtype : get_default_dtype(); }

// ---- questions: bool, without a gradient

Tensor eq(T a, T b) {
    return map(a, b, [](auto x, auto y) { return x == y; });
}
Tensor ne(T a, T b) {
    return map(a, b, [](auto x, auto y) { return x != y; });
}
Tensor lt(T a, T b) {
    return map(a, b, [](auto x, auto y) { return x < y; });
}
Tensor le(T a, T b) {
    return map(a, b, [](auto x, auto y) { return x <= y; });
}
Tensor gt(T a, T b) {
    return map(a, b, [](auto x, auto y) { return x > y; });
}
Tensor ge(T a, T b) {
    return map(a, b, [](auto x, auto y) { return x >= y; });
}
Tensor logical_and(T a, T b) {
    return map(a, b, [](auto x, auto y) { return (x != 0) & (y != 0); }).to(bool_);
}
Tensor logical_or(T a, T b) {
    return map(a, b, [](auto x, auto y) { return (x != 0) | (y != 0); }).to(bool_);
}
Tensor logical_xor(T a, T b) {
    return map(a, b, [](auto x, auto y) { return (x != 0) != (y != 0); });
}
Tensor bitwise_and(T a, T b) {
    return map<Integers>(a, b, [](auto x, auto y) { return x & y; });
}
Tensor bitwise_or(T a, T b) {
    return map<Integers>(a, b, [](auto x, auto y) { return x | y; });
}
Tensor bitwise_xor(T a, T b) {
    return map<Integers>(a, b, [](auto x, auto y) { return x ^ y; });
}
bool equal(T a, T b) { return a.shape() == b.shape() && all(eq(a, b)).item<bool>(); }
Tensor isclose(T a, T b, double rtol, double atol, bool equal_nan) {
    check(a.dtype() == b.dtype(), "isclose: {} did not match {}: convert one of them by .to(dtype)",
        scalar_name_of(a.dtype()), scalar_name_of(b.dtype()));
    check(rtol >= 0, "isclose: rtol must be greater than or equal to zero, but got {}", rtol);
    check(atol >= 0, "isclose: atol must be greater than or equal to zero, but got {}", atol);
    Tensor x = a.detach(), y = b.detach(), wide = native::cast(y, real(y.dtype()));
    Tensor apart = (native::cast(x, x.dtype() == DType::Bool ? get_default_dtype() : x.dtype()) - wide).abs();
    Tensor close = (x == y) | (isfinite(apart) & (apart <= atol + (rtol * wide).abs()));
    return equal_nan ? close | (isnan(x) & isnan(y)) : close;
}
bool allclose(T a, T b, double rtol, double atol, bool equal_nan) {
    return all(isclose(a, b, rtol, atol, equal_nan)).item<bool>();
}

// ---- arithmetic of two

namespace {
constexpr auto plus = [](auto x, auto y) { return x + y; };
constexpr auto minus = [](auto x, auto y) { return x - y; };
constexpr auto times = [](auto x, auto y) {
    if constexpr (std::is_same_v<decltype(x), bool>)
        return x && y;
    else
        return x * y;
};
}  // namespace

static void check_alpha(const char* op, const Scalar& alpha, T a, T b) {
    check(alpha.kind() != DType::Bool || result_type(a, b) == DType::Bool,
        "{}: Boolean alpha only supported for Boolean results.", op);
}
Tensor add(T a, T b) {
    check_same_device("add", a, b);
    return record(
        "AddBackward0", map(a, b, plus), wrt(a, [](T grad) { return grad; }), wrt(b, [](T grad) { return grad; }));
}
Tensor add_scaled(T a, T b, const Scalar& by) {
    check_alpha("add", by, a, b);
    const double alpha = by.to<double>();
    if (alpha == 1) return add(a, b);
    check_same_device("add", a, b);
    check_fits("add", by, result_type(a, b));
    check(by.kind() != DType::Float64 || is_floating_point(result_type(a, b)),
        "add: For integral input tensors, argument alpha must not be a floating point number.");
    Tensor out = map(a, b, [alpha](auto x, auto y) {
        using N = decltype(x);
        if constexpr (std::is_floating_point_v<N>)
            return std::fma(y, N(alpha), x);
        else if constexpr (std::is_same_v<N, bool>)
            return x || (alpha != 0 && y);
        else
            return x + convert<N>(alpha) * y;
    });
    return record(
        "AddBackward0", out, wrt(a, [](T grad) { return grad; }), wrt(b, [alpha](T grad) { return grad * alpha; }));
}
static void no_bools(T a, T b) {
    check(a.dtype() != DType::Bool || b.dtype() != DType::Bool,
        "sub: Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
        "operator instead.");
    check(a.dtype() != DType::Bool && b.dtype() != DType::Bool,
        "sub: Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, "
        "use the `~` or `logical_not()` operator instead.");
}
Tensor sub(T a, T b) {
    check_same_device("sub", a, b);
    no_bools(a, b);
    return record(a.impl().is_number ? "RsubBackward1" : "SubBackward0", map<Numbers>(a, b, minus),
        wrt(a, [](T grad) { return grad; }), wrt(b, [](T grad) { return -grad; }));
}
Tensor sub_scaled(T a, T b, const Scalar& by) {
    no_bools(a, b);
    check_alpha("sub", by, a, b);
    const double alpha = by.to<double>();
    if (alpha == 1) return sub(a, b);
    Tensor out =
        add_scaled(a, b, by.kind() == DType::Float64 ? Scalar(-alpha) : Scalar(-by.to<std::int64_t>())).detach();
    return record(
        "SubBackward0", out, wrt(a, [](T grad) { return grad; }), wrt(b, [alpha](T grad) { return grad * -alpha; }));
}
Tensor mul(T a, T b) {
    check_same_device("mul", a, b);
    return record("MulBackward0", map(a, b, times), wrt(a, save(b), [](T grad, T b) { return grad * b; }),
        wrt(b, save(a), [](T grad, T a) { return grad * a; }));
}
static Tensor quotient(T a, T b) {
    return map<FloatsAndHalf>(
        a, b, [](auto x, auto y) { return x / y; }, real(result_type(a, b)));
}
namespace {
// The lowest number is its own negative.
template <class N> N negated(N x) { return static_cast<N>(0 - static_cast<std::make_unsigned_t<N>>(x)); }
// Python's % and //: the remainder has the sign of the divisor.
template <class N> N floor_mod(N x, N y) {
    if constexpr (std::is_floating_point_v<N>) {
        N mod = std::fmod(x, y);
        return mod != 0 && (y < 0) != (mod < 0) ? mod + y : mod;
    } else {
        if (std::is_signed_v<N> && y == N(-1)) return 0;  // of the lowest number it would overflow
        N mod = static_cast<N>(x % y);
        return mod != 0 && (y < 0) != (mod < 0) ? mod + y : mod;
    }
}
void no_zero_divisor(const char* op, T a, T b) {
    const DType dtype = result_type(a, b);
    if (is_floating_point(dtype) || a.numel() == 0 || b.numel() == 0) return;
    check(!eq(native::cast(b, dtype), 0).any().item<bool>(),
        "{}: ZeroDivisionError: integer division or modulo by zero", op);
}
// a / b without its fraction.
Tensor quotient_towards_0(T a, T b) {
    no_zero_divisor("div", a, b);
    return map<Numbers>(a, b, [](auto x, auto y) {
        using N = decltype(x);
        if constexpr (std::is_floating_point_v<N>)
            return std::trunc(x / y);
        else if constexpr (std::is_signed_v<N>)
            return y == -1 ? negated(x) : static_cast<N>(x / y);
        else
            return static_cast<N>(x / y);
    });
}
}  // namespace
Tensor div(T a, T b) {
    check_same_device("div", a, b);
    return record("DivBackward0", quotient(a, b), wrt(a, save(b), [](T grad, T b) { return grad / b; }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return -grad * ((a / b) / b); }));
}
Tensor div_rounded(T a, T b, const std::optional<std::string>& rounding_mode) {
    if (!rounding_mode) return div(a, b);
    check_same_device("div", a, b);
    const auto flat = [](T grad) { return zeros_like(grad); };
    if (*rounding_mode == "floor")
        return record("DivBackward2", floor_divide(a, b).detach(), wrt(a, flat), wrt(b, flat));
    check(*rounding_mode == "trunc",
        "div: expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{}'", *rounding_mode);
    return record("DivBackward2", quotient_towards_0(a, b), wrt(a, flat), wrt(b, flat));
}
Tensor remainder(T a, T b) {
    no_zero_divisor("remainder", a, b);
    return record(b.impl().is_number ? "RemainderBackward0" : "RemainderBackward1",
        map<Numbers>(a, b, [](auto x, auto y) { return floor_mod(x, y); }), wrt(a, [](T grad) { return grad; }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return -grad * div_rounded(a, b, "floor"); }));
}
Tensor floor_divide(T a, T b) {
    no_zero_divisor("floor_divide", a, b);
    Tensor out = map<Numbers>(a, b, [](auto x, auto y) {
        using N = decltype(x);
        if constexpr (std::is_floating_point_v<N>) {
            if (y == 0) return x / y;
            N mod = std::fmod(x, y), whole = (x - mod) / y;
            if (mod != 0 && (y < 0) != (mod < 0)) whole -= 1;
            if (whole == 0) return std::copysign(N(0), x / y);
            N down = std::floor(whole);
            return whole - down > N(0.5) ? down + 1 : down;
        } else if constexpr (std::is_signed_v<N>) {
            return y == -1 ? negated(x) : static_cast<N>((x - floor_mod(x, y)) / y);
        } else {
            return static_cast<N>(x / y);
        }
    });
    const auto refused = [](T) -> Tensor { fail("derivative for aten::floor_divide is not implemented"); };
    return record("NotImplemented", out, wrt(a, refused), wrt(b, refused));
}
Tensor fmod(T a, T b) {
    no_zero_divisor("fmod", a, b);
    Tensor out = map<Numbers>(a, b, [](auto x, auto y) {
        if constexpr (std::is_floating_point_v<decltype(x)>)
            return std::fmod(x, y);
        else
            return std::is_signed_v<decltype(y)> && y == decltype(y)(-1) ? decltype(x)(0) : decltype(x)(x % y);
    });
    return record(b.impl().is_number ? "FmodBackward0" : "FmodBackward1", out, wrt(a, [](T grad) { return grad; }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return -grad * div_rounded(a, b, "trunc"); }));
}

// ---- powers: the exponents that are products or roots are computed as such, as PyTorch does

namespace {

template <class N> N whole_power(N base, N exponent) {
    if (exponent < 0) return base == 1 ? 1 : base == N(-1) ? (exponent % 2 ? N(-1) : 1) : 0;
    N product = 1;
    for (; exponent; exponent /= 2, base *= base)
        if (exponent % 2) product *= base;
    return product;
}

template <class Use> Tensor with_power(double p, Use use) {
    if (p == 1) return use([](auto v) { return v; });
    if (p == 2) return use([](auto v) { return v * v; });
    if (p == 3) return use([](auto v) { return v * v * v; });
    if (p == 0.5) return use([](auto v) { return std::sqrt(v); });
    if (p == -1) return use([](auto v) { return 1 / v; });
    if (p == -2) return use([](auto v) { return 1 / (v * v); });
    if (p == -0.5) return use([](auto v) { return 1 / std::sqrt(v); });
    return use([p](auto v) { return std::pow(v, decltype(v)(p)); });
}
Tensor power_values(T x, double p) {
    return with_power(p, [&](auto power) { return map<FloatsAndHalf>(x, power); });
}
Tensor power_backward(T grad, T base, double p) {
    if (p == 0) return zeros_like(grad);
    if (autograd::is_grad_enabled()) return grad * (p * pow(base, Tensor(p - 1)));
    return with_power(p - 1, [&](auto power) {
        return map<FloatsAndHalf>(grad, base, [p, power](auto g, auto v) { return g * (decltype(v)(p) * power(v)); });
    });
}

Tensor powers(T base, T exponent) {
    DType dtype = result_type(base, exponent);
    if (is_floating_point(dtype)) {
        if (exponent.impl().is_number) return power_values(native::cast(base, dtype), exponent.item());
        return map<FloatsAndHalf>(base, exponent, [](auto x, auto y) { return std::pow(x, y); });
    }
    check(!exponent.impl().is_number || exponent.item() >= 0,
        "pow: Integers to negative integer powers are not allowed.");
    check(dtype != DType::Bool, "pow: \"pow\" not implemented for 'Bool'");
    check_fits("pow", base, dtype);
    check_fits("pow", exponent, dtype);
    return map<Types<std::uint8_t, std::int8_t, std::int16_t, std::int32_t, std::int64_t>>(
        base, exponent, [](auto x, auto y) { return whole_power(x, y); });
}

}  // namespace

Tensor pow(T base, T exponent) {
    if (exponent.impl().is_number) {
        double p = exponent.item();
        return record("PowBackward0", powers(base, exponent),
            wrt(base, save(base), [p](T grad, T base) { return power_backward(grad, base, p); }));
    }
    return record("PowBackward1", powers(base, exponent),
        wrt(base, save(base, exponent),
            [](T grad, T base, T exponent) {
                return where(exponent == 0, 0, grad * (exponent * base.pow(exponent - 1)));
            }),
        wrt(exponent, save(base, exponent), [](T grad, T out, T base, T exponent) {
            return grad * where((base == 0) & (exponent >= 0), 0, out * base.log());
        }));
}
Tensor atan2(T y, T x) {
    Tensor out = map<Floats>(
        y, x, [](auto v, auto u) { return std::atan2(v, u); }, real(result_type(y, x)));
    return record("Atan2Backward0", out,
        wrt(y, save(y, x), [](T grad, T y, T x) { return grad * x / (x * x + y * y); }),
        wrt(x, save(y, x), [](T grad, T y, T x) { return grad * -y / (x * x + y * y); }));
}

// ---- choices

Tensor maximum(T a, T b) {
    Tensor out = map(a, b, [](auto x, auto y) {
        auto larger = x > y ? x : y;
        return x != x ? x : larger;
    });
    return record("MaximumBackward0", out,
        wrt(a, save(a, b), [](T grad, T a, T b) { return where(a < b, 0, where(a == b, grad / 2, grad)); }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return where(a > b, 0, where(a == b, grad / 2, grad)); }));
}
Tensor minimum(T a, T b) {
    Tensor out = map(a, b, [](auto x, auto y) {
        auto smaller = x < y ? x : y;
        return x != x ? x : smaller;
    });
    return record("MinimumBackward0", out,
        wrt(a, save(a, b), [](T grad, T a, T b) { return where(a > b, 0, where(a == b, grad / 2, grad)); }),
        wrt(b, save(a, b), [](T grad, T a, T b) { return where(a < b, 0, where(a == b, grad / 2, grad)); }));
}
Tensor where(T condition, T a, T b) {
    check(condition.dtype() == DType::Bool || condition.dtype() == DType::UInt8,
        "where: expected condition to be a boolean tensor, but got a tensor with dtype {}",
        scalar_name_of(condition.dtype()));
    Shape shape = broadcast_shapes(broadcast_shapes(condition.shape(), a.shape()), b.shape());
    if (condition.dtype() == DType::UInt8)
        warn(
            "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future "
            "version of PyTorch. Use a boolean condition instead.");
    Tensor mask = native::cast(condition, bool_);
    const DType dtype = result_type(a, b);
    check_fits("where", a, dtype);
    check_fits("where", b, dtype);
    const Tensor x = native::cast(a, dtype), y = native::cast(b, dtype);
    Tensor out = native::like(x.shape() == shape ? x : y.shape() == shape ? y : mask, shape, dtype);
    visit_bytes(size_of(dtype), [&](auto zero) {
        using Bits = decltype(zero);
        for_each_element<Bits, const std::uint8_t, const Bits, const Bits>(shape,
            {operand(out), operand(mask), operand(x), operand(y)},
            [](Bits& to, const std::uint8_t& which, const Bits& x, const Bits& y) {
                const Bits u = x,
                           v = y;  // both are read, and the mask as a number, or GCC would branch at each element
                to = which ? u : v;
            });
    });
    return record("WhereBackward0", out, wrt(a, save(mask), [](T grad, T mask) { return where(mask, grad, 0); }),
        wrt(b, save(mask), [](T grad, T mask) { return where(mask, 0, grad); }));
}
Tensor lerp(T start, T end, T weight) {
    for (auto [name, of] : {std::pair("end", &end), std::pair("weight", &weight)})
        check(of->dtype() == start.dtype() || of->impl().is_number,
            "lerp: expected dtype {} for `{}` but got dtype {}: convert it by .to(dtype)", name_of(start.dtype()), name,
            name_of(of->dtype()));
    check_fits("lerp", weight, start.dtype());
    refuse("lerp", "lerp_kernel_tensor", start.dtype(), {DType::Float16});
    check(start.is_floating_point(), "lerp: \"lerp_kernel\" not implemented for '{}'", scalar_name_of(start.dtype()));
    Tensor out;
    {
        NoGradGuard no_grad;  // from the nearer end
        const auto value_of = [](T start, T end, T weight) {
            Tensor apart = end - start;
            return where(weight < 0.5, start + weight * apart, end - apart * (1 - weight)).to(start.dtype());
        };
        out = is_narrow(start.dtype()) ? in_wide(value_of, start, end, weight) : value_of(start, end, weight);
    }
    return record(weight.impl().is_number ? "LerpBackward0" : "LerpBackward1", out,
        wrt(start, save(weight), [](T grad, T weight) { return grad * (1 - weight); }),
        wrt(end, save(weight), [](T grad, T weight) { return grad * weight; }),
        wrt(weight, save(start, end), [](T grad, T start, T end) { return grad * (end - start); }));
}
// `value` as the dtype of the result takes it.
static Scalar factor_for(const char* op, DType dtype, double value) {
    if (is_floating_point(dtype)) return value;
    check(dtype != DType::Bool, "{}: \"{}_cpu_out\" not implemented for 'Bool'", op, op);
    check(dtype != DType::UInt8 || (value > -1 && value < 256),
        "{}: value cannot be converted to type uint8_t without overflow", op);
    check_fits(op, Scalar(value), dtype);
    return static_cast<std::int64_t>(value);  // without its fraction, as PyTorch takes it
}
Tensor addcmul(T x, T a, T b) { return addcmul_scaled(x, a, b, 1); }
Tensor addcmul_scaled(T x, T a, T b, double value) {
    const Tensor all[] = {x, a, b};
    const Scalar factor = factor_for("addcmul", result_type(all), value);
    refuse("addcmul", "addcmul_cpu_out", result_type(all), {DType::Float16});
    Tensor out;
    {
        NoGradGuard no_grad;
        const auto value_of = [&](T x, T a, T b) { return x + Tensor(factor) * a * b; };
        out = is_narrow(x.dtype()) ? in_wide(value_of, x, a, b) : value_of(x, a, b);
    }
    return record("AddcmulBackward0", out, wrt(x, [](T grad) { return grad; }),
        wrt(a, save(b), [value](T grad, T b) { return grad * (b * value); }),
        wrt(b, save(a), [value](T grad, T a) { return grad * (a * value); }));
}
Tensor addcdiv(T x, T a, T b) { return addcdiv_scaled(x, a, b, 1); }
Tensor addcdiv_scaled(T x, T a, T b, double value) {
    check(a.is_floating_point() || b.is_floating_point(),
        "addcdiv: Integer division with addcdiv is no longer supported, and in a future release addcdiv will perform a "
        "true division of tensor1 and tensor2: divide them beforehand, by torch.div");
    const Tensor all[] = {x, a, b};
    refuse("addcdiv", "addcdiv_cpu_out", result_type(all), {DType::Float16});
    Tensor out;
    {
        NoGradGuard no_grad;
        const auto value_of = [value](T x, T a, T b) { return x + value * a / b; };
        out = is_narrow(x.dtype()) ? in_wide(value_of, x, a, b) : value_of(x, a, b);
    }
    return record("AddcdivBackward0", out, wrt(x, [](T grad) { return grad; }),
        wrt(a, save(b), [value](T grad, T b) { return grad * (value / b); }),
        wrt(b, save(a, b), [value](T grad, T a, T b) { return -grad * (value * a / (b * b)); }));
}

}  // namespace taper::ops

namespace taper {

using T = const Tensor&;

// ---- operators

Tensor operator+(T a, T b) { return ops::add(a, b); }
Tensor operator-(T a, T b) { return ops::sub(a, b); }
Tensor operator*(T a, T b) { return ops::mul(a, b); }
Tensor operator/(T a, T b) {
    return a.impl().is_number && !b.impl().is_number ? ops::mul(ops::reciprocal(b), a) : ops::div(a, b);
}
Tensor operator%(T a, T b) { return ops::remainder(a, b); }
Tensor operator==(T a, T b) { return ops::eq(a, b); }
Tensor operator!=(T a, T b) { return ops::ne(a, b); }
Tensor operator<(T a, T b) { return ops::lt(a, b); }
Tensor operator<=(T a, T b) { return ops::le(a, b); }
Tensor operator>(T a, T b) { return ops::gt(a, b); }
Tensor operator>=(T a, T b) { return ops::ge(a, b); }
Tensor operator&(T a, T b) { return ops::bitwise_and(a, b); }
Tensor operator|(T a, T b) { return ops::bitwise_or(a, b); }
Tensor operator^(T a, T b) { return ops::bitwise_xor(a, b); }
Tensor Tensor::operator-() const { return ops::neg(*this); }
Tensor Tensor::operator~() const { return ops::bitwise_not(*this); }

}  // namespace taper
