// Attention: each place of a sequence takes from the places of another what its query finds in their keys.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// add_bias_kv: one key and value more, which are learned. add_zero_attn: one more, of zeros. kdim, vdim: the sizes of
/// key and value; absent: embed_dim.
struct MultiheadAttentionOptions {
    double dropout = 0;  // of the weights, in training
    bool bias = true, add_bias_kv = false, add_zero_attn = false;
    std::optional<std::int64_t> kdim = {}, vdim = {};
    bool batch_first = false;
};
/// key_padding_mask (N, S): the keys that count for nothing. attn_mask (L, S) or (N * num_heads, L, S): the keys that
/// count for nothing to a query. Both bool, true for nothing, or numbers that are added to the scores.
struct AttentionOptions {
    Tensor key_padding_mask = {};
    bool need_weights = true;
    Tensor attn_mask = {};
    bool average_attn_weights = true;
};

/// What PyTorch's text calls the last layer of an attention: a Linear whose parameters the attention draws.
struct NonDynamicallyQuantizableLinear : Module<NonDynamicallyQuantizableLinear> {
    NonDynamicallyQuantizableLinear(std::int64_t in_features, std::int64_t out_features, bool bias);
    Tensor forward(const Tensor& x) const { return linear(x, weight, bias); }
    std::string extra_repr() const;

    Tensor weight, bias;
};

/// softmax(Q K^T / sqrt(d)) V in num_heads parts of d = embed_dim / num_heads, with Q, K, V and the result through
/// linear layers: query (L, N, E), key (S, N, kdim) and value (S, N, vdim) give (L, N, E) and the weights (N, L, S),
/// mean over the heads, or (N, num_heads, L, S), or an undefined Tensor where they are not needed. With batch_first N
/// is the first dim; without N, one sequence. Vaswani et al., 2017; torch.nn.MultiheadAttention
struct MultiheadAttention : Module<MultiheadAttention> {
    MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads, const MultiheadAttentionOptions& options = {});
    MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads, double dropout, bool bias = true)
        : MultiheadAttention(embed_dim, num_heads, {.dropout = dropout, .bias = bias}) {}
    std::tuple<Tensor, Tensor> forward(
        const Tensor& query, const Tensor& key, const Tensor& value, const AttentionOptions& options = {}) const;
    /// attention(q, k, v, {.need_weights = false})
    using Module::operator();
    std::tuple<Tensor, Tensor> operator()(
        const Tensor& query, const Tensor& key, const Tensor& value, const AttentionOptions& options) const {
        return Module::operator()(query, key, value, options);
    }
    /// Draws the weights anew as PyTorch does; the biases are 0.
    void reset_parameters() const;

    std::int64_t embed_dim, num_heads;
    Setting<double> dropout;
    Setting<bool> batch_first, add_zero_attn;
    Tensor in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight;  // the first, or the three others
    Tensor in_proj_bias, bias_k, bias_v;
    NonDynamicallyQuantizableLinear out_proj;

 private:
    /// Query, key and value through their linear layers.
    TensorList projected(const Tensor& query, const Tensor& key, const Tensor& value) const;
};

}  // namespace taper::nn
