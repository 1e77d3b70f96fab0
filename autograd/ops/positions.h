// Elements named by their positions: what brackets, gather, scatter, embedding and pad are made of.
#pragma once

#include "../../tensor/loops.h"
#include "../node.h"

namespace taper::autograd {

/// The dims of a tensor that positions count over: dims [first, first + count), once all of them stand in `order`.
struct IndexedDims {
    Shape shape;  // of the tensor
    Shape order;
    int first, count;

    static IndexedDims of(const Shape& shape, int first, int count);
    static IndexedDims all_of(const Shape& shape) { return of(shape, 0, shape.size()); }
};

/// The shape of what is picked: dims ahead of the indexed ones, those of `positions`, dims behind.
Shape picked_shape(const Tensor& positions, const IndexedDims& at);
/// Row-major positions over the region (int64, row-major itself), in a tensor of any shape; the caller has checked
/// them.
Tensor pick(const char* name, const Tensor& x, const Tensor& positions, const IndexedDims& at);
/// Zeros with `grad` at the positions, where equal ones add up: the transpose of pick.
Tensor put_back(const Tensor& grad, const Tensor& positions, const IndexedDims& at);
/// x with `source`, which broadcasts to what pick gives, written or added at the positions; the last of equals stays.
Tensor put(const char* name, const Tensor& x, const Tensor& positions, const Tensor& source, const IndexedDims& at,
    bool accumulate = false);
/// The same in x's own memory. `op` is the name that errors give.
const Tensor& put_(const char* op, const char* name, const Tensor& x, const Tensor& positions, const Tensor& source,
    const IndexedDims& at, bool accumulate = false);

/// The index as int64 in row-major order, counted from the front where it `wraps`; wrong(i) says what is wrong with an
/// i that is out of bounds.
template <class Wrong> Tensor checked_positions(const Tensor& index, std::int64_t size, bool wraps, Wrong wrong);
/// In a tensor like x, the positions of an index as gather and scatter mean it: each at its own coordinates, but at the
/// index itself along `dim`.
Tensor positions_along(const char* op, const Tensor& x, std::int64_t dim, const Tensor& index);
/// The size of x along `dim`, where a tensor without dims counts as having one of size 1.
inline std::int64_t size_along(const Tensor& x, std::int64_t dim) { return x.ndim() == 0 ? 1 : x.shape()[dim]; }
[[noreturn]] void out_of_bounds(const char* op, std::int64_t index, std::int64_t dim, std::int64_t size);
/// Positions one dim further: positions * size + next, broadcast.
Tensor further(const Tensor& positions, std::int64_t size, const Tensor& next);
/// Row-major positions of the elements that are not 0: int64, 1-D.
Tensor nonzero_positions(const Tensor& mask);

template <class Wrong> Tensor checked_positions(const Tensor& index, std::int64_t size, bool wraps, Wrong wrong) {
    Tensor positions = native::contiguous(native::cast(index, DType::Int64));
    auto* at = positions.data_ptr<std::int64_t>();
    bool negative = false;
    for (std::int64_t i = 0; i < positions.numel(); ++i) {
        if (at[i] < (wraps ? -size : 0) || at[i] >= size) [[unlikely]]
            wrong(at[i]);
        negative = negative || at[i] < 0;
    }
    return negative ? map<Types<std::int64_t>>(positions, [size](auto i) { return i < 0 ? i + size : i; }) : positions;
}

}  // namespace taper::autograd
