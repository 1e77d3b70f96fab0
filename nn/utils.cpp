#include "utils.h"

#include <cmath>

namespace taper::nn::utils {

static TensorList gradients(const TensorList& parameters) {
    TensorList grads;
    for (const Tensor& x : parameters)
        if (x.grad().defined()) grads.push_back(x.grad().detach());
    return grads;
}

Tensor clip_grad_norm_(const TensorList& parameters, double max_norm, double norm_type, bool error_if_nonfinite) {
    NoGradGuard no_grad;
    TensorList grads = gradients(parameters), norms;
    if (grads.empty()) return tensor(0.);
    for (const Tensor& grad : grads) norms.push_back(grad.norm(norm_type));
    Tensor total = stack(norms).norm(norm_type);
    check(!error_if_nonfinite || std::isfinite(total.item()),
        "clip_grad_norm_: The total norm of order {} for gradients from `parameters` is non-finite, so it cannot be "
        "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
        "`error_if_nonfinite=False`",
        norm_type);
    Tensor scale = (max_norm / (total + 1e-6)).clamp_max(1.);
    for (const Tensor& grad : grads) grad.mul_(scale);
    return total;
}
Tensor clip_grad_norm_(const TensorList& parameters, double max_norm, const ClipGradNormOptions& options) {
    return clip_grad_norm_(parameters, max_norm, options.norm_type, options.error_if_nonfinite);
}

void clip_grad_value_(const TensorList& parameters, double clip_value) {
    for (const Tensor& grad : gradients(parameters)) grad.clamp_(-clip_value, clip_value);
}

Tensor parameters_to_vector(const TensorList& parameters) {
    TensorList rows;
    for (const Tensor& x : parameters) rows.push_back(x.reshape(-1));
    return cat(rows);
}

void vector_to_parameters(const Tensor& vector, const TensorList& parameters) {
    std::int64_t at = 0;
    for (const Tensor& x : parameters) {
        x.set_data(vector.detach().narrow(0, at, x.numel()).view(x.shape()));
        at += x.numel();
    }
}

}  // namespace taper::nn::utils
