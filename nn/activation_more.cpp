#include "activation_more.h"

#include "init.h"

namespace taper::nn {

using T = const Tensor&;

namespace functional {

Tensor swish(T x, T beta) { return x * (beta * x).sigmoid(); }
Tensor step(T x, double low) {
    using autograd::wrt;
    Tensor from = x.detach();
    return autograd::record(
        "StepBackward0", where(from >= 0, 1., low).to(from.dtype()), wrt(x, [](T grad) { return zeros_like(grad); }));
}
Tensor noisy_relu(T x, bool training) {
    if (!training) return taper::relu(x);
    Tensor from = x.detach();
    return taper::relu(x + from.sigmoid().sqrt() * randn_like(from));
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
Tensor pact(T x, T alpha) { return taper::relu(x).minimum(alpha); }

}  // namespace functional

Swish::Swish(double value, bool learnable) {
    Tensor start = full({}, value);
    beta = learnable ? register_parameter("beta", start) : register_buffer("beta", start);
}

std::string Step::extra_repr() const { return "low=" + repr(*low); }

Maxout::Maxout(std::int64_t in_features, std::int64_t out_features, std::int64_t pieces)
    : pieces(pieces), linear(register_module("linear", Linear(in_features, out_features * pieces))) {
    check(pieces > 0, "Maxout: pieces must be positive, but got {}", pieces);
}
std::string Maxout::extra_repr() const { return fmt::format("pieces={}", pieces); }

AconC::AconC(std::int64_t num_channels)
    : p1(register_parameter("p1", empty({num_channels}))),
      p2(register_parameter("p2", empty({num_channels}))),
      beta(register_parameter("beta", empty({num_channels}))) {
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
    return functional::acon_c(x, p1.view(shape), p2.view(shape), beta.view(shape));
}
std::string AconC::extra_repr() const { return std::to_string(p1.numel()); }

PACT::PACT(double start) : alpha(register_parameter("alpha", full({1}, start))) {}

}  // namespace taper::nn
