#include "loss_more.h"

#include "../tensor/warning.h"
#include "distance.h"

namespace taper::nn {

using T = const Tensor&;

static std::string reduction_of(const auto& o) {
    return positional::reduction_of(o.size_average, o.reduce, o.reduction);
}

MarginRankingLoss::MarginRankingLoss(Called, const MarginRankingLossOptions& o)
    : margin(o.margin), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(MarginRankingLoss, MarginRankingLossOptions, 0, margin, size_average, reduce, reduction)
Tensor MarginRankingLoss::forward(T x1, T x2, T target) const {
    return positional::margin_ranking_loss(x1, x2, target, margin, positional::known_reduction(*reduction));
}

SoftMarginLoss::SoftMarginLoss(Called, const LossOptions& o) : reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(SoftMarginLoss, LossOptions, 0, size_average, reduce, reduction)
Tensor SoftMarginLoss::forward(T x, T target) const {
    return positional::soft_margin_loss(x, target, positional::known_reduction(*reduction));
}

MultiMarginLoss::MultiMarginLoss(Called, const MultiMarginLossOptions& o)
    : p(o.p), margin(o.margin), weight(register_buffer("weight", o.weight)), reduction(reduction_of(o)) {
    check(p == 1 || p == 2, "MultiMarginLoss: only p == 1 and p == 2 supported");
    check(!weight.defined() || weight.ndim() == 1, "MultiMarginLoss: weight must be one-dimensional");
}
TAPER_DEFINE_CONSTRUCTORS(
    MultiMarginLoss, MultiMarginLossOptions, 0, p, margin, weight, size_average, reduce, reduction)
Tensor MultiMarginLoss::forward(T x, T target) const {
    return positional::multi_margin_loss(x, target, p, margin, weight, positional::known_reduction(*reduction));
}

MultiLabelMarginLoss::MultiLabelMarginLoss(Called, const LossOptions& o) : reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(MultiLabelMarginLoss, LossOptions, 0, size_average, reduce, reduction)
Tensor MultiLabelMarginLoss::forward(T x, T target) const {
    return positional::multilabel_margin_loss(x, target, positional::known_reduction(*reduction));
}

MultiLabelSoftMarginLoss::MultiLabelSoftMarginLoss(Called, const BCELossOptions& o)
    : weight(register_buffer("weight", o.weight)), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(MultiLabelSoftMarginLoss, BCELossOptions, 0, weight, size_average, reduce, reduction)
Tensor MultiLabelSoftMarginLoss::forward(T x, T target) const {
    return positional::multilabel_soft_margin_loss(x, target, weight, *reduction);
}

PoissonNLLLoss::PoissonNLLLoss(Called, const PoissonNLLLossOptions& o)
    : log_input(o.log_input), full(o.full), eps(o.eps), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(
    PoissonNLLLoss, PoissonNLLLossOptions, 0, log_input, full, size_average, eps, reduce, reduction)
Tensor PoissonNLLLoss::forward(T x, T target) const {
    return positional::poisson_nll_loss(x, target, log_input, full, eps, *reduction);
}

GaussianNLLLoss::GaussianNLLLoss() : GaussianNLLLoss(GaussianNLLLossOptions()) {}
GaussianNLLLoss::GaussianNLLLoss(const GaussianNLLLossOptions& o) : full(o.full), eps(o.eps), reduction(o.reduction) {}
Tensor GaussianNLLLoss::forward(T x, T target, T var) const {
    return positional::gaussian_nll_loss(x, target, var, full, eps, *reduction);
}

static AnyModule part_of(const TripletMarginWithDistanceLossOptions& o) {
    return *o.distance_function ? (*o.distance_function)->module : AnyModule(PairwiseDistance());
}
TripletMarginWithDistanceLoss::TripletMarginWithDistanceLoss()
    : TripletMarginWithDistanceLoss(TripletMarginWithDistanceLossOptions()) {}
TripletMarginWithDistanceLoss::TripletMarginWithDistanceLoss(const TripletMarginWithDistanceLossOptions& o)
    : distance_function(part_of(o)),
      margin(o.margin),
      swap(o.swap),
      reduction(o.reduction),
      function_(*o.distance_function ? (*o.distance_function)->function : positional::DistanceFunction()) {
    if (distance_function.defined()) distance_function = register_module("distance_function", distance_function);
}
Tensor TripletMarginWithDistanceLoss::forward(T anchor, T positive, T negative) const {
    positional::DistanceFunction distance = function_;
    if (distance_function.defined()) distance = [&](T a, T b) { return distance_function(a, b); };
    return positional::triplet_margin_with_distance_loss(
        anchor, positive, negative, distance, margin, swap, positional::known_reduction(*reduction));
}

NLLLoss2d::NLLLoss2d(Called, const NLLLossOptions& o)
    : weight(register_buffer("weight", o.weight)), ignore_index(o.ignore_index), reduction(reduction_of(o)) {
    warn(
        "NLLLoss2d has been deprecated. Please use NLLLoss instead as a drop-in replacement and see "
        "https://pytorch.org/docs/master/nn.html#torch.nn.NLLLoss for more details.");
}
TAPER_DEFINE_CONSTRUCTORS(NLLLoss2d, NLLLossOptions, 0, weight, size_average, ignore_index, reduce, reduction)
Tensor NLLLoss2d::forward(T x, T target) const {
    return ops::nll_loss(x, target, weight, ignore_index, positional::known_reduction(*reduction));
}

}  // namespace taper::nn
