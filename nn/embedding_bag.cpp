#include "embedding_bag.h"

#include "blank.h"
#include "init.h"

namespace taper::nn {

static std::optional<std::int64_t> from_front(std::optional<std::int64_t> row, std::int64_t rows) {
    if (!row) return row;
    check(-rows <= *row && *row < rows, "EmbeddingBag: padding_idx must be within num_embeddings, but got {} of {}",
        *row, rows);
    return *row < 0 ? *row + rows : *row;
}

// The rows given, or new ones.
static Tensor rows_of(const EmbeddingBagOptions& o) {
    const Shape shape{o.num_embeddings, o.embedding_dim};
    const Tensor given = o._weight;
    check(!given.defined() || given.shape() == shape,
        "EmbeddingBag: Shape of weight does not match num_embeddings and embedding_dim: it is {}, not {}",
        given.defined() ? given.shape().str() : shape.str(), shape.str());
    return given.defined() ? given : blank(shape, o);
}

EmbeddingBag::EmbeddingBag(Called, const EmbeddingBagOptions& o)
    : num_embeddings(o.num_embeddings),
      embedding_dim(o.embedding_dim),
      max_norm(o.max_norm),
      norm_type(o.norm_type),
      scale_grad_by_freq(o.scale_grad_by_freq),
      weight(register_parameter("weight", rows_of(o))),
      mode(o.mode),
      include_last_offset(o.include_last_offset),
      padding_idx(from_front(o.padding_idx, num_embeddings)) {
    positional::check_dense(o.sparse);
    if (!o._weight.defined()) reset_parameters();
}
TAPER_DEFINE_CONSTRUCTORS(EmbeddingBag, EmbeddingBagOptions, 2, num_embeddings, embedding_dim, max_norm, norm_type,
    scale_grad_by_freq, mode, sparse, _weight, include_last_offset, padding_idx, device, dtype)

static EmbeddingBag on_rows(const EmbeddingBagFromPretrainedOptions& o) {
    const Tensor rows = o.embeddings;
    check(rows.ndim() == 2, "EmbeddingBag: Embeddings parameter is expected to be 2-dimensional, but has size {}",
        rows.shape().str());
    EmbeddingBag made({.num_embeddings = rows.size(0),
        .embedding_dim = rows.size(1),
        .max_norm = *o.max_norm,
        .norm_type = *o.norm_type,
        .scale_grad_by_freq = *o.scale_grad_by_freq,
        .mode = *o.mode,
        .sparse = *o.sparse,
        ._weight = rows,
        .include_last_offset = *o.include_last_offset,
        .padding_idx = *o.padding_idx});
    made.weight.requires_grad_(!o.freeze);
    return made;
}
TAPER_DEFINE_STATIC_METHOD(EmbeddingBag, EmbeddingBag, from_pretrained, EmbeddingBagFromPretrainedOptions, (on_rows(o)),
    1, embeddings, freeze, max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset, padding_idx)
TAPER_DEFINE_METHOD(Tensor, EmbeddingBag, operator(), EmbeddingBagForwardOptions,
    (Module::operator()(*o.input, *o.offsets, *o.per_sample_weights)), 1, input, offsets, per_sample_weights)

void EmbeddingBag::reset_parameters() const {
    draw_initial([weight = weight, row = *padding_idx] {
        init::normal_(weight);
        NoGradGuard no_grad;
        if (row) weight.select(0, *row).zero_();
    });
}

Tensor EmbeddingBag::forward(const Tensor& input, const Tensor& offsets, const Tensor& per_sample_weights) const {
    functional::EmbeddingBagOptions o{.norm_type = static_cast<double>(*norm_type)};
    o.input = input, o.weight = Tensor(weight), o.offsets = offsets, o.per_sample_weights = per_sample_weights;
    if (*max_norm) o.max_norm = static_cast<double>(**max_norm);
    o.scale_grad_by_freq = *scale_grad_by_freq, o.mode = *mode, o.include_last_offset = *include_last_offset;
    o.padding_idx = *padding_idx;
    return functional::embedding_bag(o);
}

std::string EmbeddingBag::extra_repr() const {
    std::string all = fmt::format("{}, {}", num_embeddings, embedding_dim);
    if (*max_norm) all += ", max_norm=" + repr(**max_norm);
    if (*norm_type != 2) all += ", norm_type=" + repr(*norm_type);
    if (*scale_grad_by_freq) all += ", scale_grad_by_freq=True";
    all += ", mode=" + *mode;
    if (*padding_idx) all += fmt::format(", padding_idx={}", **padding_idx);
    return all;
}

}  // namespace taper::nn
