#include "functional_more.h"

#include "positional.h"

namespace taper::nn::functional {

TAPER_DEFINE_FUNCTION_OBJECT(Tensor, bilinear, BilinearOptions,
    (positional::bilinear(o.input1, o.input2, o.weight, o.bias)), 3, input1, input2, weight, bias)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, pdist, PdistOptions, (positional::pdist(o.input, o.p)), 1, input, p)
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, gumbel_softmax, GumbelSoftmaxOptions,
    (positional::gumbel_softmax(o.logits, o.tau, o.hard, o.eps, o.dim)), 1, logits, tau, hard, eps, dim)

}  // namespace taper::nn::functional
