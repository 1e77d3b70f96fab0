// Activations whose derivative is not just that of what they are composed of. nn/functional.h has them all.
#include <cmath>

#include "../../tensor/kernels/math.h"
#include "../../tensor/loops.h"
#include "../../tensor/number_range.h"
#include "../../tensor/reduce.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt, combine::larger, combine::plus;
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

// ---- along a dim. Lines whose elements are neighbours in memory are done in one pass: long ones one by one, each in
// the first-level cache, short ones side by side. All others are left to the loops that everything uses.

namespace {

constexpr std::int64_t long_line = 64;
bool has_lines(T x, std::int64_t dim) { return dim == x.ndim() - 1; }

// Short lines, turned round so that what belongs to one of them lies in one lane.
template <class N> struct SideBySide {
    static constexpr std::int64_t lanes = 32;
    N at[long_line][lanes];

    TAPER_INLINE void take(const N* lines, std::int64_t n, std::int64_t width) {
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t lane = 0; lane < lanes; ++lane) at[i][lane] = lane < width ? lines[lane * n + i] : N(0);
    }
    TAPER_INLINE void give(N* lines, std::int64_t n, std::int64_t width) const {
        for (std::int64_t lane = 0; lane < width; ++lane)
            for (std::int64_t i = 0; i < n; ++i) lines[lane * n + i] = at[i][lane];
    }
};

// f(first element, length) for every line of the last dim.
template <class F> void each_line(T x, F f) {
    const std::int64_t n = x.shape().back();
    parallel_for(x.numel() / n, std::max<std::int64_t>(1, 16384 / n), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t line = begin; line < end; ++line) f(line * n, n);
    });
}

// exp(x - top) / total, or its logarithm, x - top - log(total), where top is the largest of a line.
template <bool logarithm, class N> void softmax_line(N* out, const N* x, std::int64_t n) {
    const N top = detail::run_reduce(x, n, 1, -std::numeric_limits<N>::infinity(), std::identity(), larger);
    dispatch([=] {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            out[i] = math::exp(x[i] - top);
    });
    const N total = detail::run_reduce(out, n, 1, N(0), std::identity(), plus), log_total = math::log(total);
    dispatch([=] {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            out[i] = logarithm ? x[i] - top - log_total : out[i] / total;
    });
}
template <bool logarithm, class N>
void softmax_short_lines(N* out, const N* x, std::int64_t n, std::int64_t begin, std::int64_t end) {
    using Lines = SideBySide<N>;
    dispatch([=] {
        Lines x_lines;
        N top[Lines::lanes], total[Lines::lanes];
        auto* const v = x_lines.at;
        for (std::int64_t first = begin; first < end; first += Lines::lanes) {
            const std::int64_t width = std::min(Lines::lanes, end - first);
            x_lines.take(x + first * n, n, width);
            for (int lane = 0; lane < Lines::lanes; ++lane) top[lane] = v[0][lane], total[lane] = 0;
            for (std::int64_t i = 1; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Lines::lanes; ++lane) {
                    TAPER_CALL top[lane] = larger(top[lane], v[i][lane]);
                }
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Lines::lanes; ++lane) {
                    const N shifted = v[i][lane] - top[lane], e = math::exp(shifted);
                    v[i][lane] = logarithm ? shifted : e;
                    total[lane] += e;
                }
            for (int lane = 0; logarithm && lane < Lines::lanes; ++lane) total[lane] = math::log(total[lane]);
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Lines::lanes; ++lane)
                    v[i][lane] = logarithm ? v[i][lane] - total[lane] : v[i][lane] / total[lane];
            x_lines.give(out + first * n, n, width);
        }
    });
}
// f(first and last of the short lines), shared out to the threads.
template <class F> void each_short_lines(T x, F f) {
    const std::int64_t n = x.shape().back(), lines = x.numel() / n;
    parallel_for(lines, std::max<std::int64_t>(1, 16384 / n / 32) * 32, f);
}
template <bool logarithm> Tensor softmax_values(T x, std::int64_t dim) {
    if (x.numel() == 0) return native::empty(x.shape(), x.dtype());
    return visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        if (has_lines(x, dim)) {
            Tensor from = native::contiguous(x), out = native::empty(x.shape(), x.dtype());
            const std::int64_t n = x.shape().back();
            if (n < long_line) {
                each_short_lines(from, [&](std::int64_t begin, std::int64_t end) {
                    softmax_short_lines<logarithm>(out.data_ptr<N>(), from.data_ptr<N>(), n, begin, end);
                });
                return out;
            }
            each_line(from, [&](std::int64_t at, std::int64_t n) {
                softmax_line<logarithm>(out.data_ptr<N>() + at, from.data_ptr<N>() + at, n);
            });
            return out;
        }
        const ReducedDims lines(x.shape(), Dims(dim), true);
        Tensor shifted = map<Floats>(x, reduce<N>(x, lines, -std::numeric_limits<N>::infinity(), larger), std::minus());
        Tensor e = map(shifted, [](auto v) { return math::exp(v); }), total = reduce<N>(e, lines, N(0), plus);
        if constexpr (!logarithm)
            return map<Floats>(e, total, std::divides());
        else
            return map<Floats>(shifted, map(total, [](auto v) { return math::log(v); }), std::minus());
    });
}

// y (g - sum(g y)); of the logarithm, g - exp(y) sum(g).
template <bool logarithm, class N> void softmax_backward_line(N* out, const N* g, const N* y, std::int64_t n) {
    if (!logarithm)
        dispatch([=] {
            TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
                out[i] = g[i] * y[i];
        });
    const N total = detail::run_reduce(logarithm ? g : out, n, 1, N(0), std::identity(), plus);
    dispatch([=] {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            out[i] = logarithm ? g[i] - math::exp(y[i]) * total : (g[i] - total) * y[i];
    });
}
template <bool logarithm, class N> void softmax_backward_short_lines(
    N* out, const N* grad, const N* values, std::int64_t n, std::int64_t begin, std::int64_t end) {
    using Lines = SideBySide<N>;
    dispatch([=] {
        Lines grads, results;
        N total[Lines::lanes];
        auto *const g = grads.at, *const y = results.at;
        for (std::int64_t first = begin; first < end; first += Lines::lanes) {
            const std::int64_t width = std::min(Lines::lanes, end - first);
            grads.take(grad + first * n, n, width);
            results.take(values + first * n, n, width);
            for (N& sum : total) sum = 0;
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Lines::lanes; ++lane)
                    total[lane] += logarithm ? g[i][lane] : g[i][lane] * y[i][lane];
            for (std::int64_t i = 0; i < n; ++i) TAPER_VECTORISE
                for (int lane = 0; lane < Lines::lanes; ++lane)
                    g[i][lane] = logarithm ? g[i][lane] - math::exp(y[i][lane]) * total[lane]
                                           : (g[i][lane] - total[lane]) * y[i][lane];
            grads.give(out + first * n, n, width);
        }
    });
}
template <bool logarithm> Tensor softmax_backward_values(T grad, T out, std::int64_t dim) {
    return visit<Floats>(out.dtype(), [&](auto zero) {
        using N = decltype(zero);
        if (has_lines(out, dim) && out.numel() > 0) {
            Tensor g = native::contiguous(grad), y = native::contiguous(out),
                   result = native::empty(out.shape(), out.dtype());
            const std::int64_t n = out.shape().back();
            if (n < long_line) {
                each_short_lines(y, [&](std::int64_t begin, std::int64_t end) {
                    softmax_backward_short_lines<logarithm>(
                        result.data_ptr<N>(), g.data_ptr<N>(), y.data_ptr<N>(), n, begin, end);
                });
                return result;
            }
            each_line(y, [&](std::int64_t at, std::int64_t n) {
                softmax_backward_line<logarithm>(
                    result.data_ptr<N>() + at, g.data_ptr<N>() + at, y.data_ptr<N>() + at, n);
            });
            return result;
        }
        const ReducedDims lines(out.shape(), Dims(dim), true);
        if constexpr (logarithm) {
            Tensor scaled =
                map<Floats>(out, reduce<N>(grad, lines, N(0), plus), [](auto y, auto t) { return math::exp(y) * t; });
            return map<Floats>(grad, scaled, std::minus());
        } else {
            Tensor total = reduce<N>(map<Floats>(grad, out, std::multiplies()), lines, N(0), plus);
            return map<Floats>(map<Floats>(grad, total, std::minus()), out, std::multiplies());
        }
    });
}

Tensor softmax_backward(T grad, T out, std::int64_t dim) {
    return record("SoftmaxBackwardDataBackward0", softmax_backward_values<false>(grad, out, dim),
        wrt(grad, save(out), [dim](T gg, T out) { return softmax_backward(gg, out, dim); }),
        wrt(out, save(grad, out), [dim](T gg, T grad, T out) {
            return gg * grad - gg * (grad * out).sum(dim, true) - grad * (gg * out).sum(dim, true);
        }));
}
Tensor log_softmax_backward(T grad, T out, std::int64_t dim) {
    return record("LogSoftmaxBackwardDataBackward0", softmax_backward_values<true>(grad, out, dim),
        wrt(grad, save(out), [dim](T gg, T out) { return gg - (gg * out.exp()).sum(dim, true); }),
        wrt(out, save(grad, out), [dim](T gg, T grad, T out) { return -gg * out.exp() * grad.sum(dim, true); }));
}

}  // namespace

Tensor softmax(T x, std::int64_t dim) {
    if (is_narrow(x.dtype()))
        return in_wide_if<Floats>(
            x.numel() == 0, [&](T x) { return softmax(x, dim); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    return record("SoftmaxBackward0", softmax_values<false>(x, d),
        wrt(x, [d](T grad, T out) { return softmax_backward(grad, out, d); }));
}
Tensor log_softmax(T x, std::int64_t dim) {
    if (is_narrow(x.dtype()))
        return in_wide_if<Floats>(
            x.numel() == 0, [&](T x) { return log_softmax(x, dim); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    return record("LogSoftmaxBackward0", softmax_values<true>(x, d),
        wrt(x, [d](T grad, T out) { return log_softmax_backward(grad, out, d); }));
}

// ---- at random

Tensor dropout(T x, double p, bool train, std::optional<Generator> generator) {
    check(0 <= p && p <= 1, "dropout: dropout probability has to be between 0 and 1, but got {}", p);
    if (!train || p == 0 || x.numel() == 0) return x;
    if (p == 1) return x * zeros_like(x);
    Tensor mask = native::empty(x.shape(), x.dtype(), x.device());  // drawn row by row, however x lies in memory
    random::bernoulli_(mask, 1 - p, generator ? *generator : default_generator());
    return x * mask.div_(1 - p);
}

}  // namespace taper::ops
