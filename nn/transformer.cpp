#include "transformer.h"

#include "../tensor/random.h"

namespace taper::nn {

using T = const Tensor&;

TransformerEncoderLayer::TransformerEncoderLayer(
    std::int64_t d_model, std::int64_t nhead, const TransformerEncoderLayerOptions& o)
    : self_attn(register_module(
          "self_attn", MultiheadAttention(d_model, nhead, {.dropout = o.dropout, .batch_first = o.batch_first}))),
      linear1(register_module("linear1", Linear(d_model, o.dim_feedforward))),
      dropout(register_module("dropout", Dropout(o.dropout))),
      linear2(register_module("linear2", Linear(o.dim_feedforward, d_model))),
      norm1(register_module("norm1", LayerNorm(d_model, {.eps = o.layer_norm_eps}))),
      norm2(register_module("norm2", LayerNorm(d_model, {.eps = o.layer_norm_eps}))),
      dropout1(register_module("dropout1", Dropout(o.dropout))),
      dropout2(register_module("dropout2", Dropout(o.dropout))),
      activation(o.activation),
      norm_first(o.norm_first) {
    check(o.activation == "relu" || o.activation == "gelu",
        "TransformerEncoderLayer: activation should be relu/gelu, not {}", o.activation);
}
TransformerEncoderLayer::TransformerEncoderLayer(
    std::int64_t d_model, std::int64_t nhead, std::int64_t dim_feedforward, double dropout)
    : TransformerEncoderLayer(d_model, nhead, {.dim_feedforward = dim_feedforward, .dropout = dropout}) {}

Tensor TransformerEncoderLayer::forward(T src, T src_mask, T src_key_padding_mask) const {
    auto attend = [&](T x) {
        return dropout1(std::get<0>(self_attn(
            x, x, x, {.key_padding_mask = src_key_padding_mask, .need_weights = false, .attn_mask = src_mask})));
    };
    auto feed = [&](T x) {
        Tensor inner = linear1(x);
        return dropout2(linear2(dropout(*activation == "gelu" ? gelu(inner) : relu(inner))));
    };
    if (*norm_first) {
        Tensor x = src + attend(norm1(src));
        return x + feed(norm2(x));
    }
    Tensor x = norm1(src + attend(src));
    return norm2(x + feed(x));
}

TransformerEncoderLayer TransformerEncoderLayer::deepcopy() const {
    const auto stream = default_generator().get_state();  // which making the copy shall not move
    TransformerEncoderLayer copy(self_attn.embed_dim, self_attn.num_heads,
        {.dim_feedforward = linear1.out_features,
            .dropout = *dropout.p,
            .activation = *activation,
            .layer_norm_eps = *norm1.eps,
            .batch_first = *self_attn.batch_first,
            .norm_first = *norm_first});
    default_generator().set_state(stream);
    copy.to(linear1.weight.dtype()).train(training());
    copy.load_state_dict(state_dict());
    return copy;
}

TransformerEncoder::TransformerEncoder(
    const TransformerEncoderLayer& encoder_layer, std::int64_t num_layers, const std::optional<LayerNorm>& last)
    : layers(register_module("layers", ModuleList())) {
    for (std::int64_t i = 0; i < num_layers; ++i) layers.append(encoder_layer.deepcopy());
    if (last) norm = register_module("norm", *last);
}
Tensor TransformerEncoder::forward(T src, T mask, T src_key_padding_mask) const {
    Tensor x = src;
    for (const AnyModule& layer : layers) x = layer.as<TransformerEncoderLayer>()(x, mask, src_key_padding_mask);
    return norm ? (*norm)(x) : x;
}

}  // namespace taper::nn
