// nn.utils: the gradients or the values of many parameters at once.
#pragma once

#include "../autograd/ops.h"

namespace taper::nn::utils {

struct ClipGradNormOptions {
    double norm_type = 2;
    bool error_if_nonfinite = false;
};

/// Scales all gradients so that their joint norm is at most max_norm, and returns what it was.
Tensor clip_grad_norm_(
    const TensorList& parameters, double max_norm, double norm_type, bool error_if_nonfinite = false);
Tensor clip_grad_norm_(const TensorList& parameters, double max_norm, const ClipGradNormOptions& options = {});
/// Brings every element of the gradients into [-clip_value, clip_value].
void clip_grad_value_(const TensorList& parameters, double clip_value);

/// All elements in a row, (n): parameter after parameter.
Tensor parameters_to_vector(const TensorList& parameters);
/// The reverse: each parameter becomes a view of its part of `vector`, as in PyTorch.
void vector_to_parameters(const Tensor& vector, const TensorList& parameters);

}  // namespace taper::nn::utils
