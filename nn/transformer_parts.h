// The parts that an encoder's and a decoder's layers have in common, made from their options.
#pragma once

#include "transformer.h"

namespace taper::nn {

MultiheadAttention attention_of(const TransformerEncoderLayerOptions& o);
/// The first or the second of the two linear layers.
Linear linear_of(const TransformerEncoderLayerOptions& o, bool first);
/// Error if a mask that is said to be causal is absent.
void check_causal(bool is_causal, const Tensor& mask);
LayerNorm norm_of(const TransformerEncoderLayerOptions& o);

}  // namespace taper::nn
