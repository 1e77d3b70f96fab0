// Where the ops that write to elements named by tensors write, and what.
#pragma once

#include "positions.h"

namespace taper::autograd {

struct Writing {
    Tensor positions, source;
    IndexedDims at;
};

/// One position for each element of the index, as scatter means it: Error unless x, index and source fit together.
Writing scattering(const char* op, const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);

}  // namespace taper::autograd
