// Interpolation is linear: its derivative is its transpose, whose derivative it is.
#include "resample.h"

#include "../../tensor/native.h"
#include "../node.h"

namespace taper::ops {

using autograd::record, autograd::wrt;
using T = const Tensor&;
using Sums = std::shared_ptr<const LineSums<double>>;

static LineSums<double> with_weights_of(const LineSums<double>& sums, double) { return sums; }
static LineSums<float> with_weights_of(const LineSums<double>& sums, float) {
    return {sums.in, sums.first, sums.from, {sums.weights.begin(), sums.weights.end()}};
}

static Tensor resampled(const char* name, T x, std::int64_t dim, const Sums& sums, bool transposed) {
    Shape shape = x.shape();
    std::int64_t outer = 1, inner = 1;
    for (std::int64_t d = 0; d < dim; ++d) outer *= shape[d];
    for (std::int64_t d = dim + 1; d < shape.size(); ++d) inner *= shape[d];
    shape[dim] = transposed ? sums->in : sums->out();
    Tensor from = native::contiguous(x), out = native::empty(shape, x.dtype(), x.device());
    visit<Types<float, double>>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        const auto& run = transposed ? taper::resample_transposed<N> : taper::resample<N>;
        run(outer, inner, with_weights_of(*sums, zero), from.data_ptr<N>(), out.data_ptr<N>());
    });
    return record(name, out,
        wrt(x, [name, dim, sums, transposed](T grad) { return resampled(name, grad, dim, sums, !transposed); }));
}

Tensor resample(const char* name, T x, std::int64_t dim, const Sums& sums) {
    return resampled(name, x, dim, sums, false);
}

}  // namespace taper::ops
