// Activation functions that PyTorch has not: what the literature on ReLU compares it with.
#pragma once

#include "linear.h"
#include "module.h"

namespace taper::nn {

namespace functional {

/// x sigmoid(beta x), with a beta that may be learned; its slope at 0 is 1/2. Ramachandran et al., 2017
Tensor swish(const Tensor& x, const Tensor& beta = 1.);
/// 1 where x >= 0, else `low` (0 or -1). Its gradient is 0 everywhere: nothing before it learns. Rosenblatt, 1957
Tensor step(const Tensor& x, double low = 0);
/// max(0, x + noise) in training, the noise drawn from N(0, sigmoid(x)) and constant to the gradient; otherwise relu.
/// The slope is 0 where the output is 0. Nair and Hinton, 2010
Tensor noisy_relu(const Tensor& x, bool training = true);
/// The largest of each `pieces` neighbours along dim, the first of equals, which takes the gradient: (..., n * pieces,
/// ...) -> (..., n, ...). Goodfellow et al., 2013
Tensor maxout(const Tensor& x, std::int64_t pieces, std::int64_t dim = -1);
/// (p1 - p2) x sigmoid(beta (p1 - p2) x) + p2 x: between the maximum of p1 x and p2 x (beta large) and their mean (beta
/// 0). Ma et al., 2021
Tensor acon_c(const Tensor& x, const Tensor& p1, const Tensor& p2, const Tensor& beta);
/// min(max(x, 0), alpha) = (|x| - |x - alpha| + alpha) / 2, whose range [0, alpha] is then quantised. The slope is 0 at
/// 0; where x = alpha, x and alpha take half of the gradient each. Choi et al., 2018
Tensor pact(const Tensor& x, const Tensor& alpha);

}  // namespace functional

struct SwishOptions {
    double beta = 1;
    bool learnable = true;
};
struct StepOptions {
    double low = 0;
};
struct PACTOptions {
    double alpha = 10;
};

/// functional::swish; beta is a parameter without dims, or a buffer if it is not learnable.
struct Swish : Module<Swish> {
    explicit Swish(double beta, bool learnable = true);
    explicit Swish(const SwishOptions& options = {}) : Swish(options.beta, options.learnable) {}
    Tensor forward(const Tensor& x) const { return functional::swish(x, beta); }
    Tensor beta;
};
/// functional::step
struct Step : Module<Step> {
    explicit Step(double low) : low(low) {}
    explicit Step(const StepOptions& options = {}) : Step(options.low) {}
    Tensor forward(const Tensor& x) const { return functional::step(x, low); }
    std::string extra_repr() const;
    Setting<double> low;
};
/// functional::noisy_relu
struct NoisyReLU : Module<NoisyReLU> {
    Tensor forward(const Tensor& x) const { return functional::noisy_relu(x, training()); }
};
/// The largest of `pieces` linear functions for each output: (..., in_features) -> (..., out_features).
struct Maxout : Module<Maxout> {
    Maxout(std::int64_t in_features, std::int64_t out_features, std::int64_t pieces = 2);
    Tensor forward(const Tensor& x) const { return functional::maxout(linear(x), pieces); }
    std::string extra_repr() const;
    std::int64_t pieces;
    Linear linear;  // (in_features, out_features * pieces)
};
/// functional::acon_c with p1, p2 (at first from N(0, 1)) and beta (1) for each channel, dim 1: (num_channels).
struct AconC : Module<AconC> {
    explicit AconC(std::int64_t num_channels);
    Tensor forward(const Tensor& x) const;
    void reset_parameters() const;
    std::string extra_repr() const;
    Tensor p1, p2, beta;
};
/// functional::pact with an alpha that is learned: (1).
struct PACT : Module<PACT> {
    explicit PACT(double alpha);
    explicit PACT(const PACTOptions& options = {}) : PACT(options.alpha) {}
    Tensor forward(const Tensor& x) const { return functional::pact(x, alpha); }
    Tensor alpha;
};

}  // namespace taper::nn
