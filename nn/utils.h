// nn.utils: the gradients or the values of many parameters at once.
#pragma once

#include "../autograd/ops.h"

namespace taper::nn::utils {

struct ClipGradNormOptions {
    Keywords _ = Keywords();
    Arg<TensorList> parameters = required;  // or a single Tensor
    Arg<double> max_norm = required, norm_type = Default(2);
    Arg<bool> error_if_nonfinite = Default(false);
};
struct ClipGradValueOptions {
    Keywords _ = Keywords();
    Arg<TensorList> parameters = required;  // or a single Tensor
    Arg<double> clip_value = required;
};
struct ParametersToVectorOptions {
    Keywords _ = Keywords();
    Arg<TensorList> parameters = required;
};
struct VectorToParametersOptions {
    Keywords _ = Keywords();
    Arg<Tensor> vec = required;
    Arg<TensorList> parameters = required;
};

/// Scales all gradients so that their joint norm is at most max_norm, and returns what it was.
TAPER_FUNCTION(Tensor, clip_grad_norm_, ClipGradNormOptions, 2, parameters, max_norm, norm_type, error_if_nonfinite)
/// Its old name, with a warning.
TAPER_FUNCTION(Tensor, clip_grad_norm, ClipGradNormOptions, 2, parameters, max_norm, norm_type, error_if_nonfinite)
/// Brings every element of the gradients into [-clip_value, clip_value].
TAPER_FUNCTION(void, clip_grad_value_, ClipGradValueOptions, 2, parameters, clip_value)
/// All elements in a row, (n): parameter after parameter.
TAPER_FUNCTION(Tensor, parameters_to_vector, ParametersToVectorOptions, 1, parameters)
/// The reverse: each parameter becomes a view of its part of `vec`, as in PyTorch.
TAPER_FUNCTION(void, vector_to_parameters, VectorToParametersOptions, 2, vec, parameters)

}  // namespace taper::nn::utils
