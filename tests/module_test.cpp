// Modules: what is registered is found, shared, saved and loaded; hooks see what passes; errors name the path.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <sstream>

#include "error_of.h"

using namespace taper;
namespace F = taper::nn::functional;

namespace {

struct Net : nn::Module<Net> {
    nn::Linear fc1 = register_module("fc1", nn::Linear(3, 4));
    nn::ReLU relu = register_module("relu", nn::ReLU());
    nn::Linear fc2 = register_module("fc2", nn::Linear(4, 2));
    Tensor forward(Tensor x) { return fc2(relu(fc1(x))); }
};

struct Scaled : nn::Module<Scaled> {
    nn::Parameter w = register_parameter("w", ones({2}));
    nn::Buffer mean = register_buffer("mean", zeros({2}));
    nn::Buffer scratch = register_buffer("scratch", zeros({2}), {.persistent = false});
    nn::Sequential s = register_module("s", nn::Sequential(nn::Linear(2, 1), nn::ReLU()));
    auto forward(const Tensor& x, double factor = 1) const { return std::tuple(s(x * w * factor), x - mean); }
};

// A user's module beside the library's, and one with a setting of its own.
struct Noisy : nn::Module<Noisy> {
    explicit Noisy(double level) : level(level) {}
    Tensor forward(const Tensor& x) const { return x + *level; }
    std::string extra_repr() const { return fmt::format("level={}", level); }
    nn::Setting<double> level;
};

std::vector<std::string> names(const nn::NamedList<Tensor>& list) {
    std::vector<std::string> found;
    for (const auto& [name, x] : list) found.push_back(name);
    return found;
}
std::vector<std::string> names(const StateDict& dict) {
    std::vector<std::string> found;
    for (const auto& [name, x] : dict) found.push_back(name);
    return found;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("parameters and the state_dict have PyTorch's names in its order") {
    Scaled model;
    CHECK(names(model.named_parameters()) == Names{"w", "s.0.weight", "s.0.bias"});
    CHECK(names(model.named_parameters({.prefix = "net", .recurse = false})) == Names{"net.w"});
    CHECK(names(model.named_buffers()) == Names{"mean", "scratch"});
    CHECK(names(model.state_dict()) == Names{"w", "mean", "s.0.weight", "s.0.bias"});
    CHECK(model.parameters().size() == 3);
    Names modules;
    for (auto& [name, version] : model.state_dict().versions) modules.push_back(name);
    CHECK(modules == Names{"", "s", "s.0", "s.1"});
    for (auto& [name, x] : model.state_dict()) CHECK_FALSE(x.requires_grad());
    CHECK(model.parameters()[0].requires_grad());
    CHECK(fmt::format("{}", model.w) == "Parameter containing:\ntensor([1., 1.], requires_grad=True)");
}

TEST_CASE("forward takes and returns anything") {
    const Scaled model;
    auto [a, b] = model(ones({1, 2}), 2.0);
    CHECK(a.shape() == Shape{1, 1});
    CHECK(b.tolist() == std::vector<double>{1, 1});
}

TEST_CASE("a copy of a model shares weights and buffers and settings and mode") {
    Net model, other;
    Net copy = model;
    copy.eval();
    CHECK_FALSE(model.training());
    CHECK_FALSE(model.fc1.training());
    model.fc1.weight.data().fill_(7);
    CHECK(copy.fc1.weight[0, 0].item() == 7);
    other = model;
    CHECK(other.fc1.weight.data_ptr() == model.fc1.weight.data_ptr());
    CHECK(other.parameters()[0].data_ptr() == model.parameters()[0].data_ptr());

    nn::Sequential s(Noisy(1), nn::Identity());
    s[0].as<Noisy>().level = 3;
    CHECK(s(zeros({1})).item() == 3);
    nn::Dropout dropout(0.5), same = dropout;
    same.p = 0;
    CHECK(dropout(ones({100})).sum().item() == 100);
}

TEST_CASE("a weight that is used twice counts once and is saved under both names") {
    struct Tied : nn::Module<Tied> {
        nn::Linear a = register_module("a", nn::Linear(2, 2));
        nn::Linear b = register_module("b", nn::Linear(2, 2));
        Tied() { b.weight = a.weight; }
        Tensor forward(Tensor x) { return b(a(x)); }
    } model;
    CHECK(names(model.named_parameters()) == Names{"a.weight", "a.bias", "b.bias"});
    CHECK(names(model.state_dict()) == Names{"a.weight", "a.bias", "b.weight", "b.bias"});
}

TEST_CASE("a layer is replaced by registering another") {
    Net model;
    model.fc2 = model.register_module("fc2", nn::Linear(4, 5));
    CHECK(model(zeros({1, 3})).shape() == Shape{1, 5});
    CHECK(names(model.named_parameters()) == Names{"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"});
    // A variable that was only given to a model may hold another module later.
    nn::AnyModule activation = nn::ReLU();
    nn::Sequential first(nn::Linear(1, 1), activation);
    activation = nn::Sigmoid();
    nn::Linear layer(1, 1);
    nn::Sequential second(layer, activation);
    layer = nn::Linear(1, 2);
    CHECK(layer.out_features == 2);
}

TEST_CASE("load_state_dict writes into the registered tensors") {
    Net from, to;
    Tensor weight = to.fc1.weight;
    auto keys = to.load_state_dict(from.state_dict());
    CHECK(keys.missing_keys.empty());
    CHECK(equal(weight, from.fc1.weight));
    CHECK(weight.data_ptr() != from.fc1.weight.data_ptr());
    CHECK(weight.requires_grad());
    Tensor x = randn({2, 3});
    CHECK(equal(to(x), from(x)));
}

TEST_CASE("load_state_dict says in PyTorch's words what does not fit and writes nothing then") {
    nn::Linear linear(2, 2);
    Tensor before = linear.bias.clone();
    CHECK(error_of([&] {
        linear.load_state_dict({{"weight", zeros({3, 2})}, {"x", zeros({1})}});
    }) ==
        "load_state_dict: Error(s) in loading state_dict for Linear:\n"
        "\tMissing key(s) in state_dict: \"bias\". \n"
        "\tUnexpected key(s) in state_dict: \"x\". \n"
        "\tsize mismatch for weight: copying a param with shape torch.Size([3, 2]) from checkpoint, the shape in "
        "current model is torch.Size([2, 2]).");
    CHECK_THROWS_AS(linear.load_state_dict({{"bias", zeros({2})}, {"weight", Tensor()}}), Error);
    CHECK(equal(linear.bias, before));
    auto keys = linear.load_state_dict({{"bias", ones({2})}, {"x", zeros({1})}}, {.strict = false});
    CHECK(keys.missing_keys == Names{"weight"});
    CHECK(keys.unexpected_keys == Names{"x"});
    CHECK(linear.bias.sum().item() == 2);
    Scaled model;  // the order is that of the modules, as in PyTorch
    keys = model.load_state_dict(
        {{"s.0.extra", zeros({1})}, {"zz", zeros({1})}, {"s.1.w", zeros({1})}}, {.strict = false});
    CHECK(keys.unexpected_keys == Names{"zz", "s.0.extra", "s.1.w"});
    CHECK(keys.missing_keys == Names{"w", "mean", "s.0.weight", "s.0.bias"});
}

TEST_CASE("to casts floating tensors in place so that copies and optimizers see it") {
    Scaled model;
    Tensor w = model.w;
    nn::Buffer count = model.register_buffer("count", tensor(3));
    std::get<0>(model(ones({1, 2}))).sum().backward();
    model.to(float64);
    CHECK(w.dtype() == float64);
    CHECK(w.grad().dtype() == float64);
    CHECK(w.requires_grad());
    CHECK(count.dtype() == int64);
    CHECK(model.s[0].as<nn::Linear>().weight.dtype() == float64);
    std::get<0>(model(ones({1, 2}, {.dtype = float64}))).sum().backward();
    CHECK(error_of([&] { model.to(int64); }).find("only accepts floating point") != std::string::npos);
}

TEST_CASE("zero_grad and requires_grad_ and apply reach every part") {
    Net model;
    model(ones({1, 3})).sum().backward();
    CHECK(model.fc1.weight.grad().defined());
    model.zero_grad({.set_to_none = false});
    CHECK(model.fc1.weight.grad().abs().sum().item() == 0);
    model.zero_grad();
    CHECK_FALSE(model.fc1.weight.grad().defined());
    model.fc1.requires_grad_(false);
    model(ones({1, 3})).sum().backward();
    CHECK_FALSE(model.fc1.weight.grad().defined());
    CHECK(model.fc2.weight.grad().defined());
    Names visited;
    model.apply([&](nn::AnyModule m) {
        visited.push_back(type_name(m.type()));
        if (m.is<nn::Linear>()) nn::init::constant_(m.as<nn::Linear>().weight, 0.5);
    });
    CHECK(visited == Names{"Linear", "ReLU", "Linear", "Net"});
    CHECK(model.fc2.weight.sum().item() == 4);
}

TEST_CASE("AnyModule holds any module or function and gives it back") {
    nn::AnyModule any = nn::Linear(2, 3);
    CHECK(any.is<nn::Linear>());
    CHECK_FALSE(any.is<nn::ReLU>());
    CHECK(any.as<nn::Linear>().out_features == 3);
    CHECK(error_of([&] { any.as<nn::ReLU>(); }) == "AnyModule: this is a Linear, not a ReLU");
    any = [](const Tensor& x) { return x * x; };
    CHECK(any(tensor(3.)).item() == 9);
    any = Net();
    CHECK(any.parameters().size() == 4);
    CHECK(any.children().size() == 3);
    any = Scaled();
    CHECK(error_of([&] { any(ones({1, 2})); }).find("Scaled gives a ") != std::string::npos);
    Net model;
    CHECK(model.modules().size() == 4);
    CHECK(model.modules()[0].is<Net>());
    CHECK(model.named_modules()[3].first == "fc2");
}

TEST_CASE("Sequential takes modules and functions and is indexed and gone through and extended") {
    nn::Sequential model(
        nn::Linear(2, 2), [](const Tensor& x) { return x * 2; }, F::softsign, nn::Flatten());
    CHECK(model.size() == 4);
    CHECK(model[-1].is<nn::Flatten>());
    CHECK(names(model.named_parameters()) == Names{"0.weight", "0.bias"});
    nn::Sequential inner{nn::ReLU()}, outer{nn::AnyModule(inner), nn::Tanh()};
    CHECK(outer(tensor({-1., 0.})).tolist() == std::vector<double>{0, 0});
    outer[1] = nn::Linear(2, 7);
    CHECK(outer(zeros({1, 2})).shape() == Shape{1, 7});
    CHECK(outer.parameters().size() == 2);
    outer.append(nn::Linear(7, 1)).append(nn::ReLU());
    std::size_t count = 0;
    for (auto& module : outer) count += module.parameters().size();
    CHECK(count == 4);
    CHECK(error_of([&] { outer[4]; }) == "Sequential: IndexError: index 4 is out of range");
    nn::Sequential named({{"fc", nn::Linear(2, 3)}, {"act", nn::ReLU()}});
    CHECK(names(named.state_dict()) == Names{"fc.weight", "fc.bias"});
    const nn::Sequential constant = named;
    CHECK(constant(zeros({1, 2})).shape() == Shape{1, 3});
}

TEST_CASE("lists and dicts of modules and lists of parameters are registered by number or name") {
    struct Deep : nn::Module<Deep> {
        nn::ModuleList layers = register_module("layers", nn::ModuleList({nn::Linear(2, 2), nn::Linear(2, 3)}));
        nn::ModuleDict heads = register_module("heads", nn::ModuleDict({{"a", nn::ReLU()}, {"b", nn::Linear(3, 1)}}));
        nn::ParameterList scales = register_module("scales", nn::ParameterList({ones({1}), ones({1})}));
        Tensor forward(Tensor x) {
            for (auto& layer : layers) x = layer(x);
            for (const Tensor& scale : scales) x = x * scale;
            return heads["b"](heads["a"](x));
        }
    } model;
    model.layers.append(nn::Linear(3, 3));
    CHECK(model(zeros({5, 2})).shape() == Shape{5, 1});
    CHECK(names(model.named_parameters()) ==
        Names{"layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "layers.2.weight",
            "layers.2.bias", "heads.b.weight", "heads.b.bias", "scales.0", "scales.1"});
    CHECK(nn::ModuleList({nn::Linear(1, 1)}).size() == 1);
    CHECK(error_of([&] { model.heads["c"]; }) == "ModuleDict: KeyError: 'c'");
}

TEST_CASE("an error inside a model names the path of the module and the path is gone afterwards") {
    Net model;
    CHECK(error_of([&] { model(zeros({1, 4})); }).starts_with("fc1: "));
    struct Outer : nn::Module<Outer> {
        nn::Sequential layers = register_module("layers", nn::Sequential(nn::ReLU(), Net()));
        Tensor forward(Tensor x) { return layers(x); }
    } outer;
    CHECK(error_of([&] { outer(zeros({1, 4})); }).starts_with("layers.1.fc1: "));
    CHECK_FALSE(in_module());
    CHECK_FALSE(error_of([&] { zeros({2}).view(3); }).starts_with("layers"));
}

TEST_CASE("names that cannot be registered are refused in PyTorch's words") {
    Net model;
    CHECK(error_of([&] { model.register_module("a.b", nn::ReLU()); }).find("module name can't contain \".\"") !=
        std::string::npos);
    CHECK(error_of([&] { model.register_parameter("", ones({1})); }) ==
        "register_parameter: parameter name can't be empty string \"\"");
    CHECK(error_of([&] { model.register_buffer("fc1", ones({1})); }) ==
        "register_buffer: attribute 'fc1' already exists");
    CHECK(error_of([&] { model.fc1.register_module("owner", model); }).find("part of itself") != std::string::npos);
    CHECK(error_of([&] { model.fc1.register_module("self", model.fc1); }).find("part of itself") != std::string::npos);
}

TEST_CASE("forward hooks see and may replace inputs and outputs and can be removed") {
    Net model;
    int calls = 0;
    auto count = model.relu.register_forward_hook([&](auto& module, auto& input, auto& output) {
        ++calls;
        CHECK(input[0].shape() == output.shape());
        CHECK(module.inplace == false);
    });
    model(ones({1, 3}));
    count.remove();
    model(ones({1, 3}));
    CHECK(calls == 1);
    count.remove();

    auto zero = model.fc2.register_forward_hook([](nn::AnyModule module, const Tensor&, const Tensor& output) {
        return module.is<nn::Linear>() ? output * 0 : output;
    });
    CHECK(model(ones({1, 3})).abs().sum().item() == 0);
    zero.remove();
    auto half = model.fc1.register_forward_pre_hook([](nn::Linear&, const Tensor& input) { return input / 2; });
    Tensor halved = model(ones({1, 3}));
    half.remove();
    CHECK(equal(halved, model(ones({1, 3}) / 2)));

    std::vector<std::string> seen;
    for (auto& [name, module] : model.named_modules())
        module.register_forward_hook([&seen, name](auto&, auto&, auto& output) {
            seen.push_back(fmt::format("{}{}", name, output.shape().str()));
        });
    model(ones({1, 3}));
    CHECK(seen == Names{"fc1[1, 4]", "relu[1, 4]", "fc2[1, 2]", "[1, 2]"});
}

TEST_CASE("a hook on a module that gives several tensors takes them as a list") {
    Scaled model;
    std::size_t outputs = 0;
    auto handle = model.register_forward_hook(
        [&](const Scaled&, const TensorList&, const TensorList& output) { outputs = output.size(); });
    auto [a, b] = model(ones({1, 2}));
    CHECK(outputs == 2);
    handle.remove();
    model.register_forward_hook([](auto&, auto&, const Tensor&) {});
    CHECK(error_of([&] { model(ones({1, 2})); }).find("2 tensors") != std::string::npos);
}

TEST_CASE("full backward hooks see the gradients of input and output together and may replace the former") {
    nn::Linear linear(2, 1);
    linear.weight.data().copy_(tensor({{3., 4.}}));
    std::vector<std::vector<double>> seen;
    auto handle = linear.register_full_backward_hook([&](auto& module, auto& grad_input, auto& grad_output) {
        CHECK(module.in_features == 2);
        seen = {grad_input[0].template tolist<double>(), grad_output[0].template tolist<double>()};
    });
    Tensor x = ones({1, 2}, {.requires_grad = true});
    Tensor y = linear(x);
    CHECK(y.grad_fn().name() == "BackwardHookFunctionBackward");
    (y * 5).sum().backward({.retain_graph = true});
    CHECK(seen == std::vector<std::vector<double>>{{15, 20}, {5}});
    y.sum().backward();
    CHECK(seen == std::vector<std::vector<double>>{{3, 4}, {1}});
    CHECK(x.grad().tolist() == std::vector<double>{18, 24});
    handle.remove();

    linear.register_full_backward_hook([](auto&, const TensorList& to, const TensorList&) { return to[0] * 10; });
    x.set_grad({});
    linear(x).sum().backward();
    CHECK(x.grad().tolist() == std::vector<double>{30, 40});

    int without_input = 0;  // runs though no input needs a gradient
    nn::Linear first(2, 1);
    first.register_full_backward_hook(
        [&](auto&, const TensorList& to, const TensorList&) { without_input += to[0].defined() ? 100 : 1; });
    first(ones({1, 2})).sum().backward();
    CHECK(without_input == 1);
}

TEST_CASE("with inputs that meet again each hook still sees all gradients before any flows on") {
    struct Product : nn::Module<Product> {
        Tensor forward(const Tensor& a, const Tensor& b) const { return a * b; }
    } product;
    int calls = 0;
    product.register_full_backward_hook([&](auto&, const TensorList& to, const TensorList&) {
        ++calls;
        CHECK(to[0].item() == 3);
        CHECK(to[1].item() == 2);
        return TensorList{to[0] * 10, to[1] * 100};
    });
    Tensor a = tensor(2., {.requires_grad = true}), b = tensor(3., {.requires_grad = true});
    product(a, b).backward();
    CHECK(calls == 1);
    CHECK(a.grad().item() == 30);
    CHECK(b.grad().item() == 200);
}

TEST_CASE("settings read and compare as plain values and print as such") {
    nn::CrossEntropyLoss loss({.reduction = "sum", .label_smoothing = 0.1});
    CHECK(loss.reduction == "sum");
    CHECK(loss.label_smoothing == 0.1);
    CHECK(fmt::format("{} {}", loss.reduction, loss.label_smoothing) == "sum 0.1");
    std::ostringstream out;
    out << nn::AnyModule(nn::ReLU()) << Net();
    CHECK(out.str().starts_with("ReLU()Net(\n  (fc1): Linear("));
    CHECK(fmt::format("{}", Noisy(2)) == "Noisy(level=2)");
}

TEST_CASE("clip_grad_norm_ scales all gradients together and returns the norm that was") {
    Tensor a = nn::Parameter(zeros({2})), b = nn::Parameter(zeros({1})), unused = nn::Parameter(zeros({1}));
    a.set_grad(tensor({1., 2.}));
    b.set_grad(tensor({-2.}));
    CHECK(nn::utils::clip_grad_norm_({a, b, unused}, 6).item() == 3);
    CHECK(a.grad().tolist() == std::vector<double>{1, 2});
    CHECK(nn::utils::clip_grad_norm_({a, b}, 1.5).item() == 3);
    CHECK(allclose(a.grad(), tensor({0.5, 1.})));
    CHECK(allclose(b.grad(), tensor({-1.})));
    CHECK(nn::utils::clip_grad_norm_({a, b}, 1, INFINITY).item() == doctest::Approx(1));
    nn::utils::clip_grad_value_({a, b, unused}, 0.75);
    CHECK(b.grad().item() == doctest::Approx(-0.75));
    a.set_grad(tensor({NAN, 1.}));
    CHECK(error_of([&] {
        nn::utils::clip_grad_norm_({a}, 1, {.error_if_nonfinite = true});
    }).find("is non-finite, so it cannot be clipped") != std::string::npos);
}

TEST_CASE("parameters become a vector and a vector parameters") {
    nn::Linear linear(2, 1);
    Tensor vector = nn::utils::parameters_to_vector(linear.parameters());
    CHECK(vector.shape() == Shape{3});
    nn::utils::vector_to_parameters(tensor({1., 2., 3.}), linear.parameters());
    CHECK(linear(tensor({{10., 100.}})).item() == 213);
}
