// Forms about places, order and shape that the live comparison does not call: lists of one, keywords, loops over
// tensors, and what a tensor is asked.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
using torch::Tensor, torch::TensorList, torch::Shape;

namespace {

std::string shapes(const TensorList& parts) {
    std::string all;
    for (const Tensor& part : parts) all += fmt::format("{}", part.shape());
    return all;
}

}  // namespace

TEST_CASE("a number says into how many parts, a list of one where to cut") {
    const Tensor x = torch::arange(12).reshape(4, 3);
    CHECK(shapes(x.tensor_split(3)) == "torch.Size([2, 3])torch.Size([1, 3])torch.Size([1, 3])");
    CHECK(shapes(x.tensor_split({3})) == "torch.Size([3, 3])torch.Size([1, 3])");
    CHECK(shapes(torch::tensor_split(x, {3})) == "torch.Size([3, 3])torch.Size([1, 3])");
    CHECK(shapes(torch::tensor_split(x, {1}, {.dim = 1})) == "torch.Size([4, 1])torch.Size([4, 2])");
    CHECK(shapes(x.vsplit({1})) == "torch.Size([1, 3])torch.Size([3, 3])");
    CHECK(shapes(x.vsplit(2)) == "torch.Size([2, 3])torch.Size([2, 3])");
    CHECK(shapes(torch::hsplit(x, {.sections = 3})) == "torch.Size([4, 1])torch.Size([4, 1])torch.Size([4, 1])");
    CHECK(shapes(torch::hsplit(x, {.indices = {2}})) == "torch.Size([4, 2])torch.Size([4, 1])");
    CHECK_THROWS_WITH(torch::hsplit(x, 2),
        "hsplit: torch.hsplit attempted to split along dimension 1, but the size of the dimension 3 is not divisible "
        "by "
        "the split_size 2!");
    CHECK_THROWS_WITH(x.vsplit({.sections = {}}), "vsplit: missing a required argument: 'sections' or 'indices'");
}

TEST_CASE("as_tensor keeps a tensor, with its history, and makes one of numbers") {
    const Tensor x = torch::tensor({1., 2.}).requires_grad_(), y = x * 2;
    CHECK(torch::as_tensor(y).grad_fn().name() == "MulBackward0");
    CHECK(torch::as_tensor(x).data_ptr() == x.data_ptr());
    CHECK(torch::as_tensor(y, torch::float64).dtype() == torch::float64);
    CHECK(torch::as_tensor({{1, 2}, {3, 4}}).equal(torch::arange(1, 5).reshape(2, 2)));
    CHECK(torch::as_tensor(std::vector<double>{1, 2}, {.dtype = torch::int32}).dtype() == torch::int32);
    CHECK(torch::asarray(y).grad_fn().defined() == false);
    CHECK(torch::asarray(y, {.requires_grad = true}).grad_fn().defined());
    CHECK(torch::asarray(torch::tensor({1.})).dtype() == torch::float32);
    const Tensor z = torch::tensor({1, 2});
    CHECK(torch::asarray(z).data_ptr() == z.data_ptr());
    CHECK(torch::asarray(z, {.copy = true}).data_ptr() != z.data_ptr());
    CHECK(torch::asarray(z, {.dtype = torch::float64}).dtype() == torch::float64);
    CHECK_THROWS_WITH(torch::asarray(z, {.dtype = torch::float64, .copy = false}),
        "asarray: can't alias tensor with dtype 'Long' into dtype 'Double'.");
}

TEST_CASE("what a tensor is can be asked") {
    const Tensor x = torch::arange(6).reshape(2, 3);
    CHECK(torch::is_tensor(x));
    CHECK_FALSE(torch::is_tensor(Tensor()));
    CHECK_FALSE(torch::is_tensor(3));
    CHECK(torch::numel(x) == 6);
    CHECK(torch::numel({.input = x}) == 6);
    CHECK(x.nelement() == 6);
    CHECK(x.ndimension() == 2);
    CHECK(x.get_device() == -1);
    CHECK(x.is_cpu());
    CHECK(x.is_signed());
    CHECK_FALSE(x.gt(1).is_signed());
    CHECK_FALSE(torch::is_complex(x));
    CHECK(torch::is_nonzero(torch::tensor({2})));
    CHECK(x.conj().is_set_to(x));
    CHECK(x.H().equal(x.t()));
    CHECK(x.mH().equal(x.t()));
    CHECK_THROWS_WITH(torch::ones({2, 2, 2}).H(),
        "H: tensor.H is only supported on matrices (2-D tensors). Got 3-D tensor. For batches of matrices, consider "
        "using tensor.mH");
    CHECK(x.is_set_to(x.view(2, 3)));
    CHECK_FALSE(x.is_set_to(x.t()));
    CHECK(torch::can_cast(torch::int64, torch::float16));
    CHECK_FALSE(torch::can_cast(torch::float16, torch::int64));
    CHECK_FALSE(torch::can_cast({.from = torch::int64, .to = torch::bool_}));
    CHECK(torch::can_cast(torch::bool_, {.to = torch::bool_}));
    CHECK(torch::broadcast_shapes({2, 1}, {1, 3}, {1}) == Shape{2, 3});
    CHECK(torch::broadcast_shapes({2, 1}, {1, 3}, {1}, {4, 1, 1}) == Shape{4, 2, 3});
}

TEST_CASE("loops go over the rows of tensors, in pairs and counted") {
    const Tensor x = torch::arange(4).reshape(2, 2), y = x * 10;
    std::vector<std::int64_t> seen;
    for (auto [u, v] : torch::zip(x, y)) seen.push_back((u + v).sum().item<std::int64_t>());
    for (auto [i, row] : torch::enumerate(x)) seen.push_back(i * 100 + row[0].item<std::int64_t>());
    CHECK(seen == std::vector<std::int64_t>{11, 55, 0, 102});
}

TEST_CASE("a function of numbers is applied to each element in place") {
    const Tensor x = torch::tensor({1., 2., 3.});
    x.apply_([](double v) { return v * v; });
    CHECK(x.equal(torch::tensor({1., 4., 9.})));
    x.t().map_(torch::tensor({1., 1., 2.}), [](double v, double w) { return v + w; });
    CHECK(x.equal(torch::tensor({2., 5., 11.})));
    CHECK_THROWS_WITH(torch::ones(2).requires_grad_().apply_([](double v) { return v; }),
        "apply_: Can't call apply_() on Variable that requires grad. Use var.detach().apply_().");
}

TEST_CASE("several results of unique_consecutive, and of histogram by name") {
    const Tensor x = torch::tensor({1, 1, 2, 2, 2, 1});
    CHECK(x.unique_consecutive().equal(torch::tensor({1, 2, 1})));
    auto [once, counts] = torch::unpack<2>(torch::unique_consecutive(x, {.return_counts = true}));
    CHECK(counts.equal(torch::tensor({2, 3, 1})));
    CHECK(once.equal(x.unique_consecutive()));
    CHECK(x.unique_consecutive(true)[1].equal(torch::tensor({0, 0, 1, 1, 1, 2})));
    CHECK(torch::unique_consecutive(x.reshape(3, 2), {.dim = 0}).size(0) == 3);
    auto [hist, edges] = torch::histogram(torch::tensor({1., 2., 1.}), torch::tensor({0., 1.5, 3.}));
    CHECK(hist.equal(torch::tensor({2., 1.})));
    CHECK(x.to(torch::float32).histogram(2).bin_edges.equal(torch::tensor({1., 1.5, 2.})));
    CHECK(torch::histogram(torch::ones(2), 1)[1].numel() == 2);
}

TEST_CASE("several dims are squeezed at once, in place too") {
    const Tensor x = torch::ones({1, 2, 1, 3});
    CHECK(x.squeeze({0, 1}).shape() == Shape{2, 1, 3});
    CHECK(x.squeeze({0, -2}).shape() == Shape{2, 3});
    CHECK(torch::squeeze(x, {.dim = {0, 2}}).shape() == Shape{2, 3});
    CHECK(x.squeeze(0).shape() == Shape{2, 1, 3});
    CHECK(x.squeeze().shape() == Shape{2, 3});
    CHECK_THROWS_WITH(x.squeeze({0, -4}), "squeeze: dim 0 appears multiple times in the list of dims");
    CHECK(x.clone().squeeze_({0, 2}).shape() == Shape{2, 3});
    CHECK(x.clone().squeeze_(0).shape() == Shape{2, 1, 3});
    CHECK(x.clone().squeeze_().shape() == Shape{2, 3});
}

TEST_CASE("a number stands by its own keyword in isin") {
    const Tensor x = torch::tensor({1, 2, 3});
    CHECK(torch::isin(x, {.test_element = 2}).equal(torch::tensor({false, true, false})));
    CHECK(torch::isin({.element = 2, .test_elements = x}).item<bool>());
    CHECK(torch::isin({.elements = x, .test_elements = torch::tensor({3}), .invert = true})
              .equal(torch::tensor({true, true, false})));
    CHECK(torch::histogram(x.to(torch::float32)).hist.numel() == 100);
}

TEST_CASE("gradient takes a distance, one for each dim, or coordinates") {
    const Tensor x = torch::tensor({{1., 2., 4.}, {2., 4., 8.}});
    CHECK(torch::gradient(x)[1].equal(torch::tensor({{1., 1.5, 2.}, {2., 3., 4.}})));
    CHECK(torch::gradient(x, {.spacing = {2., 0.5}})[1].equal(torch::tensor({{2., 3., 4.}, {4., 6., 8.}})));
    CHECK(torch::gradient(x, {.spacing = {torch::tensor({0., 2.})}, .dim = 0})[0].equal(
        torch::tensor({{0.5, 1., 2.}, {0.5, 1., 2.}})));
    CHECK_THROWS_WITH(torch::gradient(x, {.spacing = {2., 1., 1.}}),
        "gradient: torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to "
        "'self.dim() "
        "= 2', since dim argument was not given, but got a list of length 3");
}

TEST_CASE("a seed gives the draws of poisson, cauchy_ and the others on what is not contiguous too") {
    torch::manual_seed(3);
    const Tensor dense = torch::zeros({3, 2}).cauchy_();
    torch::manual_seed(3);
    const Tensor wide = torch::zeros({3, 4}).narrow(1, 0, 2);
    wide.cauchy_();
    CHECK(wide.equal(dense));
}
