// CTCLoss: the loss of labels whose places in a sequence are not known.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// blank: the class that says nothing. zero_infinity: a loss is 0, and gives no gradient, where the labels have no
/// room.
struct CTCLossOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> blank = Default(0);
    Arg<std::string> reduction = Default("mean");
    Arg<bool> zero_infinity = Default(false);
};
struct CTCLossForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> log_probs = required, targets = required;
    Arg<Lengths> input_lengths = required, target_lengths = required;
};
/// F::ctc_loss: log_probs (T, N, C), targets (N, S) or one after another, and the lengths of both as Tensors or as
/// lists. torch.nn.CTCLoss
struct CTCLoss : Module<CTCLoss> {
    TAPER_CONSTRUCTORS(CTCLoss, CTCLossOptions, 0, blank, reduction, zero_infinity)
    CTCLoss(Called, const CTCLossOptions& o);
    Tensor forward(const Tensor& log_probs, const Tensor& targets, const Lengths& input_lengths,
        const Lengths& target_lengths) const;
    /// criterion(log_probs, targets, {5, 4}, {2, 1})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(CTCLoss, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), CTCLossForwardOptions, 4, log_probs, targets, input_lengths, target_lengths)

    Setting<std::int64_t> blank;
    Setting<std::string> reduction;
    Setting<bool> zero_infinity;
};

}  // namespace taper::nn
