#include "functional_inplace.h"

#include "positional.h"

namespace taper::nn::functional {

TAPER_DEFINE_FUNCTION_OBJECT(Tensor, relu_, UnaryOptions, (positional::relu(o.input, true)), 1, input)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, selu_, UnaryOptions, (positional::selu(o.input, true)), 1, input)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, leaky_relu_, SlopeInplaceOptions,
    (positional::leaky_relu(o.input, o.negative_slope, true)), 1, input, negative_slope)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, elu_, AlphaInplaceOptions, (positional::elu(o.input, o.alpha, true)), 1, input, alpha)
TAPER_DEFINE_FUNCTION_OBJECT(
    Tensor, celu_, AlphaInplaceOptions, (positional::celu(o.input, o.alpha, true)), 1, input, alpha)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, rrelu_, RReLUInplaceOptions,
    (positional::rrelu(o.input, o.lower, o.upper, o.training, true)), 1, input, lower, upper, training)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, hardtanh_, HardtanhInplaceOptions,
    (positional::hardtanh(o.input, o.min_val, o.max_val, true)), 1, input, min_val, max_val)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, threshold_, ThresholdInplaceOptions,
    (positional::threshold(o.input, o.threshold, o.value, true)), 3, input, threshold, value)

}  // namespace taper::nn::functional
