// Whether a dtype can hold a plain number.
#pragma once

#include "tensor.h"

namespace taper {

/// Error, in PyTorch's words, unless `dtype` can hold the number: no more than its largest, no NaN for a whole number.
/// Whole numbers from -255 to -1 wrap around in uint8, as in PyTorch; bool takes everything.
void check_fits(const char* op, const Scalar& number, DType dtype);
/// The same of a number that stands where a Tensor may; of a Tensor nothing is asked.
void check_fits(const char* op, const Tensor& operand, DType dtype);

}  // namespace taper
