#include "attention.h"

#include <cmath>
#include <limits>

#include "../tensor/warning.h"
#include "blank.h"
#include "init.h"
#include "text.h"

namespace taper::nn {

using T = const Tensor&;

NonDynamicallyQuantizableLinear::NonDynamicallyQuantizableLinear(Called, T weight, T bias)
    : weight(register_parameter("weight", weight)), bias(register_parameter("bias", bias)) {}
std::string NonDynamicallyQuantizableLinear::extra_repr() const {
    return fmt::format(
        "in_features={}, out_features={}, bias={}", weight.size(1), weight.size(0), text(bias.defined()));
}

MultiheadAttention::MultiheadAttention(Called, const MultiheadAttentionOptions& o)
    : embed_dim(o.embed_dim),
      num_heads(o.num_heads),
      kdim((*o.kdim).value_or(embed_dim)),
      vdim((*o.vdim).value_or(embed_dim)),
      head_dim(embed_dim / std::max<std::int64_t>(num_heads, 1)),
      dropout(o.dropout),
      batch_first(o.batch_first),
      add_zero_attn(o.add_zero_attn),
      out_proj(register_module("out_proj",
          NonDynamicallyQuantizableLinear(
              Called(), blank({embed_dim, embed_dim}, o), o.bias ? blank({embed_dim}, o) : Tensor()))) {
    check(num_heads > 0 && embed_dim % num_heads == 0,
        "MultiheadAttention: embed_dim must be divisible by num_heads, but got {} and {}", embed_dim, num_heads);
    if (kdim == embed_dim && vdim == embed_dim) {
        in_proj_weight = register_parameter("in_proj_weight", blank({3 * embed_dim, embed_dim}, o));
    } else {
        q_proj_weight = register_parameter("q_proj_weight", blank({embed_dim, embed_dim}, o));
        k_proj_weight = register_parameter("k_proj_weight", blank({embed_dim, kdim}, o));
        v_proj_weight = register_parameter("v_proj_weight", blank({embed_dim, vdim}, o));
    }
    in_proj_bias = register_parameter("in_proj_bias", o.bias ? blank({3 * embed_dim}, o) : Tensor());
    bias_k = register_parameter("bias_k", o.add_bias_kv ? blank({1, 1, embed_dim}, o) : Tensor());
    bias_v = register_parameter("bias_v", o.add_bias_kv ? blank({1, 1, embed_dim}, o) : Tensor());
    reset_parameters();
}
TAPER_DEFINE_CONSTRUCTORS(MultiheadAttention, MultiheadAttentionOptions, 2, embed_dim, num_heads, dropout, bias,
    add_bias_kv, add_zero_attn, kdim, vdim, batch_first, device, dtype)

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
    return {ops::linear(query, weights[0], biases[0]), ops::linear(key, weights[1], biases[1]),
        ops::linear(value, weights[2], biases[2])};
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
    if (const Tensor mask = options.attn_mask; mask.defined()) {
        check(mask.shape() == by_query || mask.shape() == scores,
            "MultiheadAttention: The shape of the attn_mask is {}, but should be {} or {}", mask.shape().str(),
            by_query.str(), scores.str());
        if (mask.dtype() == uint8)
            warn("Byte tensor for attn_mask in nn.MultiheadAttention is deprecated. Use bool tensor instead.");
        check(mask.dtype() == uint8 || mask.dtype() == bool_ || mask.is_floating_point(),
            "MultiheadAttention: Only float, byte, and bool types are supported for attn_mask, not {}", mask.dtype());
        all = added(mask.dtype() == uint8 ? mask.to(bool_) : mask, dtype);
    }
    if (const Tensor mask = options.key_padding_mask; mask.defined()) {
        check(mask.dtype() == bool_ || mask.is_floating_point(),
            "MultiheadAttention: only bool and floating types of key_padding_mask are supported");
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

MultiheadAttention::Output MultiheadAttention::attend(T query, T key, T value, const AttentionOptions& options) const {
    check(!options.is_causal || options.attn_mask.defined(),
        "MultiheadAttention: Need attn_mask if specifying the is_causal hint.");
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
    if (bias_k.defined()) heads[1] = ops::cat({heads[1], bias_k.repeat({1, batch, 1})});
    if (bias_k.defined()) heads[2] = ops::cat({heads[2], bias_v.repeat({1, batch, 1})});
    for (Tensor& x : heads) x = x.reshape({x.size(0), batch * num_heads, depth}).transpose(0, 1);
    const Tensor none = *add_zero_attn ? heads[0].new_zeros({batch * num_heads, 1, depth}) : Tensor();
    for (std::size_t i : {1, 2})
        if (none.defined()) heads[i] = ops::cat({heads[i], none}, 1);
    Tensor scores = (heads[0] / std::sqrt(static_cast<double>(depth))).bmm(heads[1].mT());
    const Shape of_keys{batch * num_heads, length, k.size(0)};
    if (Tensor mask = joined(options, of_keys, num_heads, q.dtype()); mask.defined())
        scores = scores + (scores.shape() == of_keys ? mask : ops::pad(mask, {0, scores.size(2) - k.size(0)}));
    Tensor weights = ops::softmax(scores, -1);
    if (*dropout > 0) weights = ops::dropout(weights, *dropout, training());
    Tensor mixed = weights.bmm(heads[2]).transpose(0, 1).reshape({length * batch, embed_dim});
    Tensor out = out_proj(mixed).view({length, batch, embed_dim});
    out = single ? out.squeeze(1) : *batch_first ? out.transpose(0, 1) : out;
    if (!options.need_weights) return {out, Tensor()};
    weights = weights.view({batch, num_heads, length, weights.size(2)});
    if (options.average_attn_weights) weights = weights.mean(1);
    return {out, single ? weights.squeeze(0) : weights};
}

// Through the hooks, which see what PyTorch's see: what was given by position, as far as it is a Tensor.
static MultiheadAttention::Output called(const MultiheadAttention& module, const AttentionOptions& o) {
    AttentionOptions rest = o;
    rest.query = rest.key = rest.value = required;
    return module.Module::operator()(*o.query, *o.key, *o.value, rest);
}
TAPER_DEFINE_METHOD(MultiheadAttention::Output, MultiheadAttention, forward, AttentionOptions,
    (attend(o.query, o.key, o.value, o)), 3, query, key, value, key_padding_mask, need_weights, attn_mask,
    average_attn_weights, is_causal)
TAPER_DEFINE_METHOD(MultiheadAttention::Output, MultiheadAttention, operator(), AttentionOptions, (called(*this, o)), 3,
    query, key, value, key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal)

}  // namespace taper::nn
