// From samples to a batch: every sample is a list of Tensors, and so is the batch.
#pragma once

#include <span>

#include "../tensor/tensor.h"

namespace taper {

/// The samples stacked: the k-th Tensor of the batch has the k-th Tensor of sample i at [i]. Error unless these agree
/// in shape. torch.utils.data.default_collate.
TensorList default_collate(const std::vector<TensorList>& samples);

/// The index counted from the front; Error, which begins with `dataset`, if there is no such sample.
std::int64_t wrap_index(std::int64_t index, std::int64_t size, const char* dataset);

/// The samples `rows` of the dataset of x's rows, without history. Error as of wrap_index.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows, const char* dataset);

}  // namespace taper
