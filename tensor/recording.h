// What is asked of autograd below it, and defined there: whether history is recorded, and the op that joins samples.
#pragma once

#include "tensor.h"

namespace taper {

namespace autograd {
bool is_grad_enabled();
void set_grad_enabled(bool enabled);
}  // namespace autograd

namespace ops {
Tensor stack(const TensorList& tensors, std::int64_t dim);
}  // namespace ops

}  // namespace taper
