// nn.utils.parametrizations: weights of a norm.
#pragma once

#include "parametrize.h"
#include "utils_modules.h"

namespace taper::nn::utils::parametrizations {

/// orthogonal_map: "matrix_exp", "cayley" or "householder"; absent: the first of a square matrix, else the last.
/// use_trivialization: what they give is multiplied with what the weight was.
struct OrthogonalOptions {
    Keywords _ = Keywords();
    Arg<AnyModule> module = required;
    Arg<std::string> name = Default("weight");
    Arg<std::optional<std::string>> orthogonal_map = Default(none);
    Arg<bool> use_trivialization = Default(true);
};

namespace detail {
void orthogonal(const AnyModule& module, const OrthogonalOptions& o);
void weight_norm(const AnyModule& module, const WeightNormOptions& o);
void spectral_norm(const AnyModule& module, const SpectralNormOptions& o);
}  // namespace detail

/// The same as nn.utils.weight_norm, as a parametrization. torch.nn.utils.parametrizations.weight_norm of PyTorch 2
TAPER_MODULE_FUNCTION(weight_norm, WeightNormOptions, name, dim)
/// The same as nn.utils.spectral_norm, as a parametrization, which begins with 15 iterations.
/// torch.nn.utils.parametrizations.spectral_norm
TAPER_MODULE_FUNCTION(spectral_norm, SpectralNormOptions, name, n_power_iterations, eps, dim)
/// Lets the columns of the weight (..., m, n) be orthonormal, or its rows where they are fewer, through a map from
/// matrices without constraints. torch.nn.utils.parametrizations.orthogonal
TAPER_MODULE_FUNCTION(orthogonal, OrthogonalOptions, name, orthogonal_map)

}  // namespace taper::nn::utils::parametrizations
