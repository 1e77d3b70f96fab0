// The activations that PyTorch has not, against their formulas.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;
namespace F = taper::nn::functional;

static Tensor gradient(const std::function<Tensor(const Tensor&)>& f, const Tensor& x) {
    Tensor leaf = x.detach().clone().requires_grad_();
    f(leaf).sum().backward();
    return leaf.grad();
}

TEST_CASE("Swish is SiLU for beta 1 and learns its beta") {
    Tensor x = tensor({-2., -0.5, 0., 0.5, 2.}, {.dtype = float64});
    CHECK(allclose(nn::Swish()(x), F::silu(x)));
    CHECK(allclose(F::swish(x, 3), x * (3 * x).sigmoid()));
    nn::Swish swish(2);
    swish(x).sum().backward();
    // d/dbeta x s(beta x) = x^2 s (1 - s)
    Tensor s = (2 * x).sigmoid();
    CHECK(swish.beta.grad().item() == doctest::Approx((x * x * s * (1 - s)).sum().item()).epsilon(1e-6));
    CHECK(nn::Swish(1, false).parameters().empty());
    CHECK(nn::Swish({.learnable = false}).state_dict().contains("beta"));
    CHECK(gradient([](const Tensor& x) { return nn::Swish(5)(x); }, zeros({1})).item() == 0.5);
}

TEST_CASE("the step function is exact and lets no gradient through") {
    Tensor x = tensor({-2., -0.1, 0., 0.1, 2.});
    CHECK(equal(nn::Step()(x), tensor({0., 0., 1., 1., 1.})));
    CHECK(equal(nn::Step(-1)(x), tensor({-1., -1., 1., 1., 1.})));
    CHECK(equal(gradient([](const Tensor& x) { return nn::Step()(x); }, x), zeros({5})));
    CHECK(nn::Step()(x.to(float64)).dtype() == float64);
    CHECK(fmt::format("{}", nn::Step({.low = -1})) == "Step(low=-1.0)");
}

TEST_CASE("noisy relu adds noise whose variance is the sigmoid of its input and only in training") {
    nn::NoisyReLU noisy;
    for (double at : {3., 0., -1.}) {
        manual_seed(0);
        Tensor x = full({200000}, at, {.dtype = float64});
        Tensor y = noisy(x);
        // The mean of max(0, N(m, v)) is m Phi(m / s) + s phi(m / s).
        double s = std::sqrt(1 / (1 + std::exp(-at))), z = at / s;
        double mean = at * std::erfc(-z / std::sqrt(2.)) / 2 + s * std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
        CHECK(y.mean().item() == doctest::Approx(mean).epsilon(0.01));
        CHECK(y.min().item() >= 0);
    }
    Tensor x = randn({100});
    manual_seed(1);
    Tensor y = noisy(x);
    manual_seed(1);
    CHECK(equal(gradient([&](const Tensor& x) { return noisy(x); }, x), (y > 0).to(float32)));
    manual_seed(1);
    CHECK(equal(noisy(x), y));
    CHECK(equal(noisy.eval()(x), F::relu(x)));
}

TEST_CASE("Maxout takes the largest of several linear functions") {
    CHECK(equal(F::maxout(tensor({{1., 5., 2., 2.}, {-1., -3., 0., 4.}}), 2), tensor({{5., 2.}, {-1., 4.}})));
    CHECK(equal(
        gradient([](const Tensor& x) { return F::maxout(x, 2); }, tensor({1., 5., 2., 2.})), tensor({0., 1., 1., 0.})));
    manual_seed(0);
    nn::Maxout maxout(3, 2, 4);
    Tensor x = randn({5, 3}), all = F::linear(x, maxout.linear.weight, maxout.linear.bias);
    CHECK(equal(maxout(x), all.view(5, 2, 4).amax(2)));
    CHECK(maxout.state_dict().at("linear.weight").shape() == Shape{8, 3});
    CHECK(error_of([] { F::maxout(zeros({5}), 2); }) ==
        "maxout: dimension -1 of size 5 is not divisible into pieces of 2");
}

TEST_CASE("ACON-C follows its formula and learns its three parameters") {
    manual_seed(0);
    nn::AconC acon(3);
    acon.to(float64);
    Tensor x = randn({2, 3, 4}, {.dtype = float64, .requires_grad = true});
    auto of = [](const Tensor& p) { return p.view(1, 3, 1); };
    Tensor d = (of(acon.p1) - of(acon.p2)) * x;
    CHECK(allclose(acon(x), d / (1 + (-of(acon.beta) * d).exp()) + of(acon.p2) * x));
    CHECK(autograd::gradcheck([](const TensorList& in) { return F::acon_c(in[0], in[1], in[2], in[3]); },
        {x, of(acon.p1).detach().requires_grad_(), of(acon.p2).detach().requires_grad_(),
            of(acon.beta).detach().requires_grad_()}));
    acon(x).sum().backward();
    CHECK(acon.beta.grad().defined());
    // p1 = 1 and p2 = 0 make a Swish of it, and a large beta a maximum.
    CHECK(allclose(F::acon_c(x, 1, 0, 2), F::swish(x, 2)));
    CHECK(allclose(F::acon_c(x, 1, 0.25, 1e4), x.maximum(0.25 * x)));
    CHECK(error_of([&] {
        acon(zeros({2, 4}, {.dtype = float64}));
    }) == "AconC: expected 3 channels in dim 1 of the input, but got [2, 4]");
}

TEST_CASE("PACT clips at an alpha that learns from what is clipped") {
    nn::PACT pact(2);
    Tensor x = tensor({-1., 0., 0.5, 1.9, 3., 7.}).requires_grad_();
    Tensor y = pact(x);
    CHECK(equal(y, tensor({0., 0., 0.5, 1.9, 2., 2.})));
    CHECK(allclose(y, 0.5 * (x.abs() - (x - pact.alpha).abs() + pact.alpha)));
    y.sum().backward();
    CHECK(equal(x.grad(), tensor({0., 0., 1., 1., 0., 0.})));
    CHECK(pact.alpha.grad().item() == 2);
}
