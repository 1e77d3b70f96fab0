// Elementwise ops of one tensor: each with its value and its derivative, and the method of its name.
#include <cmath>

#include "../../tensor/kernels/math.h"
#include "../../tensor/loops.h"
#include "../../tensor/number_range.h"
#include "../ops.h"
#include "fused.h"

namespace taper::ops {

using autograd::fused, autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

// Whole numbers become the default floating type.
Tensor real(T x) { return x.is_floating_point() ? x : native::cast(x, get_default_dtype()); }

void no_bool(const char* op, const char* sentence, T x) {
    check(x.dtype() != DType::Bool,
        "{}: {} on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
        "`logical_not()` operator instead.",
        op, sentence);
}

}  // namespace

// ---- of one tensor: powers and signs

Tensor neg(T x) {
    no_bool("neg", "Negation, the `-` operator,", x);
    return record("NegBackward0", map<Numbers>(x, [](auto v) { return -v; }), wrt(x, [](T grad) { return -grad; }));
}
Tensor sign(T x) {
    return record("SignBackward0",
        map<AllTypes>(x,
            [](auto v) {
                if constexpr (std::is_unsigned_v<decltype(v)>)
                    return decltype(v)(v != 0);
                else
                    return decltype(v)((v > 0) - (v < 0));
            }),
        wrt(x, [](T grad) { return zeros_like(grad); }));
}
Tensor abs(T x) {
    return record("AbsBackward0",
        map<Numbers>(x,
            [](auto v) {
                if constexpr (std::is_unsigned_v<decltype(v)>)
                    return v;
                else
                    return std::abs(v);
            }),
        wrt(x, save(x), [](T grad, T x) { return grad * sign(x); }));
}
Tensor square(T x) { return pow(x, 2); }
Tensor reciprocal(T x) {
    return record("ReciprocalBackward0", map<FloatsAndHalf>(real(x), [](auto v) { return 1 / v; }),
        wrt(x, [](T grad, T out) { return fused(grad, out, [](auto g, auto y) { return -g * (y * y); }); }));
}
Tensor sqrt(T x) {
    return record("SqrtBackward0", map(real(x), [](auto v) { return std::sqrt(v); }),
        wrt(x, [](T grad, T out) { return fused(grad, out, [](auto g, auto y) { return g / (2 * y); }); }));
}
Tensor rsqrt(T x) {
    return record("RsqrtBackward0", map(real(x), [](auto v) { return 1 / std::sqrt(v); }),
        wrt(x, [](T grad, T out) { return -0.5 * grad * out.pow(3); }));
}

// ---- exponentials and logarithms

Tensor exp(T x) {
    return record("ExpBackward0", map(real(x), [](auto v) { return math::exp(v); }),
        wrt(x, [](T grad, T out) { return grad * out; }));
}
Tensor exp2(T x) {
    return record("Exp2Backward0", map<FloatsAndHalf>(real(x), [](auto v) { return std::exp2(v); }),
        wrt(x, [](T grad, T out) { return grad * out * std::log(2.); }));
}
Tensor expm1(T x) {
    return record("Expm1Backward0", map(real(x), [](auto v) { return math::expm1(v); }),
        wrt(x, [](T grad, T out) { return fused(grad, out, [](auto g, auto y) { return g * (y + 1); }); }));
}
Tensor log(T x) {
    return record("LogBackward0", map(real(x), [](auto v) { return math::log(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad / x; }));
}
Tensor log2(T x) {
    return record("Log2Backward0", map(real(x), [](auto v) { return math::log2(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad / (x * std::log(2.)); }));
}
Tensor log10(T x) {
    return record("Log10Backward0", map(real(x), [](auto v) { return math::log10(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad / (x * std::log(10.)); }));
}
Tensor log1p(T x) {
    return record("Log1PBackward0", map(real(x), [](auto v) { return math::log1p(v); }),
        wrt(x, save(x), [](T grad, T x) { return fused(grad, x, [](auto g, auto v) { return g / (v + 1); }); }));
}

// ---- angles

// The kernels of math.h give NaN for doubles of 2^30 and more: there the C library answers, one element at a time.
template <class Kernel, class Library> static Tensor of_any_angle(T x, Kernel kernel, Library library) {
    const Tensor angle = real(x), out = map(angle, kernel);
    if (out.dtype() != DType::Float64 || !any(isnan(out)).item<bool>()) return out;
    return map<Types<double>>(angle, out, [library](double v, double y) { return y == y ? y : library(v); });
}
Tensor sin(T x) {
    return record("SinBackward0",
        of_any_angle(
            x, [](auto v) { return math::sin(v); }, [](double v) { return std::sin(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * cos(x); }));
}
Tensor cos(T x) {
    return record("CosBackward0",
        of_any_angle(
            x, [](auto v) { return math::cos(v); }, [](double v) { return std::cos(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * -sin(x); }));
}
Tensor tan(T x) {
    return record("TanBackward0",
        of_any_angle(
            x, [](auto v) { return math::tan(v); }, [](double v) { return std::tan(v); }),
        wrt(x, [](T grad, T out) { return fused(grad, out, [](auto g, auto y) { return g * (1 + y * y); }); }));
}
Tensor asin(T x) {
    return record("AsinBackward0", map(real(x), [](auto v) { return std::asin(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * (1 - x * x).rsqrt(); }));
}
Tensor acos(T x) {
    return record("AcosBackward0", map(real(x), [](auto v) { return std::acos(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * -(1 - x * x).rsqrt(); }));
}
Tensor atan(T x) {
    return record("AtanBackward0", map(real(x), [](auto v) { return std::atan(v); }),
        wrt(x, save(x), [](T grad, T x) { return fused(grad, x, [](auto g, auto v) { return g / (v * v + 1); }); }));
}
Tensor sinh(T x) {
    return record("SinhBackward0", map(real(x), [](auto v) { return std::sinh(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * cosh(x); }));
}
Tensor cosh(T x) {
    return record("CoshBackward0", map(real(x), [](auto v) { return std::cosh(v); }),
        wrt(x, save(x), [](T grad, T x) { return grad * sinh(x); }));
}

// ---- the two whose derivative from the result is one kernel, since every small net runs it

static Tensor tanh_backward(T grad, T out) {
    return record("TanhBackwardBackward0", map<Floats>(grad, out, [](auto g, auto y) { return g * (1 - y * y); }),
        wrt(grad, save(out), [](T gg, T out) { return tanh_backward(gg, out); }),
        wrt(out, save(grad, out), [](T gg, T grad, T out) { return gg * grad * (-2 * out); }));
}
Tensor tanh(T x) {
    return record("TanhBackward0", map(real(x), [](auto v) { return math::tanh(v); }),
        wrt(x, [](T grad, T out) { return tanh_backward(grad, out); }));
}
static Tensor sigmoid_backward(T grad, T out) {
    return record("SigmoidBackwardBackward0", map<Floats>(grad, out, [](auto g, auto y) { return g * (1 - y) * y; }),
        wrt(grad, save(out), [](T gg, T out) { return sigmoid_backward(gg, out); }),
        wrt(out, save(grad, out), [](T gg, T grad, T out) { return gg * grad * (1 - 2 * out); }));
}
Tensor sigmoid(T x) {
    return record("SigmoidBackward0", map(real(x), [](auto v) { return math::sigmoid(v); }),
        wrt(x, [](T grad, T out) { return sigmoid_backward(grad, out); }));
}
Tensor erf(T x) {
    return record("ErfBackward0", map(real(x), [](auto v) { return math::erf(v); }),
        wrt(x, save(x), [](T grad, T x) { return 2 / std::sqrt(M_PI) * exp(-x.pow(2)) * grad; }));
}
// A rational starting value, then two steps of Newton's method: PyTorch's own, with the fused products of its build.
template <class V> static V erfinv_value(V y) {
    const V size = std::abs(y);
    if (!(size < 1)) return size == 1 ? std::copysign(V(INFINITY), y) : V(NAN);
    auto polynomial = [](V z, std::initializer_list<double> coefficients) {
        V sum = 0;
        for (double c : coefficients) sum = std::fma(sum, z, V(c));
        return sum;
    };
    V x;
    if (size <= V(0.7)) {
        const V z = y * y;
        x = y * polynomial(z, {-0.140543331, 0.914624893, -1.645349621, 0.886226899}) /
            polynomial(z, {0.012229801, -0.329097515, 1.442710462, -2.118377725, 1});
    } else {
        const V z = std::sqrt(-std::log((1 - size) / 2));
        x = std::copysign(polynomial(z, {1.641345311, 3.429567803, -1.624906493, -1.970840454}), y) /
            polynomial(z, {1.6370678, 3.5438892, 1});
    }
    for (int step = 0; step < 2; ++step) x -= (std::erf(x) - y) / (V(2) / V(std::sqrt(M_PI)) * std::exp(-x * x));
    return x;
}
Tensor erfinv(T x) {
    return record("ErfinvBackward0", map(real(x), [](auto v) { return erfinv_value(v); }),
        wrt(x, [](T grad, T out) { return std::sqrt(M_PI) / 2 * exp(out.pow(2)) * grad; }));
}

// ---- to whole numbers: their gradient is 0

static Tensor flat(const char* name, T x, Tensor out) {
    return record(name, std::move(out), wrt(x, [](T grad) { return zeros_like(grad); }));
}
static void no_kernel_for_bool(const char* op, T x) {
    check(x.dtype() != DType::Bool, "{}: \"{}_vml_cpu\" not implemented for 'Bool'", op, op);
}
Tensor floor(T x) {
    no_kernel_for_bool("floor", x);
    return x.is_floating_point() ? flat("FloorBackward0", x, map(x, [](auto v) { return std::floor(v); })) : x;
}
Tensor ceil(T x) {
    no_kernel_for_bool("ceil", x);
    return x.is_floating_point() ? flat("CeilBackward0", x, map(x, [](auto v) { return std::ceil(v); })) : x;
}
Tensor round(T x, std::int64_t decimals) {
    no_kernel_for_bool("round", x);
    if (decimals != 0 && x.is_floating_point()) {
        const double scale = std::pow(10., static_cast<double>(std::abs(decimals)));
        return flat("RoundBackward1", x, map(x, [scale, decimals](auto v) {
            using F = decltype(v);
            return decimals > 0 ? std::nearbyint(v * F(scale)) / F(scale) : std::nearbyint(v / F(scale)) * F(scale);
        }));
    }
    return x.is_floating_point() ? flat("RoundBackward0", x, map(x, [](auto v) { return std::nearbyint(v); })) : x;
}
Tensor trunc(T x) {
    no_kernel_for_bool("trunc", x);
    return x.is_floating_point() ? flat("TruncBackward0", x, map(x, [](auto v) { return std::trunc(v); })) : x;
}
Tensor frac(T x) {
    return record("FracBackward0", map<FloatsAndHalf>(x, [](auto v) { return v - std::trunc(v); }),
        wrt(x, [](T grad) { return grad; }));
}

// ---- within limits

static Tensor clamp_values(T x, std::optional<Scalar> min, std::optional<Scalar> max) {
    refuse("clamp", "clamp_scalar_cpu", x.dtype(), {DType::Float16});
    if (!x.is_floating_point())
        return map<Numbers>(x, [min, max](auto v) {
            using N = decltype(v);
            const N at_least = min ? std::max(v, min->to<N>()) : v;
            return max ? std::min(at_least, max->to<N>()) : at_least;
        });
    return map(x, [low = min ? min->to<double>() : -INFINITY, high = max ? max->to<double>() : INFINITY](auto v) {
        using F = decltype(v);
        F at_least = v < F(low) ? F(low) : v;
        return at_least > F(high) ? F(high) : at_least;
    });
}
Tensor clamp(T x, std::optional<Scalar> min, std::optional<Scalar> max) {
    check(min || max, "clamp: At least one of 'min' or 'max' must not be None");
    const double low = min ? min->to<double>() : -INFINITY, high = max ? max->to<double>() : INFINITY;
    bool promotes = (min && min->kind() == DType::Float64) || (max && max->kind() == DType::Float64);
    const bool whole = (min && min->kind() == DType::Int64) || (max && max->kind() == DType::Int64);
    Tensor from = promotes ? real(x) : x.dtype() == DType::Bool && whole ? native::cast(x, DType::Int64) : x;
    if (min) check_fits("clamp", *min, from.dtype());
    if (max) check_fits("clamp", *max, from.dtype());
    const bool to_nan = min && max && (std::isnan(low) || std::isnan(high));
    Tensor out = to_nan ? native::full(x.shape(), NAN, from.dtype()) : clamp_values(from, min, max);
    return record("ClampBackward1", out, wrt(x, save(x), [low, high](T grad, T x) {
        return fused(
            grad, x,
            [low, high](auto g, auto v) { return ((v >= decltype(v)(low)) & (v <= decltype(v)(high))) ? g : 0; },
            [low, high](T g, T x) { return where((x >= low) & (x <= high), g, 0); });
    }));
}
static void no_bool_limit(const char* op, T x, T limit) {
    check(!limit.impl().is_number || result_type(x, limit) != DType::Bool, "{}: \"{}_cpu\" not implemented for 'Bool'",
        op, op);
}
Tensor clamp_min(T x, T min) {
    no_bool_limit("clamp_min", x, min);
    if (min.impl().is_number) refuse("clamp_min", "clamp_min_cpu", x.dtype(), {DType::Float16});
    check_fits("clamp_min", min, result_type(x, min));
    return record(min.impl().is_number ? "ClampMinBackward0" : "ClampMinBackward1",
        map(x, min, [](auto v, auto low) { return v < low || low != low ? low : v; }),
        wrt(x, save(x, min), [](T grad, T x, T min) { return where(x >= min, grad, 0); }),
        wrt(min, save(x, min), [](T grad, T x, T min) { return where(x < min, grad, 0); }));
}
Tensor clamp_max(T x, T max) {
    no_bool_limit("clamp_max", x, max);
    if (max.impl().is_number) refuse("clamp_max", "clamp_max_scalar_cpu", x.dtype(), {DType::Float16});
    check_fits("clamp_max", max, result_type(x, max));
    return record(max.impl().is_number ? "ClampMaxBackward0" : "ClampMaxBackward1",
        map(x, max, [](auto v, auto high) { return v > high || high != high ? high : v; }),
        wrt(x, save(x, max), [](T grad, T x, T max) { return where(x <= max, grad, 0); }),
        wrt(max, save(x, max), [](T grad, T x, T max) { return where(x > max, grad, 0); }));
}
Tensor clamp(T x, T min, T max) {
    check(min.defined() || max.defined(), "clamp: At least one of 'min' or 'max' must not be None");
    const auto is_number = [](T limit) { return !limit.defined() || limit.impl().is_number; };
    if (is_number(min) && is_number(max)) {
        const auto number = [](T limit) { return limit.defined() ? std::optional(limit.item_scalar()) : std::nullopt; };
        return clamp(x, number(min), number(max));
    }
    if (!min.defined()) return clamp_max(x, max);
    if (!max.defined()) return clamp_min(x, min);
    Tensor out;
    {
        NoGradGuard no_grad;  // NaN in any of the three stays; where the limits cross, the upper one holds
        const Tensor all[] = {x, min, max};
        out = native::cast(minimum(maximum(x, min), max), result_type(all));
        refuse("clamp", "clamp_cpu", out.dtype(), {DType::Bool, DType::Float16});
    }
    return record("ClampBackward0", out,
        wrt(x, save(x, min, max), [](T grad, T x, T min, T max) { return where((x >= min) & (x <= max), grad, 0); }),
        wrt(min, save(x, min, max), [](T grad, T x, T min, T max) { return where((min < max) & (x < min), grad, 0); }),
        wrt(max, save(x, min, max), [](T grad, T x, T min, T max) { return where((x > max) | (max < min), grad, 0); }));
}
Tensor nan_to_num(T x, std::optional<double> nan, std::optional<double> posinf, std::optional<double> neginf) {
    if (!x.is_floating_point()) return x;
    const DTypeInfo& info = info_of(x.dtype());
    const double above = posinf.value_or(info.highest), below = neginf.value_or(info.lowest), none = nan.value_or(0);
    Tensor out = map<FloatsAndHalf>(x, [above, below, none](auto v) {
        using F = decltype(v);
        constexpr F infinity = std::numeric_limits<F>::infinity();
        return v != v ? F(none) : v == infinity ? F(above) : v == -infinity ? F(below) : v;
    });
    return record("NanToNumBackward0", out, wrt(x, save(x), [](T grad, T x) { return where(isfinite(x), grad, 0); }));
}

// ---- questions: bool, without a gradient

Tensor isnan(T x) {
    return map<AllTypes>(x, [](auto v) { return v != v; });
}
Tensor isinf(T x) {
    return map<AllTypes>(x, [](auto v) { return v == v && double(v) - double(v) != 0; });
}
Tensor isfinite(T x) {
    return map<AllTypes>(x, [](auto v) { return double(v) - double(v) == 0; });
}
Tensor logical_not(T x) {
    return map<AllTypes>(x, [](auto v) { return v == 0; });
}
Tensor bitwise_not(T x) {
    return map<Integers>(x, [](auto v) {
        if constexpr (std::is_same_v<decltype(v), bool>)
            return !v;
        else
            return ~v;
    });
}
// ---- copies

Tensor to(T x, DType dtype) {
    if (x.dtype() == dtype && !x.impl().is_number) return x;
    return record("ToCopyBackward0", x.dtype() == dtype ? native::clone(x) : native::cast(x, dtype),
        wrt(x, [](T grad) { return grad; }));
}
Tensor clone(T x) {
    if (x.is_inference() && !in_inference_mode) return copy_(native::like(x, x.shape(), x.dtype()), x);
    return record("CloneBackward0", native::clone(x), wrt(x, [](T grad) { return grad; }));
}
Tensor contiguous(T x) {
    if (x.is_contiguous()) return x;
    return record("CloneBackward0", native::contiguous(x), wrt(x, [](T grad) { return grad; }));
}

}  // namespace taper::ops
