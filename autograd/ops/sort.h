// What is found along a dim: the lines that it is sought in, and how its gradient goes back.
#pragma once

#include "../../tensor/kernels/sort.h"
#include "../node.h"

namespace taper::autograd {

/// A row-major tensor of this shape as lines along `dim`.
Lines lines_of(const Shape& shape, std::int64_t dim);
/// Uninitialised values, of x's dtype, and indices.
ValuesAndIndices empty_lines(const Tensor& x, const Shape& shape);
/// The values are elements of x along `dim`: their gradient goes back to where they were found. Unless `keepdim`, dims
/// of size 1 go.
ValuesAndIndices found_along(
    const char* name, const Tensor& x, std::int64_t dim, ValuesAndIndices found, bool keepdim = true);

}  // namespace taper::autograd
