// A transformer's encoder.
#pragma once

#include "attention.h"
#include "dropout.h"
#include "linear.h"
#include "normalization.h"
#include "sequential.h"

namespace taper::nn {

/// norm_first: normalise what goes into attention and feed-forward, not what comes out.
struct TransformerEncoderLayerOptions {
    std::int64_t dim_feedforward = 2048;
    double dropout = 0.1;
    std::string activation = "relu";  // or "gelu"
    double layer_norm_eps = 1e-5;
    bool batch_first = false, norm_first = false;
};
/// Attention of a sequence to itself, then two linear layers with an activation between, each with dropout, added to
/// its input and normalised: (T, N, d_model) -> (T, N, d_model), with batch_first (N, T, d_model). src_mask and
/// src_key_padding_mask are attn_mask and key_padding_mask of MultiheadAttention. Vaswani et al., 2017;
/// torch.nn.TransformerEncoderLayer
struct TransformerEncoderLayer : Module<TransformerEncoderLayer> {
    TransformerEncoderLayer(
        std::int64_t d_model, std::int64_t nhead, const TransformerEncoderLayerOptions& options = {});
    TransformerEncoderLayer(
        std::int64_t d_model, std::int64_t nhead, std::int64_t dim_feedforward, double dropout = 0.1);
    Tensor forward(const Tensor& src, const Tensor& src_mask = {}, const Tensor& src_key_padding_mask = {}) const;

    /// A layer with the same values in memory of its own: copy.deepcopy
    TransformerEncoderLayer deepcopy() const;

    MultiheadAttention self_attn;
    Linear linear1;
    Dropout dropout;
    Linear linear2;
    LayerNorm norm1, norm2;
    Dropout dropout1, dropout2;
    Setting<std::string> activation;
    Setting<bool> norm_first;
};

/// num_layers such layers, at first with the values of encoder_layer, and a norm behind them, if given.
/// torch.nn.TransformerEncoder
struct TransformerEncoder : Module<TransformerEncoder> {
    TransformerEncoder(const TransformerEncoderLayer& encoder_layer, std::int64_t num_layers,
        const std::optional<LayerNorm>& norm = {});
    Tensor forward(const Tensor& src, const Tensor& mask = {}, const Tensor& src_key_padding_mask = {}) const;

    ModuleList layers;
    std::optional<LayerNorm> norm;
};

}  // namespace taper::nn
