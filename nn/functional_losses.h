// nn.functional: losses.
#pragma once

#include "../tensor/tensor.h"
#include "function_object.h"

namespace taper::nn::functional {

/// reduction: "mean", "sum" or "none". size_average and reduce, which are deprecated, overrule it where given.
struct LossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required;
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct SmoothL1LossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required;
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<double> beta = Default(1);
};
struct HuberLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required;
    Arg<std::string> reduction = Default("mean");
    Arg<double> delta = Default(1);
};
struct BCELossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required, weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct BCEWithLogitsLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required, weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<Tensor> pos_weight = Default(none);
};
struct NLLLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required, weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none);
    Arg<std::int64_t> ignore_index = Default(-100);
    Arg<std::optional<bool>> reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct CrossEntropyLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required, weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none);
    Arg<std::int64_t> ignore_index = Default(-100);
    Arg<std::optional<bool>> reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<double> label_smoothing = Default(0);
};
/// reduction: "batchmean" too.
struct KLDivLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required;
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<bool> log_target = Default(false);
};
struct HingeEmbeddingLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required;
    Arg<double> margin = Default(1);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct CosineEmbeddingLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input1 = required, input2 = required, target = required;
    Arg<double> margin = Default(0);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct TripletMarginLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> anchor = required, positive = required, negative = required;
    Arg<double> margin = Default(1), p = Default(2), eps = Default(1e-6);
    Arg<bool> swap = Default(false);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};

/// |x - target|
TAPER_FUNCTION_OBJECT(Tensor, l1_loss, LossOptions, 2, input, target, size_average, reduce, reduction)
/// (x - target)^2
TAPER_FUNCTION_OBJECT(Tensor, mse_loss, LossOptions, 2, input, target, size_average, reduce, reduction)
/// With d = |x - target|: d^2 / (2 beta) where d < beta, else d - beta / 2.
TAPER_FUNCTION_OBJECT(
    Tensor, smooth_l1_loss, SmoothL1LossOptions, 2, input, target, size_average, reduce, reduction, beta)
/// With d = |x - target|: d^2 / 2 where d <= delta, else delta (d - delta / 2).
TAPER_FUNCTION_OBJECT(Tensor, huber_loss, HuberLossOptions, 2, input, target, reduction, delta)
/// -(t log x + (1 - t) log(1 - x)), each log at least -100. Error unless x is in [0, 1] and shaped like the target.
TAPER_FUNCTION_OBJECT(
    Tensor, binary_cross_entropy, BCELossOptions, 2, input, target, weight, size_average, reduce, reduction)
/// The same of sigmoid(x), without overflow; positive examples count pos_weight times.
TAPER_FUNCTION_OBJECT(Tensor, binary_cross_entropy_with_logits, BCEWithLogitsLossOptions, 2, input, target, weight,
    size_average, reduce, reduction, pos_weight)
/// -weight[t] x[t]: x (N, C, ...) of log-probabilities, target (N, ...) of classes; "mean" divides by the weights' sum.
TAPER_FUNCTION_OBJECT(
    Tensor, nll_loss, NLLLossOptions, 2, input, target, weight, size_average, ignore_index, reduce, reduction)
/// nll_loss(log_softmax(x)), or with a probability for each class as target, shaped like x.
TAPER_FUNCTION_OBJECT(Tensor, cross_entropy, CrossEntropyLossOptions, 2, input, target, weight, size_average,
    ignore_index, reduce, reduction, label_smoothing)
/// t (log t - x), with log-probabilities x; of log-probabilities t too if `log_target`.
TAPER_FUNCTION_OBJECT(Tensor, kl_div, KLDivLossOptions, 2, input, target, size_average, reduce, reduction, log_target)
/// x where target is 1, max(0, margin - x) where it is -1.
TAPER_FUNCTION_OBJECT(
    Tensor, hinge_embedding_loss, HingeEmbeddingLossOptions, 2, input, target, margin, size_average, reduce, reduction)
/// With c the cosine of input1 and input2, (N, D) or (D): 1 - c where target is 1, max(0, c - margin) where it is -1.
TAPER_FUNCTION_OBJECT(Tensor, cosine_embedding_loss, CosineEmbeddingLossOptions, 3, input1, input2, target, margin,
    size_average, reduce, reduction)
/// max(0, margin + d(anchor, positive) - d(anchor, negative)), with pairwise_distance d.
TAPER_FUNCTION_OBJECT(Tensor, triplet_margin_loss, TripletMarginLossOptions, 3, anchor, positive, negative, margin, p,
    eps, swap, size_average, reduce, reduction)

}  // namespace taper::nn::functional
