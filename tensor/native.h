// Tensors without history: making them, casting, copying. What autograd/ records is built on these.
#pragma once

#include "promotion.h"
#include "tensor.h"

namespace taper {

/// Error unless both are in the same place.
void check_same_device(const char* op, const Tensor& a, const Tensor& b);

namespace native {

/// Uninitialised, row-major.
Tensor empty(const Shape& shape, DType dtype, const Device& device = {});
Tensor empty_strided(const Shape& shape, const Strides& strides, DType dtype, const Device& device = {});
/// Uninitialised, its dimensions ordered in memory as those of `pattern` where the shapes agree.
Tensor like(const Tensor& pattern, const Shape& shape, DType dtype);
Tensor full(const Shape& shape, Scalar value, DType dtype, const Device& device = {});
Tensor zeros(const Shape& shape, DType dtype, const Device& device = {});
/// 0, 1, ..., n - 1 in int64.
Tensor range(std::int64_t n);
/// Another view of x's storage.
Tensor view(const Tensor& x, const Shape& shape, const Strides& strides, std::int64_t offset);
/// x broadcast to `shape`, with strides of 0.
Tensor broadcast(const Tensor& x, const Shape& shape);
/// The same values in another dtype (x itself, if it has it).
Tensor cast(const Tensor& x, DType dtype);
/// A row-major tensor of the same values: x itself if it is one.
Tensor contiguous(const Tensor& x);
Tensor clone(const Tensor& x);
/// Writes the values of `from`, broadcast and cast, into `to`; `copy` also counts a write.
void write(const Tensor& to, const Tensor& from);
void copy(const Tensor& to, const Tensor& from);
/// Writes the number as one element of this dtype.
void put_number(const Scalar& value, DType dtype, void* to);
void fill(const Tensor& to, Scalar value);

/// The strides of x for `shape` if the same elements can be seen so without a copy.
std::optional<Strides> view_strides(const Shape& from, const Strides& strides, const Shape& to);
/// The sizes with a -1 among them worked out; Error with PyTorch's sentence if they do not fit.
Shape infer_shape(const Shape& shape, std::int64_t numel);
/// Whether two elements may share memory, as after expand.
bool overlaps_itself(const Tensor& x);

}  // namespace native
}  // namespace taper
