// What ops that give views share.
#pragma once

#include "../../tensor/tensor.h"

namespace taper::ops {

/// x itself as a view, recorded under this name.
Tensor alias(const char* name, const Tensor& x);

}  // namespace taper::ops
