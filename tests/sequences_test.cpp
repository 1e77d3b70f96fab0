// Sequences of unequal length, bags, the CTC loss and decoders: how they print, are called and refuse, and what the
// live comparisons do not see.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <sstream>

#include "error_of.h"

using namespace taper;
using namespace nn::utils::rnn;
namespace F = nn::functional;

TEST_CASE("a packed sequence prints and is taken apart as Python's tuple") {
    auto packed = pack_sequence({tensor({1, 2, 3}), tensor({4, 5}), tensor({6})});
    CHECK(fmt::format("{}", packed) ==
        "PackedSequence(data=tensor([1, 4, 6, 2, 5, 3]), batch_sizes=tensor([3, 2, 1]), sorted_indices=None, "
        "unsorted_indices=None)");
    std::ostringstream out;
    out << pack_padded_sequence(
        tensor({{1, 2, 0}, {3, 0, 0}, {4, 5, 6}}), {2, 1, 3}, {.batch_first = true, .enforce_sorted = false});
    CHECK(out.str() ==
        "PackedSequence(data=tensor([4, 1, 3, 5, 2, 6]), batch_sizes=tensor([3, 2, 1]), sorted_indices=tensor([2, 0, "
        "1]), "
        "unsorted_indices=tensor([1, 2, 0]))");
    auto [data, batch_sizes, sorted_indices, unsorted_indices] = packed;
    CHECK(equal(data, packed[0]));
    CHECK(equal(batch_sizes, packed[-3]));
    CHECK_FALSE(sorted_indices.defined());
    CHECK_FALSE(packed[3].defined());
    CHECK(error_of([&] { packed[4]; }) == "PackedSequence: tuple index out of range: 4 of 4");
    CHECK(packed.to(float64).data.dtype() == float64);
    CHECK(packed.to({.dtype = float32}).data.dtype() == float32);
    CHECK(packed.half().data.dtype() == float16);
    CHECK(packed.cpu().data.dtype() == int64);
    CHECK_FALSE(packed.is_cuda());
    const PackedSequence by_hand(randn({3}), tensor({2, 1}), tensor({1, 0}));
    CHECK(equal(by_hand.unsorted_indices, tensor({1, 0})));
    CHECK(unpack_sequence(packed)[1].tolist<std::int64_t>() == std::vector<std::int64_t>{4, 5});
}

TEST_CASE("padding and packing refuse what PyTorch refuses") {
    const Tensor x = randn({4, 3, 2});
    CHECK(error_of([] { pad_sequence(TensorList()); }) == "pad_sequence: received an empty list of sequences");
    CHECK(error_of([&] {
        pack_padded_sequence(x, {4, 2});
    }) == "pack_padded_sequence: Expected `len(lengths)` to be equal to batch_size, but got 2 (batch_size=3)");
    CHECK(error_of([&] {
        pack_padded_sequence(x, {4, 2, 0});
    }) ==
        "pack_padded_sequence: Length of all samples has to be greater than 0, but found an element in 'lengths' that "
        "is "
        "<= 0");
    CHECK(error_of([&] {
        pack_padded_sequence(x, tensor({{4, 2, 1}}));
    }) == "pack_padded_sequence: 'lengths' argument should be a 1D CPU int64 tensor, but got 2D cpu Long tensor");
    CHECK(error_of([&] {
        pack_padded_sequence(x, {5, 2, 1});
    }) == "pack_padded_sequence: a sequence of length 5 has no room in the 4 steps of the input");
    CHECK(error_of([&] {
        pack_padded_sequence(x, {4, 2, 3});
    })
              .starts_with("pack_padded_sequence: `lengths` array must be sorted in decreasing order when "
                           "`enforce_sorted` is True. You can "
                           "pass `enforce_sorted=False`"));
    CHECK(error_of([&] {
        pad_packed_sequence(pack_padded_sequence(x, {4, 2, 1}), {.total_length = 3});
    }) ==
        "pad_packed_sequence: Expected total_length to be at least the length of the longest sequence in input, but "
        "got "
        "total_length=3 and max sequence length being 4");
    nn::LSTM lstm(2, 3);
    nn::GRU gru(2, 3);
    const auto packed = pack_padded_sequence(x, {4, 2, 1});
    CHECK(error_of([&] {
        lstm(packed, {zeros({1, 3, 2}), zeros({1, 3, 3})});
    }) == "LSTM: Expected hidden[0] size (1, 3, 3), got [1, 3, 2]");
    CHECK(error_of([&] { gru(packed, zeros({1, 2, 3})); }) == "GRU: Expected hidden size (1, 3, 3), got [1, 2, 3]");
    CHECK(error_of([&] {
        gru(pack_padded_sequence(randn({4, 3}), {4, 2, 1}));
    }) == "GRU: input must have 2 dimensions, got 1");
    CHECK(error_of([&] {
        lstm(x, {zeros({1, 3}), zeros({1, 3})});
    }) == "LSTM: For batched 3-D input, hx and cx should also be 3-D but got 2-D tensors");
}

TEST_CASE("hooks see the tensors of a packed sequence") {
    nn::GRU gru(2, 3);
    std::vector<std::size_t> seen;
    gru.register_forward_hook([&](nn::GRU&, const TensorList& inputs, const TensorList& outputs) {
        seen = {inputs.size(), outputs.size()};
        return TensorList{outputs[0] * 2, outputs[1], outputs[2], outputs[3], outputs[4]};
    });
    const auto packed = pack_sequence({randn({3, 2}), randn({1, 2})});
    auto [twice, h] = gru(packed);
    CHECK(seen == std::vector<std::size_t>{4, 5});
    CHECK(equal(twice.data, 2 * std::get<0>(gru.forward(packed)).data));
}

TEST_CASE("a bag and a CTC loss refuse what PyTorch refuses") {
    const Tensor weight = randn({5, 3}), row = tensor({1, 2, 4, 1}), rows = row.view(2, 2);
    auto bag = [&](const Tensor& index, F::EmbeddingBagOptions o) {
        return error_of([&] { F::embedding_bag(index, weight, o); });
    };
    CHECK(bag(row, {}) == "embedding_bag: offsets has to be a 1D Tensor but got None");
    CHECK(bag(row, {.offsets = tensor({1, 2})}) ==
        "embedding_bag: offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position "
        "0. "
        "However, got 1");
    CHECK(bag(row, {.offsets = tensor({0, 5})}) ==
        "embedding_bag: offsets[-1] can not be greater than input's length 4 but got offsets[-1] of 5");
    CHECK(bag(row, {.offsets = tensor({0, 3, 2})}) == "embedding_bag: offsets must not fall");
    CHECK(bag(rows, {.mode = "avg"}) == "embedding_bag: mode has to be one of sum, mean or max");
    CHECK(bag(rows, {.per_sample_weights = ones({2, 2})})
              .starts_with("embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for "
                           "mode='sum' (got "
                           "mode='mean')."));
    CHECK(bag(rows + 3, {}) == "embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be 7 of 5");
    CHECK(bag(rows, {.padding_idx = 7}) ==
        "embedding_bag: padding_idx must be within the number of embeddings, -5 through 4, but got 7");
    CHECK(error_of([] { nn::EmbeddingBag(5, 3, {.padding_idx = 9}); }) ==
        "EmbeddingBag: padding_idx must be within num_embeddings, but got 9 of 5");

    const Tensor x = randn({5, 2, 4}).log_softmax(2).requires_grad_(), labels = tensor({{1, 2}, {3, 1}});
    CHECK(error_of([&] {
        F::ctc_loss(x, labels, {6, 4}, {2, 1});
    }) == "ctc_loss: Expected input_lengths to have value at most 5, but got value 6");
    CHECK(error_of([&] {
        F::ctc_loss(x, labels, {5}, {2, 1});
    }) == "ctc_loss: input_lengths must be of size batch_size, but got 1 of 2");
    CHECK(error_of([&] {
        F::ctc_loss(x, labels, {5, 4}, {2, 1}, {.blank = 4});
    }) == "ctc_loss: blank must be in label range, but got 4 of 4 classes");
    CHECK(error_of([&] { F::ctc_loss(x, labels + 2, {5, 4}, {2, 1}); }) == "ctc_loss: target 4 is none of 4 classes");
    CHECK(error_of([&] {
        F::ctc_loss(x, labels, tensor({5., 4.}), {2, 1});
    }) == "ctc_loss: input_lengths must be integral");
    CHECK(error_of([&] {
        F::ctc_loss(x, labels, {5, 4}, {2, 1}, {.reduction = "avg"});
    }) == "ctc_loss: avg is not a valid value for reduction");
    Tensor gradient = autograd::grad({F::ctc_loss(x, labels, {5, 4}, {2, 1})}, {x}, {.create_graph = true})[0];
    CHECK(error_of([&] { gradient.sum().backward(); }) ==
        "ctc_loss: derivative for aten::_ctc_loss_backward is not implemented");
}

TEST_CASE("an input without steps says nothing with certainty, and no label") {
    const Tensor x = randn({3, 2, 4}).log_softmax(2);
    const Tensor losses = F::ctc_loss(x, tensor({{1}, {1}}), {0, 0}, {0, 1}, {.reduction = "none"});
    CHECK(losses.tolist() == std::vector<double>{0, INFINITY});
}

TEST_CASE("attention has the heads of keys and values shared between those of queries") {
    const Tensor query = randn({2, 4, 3, 5}), key = randn({2, 2, 6, 5}), value = randn({2, 2, 6, 5});
    auto twice = [](const Tensor& x) { return x.repeat_interleave(2, 1); };
    CHECK(equal(F::scaled_dot_product_attention(query, key, value, {.enable_gqa = true}),
        F::scaled_dot_product_attention(query, twice(key), twice(value))));
    CHECK(error_of([&] {
        F::scaled_dot_product_attention(query, query, query, ones({3, 3}), 0., true);
    }) == "scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
}

TEST_CASE("a Transformer refuses what does not fit") {
    nn::Transformer model(4, 2, 1, 1, 5);
    CHECK(error_of([&] {
        model(randn({3, 2, 4}), randn({3, 1, 4}));
    }) == "Transformer: the batch number of src and tgt must be equal, but got 2 and 1");
    CHECK(error_of([&] {
        model(randn({3, 2, 4}), randn({3, 2, 3}));
    }) == "Transformer: the feature number of src and tgt must be equal to d_model, but got 4 and 3 for 4");
    CHECK(fmt::format("{}", nn::Transformer::generate_square_subsequent_mask(3)) ==
        "tensor([[0., -inf, -inf],\n        [0., 0., -inf],\n        [0., 0., 0.]])");
}
