// What stands where in an order: quantiles, the middle, the k-th, the commonest, the largest so far.
#include <cmath>

#include "../../tensor/kernels/order.h"
#include "../ops.h"
#include "narrow.h"
#include "sort.h"

namespace taper::ops {

using autograd::empty_lines, autograd::found_along, autograd::lines_of, autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

Tensor msort(T x) { return sort(x, 0).values; }

// ---- quantiles

// The numbers as a tensor of x's dtype, checked.
static Tensor shares(T q, DType dtype) {
    if (q.impl().is_number) {
        check(
            q.item() >= 0 && q.item() <= 1, "quantile: quantile() q must be in the range [0, 1] but got {}", q.item());
        return full({}, q.item(), {.dtype = dtype});
    }
    check(q.ndim() <= 1, "quantile: quantile() q must be a scalar or 1D tensor");
    check(q.dtype() == dtype, "quantile: quantile() q tensor must be same dtype as the input tensor");
    check(ops::all((q >= 0) & (q <= 1)).item<bool>(), "quantile: quantile() q values must be in the range [0, 1]");
    return q;
}

// x with the elements of `dim` (or all) in order in a dim of their own at the end, and size 1 in their place if kept.
static Tensor in_order(T x, std::optional<std::int64_t> dim, bool keepdim) {
    if (!dim) {
        const Tensor all = sort(flatten(x)).values;
        Shape shape = keepdim ? Shape::filled(x.ndim(), 1) : Shape();
        shape.push_back(all.numel());
        return view(all, shape);
    }
    const std::int64_t d = wrap_dim(*dim, x.ndim());
    if (x.ndim() == 0) return reshape(x, {1});
    const Tensor last = sort(transpose(unsqueeze(x, -1), d, -1)).values;
    return keepdim ? last : squeeze(last, d);
}

static Tensor quantile_of(
    T x, T q, std::optional<std::int64_t> dim, bool keepdim, const std::string& way, bool skip_nan) {
    check(x.numel() > 0, "quantile: quantile() input tensor must be non-empty");
    check(x.dtype() == DType::Float32 || x.dtype() == DType::Float64,
        "quantile: quantile() input tensor must be either float or double dtype");
    const bool linear = way == "linear", midpoint = way == "midpoint";
    check(linear || midpoint || way == "lower" || way == "higher" || way == "nearest",
        "quantile: quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {}",
        way);
    const Tensor share = shares(q, x.dtype()), sorted = in_order(x, dim, keepdim);
    const std::int64_t last = sorted.size(-1) - 1;
    check(last < 1 << 24, "quantile: quantile() input tensor is too large");
    Tensor ranks;
    if (skip_nan) {  // where all is NaN, it is what stands first
        ranks = mul(share, sub(sum(logical_not(isnan(sorted)), {.dim = Dims(-1), .keepdim = true}), 1));
        ranks = masked_fill(ranks, ranks < 0, 0);
    } else {  // where there is NaN, it stands last
        const TensorList wide =
            broadcast_tensors({share * last, any(isnan(sorted), {.dim = Dims(-1), .keepdim = true})});
        ranks = masked_fill(wide[0], wide[1], last);
    }
    if (!linear && !midpoint) ranks = way == "lower" ? floor(ranks) : way == "higher" ? ceil(ranks) : round(ranks);
    const Tensor below = to(ranks.detach(), DType::Int64);
    Tensor values = gather(sorted, -1, below);
    if (linear || midpoint) {
        const Tensor weights = midpoint ? full_like(ranks, 0.5) : ranks - below,
                     above = gather(sorted, -1, to(ceil(ranks.detach()), DType::Int64));
        values = lerp(values, above, weights);
    }
    if (share.ndim() == 0) return autograd::named("SqueezeBackward3", squeeze(values, -1));
    return autograd::named("SqueezeBackward3", squeeze(transpose(unsqueeze(values, 0), 0, -1), -1));
}
Tensor quantile(T x, T q, std::optional<std::int64_t> dim, bool keepdim, const std::string& interpolation) {
    return quantile_of(x, q, dim, keepdim, interpolation, false);
}
Tensor nanquantile(T x, T q, std::optional<std::int64_t> dim, bool keepdim, const std::string& interpolation) {
    return quantile_of(x, q, dim, keepdim, interpolation, true);
}

// ---- one of each line

// What `find` finds in each line along the dim.
template <class List, class Find>
static ValuesAndIndices one_along(const char* op, const char* name, T x, std::int64_t dim, bool keepdim, Find find) {
    const std::int64_t d = wrap_dim(dim, x.ndim());
    const Lines lines = lines_of(x.shape(), d);
    check(lines.length > 0, "{}: {}(): Expected reduction dim {} to have non-zero size.", op, op, d);
    Shape shape = x.shape();
    if (!shape.empty()) shape[d] = 1;
    ValuesAndIndices out = empty_lines(x, shape);
    const Tensor from = native::contiguous(x);
    visit<List>(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        find(lines, from.data_ptr<E>(), out.values.data_ptr<E>(), out.indices.data_ptr<std::int64_t>());
    });
    return found_along(name, x, d, out, keepdim);
}

ValuesAndIndices kthvalue(T x, std::int64_t k, std::int64_t dim, bool keepdim) {
    if (x.ndim() > 0) refuse("kthvalue", "kthvalue_cpu", x.dtype(), {DType::Bool, DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return kthvalue(x, k, dim, keepdim); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim()), size = x.ndim() == 0 ? 1 : x.shape()[d];
    check(k >= 1 && k <= size, "kthvalue: kthvalue(): selected number k out of range for dimension {}", d);
    return one_along<AllTypes>("kthvalue", "KthvalueBackward0", x, dim, keepdim,
        [k](const Lines& lines, const auto* x, auto* values, auto* indices) {
            kth_lines(lines, k - 1, x, values, indices);
        });
}
ValuesAndIndices mode(T x, std::int64_t dim, bool keepdim) {
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return mode(x, dim, keepdim); }, x);
    return one_along<AllTypes>("mode", "ModeBackward0", x, dim, keepdim,
        [](const Lines& lines, const auto* x, auto* values, auto* indices) { mode_lines(lines, x, values, indices); });
}
ValuesAndIndices nanmedian(T x, std::int64_t dim, bool keepdim) {
    refuse("nanmedian", "median_out", x.dtype(), {DType::Bool, DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return nanmedian(x, dim, keepdim); }, x);
    return one_along<Numbers>("median", "NanmedianBackward1", x, dim, keepdim,
        [](const Lines& lines, const auto* x, auto* values, auto* indices) {
            nanmedian_lines(lines, x, values, indices);
        });
}
Tensor nanmedian(T x) {
    refuse("nanmedian", "median_cpu", x.dtype(), {DType::Bool, DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return nanmedian(x); }, x);
    check(x.numel() > 0 || x.is_floating_point(), "nanmedian: an empty tensor of whole numbers has no median");
    const Tensor out = x.numel() == 0 ? full({}, NAN, {.dtype = x.dtype()})
                                      : nanmedian(native::contiguous(x.detach()).reshape(-1), 0, false).values;
    return record("NanmedianBackward0", out, wrt(x, save(x), [](T grad, T out, T x) {
        const Tensor chosen = isnan(out).item<bool>() ? isnan(x) : x == out;
        return chosen.to(grad.dtype()) * (grad / chosen.sum());
    }));
}

// ---- so far

static ValuesAndIndices so_far(const char* op, const char* name, T x, std::int64_t dim, bool largest) {
    if (x.ndim() > 0 && x.numel() > 0) refuse(op, largest ? "cummax_cpu" : "cummin_cpu", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return so_far(op, name, x, dim, largest); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    ValuesAndIndices out = empty_lines(x, x.shape());
    const Tensor from = native::contiguous(x);
    visit(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        extreme_so_far(lines_of(x.shape(), d), largest, from.data_ptr<E>(), out.values.data_ptr<E>(),
            out.indices.data_ptr<std::int64_t>());
    });
    return found_along(name, x, d, out);
}
ValuesAndIndices cummax(T x, std::int64_t dim) { return so_far("cummax", "CummaxBackward0", x, dim, true); }
ValuesAndIndices cummin(T x, std::int64_t dim) { return so_far("cummin", "CumminBackward0", x, dim, false); }

}  // namespace taper::ops
