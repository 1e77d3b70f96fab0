// Modules in lists and dicts, modules whose type is known at run time only, and parts by their paths.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;

namespace {

using Names = std::vector<std::string>;

struct Block : nn::Module<Block> {
    nn::Linear fc = register_module("fc", nn::Linear(2, 2));
    Tensor forward(const Tensor& x, const Tensor& t, double factor = 1) const { return fc(x) * 0 + x + t * factor; }
};
struct TakeOutput : nn::Module<TakeOutput> {
    Tensor forward(const std::tuple<Tensor, std::tuple<Tensor, Tensor>>& x) const { return std::get<0>(x); }
};
struct Pair : nn::Module<Pair> {
    std::tuple<Tensor, Tensor> forward(const Tensor& x) const { return {x, x * 2}; }
};

struct Text : nn::Module<Text> {
    std::string forward(std::string&& a, const char* b) const { return std::move(a) + b; }
};

}  // namespace

TEST_CASE("a ParameterDict has the methods of a dict") {
    nn::ParameterDict dict({{"a", ones({2})}, {"b", zeros({3})}});
    CHECK(equal(dict.setdefault("a", zeros({1})), ones({2})));
    CHECK(equal(dict.setdefault("c", ones({1})), ones({1})));
    CHECK(dict.keys() == std::vector<std::string>{"a", "b", "c"});
    nn::ParameterDict same = dict.copy();
    CHECK(same["a"].ref() == dict["a"].ref());
    auto [key, x] = dict.popitem();
    CHECK(key == "c");
    CHECK(dict.size() == 2);
    CHECK(same.size() == 3);
    const nn::ParameterDict more = dict.fromkeys({"b", "d"}, ones({4}));
    const nn::ParameterDict both = dict | more;
    CHECK(both.keys() == std::vector<std::string>{"a", "b", "d"});
    CHECK(both["b"].shape() == Shape{4});
    CHECK(dict["b"].shape() == Shape{3});
    dict |= more;
    CHECK(dict.size() == 3);
}

TEST_CASE("a module of any type is called with what its forward takes") {
    nn::ModuleList blocks({Block(), Block()});
    Tensor x = zeros({1, 2});
    for (auto& block : blocks) x = block(x, ones({2}));
    CHECK(x.sum().item() == 4);
    CHECK(blocks[0](x, ones({2}), 3.0).sum().item() == 10);
    CHECK(blocks[0](x, ones({2}), 3).sum().item() == 10);
    CHECK(error_of([&] { blocks[0](x); }) ==
        "0: AnyModule: the forward of Block takes (Tensor, Tensor, double), but was called with (Tensor)");
    CHECK(error_of([&] { blocks[0](x, x, true); }).find("called with (Tensor, Tensor, bool)") != std::string::npos);
    nn::AnyModule pair = Pair();
    auto [a, b] = pair.call<std::tuple<Tensor, Tensor>>(ones({1}));
    CHECK(b.item() == 2);
    CHECK(error_of([&] { pair(ones({1})); }).find("Pair gives a ") != std::string::npos);
    CHECK(nn::AnyModule(Text()).call<std::string>("a", std::string("b")) == "ab");
    CHECK(error_of([&] { pair.call<Tensor>(1, 2); }).find("takes (Tensor), but was called with") != std::string::npos);
}

TEST_CASE("a module may be none") {
    nn::AnyModule act;
    CHECK_FALSE(act.defined());
    CHECK(error_of([&] { act(ones({1})); }) == "AnyModule: 'NoneType' object is not callable: it holds no module");
    CHECK_FALSE(act.is<nn::ReLU>());
    act = nn::ReLU();
    CHECK(act.defined());
    CHECK(act(tensor({-1.})).item() == 0);
}

TEST_CASE("a sequential goes through a module that gives several and may end in one") {
    nn::LSTM lstm(2, 3, {.batch_first = true});
    nn::Sequential middle(nn::Linear(2, 2), lstm, TakeOutput(), nn::Linear(3, 1));
    CHECK(middle(zeros({4, 5, 2})).shape() == Shape{4, 5, 1});
    CHECK(nn::Sequential(nn::AnyModule(middle), nn::ReLU())(zeros({4, 5, 2})).shape() == Shape{4, 5, 1});
    nn::Sequential last(nn::Linear(2, 2), lstm);
    auto [out, state] = last.call<std::tuple<Tensor, std::tuple<Tensor, Tensor>>>(zeros({4, 5, 2}));
    CHECK(out.shape() == Shape{4, 5, 3});
    CHECK(std::get<0>(state).shape() == Shape{1, 4, 3});
    CHECK(error_of([&] { last(zeros({4, 5, 2})); }).find("call<...>") != std::string::npos);
    int calls = 0;
    last.register_forward_pre_hook([&](auto&, const Tensor&) { ++calls; });
    last.call<std::tuple<Tensor, std::tuple<Tensor, Tensor>>>(zeros({4, 5, 2}));
    CHECK(calls == 1);
}

TEST_CASE("lists of modules are sliced and grow and shrink as in Python") {
    nn::Sequential seq(nn::Linear(1, 2), nn::ReLU(), nn::Linear(2, 3), nn::Tanh());
    nn::Sequential part = seq[Slice(1, 3)];
    CHECK(part.size() == 2);
    CHECK(part.state_dict().keys() == Names{"2.weight", "2.bias"});  // their names are kept
    CHECK(part[1].as<nn::Linear>().weight.data_ptr() == seq[2].as<nn::Linear>().weight.data_ptr());
    CHECK(seq[Slice(none, -1)](zeros({1, 1})).shape() == Shape{1, 3});
    nn::ModuleList list({nn::Linear(1, 1), nn::ReLU(), nn::Tanh()});
    CHECK(list[Slice(1, none)][0].is<nn::ReLU>());
    CHECK(list[Slice(none, none, 2)].size() == 2);
    list.insert(0, nn::Sigmoid());
    CHECK(list[0].is<nn::Sigmoid>());
    CHECK(list.state_dict().keys() == Names{"1.weight", "1.bias"});
    nn::AnyModule taken = list.pop(-1);
    CHECK(taken.is<nn::Tanh>());
    list.pop(0);
    CHECK(list.state_dict().keys() == Names{"0.weight", "0.bias"});
    list += nn::ModuleList({nn::GELU()});
    list.extend({nn::SiLU(), nn::Linear(1, 1)});
    list.extend(seq[Slice(0, 1)]);
    CHECK(list.size() == 6);
    CHECK(list.append(nn::ReLU()).size() == 7);
    CHECK(error_of([&] { list.pop(7); }) == "ModuleList: IndexError: index 7 is out of range");
    list.erase(Slice(0, 5));
    CHECK(list.size() == 2);
    CHECK(error_of([&] { list[0](zeros({1, 2})); }).starts_with("0: "));
}

TEST_CASE("dicts of modules and of parameters are read and changed by name") {
    nn::ModuleDict dict({{"a", nn::ReLU()}, {"b", nn::Linear(1, 1)}});
    CHECK(dict.keys() == Names{"a", "b"});
    CHECK(dict.values()[1].is<nn::Linear>());
    for (auto& [name, module] : dict.items()) CHECK(dict.contains(name));
    dict.update({{"c", nn::Tanh()}, {"a", nn::Sigmoid()}});
    CHECK(dict.keys() == Names{"a", "b", "c"});
    CHECK(dict["a"].is<nn::Sigmoid>());
    CHECK(dict.pop("b").is<nn::Linear>());
    CHECK(dict.parameters().empty());
    CHECK(error_of([&] { dict.pop("b"); }) == "ModuleDict: KeyError: 'b'");
    dict.clear();
    CHECK(dict.size() == 0);

    nn::ParameterDict weights({{"b", ones({2})}, {"a", ones({3})}});
    CHECK(weights.keys() == Names{"a", "b"});  // sorted, as PyTorch does with a dict
    weights["c"] = nn::Parameter(zeros({1}));
    weights["a"] = zeros({4});
    CHECK(weights.state_dict().keys() == Names{"a", "b", "c"});
    CHECK(weights["a"].numel() == 4);
    CHECK(weights.parameters()[0].requires_grad());
    auto a = weights["a"];
    a = a + 1;
    CHECK(weights["a"].sum().item() == 0);
    CHECK(weights.pop("c").numel() == 1);
    CHECK_FALSE(weights.get("c").defined());
    CHECK(fmt::format("{}", weights) ==
        "ParameterDict(\n    (a): Parameter containing: [torch.FloatTensor of size 4]\n"
        "    (b): Parameter containing: [torch.FloatTensor of size 2]\n)");

    nn::ParameterList list({ones({1}), ones({2})});
    list += {ones({3})};
    list[1] = nn::Parameter(zeros({2}));
    CHECK(list.parameters()[1].sum().item() == 0);
    CHECK(list[Slice(1, 3)].size() == 2);
}

TEST_CASE("parts and their tensors are found by their paths") {
    struct Net : nn::Module<Net> {
        nn::Sequential layers = register_module("layers", nn::Sequential(nn::Linear(2, 3), nn::BatchNorm1d(3)));
    } model;
    CHECK(model.get_parameter("layers.0.weight").data_ptr() == model.layers[0].as<nn::Linear>().weight.data_ptr());
    CHECK(model.get_buffer("layers.1.running_mean").numel() == 3);
    CHECK(model.get_submodule("layers.1").is<nn::BatchNorm1d>());
    CHECK(model.get_submodule("").is<Net>());
    CHECK(model.get_submodule({.target = "layers"}).is<nn::Sequential>());
    CHECK(error_of([&] { model.get_parameter("layers.0.w"); }) == "get_parameter: Linear has no attribute `w`");
    CHECK(error_of([&] { model.get_submodule("layers.7"); }) == "get_submodule: Sequential has no attribute `7`");
    model.add_module("extra", nn::Linear(1, 1));
    CHECK(model.state_dict().keys().back() == "extra.bias");
}

TEST_CASE("the methods of a module take their keywords by name or by position") {
    nn::Sequential model(nn::Linear(2, 2), nn::ReLU());
    CHECK(model.named_parameters({.prefix = "m"})[0].first == "m.0.weight");
    CHECK(model.named_parameters("m", false).empty());
    CHECK(model.named_parameters("m", {.recurse = false}).empty());
    CHECK(model.parameters(false).empty());
    CHECK(model.buffers({.recurse = false}).empty());
    CHECK(model.state_dict({.prefix = "m."}).keys() == Names{"m.0.weight", "m.0.bias"});
    CHECK(model.state_dict({.keep_vars = true})["0.weight"].requires_grad());
    CHECK(model.load_state_dict({{"0.bias", ones({2})}}, false).missing_keys == Names{"0.weight"});
    CHECK(model.load_state_dict({.state_dict = model.state_dict(), .strict = true}).missing_keys.empty());
    CHECK_FALSE(model.train({.mode = false}).training());
    CHECK(model.train(true).training());
    CHECK_FALSE(model.requires_grad_({.requires_grad = false}).parameters()[0].requires_grad());
    model.requires_grad_();
    model(ones({1, 2})).sum().backward();
    model.zero_grad(false);
    CHECK(model.parameters()[1].grad().defined());
    model.zero_grad({.set_to_none = true});
    CHECK_FALSE(model.parameters()[1].grad().defined());
    nn::Buffer extra = model.register_buffer("extra", {.tensor = ones({1}), .persistent = false});
    CHECK(model.state_dict().size() == 2);
    nn::Parameter w = model.register_parameter({.name = "w", .param = ones({1})});
    CHECK(model.parameters().size() == 3);
    model.to({.dtype = float64});
    CHECK(w.dtype() == float64);
    CHECK(extra.dtype() == float64);
    CHECK(model.named_modules({.prefix = "m"})[1].first == "m.0");
    nn::Linear shared(1, 1);
    nn::ModuleList list({shared, shared});
    CHECK(list.named_modules().size() == 2);
    CHECK(list.named_modules({.remove_duplicate = false}).size() == 3);
}
