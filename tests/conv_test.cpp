// Convolution beside PyTorch, its derivatives, and what it says of sizes that do not fit.
#include <taper/tensor/base/simd.h>

#include "error_of.h"
#include "images.h"

namespace torch = taper;
using namespace taper;

TEST_CASE("convolutions give PyTorch's values and gradients") {
    using Arg = const Tensor&;
    images::compare({
        {"F.conv2d(x,w,b)", [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv2d(x, w, b); }},
        {"F.conv2d(x,w,b,2,1)", [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv2d(x, w, b, 2, 1); }},
        {"F.conv2d(x,w,b,stride=(2,3),padding=(2,1),dilation=(1,2))",
            [](Arg x, Arg w, Arg b) {
                return torch::nn::functional::conv2d(
                    x, w, b, {.stride = {2, 3}, .padding = {2, 1}, .dilation = {1, 2}});
            }},
        {"F.conv2d(x,w,b,padding='same',dilation=(1,2))",
            [](Arg x, Arg w, Arg b) {
                return torch::nn::functional::conv2d(x, w, b, {.padding = "same", .dilation = {1, 2}});
            }},
        {"F.conv2d(x,w,None,padding='valid')",
            [](Arg x, Arg w, Arg) { return torch::nn::functional::conv2d(x, w, {}, {.padding = "valid"}); }},
        {"F.conv2d(x,w,b,padding=1,groups=2)",
            [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv2d(x, w, b, {.padding = 1, .groups = 2}); }},
        {"F.conv2d(x,w,b,padding=1,groups=4)",
            [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv2d(x, w, b, {.padding = 1, .groups = 4}); }},
        {"F.conv2d(x,w)", [](Arg x, Arg w, Arg) { return torch::nn::functional::conv2d(x, w); }},
        {"F.conv2d(x,w,b,padding=2)",
            [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv2d(x, w, b, {.padding = 2}); }},
        {"F.conv2d(x,w,padding=(3,4))",
            [](Arg x, Arg w, Arg) {
                return torch::nn::functional::conv2d(x, w, {}, {.padding = {3, 4}});
            }},
        {"F.conv1d(x,w,b,stride=2,padding=2,dilation=2)",
            [](Arg x, Arg w, Arg b) {
                return torch::nn::functional::conv1d(x, w, b, {.stride = 2, .padding = 2, .dilation = 2});
            }},
        {"F.conv1d(x,w,b,padding='same')",
            [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv1d(x, w, b, {.padding = "same"}); }},
        {"F.conv_transpose2d(x,w,b)",
            [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv_transpose2d(x, w, b); }},
        {"F.conv_transpose2d(x,w,b,stride=(3,2),padding=(1,2),output_padding=(2,1))",
            [](Arg x, Arg w, Arg b) {
                return torch::nn::functional::conv_transpose2d(
                    x, w, b, {.stride = {3, 2}, .padding = {1, 2}, .output_padding = {2, 1}});
            }},
        {"F.conv_transpose2d(x,w,b,2,1,1,2,2)",
            [](Arg x, Arg w, Arg b) {
                return torch::nn::functional::conv_transpose2d(
                    x, w, b, {.stride = 2, .padding = 1, .output_padding = 1, .groups = 2, .dilation = 2});
            }},
        {"F.conv_transpose1d(x,w,b,stride=2,padding=1)",
            [](Arg x, Arg w, Arg b) { return torch::nn::functional::conv_transpose1d(x, w, b, 2, 1); }},
    });
}

TEST_CASE("a convolution of any strides in memory is that of its contiguous copy") {
    Tensor x = torch::randn({2, 5, 3, 4}).permute({0, 3, 1, 2}), w = torch::randn({3, 3, 4, 6}).permute({3, 2, 0, 1});
    CHECK(torch::nn::functional::conv2d(x, w).equal(torch::nn::functional::conv2d(x.contiguous(), w.contiguous())));
}

// Large enough for several tiles and parts; against sums in float64.
TEST_CASE("large convolutions agree with their sums in float64") {
    for (auto [channels, out, size, kernel] :
        {std::array{3, 5, 70, 3}, {40, 33, 30, 3}, {1, 8, 90, 5}, {64, 16, 40, 1}}) {
        CAPTURE(channels);
        Tensor x = torch::randn({5, channels, size, size}), w = torch::randn({out, channels, kernel, kernel});
        Tensor g = torch::randn_like(torch::nn::functional::conv2d(x, w, {}, {.padding = 1}));
        TensorList results;
        for (DType dtype : {float32, float64}) {
            Tensor image = x.to(dtype).detach().requires_grad_(), filter = w.to(dtype).detach().requires_grad_();
            Tensor y = torch::nn::functional::conv2d(image, filter, {}, {.padding = 1});
            y.backward(g.to(dtype));
            for (const Tensor& result : {y.detach(), image.grad(), filter.grad()})
                results.push_back(result.to(float64));
        }
        for (int i = 0; i < 3; ++i) {
            const double scale = results[i + 3].abs().max().item();
            CHECK((results[i] - results[i + 3]).abs().max().item() < 2e-6 * scale);
        }
    }
}

// Where a machine has fused multiply-add most convolutions read the image as it stands; without, they unroll it.
TEST_CASE("convolutions of any geometry agree on both ways to make them and have the same bits for both vectors") {
    struct Geometry {
        Shape x, w;
        ConvOptions options;
    };
    const Level best = simd_level();
    if (best == Level::baseline) {
        MESSAGE("skipped: there is but one way without fused multiply-add");
        return;
    }
    torch::manual_seed(3);
    for (const Geometry& g : std::vector<Geometry>{{{3, 4, 9, 11}, {8, 4, 3, 3}, {}},
             {{2, 5, 12, 9}, {70, 5, 3, 2}, {.padding = {2, 1}}}, {{1, 9, 1, 300}, {21, 9, 1, 5}, {.padding = {0, 4}}},
             {{2, 16, 13, 17}, {40, 8, 3, 5}, {.stride = {2, 3}, .padding = {1, 2}, .groups = 2}},
             {{3, 8, 14, 10}, {33, 8, 4, 2}, {.padding = "same", .dilation = {2, 3}}},
             {{2, 8, 3, 2}, {16, 8, 5, 3}, {.padding = {6, 7}}}, {{1, 8, 40, 31}, {9, 8, 3, 3}, {.padding = {0, 1}}},
             {{2, 300, 5, 5}, {130, 300, 3, 3}, {.padding = 1}}}) {
        CAPTURE(g.w.str());
        const Tensor x = torch::randn(g.x), w = torch::randn(g.w), b = torch::randn({g.w[0]});
        const Tensor grad = torch::randn_like(torch::ops::conv2d(x, w, b, g.options));
        auto results = [&](Level level) {
            set_simd_level(level);
            Tensor image = x.detach().requires_grad_(), filter = w.detach().requires_grad_();
            Tensor y = torch::ops::conv2d(image, filter, b, g.options);
            y.backward(grad);
            return TensorList{y.detach(), image.grad(), filter.grad()};
        };
        const TensorList unrolled = results(Level::baseline), read = results(Level::avx2), wide = results(best);
        for (int i = 0; i < 3; ++i) {
            CHECK((read[i] - unrolled[i]).abs().max().item() < 4e-6 * unrolled[i].abs().max().item());
            CHECK(read[i].equal(wide[i]));
        }
    }
    set_simd_level(best);
}

TEST_CASE("a convolution's image has the gradient of its own windows if a weight is infinite or a pixel is") {
    Tensor x = torch::ones({1, 8, 4, 4}).requires_grad_(), w = torch::ones({8, 8, 3, 3});
    w[0][0][0][0] = INFINITY;
    torch::nn::functional::conv2d(x, w).sum().backward();
    CHECK(x.grad()[0][0].equal(torch::tensor(
        {{INFINITY, INFINITY, 16., 8.}, {INFINITY, INFINITY, 32., 16.}, {16., 32., 32., 16.}, {8., 16., 16., 8.}})));
    Tensor image = torch::ones({1, 8, 4, 4}), filter = torch::ones({8, 8, 3, 3}).requires_grad_();
    image[0][0][0][0] = INFINITY;
    torch::nn::functional::conv2d(image, filter).sum().backward();
    CHECK(filter.grad()[0][0].equal(torch::tensor({{INFINITY, 4., 4.}, {4., 4., 4.}, {4., 4., 4.}})));
}

TEST_CASE("convolutions have first and second derivatives") {
    torch::manual_seed(0);
    auto leaf = [](const Shape& shape) { return torch::randn(shape, {.dtype = float64}).requires_grad_(); };
    auto strided = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return torch::nn::functional::conv2d(
            x, w, b, {.stride = {2, 1}, .padding = {1, 2}, .dilation = {1, 2}, .groups = 2});
    };
    TensorList in{leaf({2, 4, 5, 4}), leaf({2, 2, 3, 2}), leaf({2})};
    CHECK(autograd::gradcheck(strided, in));
    CHECK(autograd::gradgradcheck(strided, in));
    auto same = [](const Tensor& x, const Tensor& w) {
        return torch::nn::functional::conv1d(x, w, {}, {.padding = "same"});
    };
    CHECK(autograd::gradgradcheck(same, {leaf({2, 5}), leaf({3, 2, 2})}));
    auto transposed = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return torch::nn::functional::conv_transpose2d(
            x, w, b, {.stride = 2, .padding = 1, .output_padding = {1, 0}, .groups = 2});
    };
    TensorList back{leaf({2, 4, 3, 2}), leaf({4, 1, 3, 2}), leaf({2})};
    CHECK(autograd::gradcheck(transposed, back));
    CHECK(autograd::gradgradcheck(transposed, back));
}

TEST_CASE("a convolution is one node and named as PyTorch names it") {
    Tensor x = torch::randn({1, 2, 5, 5}), w = torch::randn({3, 2, 3, 3}).requires_grad_();
    CHECK(torch::nn::functional::conv2d(x, w, {}, {.padding = "same"}).grad_fn().name() == "ConvolutionBackward0");
    CHECK(torch::nn::functional::conv_transpose2d(x, w.transpose(0, 1)).grad_fn().name() == "ConvolutionBackward0");
    CHECK(torch::nn::functional::conv1d(x[all, all, 0], w[all, all, 0]).grad_fn().name() == "ConvolutionBackward0");
}

TEST_CASE("a convolution has the same bits for any number of threads") {
    Tensor x = torch::randn({9, 8, 40, 40}), w = torch::randn({16, 8, 3, 3}), g = torch::randn({9, 16, 38, 38});
    CHECK(images::same_bits_for_any_threads([&] {
        Tensor image = x.detach().requires_grad_(), filter = w.detach().requires_grad_();
        Tensor y = torch::nn::functional::conv2d(image, filter);
        y.backward(g);
        return torch::cat({y.detach().flatten(), image.grad().flatten(), filter.grad().flatten()});
    }));
}

TEST_CASE("a batch of no samples has an empty convolution and a weight whose gradient is 0") {
    Tensor x = torch::zeros({0, 3, 5, 5}).requires_grad_(), w = torch::ones({2, 3, 3, 3}).requires_grad_();
    Tensor y = torch::nn::functional::conv2d(x, w);
    CHECK(y.shape() == Shape{0, 2, 3, 3});
    y.sum().backward();
    CHECK(x.grad().shape() == x.shape());
    CHECK(w.grad().equal(torch::zeros({2, 3, 3, 3})));
}

TEST_CASE("sizes that do not fit are errors with PyTorch's sentences") {
    auto z = [](const Shape& shape) { return torch::zeros(shape); };
    const Tensor x = z({1, 3, 5, 5}), w = z({2, 3, 3, 3});
    CHECK(error_of([&] {
        torch::nn::functional::conv2d(z({3, 3}), w);
    }) == "conv2d: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [3, 3]");
    CHECK(error_of([&] {
        torch::nn::functional::conv2d(z({1, 2, 5, 5}), w);
    }) ==
        "conv2d: Given groups=1, weight of size [2, 3, 3, 3], expected input[1, 2, 5, 5] to have 3 channels, but got 2 "
        "channels instead");
    CHECK(error_of([&] {
        torch::nn::functional::conv2d(z({1, 3, 2, 2}), w);
    }) ==
        "conv2d: Calculated padded input size per channel: (2 x 2). Kernel size: (3 x 3). Kernel size can't be greater "
        "than actual input size");
    CHECK(error_of([&] { torch::nn::functional::conv2d(x, w, z({3})); }) ==
        "conv2d: Given weight of size [2, 3, 3, 3], expected bias to be 1-dimensional with 2 elements, but got bias of "
        "size [3] instead");
    CHECK(error_of([&] {
        torch::nn::functional::conv2d(z({1, 4, 5, 5}), z({3, 2, 3, 3}), {}, {.groups = 2});
    }) ==
        "conv2d: Given groups=2, expected weight to be divisible by 2 at dimension 0, but got weight of size [[3, 2, "
        "3, "
        "3]] instead");
    CHECK(error_of([&] {
        torch::nn::functional::conv2d(x, w, {}, {.stride = {1, 2, 3}});
    }) ==
        "conv2d: expected stride to be a single integer value or a list of 2 values to match the convolution "
        "dimensions, "
        "but got stride=[1, 2, 3]");
    CHECK(error_of([&] { torch::nn::functional::conv2d(x, w, {}, {.stride = 2, .padding = "same"}); }) ==
        "conv2d: padding='same' is not supported for strided convolutions");
    CHECK(error_of([&] { torch::nn::functional::conv2d(x, w, {}, {.padding = "samey"}); }) ==
        "conv2d: Invalid padding string: 'samey'");
    CHECK(error_of([&] { torch::nn::functional::conv2d(x, w.to(float64)); }) ==
        "conv2d: expected scalar type Float but found Double");
    CHECK(error_of([&] {
        torch::nn::functional::conv_transpose2d(z({1, 2, 5, 5}), z({3, 2, 3, 3}));
    }) ==
        "conv_transpose2d: Given transposed=1, weight of size [3, 2, 3, 3], expected input[1, 2, 5, 5] to have 3 "
        "channels, but got 2 channels instead");
    CHECK(error_of([&] {
        torch::nn::functional::conv_transpose2d(x, z({3, 2, 3, 3}), {}, {.padding = 7});
    }) ==
        "conv_transpose2d: Given input size per channel: (5 x 5). Calculated output size per channel: (-7 x -7). "
        "Output "
        "size is too small");
    for (const ConvOptions& options : {ConvOptions{.stride = 0}, ConvOptions{.padding = -1}, ConvOptions{.dilation = 0},
             ConvOptions{.groups = 0}, ConvOptions{.groups = -1}, ConvOptions{.groups = 3},
             ConvOptions{.dilation = std::int64_t(1) << 62}, ConvOptions{.padding = std::int64_t(1) << 62}})
        CHECK_THROWS_AS(torch::ops::conv2d(x, w, {}, options), Error);
    CHECK_THROWS_AS(torch::nn::functional::conv_transpose2d(x, z({3, 2, 3, 3}), {}, {.output_padding = 1}), Error);
    CHECK_THROWS_AS(torch::nn::functional::conv2d(x, z({2, 3, 0, 3})), Error);
    CHECK_THROWS_AS(torch::nn::functional::conv2d(z({1, 3, 0, 5}), z({2, 3, 1, 3}), {}, {.padding = 1}), Error);
    CHECK_THROWS_AS(torch::nn::functional::conv2d(x.to(int64), w.to(int64)), Error);
}
