// The articles' two training programs with their losses and times as lines of JSON, for benchmarks/compare.py: every
// step's loss as PyTorch's `repr` would print it, seconds by the clock.
#include <taper/taper.h>

#include <chrono>

#include "../examples/arguments.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace optim = taper::optim;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
using taper::all, taper::DataLoader, taper::Tensor, taper::enumerate, taper::len;

struct Clock {
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }
};

struct CircleNet : nn::Module<CircleNet> {
    nn::Sequential layers;
    explicit CircleNet(nn::AnyModule activation)
        : layers(register_module(
              "layers", nn::Sequential(nn::Linear(2, 16), activation, nn::Linear(16, 1), nn::Sigmoid()))) {}
    Tensor forward(Tensor x) { return layers(x); }
};

struct MnistNet : nn::Module<MnistNet> {
    nn::Flatten flatten = register_module("flatten", nn::Flatten());
    nn::Linear fc1 = register_module("fc1", nn::Linear(28 * 28, 512));
    nn::ReLU relu = register_module("relu", nn::ReLU());
    nn::Linear fc2 = register_module("fc2", nn::Linear(512, 10));
    Tensor forward(Tensor x) { return fc2(relu(fc1(flatten(x)))); }
};

void circle(int64_t seed, int steps) {
    torch::manual_seed(seed);
    Tensor X = torch::randn({1000, 2});
    Tensor y = (X[all, 0].pow(2) + X[all, 1].pow(2) > 1).to(torch::float32).unsqueeze(1);
    auto train = [&](const char* name, nn::AnyModule activation) {
        auto model = CircleNet(activation);
        auto criterion = nn::BCELoss();
        auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01});
        std::vector<double> losses, times;
        for (int step = 0; step < steps; ++step) {
            Clock clock;
            optimizer.zero_grad();
            auto loss = criterion(model(X), y);
            loss.backward();
            optimizer.step();
            losses.push_back(loss.item());
            times.push_back(clock.seconds());
        }
        std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
        fmt::print("{{\"net\": \"{}\", \"step_seconds\": {}, \"losses\": [{}]}}\n", name, times[times.size() / 2],
            fmt::join(losses, ", "));
    };
    train("Sigmoid", nn::Sigmoid());
    train("ReLU", nn::ReLU());
    train("LeakyReLU", nn::LeakyReLU(0.01));
}

void mnist(const std::string& root, int64_t seed, int epochs, int64_t workers, const std::string& weights) {
    auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
    auto train_dataset = datasets::MNIST({.root = root, .train = true, .transform = transform});
    auto test_dataset = datasets::MNIST({.root = root, .train = false, .transform = transform});
    auto train_loader = DataLoader(train_dataset, {.batch_size = 64, .shuffle = true, .num_workers = workers});
    auto test_loader = DataLoader(test_dataset, {.batch_size = 1000});
    torch::manual_seed(seed);
    auto model = MnistNet();
    auto criterion = nn::CrossEntropyLoss();
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.001});
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        Clock clock;
        std::vector<double> losses;
        std::vector<int64_t> labels;  // of the first batches: the order of the samples
        for (auto [batch_idx, data, target] : enumerate(train_loader)) {
            optimizer.zero_grad();
            auto loss = criterion(model(data), target);
            loss.backward();
            optimizer.step();
            losses.push_back(loss.item());
            for (int64_t label : target.template tolist<int64_t>()) labels.push_back(label);
        }
        double train_seconds = clock.seconds();
        torch::NoGradGuard no_grad;
        int64_t correct = 0;
        for (auto [data, target] : test_loader)
            correct += model(data).argmax(1).eq(target).sum().template item<int64_t>();
        fmt::print(
            "{{\"epoch\": {}, \"epoch_seconds\": {}, \"test_seconds\": {}, \"correct\": {}, \"losses\": [{}], "
            "\"labels\": [{}]}}\n",
            epoch, train_seconds, clock.seconds() - train_seconds, correct, fmt::join(losses, ", "),
            fmt::join(labels, ", "));
    }
    if (!weights.empty()) torch::save(model.state_dict(), weights);
}

int main(int argc, char** argv) {
    std::string program = "circle", root = "./data", weights;
    int64_t seed = 42, workers = 2;
    int epochs = 1, steps = 100, threads = 0;
    CommandLine line("The articles' programs, with losses and times");
    line.option("program", program, "circle or mnist").one_of({"circle", "mnist"});
    line.option("--root", root, "where MNIST/raw is");
    line.option("--seed", seed, "of manual_seed");
    line.option("--epochs", epochs, "of mnist");
    line.option("--steps", steps, "of circle, for each net");
    line.option("--threads", threads, "0: the machine's");
    line.option("--workers", workers, "of the training loader");
    line.option("--weights", weights, "a .pth file for mnist's final weights");
    line.read(argc, argv);
    try {
        if (threads > 0) torch::set_num_threads(threads);
        program == "circle" ? circle(seed, steps) : mnist(root, seed, epochs, workers, weights);
    } catch (const torch::Error& error) {
        fmt::print(stderr, "articles: {}\n", error.what());
        return 1;
    }
}
