// Elements written in a copy: by their places, by a mask, or as the part that a view shows.
#include "../../tensor/warning.h"
#include "../inplace.h"
#include "../ops.h"
#include "positions.h"

namespace taper::ops {

using autograd::checked_positions, autograd::record, autograd::wrt, autograd::IndexedDims;
using T = const Tensor&;

Tensor take_along_dim(T x, T indices, std::optional<std::int64_t> dim) {
    check(indices.dtype() == DType::Int64,
        "take_along_dim: torch.take_along_dim(): dtype of indices should be Long but got {}",
        scalar_name_of(indices.dtype()));
    if (!dim) return gather(reshape(x, {-1}), 0, reshape(indices, {-1}));
    check(x.ndim() == indices.ndim(),
        "take_along_dim: torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
        "{} dimensions for input, and {} dimensions for indices",
        x.ndim(), indices.ndim());
    const std::int64_t d = wrap_dim(*dim, x.ndim());
    if (x.ndim() == 0) return gather(x, d, indices);
    Shape own = x.shape(), theirs = indices.shape();
    own[d] = 1, theirs[d] = 1;
    Shape shape = broadcast_shapes(own, theirs), at = shape;
    shape[d] = x.shape()[d], at[d] = indices.shape()[d];
    return gather(expand(x, shape), d, expand(indices, at));
}
Tensor argwhere(T x) { return nonzero(x); }

// ---- by their places in the flattened tensor

namespace {
struct Putting {
    Tensor positions, source;
};
Putting putting(T x, T index, T source) {
    check(index.dtype() == DType::Int64, "put_: put_(): Expected a long tensor for index, but got {}",
        scalar_name_of(index.dtype()));
    check(source.dtype() == x.dtype(),
        "put_: put_(): self and source expected to have the same dtype, but got self.dtype = {} and source.dtype = {}",
        scalar_name_of(x.dtype()), scalar_name_of(source.dtype()));
    check(source.numel() == index.numel(),
        "put_: put_(): Expected source and index to have the same number of elements, but got source.numel() = {}, "
        "index.numel() = {}",
        source.numel(), index.numel());
    check(x.numel() > 0 || index.numel() == 0, "put_: put_(): Tried to put elements into an empty tensor");
    return {checked_positions(index, x.numel(), true,
                [&](auto i) {
                    fail("put_: out of range: tried to access index {} on a tensor of {} elements.", i, x.numel());
                }),
        reshape(source, index.shape())};
}
}  // namespace
Tensor put(T x, T index, T source, bool accumulate) {
    const auto [positions, from] = putting(x, index, source);
    return autograd::put("PutBackward0", x, positions, from, IndexedDims::all_of(x.shape()), accumulate);
}
T put_(T self, T index, T source, bool accumulate) {
    const auto [positions, from] = putting(self, index, source);
    return autograd::put_("put_", "PutBackward0", self, positions, from, IndexedDims::all_of(self.shape()), accumulate);
}

// ---- by a mask

namespace {
Putting masking(T x, T mask, T source) {
    check(x.dtype() == source.dtype(),
        "masked_scatter: masked_scatter: expected self and source to have same dtypes but got{} and {}",
        scalar_name_of(x.dtype()), scalar_name_of(source.dtype()));
    check(mask.dtype() == DType::Bool || mask.dtype() == DType::UInt8,
        "masked_scatter: masked_scatter_ only supports boolean masks, but got mask with dtype {}", mask.dtype());
    if (mask.dtype() == DType::UInt8)
        warn(
            "masked_scatter_ received a mask with dtype torch.uint8, this behavior is now deprecated,please use a mask "
            "with dtype torch.bool instead.");
    const Tensor positions = autograd::nonzero_positions(native::broadcast(mask, x.shape()));
    check(source.numel() >= positions.numel(),
        "masked_scatter: Number of elements of source < number of ones in mask: {} and {}", source.numel(),
        positions.numel());
    return {positions, narrow(reshape(source, {-1}), 0, 0, positions.numel())};
}
}  // namespace
Tensor masked_scatter(T x, T mask, T source) {
    const Shape shape = broadcast_shapes(x.shape(), mask.shape());
    const Tensor wide = shape == x.shape() ? x : expand(x, shape);
    const auto [positions, from] = masking(wide, mask, source);
    return autograd::put("MaskedScatterBackward0", wide, positions, from, IndexedDims::all_of(shape));
}
T masked_scatter_(T self, T mask, T source) {
    const Shape wide = broadcast_shapes(self.shape(), mask.shape());
    check(wide == self.shape(), "masked_scatter_: output with shape {} doesn't match the broadcast shape {}",
        self.shape().str(), wide.str());
    const auto [positions, from] = masking(self, mask, source);
    return autograd::put_(
        "masked_scatter_", "MaskedScatterBackward0", self, positions, from, IndexedDims::all_of(self.shape()));
}

// ---- the part that a view shows

// A copy of x in which the part that view(x) shows is src.
template <class View> static Tensor with_part(const char* name, T x, T src, View view) {
    const Tensor out = native::clone(x), part = view(out);
    check(part.shape() == src.shape(),
        "{}: expected src to have a size equal to the slice of self. src size = {}, slice size = {}", name,
        src.shape().str(), part.shape().str());
    native::copy(part, src);
    return record(name, out,
        wrt(x,
            [name, view, shape = part.shape()](
                T grad) { return with_part(name, grad, zeros(shape, {.dtype = grad.dtype()}), view); }),
        wrt(src, [view](T grad) { return view(grad); }));
}
Tensor select_scatter(T x, T src, std::int64_t dim, std::int64_t index) {
    return with_part("SelectScatterBackward0", x, src, [=](T x) { return select(x, dim, index); });
}
Tensor slice_scatter(T x, T src, std::int64_t dim, const Slice& range) {
    return with_part("SliceScatterBackward0", x, src, [=](T x) { return slice(x, dim, range); });
}
Tensor diagonal_scatter(T x, T src, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
    return with_part("DiagonalScatterBackward0", x, src, [=](T x) { return diagonal(x, offset, dim1, dim2); });
}
Tensor as_strided_scatter(
    T x, T src, const Shape& size, const Strides& stride, std::optional<std::int64_t> storage_offset) {
    check(
        x.is_contiguous(), "as_strided_scatter: as_strided_scatter is currently only supported for contiguous inputs");
    const std::int64_t at = storage_offset.value_or(x.storage_offset()) - x.storage_offset();
    return with_part("AsStridedScatterBackward0", x, src,
        [=](T x) { return as_strided(contiguous(x), size, stride, contiguous(x).storage_offset() + at); });
}

}  // namespace taper::ops
