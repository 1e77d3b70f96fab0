#include "functional_activations.h"

#include "../tensor/warning.h"
#include "positional.h"

namespace taper::nn::functional {

TAPER_DEFINE_UNARY(relu, InplaceOptions, (positional::relu(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(relu6, InplaceOptions, (positional::relu6(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(leaky_relu, LeakyReLUOptions, (positional::leaky_relu(x, o.negative_slope, o.inplace)), input,
    negative_slope, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, prelu, PReLUOptions, (ops::prelu(o.input, o.weight)), 2, input, weight)
TAPER_DEFINE_UNARY(rrelu, RReLUOptions, (positional::rrelu(x, o.lower, o.upper, o.training, o.inplace)), input, lower,
    upper, training, inplace)
TAPER_DEFINE_UNARY(elu, ELUOptions, (positional::elu(x, o.alpha, o.inplace)), input, alpha, inplace)
TAPER_DEFINE_UNARY(celu, ELUOptions, (positional::celu(x, o.alpha, o.inplace)), input, alpha, inplace)
TAPER_DEFINE_UNARY(selu, InplaceOptions, (positional::selu(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(gelu, GELUOptions, (ops::gelu(x, o.approximate)), input, approximate)
TAPER_DEFINE_UNARY(silu, InplaceOptions, (positional::silu(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(mish, InplaceOptions, (positional::mish(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(softplus, SoftplusOptions, (ops::softplus(x, o.beta, o.threshold)), input, beta, threshold)
TAPER_DEFINE_UNARY(sigmoid, UnaryOptions,
    (warn("nn.functional.sigmoid is deprecated. Use torch.sigmoid instead."), ops::sigmoid(x)), input)
TAPER_DEFINE_UNARY(
    tanh, UnaryOptions, (warn("nn.functional.tanh is deprecated. Use torch.tanh instead."), ops::tanh(x)), input)
TAPER_DEFINE_UNARY(logsigmoid, UnaryOptions, (ops::logsigmoid(x)), input)
TAPER_DEFINE_UNARY(softsign, UnaryOptions, (positional::softsign(x)), input)
TAPER_DEFINE_UNARY(tanhshrink, UnaryOptions, (positional::tanhshrink(x)), input)
TAPER_DEFINE_UNARY(softshrink, ShrinkOptions, (ops::softshrink(x, o.lambd)), input, lambd)
TAPER_DEFINE_UNARY(hardshrink, HardshrinkOptions, (positional::into(o.out, ops::hardshrink(x, o.lambd))), input, lambd)
TAPER_DEFINE_UNARY(hardtanh, HardtanhOptions, (positional::hardtanh(x, o.min_val, o.max_val, o.inplace)), input,
    min_val, max_val, inplace)
TAPER_DEFINE_UNARY(hardsigmoid, InplaceOptions, (positional::hardsigmoid(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(hardswish, InplaceOptions, (positional::hardswish(x, o.inplace)), input, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, threshold, ThresholdOptions,
    (positional::threshold(o.input, o.threshold, o.value, o.inplace)), 3, input, threshold, value, inplace)
TAPER_DEFINE_UNARY(softmax, SoftmaxOptions, (positional::softmax(x, o.dim, o.dtype)), input, dim)
TAPER_DEFINE_UNARY(log_softmax, SoftmaxOptions, (positional::log_softmax(x, o.dim, o.dtype)), input, dim)
TAPER_DEFINE_UNARY(softmin, SoftmaxOptions, (positional::softmin(x, o.dim, o.dtype)), input, dim)
TAPER_DEFINE_UNARY(glu, GLUOptions, (positional::glu(x, o.dim)), input, dim)

}  // namespace taper::nn::functional
