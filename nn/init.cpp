#include "init.h"

#include <cmath>

namespace taper::nn::init {

using T = const Tensor&;

namespace {

std::int64_t fan_of(T x, const std::string& mode) {
    check(mode == "fan_in" || mode == "fan_out", "init: Mode {} not supported, please use one of ['fan_in', 'fan_out']",
        mode);
    auto [fan_in, fan_out] = calculate_fan_in_and_fan_out(x);
    return mode == "fan_in" ? fan_in : fan_out;
}

double xavier_std(T x, double gain) {
    auto [fan_in, fan_out] = calculate_fan_in_and_fan_out(x);
    return gain * std::sqrt(2. / static_cast<double>(fan_in + fan_out));
}
double kaiming_std(T x, const KaimingOptions& options) {
    return calculate_gain(options.nonlinearity, options.a) / std::sqrt(static_cast<double>(fan_of(x, options.mode)));
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

}  // namespace

double calculate_gain(const std::string& nonlinearity, std::optional<double> param) {
    if (nonlinearity == "linear" || nonlinearity == "sigmoid" || nonlinearity.starts_with("conv")) return 1;
    if (nonlinearity == "tanh") return 5. / 3;
    if (nonlinearity == "relu") return std::sqrt(2.);
    if (nonlinearity == "leaky_relu") return std::sqrt(2 / (1 + std::pow(param.value_or(0.01), 2)));
    check(nonlinearity == "selu", "calculate_gain: Unsupported nonlinearity {}", nonlinearity);
    return 3. / 4;
}

std::pair<std::int64_t, std::int64_t> calculate_fan_in_and_fan_out(T x) {
    check(x.ndim() >= 2, "init: Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
    std::int64_t field = 1;
    for (std::int64_t dim = 2; dim < x.ndim(); ++dim) field *= x.size(dim);
    return {x.size(1) * field, x.size(0) * field};
}

T uniform_(T x, double a, double b) {
    NoGradGuard no_grad;
    return x.uniform_(a, b);
}
T uniform_(T x, const UniformOptions& options) { return uniform_(x, options.a, options.b); }

T normal_(T x, double mean, double std) {
    NoGradGuard no_grad;
    return x.normal_(mean, std);
}
T normal_(T x, const NormalOptions& options) { return normal_(x, options.mean, options.std); }

T trunc_normal_(T x, double mean, double std, double a, double b) {
    NoGradGuard no_grad;
    auto below = [&](double v) { return (1 + std::erf((v - mean) / std / std::sqrt(2.))) / 2; };
    x.uniform_(2 * below(a) - 1, 2 * below(b) - 1).erfinv_();
    return x.mul_(std * std::sqrt(2.)).add_(mean).clamp_(a, b);
}
T trunc_normal_(T x, const TruncNormalOptions& options) {
    return trunc_normal_(x, options.mean, options.std, options.a, options.b);
}

T constant_(T x, double value) {
    NoGradGuard no_grad;
    return x.fill_(value);
}
T ones_(T x) { return constant_(x, 1); }
T zeros_(T x) { return constant_(x, 0); }

T eye_(T x) {
    check(x.ndim() == 2, "eye_: Only tensors with 2 dimensions are supported");
    NoGradGuard no_grad;
    return x.copy_(eye(x.size(0), x.size(1)));
}

T dirac_(T x, std::int64_t groups) {
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

T xavier_uniform_(T x, double gain) {
    double bound = std::sqrt(3.) * xavier_std(x, gain);
    return uniform_(x, -bound, bound);
}
T xavier_uniform_(T x, const GainOptions& options) { return xavier_uniform_(x, options.gain); }
T xavier_normal_(T x, double gain) { return normal_(x, 0, xavier_std(x, gain)); }
T xavier_normal_(T x, const GainOptions& options) { return xavier_normal_(x, options.gain); }

T kaiming_uniform_(T x, const KaimingOptions& options) {
    if (x.numel() == 0) return x;
    double bound = std::sqrt(3.) * kaiming_std(x, options);
    return uniform_(x, -bound, bound);
}
T kaiming_uniform_(T x, double a, const std::string& mode) { return kaiming_uniform_(x, {.a = a, .mode = mode}); }
T kaiming_normal_(T x, const KaimingOptions& options) {
    return x.numel() == 0 ? x : normal_(x, 0, kaiming_std(x, options));
}
T kaiming_normal_(T x, double a, const std::string& mode) { return kaiming_normal_(x, {.a = a, .mode = mode}); }

T orthogonal_(T x, double gain) {
    check(x.ndim() >= 2, "orthogonal_: Only tensors with 2 or more dimensions are supported");
    if (x.numel() == 0) return x;
    NoGradGuard no_grad;
    const std::int64_t rows = x.size(0), columns = x.numel() / rows;
    Tensor drawn = empty({rows, columns}, {.dtype = x.dtype()}).normal_().to(float64);
    Tensor q = rows < columns ? orthonormal_rows(drawn) : orthonormal_rows(drawn.t()).t();
    return x.copy_(q.reshape(x.shape())).mul_(gain);
}
T orthogonal_(T x, const GainOptions& options) { return orthogonal_(x, options.gain); }

T sparse_(T x, double sparsity, double std) {
    check(x.ndim() == 2, "sparse_: Only tensors with 2 dimensions are supported");
    check(0 <= sparsity && sparsity <= 1, "sparse_: the sparsity must be between 0 and 1, not {}", sparsity);
    NoGradGuard no_grad;
    x.normal_(0, std);
    const auto zeros = static_cast<std::int64_t>(std::ceil(sparsity * static_cast<double>(x.size(0))));
    for (std::int64_t column = 0; column < x.size(1); ++column)
        x.select(1, column).index_fill_(0, randperm(x.size(0)).narrow(0, 0, zeros), 0);
    return x;
}
T sparse_(T x, double sparsity, const SparseOptions& options) { return sparse_(x, sparsity, options.std); }

}  // namespace taper::nn::init
