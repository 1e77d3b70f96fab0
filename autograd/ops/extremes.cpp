// The largest and the smallest: their values, and where they are.
#include "extremes.h"

#include <limits>

#include "../../tensor/reduce.h"
#include "../ops.h"
#include "narrow.h"

namespace taper {

using T = const Tensor&;

Tensor autograd::shared_by_ties(T grad, T out, T x, const Shape& kept, bool nan_ties) {
    Tensor ties = x == out.reshape(kept);
    if (nan_ties) ties = ties | (ops::isnan(x) & ops::isnan(out.reshape(kept)));
    Dims reduced;
    for (int d = 0; d < kept.size(); ++d)
        if (kept[d] == 1) reduced.push_back(d);
    Tensor count = kept.empty() ? ties.to(x.dtype()) : ops::sum(ties, {.dim = reduced, .keepdim = true}).to(x.dtype());
    return ties.to(x.dtype()) / count * grad.reshape(kept);
}

namespace ops {

using autograd::record, autograd::save, autograd::wrt, combine::larger, combine::smaller;

// ---- extremes

template <class Limit, class Pick> static Tensor extreme(
    const char* op, const char* name, T x, const Reduction& options, Limit limit, Pick pick, bool nan_ties = false) {
    if (is_narrow(x.dtype()))
        return in_wide([&](T x) { return extreme(op, name, x, options, limit, pick, nan_ties); }, x);
    const ReducedDims dims(x.shape(), options);
    for (int d = 0; d < x.ndim() && !over_all(options); ++d)
        check(!dims.reduced[d] || x.shape()[d] > 0, "{}: {}(): Expected reduction dim {} to have non-zero size.", op,
            op, d);
    check(dims.count(x.shape()) > 0 || dims.shape.numel() == 0,
        "{}: Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' "
        "argument.",
        op);
    Tensor out = visit(x.dtype(), [&](auto zero) { return reduce<decltype(zero)>(x, dims, limit(zero), pick); });
    return record(name, out, wrt(x, save(x), [kept = dims.keepdims, nan_ties](T grad, T out, T x) {
        return autograd::shared_by_ties(grad, out, x, kept, nan_ties);
    }));
}
template <class N> static constexpr N lowest =
    std::numeric_limits<N>::has_infinity ? -std::numeric_limits<N>::infinity() : std::numeric_limits<N>::lowest();
template <class N> static constexpr N highest =
    std::numeric_limits<N>::has_infinity ? std::numeric_limits<N>::infinity() : std::numeric_limits<N>::max();
Tensor amax(T self, const Reduction& options) {
    return extreme(
        "amax", "AmaxBackward0", self, options, [](auto zero) { return lowest<decltype(zero)>; }, larger);
}
Tensor amin(T self, const Reduction& options) {
    return extreme(
        "amin", "AminBackward0", self, options, [](auto zero) { return highest<decltype(zero)>; }, smaller);
}
Tensor max(T self) {
    return extreme(
        "max", "MaxBackward1", self, {}, [](auto zero) { return lowest<decltype(zero)>; }, larger, true);
}
Tensor min(T self) {
    return extreme(
        "min", "MinBackward1", self, {}, [](auto zero) { return highest<decltype(zero)>; }, smaller, true);
}

// ---- where they are

// Which of two is the better one, as index_of wants to know it; NaN is better than any number, and the first one stays.
struct Largest {
    template <class N> static constexpr N worst = lowest<N>;
    static constexpr auto pick = larger;
    TAPER_INLINE static bool better(auto a, auto b) { return a > b; }
};
struct Smallest {
    template <class N> static constexpr N worst = highest<N>;
    static constexpr auto pick = smaller;
    TAPER_INLINE static bool better(auto a, auto b) { return a < b; }
};

// Where the first block of elements begins of which one equals `what`, or those begin that make no block.
template <class N> static std::int64_t block_with(N what, const N* x, std::int64_t n) {
    constexpr std::int64_t block = 64;
    std::int64_t begin = 0;
    detail::run<N, N>([=, &begin] {
        std::int64_t at = 0;
        for (int found = 0; at + block <= n; at += block) {
            for (std::int64_t i = 0; i < block; ++i) found |= x[at + i] == what;
            if (found) break;
        }
        begin = at;
    });
    return begin;
}

// Of a line: the extreme first, which is quick, then the position of the first element that equals it.
template <class Order, class N> static std::int64_t position_in_line(const N* x, std::int64_t n, std::int64_t step) {
    const N most = detail::run_reduce(x, n, step, Order::template worst<N>, std::identity(), Order::pick);
    std::int64_t at = 0;
    if (most != most) {
        while (x[at * step] == x[at * step]) ++at;
        return at;
    }
    if (step == 1) at = block_with(most, x, n);
    while (x[at * step] != most) ++at;
    return at;
}

// Of lines that lie side by side: `width` of them at once, row by row.
template <class Order, class N>
static void positions_by_rows(std::int64_t* out, const N* x, std::int64_t n, std::int64_t step, std::int64_t width) {
    using Position = std::conditional_t<sizeof(N) == 8, std::int64_t, std::int32_t>;
    N best[detail::tile];
    Position position[detail::tile];
    N* const most = best;
    Position* const at = position;
    detail::run<N, N>([=] {
        for (std::int64_t i = 0; i < width; ++i) most[i] = x[i], at[i] = 0;
        for (std::int64_t row = 1; row < n; ++row) {
            const N* from = x + row * step;
            TAPER_VECTORISE for (std::int64_t i = 0; i < width; ++i) {
                const N v = from[i], m = most[i];
                const Position before = at[i];
                const bool better = (Order::better(v, m) | (v != v)) & (m == m);
                most[i] = better ? v : m;
                at[i] = better ? static_cast<Position>(row) : before;
            }
        }
    });
    for (std::int64_t i = 0; i < width; ++i) out[i] = position[i];
}

// The index of the first extreme along each line of `dim`; NaN counts as one.
template <class Order> static Tensor index_of(const char* op, T x, std::int64_t dim, bool keepdim) {
    check(x.ndim() == 0 || x.size(dim) > 0, "{}: {}(): Expected reduction dim {} to have non-zero size.", op, op, dim);
    if (is_narrow(x.dtype())) return index_of<Order>(op, native::cast(x, info_of(x.dtype()).computes_in), dim, keepdim);
    ReducedDims dims(x.shape(), Dims(dim), keepdim);
    Tensor out = native::empty(dims.shape, DType::Int64);
    detail::ReduceNest nest(x, dims);
    if (nest.kept == 0) return out;
    const std::int64_t n = nest.reduced, step = nest.reduced_dims ? nest.reduced_step[0] : 1;
    const bool by_rows = nest.by_rows() && nest.kept_step[nest.kept_dims - 1] == 1 && n <= 0x7fffffff;
    const std::int64_t row = by_rows ? nest.kept_size[nest.kept_dims - 1] : 1, wide = std::min(row, detail::tile);
    const std::int64_t tiles = (row + wide - 1) / wide;
    std::int64_t* to = out.data_ptr<std::int64_t>();
    visit(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        const N* from = static_cast<const N*>(x.data_ptr());
        parallel_for(nest.kept / row * tiles, grain_of(n * wide), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t job = begin; job < end; ++job) {
                const std::int64_t first = job / tiles * row + job % tiles * wide;
                const N* line = from + nest.kept_offset(first);
                if (by_rows)
                    positions_by_rows<Order>(to + first, line, n, step, std::min(wide, row - job % tiles * wide));
                else
                    to[first] = position_in_line<Order>(line, n, step);
            }
        });
    });
    return out;
}
static void no_bools(const char* op, T x, std::optional<std::int64_t> dim) {
    const bool trivial = x.numel() == 0 || (dim && x.ndim() > 0 && x.size(*dim) == 1);
    check(x.dtype() != DType::Bool || trivial, "{}: \"{}_cpu\" not implemented for 'Bool': convert it by .to(uint8)",
        op, op);
}
Tensor argmax(T self, std::optional<std::int64_t> dim, bool keepdim) {
    no_bools("argmax", self, dim);
    if (!dim)
        return keepdim ? argmax(self).reshape(Shape::filled(self.ndim(), 1))
                       : index_of<Largest>("argmax", native::contiguous(self).reshape(-1).detach(), 0, false);
    return index_of<Largest>("argmax", self, *dim, keepdim);
}
Tensor argmin(T self, std::optional<std::int64_t> dim, bool keepdim) {
    no_bools("argmin", self, dim);
    if (!dim)
        return keepdim ? argmin(self).reshape(Shape::filled(self.ndim(), 1))
                       : index_of<Smallest>("argmin", native::contiguous(self).reshape(-1).detach(), 0, false);
    return index_of<Smallest>("argmin", self, *dim, keepdim);
}
// The values at these indices; the whole gradient goes there.
static ValuesAndIndices at_indices(const char* name, T x, T indices, std::int64_t dim, bool keepdim) {
    if (x.ndim() == 0) return {autograd::named(name, x.clone()), indices.reshape(Shape{})};
    Tensor out;
    {
        NoGradGuard no_grad;
        out = gather(x, dim, indices);
        if (!keepdim) out = out.squeeze(dim).detach();
    }
    out = record(name, out, wrt(x, save(indices), [dim, from = x.shape(), keepdim](T grad, T indices) {
        return scatter_add(zeros(from, {.dtype = grad.dtype()}), dim, indices, keepdim ? grad : grad.unsqueeze(dim));
    }));
    return {out, keepdim ? indices : indices.squeeze(dim)};
}
ValuesAndIndices max(T self, std::int64_t dim, bool keepdim) {
    return at_indices("MaxBackward0", self, index_of<Largest>("max", self, dim, true), dim, keepdim);
}
ValuesAndIndices min(T self, std::int64_t dim, bool keepdim) {
    return at_indices("MinBackward0", self, index_of<Smallest>("min", self, dim, true), dim, keepdim);
}

}  // namespace ops
}  // namespace taper
