#include "attention.h"

#include <cmath>
#include <limits>

#include "init.h"
#include "text.h"

namespace taper::nn {

using T = const Tensor&;

NonDynamicallyQuantizableLinear::NonDynamicallyQuantizableLinear(
    std::int64_t in_features, std::int64_t out_features, bool with_bias)
    : weight(register_parameter("weight", empty({out_features, in_features}))),
      bias(register_parameter("bias", with_bias ? empty({out_features}) : Tensor())) {}
std::string NonDynamicallyQuantizableLinear::extra_repr() const {
    return fmt::format(
        "in_features={}, out_features={}, bias={}", weight.size(1), weight.size(0), text(bias.defined()));
}

MultiheadAttention::MultiheadAttention(
    std::int64_t embed_dim, std::int64_t num_heads, const MultiheadAttentionOptions& options)
    : embed_dim(embed_dim),
      num_heads(num_heads),
      dropout(options.dropout),
      batch_first(options.batch_first),
      add_zero_attn(options.add_zero_attn),
      out_proj(register_module("out_proj", NonDynamicallyQuantizableLinear(embed_dim, embed_dim, options.bias))) {
    check(num_heads > 0 && embed_dim % num_heads == 0,
        "MultiheadAttention: embed_dim must be divisible by num_heads, but got {} and {}", embed_dim, num_heads);
    const std::int64_t kdim = options.kdim.value_or(embed_dim), vdim = options.vdim.value_or(embed_dim);
    if (kdim == embed_dim && vdim == embed_dim) {
        in_proj_weight = register_parameter("in_proj_weight", empty({3 * embed_dim, embed_dim}));
    } else {
        q_proj_weight = register_parameter("q_proj_weight", empty({embed_dim, embed_dim}));
        k_proj_weight = register_parameter("k_proj_weight", empty({embed_dim, kdim}));
        v_proj_weight = register_parameter("v_proj_weight", empty({embed_dim, vdim}));
    }
    in_proj_bias = register_parameter("in_proj_bias", options.bias ? empty({3 * embed_dim}) : Tensor());
    bias_k = register_parameter("bias_k", options.add_bias_kv ? empty({1, 1, embed_dim}) : Tensor());
    bias_v = register_parameter("bias_v", options.add_bias_kv ? empty({1, 1, embed_dim}) : Tensor());
    reset_parameters();
}

void MultiheadAttention::reset_parameters() const {
    draw_initial([out = out_proj.weight, out_bias = out_proj.bias, in_bias = in_proj_bias,
                     in = TensorList{in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight},
                     more = TensorList{bias_k, bias_v}] {
        init::kaiming_uniform_(out, std::sqrt(5.));
        const double bound = 1 / std::sqrt(static_cast<double>(out.size(1)));
        if (out_bias.defined()) init::uniform_(out_bias, -bound, bound);
        for (T weight : in)
            if (weight.defined()) init::xavier_uniform_(weight);
        for (T bias : {in_bias, out_bias})
            if (bias.defined()) init::zeros_(bias);
        for (T one : more)
            if (one.defined()) init::xavier_normal_(one);
    });
}

TensorList MultiheadAttention::projected(T query, T key, T value) const {
    TensorList weights =
        in_proj_weight.defined() ? in_proj_weight.chunk(3) : TensorList{q_proj_weight, k_proj_weight, v_proj_weight};
    TensorList biases = in_proj_bias.defined() ? in_proj_bias.chunk(3) : TensorList(3);
    return {
        linear(query, weights[0], biases[0]), linear(key, weights[1], biases[1]), linear(value, weights[2], biases[2])};
}

namespace {

/// A mask as what is added to the scores.
Tensor added(T mask, DType dtype) {
    if (mask.dtype() != bool_) return mask;
    return zeros(mask.shape(), {.dtype = dtype, .device = mask.device()})
        .masked_fill(mask, -std::numeric_limits<double>::infinity());
}

/// The sum of both masks, which broadcasts to (N * heads, L, S), or nothing; of what the caller gave keys for.
Tensor joined(const AttentionOptions& options, const Shape& scores, std::int64_t heads, DType dtype) {
    const Shape by_sample{scores[0] / heads, scores[2]}, by_query{scores[1], scores[2]};
    Tensor all;
    if (T mask = options.attn_mask; mask.defined()) {
        check(mask.shape() == by_query || mask.shape() == scores,
            "MultiheadAttention: The shape of the attn_mask is {}, but should be {} or {}", mask.shape().str(),
            by_query.str(), scores.str());
        all = added(mask, dtype);
    }
    if (T mask = options.key_padding_mask; mask.defined()) {
        Tensor of_keys = mask.ndim() == 1 ? mask.unsqueeze(0) : mask;
        check(of_keys.shape() == by_sample, "MultiheadAttention: expecting key_padding_mask shape of {}, but got {}",
            by_sample.str(), mask.shape().str());
        Tensor padding = added(of_keys, dtype)
                             .view({by_sample[0], 1, 1, scores[2]})
                             .expand({by_sample[0], heads, 1, scores[2]})
                             .reshape({scores[0], 1, scores[2]});
        all = all.defined() ? all + padding : padding;
    }
    return all;
}

}  // namespace

std::tuple<Tensor, Tensor> MultiheadAttention::forward(T query, T key, T value, const AttentionOptions& options) const {
    const bool single = query.ndim() == 2;
    check(single || query.ndim() == 3,
        "MultiheadAttention: query should be unbatched 2D or batched 3D tensor but received {}-D query tensor",
        query.ndim());
    check(key.ndim() == query.ndim() && value.ndim() == query.ndim(),
        "MultiheadAttention: For a {}-D query, expected key and value to be {}-D but found {}-D and {}-D tensors",
        query.ndim(), query.ndim(), key.ndim(), value.ndim());
    auto time_first = [&](T x) { return single ? x.unsqueeze(1) : *batch_first ? x.transpose(0, 1) : x; };
    const Tensor q = time_first(query), k = time_first(key), v = time_first(value);
    check(q.size(2) == embed_dim, "MultiheadAttention: was expecting embedding dimension of {}, but got {}", embed_dim,
        q.size(2));
    check(k.size(0) == v.size(0) && k.size(1) == v.size(1) && k.size(1) == q.size(1),
        "MultiheadAttention: key's sequence and batch dims {} do not match value's {}", k.shape().str(),
        v.shape().str());
    const std::int64_t length = q.size(0), batch = q.size(1), depth = embed_dim / num_heads;
    TensorList heads = projected(q, k, v);  // each (time, N, E), and then (N * num_heads, time, depth)
    if (bias_k.defined()) heads[1] = cat({heads[1], bias_k.repeat({1, batch, 1})});
    if (bias_k.defined()) heads[2] = cat({heads[2], bias_v.repeat({1, batch, 1})});
    for (Tensor& x : heads) x = x.reshape({x.size(0), batch * num_heads, depth}).transpose(0, 1);
    const Tensor none = *add_zero_attn ? heads[0].new_zeros({batch * num_heads, 1, depth}) : Tensor();
    for (std::size_t i : {1, 2})
        if (none.defined()) heads[i] = cat({heads[i], none}, 1);
    Tensor scores = (heads[0] / std::sqrt(static_cast<double>(depth))).bmm(heads[1].mT());
    const Shape of_keys{batch * num_heads, length, k.size(0)};
    if (Tensor mask = joined(options, of_keys, num_heads, q.dtype()); mask.defined())
        scores = scores + (scores.shape() == of_keys ? mask : pad(mask, {0, scores.size(2) - k.size(0)}));
    Tensor weights = softmax(scores, -1);
    if (*dropout > 0) weights = taper::dropout(weights, *dropout, training());
    Tensor mixed = weights.bmm(heads[2]).transpose(0, 1).reshape({length * batch, embed_dim});
    Tensor out = out_proj(mixed).view({length, batch, embed_dim});
    out = single ? out.squeeze(1) : *batch_first ? out.transpose(0, 1) : out;
    if (!options.need_weights) return {out, Tensor()};
    weights = weights.view({batch, num_heads, length, weights.size(2)});
    if (options.average_attn_weights) weights = weights.mean(1);
    return {out, single ? weights.squeeze(0) : weights};
}

}  // namespace taper::nn
