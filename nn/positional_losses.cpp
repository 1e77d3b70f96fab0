// The losses behind the modules: what is made of other ops.
#include <numbers>

#include "../autograd/ops/narrow.h"
#include "../tensor/warning.h"
#include "positional.h"

namespace taper::nn::positional {

using T = const Tensor&;

static Tensor reduced(T losses, Text reduction) {
    if (reduction == "mean") return losses.mean();
    if (reduction == "sum") return losses.sum();
    check(reduction == "none", "loss: {} is not a valid value for reduction", reduction);
    return losses;
}

// ---- which are reduced

std::string reduction_of(std::optional<bool> size_average, std::optional<bool> reduce, Text reduction) {
    if (!size_average && !reduce) return reduction;
    const char* said = !reduce.value_or(true) ? "none" : size_average.value_or(true) ? "mean" : "sum";
    warn("size_average and reduce args will be deprecated, please use reduction='{}' instead.", said);
    return said;
}
std::string known_reduction(Text reduction) {
    if (reduction != "elementwise_mean") return reduction;
    warn("reduction='elementwise_mean' is deprecated, please use reduction='mean' instead.");
    return "mean";
}
Tensor kl_div(T x, T target, Text reduction, bool log_target) {
    if (reduction != "elementwise_mean") return ops::kl_div(x, target, reduction, log_target);
    return reduced(ops::kl_div(x, target, "none", log_target), known_reduction(reduction));
}
Tensor l1_loss(T x, T target, Text reduction) {
    warn_of_target_size(target.shape(), x.shape());
    return reduced((x - target).abs(), reduction);
}
Tensor hinge_embedding_loss(T x, T target, double margin, Text reduction) {
    Tensor losses = ops::where(target != 1, (margin - x).clamp_min(0), 0) + ops::where(target != -1, x, 0);
    return reduced(losses, reduction);
}
Tensor cosine_embedding_loss(T x1, T x2, T target, double margin, Text reduction) {
    check(target.ndim() <= 1, "cosine_embedding_loss: 0D or 1D target tensor expected, multi-target not supported");
    std::int64_t dims = target.ndim() + 1, dim = target.ndim();
    check(x1.ndim() == dims && x2.ndim() == dims,
        "cosine_embedding_loss: {}D target tensor expects {}D input tensors, but found inputs with sizes {} and {}.",
        dims - 1, dims, x1.shape().str(), x2.shape().str());
    constexpr double epsilon = 1e-12;
    Tensor squares = ((x1 * x1).sum(dim) + epsilon) * ((x2 * x2).sum(dim) + epsilon);
    Tensor cosine = (x1 * x2).sum(dim) / squares.sqrt();
    Tensor losses =
        ops::where(target == 1, 1 - cosine, 0) + ops::where(target == -1, (cosine - margin).clamp_min(0), 0);
    return reduced(losses, reduction);
}
Tensor triplet_margin_loss(
    T anchor, T positive, T negative, double margin, double p, double eps, bool swap, Text reduction) {
    auto distance = [&](T a, T b) { return positional::pairwise_distance(a, b, p, eps, false); };
    Tensor near = distance(anchor, positive), far = distance(anchor, negative);
    if (swap) far = far.minimum(distance(positive, negative));
    return reduced((margin + near - far).clamp_min(0), reduction);
}

// ---- of margins

Tensor margin_ranking_loss(T x1, T x2, T target, double margin, Text reduction) {
    check(x1.ndim() == x2.ndim() && x1.ndim() == target.ndim(),
        "margin_ranking_loss: margin_ranking_loss : All input tensors should have same dimension but got sizes: "
        "input1: {}, input2: {}, target: {} ",
        x1.shape().str(), x2.shape().str(), target.shape().str());
    return reduced((-target * (x1 - x2) + margin).clamp_min(0), reduction);
}
Tensor soft_margin_loss(T x, T target, Text reduction) {
    Tensor losses = -x;  // in place, so that it stays of the shape and dtype of x
    losses.mul_(target).exp_().add_(1.).log_();
    return autograd::named("SoftMarginLossBackward0", reduced(losses, reduction));
}
Tensor multilabel_soft_margin_loss(T x, T target, T weight, Text reduction) {
    Tensor losses = -(target * ops::logsigmoid(x) + (1 - target) * ops::logsigmoid(-x));
    if (weight.defined()) losses = losses * weight;
    return reduced(losses.sum(-1) / static_cast<double>(x.size(-1)), reduction);
}

// A sample is a vector of scores of classes; a batch (N, C). Error unless it is one of these, and not empty.
static Tensor as_batch(const char* op, T x) {
    check(x.ndim() <= 2 && (x.ndim() == 0 || x.size(-1) != 0),
        "{}: Expected non-empty vector or matrix with optional 0-dim batch size, but got: {}", op, x.shape().str());
    refuse(op, op, x.dtype(), {DType::Float16, DType::BFloat16});
    return x.ndim() == 2 ? x : x.reshape({1, x.numel()});
}
// The margins that are wanted and above 0; 0 in the place of others.
static Tensor above_0(T margins, T wanted) { return ops::where(wanted.logical_and(margins > 0), margins, 0); }
Tensor multi_margin_loss(T scores, T target, std::int64_t p, double margin, T weight, Text reduction) {
    check(p == 1 || p == 2, "multi_margin_loss: only p == 1 and p == 2 supported");
    check(!weight.defined() || weight.ndim() == 1, "multi_margin_loss: weight must be one-dimensional");
    const Tensor x = as_batch("multi_margin_loss", scores);
    const std::int64_t samples = x.size(0), classes = x.size(1);
    check(target.ndim() <= 1 && target.numel() == samples, "multi_margin_loss: inconsistent target size, got: [{}]",
        joined(target.shape(), ", "));
    check(!weight.defined() || weight.numel() == classes,
        "multi_margin_loss: inconsistent weight size, expected {} but got {}", classes,
        weight.defined() ? weight.shape() : Shape());
    check(target.dtype() == int64, "multi_margin_loss: expected scalar type Long but found {}",
        scalar_name_of(target.dtype()));
    check(samples == 0 || (target.min().item() >= 0 && target.max().item() < static_cast<double>(classes)),
        "multi_margin_loss: target out of range");
    const Tensor labels = target.reshape({samples, 1}), others = arange(classes) != labels;
    Tensor costs = above_0(margin - x.gather(1, labels) + x, others);
    if (p == 2) costs = costs.square();
    if (weight.defined()) costs = costs * weight.index_select(0, labels.flatten()).unsqueeze(1);
    Tensor losses = costs.sum(1) / static_cast<double>(classes);
    if (target.ndim() == 0) losses = losses.squeeze(0);
    return autograd::named("MultiMarginLossBackward0", reduced(losses, reduction));
}
Tensor multilabel_margin_loss(T scores, T target, Text reduction) {
    const Tensor x = as_batch("multilabel_margin_loss", scores);
    check(target.ndim() == scores.ndim() ? target.shape() == scores.shape()
                                         : scores.ndim() < 2 && target.ndim() < 2 && target.numel() == x.size(1),
        "multilabel_margin_loss: inconsistent size [{}] for argument #2 'target'", joined(target.shape(), ", "));
    check(target.dtype() == int64, "multilabel_margin_loss: expected scalar type Long but found {}",
        scalar_name_of(target.dtype()));
    check(target.numel() == 0 || (target.min().item() >= -1 && target.max().item() < static_cast<double>(x.size(1))),
        "multilabel_margin_loss: argument #2 'target' is out of range");
    // The classes of a sample are those before the first -1.
    const Tensor rows = target.reshape(x.shape()), named = (rows >= 0).to(int64).cumprod(1), labels = rows.clamp_min(0);
    const Tensor is_class = zeros(x.shape(), {.dtype = int64}).scatter_add(1, labels, named) > 0;
    Tensor margins = 1 - (x.gather(1, labels).unsqueeze(2) - x.unsqueeze(1));
    Tensor wanted = named.unsqueeze(2).to(bool_).logical_and(is_class.logical_not().unsqueeze(1));
    Tensor losses = above_0(margins, wanted).sum({1, 2}) / static_cast<double>(x.size(1));
    if (scores.ndim() < 2) losses = losses.squeeze(0);
    return autograd::named("MultilabelMarginLossBackward0", reduced(losses, reduction));
}
Tensor triplet_margin_with_distance_loss(
    T anchor, T positive, T negative, const DistanceFunction& distance, double margin, bool swap, Text reduction) {
    Tensor near = distance(anchor, positive), far = distance(anchor, negative);
    if (swap) far = far.minimum(distance(positive, negative));
    return reduced((near - far + margin).clamp_min(0), reduction);
}

// ---- of likelihoods

static void check_reduction(const char* op, Text reduction) {
    check(reduction == "mean" || reduction == "sum" || reduction == "none", "{}: {} is not valid", op, reduction);
}
Tensor poisson_nll_loss(T x, T target, bool log_input, bool full, double eps, Text reduction) {
    check_reduction("poisson_nll_loss", reduction);
    Tensor losses = log_input ? x.exp() - target * x : x - target * (x + eps).log();
    if (full) {
        Tensor stirling = target * target.log() - target + 0.5 * (2 * std::numbers::pi * target).log();
        losses.add_(stirling.masked_fill(target <= 1, 0));
    }
    return reduced(losses, reduction);
}
Tensor gaussian_nll_loss(T x, T target, T variance, bool full, double eps, Text reduction) {
    Tensor var = variance;
    if (var.shape() != x.shape()) {
        check(x.ndim() > 0, "gaussian_nll_loss: var is of incorrect size");
        Shape samples;
        for (std::int64_t dim = 0; dim + 1 < x.ndim(); ++dim) samples.push_back(x.size(dim));
        if (var.shape() == samples) var = var.unsqueeze(-1);
        check(var.ndim() == x.ndim() && var.size(-1) == 1 && var.squeeze(-1).shape() == samples,
            "gaussian_nll_loss: var is of incorrect size");
    }
    check_reduction("gaussian_nll_loss", reduction);
    check(!(var < 0).any().item<bool>(), "gaussian_nll_loss: var has negative entry/entries");
    var = var.clone();
    {
        NoGradGuard no_grad;  // the limit does not stop the gradient
        var.clamp_min_(eps);
    }
    Tensor losses = 0.5 * (var.log() + (x - target).square() / var);
    if (full) losses = losses + 0.5 * std::log(2 * std::numbers::pi);
    return reduced(losses, reduction);
}

}  // namespace taper::nn::positional
