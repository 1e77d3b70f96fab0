#include "positional.h"

#include "../autograd/inplace.h"
#include "../autograd/ops/narrow.h"
#include "../tensor/warning.h"

namespace taper::nn::positional {

using T = const Tensor&;

namespace {

// f(x), or f of what x was, written over x.
template <class F> Tensor maybe_in_place(const char* op, T x, bool inplace, F f) {
    return inplace ? autograd::overwrite(op, x, f(x.clone())) : f(x);
}

std::int64_t softmax_dim(const char* op, T x, std::optional<std::int64_t> dim) {
    if (!dim)
        warn("Implicit dimension choice for {} has been deprecated. Change the call to include dim=X as an argument.",
            op);
    return dim.value_or(x.ndim() == 0 || x.ndim() == 1 || x.ndim() == 3 ? 0 : 1);
}
Tensor cast(T x, std::optional<DType> dtype) { return dtype ? x.to(*dtype) : x; }

}  // namespace

// ---- activations

Tensor relu(T x, bool inplace) { return inplace ? x.relu_() : ops::relu(x); }
Tensor relu6(T x, bool inplace) { return positional::hardtanh(x, 0, 6, inplace); }
Tensor leaky_relu(T x, double negative_slope, bool inplace) {
    return maybe_in_place("leaky_relu_", x, inplace, [&](T x) { return ops::leaky_relu(x, negative_slope); });
}
Tensor rrelu(T x, double lower, double upper, bool training, bool inplace) {
    return maybe_in_place("rrelu_", x, inplace, [&](T x) { return ops::rrelu(x, lower, upper, training); });
}
Tensor elu(T x, double alpha, bool inplace) {
    return maybe_in_place("elu_", x, inplace, [&](T x) { return ops::elu(x, alpha); });
}
Tensor celu(T x, double alpha, bool inplace) {
    return maybe_in_place("celu_", x, inplace, [&](T x) { return ops::celu(x, alpha); });
}
Tensor selu(T x, bool inplace) {
    return maybe_in_place("selu_", x, inplace, [](T x) { return ops::selu(x); });
}
Tensor silu(T x, bool inplace) {
    return maybe_in_place("silu_", x, inplace, [](T x) { return ops::silu(x); });
}
Tensor mish(T x, bool inplace) {
    return maybe_in_place("mish_", x, inplace, [](T x) { return ops::mish(x); });
}
Tensor softsign(T x) { return x / (1 + x.abs()); }
Tensor tanhshrink(T x) { return x - x.tanh(); }
Tensor hardtanh(T x, double min_val, double max_val, bool inplace) {
    return maybe_in_place("hardtanh_", x, inplace, [&](T x) { return ops::hardtanh(x, min_val, max_val); });
}
Tensor hardsigmoid(T x, bool inplace) {
    return maybe_in_place("hardsigmoid_", x, inplace, [](T x) { return ops::hardsigmoid(x); });
}
Tensor hardswish(T x, bool inplace) {
    return maybe_in_place("hardswish_", x, inplace, [](T x) { return ops::hardswish(x); });
}
Tensor threshold(T x, double threshold, double value, bool inplace) {
    return maybe_in_place("threshold_", x, inplace, [&](T x) { return ops::threshold(x, threshold, value); });
}
Tensor softmax(T x, std::optional<std::int64_t> dim, std::optional<DType> dtype) {
    return ops::softmax(cast(x, dtype), softmax_dim("softmax", x, dim));
}
Tensor log_softmax(T x, std::optional<std::int64_t> dim, std::optional<DType> dtype) {
    return ops::log_softmax(cast(x, dtype), softmax_dim("log_softmax", x, dim));
}
Tensor softmin(T x, std::optional<std::int64_t> dim, std::optional<DType> dtype) {
    return ops::softmax(cast(-x, dtype), softmax_dim("softmin", x, dim));
}
Tensor glu(T x, std::int64_t dim) {
    std::int64_t size = x.size(dim);
    check(size % 2 == 0, "glu: Halving dimension must be even, but dimension {} is size {}", dim, size);
    return autograd::named("GluBackward0", x.narrow(dim, 0, size / 2) * x.narrow(dim, size / 2, size / 2).sigmoid());
}

Tensor gumbel_softmax(T logits, double tau, bool hard, double eps, std::int64_t dim) {
    if (eps != 1e-10) warn("`eps` parameter is deprecated and has no effect.");
    Tensor noise = -empty(logits.shape(), {.dtype = logits.dtype(), .device = logits.device()}).exponential_().log();
    Tensor soft = ((logits + noise) / tau).softmax(dim);
    if (!hard) return soft;
    Tensor chosen = zeros(logits.shape(), {.dtype = logits.dtype(), .device = logits.device()})
                        .scatter_(dim, soft.detach().argmax(dim, true), 1.);
    return chosen - soft.detach() + soft;  // as chosen, with the gradient of what it was chosen by
}

// ---- dropout

Tensor dropout(T x, double p, bool training, bool inplace) {
    return maybe_in_place("dropout_", x, inplace, [&](T x) { return ops::dropout(x, p, training); });
}
// One number for each channel of (N, C, ...).
static Shape channels_of(const char* op, T x) {
    check(x.ndim() >= 2, "{}: Feature dropout requires at least 2 dimensions in the input", op);
    Shape channels = Shape::filled(x.ndim(), 1);
    channels[0] = x.size(0), channels[1] = x.size(1);
    return channels;
}
static Tensor feature_dropout(const char* op, T x, double p, bool training, bool inplace) {
    if (!training || p == 0 || x.numel() == 0) return x;
    if (p == 1) return inplace ? x.mul_(0) : x * 0;
    const Shape channels = channels_of(op, x);
    Tensor kept = ops::dropout(ones(channels, {.dtype = x.dtype()}), p, true);
    return inplace ? x.mul_(kept) : x * kept;
}
Tensor dropout2d(T x, double p, bool training, bool inplace) {
    check(0 <= p && p <= 1, "dropout2d: dropout probability has to be between 0 and 1, but got {}", p);
    if (x.ndim() == 3)
        warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a "
            "future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain "
            "the 1D channel-wise dropout behavior, please switch to using dropout1d instead.");
    else if (x.ndim() != 4)
        warn(
            "dropout2d: Received a {}-D input to dropout2d, which is deprecated and will result in an error in a "
            "future release. To retain the behavior and silence this warning, please use dropout instead. Note that "
            "dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel "
            "dimension, and an optional batch dimension (i.e. 3D or 4D inputs).",
            x.ndim());
    return feature_dropout("dropout2d", x, p, training, inplace);
}
Tensor dropout1d(T x, double p, bool training, bool inplace) {
    check(x.ndim() == 2 || x.ndim() == 3,
        "dropout1d: Expected 2D or 3D input, but received a {}D input. Note that dropout1d exists to provide "
        "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension "
        "(i.e. 2D or 3D inputs).",
        x.ndim());
    check(0 <= p && p <= 1, "dropout1d: dropout probability has to be between 0 and 1, but got {}", p);
    if (x.ndim() == 3) return feature_dropout("dropout1d", x, p, training, inplace);
    return feature_dropout("dropout1d", x.unsqueeze(0), p, training, inplace).squeeze(0);
}
Tensor dropout3d(T x, double p, bool training, bool inplace) {
    check(0 <= p && p <= 1, "dropout3d: dropout probability has to be between 0 and 1, but got {}", p);
    if (x.ndim() != 4 && x.ndim() != 5)
        warn(
            "dropout3d: Received a {}-D input to dropout3d, which is deprecated and will result in an error in a "
            "future release. To retain the behavior and silence this warning, please use dropout instead. Note that "
            "dropout3d exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a channel "
            "dimension, and an optional batch dimension (i.e. 4D or 5D inputs).",
            x.ndim());
    if (x.ndim() == 5) return feature_dropout("dropout3d", x, p, training, inplace);
    return feature_dropout("dropout3d", x.unsqueeze(0), p, training, inplace).squeeze(0);
}
// Of numbers drawn in this shape, which broadcast to x.
static Tensor alpha_dropped(T x, const Shape& drawn, double p, bool inplace) {
    if (p == 1) return inplace ? x.mul_(0) : x * 0;
    constexpr double alpha = 1.7580993408473766;
    const double a = 1 / std::sqrt((alpha * alpha * p + 1) * (1 - p));
    Tensor kept = empty(drawn, {.dtype = x.dtype(), .device = x.device()}).bernoulli_(1 - p);
    Tensor shift = (kept - 1) * (alpha * a) + alpha * a * p, scale = kept * a;
    return inplace ? x.mul_(scale).add_(shift) : x * scale + shift;
}
Tensor alpha_dropout(T x, double p, bool training, bool inplace) {
    check(0 <= p && p <= 1, "alpha_dropout: dropout probability has to be between 0 and 1, but got {}", p);
    return !training || p == 0 || x.numel() == 0 ? x : alpha_dropped(x, x.shape(), p, inplace);
}
Tensor feature_alpha_dropout(T x, double p, bool training, bool inplace) {
    check(0 <= p && p <= 1, "feature_alpha_dropout: dropout probability has to be between 0 and 1, but got {}", p);
    if (!training || p == 0 || x.numel() == 0) return x;
    return alpha_dropped(x, p == 1 ? x.shape() : channels_of("feature_alpha_dropout", x), p, inplace);
}

// ---- normalisation

Tensor local_response_norm(T x, std::int64_t size, double alpha, double beta, double k) {
    check(
        x.ndim() >= 3, "local_response_norm: Expected 3D or higher dimensionality input (got {} dimensions)", x.ndim());
    if (x.numel() == 0) return x;
    const Tensor squares = x.mul(x).unsqueeze(1);
    const std::int64_t before = size / 2, behind = (size - 1) / 2;
    Tensor means;
    if (x.ndim() == 3) {
        means = ops::avg_pool2d(ops::pad(squares, {0, 0, before, behind}), {size, 1}, {.stride = 1});
    } else {
        const Tensor lines = squares.reshape({x.size(0), 1, x.size(1), x.size(2), -1});
        means = ops::avg_pool3d(ops::pad(lines, {0, 0, 0, 0, before, behind}), {size, 1, 1}, {.stride = 1});
    }
    return x / means.squeeze(1).view(x.shape()).mul(alpha).add(k).pow(beta);
}

// ---- distances

Tensor normalize(T x, double p, const Dims& dim, double eps) { return x / x.norm(p, dim, true).clamp_min(eps); }
Tensor cosine_similarity(T x1, T x2, std::int64_t dim, double eps) {
    const TensorList both = ops::broadcast_tensors({x1, x2});
    auto unit = [&](T x) {
        Tensor square = (x * x).sum(dim, true);
        {
            NoGradGuard no_grad;  // the limit on the length does not stop its gradient
            square.clamp_min_(eps * eps);
        }
        return x / square.sqrt();
    };
    return (unit(both[0]) * unit(both[1])).sum(dim);
}
Tensor pairwise_distance(T x1, T x2, double p, double eps, bool keepdim) {
    return (x1 - x2 + eps).norm(p, -1, keepdim);
}
Tensor pdist(T x, double p) {
    check(x.ndim() == 2, "pdist: pdist only supports 2D tensors, got: {}D", x.ndim());
    check(x.is_floating_point(), "pdist: pdist only supports floating-point dtypes");
    check(p >= 0, "pdist: pdist only supports non-negative p values");
    refuse("pdist", "pdist", x.dtype(), {DType::Float16, DType::BFloat16});
    const TensorList pairs = ops::triu_indices(x.size(0), x.size(0), 1).unbind();
    return autograd::named(
        "PdistForwardBackward0", (x.index_select(0, pairs[0]) - x.index_select(0, pairs[1])).norm(p, 1));
}
Tensor bilinear(T x1, T x2, T weight, T bias) {
    check(x1.ndim() == x2.ndim(), "bilinear: bilinear(): input dimensions do not match: got {} and {}", x1.ndim(),
        x2.ndim());
    for (std::int64_t dim = 0; dim + 1 < x1.ndim(); ++dim)
        check(x1.size(dim) == x2.size(dim),
            "bilinear: bilinear(): input batch dimensions do not match at dim {}: got {} and {}", dim, x1.size(dim),
            x2.size(dim));
    check(x1.size(-1) == weight.size(1),
        "bilinear: bilinear(): input1 size does not match weight size: got {} but expected {}", x1.size(-1),
        weight.size(1));
    check(x2.size(-1) == weight.size(2),
        "bilinear: bilinear(): input2 size does not match weight size: got {} but expected {}", x2.size(-1),
        weight.size(2));
    check(!bias.defined() || bias.size(0) == weight.size(0),
        "bilinear: bilinear(): bias size does not match weight size: got {} but expected {}",
        bias.defined() ? bias.size(0) : 0, weight.size(0));
    refuse("bilinear", "bmm", x1.dtype(), {DType::Float16});
    if (is_narrow(x1.dtype())) {
        auto product = [](T x1, T x2, T weight) { return positional::bilinear(x1, x2, weight, {}); };
        Tensor out = ops::in_wide(product, x1, x2, weight);
        return bias.defined() ? out + bias : out;
    }
    const std::int64_t outs = weight.size(0), in1 = weight.size(1), in2 = weight.size(2);
    // of each x1, x1^T weight_o for all o
    Tensor rows = ops::matmul(x1, weight.permute({1, 0, 2}).reshape({in1, outs * in2}));
    Tensor out = (ops::unflatten(rows, -1, {outs, in2}) * x2.unsqueeze(-2)).sum(-1);
    return bias.defined() ? out + bias : out;
}

// ---- embedding

void shorten_rows(T index, T weight, double max_norm, double norm_type) {
    NoGradGuard no_grad;
    Tensor used = ops::unique(index)[0].to(int64), rows = weight.index_select(0, used),
           lengths = rows.norm(norm_type, 1, true);
    weight.index_copy_(0, used, rows * ops::where(lengths > max_norm, max_norm / (lengths + 1e-7), 1.));
}
void check_dense(bool sparse) {
    check(!sparse,
        "embedding: sparse=True is not supported: there are no sparse tensors here; leave it out, and the gradient is "
        "the same, held in full");
}
Tensor embedding(T index, T weight, std::optional<std::int64_t> padding_idx, std::optional<double> max_norm,
    double norm_type, bool scale_grad_by_freq, bool sparse) {
    std::int64_t row = padding_idx.value_or(-1);
    if (padding_idx) {
        const std::int64_t rows = weight.size(0);
        check(-rows <= row && row < rows, "embedding: Padding_idx must be within num_embeddings, but got {} of {}", row,
            rows);
        if (row < 0) row += rows;
    }
    if (max_norm && index.numel() > 0) shorten_rows(index, weight, *max_norm, norm_type);
    return ops::embedding(index, weight, row, scale_grad_by_freq, sparse);
}

Tensor into(T out, T result) {
    if (!out.defined()) return result;
    check(!out.requires_grad() && !result.requires_grad(),
        "out=: functions with out=... arguments don't support automatic differentiation, but one of the arguments "
        "requires grad.");
    if (out.shape() == result.shape())
        out.copy_(result);
    else
        out.set_data(result.to(out.dtype()));
    return out;
}

void check_no_indices(const std::string& op, bool return_indices, Text instead) {
    check(!return_indices,
        "{}: return_indices=True is not supported, for this call gives one Tensor; leave it out, and call {}(x)", op,
        instead);
}

}  // namespace taper::nn::positional
