// Embedding: numbers of words, or of anything else, become vectors that are learned.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// padding_idx: a row that does not learn. max_norm: rows longer than this are shortened when used.
/// scale_grad_by_freq: a row that is named n times learns from the mean of its n gradients, not from their sum. sparse:
/// there are no sparse gradients here; Error if true. _weight: the rows themselves, in place of random ones.
struct EmbeddingOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> num_embeddings = required, embedding_dim = required;
    Arg<std::optional<std::int64_t>> padding_idx = Default(none);
    Arg<std::optional<Real>> max_norm = Default(none);
    Arg<Real> norm_type = Default(2);
    Arg<bool> scale_grad_by_freq = Default(false), sparse = Default(false);
    Arg<Tensor> _weight = Default(none);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// As EmbeddingOptions; rows that are frozen do not learn.
struct FromPretrainedOptions {
    Keywords _ = Keywords();
    Arg<Tensor> embeddings = required;
    Arg<bool> freeze = Default(true);
    Arg<std::optional<std::int64_t>> padding_idx = Default(none);
    Arg<std::optional<Real>> max_norm = Default(none);
    Arg<Real> norm_type = Default(2);
    Arg<bool> scale_grad_by_freq = Default(false), sparse = Default(false);
};
/// Rows of weight (num_embeddings, embedding_dim) by their numbers, int64 (...): (..., embedding_dim). Row padding_idx
/// is 0 at first, and does not learn.
/// torch.nn.Embedding
struct Embedding : Module<Embedding> {
    TAPER_CONSTRUCTORS(Embedding, EmbeddingOptions, 2, num_embeddings, embedding_dim, padding_idx, max_norm, norm_type,
        scale_grad_by_freq, sparse, _weight, device, dtype)
    Embedding(Called, const EmbeddingOptions& o);
    /// On the rows given, which do not learn if `freeze`.
    TAPER_STATIC_METHOD(Embedding, from_pretrained, FromPretrainedOptions, 1, embeddings, freeze, padding_idx, max_norm,
        norm_type, scale_grad_by_freq, sparse)
    Tensor forward(const Tensor& index) const;
    /// Draws weight anew from N(0, 1); row padding_idx is 0.
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t num_embeddings, embedding_dim;
    Setting<std::optional<std::int64_t>> padding_idx;
    Setting<std::optional<Real>> max_norm;
    Setting<Real> norm_type;
    Setting<bool> scale_grad_by_freq;
    Parameter weight;
};

}  // namespace taper::nn
