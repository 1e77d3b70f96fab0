// Parametrizations, normed weights and what else is done with a whole module; their values are compared with PyTorch's
// in live_modules_test.cpp.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace optim = taper::optim;
namespace parametrize = nn::utils::parametrize;
using torch::Tensor;

namespace {

struct Symmetric : nn::Module<Symmetric> {
    Tensor forward(Tensor x) const { return x.triu() + x.triu(1).transpose(-1, -2); }
    Tensor right_inverse(Tensor a) const { return a.triu(); }
};
struct Longer : nn::Module<Longer> {
    Tensor forward(Tensor x) const {
        ++calls;
        return torch::cat({x, x});
    }
    inline static int calls = 0;
};
struct Halves : nn::Module<Halves> {
    Tensor forward(Tensor a, Tensor b) const { return a + b; }
    std::pair<Tensor, Tensor> right_inverse(Tensor x) const { return {x / 2, x / 2}; }
};
struct Stateful : nn::Module<Stateful> {
    Tensor forward(Tensor x) const { return x; }
    Tensor get_extra_state() const { return torch::tensor(*steps); }
    void set_extra_state(const Tensor& state) { steps = state.item<std::int64_t>(); }
    nn::Setting<std::int64_t> steps = 0;
    nn::Linear fc = register_module("fc", nn::Linear(1, 1));
};
struct Counted : nn::Module<Counted> {
    Tensor forward(Tensor x) const {
        ++calls;
        return x;
    }
    inline static int calls = 0;
};

std::vector<std::string> names(const nn::ModuleBase& m) {
    std::vector<std::string> all;
    for (const auto& [name, x] : m.state_dict()) all.push_back(name);
    return all;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a parametrized module prints, lists and takes assignments as in Python") {
    auto m = nn::Linear(3, 3);
    Tensor weight = m.weight;
    CHECK_FALSE(parametrize::is_parametrized(m));
    parametrize::register_parametrization(m, "weight", Symmetric());
    CHECK(fmt::format("{}", m) ==
        "ParametrizedLinear(\n  in_features=3, out_features=3, bias=True\n  (parametrizations): ModuleDict(\n"
        "    (weight): ParametrizationList(\n      (0): Symmetric()\n    )\n  )\n)");
    CHECK(names(m) == Names{"bias", "parametrizations.weight.original"});
    CHECK(parametrize::is_parametrized(m));
    CHECK(parametrize::is_parametrized(m, "weight"));
    CHECK_FALSE(parametrize::is_parametrized(m, "bias"));
    CHECK(parametrize::type_before_parametrizations(m) == typeid(nn::Linear));
    CHECK(torch::equal(m.weight, m.weight.t()));
    CHECK_FALSE(m.weight.is_leaf());
    // the original is the tensor that was the weight: an optimizer that had it has it
    CHECK(m.get_parameter("parametrizations.weight.original").ref() == weight.ref());

    Tensor a = torch::randn({3, 3});
    a = a + a.t();
    m.weight = a;
    CHECK(torch::allclose(m.weight, a));
    optim::SGD optimizer(m.parameters(), {.lr = 0.1});
    m(torch::ones({2, 3})).square().sum().backward();
    optimizer.step();
    m(torch::ones({2, 3}));
    CHECK_FALSE(torch::allclose(m.weight, a));
    CHECK(torch::equal(m.weight, m.weight.t()));

    const Tensor now = m.weight.detach();
    parametrize::remove_parametrizations(m, "weight");
    CHECK(fmt::format("{}", m) == "Linear(in_features=3, out_features=3, bias=True)");
    CHECK(names(m) == Names{"bias", "weight"});
    CHECK(m.weight.ref() == weight.ref());
    CHECK(torch::equal(m.weight, now));
}

TEST_CASE("a parametrization may have several originals, and follow another") {
    auto m = nn::Linear(2, 2, {.bias = false});
    const Tensor before = m.weight.detach().clone();
    parametrize::register_parametrization(m, "weight", Halves());
    CHECK(names(m) == Names{"parametrizations.weight.original0", "parametrizations.weight.original1"});
    CHECK(torch::allclose(m.weight, before));
    parametrize::register_parametrization(m, "weight", Symmetric());
    CHECK(torch::equal(m.weight, m.weight.t()));
    CHECK(error_of([&] {
        parametrize::remove_parametrizations(m, "weight", false);
    }).find("Cannot leave unparametrized (`leave_parametrized=False`)") != std::string::npos);
    auto twin = torch::copy::deepcopy(m);
    {
        torch::NoGradGuard no_grad;
        twin.get_parameter("parametrizations.weight.original0").zero_();
    }
    twin(torch::ones({1, 2})), m(torch::ones({1, 2}));
    CHECK_FALSE(torch::allclose(twin.weight, m.weight));
    CHECK(torch::allclose(twin.weight * 2, m.weight));
}

TEST_CASE("a parametrization may not change shape or dtype, unless it is said to be unsafe") {
    auto m = nn::Linear(2, 2);
    CHECK(error_of([&] { parametrize::register_parametrization(m, "bias", Longer()); })
              .find("Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is "
                    "enabled.\nunparametrized shape: torch.Size([2])\nparametrized shape: torch.Size([4])") !=
        std::string::npos);
    CHECK(names(m) == Names{"weight", "bias"});
    parametrize::register_parametrization(m, "bias", Longer(), {.unsafe = true});
    CHECK(m.bias.shape() == torch::Shape{4});
    CHECK(error_of([&] {
        m.bias = torch::ones({4});
    }).find("parametrization Longer does not implement right_inverse") != std::string::npos);
    CHECK(error_of([&] {
        parametrize::register_parametrization(m, "foo", Longer());
    }).find("does not have a parameter, a buffer, or a parametrized element with name 'foo'") != std::string::npos);
}

TEST_CASE("while cached() stands, a parametrized tensor is made once") {
    auto m = parametrize::register_parametrization(nn::Linear(2, 2), "weight", Counted());
    const Tensor x = torch::ones({1, 2});
    Counted::calls = 0;
    m(x), m(x);
    CHECK(Counted::calls == 2);
    {
        auto cached = parametrize::cached();
        m(x), m(x), m(x);
        CHECK(Counted::calls == 3);
    }
    m(x);
    CHECK(Counted::calls == 4);
}

TEST_CASE("norms of weights name their parameters and buffers as PyTorch does, and are removed") {
    auto m = nn::utils::weight_norm(nn::Linear(3, 2));
    CHECK(names(m) == Names{"bias", "weight_g", "weight_v"});
    CHECK_THROWS_AS(nn::utils::weight_norm(m), torch::Error);
    CHECK_THROWS_AS(nn::utils::remove_spectral_norm(m), torch::Error);
    const Tensor w = m.weight.detach().clone();
    nn::utils::remove_weight_norm(m);
    CHECK(names(m) == Names{"bias", "weight"});
    CHECK(torch::equal(m.weight, w));

    auto s = nn::utils::spectral_norm(nn::Linear(3, 2));
    CHECK(names(s) == Names{"bias", "weight_orig", "weight_u", "weight_v"});
    CHECK_THROWS_AS(nn::utils::spectral_norm(s), torch::Error);
    for (int i = 0; i < 50; ++i) s(torch::ones({1, 3}));
    s.eval();
    s(torch::ones({1, 3}));
    Tensor v = torch::randn({3});
    for (int i = 0; i < 100; ++i) v = s.weight.t().mv(s.weight.mv(v)), v = v / v.norm();
    CHECK(s.weight.mv(v).norm().item() == doctest::Approx(1).epsilon(1e-4));
    auto twin = torch::copy::deepcopy(s);
    CHECK(torch::equal(twin(torch::ones({1, 3})), s(torch::ones({1, 3}))));
    nn::utils::remove_spectral_norm(s);
    CHECK(names(s) == Names{"bias", "weight"});
    CHECK_THROWS_AS(nn::utils::spectral_norm(nn::Linear(3, 2), "weight", 0), torch::Error);
    CHECK_THROWS_AS(nn::utils::spectral_norm(nn::Linear(3, 2, {.bias = false}), "bias"), torch::Error);
}

TEST_CASE("functional_call takes other tensors than the module's, and leaves these as they are") {
    auto m = nn::Sequential(nn::Linear(2, 3), nn::BatchNorm1d(3));
    const torch::StateDict before = torch::copy::deepcopy(m.state_dict());
    const Tensor w = torch::ones({3, 2}).requires_grad_(), x = torch::randn({4, 2});
    Tensor mean = torch::zeros({3});
    const Tensor out = nn::utils::stateless::functional_call(m, {{"0.weight", w}, {"1.running_mean", mean}}, x);
    CHECK_FALSE(torch::equal(mean, torch::zeros({3})));  // what is done in place is done to what was given
    out.square().sum().backward();
    CHECK(w.grad().defined());
    CHECK_FALSE(m.get_parameter("0.weight").grad().defined());
    CHECK(torch::equal(m.get_parameter("0.weight"), before.at("0.weight")));
    CHECK(torch::equal(m.get_buffer("1.running_mean"), before.at("1.running_mean")));
    CHECK_THROWS_AS(nn::utils::stateless::functional_call(m, {{"7.weight", w}}, x), torch::Error);
}

TEST_CASE("modules change dtype, are emptied, and tell what they loaded") {
    auto m = nn::BatchNorm1d(3);
    m.type(torch::float64);
    CHECK(m.num_batches_tracked.dtype() == torch::float64);
    CHECK(m.to_empty({.device = "cpu"}).weight.shape() == torch::Shape{3});
    CHECK(&m.share_memory() == &m);
    auto s = nn::Sequential(nn::Linear(2, 2));
    Names missing;
    auto handle = s.register_load_state_dict_post_hook([&](nn::AnyModule& module, nn::IncompatibleKeys& keys) {
        CHECK(module.is<nn::Sequential>());
        missing = keys.missing_keys;
        keys.missing_keys.clear();
    });
    s.load_state_dict({{"0.weight", torch::ones({2, 2})}});
    CHECK(missing == Names{"0.bias"});
    CHECK(torch::equal(s.get_parameter("0.weight"), torch::ones({2, 2})));
    handle.remove();
    CHECK_THROWS_AS(s.load_state_dict({{"0.weight", torch::ones({2, 2})}}), torch::Error);

    Stateful own;
    own.steps = 7;
    auto holder = nn::Sequential(own), other = nn::Sequential(Stateful());
    CHECK(names(holder) == Names{"0._extra_state", "0.fc.weight", "0.fc.bias"});
    other.load_state_dict(holder.state_dict());
    CHECK(other[0].as<Stateful>().steps == 7);
    auto state = holder.state_dict();
    state.erase("0._extra_state");
    CHECK(error_of([&] { other.load_state_dict(state); }).find("Missing key(s) in state_dict: \"0._extra_state\"") !=
        std::string::npos);

    torch::manual_seed(3);
    auto empty = nn::utils::skip_init<nn::Linear>(3, 4);
    const Tensor next = torch::rand({2});
    torch::manual_seed(3);
    CHECK(torch::equal(next, torch::rand({2})));
    CHECK(empty.weight.shape() == torch::Shape{4, 3});
}
