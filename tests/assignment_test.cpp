// Assignments to parameters, buffers, parts and settings mean what they mean in Python.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;
namespace F = taper::nn::functional;

namespace {

using Names = std::vector<std::string>;

Names names(const nn::NamedList<Tensor>& list) {
    Names found;
    for (const auto& [name, x] : list) found.push_back(name);
    return found;
}

struct LanguageModel : nn::Module<LanguageModel> {
    nn::Embedding wte = register_module("wte", nn::Embedding(5, 3));
    nn::Linear lm_head = register_module("lm_head", nn::Linear(3, 5, {.bias = false}));
    LanguageModel() { wte.weight = lm_head.weight; }
    Tensor forward(const Tensor& x) const { return lm_head(wte(x)); }
};

struct Running : nn::Module<Running> {
    nn::Parameter scale = register_parameter("scale", ones({2}));
    nn::Buffer mean = register_buffer("mean", zeros({2}));
    Tensor forward(const Tensor& x) {
        mean = 0.5 * mean + 0.5 * x;
        return scale * (x - mean);
    }
};

struct Net : nn::Module<Net> {
    nn::Linear body = register_module("body", nn::Linear(3, 4));
    nn::Linear fc = register_module("fc", nn::Linear(4, 2));
    nn::AnyModule act = register_module("act", nn::AnyModule(nn::ReLU()));
    Tensor forward(const Tensor& x) const { return fc(act(body(x))); }
};

// What is warned while f runs.
template <class F> std::vector<std::string> warnings(F f) {
    std::vector<std::string> lines;
    auto before = set_warning_handler([&](const std::string& line) { lines.push_back(line); });
    f();
    set_warning_handler(before);
    return lines;
}

template <class From, class To>
concept Becomes = requires(From from) { [](To) {}(from()); };

}  // namespace

TEST_CASE("a weight tied by assignment is one parameter under both names") {
    LanguageModel model;
    CHECK(names(model.named_parameters()) == Names{"wte.weight"});
    CHECK(model.state_dict().keys() == Names{"wte.weight", "lm_head.weight"});
    CHECK(model.state_dict()["wte.weight"].data_ptr() == model.lm_head.weight.data_ptr());
    model.to(float64);
    CHECK(model.wte.weight.data_ptr() == model.lm_head.weight.data_ptr());
    CHECK(model.wte.weight.dtype() == float64);
    model.load_state_dict(LanguageModel().state_dict());
    model(tensor({0, 1})).sum().backward();
    optim::SGD(model.parameters(), {.lr = 0.1}).step();
    CHECK(equal(model.state_dict()["wte.weight"], model.state_dict()["lm_head.weight"]));
    CHECK(model.state_dict()["wte.weight"].data_ptr() == model.state_dict()["lm_head.weight"].data_ptr());
}

TEST_CASE("a parameter that is assigned is the module's in each copy of its handle") {
    nn::Linear layer(2, 1);
    nn::Linear copy = layer;
    nn::Sequential outer(layer, nn::ReLU());
    nn::Parameter before = layer.weight;
    layer.weight = nn::Parameter(tensor({{3., 4.}}));
    layer.bias = nn::Parameter(zeros({1}));
    CHECK(copy(tensor({{1., 1.}})).item() == 7);
    CHECK(outer(tensor({{1., 1.}})).item() == 7);
    CHECK(layer.parameters()[0].tolist() == std::vector<double>{3, 4});
    CHECK(layer.state_dict()["weight"].tolist() == std::vector<double>{3, 4});
    CHECK(before.data_ptr() != layer.weight.data_ptr());
    copy.bias = Tensor();  // None
    CHECK(names(layer.named_parameters()) == Names{"weight"});
    CHECK_FALSE(layer.bias.defined());
    CHECK(layer(tensor({{1., 1.}})).item() == 7);
    CHECK(error_of([&] {
        layer.weight = ones({1, 2});
    }) ==
        "Linear: cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None expected): write "
        "nn::Parameter(...)");
    Tensor handle = nn::Parameter(ones({1, 2}), false);  // a parameter, though the variable is a Tensor
    layer.weight = handle;
    CHECK_FALSE(layer.parameters()[0].requires_grad());
}

TEST_CASE("a variable that holds a module's parameter is a name of its own") {
    nn::BatchNorm1d norm(2);
    auto mean = norm.running_mean;
    mean = mean + 1;
    CHECK(norm.state_dict()["running_mean"].sum().item() == 0);
    CHECK(mean.sum().item() == 2);
    auto weight = norm.weight;
    weight = nn::Parameter(zeros({2}));
    CHECK(norm.weight.sum().item() == 2);
    auto f = [weight = norm.weight] { return weight.sum().item(); };
    CHECK(f() == 2);
    nn::Linear a(1, 1), b(1, 1);
    nn::Parameter first = a.weight;
    std::swap(a.weight, b.weight);
    CHECK(b.weight.data_ptr() == first.data_ptr());
    CHECK(b.parameters()[0].data_ptr() == first.data_ptr());
    struct Two : nn::Module<Two> {
        nn::Linear a = register_module("a", nn::Linear(1, 1)), b = register_module("b", nn::Linear(1, 2));
    } two;
    std::swap(two.a, two.b);
    CHECK(two.a.out_features == 2);
    CHECK(two.state_dict()["a.weight"].shape() == Shape{2, 1});
    CHECK(two.state_dict()["b.weight"].shape() == Shape{1, 1});
    nn::Dropout dropout(0.5), other(0.1);
    auto p = dropout.p;
    p = 0.2;
    CHECK(dropout.p == 0.5);
    dropout.p = other.p;
    other.p = 0.9;
    CHECK(dropout.p == 0.1);
}

TEST_CASE("a buffer that forward assigns is saved") {
    Running model;
    Running copy = model;
    model(ones({2}));
    CHECK(model.state_dict()["mean"].tolist() == std::vector<double>{0.5, 0.5});
    copy(ones({2}));
    CHECK(model.mean.tolist() == std::vector<double>{0.75, 0.75});
    CHECK(model.buffers()[0].tolist() == std::vector<double>{0.75, 0.75});
    model.mean = nn::Parameter(ones({2}));  // which makes it one, as in Python
    CHECK(names(model.named_parameters()) == Names{"scale", "mean"});
    CHECK(model.named_buffers().empty());
}

TEST_CASE("handles that are assigned follow the other module") {
    Net a, b;
    Net other = a;
    Tensor weight = a.fc.weight;
    a = b;
    CHECK(a.fc.weight.data_ptr() == b.fc.weight.data_ptr());
    CHECK(other.fc.weight.data_ptr() == weight.data_ptr());
    a.fc.weight = nn::Parameter(zeros({2, 4}));
    CHECK(b.fc.weight.sum().item() == 0);
    CHECK(b.state_dict()["fc.weight"].sum().item() == 0);
    CHECK(other.state_dict()["fc.weight"].data_ptr() == weight.data_ptr());
    std::vector<Net> many{a, other};
    many.push_back(b);
    many[1].fc.weight = nn::Parameter(ones({2, 4}));
    CHECK(other.fc.weight.sum().item() == 8);
    many[0].fc.weight = nn::Parameter(ones({2, 4}));
    CHECK(b.fc.weight.sum().item() == 8);
}

TEST_CASE("a part that is assigned takes the place of the one that was registered") {
    Net model;
    Net copy = model;
    nn::AnyModule any = model;
    nn::Linear old = model.fc;
    model.fc = nn::Linear(4, 10);
    CHECK(model(zeros({1, 3})).shape() == Shape{1, 10});
    CHECK(copy(zeros({1, 3})).shape() == Shape{1, 10});
    CHECK(any(zeros({1, 3})).shape() == Shape{1, 10});
    CHECK(model.state_dict()["fc.weight"].shape() == Shape{10, 4});
    CHECK(copy.fc.out_features == 10);
    CHECK(old.out_features == 2);
    CHECK(model.state_dict()["fc.weight"].data_ptr() == copy.fc.weight.data_ptr());
    copy.fc.weight = nn::Parameter(zeros({10, 4}));
    CHECK(model.parameters()[2].sum().item() == 0);
    model.act = nn::Tanh();
    CHECK(model.named_children()[2].second.is<nn::Tanh>());
    CHECK(copy.act.is<nn::Tanh>());
    model.body = model.register_module("body", nn::Linear(3, 4, {.bias = false}));
    CHECK(copy.body.parameters().size() == 1);
    CHECK(error_of([&] { model.add_module("fc", nn::Identity()); }).find("the member fc is a Linear") !=
        std::string::npos);
    // A part of a part, and one that another model has too.
    struct Outer : nn::Module<Outer> {
        Net net = register_module("net", Net());
        Tensor forward(const Tensor& x) const { return net(x); }
    } outer;
    outer.net.fc = model.fc;
    CHECK(outer(zeros({1, 3})).shape() == Shape{1, 10});
    CHECK(outer.state_dict()["net.fc.weight"].data_ptr() == model.fc.weight.data_ptr());
    outer.net = Net();
    CHECK(outer.state_dict()["net.fc.weight"].shape() == Shape{2, 4});
    outer.net.fc = nn::Linear(4, 6);
    CHECK(outer.state_dict()["net.fc.weight"].shape() == Shape{6, 4});
    CHECK(error_of([&] { outer(zeros({1, 4})); }).starts_with("net.body: "));
}

TEST_CASE("an optional part is registered when it is assigned") {
    struct Norm : nn::Module<Norm> {
        std::optional<nn::LayerNorm> norm;
        nn::AnyModule act;
        nn::Parameter bias;
        Norm() {
            norm = register_module("norm", nn::LayerNorm(2));
            act = register_module("act", nn::AnyModule());
            bias = register_parameter("bias", Tensor());
        }
        Tensor forward(const Tensor& x) const {
            Tensor y = (*norm)(x);
            if (act.defined()) y = act(y);
            return bias.defined() ? y + bias : y;
        }
    } model;
    CHECK(names(model.named_parameters()) == Names{"norm.weight", "norm.bias"});
    model.norm = nn::LayerNorm(2, {.elementwise_affine = false});
    CHECK(model.named_parameters().empty());
    CHECK(fmt::format("{}", model).find("(act): None") != std::string::npos);
    model.act = nn::Sigmoid();
    model.bias = nn::Parameter(ones({2}));
    CHECK(names(model.named_parameters()) == Names{"bias"});
    CHECK(model(tensor({{5., 5.}})).sum().item() == doctest::Approx(3));
    CHECK(model.children().size() == 2);
}

TEST_CASE("what register_parameter gives is no Tensor, for that would not see what is assigned") {
    auto registered = [] { return nn::Linear(1, 1).register_parameter("w", ones({1})); };
    CHECK_FALSE(Becomes<decltype(registered), Tensor>);
    CHECK(Becomes<decltype(registered), nn::Parameter>);
    CHECK_FALSE(std::is_convertible_v<Tensor, nn::Parameter>);
    CHECK_FALSE(std::is_constructible_v<nn::Parameter, nn::Parameter&>);
    nn::Parameter free({.data = ones({2}), .requires_grad = false});
    CHECK_FALSE(free.requires_grad());
    free = nn::Parameter(ones({3}), {.requires_grad = false});
    CHECK(free.numel() == 3);
    CHECK(fmt::format("{}", free) == "Parameter containing:\ntensor([1., 1., 1.])");
    CHECK(F::linear(ones({1, 3}), free.data().view(1, 3)).item() == 3);
}

TEST_CASE("a member that was never registered is warned of with its type and its module") {
    struct Careless : nn::Module<Careless> {
        nn::Linear fc{2, 2};
        nn::Parameter w{ones({2})};
        Tensor forward(const Tensor& x) const { return fc(x) * w; }
    };
    auto lines = warnings([] {
        Careless model;
        model(ones({1, 2}));
        model(ones({1, 2}));
    });
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("Careless: a Parameter that is a member was never registered") != std::string::npos);
    CHECK(lines[1].find("Careless: a Linear that is a member was never registered") != std::string::npos);
    CHECK(warnings([] {
        Net()(ones({1, 3}));
        Running()(ones({2}));
        LanguageModel()(tensor({1}));
    }).empty());
    struct InConstructor : nn::Module<InConstructor> {
        nn::Parameter w;
        explicit InConstructor(nn::Parameter given) : w(std::move(given)) { w = register_parameter("w", w); }
        Tensor forward(const Tensor& x) const { return nn::ReLU()(x * w); }
    };
    CHECK(warnings([] { InConstructor(nn::Parameter(ones({2})))(ones({2})); }).empty());
}

TEST_CASE("parts that were made from the right are warned of") {
    struct Pair : nn::Module<Pair> {
        nn::Linear first, second;
        Pair(nn::Linear a, nn::Linear b) : first(register_module("first", a)), second(register_module("second", b)) {}
    };
    CHECK(warnings([] { Pair{nn::Linear(2, 2), nn::Linear(2, 2)}; }).empty());
    auto lines = warnings([] {
        nn::Linear b(2, 2), a(2, 2);
        Pair(a, b);
    });
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("Pair{...}") != std::string::npos);
    manual_seed(1);
    Pair braces{nn::Linear(2, 2), nn::Linear(2, 2)};
    manual_seed(1);
    nn::Linear first(2, 2);
    CHECK(equal(braces.first.weight, first.weight));
}
