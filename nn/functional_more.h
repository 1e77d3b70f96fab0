// nn.functional: of two inputs, of all pairs of rows, and drawn.
#pragma once

#include "functional_layers.h"

namespace taper::nn::functional {

struct BilinearOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input1 = required, input2 = required, weight = required, bias = Default(none);
};
struct PdistOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> p = Default(2);
};
/// eps has no effect, as in PyTorch.
struct GumbelSoftmaxOptions {
    Keywords _ = Keywords();
    Arg<Tensor> logits = required;
    Arg<double> tau = Default(1);
    Arg<bool> hard = Default(false);
    Arg<double> eps = Default(1e-10);
    Arg<std::int64_t> dim = Default(-1);
};

/// x1^T weight_o x2 + bias_o: (..., in1) and (..., in2) by (out, in1, in2) -> (..., out).
TAPER_FUNCTION_OBJECT(Tensor, bilinear, BilinearOptions, 3, input1, input2, weight, bias)
/// |x_i - x_j|_p of all rows i < j of x (N, M): (N (N - 1) / 2).
TAPER_FUNCTION_OBJECT(Tensor, pdist, PdistOptions, 1, input, p)
/// softmax((x + g) / tau), with g drawn from Gumbel's distribution; `hard`: 1 for the largest of these, else 0, with
/// the gradient of the softmax. Jang et al., 2017
TAPER_FUNCTION_OBJECT(Tensor, gumbel_softmax, GumbelSoftmaxOptions, 1, logits, tau, hard, eps, dim)

}  // namespace taper::nn::functional
