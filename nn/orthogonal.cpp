// nn.utils.parametrizations.orthogonal: weights whose columns, or rows, are orthonormal.
#include <cmath>

#include "computed.h"
#include "init.h"
#include "parametrizations.h"

namespace taper::nn::utils::parametrizations {

using T = const Tensor&;

namespace {

enum class Map { MatrixExp, Cayley, Householder };

Map map_named(const std::string& name) {
    if (name == "matrix_exp") return Map::MatrixExp;
    if (name == "cayley") return Map::Cayley;
    check(name == "householder",
        "orthogonal: orthogonal_map has to be one of \"matrix_exp\", \"cayley\", \"householder\". Got: {}", name);
    return Map::Householder;
}

Tensor identity(T like, std::int64_t n) { return taper::eye(n, {.dtype = like.dtype()}); }
Tensor transposed(T x) { return x.transpose(-1, -2); }

// ---- from any matrix to an orthogonal one

// By Taylor's series of a / 2^s, of norm 1 at most, and squared s times.
Tensor matrix_exp(T a) {
    const double norm = a.numel() == 0 ? 0 : a.detach().abs().sum(-2).max().item();
    const int times = norm > 1 ? static_cast<int>(std::ceil(std::log2(norm))) : 0;
    const Tensor unit = identity(a, a.size(-1)), part = a / std::exp2(times);
    Tensor sum = unit;
    for (int k = 18; k >= 1; --k) sum = unit + part.matmul(sum) / k;
    for (int i = 0; i < times; ++i) sum = sum.matmul(sum);
    return sum;
}

// (I - A / 2)^-1 (I + A / 2) by elimination, which needs no pivots where A is skew-symmetric.
Tensor cayley(T a) {
    const std::int64_t n = a.size(-1);
    const Tensor unit = identity(a, n);
    Tensor both = ops::cat({unit - a / 2, unit + a / 2}, -1);
    for (std::int64_t k = 0; k < n; ++k) {
        const Tensor row = both.narrow(-2, k, 1) / both.narrow(-2, k, 1).narrow(-1, k, 1);
        both = both - (both.narrow(-1, k, 1) - unit.narrow(-1, k, 1)).matmul(row);
    }
    return both.narrow(-1, n, n);
}

// The first columns of H_1 H_2 ..., where H_i = I - tau_i v_i v_i^T, and v_i is column i of a, which is 0 there and
// above, with 1 at i.
Tensor householder_product(T a, T tau) {
    const Tensor unit = identity(a, a.size(-2));
    Tensor q = unit.narrow(-1, 0, a.size(-1));
    for (std::int64_t i = a.size(-1) - 1; i >= 0; --i) {
        const Tensor v = a.narrow(-1, i, 1) + unit.narrow(-1, i, 1);
        q = q - tau.narrow(-1, i, 1).unsqueeze(-1) * v.matmul(transposed(v).matmul(q));
    }
    return q;
}

// ---- and back

// Householder's vectors of a matrix, below the diagonal, and on it -1 or 1, so that their product is its Q.
Tensor reflectors(T matrix) {
    Tensor a = matrix.to(float64).clone();
    for (std::int64_t i = 0; i < a.size(1); ++i) {
        const Tensor below = a.select(1, i).narrow(0, i + 1, a.size(0) - i - 1);
        const double alpha = a[i, i].item(), rest = below.norm().item();
        if (rest == 0) {  // no reflection
            a[i, i] = alpha > 0 ? -1. : 1.;
            continue;
        }
        const double beta = -std::copysign(std::hypot(alpha, rest), alpha), tau = (beta - alpha) / beta;
        below.div_(alpha - beta);
        const Tensor v = ops::cat({ones({1}, {.dtype = float64}), below});
        const Tensor others = a.narrow(0, i, a.size(0) - i).narrow(1, i + 1, a.size(1) - i - 1);
        others.sub_(tau * v.outer(v.matmul(others)));
        a[i, i] = beta > 0 ? 1. : -1.;
    }
    return a.to(matrix.dtype());
}

template <class F> Tensor each_matrix(T x, const F& f) {
    if (x.ndim() == 2) return f(x);
    TensorList parts;
    for (T part : x.unbind(0)) parts.push_back(each_matrix(part, f));
    return ops::stack(parts);
}

struct Orthogonal : Module<Orthogonal> {
    Orthogonal(T weight, Map map, bool use_trivialization)
        : shape(weight.shape()), map(map), use_trivialization(use_trivialization) {
        shared_state()->known_as = "_Orthogonal";
        if (use_trivialization) base = register_buffer("base", Tensor());
    }

    Tensor forward(const Tensor& given) const {
        const bool wide = given.size(-2) < given.size(-1);
        const Tensor x = wide ? transposed(given) : given;
        const std::int64_t n = x.size(-2), k = x.size(-1);
        Tensor q;
        if (map == Map::Householder) {
            const Tensor a = x.tril(-1);
            q = householder_product(a, 2 / (1 + (a * a).sum(-2))) *
                ops::diagonal(x.detach(), 0, -2, -1).trunc().unsqueeze(-2);
        } else {
            Tensor lower = x.tril();
            Shape beside = x.shape();
            beside[x.ndim() - 1] = n - k;
            if (n != k) lower = ops::cat({lower, zeros(beside, {.dtype = x.dtype()})}, -1);
            const Tensor skew = lower - transposed(lower);
            q = (map == Map::MatrixExp ? matrix_exp(skew) : cayley(skew)).narrow(-1, 0, k);
        }
        if (use_trivialization) q = base.matmul(q);
        return wide ? transposed(q) : q;
    }

    Tensor right_inverse(const Tensor& value) {
        check(value.shape() == shape,
            "orthogonal: Expected a matrix or batch of matrices of shape {}. Got a tensor of shape {}.", shape,
            value.shape());
        NoGradGuard no_grad;
        const bool wide = value.size(-2) < value.size(-1);
        Tensor q = wide ? transposed(value) : value;
        const std::int64_t n = q.size(-2), k = q.size(-1);
        if (!use_trivialization) {
            if (map != Map::Householder)
                throw parametrize::NotImplementedError(
                    "orthogonal: It is not possible to assign to the matrix exponential or the Cayley parametrizations "
                    "when use_trivialization=False.");
            const Tensor a = each_matrix(q, reflectors);
            return wide ? transposed(a) : a;
        }
        Shape beside = q.shape();
        beside[q.ndim() - 1] = n - k;
        if (n != k) q = ops::cat({q, randn(beside, {.dtype = q.dtype()})}, -1);
        const double eps = 10. * static_cast<double>(n) * (q.dtype() == float64 ? 0x1p-52 : 0x1p-23);
        const bool is_orthogonal = n == k && ops::allclose(transposed(q).matmul(q), identity(q, n), 1e-5, eps);
        base = is_orthogonal ? q.clone() : each_matrix(q, [](T x) { return init::orthonormal_columns(x); });
        Tensor neg_id = zeros(value.shape(), {.dtype = value.dtype()});
        ops::diagonal(neg_id, 0, -2, -1).fill_(-1);
        return neg_id;
    }

    Setting<Shape> shape;
    Map map;
    bool use_trivialization;
    Buffer base;
};

}  // namespace

void detail::orthogonal(const AnyModule& module, const OrthogonalOptions& o) {
    const Tensor weight = parametrize::detail::tensor_of(module, o.name);
    check(weight.ndim() >= 2, "orthogonal: Expected a matrix or batch of matrices. Got a tensor of {} dimensions.",
        weight.ndim());
    const bool square = weight.size(-2) == weight.size(-1);
    const Map map = map_named(o.orthogonal_map->value_or(square ? "matrix_exp" : "householder"));
    parametrize::detail::register_parametrization(module, o.name, Orthogonal(weight, map, o.use_trivialization), true);
}

}  // namespace taper::nn::utils::parametrizations
