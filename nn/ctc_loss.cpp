#include "ctc_loss.h"

namespace taper::nn {

CTCLoss::CTCLoss(Called, const CTCLossOptions& o)
    : blank(o.blank), reduction(o.reduction), zero_infinity(o.zero_infinity) {}
TAPER_DEFINE_CONSTRUCTORS(CTCLoss, CTCLossOptions, 0, blank, reduction, zero_infinity)
TAPER_DEFINE_METHOD(Tensor, CTCLoss, operator(), CTCLossForwardOptions,
    (Module::operator()(*o.log_probs, *o.targets, *o.input_lengths, *o.target_lengths)), 4, log_probs, targets,
    input_lengths, target_lengths)
Tensor CTCLoss::forward(
    const Tensor& log_probs, const Tensor& targets, const Lengths& input_lengths, const Lengths& target_lengths) const {
    return functional::ctc_loss(log_probs, targets, input_lengths, target_lengths, *blank, *reduction, *zero_infinity);
}

}  // namespace taper::nn
