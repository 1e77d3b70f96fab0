// Normalisation by the mean and variance of each channel. Where the gradients are themselves recorded, they are
// composed of ops.
#include <cmath>

#include "../../tensor/kernels/norm.h"
#include "../../tensor/loops.h"
#include "narrow.h"
#include "norm.h"

namespace taper::ops {

using namespace normalisation;
using T = const Tensor&;

namespace {

ChannelSizes channels_of(T x) {
    const std::int64_t channels = x.shape()[1];
    return {x.shape()[0], channels, x.numel() / std::max<std::int64_t>(1, x.shape()[0] * channels)};
}

/// The gradients of batch norm, in ops.
NormGradients batch_norm_in_ops(T grad, T x, T weight, T mean, T factor, bool training, double eps) {
    Shape dims{0};
    for (int d = 2; d < x.ndim(); ++d) dims.push_back(d);
    Tensor centred = x - (training ? x.mean(dims, true) : per_channel(mean, x));
    Tensor scale = training ? factor_of(centred, dims, eps) : per_channel(factor, x), normal = centred * scale;
    Tensor weighted = weight.defined() ? grad * per_channel(weight, x) : grad;
    return {training ? through_moments(weighted, normal, scale, dims) : weighted * scale, (grad * normal).sum(dims),
        grad.sum(dims)};
}

template <class N>
NormGradients batch_norm_values(T grad, T x, T weight, T mean, T factor, bool training, const ChannelSizes& s) {
    Tensor g = native::contiguous(grad), from = native::contiguous(x), scale = row_major(weight);
    NormGradients out{native::empty(x.shape(), x.dtype()), native::empty({s.channels}, x.dtype()),
        native::empty({s.channels}, x.dtype())};
    N *sum = out.bias.data_ptr<N>(), *product = out.weight.data_ptr<N>();
    const N *middle = mean.data_ptr<N>(), *inverse = factor.data_ptr<N>(), *w = data_or_null<N>(scale);
    channel_products(s, g.data_ptr<N>(), from.data_ptr<N>(), middle, sum, product);
    Tensor factors = native::empty({3, s.channels}, x.dtype());
    N *of_grad = factors.data_ptr<N>(), *of_x = of_grad + s.channels, *shift = of_x + s.channels;
    const N n = static_cast<N>(std::max<std::int64_t>(s.count(), 1));
    for (std::int64_t c = 0; c < s.channels; ++c) {
        of_grad[c] = w ? inverse[c] * w[c] : inverse[c];
        of_x[c] = training ? -(product[c] * inverse[c] * inverse[c] / n) * of_grad[c] : N(0);
        shift[c] = training ? -(sum[c] / n) * of_grad[c] : N(0);
        product[c] *= inverse[c];
    }
    if (!training)
        scale_channels(s, g.data_ptr<N>(), of_grad, shift, out.x.data_ptr<N>());
    else
        mix_channels(s, g.data_ptr<N>(), from.data_ptr<N>(), middle, of_grad, of_x, shift, out.x.data_ptr<N>());
    return out;
}

/// Moves the running mean or variance towards that of a batch.
template <class N> void keep_running(T running, const N* of_batch, double factor, double momentum) {
    if (!running.defined()) return;
    N* to = running.data_ptr<N>();
    for (std::int64_t c = 0; c < running.numel(); ++c, to += running.stride()[0])
        *to = static_cast<N>(momentum * (double(of_batch[c]) * factor) + (1 - momentum) * *to);
    running.impl().count_write();
}

void check_per_channel(const char* op, const char* name, T values, std::int64_t channels) {
    check(!values.defined() || (values.ndim() == 1 && values.numel() == channels),
        "{}: {} should contain {} elements not {}", op, name, channels, values.defined() ? values.numel() : 0);
}

}  // namespace

// Narrow elements, made wide; so are running moments, which are then written back.
static Tensor batch_norm_in_wide(
    T x, T running_mean, T running_var, T weight, T bias, bool training, double momentum, double eps) {
    const Tensor mean = widened(running_mean), var = widened(running_var);
    Tensor out = in_wide<Floats>(
        [&](T x, T weight, T bias) { return batch_norm(x, mean, var, weight, bias, training, momentum, eps); }, x,
        weight, bias);
    if (training && mean.defined() && is_narrow(running_mean.dtype())) {
        native::copy(running_mean, mean);
        native::copy(running_var, var);
    }
    return out;
}

Tensor batch_norm(T x, T running_mean, T running_var, T weight, T bias, bool training, double momentum, double eps) {
    if (is_narrow(x.dtype()))
        return batch_norm_in_wide(x, running_mean, running_var, weight, bias, training, momentum, eps);
    check(x.ndim() >= 2, "batch_norm: expected at least 2 dimensions (N, C, ...), but got input of size {}",
        x.shape().str());
    const ChannelSizes s = channels_of(x);
    check(!training || s.batch == 0 || s.count() > 1,
        "batch_norm: Expected more than 1 value per channel when training, got input size {}", x.shape());
    check(training || (running_mean.defined() && running_var.defined()),
        "batch_norm: {} must be defined in evaluation mode", running_mean.defined() ? "running_var" : "running_mean");
    check_per_channel("batch_norm", "running_mean", running_mean, s.channels);
    check_per_channel("batch_norm", "running_var", running_var, s.channels);
    check_per_channel("batch_norm", "weight", weight, s.channels);
    check_per_channel("batch_norm", "bias", bias, s.channels);
    for (const Tensor* y : {&weight, &bias, &running_mean, &running_var})
        check(!y->defined() || y->dtype() == x.dtype(),
            "batch_norm: mixed dtype (CPU): expect parameter to have scalar type of {}", scalar_name_of(x.dtype()));
    Tensor from = native::contiguous(x), out = native::empty(x.shape(), x.dtype());
    Tensor moments = native::empty({4, s.channels}, x.dtype());
    Tensor mean = native::view(moments, {s.channels}, {1}, 0),
           factor = native::view(moments, {s.channels}, {1}, s.channels);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        N *middle = mean.data_ptr<N>(), *inverse = factor.data_ptr<N>(), *scale = inverse + s.channels,
          *shift = scale + s.channels;
        if (training) {
            channel_moments(s, from.data_ptr<N>(), middle, inverse);
            keep_running(running_mean, middle, 1, momentum);
            keep_running(running_var, inverse, double(s.count()) / double(s.count() - 1), momentum);
        } else {
            native::copy(mean, running_mean.detach());
            native::copy(factor, running_var.detach());
        }
        Tensor weights = row_major(weight), biases = row_major(bias);
        const N *w = data_or_null<N>(weights), *b = data_or_null<N>(biases);
        for (std::int64_t c = 0; c < s.channels; ++c) {
            inverse[c] = static_cast<N>(1 / std::sqrt(double(inverse[c]) + eps));
            scale[c] = w ? inverse[c] * w[c] : inverse[c];
            shift[c] = (b ? b[c] : N(0)) - middle[c] * scale[c];
        }
        scale_channels(s, from.data_ptr<N>(), scale, shift, out.data_ptr<N>());
    });
    auto rule = [training, eps](T grad, T x, T weight, T mean, T factor) -> NormGradients {
        if (autograd::is_grad_enabled()) return batch_norm_in_ops(grad, x, weight, mean, factor, training, eps);
        NormGradients out;
        visit<Floats>(x.dtype(), [&](auto zero) {
            out = batch_norm_values<decltype(zero)>(grad, x, weight, mean, factor, training, channels_of(x));
        });
        return out;
    };
    return record_normalized("NativeBatchNormBackward0", out, rule, x, weight, bias, mean, factor);
}

Tensor instance_norm(
    T x, T running_mean, T running_var, T weight, T bias, bool use_input_stats, double momentum, double eps) {
    check(x.ndim() >= 2, "instance_norm: expected at least 2 dimensions (N, C, ...), but got input of size {}",
        x.shape().str());
    const ChannelSizes s = channels_of(x);
    check(!use_input_stats || (x.ndim() > 2 && s.pixels > 1),
        "instance_norm: Expected more than 1 spatial element when training, got input size {}", x.shape());
    check_per_channel("instance_norm", "running_mean", running_mean, s.channels);
    check_per_channel("instance_norm", "running_var", running_var, s.channels);
    auto repeated = [&](T of) {
        return of.defined() ? of.unsqueeze(0).expand({s.batch, s.channels}).reshape(Shape{-1}) : of;
    };
    Shape samples_apart = x.shape();
    samples_apart[0] = 1;
    samples_apart[1] = s.batch * s.channels;
    Tensor mean, var;
    {
        NoGradGuard no_grad;
        mean = running_mean.defined() ? repeated(running_mean).clone() : Tensor();
        var = running_var.defined() ? repeated(running_var).clone() : Tensor();
    }
    Tensor out = batch_norm(
        x.reshape(samples_apart), mean, var, repeated(weight), repeated(bias), use_input_stats, momentum, eps);
    if (use_input_stats && s.batch > 0) {
        NoGradGuard no_grad;
        if (mean.defined()) native::copy(running_mean, mean.view({s.batch, s.channels}).mean(0));
        if (var.defined()) native::copy(running_var, var.view({s.batch, s.channels}).mean(0));
    }
    return out.view(x.shape());
}

}  // namespace taper::ops
