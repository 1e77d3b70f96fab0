#include "functional_losses_more.h"

#include "positional.h"

namespace taper::nn::functional {

static std::string given_reduction(const auto& o) {
    return positional::reduction_of(o.size_average, o.reduce, o.reduction);
}
static std::string reduction_of(const auto& o) { return positional::known_reduction(given_reduction(o)); }

TAPER_DEFINE_FUNCTION_OBJECT(Tensor, margin_ranking_loss, MarginRankingLossOptions,
    (positional::margin_ranking_loss(o.input1, o.input2, o.target, o.margin, reduction_of(o))), 3, input1, input2,
    target, margin, size_average, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, soft_margin_loss, LossOptions,
    (positional::soft_margin_loss(o.input, o.target, reduction_of(o))), 2, input, target, size_average, reduce,
    reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, multilabel_soft_margin_loss, BCELossOptions,
    (positional::multilabel_soft_margin_loss(o.input, o.target, o.weight, given_reduction(o))), 2, input, target,
    weight, size_average, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, multi_margin_loss, MultiMarginLossOptions,
    (positional::multi_margin_loss(o.input, o.target, o.p, o.margin, o.weight, reduction_of(o))), 2, input, target, p,
    margin, weight, size_average, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, multilabel_margin_loss, LossOptions,
    (positional::multilabel_margin_loss(o.input, o.target, reduction_of(o))), 2, input, target, size_average, reduce,
    reduction)

static positional::DistanceFunction distance_of(const TripletMarginWithDistanceLossOptions& o) {
    if (*o.distance_function) return **o.distance_function;
    return [](const Tensor& a, const Tensor& b) { return positional::pairwise_distance(a, b, 2, 1e-6, false); };
}
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, triplet_margin_with_distance_loss, TripletMarginWithDistanceLossOptions,
    (positional::triplet_margin_with_distance_loss(
        o.anchor, o.positive, o.negative, distance_of(o), o.margin, o.swap, positional::known_reduction(o.reduction))),
    3, anchor, positive, negative)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, poisson_nll_loss, PoissonNLLLossOptions,
    (positional::poisson_nll_loss(o.input, o.target, o.log_input, o.full, o.eps, given_reduction(o))), 2, input, target,
    log_input, full, size_average, eps, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, gaussian_nll_loss, GaussianNLLLossOptions,
    (positional::gaussian_nll_loss(o.input, o.target, o.var, o.full, o.eps, o.reduction)), 3, input, target, var, full,
    eps, reduction)

}  // namespace taper::nn::functional
