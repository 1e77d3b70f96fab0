// Connectionist temporal classification.
#pragma once

#include "../node.h"

namespace taper::ops {

/// The loss of each sequence, (N): log_probs (T, N, C) are log_softmax of something, whose gradient backward gives to
/// them; targets (N, S), or one after another (sum of target_lengths), are classes other than `blank`. Infinite where
/// the labels do not fit into the steps, with a gradient of 0 if `zero_infinity`.
Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, const std::vector<std::int64_t>& input_lengths,
    const std::vector<std::int64_t>& target_lengths, std::int64_t blank, bool zero_infinity);

}  // namespace taper::ops
