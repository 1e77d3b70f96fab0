// Connectionist temporal classification of one sequence, and its derivative: values only. Graves et al., 2006
#pragma once

#include <cstdint>

namespace taper {

/// A sequence of `steps` rows of log-probabilities, `stride` elements apart, and the `count` classes that it shall say,
/// with any number of blanks between them.
template <class T> struct CtcSequence {
    const T* log_probs;
    std::int64_t stride, steps;
    const std::int64_t* labels;
    std::int64_t count, blank;

    /// Of blank, label, blank, label, ..., blank.
    std::int64_t places() const { return 2 * count + 1; }
};

/// -log of the sum of the probabilities of all ways to say the labels. alpha (steps, places): the logarithm of that of
/// all ways that have come to this place at this step.
template <class T> T ctc_loss(const CtcSequence<T>& sequence, T* alpha);
/// Writes grad (steps rows of `classes`, as far apart as those of log_probs): grad_loss times the derivative by what
/// log_probs is the log_softmax of. beta: memory for two rows of places.
template <class T> void ctc_loss_backward(
    const CtcSequence<T>& sequence, const T* alpha, T loss, T grad_loss, std::int64_t classes, T* beta, T* grad);

}  // namespace taper
