// nn.functional: attention, bags of embeddings, RMS norm, and the loss of labels whose places are not known.
#pragma once

#include "../autograd/window_options.h"
#include "function_object.h"
#include "lengths.h"

namespace taper::nn::functional {

/// attn_mask, which broadcasts to (..., L, S): bool, true where a query takes part in a key, or numbers that are added
/// to the scores. is_causal: no query sees later keys; Error beside an attn_mask. scale: 1 / sqrt(E) where absent.
/// enable_gqa: one head of key and value serves several of query. dropout_p: of the weights, in evaluation too.
struct ScaledDotProductAttentionOptions {
    Keywords _ = Keywords();
    Arg<Tensor> query = required, key = required, value = required, attn_mask = Default(none);
    Arg<double> dropout_p = Default(0);
    Arg<bool> is_causal = Default(false);
    Arg<std::optional<double>> scale = Default(none);
    Arg<bool> enable_gqa = Default(false);
};
/// offsets: where each bag begins in an input (n); include_last_offset: and where the last one ends. mode: "sum",
/// "mean" or "max". padding_idx: a row that is left out. The others as of embedding.
struct EmbeddingBagOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, weight = required, offsets = Default(none);
    Arg<std::optional<double>> max_norm = Default(none);
    Arg<double> norm_type = Default(2);
    Arg<bool> scale_grad_by_freq = Default(false);
    Arg<std::string> mode = Default("mean");
    Arg<bool> sparse = Default(false);
    Arg<Tensor> per_sample_weights = Default(none);
    Arg<bool> include_last_offset = Default(false);
    Arg<std::optional<std::int64_t>> padding_idx = Default(none);
};
/// eps: that of the input's dtype where absent.
struct RMSNormOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Sizes> normalized_shape = required;
    Arg<Tensor> weight = Default(none);
    Arg<std::optional<double>> eps = Default(none);
};
/// zero_infinity: a loss is 0, and gives no gradient, where the labels have no room in the input.
struct CTCLossOptions {
    Keywords _ = Keywords();
    Arg<Tensor> log_probs = required, targets = required;
    Arg<Lengths> input_lengths = required, target_lengths = required;
    Arg<std::int64_t> blank = Default(0);
    Arg<std::string> reduction = Default("mean");
    Arg<bool> zero_infinity = Default(false);
};

/// softmax(Q K^T scale + mask) V: query (..., L, E), key (..., S, E), value (..., S, D) give (..., L, D). PyTorch 2
TAPER_FUNCTION_OBJECT(Tensor, scaled_dot_product_attention, ScaledDotProductAttentionOptions, 3, query, key, value,
    attn_mask, dropout_p, is_causal)
/// Of the rows of weight (n, d) that a bag names their sum, mean or largest elements; 0 of an empty bag: the rows of an
/// input (B, N) are bags, or the parts of an input (n) that begin at the offsets (B). Each row counts as often as
/// per_sample_weights, shaped like the input, says (of mode "sum" only).
TAPER_FUNCTION_OBJECT(Tensor, embedding_bag, EmbeddingBagOptions, 2, input, weight, offsets, max_norm, norm_type,
    scale_grad_by_freq, mode, sparse, per_sample_weights, include_last_offset, padding_idx)
/// x / sqrt(mean(x^2) + eps) weight, over the last dims, whose sizes are normalized_shape. Zhang and Sennrich, 2019;
/// PyTorch 2
TAPER_FUNCTION_OBJECT(Tensor, rms_norm, RMSNormOptions, 2, input, normalized_shape, weight, eps)
/// -log of the probability that log_probs (T, N, C), or (T, C), say the targets (N, S), or one after another (sum of
/// target_lengths), when blanks and what is said twice are left out. "mean" divides by the target_lengths first.
/// Graves et al., 2006
TAPER_FUNCTION_OBJECT(Tensor, ctc_loss, CTCLossOptions, 4, log_probs, targets, input_lengths, target_lengths, blank,
    reduction, zero_infinity)

}  // namespace taper::nn::functional
