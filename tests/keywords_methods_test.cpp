// Methods of modules, and their lists and dicts, called as in Python: PyTorch's parameters by position or by keyword.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
using taper::len, taper::none, taper::Tensor, taper::TensorList;

namespace {

std::string text(const auto& module) { return fmt::format("{}", module); }

// Whether a call compiles; its first literal must depend on the lambda's parameter, which is `with`.
#define COMPILES(with, ...) ([](auto a) { return requires { __VA_ARGS__; }; }(with))

template <class List> std::vector<std::string> names(const List& items) {
    std::vector<std::string> found;
    for (const auto& [name, item] : items) found.push_back(name);
    return found;
}
using Names = std::vector<std::string>;

nn::Sequential small() { return nn::Sequential(nn::Linear(2, 3), nn::ReLU()); }

}  // namespace

TEST_CASE("a module is moved by position, then by keyword") {
    auto dtype_after = [](auto move) {
        nn::Linear m(2, 3);
        move(m);
        return Tensor(m.weight).dtype();
    };
    CHECK(dtype_after([](auto& m) { m.to(); }) == torch::float32);
    CHECK(dtype_after([](auto& m) { m.to("cpu", {.dtype = torch::float64}); }) == torch::float64);
    CHECK(dtype_after([](auto& m) { m.to("cpu", torch::float64, {.non_blocking = true}); }) == torch::float64);
    CHECK(dtype_after([](auto& m) { m.to("cpu", torch::float64, true); }) == torch::float64);
    CHECK(dtype_after([](auto& m) { m.to(torch::float64, true); }) == torch::float64);
    CHECK(
        dtype_after([](auto& m) { m.to({.tensor = torch::zeros({1}, {.dtype = torch::float64})}); }) == torch::float64);
    nn::Linear m(2, 3);
    CHECK(error_of([&] { m.to({.dtype = torch::float64, .tensor = torch::zeros({1})}); }) ==
        "to: received an invalid combination of arguments: a tensor, and its device or dtype beside it");
    CHECK(error_of([&] { m.to("cpu", {.device = "cpu"}); }) ==
        "to: got multiple values for argument 'device'; give it by position or by keyword");
    CHECK(
        error_of([&] { m.to(torch::int64); }) == "to: nn.Module.to only accepts floating point dtypes, but got int64");
    CHECK_FALSE(COMPILES(m, a.to({.dtypes = torch::float64})));
    CHECK_FALSE(COMPILES(m, a.to("cpu", 1)));
}

TEST_CASE("a part is added by keyword") {
    nn::Linear m(2, 3);
    m.add_module("a", {.module = nn::ReLU()});
    m.add_module({.name = "b", .module = nn::Tanh()});
    nn::AnyModule c = m.register_module({.name = "c", .module = nn::ReLU()});
    nn::AnyModule d = m.register_module("d", {.module = nn::GELU()});
    CHECK(names(m.named_children()) == Names{"a", "b", "c", "d"});
    CHECK(c.is<nn::ReLU>());
    CHECK(d.is<nn::GELU>());
    CHECK(error_of([&] { m.add_module({.name = "e"}); }) == "add_module: missing a required argument: 'module'");
    CHECK_FALSE(COMPILES(m, a.add_module({.nam = "e", .module = nn::ReLU()})));
    CHECK_FALSE(COMPILES(m, a.add_module("e", {.modules = nn::ReLU()})));
    CHECK(len(nn::Sequential(nn::ReLU()).add_module({.name = "x", .module = nn::ReLU()})) == 2);
}

TEST_CASE("named_modules leaves out what memo holds, with its parts") {
    const auto inner = small();
    const nn::Sequential m(inner, nn::Tanh(), inner);
    CHECK(names(m.named_modules()) == Names{"", "0", "0.0", "0.1", "1"});
    CHECK(names(m.named_modules(none, "net")) == Names{"net", "net.0", "net.0.0", "net.0.1", "net.1"});
    CHECK(names(m.named_modules(none, "", {.remove_duplicate = false})) ==
        Names{"", "0", "0.0", "0.1", "1", "2", "2.0", "2.1"});
    CHECK(names(m.named_modules(none, "", false)) == names(m.named_modules({.remove_duplicate = false})));
    CHECK(names(m.named_modules({.memo = std::set{inner.shared_state()}})) == Names{"", "1"});
    CHECK_FALSE(COMPILES(m, a.named_modules("net")));
}

TEST_CASE("functions for modules are given by keyword") {
    int calls = 0;
    auto m = small();
    m.apply({.fn = [&](nn::AnyModule&) { ++calls; }});
    CHECK(calls == 3);

    nn::Linear layer(2, 2);
    const Tensor x = torch::ones({1, 2}), plain = layer(x);
    auto before = layer.register_forward_pre_hook({.hook = [](nn::AnyModule&, const Tensor& x) { return 0 * x; }});
    CHECK(torch::equal(layer(x), Tensor(layer.bias).unsqueeze(0)));
    before.remove();
    auto after =
        layer.register_forward_hook({.hook = [](nn::Linear&, const TensorList&, const Tensor& y) { return 2 * y; }});
    CHECK(torch::equal(layer(x), 2 * plain));
    after.remove();
    layer.register_full_backward_hook({.hook = [&](nn::Linear&, const TensorList&, const TensorList& grads) {
        calls += int(grads[0].sum().item());
    }});
    layer(x).sum().backward();
    CHECK(calls == 5);
    CHECK_FALSE(COMPILES(layer, a.register_forward_hook({.hook = 3})));
    CHECK_FALSE(COMPILES(layer, a.apply({.f = [](nn::AnyModule&) {}})));
}

TEST_CASE("a state_dict is added to a destination") {
    const nn::Linear m(1, 1, {.bias = false});
    torch::StateDict before = m.state_dict(), both = m.state_dict({.destination = before, .prefix = "b."});
    CHECK(both.keys() == Names{"weight", "b.weight"});
    CHECK(m.state_dict({.destination = none}).keys() == Names{"weight"});
}

TEST_CASE("lists and dicts of modules are made and changed by keyword") {
    nn::ModuleList list({.modules = {nn::Linear(2, 3), nn::ReLU()}});
    CHECK(text(list) == text(nn::ModuleList({nn::Linear(2, 3), nn::ReLU()})));
    CHECK(len(nn::ModuleList({.modules = {nn::ReLU()}})) == 1);
    CHECK(len(nn::ModuleList({nn::ReLU()})) == 1);
    CHECK(len(nn::ModuleList(std::vector<nn::AnyModule>{nn::ReLU()})) == 1);
    list.append({.module = nn::Tanh()}).extend({.modules = {nn::ReLU(), nn::GELU()}});
    list.insert(0, {.module = nn::Tanh()}).insert({.index = 0, .module = nn::GELU()});
    CHECK(len(list) == 7);
    CHECK(list.pop({.key = 0}).is<nn::GELU>());
    CHECK(list[0].is<nn::Tanh>());
    CHECK(error_of([&] { list.insert({.index = 0}); }) == "insert: missing a required argument: 'module'");
    CHECK_FALSE(COMPILES(nn::ReLU(), nn::ModuleList({.module = {a, a}})));
    CHECK_FALSE(COMPILES(nn::ReLU(), nn::ModuleList({.module = {a}})));
    CHECK_FALSE(COMPILES(std::vector<nn::AnyModule>(), nn::ModuleList({.module = a})));

    nn::ModuleDict dict({.modules = {{"b", nn::Linear(2, 3)}, {"a", nn::ReLU()}}});
    CHECK(text(dict) == text(nn::ModuleDict({{"b", nn::Linear(2, 3)}, {"a", nn::ReLU()}})));
    CHECK(nn::ModuleDict({.modules = {{"a", nn::ReLU()}}}).keys() == Names{"a"});
    CHECK(nn::ModuleDict({{"a", nn::ReLU()}}).keys() == Names{"a"});
    CHECK(nn::ModuleDict(dict.items()).keys() == Names{"b", "a"});
    dict.update({.modules = {{"c", nn::Tanh()}}});
    CHECK(dict.pop({.key = "a"}).is<nn::ReLU>());
    CHECK(dict.keys() == Names{"b", "c"});
    CHECK_FALSE(COMPILES(nn::ReLU(), nn::ModuleDict({.module = {{"a", a}}})));
    CHECK_FALSE(COMPILES(nn::ReLU(), nn::ModuleDict({.module = {{"a", a}, {"b", a}}})));
    CHECK_FALSE(COMPILES(nn::ModuleDict().items(), nn::ModuleDict({.module = a})));
}

TEST_CASE("lists and dicts of parameters are made and changed by keyword") {
    const Tensor x = torch::ones({2});
    nn::ParameterList list({.values = {x, x}});
    list.append({.value = x}).extend({.values = {x}}).extend({x, x});
    CHECK(len(list) == 6);
    CHECK(len(nn::ParameterList({.values = {x}})) == 1);
    CHECK(len(nn::ParameterList({x})) == 1);
    CHECK(len(nn::ParameterList()) == 0);
    CHECK_FALSE(COMPILES(Tensor(), nn::ParameterList({.value = {a, a}})));
    CHECK_FALSE(COMPILES(TensorList(), nn::ParameterList({.value = a})));

    nn::ParameterDict dict({.parameters = {{"b", x}, {"a", 2 * x}}});
    CHECK(dict.keys() == Names{"a", "b"});
    CHECK(nn::ParameterDict({.parameters = {{"b", x}}}).keys() == Names{"b"});
    dict.update({.parameters = {{"c", x}}});
    CHECK(torch::equal(dict.get("d", {.default_ = x}), x));
    CHECK_FALSE(dict.get("d").defined());
    CHECK(torch::equal(dict.get({.key = "a"}), 2 * x));
    CHECK(torch::equal(dict.pop({.key = "a"}), 2 * x));
    CHECK(dict.keys() == Names{"b", "c"});
    CHECK_FALSE(COMPILES(Tensor(), nn::ParameterDict({.parameter = {{"b", a}}})));
}

TEST_CASE("elementwise_mean is mean by its old name") {
    const auto before = torch::set_warning_handler([](const std::string&) {});
    const Tensor x = torch::tensor({0.5, -1., 2.}), y = torch::tensor({0.25, 0.5, 0.125});
    namespace F = nn::functional;
    CHECK(F::mse_loss(x, y, {.reduction = "elementwise_mean"}).item() == F::mse_loss(x, y).item());
    CHECK(F::l1_loss(x, y, {.reduction = "elementwise_mean"}).item() == F::l1_loss(x, y).item());
    CHECK(F::kl_div(x, y, {.reduction = "elementwise_mean"}).item() == F::kl_div(x, y).item());
    CHECK(nn::KLDivLoss({.reduction = "elementwise_mean"})(x, y).item() == F::kl_div(x, y).item());
    torch::set_warning_handler(before);
}
