// A transformer's decoder, and the whole of it.
#pragma once

#include "transformer.h"

namespace taper::nn {

/// tgt_is_causal, memory_is_causal: say that the mask of this name is so; Error without one.
struct TransformerDecoderForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> tgt = required, memory = required, tgt_mask = Default(none), memory_mask = Default(none),
                tgt_key_padding_mask = Default(none), memory_key_padding_mask = Default(none);
    Arg<bool> tgt_is_causal = Default(false), memory_is_causal = Default(false);
};
/// Attention of a sequence to itself, then to `memory`, then two linear layers with an activation between, each with
/// dropout, added to its input and normalised: tgt (T, N, d_model) and memory (S, N, d_model) -> (T, N, d_model), with
/// batch_first N is the first dim. The masks are attn_mask and key_padding_mask of MultiheadAttention. Vaswani et al.,
/// 2017; torch.nn.TransformerDecoderLayer
struct TransformerDecoderLayer : Module<TransformerDecoderLayer> {
    TAPER_CONSTRUCTORS(TransformerDecoderLayer, TransformerEncoderLayerOptions, 2, d_model, nhead, dim_feedforward,
        dropout, activation, layer_norm_eps, batch_first, norm_first, device, dtype)
    TransformerDecoderLayer(Called, const TransformerEncoderLayerOptions& o);
    Tensor forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask = {}, const Tensor& memory_mask = {},
        const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {}) const;
    /// layer(tgt, memory, {.tgt_mask = m})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(TransformerDecoderLayer, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), TransformerDecoderForwardOptions, 2, tgt, memory, tgt_mask, memory_mask,
        tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal, memory_is_causal)

    MultiheadAttention self_attn, multihead_attn;
    Linear linear1;
    Dropout dropout;
    Linear linear2;
    LayerNorm norm1, norm2, norm3;
    Dropout dropout1, dropout2, dropout3;
    Setting<Activation> activation;
    Setting<bool> norm_first;
};

struct TransformerDecoderOptions {
    Keywords _ = Keywords();
    Arg<std::optional<TransformerDecoderLayer>> decoder_layer = required;
    Arg<std::int64_t> num_layers = required;
    Arg<std::optional<LayerNorm>> norm = Default(none);
};
/// num_layers such layers, at first with the values of decoder_layer, and a norm behind them, if given.
/// torch.nn.TransformerDecoder
struct TransformerDecoder : Module<TransformerDecoder> {
    TAPER_CONSTRUCTORS(TransformerDecoder, TransformerDecoderOptions, 2, decoder_layer, num_layers, norm)
    TransformerDecoder(Called, const TransformerDecoderOptions& o);
    Tensor forward(const Tensor& tgt, const Tensor& memory, const Tensor& tgt_mask = {}, const Tensor& memory_mask = {},
        const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {}) const;
    /// decoder(tgt, memory, {.tgt_mask = m})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(TransformerDecoder, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), TransformerDecoderForwardOptions, 2, tgt, memory, tgt_mask, memory_mask,
        tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal, memory_is_causal)

    ModuleList layers;
    std::int64_t num_layers;
    std::optional<LayerNorm> norm;
};

/// custom_encoder, custom_decoder: in the place of those that the other options describe.
struct TransformerOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> d_model = Default(512), nhead = Default(8), num_encoder_layers = Default(6),
                      num_decoder_layers = Default(6), dim_feedforward = Default(2048);
    Arg<Real> dropout = Default(0.1);
    Arg<Activation> activation = Default("relu");
    Arg<std::optional<TransformerEncoder>> custom_encoder = Default(none);
    Arg<std::optional<TransformerDecoder>> custom_decoder = Default(none);
    Arg<Real> layer_norm_eps = Default(1e-5);
    Arg<bool> batch_first = Default(false), norm_first = Default(false);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct TransformerForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> src = required, tgt = required, src_mask = Default(none), tgt_mask = Default(none),
                memory_mask = Default(none), src_key_padding_mask = Default(none), tgt_key_padding_mask = Default(none),
                memory_key_padding_mask = Default(none);
    Arg<bool> src_is_causal = Default(false), tgt_is_causal = Default(false), memory_is_causal = Default(false);
};
struct SquareSubsequentMaskOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> sz = required;
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// decoder(tgt, encoder(src)): src (S, N, d_model) and tgt (T, N, d_model) -> (T, N, d_model), with batch_first N is
/// the first dim. Both end in a LayerNorm. Vaswani et al., 2017; torch.nn.Transformer
struct Transformer : Module<Transformer> {
    TAPER_CONSTRUCTORS(Transformer, TransformerOptions, 0, d_model, nhead, num_encoder_layers, num_decoder_layers,
        dim_feedforward, dropout, activation, custom_encoder, custom_decoder, layer_norm_eps, batch_first, norm_first,
        device, dtype)
    Transformer(Called, const TransformerOptions& o);
    Tensor forward(const Tensor& src, const Tensor& tgt, const Tensor& src_mask = {}, const Tensor& tgt_mask = {},
        const Tensor& memory_mask = {}, const Tensor& src_key_padding_mask = {},
        const Tensor& tgt_key_padding_mask = {}, const Tensor& memory_key_padding_mask = {}) const;
    /// model(src, tgt, {.tgt_mask = m})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(Transformer, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), TransformerForwardOptions, 2, src, tgt, src_mask, tgt_mask, memory_mask,
        src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask, src_is_causal, tgt_is_causal,
        memory_is_causal)
    /// (sz, sz): -inf above the diagonal, 0 elsewhere.
    TAPER_STATIC_METHOD(Tensor, generate_square_subsequent_mask, SquareSubsequentMaskOptions, 1, sz, device, dtype)

    TransformerEncoder encoder;
    TransformerDecoder decoder;
    std::int64_t d_model, nhead;
    Setting<bool> batch_first;
};

}  // namespace taper::nn
