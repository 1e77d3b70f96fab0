// Normalisation beside PyTorch: values, gradients, running statistics.
#include "error_of.h"
#include "images.h"

namespace torch = taper;
using namespace taper;

TEST_CASE("normalisations give PyTorch's values and gradients") {
    using Arg = const Tensor&;
    images::compare({
        {"F.batch_norm(x,None,None,w,b,training=True)",
            [](Arg x, Arg w, Arg b) { return torch::ops::batch_norm(x, {}, {}, w, b, true); }},
        {"F.batch_norm(x,None,None,training=True,eps=0.1)",
            [](Arg x, Arg, Arg) { return torch::ops::batch_norm(x, {}, {}, {}, {}, true, 0.1, 0.1); }},
        {"F.layer_norm(x,(5,),w,b)", [](Arg x, Arg w, Arg b) { return torch::ops::layer_norm(x, {5}, w, b); }},
        {"F.layer_norm(x,(5,5),w,b,1e-2)",
            [](Arg x, Arg w, Arg b) {
                return torch::ops::layer_norm(x, {5, 5}, w, b, 1e-2);
            }},
        {"F.layer_norm(x,(2,3))",
            [](Arg x, Arg, Arg) {
                return torch::ops::layer_norm(x, {2, 3});
            }},
        {"F.group_norm(x,2,w,b)", [](Arg x, Arg w, Arg b) { return torch::ops::group_norm(x, 2, w, b); }},
        {"F.group_norm(x,1)", [](Arg x, Arg, Arg) { return torch::ops::group_norm(x, 1); }},
        {"F.instance_norm(x,weight=w,bias=b)",
            [](Arg x, Arg w, Arg b) { return torch::ops::instance_norm(x, {}, {}, w, b); }},
        {"F.instance_norm(x)", [](Arg x, Arg, Arg) { return torch::ops::instance_norm(x); }},
    });
}

TEST_CASE("large batch norms agree with mean and variance in float64 with few pixels or many") {
    torch::manual_seed(2);
    for (const Shape& shape : {Shape{700, 37}, Shape{50, 70, 3, 3}, Shape{30, 3, 50, 45}, Shape{2, 5, 3, 7000}}) {
        CAPTURE(shape);
        Tensor x = torch::randn(shape) * 3 + 100, g = torch::randn(shape), w = torch::randn({shape[1]});
        Dims dims{0};
        for (int d = 2; d < shape.size(); ++d) dims.push_back(d);
        Shape channel = Shape::filled(shape.size(), 1);
        channel[1] = shape[1];
        Tensor exact = x.to(float64).requires_grad_(), weight = w.to(float64).requires_grad_();
        Tensor variance = exact.var({.dim = dims, .unbiased = false, .keepdim = true});
        Tensor y = (exact - exact.mean(dims, true)) / (variance + 1e-5).sqrt() * weight.reshape(channel);
        y.backward(g.to(float64));
        Tensor own = x.detach().requires_grad_(), own_weight = w.detach().requires_grad_();
        Tensor out = torch::ops::batch_norm(own, {}, {}, own_weight, {}, true);
        out.backward(g);
        CHECK((out.detach().to(float64) - y).abs().max().item() < 3e-5);  // x has 7 digits, of which 100 takes 2
        CHECK((own.grad().to(float64) - exact.grad()).abs().max().item() < 1e-5);
        CHECK(own_weight.grad().to(float64).allclose(weight.grad(), {.rtol = 1e-4, .atol = 1e-3}));
    }
}

TEST_CASE("training moves the running statistics in place and the variance over n - 1") {
    Tensor x = torch::tensor({{1., 10.}, {3., 20.}, {5., 60.}});
    Tensor mean = torch::tensor({1., 2.}), var = torch::tensor({1., 1.});
    const auto before = mean.version();
    torch::ops::batch_norm(x, mean, var, {}, {}, true, 0.25);
    CHECK(mean.allclose(torch::tensor({1.5, 9.})));
    CHECK(var.allclose(torch::tensor({1.75, 175.75})));
    CHECK(mean.version() != before);
    Tensor kept = mean.clone();
    Tensor y = torch::ops::batch_norm(x, mean, var, torch::tensor({2., 1.}), torch::tensor({0.5, 0.}));
    CHECK(mean.equal(kept));
    CHECK(y[0, 0].item() == doctest::Approx(-0.255927));
    CHECK(y[2, 1].item() == doctest::Approx(3.846978));
    Tensor image = torch::arange(12).to(float32).reshape(2, 2, 3), m = torch::zeros({2}), v = torch::ones({2});
    torch::ops::instance_norm(image, m, v, {}, {}, true, 0.5);
    CHECK(m.allclose(torch::tensor({2., 3.5})));
    CHECK(v.allclose(torch::tensor({1., 1.})));
}

TEST_CASE("normalisations have first and second derivatives") {
    torch::manual_seed(3);
    auto leaf = [](const Shape& shape) { return torch::randn(shape, {.dtype = float64}).requires_grad_(); };
    TensorList in{leaf({3, 2, 4}), leaf({2}), leaf({2})};
    auto train = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return torch::ops::batch_norm(x, {}, {}, w, b, true);
    };
    Tensor mean = torch::randn({2}, {.dtype = float64}), var = torch::rand({2}, {.dtype = float64}) + 0.5;
    auto eval = [&](const Tensor& x, const Tensor& w, const Tensor& b) {
        return torch::ops::batch_norm(x, mean, var, w, b);
    };
    auto group = [](const Tensor& x, const Tensor& w, const Tensor& b) { return torch::ops::group_norm(x, 1, w, b); };
    auto instance = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return torch::ops::instance_norm(x, {}, {}, w, b);
    };
    auto layer = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return torch::ops::layer_norm(x, {2, 4}, w, b);
    };
    TensorList of_layer{leaf({3, 2, 4}), leaf({2, 4}), leaf({2, 4})};
    CHECK(autograd::gradcheck(train, in));
    CHECK(autograd::gradgradcheck(train, in));
    CHECK(autograd::gradcheck(eval, in));
    CHECK(autograd::gradgradcheck(eval, in));
    CHECK(autograd::gradcheck(group, in));
    CHECK(autograd::gradgradcheck(group, in));
    CHECK(autograd::gradgradcheck(instance, in));
    CHECK(autograd::gradcheck(layer, of_layer));
    CHECK(autograd::gradgradcheck(layer, of_layer));
}

TEST_CASE("the gradients of one backward are never those of another") {
    Tensor x = torch::randn({6, 3}), w = torch::rand({3}).requires_grad_(), b = torch::rand({3}).requires_grad_();
    Tensor y = torch::ops::batch_norm(x, {}, {}, w, b, true), g = torch::randn({6, 3});
    auto gradient = [&](const Tensor& of, const Tensor& grad) {
        return autograd::grad({y}, {of}, {.grad_outputs = {grad}, .retain_graph = true})[0];
    };
    Tensor first = gradient(w, g);
    CHECK(gradient(b, 2 * g).allclose(2 * g.sum(0)));
    CHECK(gradient(w, 3 * g).allclose(3 * first));
    g.mul_(5);
    CHECK(gradient(b, g).allclose(g.sum(0)));
    CHECK(gradient(w, g).allclose(5 * first));
}

TEST_CASE("a normalisation is one node and named as PyTorch names it") {
    Tensor x = torch::randn({2, 4, 6}).requires_grad_();
    CHECK(torch::ops::batch_norm(x, {}, {}, {}, {}, true).grad_fn().name() == "NativeBatchNormBackward0");
    CHECK(torch::ops::layer_norm(x, {6}).grad_fn().name() == "NativeLayerNormBackward0");
    CHECK(torch::ops::group_norm(x, 2).grad_fn().name() == "NativeGroupNormBackward0");
    CHECK(torch::ops::instance_norm(x).grad_fn().name() == "ViewBackward0");
}

TEST_CASE("normalisations have the same bits for any number of threads") {
    torch::manual_seed(4);
    Tensor x = torch::randn({20, 6, 50, 50}), w = torch::randn({6}), flat = torch::randn({3000, 40});
    CHECK(images::same_bits_for_any_threads([&] {
        Tensor image = x.detach().requires_grad_(), weight = w.detach().requires_grad_();
        Tensor rows = flat.detach().requires_grad_(), scale = flat[0].detach().requires_grad_();
        torch::ops::batch_norm(image, {}, {}, weight, {}, true).square().sum().backward();
        torch::ops::batch_norm(rows, {}, {}, scale, {}, true).exp().sum().backward();
        torch::ops::layer_norm(rows, {40}, scale).exp().sum().backward();
        return torch::cat(
            {image.grad().flatten(), weight.grad().flatten(), rows.grad().flatten(), scale.grad().flatten()});
    }));
}

TEST_CASE("what can't be normalised is an error with PyTorch's sentence") {
    auto z = [](const Shape& shape) { return torch::zeros(shape); };
    CHECK(error_of([&] {
        torch::ops::batch_norm(z({1, 3}), {}, {}, {}, {}, true);
    }) == "batch_norm: Expected more than 1 value per channel when training, got input size torch.Size([1, 3])");
    CHECK(error_of([&] {
        torch::ops::batch_norm(z({4, 3}), z({2}), z({3}), {}, {}, true);
    }) == "batch_norm: running_mean should contain 3 elements not 2");
    CHECK(error_of([&] {
        torch::ops::batch_norm(z({4, 3}), {}, {});
    }) == "batch_norm: running_mean must be defined in evaluation mode");
    CHECK(error_of([&] {
        torch::ops::batch_norm(z({4, 3}).to(int64), {}, {}, {}, {}, true);
    }) == "not implemented for 'Long'");
    CHECK(error_of([&] {
        torch::ops::layer_norm(z({4, 3}), {4});
    }) == "layer_norm: Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[4, 3]");
    CHECK(error_of([&] {
        torch::ops::layer_norm(z({4, 3}), {3}, z({4}));
    }) ==
        "layer_norm: Expected weight to be of same shape as normalized_shape, but got weight of shape [4] and "
        "normalized_shape = [3]");
    CHECK(error_of([&] {
        torch::ops::group_norm(z({2, 6, 3}), 4);
    }) ==
        "group_norm: Expected number of channels in input to be divisible by num_groups, but got input of shape [2, 6, "
        "3] and num_groups=4");
    CHECK(error_of([&] {
        torch::ops::instance_norm(z({2, 3, 1}));
    }) == "instance_norm: Expected more than 1 spatial element when training, got input size torch.Size([2, 3, 1])");
    CHECK_THROWS_AS(torch::ops::layer_norm(z({3}), {}), Error);
    CHECK_THROWS_AS(torch::ops::batch_norm(z({3}), z({3}), z({3})), Error);
    CHECK_THROWS_AS(torch::ops::group_norm(z({2, 3}), 0), Error);
    CHECK(torch::ops::layer_norm(z({0, 3}), {3}).shape() == Shape{0, 3});
    CHECK(torch::ops::batch_norm(z({0, 3}), z({3}), torch::ones({3}), {}, {}, true).shape() == Shape{0, 3});
}

TEST_CASE("a norm says how it was made and keeps its statistics still when it is told to") {
    nn::BatchNorm1d norm(2, {.affine = false});
    CHECK(!norm.affine);
    CHECK(norm.track_running_stats);
    Tensor x = torch::tensor({{1., 10.}, {3., 20.}});
    norm.track_running_stats = false;
    norm(x);
    CHECK(norm.running_mean.tolist() == std::vector<double>{0, 0});
    CHECK(norm.num_batches_tracked.item() == 0);
    norm.track_running_stats = true;
    norm(x);
    CHECK(norm.running_mean.allclose(torch::tensor({0.2, 1.5})));
    CHECK(nn::InstanceNorm1d(2).track_running_stats == false);
    CHECK(!nn::LayerNorm(Shape{3}, {.elementwise_affine = false}).elementwise_affine);
    CHECK(nn::GroupNorm(1, 2).affine);
}
