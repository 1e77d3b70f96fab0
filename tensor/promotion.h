// The dtype of what an op makes of operands of several.
#pragma once

#include <span>

#include "tensor.h"

namespace taper {

/// The dtype of an op on both: the promoted one, where a tensor with dimensions outranks one without of the same kind,
/// and a tensor outranks a number. torch.result_type.
DType result_type(const Tensor& a, const Tensor& b);
DType result_type(std::span<const Tensor> tensors);

}  // namespace taper
