#include "loss.h"

namespace taper::nn {

static std::string reduction_of(const auto& o) {
    return positional::reduction_of(o.size_average, o.reduce, o.reduction);
}

L1Loss::L1Loss(Called, const LossOptions& o) : reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(L1Loss, LossOptions, 0, size_average, reduce, reduction)

MSELoss::MSELoss(Called, const LossOptions& o) : reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(MSELoss, LossOptions, 0, size_average, reduce, reduction)

SmoothL1Loss::SmoothL1Loss(Called, const SmoothL1LossOptions& o) : reduction(reduction_of(o)), beta(o.beta) {}
TAPER_DEFINE_CONSTRUCTORS(SmoothL1Loss, SmoothL1LossOptions, 0, size_average, reduce, reduction, beta)

HuberLoss::HuberLoss(Called, const HuberLossOptions& o) : reduction(o.reduction), delta(o.delta) {}
TAPER_DEFINE_CONSTRUCTORS(HuberLoss, HuberLossOptions, 0, reduction, delta)

BCELoss::BCELoss(Called, const BCELossOptions& o)
    : weight(register_buffer("weight", o.weight)), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(BCELoss, BCELossOptions, 0, weight, size_average, reduce, reduction)

BCEWithLogitsLoss::BCEWithLogitsLoss(Called, const BCEWithLogitsLossOptions& o)
    : weight(register_buffer("weight", o.weight)),
      pos_weight(register_buffer("pos_weight", o.pos_weight)),
      reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(
    BCEWithLogitsLoss, BCEWithLogitsLossOptions, 0, weight, size_average, reduce, reduction, pos_weight)

NLLLoss::NLLLoss(Called, const NLLLossOptions& o)
    : weight(register_buffer("weight", o.weight)), ignore_index(o.ignore_index), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(NLLLoss, NLLLossOptions, 0, weight, size_average, ignore_index, reduce, reduction)

CrossEntropyLoss::CrossEntropyLoss(Called, const CrossEntropyLossOptions& o)
    : weight(register_buffer("weight", o.weight)),
      ignore_index(o.ignore_index),
      reduction(reduction_of(o)),
      label_smoothing(o.label_smoothing) {}
TAPER_DEFINE_CONSTRUCTORS(CrossEntropyLoss, CrossEntropyLossOptions, 0, weight, size_average, ignore_index, reduce,
    reduction, label_smoothing)

KLDivLoss::KLDivLoss(Called, const KLDivLossOptions& o) : reduction(reduction_of(o)), log_target(o.log_target) {}
TAPER_DEFINE_CONSTRUCTORS(KLDivLoss, KLDivLossOptions, 0, size_average, reduce, reduction, log_target)

HingeEmbeddingLoss::HingeEmbeddingLoss(Called, const HingeEmbeddingLossOptions& o)
    : margin(o.margin), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(HingeEmbeddingLoss, HingeEmbeddingLossOptions, 0, margin, size_average, reduce, reduction)

CosineEmbeddingLoss::CosineEmbeddingLoss(Called, const CosineEmbeddingLossOptions& o)
    : margin(o.margin), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(CosineEmbeddingLoss, CosineEmbeddingLossOptions, 0, margin, size_average, reduce, reduction)

TripletMarginLoss::TripletMarginLoss(Called, const TripletMarginLossOptions& o)
    : margin(o.margin), p(o.p), eps(o.eps), swap(o.swap), reduction(reduction_of(o)) {}
TAPER_DEFINE_CONSTRUCTORS(
    TripletMarginLoss, TripletMarginLossOptions, 0, margin, p, eps, swap, size_average, reduce, reduction)

}  // namespace taper::nn
