// gradcheck finds what is wrong with a derivative, and says where.
#include <doctest/doctest.h>
#include <taper/taper.h>

namespace torch = taper;
using torch::Tensor, torch::TensorList;

static Tensor leaf(const torch::Shape& shape) {
    return torch::randn(shape, {.dtype = torch::float64}).requires_grad_();
}

TEST_CASE("gradcheck passes a right derivative of one tensor or two or a list") {
    Tensor x = leaf({2, 3}), y = leaf({3});
    CHECK(torch::autograd::gradcheck([](Tensor x) { return x.sin() * x; }, {x}));
    CHECK(torch::autograd::gradcheck([](const Tensor& x, const Tensor& y) { return x * y.exp(); }, {x, y}));
    CHECK(torch::autograd::gradcheck([](const TensorList& l) { return TensorList{l[0] * l[1], l[1].cos()}; }, {x, y}));
    CHECK(torch::autograd::gradcheck([](Tensor x, Tensor y) { return std::tuple(x / y, x * 2); }, {x, y}));
    CHECK(torch::autograd::gradgradcheck([](Tensor x, Tensor y) { return x * y.exp(); }, {x, y}));
}

TEST_CASE("gradcheck moves each element of an input where it lies in memory") {
    Tensor x = leaf({4, 3}).detach().t().requires_grad_();
    CHECK(torch::autograd::gradcheck([](Tensor x) { return x.pow(3); }, {x}));
    Tensor before = x.clone();
    CHECK(x.equal(before));
    CHECK(torch::autograd::gradcheck([](Tensor x) { return x.pow(3); }, {leaf({0, 3})}));
}

TEST_CASE("gradcheck names input and output and elements and both numbers of a wrong derivative") {
    Tensor x = torch::tensor({{1., 2.}, {3., 4.}}, {.dtype = torch::float64, .requires_grad = true});
    auto wrong = [](const Tensor& y, const Tensor& x) { return y + x.detach() * torch::tensor({{0, 0}, {5, 0}}); };
    CHECK_THROWS_WITH_AS(torch::autograd::gradcheck(wrong, {torch::zeros({2, 2}), x}),
        "gradcheck: Jacobian mismatch for output 0 with respect to input 1: d output[1, 0] / d input[1, 0] is "
        "analytically 0, numerically 5",
        torch::Error);
    CHECK(!torch::autograd::gradcheck(wrong, {torch::zeros({2, 2}), x}, {.raise_exception = false}));
    CHECK_THROWS_WITH_AS(torch::autograd::gradcheck([](Tensor x) { return x; }, {x.detach()}),
        "gradcheck: gradcheck expects at least one input tensor to require gradient, but none of the them have "
        "requires_grad=True.",
        torch::Error);
    CHECK_THROWS_AS(torch::autograd::gradcheck([](Tensor a, Tensor) { return a; }, {x}), torch::Error);
}

TEST_CASE("gradgradcheck finds a second derivative that is missing") {
    Tensor x = leaf({3});
    auto once = [](const Tensor& x) { return (x.detach().square() * 3) * x - 2 * x.detach().pow(3); };  // x^3, once
    CHECK(torch::autograd::gradcheck([](Tensor x) { return x.pow(3); }, {x}));
    CHECK(!torch::autograd::gradgradcheck(once, {x}, {.raise_exception = false}));
}
