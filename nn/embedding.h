// Embedding: numbers of words, or of anything else, become vectors that are learned.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// As EmbeddingOptions; rows that are frozen do not learn.
struct FromPretrainedOptions {
    bool freeze = true;
    std::optional<std::int64_t> padding_idx = {};
    std::optional<double> max_norm = {};
    double norm_type = 2;
    bool scale_grad_by_freq = false, sparse = false;
};
/// Rows of weight (num_embeddings, embedding_dim) by their numbers, int64 (...): (..., embedding_dim). Row padding_idx
/// is 0 at first, and does not learn.
/// torch.nn.Embedding
struct Embedding : Module<Embedding> {
    Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingOptions& options = {});
    Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, std::int64_t padding_idx)
        : Embedding(num_embeddings, embedding_dim, {.padding_idx = padding_idx}) {}
    /// On the rows given, which do not learn if `freeze`.
    static Embedding from_pretrained(const Tensor& embeddings, const FromPretrainedOptions& options = {});
    static Embedding from_pretrained(const Tensor& embeddings, bool freeze) {
        return from_pretrained(embeddings, {.freeze = freeze});
    }
    Tensor forward(const Tensor& index) const;
    /// Draws weight anew from N(0, 1); row padding_idx is 0.
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t num_embeddings, embedding_dim;
    Setting<std::optional<std::int64_t>> padding_idx;
    Setting<std::optional<double>> max_norm;
    Setting<double> norm_type;
    Setting<bool> scale_grad_by_freq;
    Tensor weight;

 private:
    Embedding(const Tensor& weight, const EmbeddingOptions& options);
};

}  // namespace taper::nn
