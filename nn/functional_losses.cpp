#include "functional_losses.h"

#include "positional.h"

namespace taper::nn::functional {

static std::string given_reduction(const auto& o) {
    return positional::reduction_of(o.size_average, o.reduce, o.reduction);
}
static std::string reduction_of(const auto& o) { return positional::known_reduction(given_reduction(o)); }

TAPER_DEFINE_FUNCTION_OBJECT(Tensor, l1_loss, LossOptions, (positional::l1_loss(o.input, o.target, reduction_of(o))), 2,
    input, target, size_average, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, mse_loss, LossOptions, (ops::mse_loss(o.input, o.target, reduction_of(o))), 2,
    input, target, size_average, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, smooth_l1_loss, SmoothL1LossOptions,
    (ops::smooth_l1_loss(o.input, o.target, reduction_of(o), o.beta)), 2, input, target, size_average, reduce,
    reduction, beta)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, huber_loss, HuberLossOptions,
    (ops::huber_loss(o.input, o.target, positional::known_reduction(o.reduction), o.delta)), 2, input, target,
    reduction, delta)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, binary_cross_entropy, BCELossOptions,
    (ops::binary_cross_entropy(o.input, o.target, o.weight, reduction_of(o))), 2, input, target, weight, size_average,
    reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, binary_cross_entropy_with_logits, BCEWithLogitsLossOptions,
    (ops::binary_cross_entropy_with_logits(o.input, o.target, o.weight, o.pos_weight, reduction_of(o))), 2, input,
    target, weight, size_average, reduce, reduction, pos_weight)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, nll_loss, NLLLossOptions,
    (ops::nll_loss(o.input, o.target, o.weight, o.ignore_index, reduction_of(o))), 2, input, target, weight,
    size_average, ignore_index, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, cross_entropy, CrossEntropyLossOptions,
    (ops::cross_entropy(o.input, o.target, o.weight, o.ignore_index, reduction_of(o), o.label_smoothing)), 2, input,
    target, weight, size_average, ignore_index, reduce, reduction, label_smoothing)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, kl_div, KLDivLossOptions,
    (positional::kl_div(o.input, o.target, given_reduction(o), o.log_target)), 2, input, target, size_average, reduce,
    reduction, log_target)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, hinge_embedding_loss, HingeEmbeddingLossOptions,
    (positional::hinge_embedding_loss(o.input, o.target, o.margin, reduction_of(o))), 2, input, target, margin,
    size_average, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, cosine_embedding_loss, CosineEmbeddingLossOptions,
    (positional::cosine_embedding_loss(o.input1, o.input2, o.target, o.margin, reduction_of(o))), 3, input1, input2,
    target, margin, size_average, reduce, reduction)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, triplet_margin_loss, TripletMarginLossOptions,
    (positional::triplet_margin_loss(o.anchor, o.positive, o.negative, o.margin, o.p, o.eps, o.swap, reduction_of(o))),
    3, anchor, positive, negative, margin, p, eps, swap, size_average, reduce, reduction)

}  // namespace taper::nn::functional
