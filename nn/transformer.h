// A transformer's encoder.
#pragma once

#include "attention.h"
#include "dropout.h"
#include "linear.h"
#include "normalization.h"
#include "sequential.h"

namespace taper::nn {

/// What stands between the two linear layers: "relu", "gelu", a function from Tensor to Tensor, or a module, which
/// becomes a part of the layer.
class Activation {
 public:
    Activation(const char* name) : Activation(std::string(name)) {}
    /// Error unless "relu" or "gelu".
    Activation(const std::string& name);
    template <TensorFunction F> Activation(F function)
        : held_(std::move(function)),
          is_part_(false),
          is_usual_(std::same_as<F, functional::relu_function> || std::same_as<F, functional::gelu_function>) {}
    template <std::derived_from<ModuleBase> M> Activation(const M& module) : held_(module), is_part_(true) {}
    Tensor operator()(const Tensor& x) const { return held_.forward(x); }
    /// The module, if it is one.
    std::optional<AnyModule> part() const { return is_part_ ? std::optional(held_) : std::nullopt; }
    bool is_relu_or_gelu() const;

 private:
    AnyModule held_;
    bool is_part_, is_usual_ = false;
};

/// norm_first: normalise what goes into attention and feed-forward, not what comes out.
struct TransformerEncoderLayerOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> d_model = required, nhead = required, dim_feedforward = Default(2048);
    Arg<Real> dropout = Default(0.1);
    Arg<Activation> activation = Default("relu");
    Arg<Real> layer_norm_eps = Default(1e-5);
    Arg<bool> batch_first = Default(false), norm_first = Default(false);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// is_causal: says that src_mask is so; Error without one.
struct TransformerEncoderLayerForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> src = required, src_mask = Default(none), src_key_padding_mask = Default(none);
    Arg<bool> is_causal = Default(false);
};
/// Attention of a sequence to itself, then two linear layers with an activation between, each with dropout, added to
/// its input and normalised: (T, N, d_model) -> (T, N, d_model), with batch_first (N, T, d_model). src_mask and
/// src_key_padding_mask are attn_mask and key_padding_mask of MultiheadAttention. Vaswani et al., 2017;
/// torch.nn.TransformerEncoderLayer
struct TransformerEncoderLayer : Module<TransformerEncoderLayer> {
    TAPER_CONSTRUCTORS(TransformerEncoderLayer, TransformerEncoderLayerOptions, 2, d_model, nhead, dim_feedforward,
        dropout, activation, layer_norm_eps, batch_first, norm_first, device, dtype)
    TransformerEncoderLayer(Called, const TransformerEncoderLayerOptions& o);
    Tensor forward(const Tensor& src, const Tensor& src_mask = {}, const Tensor& src_key_padding_mask = {}) const;
    /// layer(x, {.src_mask = m})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(TransformerEncoderLayer, operator(), const)
    TAPER_ALSO_METHOD(
        Tensor, operator(), TransformerEncoderLayerForwardOptions, 1, src, src_mask, src_key_padding_mask, is_causal)

    MultiheadAttention self_attn;
    Linear linear1;
    Dropout dropout;
    Linear linear2;
    LayerNorm norm1, norm2;
    Dropout dropout1, dropout2;
    Setting<Activation> activation;
    Setting<bool> norm_first;
};

/// enable_nested_tensor: in evaluation, padding may be left out of what the layers see; mask_check: only where it
/// follows what is no padding.
struct TransformerEncoderOptions {
    Keywords _ = Keywords();
    Arg<std::optional<TransformerEncoderLayer>> encoder_layer = required;
    Arg<std::int64_t> num_layers = required;
    Arg<std::optional<LayerNorm>> norm = Default(none);
    Arg<bool> enable_nested_tensor = Default(true), mask_check = Default(true);
};
struct TransformerEncoderForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> src = required, mask = Default(none), src_key_padding_mask = Default(none);
    Arg<bool> is_causal = Default(false);
};
/// num_layers such layers, at first with the values of encoder_layer, and a norm behind them, if given. Where PyTorch
/// leaves out the padding (in evaluation, with batch_first, an even number of heads, relu or gelu, no mask beside
/// src_key_padding_mask, and nothing that a gradient is asked for) the layers give 0 for it.
/// torch.nn.TransformerEncoder
struct TransformerEncoder : Module<TransformerEncoder> {
    TAPER_CONSTRUCTORS(TransformerEncoder, TransformerEncoderOptions, 2, encoder_layer, num_layers, norm,
        enable_nested_tensor, mask_check)
    TransformerEncoder(Called, const TransformerEncoderOptions& o);
    Tensor forward(const Tensor& src, const Tensor& mask = {}, const Tensor& src_key_padding_mask = {}) const;
    /// encoder(x, {.mask = m})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(TransformerEncoder, operator(), const)
    TAPER_ALSO_METHOD(
        Tensor, operator(), TransformerEncoderForwardOptions, 1, src, mask, src_key_padding_mask, is_causal)

    ModuleList layers;
    std::int64_t num_layers;
    std::optional<LayerNorm> norm;
    Setting<bool> enable_nested_tensor, mask_check;
};

}  // namespace taper::nn
