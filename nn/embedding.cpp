#include "embedding.h"

#include "blank.h"
#include "init.h"

namespace taper::nn {

static std::optional<std::int64_t> from_front(std::optional<std::int64_t> row, std::int64_t rows) {
    if (!row) return row;
    check(-rows <= *row && *row < rows, "Embedding: Padding_idx must be within num_embeddings, but got {} of {}", *row,
        rows);
    return *row < 0 ? *row + rows : *row;
}

// The rows given, or new ones.
static Tensor rows_of(const EmbeddingOptions& o) {
    const Shape shape{o.num_embeddings, o.embedding_dim};
    const Tensor given = o._weight;
    check(!given.defined() || given.shape() == shape,
        "Embedding: Shape of weight does not match num_embeddings and embedding_dim: it is {}, not {}",
        given.defined() ? given.shape().str() : shape.str(), shape.str());
    return given.defined() ? given : blank(shape, o);
}

Embedding::Embedding(Called, const EmbeddingOptions& o)
    : num_embeddings(o.num_embeddings),
      embedding_dim(o.embedding_dim),
      padding_idx(from_front(o.padding_idx, num_embeddings)),
      max_norm(o.max_norm),
      norm_type(o.norm_type),
      scale_grad_by_freq(o.scale_grad_by_freq),
      weight(register_parameter("weight", rows_of(o))) {
    positional::check_dense(o.sparse);
    if (!o._weight.defined()) reset_parameters();
}
TAPER_DEFINE_CONSTRUCTORS(Embedding, EmbeddingOptions, 2, num_embeddings, embedding_dim, padding_idx, max_norm,
    norm_type, scale_grad_by_freq, sparse, _weight, device, dtype)

static Embedding on_rows(const FromPretrainedOptions& o) {
    const Tensor rows = o.embeddings;
    check(rows.ndim() == 2, "Embedding: Embeddings parameter is expected to be 2-dimensional, but has size {}",
        rows.shape().str());
    Embedding made({.num_embeddings = rows.size(0),
        .embedding_dim = rows.size(1),
        .padding_idx = *o.padding_idx,
        .max_norm = *o.max_norm,
        .norm_type = *o.norm_type,
        .scale_grad_by_freq = *o.scale_grad_by_freq,
        .sparse = *o.sparse,
        ._weight = rows});
    made.weight.requires_grad_(!o.freeze);
    return made;
}
TAPER_DEFINE_STATIC_METHOD(Embedding, Embedding, from_pretrained, FromPretrainedOptions, (on_rows(o)), 1, embeddings,
    freeze, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)

void Embedding::reset_parameters() const {
    draw_initial([weight = weight, row = *padding_idx] {
        init::normal_(weight);
        NoGradGuard no_grad;
        if (row) weight.select(0, *row).zero_();
    });
}

Tensor Embedding::forward(const Tensor& index) const {
    return positional::embedding(index, weight, padding_idx, *max_norm, norm_type, scale_grad_by_freq, false);
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
