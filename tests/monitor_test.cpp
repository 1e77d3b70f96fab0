// nn::Monitor: what it counts is what can be counted by hand, it changes nothing, and it advises where it should.
#include <doctest/doctest.h>
#include <taper/taper.h>

namespace torch = taper;
namespace nn = taper::nn;
namespace init = taper::nn::init;
using doctest::Approx;
using taper::Tensor;

// Weights by hand: of the hidden units the first always fires, the second for x > 0, the third never.
static nn::Sequential three_units(const nn::AnyModule& activation) {
    nn::Sequential model(nn::Linear(1, 3), activation, nn::Linear(3, 1));
    nn::Linear first = model[0].as<nn::Linear>();
    torch::NoGradGuard no_grad;
    first.weight.copy_(torch::tensor({{0.}, {1.}, {-1.}}));
    first.bias.copy_(torch::tensor({1., 0., -10.}));
    init::ones_(model[2].as<nn::Linear>().weight);
    init::zeros_(model[2].as<nn::Linear>().bias);
    return model;
}

TEST_CASE("the monitor names the units that never fire and counts zeros and mean and variance") {
    nn::Sequential model = three_units(nn::ReLU());
    nn::Monitor monitor(model);
    model(torch::tensor({{-1.}, {3.}}));   // hidden: 1 0 0 and 1 3 0
    model(torch::tensor({{-2.}, {-3.}}));  // hidden: 1 0 0 and 1 0 0
    auto layers = monitor.layers();
    REQUIRE(layers.size() == 3);
    CHECK(layers[1].name == "1");
    CHECK(layers[1].type == "ReLU");
    CHECK(layers[1].units == 3);
    CHECK(layers[1].dead_units == std::vector<int64_t>{2});
    CHECK(layers[1].sparsity == Approx(7. / 12));
    CHECK(layers[1].mean == Approx(7. / 12));
    CHECK(layers[1].variance == Approx(13. / 12 - 49. / 144));
    CHECK(std::isnan(layers[1].gradient_norm));
    CHECK(layers[0].dead_units.empty());
    monitor.reset();
    CHECK(monitor.layers().empty());
}

TEST_CASE("a leaky ReLU has no dead units where a ReLU has one") {
    nn::Sequential model = three_units(nn::LeakyReLU(0.01));
    auto layers = nn::activity(model, std::vector<Tensor>{torch::tensor({{-1.}, {3.}})});
    CHECK(layers.at(1).dead_units.empty());
}

TEST_CASE("the units of a convolution are its channels") {
    nn::Conv2d conv(1, 2, 3);
    {
        torch::NoGradGuard no_grad;
        init::zeros_(conv.weight);
        conv.bias.copy_(torch::tensor({-1., 1.}));
    }
    nn::Sequential model(conv, nn::ReLU());
    auto layers = nn::activity(model, std::vector{std::tuple(torch::randn({4, 1, 5, 5}), torch::zeros({4}))});
    CHECK(layers.at(1).units == 2);
    CHECK(layers[1].dead_units == std::vector<int64_t>{0});
    CHECK(layers[1].sparsity == 0.5);
}

TEST_CASE("the gradient's norm is that of the loss by the layer's output averaged over the passes") {
    nn::Sequential model = three_units(nn::ReLU());
    nn::Monitor monitor(model);
    model(torch::tensor({{3.}})).sum().backward();        // by the hidden units: 1 1 1
    (model(torch::tensor({{3.}})).sum() * 3).backward();  // 3 3 3
    auto layers = monitor.layers();
    CHECK(layers.at(2).gradient_norm == Approx(2));
    CHECK(layers[1].gradient_norm == Approx(2 * std::sqrt(3.)));
    CHECK(layers[0].gradient_norm == Approx(2 * std::sqrt(2.)));  // the dead unit passes nothing on
}

TEST_CASE("a monitor changes neither outputs nor gradients and leaves no hooks behind") {
    torch::manual_seed(0);
    nn::Sequential model(nn::Linear(4, 5), nn::ReLU(), nn::Linear(5, 2));
    Tensor x = torch::randn({3, 4}), plain = model(x);
    plain.sum().backward();
    Tensor grad = model[0].as<nn::Linear>().weight.grad().clone();
    model.zero_grad();
    {
        nn::Monitor monitor(model);
        Tensor watched = model(x);
        CHECK(torch::equal(watched, plain));
        watched.sum().backward();
        CHECK(torch::equal(model[0].as<nn::Linear>().weight.grad(), grad));
        CHECK(monitor.layers().size() == 3);
    }
    CHECK(model[0].shared_state()->hooks->after.empty());
    CHECK(model[0].shared_state()->hooks->backward.empty());
}

TEST_CASE("one ReLU called on outputs of two widths has an entry for each") {
    nn::ReLU relu;
    nn::Sequential model(nn::Linear(2, 3), relu, nn::Linear(3, 4), relu);
    auto layers = nn::activity(model, std::vector<Tensor>{torch::randn({2, 2})});
    REQUIRE(layers.size() == 4);
    CHECK(layers[1].units == 3);
    CHECK(layers[3].units == 4);
    CHECK(layers[1].name == layers[3].name);
}

TEST_CASE("activity watches in eval mode without a graph and puts the mode back") {
    nn::Sequential model(nn::Dropout(0.5), nn::ReLU());
    auto layers = nn::activity(model, std::vector<Tensor>{torch::ones({100, 4})});
    CHECK(layers.at(0).sparsity == 0);
    CHECK(model.training());
    CHECK(nn::sparsity(torch::tensor({0., 1., 0., 2.})) == 0.5);
    nn::Sequential narrow(nn::Linear(2, 2), nn::ReLU());
    CHECK_THROWS_AS(nn::activity(narrow, std::vector<Tensor>{torch::ones({1, 3})}), torch::Error);
    CHECK(narrow.training());
    CHECK(torch::is_grad_enabled());
}

TEST_CASE("the table has a line for each layer") {
    nn::Sequential model = three_units(nn::ReLU());
    nn::Monitor monitor(model);
    model(torch::tensor({{-1.}, {3.}}));
    CHECK(monitor.table() ==
        "layer  type     units     never fire  sparsity        mean    variance  |gradient|\n"
        "0      Linear       3      0 ( 0.0 %)     0.0 %          -3        34.7           -\n"
        "1      ReLU         3      1 (33.3 %)    50.0 %       0.833        1.14           -\n"
        "2      Linear       1      0 ( 0.0 %)     0.0 %         2.5        2.25           -\n");
}

static std::string all_advice(const nn::Monitor& monitor) {
    std::string text;
    for (const std::string& line : monitor.advice()) text += line + '\n';
    return text;
}

TEST_CASE("a third of the units dead calls for a leaky ReLU or He's initialisation or a smaller learning rate") {
    nn::Sequential model = three_units(nn::ReLU());
    nn::Monitor monitor(model);
    model(torch::tensor({{-1.}, {3.}}));
    std::string advice = all_advice(monitor);
    CHECK(advice ==
        "units never fire in 1 (1 of 3): take LeakyReLU or PReLU, initialise by init::kaiming_normal_, put a BatchNorm "
        "before each activation, or take a smaller learning rate or Adam\n");
    CHECK(monitor.advice({.dead_share = 0.5}).empty());
}

TEST_CASE("ten layers of Sigmoid let the gradient vanish and are told so and ReLU with He's weights is not") {
    auto deep = [](auto activation) {
        nn::Sequential model;
        for (int i = 0; i < 10; ++i) model.append(nn::Linear(32, 32)), model.append(activation());
        return model;
    };
    torch::manual_seed(0);
    nn::Sequential sigmoid = deep([] { return nn::Sigmoid(); });
    nn::Monitor watch(sigmoid);
    sigmoid(torch::randn({64, 32})).sum().backward();
    CHECK(all_advice(watch).find("the gradient vanishes") != std::string::npos);

    nn::Sequential relu = deep([] { return nn::ReLU(); });
    for (auto& [name, parameter] : relu.named_parameters())
        if (parameter.ndim() == 2) init::kaiming_normal_(parameter, {.nonlinearity = "relu"});
    nn::Monitor monitor(relu);
    relu(torch::randn({64, 32})).sum().backward();
    CHECK(all_advice(monitor).find("the gradient") == std::string::npos);
}

TEST_CASE("twenty ReLU layers as PyTorch initialises them lose their variance and He's weights keep it") {
    torch::manual_seed(0);
    nn::Sequential model;
    for (int i = 0; i < 20; ++i) model.append(nn::Linear(64, 64)), model.append(nn::ReLU());
    Tensor x = torch::randn({64, 64});
    nn::Monitor monitor(model);
    model(x);
    INFO(all_advice(monitor));
    CHECK(all_advice(monitor).find("the variance shrinks") != std::string::npos);
    for (auto& [name, parameter] : model.named_parameters())
        parameter.ndim() == 2 ? init::kaiming_normal_(parameter, {.nonlinearity = "relu"}) : init::zeros_(parameter);
    monitor.reset();
    model(x);
    CHECK(all_advice(monitor).find("the variance") == std::string::npos);
}

TEST_CASE("numbers that are no longer finite are named with their layer") {
    nn::Sequential model(nn::Linear(1, 1), nn::ReLU());
    init::ones_(model.parameters()[0]);
    nn::Monitor monitor(model);
    model(torch::tensor({{INFINITY}}));
    CHECK(all_advice(monitor).find("numbers are no longer finite in 0, 1: ") == 0);
}
