// nn.init: what parameters begin with. Everything is written in place, without history, and draws as PyTorch draws.
#pragma once

#include "../autograd/ops.h"

namespace taper::nn::init {

struct UniformOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<double> a = Default(0), b = Default(1);
};
struct NormalOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<double> mean = Default(0), std = Default(1);
};
struct TruncNormalOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<double> mean = Default(0), std = Default(1), a = Default(-2), b = Default(2);
};
struct ConstantOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<double> val = required;
};
struct TensorOnlyOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
};
struct DiracOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<std::int64_t> groups = Default(1);
};
struct GainOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<double> gain = Default(1);
};
/// mode: "fan_in" or "fan_out".
struct KaimingOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<double> a = Default(0);
    Arg<std::string> mode = Default("fan_in"), nonlinearity = Default("leaky_relu");
};
struct SparseOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
    Arg<double> sparsity = required, std = Default(0.01);
};
struct CalculateGainOptions {
    Keywords _ = Keywords();
    Arg<std::string> nonlinearity = required;
    Arg<std::optional<double>> param = Default(none);
};

using Fans = std::pair<std::int64_t, std::int64_t>;

/// By how much a nonlinearity shrinks its input: "linear", "conv2d", "sigmoid" and the like 1, "tanh" 5/3, "relu"
/// sqrt(2), "leaky_relu" sqrt(2 / (1 + param^2)) with param = 0.01 by default, "selu" 3/4.
TAPER_FUNCTION(double, calculate_gain, CalculateGainOptions, 1, nonlinearity, param)
/// The number of inputs and of outputs of each unit: of (out, in, kernel...), in and out times the kernel's elements.
TAPER_FUNCTION(Fans, calculate_fan_in_and_fan_out, TensorOnlyOptions, 1, tensor)
TAPER_FUNCTION(Fans, _calculate_fan_in_and_fan_out, TensorOnlyOptions, 1, tensor)
/// U(a, b)
TAPER_FUNCTION(Tensor, uniform_, UniformOptions, 1, tensor, a, b)
/// N(mean, std^2)
TAPER_FUNCTION(Tensor, normal_, NormalOptions, 1, tensor, mean, std)
/// N(mean, std^2) within [a, b].
TAPER_FUNCTION(Tensor, trunc_normal_, TruncNormalOptions, 1, tensor, mean, std, a, b)
TAPER_FUNCTION(Tensor, constant_, ConstantOptions, 2, tensor, val)
TAPER_FUNCTION(Tensor, ones_, TensorOnlyOptions, 1, tensor)
TAPER_FUNCTION(Tensor, zeros_, TensorOnlyOptions, 1, tensor)
/// The identity: of two dims.
TAPER_FUNCTION(Tensor, eye_, TensorOnlyOptions, 1, tensor)
/// A convolution that passes on as many of its input channels as it can, in each of `groups`: of 3 to 5 dims.
TAPER_FUNCTION(Tensor, dirac_, DiracOptions, 1, tensor, groups)
/// U(-b, b) with b = gain sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, 2010
TAPER_FUNCTION(Tensor, xavier_uniform_, GainOptions, 1, tensor, gain)
/// N(0, std^2) with std = gain sqrt(2 / (fan_in + fan_out)).
TAPER_FUNCTION(Tensor, xavier_normal_, GainOptions, 1, tensor, gain)
/// U(-b, b) with b = gain sqrt(3 / fan), where the gain is that of a leaky ReLU with slope `a`. He et al., 2015
TAPER_FUNCTION(Tensor, kaiming_uniform_, KaimingOptions, 1, tensor, a, mode, nonlinearity)
/// N(0, std^2) with std = gain / sqrt(fan).
TAPER_FUNCTION(Tensor, kaiming_normal_, KaimingOptions, 1, tensor, a, mode, nonlinearity)
/// Rows (or columns, if they are fewer) that are orthogonal and of length `gain`. Saxe et al., 2013
TAPER_FUNCTION(Tensor, orthogonal_, GainOptions, 1, tensor, gain)
/// N(0, std^2), and zero in a `sparsity` (0 to 1) of the places of each column: of two dims. Martens, 2010
TAPER_FUNCTION(Tensor, sparse_, SparseOptions, 2, tensor, sparsity, std)

// Their old names, with a warning.
TAPER_FUNCTION(Tensor, uniform, UniformOptions, 1, tensor, a, b)
TAPER_FUNCTION(Tensor, normal, NormalOptions, 1, tensor, mean, std)
TAPER_FUNCTION(Tensor, constant, ConstantOptions, 2, tensor, val)
TAPER_FUNCTION(Tensor, eye, TensorOnlyOptions, 1, tensor)
TAPER_FUNCTION(Tensor, dirac, DiracOptions, 1, tensor, groups)
TAPER_FUNCTION(Tensor, xavier_uniform, GainOptions, 1, tensor, gain)
TAPER_FUNCTION(Tensor, xavier_normal, GainOptions, 1, tensor, gain)
TAPER_FUNCTION(Tensor, kaiming_uniform, KaimingOptions, 1, tensor, a, mode, nonlinearity)
TAPER_FUNCTION(Tensor, kaiming_normal, KaimingOptions, 1, tensor, a, mode, nonlinearity)
TAPER_FUNCTION(Tensor, orthogonal, GainOptions, 1, tensor, gain)
TAPER_FUNCTION(Tensor, sparse, SparseOptions, 2, tensor, sparsity, std)

// ---- for the library
/// The Q of the QR decomposition in which the diagonal of R is positive: of a matrix with as many rows as columns, or
/// more.
Tensor orthonormal_columns(const Tensor& matrix);

}  // namespace taper::nn::init
