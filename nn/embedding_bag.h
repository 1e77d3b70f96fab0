// EmbeddingBag: the sum, the mean or the largest of the vectors of several words.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// As EmbeddingOptions; mode: "sum", "mean" or "max"; padding_idx: a row that is left out of each bag.
struct EmbeddingBagOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> num_embeddings = required, embedding_dim = required;
    Arg<std::optional<Real>> max_norm = Default(none);
    Arg<Real> norm_type = Default(2);
    Arg<bool> scale_grad_by_freq = Default(false);
    Arg<std::string> mode = Default("mean");
    Arg<bool> sparse = Default(false);
    Arg<Tensor> _weight = Default(none);
    Arg<bool> include_last_offset = Default(false);
    Arg<std::optional<std::int64_t>> padding_idx = Default(none);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct EmbeddingBagFromPretrainedOptions {
    Keywords _ = Keywords();
    Arg<Tensor> embeddings = required;
    Arg<bool> freeze = Default(true);
    Arg<std::optional<Real>> max_norm = Default(none);
    Arg<Real> norm_type = Default(2);
    Arg<bool> scale_grad_by_freq = Default(false);
    Arg<std::string> mode = Default("mean");
    Arg<bool> sparse = Default(false), include_last_offset = Default(false);
    Arg<std::optional<std::int64_t>> padding_idx = Default(none);
};
struct EmbeddingBagForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, offsets = Default(none), per_sample_weights = Default(none);
};
/// F::embedding_bag of the rows of weight (num_embeddings, embedding_dim): (B, embedding_dim). torch.nn.EmbeddingBag
struct EmbeddingBag : Module<EmbeddingBag> {
    TAPER_CONSTRUCTORS(EmbeddingBag, EmbeddingBagOptions, 2, num_embeddings, embedding_dim, max_norm, norm_type,
        scale_grad_by_freq, mode, sparse, _weight, include_last_offset, padding_idx, device, dtype)
    EmbeddingBag(Called, const EmbeddingBagOptions& o);
    /// On the rows given, which do not learn if `freeze`.
    TAPER_STATIC_METHOD(EmbeddingBag, from_pretrained, EmbeddingBagFromPretrainedOptions, 1, embeddings, freeze,
        max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset, padding_idx)
    Tensor forward(const Tensor& input, const Tensor& offsets = {}, const Tensor& per_sample_weights = {}) const;
    /// bag(input, {.offsets = o})
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(EmbeddingBag, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), EmbeddingBagForwardOptions, 1, input, offsets, per_sample_weights)
    /// Draws weight anew from N(0, 1); row padding_idx is 0.
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t num_embeddings, embedding_dim;
    Setting<std::optional<Real>> max_norm;
    Setting<Real> norm_type;
    Setting<bool> scale_grad_by_freq;
    Parameter weight;
    Setting<std::string> mode;
    Setting<bool> include_last_offset;
    Setting<std::optional<std::int64_t>> padding_idx;
};

}  // namespace taper::nn
