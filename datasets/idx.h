// The IDX format of the MNIST files: bytes in any number of dimensions, plain or gzip-compressed.
#pragma once

#include <string>

#include "../tensor/tensor.h"

namespace taper {

/// The uint8 Tensor of an IDX file with `dims` dimensions. Error, with the path, for a file that is anything else,
/// shorter or longer than its header says, or damaged.
Tensor read_idx(const std::string& path, int dims);

}  // namespace taper
