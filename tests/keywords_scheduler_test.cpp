// Schedulers are called as in PyTorch: k arguments by position, the rest by keyword; what PyTorch has not does not
// compile. The numbers are PyTorch 1.13's.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <taper/tensor/warning.h>

using namespace taper;
using optim::Optimizer;
namespace S = optim::lr_scheduler;
using Reals = std::vector<double>;

// Whether the line compiles for an x of that type.
#define COMPILES(X, ...) ([]<class T>(T x) { return requires { __VA_ARGS__; }; }(X))

static Tensor weight() { return tensor({1., -2., 0.5}, {.requires_grad = true}); }

// The rates of the first group after each of three steps.
static Reals rates(const std::function<S::LRScheduler(const Optimizer&)>& make) {
    const Optimizer optimizer = optim::SGD({weight()}, 0.1, 0.9);
    const S::LRScheduler scheduler = make(optimizer);
    Reals rates;
    for (int i = 0; i < 3; ++i) {
        optimizer.step();
        scheduler.step();
        rates.push_back(optimizer.param_groups()[0].lr);
    }
    return rates;
}
#define CHECK_RATES(cpp, ...) \
    CHECK(rates([](const Optimizer& o) -> S::LRScheduler { return cpp; }) == Reals{__VA_ARGS__})

TEST_CASE("by position or by keyword a scheduler gives PyTorch's rates") {
    auto inverse = [](std::int64_t epoch) { return 1. / (1 + epoch); };
    CHECK_RATES(S::LambdaLR(o, decltype(inverse)(), -1, false), 0.05, 0.033333333333333333, 0.025);
    CHECK_RATES(S::LambdaLR({.optimizer = o, .lr_lambda = [](auto e) { return 1. / (1 + e); }}), 0.05,
        0.033333333333333333, 0.025);
    CHECK_RATES(
        S::MultiplicativeLR(o, [](auto e) { return 1. / (1 + e); }), 0.05, 0.016666666666666666, 0.0041666666666666666);
    CHECK_RATES(S::StepLR(o, 2, 0.5), 0.1, 0.05, 0.05);
    CHECK_RATES(S::StepLR(o, 2, {.gamma = 0.5}), 0.1, 0.05, 0.05);
    CHECK_RATES(S::StepLR({.optimizer = o, .step_size = 2, .gamma = 0.5}), 0.1, 0.05, 0.05);
    CHECK_RATES(S::MultiStepLR(o, {1, 3}, 0.5, -1, false), 0.05, 0.05, 0.025);
    CHECK_RATES(S::MultiStepLR(o, {.milestones = std::vector<int>{1, 3}, .gamma = 0.5}), 0.05, 0.05, 0.025);
    CHECK_RATES(S::ConstantLR(o, 0.5, 2), 0.05, 0.1, 0.1);
    CHECK_RATES(S::ConstantLR(o, {.factor = 0.5, .total_iters = 2}), 0.05, 0.1, 0.1);
    CHECK_RATES(S::LinearLR(o, 0.5, 0.25, 2), 0.037500000000000006, 0.025000000000000005, 0.025000000000000005);
    CHECK_RATES(S::LinearLR(o, 0.5, {.end_factor = 0.25, .total_iters = 2}), 0.037500000000000006, 0.025000000000000005,
        0.025000000000000005);
    CHECK_RATES(S::ExponentialLR(o, 0.5, -1), 0.05, 0.025, 0.0125);
    CHECK_RATES(S::ExponentialLR(o, {.gamma = 0.5, .verbose = false}), 0.05, 0.025, 0.0125);
    CHECK_RATES(S::PolynomialLR(o, 4, 2), 0.05625, 0.024999999999999998, 0.0062499999999999995);
    CHECK_RATES(
        S::PolynomialLR(o, {.total_iters = 4, .power = 2.}), 0.05625, 0.024999999999999998, 0.0062499999999999995);
    CHECK_RATES(S::CosineAnnealingLR(o, 5, 0.01), 0.091405764746872634, 0.068905764746872628, 0.041094235253127359);
    CHECK_RATES(S::CosineAnnealingLR(o, 5, {.eta_min = 0.01}), 0.091405764746872634, 0.068905764746872628,
        0.041094235253127359);
    CHECK_RATES(S::CosineAnnealingWarmRestarts(o, 2, 2, 0.01), 0.055000000000000007, 0.1, 0.086819805153394644);
    CHECK_RATES(S::CosineAnnealingWarmRestarts(o, 2, {.T_mult = 2, .eta_min = 0.01}), 0.055000000000000007, 0.1,
        0.086819805153394644);
    CHECK_RATES(S::OneCycleLR(o, 0.5, 10, none, none, 0.4, "linear", true, 0.8, 0.9, 10, 100, false), 0.2, 0.35, 0.5);
    CHECK_RATES(
        S::OneCycleLR(o, 0.5, 10, {.pct_start = 0.4, .anneal_strategy = "linear", .div_factor = 10}), 0.2, 0.35, 0.5);
    CHECK_RATES(S::SequentialLR(o, {S::ConstantLR(o, 0.5), S::ExponentialLR(o, 0.5)}, {2}), 0.05, 0.1, 0.05);
    CHECK_RATES(
        S::SequentialLR(o, {S::ConstantLR(o, 0.5), S::ExponentialLR(o, 0.5)}, {.milestones = {2}}), 0.05, 0.1, 0.05);
    CHECK_RATES(S::ChainedScheduler({S::ConstantLR(o, 0.5), S::ExponentialLR(o, 0.5)}), 0.025, 0.0125, 0.00625);
    CHECK_RATES(S::ChainedScheduler({.schedulers = {S::ExponentialLR(o, 0.5)}}), 0.05, 0.025, 0.0125);
    CHECK_RATES(S::ChainedScheduler({S::ExponentialLR(o, 0.5)}), 0.05, 0.025, 0.0125);

    for (bool by_keyword : {false, true}) {
        const optim::SGD sgd({weight()}, 0.1);
        const auto plateau = by_keyword ? S::ReduceLROnPlateau(sgd, "max",
                                              {.factor = 0.5,
                                                  .patience = 0,
                                                  .threshold = 0.1,
                                                  .threshold_mode = "abs",
                                                  .cooldown = 1,
                                                  .min_lr = 0.03,
                                                  .eps = 1e-3})
                                        : S::ReduceLROnPlateau(sgd, "max", 0.5, 0, 0.1, "abs", 1, 0.03, 1e-3, false);
        Reals rates;
        for (int i = 0; i < 4; ++i) {
            by_keyword ? plateau.step({.metrics = 1}) : plateau.step(tensor(1.0));
            rates.push_back(sgd.param_groups()[0].lr);
        }
        CHECK(rates == Reals{0.1, 0.05, 0.05, 0.03});
    }
}

TEST_CASE("a scheduler takes one thing for all groups or one for each") {
    auto two = [] { return optim::SGD({{.params = {weight()}, .lr = 0.1}, {.params = {weight()}, .lr = 0.2}}); };
    const optim::SGD a = two(), b = two();
    const S::OneCycleLR cycle(a, {0.5, 1}, 10);
    const S::LambdaLR lambda(b, {[](auto e) { return std::pow(0.9, e); }, [](auto e) { return 1. / (1 + e); }});
    a.step();
    b.step();
    cycle.step();
    lambda.step({.epoch = none});
    CHECK(cycle.get_last_lr() == Reals{0.26, 0.52});
    CHECK(lambda.get_last_lr() == Reals{0.09000000000000001, 0.1});
    CHECK_THROWS_WITH_AS(S::OneCycleLR(a, {0.5, 1, 2}, 10), "OneCycleLR: expected 2 values for max_lr, got 3", Error);
    CHECK_THROWS_WITH_AS(
        S::ReduceLROnPlateau(a, {.min_lr = {0.1, 0.2, 0.3}}), "ReduceLROnPlateau: expected 2 min_lrs, got 3", Error);
}

TEST_CASE("of a scheduler what PyTorch does not have does not compile") {
    const optim::SGD sgd({weight()}, 0.1);
    CHECK(COMPILES(sgd, S::StepLR(x, 3, {.gamma = 0.5})));
    CHECK_FALSE(COMPILES(sgd, S::StepLR(x, 3, {.gama = 0.5})));
    CHECK_FALSE(COMPILES(sgd, S::StepLR(x, 3, {.gamma = true})));
    CHECK_FALSE(COMPILES(sgd, S::StepLR(x, 3, {.eta_min = 0.5})));
    CHECK_FALSE(COMPILES(sgd, S::StepLR(x, 2.5)));
    CHECK_FALSE(COMPILES(sgd, S::StepLR(x, {3, 4})));
    CHECK_FALSE(COMPILES(sgd, S::StepLR(3, x)));
    CHECK_FALSE(COMPILES(sgd, S::StepLR(x)));  // a required one is missing
    CHECK_FALSE(COMPILES(sgd, S::StepLR(x.param_groups(), 3)));
    CHECK_FALSE(COMPILES(sgd, S::MultiStepLR(x, 3)));  // no list
    CHECK_FALSE(COMPILES(sgd, S::MultiStepLR(x, {1.5, 2})));
    CHECK_FALSE(COMPILES(sgd, S::LambdaLR(x, [](std::string) { return 1.; })));
    CHECK_FALSE(COMPILES(sgd, S::LambdaLR(x, [](std::int64_t e) { return 1 / (e + 2); })));
    CHECK_FALSE(COMPILES(sgd, S::MultiplicativeLR(x, {.lr_lambda = [](std::int64_t e) { return 1 / (e + 2); }})));
    CHECK_FALSE(COMPILES(sgd, S::OneCycleLR(x, {.max_lr = "0.1"})));
    CHECK(COMPILES(sgd, S::OneCycleLR(x, {.max_lr = 0.1, .total_steps = 3})));
    CHECK_FALSE(COMPILES(sgd, S::OneCycleLR(x, {.max_lr = 0.1, .total_step = 3})));
    CHECK_FALSE(COMPILES(sgd, S::OneCycleLR(x, true, 3)));
    CHECK_FALSE(COMPILES(sgd, S::ReduceLROnPlateau(x, "min", {.last_epoch = 3})));
    const S::StepLR step(sgd, 3);
    CHECK(COMPILES(step, S::SequentialLR(x.optimizer(), {x, x}, {3})));
    CHECK_FALSE(COMPILES(step, S::SequentialLR(x.optimizer(), x, {3})));
    CHECK_FALSE(COMPILES(step, S::ChainedScheduler(x.optimizer(), {x})));
    CHECK(COMPILES(step, x.step({.epoch = 3})));
    CHECK_FALSE(COMPILES(step, x.step({.epochs = 3})));
    CHECK_FALSE(COMPILES(step, x.step(true)));
    CHECK_FALSE(COMPILES(S::ChainedScheduler({step}), x.step(3)));
    const S::ReduceLROnPlateau plateau(sgd);
    CHECK(COMPILES(plateau, x.step(0.5, {.epoch = 3})));
    CHECK_FALSE(COMPILES(plateau, x.step()));
    CHECK_FALSE(COMPILES(plateau, x.step("0.5")));
    CHECK_FALSE(COMPILES(plateau, x.step({.metric = 0.5})));
}

TEST_CASE("what a scheduler must be given and is not or is given twice is an Error as in Python") {
    const optim::SGD optimizer({weight()}, 0.1);
    CHECK_THROWS_WITH_AS(
        S::StepLR(optimizer, {.gamma = 0.1}), "StepLR: missing a required argument: 'step_size'", Error);
    CHECK_THROWS_WITH_AS(S::StepLR({.step_size = 3}), "StepLR: missing a required argument: 'optimizer'", Error);
    CHECK_THROWS_WITH_AS(S::MultiStepLR(optimizer, {3}, {.milestones = {4}}),
        "MultiStepLR: got multiple values for argument 'milestones'; give it by position or by keyword", Error);
    CHECK_THROWS_WITH_AS(S::OneCycleLR(optimizer, 0.1, 10, {.total_steps = 20}),
        "OneCycleLR: got multiple values for argument 'total_steps'; give it by position or by keyword", Error);
}

// What was warned of meanwhile.
static std::vector<std::string> warnings(const std::function<void()>& f) {
    std::vector<std::string> lines;
    set_warning_handler([&](const std::string& line) { lines.push_back(line.substr(0, line.find(". "))); });
    f();
    set_warning_handler({});
    return lines;
}

TEST_CASE("optimizers and schedulers warn as PyTorch does") {
    using Lines = std::vector<std::string>;
    const char* order = "UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`";
    const char* epoch =
        "UserWarning: The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
        "possible";
    const optim::SGD sgd({weight()}, 0.1);
    sgd.step();
    const S::StepLR first(sgd, 3);
    CHECK(warnings([&] { first.step(); }) == Lines{order});
    CHECK(warnings([&] { first.step(); }) == Lines{});
    const S::StepLR second(sgd, 3);
    sgd.step();
    CHECK(warnings([&] { second.step(); }) == Lines{});
    CHECK(warnings([&] { second.step(4); }) == Lines{epoch});
    CHECK(warnings([&] { CHECK(second.get_lr() == second.get_last_lr()); }) ==
        Lines{"UserWarning: To get the last learning rate computed by the scheduler, please use `get_last_lr()`."});
    const S::CosineAnnealingWarmRestarts restarts(sgd, 3);
    CHECK(warnings([&] {
        restarts.step();
        restarts.step(1.5);
    }) == Lines{});
    CHECK(warnings([&] { S::ReduceLROnPlateau(sgd).step(1, 3); }) == Lines{epoch});
    const S::SequentialLR sequential(sgd, {S::StepLR(sgd, 3), S::StepLR(sgd, 3)}, {1});
    sgd.step();
    CHECK(warnings([&] { sequential.step(); }) == Lines{epoch});
    Tensor w = weight();
    CHECK(warnings([&] {
        optim::SGD({w, w}, 0.1);
    }) ==
        Lines{"UserWarning: SGD: optimizer contains a parameter group with duplicate parameters; in future, this will "
              "cause an error; see github.com/pytorch/pytorch/issues/40967 for more information"});
}

TEST_CASE("a fraction of an epoch is no epoch but where PyTorch says so") {
    const optim::SGD sgd({weight()}, 0.1);
    CHECK_THROWS_WITH_AS(S::StepLR(sgd, 3).step(2.5), "step: 2.5 is no epoch", Error);
}
