// Softmax and its logarithm. Along the last dim by a kernel, along others by the loops that everything uses.
#include "../../tensor/kernels/softmax.h"

#include <limits>

#include "../../tensor/kernels/math.h"
#include "../../tensor/reduce.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt, combine::larger, combine::plus;
using T = const Tensor&;

namespace {

template <bool logarithm> Tensor values(T x, std::int64_t dim) {
    if (x.numel() == 0) return native::empty(x.shape(), x.dtype());
    return visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        if (dim == x.ndim() - 1) {
            Tensor from = native::contiguous(x), out = native::empty(x.shape(), x.dtype());
            const std::int64_t n = x.shape().back();
            softmax_rows(logarithm, x.numel() / n, n, from.data_ptr<N>(), out.data_ptr<N>());
            return out;
        }
        const ReducedDims lines(x.shape(), Dims(dim), true);
        Tensor shifted = map<Floats>(x, reduce<N>(x, lines, -std::numeric_limits<N>::infinity(), larger), std::minus());
        Tensor e = map(shifted, [](auto v) { return math::exp(v); }), total = reduce<N>(e, lines, N(0), plus);
        if constexpr (!logarithm)
            return map<Floats>(e, total, std::divides());
        else
            return map<Floats>(shifted, map(total, [](auto v) { return math::log(v); }), std::minus());
    });
}

// y (g - sum(g y)); of the logarithm, g - exp(y) sum(g).
template <bool logarithm> Tensor backward_values(T grad, T out, std::int64_t dim) {
    return visit<Floats>(out.dtype(), [&](auto zero) {
        using N = decltype(zero);
        if (dim == out.ndim() - 1 && out.numel() > 0) {
            Tensor g = native::contiguous(grad), y = native::contiguous(out),
                   result = native::empty(out.shape(), out.dtype());
            const std::int64_t n = out.shape().back();
            softmax_rows_backward(
                logarithm, out.numel() / n, n, g.data_ptr<N>(), y.data_ptr<N>(), result.data_ptr<N>());
            return result;
        }
        const ReducedDims lines(out.shape(), Dims(dim), true);
        if constexpr (logarithm) {
            Tensor scaled =
                map<Floats>(out, reduce<N>(grad, lines, N(0), plus), [](auto y, auto t) { return math::exp(y) * t; });
            return map<Floats>(grad, scaled, std::minus());
        } else {
            Tensor total = reduce<N>(map<Floats>(grad, out, std::multiplies()), lines, N(0), plus);
            return map<Floats>(map<Floats>(grad, total, std::minus()), out, std::multiplies());
        }
    });
}

Tensor softmax_backward(T grad, T out, std::int64_t dim) {
    return record("SoftmaxBackwardDataBackward0", backward_values<false>(grad, out, dim),
        wrt(grad, save(out), [dim](T gg, T out) { return softmax_backward(gg, out, dim); }),
        wrt(out, save(grad, out), [dim](T gg, T grad, T out) {
            return gg * grad - gg * (grad * out).sum(dim, true) - grad * (gg * out).sum(dim, true);
        }));
}
Tensor log_softmax_backward(T grad, T out, std::int64_t dim) {
    return record("LogSoftmaxBackwardDataBackward0", backward_values<true>(grad, out, dim),
        wrt(grad, save(out), [dim](T gg, T out) { return gg - (gg * out.exp()).sum(dim, true); }),
        wrt(out, save(grad, out), [dim](T gg, T grad, T out) { return -gg * out.exp() * grad.sum(dim, true); }));
}

}  // namespace

Tensor softmax(T x, std::int64_t dim) {
    if (is_narrow(x.dtype()))
        return in_wide_if<Floats>(
            x.numel() == 0, [&](T x) { return softmax(x, dim); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    return record(
        "SoftmaxBackward0", values<false>(x, d), wrt(x, [d](T grad, T out) { return softmax_backward(grad, out, d); }));
}
Tensor log_softmax(T x, std::int64_t dim) {
    if (is_narrow(x.dtype()))
        return in_wide_if<Floats>(
            x.numel() == 0, [&](T x) { return log_softmax(x, dim); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    return record("LogSoftmaxBackward0", values<true>(x, d),
        wrt(x, [d](T grad, T out) { return log_softmax_backward(grad, out, d); }));
}

}  // namespace taper::ops
