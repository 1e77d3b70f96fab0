// The optimizers, step by step beside PyTorch's. data/optim.json and optim_more.json hold PyTorch's line ("expr"), the
// first weights, and for each step the gradient and the weights after it.
#include <map>
#include <set>

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
