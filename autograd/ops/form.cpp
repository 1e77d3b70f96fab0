// Other forms, made of views and of what joins them: each is its formula.
#include "../inplace.h"
#include "../ops.h"
#include "view.h"

namespace taper::ops {

using autograd::named, autograd::record, autograd::wrt;
using T = const Tensor&;

Tensor fliplr(T x) {
    check(x.ndim() >= 2, "fliplr: Input must be >= 2-d.");
    return flip(x, {1});
}
Tensor flipud(T x) {
    check(x.ndim() >= 1, "flipud: Input must be >= 1-d.");
    return flip(x, {0});
}
Tensor ravel(T x) { return view(contiguous(x), {-1}); }
Tensor conj(T x) { return x; }
Tensor resolve_conj(T x) { return x; }
Tensor resolve_neg(T x) { return x; }
Tensor squeeze(T x, const Dims& dims) {
    if (dims.size() == 1) return squeeze(x, dims[0]);
    Shape shape;
    Strides strides;
    std::vector<bool> named(static_cast<std::size_t>(std::max<std::int64_t>(x.ndim(), 1)));
    for (std::int64_t dim : dims) {
        const auto d = static_cast<std::size_t>(wrap_dim(dim, x.ndim()));
        check(!named[d], "squeeze: dim {} appears multiple times in the list of dims", d);
        named[d] = true;
    }
    Tensor out = dims.empty() ? alias("SqueezeBackward2", x) : x;
    for (std::int64_t d = x.ndim(); d-- > 0;)
        if (named[static_cast<std::size_t>(d)]) out = squeeze(out, d);
    return autograd::named("SqueezeBackward2", out);
}

Tensor rot90(T x, std::int64_t k, const Dims& dims) {
    check(dims.size() == 2, "rot90: expected total rotation dims == 2, but got dims = {}", dims.size());
    check(x.ndim() >= 2, "rot90: expected total dims >= 2, but got total dims = {}", x.ndim());
    check(dims[0] != dims[1] && std::abs(dims[0] - dims[1]) != x.ndim(),
        "rot90: expected rotation dims to be different, but got dim0 = {} and dim1 = {}", dims[0], dims[1]);
    for (int i : {0, 1})
        check(dims[i] < x.ndim() && dims[i] >= -x.ndim(), "rot90: Rotation dim{} out of range, dim{} = {}", i, i,
            dims[i]);
    const Tensor from = x.detach();
    Tensor out;
    switch ((k % 4 + 4) % 4) {
        case 1:
            out = transpose(flip(from, {dims[1]}), dims[0], dims[1]);
            break;
        case 2:
            out = flip(from, dims);
            break;
        case 3:
            out = transpose(flip(from, {dims[0]}), dims[0], dims[1]);
            break;
        default:
            out = clone(from);
    }
    return record("Rot90Backward0", out, wrt(x, [k, dims](T grad) { return rot90(grad, -k, dims); }));
}

Tensor diag_embed(T x, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
    check(x.ndim() > 0, "diag_embed: Dimension out of range (expected a tensor with a dim)");
    const std::int64_t a = wrap_dim(dim1, x.ndim() + 1), b = wrap_dim(dim2, x.ndim() + 1);
    check(a != b, "diag_embed: diagonal dimensions cannot be identical {}, {}", dim1, dim2);
    const std::int64_t size = std::abs(offset) + x.shape().back();
    Shape shape = x.shape();
    shape.erase(x.ndim() - 1);
    shape.insert(std::min(a, b), size);
    shape.insert(std::max(a, b), size);
    const Tensor out = native::zeros(shape, x.dtype(), x.device());
    native::copy(diagonal(out, offset, a, b), x);
    return record("DiagEmbedBackward0", out, wrt(x, [=](T grad) { return diagonal(grad, offset, a, b); }));
}

Tensor sum_to_size(T x, const Shape& size) {
    bool fits = size.size() <= x.ndim();
    for (std::int64_t d = 1; fits && d <= size.size(); ++d) {
        const std::int64_t own = x.shape()[x.ndim() - d], wanted = size[size.size() - d];
        fits = wanted == own || wanted == 1;
    }
    check(fits, "sum_to_size: size {{{}}} is not expandable to size {{{}}}.", joined(size, ", "),
        joined(x.shape(), ", "));
    if (size.empty()) return sum(x);
    return size == x.shape() ? x : sum_to(x, size);
}

// ---- cut into parts

static TensorList unsafe(const char* name, TensorList parts) {
    for (Tensor& part : parts) part = named(name, part);
    return parts;
}
TensorList unsafe_split(T x, const SplitSize& size, std::int64_t dim) {
    return unsafe(size.size ? "UnsafeSplitBackward0" : "UnsafeSplitWithSizesBackward0", split(x, size, dim));
}
TensorList unsafe_chunk(T x, std::int64_t chunks, std::int64_t dim) {
    return unsafe(x.size(dim) == 0 ? "UnsafeSplitWithSizesBackward0" : "UnsafeSplitBackward0", chunk(x, chunks, dim));
}

TensorList tensor_split(T x, std::int64_t sections, std::int64_t dim) {
    check(x.ndim() > 0,
        "tensor_split: tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
    check(sections > 0, "tensor_split: number of sections must be larger than 0, got {}", sections);
    const std::int64_t size = x.size(dim), least = size / sections;
    std::vector<std::int64_t> places;
    for (std::int64_t i = 1; i < sections; ++i) places.push_back(i * least + std::min(i, size % sections));
    return tensor_split(x, places, dim);
}
TensorList tensor_split(T x, const std::vector<std::int64_t>& indices, std::int64_t dim) {
    check(x.ndim() > 0,
        "tensor_split: tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
    const std::int64_t d = wrap_dim(dim, x.ndim());
    TensorList parts;
    std::int64_t start = 0;
    for (std::int64_t end : indices) {
        parts.push_back(slice(x, d, Slice(start, end)));
        start = end;
    }
    parts.push_back(slice(x, d, Slice(start, none)));
    return parts;
}
TensorList tensor_split(T x, T indices_or_sections, std::int64_t dim) {
    check(indices_or_sections.dtype() == DType::Int64,
        "tensor_split: tensor_split expected tensor_indices_or_sections to have dtype of long, but got {}",
        scalar_name_of(indices_or_sections.dtype()));
    check(indices_or_sections.ndim() <= 1,
        "tensor_split: tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional "
        "tensor, but got a tensor with {} dims",
        indices_or_sections.ndim());
    const std::vector<std::int64_t> numbers = indices_or_sections.tolist<std::int64_t>();
    return indices_or_sections.ndim() == 0 ? tensor_split(x, numbers[0], dim) : tensor_split(x, numbers, dim);
}

static TensorList even_split(const char* op, T x, const SplitSize& parts, std::int64_t dim, std::int64_t least) {
    check(x.ndim() >= least,
        "{}: torch.{} requires a tensor with at least {} dimension{}, but got a tensor with {} dimensions!", op, op,
        least, least > 1 ? "s" : "", x.ndim());
    if (!parts.size) return tensor_split(x, parts.sections, dim);
    check(*parts.size != 0 && x.size(dim) % *parts.size == 0,
        "{}: torch.{} attempted to split along dimension {}, but the size of the dimension {} is not divisible by the "
        "split_size {}!",
        op, op, dim, x.size(dim), *parts.size);
    return tensor_split(x, *parts.size, dim);
}
TensorList hsplit(T x, const SplitSize& parts) { return even_split("hsplit", x, parts, x.ndim() == 1 ? 0 : 1, 1); }
TensorList vsplit(T x, const SplitSize& parts) { return even_split("vsplit", x, parts, 0, 2); }
TensorList dsplit(T x, const SplitSize& parts) { return even_split("dsplit", x, parts, 2, 3); }

// ---- of enough dims, and joined

Tensor atleast_1d(T x) { return x.ndim() == 0 ? reshape(x, {1}) : x; }
Tensor atleast_2d(T x) { return x.ndim() == 0 ? reshape(x, {1, 1}) : x.ndim() == 1 ? unsqueeze(x, 0) : x; }
Tensor atleast_3d(T x) {
    if (x.ndim() == 0) return reshape(x, {1, 1, 1});
    return x.ndim() < 3 ? unsqueeze(x.ndim() == 1 ? unsqueeze(x, 0) : x, -1) : x;
}

Tensor column_stack(const TensorList& tensors) {
    check(!tensors.empty(), "column_stack: column_stack expects a non-empty TensorList");
    TensorList columns;
    for (T x : tensors) columns.push_back(x.ndim() <= 1 ? reshape(x, {x.numel(), 1}) : x);
    return hstack(columns);
}
Tensor dstack(const TensorList& tensors) {
    check(!tensors.empty(), "dstack: dstack expects a non-empty TensorList");
    TensorList deep;
    for (T x : tensors) deep.push_back(atleast_3d(x));
    return cat(deep, 2);
}

Tensor block_diag(const TensorList& tensors) {
    std::int64_t width = 0, at = 0;
    TensorList blocks, bands;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        check(tensors[i].ndim() <= 2,
            "block_diag: torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {} has {} dimensions",
            i, tensors[i].ndim());
        blocks.push_back(atleast_2d(tensors[i]));
        width += blocks.back().size(1);
    }
    if (blocks.empty()) return zeros({1, 0});
    const DType dtype = result_type(tensors);
    for (T block : blocks) {
        const std::int64_t end = at + block.size(1);
        const auto nothing = [&](std::int64_t size) { return zeros({block.size(0), size}, {.dtype = dtype}); };
        bands.push_back(cat({nothing(at), to(block, dtype), nothing(width - end)}, 1));
        at = end;
    }
    return named("BlockDiagBackward0", cat(bands, 0));
}

static void check_vector(const char* op, T x) {
    check(x.ndim() == 1, "{}: Expect a 1D vector, but got shape {}", op, x.shape().str());
}
Tensor cartesian_prod(const TensorList& tensors) {
    check(!tensors.empty(), "cartesian_prod: meshgrid expects a non-empty TensorList");
    for (T x : tensors) check_vector("cartesian_prod", x);
    if (tensors.size() == 1) return tensors[0];
    TensorList grids = meshgrid(tensors, "ij");
    for (Tensor& grid : grids) grid = flatten(grid);
    return stack(grids, 1);
}
Tensor combinations(T x, std::int64_t r, bool with_replacement) {
    check_vector("combinations", x);
    check(r >= 0, "combinations: Expect a non-negative number, but got {}", r);
    if (r == 0) return native::empty({0}, x.dtype());
    const TensorList at = meshgrid(TensorList(static_cast<std::size_t>(r), native::range(x.numel())), "ij");
    Tensor rising = native::full(Shape::filled(r, x.numel()), true, DType::Bool);
    for (std::size_t i = 1; i < at.size(); ++i)
        rising = logical_and(rising, with_replacement ? le(at[i - 1], at[i]) : lt(at[i - 1], at[i]));
    TensorList columns;
    for (T grid : meshgrid(TensorList(static_cast<std::size_t>(r), x), "ij"))
        columns.push_back(masked_select(grid, rising));
    return stack(columns, 1);
}

Tensor vander(T x, std::optional<std::int64_t> N, bool increasing) {
    check(x.ndim() == 1, "vander: x must be a one-dimensional tensor.");
    const std::int64_t size = x.size(0), n = N.value_or(size);
    check(n >= 0, "vander: N must be non-negative.");
    const DType dtype = is_floating_point(x.dtype()) ? x.dtype() : DType::Int64;
    Tensor powers = ones({size, std::min<std::int64_t>(n, 1)}, {.dtype = dtype});
    if (n > 1) powers = cat({powers, cumprod(expand(unsqueeze(to(x, dtype), 1), {size, n - 1}), 1)}, 1);
    return increasing ? powers : flip(powers, {1});
}

// ---- what it is

bool is_same_size(T a, T b) { return a.shape() == b.shape(); }
bool is_set_to(T a, T b) {
    return a.impl().storage == b.impl().storage && a.storage_offset() == b.storage_offset() && a.dtype() == b.dtype() &&
        a.shape() == b.shape() && a.stride() == b.stride();
}

}  // namespace taper::ops
