// What the ops that pick extremes share.
#pragma once

#include "../../tensor/tensor.h"

namespace taper::autograd {

/// The gradient of an extreme, `out`, of x: the elements that equal it share it equally. `kept` is the shape of `out`
/// with the reduced dims kept. NaN are equal to each other only where `nan_ties` says so: for extremes of everything.
Tensor shared_by_ties(const Tensor& grad, const Tensor& out, const Tensor& x, const Shape& kept, bool nan_ties = false);

}  // namespace taper::autograd
