// nn.init: what parameters begin with. Everything is written in place, without history, and draws as PyTorch draws.
#pragma once

#include "../autograd/ops.h"

namespace taper::nn::init {

struct UniformOptions {
    double a = 0, b = 1;
};
struct NormalOptions {
    double mean = 0, std = 1;
};
struct TruncNormalOptions {
    double mean = 0, std = 1, a = -2, b = 2;
};
struct GainOptions {
    double gain = 1;
};
struct KaimingOptions {
    double a = 0;
    std::string mode = "fan_in";  // or "fan_out"
    std::string nonlinearity = "leaky_relu";
};
struct SparseOptions {
    double std = 0.01;
};

/// By how much a nonlinearity shrinks its input: "linear", "conv2d", "sigmoid" and the like 1, "tanh" 5/3, "relu"
/// sqrt(2), "leaky_relu" sqrt(2 / (1 + param^2)) with param = 0.01 by default, "selu" 3/4.
double calculate_gain(const std::string& nonlinearity, std::optional<double> param = {});
/// The number of inputs and of outputs of each unit: of (out, in, kernel...), in and out times the kernel's elements.
std::pair<std::int64_t, std::int64_t> calculate_fan_in_and_fan_out(const Tensor& x);

/// U(a, b)
const Tensor& uniform_(const Tensor& x, double a, double b = 1);
const Tensor& uniform_(const Tensor& x, const UniformOptions& options = {});
/// N(mean, std^2)
const Tensor& normal_(const Tensor& x, double mean, double std = 1);
const Tensor& normal_(const Tensor& x, const NormalOptions& options = {});
/// N(mean, std^2) within [a, b].
const Tensor& trunc_normal_(const Tensor& x, double mean, double std = 1, double a = -2, double b = 2);
const Tensor& trunc_normal_(const Tensor& x, const TruncNormalOptions& options = {});
const Tensor& constant_(const Tensor& x, double value);
const Tensor& ones_(const Tensor& x);
const Tensor& zeros_(const Tensor& x);
/// The identity: of two dims.
const Tensor& eye_(const Tensor& x);
/// A convolution that passes on as many of its input channels as it can, in each of `groups`: of 3 to 5 dims.
const Tensor& dirac_(const Tensor& x, std::int64_t groups = 1);
/// U(-b, b) with b = gain sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, 2010
const Tensor& xavier_uniform_(const Tensor& x, double gain);
const Tensor& xavier_uniform_(const Tensor& x, const GainOptions& options = {});
/// N(0, std^2) with std = gain sqrt(2 / (fan_in + fan_out)).
const Tensor& xavier_normal_(const Tensor& x, double gain);
const Tensor& xavier_normal_(const Tensor& x, const GainOptions& options = {});
/// U(-b, b) with b = gain sqrt(3 / fan), where the gain is that of a leaky ReLU with slope `a`. He et al., 2015
const Tensor& kaiming_uniform_(const Tensor& x, double a, const std::string& mode = "fan_in");
const Tensor& kaiming_uniform_(const Tensor& x, const KaimingOptions& options = {});
/// N(0, std^2) with std = gain / sqrt(fan).
const Tensor& kaiming_normal_(const Tensor& x, double a, const std::string& mode = "fan_in");
const Tensor& kaiming_normal_(const Tensor& x, const KaimingOptions& options = {});
/// Rows (or columns, if they are fewer) that are orthogonal and of length `gain`. Saxe et al., 2013
const Tensor& orthogonal_(const Tensor& x, double gain);
const Tensor& orthogonal_(const Tensor& x, const GainOptions& options = {});
/// N(0, std^2), and zero in a `sparsity` (0 to 1) of the places of each column: of two dims. Martens, 2010
const Tensor& sparse_(const Tensor& x, double sparsity, double std = 0.01);
const Tensor& sparse_(const Tensor& x, double sparsity, const SparseOptions& options);

}  // namespace taper::nn::init
