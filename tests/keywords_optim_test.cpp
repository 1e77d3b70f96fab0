// Optimizers are called as in PyTorch: k arguments by position, the rest by keyword; what PyTorch has
// not does not compile. The numbers are PyTorch 1.13's.
#include <doctest/doctest.h>
#include <taper/taper.h>

using namespace taper;
using optim::Optimizer;
using Reals = std::vector<double>;

// Whether the line compiles for an x of that type.
#define COMPILES(X, ...) ([]<class T>(T x) { return requires { __VA_ARGS__; }; }(X))

static Tensor weight() { return tensor({1., -2., 0.5}, {.requires_grad = true}); }

// The weights after three steps.
static std::vector<float> trained(const std::function<Optimizer(const TensorList&)>& make) {
    Tensor w = weight();
    const Optimizer optimizer = make({w});
    for (const Reals& grad : {Reals{0.5, -1, 0.25}, {-0.75, 0.5, 1.5}, {0.125, 2, -0.5}}) {
        w.set_grad(tensor(grad, {.dtype = float32}));
        optimizer.step();
    }
    return w.tolist<float>();
}
#define CHECK_TRAINED(cpp, ...) \
    CHECK(trained([](const TensorList& p) -> Optimizer { return cpp; }) == std::vector<float>{__VA_ARGS__})

TEST_CASE("by position or by keyword an optimizer takes PyTorch's steps") {
    CHECK_TRAINED(optim::SGD(p, 0.1, 0.9, 0, 0.01, true), 0.999758661f, -2.15637851f, 0.0993062481f);
    CHECK_TRAINED(optim::SGD({.params = p, .lr = 0.1, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true}),
        0.999758661f, -2.15637851f, 0.0993062481f);
    CHECK_TRAINED(
        optim::SGD(p, 0.05, 0.5, 0.5, {.maximize = true, .foreach = true}), 1.01874995f, -2.01874995f, 0.565624952f);

    CHECK_TRAINED(optim::Adam(p, 0.05, {0.8, 0.99}, 1e-3, 0.1, true), 0.954675555f, -1.94997072f, 0.384814233f);
    CHECK_TRAINED(optim::Adam(p, 0.05, {0.8, 0.99}, {.eps = 1e-3, .weight_decay = 0.1, .amsgrad = true}), 0.954675555f,
        -1.94997072f, 0.384814233f);
    CHECK_TRAINED(optim::Adam({.params = {p[0]}, .lr = 0.05, .foreach = true, .maximize = true}), 1.0325222f,
        -2.04045033f, 0.613216758f);
    CHECK_TRAINED(optim::AdamW(p, 0.05, {0.8, 0.99}, 1e-3, 0.2, true), 0.942497194f, -1.90836835f, 0.373965532f);
    CHECK_TRAINED(
        optim::AdamW(p, {.lr = 0.05, .betas = {0.8, 0.99}, .eps = 1e-3, .weight_decay = 0.2, .amsgrad = true}),
        0.942497194f, -1.90836835f, 0.373965532f);
    CHECK_TRAINED(optim::NAdam(p, 0.05, {0.8, 0.99}, 1e-3, 0.1, 0.1, false), 0.969914913f, -2.00456285f, 0.40124768f);
    CHECK_TRAINED(optim::NAdam(p, 0.05, {0.8, 0.99}, 1e-3, {.weight_decay = 0.1, .momentum_decay = 0.1}), 0.969914913f,
        -2.00456285f, 0.40124768f);
    CHECK_TRAINED(  // where PyTorch has another formula
        optim::NAdam(p, 0.05, {.foreach = true}), 0.982359827f, -2.01636052f, 0.408810377f);
    CHECK_TRAINED(optim::RAdam(p, 0.05, {0.8, 0.99}, 1e-3, 0.1, none), 0.973082602f, -1.94815755f, 0.415353626f);
    CHECK_TRAINED(optim::RAdam({.params = p, .lr = 0.05, .betas = {0.8, 0.99}, .eps = 1e-3, .weight_decay = 0.1}),
        0.973082602f, -1.94815755f, 0.415353626f);
    CHECK_TRAINED(optim::Adamax(p, 0.05, {0.8, 0.99}, 1e-3, 0.1, false), 0.954945028f, -1.94927895f, 0.405109704f);
    CHECK_TRAINED(optim::Adamax(p, 0.05, {.betas = {0.8, 0.99}, .eps = 1e-3, .weight_decay = 0.1}), 0.954945028f,
        -1.94927895f, 0.405109704f);

    CHECK_TRAINED(
        optim::RMSprop(p, 0.05, 0.9, 1e-3, 0.1, 0.8, true, false, true, false), 1.14143658f, -2.05958796f, 1.13689542f);
    CHECK_TRAINED(
        optim::RMSprop(p, 0.05, 0.9, 1e-3, {.weight_decay = 0.1, .momentum = 0.8, .centered = true, .maximize = true}),
        1.14143658f, -2.05958796f, 1.13689542f);
    CHECK_TRAINED(optim::Adagrad(p, 0.05, 0.1, 0.1, 0.5, 1e-3, false), 0.985759497f, -1.99932015f, 0.450427949f);
    CHECK_TRAINED(
        optim::Adagrad(p, 0.05, {.lr_decay = 0.1, .weight_decay = 0.1, .initial_accumulator_value = 0.5, .eps = 1e-3}),
        0.985759497f, -1.99932015f, 0.450427949f);
    CHECK_TRAINED(optim::Adadelta(p, 0.5, 0.8, 1e-3, 0.1, false), 0.985943496f, -2.02138066f, 0.437946618f);
    CHECK_TRAINED(optim::Adadelta(p, 0.5, {.rho = 0.8, .eps = 1e-3, .weight_decay = 0.1}), 0.985943496f, -2.02138066f,
        0.437946618f);
}

TEST_CASE("parameters are a list, some in braces, or groups with settings of their own") {
    Tensor x = weight(), y = weight(), z = weight();
    const TensorList list{x, y};
    auto sizes = [](const Optimizer& optimizer) {
        std::vector<std::size_t> sizes;
        for (const auto& group : optimizer.param_groups()) sizes.push_back(group.params.size());
        return sizes;
    };
    using Sizes = std::vector<std::size_t>;
    CHECK(sizes(optim::Adam(list)) == Sizes{2});
    CHECK(sizes(optim::Adam(nn::Linear(2, 3).parameters())) == Sizes{2});
    CHECK(sizes(optim::Adam({x, y, z})) == Sizes{3});
    CHECK(sizes(optim::Adam({x})) == Sizes{1});
    CHECK(sizes(optim::Adam({.params = {x, y}})) == Sizes{2});
    CHECK(sizes(optim::SGD({.params = {x}, .lr = 1})) == Sizes{1});
    CHECK(sizes(optim::SGD({.params = {{.params = list, .lr = 1}, {.params = {z}, .lr = 2}}})) == Sizes{2, 1});
    CHECK(sizes(optim::Adam({{.params = {x}}, {.params = {y, z}}})) == Sizes{1, 2});
    CHECK(sizes(optim::Adam(std::vector<optim::AdamOptions>{{.params = {x}}, {.params = {y}}}, 0.1)) == Sizes{1, 1});

    optim::SGD sgd({{.params = list, .lr = 1e-2}}, 0.1, 0.9);
    CHECK(sgd.param_groups()[0].lr == 1e-2);
    CHECK(sgd.param_groups()[0].momentum == 0.9);
    sgd.add_param_group({.params = {z}, .lr = 0.5, .foreach = false});
    CHECK(sgd.param_groups()[1].lr == 0.5);
    CHECK(sgd.param_groups()[1].momentum == 0.9);
    CHECK(fmt::to_string(sgd).find("foreach: False") != std::string::npos);
    sgd.add_param_group({.param_group = {.params = {weight()}}});
    CHECK(sgd.param_groups()[2].lr == 0.1);

    optim::Adam adam({{.params = {x}, .betas = {0.5, 0.6}, .amsgrad = true}, {.params = {y}}}, {.eps = 1e-5});
    CHECK(adam.param_groups()[0].betas == optim::Betas(0.5, 0.6));
    CHECK(adam.param_groups()[0].amsgrad);
    CHECK(adam.param_groups()[1].betas == optim::Betas(0.9, 0.999));
    CHECK(adam.param_groups()[1].eps == 1e-5);
}

TEST_CASE("SGD has no lr of its own, but each group may have one") {
    Tensor x = weight(), y = weight();
    const char* sentence = "SGD: parameter group didn't specify a value of required optimization parameter lr";
    CHECK_THROWS_WITH_AS(optim::SGD(TensorList{x}), sentence, Error);
    CHECK_THROWS_WITH_AS(optim::SGD({x}, {.momentum = 0.9}), sentence, Error);
    CHECK_THROWS_WITH_AS(optim::SGD({{.params = {x}, .lr = 1}, {.params = {y}}}), sentence, Error);
    optim::SGD both({{.params = {x}, .lr = 1}, {.params = {y}, .lr = 2}});
    CHECK(both.param_groups()[1].lr == 2);
    CHECK_THROWS_WITH_AS(both.add_param_group({.params = {weight()}}), sentence, Error);
}

TEST_CASE("what must be given and is not or is given twice is an Error as in Python") {
    Tensor x = weight();
    const optim::SGD optimizer({x}, 0.1);
    CHECK_THROWS_WITH_AS(optim::SGD({.lr = 0.1}), "SGD: missing a required argument: 'params'", Error);
    CHECK_THROWS_WITH_AS(optimizer.add_param_group({.lr = 0.1}), "SGD: missing a required argument: 'params'", Error);
    CHECK_THROWS_WITH_AS(optim::SGD({x}, 0.1, {.lr = 0.2}),
        "SGD: got multiple values for argument 'lr'; give it by position or by keyword", Error);
    CHECK_THROWS_WITH_AS(optim::SGD({x}, {.params = {x}, .lr = 0.2}),
        "SGD: got multiple values for argument 'params'; give it by position or by keyword", Error);
}

TEST_CASE("what has no meaning here is taken at PyTorch's default and refused otherwise") {
    Tensor x = weight();
    optim::Adam({x}, {.foreach = none, .capturable = false, .differentiable = false, .fused = false});
    CHECK_THROWS_WITH_AS(
        optim::Adam({x}, {.capturable = true}), "Adam: capturable=True is not supported; leave it out", Error);
    CHECK_THROWS_WITH_AS(
        optim::Adam({{.params = {x}, .fused = true}}, 0.1), "Adam: fused=True is not supported; leave it out", Error);
    CHECK_THROWS_WITH_AS(
        optim::SGD({x}, 1, {.differentiable = true}), "SGD: differentiable=True is not supported; leave it out", Error);
}

TEST_CASE("of an optimizer what PyTorch does not have does not compile") {
    const TensorList p;
    CHECK(COMPILES(p, optim::SGD(x, 0.1, {.momentum = 2})));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, 0.1, {.momentun = 2})));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, 0.1, {.eps = 2})));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, 0.1, {.momentum = true})));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, 0.1, {.nesterov = 1})));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, 0.1, {.momentum = {1, 2}})));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, 0.1, true)));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, "0.1")));
    CHECK(COMPILES(p, optim::SGD(x, 0.1, 0.9, 0, 0, true)));
    CHECK_FALSE(COMPILES(p, optim::SGD(x, 0.1, 0.9, 0, 0, true, true)));  // keyword only
    CHECK_FALSE(COMPILES(p, optim::SGD(0.1, x)));
    CHECK(COMPILES(p, optim::SGD({.params = x, .lr = 0.1})));
    CHECK_FALSE(COMPILES(p, optim::SGD({.param = x, .lr = 0.1})));
    CHECK(COMPILES(p, optim::Adam(x, {.lr = 1, .betas = {0.5, 1}})));
    CHECK_FALSE(COMPILES(p, optim::Adam(x, {.lr = 1, .betas = {0.5, 1, 1}})));
    CHECK_FALSE(COMPILES(p, optim::Adam(x, {.lr = 1, .betas = 0.5})));
    CHECK_FALSE(COMPILES(p, optim::Adam(x, {.rho = 1})));

    CHECK(COMPILES(p, optim::SGD({{.params = x, .lr = 1}}, 0.1)));
    CHECK_FALSE(COMPILES(p, optim::SGD({{.params = x, .l = 1}}, 0.1)));
    CHECK_FALSE(COMPILES(p, optim::SGD({{.params = x, .lr = true}}, 0.1)));
    CHECK_FALSE(COMPILES(p, optim::SGD({{.params = x}, {.params = x, .eps = 1}}, 0.1)));
    CHECK(COMPILES(p, optim::SGD({{.params = x}, {.params = x, .momentum = 1}}, 0.1)));

    const Tensor one;
    CHECK(COMPILES(one, optim::SGD({x}, 0.1)));
    CHECK_FALSE(COMPILES(one, optim::SGD(x, 0.1)));  // no list
    CHECK_FALSE(COMPILES(one, optim::SGD({.params = x, .lr = 0.1})));
    CHECK_FALSE(COMPILES(1.0, optim::SGD({x}, 0.1)));
    using Named = std::vector<std::pair<std::string, Tensor>>;
    CHECK_FALSE(COMPILES(Named(), optim::SGD(x, 0.1)));
    CHECK_FALSE(COMPILES(nn::Linear(1, 1), optim::SGD(x.named_parameters(), 0.1)));
    CHECK_FALSE(COMPILES(std::string(), optim::SGD(x, 0.1)));

    const optim::SGD sgd({weight()}, 0.1);
    CHECK(COMPILES(sgd, x.add_param_group({.params = TensorList(), .lr = 0.1})));
    CHECK_FALSE(COMPILES(sgd, x.add_param_group({.params = TensorList(), .eps = 0.1})));
    CHECK(COMPILES(sgd, x.zero_grad({.set_to_none = false})));
    CHECK(COMPILES(sgd, x.zero_grad(true)));
    CHECK_FALSE(COMPILES(sgd, x.zero_grad(1)));
    CHECK_FALSE(COMPILES(sgd, x.zero_grad({.to_none = false})));
    CHECK(COMPILES(sgd, x.step({.closure = [] { return Tensor(); }})));
    CHECK_FALSE(COMPILES(sgd, x.step({.close = [] { return Tensor(); }})));
    CHECK_FALSE(COMPILES(sgd, x.step(3)));
    CHECK(COMPILES(sgd, x.load_state_dict({.state_dict = x.state_dict()})));
    CHECK_FALSE(COMPILES(sgd, x.load_state_dict({.state = x.state_dict()})));
}

TEST_CASE("the methods of an optimizer take their arguments by keyword") {
    Tensor x = weight();
    const optim::SGD sgd({x}, 0.5), other({weight()}, 0.25);
    Tensor loss = sgd.step({.closure = [&] {
        sgd.zero_grad();
        Tensor loss = x.sum();
        loss.backward();
        return loss;
    }});
    CHECK(loss.item() == -0.5);
    CHECK(x.tolist() == Reals{0.5, -2.5, 0});
    CHECK_FALSE(sgd.step({.closure = none}).defined());
    CHECK(x.tolist() == Reals{0, -3, -0.5});
    CHECK_FALSE(sgd.step(none).defined());
    CHECK(x.tolist() == Reals{-0.5, -3.5, -1});
    sgd.zero_grad({.set_to_none = false});
    CHECK(x.grad().tolist() == Reals{0, 0, 0});
    sgd.zero_grad(true);
    CHECK(!x.grad().defined());
    sgd.load_state_dict({.state_dict = other.state_dict()});
    CHECK(sgd.param_groups()[0].lr == 0.25);
}
