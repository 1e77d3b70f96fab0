// A batch times a layer's weights, which BLAS would take longer to lay out than the few rows of the batch are worth.
#pragma once

#include "small_gemm.h"

namespace taper::packed_gemm {

/// Multiplies, or returns false, and nothing done, where BLAS is the better way. The sums run over k one by one with
/// fused multiply-add, in the same parts as OpenBLAS's: the bits depend neither on the number of threads nor, from AVX2
/// on, on the instruction set.
bool multiply(const small_gemm::StridedGemm& product);

}  // namespace taper::packed_gemm
