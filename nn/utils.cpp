#include "utils.h"

#include <cmath>

#include "../tensor/real.h"
#include "../tensor/warning.h"

namespace taper::nn::utils {

static TensorList gradients(const TensorList& parameters) {
    TensorList grads;
    for (const Tensor& x : parameters)
        if (x.grad().defined()) grads.push_back(x.grad().detach());
    return grads;
}

static Tensor clip_norm(const TensorList& parameters, double max_norm, double norm_type, bool error_if_nonfinite) {
    NoGradGuard no_grad;
    TensorList grads = gradients(parameters), norms;
    if (grads.empty()) return tensor(0.);
    for (const Tensor& grad : grads) norms.push_back(grad.norm(norm_type));
    Tensor total = ops::stack(norms).norm(norm_type);
    check(!error_if_nonfinite || std::isfinite(total.item()),
        "clip_grad_norm_: The total norm of order {} for gradients from `parameters` is non-finite, so it cannot be "
        "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
        "`error_if_nonfinite=False`",
        repr(Real(norm_type)));
    Tensor scale = (max_norm / (total + 1e-6)).clamp_max(1.);
    for (const Tensor& grad : grads) grad.mul_(scale);
    return total;
}
static Tensor clip_by_old_name(const ClipGradNormOptions& o) {
    warn("torch.nn.utils.clip_grad_norm is now deprecated in favor of torch.nn.utils.clip_grad_norm_.");
    return clip_grad_norm_(o);
}
static void clip_values(const TensorList& parameters, double limit) {
    for (const Tensor& grad : gradients(parameters)) grad.clamp_(-limit, limit);
}

static Tensor in_a_row(const TensorList& parameters) {
    TensorList rows;
    for (const Tensor& x : parameters) rows.push_back(x.reshape(-1));
    return ops::cat(rows);
}

static void take_apart(const Tensor& vector, const TensorList& parameters) {
    std::int64_t at = 0;
    for (const Tensor& x : parameters) {
        x.set_data(vector.detach().narrow(0, at, x.numel()).view(x.shape()));
        at += x.numel();
    }
}

TAPER_DEFINE_FUNCTION(Tensor, clip_grad_norm_, ClipGradNormOptions,
    (clip_norm(o.parameters, o.max_norm, o.norm_type, o.error_if_nonfinite)), 2, parameters, max_norm, norm_type,
    error_if_nonfinite)
TAPER_DEFINE_FUNCTION(Tensor, clip_grad_norm, ClipGradNormOptions, (clip_by_old_name(o)), 2, parameters, max_norm,
    norm_type, error_if_nonfinite)
TAPER_DEFINE_FUNCTION(
    void, clip_grad_value_, ClipGradValueOptions, (clip_values(o.parameters, o.clip_value)), 2, parameters, clip_value)
TAPER_DEFINE_FUNCTION(Tensor, parameters_to_vector, ParametersToVectorOptions, (in_a_row(o.parameters)), 1, parameters)
TAPER_DEFINE_FUNCTION(
    void, vector_to_parameters, VectorToParametersOptions, (take_apart(o.vec, o.parameters)), 2, vec, parameters)

}  // namespace taper::nn::utils
