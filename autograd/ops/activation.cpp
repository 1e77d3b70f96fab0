// Activations whose derivative is not just that of what they are composed of. nn/functional.h has them all.
#include <cmath>

#include "../../tensor/kernels/math.h"
#include "../../tensor/loops.h"
#include "../../tensor/number_range.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

// grad where x is above the threshold, else 0: the slope of relu, and what a second derivative needs of it again.
Tensor threshold_backward(T grad, T x, double threshold) {
    return record("ThresholdBackwardBackward0",
        map<Floats>(grad, x, [threshold](auto g, auto v) { return v <= decltype(v)(threshold) ? decltype(g)(0) : g; }),
        wrt(grad, save(x), [threshold](T gg, T x) { return threshold_backward(gg, x, threshold); }));
}

// An op with one derivative kernel of its own: d/dx f = slope(x), where slope is piecewise constant.
template <class Value, class Slope> Tensor pieces(const char* name, T x, Value value, Slope slope);
template <class Slope> Tensor times_slope(T grad, T x, Slope slope) {
    Tensor out = map<Floats>(grad, x, [slope](auto g, auto v) { return g * slope(v); });
    return record("SlopeBackward0", out, wrt(grad, save(x), [slope](T gg, T x) { return times_slope(gg, x, slope); }));
}
template <class Value, class Slope> Tensor pieces(const char* name, T x, Value value, Slope slope) {
    return record(name, map(x, value), wrt(x, save(x), [slope](T grad, T x) { return times_slope(grad, x, slope); }));
}

}  // namespace

// ---- the rectifiers

Tensor relu(T x) {
    refuse("relu", "clamp_min_cpu", x.dtype(), {DType::Float16});
    return record("ReluBackward0",
        map<Numbers>(x, [](auto v) { return v < 0 ? decltype(v)(0) : v; }),  // keeps NaN and -0
        wrt(x, [](T grad, T out) { return threshold_backward(grad, out, 0); }));
}
Tensor threshold(T x, double threshold, double value) {
    refuse("threshold", "threshold_cpu", x.dtype(), {DType::Float16});
    check_fits("threshold", Scalar(threshold), x.dtype());
    check_fits("threshold", Scalar(value), x.dtype());
    return record("ThresholdBackward0",
        map<Numbers>(x, [=](auto v) { return v <= convert<decltype(v)>(threshold) ? convert<decltype(v)>(value) : v; }),
        wrt(x, save(x), [threshold](T grad, T x) { return threshold_backward(grad, x, threshold); }));
}
Tensor leaky_relu(T x, double negative_slope) {
    return pieces(
        "LeakyReluBackward0", x, [a = negative_slope](auto v) { return v > 0 ? v : v * decltype(v)(a); },
        [a = negative_slope](auto v) { return v > 0 ? decltype(v)(1) : decltype(v)(a); });
}
Tensor prelu(T x, T weight) {
    check(weight.ndim() <= 1, "prelu: prelu: Expected `weight` to be a scalar or 1D tensor, but got ndim = {}",
        weight.ndim());
    check(weight.numel() == 1 || (x.ndim() > 1 && weight.numel() == x.size(1)),
        "prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers = {} and channel size "
        "= {}.",
        weight.numel(), x.ndim() > 1 ? x.size(1) : 1);
    check(weight.dtype() == x.dtype(), "prelu: Found dtype {} but expected {}", scalar_name_of(weight.dtype()),
        scalar_name_of(x.dtype()));
    Shape per_channel = Shape::filled(std::max<std::int64_t>(x.ndim(), 0), 1);
    if (weight.numel() != 1) per_channel[1] = weight.numel();
    Tensor slope = x.ndim() == 0 ? weight.reshape(Shape{}) : weight.reshape(per_channel);
    return record("PreluBackward0", map<Floats>(x, slope, [](auto v, auto a) { return v > 0 ? v : v * a; }),
        wrt(x, save(x, slope), [](T grad, T x, T slope) { return where(x > 0, grad, grad * slope); }),
        wrt(slope, save(x), [](T grad, T x) { return where(x > 0, 0, grad * x); }));
}
Tensor rrelu(T x, double lower, double upper, bool training, std::optional<Generator> generator) {
    if (is_narrow(x.dtype()))
        return in_wide<Floats>([&](T x) { return rrelu(x, lower, upper, training, generator); }, x);
    if (!training) return autograd::named("RreluWithNoiseBackward0", leaky_relu(x, (lower + upper) / 2));
    Tensor slopes = native::empty(x.shape(), x.dtype()), from = native::contiguous(x.detach());
    Generator stream = generator ? *generator : default_generator();
    visit<Floats>(x.dtype(), [&](auto zero) {
        random::rrelu_slopes(
            slopes.data_ptr<decltype(zero)>(), x.numel(), from.data_ptr<decltype(zero)>(), lower, upper, stream);
    });
    return record("RreluWithNoiseBackward0", map<Floats>(x, slopes, [](auto v, auto a) { return v * a; }),
        wrt(x, save(slopes), [](T grad, T slopes) { return grad * slopes; }));
}

// ---- exponential below zero

// scale (x > 0 ? x : alpha (exp(input_scale x) - 1)), from which elu, selu and celu are made.
static Tensor elu_backward(T grad, T x, double alpha, double scale, double input_scale) {
    Tensor out = map<Floats>(grad, x, [=](auto g, auto v) {
        using N = decltype(v);
        return v <= 0 ? g * N(input_scale) * N(alpha * scale) * math::exp(v * N(input_scale)) : g * N(scale);
    });
    return record("EluBackwardBackward0", out,
        wrt(grad, save(x), [=](T gg, T x) { return elu_backward(gg, x, alpha, scale, input_scale); }),
        wrt(x, save(grad, x), [=](T gg, T grad, T x) {
            return where(x > 0, 0, gg * grad * (input_scale * input_scale * alpha * scale) * (x * input_scale).exp());
        }));
}
static Tensor elu_named(const char* name, T x, double alpha, double scale, double input_scale) {
    Tensor out = map(x, [=](auto v) {
        using N = decltype(v);
        return v <= 0 ? math::expm1(v * N(input_scale)) * N(alpha * scale) : v * N(scale);
    });
    return record(
        name, out, wrt(x, save(x), [=](T grad, T x) { return elu_backward(grad, x, alpha, scale, input_scale); }));
}
Tensor elu(T x, double alpha, double scale, double input_scale) {
    return elu_named("EluBackward0", x, alpha, scale, input_scale);
}
Tensor celu(T x, double alpha) {
    check(alpha != 0, "celu: ZeroDivisionError: alpha cannot be 0 for CELU");
    return elu_named("CeluBackward0", x, alpha, 1, 1 / alpha);
}
Tensor selu(T x) { return elu(x, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946); }

// ---- the smooth ones: their backward is a kernel in float, and their second derivative composed

// d/dx f(x) = slope(x) by a kernel; the second derivative, where asked for, by differentiating `composed`, the same
// slope in ops.
template <class Slope, class Composed> static Tensor smooth_backward(T grad, T x, Slope slope, Composed composed) {
    Tensor out = map<Floats>(grad, x, [slope](auto g, auto v) { return g * slope(v); });
    return record("SmoothBackwardBackward0", out,
        wrt(grad, save(x), [slope, composed](T gg, T x) { return smooth_backward(gg, x, slope, composed); }),
        wrt(x, save(grad, x), [composed](T gg, T grad, T x) { return gg * grad * composed(x); }));
}
// `slope` is f', as a kernel; `bend` is f'', in ops.
template <class Value, class Slope, class Bend>
static Tensor smooth(const char* name, T x, Value value, Slope slope, Bend bend) {
    return record(name, map(x, value),
        wrt(x, save(x), [slope, bend](T grad, T x) { return smooth_backward(grad, x, slope, bend); }));
}

Tensor gelu(T x, const std::string& approximate) {
    if (approximate == "tanh") {
        constexpr double beta = M_SQRT2 * M_2_SQRTPI * 0.5, kappa = 0.044715;
        return smooth(
            "GeluBackward0", x,
            [](auto v) {
                using N = decltype(v);
                return N(0.5) * v * (1 + math::tanh(N(beta) * (v + N(kappa) * v * v * v)));
            },
            [](auto v) {
                using N = decltype(v);
                N t = math::tanh(N(beta) * (v + N(kappa) * v * v * v));
                return N(0.5) * (1 + t) + N(0.5) * v * (1 - t * t) * N(beta) * (1 + N(3 * kappa) * v * v);
            },
            [](T x) {
                Tensor t = tanh(beta * (x + kappa * x.pow(3))), du = beta * (1 + 3 * kappa * x * x), sech = 1 - t * t;
                return sech * du + 0.5 * x * (sech * (beta * 6 * kappa * x) - 2 * t * sech * du * du);
            });
    }
    check(approximate == "none", "gelu: approximate argument must be either none or tanh, not '{}'", approximate);
    return smooth(
        "GeluBackward0", x,
        [](auto v) {
            using N = decltype(v);
            return v * N(0.5) * (1 + math::erf(v * N(M_SQRT1_2)));
        },
        [](auto v) {
            using N = decltype(v);
            return N(0.5) * (1 + math::erf(v * N(M_SQRT1_2))) +
                v * math::exp(v * v * N(-0.5)) * N(M_2_SQRTPI * M_SQRT1_2 * 0.5);
        },
        [](T x) { return exp(x * x * -0.5) * (M_2_SQRTPI * M_SQRT1_2 * 0.5) * (2 - x * x); });
}
Tensor silu(T x) {
    return smooth(
        "SiluBackward0", x, [](auto v) { return v / (1 + math::exp(-v)); },
        [](auto v) {
            auto s = math::sigmoid(v);
            return s * (1 + v * (1 - s));
        },
        [](T x) {
            Tensor s = sigmoid(x);
            return s * (1 - s) * (2 + x * (1 - 2 * s));
        });
}
Tensor mish(T x) {
    refuse("mish", "mish_cpu", x.dtype(), {DType::Float16, DType::BFloat16});
    return smooth(
        "MishBackward0", x, [](auto v) { return v * math::tanh(math::log1p(math::exp(v))); },
        [](auto v) {
            auto s = math::sigmoid(v), t = math::tanh(math::log1p(math::exp(v)));
            return t + v * s * (1 - t * t);
        },
        [](T x) {
            Tensor s = sigmoid(x), t = tanh(softplus(x)), sech = 1 - t * t;
            return sech * (2 * s + x * s * (1 - s) - 2 * x * s * s * t);
        });
}
Tensor softplus(T x, double beta, double threshold) {
    return smooth(
        "SoftplusBackward0", x,
        [=](auto v) {
            using N = decltype(v);
            return v * N(beta) > N(threshold) ? v : math::log1p(math::exp(v * N(beta))) / N(beta);
        },
        [=](auto v) {
            using N = decltype(v);
            N z = math::exp(v * N(beta));
            return v * N(beta) > N(threshold) ? N(1) : z / (z + 1);
        },
        [=](T x) {
            Tensor s = sigmoid(x * beta);
            return where(x * beta > threshold, 0, s * (1 - s) * beta);
        });
}
Tensor logsigmoid(T x) {
    return smooth(
        "LogSigmoidBackward0", x,
        [](auto v) { return std::min(v, decltype(v)(0)) - math::log1p(math::exp(-std::abs(v))); },
        [](auto v) { return math::sigmoid(-v); },
        [](T x) {
            Tensor s = sigmoid(x);
            return -s * (1 - s);
        });
}

// ---- the ones with corners

Tensor hardtanh(T x, double min_val, double max_val) {
    const DType wide = x.is_floating_point() ? x.dtype() : DType::Int64;
    refuse("hardtanh", "clamp_scalar_cpu", wide, {DType::Float16});
    check_fits("hardtanh", Scalar(min_val), wide);
    check_fits("hardtanh", Scalar(max_val), wide);
    if (std::isnan(min_val) || std::isnan(max_val))
        return clamp(x, std::optional<Scalar>(min_val), std::optional<Scalar>(max_val));
    if (!x.is_floating_point()) {
        check(x.dtype() != DType::Bool, "hardtanh: Bool inputs not supported for hardtanh");
        check(x.dtype() != DType::UInt8 || (min_val > -1 && max_val > -1),
            "hardtanh: cannot do hardtanh on an unsigned type with negative limits");
        const std::optional<Scalar> low = static_cast<std::int64_t>(min_val), high = static_cast<std::int64_t>(max_val);
        return clamp(x, low, high);
    }
    return pieces(
        "HardtanhBackward0", x,
        [=](auto v) {
            using N = decltype(v);
            N low = v < N(min_val) ? N(min_val) : v;
            return low > N(max_val) ? N(max_val) : low;
        },
        [=](auto v) {
            return v <= decltype(v)(min_val) || v >= decltype(v)(max_val) ? decltype(v)(0) : decltype(v)(1);
        });
}
Tensor hardsigmoid(T x) {
    return pieces(
        "HardsigmoidBackward0", x,
        [](auto v) {
            using N = decltype(v);
            N shifted = v + 3 < 0 ? N(0) : v + 3;
            return (shifted > 6 ? N(6) : shifted) / 6;
        },
        [](auto v) { return v > -3 && v < 3 ? decltype(v)(1) / 6 : decltype(v)(0); });
}
Tensor hardswish(T x) {
    return smooth(
        "HardswishBackward0", x,
        [](auto v) {
            using N = decltype(v);
            N shifted = v + 3 < 0 ? N(0) : v + 3;
            return v * (shifted > 6 ? N(6) : shifted) / 6;
        },
        [](auto v) {
            using N = decltype(v);
            return v < -3 ? N(0) : v <= 3 ? v / 3 + N(0.5) : N(1);
        },
        [](T x) { return ((x > -3) & (x < 3)).to(x.dtype()) / 3; });
}
Tensor softshrink(T x, double lambd) {
    check(lambd >= 0, "softshrink: lambda must be greater or equal to 0, but found to be {}.", lambd);
    return pieces(
        "SoftshrinkBackward0", x,
        [=](auto v) {
            using N = decltype(v);
            return v > N(lambd) ? v - N(lambd) : v < N(-lambd) ? v + N(lambd) : N(0);
        },
        [=](auto v) { return v >= decltype(v)(-lambd) && v <= decltype(v)(lambd) ? decltype(v)(0) : decltype(v)(1); });
}
Tensor hardshrink(T x, double lambd) {
    return pieces(
        "HardshrinkBackward0", x,
        [=](auto v) { return v >= decltype(v)(-lambd) && v <= decltype(v)(lambd) ? decltype(v)(0) : v; },
        [=](auto v) { return v >= decltype(v)(-lambd) && v <= decltype(v)(lambd) ? decltype(v)(0) : decltype(v)(1); });
}

}  // namespace taper::ops
