// x[...]: views, and, with tensors between the brackets, what these name picked out, or written.
#include <bitset>

#include "../../tensor/number_range.h"
#include "../../tensor/warning.h"
#include "../ops.h"
#include "positions.h"
#include "view.h"

namespace taper {

using autograd::IndexedDims;
using T = const Tensor&;

// ---- without tensors: views

Tensor index_view(T x, std::span<const Index> indices) {
    std::int64_t named = 0;
    bool ellipsis = false;
    for (const Index& index : indices) {
        named += index.kind == Index::Kind::Int || index.kind == Index::Kind::Slice;
        check(!ellipsis || index.kind != Index::Kind::Ellipsis, "an index can only have a single ellipsis ('...')");
        ellipsis = ellipsis || index.kind == Index::Kind::Ellipsis;
    }
    check(x.ndim() > 0 || indices.size() != 1 || indices[0].kind != Index::Kind::Int,
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
        "0-dim tensor to a number");
    check(named <= x.ndim(), "too many indices for tensor of dimension {}", x.ndim());
    Tensor out = x;
    std::int64_t d = 0, of_x = 0;  // the dim that comes next, of the result and of x
    for (const Index& index : indices) switch (index.kind) {
            case Index::Kind::Int: {
                const std::int64_t size = out.size(d);
                check(-size <= index.at && index.at < size, "index {} is out of bounds for dimension {} with size {}",
                    index.at, of_x++, size);
                out = ops::select(out, d, index.at);
                break;
            }
            case Index::Kind::Slice:
                // (PyTorch leaves out a slice that says the whole of a dim in numbers, beside others.)
                if (const auto& [start, stop, step] = index.slice;
                    indices.size() == 1 || start.value_or(0) != 0 || step.value_or(1) != 1 || stop != out.size(d))
                    out = ops::slice(out, d, index.slice);
                ++d, ++of_x;
                break;
            case Index::Kind::None:
                out = ops::unsqueeze(out, d++);
                break;
            default:
                d += x.ndim() - named;
                of_x += x.ndim() - named;
        }
    return out.ref() == x.ref() ? ops::alias("AliasBackward0", x) : out;
}

// ---- with tensors

namespace {

// One tensor between the brackets: positions over `dims` dims of the view from `dim` on; dim `of_x` as the caller
// counts.
struct Named {
    Tensor tensor;
    int dim, dims, of_x;
};

// What brackets mean: a view of x, and in it the positions that the tensors name, if there are any.
struct Indexing {
    Tensor view, positions;
    IndexedDims at;
};

bool is_mask(T index) { return index.dtype() == DType::Bool || index.dtype() == DType::UInt8; }

// How many dims of x an index takes up.
int dims_named(const Index& index) {
    if (index.kind == Index::Kind::Tensor) return is_mask(index.tensor) ? static_cast<int>(index.tensor.ndim()) : 1;
    return index.kind == Index::Kind::Int || index.kind == Index::Kind::Slice;
}

bool is_whole(const Index& index) {
    const Slice& slice = index.slice;
    return index.kind == Index::Kind::Ellipsis ||
        (index.kind == Index::Kind::Slice && !slice.start && !slice.stop && !slice.step);
}

// Takes the tensors out of the brackets: whole dims (None for a 0-dim mask, a plain int for a 0-dim index) stay.
std::vector<Named> take_out(T x, std::vector<Index>& indices) {
    std::vector<Named> names;
    std::vector<Index> plain;
    int left = static_cast<int>(x.ndim()), dim = 0, of_x = 0;
    for (const Index& index : indices) left -= dims_named(index);
    check(left >= 0, "too many indices for tensor of dimension {}", x.ndim());
    for (const Index& index : indices) {
        const int dims = index.kind == Index::Kind::Ellipsis ? left : dims_named(index);
        if (index.kind != Index::Kind::Tensor) {
            plain.push_back(index);
            dim += index.kind == Index::Kind::None ? 1 : index.kind == Index::Kind::Int ? 0 : dims;
        } else {
            T tensor = index.tensor;
            check(is_mask(tensor) || tensor.dtype() == DType::Int64 ||
                    (tensor.ndim() == 0 && !tensor.is_floating_point()),
                "tensors used as indices must be long, byte or bool tensors");
            if (tensor.dtype() == DType::UInt8)
                warn("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.");
            if (tensor.ndim() == 0 && !is_mask(tensor)) {
                plain.emplace_back(tensor.item<std::int64_t>());
            } else {
                names.push_back({tensor, dim, std::max(dims, 1), of_x});
                for (int i = 0; i < dims; ++i) plain.emplace_back(all);
                if (dims == 0) plain.emplace_back(None);
                dim += std::max(dims, 1);
            }
        }
        of_x += dims;
    }
    indices = std::move(plain);
    return names;
}

// Positions count from the front afterwards. Those that pick nothing are not looked at, as in PyTorch.
Tensor positions_of(const Named& name, T view, bool picks) {
    if (is_mask(name.tensor)) {
        for (int d = 0; d < name.tensor.ndim(); ++d)
            check(name.tensor.shape()[d] == view.shape()[name.dim + d],
                "The shape of the mask {} at index {} does not match the shape of the indexed tensor {} at index {}",
                name.tensor.shape().str(), d, view.shape().str(), name.dim + d);
        return autograd::nonzero_positions(name.tensor);
    }
    const std::int64_t size = view.shape()[name.dim];
    if (!picks && size > 0) return native::zeros(name.tensor.shape(), DType::Int64);
    check(size > 0 || name.tensor.numel() == 0, "index is out of bounds for dimension with size 0");
    return autograd::checked_positions(name.tensor, size, true,
        [&](auto i) { fail("index {} is out of bounds for dimension {} with size {}", i, name.of_x, size); });
}

// The positions of all tensors as one, broadcast and counted over all their dims.
Tensor joined_positions(const std::vector<Named>& names, T view) {
    Shape left = view.shape();
    for (const Named& name : names)
        for (int d = 0; d < name.dims; ++d) left[name.dim + d] = 1;
    TensorList positions;
    Shape shape;
    std::vector<std::string> shapes;
    for (const Named& name : names) {
        positions.push_back(positions_of(name, view, left.numel() > 0));
        for (int d = 0; d < name.dims; ++d) shapes.push_back(positions.back().shape().str());
    }
    for (T each : positions) try {
            shape = broadcast_shapes(shape, each.shape());
        } catch (const Error&) {
            fail("shape mismatch: indexing tensors could not be broadcast together with shapes {}",
                joined(shapes, ", "));
        }
    Tensor all = positions[0];
    for (std::size_t i = 1; i < names.size(); ++i) {
        std::int64_t size = 1;
        for (int d = 0; d < names[i].dims; ++d) size *= view.shape()[names[i].dim + d];
        all = autograd::further(all, size, positions[i]);
    }
    return all;
}

// The dims named, next to each other: where they are if they already stand so, else in front.
IndexedDims indexed_dims(const std::vector<Named>& names, const Shape& shape) {
    IndexedDims at{shape, {}, names[0].dim, 0};
    bool adjacent = true;
    std::bitset<Shape::max_dims> named;
    for (const Named& name : names) {
        adjacent = adjacent && name.dim == at.first + at.count;
        at.count += name.dims;
        for (int d = 0; d < name.dims; ++d) named[name.dim + d] = true;
    }
    if (adjacent) return IndexedDims::of(shape, at.first, at.count);
    at.first = 0;
    for (bool wanted : {true, false})
        for (int d = 0; d < shape.size(); ++d)
            if (named[d] == wanted) at.order.push_back(d);
    return at;
}

Indexing read(T x, std::vector<Index> indices) {
    std::vector<Named> names = take_out(x, indices);
    bool whole = !names.empty() && std::all_of(indices.begin(), indices.end(), is_whole);
    Tensor view = whole ? x : index_view(x, indices);
    if (names.empty()) return {view, {}, IndexedDims::all_of(view.shape())};
    Tensor positions = joined_positions(names, view);
    return {view, positions, indexed_dims(names, view.shape())};
}

// The value without leading dims of size 1 beyond those of `shape`.
Tensor trimmed(T value, const Shape& shape) {
    Shape own = value.shape();
    while (own.size() > shape.size() && own[0] == 1) own.erase(0);
    return own == value.shape() ? value : value.reshape(own);
}

}  // namespace

Tensor index(T x, std::vector<Index> indices) {
    Indexing named = read(x, std::move(indices));
    return named.positions.defined() ? autograd::pick("IndexBackward0", named.view, named.positions, named.at)
                                     : named.view;
}

T set_index(T x, std::vector<Index> indices, T value, bool accumulate) {
    auto [view, positions, at] = read(x, std::move(indices));
    if (!positions.defined()) {
        Tensor from = trimmed(value, view.shape());
        accumulate ? view.add_(from) : view.copy_(from);
        return x;
    }
    const Shape shape = autograd::picked_shape(positions, at);
    check_fits("index_put_", value, x.dtype());
    check(value.impl().is_number || value.dtype() == x.dtype(),
        "Index put requires the source and destination dtypes match, got {} for the destination and {} for the "
        "source.",
        scalar_name_of(x.dtype()), scalar_name_of(value.dtype()));
    Tensor from = trimmed(value, shape);
    bool fits = from.ndim() <= shape.size();
    for (int back = 1; fits && back <= from.ndim(); ++back) {
        std::int64_t size = from.shape()[from.ndim() - back];
        fits = size == 1 || size == shape[shape.size() - back];
    }
    check(fits, "shape mismatch: value tensor of shape {} cannot be broadcast to indexing result of shape {}",
        value.shape().str(), shape.str());
    autograd::put_("index_put_", "IndexPutBackward0", view, positions, from, at, accumulate);
    return x;
}

T ops::index_put_(T x, const TensorListOrNone& indices, T values, bool accumulate) {
    check(indices.list != nullptr, "index_put_: argument 'indices' must be tuple of Tensors, not NoneType");
    std::vector<Index> all;
    for (T index : *indices.list) all.push_back(index.defined() ? Index(index) : Index(All()));
    return set_index(x, std::move(all), values, accumulate);
}

Indexed Tensor::operator[](const std::vector<std::int64_t>& rows) const {
    Tensor index = native::empty({static_cast<std::int64_t>(rows.size())}, DType::Int64);
    std::copy(rows.begin(), rows.end(), index.data_ptr<std::int64_t>());
    return Indexed(*this, {Index(index)});
}

}  // namespace taper
