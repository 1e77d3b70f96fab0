#include "transformer.h"

namespace taper::nn {

using T = const Tensor&;

static AnyModule named_activation(const std::string& name) {
    check(name == "relu" || name == "gelu", "TransformerEncoderLayer: activation should be relu/gelu, not {}", name);
    if (name == "relu") return AnyModule([](T x) { return ops::relu(x); });
    return AnyModule([](T x) { return ops::gelu(x); });
}
Activation::Activation(const std::string& name) : held_(named_activation(name)), is_part_(false) {}

// The keywords of its parts.
static Linear linear_of(const TransformerEncoderLayerOptions& o, bool first) {
    return Linear({.in_features = first ? *o.d_model : *o.dim_feedforward,
        .out_features = first ? *o.dim_feedforward : *o.d_model,
        .device = *o.device,
        .dtype = *o.dtype});
}
static LayerNorm norm_of(const TransformerEncoderLayerOptions& o) {
    return LayerNorm(*o.d_model, {.eps = *o.layer_norm_eps, .device = *o.device, .dtype = *o.dtype});
}

TransformerEncoderLayer::TransformerEncoderLayer(Called, const TransformerEncoderLayerOptions& o)
    : self_attn(register_module("self_attn",
          MultiheadAttention(*o.d_model, *o.nhead,
              {.dropout = *o.dropout, .batch_first = *o.batch_first, .device = *o.device, .dtype = *o.dtype}))),
      linear1(register_module("linear1", linear_of(o, true))),
      dropout(register_module("dropout", Dropout(*o.dropout))),
      linear2(register_module("linear2", linear_of(o, false))),
      norm1(register_module("norm1", norm_of(o))),
      norm2(register_module("norm2", norm_of(o))),
      dropout1(register_module("dropout1", Dropout(*o.dropout))),
      dropout2(register_module("dropout2", Dropout(*o.dropout))),
      activation(*o.activation),
      norm_first(o.norm_first) {
    if (auto part = o.activation->part()) register_module("activation", *part);
}
TAPER_DEFINE_CONSTRUCTORS(TransformerEncoderLayer, TransformerEncoderLayerOptions, 2, d_model, nhead, dim_feedforward,
    dropout, activation, layer_norm_eps, batch_first, norm_first, device, dtype)
TAPER_DEFINE_METHOD(Tensor, TransformerEncoderLayer, operator(), TransformerEncoderLayerForwardOptions,
    (Module::operator()(*o.src, *o.src_mask, *o.src_key_padding_mask)), 1, src, src_mask, src_key_padding_mask)

Tensor TransformerEncoderLayer::forward(T src, T src_mask, T src_key_padding_mask) const {
    auto attend = [&](T x) {
        return dropout1(std::get<0>(self_attn(
            x, x, x, {.key_padding_mask = src_key_padding_mask, .need_weights = false, .attn_mask = src_mask})));
    };
    auto feed = [&](T x) {
        Tensor inner = linear1(x);
        return dropout2(linear2(dropout((*activation)(inner))));
    };
    if (*norm_first) {
        Tensor x = src + attend(norm1(src));
        return x + feed(norm2(x));
    }
    Tensor x = norm1(src + attend(src));
    return norm2(x + feed(x));
}

TransformerEncoder::TransformerEncoder(Called, const TransformerEncoderOptions& o)
    : layers(register_module("layers", ModuleList())) {
    check(o.encoder_layer->has_value(), "TransformerEncoder: encoder_layer is None; give it a layer");
    for (std::int64_t i = 0; i < o.num_layers; ++i) layers.append(copy::deepcopy(**o.encoder_layer));
    if (*o.norm) norm = register_module("norm", **o.norm);
}
TAPER_DEFINE_CONSTRUCTORS(
    TransformerEncoder, TransformerEncoderOptions, 2, encoder_layer, num_layers, norm, enable_nested_tensor, mask_check)
TAPER_DEFINE_METHOD(Tensor, TransformerEncoder, operator(), TransformerEncoderForwardOptions,
    (Module::operator()(*o.src, *o.mask, *o.src_key_padding_mask)), 1, src, mask, src_key_padding_mask)
Tensor TransformerEncoder::forward(T src, T mask, T src_key_padding_mask) const {
    Tensor x = src;
    for (const AnyModule& layer : layers) x = layer.as<TransformerEncoderLayer>()(x, mask, src_key_padding_mask);
    return norm ? (*norm)(x) : x;
}

}  // namespace taper::nn
