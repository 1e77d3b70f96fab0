// nn.functional: losses of margins and of likelihoods.
#pragma once

#include <functional>

#include "functional_losses.h"

namespace taper::nn::functional {

struct MarginRankingLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input1 = required, input2 = required, target = required;
    Arg<double> margin = Default(0);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct MultiMarginLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required;
    Arg<std::int64_t> p = Default(1);
    Arg<double> margin = Default(1);
    Arg<Tensor> weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
/// distance_function: of two tensors, pairwise_distance if absent.
struct TripletMarginWithDistanceLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> anchor = required, positive = required, negative = required;
    Arg<std::optional<std::function<Tensor(const Tensor&, const Tensor&)>>> distance_function = Default(none);
    Arg<double> margin = Default(1);
    Arg<bool> swap = Default(false);
    Arg<std::string> reduction = Default("mean");
};
struct PoissonNLLLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required;
    Arg<bool> log_input = Default(true), full = Default(false);
    Arg<std::optional<bool>> size_average = Default(none);
    Arg<double> eps = Default(1e-8);
    Arg<std::optional<bool>> reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct GaussianNLLLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, target = required, var = required;
    Arg<bool> full = Default(false);
    Arg<double> eps = Default(1e-6);
    Arg<std::string> reduction = Default("mean");
};

/// max(0, -target (input1 - input2) + margin), with a target of 1 where input1 shall be the larger, else -1.
TAPER_FUNCTION_OBJECT(Tensor, margin_ranking_loss, MarginRankingLossOptions, 3, input1, input2, target, margin,
    size_average, reduce, reduction)
/// log(1 + exp(-target x)), with targets of 1 and -1.
TAPER_FUNCTION_OBJECT(Tensor, soft_margin_loss, LossOptions, 2, input, target, size_average, reduce, reduction)
/// The mean over the classes, which are the last dim, of binary_cross_entropy_with_logits.
TAPER_FUNCTION_OBJECT(
    Tensor, multilabel_soft_margin_loss, BCELossOptions, 2, input, target, weight, size_average, reduce, reduction)
/// weight[t] max(0, margin - x[t] + x[i])^p, summed over the classes i but t and divided by their number: x (N, C) or
/// (C), target (N) of classes t, int64; p 1 or 2.
TAPER_FUNCTION_OBJECT(Tensor, multi_margin_loss, MultiMarginLossOptions, 2, input, target, p, margin, weight,
    size_average, reduce, reduction)
/// max(0, 1 - (x[t] - x[i])), summed over the classes t of the sample and the classes i that are none of it, and
/// divided by the number of all: x (N, C) or (C), target of the same shape: the classes, int64, up to the first -1.
TAPER_FUNCTION_OBJECT(Tensor, multilabel_margin_loss, LossOptions, 2, input, target, size_average, reduce, reduction)
/// max(0, d(anchor, positive) - d(anchor, negative) + margin), with any distance d; `swap`: with d(positive, negative)
/// where that is less.
TAPER_FUNCTION_OBJECT(
    Tensor, triplet_margin_with_distance_loss, TripletMarginWithDistanceLossOptions, 3, anchor, positive, negative)
/// exp(x) - target x, or x - target log(x + eps) unless log_input; `full`: with Stirling's approximation of
/// log(target!).
TAPER_FUNCTION_OBJECT(Tensor, poisson_nll_loss, PoissonNLLLossOptions, 2, input, target, log_input, full, size_average,
    eps, reduce, reduction)
/// (log v + (x - target)^2 / v) / 2, where v is var, at least eps: of the shape of x, or one for each row; `full`: with
/// log(2 pi) / 2. Error if var is negative.
TAPER_FUNCTION_OBJECT(Tensor, gaussian_nll_loss, GaussianNLLLossOptions, 3, input, target, var, full, eps, reduction)

}  // namespace taper::nn::functional
