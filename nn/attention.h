// Attention: each place of a sequence takes from the places of another what its query finds in their keys.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// add_bias_kv: one key and value more, which are learned. add_zero_attn: one more, of zeros. kdim, vdim: the sizes of
/// key and value; absent: embed_dim.
struct MultiheadAttentionOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> embed_dim = required, num_heads = required;
    Arg<double> dropout = Default(0);  // of the weights, in training
    Arg<bool> bias = Default(true), add_bias_kv = Default(false), add_zero_attn = Default(false);
    Arg<std::optional<std::int64_t>> kdim = Default(none), vdim = Default(none);
    Arg<bool> batch_first = Default(false);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// key_padding_mask (N, S): the keys that count for nothing. attn_mask (L, S) or (N * num_heads, L, S): the keys that
/// count for nothing to a query. Both bool, true for nothing, or numbers that are added to the scores. is_causal: says
/// that attn_mask is so; Error without one.
struct AttentionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> query = required, key = required, value = required, key_padding_mask = Default(none);
    Arg<bool> need_weights = Default(true);
    Arg<Tensor> attn_mask = Default(none);
    Arg<bool> average_attn_weights = Default(true), is_causal = Default(false);
};

/// What PyTorch's text calls the last layer of an attention: a Linear whose parameters the attention draws.
struct NonDynamicallyQuantizableLinear : Module<NonDynamicallyQuantizableLinear> {
    NonDynamicallyQuantizableLinear(Called, const Tensor& weight, const Tensor& bias);
    Tensor forward(const Tensor& x) const { return ops::linear(x, weight, bias); }
    std::string extra_repr() const;

    Parameter weight, bias;
};

/// softmax(Q K^T / sqrt(d)) V in num_heads parts of d = embed_dim / num_heads, with Q, K, V and the result through
/// linear layers: query (L, N, E), key (S, N, kdim) and value (S, N, vdim) give (L, N, E) and the weights (N, L, S),
/// mean over the heads, or (N, num_heads, L, S), or an undefined Tensor where they are not needed. With batch_first N
/// is the first dim; without N, one sequence. Vaswani et al., 2017; torch.nn.MultiheadAttention
struct MultiheadAttention : Module<MultiheadAttention> {
    using Output = std::tuple<Tensor, Tensor>;
    TAPER_CONSTRUCTORS(MultiheadAttention, MultiheadAttentionOptions, 2, embed_dim, num_heads, dropout, bias,
        add_bias_kv, add_zero_attn, kdim, vdim, batch_first, device, dtype)
    MultiheadAttention(Called, const MultiheadAttentionOptions& o);
    TAPER_METHOD(Output, forward, AttentionOptions, 3, query, key, value, key_padding_mask, need_weights, attn_mask,
        average_attn_weights, is_causal)
    /// attention(q, k, v, {.need_weights = false})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(MultiheadAttention, operator(), const)
    TAPER_ALSO_METHOD(Output, operator(), AttentionOptions, 3, query, key, value, key_padding_mask, need_weights,
        attn_mask, average_attn_weights, is_causal)
    /// Draws the weights anew as PyTorch does; the biases are 0.
    void reset_parameters() const;

    std::int64_t embed_dim, num_heads, kdim, vdim, head_dim;
    Setting<double> dropout;
    Setting<bool> batch_first, add_zero_attn;
    Parameter in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight;  // the first, or the three others
    Parameter in_proj_bias, bias_k, bias_v;
    NonDynamicallyQuantizableLinear out_proj;

 private:
    Output attend(const Tensor& query, const Tensor& key, const Tensor& value, const AttentionOptions& o) const;
    /// Query, key and value through their linear layers.
    TensorList projected(const Tensor& query, const Tensor& key, const Tensor& value) const;
};

}  // namespace taper::nn
