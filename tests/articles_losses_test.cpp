// The articles' two programs, beside the losses that PyTorch 1.13 printed for them: data/circle_seed42.json and
// mnist_seed1.json. The tolerances are measured: what another order of summation
// costs PyTorch against itself.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "real_mnist.h"

namespace torch = taper;
namespace nn = taper::nn;
using taper::all, taper::Tensor, taper::DataLoader, nlohmann::json;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;

namespace {

json golden(const char* name) {
    return json::parse(std::ifstream(std::string(TAPER_SOURCE_DIR "/tests/data/") + name));
}

double furthest(const std::vector<double>& u, const std::vector<double>& v, std::size_t begin, std::size_t end) {
    double most = 0;
    for (std::size_t i = begin; i < end; ++i) most = std::max(most, std::abs(u[i] - v[i]));
    return most;
}
double mean_of(const std::vector<double>& losses, std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += losses[i];
    return sum / static_cast<double>(end - begin);
}

// Bits for weights before training, and the furthest value otherwise.
double furthest(const Tensor& ours, const json& theirs) {
    REQUIRE(ours.shape().vec() == theirs["shape"].get<std::vector<std::int64_t>>());
    Tensor data = torch::tensor(theirs["data"].get<std::vector<double>>()).view(ours.shape());
    return (ours.detach() - data).abs().max().item();
}

struct Circle : nn::Module<Circle> {
    nn::Sequential layers;
    explicit Circle(nn::AnyModule activation)
        : layers(register_module(
              "layers", nn::Sequential(nn::Linear(2, 16), activation, nn::Linear(16, 1), nn::Sigmoid()))) {}
    Tensor forward(Tensor x) { return layers(x); }
};

struct Digits : nn::Module<Digits> {
    nn::Flatten flatten = register_module("flatten", nn::Flatten());
    nn::Linear fc1 = register_module("fc1", nn::Linear(28 * 28, 512));
    nn::ReLU relu = register_module("relu", nn::ReLU());
    nn::Linear fc2 = register_module("fc2", nn::Linear(512, 10));
    Tensor forward(Tensor x) { return fc2(relu(fc1(flatten(x)))); }
};

}  // namespace

TEST_CASE("the circle program has PyTorch's points and weights and all 300 losses") {
    const json wanted = golden("circle_seed42.json");
    torch::manual_seed(42);
    Tensor X = torch::randn({1000, 2});
    Tensor y = (X[all, 0].pow(2) + X[all, 1].pow(2) > 1).to(torch::float32).unsqueeze(1);
    CHECK(furthest(X[taper::Slice(8)], wanted["X_first8"]) == 0);
    CHECK(y.sum().item() == wanted["y_sum"].get<double>());
    const nn::AnyModule activations[] = {nn::Sigmoid(), nn::ReLU(), nn::LeakyReLU(0.01)};
    for (std::size_t net = 0; net < 3; ++net) {
        const json& own = wanted["nets"][net];
        CAPTURE(own["activation"].get<std::string>());
        auto model = Circle(activations[net]);
        for (const auto& [name, weight] : model.named_parameters()) CHECK(furthest(weight, own["init"][name]) == 0);
        auto criterion = nn::BCELoss();
        auto optimizer = torch::optim::Adam(model.parameters(), {.lr = 0.01});
        std::vector<double> losses;
        for (int epoch = 0; epoch < 100; ++epoch) {
            optimizer.zero_grad();
            auto loss = criterion(model(X), y);
            loss.backward();
            if (epoch == 0)
                for (const auto& [name, weight] : model.named_parameters())
                    CHECK(furthest(weight.grad(), own["first_grads"][name]) <= 4e-6);
            optimizer.step();
            losses.push_back(loss.item());
        }
        const auto theirs = own["losses"].get<std::vector<double>>();
        CHECK(furthest(losses, theirs, 0, 1) <= 2.4e-7);
        const double most = furthest(losses, theirs, 0, 100);
        CHECK(most <= (net == 0 ? 1e-6 : 1e-5));
        MESSAGE(
            own["activation"].get<std::string>() << ": the furthest of 100 losses is " << most << " from PyTorch's");
    }
}

TEST_CASE("the MNIST program has PyTorch's first 200 losses") {
    const std::string root = real_mnist();
    if (root.empty()) {
        MESSAGE(no_real_mnist);
        return;
    }
    const json wanted = golden("mnist_seed1.json");
    torch::manual_seed(1);
    auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
    auto dataset = datasets::MNIST({.root = root, .train = true, .transform = transform});
    auto loader = DataLoader(dataset, {.batch_size = 64, .shuffle = true});
    auto model = Digits();
    auto criterion = nn::CrossEntropyLoss();
    auto optimizer = torch::optim::Adam(model.parameters(), {.lr = 0.001});
    const auto labels_in_order = wanted["order_no_test"][0]["first64"].get<std::vector<std::int64_t>>();
    std::vector<double> losses;
    for (auto [batch, data, target] : taper::enumerate(loader)) {
        if (batch == 200) break;
        for (std::size_t i = 0; batch == 0 && i < labels_in_order.size(); ++i)
            CHECK(target[i].item<std::int64_t>() == dataset.targets()[labels_in_order[i]].item<std::int64_t>());
        optimizer.zero_grad();
        auto loss = criterion(model(data), target);
        loss.backward();
        optimizer.step();
        losses.push_back(loss.item());
    }
    const auto theirs = wanted["losses"].get<std::vector<double>>();
    REQUIRE(losses.size() == 200);
    CHECK(furthest(losses, theirs, 0, 25) <= 2e-6);
    CHECK(furthest(losses, theirs, 25, 50) <= 1e-5);
    CHECK(furthest(losses, theirs, 50, 100) <= 5e-5);
    CHECK(furthest(losses, theirs, 100, 200) <= 2e-2);
    for (std::size_t begin : {100, 150})
        CHECK(std::abs(mean_of(losses, begin, begin + 50) - mean_of(theirs, begin, begin + 50)) <= 1e-3);
    MESSAGE("furthest from PyTorch's: steps 1-25 "
        << furthest(losses, theirs, 0, 25) << ", 26-50 " << furthest(losses, theirs, 25, 50) << ", 51-100 "
        << furthest(losses, theirs, 50, 100) << ", 101-200 " << furthest(losses, theirs, 100, 200));
}

namespace {

// All weights after an epoch from seed 1.
template <class Dataset> Tensor weights_after_epoch(const Dataset& dataset, int threads, int workers) {
    torch::set_num_threads(threads);
    torch::manual_seed(1);
    auto loader = DataLoader(dataset, {.batch_size = 64, .shuffle = true, .num_workers = workers});
    auto model = Digits();
    auto criterion = nn::CrossEntropyLoss();
    auto optimizer = torch::optim::Adam(model.parameters(), {.lr = 0.001});
    for (auto [batch, data, target] : taper::enumerate(loader)) {
        optimizer.zero_grad();
        criterion(model(data), target).backward();
        optimizer.step();
    }
    return nn::utils::parameters_to_vector(model.parameters()).detach();
}

template <class Dataset> void check_same_bits(const Dataset& dataset) {
    const int before = torch::get_num_threads();
    const Tensor wanted = weights_after_epoch(dataset, 1, 0);
    CHECK(wanted.isfinite().all().item<bool>());
    for (int threads : {2, 3}) CHECK(weights_after_epoch(dataset, threads, 0).equal(wanted));
    for (int workers : {1, 2, 4}) CHECK(weights_after_epoch(dataset, 2, workers).equal(wanted));
    torch::set_num_threads(before);
}

}  // namespace

TEST_CASE("an epoch leaves the same bits whatever the number of threads and of workers") {
    torch::manual_seed(7);
    Tensor images = torch::randn({1000, 1, 28, 28}), labels = torch::randint(10, {1000});
    check_same_bits(taper::TensorDataset(images, labels));
}

TEST_CASE("an epoch of real MNIST leaves the same bits whatever the number of threads and of workers") {
    const std::string root = real_mnist();
    if (root.empty()) {
        MESSAGE(no_real_mnist);
        return;
    }
    auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
    check_same_bits(datasets::MNIST({.root = root, .train = true, .transform = transform}));
}
