// Many elements into one: sums, products, norms. Extremes and running sums are next door.
#include "../../tensor/reduce.h"

#include <cmath>
#include <limits>

#include "../../tensor/kernels/math.h"
#include "../ops.h"
#include "extremes.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt, combine::plus;
using T = const Tensor&;

namespace {

Tensor real(T x) { return x.is_floating_point() ? x : native::cast(x, get_default_dtype()); }

// Calls f with a zero of the type in which sums of this dtype are kept: whole numbers in int64.
template <class F> Tensor visit_sum(DType dtype, F f) {
    return visit<Types<std::int64_t, float, double>>(is_floating_point(dtype) ? dtype : DType::Int64, f);
}

}  // namespace

// ---- sums

// Whole numbers and bools are added and multiplied in int64; what the user asked for is cut from that.
static Tensor in_whole_numbers(T x, const Reduction& options, Tensor (*reduced)(T, const Reduction&)) {
    return to(reduced(to(x.detach(), *options.dtype), {options.dim, options.keepdim}), *options.dtype);
}
static bool asks_for_whole_numbers(const Reduction& options) {
    return options.dtype && !taper::is_floating_point(*options.dtype);
}
Tensor sum(T self, const Reduction& options) {
    if (asks_for_whole_numbers(options)) return in_whole_numbers(self, options, sum);
    const ReducedDims dims(self.shape(), options);
    DType dtype = options.dtype.value_or(self.dtype());
    if (is_narrow(dtype) && taper::is_floating_point(dtype))
        return in_wide([&](T self) { return sum(self, {options.dim, options.keepdim}); }, to(self, dtype));
    Tensor out = visit_sum(dtype, [&](auto zero) {
        using N = decltype(zero);
        if (!options.dtype && std::is_same_v<N, std::int64_t> && self.dtype() == DType::Bool)
            return reduce<bool>(self, dims, N(0), plus, [](bool v) { return N(v); });
        return reduce<N>(self, dims, zero, plus);
    });
    return record(options.dim ? "SumBackward1" : "SumBackward0", out,
        wrt(self, [kept = dims.keepdims, from = self.shape()](T grad) { return grad.reshape(kept).expand(from); }));
}
Tensor nansum(T self, const Reduction& options) {
    if (!self.is_floating_point()) return sum(self, options);
    check(self.numel() == 0 || !asks_for_whole_numbers(options), "nansum: \"nansum_cpu\" not implemented for '{}'",
        scalar_name_of(options.dtype.value_or(self.dtype())));
    return autograd::named("NansumBackward0", sum(where(~isnan(self), self, to(0, self.dtype())), options));
}

Tensor mean(T self, const Reduction& options) {
    DType dtype = options.dtype.value_or(self.dtype());
    check(taper::is_floating_point(dtype),
        "mean: mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
        "Got: {}",
        scalar_name_of(dtype));
    const ReducedDims dims(self.shape(), options);
    double count = static_cast<double>(dims.count(self.shape()));
    if (is_narrow(dtype))
        return autograd::named(options.dim ? "MeanBackward1" : "MeanBackward0", sum(self, options) / count);
    Tensor out = visit<Floats>(dtype, [&](auto zero) {
        Tensor total = reduce<decltype(zero)>(self, dims, zero, plus);
        return map(total, [count](auto v) { return v / decltype(v)(count); });
    });
    return record(options.dim ? "MeanBackward1" : "MeanBackward0", out,
        wrt(self, [kept = dims.keepdims, from = self.shape(), count](T grad) {
            return (grad.reshape(kept) / count).expand(from);
        }));
}

Tensor sum_to(T x, const Shape& shape) {
    std::int64_t ahead = x.ndim() - shape.size();
    check(ahead >= 0 && broadcast_shapes(shape, x.shape()) == x.shape(),
        "sum_to: a gradient of shape {} does not fit an input of shape {}", x.shape().str(), shape.str());
    Dims summed;
    for (std::int64_t d = 0; d < x.ndim(); ++d)
        if (d < ahead || (shape[d - ahead] == 1 && x.shape()[d] != 1)) summed.push_back(d);
    if (shape.empty()) return sum(x);
    if (summed.empty()) return x;
    const Tensor out = sum(x, {.dim = summed, .keepdim = true});
    return ahead > 0 ? view(out, shape) : out;
}

// ---- products

// The product of all others, along the last dim of x: exact where elements are 0.
static Tensor product_of_others(T x) {
    Tensor ones = taper::ones({1}, {.dtype = x.dtype()}).expand([&] {
        Shape s = x.shape();
        s[s.size() - 1] = 1;
        return s;
    }());
    Tensor before = cat({ones, x.narrow(-1, 0, x.size(-1) - 1)}, -1).cumprod(-1);
    Tensor after = cat({ones, x.narrow(-1, 1, x.size(-1) - 1).flip({-1})}, -1).cumprod(-1).flip({-1});
    return before * after;
}
Tensor prod(T self, const Reduction& options) {
    if (asks_for_whole_numbers(options)) return in_whole_numbers(self, options, prod);
    const ReducedDims dims(self.shape(), options);
    Tensor out = visit_sum(options.dtype.value_or(self.dtype()), [&](auto zero) {
        return reduce<decltype(zero)>(self, dims, decltype(zero)(1), [](auto a, auto b) { return a * b; });
    });
    if (over_all(options) || options.dim->size() == 1) {
        std::int64_t dim = over_all(options) ? -1 : wrap_dim((*options.dim)[0], self.ndim());
        return record(dim < 0 ? "ProdBackward0" : "ProdBackward1", out,
            wrt(self, save(self), [dim, kept = dims.keepdims](T grad, T x) {
                if (x.numel() == 0) return zeros_like(x);
                Tensor line = dim < 0 || x.ndim() == 0 ? x.reshape(-1) : x.movedim(dim, -1);
                Tensor others = product_of_others(line);
                return grad.reshape(kept) *
                    (dim < 0 || x.ndim() == 0 ? others.reshape(x.shape()) : others.movedim(-1, dim));
            }));
    }
    Tensor result = self;  // one dim after the other, the last first
    for (int d = static_cast<int>(self.ndim()); d-- > 0;)
        if (dims.reduced[d]) result = prod(result, {.dim = d, .keepdim = options.keepdim});
    return result;
}

// ---- spread

namespace {
// What a spread is taken over, as a rule can capture it: copying a std::optional may throw.
struct Over {
    bool all;
    Dims dims;
    explicit Over(const std::optional<Dims>& dim) : all(!dim), dims(dim.value_or(Dims())) {}
    Tensor mean_of(T x) const { return all ? mean(x, {.keepdim = true}) : mean(x, {.dim = dims, .keepdim = true}); }
};
}  // namespace

Tensor var(T self, const Spread& options) {
    if (is_narrow(self.dtype())) return in_wide([&](T self) { return var(self, options); }, self);
    check(self.is_floating_point(), "var: std and var only support floating point and complex dtypes, not {}",
        self.dtype());
    ReducedDims dims(self.shape(), options.dim, options.keepdim);
    double count = static_cast<double>(dims.count(self.shape())), less = options.correction;
    Tensor out = visit<Floats>(self.dtype(), [&](auto zero) {
        using N = decltype(zero);
        ReducedDims kept(self.shape(), options.dim, true);
        Tensor wide = native::cast(self, float64);
        Tensor mean = map(reduce<double>(wide, kept, 0., plus), [count](auto v) { return v / decltype(v)(count); });
        Tensor squares = map<Floats>(wide, mean, [](auto v, auto m) { return (v - m) * (v - m); });
        return native::cast(map(reduce<double>(squares, dims, 0., plus),
                                [d = count - less](auto v) { return v / decltype(v)(std::max(d, 0.)); }),
            dtype_of<N>());
    });
    return record("VarBackward0", out,
        wrt(self, save(self), [over = Over(options.dim), kept = dims.keepdims, divisor = count - less](T grad, T x) {
            if (divisor <= 0 && (over.all || x.ndim() == 0)) return grad * where(x == mean(x), NAN, INFINITY);
            return grad.reshape(kept) * (2 / divisor) * (x - over.mean_of(x));
        }));
}
Tensor std(T self, const Spread& options) {
    if (is_narrow(self.dtype())) return in_wide([&](T self) { return std(self, options); }, self);
    Tensor out;
    {
        NoGradGuard no_grad;
        out = sqrt(var(self, options));
    }
    ReducedDims dims(self.shape(), options.dim, options.keepdim);
    double divisor = static_cast<double>(dims.count(self.shape())) - options.correction;
    return record("StdBackward0", out,
        wrt(self, save(self), [over = Over(options.dim), kept = dims.keepdims, divisor](T grad, T out, T x) {
            Tensor scale = (grad / (out * divisor)).reshape(kept).masked_fill(out.reshape(kept) == 0, 0);
            return scale * (x - over.mean_of(x));
        }));
}

// ---- yes or no, and counts

static Tensor truth(T x) {
    return x.dtype() == DType::Bool ? x : map<AllTypes>(x, [](auto v) { return v != 0; });
}
static DType truth_dtype(T x) { return x.dtype() == DType::UInt8 ? DType::UInt8 : DType::Bool; }
Tensor any(T self, const Reduction& options) {
    return reduce<bool>(truth(self), ReducedDims(self.shape(), options), false, [](bool a, bool b) {
        return a || b;
    }).to(truth_dtype(self));
}
Tensor all(T self, const Reduction& options) {
    return reduce<bool>(truth(self), ReducedDims(self.shape(), options), true, [](bool a, bool b) {
        return a && b;
    }).to(truth_dtype(self));
}
Tensor count_nonzero(T self, const Reduction& options) { return sum(truth(self), options); }

// ---- norms

Tensor logsumexp(T self, const Reduction& options) {
    if (is_narrow(self.dtype())) return in_wide<Floats>([&](T self) { return logsumexp(self, options); }, self);
    const ReducedDims dims(self.shape(), options);
    Tensor out;
    {
        NoGradGuard no_grad;
        Tensor x = real(self),
               top = x.numel() ? amax(x, {.dim = options.dim, .keepdim = true})
                               : taper::zeros(dims.keepdims, {.dtype = x.dtype()});
        top = masked_fill(top, abs(top) == INFINITY, 0);
        out = log(sum(exp(x - top), {.dim = options.dim, .keepdim = true})) + top;
        out = out.reshape(dims.shape).detach();
    }
    return record("LogsumexpBackward0", out, wrt(self, save(self), [kept = dims.keepdims](T grad, T out, T x) {
        return grad.reshape(kept) * (x - out.reshape(kept)).exp();
    }));
}

Tensor norm(T self, double p, const std::optional<Dims>& dim, bool keepdim) {
    if (is_narrow(self.dtype())) return in_wide([&](T self) { return norm(self, p, dim, keepdim); }, self);
    check(self.is_floating_point(),
        "norm: linalg.vector_norm: Expected a floating point or complex tensor as input. Got {}",
        scalar_name_of(self.dtype()));
    ReducedDims dims(self.shape(), dim, keepdim);
    Tensor out;
    {
        NoGradGuard no_grad;
        const Reduction reduced{.dim = dim, .keepdim = keepdim};
        out = dims.count(self.shape()) == 0 ? taper::zeros(dims.shape, {.dtype = self.dtype()})
            : p == 0                        ? sum(to(self != 0, self.dtype()), reduced)
            : p == 1                        ? sum(abs(self), reduced)
            : p == 2                        ? sqrt(sum(self * self, reduced))
            : std::isinf(p)                 ? (p > 0 ? amax(abs(self), reduced) : amin(abs(self), reduced))
                                            : pow(sum(pow(abs(self), p), reduced), 1 / p);
    }
    return record("NormBackward1", out, wrt(self, save(self), [p, kept = dims.keepdims](T grad, T out, T x) {
        Tensor g = grad.reshape(kept), length = out.reshape(kept);
        if (p == 0) return zeros_like(x);
        if (p == 1) return x.sign() * g;
        if (p == 2) return x * (g / length).masked_fill(length == 0, 0);
        if (std::isinf(p)) return x.sign() * autograd::shared_by_ties(grad, out, x.abs(), kept);
        Tensor scale = (g / length.pow(p - 1)).masked_fill(length == 0, 0);
        return x.sign() * (p < 1 ? x.abs().pow(p - 1).masked_fill(x == 0, 0) : x.abs().pow(p - 1)) * scale;
    }));
}

}  // namespace taper::ops
