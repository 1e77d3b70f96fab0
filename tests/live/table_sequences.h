// The rows of ops_sequences.py.
#pragma once

#include "rows.h"

namespace live {

namespace rnn = nn::utils::rnn;

inline TensorList results(const rnn::PackedSequence& x) {
    TensorList all{x.data, x.batch_sizes};
    if (x.sorted_indices.defined()) all.push_back(x.sorted_indices), all.push_back(x.unsorted_indices);
    return all;
}
inline TensorList results(const std::tuple<Tensor, Tensor>& both) { return {std::get<0>(both), std::get<1>(both)}; }
inline rnn::PackedSequence packed(const Case& c) {
    return rnn::pack_padded_sequence(
        c[0], c.kw.list("lengths"), c.kw.flag("batch_first"), {.enforce_sorted = c.kw.flag("enforce_sorted")});
}

inline const Rows sequence_rows{
    ROW("F.scaled_dot_product_attention",
        (manual_seed(c.kw.whole("seed")),
            F::scaled_dot_product_attention(c[0], c[1], c[2], c[3], c.kw.real("dropout_p"),
                {.is_causal = c.kw.flag("is_causal"), .scale = c.kw.maybe_real("scale")}))),
    {"F.embedding_bag",
        [](const Case& c) -> TensorList {
            const auto padding = c.kw.maybe_whole("padding_idx");
            return {F::embedding_bag(c[0], c[1], c[2], c.kw.maybe_real("max_norm"), c.kw.real("norm_type"),
                {.scale_grad_by_freq = c.kw.flag("scale_grad_by_freq"),
                    .mode = c.kw.text("mode"),
                    .per_sample_weights = c[3],
                    .include_last_offset = c.kw.flag("include_last_offset"),
                    .padding_idx = padding})};
        }},
    ROW("F.rms_norm", F::rms_norm(c[0], Sizes(c.kw.shape("normalized_shape")), c[1], c.kw.maybe_real("eps"))),
    ROW("F.ctc_loss",
        c.in.size() > 2 ? F::ctc_loss(c[0], c[1], c[2], c[3], c.kw.whole("blank"),
                              {.reduction = c.kw.text("reduction"), .zero_infinity = c.kw.flag("zero_infinity")})
                        : F::ctc_loss(c[0], c[1], c.kw.list("input_lengths"), c.kw.list("target_lengths"),
                              c.kw.whole("blank"), c.kw.text("reduction"), c.kw.flag("zero_infinity"))),
    ROW("pad_sequence",
        rnn::pad_sequence(c.in, c.kw.flag("batch_first"), {.padding_value = c.kw.real("padding_value")})),
    ROW("pack_padded_sequence", packed(c)),
    ROW("pad_packed_sequence",
        rnn::pad_packed_sequence(packed(c), c.kw.flag("again"), c.kw.real("padding_value"),
            {.total_length = c.kw.maybe_whole("total_length")})),
    {"unpad_sequence",
        [](const Case& c) -> TensorList {
            Tensor y = c[0].clone();
            TensorList all = rnn::unpad_sequence(y, c.kw.list("lengths"), {.batch_first = c.kw.flag("batch_first")});
            all.push_back(y);
            return all;
        }},
    {"pack_sequence",
        [](const Case& c) -> TensorList {
            const auto packed = rnn::pack_sequence(c.in, c.kw.flag("enforce_sorted"));
            TensorList all = rnn::unpack_sequence(packed);
            all.insert(all.begin(), {packed.data, packed.batch_sizes});
            return all;
        }},
};

}  // namespace live
