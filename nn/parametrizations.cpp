#include "parametrizations.h"

#include "computed.h"
#include "weight_norm.h"

namespace taper::nn::utils::parametrizations {

using T = const Tensor&;

namespace {

struct WeightNorm : Module<WeightNorm> {
    explicit WeightNorm(std::int64_t dim) : dim(dim) { shared_state()->known_as = "_WeightNorm"; }
    Tensor forward(const Tensor& g, const Tensor& v) const { return v * (g / norm_except_dim(v, dim)); }
    std::pair<Tensor, Tensor> right_inverse(const Tensor& weight) const {
        return {norm_except_dim(weight, dim), weight};
    }
    Setting<std::int64_t> dim;
};

struct SpectralNorm : Module<SpectralNorm> {
    SpectralNorm(T weight, std::int64_t iterations, std::int64_t dim, double eps)
        : iterations(iterations), dim(dim < 0 ? dim + weight.ndim() : dim), eps(eps) {
        shared_state()->known_as = "_SpectralNorm";
        check(-weight.ndim() <= dim && dim < weight.ndim(),
            "spectral_norm: Dimension out of range (expected to be in range of [{}, {}] but got {})", -weight.ndim(),
            weight.ndim() - 1, dim);
        check(iterations > 0,
            "spectral_norm: Expected n_power_iterations to be positive, but got n_power_iterations={}", iterations);
        if (weight.ndim() == 1) return;
        const Tensor matrix = as_matrix(weight, this->dim);
        u = register_buffer("_u", empty({matrix.size(0)}, {.dtype = weight.dtype()}));
        v = register_buffer("_v", empty({matrix.size(1)}, {.dtype = weight.dtype()}));
        draw(weight);
    }
    void draw(T weight) const {
        if (weight.ndim() == 1) return;
        NoGradGuard no_grad;
        for (const Tensor& x : TensorList{u, v}) x.normal_();
        for (const Tensor& x : TensorList{u, v}) x.copy_(unit(x, eps));
        iterate(as_matrix(weight, dim), 15);
    }
    void iterate(T matrix, std::int64_t times) const {
        NoGradGuard no_grad;
        for (std::int64_t i = 0; i < times; ++i) {
            u.copy_(unit(matrix.mv(v), eps));
            v.copy_(unit(matrix.t().mv(u), eps));
        }
    }
    Tensor forward(const Tensor& weight) const {
        if (weight.ndim() == 1) return unit(weight, eps);
        const Tensor matrix = as_matrix(weight, dim);
        if (training()) iterate(matrix, iterations);
        // copies: what is saved for backward stays when the next forward goes on from here
        return weight / u.clone().dot(matrix.mv(v.clone()));
    }
    Tensor right_inverse(const Tensor& value) const { return value; }

    Setting<std::int64_t> iterations, dim;
    Setting<double> eps;
    Buffer u, v;
};

}  // namespace

void detail::weight_norm(const AnyModule& module, const WeightNormOptions& o) {
    parametrize::detail::tensor_of(module, o.name);
    parametrize::detail::register_parametrization(module, o.name, WeightNorm(o.dim->value_or(-1)), true);
}
void detail::spectral_norm(const AnyModule& module, const SpectralNormOptions& o) {
    const Tensor weight = parametrize::detail::tensor_of(module, o.name);
    const std::vector<std::uint8_t> start = random_state();
    SpectralNorm norm(weight.detach(), o.n_power_iterations, utils::detail::output_dim(module, *o.dim), o.eps);
    draw_further(*module.shared_state(), start, [norm, weight] { norm.draw(weight); });
    parametrize::detail::register_parametrization(module, o.name, norm, false);
}

}  // namespace taper::nn::utils::parametrizations
