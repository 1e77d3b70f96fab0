#include "transformer_decoder.h"

#include <limits>

#include "init.h"
#include "transformer_parts.h"

namespace taper::nn {

using T = const Tensor&;

// ---- one layer

TransformerDecoderLayer::TransformerDecoderLayer(Called, const TransformerEncoderLayerOptions& o)
    : self_attn(register_module("self_attn", attention_of(o))),
      multihead_attn(register_module("multihead_attn", attention_of(o))),
      linear1(register_module("linear1", linear_of(o, true))),
      dropout(register_module("dropout", Dropout(*o.dropout))),
      linear2(register_module("linear2", linear_of(o, false))),
      norm1(register_module("norm1", norm_of(o))),
      norm2(register_module("norm2", norm_of(o))),
      norm3(register_module("norm3", norm_of(o))),
      dropout1(register_module("dropout1", Dropout(*o.dropout))),
      dropout2(register_module("dropout2", Dropout(*o.dropout))),
      dropout3(register_module("dropout3", Dropout(*o.dropout))),
      activation(*o.activation),
      norm_first(o.norm_first) {
    if (auto part = o.activation->part()) register_module("activation", *part);
}
TAPER_DEFINE_CONSTRUCTORS(TransformerDecoderLayer, TransformerEncoderLayerOptions, 2, d_model, nhead, dim_feedforward,
    dropout, activation, layer_norm_eps, batch_first, norm_first, device, dtype)
TAPER_DEFINE_METHOD(Tensor, TransformerDecoderLayer, operator(), TransformerDecoderForwardOptions,
    (check_causal(o.tgt_is_causal, o.tgt_mask), check_causal(o.memory_is_causal, o.memory_mask),
        Module::operator()(
            *o.tgt, *o.memory, *o.tgt_mask, *o.memory_mask, *o.tgt_key_padding_mask, *o.memory_key_padding_mask)),
    2, tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal,
    memory_is_causal)

Tensor TransformerDecoderLayer::forward(
    T tgt, T memory, T tgt_mask, T memory_mask, T tgt_key_padding_mask, T memory_key_padding_mask) const {
    auto attend = [](const MultiheadAttention& attention, T x, T keys, T mask, T padding) {
        return std::get<0>(
            attention(x, keys, keys, {.key_padding_mask = padding, .need_weights = false, .attn_mask = mask}));
    };
    auto to_itself = [&](T x) { return dropout1(attend(self_attn, x, x, tgt_mask, tgt_key_padding_mask)); };
    auto to_memory = [&](T x) {
        return dropout2(attend(multihead_attn, x, memory, memory_mask, memory_key_padding_mask));
    };
    auto feed = [&](T x) {
        Tensor inner = linear1(x);
        return dropout3(linear2(dropout((*activation)(inner))));
    };
    if (*norm_first) {
        Tensor x = tgt + to_itself(norm1(tgt));
        x = x + to_memory(norm2(x));
        return x + feed(norm3(x));
    }
    Tensor x = norm1(tgt + to_itself(tgt));
    x = norm2(x + to_memory(x));
    return norm3(x + feed(x));
}

// ---- all layers

TransformerDecoder::TransformerDecoder(Called, const TransformerDecoderOptions& o)
    : layers(register_module("layers", ModuleList())), num_layers(o.num_layers) {
    check(o.decoder_layer->has_value(), "TransformerDecoder: decoder_layer is None; give it a layer");
    for (std::int64_t i = 0; i < num_layers; ++i) layers.append(copy::deepcopy(**o.decoder_layer));
    if (*o.norm) norm = register_module("norm", **o.norm);
}
TAPER_DEFINE_CONSTRUCTORS(TransformerDecoder, TransformerDecoderOptions, 2, decoder_layer, num_layers, norm)
TAPER_DEFINE_METHOD(Tensor, TransformerDecoder, operator(), TransformerDecoderForwardOptions,
    (check_causal(o.tgt_is_causal, o.tgt_mask), check_causal(o.memory_is_causal, o.memory_mask),
        Module::operator()(
            *o.tgt, *o.memory, *o.tgt_mask, *o.memory_mask, *o.tgt_key_padding_mask, *o.memory_key_padding_mask)),
    2, tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal,
    memory_is_causal)
Tensor TransformerDecoder::forward(
    T tgt, T memory, T tgt_mask, T memory_mask, T tgt_key_padding_mask, T memory_key_padding_mask) const {
    Tensor x = tgt;
    for (const AnyModule& layer : layers)
        x = layer.as<TransformerDecoderLayer>()(
            x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
    return norm ? (*norm)(x) : x;
}

// ---- both

static TransformerEncoderLayerOptions layer_of(const TransformerOptions& o) {
    return {.d_model = *o.d_model,
        .nhead = *o.nhead,
        .dim_feedforward = *o.dim_feedforward,
        .dropout = *o.dropout,
        .activation = *o.activation,
        .layer_norm_eps = *o.layer_norm_eps,
        .batch_first = *o.batch_first,
        .norm_first = *o.norm_first,
        .device = *o.device,
        .dtype = *o.dtype};
}
static TransformerEncoder encoder_of(const TransformerOptions& o) {
    if (*o.custom_encoder) return **o.custom_encoder;
    const TransformerEncoderLayerOptions layer = layer_of(o);
    return TransformerEncoder(TransformerEncoderLayer(layer), *o.num_encoder_layers, norm_of(layer));
}
static TransformerDecoder decoder_of(const TransformerOptions& o) {
    if (*o.custom_decoder) return **o.custom_decoder;
    const TransformerEncoderLayerOptions layer = layer_of(o);
    return TransformerDecoder(TransformerDecoderLayer(layer), *o.num_decoder_layers, norm_of(layer));
}

Transformer::Transformer(Called, const TransformerOptions& o)
    : encoder(register_module("encoder", encoder_of(o))),
      decoder(register_module("decoder", decoder_of(o))),
      d_model(o.d_model),
      nhead(o.nhead),
      batch_first(o.batch_first) {
    draw_initial([all = parameters()] {
        for (T x : all)
            if (x.ndim() > 1) init::xavier_uniform_(x);
    });
}
TAPER_DEFINE_CONSTRUCTORS(Transformer, TransformerOptions, 0, d_model, nhead, num_encoder_layers, num_decoder_layers,
    dim_feedforward, dropout, activation, custom_encoder, custom_decoder, layer_norm_eps, batch_first, norm_first,
    device, dtype)
TAPER_DEFINE_METHOD(Tensor, Transformer, operator(), TransformerForwardOptions,
    (check_causal(o.src_is_causal, o.src_mask), check_causal(o.tgt_is_causal, o.tgt_mask),
        check_causal(o.memory_is_causal, o.memory_mask),
        Module::operator()(*o.src, *o.tgt, *o.src_mask, *o.tgt_mask, *o.memory_mask, *o.src_key_padding_mask,
            *o.tgt_key_padding_mask, *o.memory_key_padding_mask)),
    2, src, tgt, src_mask, tgt_mask, memory_mask, src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask,
    src_is_causal, tgt_is_causal, memory_is_causal)

Tensor Transformer::forward(T src, T tgt, T src_mask, T tgt_mask, T memory_mask, T src_key_padding_mask,
    T tgt_key_padding_mask, T memory_key_padding_mask) const {
    const int batch_dim = *batch_first ? 0 : 1;
    check(src.ndim() != 3 || src.size(batch_dim) == tgt.size(batch_dim),
        "Transformer: the batch number of src and tgt must be equal, but got {} and {}", src.size(batch_dim),
        tgt.size(batch_dim));
    check(src.size(-1) == d_model && tgt.size(-1) == d_model,
        "Transformer: the feature number of src and tgt must be equal to d_model, but got {} and {} for {}",
        src.size(-1), tgt.size(-1), d_model);
    const Tensor memory = encoder(src, {.mask = src_mask, .src_key_padding_mask = src_key_padding_mask});
    return decoder(tgt, memory,
        {.tgt_mask = tgt_mask,
            .memory_mask = memory_mask,
            .tgt_key_padding_mask = tgt_key_padding_mask,
            .memory_key_padding_mask = memory_key_padding_mask});
}

static Tensor later_places(const SquareSubsequentMaskOptions& o) {
    return ops::triu(
        full({*o.sz, *o.sz}, -std::numeric_limits<double>::infinity(), {.dtype = *o.dtype, .device = *o.device}), 1);
}
TAPER_DEFINE_STATIC_METHOD(Tensor, Transformer, generate_square_subsequent_mask, SquareSubsequentMaskOptions,
    (later_places(o)), 1, sz, device, dtype)

}  // namespace taper::nn
