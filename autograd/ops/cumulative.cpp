// Running sums and products along a dim, and sums of exponentials.
#include <cmath>
#include "../../tensor/kernels/scan.h"
#include "../../tensor/reduce.h"

#include "narrow.h"
#include "numbers.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt, combine::plus;
using T = const Tensor&;

// Lines that lie side by side are taken abreast, as many as a cache line holds; of others fewer, which may all want the
// same place in the cache. Whole numbers become int64.
template <class Step> static Tensor running(T x, std::int64_t dim, Step step) {
    constexpr std::int64_t most = 16, few = 4;
    std::int64_t d = wrap_dim(dim, x.ndim());
    return visit<Types<std::int64_t, float, double>>(x.is_floating_point() ? x.dtype() : DType::Int64, [&](auto zero) {
        using N = decltype(zero);
        Tensor from = native::cast(x, dtype_of<N>()), out = native::empty(x.shape(), dtype_of<N>());
        if (x.ndim() == 0 || x.numel() == 0) return native::copy(out, from), out;
        const ReducedDims dims(x.shape(), Dims(d), false);
        const detail::ReduceNest lines(from, dims), to(out, dims);
        const N* source = from.data_ptr<N>();
        N* target = out.data_ptr<N>();
        const std::int64_t n = x.shape()[d], in_step = from.stride()[d], out_step = out.stride()[d];
        parallel_for(lines.kept, most * grain_of(most * n), [&](std::int64_t begin, std::int64_t end) {
            const N* in[most];
            N* at[most];
            for (std::int64_t first = begin, count; first < end; first += count) {
                count = end - first >= most && out_step != 1 ? most : end - first >= few ? few : 1;
                for (std::int64_t k = 0; k < count; ++k)
                    in[k] = source + lines.kept_offset(first + k), at[k] = target + to.kept_offset(first + k);
                if (count == most)
                    scan_abreast<most>(in, in_step, at, out_step, n, step);
                else if (count == few)
                    scan_abreast<few>(in, in_step, at, out_step, n, step);
                else
                    scan_abreast<1>(in, in_step, at, out_step, n, step);
            }
        });
        return out;
    });
}
Tensor cumsum(T x, std::int64_t dim) {
    if (is_narrow(x.dtype()) && x.is_floating_point())
        return in_wide_if<Floats>(
            x.ndim() == 0 || x.numel() == 0, [&](T x) { return cumsum(x, dim); }, x);
    return record("CumsumBackward0", running(x, dim, plus),
        wrt(x, [dim](T grad) { return grad.flip({dim}).cumsum(dim).flip({dim}); }));
}
Tensor cumprod(T x, std::int64_t dim) {
    if (is_narrow(x.dtype()) && x.is_floating_point())
        return in_wide_if<Floats>(
            x.ndim() == 0 || x.numel() == 0, [&](T x) { return cumprod(x, dim); }, x);
    return record(
        "CumprodBackward0", running(x, dim, [](auto a, auto b) { return a * b; }), wrt(x, save(x), [dim](T grad, T x) {
            // d out[j] / d x[i] is the product of x[0..j] without x[i]: exact at zeros, at the price of n^2.
            if (x.ndim() == 0 || x.numel() == 0) return grad;
            Tensor line = x.movedim(dim, -1), g = grad.movedim(dim, -1);
            TensorList grads;
            for (std::int64_t i = 0; i < line.size(-1); ++i) {
                Tensor without = cat({line.narrow(-1, 0, i), ones_like(line.narrow(-1, i, 1)),
                                         line.narrow(-1, i + 1, line.size(-1) - i - 1)},
                    -1)
                                     .cumprod(-1);
                grads.push_back((without * g).narrow(-1, i, line.size(-1) - i).sum(-1));
            }
            return stack(grads, -1).movedim(-1, dim);
        }));
}

namespace {

// log(exp(a) + exp(b))
double added_exponentials(double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return NAN;
    const double low = std::min(a, b), high = std::max(a, b);
    return low == high && std::isinf(low) ? low : high + std::log1p(std::exp(low - high));
}
Tensor running_exponentials(T x, std::int64_t dim) {
    return running(x, dim, [](auto a, auto b) { return static_cast<decltype(a)>(added_exponentials(a, b)); });
}
// From the last on.
Tensor reversed(T x, std::int64_t dim) { return logcumsumexp(flip(x, {dim}), dim).flip({dim}); }

// d out[j] / d x[i] is exp(x[i] - out[j]) for j >= i. The sums over j of those above 0 and below, as logarithms; or, to
// be differentiated again, all of them.
Tensor logcumsumexp_backward(T grad, T out, T x, std::int64_t dim) {
    if (x.ndim() == 0 || x.numel() == 0) return grad;
    if (!autograd::is_grad_enabled()) {
        const Tensor size = log(abs(grad));
        const auto part = [&](T where_it_counts) {
            return exp(reversed(where(where_it_counts, size, -INFINITY) - out, dim) + x);
        };
        return part(grad > 0) - part(grad < 0);
    }
    const auto last = [dim](T x) { return movedim(x, Dims(dim), Dims(-1)); };
    const std::int64_t n = x.size(dim);
    const Tensor before = taper::ones({n, n}, {.dtype = bool_}).tril(-1);
    const Tensor slopes = exp((unsqueeze(last(x), -1) - unsqueeze(last(out), -2)).masked_fill(before, -INFINITY));
    return movedim(sum(slopes * unsqueeze(last(grad), -2), {.dim = Dims(-1)}), Dims(-1), Dims(dim));
}

}  // namespace

Tensor logcumsumexp(T x, std::int64_t dim) {
    check(holds(Floats(), x.dtype()), "logcumsumexp: \"logcumsumexp_out_cpu\" not implemented for '{}'",
        scalar_name_of(x.dtype()));
    if (is_narrow(x.dtype())) return in_wide([dim](T x) { return logcumsumexp(x, dim); }, x);
    return record("LogcumsumexpBackward0", running_exponentials(x, dim),
        wrt(x, save(x), [dim](T grad, T out, T x) { return logcumsumexp_backward(grad, out, x, dim); }));
}

}  // namespace taper::ops
