// What comes to elements named by tensors, combined with what is there: by sum, product, mean or extreme.
#include <limits>

#include "../../tensor/warning.h"
#include "../inplace.h"
#include "../ops.h"
#include "scatter.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

enum class Way : std::uint8_t { Sum, Prod, Mean, Max, Min };

Way way_named(const std::string& reduce) {
    if (reduce == "sum") return Way::Sum;
    if (reduce == "prod") return Way::Prod;
    if (reduce == "mean") return Way::Mean;
    if (reduce == "amax") return Way::Max;
    check(reduce == "amin", "scatter_reduce: reduce argument must be either sum, prod, mean, amax or amin.");
    return Way::Min;
}

template <class E> E smallest() {
    return std::numeric_limits<E>::has_infinity ? static_cast<E>(-std::numeric_limits<E>::infinity())
                                                : std::numeric_limits<E>::lowest();
}
template <class E> E largest() {
    return std::numeric_limits<E>::has_infinity ? std::numeric_limits<E>::infinity() : std::numeric_limits<E>::max();
}

// The number with which nothing else changes.
template <class E> E neutral(Way way) {
    if constexpr (std::is_arithmetic_v<E>) {
        if (way == Way::Max) return smallest<E>();
        if (way == Way::Min) return largest<E>();
    } else {
        if (way == Way::Max || way == Way::Min)
            return static_cast<E>(way == Way::Max ? smallest<float>() : largest<float>());
    }
    return static_cast<E>(way == Way::Prod ? 1 : 0);
}

template <class E> E combined(Way way, E there, E next) {
    switch (way) {
        case Way::Prod:
            return static_cast<E>(there * next);
        case Way::Max:
            return next != next || next > there ? next : there;
        case Way::Min:
            return next != next || next < there ? next : there;
        default:
            return static_cast<E>(there + next);
    }
}

// Whole numbers are rounded down.
template <class E> E shared(E sum, std::int64_t n) {
    if constexpr (std::is_same_v<E, bool>)
        return sum;
    else if constexpr (std::is_integral_v<E>)
        return static_cast<E>(sum / n - (sum % n != 0 && sum < 0));
    else
        return static_cast<E>(sum / static_cast<E>(n));
}

// A copy of x with the source's elements combined with those at the positions.
Tensor values_of(T x, T positions, T source, Way way, bool include_self) {
    if (way == Way::Mean) refuse("scatter_reduce", "scatter_gather_tensor_cpu_reduce_mean", x.dtype(), {DType::Bool});
    const Tensor out = native::clone(native::contiguous(x)),
                 each = native::contiguous(native::broadcast(native::cast(source, x.dtype()), positions.shape()));
    const auto* at = positions.data_ptr<std::int64_t>();
    const std::int64_t n = positions.numel();
    std::vector<std::int64_t> count(way == Way::Mean ? out.numel() : 0, include_self);
    visit_stored(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        E *to = static_cast<E*>(out.data_ptr()), *from = static_cast<E*>(each.data_ptr());
        for (std::int64_t i = 0; !include_self && i < n; ++i) to[at[i]] = neutral<E>(way);
        for (std::int64_t i = 0; i < n; ++i) to[at[i]] = combined(way, to[at[i]], from[i]);
        if (way != Way::Mean) return;
        for (std::int64_t i = 0; i < n; ++i) ++count[at[i]];
        for (std::int64_t i = 0; i < out.numel(); ++i)
            if (count[i] > 1) to[i] = shared(to[i], count[i]);
    });
    return out;
}

// What a step is, beside its tensors.
struct Step {
    const char* name;
    std::int64_t dim;
    Way way;
    bool include_self;
};
Tensor reduced(const Step& step, T x, T index, T source);

// How many elements meet at each place, at least one.
Tensor meeting(const Step& step, T grad, T index, T source) {
    const Tensor own = step.include_self ? ones_like(grad) : zeros_like(grad);
    const Tensor count = scatter_add(own, step.dim, index, ones_like(source));
    return masked_fill(count, eq(count, 0), 1);
}
// Both of them 1 where they are the extreme that came out, and how many are there.
Tensor ties(const Step& step, T out, T x, T index, T source) {
    return scatter_add(
        eq(x, out).to(x.dtype()), step.dim, index, eq(source, gather(out, step.dim, index)).to(x.dtype()));
}

Tensor gradient_of_self(const Step& step, T grad, T out, T x, T index, T source) {
    Tensor g = grad;
    if (step.way == Way::Prod) {  // the product of the others, exact where x is 0
        const Tensor not_zero = masked_fill(x, eq(x, 0), 1);
        g = grad * reduced(step, not_zero, index, source) / not_zero;
    } else if (step.way == Way::Mean) {
        g = grad / meeting(step, grad, index, source);
    } else if (step.way != Way::Sum) {
        g = eq(x, out) * (grad / ties(step, out, x, index, source));
    }
    return step.include_self ? g : scatter(g, step.dim, index, 0);
}
Tensor gradient_of_source(const Step& step, T grad, T out, T x, T index, T source) {
    const auto found = [&](T whole) { return gather(whole, step.dim, index); };
    if (step.way == Way::Sum) return found(grad);
    if (step.way == Way::Mean) return found(grad) / found(meeting(step, grad, index, source));
    if (step.way != Way::Prod) return eq(source, found(out)) * found(grad / ties(step, out, x, index, source));
    const Tensor zero = eq(source, 0),
                 zeros_there = found(scatter_add(zeros_like(x), step.dim, index, zero.to(x.dtype()))),
                 alone = logical_and(zero, eq(zeros_there, 1)),
                 others = reduced(step, x, index, masked_fill(source, alone, 1));
    return where(alone, found(grad * others), found(grad * out) / masked_fill(source, zero, 1));
}

Tensor reduced(const Step& step, T x, T index, T source) {
    auto [positions, from, at] = autograd::scattering("scatter_reduce", x, step.dim, index, source);
    return record(step.name, values_of(x, positions, from, step.way, step.include_self),
        wrt(x, save(x, index, from),
            [step](
                T grad, T out, T x, T index, T source) { return gradient_of_self(step, grad, out, x, index, source); }),
        wrt(from, save(x, index, from), [step](T grad, T out, T x, T index, T source) {
            return gradient_of_source(step, grad, out, x, index, source);
        }));
}

Tensor scatter_reduced(T x, std::int64_t dim, T index, T src, const std::string& reduce, bool include_self) {
    warn("scatter_reduce() is in beta and the API may change at any time");
    return reduced({"ScatterReduceBackward0", dim, way_named(reduce), include_self}, x, index, src);
}

// One index for each element of the source, as scatter wants it.
Tensor index_reduced(T x, std::int64_t dim, T index, T source, const std::string& reduce, bool include_self) {
    warn("index_reduce() is in beta and the API may change at any time");
    check(reduce == "prod" || reduce == "mean" || reduce == "amax" || reduce == "amin",
        "index_reduce: index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {}.", reduce);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    refuse("index_reduce", "index_func_", x.dtype(), {DType::Bool});
    check(index.dtype() == DType::Int32 || index.dtype() == DType::Int64,
        "index_reduce_(): Expected dtype int32/int64 for index");
    check(index.ndim() <= 1, "index_reduce_(): Index is supposed to be a vector");
    check(source.dtype() == x.dtype(), "index_reduce_(): self and source must have the same scalar type");
    const std::int64_t slots = d < source.ndim() ? source.shape()[d] : source.numel();
    check(index.numel() == slots, "index_reduce_(): Number of indices should be equal to self.size(dim)");
    Shape wanted = x.shape(), line = Shape::filled(x.ndim(), 1);
    if (x.ndim() > 0) wanted[d] = slots, line[d] = slots;
    check(x.ndim() == 0 ? source.numel() == 1 : source.shape() == wanted,
        "index_reduce_(): source of shape {} does not fit: {} wanted", source.shape().str(), wanted.str());
    const Tensor each = contiguous(expand(reshape(to(index, DType::Int64), line), wanted));
    return reduced({"IndexReduceBackward0", d, way_named(reduce), include_self}, x, each, reshape(source, wanted));
}

}  // namespace

Tensor scatter_reduce(T x, std::int64_t dim, T index, T src, const std::string& reduce, bool include_self) {
    return scatter_reduced(x, dim, index, src, reduce, include_self);
}
T scatter_reduce_(T self, std::int64_t dim, T index, T src, const std::string& reduce, bool include_self) {
    return autograd::overwrite("scatter_reduce_", self, scatter_reduced(self, dim, index, src, reduce, include_self));
}
Tensor index_reduce(T x, std::int64_t dim, T index, T source, const std::string& reduce, bool include_self) {
    return index_reduced(x, dim, index, source, reduce, include_self);
}
T index_reduce_(T self, std::int64_t dim, T index, T source, const std::string& reduce, bool include_self) {
    return autograd::overwrite("index_reduce_", self, index_reduced(self, dim, index, source, reduce, include_self));
}

}  // namespace taper::ops
