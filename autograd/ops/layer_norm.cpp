// Normalisation by the mean and variance of each row, or of each group of channels.
#include "../../tensor/kernels/norm.h"
#include "narrow.h"
#include "norm.h"

namespace taper::ops {

using namespace normalisation;
using T = const Tensor&;

namespace {

std::int64_t row_length(T x, int dims) {
    std::int64_t n = 1;
    for (int d = x.ndim() - dims; d < x.ndim(); ++d) n *= x.shape()[d];
    return n;
}

NormGradients layer_norm_in_ops(T grad, T x, T weight, int dims, double eps) {
    Shape last, first;
    for (int d = 0; d < x.ndim(); ++d) (d < x.ndim() - dims ? first : last).push_back(d);
    Tensor centred = x - x.mean(last, true), factor = factor_of(centred, last, eps), normal = centred * factor;
    auto over_rows = [&](T of) { return first.empty() ? of : of.sum(first); };
    return {through_moments(weight.defined() ? grad * weight : grad, normal, factor, last), over_rows(grad * normal),
        over_rows(grad)};
}

template <class N> NormGradients layer_norm_values(T grad, T x, T weight, T mean, T factor, int dims) {
    Tensor g = native::contiguous(grad), from = native::contiguous(x), scale = row_major(weight);
    Shape shape;
    for (int d = x.ndim() - dims; d < x.ndim(); ++d) shape.push_back(x.shape()[d]);
    NormGradients out{
        native::empty(x.shape(), x.dtype()), native::empty(shape, x.dtype()), native::empty(shape, x.dtype())};
    normalize_rows_backward<N>(mean.numel(), row_length(x, dims), g.data_ptr<N>(), from.data_ptr<N>(),
        data_or_null<N>(scale), mean.data_ptr<N>(), factor.data_ptr<N>(), out.x.data_ptr<N>(), out.weight.data_ptr<N>(),
        out.bias.data_ptr<N>());
    return out;
}

void check_row_shape(const char* name, T values, const Shape& normalized_shape) {
    check(!values.defined() || values.shape() == normalized_shape,
        "layer_norm: Expected {} to be of same shape as normalized_shape, but got {} of shape {} and normalized_shape "
        "= {}",
        name, name, (values.defined() ? values.shape() : Shape()).str(), normalized_shape.str());
}

}  // namespace

Tensor layer_norm(T x, const Shape& normalized_shape, T weight, T bias, double eps) {
    if (is_narrow(x.dtype()))
        return in_wide<Floats>(
            [&](T x, T weight, T bias) { return layer_norm(x, normalized_shape, weight, bias, eps); }, x, weight, bias);
    const int dims = normalized_shape.size();
    check(dims > 0,
        "layer_norm: Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, "
        "but "
        "got normalized_shape = []");
    check_row_shape("weight", weight, normalized_shape);
    check_row_shape("bias", bias, normalized_shape);
    check(dims <= x.ndim() && std::equal(normalized_shape.begin(), normalized_shape.end(), x.shape().end() - dims),
        "layer_norm: Given normalized_shape={}, expected input with shape [*, {}], but got input of size{}",
        normalized_shape.str(), joined(normalized_shape, ", "), x.shape().str());
    for (const Tensor* y : {&weight, &bias})
        check(!y->defined() || y->dtype() == x.dtype(), "layer_norm: expected scalar type {} but found {}",
            scalar_name_of(x.dtype()), scalar_name_of(y->defined() ? y->dtype() : x.dtype()));
    const std::int64_t n = row_length(x, dims), rows = x.numel() / std::max<std::int64_t>(n, 1);
    Tensor from = native::contiguous(x), out = native::empty(x.shape(), x.dtype());
    Tensor mean = native::empty({rows}, x.dtype()), factor = native::empty({rows}, x.dtype());
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        Tensor weights = row_major(weight), biases = row_major(bias);
        normalize_rows<N>(rows, n, from.data_ptr<N>(), data_or_null<N>(weights), data_or_null<N>(biases), eps,
            out.data_ptr<N>(), mean.data_ptr<N>(), factor.data_ptr<N>());
    });
    auto rule = [dims, eps](T grad, T x, T weight, T mean, T factor) -> NormGradients {
        if (autograd::is_grad_enabled()) return layer_norm_in_ops(grad, x, weight, dims, eps);
        NormGradients out;
        visit<Floats>(x.dtype(),
            [&](auto zero) { out = layer_norm_values<decltype(zero)>(grad, x, weight, mean, factor, dims); });
        return out;
    };
    return record_normalized("NativeLayerNormBackward0", out, rule, x, weight, bias, mean, factor);
}

Tensor group_norm(T x, std::int64_t num_groups, T weight, T bias, double eps) {
    if (is_narrow(x.dtype()))
        return in_wide<Floats>(
            [&](T x, T weight, T bias) { return group_norm(x, num_groups, weight, bias, eps); }, x, weight, bias);
    check(x.ndim() >= 2, "group_norm: expected at least 2 dimensions (N, C, ...), but got input of size {}",
        x.shape().str());
    check(num_groups > 0, "group_norm: Expected num groups to be greater than 0, got {}", num_groups);
    const std::int64_t channels = x.shape()[1], batch = x.shape()[0];
    check(channels % num_groups == 0,
        "group_norm: Expected number of channels in input to be divisible by num_groups, but got input of shape {} and "
        "num_groups={}",
        x.shape().str(), num_groups);
    for (auto [name, of] : {std::pair("weight", &weight), std::pair("bias", &bias)})
        check(!of->defined() || (of->ndim() == 1 && of->numel() == channels),
            "group_norm: Expected {} to be a vector of size equal to the number of channels in input, but got {} of "
            "shape {} and input of shape {}",
            name, name, (of->defined() ? of->shape() : Shape()).str(), x.shape().str());
    const std::int64_t n = x.numel() / std::max<std::int64_t>(batch * num_groups, 1);
    check(x.numel() == 0 || batch * n > 1,
        "group_norm: Expected more than 1 value per channel when training, got input size {}", x.shape().str());
    const Shape grouped{batch, num_groups, n};
    Tensor out;
    {
        NoGradGuard no_grad;
        out = layer_norm(x.reshape(grouped), {n}, {}, {}, eps).view(x.shape()).detach();
        if (weight.defined()) out = out * per_channel(weight, x);
        if (bias.defined()) out = out + per_channel(bias, x);
    }
    auto rule = [grouped, eps](T grad, T x, T weight, T, T) -> NormGradients {
        Tensor rows = x.reshape(grouped), centred = rows - rows.mean(2, true), factor = factor_of(centred, {2}, eps);
        Tensor normal = centred * factor, weighted = weight.defined() ? grad * per_channel(weight, x) : grad;
        Shape dims{0};
        for (int d = 2; d < x.ndim(); ++d) dims.push_back(d);
        return {through_moments(weighted.reshape(grouped), normal, factor, {2}).reshape(x.shape()),
            (grad * normal.reshape(x.shape())).sum(dims), grad.sum(dims)};
    };
    return record_normalized("NativeGroupNormBackward0", out, rule, x, weight, bias, {}, {});
}

}  // namespace taper::ops
