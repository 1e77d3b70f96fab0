// Recurrent layers and attention: how they are called, what they refuse, and what live_modules_test does not see.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;

TEST_CASE("an LSTM gives its output and both last states and goes on from them") {
    manual_seed(0);
    nn::LSTM lstm(3, 4, 2, {.batch_first = true});
    Tensor x = randn({2, 5, 3});
    auto [output, state] = lstm(x);
    auto [h_n, c_n] = state;
    CHECK(output.shape() == Shape{2, 5, 4});
    CHECK(h_n.shape() == Shape{2, 2, 4});
    CHECK(equal(output.select(1, 4), h_n[1]));
    auto [first, middle] = lstm(x.narrow(1, 0, 2));
    auto [second, end] = lstm(x.narrow(1, 2, 3), middle);
    CHECK(allclose(cat({first, second}, 1), output, {.atol = 1e-6}));
    auto [again, same] = lstm(x, {zeros({2, 2, 4}), zeros({2, 2, 4})});
    CHECK(equal(again, output));
    CHECK(allclose(std::get<1>(end), c_n, {.atol = 1e-6}));
}

TEST_CASE("a recurrent layer is its cell step by step") {
    manual_seed(1);
    nn::GRU gru(3, 4);
    nn::GRUCell cell(3, 4);
    StateDict weights;
    for (const auto& [name, x] : gru.state_dict()) weights[name.substr(0, name.find("_l0"))] = x;
    cell.load_state_dict(weights);
    Tensor x = randn({5, 2, 3}), h;
    auto [output, h_n] = gru(x);
    for (std::int64_t t = 0; t < 5; ++t) {
        h = cell(x[t], h);
        CHECK(allclose(h, output[t], {.atol = 1e-6}));
    }
}

TEST_CASE("recurrent layers print and are named as in PyTorch") {
    CHECK(fmt::format("{}", nn::RNN(3, 4, 2, {.nonlinearity = "relu", .bias = false, .bidirectional = true})) ==
        "RNN(3, 4, num_layers=2, bias=False, bidirectional=True)");
    std::string names;
    for (const auto& [name, x] : nn::LSTM(3, 4, {.bidirectional = true}).state_dict()) names += name + " ";
    CHECK(names ==
        "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0 weight_ih_l0_reverse weight_hh_l0_reverse bias_ih_l0_reverse "
        "bias_hh_l0_reverse ");
}

TEST_CASE("recurrent layers refuse what does not fit") {
    CHECK(error_of([] {
        nn::RNN(3, 4)(zeros({5, 2, 2}));
    }) == "RNN: input.size(-1) must be equal to input_size. Expected 3, got 2");
    CHECK(
        error_of([] { nn::GRU(3, 4)(zeros({3})); }) == "GRU: Expected input to be 2-D or 3-D but received 1-D tensor");
    CHECK(error_of([] {
        nn::GRU(3, 4)(zeros({5, 2, 3}), zeros({1, 3, 4}));
    }) == "GRU: Expected hidden size (1, 2, 4), got [1, 3, 4]");
    CHECK(error_of([] {
        nn::LSTM(3, 4)(zeros({0, 2, 3}));
    }) == "LSTM: Expected sequence length to be larger than 0 in RNN");
    CHECK(error_of([] { nn::RNN(3, 4, {.nonlinearity = "sin"}); }) == "RNN: Unknown nonlinearity 'sin'");
    CHECK(error_of([] {
        nn::GRUCell(3, 4)(zeros({2, 2}));
    }) == "GRUCell: input has inconsistent input_size: got 2 expected 3");
}

TEST_CASE("attention ignores the keys that its masks name") {
    manual_seed(2);
    nn::MultiheadAttention attention(4, 2, {.batch_first = true});
    Tensor x = randn({2, 3, 4}), padding = tensor({{0, 0, 1}, {0, 0, 0}}).to(bool_);
    auto [out, weights] = attention(x, x, x, {.key_padding_mask = padding});
    CHECK(weights[0].select(1, 2).abs().max().item() == 0);
    CHECK(allclose(weights.sum(-1), ones({2, 3})));
    Tensor causal = ones({3, 3}).triu(1).to(bool_);
    auto [past, of_past] = attention(x, x, x, {.attn_mask = causal});
    CHECK(equal(of_past * causal.to(float32), zeros({2, 3, 3})));
    auto [none, absent] = attention(x, x, x, {.need_weights = false});
    CHECK(!absent.defined());
    auto [all, by_head] = attention(x, x, x, {.average_attn_weights = false});
    CHECK(by_head.shape() == Shape{2, 2, 3, 3});
    CHECK(error_of([&] {
        attention(x, x, x, {.attn_mask = zeros({2, 2})});
    }) == "MultiheadAttention: The shape of the attn_mask is [2, 2], but should be [3, 3] or [4, 3, 3]");
    CHECK(error_of([] { nn::MultiheadAttention(5, 2); }) ==
        "MultiheadAttention: embed_dim must be divisible by num_heads, but got 5 and 2");
}

TEST_CASE("the layers of a recurrent network take the gradient through time in float64") {
    manual_seed(3);
    nn::LSTM lstm(2, 3, {.bidirectional = true});
    lstm.to(float64);
    Tensor x = randn({3, 2, 2}, {.dtype = float64, .requires_grad = true});
    CHECK(autograd::gradcheck([&](const Tensor& x) { return std::get<0>(lstm(x)); }, {x}));
    nn::MultiheadAttention attention(4, 2);
    attention.to(float64);
    Tensor q = randn({2, 1, 4}, {.dtype = float64, .requires_grad = true});
    CHECK(autograd::gradcheck([&](const Tensor& q) { return std::get<0>(attention(q, q, q)); }, {q}));
}

TEST_CASE("hooks see the tensors that recurrent layers and attention pass and give") {
    nn::LSTM lstm(3, 4);
    std::size_t seen = 0;
    auto handle = lstm.register_forward_hook(
        [&](nn::LSTM&, const TensorList& in, const TensorList& out) { seen = 10 * in.size() + out.size(); });
    lstm(randn({5, 2, 3}), {zeros({1, 2, 4}), zeros({1, 2, 4})});
    CHECK(seen == 33);
    nn::MultiheadAttention attention(4, 2);
    attention.register_forward_hook([&](nn::MultiheadAttention&, const TensorList& in, const TensorList& out) {
        seen = 10 * in.size() + out.size();
    });
    Tensor x = randn({3, 2, 4}, {.requires_grad = true});
    auto [out, weights] = attention(x, x, x, {.need_weights = false});
    CHECK(seen == 32);
    CHECK(!weights.defined());
    int calls = 0;
    attention.register_full_backward_hook(
        [&](nn::MultiheadAttention&, const TensorList&, const TensorList&) { ++calls; });
    auto [again, none] = attention(x, x, x, {.need_weights = false});
    again.sum().backward();
    CHECK(calls == 1);
}

TEST_CASE("an encoder's layers begin alike and then go their own ways") {
    manual_seed(0);
    nn::TransformerEncoderLayer layer(4, 2, 8, 0.);
    Tensor after = rand({1});
    manual_seed(0);
    nn::TransformerEncoder encoder(nn::TransformerEncoderLayer(4, 2, 8, 0.), 2);
    CHECK(equal(rand({1}), after));
    auto& first = encoder.layers[0].as<nn::TransformerEncoderLayer>();
    auto& second = encoder.layers[1].as<nn::TransformerEncoderLayer>();
    CHECK(equal(first.linear1.weight, second.linear1.weight));
    first.linear1.bias.data().add_(1);
    CHECK(!equal(first.linear1.bias, second.linear1.bias));
}
