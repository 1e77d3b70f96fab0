#include "activation_more.h"

#include "init.h"

namespace taper::nn {

using T = const Tensor&;

namespace positional {

Tensor swish(T x, T beta) { return x * (beta * x).sigmoid(); }
Tensor step(T x, double low) {
    using autograd::wrt;
    Tensor from = x.detach();
    return autograd::record("StepBackward0", ops::where(from >= 0, 1., low).to(from.dtype()),
        wrt(x, [](T grad) { return zeros_like(grad); }));
}
Tensor noisy_relu(T x, bool training) {
    if (!training) return ops::relu(x);
    Tensor from = x.detach();
    return ops::relu(x + from.sigmoid().sqrt() * randn_like(from));
}
Tensor maxout(T x, std::int64_t pieces, std::int64_t dim) {
    const std::int64_t size = x.size(dim), at = wrap_dim(dim, x.ndim());
    check(pieces > 0 && size % pieces == 0, "maxout: dimension {} of size {} is not divisible into pieces of {}", dim,
        size, pieces);
    return x.unflatten(at, {size / pieces, pieces}).max(at + 1).values;
}
Tensor acon_c(T x, T p1, T p2, T beta) {
    Tensor difference = (p1 - p2) * x;
    return difference * (beta * difference).sigmoid() + p2 * x;
}
Tensor pact(T x, T alpha) { return ops::relu(x).minimum(alpha); }

}  // namespace positional

namespace functional {
TAPER_DEFINE_UNARY(swish, SwishOptions, (positional::swish(x, o.beta.defined() ? *o.beta : Tensor(1.))), input, beta)
TAPER_DEFINE_UNARY(step, StepOptions, (positional::step(x, o.low)), input, low)
TAPER_DEFINE_UNARY(noisy_relu, NoisyReLUOptions, (positional::noisy_relu(x, o.training)), input, training)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, maxout, MaxoutOptions, (positional::maxout(o.input, o.pieces, o.dim)), 2, input, pieces, dim)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, acon_c, AconCOptions, (positional::acon_c(o.input, o.p1, o.p2, o.beta)), 4, input, p1, p2, beta)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, pact, PACTOptions, (positional::pact(o.input, o.alpha)), 2, input, alpha)
}  // namespace functional

TAPER_DEFINE_CONSTRUCTORS(Swish, SwishOptions, 0, beta, learnable)
TAPER_DEFINE_CONSTRUCTORS(Step, StepOptions, 0, low)
TAPER_DEFINE_CONSTRUCTORS(Maxout, MaxoutOptions, 2, in_features, out_features, pieces)
TAPER_DEFINE_CONSTRUCTORS(AconC, AconCOptions, 1, num_channels)
TAPER_DEFINE_CONSTRUCTORS(PACT, PACTOptions, 0, alpha)

Swish::Swish(Called, const SwishOptions& o) {
    Tensor start = full({}, *o.beta);
    beta = o.learnable ? register_parameter("beta", start) : register_buffer("beta", start);
}

std::string Step::extra_repr() const { return "low=" + repr(*low); }

Maxout::Maxout(Called, const MaxoutOptions& o)
    : pieces(o.pieces), linear(register_module("linear", Linear(*o.in_features, o.out_features * pieces))) {
    check(pieces > 0, "Maxout: pieces must be positive, but got {}", pieces);
}
Tensor Maxout::forward(const Tensor& x) const { return positional::maxout(linear(x), pieces, -1); }
std::string Maxout::extra_repr() const { return fmt::format("pieces={}", pieces); }

AconC::AconC(Called, const AconCOptions& o)
    : p1(register_parameter("p1", empty({o.num_channels}))),
      p2(register_parameter("p2", empty({o.num_channels}))),
      beta(register_parameter("beta", empty({o.num_channels}))) {
    reset_parameters();
}
void AconC::reset_parameters() const {
    draw_initial([p1 = p1, p2 = p2, beta = beta] { init::normal_(p1), init::normal_(p2), init::ones_(beta); });
}
Tensor AconC::forward(T x) const {
    check(x.ndim() >= 2 && x.size(1) == p1.numel(), "AconC: expected {} channels in dim 1 of the input, but got {}",
        p1.numel(), x.shape().str());
    Shape shape = Shape::filled(x.ndim(), 1);
    shape[1] = p1.numel();
    return positional::acon_c(x, p1.view(shape), p2.view(shape), beta.view(shape));
}
std::string AconC::extra_repr() const { return std::to_string(p1.numel()); }

PACT::PACT(Called, const PACTOptions& o) : alpha(register_parameter("alpha", full({1}, *o.alpha))) {}

}  // namespace taper::nn
