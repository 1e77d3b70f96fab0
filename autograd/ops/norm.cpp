// Normalisation by mean and variance. The gradients of x, weight and bias share their sums, so they are worked out
// together; where they are themselves recorded, they are composed of ops.
#include <cmath>

#include "../../tensor/kernels/norm.h"
#include "../../tensor/loops.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using T = const Tensor&;

namespace {

struct Gradients {
    Tensor x, weight, bias;
    Tensor& operator[](int i) { return i == 0 ? x : i == 1 ? weight : bias; }
};

template <class N> const N* data_or_null(T x) { return x.defined() ? x.data_ptr<N>() : nullptr; }
Tensor row_major(T x) { return x.defined() ? native::contiguous(x) : x; }

/// The node of an op of x, weight and bias. Rule(grad, x, weight, mean, factor) gives all gradients at once, whichever
/// is asked for first; the others wait until they are, too.
template <class Rule> struct Normalized final : autograd::Node {
    Normalized(const char* name, Rule rule, T x, T weight, T bias, T mean, T factor)
        : Node(name, edge_, 3),
          rule_(rule),
          saved_{autograd::Saved(x), autograd::Saved(weight), autograd::Saved(mean), autograd::Saved(factor)} {
        const Tensor* inputs[] = {&x, &weight, &bias};
        for (int i = 0; i < 3; ++i)
            if (autograd::needs_gradient(*inputs[i])) edge_[i] = autograd::edge_to(*inputs[i]);
    }
    Tensor gradient(int i, const Tensor& grad) override {
        if (!(grad.ref() == asked_.ref()) || asked_version_ != grad.version()) {
            auto value = [this](int k) { return saved_[k].unpack(*this); };
            ready_ = rule_(grad, value(0), value(1), value(2), value(3));
            asked_ = grad, asked_version_ = grad.version();
        }
        Tensor out = std::move(ready_[i]);
        bool last = true;
        for (int k = i + 1; k < 3; ++k) last = last && !edge_[k];
        if (last) asked_ = {}, ready_ = {};
        return out;
    }
    std::span<autograd::Saved> saved() override { return saved_; }
    void release() override {
        asked_ = {}, ready_ = {};
        Node::release();
    }

 private:
    autograd::Edge edge_[3];
    Rule rule_;
    autograd::Saved saved_[4];
    Gradients ready_;
    Tensor asked_;
    std::uint32_t asked_version_ = 0;
};

template <class Rule>
Tensor record_normalized(const char* name, Tensor out, Rule rule, T x, T weight, T bias, T mean, T factor) {
    using autograd::needs_gradient;
    if (autograd::is_grad_enabled() && (needs_gradient(x) || needs_gradient(weight) || needs_gradient(bias)) &&
        (autograd::is_normal(x) || autograd::is_normal(weight) || autograd::is_normal(bias)))
        autograd::set_history(
            out, Ref<autograd::Node>(new Normalized<Rule>(name, rule, x, weight, bias, mean, factor)));
    return out;
}

// ---- by channel

ChannelSizes channels_of(T x) {
    const std::int64_t channels = x.shape()[1];
    return {x.shape()[0], channels, x.numel() / std::max<std::int64_t>(1, x.shape()[0] * channels)};
}

/// A number for each channel, shaped to broadcast to x.
Tensor per_channel(T values, T x) {
    Shape shape = Shape::filled(x.ndim(), 1);
    shape[1] = x.shape()[1];
    return values.reshape(shape);
}

/// The gradient of (x - mean) * factor over `dims`, by which x was normalised, in ops.
Tensor through_moments(T grad, T normal, T factor, const Shape& dims) {
    return factor * (grad - grad.mean(dims, true) - normal * (grad * normal).mean(dims, true));
}
Tensor factor_of(T centred, const Shape& dims, double eps) { return (centred.square().mean(dims, true) + eps).rsqrt(); }

/// The gradients of batch norm, in ops.
Gradients batch_norm_in_ops(T grad, T x, T weight, T mean, T factor, bool training, double eps) {
    Shape dims{0};
    for (int d = 2; d < x.ndim(); ++d) dims.push_back(d);
    Tensor centred = x - (training ? x.mean(dims, true) : per_channel(mean, x));
    Tensor scale = training ? factor_of(centred, dims, eps) : per_channel(factor, x), normal = centred * scale;
    Tensor weighted = weight.defined() ? grad * per_channel(weight, x) : grad;
    return {training ? through_moments(weighted, normal, scale, dims) : weighted * scale, (grad * normal).sum(dims),
        grad.sum(dims)};
}

template <class N>
Gradients batch_norm_values(T grad, T x, T weight, T mean, T factor, bool training, const ChannelSizes& s) {
    Tensor g = native::contiguous(grad), from = native::contiguous(x), scale = row_major(weight);
    Gradients out{native::empty(x.shape(), x.dtype()), native::empty({s.channels}, x.dtype()),
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

Tensor batch_norm(T x, T running_mean, T running_var, T weight, T bias, bool training, double momentum, double eps) {
    if (is_narrow(x.dtype())) {
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
    auto rule = [training, eps](T grad, T x, T weight, T mean, T factor) -> Gradients {
        if (autograd::is_grad_enabled()) return batch_norm_in_ops(grad, x, weight, mean, factor, training, eps);
        Gradients out;
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

// ---- by row

namespace {

std::int64_t row_length(T x, int dims) {
    std::int64_t n = 1;
    for (int d = x.ndim() - dims; d < x.ndim(); ++d) n *= x.shape()[d];
    return n;
}

Gradients layer_norm_in_ops(T grad, T x, T weight, int dims, double eps) {
    Shape last, first;
    for (int d = 0; d < x.ndim(); ++d) (d < x.ndim() - dims ? first : last).push_back(d);
    Tensor centred = x - x.mean(last, true), factor = factor_of(centred, last, eps), normal = centred * factor;
    auto over_rows = [&](T of) { return first.empty() ? of : of.sum(first); };
    return {through_moments(weight.defined() ? grad * weight : grad, normal, factor, last), over_rows(grad * normal),
        over_rows(grad)};
}

template <class N> Gradients layer_norm_values(T grad, T x, T weight, T mean, T factor, int dims) {
    Tensor g = native::contiguous(grad), from = native::contiguous(x), scale = row_major(weight);
    Shape shape;
    for (int d = x.ndim() - dims; d < x.ndim(); ++d) shape.push_back(x.shape()[d]);
    Gradients out{
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
        normalized_shape.str(), fmt::join(normalized_shape.begin(), normalized_shape.end(), ", "), x.shape().str());
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
    auto rule = [dims, eps](T grad, T x, T weight, T mean, T factor) -> Gradients {
        if (autograd::is_grad_enabled()) return layer_norm_in_ops(grad, x, weight, dims, eps);
        Gradients out;
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
    auto rule = [grouped, eps](T grad, T x, T weight, T, T) -> Gradients {
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
