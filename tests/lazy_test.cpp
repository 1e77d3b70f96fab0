// Lazy modules before and after their first input. The texts are PyTorch's; their values are compared with PyTorch's in
// live_modules_test.cpp.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace optim = taper::optim;
using torch::Tensor;

namespace {
struct Net : nn::Module<Net> {
    nn::LazyConv2d conv = register_module("conv", nn::LazyConv2d(4, 3, {.padding = 1}));
    nn::LazyBatchNorm2d norm = register_module("norm", nn::LazyBatchNorm2d());
    nn::LazyLinear fc = register_module("fc", nn::LazyLinear(10));
    Tensor forward(Tensor x) const { return fc(norm(conv(x)).flatten(1)); }
};
}  // namespace

TEST_CASE("a lazy module prints as such until its first input, and then as what it became") {
    Net net;
    CHECK(fmt::format("{}", net) ==
        "Net(\n"
        "  (conv): LazyConv2d(0, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n"
        "  (norm): LazyBatchNorm2d(0, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
        "  (fc): LazyLinear(in_features=0, out_features=10, bias=True)\n)");
    CHECK(fmt::format("{}", net.conv.weight) == "<UninitializedParameter>");
    CHECK(fmt::format("{}", net.norm.running_mean) == "<UninitializedBuffer>");
    CHECK(nn::is_lazy(net.fc.bias));
    const std::vector<nn::AnyModule> parts = net.children();
    CHECK(parts[0].is<nn::Conv2d>());
    CHECK(parts[0].is<nn::LazyConv2d>());
    net(torch::ones({2, 3, 5, 5}));
    CHECK(fmt::format("{}", net) ==
        "Net(\n"
        "  (conv): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n"
        "  (norm): BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
        "  (fc): Linear(in_features=100, out_features=10, bias=True)\n)");
    CHECK(parts[0].is<nn::Conv2d>());
    CHECK_FALSE(parts[0].is<nn::LazyConv2d>());
    CHECK(net.fc.in_features == 100);
    CHECK(net.conv.weight.shape() == torch::Shape{4, 3, 3, 3});
}

TEST_CASE("an optimizer and a copy that were made before the first input train what it made") {
    Net net;
    Net other = net;
    optim::SGD optimizer(net.parameters(), {.lr = 0.1});
    net(torch::ones({2, 3, 5, 5})).sum().backward();
    const Tensor before = net.fc.weight.detach().clone();
    optimizer.step();
    CHECK_FALSE(torch::equal(net.fc.weight, before));
    CHECK(torch::equal(other.fc.weight, net.fc.weight));
    CHECK(other.fc.in_features == 100);
}

TEST_CASE("a lazy module keeps the dtype it was moved to, is copied lazily, and loads what is not lazy") {
    Net net;
    net.to(torch::float64);
    Net twin = torch::copy::deepcopy(net);
    CHECK(nn::is_lazy(twin.fc.weight));
    net(torch::ones({2, 3, 5, 5}, {.dtype = torch::float64}));
    CHECK(net.fc.weight.dtype() == torch::float64);
    CHECK(nn::is_lazy(twin.fc.weight));
    CHECK(fmt::format("{}", twin.fc) == "LazyLinear(in_features=0, out_features=10, bias=True)");
    const torch::StateDict lazy = Net().state_dict();
    CHECK(nn::is_lazy(lazy.at("fc.weight")));
    CHECK(lazy.size() == net.state_dict().size());
    twin.load_state_dict(net.state_dict());
    CHECK(torch::equal(twin.fc.weight, net.fc.weight));
    CHECK(error_of([&] { net.load_state_dict(lazy); }).find("Can't access the shape of an uninitialized") !=
        std::string::npos);
    Net().load_state_dict(lazy);
}

TEST_CASE("what a lazy module can't infer is an error") {
    nn::LazyConv2d conv(4, 3, {.groups = 2});
    CHECK(error_of([&] {
        conv(torch::ones({5, 5}));
    }) ==
        "LazyConv2d: Expected 3D (unbatched) or 4D (batched) input to LazyConv2d, but got input of size: "
        "torch.Size([5, 5])");
    CHECK(error_of([&] {
        conv(torch::ones({3, 5, 5}));
    }).find("in_channels must be divisible by groups") != std::string::npos);
    CHECK(error_of([] { nn::utils::weight_norm(nn::LazyLinear(3)); }).find("can't have uninitialized parameters") !=
        std::string::npos);
    nn::UninitializedParameter p({.dtype = torch::float64});
    CHECK(p.requires_grad());
    p.materialize({2, 3});
    CHECK(p.shape() == torch::Shape{2, 3});
    CHECK(p.dtype() == torch::float64);
    CHECK_THROWS_AS(p.materialize({2, 3}), torch::Error);
}
