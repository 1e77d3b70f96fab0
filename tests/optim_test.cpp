// The optimizers, step by step beside PyTorch's. data/optim.json and optim_more.json hold PyTorch's line ("expr"), the
// first weights, and for each step the gradient and the weights after it.
#include <map>
#include <set>

#include "error_of.h"
#include "json_value.h"

using namespace taper;
using optim::Optimizer;

// Python's lines, and ours.
#define LINE(python, cpp)                                            \
    {                                                                \
        python, [](const TensorList& p) -> Optimizer { return cpp; } \
    }
static const std::map<std::string, Optimizer (*)(const TensorList&)> makers{
    LINE("optim.SGD(p,lr=0.1)", optim::SGD(p, {.lr = 0.1})),
    LINE("optim.SGD(p,lr=0.1,momentum=0.9)", optim::SGD(p, {.lr = 0.1, .momentum = 0.9})),
    LINE("optim.SGD(p,lr=0.1,momentum=0.9,nesterov=True)",
        optim::SGD(p, {.lr = 0.1, .momentum = 0.9, .nesterov = true})),
    LINE("optim.SGD(p,lr=0.1,momentum=0.9,dampening=0.5,weight_decay=0.01)",
        optim::SGD(p, {.lr = 0.1, .momentum = 0.9, .dampening = 0.5, .weight_decay = 0.01})),
    LINE("optim.SGD(p,lr=0.1,weight_decay=0.1)", optim::SGD(p, {.lr = 0.1, .weight_decay = 0.1})),
    LINE("optim.Adam(p,lr=0.01)", optim::Adam(p, {.lr = 0.01})),
    LINE("optim.Adam(p)", optim::Adam(p)),
    LINE("optim.Adam(p,lr=0.01,betas=(0.8,0.99),eps=1e-3,weight_decay=0.1)",
        optim::Adam(p, {.lr = 0.01, .betas = {0.8, 0.99}, .eps = 1e-3, .weight_decay = 0.1})),
    LINE("optim.Adam(p,lr=0.05,amsgrad=True)", optim::Adam(p, {.lr = 0.05, .amsgrad = true})),
    LINE("optim.AdamW(p,lr=0.01)", optim::AdamW(p, {.lr = 0.01})),
    LINE("optim.AdamW(p,lr=0.01,weight_decay=0.2,amsgrad=True)",
        optim::AdamW(p, {.lr = 0.01, .weight_decay = 0.2, .amsgrad = true})),
    LINE("optim.RMSprop(p)", optim::RMSprop(p)),
    LINE("optim.RMSprop(p,lr=0.05,alpha=0.9,momentum=0.8,weight_decay=0.01)",
        optim::RMSprop(p, {.lr = 0.05, .alpha = 0.9, .weight_decay = 0.01, .momentum = 0.8})),
    LINE("optim.RMSprop(p,lr=0.05,centered=True)", optim::RMSprop(p, {.lr = 0.05, .centered = true})),
    LINE("optim.Adagrad(p,lr=0.1)", optim::Adagrad(p, {.lr = 0.1})),
    LINE("optim.SGD(p,lr=0.1,momentum=0.9,weight_decay=0.01,nesterov=True,maximize=True)",
        optim::SGD(p, {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true, .maximize = true})),
    LINE("optim.Adam(p,lr=0.01,weight_decay=0.1,amsgrad=True,maximize=True)",
        optim::Adam(p, {.lr = 0.01, .weight_decay = 0.1, .amsgrad = true, .maximize = true})),
    LINE("optim.AdamW(p,lr=0.01,maximize=True)", optim::AdamW(p, {.lr = 0.01, .maximize = true})),
    LINE("optim.NAdam(p)", optim::NAdam(p)),
    LINE("optim.NAdam(p,lr=0.01,betas=(0.8,0.99),weight_decay=0.1,momentum_decay=0.1)",
        optim::NAdam(p, {.lr = 0.01, .betas = {0.8, 0.99}, .weight_decay = 0.1, .momentum_decay = 0.1})),
    LINE("optim.RAdam(p)", optim::RAdam(p)),
    LINE("optim.RAdam(p,lr=0.01,betas=(0.8,0.9),weight_decay=0.1)",
        optim::RAdam(p, {.lr = 0.01, .betas = {0.8, 0.9}, .weight_decay = 0.1})),
    LINE("optim.Adamax(p)", optim::Adamax(p)),
    LINE("optim.Adamax(p,lr=0.01,weight_decay=0.1,maximize=True)",
        optim::Adamax(p, {.lr = 0.01, .weight_decay = 0.1, .maximize = true})),
    LINE("optim.RMSprop(p,lr=0.05,momentum=0.8,centered=True,maximize=True)",
        optim::RMSprop(p, {.lr = 0.05, .momentum = 0.8, .centered = true, .maximize = true})),
    LINE("optim.Adagrad(p,lr=0.1,lr_decay=0.1,weight_decay=0.1,initial_accumulator_value=0.5)",
        optim::Adagrad(p, {.lr = 0.1, .lr_decay = 0.1, .weight_decay = 0.1, .initial_accumulator_value = 0.5})),
    LINE("optim.Adadelta(p)", optim::Adadelta(p)),
    LINE("optim.Adadelta(p,lr=0.5,rho=0.8,eps=1e-3,weight_decay=0.1,maximize=True)",
        optim::Adadelta(p, {.lr = 0.5, .rho = 0.8, .eps = 1e-3, .weight_decay = 0.1, .maximize = true})),
};
#undef LINE

static Tensor row(const json& values, DType dtype) {
    return tensor(values.get<std::vector<double>>(), {.dtype = dtype});
}

// The weights after each step must have PyTorch's bits.
static void compare(const json& test) {
    const DType dtype = test.value("dtype", "float32") == "float64" ? float64 : float32;
    Tensor w = row(test["w0"], dtype).requires_grad_();
    Optimizer optimizer = makers.at(test["expr"])({w});
    for (std::size_t step = 0; step < test["grads"].size(); ++step) {
        w.set_grad(row(test["grads"][step], dtype));
        optimizer.step();
        CAPTURE(step);
        CHECK(w.detach().equal(row(test["weights"][step], dtype)));
    }
}

TEST_CASE("every step of every optimizer has PyTorch's bits") {
    std::set<std::string> seen;
    for (const char* file : {"optim.json", "optim_more.json"}) {
        const json cases = read_data(file)["cases"];
        for (const json& test : cases) {
            if (test["kind"] != "optimizer") continue;
            CAPTURE(test["expr"]);
            CAPTURE(test["w0"].size());
            compare(test);
            seen.insert(test["expr"]);
        }
    }
    CHECK(seen.size() == makers.size());
}

TEST_CASE("an optimizer's state_dict is PyTorch's and what PyTorch saved is taken up where it stopped") {
    const json cases = read_data("optim_more.json")["cases"];
    for (const json& test : cases) {
        CAPTURE(test["expr"]);
        const DType dtype = dtype_named(test["dtype"]);
        Tensor w = row(test["weights"][3], dtype).requires_grad_();
        Optimizer optimizer = makers.at(test["expr"])({w});
        CHECK(fmt::to_string(optimizer) == test["text"].get<std::string>());
        optimizer.load_state_dict(value_of(test["state_after_4"]));
        check_holds(optimizer.state_dict(), test["state_after_4"]);
        for (std::size_t step = 4; step < test["grads"].size(); ++step) {
            w.set_grad(row(test["grads"][step], dtype));
            optimizer.step();
            CHECK(w.detach().equal(row(test["weights"][step], dtype)));
        }
    }
}

TEST_CASE("a state_dict that doesn't fit is an Error and changes nothing") {
    Tensor w = ones({2}, {.requires_grad = true}), v = ones({3}, {.requires_grad = true});
    optim::Adam optimizer({w}, {.lr = 0.25});
    w.sum().backward();
    optimizer.step();
    const Value good = optimizer.state_dict();
    auto with = [&](auto... changes) {
        Dict group = good["param_groups"][0].dict(), state = good["state"][0].dict();
        group["lr"] = 7;
        (changes(group, state), ...);
        return Value(Dict{{"state", Dict{{0, state}}}, {"param_groups", Value::List{group}}});
    };
    auto loading = [&](const Value& value) { return [&optimizer, value] { optimizer.load_state_dict(value); }; };
    CHECK_THROWS_WITH_AS(loading(Dict{{"state", Dict()}, {"param_groups", Value::List()}})(),
        "load_state_dict: loaded state dict has a different number of parameter groups (0 instead of 1)", Error);
    CHECK_THROWS_WITH_AS(loading(with([](Dict& group, Dict&) {
        group["params"] = std::vector<int>{0, 1};
    }))(),
        "load_state_dict: loaded state dict contains a parameter group that doesn't match the size of optimizer's "
        "group "
        "(2 parameters instead of 1)",
        Error);
    CHECK_THROWS_WITH_AS(loading(with([](Dict&, Dict& state) { state["exp_avg"] = zeros({3}); }))(),
        "load_state_dict: 'exp_avg' has shape [3], but its parameter has [2]", Error);
    CHECK_THROWS_WITH_AS(loading(with([](Dict&, Dict& state) { state["step"] = -1; }))(),
        "load_state_dict: -1 is no number of steps", Error);
    CHECK_THROWS_AS(loading(with([](Dict& group, Dict&) { group["betas"] = 3; }))(), Error);
    CHECK_THROWS_AS(loading(Value(3))(), Error);
    CHECK(optimizer.param_groups()[0].lr == 0.25);
    optimizer.load_state_dict(with());
    CHECK(optimizer.param_groups()[0].lr == 7);
}

namespace {

// What each optimizer makes of a state of another kind, and of one of its own with something changed.
struct Loading {
    Tensor w = ones({2}, {.requires_grad = true});
    Optimizer optimizer;
    explicit Loading(const std::function<Optimizer(const TensorList&)>& make) : optimizer(make({w})) {
        w.sum().backward();
        optimizer.step();
    }
    // The state after a step, with one entry of the group and one of what is remembered set, or missing.
    Value with(const std::string& setting = "", const Value& value = {}, const std::string& kept = "",
        const Value& kept_value = {}) const {
        auto changed = [](const Dict& dict, const std::string& name, const Value& to) {
            Dict all;
            for (const auto& [key, old] : dict)
                if (key.string() != name) all[key] = old;
            if (!to.is_none()) all[name] = to;
            return all;
        };
        const Value state = optimizer.state_dict();
        const Dict group = changed(state["param_groups"][0].dict(), setting, value);
        Dict states;
        for (const auto& [id, dict] : state["state"].dict()) states[id] = changed(dict.dict(), kept, kept_value);
        return Dict{{"state", states}, {"param_groups", Value::List{group}}};
    }
    std::string says(const Value& state) const {
        const std::string before = fmt::to_string(optimizer), states = text_of_states();
        const std::string error = error_of([&] { optimizer.load_state_dict(state); });
        CHECK((error == "no error" || (fmt::to_string(optimizer) == before && text_of_states() == states)));
        return error;
    }
    std::string text_of_states() const {
        std::string text;
        for (const auto& [id, dict] : optimizer.state_dict()["state"].dict())
            for (const auto& [name, value] : dict.dict())
                text += fmt::format("{}: {}\n", name.string(),
                    value.is_none()                           ? "None"
                        : value.kind() == Value::Kind::Tensor ? fmt::format("{}", value.tensor())
                                                              : fmt::format("{}", value.item()));
        return text;
    }
};
const std::map<std::string, std::function<Optimizer(const TensorList&)>> kinds{
    {"SGD", [](const TensorList& w) { return optim::SGD(w, {.lr = 0.5, .momentum = 0.5}); }},
    {"Adam", [](const TensorList& w) { return optim::Adam(w, {.amsgrad = true}); }},
    {"AdamW", [](const TensorList& w) { return optim::AdamW(w); }},
    {"NAdam", [](const TensorList& w) { return optim::NAdam(w); }},
    {"RAdam", [](const TensorList& w) { return optim::RAdam(w); }},
    {"Adamax", [](const TensorList& w) { return optim::Adamax(w); }},
    {"RMSprop", [](const TensorList& w) { return optim::RMSprop(w, {.momentum = 0.5, .centered = true}); }},
    {"Adagrad", [](const TensorList& w) { return optim::Adagrad(w); }},
    {"Adadelta", [](const TensorList& w) { return optim::Adadelta(w); }},
};
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("the state of another kind of optimizer is an Error") {
    // PyTorch's Adam, AdamW and RAdam keep the same of a parameter under the same names.
    const std::set<std::pair<std::string, std::string>> alike{{"Adam", "AdamW"}, {"AdamW", "Adam"}, {"Adam", "RAdam"},
        {"AdamW", "RAdam"}, {"RAdam", "Adam"}, {"RAdam", "AdamW"}};
    for (const auto& [to, make] : kinds)
        for (const auto& [from, make_other] : kinds) {
            CAPTURE(from);
            CAPTURE(to);
            const std::string said = Loading(make).says(Loading(make_other).with());
            CHECK((said == "no error") == (from == to || alike.contains({from, to})));
        }
    CHECK(Loading(kinds.at("Adam")).says(Loading(kinds.at("SGD")).with()) ==
        "load_state_dict: KeyError: 'betas': a parameter group has none, so it is none of Adam");
    const Value sgd = Loading(kinds.at("SGD")).with(), adam = Loading(kinds.at("Adam")).with();
    CHECK(Loading(kinds.at("SGD")).says(Dict{{"state", adam["state"]}, {"param_groups", sgd["param_groups"]}}) ==
        "load_state_dict: the state of a parameter is none of SGD: it has step where that keeps momentum_buffer");
}

TEST_CASE("a setting out of range is an Error when it is loaded, with the constructor's sentence") {
    const std::vector<std::tuple<std::string, std::string, Value, std::string>> wrong{
        {"", "lr", not_a_number, "Invalid lr value: nan is no number"}, {"", "lr", -0.5, "Invalid learning rate: -0.5"},
        {"", "lr", "fast", "Invalid lr value: item: expected a number but found a string"},
        {"", "weight_decay", -1, "Invalid weight_decay value: -1"}, {"", "params", {0, 1}, "doesn't match the size"},
        {"", "params", {}, "KeyError: 'params'"}, {"", "initial_lr", not_a_number, "Invalid initial_lr value: nan"},
        {"Adam", "betas", Value::tuple({2, 2}), "Invalid beta parameter at index 0: 2"},
        {"AdamW", "betas", Value::tuple({0.5, not_a_number}), "Invalid beta parameter at index 1: nan"},
        {"NAdam", "betas", Value::tuple({0.5}), "Invalid betas value: expected two numbers but found 1"},
        {"RAdam", "betas", 3, "Invalid betas value: list: expected a list or a tuple but found an int"},
        {"Adamax", "eps", -1, "Invalid epsilon value: -1"}, {"Adam", "eps", {}, "KeyError: 'eps'"},
        {"Adam", "amsgrad", 2, "Invalid amsgrad value: expected a bool but found 2"},
        {"NAdam", "momentum_decay", -1, "Invalid momentum_decay value: -1"},
        {"SGD", "momentum", -1, "Invalid momentum value: -1"},
        {"SGD", "dampening", not_a_number, "Invalid dampening value: nan is no number"},
        {"RMSprop", "alpha", -1, "Invalid alpha value: -1"}, {"RMSprop", "eps", not_a_number, "Invalid eps value: nan"},
        {"Adagrad", "lr_decay", -1, "Invalid lr_decay value: -1"},
        {"Adagrad", "initial_accumulator_value", -1, "Invalid initial_accumulator_value value: -1"},
        {"Adadelta", "rho", 1.5, "Invalid rho value: 1.5"}};
    for (const auto& [kind, make] : kinds)
        for (const auto& [only, setting, value, sentence] : wrong) {
            if (!only.empty() && only != kind) continue;
            CAPTURE(kind);
            CAPTURE(setting);
            const Loading loading(make);
            CHECK_MESSAGE(loading.says(loading.with(setting, value)).find(sentence) != std::string::npos,
                loading.says(loading.with(setting, value)));
        }
    const Loading sgd(kinds.at("SGD"));
    Dict group = sgd.with("nesterov", true)["param_groups"][0].dict();
    group["dampening"] = 0.5;
    CHECK(sgd.says(Dict{{"state", Dict()}, {"param_groups", Value::List{group}}}) ==
        "load_state_dict: Nesterov momentum requires a momentum and zero dampening");
}

TEST_CASE("what is remembered of a parameter must be whole when it is loaded") {
    for (const auto& [kind, make] : kinds) {
        CAPTURE(kind);
        const Loading loading(make);
        const Value state = loading.with()["state"][0];
        for (const auto& [name, value] : state.dict()) {
            CAPTURE(name.string());
            const bool is_needed = kind != "SGD";
            CHECK((loading.says(loading.with("", {}, name.string(), {})) == "no error") == !is_needed);
            CHECK(loading.says(loading.with("", {}, name.string(), "text")).find(fmt::format("'{}'", name.string())) !=
                std::string::npos);
            CHECK(loading.says(loading.with("", {}, name.string(), zeros({3}))) != "no error");
        }
        for (const double step : {-1., not_a_number, 0.5, 1e300})
            if (state.contains("step"))
                CHECK(loading.says(loading.with("", {}, "step", step)) ==
                    fmt::format("load_state_dict: {} is no number of steps", step));
    }
    const Loading nadam(kinds.at("NAdam"));
    CHECK(
        nadam.says(nadam.with("", {}, "mu_product", not_a_number)) == "load_state_dict: nan is no product of momenta");
}

TEST_CASE("what PyTorch programs load is loaded") {
    const Loading adam(kinds.at("Adam"));
    for (const Value& step : {Value(3), Value(3.), Value(tensor(3.)), Value(tensor({3}))}) {
        CHECK(adam.says(adam.with("", {}, "step", step)) == "no error");
        CHECK(adam.optimizer.state_dict()["state"][0]["step"].item() == 3);
    }
    // a rate that is a whole number or a tensor, and one that a chain of schedules rounded below zero
    for (const Value& lr : {Value(1), Value(tensor(1.))}) {
        CHECK(adam.says(adam.with("lr", lr)) == "no error");
        CHECK(adam.optimizer.param_groups()[0].lr == 1);
    }
    adam.optimizer.param_groups()[0].scheduled["initial_lr"] = 1;
    CHECK(adam.says(adam.with("lr", -1e-17)) == "no error");
    CHECK(adam.optimizer.param_groups()[0].lr == -1e-17);
    CHECK(adam.says(adam.with("lr", -1e-3)) == "load_state_dict: Invalid learning rate: -0.001");
    // settings that older PyTorch had not, those of a GPU, a momentum that is None, a state that is empty
    adam.optimizer.param_groups()[0].maximize = true;
    CHECK(adam.says(adam.with("maximize", {})) == "no error");
    CHECK(!adam.optimizer.param_groups()[0].maximize);
    CHECK(adam.says(adam.with("fused", true)) == "no error");
    CHECK(adam.says(adam.with("name", "encoder")) == "no error");
    const Loading sgd(kinds.at("SGD"));
    Dict state{{0, Dict{{"momentum_buffer", {}}}}};
    CHECK(sgd.says(Dict{{"state", state}, {"param_groups", sgd.with()["param_groups"]}}) == "no error");
    CHECK(sgd.says(Dict{{"state", Dict{{0, Dict()}}}, {"param_groups", sgd.with()["param_groups"]}}) == "no error");
    CHECK(sgd.says(Dict{{"state", Dict()}, {"param_groups", sgd.with()["param_groups"]}}) == "no error");

    Tensor a = ones({2}, {.requires_grad = true}), b = ones({2}, {.requires_grad = true});
    optim::SGD two({a, b}, 0.5);
    Dict group = two.state_dict()["param_groups"][0].dict();
    group["params"] = std::vector<int>{0, 0};
    CHECK(error_of([&] {
        two.load_state_dict(Dict{{"state", Dict()}, {"param_groups", Value::List{group}}});
    }) == "load_state_dict: loaded state dict has one id for the parameters 0 and 1");
}

TEST_CASE("a parameter without a gradient is left alone and nothing is recorded") {
    Tensor a = ones({2}, {.requires_grad = true}), b = ones({2}, {.requires_grad = true});
    optim::SGD optimizer({a, b}, {.lr = 0.5});
    (a * 2).sum().backward();
    auto before = a.version();
    optimizer.step();
    CHECK(a.tolist() == std::vector<double>{0, 0});
    CHECK(b.tolist() == std::vector<double>{1, 1});
    CHECK(a.is_leaf());
    CHECK(a.version() > before);
}

TEST_CASE("a weight that changed between forward and backward is found out") {
    Tensor w = ones({2}, {.requires_grad = true});
    optim::SGD optimizer({w}, {.lr = 0.5});
    Tensor loss = (w * w).sum();
    loss.backward({.retain_graph = true});
    optimizer.step();
    CHECK_THROWS_AS(loss.backward(), Error);
}

TEST_CASE("groups have settings of their own which can be changed") {
    Tensor a = zeros({1}, {.requires_grad = true}), b = zeros({1}, {.requires_grad = true}),
           c = zeros({1}, {.requires_grad = true});
    optim::SGD optimizer({{.params = {a}, .lr = 1e-2}, {.params = {b}}}, {.lr = 1e-3});
    optimizer.add_param_group({.params = {c}, .lr = 5, .momentum = 0.5});
    Optimizer same = optimizer;
    same.param_groups()[1].lr = 0.25;
    CHECK(optimizer.param_groups()[0].lr == 1e-2);
    CHECK(optimizer.param_groups()[2].momentum == 0.5);
    (a + b + c).backward();
    optimizer.step();
    CHECK(a.item() == doctest::Approx(-0.01));
    CHECK(b.item() == -0.25);
    CHECK(c.item() == -5);
}

TEST_CASE("zero_grad takes gradients away or fills them with zeros") {
    Tensor w = ones({2}, {.requires_grad = true});
    optim::Adam optimizer({w}, 0.1, {0.8, 0.9});
    CHECK(optimizer.param_groups()[0].betas == optim::Betas(0.8, 0.9));
    w.sum().backward();
    optimizer.zero_grad({.set_to_none = false});
    CHECK(w.grad().tolist() == std::vector<double>{0, 0});
    optimizer.zero_grad();
    CHECK(!w.grad().defined());
    nn::Linear fc(2, 1);
    optim::SGD sgd(fc.parameters(), 0.1);
    fc(ones({3, 2})).sum().backward();  // (the weight's gradient is a view)
    sgd.zero_grad({.set_to_none = false});
    CHECK(fc.weight.grad().tolist() == std::vector<double>{0, 0});
}

TEST_CASE("a closure computes the loss that step returns and records even where nothing else does") {
    Tensor w = tensor({3.}, {.requires_grad = true});
    optim::SGD optimizer({w}, {.lr = 0.1});
    NoGradGuard no_grad;
    Tensor loss = optimizer.step([&] {
        optimizer.zero_grad();
        Tensor loss = (w * w).sum();
        loss.backward();
        return loss;
    });
    CHECK(loss.item() == 9);
    CHECK(w.item() == doctest::Approx(2.4));
}

TEST_CASE("weights in any order in memory are trained alike") {
    Tensor plain = arange(6).to(float32).view(2, 3).clone().requires_grad_();
    Tensor turned = plain.detach().t().contiguous().t().requires_grad_();
    Tensor target = ones({2, 3});
    optim::Adam one({plain}, {.lr = 0.1, .amsgrad = true}), two({turned}, {.lr = 0.1, .amsgrad = true});
    for (int i = 0; i < 3; ++i)
        for (auto& [w, optimizer] : {std::pair(plain, one), std::pair(turned, two)}) {
            optimizer.zero_grad();
            (w - target).pow(2).sum().backward();
            optimizer.step();
        }
    CHECK(plain.equal(turned));
    CHECK(!turned.is_contiguous());
}

TEST_CASE("what can't be optimized is an Error with PyTorch's sentence") {
    Tensor w = ones({2}, {.requires_grad = true});
    CHECK_THROWS_WITH_AS(optim::SGD(TensorList{}), "SGD: optimizer got an empty parameter list", Error);
    CHECK_THROWS_WITH_AS(optim::SGD({w}, {.lr = -1}), "SGD: Invalid learning rate: -1", Error);
    CHECK_THROWS_WITH_AS(optim::SGD({w}, {.lr = 0.1, .nesterov = true}),
        "SGD: Nesterov momentum requires a momentum and zero dampening", Error);
    CHECK_THROWS_WITH_AS(optim::Adam({w}, {.betas = {0.9, 1}}), "Adam: Invalid beta parameter at index 1: 1", Error);
    CHECK_THROWS_WITH_AS(optim::Adam({w}, {.eps = NAN}), "Adam: Invalid epsilon value: nan", Error);
    CHECK_THROWS_WITH_AS(
        optim::Adam({Tensor()}), "Adam: optimizer can only optimize Tensors, but one of the params is None", Error);
    CHECK_THROWS_WITH_AS(optim::Adam({w * 2}),
        "Adam: can't optimize a non-leaf Tensor; give it the tensor that this one was computed from", Error);
    CHECK_THROWS_WITH_AS(optim::SGD({{.params = {w}}, {.params = {w}}}, 0.1),
        "SGD: some parameters appear in more than one parameter group", Error);
}
