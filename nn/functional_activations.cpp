#include "functional_activations.h"

#include "../tensor/warning.h"
#include "positional.h"

namespace taper::nn::functional {

TAPER_DEFINE_UNARY(relu, InplaceOptions, (direct::relu(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(relu6, InplaceOptions, (direct::relu6(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(
    leaky_relu, LeakyReLUOptions, (direct::leaky_relu(x, o.negative_slope, o.inplace)), input, negative_slope, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, prelu, PReLUOptions, (ops::prelu(o.input, o.weight)), 2, input, weight)
TAPER_DEFINE_UNARY(rrelu, RReLUOptions, (direct::rrelu(x, o.lower, o.upper, o.training, o.inplace)), input, lower,
    upper, training, inplace)
TAPER_DEFINE_UNARY(elu, ELUOptions, (direct::elu(x, o.alpha, o.inplace)), input, alpha, inplace)
TAPER_DEFINE_UNARY(celu, ELUOptions, (direct::celu(x, o.alpha, o.inplace)), input, alpha, inplace)
TAPER_DEFINE_UNARY(selu, InplaceOptions, (direct::selu(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(gelu, GELUOptions, (ops::gelu(x, o.approximate)), input, approximate)
TAPER_DEFINE_UNARY(silu, InplaceOptions, (direct::silu(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(mish, InplaceOptions, (direct::mish(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(softplus, SoftplusOptions, (ops::softplus(x, o.beta, o.threshold)), input, beta, threshold)
TAPER_DEFINE_UNARY(sigmoid, UnaryOptions,
    (warn("nn.functional.sigmoid is deprecated. Use torch.sigmoid instead."), ops::sigmoid(x)), input)
TAPER_DEFINE_UNARY(
    tanh, UnaryOptions, (warn("nn.functional.tanh is deprecated. Use torch.tanh instead."), ops::tanh(x)), input)
TAPER_DEFINE_UNARY(logsigmoid, UnaryOptions, (ops::logsigmoid(x)), input)
TAPER_DEFINE_UNARY(softsign, UnaryOptions, (direct::softsign(x)), input)
TAPER_DEFINE_UNARY(tanhshrink, UnaryOptions, (direct::tanhshrink(x)), input)
TAPER_DEFINE_UNARY(softshrink, ShrinkOptions, (ops::softshrink(x, o.lambd)), input, lambd)
TAPER_DEFINE_UNARY(hardshrink, HardshrinkOptions, (direct::into(o.out, ops::hardshrink(x, o.lambd))), input, lambd)
TAPER_DEFINE_UNARY(
    hardtanh, HardtanhOptions, (direct::hardtanh(x, o.min_val, o.max_val, o.inplace)), input, min_val, max_val, inplace)
TAPER_DEFINE_UNARY(hardsigmoid, InplaceOptions, (direct::hardsigmoid(x, o.inplace)), input, inplace)
TAPER_DEFINE_UNARY(hardswish, InplaceOptions, (direct::hardswish(x, o.inplace)), input, inplace)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, threshold, ThresholdOptions,
    (direct::threshold(o.input, o.threshold, o.value, o.inplace)), 3, input, threshold, value, inplace)
TAPER_DEFINE_UNARY(softmax, SoftmaxOptions, (direct::softmax(x, o.dim, o.dtype)), input, dim)
TAPER_DEFINE_UNARY(log_softmax, SoftmaxOptions, (direct::log_softmax(x, o.dim, o.dtype)), input, dim)
TAPER_DEFINE_UNARY(softmin, SoftmaxOptions, (direct::softmin(x, o.dim, o.dtype)), input, dim)
TAPER_DEFINE_UNARY(glu, GLUOptions, (direct::glu(x, o.dim)), input, dim)

}  // namespace taper::nn::functional
