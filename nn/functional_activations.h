// nn.functional: activations. Those with `inplace` overwrite x if it is true.
#pragma once

#include "../tensor/tensor.h"
#include "function_object.h"

namespace taper::nn::functional {

/// Of functions that take a Tensor and no more.
struct UnaryOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
};
struct InplaceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<bool> inplace = Default(false);
};
struct LeakyReLUOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> negative_slope = Default(0.01);
    Arg<bool> inplace = Default(false);
};
struct RReLUOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> lower = Default(1. / 8), upper = Default(1. / 3);
    Arg<bool> training = Default(false), inplace = Default(false);
};
struct ELUOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> alpha = Default(1);
    Arg<bool> inplace = Default(false);
};
/// approximate: "none" or "tanh".
struct GELUOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::string> approximate = Default("none");
};
struct SoftplusOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> beta = Default(1), threshold = Default(20);
};
struct HardtanhOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> min_val = Default(-1), max_val = Default(1);
    Arg<bool> inplace = Default(false);
};
struct HardshrinkOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> lambd = Default(0.5);
    Arg<Tensor> out = Default(none);  // a keyword only: where the result is written
};
struct ShrinkOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> lambd = Default(0.5);
};
struct ThresholdOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> threshold = required, value = required;
    Arg<bool> inplace = Default(false);
};
struct PReLUOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, weight = required;
};
/// dim: absent, 0 for tensors of 0, 1 or 3 dims, else 1.
struct SoftmaxOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<std::int64_t>> dim = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct GLUOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> dim = Default(-1);
};

/// max(x, 0)
TAPER_UNARY(relu, InplaceOptions, input, inplace)
/// min(max(x, 0), 6)
TAPER_UNARY(relu6, InplaceOptions, input, inplace)
/// x where x > 0, else negative_slope x.
TAPER_UNARY(leaky_relu, LeakyReLUOptions, input, negative_slope, inplace)
/// leaky_relu with the slopes of `weight`: one, or one for each channel (dim 1).
TAPER_FUNCTION_OBJECT(Tensor, prelu, PReLUOptions, 2, input, weight)
/// leaky_relu with a slope drawn per element from [lower, upper) in training, their mean otherwise.
TAPER_UNARY(rrelu, RReLUOptions, input, lower, upper, training, inplace)
/// x where x > 0, else alpha (exp(x) - 1).
TAPER_UNARY(elu, ELUOptions, input, alpha, inplace)
/// x where x > 0, else alpha (exp(x / alpha) - 1).
TAPER_UNARY(celu, ELUOptions, input, alpha, inplace)
/// elu, scaled so that mean 0 and variance 1 stay. Klambauer et al., 2017
TAPER_UNARY(selu, InplaceOptions, input, inplace)
/// x Phi(x), with the normal distribution function Phi or its approximation by tanh.
TAPER_UNARY(gelu, GELUOptions, input, approximate)
/// x sigmoid(x)
TAPER_UNARY(silu, InplaceOptions, input, inplace)
/// x tanh(softplus(x))
TAPER_UNARY(mish, InplaceOptions, input, inplace)
/// log(1 + exp(beta x)) / beta, and x where beta x > threshold.
TAPER_UNARY(softplus, SoftplusOptions, input, beta, threshold)
/// 1 / (1 + exp(-x))
TAPER_UNARY(sigmoid, UnaryOptions, input)
TAPER_UNARY(tanh, UnaryOptions, input)
TAPER_UNARY(logsigmoid, UnaryOptions, input)
/// x / (1 + |x|)
TAPER_UNARY(softsign, UnaryOptions, input)
/// x - tanh(x)
TAPER_UNARY(tanhshrink, UnaryOptions, input)
/// x drawn towards 0 by lambd, and 0 within it.
TAPER_UNARY(softshrink, ShrinkOptions, input, lambd)
/// x, and 0 where |x| <= lambd.
TAPER_UNARY(hardshrink, HardshrinkOptions, input, lambd)
/// x within [min_val, max_val]; gradient 0 at both edges.
TAPER_UNARY(hardtanh, HardtanhOptions, input, min_val, max_val, inplace)
/// min(max(x + 3, 0), 6) / 6
TAPER_UNARY(hardsigmoid, InplaceOptions, input, inplace)
/// x hardsigmoid(x)
TAPER_UNARY(hardswish, InplaceOptions, input, inplace)
/// x where x > threshold, else value.
TAPER_FUNCTION_OBJECT(Tensor, threshold, ThresholdOptions, 3, input, threshold, value, inplace)
/// exp(x_i) over their sum along dim; its logarithm; softmax of -x.
TAPER_UNARY(softmax, SoftmaxOptions, input, dim)
TAPER_UNARY(log_softmax, SoftmaxOptions, input, dim)
TAPER_UNARY(softmin, SoftmaxOptions, input, dim)
/// a sigmoid(b), of the two halves a and b of x along dim.
TAPER_UNARY(glu, GLUOptions, input, dim)

}  // namespace taper::nn::functional
