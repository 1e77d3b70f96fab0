// Losses: one number for how far x is from its target. Those that PyTorch shows as one node, or that need care near 0.
#include <cmath>

#include "../../tensor/kernels/math.h"
#include "../../tensor/loops.h"
#include "../../tensor/reduce.h"
#include "../../tensor/warning.h"
#include "../ops.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

enum class Reduction { Mean, Sum, None };

Reduction reduction_of(const std::string& name) {
    check(name == "mean" || name == "sum" || name == "none", "{} is not a valid value for reduction", name);
    return name == "mean" ? Reduction::Mean : name == "sum" ? Reduction::Sum : Reduction::None;
}

Tensor reduced(T losses, Reduction reduction) {
    NoGradGuard no_grad;
    return reduction == Reduction::Mean ? losses.mean() : reduction == Reduction::Sum ? losses.sum() : losses;
}

// What each element's own gradient is multiplied with: grad, over n for a mean.
Tensor spread(T grad, Reduction reduction, std::int64_t n) {
    return reduction == Reduction::Mean ? grad / static_cast<double>(n) : grad;
}

// A loss of elements of x and target, each with its slope in ops: value(x, t) is a kernel, slope(x, t) is d value / d
// x, and the target's slope its opposite.
template <class Value, class Slope>
Tensor of_difference(const char* name, T x, T target, const std::string& reduction, Value value, Slope slope) {
    Reduction how = reduction_of(reduction);
    Tensor losses = map<Floats>(x, target, value);
    std::int64_t n = losses.numel();
    return record(name, reduced(losses, how),
        wrt(x, save(x, target), [=](T grad, T x, T target) { return spread(grad, how, n) * slope(x - target); }),
        wrt(target, save(x, target), [=](T grad, T x, T target) { return spread(grad, how, n) * slope(target - x); }));
}

}  // namespace

// grad 2 (x - target), in one pass.
static Tensor mse_backward(T grad, T x, T target) {
    if (autograd::is_grad_enabled()) return grad * (2 * (x - target));
    const Shape shape = broadcast_shapes(x.shape(), target.shape());
    return visit<Floats>(result_type(x, target), [&](auto zero) {
        using N = decltype(zero);
        const Tensor out = native::empty(shape, dtype_of<N>()), g = native::cast(grad, out.dtype()),
                     from = native::cast(x, out.dtype()), t = native::cast(target, out.dtype());
        for_each_element<N, const N, const N, const N>(shape,
            {operand(out, shape), operand(g, shape), operand(from, shape), operand(t, shape)},
            [](N& to, const N& g, const N& v, const N& t) { to = g * (2 * (v - t)); });
        return out;
    });
}
Tensor mse_loss(T x, T target, const std::string& reduction) {
    warn_of_target_size(target.shape(), x.shape());
    const Reduction how = reduction_of(reduction);
    Tensor losses = map<Floats>(x, target, [](auto v, auto t) { return (v - t) * (v - t); });
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
    Reduction how = reduction_of(reduction);
    check(x.shape() == target.shape(),
        "binary_cross_entropy: Using a target size ({}) that is different to the input size ({}) is deprecated. "
        "Please ensure they have the same size.",
        target.shape(), x.shape());
    check(x.dtype() == target.dtype(), "binary_cross_entropy: Found dtype {} but expected {}",
        scalar_name_of(target.dtype()), scalar_name_of(x.dtype()));
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
    if (how == Reduction::None || std::isnan(loss.item<double>())) check_probabilities(x);
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
    Reduction how = reduction_of(reduction);
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

// ---- many classes

namespace {

void check_targets(T x, T target, T weight, std::int64_t ignore_index, Reduction how) {
    check(x.ndim() >= 1, "nll_loss: input tensor should be 1D or more, not 0D");
    // As in PyTorch, which does not look at what it adds up if there is none of it.
    const bool unseen = target.numel() == 0 && how != Reduction::None;
    check(unseen || target.dtype() == DType::Int64 || (target.dtype() == DType::UInt8 && x.ndim() <= 2),
        "nll_loss: expected scalar type Long but found {}", scalar_name_of(target.dtype()));
    Shape wanted = x.shape();
    wanted.erase(x.ndim() == 1 ? 0 : 1);
    check(target.shape() == wanted,
        "nll_loss: Expected target of shape {} for input of shape {}, but got {}: one class for each sample",
        wanted.str(), x.shape().str(), target.shape().str());
    std::int64_t classes = x.shape()[x.ndim() == 1 ? 0 : 1];
    check(!weight.defined() || (weight.ndim() == 1 && weight.numel() == classes),
        "nll_loss: weight tensor should be defined either for all {} classes or no classes but got weight tensor of "
        "shape: {}",
        classes, (weight.defined() ? weight.shape() : Shape()).str());
    for (std::int64_t label : target.tolist<std::int64_t>())
        check(label == ignore_index || (0 <= label && label < classes),
            "nll_loss: Target {} is out of bounds. Classes are 0 to {}.", label, classes - 1);
}

// -1 / scale at each target's place, 0 elsewhere: the gradient of nll_loss, and its transpose the gathering of
// gradients.
Tensor nll_backward(T grad, T target, T weight, T total, const Shape& from, std::int64_t ignore_index, Reduction how);

Tensor nll_gather(T gg, T target, T weight, T total, const Shape& from, std::int64_t ignore_index, Reduction how) {
    Tensor labels = where(target == ignore_index, 0, target),
           picked = from.size() == 1 ? gg.gather(0, labels.reshape(1)).reshape(Shape{})
                                     : gg.gather(1, labels.unsqueeze(1)).squeeze(1);
    Tensor scale = weight.defined() ? weight.index_select(0, labels.reshape(-1)).reshape(labels.shape())
                                    : ones(labels.shape(), {.dtype = gg.dtype()});
    Tensor kept = -picked * where(target == ignore_index, 0, scale);
    return how == Reduction::None ? kept : how == Reduction::Sum ? kept.sum() : kept.sum() / total;
}

Tensor nll_backward(T grad, T target, T weight, T total, const Shape& from, std::int64_t ignore_index, Reduction how) {
    Tensor out = native::zeros(from, grad.dtype()), labels = native::contiguous(native::cast(target, int64)),
           weights = weight.defined() ? native::contiguous(native::cast(weight, grad.dtype())) : Tensor();
    std::int64_t classes = from[from.size() == 1 ? 0 : 1], inner = 1;
    for (int d = 2; d < from.size(); ++d) inner *= from[d];
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        Tensor g = native::contiguous(native::broadcast(grad, target.shape()));
        const N over = how == Reduction::Mean ? total.template item<N>() : N(1);
        const auto* label = labels.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < labels.numel(); ++i)
            if (label[i] != ignore_index)
                out.data_ptr<N>()[(i / inner * classes + label[i]) * inner + i % inner] =
                    -(weights.defined() ? weights.data_ptr<N>()[label[i]] : N(1)) * g.data_ptr<N>()[i] / over;
    });
    return record(
        "NllLossBackwardBackward0", out, wrt(grad, save(target, weight, total), [=](T gg, T target, T weight, T total) {
            return nll_gather(gg, target, weight, total, from, ignore_index, how);
        }));
}

}  // namespace

Tensor nll_loss(T x, T target, T weight, std::int64_t ignore_index, const std::string& reduction) {
    Reduction how = reduction_of(reduction);
    check_targets(x, target, weight, ignore_index, how);
    Tensor from = native::contiguous(x), labels = native::contiguous(native::cast(target, int64)),
           weights = weight.defined() ? native::contiguous(native::cast(weight, x.dtype())) : Tensor();
    std::int64_t classes = x.shape()[x.ndim() == 1 ? 0 : 1], inner = 1;
    for (int d = 2; d < x.ndim(); ++d) inner *= x.shape()[d];
    Tensor losses = native::empty(target.shape(), x.dtype()), used = native::empty(target.shape(), x.dtype());
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        const auto* label = labels.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < labels.numel(); ++i) {
            const bool ignored = label[i] == ignore_index;
            const N w = ignored ? N(0) : weights.defined() ? weights.data_ptr<N>()[label[i]] : N(1);
            used.data_ptr<N>()[i] = w;
            losses.data_ptr<N>()[i] =
                ignored ? N(0) : -w * from.data_ptr<N>()[(i / inner * classes + label[i]) * inner + i % inner];
        }
    });
    Tensor total, out;
    {
        NoGradGuard no_grad;
        total = used.sum();
        out = how == Reduction::None ? losses : how == Reduction::Sum ? losses.sum() : losses.sum() / total;
    }
    // PyTorch takes any number of dims but one, two and four as four, and views what it gets.
    const bool viewed = how == Reduction::None && x.ndim() > 2 && x.ndim() != 4;
    return record(viewed   ? "ViewBackward0"
            : x.ndim() > 2 ? "NllLoss2DBackward0"
                           : "NllLossBackward0",
        out, wrt(x, save(labels, weight, total), [=, shape = x.shape()](T grad, T target, T weight, T total) {
            return nll_backward(grad, target, weight, total, shape, ignore_index, how);
        }));
}

Tensor cross_entropy(
    T x, T target, T weight, std::int64_t ignore_index, const std::string& reduction, double label_smoothing) {
    check(0 <= label_smoothing && label_smoothing <= 1,
        "cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: {}", label_smoothing);
    check(x.ndim() > 0, "cross_entropy: input tensor should be 1D or more, not 0D");
    Reduction how = reduction_of(reduction);
    std::int64_t dim = x.ndim() == 1 ? 0 : 1, classes = x.size(dim);
    Shape along = Shape::filled(x.ndim(), 1);
    along[dim] = classes;
    check(!weight.defined() || weight.numel() == classes,
        "cross_entropy: weight tensor should be defined either for all {} classes or no classes but got weight "
        "tensor of shape: {}",
        classes, (weight.defined() ? weight.shape() : Shape()).str());
    Tensor scores = log_softmax(x, dim), weights = weight.defined() ? weight.reshape(along) : Tensor();
    if (target.is_floating_point() &&
        (target.numel() > 0 || target.shape() == x.shape())) {  // a probability for each class
        check(target.shape() == x.shape(),
            "cross_entropy: Expected floating point type target with class probabilities to have shape {}, got {}",
            x.shape().str(), target.shape().str());
        check(ignore_index < 0, "cross_entropy: ignore_index is not supported for floating point target");
        Tensor wanted = label_smoothing > 0
            ? target * (1 - label_smoothing) + label_smoothing / static_cast<double>(classes)
            : target;
        Tensor terms = scores * wanted * (weight.defined() ? weights : ones({1}, {.dtype = x.dtype()}));
        double samples = static_cast<double>(x.numel()) / static_cast<double>(classes);
        if (how == Reduction::Mean)
            return autograd::named(x.numel() ? "DivBackward1" : "NegBackward0", -terms.sum() / samples);
        return how == Reduction::None ? -terms.sum(dim) : -terms.sum();
    }
    Tensor exact = nll_loss(scores, target, weight, ignore_index, reduction);
    if (label_smoothing == 0) return exact;
    Tensor ignored = target == ignore_index,
           all = -(weight.defined() ? scores * weights : scores).sum(dim).masked_fill(ignored, 0);
    Tensor smooth = how == Reduction::None ? all : all.sum();
    if (how == Reduction::Mean && weight.defined()) {
        check(target.dtype() == DType::Int64, "cross_entropy: gather(): Expected dtype int64 for index");
        smooth = smooth /
            weight.index_select(0, where(ignored, 0, target).reshape(-1))
                .reshape(target.shape())
                .masked_fill(ignored, 0)
                .sum();
    } else if (how == Reduction::Mean) {
        smooth = smooth / (~ignored).to(x.dtype()).sum();
    }
    return exact * (1 - label_smoothing) + smooth * (label_smoothing / static_cast<double>(classes));
}

// t log t - t x, where 0 log 0 is 0; or exp(t) (t - x) of logarithms.
Tensor kl_div(T x, T target, const std::string& reduction, bool log_target) {
    bool batchmean = reduction == "batchmean";
    if (reduction == "mean")
        warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides "
            "only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the "
            "same as 'batchmean' in the next major release.");
    Reduction how = reduction_of(batchmean ? "sum" : reduction);
    Tensor losses =
        log_target ? target.exp() * (target - x) : where(target == 0, 0, target * target.log()) - target * x;
    Tensor out = how == Reduction::Mean ? losses.mean() : how == Reduction::Sum ? losses.sum() : losses;
    return batchmean && x.ndim() > 0 ? out / static_cast<double>(x.size(0)) : out;
}

}  // namespace taper::ops
