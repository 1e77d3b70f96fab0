// Views: other shapes and strides of the same memory. The derivative of each is the view that undoes it, or the
// gradient put back into zeros.
#include "view.h"

#include <bitset>

#include "../../tensor/checked.h"
#include "../../tensor/loops.h"
#include "../cut.h"
#include "../inplace.h"
#include "../ops.h"

namespace taper::ops {

using autograd::as_view_of, autograd::cut_out, autograd::record, autograd::wrt;
using T = const Tensor&;

namespace {

// The elements of x that `shape` and `strides` name, without history.
Tensor seen(T x, const Shape& shape, const Strides& strides) {
    return native::view(x, shape, strides, x.storage_offset());
}

Tensor view_as(const char* name, T x, const Shape& shape, const Strides& strides) {
    return as_view_of(
        x, record(name, seen(x, shape, strides), wrt(x, [from = x.shape()](T grad) { return reshape(grad, from); })));
}

}  // namespace

Tensor alias(const char* name, T x) { return view_as(name, x, x.shape(), x.stride()); }

Tensor view(T x, const Shape& wanted) {
    Shape shape = native::infer_shape(wanted, x.numel());
    auto strides = native::view_strides(x.shape(), x.stride(), shape);
    check(strides.has_value(),
        "view: view size is not compatible with input tensor's size {} and stride {} (at least one dimension spans "
        "across two "
        "contiguous subspaces). Use .reshape(...) instead.",
        x.shape().str(), x.stride().str());
    return view_as("ViewBackward0", x, shape, *strides);
}

namespace {
std::string capital_of(DType dtype) { return std::string(scalar_name_of(dtype)); }

// What x.view(dtype) needs where an element becomes several, or several one.
void check_view(T x, DType dtype, std::int64_t from, std::int64_t to) {
    const std::string sentence =
        fmt::format(" to view {} as {} (different element sizes), but got ", capital_of(x.dtype()), capital_of(dtype));
    check(x.ndim() > 0, "view: self.dim() cannot be 0 to view {} as {} (different element sizes)",
        capital_of(x.dtype()), capital_of(dtype));
    check(x.stride().back() == 1, "view: self.stride(-1) must be 1{}{}", sentence, x.stride().back());
    if (from > to) return;
    const std::int64_t ratio = to / from;
    check(x.shape().back() % ratio == 0, "view: self.size(-1) must be divisible by {}{}{}", ratio, sentence,
        x.shape().back());
    check(x.storage_offset() % ratio == 0, "view: self.storage_offset() must be divisible by {}{}{}", ratio, sentence,
        x.storage_offset());
    for (std::int64_t d = 0; d + 1 < x.ndim(); ++d)
        check(x.stride()[d] % ratio == 0, "view: self.stride({}) must be divisible by {}{}{}", d, ratio, sentence,
            x.stride()[d]);
}
}  // namespace

Tensor view_dtype(T x, DType dtype) {
    const std::int64_t from = x.element_size(), to = size_of(dtype);
    Shape shape = x.shape();
    Strides strides = x.stride();
    std::int64_t offset = x.storage_offset();
    if (from != to) {
        check_view(x, dtype, from, to);
        for (std::int64_t d = 0; d + 1 < x.ndim(); ++d) strides[d] = strides[d] * from / to;
        shape[x.ndim() - 1] = shape.back() * from / to;
        offset = offset * from / to;
    }
    Tensor out = native::view(x, shape, strides, offset);
    out.impl().dtype = dtype;
    check(dtype != DType::Bool || x.dtype() == DType::Bool || !out.defined() ||
            !native::cast(view_dtype(out, DType::UInt8), DType::Int64).gt(1).any().item<bool>(),
        "view: a byte that is neither 0 nor 1 is no bool: write x != 0");
    return out;
}

Tensor reshape(T x, const Shape& wanted) {
    Shape shape = native::infer_shape(wanted, x.numel());
    if (auto strides = native::view_strides(x.shape(), x.stride(), shape))
        return view_as("ReshapeAliasBackward0", x, shape, *strides);
    return record("UnsafeViewBackward0", native::view(native::contiguous(x), shape, contiguous_strides(shape), 0),
        wrt(x, [from = x.shape()](T grad) { return reshape(grad, from); }));
}

Tensor flatten(T x, std::int64_t start_dim, std::int64_t end_dim) {
    std::int64_t first = wrap_dim(start_dim, x.ndim()), last = wrap_dim(end_dim, x.ndim());
    check(first <= last, "flatten: flatten() has invalid args: start_dim cannot come after end_dim");
    if (x.ndim() == 0) return reshape(x, {1});
    if (first == last) return x;
    Shape shape;
    for (std::int64_t d = 0; d < x.ndim(); ++d)
        if (d <= first || d > last)
            shape.push_back(x.shape()[d]);
        else
            shape[first] *= x.shape()[d];
    return reshape(x, shape);
}

Tensor unflatten(T x, std::int64_t dim, const Shape& sizes) {
    std::int64_t at = wrap_dim(dim, x.ndim());
    Shape inner = native::infer_shape(sizes, x.size(at)), shape = x.shape();
    shape.erase(at);
    for (int i = 0; i < inner.size(); ++i) shape.insert(at + i, inner[i]);
    return view(x, shape);
}

Tensor expand(T x, const Shape& wanted) {
    Shape shape = wanted;
    std::int64_t ahead = shape.size() - x.ndim();
    check(ahead >= 0,
        "expand: expand({}, size={}): the number of sizes provided ({}) must be greater or equal to the number of "
        "dimensions in the tensor ({})",
        x.shape().str(), wanted.str(), wanted.size(), x.ndim());
    for (std::int64_t d = 0; d < shape.size(); ++d) {
        std::int64_t size = d < ahead ? 1 : x.shape()[d - ahead];
        if (shape[d] == -1 && d >= ahead) shape[d] = size;
        check(shape[d] >= 0,
            "expand: The expanded size of the tensor ({}) isn't allowed in a leading, non-existing dimension {}",
            shape[d], d);
        check(size == 1 || shape[d] == size,
            "expand: The expanded size of the tensor ({}) must match the existing size ({}) at non-singleton "
            "dimension {}.  Target sizes: {}.  Tensor sizes: {}",
            shape[d], size, d, wanted.str(), x.shape().str());
    }
    checked_numel(shape).value("expand");
    return as_view_of(x, record("ExpandBackward0", native::broadcast(x, shape), wrt(x, [](T grad) { return grad; })));
}

Tensor permute(T x, const Shape& dims) {
    check(dims.size() == x.ndim(),
        "permute: permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
        "desired ordering of dimensions i.e. input.dim() = {} is not equal to len(dims) = {}",
        x.ndim(), dims.size());
    Shape shape = dims, back = dims;
    Strides strides = dims;
    std::bitset<Shape::max_dims> used;
    for (int i = 0; i < dims.size(); ++i) {
        std::int64_t d = wrap_dim(dims[i], x.ndim());
        check(!used[d], "permute: repeated dim in permute: {}", dims.str());
        used[d] = true;
        shape[i] = x.shape()[d];
        strides[i] = x.stride()[d];
        back[d] = i;
    }
    return as_view_of(
        x, record("PermuteBackward0", seen(x, shape, strides), wrt(x, [back](T grad) { return permute(grad, back); })));
}

static Tensor swapped(const char* name, T x, std::int64_t a, std::int64_t b) {
    Shape shape = x.shape();
    Strides strides = x.stride();
    std::int64_t *sizes = shape.begin(), *steps = strides.begin();
    std::swap(sizes[a], sizes[b]);
    std::swap(steps[a], steps[b]);
    return as_view_of(x, record(name, seen(x, shape, strides), wrt(x, [a, b](T grad) {
        return swapped("TransposeBackward0", grad, a, b);
    })));
}
Tensor transpose(T x, std::int64_t dim0, std::int64_t dim1) {
    std::int64_t a = wrap_dim(dim0, x.ndim()), b = wrap_dim(dim1, x.ndim());
    return x.ndim() == 0 ? alias("TransposeBackward0", x) : swapped("TransposeBackward0", x, a, b);
}
Tensor t(T x) {
    check(x.ndim() <= 2, "t: t() expects a tensor with <= 2 dimensions, but self is {}D", x.ndim());
    return x.ndim() < 2 ? alias("TBackward0", x) : swapped("TBackward0", x, 0, 1);
}
Tensor movedim(T x, const Dims& source, const Dims& destination) {
    check(source.size() == destination.size(),
        "movedim: Invalid source or destination dims: source ({} dims) should contain the same number of dims as "
        "destination ({} dims)",
        source.str(), destination.str());
    Shape order = Shape::filled(std::max<std::int64_t>(x.ndim(), 1), -1);
    std::bitset<Shape::max_dims> moved;
    for (int i = 0; i < source.size(); ++i) {
        const std::int64_t from = wrap_dim(source[i], x.ndim()), to = wrap_dim(destination[i], x.ndim());
        check(!moved[from], "movedim: repeated dim in `source` ({})", source.str());
        check(order[to] < 0, "movedim: repeated dim in `destination` ({})", destination.str());
        moved[from] = true;
        order[to] = from;
    }
    if (x.ndim() == 0) return alias("AliasBackward0", x);
    Shape dims;
    for (std::int64_t to = 0, next = 0; to < x.ndim(); ++to) {
        while (next < x.ndim() && moved[next]) ++next;
        dims.push_back(order[to] < 0 ? next++ : order[to]);
    }
    return permute(x, dims);
}

static Tensor squeezed(const char* name, T x, std::bitset<Shape::max_dims> gone) {
    Shape shape;
    Strides strides;
    for (int d = 0; d < x.ndim(); ++d)
        if (!gone[d]) shape.push_back(x.shape()[d]), strides.push_back(x.stride()[d]);
    return as_view_of(
        x, record(name, seen(x, shape, strides), wrt(x, [from = x.shape()](T grad) { return reshape(grad, from); })));
}
Tensor squeeze(T x) {
    std::bitset<Shape::max_dims> gone;
    for (int d = 0; d < x.ndim(); ++d) gone[d] = x.shape()[d] == 1;
    return squeezed("SqueezeBackward0", x, gone);
}
Tensor squeeze(T x, std::int64_t dim) {
    std::bitset<Shape::max_dims> gone;
    std::int64_t d = wrap_dim(dim, x.ndim());
    if (x.ndim() > 0) gone[d] = x.shape()[d] == 1;
    return squeezed("SqueezeBackward1", x, gone);
}
Tensor unsqueeze(T x, std::int64_t dim) {
    std::int64_t at = wrap_dim(dim, x.ndim() + 1);
    Shape shape = x.shape();
    Strides strides = x.stride();
    strides.insert(at, at < x.ndim() ? shape[at] * strides[at] : 1);
    shape.insert(at, 1);
    return as_view_of(x, record("UnsqueezeBackward0", seen(x, shape, strides), wrt(x, [from = x.shape()](T grad) {
        return reshape(grad, from);
    })));
}

Tensor select(T x, std::int64_t dim, std::int64_t index) {
    check(x.ndim() > 0, "select: select() cannot be applied to a 0-dim tensor.");
    std::int64_t d = wrap_dim(dim, x.ndim()), size = x.shape()[d], at = index < 0 ? index + size : index;
    check(0 <= at && at < size, "index {} is out of bounds for dimension {} with size {}", index, d, size);
    return cut_out("SelectBackward0", x, {.dim = d, .start = at, .drops_dim = true}, 1);
}

Tensor slice(T x, std::int64_t dim, const Slice& range) {
    check(x.ndim() > 0, "slice: slice() cannot be applied to a 0-dim tensor.");
    std::int64_t d = wrap_dim(dim, x.ndim()), size = x.shape()[d], step = range.step.value_or(1);
    check(step > 0, "slice: slice step must be positive, not {}", step);
    auto bound = [size](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
    std::int64_t start = bound(range.start.value_or(0)), stop = std::max(start, bound(range.stop.value_or(size)));
    const std::int64_t length = stop == start ? 0 : (stop - start - 1) / step + 1;
    return cut_out("SliceBackward0", x, {.dim = d, .start = start, .step = step}, length);
}

Tensor narrow(T x, std::int64_t dim, std::int64_t start, std::int64_t length) {
    check(x.ndim() > 0, "narrow: narrow() cannot be applied to a 0-dim tensor.");
    std::int64_t d = wrap_dim(dim, x.ndim()), size = x.shape()[d], at = start < 0 ? start + size : start;
    check(length >= 0, "narrow: narrow(): length must be non-negative.");
    check(0 <= at && at <= size && length <= size - at, "narrow: start ({}) + length ({}) exceeds dimension size ({}).",
        start, length, size);
    return slice(x, d, Slice(at, at + length));
}

}  // namespace taper::ops
