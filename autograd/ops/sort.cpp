// Order: sort, the largest few, the middle one.
#include <cmath>
#include <limits>

#include "../../tensor/kernels/sort.h"
#include "../ops.h"
#include "narrow.h"
#include "sort.h"

namespace taper {

using T = const Tensor&;

Lines autograd::lines_of(const Shape& shape, std::int64_t dim) {
    Lines lines{shape.empty() ? 1 : shape[dim], 1, 0};
    for (int d = static_cast<int>(dim) + 1; d < shape.size(); ++d) lines.step *= shape[d];
    lines.count = lines.length == 0 ? 0 : shape.numel() / lines.length;
    return lines;
}

ValuesAndIndices autograd::empty_lines(T x, const Shape& shape) {
    return {native::empty(shape, x.dtype(), x.device()), native::empty(shape, DType::Int64, x.device())};
}

ValuesAndIndices autograd::found_along(const char* name, T x, std::int64_t dim, ValuesAndIndices found, bool keepdim) {
    if (!keepdim && x.ndim() > 0) {
        Shape shape = found.values.shape();
        shape.erase(dim);
        for (Tensor* part : {&found.values, &found.indices})
            *part = native::view(*part, shape, contiguous_strides(shape), 0);
    }
    found.values =
        record(name, found.values, wrt(x, save(found.indices), [from = x.shape(), dim, keepdim](T grad, T indices) {
            bool whole = keepdim || from.empty();
            return ops::scatter_add(zeros(from, {.dtype = grad.dtype()}), dim, whole ? indices : indices.unsqueeze(dim),
                whole ? grad : grad.unsqueeze(dim));
        }));
    return found;
}

namespace ops {

using autograd::empty_lines, autograd::found_along, autograd::lines_of, autograd::record, autograd::save, autograd::wrt;

// ---- sort

static ValuesAndIndices sorted(T x, std::int64_t dim, bool descending) {
    Tensor from = native::contiguous(x);
    ValuesAndIndices out = empty_lines(x, x.shape());
    const Lines lines = lines_of(x.shape(), dim);
    check(lines.length <= std::numeric_limits<std::uint32_t>::max(), "sort: {} elements along a dimension are too many",
        lines.length);
    visit(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        sort_lines(
            lines, descending, from.data_ptr<E>(), out.values.data_ptr<E>(), out.indices.data_ptr<std::int64_t>());
    });
    return out;
}

ValuesAndIndices sort(T x, std::int64_t dim, bool descending, const std::optional<bool>& stable) {
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return sort(x, dim, descending, stable); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    return found_along(stable ? "SortBackward1" : "SortBackward0", x, d, sorted(x, d, descending));
}
Tensor argsort(T x, std::int64_t dim, bool descending) {
    if (is_narrow(x.dtype())) return argsort(widened(x.detach()), dim, descending);
    return sorted(x, wrap_dim(dim, x.ndim()), descending).indices;
}

// ---- the first of an order

ValuesAndIndices topk(T x, std::int64_t count, std::int64_t along, bool largest, bool sorted) {
    if (x.ndim() > 0) refuse("topk", "topk_cpu", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return topk(x, count, along, largest, sorted); }, x);
    const std::int64_t dim = wrap_dim(along, x.ndim());
    const Lines lines = lines_of(x.shape(), dim);
    check(count >= 0 && count <= lines.length,
        "topk: selected index k out of range: k is {}, the dimension has {} elements", count, lines.length);
    check(x.dtype() != DType::Bool || x.ndim() == 0, "topk: \"topk_cpu\" not implemented for 'Bool'");
    const std::int64_t k = x.ndim() == 0 ? 1 : count;  // a tensor without dimensions gives its one element
    Shape shape = x.shape();
    if (!shape.empty()) shape[dim] = k;
    ValuesAndIndices out = empty_lines(x, shape);
    Tensor from = native::contiguous(x);
    if (k > 0)
        visit(x.dtype(), [&](auto zero) {
            using E = decltype(zero);
            topk_lines(lines, k, largest, sorted, from.data_ptr<E>(), out.values.data_ptr<E>(),
                out.indices.data_ptr<std::int64_t>());
        });
    return found_along("TopkBackward0", x, dim, out);
}

// ---- the middle

ValuesAndIndices median(T x, std::int64_t dim_, bool keepdim) {
    refuse("median", "median_out", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return median(x, dim_, keepdim); }, x);
    const std::int64_t dim = wrap_dim(dim_, x.ndim());
    const Lines lines = lines_of(x.shape(), dim);
    check(lines.length > 0, "median: median(): Expected reduction dim {} to have non-zero size.", dim);
    check(x.dtype() != DType::Bool, "median: \"median_out\" not implemented for 'Bool'");
    Shape shape = x.shape();
    if (!shape.empty()) shape[dim] = 1;
    ValuesAndIndices out = empty_lines(x, shape);
    Tensor from = native::contiguous(x);
    visit<Numbers>(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        median_lines(lines, from.data_ptr<E>(), out.values.data_ptr<E>(), out.indices.data_ptr<std::int64_t>());
    });
    return found_along("MedianBackward1", x, dim, out, keepdim);
}
Tensor median(T x) {
    refuse("median", "median_cpu", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return median(x); }, x);
    check(x.dtype() != DType::Bool, "median: \"median_cpu\" not implemented for 'Bool'");
    check(x.numel() > 0 || x.is_floating_point(), "median: an empty tensor of whole numbers has no median");
    Tensor all = x.detach().reshape(-1);
    Tensor out = x.numel() == 0 ? full({}, NAN, {.dtype = x.dtype()}) : median(all, 0, false).values;
    return record("MedianBackward0", out, wrt(x, save(x), [](T grad, T out, T x) {
        Tensor chosen = isnan(out).item<bool>() ? isnan(x) : x == out;
        return chosen.to(grad.dtype()) * (grad / chosen.sum());
    }));
}

}  // namespace ops
}  // namespace taper
