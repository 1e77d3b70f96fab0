// Numbers at even distances, with the bits of PyTorch's AVX2 kernels.
#pragma once

#include "tensor.h"

namespace taper {

/// start, start + step and so on, into a contiguous x; torch.arange. Whole numbers wrap around.
void space_by(const Tensor& x, double start, double step);
void space_by(const Tensor& x, std::int64_t start, std::int64_t step);
/// From start to end, both included, into a contiguous x; torch.linspace.
void space_evenly(const Tensor& x, double start, double end);
/// Powers of base, their exponents from start to end; torch.logspace.
void space_powers(const Tensor& x, double start, double end, double base);

}  // namespace taper
