// Softmax of rows, and its derivative: values only. Each row is read into the first-level cache once.
#pragma once

#include <cstdint>

namespace taper {

/// y = exp(x - max) / sum(exp(x - max)) of each of `rows` rows of n, or its logarithm. T: float, double.
template <class T> void softmax_rows(bool logarithm, std::int64_t rows, std::int64_t n, const T* x, T* y);
/// grad_x = (grad - sum(grad y)) y of each row, or, of the logarithm, grad - exp(y) sum(grad).
template <class T>
void softmax_rows_backward(bool logarithm, std::int64_t rows, std::int64_t n, const T* grad, const T* y, T* grad_x);

}  // namespace taper
