// A derivative as one formula, for numbers and for tensors alike.
#pragma once

#include "../../tensor/loops.h"
#include "../node.h"

namespace taper::autograd {

/// kernel(grad, x) for each element in one pass over memory; or the same made of ops, where create_graph wants to
/// differentiate it again.
template <class Kernel, class Composed>
Tensor fused(const Tensor& grad, const Tensor& x, Kernel kernel, Composed composed) {
    if (is_grad_enabled()) return composed(grad, x);
    return map<FloatsAndHalf>(grad, x, kernel);
}

/// The same where one formula says both, x being what the derivative is read from.
template <class Formula> Tensor fused(const Tensor& grad, const Tensor& x, Formula formula) {
    return fused(grad, x, formula, formula);
}

}  // namespace taper::autograd
