// Interpolation along one dim, as an op.
#pragma once

#include <memory>

#include "../../tensor/kernels/resample.h"
#include "../../tensor/tensor.h"

namespace taper::ops {

/// x with its elements along `dim` made of others, by weights that are rounded to its dtype; recorded as `name`.
Tensor resample(
    const char* name, const Tensor& x, std::int64_t dim, const std::shared_ptr<const LineSums<double>>& sums);

}  // namespace taper::ops
