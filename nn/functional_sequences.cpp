#include "functional_sequences.h"

#include <cmath>
#include <limits>

#include "../autograd/ops.h"
#include "../autograd/ops/ctc.h"
#include "positional.h"

namespace taper::nn::functional {

using T = const Tensor&;
static constexpr double infinity = std::numeric_limits<double>::infinity();

// ---- attention

static Tensor attend(const ScaledDotProductAttentionOptions& o) {
    const Tensor query = o.query, mask = o.attn_mask;
    Tensor key = o.key, value = o.value;
    check(!o.is_causal || !mask.defined(),
        "scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
    if (o.enable_gqa) {
        check(key.size(-3) > 0 && query.size(-3) % key.size(-3) == 0 && key.size(-3) == value.size(-3),
            "scaled_dot_product_attention: enable_gqa expects the {} heads of query to be a multiple of those of key "
            "and value, but got {} and {}",
            query.size(-3), key.size(-3), value.size(-3));
        const std::int64_t shared = query.size(-3) / key.size(-3);
        key = ops::repeat_interleave(key, shared, -3), value = ops::repeat_interleave(value, shared, -3);
    }
    Tensor scores = query.matmul(key.mT()) * o.scale->value_or(1 / std::sqrt(static_cast<double>(query.size(-1))));
    const auto without = [&](T hidden) {
        return zeros(hidden.shape(), {.dtype = query.dtype(), .device = query.device()}).masked_fill(hidden, -infinity);
    };
    if (o.is_causal)
        scores = scores + without(ones({query.size(-2), key.size(-2)}, {.dtype = bool_}).tril().logical_not());
    if (mask.defined()) {
        check(mask.dtype() == bool_ || mask.is_floating_point(),
            "scaled_dot_product_attention: Expected attn_mask dtype to be bool or float or to match query dtype, but "
            "got attn_mask.dtype: {} and query.dtype: {} instead.",
            mask.dtype(), query.dtype());
        scores = scores + (mask.dtype() == bool_ ? without(mask.logical_not()) : mask.to(query.dtype()));
    }
    Tensor weights = ops::softmax(scores, -1);
    if (o.dropout_p > 0) weights = ops::dropout(weights, o.dropout_p, true);
    return weights.matmul(value);
}
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, scaled_dot_product_attention, ScaledDotProductAttentionOptions, (attend(o)), 3,
    query, key, value, attn_mask, dropout_p, is_causal)

// ---- bags

namespace {

/// The entries of all bags in a row: their rows, their bags, and their weights, if there are any.
struct Bags {
    std::int64_t count;
    Tensor rows, bag, weights;
};

/// How many entries each bag has.
Tensor sizes_between(T offsets, std::int64_t entries, bool include_last) {
    check(offsets.ndim() == 1, "embedding_bag: offsets has to be a 1D Tensor");
    check(!include_last || offsets.numel() > 0,
        "embedding_bag: include_last_offset: number of offset should be at least 1");
    if (offsets.numel() == 0) return offsets.to(int64);
    const std::int64_t first = offsets[0].item<std::int64_t>(), last = offsets[-1].item<std::int64_t>();
    check(first == 0,
        "embedding_bag: offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position "
        "0. However, got {}",
        first);
    check(last <= entries,
        "embedding_bag: offsets[-1] can not be greater than input's length {} but got offsets[-1] of {}", entries,
        last);
    Tensor ends = include_last ? offsets.to(int64) : ops::cat({offsets.to(int64), tensor({entries})});
    Tensor sizes = ends[Slice(1, none)] - ends[Slice(none, -1)];
    check(!(sizes < 0).any().item<bool>(), "embedding_bag: offsets must not fall");
    return sizes;
}

Bags bags_of(const EmbeddingBagOptions& o) {
    const Tensor input = o.input, weights = o.per_sample_weights;
    check(!weights.defined() || weights.shape() == input.shape(),
        "embedding_bag: If per_sample_weights ({}) is not None, then it must have the same shape as the input ({})",
        weights.defined() ? weights.shape().str() : input.shape().str(), input.shape().str());
    check(input.ndim() == 1 || input.ndim() == 2,
        "embedding_bag: input has to be 1D or 2D Tensor, but got Tensor of dimension {}", input.ndim());
    check(input.dtype() == int64 || input.dtype() == int32,
        "embedding_bag: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, "
        "Int; "
        "but got torch.{}Tensor instead (while checking arguments for embedding_bag)",
        scalar_name_of(input.dtype()));
    Bags bags{0, input.reshape(-1), {}, weights.defined() ? weights.reshape(-1) : Tensor()};
    if (input.ndim() == 2) {
        check(!o.offsets.defined(),
            "embedding_bag: if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed "
            "length sequences. However, found offsets of type <class 'torch.Tensor'>");
        check(!o.include_last_offset,
            "embedding_bag: include_last_offset=True tells where the last of the bags ends that offsets name; an input "
            "whose rows are bags needs none: leave it out");
        check(input.size(1) > 0, "embedding_bag: step must be nonzero");
        bags.count = input.size(0);
        bags.bag = ops::repeat_interleave(arange(bags.count), tensor(input.size(1)));
    } else {
        check(o.offsets.defined(), "embedding_bag: offsets has to be a 1D Tensor but got None");
        const Tensor sizes = sizes_between(o.offsets, input.numel(), o.include_last_offset);
        bags.count = sizes.numel();
        bags.bag = ops::repeat_interleave(sizes, none);
        bags.rows = bags.rows.narrow(0, 0, bags.bag.numel());
        if (weights.defined()) bags.weights = bags.weights.narrow(0, 0, bags.bag.numel());
    }
    return bags;
}

/// Of each bag and column the row with the largest element, the first of equals; and which bags are empty. A step looks
/// at one entry of every bag.
std::pair<Tensor, Tensor> rows_of_largest(const Bags& bags, T weight) {
    NoGradGuard no_grad;
    const Tensor sizes = ops::bincount(bags.bag, {}, bags.count), starts = ops::cumsum(sizes, 0) - sizes;
    Tensor best = zeros({bags.count, weight.size(1)}, {.dtype = int64}), largest = best.to(weight.dtype());
    const std::int64_t most = bags.rows.numel() > 0 ? sizes.max().item<std::int64_t>() : 0;
    for (std::int64_t i = 0; i < most; ++i) {
        Tensor row = bags.rows.index_select(0, (starts + i).clamp_max(bags.rows.numel() - 1));
        Tensor candidate = weight.detach().index_select(0, row), there = (sizes > i).unsqueeze(1);
        Tensor better = i == 0 ? there : there & (candidate > largest);
        best = ops::where(better, row.unsqueeze(1), best), largest = ops::where(better, candidate, largest);
    }
    return {best, (sizes == 0).unsqueeze(1)};
}

Tensor reduced(const Bags& bags, T weight, const std::string& mode, bool scale_grad_by_freq) {
    if (mode == "max") {
        auto [rows, empty_bags] = rows_of_largest(bags, weight);
        return weight.size(0) == 0 ? zeros({bags.count, weight.size(1)}, {.dtype = weight.dtype()})
                                   : ops::masked_fill(ops::gather(weight, 0, rows), empty_bags, 0);
    }
    Tensor entries = ops::embedding(bags.rows, weight, -1, scale_grad_by_freq);
    if (bags.weights.defined()) entries = entries * bags.weights.unsqueeze(1);
    Tensor sums = zeros({bags.count, weight.size(1)}, {.dtype = weight.dtype(), .device = weight.device()});
    sums = ops::index_add(sums, 0, bags.bag, entries);
    if (mode == "sum") return sums;
    return sums / ops::bincount(bags.bag, {}, bags.count).clamp_min(1).to(weight.dtype()).unsqueeze(1);
}

Tensor in_bags(const EmbeddingBagOptions& o) {
    const Tensor weight = o.weight;
    const std::string mode = o.mode;
    Bags bags = bags_of(o);
    check(mode == "sum" || mode == "mean" || mode == "max", "embedding_bag: mode has to be one of sum, mean or max");
    check(mode != "max" || !o.scale_grad_by_freq,
        "embedding_bag: max mode does not support scaling the gradient by the frequency");
    check(mode != "max" || !o.sparse, "embedding_bag: max mode does not support sparse weights");
    positional::check_dense(o.sparse);
    check(weight.ndim() == 2, "embedding_bag: 'weight' must be 2-D");
    const std::int64_t rows = weight.size(0);
    if (bags.rows.numel() > 0)
        for (T end : {bags.rows.min(), bags.rows.max()})
            check(0 <= end.item<std::int64_t>() && end.item<std::int64_t>() < rows,
                "embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be {} of {}",
                end.item<std::int64_t>(), rows);
    if (*o.max_norm && bags.rows.numel() > 0) positional::shorten_rows(o.input, weight, **o.max_norm, o.norm_type);
    check(!bags.weights.defined() || mode == "sum",
        "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
        "mode='{}'). Please open a feature request on GitHub.",
        mode);
    check(weight.is_floating_point() && weight.dtype() != bfloat16,
        "embedding_bag: Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, "
        "Float, "
        "Double; but got torch.{}Tensor instead (while checking arguments for embedding_bag)",
        scalar_name_of(weight.dtype()));
    check(!bags.weights.defined() || bags.weights.dtype() == weight.dtype(),
        "embedding_bag: Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 "
        "'per_sample_weights'; but type torch.{}Tensor does not equal torch.{}Tensor (while checking arguments for "
        "embedding_bag)",
        scalar_name_of(weight.dtype()), scalar_name_of(bags.weights.defined() ? bags.weights.dtype() : weight.dtype()));
    if (const std::optional<std::int64_t> padding = o.padding_idx) {
        check(-rows <= *padding && *padding < rows,
            "embedding_bag: padding_idx must be within the number of embeddings, {} through {}, but got {}", -rows,
            rows - 1, *padding);
        const Tensor kept = (bags.rows != (*padding < 0 ? *padding + rows : *padding)).nonzero().flatten();
        bags.rows = bags.rows.index_select(0, kept), bags.bag = bags.bag.index_select(0, kept);
        if (bags.weights.defined()) bags.weights = bags.weights.index_select(0, kept);
    }
    return autograd::named("EmbeddingBagBackward0", reduced(bags, weight, mode, o.scale_grad_by_freq));
}

}  // namespace

TAPER_DEFINE_FUNCTION_OBJECT(Tensor, embedding_bag, EmbeddingBagOptions, (in_bags(o)), 2, input, weight, offsets,
    max_norm, norm_type, scale_grad_by_freq, mode, sparse, per_sample_weights, include_last_offset, padding_idx)

// ---- norm

static double epsilon_of(DType dtype) {
    switch (dtype) {
        case DType::Float64:
            return std::numeric_limits<double>::epsilon();
        case DType::Float16:
            return 0x1p-10;
        case DType::BFloat16:
            return 0x1p-7;
        default:
            return std::numeric_limits<float>::epsilon();
    }
}
static Tensor rms_normalized(T x, const Shape& sizes, T weight, std::optional<double> eps) {
    check(sizes.size() > 0,
        "rms_norm: Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but "
        "got normalized_shape = {}",
        sizes.str());
    const int dims = sizes.size(), first = x.ndim() - dims;
    check(first >= 0 && std::equal(sizes.begin(), sizes.end(), x.shape().begin() + std::max(first, 0)),
        "rms_norm: Given normalized_shape={}, expected input with shape [*, {}], but got input of size{}", sizes.str(),
        joined(sizes, ", "), x.shape().str());
    check(!weight.defined() || weight.shape() == sizes,
        "rms_norm: Expected weight to be of same shape as normalized_shape, but got weight of shape {} and "
        "normalized_shape = {}",
        weight.defined() ? weight.shape().str() : sizes.str(), sizes.str());
    check(x.is_floating_point(), "rms_norm: not implemented for '{}'", scalar_name_of(x.dtype()));
    Shape over;
    for (int d = first; d < x.ndim(); ++d) over.push_back(d);
    const Tensor wide = ops::to(x, info_of(x.dtype()).computes_in);
    Tensor out = wide * (wide.pow(2).mean(Dims(over), true) + eps.value_or(epsilon_of(x.dtype()))).rsqrt();
    return ops::to(weight.defined() ? out * weight : out, x.dtype());
}
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, rms_norm, RMSNormOptions,
    (rms_normalized(o.input, *o.normalized_shape, o.weight, o.eps)), 2, input, normalized_shape, weight, eps)

// ---- labels without places

static Tensor of_labels(const CTCLossOptions& o) {
    const Tensor x = o.log_probs;
    const std::string reduction = positional::known_reduction(o.reduction);
    check(reduction == "mean" || reduction == "sum" || reduction == "none",
        "ctc_loss: {} is not a valid value for reduction", reduction);
    for (const auto& [name, lengths] : {std::pair("input", *o.input_lengths), std::pair("target", *o.target_lengths)})
        check(!lengths.tensor().is_floating_point() && lengths.tensor().dtype() != bool_,
            "ctc_loss: {}_lengths must be integral", name);
    const bool single = x.ndim() != 3;
    Tensor losses = ops::ctc_loss(single ? x.unsqueeze(1) : x, o.targets, o.input_lengths->vec(),
        o.target_lengths->vec(), o.blank, o.zero_infinity);
    if (o.zero_infinity) losses = ops::where(losses == infinity, 0, losses);
    if (reduction == "sum") return losses.sum();
    if (reduction == "none") return single ? losses.squeeze(0) : losses;
    return (losses / o.target_lengths->tensor().to(losses.dtype()).clamp_min(1)).mean();
}
TAPER_DEFINE_FUNCTION_OBJECT(Tensor, ctc_loss, CTCLossOptions, (of_labels(o)), 4, log_probs, targets, input_lengths,
    target_lengths, blank, reduction, zero_infinity)

}  // namespace taper::nn::functional
