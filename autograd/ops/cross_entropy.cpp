// Losses of many classes, of which one is right, or each has a probability.
#include "../../tensor/kernels/nll.h"
#include "../ops.h"
#include "loss.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

void check_targets(T x, T target, T weight, std::int64_t ignore_index, LossReduction how) {
    check(x.ndim() >= 1, "nll_loss: input tensor should be 1D or more, not 0D");
    // As in PyTorch, which does not look at what it adds up if there is none of it.
    const bool unseen = target.numel() == 0 && how != LossReduction::None;
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

// What the kernels want to know of row-major labels and weights, of which the latter may be undefined.
template <class N> NllInputs<N> inputs(const Shape& shape, T labels, T weights, std::int64_t ignore_index) {
    std::int64_t inner = 1;
    for (int d = 2; d < shape.size(); ++d) inner *= shape[d];
    return {labels.numel(), shape[shape.size() == 1 ? 0 : 1], inner, ignore_index, labels.data_ptr<std::int64_t>(),
        weights.defined() ? weights.data_ptr<N>() : nullptr};
}

// -1 / scale at each target's position, 0 elsewhere: the gradient of nll_loss, and its transpose the gathering of
// gradients.
Tensor nll_backward(
    T grad, T target, T weight, T total, const Shape& from, std::int64_t ignore_index, LossReduction how);

Tensor nll_gather(T gg, T target, T weight, T total, const Shape& from, std::int64_t ignore_index, LossReduction how) {
    Tensor labels = where(target == ignore_index, 0, target),
           picked = from.size() == 1 ? gg.gather(0, labels.reshape(1)).reshape(Shape{})
                                     : gg.gather(1, labels.unsqueeze(1)).squeeze(1);
    Tensor scale = weight.defined() ? weight.index_select(0, labels.reshape(-1)).reshape(labels.shape())
                                    : ones(labels.shape(), {.dtype = gg.dtype()});
    Tensor kept = -picked * where(target == ignore_index, 0, scale);
    return how == LossReduction::None ? kept : how == LossReduction::Sum ? kept.sum() : kept.sum() / total;
}

Tensor nll_backward(
    T grad, T target, T weight, T total, const Shape& from, std::int64_t ignore_index, LossReduction how) {
    Tensor out = native::zeros(from, grad.dtype()), labels = native::contiguous(native::cast(target, int64)),
           weights = weight.defined() ? native::contiguous(native::cast(weight, grad.dtype())) : Tensor();
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        Tensor each = native::contiguous(native::broadcast(grad, target.shape()));
        nll_gradient(inputs<N>(from, labels, weights, ignore_index), each.data_ptr<N>(),
            how == LossReduction::Mean ? total.template item<N>() : N(1), out.data_ptr<N>());
    });
    return record(
        "NllLossBackwardBackward0", out, wrt(grad, save(target, weight, total), [=](T gg, T target, T weight, T total) {
            return nll_gather(gg, target, weight, total, from, ignore_index, how);
        }));
}

}  // namespace

Tensor nll_loss(T x, T target, T weight, std::int64_t ignore_index, const std::string& reduction) {
    if (is_narrow(x.dtype()))
        return in_wide<Floats>(
            [&](T x, T weight) { return nll_loss(x, target, weight, ignore_index, reduction); }, x, weight);
    LossReduction how = reduction_of(reduction);
    check_targets(x, target, weight, ignore_index, how);
    Tensor from = native::contiguous(x), labels = native::contiguous(native::cast(target, int64)),
           weights = weight.defined() ? native::contiguous(native::cast(weight, x.dtype())) : Tensor();
    Tensor losses = native::empty(target.shape(), x.dtype()), used = native::empty(target.shape(), x.dtype());
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        nll_losses(inputs<N>(x.shape(), labels, weights, ignore_index), from.data_ptr<N>(), losses.data_ptr<N>(),
            used.data_ptr<N>());
    });
    Tensor total, out;
    {
        NoGradGuard no_grad;
        total = used.sum();
        out = how == LossReduction::None ? losses : how == LossReduction::Sum ? losses.sum() : losses.sum() / total;
    }
    // PyTorch takes any number of dims but one, two and four as four, and views what it gets.
    const bool viewed = how == LossReduction::None && x.ndim() > 2 && x.ndim() != 4;
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
    LossReduction how = reduction_of(reduction);
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
        const std::int64_t samples = x.numel() / classes;
        if (how == LossReduction::Mean)
            return autograd::named(
                x.numel() ? "DivBackward1" : "NegBackward0", -terms.sum() / static_cast<double>(samples));
        return how == LossReduction::None ? -terms.sum(dim) : -terms.sum();
    }
    Tensor exact = nll_loss(scores, target, weight, ignore_index, reduction);
    if (label_smoothing == 0) return exact;
    Tensor ignored = target == ignore_index,
           all = -(weight.defined() ? scores * weights : scores).sum(dim).masked_fill(ignored, 0);
    Tensor smooth = how == LossReduction::None ? all : all.sum();
    if (how == LossReduction::Mean && weight.defined()) {
        check(target.dtype() == DType::Int64, "cross_entropy: gather(): Expected dtype int64 for index");
        smooth = smooth /
            weight.index_select(0, where(ignored, 0, target).reshape(-1))
                .reshape(target.shape())
                .masked_fill(ignored, 0)
                .sum();
    } else if (how == LossReduction::Mean) {
        smooth = smooth / (~ignored).to(x.dtype()).sum();
    }
    return exact * (1 - label_smoothing) + smooth * (label_smoothing / static_cast<double>(classes));
}

}  // namespace taper::ops
