#include "embedding.h"

#include "init.h"

namespace taper::nn {

static std::optional<std::int64_t> from_front(std::optional<std::int64_t> row, std::int64_t rows) {
    if (!row) return row;
    check(-rows <= *row && *row < rows, "Embedding: Padding_idx must be within num_embeddings, but got {} of {}", *row,
        rows);
    return *row < 0 ? *row + rows : *row;
}

Embedding::Embedding(const Tensor& rows, const EmbeddingOptions& options)
    : num_embeddings(rows.size(0)),
      embedding_dim(rows.size(1)),
      padding_idx(from_front(options.padding_idx, num_embeddings)),
      max_norm(options.max_norm),
      norm_type(options.norm_type),
      scale_grad_by_freq(options.scale_grad_by_freq),
      weight(register_parameter("weight", rows)) {
    functional::check_dense(options.sparse);
}

Embedding::Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingOptions& options)
    : Embedding(empty({num_embeddings, embedding_dim}), options) {
    reset_parameters();
}

Embedding Embedding::from_pretrained(const Tensor& embeddings, const FromPretrainedOptions& options) {
    check(embeddings.ndim() == 2, "Embedding: Embeddings parameter is expected to be 2-dimensional, but has size {}",
        embeddings.shape().str());
    Embedding made(embeddings,
        {.padding_idx = options.padding_idx,
            .max_norm = options.max_norm,
            .norm_type = options.norm_type,
            .scale_grad_by_freq = options.scale_grad_by_freq,
            .sparse = options.sparse});
    made.weight.requires_grad_(!options.freeze);
    return made;
}

void Embedding::reset_parameters() const {
    draw_initial([weight = weight, row = *padding_idx] {
        init::normal_(weight);
        NoGradGuard no_grad;
        if (row) weight.select(0, *row).zero_();
    });
}

Tensor Embedding::forward(const Tensor& index) const {
    return functional::embedding(index, weight,
        {.padding_idx = *padding_idx,
            .max_norm = *max_norm,
            .norm_type = *norm_type,
            .scale_grad_by_freq = *scale_grad_by_freq});
}

std::string Embedding::extra_repr() const {
    std::string all = fmt::format("{}, {}", num_embeddings, embedding_dim);
    if (*padding_idx) all += fmt::format(", padding_idx={}", **padding_idx);
    if (*max_norm) all += ", max_norm=" + repr(**max_norm);
    if (*norm_type != 2) all += ", norm_type=" + repr(*norm_type);
    if (*scale_grad_by_freq) all += ", scale_grad_by_freq=True";
    return all;
}

}  // namespace taper::nn
