// nn.utils.parametrizations: weights of a norm.
#pragma once

#include "parametrize.h"
#include "utils_modules.h"

namespace taper::nn::utils::parametrizations {

namespace detail {
void weight_norm(const AnyModule& module, const WeightNormOptions& o);
void spectral_norm(const AnyModule& module, const SpectralNormOptions& o);
}  // namespace detail

/// The same as nn.utils.weight_norm, as a parametrization. torch.nn.utils.parametrizations.weight_norm of PyTorch 2
TAPER_MODULE_FUNCTION(weight_norm, WeightNormOptions, name, dim)
/// The same as nn.utils.spectral_norm, as a parametrization, which begins with 15 iterations.
/// torch.nn.utils.parametrizations.spectral_norm
TAPER_MODULE_FUNCTION(spectral_norm, SpectralNormOptions, name, n_power_iterations, eps, dim)

}  // namespace taper::nn::utils::parametrizations
