#include "functional.h"

#include "../autograd/inplace.h"

namespace taper::nn::functional {

using T = const Tensor&;

namespace {

// f(x), or f of what x was, written over x.
template <class F> Tensor maybe_in_place(const char* op, T x, bool inplace, F f) {
    return inplace ? autograd::overwrite(op, x, f(x.clone())) : f(x);
}

Tensor reduced(T losses, const std::string& reduction) {
    if (reduction == "mean") return losses.mean();
    if (reduction == "sum") return losses.sum();
    check(reduction == "none", "loss: {} is not a valid value for reduction", reduction);
    return losses;
}

std::int64_t softmax_dim(T x, const SoftmaxOptions& options) {
    return options.dim.value_or(x.ndim() == 0 || x.ndim() == 1 || x.ndim() == 3 ? 0 : 1);
}
Tensor cast(T x, std::optional<DType> dtype) { return dtype ? x.to(*dtype) : x; }

}  // namespace

// ---- activations

Tensor relu(T x, const InplaceOptions& options) { return options.inplace ? x.relu_() : taper::relu(x); }
Tensor relu6(T x, const InplaceOptions& options) {
    return hardtanh(x, {.min_val = 0, .max_val = 6, .inplace = options.inplace});
}
Tensor leaky_relu(T x, const LeakyReLUOptions& options) {
    return maybe_in_place(
        "leaky_relu_", x, options.inplace, [&](T x) { return taper::leaky_relu(x, options.negative_slope); });
}
Tensor rrelu(T x, const RReLUOptions& options) {
    return maybe_in_place("rrelu_", x, options.inplace,
        [&](T x) { return taper::rrelu(x, options.lower, options.upper, options.training); });
}
Tensor elu(T x, const ELUOptions& options) {
    return maybe_in_place("elu_", x, options.inplace, [&](T x) { return taper::elu(x, options.alpha); });
}
Tensor celu(T x, const ELUOptions& options) {
    return maybe_in_place("celu_", x, options.inplace, [&](T x) { return taper::celu(x, options.alpha); });
}
Tensor selu(T x, const InplaceOptions& options) { return maybe_in_place("selu_", x, options.inplace, taper::selu); }
Tensor gelu(T x, const GELUOptions& options) { return taper::gelu(x, options.approximate); }
Tensor silu(T x, const InplaceOptions& options) { return maybe_in_place("silu_", x, options.inplace, taper::silu); }
Tensor mish(T x, const InplaceOptions& options) { return maybe_in_place("mish_", x, options.inplace, taper::mish); }
Tensor softplus(T x, const SoftplusOptions& options) { return taper::softplus(x, options.beta, options.threshold); }
Tensor softsign(T x) { return x / (1 + x.abs()); }
Tensor tanhshrink(T x) { return x - x.tanh(); }
Tensor softshrink(T x, const ShrinkOptions& options) { return taper::softshrink(x, options.lambd); }
Tensor hardshrink(T x, const ShrinkOptions& options) { return taper::hardshrink(x, options.lambd); }
Tensor hardtanh(T x, const HardtanhOptions& options) {
    return maybe_in_place(
        "hardtanh_", x, options.inplace, [&](T x) { return taper::hardtanh(x, options.min_val, options.max_val); });
}
Tensor hardsigmoid(T x, const InplaceOptions& options) {
    return maybe_in_place("hardsigmoid_", x, options.inplace, taper::hardsigmoid);
}
Tensor hardswish(T x, const InplaceOptions& options) {
    return maybe_in_place("hardswish_", x, options.inplace, taper::hardswish);
}
Tensor threshold(T x, double threshold, double value, const InplaceOptions& options) {
    return maybe_in_place("threshold_", x, options.inplace, [&](T x) { return taper::threshold(x, threshold, value); });
}
Tensor softmax(T x, const SoftmaxOptions& options) {
    return taper::softmax(cast(x, options.dtype), softmax_dim(x, options));
}
Tensor log_softmax(T x, const SoftmaxOptions& options) {
    return taper::log_softmax(cast(x, options.dtype), softmax_dim(x, options));
}
Tensor softmin(T x, const SoftmaxOptions& options) { return softmax(-x, options); }
Tensor glu(T x, const GLUOptions& options) {
    std::int64_t size = x.size(options.dim);
    check(size % 2 == 0, "glu: Halving dimension must be even, but dimension {} is size {}", options.dim, size);
    return autograd::named(
        "GluBackward0", x.narrow(options.dim, 0, size / 2) * x.narrow(options.dim, size / 2, size / 2).sigmoid());
}

// ---- dropout

Tensor dropout(T x, const DropoutOptions& options) {
    return maybe_in_place(
        "dropout_", x, options.inplace, [&](T x) { return taper::dropout(x, options.p, options.training); });
}
Tensor dropout2d(T x, const DropoutOptions& options) {
    check(0 <= options.p && options.p <= 1, "dropout2d: dropout probability has to be between 0 and 1, but got {}",
        options.p);
    check(x.ndim() >= 2, "dropout2d: Feature dropout requires at least 2 dimensions in the input");
    if (!options.training || options.p == 0) return x;
    Shape channels = Shape::filled(x.ndim(), 1);
    channels[0] = x.size(0), channels[1] = x.size(1);
    Tensor kept = taper::dropout(ones(channels, {.dtype = x.dtype()}), options.p, true);
    return options.inplace ? x.mul_(kept) : x * kept;
}

Tensor dropout1d(T x, const DropoutOptions& options) {
    check(x.ndim() == 2 || x.ndim() == 3,
        "dropout1d: Expected 2D or 3D input, but received a {}D input. Note that dropout1d exists to provide "
        "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension "
        "(i.e. 2D or 3D inputs).",
        x.ndim());
    return x.ndim() == 3 ? dropout2d(x, options) : dropout2d(x.unsqueeze(0), options).squeeze(0);
}
Tensor alpha_dropout(T x, const DropoutOptions& options) {
    const double p = options.p;
    check(0 <= p && p <= 1, "alpha_dropout: dropout probability has to be between 0 and 1, but got {}", p);
    if (!options.training || p == 0) return x;
    if (p == 1) return options.inplace ? x.mul_(0) : x * 0;
    constexpr double alpha = 1.7580993408473766;
    const double a = 1 / std::sqrt((alpha * alpha * p + 1) * (1 - p));
    Tensor kept = empty(x.shape(), {.dtype = x.dtype(), .device = x.device()}).bernoulli_(1 - p);
    Tensor shift = (kept - 1) * (alpha * a) + alpha * a * p, scale = kept * a;
    return options.inplace ? x.mul_(scale).add_(shift) : x * scale + shift;
}

// ---- distances

Tensor normalize(T x, const NormalizeOptions& options) {
    return x / x.norm(options.p, options.dim, true).clamp_min(options.eps);
}
Tensor cosine_similarity(T x1, T x2, const CosineSimilarityOptions& options) {
    const TensorList both = broadcast_tensors({x1, x2});
    auto unit = [&](T x) {
        Tensor square = (x * x).sum(options.dim, true);
        {
            NoGradGuard no_grad;  // the limit on the length does not stop its gradient
            square.clamp_min_(options.eps * options.eps);
        }
        return x / square.sqrt();
    };
    return (unit(both[0]) * unit(both[1])).sum(options.dim);
}
Tensor pairwise_distance(T x1, T x2, const PairwiseDistanceOptions& options) {
    return (x1 - x2 + options.eps).norm(options.p, -1, options.keepdim);
}

// ---- losses

Tensor l1_loss(T x, T target, const LossOptions& options) { return reduced((x - target).abs(), options.reduction); }
Tensor mse_loss(T x, T target, const LossOptions& options) { return taper::mse_loss(x, target, options.reduction); }
Tensor smooth_l1_loss(T x, T target, const SmoothL1LossOptions& options) {
    return taper::smooth_l1_loss(x, target, options.reduction, options.beta);
}
Tensor huber_loss(T x, T target, const HuberLossOptions& options) {
    return taper::huber_loss(x, target, options.reduction, options.delta);
}
Tensor binary_cross_entropy(T x, T target, const BCELossOptions& options) {
    return taper::binary_cross_entropy(x, target, options.weight, options.reduction);
}
Tensor binary_cross_entropy_with_logits(T x, T target, const BCEWithLogitsLossOptions& options) {
    return taper::binary_cross_entropy_with_logits(x, target, options.weight, options.pos_weight, options.reduction);
}
Tensor nll_loss(T x, T target, const NLLLossOptions& options) {
    return taper::nll_loss(x, target, options.weight, options.ignore_index, options.reduction);
}
Tensor cross_entropy(T x, T target, const CrossEntropyLossOptions& options) {
    return taper::cross_entropy(
        x, target, options.weight, options.ignore_index, options.reduction, options.label_smoothing);
}
Tensor kl_div(T x, T target, const KLDivLossOptions& options) {
    return taper::kl_div(x, target, options.reduction, options.log_target);
}
Tensor hinge_embedding_loss(T x, T target, const HingeEmbeddingLossOptions& options) {
    Tensor losses = where(target != 1, (options.margin - x).clamp_min(0), 0) + where(target != -1, x, 0);
    return reduced(losses, options.reduction);
}
Tensor cosine_embedding_loss(T x1, T x2, T target, const CosineEmbeddingLossOptions& options) {
    check(target.ndim() <= 1, "cosine_embedding_loss: 0D or 1D target tensor expected, multi-target not supported");
    std::int64_t dims = target.ndim() + 1, dim = target.ndim();
    check(x1.ndim() == dims && x2.ndim() == dims,
        "cosine_embedding_loss: {}D target tensor expects {}D input tensors, but found inputs with sizes {} and {}.",
        dims - 1, dims, x1.shape().str(), x2.shape().str());
    constexpr double epsilon = 1e-12;
    Tensor squares = ((x1 * x1).sum(dim) + epsilon) * ((x2 * x2).sum(dim) + epsilon);
    Tensor cosine = (x1 * x2).sum(dim) / squares.sqrt();
    Tensor losses = where(target == 1, 1 - cosine, 0) + where(target == -1, (cosine - options.margin).clamp_min(0), 0);
    return reduced(losses, options.reduction);
}
Tensor triplet_margin_loss(T anchor, T positive, T negative, const TripletMarginLossOptions& options) {
    auto distance = [&](T a, T b) { return pairwise_distance(a, b, {.p = options.p, .eps = options.eps}); };
    Tensor near = distance(anchor, positive), far = distance(anchor, negative);
    if (options.swap) far = far.minimum(distance(positive, negative));
    return reduced((options.margin + near - far).clamp_min(0), options.reduction);
}

// ---- layers

static ConvOptions op_options(const ConvFunctionOptions& o) {
    return {.stride = o.stride, .padding = o.padding, .dilation = o.dilation, .groups = o.groups};
}
static ConvTransposeOptions op_options(const ConvTransposeFunctionOptions& o) {
    return {.stride = o.stride,
        .padding = o.padding,
        .output_padding = o.output_padding,
        .groups = o.groups,
        .dilation = o.dilation};
}
Tensor conv1d(T x, T weight, const ConvFunctionOptions& options) {
    return taper::conv1d(x, weight, options.bias, op_options(options));
}
Tensor conv2d(T x, T weight, const ConvFunctionOptions& options) {
    return taper::conv2d(x, weight, options.bias, op_options(options));
}
Tensor conv_transpose1d(T x, T weight, const ConvTransposeFunctionOptions& options) {
    return taper::conv_transpose1d(x, weight, options.bias, op_options(options));
}
Tensor conv_transpose2d(T x, T weight, const ConvTransposeFunctionOptions& options) {
    return taper::conv_transpose2d(x, weight, options.bias, op_options(options));
}
Tensor batch_norm(T x, T running_mean, T running_var, const BatchNormFunctionOptions& o) {
    return taper::batch_norm(x, running_mean, running_var, o.weight, o.bias, o.training, o.momentum, o.eps);
}
Tensor instance_norm(T x, const InstanceNormFunctionOptions& o) {
    return taper::instance_norm(
        x, o.running_mean, o.running_var, o.weight, o.bias, o.use_input_stats, o.momentum, o.eps);
}
Tensor layer_norm(T x, const Shape& normalized_shape, const LayerNormFunctionOptions& o) {
    return taper::layer_norm(x, normalized_shape, o.weight, o.bias, o.eps);
}
Tensor group_norm(T x, std::int64_t num_groups, const LayerNormFunctionOptions& o) {
    return taper::group_norm(x, num_groups, o.weight, o.bias, o.eps);
}

// Shortens the rows that are used and longer than max_norm, where they are: torch.embedding_renorm_
static void shorten_rows(T index, T weight, double max_norm, double norm_type) {
    NoGradGuard no_grad;
    Tensor used = unique(index), rows = weight.index_select(0, used), lengths = rows.norm(norm_type, 1, true);
    weight.index_copy_(0, used, rows * where(lengths > max_norm, max_norm / (lengths + 1e-7), 1.));
}
void check_dense(bool sparse) {
    check(!sparse,
        "embedding: sparse=True is not supported: there are no sparse tensors here; leave it out, and the gradient is "
        "the same, held in full");
}
// Rows as they are, whose gradients are divided by how often their number stands in the index.
static Tensor shared_by_frequency(T rows, T index, std::int64_t count) {
    const Tensor place = index.detach().to(int64),
                 times = place.reshape(-1).bincount(count).index_select(0, place.reshape(-1)),
                 share = (1 / times.to(rows.dtype())).reshape(index.shape()).unsqueeze(-1);
    return autograd::record("EmbeddingBackward0", rows.detach(),
        autograd::wrt(rows, autograd::save(share), [](T grad, T share) { return grad * share; }));
}
Tensor embedding(T index, T weight, const EmbeddingOptions& options) {
    check_dense(options.sparse);
    std::int64_t row = options.padding_idx.value_or(-1);
    if (options.padding_idx) {
        const std::int64_t rows = weight.size(0);
        check(-rows <= row && row < rows, "embedding: Padding_idx must be within num_embeddings, but got {} of {}", row,
            rows);
        if (row < 0) row += rows;
    }
    if (options.max_norm && index.numel() > 0) shorten_rows(index, weight, *options.max_norm, options.norm_type);
    Tensor rows = taper::embedding(index, weight, row);
    return options.scale_grad_by_freq ? shared_by_frequency(rows, index, weight.size(0)) : rows;
}

}  // namespace taper::nn::functional
