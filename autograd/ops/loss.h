// What losses do with the losses of all elements.
#pragma once

#include <string>

#include "../../tensor/tensor.h"

namespace taper::ops {

/// reduction="mean", "sum" or "none".
enum class LossReduction { Mean, Sum, None };

/// Error, with PyTorch's sentence, of any other word.
LossReduction reduction_of(const std::string& name);

/// All of them as one, or as they are, without history.
Tensor reduced(const Tensor& losses, LossReduction reduction);

}  // namespace taper::ops
