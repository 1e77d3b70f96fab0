#include "transformer.h"

#include "activation.h"
#include "transformer_parts.h"

namespace taper::nn {

using T = const Tensor&;

static AnyModule named_activation(const std::string& name) {
    check(name == "relu" || name == "gelu", "TransformerEncoderLayer: activation should be relu/gelu, not {}", name);
    if (name == "relu") return AnyModule([](T x) { return ops::relu(x); });
    return AnyModule([](T x) { return ops::gelu(x); });
}
Activation::Activation(const std::string& name) : held_(named_activation(name)), is_part_(false), is_usual_(true) {}
bool Activation::is_relu_or_gelu() const { return is_usual_ || (is_part_ && (held_.is<ReLU>() || held_.is<GELU>())); }

void check_causal(bool is_causal, T mask) {
    check(!is_causal || mask.defined(), "Transformer: Need attn_mask if specifying the is_causal hint.");
}
MultiheadAttention attention_of(const TransformerEncoderLayerOptions& o) {
    return MultiheadAttention(*o.d_model, *o.nhead,
        {.dropout = *o.dropout, .batch_first = *o.batch_first, .device = *o.device, .dtype = *o.dtype});
}
Linear linear_of(const TransformerEncoderLayerOptions& o, bool first) {
    return Linear({.in_features = first ? *o.d_model : *o.dim_feedforward,
        .out_features = first ? *o.dim_feedforward : *o.d_model,
        .device = *o.device,
        .dtype = *o.dtype});
}
LayerNorm norm_of(const TransformerEncoderLayerOptions& o) {
    return LayerNorm(*o.d_model, {.eps = *o.layer_norm_eps, .device = *o.device, .dtype = *o.dtype});
}

TransformerEncoderLayer::TransformerEncoderLayer(Called, const TransformerEncoderLayerOptions& o)
    : self_attn(register_module("self_attn", attention_of(o))),
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
    (check_causal(o.is_causal, o.src_mask), Module::operator()(*o.src, *o.src_mask, *o.src_key_padding_mask)), 1, src,
    src_mask, src_key_padding_mask, is_causal)

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
    : layers(register_module("layers", ModuleList())),
      num_layers(o.num_layers),
      enable_nested_tensor(o.enable_nested_tensor),
      mask_check(o.mask_check) {
    check(o.encoder_layer->has_value(), "TransformerEncoder: encoder_layer is None; give it a layer");
    for (std::int64_t i = 0; i < num_layers; ++i) layers.append(copy::deepcopy(**o.encoder_layer));
    if (*o.norm) norm = register_module("norm", **o.norm);
}
TAPER_DEFINE_CONSTRUCTORS(
    TransformerEncoder, TransformerEncoderOptions, 2, encoder_layer, num_layers, norm, enable_nested_tensor, mask_check)
TAPER_DEFINE_METHOD(Tensor, TransformerEncoder, operator(), TransformerEncoderForwardOptions,
    (check_causal(o.is_causal, o.mask), Module::operator()(*o.src, *o.mask, *o.src_key_padding_mask)), 1, src, mask,
    src_key_padding_mask, is_causal)

// Whether PyTorch takes its way through nested tensors, which hold no padding.
static bool leaves_out_padding(const TransformerEncoderLayer& layer, T src, T mask, T padding, bool checked) {
    const MultiheadAttention& attention = layer.self_attn;
    if (!padding.defined() || mask.defined() || src.ndim() != 3 || layer.training() || *layer.norm_first ||
        !*attention.batch_first || attention.num_heads % 2 != 0 || !attention.in_proj_weight.defined() ||
        !(*layer.activation).is_relu_or_gelu() || !(*layer.norm1.eps == *layer.norm2.eps))
        return false;
    if (is_grad_enabled()) {
        if (src.requires_grad()) return false;
        for (T x : layer.parameters())
            if (x.requires_grad()) return false;
    }
    const Tensor is_padding = padding.ne(0);
    return !checked || padding.size(1) < 2 ||
        (is_padding.narrow(1, 1, padding.size(1) - 1) >= is_padding.narrow(1, 0, padding.size(1) - 1))
            .all()
            .item<bool>();
}

Tensor TransformerEncoder::forward(T src, T mask, T src_key_padding_mask) const {
    Tensor x = src;
    for (const AnyModule& layer : layers) x = layer.as<TransformerEncoderLayer>()(x, mask, src_key_padding_mask);
    if (num_layers > 0 && *enable_nested_tensor &&
        leaves_out_padding(layers[0].as<TransformerEncoderLayer>(), src, mask, src_key_padding_mask, *mask_check))
        x = x.masked_fill(src_key_padding_mask.ne(0).unsqueeze(-1), 0);
    return norm ? (*norm)(x) : x;
}

}  // namespace taper::nn
