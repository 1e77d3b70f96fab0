// Modules that are many, side by side and in one another: work goes by their number, and no depth crashes.
#include <chrono>
#include <memory>

#include "error_of.h"
#include "sanitized.h"

#include <doctest/doctest.h>
#include <taper/taper.h>

using namespace taper;

namespace {

double seconds(const std::function<void()>& f) {
    const auto start = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// How much longer f(16 n) takes than f(n), at the best of three tries: 16 where work is linear, 256 where quadratic. A
// machine that has other things to do gets more tries.
constexpr double bound = 80;
double growth(int n, const std::function<std::function<void()>(int)>& make) {
    double few = 1e9, many = 1e9;
    for (int i = 0; i < 3 || (i < 12 && many > bound * few); ++i) {
        few = std::min(few, seconds(make(n)));
        many = std::min(many, seconds(make(16 * n)));
    }
    return many / few;
}

struct Plain : nn::Module<Plain> {
    nn::Parameter weight = register_parameter("weight", zeros({1}));
    Tensor forward(const Tensor& x) const { return x; }
};
nn::Sequential wide(int n) {
    nn::Sequential list;
    for (int i = 0; i < n; ++i) list.append(Plain());
    return list;
}
nn::Sequential deep(int n) {
    nn::Sequential nest(Plain{});
    for (int i = 0; i < n; ++i) {
        nn::Sequential outer;
        outer.append(nest);
        nest = outer;
    }
    return nest;
}
struct Nest : nn::Module<Nest> {
    nn::AnyModule inner;
    explicit Nest(const nn::AnyModule& module) : inner(register_module("inner", module)) {}
    Tensor forward(const Tensor& x) const { return inner(x); }
};
struct Members : nn::Module<Members> {
    explicit Members(int n) {
        for (int i = 0; i < n; ++i) register_module(fmt::format("part{}", i), Plain());
    }
    Tensor forward(const Tensor& x) const { return x; }
};

}  // namespace

TEST_CASE("what is done with many modules takes time by their number") {
    constexpr int n = 500;
    CHECK(growth(n, [](int n) { return [=] { wide(n); }; }) < bound);
    CHECK(growth(n, [](int n) { return [=] { Members(n).train(); }; }) < bound);
    CHECK(growth(n, [](int n) { return [=] { deep(n); }; }) < bound);
    CHECK(growth(n, [](int n) {
        return [=] {
            nn::AnyModule nest = Plain();
            for (int i = 0; i < n; ++i) nest = Nest(nest);
        };
    }) < bound);
    CHECK(growth(n, [](int n) {
        return [=] {
            nn::ParameterList list;
            for (int i = 0; i < n; ++i) list.append(zeros({1}));
        };
    }) < bound);
    for (auto* make : {&wide, &deep}) {
        const bool is_wide = make == &wide;
        auto grows = [&](const std::function<void(nn::Sequential)>& use) {
            return growth(n, [&](int n) { return [=, model = make(n)] { use(model); }; });
        };
        CHECK(grows([](nn::Sequential m) { m.parameters(); }) < bound);
        CHECK(grows([](nn::Sequential m) { m.apply([](nn::AnyModule&) {}); }) < bound);
        CHECK(grows([](nn::Sequential m) { m.eval().to(float64); }) < bound);
        if (!sanitized) CHECK(grows([](nn::Sequential m) { m(ones({1})); }) < bound);  // whose calls fill the stack
        if (!is_wide) continue;  // names of n parts in one another have n characters each
        CHECK(grows([](nn::Sequential m) { m.load_state_dict(m.state_dict()); }) < bound);
        CHECK(grows([](nn::Sequential m) { m.named_modules(); }) < bound);
    }
}

TEST_CASE(
    "modules may stand in one another as deep as they like, but for calls, which are an Error before they crash") {
    const int depth = 20000;
    auto nest = std::make_unique<nn::Sequential>(deep(depth));
    CHECK(nest->parameters().size() == 1);
    CHECK(nest->eval().named_parameters()[0].first.size() == 2 * (depth + 1) + 6);
    int count = 0;
    nest->apply([&](nn::AnyModule&) { ++count; });
    CHECK(count == depth + 2);
    const std::string says = error_of([&] { (*nest)(ones({1})); });
    CHECK((says == "no error" || says.find("RecursionError: maximum recursion depth exceeded") != std::string::npos));
    auto deeper = std::make_unique<nn::Sequential>(deep(sanitized ? 20000 : 400000));
    CHECK(error_of([&] { (*deeper)(ones({1})); }).find("RecursionError: maximum recursion depth exceeded") !=
        std::string::npos);
    CHECK(error_of([&] { (void)copy::deepcopy(*deeper); }).find("RecursionError") != std::string::npos);
    CHECK(error_of([&] { (void)fmt::format("{}", *deeper); }).find("RecursionError") != std::string::npos);
    deeper.reset();
    nest.reset();
}

TEST_CASE("a module that was made a part of itself is an Error") {
    nn::Sequential outer{nn::Sequential(nn::ReLU()), nn::ReLU()};
    nn::AnyModule inner = outer[0];
    CHECK(error_of([&] { outer.append(outer); }).find("would make a module a part of itself") != std::string::npos);
    CHECK(error_of([&] { inner.as<nn::Sequential>().append(outer); }).find("a part of itself") != std::string::npos);
}

TEST_CASE("names are found again where parts were taken out, put in and renumbered") {
    nn::Sequential list = wide(40);
    list.pop(3);
    list.insert(0, nn::ReLU());
    CHECK(list.get_submodule("0").is<nn::ReLU>());
    CHECK(list.get_submodule("39").is<Plain>());
    CHECK(error_of([&] { list.get_submodule("40"); }) == "get_submodule: Sequential has no attribute `40`");
    list.append(nn::Tanh());
    CHECK(list.get_submodule("40").is<nn::Tanh>());
    CHECK(list(ones({2})).numel() == 2);
    nn::ModuleDict dict;
    for (int i = 0; i < 40; ++i) dict.insert(fmt::format("m{}", i), Plain());
    dict.pop("m7");
    CHECK(!dict.contains("m7"));
    dict.insert("new", nn::ReLU());
    CHECK(dict["new"].is<nn::ReLU>());
    CHECK(!dict.contains("m7"));
    dict.insert("m8", nn::Tanh());
    CHECK(dict["m8"].is<nn::Tanh>());
    CHECK(dict.size() == 40);
    dict.clear();
    CHECK(!dict.contains("m8"));

    // An answer that is kept: whether all parts are from Tensor to Tensor.
    nn::Sequential inner{nn::ReLU(), nn::ReLU()}, outer{inner, nn::ReLU()};
    CHECK(outer(ones({2, 2, 2})).numel() == 8);
    inner[0] = nn::RNN(2, 2);
    CHECK(error_of([&] { outer(ones({2, 2, 2})); }).find("tuple") != std::string::npos);
    inner[0] = nn::Tanh();
    CHECK(outer(ones({2, 2, 2})).numel() == 8);
}

TEST_CASE("keys that no module knows are named in the order of the modules") {
    nn::Sequential model(nn::Sequential(nn::Linear(1, 1)), nn::Linear(1, 1));
    StateDict state = model.state_dict();
    for (const char* key : {"1.x", "0.x", "0.0.x.y", "x", "0.0.weight.x", "0.", "1", "2.weight"})
        state[key] = zeros({1});
    CHECK(model.load_state_dict(state, false).unexpected_keys ==
        std::vector<std::string>{"x", "2.weight", "0.x", "0.", "0.0.x.y", "1.x"});
}
