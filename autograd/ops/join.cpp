// Parts put together, and elements rearranged.
#include <bitset>
#include <cstring>
#include <numeric>

#include "../../tensor/base/parallel.h"
#include "../../tensor/checked.h"
#include "../ops.h"

namespace taper::ops {

using autograd::Edge, autograd::record, autograd::record_list, autograd::wrt;
using T = const Tensor&;

namespace {

// Adds nothing to a list, whatever the others' shapes: PyTorch's leave to start from torch.tensor([]).
bool is_nothing(const Shape& shape) { return shape == Shape{0}; }

DType common_dtype(std::span<const Tensor> list) {
    bool same = true;
    for (T x : list) same = same && x.dtype() == list[0].dtype();
    return same ? list[0].dtype() : result_type(list);
}

// Writes the tensors into `out` one behind the other along `dim`, each as blocks of neighbouring elements.
void write_blocks(T out, std::span<const Tensor> list, std::int64_t dim) {
    struct Part {
        Tensor x;
        std::int64_t bytes, at;
    };
    std::vector<Part> parts;
    std::int64_t inner = out.element_size(), row = 0;
    for (std::int64_t d = dim + 1; d < out.ndim(); ++d) inner *= out.shape()[d];
    for (T x : list) {
        if (x.numel() == 0) continue;
        const std::int64_t bytes = x.ndim() == out.ndim() ? inner * x.shape()[dim] : inner;
        parts.push_back({native::contiguous(native::cast(x, out.dtype())), bytes, row});
        row += bytes;
    }
    if (row == 0) return;
    const auto n = static_cast<std::int64_t>(parts.size());
    parallel_for(out.nbytes() / row * n, grain_of(row / n / 8), [&](auto begin, auto end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const Part& part = parts[i % n];
            std::memcpy(static_cast<char*>(out.data_ptr()) + i / n * row + part.at,
                static_cast<const char*>(part.x.data_ptr()) + i / n * part.bytes, part.bytes);
        }
    });
}

}  // namespace

// ---- joining

Tensor cat(const TensorList& tensors, std::int64_t dim) {
    check(!tensors.empty(), "cat: torch.cat(): expected a non-empty list of Tensors");
    const Tensor* first = &tensors[0];
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        check(tensors[i].ndim() > 0,
            "cat: zero-dimensional tensor (at position {}) cannot be concatenated; stack() joins such", i);
        if (is_nothing(first->shape())) first = &tensors[i];
    }
    Shape shape = first->shape();
    const std::int64_t d = is_nothing(shape) ? 0 : wrap_dim(dim, shape.size());
    if (!is_nothing(shape)) shape[d] = 0;
    std::vector<std::int64_t> starts;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const Shape& own = tensors[i].impl().shape;
        starts.push_back(shape[d]);
        if (is_nothing(own)) continue;
        check(own.size() == shape.size(), "cat: Tensors must have same number of dimensions: got {} and {}",
            shape.size(), own.size());
        for (int other = 0; other < own.size(); ++other)
            check(other == d || own[other] == shape[other],
                "cat: Sizes of tensors must match except in dimension {}. Expected size {} but got size {} for tensor "
                "number {} in the list.",
                d, shape[other], own[other], i);
        check_same_device("cat", *first, tensors[i]);
        shape[d] += own[d];
    }
    Tensor out = native::empty(shape, common_dtype(tensors), first->device());
    write_blocks(out, tensors, d);
    return record_list(
        "CatBackward0", out, tensors, std::move(starts), [d](T grad, const Edge& input, std::int64_t start) {
            const Shape& own = input.shape;
            return is_nothing(own) ? zeros(own, {.dtype = grad.dtype()}) : narrow(grad, d, start, own[d]);
        });
}

Tensor stack(const TensorList& tensors, std::int64_t dim) {
    check(!tensors.empty(), "stack: stack expects a non-empty TensorList");
    Shape shape = tensors[0].shape();
    const std::int64_t d = wrap_dim(dim, shape.size() + 1);
    for (std::size_t i = 1; i < tensors.size(); ++i) {
        check(tensors[i].impl().shape == shape,
            "stack: stack expects each tensor to be equal size, but got {} at entry 0 and {} at entry {}", shape.str(),
            tensors[i].impl().shape.str(), i);
        check_same_device("stack", tensors[0], tensors[i]);
    }
    shape.insert(d, static_cast<std::int64_t>(tensors.size()));
    Tensor out = native::empty(shape, common_dtype(tensors), tensors[0].device());
    write_blocks(out, tensors, d);
    std::vector<std::int64_t> positions(tensors.size());
    std::iota(positions.begin(), positions.end(), 0);
    return record_list("StackBackward0", out, tensors, std::move(positions),
        [d](T grad, const Edge&, std::int64_t at) { return select(grad, d, at); });
}

static TensorList at_least(int dims, const TensorList& tensors) {
    TensorList out;
    for (T x : tensors) {
        out.push_back(x.ndim() == 0 ? x.reshape(1) : x);
        if (out.back().ndim() < dims) out.back() = out.back().unsqueeze(0);
    }
    return out;
}
Tensor hstack(const TensorList& tensors) {
    check(!tensors.empty(), "hstack: hstack expects a non-empty TensorList");
    TensorList wide = at_least(1, tensors);
    return cat(wide, wide[0].ndim() == 1 ? 0 : 1);
}
Tensor vstack(const TensorList& tensors) {
    check(!tensors.empty(), "vstack: vstack expects a non-empty TensorList");
    return cat(at_least(2, tensors), 0);
}

// ---- flipping

Tensor flip(T x, const Shape& dims) {
    Strides strides = x.stride();
    std::int64_t offset = x.storage_offset();
    std::bitset<Shape::max_dims> flipped;
    for (std::int64_t dim : dims) {
        const std::int64_t d = wrap_dim(dim, x.ndim());
        check(!flipped[d], "flip: dim {} appears multiple times in the list of dims", d);
        flipped[d] = true;
        if (x.numel() == 0 || x.ndim() == 0) continue;
        offset += (x.shape()[d] - 1) * strides[d];
        strides[d] = -strides[d];
    }
    Tensor out = native::like(x, x.shape(), x.dtype());
    native::copy(out, native::view(x, x.shape(), strides, offset));
    return record("FlipBackward0", out, wrt(x, [dims](T grad) { return flip(grad, dims); }));
}

// x with the last `by` of dim d in front.
static Tensor rolled(T x, std::int64_t by, std::int64_t d) {
    const std::int64_t size = x.shape()[d], split = size == 0 ? 0 : ((-by) % size + size) % size;
    Tensor out = native::empty(x.shape(), x.dtype(), x.device());
    const TensorList parts = {narrow(x, d, split, size - split), narrow(x, d, 0, split)};
    write_blocks(out, parts, d);
    return out;
}
Tensor roll(T x, const Dims& shifts, const Dims& dims) {
    check(!shifts.empty(), "roll: `shifts` required");
    const bool flat = dims.empty() && shifts.size() == 1;
    check(flat || shifts.size() == dims.size(), "roll: shifts and dimensions must align. shifts: {}, dims:{}",
        shifts.size(), dims.size());
    check(flat || x.ndim() > 0, "roll: Dimension specified as {} but tensor has no dimensions", flat ? 0 : dims[0]);
    Tensor out = flat ? x.detach().reshape(-1) : x.detach();
    for (int i = 0; i < shifts.size(); ++i) out = rolled(out, shifts[i], flat ? 0 : wrap_dim(dims[i], x.ndim()));
    return record(
        "RollBackward0", native::view(out, x.shape(), contiguous_strides(x.shape()), 0), wrt(x, [shifts, dims](T grad) {
            Dims back = shifts;
            for (std::int64_t& shift : back) shift = -shift;
            return roll(grad, back, dims);
        }));
}

// ---- repeating

Tensor repeat(T x, const Shape& repeats) {
    check(repeats.size() >= x.ndim(),
        "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
    Shape own = x.shape(), shape = repeats;
    while (own.size() < repeats.size()) own.insert(0, 1);
    for (int d = 0; d < shape.size(); ++d) shape[d] = (Checked(shape[d]) * own[d]).value("repeat");
    for (std::int64_t size : shape)
        check(size >= 0, "repeat: Trying to create tensor with negative dimension {}: {}", size, shape.str());
    checked_numel(shape).value("repeat");
    // From the last dim on: what stands so far is written again behind itself.
    Tensor out = native::contiguous(x);
    std::int64_t block = 1;
    for (int d = shape.size(); d-- > 0; block *= repeats[d]) {
        block *= own[d];
        if (repeats[d] == 1 || shape.numel() == 0) continue;
        const Shape rows = {out.numel() / block, repeats[d], block};
        Tensor next = native::empty(rows, x.dtype(), x.device());
        native::copy(next, native::view(out, rows, {block, 0, 1}, out.storage_offset()));
        out = next;
    }
    if (shape.numel() == 0) out = native::empty(shape, x.dtype(), x.device());
    if (out.impl().storage == x.impl().storage) out = native::clone(out);
    return record(
        "RepeatBackward0", native::view(out, shape, contiguous_strides(shape), 0), wrt(x, [repeats, own](T grad) {
            if (grad.numel() == 0) return zeros(own, {.dtype = grad.dtype()});
            Tensor sum = grad;
            for (int d = 0; d < own.size(); ++d)
                if (repeats[d] != 1) sum = sum.unflatten(d, {repeats[d], own[d]}).sum(d);
            return sum;
        }));
}
Tensor tile(T x, const Shape& repeats) {
    Shape all = repeats;
    while (all.size() < x.ndim()) all.insert(0, 1);
    return repeat(x, all);
}
Tensor repeat_interleave(T repeats, std::optional<std::int64_t> output_size) {
    check(repeats.ndim() == 1, "repeat_interleave: repeat_interleave only accept 1D vector as repeat");
    check(repeats.dtype() == DType::Int64 || repeats.dtype() == DType::Int32,
        "repeat_interleave: \"repeat_interleave_cpu\" not implemented for '{}'", scalar_name_of(repeats.dtype()));
    const std::vector<std::int64_t> times = repeats.tolist<std::int64_t>();
    Checked sum = 0;
    for (std::int64_t n : times) {
        check(n >= 0, "repeat_interleave: repeats can not be negative");
        sum = sum + n;
    }
    const std::int64_t total = sum.value("repeat_interleave");
    check(!output_size || *output_size == total,
        "repeat_interleave: allocated size does not match required size: {} and {}", output_size.value_or(0), total);
    Tensor index = native::empty({total}, repeats.dtype());
    visit<Types<std::int64_t, std::int32_t>>(index.dtype(), [&](auto zero) {
        auto* to = index.data_ptr<decltype(zero)>();
        for (std::size_t i = 0; i < times.size(); ++i) to = std::fill_n(to, times[i], static_cast<decltype(zero)>(i));
    });
    return index;
}
Tensor repeat_interleave(T x, T repeats, std::optional<std::int64_t> dim, std::optional<std::int64_t> output_size) {
    if (!dim) return repeat_interleave(x.reshape(-1), repeats, 0, output_size);
    check(repeats.ndim() <= 1, "repeat_interleave: repeats must be 0-dim or 1-dim tensor");
    const std::int64_t parts = x.size(*dim);
    Tensor each = repeats.detach().reshape(-1);
    check(each.numel() == 1 || each.numel() == parts,
        "repeat_interleave: repeats must have the same size as input along dim: {} and {}", each.numel(), parts);
    if (each.numel() == 1) each = expand(each, {parts});
    return index_select(x, *dim, repeat_interleave(each, output_size));
}

// ---- triangles and diagonals

// A copy of x with zeros above (or below) the diagonal of each matrix.
static Tensor triangle(T x, std::int64_t diagonal, bool lower) {
    wrap_dim(-2, x.ndim());
    Tensor out = native::empty(x.shape(), x.dtype(), x.device());
    native::copy(out, x);
    const std::int64_t rows = x.size(-2), columns = x.size(-1), bytes = x.element_size();
    if (out.numel() == 0) return out;
    parallel_for(out.numel() / columns, grain_of(columns), [&](auto begin, auto end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t at = std::clamp<std::int64_t>(row % rows + diagonal + lower, 0, columns);
            char* first = static_cast<char*>(out.data_ptr()) + row * columns * bytes;
            lower ? std::memset(first + at * bytes, 0, (columns - at) * bytes) : std::memset(first, 0, at * bytes);
        }
    });
    return out;
}
Tensor tril(T x, std::int64_t diagonal) {
    return record(
        "TrilBackward0", triangle(x, diagonal, true), wrt(x, [diagonal](T grad) { return tril(grad, diagonal); }));
}
Tensor triu(T x, std::int64_t diagonal) {
    return record(
        "TriuBackward0", triangle(x, diagonal, false), wrt(x, [diagonal](T grad) { return triu(grad, diagonal); }));
}

// Zeros with `part` as this diagonal.
static Tensor on_diagonal(T part, const Shape& shape, std::int64_t at) {
    Tensor whole = native::zeros(shape, part.dtype(), part.device());
    native::copy(diagonal(whole, at), part);
    return record("DiagBackward0", whole, wrt(part, [at](T grad) { return diag(grad, at); }));
}
Tensor diag(T x, std::int64_t at) {
    check(x.ndim() == 1 || x.ndim() == 2, "diag: matrix or a vector expected");
    refuse("diag", "diag", x.dtype(), {DType::Float16});
    if (x.ndim() == 2)
        return record("DiagBackward0", native::clone(diagonal(x.detach(), at)),
            wrt(x, [from = x.shape(), at](T grad) { return on_diagonal(grad, from, at); }));
    const std::int64_t size = x.shape()[0] + std::abs(at);
    return on_diagonal(x, {size, size}, at);
}
Tensor trace(T x) {
    check(x.ndim() == 2, "trace: trace: expected a matrix, but got tensor with dim {}", x.ndim());
    refuse("trace", "trace", x.dtype(), {DType::Bool, DType::Float16, DType::BFloat16});
    Tensor on = diagonal(x.detach());
    Tensor out = x.is_floating_point() ? on.to(DType::Float64).sum().to(x.dtype()) : on.sum();
    return record("TraceBackward0", out,
        wrt(x, [from = x.shape()](T grad) { return on_diagonal(grad.expand({std::min(from[0], from[1])}), from, 0); }));
}
Tensor tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset) {
    check(rows >= 0, "tril_indices: row must be non-negative, got{}", rows);
    check(columns >= 0, "tril_indices: col must be non-negative, got{}", columns);
    return contiguous(t(nonzero(tril(ones({rows, columns}, {.dtype = DType::UInt8}), offset))));
}
Tensor triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset) {
    check(rows >= 0, "triu_indices: row must be non-negative, got{}", rows);
    check(columns >= 0, "triu_indices: col must be non-negative, got{}", columns);
    return contiguous(t(nonzero(triu(ones({rows, columns}, {.dtype = DType::UInt8}), offset))));
}

}  // namespace taper::ops
