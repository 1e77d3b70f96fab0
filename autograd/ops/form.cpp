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

Tensor diff(T x, std::int64_t n, std::int64_t dim, T prepend, T append) {
    check(x.ndim() >= 1, "diff: diff expects input to be at least one-dimensional");
    check(n >= 0, "diff: order must be non-negative but got {}", n);
    if (n == 0) return copy_(zeros_like(x), x);  // whatever stands before and behind
    const std::int64_t d = wrap_dim(dim, x.ndim());
    TensorList parts;
    for (const Tensor* part : {&prepend, &x, &append}) {
        if (!part->defined()) continue;
        check(part->ndim() == x.ndim(),
            "diff: diff expects prepend or append to be the same dimension as input, but got {} and {}", part->ndim(),
            x.ndim());
        for (std::int64_t i = 0; i < x.ndim(); ++i)
            check(i == d || part->shape()[i] == x.shape()[i],
                "diff: diff expects the shape of tensor to prepend or append to match that of input except along the "
                "differencing dimension; input.size({}) = {}, but got tensor.size({}) = {}",
                i, x.shape()[i], i, part->shape()[i]);
        parts.push_back(*part);
    }
    Tensor out = parts.size() == 1 ? x : cat(parts, d);
    for (std::int64_t left = std::min(n, out.size(d)); left > 0; --left) {
        const std::int64_t size = out.size(d) - 1;
        const Tensor later = narrow(out, d, 1, size), sooner = narrow(out, d, 0, size);
        out = out.dtype() == DType::Bool ? logical_xor(later, sooner) : sub(later, sooner);
    }
    return out;
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

// ---- slopes

// From these before and behind, and what lies between them.
static Tensor between(T before, T middle, T behind, std::int64_t dim) { return cat({before, middle, behind}, dim); }

static Tensor slope(T x, T distance, std::int64_t d, std::int64_t edge_order) {
    const auto at = [&](std::int64_t start, std::optional<std::int64_t> end) { return slice(x, d, Slice(start, end)); };
    const Tensor middle = (at(2, none) - at(0, -2)) / distance;
    if (edge_order == 1)
        return between((at(1, 2) - at(0, 1)) / distance, middle / 2, (at(-1, none) - at(-2, -1)) / distance, d);
    return between((-1.5 * at(0, 1) + 2 * at(1, 2) - 0.5 * at(2, 3)) / distance, middle / 2,
        (0.5 * at(-3, -2) - 2 * at(-2, -1) + 1.5 * at(-1, none)) / distance, d);
}
static Tensor slope_along(T x, T coordinates, std::int64_t d, std::int64_t edge_order) {
    check(coordinates.ndim() == 1,
        "gradient: torch.gradient expected each element of spacing to have one dimension, but got an element with {} "
        "dimensions!",
        coordinates.ndim());
    check(coordinates.size(0) == x.size(d),
        "gradient: torch.gradient expected each element of spacing to have as many elements as its dim, but got {} for "
        "{}",
        coordinates.size(0), x.size(d));
    const auto at = [&](std::int64_t start, std::optional<std::int64_t> end) { return slice(x, d, Slice(start, end)); };
    Shape line = Shape::filled(x.ndim(), 1);
    line[d] = -1;
    const Tensor step = diff(coordinates, 1, 0), h = reshape(slice(step, 0, Slice(0, -1)), line),
                 k = reshape(slice(step, 0, Slice(1, none)), line);
    const Tensor a = -k / (h * (h + k)), b = (k - h) / (h * k), c = h / (k * (h + k));
    const Tensor middle = a * at(0, -2) + b * at(1, -1) + c * at(2, none);
    const Tensor first = step[0], last = step[-1];
    if (edge_order == 1) return between((at(1, 2) - at(0, 1)) / first, middle, (at(-1, none) - at(-2, -1)) / last, d);
    const Tensor second = step[1], former = step[-2];
    const Tensor before = -(2.0 * first + second) / (first * (first + second)) * at(0, 1) +
        (first + second) / (first * second) * at(1, 2) + -first / (second * (first + second)) * at(2, 3);
    const Tensor behind = last / (former * (last + former)) * at(-3, -2) -
        (last + former) / (last * former) * at(-2, -1) + (2 * last + former) / (last * (last + former)) * at(-1, none);
    return between(before, middle, behind, d);
}
TensorList gradient(T x, const GradientSpacing& spacing, const std::optional<Dims>& dim, std::int64_t edge_order) {
    check(edge_order == 1 || edge_order == 2, "gradient: torch.gradient only supports edge_order=1 and edge_order=2.");
    Dims dims = dim.value_or(Dims());
    for (std::int64_t d = 0; !dim && d < x.ndim(); ++d) dims.push_back(d);
    const auto count = static_cast<int>(spacing.items.size());
    const bool one_number = count == 1 && spacing.items[0].impl().is_number;
    check(one_number || count == dims.size(),
        "gradient: torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to "
        "'self.dim() "
        "= {}', since dim argument was not given, but got a list of length {}",
        dims.size(), count);
    std::vector<bool> seen(static_cast<std::size_t>(x.ndim()) + 1);
    TensorList slopes;
    for (int i = 0; i < dims.size(); ++i) {
        const std::int64_t d = wrap_dim(dims[i], x.ndim());
        check(!seen[static_cast<std::size_t>(d)], "gradient: dim {} appears multiple times in the list of dims", d);
        seen[static_cast<std::size_t>(d)] = true;
        check(x.size(d) >= edge_order + 1,
            "gradient: torch.gradient expected each dimension size to be at least edge_order+1");
        T item = spacing.items[static_cast<std::size_t>(one_number ? 0 : i)];
        slopes.push_back(item.impl().is_number ? slope(x, item, d, edge_order) : slope_along(x, item, d, edge_order));
    }
    return slopes;
}

// ---- what it is

bool is_same_size(T a, T b) { return a.shape() == b.shape(); }
bool is_set_to(T a, T b) {
    return a.impl().storage == b.impl().storage && a.storage_offset() == b.storage_offset() && a.dtype() == b.dtype() &&
        a.shape() == b.shape() && a.stride() == b.stride();
}

}  // namespace taper::ops
