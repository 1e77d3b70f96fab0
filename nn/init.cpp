#include "init.h"

#include <cmath>

#include "../tensor/warning.h"

namespace taper::nn::init {

using T = const Tensor&;

namespace {

double gain_of(const std::string& nonlinearity, std::optional<double> param) {
    if (nonlinearity == "linear" || nonlinearity == "sigmoid" || nonlinearity.starts_with("conv")) return 1;
    if (nonlinearity == "tanh") return 5. / 3;
    if (nonlinearity == "relu") return std::sqrt(2.);
    if (nonlinearity == "leaky_relu") return std::sqrt(2 / (1 + std::pow(param.value_or(0.01), 2)));
    check(nonlinearity == "selu", "calculate_gain: Unsupported nonlinearity {}", nonlinearity);
    return 3. / 4;
}

Fans fans_of(T x) {
    check(x.ndim() >= 2, "init: Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
    std::int64_t field = 1;
    for (std::int64_t dim = 2; dim < x.ndim(); ++dim) field *= x.size(dim);
    return {x.size(1) * field, x.size(0) * field};
}

std::int64_t fan_of(T x, const std::string& mode) {
    check(mode == "fan_in" || mode == "fan_out", "init: Mode {} not supported, please use one of ['fan_in', 'fan_out']",
        mode);
    auto [fan_in, fan_out] = fans_of(x);
    return mode == "fan_in" ? fan_in : fan_out;
}

double xavier_std(const GainOptions& o) {
    auto [fan_in, fan_out] = fans_of(o.tensor);
    return o.gain * std::sqrt(2. / static_cast<double>(fan_in + fan_out));
}
double kaiming_std(const KaimingOptions& o) {
    return gain_of(o.nonlinearity, *o.a) / std::sqrt(static_cast<double>(fan_of(o.tensor, o.mode)));
}

// The rows of m, each made orthogonal to those before it, and of length 1: what the QR decomposition of m's transpose
// gives where the diagonal of R is positive. Twice, since the first time leaves rounding errors of m's own size.
Tensor orthonormal_rows(T m) {
    Tensor q = empty_like(m);
    for (std::int64_t i = 0; i < m.size(0); ++i) {
        Tensor row = m[i], before = q.narrow(0, 0, i);
        for (int pass = 0; i > 0 && pass < 2; ++pass) row = row - before.t().mv(before.mv(row));
        q[i] = row / row.norm();
    }
    return q;
}

T fill_uniform(T x, double a, double b) {
    NoGradGuard no_grad;
    return x.uniform_(a, b);
}

T fill_normal(T x, double mean, double std) {
    NoGradGuard no_grad;
    return x.normal_(mean, std);
}

T fill_trunc_normal(T x, double mean, double std, double a, double b) {
    if (mean < a - 2 * std || mean > b + 2 * std)
        warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.");
    NoGradGuard no_grad;
    auto below = [&](double v) { return (1 + std::erf((v - mean) / std / std::sqrt(2.))) / 2; };
    x.uniform_(2 * below(a) - 1, 2 * below(b) - 1).erfinv_();
    return x.mul_(std * std::sqrt(2.)).add_(mean).clamp_(a, b);
}

T fill(T x, double value) {
    NoGradGuard no_grad;
    return x.fill_(value);
}

T fill_eye(T x) {
    check(x.ndim() == 2, "eye_: Only tensors with 2 dimensions are supported");
    NoGradGuard no_grad;
    return x.copy_(taper::eye(x.size(0), x.size(1)));
}

T fill_dirac(T x, std::int64_t groups) {
    check(3 <= x.ndim() && x.ndim() <= 5, "dirac_: Only tensors with 3, 4, or 5 dimensions are supported");
    check(groups > 0 && x.size(0) % groups == 0, "dirac_: dim 0 must be divisible by groups");
    NoGradGuard no_grad;
    Tensor centre = x.zero_();
    for (std::int64_t dim = x.ndim() - 1; dim >= 2; --dim) centre = centre.select(dim, x.size(dim) / 2);
    const std::int64_t out = x.size(0) / groups;
    for (std::int64_t group = 0; group < groups; ++group)
        for (std::int64_t i = 0; i < std::min(out, x.size(1)); ++i) centre[group * out + i, i] = 1;
    return x;
}

T fill_orthogonal(T x, double gain) {
    check(x.ndim() >= 2, "orthogonal_: Only tensors with 2 or more dimensions are supported");
    if (x.numel() == 0) return x;
    NoGradGuard no_grad;
    const std::int64_t rows = x.size(0), columns = x.numel() / rows;
    Tensor drawn = empty({rows, columns}, {.dtype = x.dtype()}).normal_().to(float64);
    Tensor q = rows < columns ? orthonormal_rows(drawn) : orthonormal_rows(drawn.t()).t();
    return x.copy_(q.reshape(x.shape())).mul_(gain);
}

T fill_sparse(T x, double sparsity, double std) {
    check(x.ndim() == 2, "sparse_: Only tensors with 2 dimensions are supported");
    check(0 <= sparsity && sparsity <= 1, "sparse_: the sparsity must be between 0 and 1, not {}", sparsity);
    NoGradGuard no_grad;
    x.normal_(0, std);
    const auto zeros = static_cast<std::int64_t>(std::ceil(sparsity * static_cast<double>(x.size(0))));
    for (std::int64_t column = 0; column < x.size(1); ++column)
        x.select(1, column).index_fill_(0, randperm(x.size(0)).narrow(0, 0, zeros), 0);
    return x;
}

T no_op(T x) { return warn("Initializing zero-element tensors is a no-op"), x; }

/// U(-b, b) with the standard deviation given.
T fill_within(T x, double std) { return fill_uniform(x, -std::sqrt(3.) * std, std::sqrt(3.) * std); }

}  // namespace

Tensor orthonormal_columns(T matrix) {
    return orthonormal_rows(matrix.detach().to(float64).t()).t().contiguous().to(matrix.dtype());
}

TAPER_DEFINE_FUNCTION(
    double, calculate_gain, CalculateGainOptions, (gain_of(o.nonlinearity, o.param)), 1, nonlinearity, param)
TAPER_DEFINE_FUNCTION(Fans, calculate_fan_in_and_fan_out, TensorOnlyOptions, (fans_of(o.tensor)), 1, tensor)
TAPER_DEFINE_FUNCTION(Fans, _calculate_fan_in_and_fan_out, TensorOnlyOptions, (fans_of(o.tensor)), 1, tensor)
TAPER_DEFINE_FUNCTION(Tensor, uniform_, UniformOptions, (fill_uniform(o.tensor, o.a, o.b)), 1, tensor, a, b)
TAPER_DEFINE_FUNCTION(Tensor, normal_, NormalOptions, (fill_normal(o.tensor, o.mean, o.std)), 1, tensor, mean, std)
TAPER_DEFINE_FUNCTION(Tensor, trunc_normal_, TruncNormalOptions, (fill_trunc_normal(o.tensor, o.mean, o.std, o.a, o.b)),
    1, tensor, mean, std, a, b)
TAPER_DEFINE_FUNCTION(Tensor, constant_, ConstantOptions, (fill(o.tensor, o.val)), 2, tensor, val)
TAPER_DEFINE_FUNCTION(Tensor, ones_, TensorOnlyOptions, (fill(o.tensor, 1)), 1, tensor)
TAPER_DEFINE_FUNCTION(Tensor, zeros_, TensorOnlyOptions, (fill(o.tensor, 0)), 1, tensor)
TAPER_DEFINE_FUNCTION(Tensor, eye_, TensorOnlyOptions, (fill_eye(o.tensor)), 1, tensor)
TAPER_DEFINE_FUNCTION(Tensor, dirac_, DiracOptions, (fill_dirac(o.tensor, o.groups)), 1, tensor, groups)
TAPER_DEFINE_FUNCTION(Tensor, xavier_uniform_, GainOptions, (fill_within(o.tensor, xavier_std(o))), 1, tensor, gain)
TAPER_DEFINE_FUNCTION(Tensor, xavier_normal_, GainOptions, (fill_normal(o.tensor, 0, xavier_std(o))), 1, tensor, gain)
TAPER_DEFINE_FUNCTION(Tensor, kaiming_uniform_, KaimingOptions,
    ((*o.tensor).numel() == 0 ? no_op(o.tensor) : fill_within(o.tensor, kaiming_std(o))), 1, tensor, a, mode,
    nonlinearity)
TAPER_DEFINE_FUNCTION(Tensor, kaiming_normal_, KaimingOptions,
    ((*o.tensor).numel() == 0 ? no_op(o.tensor) : fill_normal(o.tensor, 0, kaiming_std(o))), 1, tensor, a, mode,
    nonlinearity)
TAPER_DEFINE_FUNCTION(Tensor, orthogonal_, GainOptions, (fill_orthogonal(o.tensor, o.gain)), 1, tensor, gain)
TAPER_DEFINE_FUNCTION(
    Tensor, sparse_, SparseOptions, (fill_sparse(o.tensor, o.sparsity, o.std)), 2, tensor, sparsity, std)

// ---- the old names

static void warn_of(const char* name) { warn("nn.init.{} is now deprecated in favor of nn.init.{}_.", name, name); }
#define TAPER_OLD_NAME(name, O, r, ...) \
    TAPER_DEFINE_FUNCTION(Tensor, name, O, (warn_of(#name), name##_(o)), r, __VA_ARGS__)
TAPER_OLD_NAME(uniform, UniformOptions, 1, tensor, a, b)
TAPER_OLD_NAME(normal, NormalOptions, 1, tensor, mean, std)
TAPER_OLD_NAME(constant, ConstantOptions, 2, tensor, val)
TAPER_OLD_NAME(eye, TensorOnlyOptions, 1, tensor)
TAPER_OLD_NAME(dirac, DiracOptions, 1, tensor, groups)
TAPER_OLD_NAME(xavier_uniform, GainOptions, 1, tensor, gain)
TAPER_OLD_NAME(xavier_normal, GainOptions, 1, tensor, gain)
TAPER_OLD_NAME(kaiming_uniform, KaimingOptions, 1, tensor, a, mode, nonlinearity)
TAPER_OLD_NAME(kaiming_normal, KaimingOptions, 1, tensor, a, mode, nonlinearity)
TAPER_OLD_NAME(orthogonal, GainOptions, 1, tensor, gain)
TAPER_OLD_NAME(sparse, SparseOptions, 2, tensor, sparsity, std)

}  // namespace taper::nn::init
