// Losses as modules; functional.h has their formulas. Weights are buffers: they move with the module.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// torch.nn.L1Loss
struct L1Loss : Module<L1Loss> {
    explicit L1Loss(const LossOptions& options = {}) : reduction(options.reduction) {}
    Tensor forward(const Tensor& x, const Tensor& target) const { return functional::l1_loss(x, target, {*reduction}); }
    Setting<std::string> reduction;
};
/// torch.nn.MSELoss
struct MSELoss : Module<MSELoss> {
    explicit MSELoss(const LossOptions& options = {}) : reduction(options.reduction) {}
    Tensor forward(const Tensor& x, const Tensor& target) const { return mse_loss(x, target, *reduction); }
    Setting<std::string> reduction;
};
/// torch.nn.SmoothL1Loss
struct SmoothL1Loss : Module<SmoothL1Loss> {
    explicit SmoothL1Loss(const SmoothL1LossOptions& options = {}) : reduction(options.reduction), beta(options.beta) {}
    Tensor forward(const Tensor& x, const Tensor& target) const { return smooth_l1_loss(x, target, *reduction, beta); }
    Setting<std::string> reduction;
    Setting<double> beta;
};
/// torch.nn.HuberLoss
struct HuberLoss : Module<HuberLoss> {
    explicit HuberLoss(const HuberLossOptions& options = {}) : reduction(options.reduction), delta(options.delta) {}
    Tensor forward(const Tensor& x, const Tensor& target) const { return huber_loss(x, target, *reduction, delta); }
    Setting<std::string> reduction;
    Setting<double> delta;
};
/// torch.nn.BCELoss
struct BCELoss : Module<BCELoss> {
    explicit BCELoss(const BCELossOptions& options = {})
        : weight(register_buffer("weight", options.weight)), reduction(options.reduction) {}
    template <int = 0> explicit BCELoss(const Tensor& weight) : BCELoss({.weight = weight}) {}
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return binary_cross_entropy(x, target, weight, *reduction);
    }
    Tensor weight;
    Setting<std::string> reduction;
};
/// torch.nn.BCEWithLogitsLoss
struct BCEWithLogitsLoss : Module<BCEWithLogitsLoss> {
    explicit BCEWithLogitsLoss(const BCEWithLogitsLossOptions& options = {})
        : weight(register_buffer("weight", options.weight)),
          pos_weight(register_buffer("pos_weight", options.pos_weight)),
          reduction(options.reduction) {}
    template <int = 0> explicit BCEWithLogitsLoss(const Tensor& weight) : BCEWithLogitsLoss({.weight = weight}) {}
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return binary_cross_entropy_with_logits(x, target, weight, pos_weight, *reduction);
    }
    Tensor weight, pos_weight;
    Setting<std::string> reduction;
};
/// torch.nn.NLLLoss
struct NLLLoss : Module<NLLLoss> {
    explicit NLLLoss(const NLLLossOptions& options = {})
        : weight(register_buffer("weight", options.weight)),
          ignore_index(options.ignore_index),
          reduction(options.reduction) {}
    template <int = 0> explicit NLLLoss(const Tensor& weight) : NLLLoss({.weight = weight}) {}
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return nll_loss(x, target, weight, ignore_index, *reduction);
    }
    Tensor weight;
    Setting<std::int64_t> ignore_index;
    Setting<std::string> reduction;
};
/// torch.nn.CrossEntropyLoss
struct CrossEntropyLoss : Module<CrossEntropyLoss> {
    explicit CrossEntropyLoss(const CrossEntropyLossOptions& options = {})
        : weight(register_buffer("weight", options.weight)),
          ignore_index(options.ignore_index),
          reduction(options.reduction),
          label_smoothing(options.label_smoothing) {}
    template <int = 0> explicit CrossEntropyLoss(const Tensor& weight) : CrossEntropyLoss({.weight = weight}) {}
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return cross_entropy(x, target, weight, ignore_index, *reduction, label_smoothing);
    }
    Tensor weight;
    Setting<std::int64_t> ignore_index;
    Setting<std::string> reduction;
    Setting<double> label_smoothing;
};
/// torch.nn.KLDivLoss
struct KLDivLoss : Module<KLDivLoss> {
    explicit KLDivLoss(const KLDivLossOptions& options = {})
        : reduction(options.reduction), log_target(options.log_target) {}
    Tensor forward(const Tensor& x, const Tensor& target) const { return kl_div(x, target, *reduction, log_target); }
    Setting<std::string> reduction;
    Setting<bool> log_target;
};
/// torch.nn.HingeEmbeddingLoss
struct HingeEmbeddingLoss : Module<HingeEmbeddingLoss> {
    explicit HingeEmbeddingLoss(double margin) : HingeEmbeddingLoss({.margin = margin}) {}
    explicit HingeEmbeddingLoss(const HingeEmbeddingLossOptions& options = {})
        : margin(options.margin), reduction(options.reduction) {}
    Tensor forward(const Tensor& x, const Tensor& target) const {
        return functional::hinge_embedding_loss(x, target, {*margin, *reduction});
    }
    Setting<double> margin;
    Setting<std::string> reduction;
};
/// torch.nn.CosineEmbeddingLoss
struct CosineEmbeddingLoss : Module<CosineEmbeddingLoss> {
    explicit CosineEmbeddingLoss(double margin) : CosineEmbeddingLoss({.margin = margin}) {}
    explicit CosineEmbeddingLoss(const CosineEmbeddingLossOptions& options = {})
        : margin(options.margin), reduction(options.reduction) {}
    Tensor forward(const Tensor& x1, const Tensor& x2, const Tensor& target) const {
        return functional::cosine_embedding_loss(x1, x2, target, {*margin, *reduction});
    }
    Setting<double> margin;
    Setting<std::string> reduction;
};
/// torch.nn.TripletMarginLoss
struct TripletMarginLoss : Module<TripletMarginLoss> {
    explicit TripletMarginLoss(double margin, double p = 2) : TripletMarginLoss({.margin = margin, .p = p}) {}
    explicit TripletMarginLoss(const TripletMarginLossOptions& options = {})
        : margin(options.margin), p(options.p), eps(options.eps), swap(options.swap), reduction(options.reduction) {}
    Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const {
        return functional::triplet_margin_loss(anchor, positive, negative, {*margin, *p, *eps, *swap, *reduction});
    }
    Setting<double> margin, p, eps;
    Setting<bool> swap;
    Setting<std::string> reduction;
};

}  // namespace taper::nn
