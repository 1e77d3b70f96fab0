// Losses: one number for how far x is from its target. Those that PyTorch shows as one node, or that need care near 0.
#include <cmath>

#include "../../tensor/kernels/math.h"
#include "../../tensor/loops.h"
#include "../../tensor/reduce.h"
#include "../../tensor/warning.h"
#include "../ops.h"
#include "loss.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

LossReduction reduction_of(const std::string& name) {
    check(name == "mean" || name == "sum" || name == "none", "{} is not a valid value for reduction", name);
    return name == "mean" ? LossReduction::Mean : name == "sum" ? LossReduction::Sum : LossReduction::None;
}

Tensor reduced(T losses, LossReduction reduction) {
    NoGradGuard no_grad;
    return reduction == LossReduction::Mean ? losses.mean() : reduction == LossReduction::Sum ? losses.sum() : losses;
}

namespace {

// What each element's own gradient is multiplied with: grad, over n for a mean.
Tensor spread(T grad, LossReduction reduction, std::int64_t n) {
    return reduction == LossReduction::Mean ? grad / static_cast<double>(n) : grad;
}

// A loss of elements of x and target, each with its slope in ops: value(x, t) is a kernel, slope(x, t) is d value / d
// x, and the target's slope its opposite.
template <class Value, class Slope>
Tensor of_difference(const char* name, T x, T target, const std::string& reduction, Value value, Slope slope) {
    LossReduction how = reduction_of(reduction);
    Tensor losses = map<FloatsAndHalf>(x, target, value);
    std::int64_t n = losses.numel();
    return record(name, reduced(losses, how),
        wrt(x, save(x, target), [=](T grad, T x, T target) { return spread(grad, how, n) * slope(x - target); }),
        wrt(target, save(x, target), [=](T grad, T x, T target) { return spread(grad, how, n) * slope(target - x); }));
}

}  // namespace

// grad 2 (x - target), in one pass.
static Tensor mse_backward(T grad, T x, T target) {
    if (autograd::is_grad_enabled() || is_narrow(result_type(x, target))) return grad * (2 * (x - target));
    const Shape shape = broadcast_shapes(x.shape(), target.shape());
    return visit<Floats>(result_type(x, target), [&](auto zero) {
        using N = decltype(zero);
        const Tensor out = native::empty(shape, dtype_of<N>()), g = native::cast(grad, out.dtype()),
                     from = native::cast(x, out.dtype()), t = native::cast(target, out.dtype());
        for_each_element<N, const N, const N, const N>(shape, {operand(out), operand(g), operand(from), operand(t)},
            [](N& to, const N& g, const N& v, const N& t) { to = g * (2 * (v - t)); });
        return out;
    });
}
Tensor mse_loss(T x, T target, const std::string& reduction) {
    warn_of_target_size(target.shape(), x.shape());
    const LossReduction how = reduction_of(reduction);
    refuse("mse_loss", "mse_cpu", result_type(x, target), {DType::BFloat16});
    Tensor losses = map<FloatsAndHalf>(x, target, [](auto v, auto t) { return (v - t) * (v - t); });
    const std::int64_t n = losses.numel();
    return record("MseLossBackward0", reduced(losses, how),
        wrt(x, save(x, target), [=](T grad, T x, T t) { return mse_backward(spread(grad, how, n), x, t); }),
        wrt(target, save(x, target), [=](T grad, T x, T t) { return mse_backward(spread(grad, how, n), t, x); }));
}
Tensor smooth_l1_loss(T x, T target, const std::string& reduction, double beta) {
    check(beta >= 0, "smooth_l1_loss: smooth_l1_loss does not support negative values for beta: {}", beta);
    warn_of_target_size(target.shape(), x.shape());
    return of_difference(
        "SmoothL1LossBackward0", x, target, reduction,
        [beta](auto v, auto t) {
            using N = decltype(v);
            N d = std::abs(v - t);
            return d < N(beta) ? N(0.5) * d * d / N(beta) : d - N(0.5) * N(beta);
        },
        [beta](T d) { return where(d <= -beta, -1, where(d >= beta, 1, d / beta)); });
}
Tensor huber_loss(T x, T target, const std::string& reduction, double delta) {
    check(delta > 0, "huber_loss: huber_loss does not support non-positive values for delta: {}", delta);
    warn_of_target_size(target.shape(), x.shape());
    return of_difference(
        "HuberLossBackward0", x, target, reduction,
        [delta](auto v, auto t) {
            using N = decltype(v);
            N d = std::abs(v - t);
            return d <= N(delta) ? N(0.5) * d * d : N(delta) * (d - N(0.5) * N(delta));
        },
        [delta](T d) { return where(d.abs() >= delta, d.sign() * delta, d); });
}

// ---- two classes

// (x - t) / max((1 - x) x, 1e-12)
static Tensor bce_slope(T grad, T x, T target) {
    Tensor shape = native::broadcast(grad.detach(), x.shape());
    Tensor slope = map<Floats>(x, target, [](auto v, auto t) {
        using N = decltype(v);
        N width = (1 - v) * v;
        return (v - t) / (width < N(1e-12) ? N(1e-12) : width);
    });
    return record("BinaryCrossEntropyBackwardBackward0",
        map<Floats>(shape, slope, [](auto g, auto s) { return g * s; }),
        wrt(grad, save(x, target), [](T gg, T x, T target) { return bce_slope(gg, x, target); }),
        wrt(x, save(grad, x, target),
            [](T gg, T grad, T x, T target) {
                return gg * grad * (x * x - 2 * x * target + target) / clamp(((1 - x) * x).square(), 1e-12);
            }),
        wrt(target, save(grad, x), [](T gg, T grad, T x) { return -(gg * grad / clamp((1 - x) * x, 1e-12)); }));
}
static void check_probabilities(T x) {
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        Tensor outside = reduce<N>(
            x, ReducedDims(x.shape(), {}, false), false, [](bool a, bool b) { return a || b; },
            [](N v) { return !(v >= 0 && v <= 1); });
        check(!outside.template item<bool>(), "binary_cross_entropy: all elements of input should be between 0 and 1");
    });
}

Tensor binary_cross_entropy(T x, T target, T weight, const std::string& reduction) {
    LossReduction how = reduction_of(reduction);
    check(x.shape() == target.shape(),
        "binary_cross_entropy: Using a target size ({}) that is different to the input size ({}) is deprecated. "
        "Please ensure they have the same size.",
        target.shape(), x.shape());
    check(x.dtype() == target.dtype(), "binary_cross_entropy: Found dtype {} but expected {}",
        scalar_name_of(target.dtype()), scalar_name_of(x.dtype()));
    refuse("binary_cross_entropy", "binary_cross_entropy", x.dtype(), {DType::BFloat16});
    Tensor losses = map<Floats>(x, target, [](auto v, auto t) {
        using N = decltype(v);
        N yes = math::log(v), no = math::log1p(-v);
        yes = yes < -100 ? N(-100) : yes;
        no = no < -100 ? N(-100) : no;
        return (t - 1) * no - t * yes;
    });
    if (weight.defined()) losses = map<Floats>(losses, weight, [](auto l, auto w) { return l * w; });
    std::int64_t n = losses.numel();
    Tensor loss = reduced(losses, how);
    // What has no logarithm makes NaN of its loss and of their sum: only then all of them are looked at.
    if (how == LossReduction::None || std::isnan(loss.item<double>())) check_probabilities(x);
    auto weighted = [](T g, T weight) { return weight.defined() ? g * weight : g; };
    return record("BinaryCrossEntropyBackward0", loss,
        wrt(x, save(x, target, weight),
            [=](T grad, T x, T target, T weight) {
                return bce_slope(weighted(spread(grad, how, n), weight), x, target);
            }),
        wrt(target, save(x, weight), [=](T grad, T x, T weight) {
            return weighted(spread(grad, how, n), weight) * (log1p(-x).clamp_min(-100) - log(x).clamp_min(-100));
        }));
}

// max(x, 0) - x t + log(1 + exp(-|x|)), and with p = pos_weight (1 - t) x + (1 + (p - 1) t) (log(1 + exp(-|x|)) +
// max(-x, 0)).
Tensor binary_cross_entropy_with_logits(T x, T target, T weight, T pos_weight, const std::string& reduction) {
    LossReduction how = reduction_of(reduction);
    check(x.shape() == target.shape(),
        "binary_cross_entropy_with_logits: Target size ({}) must be the same as input size ({})", target.shape(),
        x.shape());
    Tensor losses;
    {
        NoGradGuard no_grad;
        Tensor tail = map(x, [](auto v) {
            auto below = -v > 0 ? -v : decltype(v)(0);
            return math::log1p(math::exp(-std::abs(v))) + below;
        });
        losses = (1 - target) * x + (pos_weight.defined() ? (1 + (pos_weight - 1) * target) * tail : tail);
        if (weight.defined()) losses = losses * weight;
    }
    std::int64_t n = losses.numel();
    return record("BinaryCrossEntropyWithLogitsBackward0", reduced(losses, how),
        wrt(x, save(x, target, weight, pos_weight),
            [=](T grad, T x, T target, T weight, T pos_weight) {
                Tensor g = spread(grad, how, n) * (weight.defined() ? weight : ones({1}, {.dtype = x.dtype()}));
                if (!pos_weight.defined()) return g * (sigmoid(x) - target);
                Tensor t = pos_weight * target;
                return g * ((t + 1 - target) * sigmoid(x) - t);
            }),
        wrt(target, save(x, weight, pos_weight), [=](T grad, T x, T weight, T pos_weight) {
            Tensor g = spread(grad, how, n) * (weight.defined() ? weight : ones({1}, {.dtype = x.dtype()}));
            return pos_weight.defined() ? g * (logsigmoid(-x) - pos_weight * logsigmoid(x)) : g * -x;
        }));
}

// ---- distributions

// t log t - t x, where 0 log 0 is 0; or exp(t) (t - x) of logarithms.
Tensor kl_div(T x, T target, const std::string& reduction, bool log_target) {
    if (x.dtype() == DType::Float16 && target.dtype() == DType::Float16 &&
        !log_target)  // whose logarithm there is here only
        return in_wide([&](T x, T target) { return kl_div(x, target, reduction, log_target); }, x, target);
    bool batchmean = reduction == "batchmean";
    if (reduction == "mean")
        warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides "
            "only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the "
            "same as 'batchmean' in the next major release.");
    LossReduction how = reduction_of(batchmean ? "sum" : reduction);
    Tensor losses =
        log_target ? target.exp() * (target - x) : where(target == 0, 0, target * target.log()) - target * x;
    Tensor out = how == LossReduction::Mean ? losses.mean() : how == LossReduction::Sum ? losses.sum() : losses;
    return batchmean && x.ndim() > 0 ? out / static_cast<double>(x.size(0)) : out;
}

}  // namespace taper::ops
