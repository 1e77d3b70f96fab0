// Draws: numbers of events, and what is written in place, whose history is gone.
#include "../inplace.h"
#include "../ops.h"

namespace taper::ops {

using T = const Tensor&;

static Generator chosen(const std::optional<Generator>& generator) {
    return generator ? *generator : default_generator();
}

Tensor poisson(T rates, const std::optional<Generator>& generator) {
    return autograd::record("PoissonBackward0", random::poisson(rates, chosen(generator)),
        autograd::wrt(rates, [](T grad) { return zeros_like(grad); }));
}

template <class Draw> static T drawn(const char* op, const char* name, T x, Draw draw) {
    autograd::check_writable(op, x);
    if (!x.requires_grad() || !is_grad_enabled()) return draw(x), x;
    const Tensor fresh = native::like(x, x.shape(), x.dtype());
    draw(fresh);
    return autograd::overwrite_with(op, name, x, fresh);
}
T geometric_(T self, double p, const std::optional<Generator>& generator) {
    return drawn("geometric_", "GeometricBackward0", self, [&](T x) { random::geometric_(x, p, chosen(generator)); });
}
T cauchy_(T self, double median, double sigma, const std::optional<Generator>& generator) {
    return drawn(
        "cauchy_", "CauchyBackward0", self, [&](T x) { random::cauchy_(x, median, sigma, chosen(generator)); });
}
T log_normal_(T self, double mean, double std, const std::optional<Generator>& generator) {
    return drawn(
        "log_normal_", "LogNormalBackward0", self, [&](T x) { random::log_normal_(x, mean, std, chosen(generator)); });
}

}  // namespace taper::ops
