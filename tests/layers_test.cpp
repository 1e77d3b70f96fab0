// Layers: the ways to spell them, what they refuse, and what of them live_modules_test does not see.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;
namespace F = taper::nn::functional;

TEST_CASE("what layers lack is refused with a sentence") {
    CHECK(error_of([] { nn::Embedding(3, 2, {.sparse = true}); }) ==
        "embedding: sparse=True is not supported: there are no sparse tensors here; leave it out, and the gradient is "
        "the same, held in full");
    CHECK(error_of([] { nn::GRU(3, 4, {.proj_size = 2}); }) ==
        "GRU: proj_size argument is only supported for LSTM, not RNN or GRU");
    CHECK(error_of([] { nn::LSTM(3, 4, {.proj_size = 4}); }) == "LSTM: proj_size has to be smaller than hidden_size");
}

TEST_CASE("layers take their first settings by position and all of them by name") {
    auto text = [](const nn::AnyModule& module) { return nn::repr(module); };
    CHECK(text(nn::Conv2d(1, 8, 3, 2, 1)) == "Conv2d(1, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))");
    CHECK(text(nn::Conv2d(2, 8, {3, 5}, {1, 2}, {1, 2})) ==
        "Conv2d(2, 8, kernel_size=(3, 5), stride=(1, 2), padding=(1, 2))");
    CHECK(text(nn::Conv1d(1, 8, 3, {.padding = "same", .bias = false})) ==
        "Conv1d(1, 8, kernel_size=(3,), stride=(1,), padding=same, bias=False)");
    CHECK(text(nn::ConvTranspose2d(4, 2, 3, 2, 1)) ==
        "ConvTranspose2d(4, 2, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))");
    CHECK(text(nn::MaxPool2d({2, 3}, {2, 1})) ==
        "MaxPool2d(kernel_size=(2, 3), stride=(2, 1), padding=0, dilation=1, ceil_mode=False)");
    CHECK(text(nn::MaxPool2d({3, 3}, 2)) ==
        "MaxPool2d(kernel_size=(3, 3), stride=2, padding=0, dilation=1, ceil_mode=False)");
    CHECK(text(nn::AvgPool2d(3, {.stride = 2})) == "AvgPool2d(kernel_size=3, stride=2, padding=0)");
    CHECK(text(nn::AdaptiveAvgPool2d({7, 7})) == "AdaptiveAvgPool2d(output_size=(7, 7))");
    CHECK(text(nn::BatchNorm1d(4, {.momentum = std::nullopt})) ==
        "BatchNorm1d(4, eps=1e-05, momentum=None, affine=True, track_running_stats=True)");
    CHECK(text(nn::LayerNorm({4, 5}, 1e-3)) == "LayerNorm((4, 5), eps=0.001, elementwise_affine=True)");
    CHECK(text(nn::LayerNorm(randn({4, 5}).shape())) == "LayerNorm((4, 5), eps=1e-05, elementwise_affine=True)");
    CHECK(text(nn::GroupNorm(2, 4, 1e-3)) == "GroupNorm(2, 4, eps=0.001, affine=True)");
    CHECK(text(nn::Embedding(4, 2, -1)) == "Embedding(4, 2, padding_idx=3)");
}

TEST_CASE("nn.functional has the layers and takes their tensors by name too") {
    manual_seed(0);
    Tensor x = randn({2, 4, 5, 5}), w = randn({6, 2, 3, 3}), b = randn({6});
    Tensor y = F::conv2d(x, w, b, {.stride = 2, .padding = 1, .groups = 2});
    CHECK(equal(y, F::conv2d(x, w, {.bias = b, .stride = 2, .padding = 1, .groups = 2})));
    CHECK(y.shape() == Shape{2, 6, 3, 3});
    CHECK(F::max_pool2d(x, 2).shape() == Shape{2, 4, 2, 2});
    CHECK(F::avg_pool2d(x, {2, 3}, 1).shape() == Shape{2, 4, 4, 3});
    CHECK(F::adaptive_avg_pool2d(x, {1, 1}).shape() == Shape{2, 4, 1, 1});
    Tensor mean = zeros({4}), var = ones({4}), scale = randn({4}), shift = randn({4});
    Tensor normal = F::batch_norm(x, mean, var, scale, shift, true);
    CHECK(equal(normal, F::batch_norm(x, mean, var, scale, shift, {.training = true})));
    CHECK(equal(normal, F::batch_norm(x, mean, var, {.weight = scale, .bias = shift, .training = true})));
    Tensor rows = randn({5}), offset = randn({5});
    CHECK(equal(F::layer_norm(x, {5}, rows, offset, 1e-3),
        F::layer_norm(x, {5}, {.weight = rows, .bias = offset, .eps = 1e-3})));
    CHECK(equal(F::group_norm(x, 2, scale, shift), F::group_norm(x, 2, {.weight = scale, .bias = shift})));
    CHECK(F::instance_norm(x, {.eps = 1e-3}).shape() == x.shape());
    Tensor table = randn({4, 3}), index = tensor({{0, 3}, {1, 1}});
    CHECK(equal(F::embedding(index, table), F::embedding(index, table, {.padding_idx = -1})));
}

TEST_CASE("layers refuse what PyTorch refuses with its sentences") {
    CHECK(error_of([] {
        nn::Conv2d(3, 8, 3)(zeros({1, 4, 5, 5}));
    }) ==
        "conv2d: Given groups=1, weight of size [8, 3, 3, 3], expected input[1, 4, 5, 5] to have 3 channels, but got 4 "
        "channels instead");
    CHECK(error_of([] {
        nn::Conv2d(3, 8, 3)(zeros({4, 5}));
    }).find("Expected 3D (unbatched) or 4D (batched) input") != std::string::npos);
    CHECK(error_of([] { nn::Conv2d(3, 8, 3, {.groups = 2}); }) ==
        "Conv2d: in_channels must be divisible by groups, but got 3 and 2");
    CHECK(error_of([] { nn::Conv1d(2, 2, 3, 2, "same"); }) ==
        "Conv1d: padding='same' is not supported for strided convolutions");
    CHECK(error_of([] { nn::Conv1d(2, 2, 3, {.padding_mode = "mirror"}); }).find("padding_mode must be one of") !=
        std::string::npos);
    CHECK(error_of([] {
        nn::Conv2d(2, 2, {3, 3, 3});
    }) == "Conv2d: kernel_size must be a single number or a list of 2, but got [3, 3, 3]");
    CHECK(error_of([] {
        nn::BatchNorm1d(3)(zeros({2, 3, 4, 5}));
    }) == "BatchNorm1d: expected 2D or 3D input (got 4D input)");
    CHECK(error_of([] { nn::BatchNorm2d(3)(zeros({2, 3})); }) == "BatchNorm2d: expected 4D input (got 2D input)");
    CHECK(error_of([] {
        nn::BatchNorm1d(3)(zeros({2, 4}));
    }) == "batch_norm: running_mean should contain 4 elements not 3");
    CHECK(error_of([] {
        nn::BatchNorm1d(3)(zeros({1, 3}));
    }) == "batch_norm: Expected more than 1 value per channel when training, got input size torch.Size([1, 3])");
    CHECK(error_of([] {
        nn::LayerNorm(4)(zeros({2, 3}));
    }).find("expected input with shape [*, 4]") != std::string::npos);
    CHECK(error_of([] { nn::GroupNorm(2, 3); }).find("num_channels must be divisible by num_groups") !=
        std::string::npos);
    CHECK(error_of([] { nn::Embedding(3, 2)(tensor({3})); }).find("index out of range in self") != std::string::npos);
    CHECK(error_of([] { nn::Embedding(3, 2, 3); }) ==
        "Embedding: Padding_idx must be within num_embeddings, but got 3 of 3");
    CHECK(error_of([] { nn::Dropout1d()(zeros({3})); }).find("Expected 2D or 3D input") != std::string::npos);
}

TEST_CASE("a transposed convolution gives the size that is asked for") {
    nn::Conv2d down(2, 3, 3, 2, 1);
    nn::ConvTranspose2d up(3, 2, 3, 2, 1);
    Tensor x = randn({1, 2, 12, 11}), small = down(x);
    CHECK(up(small).shape() == Shape{1, 2, 11, 11});
    CHECK(up(small, x.shape()).shape() == x.shape());
    CHECK(error_of([&] {
        up(small, Shape{20, 20});
    }) ==
        "ConvTranspose2d: requested an output size of [20, 20], but valid sizes range from [11, 11] to [12, 12] (for "
        "an input of [1, 3, 6, 6])");
}

TEST_CASE("max pooling gives the places of the largest when asked") {
    auto [values, places] = nn::MaxPool2d(2).forward_with_indices(arange(16.).view({1, 4, 4}));
    CHECK(equal(values.view(-1), tensor({5., 7., 13., 15.})));
    CHECK(equal(places.view(-1), tensor({5, 7, 13, 15})));
}

TEST_CASE("an embedding is made of given rows and its padding row does not learn") {
    Tensor rows = tensor({{1., 2.}, {3., 4.}, {5., 6.}});
    nn::Embedding frozen = nn::Embedding::from_pretrained(rows);
    CHECK(equal(frozen(tensor({2, 0})), tensor({{5., 6.}, {1., 2.}})));
    CHECK(!frozen.weight.requires_grad());
    nn::Embedding learning = nn::Embedding::from_pretrained(rows, {.freeze = false, .padding_idx = 1});
    learning(tensor({1, 2, 2})).sum().backward();
    CHECK(equal(learning.weight.grad(), tensor({{0., 0.}, {0., 0.}, {2., 2.}})));
    CHECK(nn::Embedding(3, 2, 0).weight[0].abs().sum().item() == 0);
}

TEST_CASE("running statistics are one for all copies of a batch norm and cast with it") {
    nn::BatchNorm1d norm(2), copy = norm;
    norm(randn({4, 2}));
    CHECK(equal(copy.running_mean, norm.running_mean));
    CHECK(copy.num_batches_tracked.item<std::int64_t>() == 1);
    norm.to(float64);
    CHECK(copy.running_var.dtype() == float64);
    CHECK(copy.num_batches_tracked.dtype() == int64);
    copy.momentum = std::nullopt;
    CHECK(!*norm.momentum);
    norm.reset_running_stats();
    CHECK(copy.num_batches_tracked.item<std::int64_t>() == 0);
}
