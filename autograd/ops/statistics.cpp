// What is said of many numbers at once: means and spreads, distances, integrals, covariances.
#include <cmath>

#include "../../tensor/reduce.h"
#include "../../tensor/warning.h"
#include "numbers.h"

namespace taper::ops {

using autograd::named, autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

static void check_floating(const char* op, T x) {
    check(x.is_floating_point(), "{}: {}(): expected input to have floating point dtype but got {}", op, op,
        scalar_name_of(x.dtype()));
}

// ---- two results

MinAndMax aminmax(T x, const std::optional<std::int64_t>& dim, bool keepdim) {
    refuse("aminmax", "aminmax_cpu", x.dtype(), {DType::Float16, dim ? DType::BFloat16 : DType::Float16});
    check(dim || x.numel() > 0,
        "aminmax: aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
    const Reduction over{.dim = dim ? std::optional<Dims>(*dim) : std::nullopt, .keepdim = keepdim};
    const auto without_derivative = [&](const Tensor& out) {
        return record("NotImplemented", out,
            wrt(x, [](T) -> Tensor { fail("derivative for aten::aminmax is not implemented"); }));
    };
    return {without_derivative(amin(x.detach(), over)), without_derivative(amax(x.detach(), over))};
}
static void check_spread(const char* op, T x) {
    check(x.is_floating_point(), "{}: {} only support floating point and complex dtypes", op, op);
}
VarAndMean var_mean(T x, const Spread& over) {
    check_spread("var_mean", x);
    const Reduction reduced{.dim = over.dim, .keepdim = over.keepdim};
    return {named("VarMeanBackward0", var(x, over)), named("VarMeanBackward0", mean(x, reduced))};
}
StdAndMean std_mean(T x, const Spread& over) {
    check_spread("std_mean", x);
    const Reduction reduced{.dim = over.dim, .keepdim = over.keepdim};
    return {named("StdMeanBackward0", std(x, over)), named("StdMeanBackward0", mean(x, reduced))};
}
Tensor nanmean(T x, const Reduction& over) {
    check_floating("nanmean", x);
    return div(nansum(x, over), sum(~isnan(x.detach()), {.dim = over.dim, .keepdim = over.keepdim}));
}

// ---- norms and distances

Tensor norm(T x, const NormOrder& p, const std::optional<Dims>& dim, bool keepdim, const std::optional<DType>& dtype) {
    check(p.kind != NormOrder::Kind::nuc,
        "norm: p='nuc' asks for the singular values of a matrix, for which there is nothing here");
    if (p.kind == NormOrder::Kind::number) return norm(dtype ? to(x, *dtype) : x, p.p, dim, keepdim);
    check(!dtype, "norm: dtype argument is not supported in frobenius norm");
    const int dims = dim ? dim->size() : 0;
    check(dims <= 2, "norm: Expected at most 2 dimensions, but got {} dimensions instead.", dims);
    return dims < 2 ? norm(x, 2, dim, keepdim) : sqrt(sum(square(x), {.dim = dim, .keepdim = keepdim}));
}
Tensor renorm(T x, double p, std::int64_t dim, double maxnorm) {
    check(p > 0, "renorm: non-positive-norm not supported");
    check(maxnorm >= 0, "renorm: expected maxnorm to be >= 0 but got {}", maxnorm);
    check(x.ndim() > 1, "renorm: input needs at least 2 dimensions, got {} dimensions", x.ndim());
    Dims others;
    for (std::int64_t d = 0; d < x.ndim(); ++d)
        if (d != wrap_dim(dim, x.ndim())) others.push_back(d);
    const Tensor from = is_grad_enabled() && x.requires_grad() ? clone(x) : x;  // since renorm_ writes over x
    const bool wide = x.dtype() == DType::Float16 || x.dtype() == DType::BFloat16;
    const Tensor length = norm(wide ? to(from, DType::Float32) : from, p, others, true);
    const Tensor factor = where(length > maxnorm, maxnorm / (length + 1e-7), 1);
    return named("RenormBackward0", from * to(factor, x.dtype()));
}
Tensor dist(T a, T b, double p) { return named("DistBackward0", norm(sub(a, b), p)); }

namespace {

// |a|^2 - 2 a b + |b|^2 as one product of matrices, and its root.
Tensor euclidean_distances(T a, T b) {
    Tensor out;
    {
        NoGradGuard no_grad;
        const Tensor squares_of_a = sum(square(a), {.dim = Dims(-1), .keepdim = true}),
                     squares_of_b = sum(square(b), {.dim = Dims(-1), .keepdim = true});
        const Tensor left = cat({a * -2, squares_of_a, ones_like(squares_of_a)}, -1),
                     right = cat({b, ones_like(squares_of_b), squares_of_b}, -1);
        out = sqrt(clamp_min(matmul(left, right.mT()), 0));
    }
    const auto ratio = [](T grad, T out) { return (grad / out).masked_fill(out == 0, 0); };
    return record("EuclideanDistBackward0", out,
        wrt(a, save(a, b),
            [ratio](T grad, T out, T a, T b) {
                const Tensor share = ratio(grad, out);
                return a * share.sum(-1, true) - matmul(share, b);
            }),
        wrt(b, save(a, b), [ratio](T grad, T out, T a, T b) {
            const Tensor share = ratio(grad, out).mT();
            return b * share.sum(-1, true) - matmul(share, a);
        }));
}

// The largest of the differences; each that is as large has the whole gradient.
Tensor largest(T apart) {
    return record("CdistBackward0", amax(abs(apart.detach()), {.dim = Dims(-1)}),
        wrt(apart, save(apart), [](T grad, T out, T apart) {
            return unsqueeze(grad, -1) * where(abs(apart) == unsqueeze(out, -1), sgn(apart), 0);
        }));
}

// Which of PyTorch's ways: 0 as it pays, 1 by a product of matrices, 2 without.
int mode_of(const std::optional<std::string>& name) {
    if (!name || *name == "use_mm_for_euclid_dist_if_necessary") return 0;
    if (*name == "use_mm_for_euclid_dist") return 1;
    check(*name == "donot_use_mm_for_euclid_dist", "cdist: {} is not a valid value for compute_mode", *name);
    return 2;
}

}  // namespace

Tensor cdist(T a, T b, double p, const std::optional<std::string>& compute_mode) {
    const int mode = mode_of(compute_mode);
    for (auto [name, x] : {std::pair("X1", &a), std::pair("X2", &b)}) {
        check(x->ndim() >= 2, "cdist: cdist only supports at least 2D tensors, {} got: {}D", name, x->ndim());
        check(x->is_floating_point(), "cdist: cdist only supports floating-point dtypes, {} got: {}", name,
            scalar_name_of(x->dtype()));
    }
    check(a.size(-1) == b.size(-1), "cdist: X1 and X2 must have the same number of columns. X1: {} X2: {}", a.size(-1),
        b.size(-1));
    check(a.dtype() == b.dtype(), "cdist: expected scalar type {} but found {}", scalar_name_of(a.dtype()),
        scalar_name_of(b.dtype()));
    check(p >= 0, "cdist: cdist only supports non-negative p values");
    const bool by_product = mode == 1 || (mode == 0 && (a.size(-2) > 25 || b.size(-2) > 25));
    if (p == 2 && by_product && a.numel() && b.numel()) {
        const Tensor out = euclidean_distances(a, b);
        return view(out, out.shape());
    }
    refuse("cdist", "cdist", a.dtype(), {DType::Float16, DType::BFloat16});
    const Tensor apart = unsqueeze(a, -2) - unsqueeze(b, -3);
    return std::isinf(p) && apart.numel() ? largest(apart) : named("CdistBackward0", norm(apart, p, Dims(-1)));
}

// ---- integrals, by trapezoids

void one_of(const char* op, const Arg<Tensor>& x, const Arg<Scalar>& dx) {
    check(!x.defined() || !dx.given(), "{}: takes the places `x` or their distance `dx`, not both", op);
}

namespace {

void check_no_bool(const char* op, T y, T x) {
    check(y.dtype() != DType::Bool && (!x.defined() || x.dtype() != DType::Bool),
        "{}: received a bool input for {}, but bool is not supported", op, x.defined() ? "`x` or `y`" : "`y`");
}

// How wide each trapezoid along `dim` of y is.
Tensor widths(const char* op, T y, T x, std::int64_t dim) {
    Shape shape = Shape::filled(y.ndim(), 1);
    if (x.ndim() == 1) {
        check(x.size(0) == y.size(dim), "{}: There must be one `x` value for each sample point", op);
        shape[dim] = x.size(0);
    } else {
        for (std::int64_t d = 0; d < std::min(x.ndim(), y.ndim()); ++d) shape[-1 - d] = x.size(-1 - d);
    }
    const Tensor places = x.ndim() == 1 || x.ndim() < y.ndim() ? view(x, shape) : x;
    return slice(places, dim, Slice(1, {})) - slice(places, dim, Slice(0, -1));
}
// The two sides of each, added.
Tensor sides(T y, std::int64_t dim) { return slice(y, dim, Slice(0, -1)) + slice(y, dim, Slice(1, {})); }

}  // namespace

Tensor trapezoid(T y, T x, const Scalar& dx, std::int64_t dim) {
    if (y.size(dim) == 0) return taper::zeros(ReducedDims(y.shape(), Dims(dim), false).shape, {.dtype = y.dtype()});
    check_no_bool("trapezoid", y, x);
    if (x.defined())
        return named("DivBackward1", sum(sides(y, dim) * widths("trapezoid", y, x, dim), {.dim = Dims(dim)}) / 2.);
    const Tensor ends = select(y, dim, 0) + select(y, dim, -1);
    return named("MulBackward1", (sum(y, {.dim = Dims(dim)}) - ends * 0.5) * dx.to<double>());
}
Tensor cumulative_trapezoid(T y, T x, const Scalar& dx, std::int64_t dim) {
    check_no_bool("cumulative_trapezoid", y, x);
    if (x.defined())
        return named("DivBackward1", cumsum(sides(y, dim) * widths("cumulative_trapezoid", y, x, dim), dim) / 2.);
    return cumsum(sides(y, dim) * (dx.to<double>() / 2), dim);
}

// ---- covariances

namespace {

// The weight of each observation, by how often it was made and how much it counts; undefined if all are alike.
Tensor weights_of(std::int64_t observations, T fweights, T aweights) {
    Tensor weights;
    for (auto [name, w, whole] : {std::tuple("fweights", &fweights, true), std::tuple("aweights", &aweights, false)}) {
        if (!w->defined()) continue;
        check(w->ndim() <= 1, "cov: cov(): expected {} to have one or fewer dimensions but got {} with {} dimensions",
            name, name, w->ndim());
        check(w->is_floating_point() != whole && w->dtype() != DType::Bool,
            "cov: cov(): expected {} to have {} dtype but got {} with {} dtype", name,
            whole ? "integral" : "floating point", name, scalar_name_of(w->dtype()));
        check(w->numel() == observations,
            "cov: cov(): expected {} to have the same numel() as there are observations in the input but got {} != {}",
            name, w->numel(), observations);
        check(observations == 0 || !any(lt(w->detach(), 0)).item<bool>(), "cov: cov(): {} cannot be negative", name);
        weights = weights.defined() ? weights * *w : *w;
    }
    return weights;
}

}  // namespace

Tensor cov(T x, std::int64_t correction, T fweights, T aweights) {
    check(x.ndim() <= 2,
        "cov: cov(): expected input to have two or fewer dimensions but got an input with {} dimensions", x.ndim());
    check(x.dtype() != DType::Bool, "cov: cov(): bool dtype is not supported for input");
    const Tensor rows = x.ndim() < 2 ? view(x, {1, -1}) : x;
    const std::int64_t observations = rows.size(1);
    const Tensor weights = weights_of(observations, fweights, aweights);
    const auto weighted = [&](T rows) { return weights.defined() ? rows * weights : rows; };
    const Tensor total = weights.defined() ? sum(weights) : Tensor(taper::tensor(observations));
    check(!weights.defined() || total.item() != 0, "cov: cov(): weights sum to zero, can't be normalized");
    const Tensor average = div(sum(weighted(rows), {.dim = Dims(1)}), total);
    Tensor freedom = weights.defined() && aweights.defined() && correction != 0
        ? total - div(correction * sum(weights * aweights), total)
        : total - correction;
    if (freedom.item() <= 0) {
        warn("cov(): degrees of freedom is <= 0");
        freedom = zeros_like(freedom);
    }
    const Tensor apart = rows - unsqueeze(average, 1);
    return squeeze(div(mm(apart, t(weighted(apart))), freedom));
}
Tensor corrcoef(T x) {
    check(x.ndim() <= 2,
        "corrcoef: corrcoef(): expected input to have two or fewer dimensions but got an input with {} dimensions",
        x.ndim());
    const Tensor c = cov(x);
    if (c.ndim() == 0) return div(c, c);
    const Tensor spread = sqrt(diag(c));
    return clamp(
        c / view(spread, {-1, 1}) / view(spread, {1, -1}), std::optional(Scalar(-1)), std::optional(Scalar(1)));
}

}  // namespace taper::ops
