// nn.functional: the activations that overwrite their input, and what torch has of nn.functional under its own name.
#pragma once

#include "functional_activations.h"
#include "functional_more.h"

namespace taper::nn::functional {

struct SlopeInplaceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> negative_slope = Default(0.01);
};
struct AlphaInplaceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> alpha = Default(1);
};
struct RReLUInplaceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> lower = Default(1. / 8), upper = Default(1. / 3);
    Arg<bool> training = Default(false);
};
struct HardtanhInplaceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> min_val = Default(-1), max_val = Default(1);
};
struct ThresholdInplaceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<double> threshold = required, value = required;
};
TAPER_FUNCTION_OBJECT(Tensor, relu_, UnaryOptions, 1, input)
TAPER_FUNCTION_OBJECT(Tensor, selu_, UnaryOptions, 1, input)
TAPER_FUNCTION_OBJECT(Tensor, leaky_relu_, SlopeInplaceOptions, 1, input, negative_slope)
TAPER_FUNCTION_OBJECT(Tensor, elu_, AlphaInplaceOptions, 1, input, alpha)
TAPER_FUNCTION_OBJECT(Tensor, celu_, AlphaInplaceOptions, 1, input, alpha)
TAPER_FUNCTION_OBJECT(Tensor, rrelu_, RReLUInplaceOptions, 1, input, lower, upper, training)
TAPER_FUNCTION_OBJECT(Tensor, hardtanh_, HardtanhInplaceOptions, 1, input, min_val, max_val)
TAPER_FUNCTION_OBJECT(Tensor, threshold_, ThresholdInplaceOptions, 3, input, threshold, value)

}  // namespace taper::nn::functional

namespace taper {
using nn::functional::bilinear, nn::functional::cosine_similarity, nn::functional::pairwise_distance,
    nn::functional::pdist;
using nn::functional::celu_, nn::functional::relu_, nn::functional::rrelu_, nn::functional::selu_,
    nn::functional::threshold_;
}  // namespace taper
