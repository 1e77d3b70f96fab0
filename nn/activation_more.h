// Activation functions that PyTorch has not: what the literature on ReLU compares it with.
#pragma once

#include "function_object.h"
#include "linear.h"
#include "module.h"

namespace taper::nn {

namespace positional {
Tensor swish(const Tensor& x, const Tensor& beta);
Tensor step(const Tensor& x, double low);
Tensor noisy_relu(const Tensor& x, bool training);
Tensor maxout(const Tensor& x, std::int64_t pieces, std::int64_t dim);
Tensor acon_c(const Tensor& x, const Tensor& p1, const Tensor& p2, const Tensor& beta);
Tensor pact(const Tensor& x, const Tensor& alpha);
}  // namespace positional

namespace functional {

struct SwishOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<TensorOrNumber> beta = Default(none);  // absent: 1
};
struct StepOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> low = Default(0);
};
struct NoisyReLUOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<bool> training = Default(true);
};
struct MaxoutOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> pieces = required, dim = Default(-1);
};
struct AconCOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<TensorOrNumber> p1 = required, p2 = required, beta = required;
};
struct PACTOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, alpha = required;
};
/// x sigmoid(beta x), with a beta that may be learned; its slope at 0 is 1/2. Ramachandran et al., 2017
TAPER_UNARY(swish, SwishOptions, input, beta)
/// 1 where x >= 0, else `low` (0 or -1). Its gradient is 0 everywhere: nothing before it learns. Rosenblatt, 1957
TAPER_UNARY(step, StepOptions, input, low)
/// max(0, x + noise) in training, the noise drawn from N(0, sigmoid(x)) and constant to the gradient; otherwise relu.
/// The slope is 0 where the output is 0. Nair and Hinton, 2010
TAPER_UNARY(noisy_relu, NoisyReLUOptions, input, training)
/// The largest of each `pieces` neighbours along dim, the first of equals, which takes the gradient: (..., n * pieces,
/// ...) -> (..., n, ...). Goodfellow et al., 2013
TAPER_FUNCTION_OBJECT(Tensor, maxout, MaxoutOptions, 2, input, pieces, dim)
/// (p1 - p2) x sigmoid(beta (p1 - p2) x) + p2 x: between the maximum of p1 x and p2 x (beta large) and their mean (beta
/// 0). Ma et al., 2021
TAPER_FUNCTION_OBJECT(Tensor, acon_c, AconCOptions, 4, input, p1, p2, beta)
/// min(max(x, 0), alpha) = (|x| - |x - alpha| + alpha) / 2, whose range [0, alpha] is then quantised. The slope is 0 at
/// 0; where x = alpha, x and alpha take half of the gradient each. Choi et al., 2018
TAPER_FUNCTION_OBJECT(Tensor, pact, PACTOptions, 2, input, alpha)

}  // namespace functional

struct SwishOptions {
    Keywords _ = Keywords();
    Arg<double> beta = Default(1);
    Arg<bool> learnable = Default(true);
};
struct StepOptions {
    Keywords _ = Keywords();
    Arg<double> low = Default(0);
};
struct MaxoutOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> in_features = required, out_features = required, pieces = Default(2);
};
struct AconCOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> num_channels = required;
};
struct PACTOptions {
    Keywords _ = Keywords();
    Arg<double> alpha = Default(10);
};

/// functional::swish; beta is a parameter without dims, or a buffer if it is not learnable.
struct Swish : Module<Swish> {
    TAPER_CONSTRUCTORS(Swish, SwishOptions, 0, beta, learnable)
    Swish(Called, const SwishOptions& o);
    Tensor forward(const Tensor& x) const { return positional::swish(x, beta); }
    Parameter beta;
};
/// functional::step
struct Step : Module<Step> {
    TAPER_CONSTRUCTORS(Step, StepOptions, 0, low)
    Step(Called, const StepOptions& o) : low(o.low) {}
    Tensor forward(const Tensor& x) const { return positional::step(x, low); }
    std::string extra_repr() const;
    Setting<double> low;
};
/// functional::noisy_relu
struct NoisyReLU : Module<NoisyReLU> {
    Tensor forward(const Tensor& x) const { return positional::noisy_relu(x, training()); }
};
/// The largest of `pieces` linear functions for each output: (..., in_features) -> (..., out_features).
struct Maxout : Module<Maxout> {
    TAPER_CONSTRUCTORS(Maxout, MaxoutOptions, 2, in_features, out_features, pieces)
    Maxout(Called, const MaxoutOptions& o);
    Tensor forward(const Tensor& x) const;
    std::string extra_repr() const;
    std::int64_t pieces;
    Linear linear;  // (in_features, out_features * pieces)
};
/// functional::acon_c with p1, p2 (at first from N(0, 1)) and beta (1) for each channel, dim 1: (num_channels).
struct AconC : Module<AconC> {
    TAPER_CONSTRUCTORS(AconC, AconCOptions, 1, num_channels)
    AconC(Called, const AconCOptions& o);
    Tensor forward(const Tensor& x) const;
    void reset_parameters() const;
    std::string extra_repr() const;
    Parameter p1, p2, beta;
};
/// functional::pact with an alpha that is learned: (1).
struct PACT : Module<PACT> {
    TAPER_CONSTRUCTORS(PACT, PACTOptions, 0, alpha)
    PACT(Called, const PACTOptions& o);
    Tensor forward(const Tensor& x) const { return positional::pact(x, alpha); }
    Parameter alpha;
};

}  // namespace taper::nn
