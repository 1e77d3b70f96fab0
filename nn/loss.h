// Losses as modules; functional_losses.h has their formulas. Weights are buffers: they move with the module.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// reduction: "mean", "sum" or "none". size_average and reduce, which are deprecated, overrule it where given.
struct LossOptions {
    Keywords _ = Keywords();
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct SmoothL1LossOptions {
    Keywords _ = Keywords();
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<double> beta = Default(1);
};
struct HuberLossOptions {
    Keywords _ = Keywords();
    Arg<std::string> reduction = Default("mean");
    Arg<double> delta = Default(1);
};
struct BCELossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct BCEWithLogitsLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<Tensor> pos_weight = Default(none);
};
struct NLLLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none);
    Arg<std::int64_t> ignore_index = Default(-100);
    Arg<std::optional<bool>> reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct CrossEntropyLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none);
    Arg<std::int64_t> ignore_index = Default(-100);
    Arg<std::optional<bool>> reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<double> label_smoothing = Default(0);
};
/// reduction: "batchmean" too.
struct KLDivLossOptions {
    Keywords _ = Keywords();
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
    Arg<bool> log_target = Default(false);
};
struct HingeEmbeddingLossOptions {
    Keywords _ = Keywords();
    Arg<double> margin = Default(1);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct CosineEmbeddingLossOptions {
    Keywords _ = Keywords();
    Arg<double> margin = Default(0);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct TripletMarginLossOptions {
    Keywords _ = Keywords();
    Arg<double> margin = Default(1), p = Default(2), eps = Default(1e-6);
    Arg<bool> swap = Default(false);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};

/// torch.nn.L1Loss
struct L1Loss : Module<L1Loss> {
    TAPER_CONSTRUCTORS(L1Loss, LossOptions, 0, size_average, reduce, reduction)
    L1Loss(Called, const LossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return positional::l1_loss(x, target, positional::known_reduction(*reduction));
    }
    Setting<std::string> reduction;
};
/// torch.nn.MSELoss
struct MSELoss : Module<MSELoss> {
    TAPER_CONSTRUCTORS(MSELoss, LossOptions, 0, size_average, reduce, reduction)
    MSELoss(Called, const LossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return ops::mse_loss(x, target, positional::known_reduction(*reduction));
    }
    Setting<std::string> reduction;
};
/// torch.nn.SmoothL1Loss
struct SmoothL1Loss : Module<SmoothL1Loss> {
    TAPER_CONSTRUCTORS(SmoothL1Loss, SmoothL1LossOptions, 0, size_average, reduce, reduction, beta)
    SmoothL1Loss(Called, const SmoothL1LossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return ops::smooth_l1_loss(x, target, positional::known_reduction(*reduction), beta);
    }
    Setting<std::string> reduction;
    Setting<double> beta;
};
/// torch.nn.HuberLoss
struct HuberLoss : Module<HuberLoss> {
    TAPER_CONSTRUCTORS(HuberLoss, HuberLossOptions, 0, reduction, delta)
    HuberLoss(Called, const HuberLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return ops::huber_loss(x, target, positional::known_reduction(*reduction), delta);
    }
    Setting<std::string> reduction;
    Setting<double> delta;
};
/// torch.nn.BCELoss
struct BCELoss : Module<BCELoss> {
    TAPER_CONSTRUCTORS(BCELoss, BCELossOptions, 0, weight, size_average, reduce, reduction)
    BCELoss(Called, const BCELossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return ops::binary_cross_entropy(x, target, weight, positional::known_reduction(*reduction));
    }
    Buffer weight;
    Setting<std::string> reduction;
};
/// torch.nn.BCEWithLogitsLoss
struct BCEWithLogitsLoss : Module<BCEWithLogitsLoss> {
    TAPER_CONSTRUCTORS(
        BCEWithLogitsLoss, BCEWithLogitsLossOptions, 0, weight, size_average, reduce, reduction, pos_weight)
    BCEWithLogitsLoss(Called, const BCEWithLogitsLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return ops::binary_cross_entropy_with_logits(
            x, target, weight, pos_weight, positional::known_reduction(*reduction));
    }
    Buffer weight, pos_weight;
    Setting<std::string> reduction;
};
/// torch.nn.NLLLoss
struct NLLLoss : Module<NLLLoss> {
    TAPER_CONSTRUCTORS(NLLLoss, NLLLossOptions, 0, weight, size_average, ignore_index, reduce, reduction)
    NLLLoss(Called, const NLLLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return ops::nll_loss(x, target, weight, ignore_index, positional::known_reduction(*reduction));
    }
    Buffer weight;
    Setting<std::int64_t> ignore_index;
    Setting<std::string> reduction;
};
/// torch.nn.CrossEntropyLoss
struct CrossEntropyLoss : Module<CrossEntropyLoss> {
    TAPER_CONSTRUCTORS(CrossEntropyLoss, CrossEntropyLossOptions, 0, weight, size_average, ignore_index, reduce,
        reduction, label_smoothing)
    CrossEntropyLoss(Called, const CrossEntropyLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return ops::cross_entropy(
            x, target, weight, ignore_index, positional::known_reduction(*reduction), label_smoothing);
    }
    Buffer weight;
    Setting<std::int64_t> ignore_index;
    Setting<std::string> reduction;
    Setting<double> label_smoothing;
};
/// torch.nn.KLDivLoss
struct KLDivLoss : Module<KLDivLoss> {
    TAPER_CONSTRUCTORS(KLDivLoss, KLDivLossOptions, 0, size_average, reduce, reduction, log_target)
    KLDivLoss(Called, const KLDivLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return positional::kl_div(x, target, *reduction, log_target);
    }
    Setting<std::string> reduction;
    Setting<bool> log_target;
};
/// torch.nn.HingeEmbeddingLoss
struct HingeEmbeddingLoss : Module<HingeEmbeddingLoss> {
    TAPER_CONSTRUCTORS(HingeEmbeddingLoss, HingeEmbeddingLossOptions, 0, margin, size_average, reduce, reduction)
    HingeEmbeddingLoss(Called, const HingeEmbeddingLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return positional::hinge_embedding_loss(x, target, margin, positional::known_reduction(*reduction));
    }
    Setting<double> margin;
    Setting<std::string> reduction;
};
/// torch.nn.CosineEmbeddingLoss
struct CosineEmbeddingLoss : Module<CosineEmbeddingLoss> {
    TAPER_CONSTRUCTORS(CosineEmbeddingLoss, CosineEmbeddingLossOptions, 0, margin, size_average, reduce, reduction)
    CosineEmbeddingLoss(Called, const CosineEmbeddingLossOptions& o);
    Tensor forward(const Tensor& x1, const Tensor& x2, const Tensor& target) const {
        return positional::cosine_embedding_loss(x1, x2, target, margin, positional::known_reduction(*reduction));
    }
    Setting<double> margin;
    Setting<std::string> reduction;
};
/// torch.nn.TripletMarginLoss
struct TripletMarginLoss : Module<TripletMarginLoss> {
    TAPER_CONSTRUCTORS(
        TripletMarginLoss, TripletMarginLossOptions, 0, margin, p, eps, swap, size_average, reduce, reduction)
    TripletMarginLoss(Called, const TripletMarginLossOptions& o);
    Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const {
        return positional::triplet_margin_loss(
            anchor, positive, negative, margin, p, eps, swap, positional::known_reduction(*reduction));
    }
    Setting<double> margin, p, eps;
    Setting<bool> swap;
    Setting<std::string> reduction;
};

}  // namespace taper::nn
