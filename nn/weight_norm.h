// What norms of weights have in common; for the .cpp files.
#pragma once

#include "positional.h"

namespace taper::nn::utils {

/// The norm of each slice along `dim`, which keeps its size; -1: of all.
Tensor norm_except_dim(const Tensor& v, std::int64_t dim);
/// The output channels of a weight as rows.
Tensor as_matrix(const Tensor& weight, std::int64_t dim);
/// x / max(|x|, eps)
Tensor unit(const Tensor& x, double eps);

}  // namespace taper::nn::utils
