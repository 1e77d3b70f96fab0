// Pooling beside PyTorch: values, gradients, places; ties, NaN and windows that reach beyond the image.
#include <cmath>

#include "error_of.h"
#include "images.h"

namespace torch = taper;
using namespace taper;

TEST_CASE("poolings give PyTorch's values and gradients") {
    using Arg = const Tensor&;
    images::compare({
        {"F.max_pool2d(x,2)", [](Arg x, Arg, Arg) { return torch::nn::functional::max_pool2d(x, 2); }},
        {"F.max_pool2d(x,3,stride=1,padding=1)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::max_pool2d(x, 3, {.stride = 1, .padding = 1}); }},
        {"F.max_pool2d(x,(3,2),stride=(2,3),padding=(1,0),dilation=(2,1),ceil_mode=True)",
            [](Arg x, Arg, Arg) {
                return torch::nn::functional::max_pool2d(
                    x, {3, 2}, {.stride = {2, 3}, .padding = {1, 0}, .dilation = {2, 1}, .ceil_mode = true});
            }},
        {"F.max_pool2d(x,2,ceil_mode=True)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::max_pool2d(x, 2, {.ceil_mode = true}); }},
        {"F.max_pool1d(x,3,stride=2,padding=1)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::max_pool1d(x, 3, 2, 1); }},
        {"F.max_pool1d(x,2)", [](Arg x, Arg, Arg) { return torch::nn::functional::max_pool1d(x, 2); }},
        {"F.avg_pool2d(x,2)", [](Arg x, Arg, Arg) { return torch::nn::functional::avg_pool2d(x, 2); }},
        {"F.avg_pool2d(x,3,stride=2,padding=1)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::avg_pool2d(x, 3, 2, 1); }},
        {"F.avg_pool2d(x,3,stride=2,padding=1,ceil_mode=True,count_include_pad=False)",
            [](Arg x, Arg, Arg) {
                return torch::nn::functional::avg_pool2d(
                    x, 3, {.stride = 2, .padding = 1, .ceil_mode = true, .count_include_pad = false});
            }},
        {"F.avg_pool2d(x,(2,3),stride=(3,2),padding=(1,1),ceil_mode=True)",
            [](Arg x, Arg, Arg) {
                return torch::nn::functional::avg_pool2d(
                    x, {2, 3}, {.stride = {3, 2}, .padding = {1, 1}, .ceil_mode = true});
            }},
        {"F.avg_pool2d(x,2,divisor_override=3)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::avg_pool2d(x, 2, {.divisor_override = 3}); }},
        {"F.avg_pool1d(x,3,stride=2,padding=1)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::avg_pool1d(x, 3, 2, 1); }},
        {"F.adaptive_avg_pool2d(x,(3,4))",
            [](Arg x, Arg, Arg) {
                return torch::nn::functional::adaptive_avg_pool2d(x, {3, 4});
            }},
        {"F.adaptive_avg_pool2d(x,1)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::adaptive_avg_pool2d(x, 1); }},
        {"F.adaptive_avg_pool2d(x,(7,2))",
            [](Arg x, Arg, Arg) {
                return torch::nn::functional::adaptive_avg_pool2d(x, {7, 2});
            }},
        {"F.adaptive_avg_pool1d(x,3)",
            [](Arg x, Arg, Arg) { return torch::nn::functional::adaptive_avg_pool1d(x, 3); }},
        {"F.adaptive_max_pool2d(x,(3,4))",
            [](Arg x, Arg, Arg) {
                return torch::nn::functional::adaptive_max_pool2d(x, {3, 4});
            }},
    });
}

TEST_CASE("max pooling says where the largest were: the first of equals and NaN above all") {
    Tensor x = torch::tensor({{1., 1., 2., NAN}, {1., 0., 2., 5.}, {-1., -1., NAN, 3.}, {-1., -2., 3., NAN}});
    auto found = torch::ops::max_pool2d_with_indices(x.unsqueeze(0), 2);
    CHECK(found.indices.dtype() == int64);
    CHECK(found.indices.tolist<std::int64_t>() == std::vector<std::int64_t>{0, 3, 8, 15});
    CHECK(std::isnan(found.values[0, 0, 1].item()));
    auto line = torch::ops::max_pool1d_with_indices(torch::tensor({{4., 7., 7., 1., 9.}}), 3, {.stride = 2});
    CHECK(line.indices.tolist<std::int64_t>() == std::vector<std::int64_t>{1, 4});
    auto spread = torch::ops::adaptive_max_pool2d_with_indices(x.unsqueeze(0), {1, 2});
    CHECK(spread.indices.tolist<std::int64_t>() == std::vector<std::int64_t>{0, 15});
}

TEST_CASE("a window that sees nothing but minus infinity or steps over the whole image stays within it") {
    Tensor x = torch::full({1, 3, 3}, -INFINITY).requires_grad_();
    auto found = torch::ops::max_pool2d_with_indices(x, 2, {.stride = 1});
    CHECK(found.indices.tolist<std::int64_t>() == std::vector<std::int64_t>{0, 1, 3, 4});
    found.values.sum().backward();
    CHECK(x.grad().sum().item() == 4);
    Tensor small = torch::ones({1, 1, 1}).requires_grad_();
    Tensor y =
        torch::nn::functional::max_pool2d(small, 3, {.stride = 4, .padding = 1, .dilation = 2, .ceil_mode = true});
    y.sum().backward();
    CHECK(y.numel() == 1);
}

TEST_CASE("poolings have first and second derivatives") {
    torch::manual_seed(1);
    Tensor x = torch::randn({2, 5, 6}, {.dtype = float64}).requires_grad_();
    CHECK(
        autograd::gradgradcheck([](Tensor x) { return torch::nn::functional::max_pool2d(x, 3, 2, 1) * x.sum(); }, {x}));
    CHECK(
        autograd::gradgradcheck([](Tensor x) { return torch::nn::functional::avg_pool2d(x, 3, 2, 1) * x.sum(); }, {x}));
    CHECK(autograd::gradgradcheck(
        [](Tensor x) {
            return torch::nn::functional::adaptive_avg_pool2d(x, {2, 4}) * x.sum();
        },
        {x}));
    CHECK(autograd::gradcheck([](Tensor x) { return torch::nn::functional::adaptive_max_pool2d(x, {2, 4}); }, {x}));
}

TEST_CASE("poolings are nodes named as PyTorch names them") {
    Tensor x = torch::randn({1, 2, 6, 6}).requires_grad_();
    CHECK(torch::nn::functional::max_pool2d(x, 2).grad_fn().name() == "MaxPool2DWithIndicesBackward0");
    CHECK(torch::nn::functional::avg_pool2d(x, 2).grad_fn().name() == "AvgPool2DBackward0");
    CHECK(torch::nn::functional::adaptive_avg_pool2d(x, 2).grad_fn().name() == "AdaptiveAvgPool2DBackward0");
    CHECK(torch::nn::functional::adaptive_avg_pool2d(x, 1).grad_fn().name() == "MeanBackward1");
    CHECK(torch::nn::functional::adaptive_max_pool2d(x, 2).grad_fn().name() == "AdaptiveMaxPool2DBackward0");
    CHECK(torch::nn::functional::max_pool1d(x[0], 2).grad_fn().name() == "SqueezeBackward1");
}

TEST_CASE("large poolings agree with the largest and the mean of slices for any number of threads") {
    Tensor x = torch::randn({3, 5, 64, 50});
    TensorList corners{x[all, all, Slice(0, none, 2), Slice(0, none, 2)],
        x[all, all, Slice(0, none, 2), Slice(1, none, 2)], x[all, all, Slice(1, none, 2), Slice(0, none, 2)],
        x[all, all, Slice(1, none, 2), Slice(1, none, 2)]};
    Tensor largest = torch::maximum(torch::maximum(corners[0], corners[1]), torch::maximum(corners[2], corners[3]));
    CHECK(torch::nn::functional::max_pool2d(x, 2).equal(largest));
    CHECK(torch::nn::functional::avg_pool2d(x, 2).allclose((corners[0] + corners[1] + corners[2] + corners[3]) / 4));
    CHECK(images::same_bits_for_any_threads([&] {
        Tensor image = x.detach().requires_grad_();
        Tensor y =
            torch::nn::functional::max_pool2d(image, 3, 2, 1) + torch::nn::functional::avg_pool2d(image, 3, 2, 1);
        y.backward(torch::ones_like(y));
        return torch::cat({y.detach().flatten(), image.grad().flatten()});
    }));
}

TEST_CASE("windows that do not fit are errors with PyTorch's sentences") {
    const Tensor x = torch::zeros({1, 1, 5, 5});
    CHECK(error_of([&] { torch::nn::functional::max_pool2d(x, 2, 2, 2); }) ==
        "max_pool2d: pad should be at most half of kernel size, but got pad=2 and kernel_size=2");
    CHECK(error_of([&] {
        torch::nn::functional::max_pool2d(torch::zeros({1, 1, 1, 5}), 2);
    }) == "max_pool2d: Given input size: (1x1x5). Calculated output size: (1x0x2). Output size is too small");
    CHECK(error_of([&] {
        torch::nn::functional::max_pool2d(torch::zeros({1, 1, 4, 0}), 2);
    }) ==
        "max_pool2d: Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got: [1, 1, "
        "4, "
        "0]");
    CHECK(error_of([&] { torch::nn::functional::avg_pool2d(x, 2, {.divisor_override = 0}); }) ==
        "avg_pool2d: divisor must be not zero");
    CHECK(error_of([&] {
        torch::nn::functional::max_pool2d(x, {2, 2, 2});
    }) == "max_pool2d: kernel_size must either be a single int, or a tuple of two ints");
    CHECK(error_of([&] {
        torch::nn::functional::adaptive_avg_pool2d(torch::zeros({4, 4}), 2);
    }) == "adaptive_avg_pool2d: Expected 3D or 4D tensor, but got [4, 4]");
    for (std::int64_t bad : {std::int64_t(0), std::int64_t(-1), std::int64_t(1) << 62}) {
        CHECK_THROWS_AS(torch::nn::functional::max_pool2d(x, bad), Error);
        CHECK_THROWS_AS(torch::nn::functional::avg_pool2d(x, 2, {.stride = bad == 1 ? 0 : bad}), Error);
        CHECK_THROWS_AS(torch::nn::functional::max_pool2d(x, 2, {.dilation = bad}), Error);
    }
    CHECK_THROWS_AS(torch::nn::functional::max_pool2d(x.to(int64), 2), Error);
    CHECK_THROWS_AS(torch::nn::functional::max_pool1d(torch::zeros({4}), 2), Error);
    CHECK_THROWS_AS(torch::nn::functional::adaptive_avg_pool2d(x, -2), Error);
    CHECK(torch::nn::functional::max_pool2d(torch::zeros({0, 1, 4, 4}), 2).shape() == Shape{0, 1, 2, 2});
}
