// The schedulers beside PyTorch's. data/optim.json and lr_scheduler.json hold PyTorch's lines and the rates that they
// give.
#include <map>

#include "error_of.h"
#include "json_value.h"

using namespace taper;
using optim::Optimizer;
namespace S = optim::lr_scheduler;
using Rates = std::vector<double>;

static Tensor weight() { return zeros({1}, {.requires_grad = true}); }
static Rates rates(const Optimizer& optimizer) {
    Rates all;
    for (const auto& group : optimizer.param_groups()) all.push_back(group.lr);
    return all;
}

static Optimizer optimizer_of(const std::string& python) {
    TensorList p{weight()}, q{weight()};
    if (python == "optim.SGD(p,lr=0.1)") return optim::SGD(p, 0.1);
    if (python == "optim.SGD(p,lr=0.1,momentum=0.9)") return optim::SGD(p, 0.1, 0.9);
    if (python == "optim.Adam(p,lr=0.1)") return optim::Adam(p, 0.1);
    if (python == "optim.Adadelta(p)") return optim::Adadelta(p);
    REQUIRE(python == "optim.SGD([{'params':p,'lr':0.1},{'params':q}],lr=0.2,momentum=0.9)");
    return optim::SGD({{.params = p, .lr = 0.1}, {.params = q}}, {.lr = 0.2, .momentum = 0.9});
}

// Python's lines, and ours.
#define LINE(python, cpp)                                                \
    {                                                                    \
        python, [](const Optimizer& o) -> S::LRScheduler { return cpp; } \
    }
static const std::map<std::string, S::LRScheduler (*)(const Optimizer&)> makers{
    LINE("S.StepLR(o,5,0.5)", S::StepLR(o, 5, 0.5)),
    LINE("S.StepLR(o,3)", S::StepLR(o, {.step_size = 3})),
    LINE("S.StepLR(o,3,0.5)", S::StepLR(o, 3, 0.5)),
    LINE("S.ExponentialLR(o,0.9)", S::ExponentialLR(o, {.gamma = 0.9})),
    LINE("S.CosineAnnealingLR(o,8)", S::CosineAnnealingLR(o, 8)),
    LINE("S.CosineAnnealingLR(o,5)", S::CosineAnnealingLR(o, 5)),
    LINE("S.CosineAnnealingLR(o,10,eta_min=0.01)", S::CosineAnnealingLR(o, {.T_max = 10, .eta_min = 0.01})),
    LINE("S.OneCycleLR(o,max_lr=0.5,total_steps=21)", S::OneCycleLR(o, 0.5, 21)),
    LINE("S.OneCycleLR(o,max_lr=0.5,epochs=7,steps_per_epoch=3,anneal_strategy='linear')",
        S::OneCycleLR(o, {.max_lr = 0.5, .epochs = 7, .steps_per_epoch = 3, .anneal_strategy = "linear"})),
    LINE("S.OneCycleLR(o,max_lr=0.5,total_steps=30,three_phase=True,pct_start=0.2)",
        S::OneCycleLR(o, {.max_lr = 0.5, .total_steps = 30, .pct_start = 0.2, .three_phase = true})),
    LINE("S.OneCycleLR(o,max_lr=[0.5,1.0],total_steps=21,base_momentum=0.8,cycle_momentum=True)",
        S::OneCycleLR(o, {.max_lr = {0.5, 1.0}, .total_steps = 21, .cycle_momentum = true, .base_momentum = 0.8})),
    LINE("S.OneCycleLR(o,max_lr=0.5,total_steps=25,cycle_momentum=False)",
        S::OneCycleLR(o, {.max_lr = 0.5, .total_steps = 25, .cycle_momentum = false})),
    LINE("S.MultiStepLR(o,[3,7],0.1)", S::MultiStepLR(o, {3, 7}, 0.1)),
    LINE("S.MultiStepLR(o,[3,3,7],0.5)", S::MultiStepLR(o, {.milestones = {3, 3, 7}, .gamma = 0.5})),
    LINE("S.LinearLR(o)", S::LinearLR(o)),
    LINE("S.LinearLR(o,total_iters=6)", S::LinearLR(o, {.total_iters = 6})),
    LINE("S.LinearLR(o,0.5,0.25)", S::LinearLR(o, 0.5, 0.25)),
    LINE("S.LambdaLR(o,lambda e:1/(1+e))", S::LambdaLR(o, [](auto e) { return 1. / (1 + e); })),
    LINE("S.LambdaLR(o,[lambda e:0.9**e,lambda e:1/(1+e)])",
        S::LambdaLR(o, {[](auto e) { return std::pow(0.9, e); }, [](auto e) { return 1. / (1 + e); }})),
    LINE("S.MultiplicativeLR(o,lambda e:0.95)", S::MultiplicativeLR(o, {.lr_lambda = [](auto) { return 0.95; }})),
    LINE("S.ConstantLR(o)", S::ConstantLR(o)),
    LINE("S.ConstantLR(o,0.5,4)", S::ConstantLR(o, 0.5, 4)),
    LINE("S.PolynomialLR(o)", S::PolynomialLR(o)),
    LINE("S.PolynomialLR(o,9,2.0)", S::PolynomialLR(o, 9, 2.)),
    LINE("S.CosineAnnealingWarmRestarts(o,3,2)", S::CosineAnnealingWarmRestarts(o, 3, 2)),
    LINE("S.CosineAnnealingWarmRestarts(o,4)", S::CosineAnnealingWarmRestarts(o, 4)),
    LINE("S.CosineAnnealingWarmRestarts(o,4,eta_min=0.01)",
        S::CosineAnnealingWarmRestarts(o, {.T_0 = 4, .eta_min = 0.01})),
    LINE("S.SequentialLR(o,[S.ConstantLR(o,0.1,2),S.ExponentialLR(o,0.9)],[2])",
        S::SequentialLR(o, {S::ConstantLR(o, 0.1, 2), S::ExponentialLR(o, 0.9)}, {2})),
    LINE("S.SequentialLR(o,[S.LinearLR(o,0.1,total_iters=3),S.CosineAnnealingLR(o,6),S.StepLR(o,2)],[3,9])",
        S::SequentialLR(o,
            {.schedulers = {S::LinearLR(o, {.start_factor = 0.1, .total_iters = 3}), S::CosineAnnealingLR(o, 6),
                 S::StepLR(o, 2)},
                .milestones = {3, 9}})),
    LINE("S.ChainedScheduler([S.ConstantLR(o,0.1,2),S.ExponentialLR(o,0.9)])",
        S::ChainedScheduler({S::ConstantLR(o, 0.1, 2), S::ExponentialLR(o, 0.9)})),
};
#undef LINE
static const std::map<std::string, S::ReduceLROnPlateau (*)(const Optimizer&)> plateaus{
    {"S.ReduceLROnPlateau(o,patience=2)", [](const Optimizer& o) { return S::ReduceLROnPlateau(o, {.patience = 2}); }},
    {"S.ReduceLROnPlateau(o,'max',0.5,patience=1,cooldown=2,min_lr=0.02)",
        [](const Optimizer& o) {
            return S::ReduceLROnPlateau(
                o, {.mode = "max", .factor = 0.5, .patience = 1, .cooldown = 2, .min_lr = 0.02});
        }},
    {"S.ReduceLROnPlateau(o,factor=0.5,patience=0,threshold=0.05,threshold_mode='abs')",
        [](const Optimizer& o) {
            return S::ReduceLROnPlateau(o, {.factor = 0.5, .patience = 0, .threshold = 0.05, .threshold_mode = "abs"});
        }},
    {"S.ReduceLROnPlateau(o,'max',patience=0,threshold_mode='rel',threshold=0.1,eps=1e-3)",
        [](const Optimizer& o) {
            return S::ReduceLROnPlateau(
                o, {.mode = "max", .patience = 0, .threshold = 0.1, .threshold_mode = "rel", .eps = 1e-3});
        }},
};

// The rates of all groups at one step, which a file gives as a list where there are several.
static Rates row(const json& at) { return at.is_array() ? at.get<Rates>() : Rates{at.get<double>()}; }

static double momentum_of(const Optimizer& optimizer, std::size_t group) {
    const auto& settings = optimizer.param_groups()[group];
    return optimizer.has("betas") ? settings.betas.first : settings.momentum;
}

static void compare_steps(const json& test) {
    Optimizer optimizer = optimizer_of(test["optimizer"]);
    S::LRScheduler scheduler = makers.at(test["expr"])(optimizer);
    const json momenta = test.contains("momentum") ? test["momentum"] : test.value("momentum_or_beta1", json::array());
    for (std::size_t step = 0; step < test["lr"].size(); ++step) {
        CAPTURE(step);
        if (step > 0) scheduler.step();
        CHECK(rates(optimizer) == row(test["lr"][step]));
        CHECK(scheduler.get_last_lr() == row(test["lr"][step]));
        for (std::size_t group = 0; step < momenta.size() && group < row(momenta[step]).size(); ++group)
            CHECK(momentum_of(optimizer, group) == row(momenta[step])[group]);
    }
}

TEST_CASE("every rate of every scheduler has PyTorch's bits") {
    int compared = 0;
    for (const char* file : {"optim.json", "lr_scheduler.json"}) {
        const json cases = read_data(file)["cases"];
        for (const json& test : cases) {
            if (test.value("kind", "scheduler") != "scheduler" || test.contains("at") || test.contains("metrics"))
                continue;
            CAPTURE(test["expr"]);
            compare_steps(test);
            ++compared;
        }
    }
    CHECK(compared == 27);
}

TEST_CASE("a scheduler can be sent to an epoch even between two") {
    const json cases = read_data("lr_scheduler.json")["cases"];
    for (const json& test : cases) {
        if (!test.contains("at")) continue;
        CAPTURE(test["expr"]);
        Optimizer optimizer = optimizer_of(test["optimizer"]);
        S::LRScheduler scheduler = makers.at(test["expr"])(optimizer);
        for (std::size_t i = 0; i < test["at"].size(); ++i) {
            CAPTURE(test["at"][i]);
            scheduler.step(test["at"][i].get<double>());
            CHECK(rates(optimizer) == row(test["lr"][i]));
        }
    }
}

TEST_CASE("on a plateau the rate falls when PyTorch's does") {
    const json cases = read_data("lr_scheduler.json")["cases"];
    for (const json& test : cases) {
        if (!test.contains("metrics")) continue;
        CAPTURE(test["expr"]);
        Optimizer optimizer = optimizer_of(test["optimizer"]);
        auto scheduler = plateaus.at(test["expr"])(optimizer);
        for (std::size_t i = 0; i < test["metrics"].size(); ++i) {
            scheduler.step(test["metrics"][i].get<double>());
            CHECK(rates(optimizer) == row(test["lr"][i]));
            CHECK(scheduler.get_last_lr() == row(test["lr"][i]));
        }
    }
}

// PyTorch's state without what is made by the constructor.
static json state_of(json state) {
    for (const char* key : {"total_steps", "cycle_momentum", "use_beta1", "milestones", "_milestones"})
        state.erase(key);
    if (state.contains("T_cur")) state.erase("_step_count");  // which PyTorch does not count there
    if (state.contains("_schedulers"))
        for (json& nested : state["_schedulers"]) nested = state_of(nested);
    return state;
}

TEST_CASE("a scheduler's state_dict is PyTorch's and what PyTorch saved is taken up where it stopped") {
    const json cases = read_data("lr_scheduler.json")["cases"];
    int compared = 0;
    for (const json& test : cases) {
        if (!test.contains("state_before_5")) continue;
        CAPTURE(test["expr"]);
        ++compared;
        const json state = state_of(test["state_before_5"]);
        Optimizer optimizer = optimizer_of(test["optimizer"]);
        auto resume = [&](auto& scheduler, std::size_t last, auto step) {
            for (std::size_t i = 0; i < optimizer.param_groups().size(); ++i)
                optimizer.param_groups()[i].lr = row(test["lr"][last])[i];
            scheduler.load_state_dict(value_of(state));
            check_holds(scheduler.state_dict(), state);
            for (std::size_t i = last + 1; i < test["lr"].size(); ++i) {
                step(i);
                CHECK(rates(optimizer) == row(test["lr"][i]));
            }
        };
        if (test.contains("metrics")) {
            auto scheduler = plateaus.at(test["expr"])(optimizer);
            resume(scheduler, 4, [&](std::size_t i) { scheduler.step(test["metrics"][i].get<double>()); });
        } else {
            auto scheduler = makers.at(test["expr"])(optimizer);
            resume(scheduler, 5, [&](std::size_t) { scheduler.step(); });
        }
    }
    CHECK(compared == 21);
}

TEST_CASE("a state that makes no sense is an Error and changes nothing") {
    optim::SGD optimizer({weight()}, 0.5);
    S::StepLR scheduler(optimizer, 2, 0.5);
    CHECK_THROWS_WITH_AS(scheduler.load_state_dict(Dict{{"last_epoch", 3}, {"step_size", 0}}),
        "StepLR: step_size must be positive, not 0", Error);
    CHECK_THROWS_AS(scheduler.load_state_dict(Dict{{"last_epoch", 3}, {"base_lrs", std::vector<double>{1, 2}}}), Error);
    CHECK_THROWS_AS(scheduler.load_state_dict(7), Error);
    CHECK(scheduler.last_epoch() == 0);
    CHECK_THROWS_WITH_AS(scheduler.step(1e300), "step: 1e+300 is no epoch", Error);
}

TEST_CASE("the state of another scheduler is an Error and changes nothing") {
    const std::vector<std::pair<std::string, std::function<S::LRScheduler(const optim::SGD&)>>> kinds{
        {"StepLR", [](const optim::SGD& o) { return S::StepLR(o, 2); }},
        {"MultiStepLR",
            [](const optim::SGD& o) {
                return S::MultiStepLR(o, {2, 3});
            }},
        {"ConstantLR", [](const optim::SGD& o) { return S::ConstantLR(o); }},
        {"LinearLR", [](const optim::SGD& o) { return S::LinearLR(o); }},
        {"ExponentialLR", [](const optim::SGD& o) { return S::ExponentialLR(o, 0.5); }},
        {"PolynomialLR", [](const optim::SGD& o) { return S::PolynomialLR(o); }},
        {"CosineAnnealingLR", [](const optim::SGD& o) { return S::CosineAnnealingLR(o, 5); }},
        {"CosineAnnealingWarmRestarts", [](const optim::SGD& o) { return S::CosineAnnealingWarmRestarts(o, 5); }},
        {"LambdaLR", [](const optim::SGD& o) { return S::LambdaLR(o, [](std::int64_t) { return 0.5; }); }},
        {"SequentialLR", [](const optim::SGD& o) {
             return S::SequentialLR(o, {S::ConstantLR(o), S::ExponentialLR(o, 0.5)}, {2});
         }}};
    auto text = [](const S::LRScheduler& scheduler) {
        return fmt::format(
            "{} {} {}", scheduler.last_epoch(), fmt::join(scheduler.get_last_lr(), " "), scheduler.optimizer());
    };
    for (const auto& [to, make] : kinds)
        for (const auto& [from, make_other] : kinds) {
            CAPTURE(from);
            CAPTURE(to);
            optim::SGD optimizer({weight()}, 0.5), other({weight()}, 0.25);
            auto scheduler = make(optimizer), stepped = make_other(other);
            stepped.step();
            const std::string before = text(scheduler);
            const std::string said = error_of([&] { scheduler.load_state_dict(stepped.state_dict()); });
            // (A MultiStepLR's milestones are no part of the state here.)
            const bool alike = from == to || (to == "MultiStepLR" && from == "ExponentialLR") ||
                (from == "MultiStepLR" && to == "ExponentialLR");
            CHECK_MESSAGE((said == "no error") == alike, said);
            CHECK((alike || text(scheduler) == before));
        }
    optim::SGD optimizer({weight()}, 0.5);
    S::StepLR scheduler(optimizer, 2, 0.5);
    S::ReduceLROnPlateau plateau(optimizer);
    const double not_a_number = std::numeric_limits<double>::quiet_NaN();
    const auto says = [](const auto& to, const Value& state) { return error_of([&] { to.load_state_dict(state); }); };
    CHECK(says(scheduler, optimizer.state_dict()) == "load_state_dict: this is no scheduler's state");
    CHECK(says(scheduler, plateau.state_dict()) != "no error");
    CHECK(says(plateau, scheduler.state_dict()) == "load_state_dict: 'step_size' is of another scheduler's state");
    CHECK(says(scheduler, Dict{{"gamma", not_a_number}}) == "load_state_dict: Invalid gamma value: nan is no number");
    CHECK(says(scheduler, Dict{{"gamma", "x"}}) ==
        "load_state_dict: Invalid gamma value: item: expected a number but found a string");
    CHECK(says(scheduler, Dict{{"last_epoch", -2}}) == "load_state_dict: Invalid last_epoch value: -2");
    CHECK(says(scheduler, Dict{{"last_epoch", 2.5}}).find("2.5 is not a whole number") != std::string::npos);
    CHECK(says(plateau, Dict{{"best", not_a_number}}) == "load_state_dict: Invalid best value: nan is no number");
    CHECK(says(plateau, Dict{{"mode", "most"}}) == "ReduceLROnPlateau: mode most is unknown!");
    CHECK(says(scheduler, Dict{{"last_epoch", 4}}) == "no error");
    CHECK(scheduler.last_epoch() == 4);
    CHECK(says(plateau, plateau.state_dict()) == "no error");
}

TEST_CASE("a state of several schedulers is loaded by all of them or by none") {
    optim::SGD optimizer({weight()}, 0.5);
    S::ConstantLR first(optimizer);
    S::ExponentialLR second(optimizer, 0.5);
    S::ChainedScheduler chained({first, second});
    const Value good = chained.state_dict();
    chained.step();
    Dict bad = good["_schedulers"][1].dict(), all = good.dict();
    bad["gamma"] = "x";
    all["_schedulers"] = Value::List{good["_schedulers"][0], bad};
    CHECK(error_of([&] { chained.load_state_dict(all); }).find("Invalid gamma value") != std::string::npos);
    CHECK(first.last_epoch() == 1);
    CHECK(second.last_epoch() == 1);
    chained.load_state_dict(good);
    CHECK(first.last_epoch() == 0);
}

TEST_CASE("a scheduler holds the optimizer of its maker and its copies count together") {
    optim::SGD optimizer({weight()}, 0.5);
    S::StepLR scheduler(optimizer, 1, 0.5);
    S::LRScheduler same = scheduler;
    same.step();
    CHECK(optimizer.param_groups()[0].lr == 0.25);
    optimizer.param_groups()[0].lr = 1;
    scheduler.step();
    CHECK(same.get_last_lr() == Rates{0.5});
    CHECK(same.last_epoch() == 2);
}

TEST_CASE("a schedule that can't be is an Error") {
    optim::SGD optimizer({weight()}, 0.1);
    CHECK_THROWS_WITH_AS(S::StepLR(optimizer, 0), "StepLR: step_size must be positive, not 0", Error);
    CHECK_THROWS_WITH_AS(S::ConstantLR(optimizer, 2),
        "ConstantLR: Constant multiplicative factor expected to be between 0 and 1, not 2", Error);
    CHECK_THROWS_WITH_AS(S::StepLR(optim::SGD({weight()}, 0.1), {.step_size = 3, .last_epoch = 4}),
        "lr_scheduler: param 'initial_lr' is not specified in param_groups[0] when resuming an optimizer", Error);
    CHECK_THROWS_WITH_AS(S::OneCycleLR(optimizer, {.max_lr = 1}),
        "OneCycleLR: You must define either total_steps OR (epochs AND steps_per_epoch)", Error);
    CHECK_THROWS_WITH_AS(S::OneCycleLR(optim::Adagrad({weight()}), 1, 10),
        "OneCycleLR: optimizer must support momentum with `cycle_momentum` option enabled", Error);
    CHECK_THROWS_WITH_AS(S::ReduceLROnPlateau(optimizer, "least"), "ReduceLROnPlateau: mode least is unknown!", Error);
    S::OneCycleLR cycle(optimizer, 1, 2);
    cycle.step();
    cycle.step();
    CHECK_THROWS_WITH_AS(
        cycle.step(), "OneCycleLR: Tried to step 4 times. The specified number of total steps is 2", Error);
}
