// LeNet-5 (LeCun et al. 1998) with Sigmoid, as it was, and with ReLU: how fast each learns, and what is left of the
// gradient on its way to the first layer.
#include <taper/taper.h>

#include "course.h"
#include "plt.h"
#include "progress.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
using taper::DataLoader, taper::len, taper::Tensor;

struct LeNet5 : nn::Module<LeNet5> {
    nn::Conv2d conv1 = register_module("conv1", nn::Conv2d(1, 6, 5, {.padding = 2}));
    nn::AvgPool2d pool1 = register_module("pool1", nn::AvgPool2d(2));
    nn::Conv2d conv2 = register_module("conv2", nn::Conv2d(6, 16, 5));
    nn::AvgPool2d pool2 = register_module("pool2", nn::AvgPool2d(2));
    nn::Linear fc1 = register_module("fc1", nn::Linear(16 * 5 * 5, 120));
    nn::Linear fc2 = register_module("fc2", nn::Linear(120, 84));
    nn::Linear fc3 = register_module("fc3", nn::Linear(84, 10));
    nn::AnyModule activation;

    explicit LeNet5(nn::AnyModule activation) : activation(activation) {}

    Tensor forward(Tensor x) {              // (N, 1, 28, 28)
        x = pool1(activation(conv1(x)));    // (N, 6, 14, 14)
        x = pool2(activation(conv2(x)));    // (N, 16, 5, 5)
        x = activation(fc1(x.flatten(1)));  // (N, 120)
        x = activation(fc2(x));             // (N, 84)
        return fc3(x);                      // (N, 10)
    }
};

struct Run {
    std::string label;
    nn::AnyModule activation;
    bool adam;
};

int main(int argc, char** argv) {
    return run(argc, argv, {.epochs = 2, .seed = 1}, [](const Arguments& args) {
        auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
        auto train_set = datasets::MNIST({.root = args.root, .train = true, .download = true, .transform = transform});
        auto test_set = datasets::MNIST({.root = args.root, .train = false, .transform = transform});
        auto train_loader = DataLoader(train_set, {.batch_size = 64, .shuffle = true, .num_workers = 1});
        auto test_loader = DataLoader(test_set, {.batch_size = 1000});
        auto [data, target] = next(iter(DataLoader(train_set, {.batch_size = 256})));

        plt::figure({.figsize = {12, 4.8}});
        for (auto& [label, activation, adam] : std::vector<Run>{{"Sigmoid, SGD", nn::Sigmoid(), false},
                 {"ReLU, SGD", nn::ReLU(), false}, {"Sigmoid, Adam", nn::Sigmoid(), true}}) {
            torch::manual_seed(args.seed);
            LeNet5 model(activation);

            // The gradient that reaches each layer of the fresh network.
            std::vector<double> norms;
            {
                nn::Monitor monitor(model);
                F::cross_entropy(model(data), target).backward();
                for (const nn::LayerActivity& layer : monitor.layers())
                    if (layer.name.starts_with("conv") || layer.name.starts_with("fc"))
                        norms.push_back(std::log10(layer.gradient_norm));
                fmt::print("{}\n{}", label, monitor.table());
                for (const std::string& line : monitor.advice()) fmt::print("* {}\n", line);
            }
            model.zero_grad();

            auto sgd = optim::SGD(model.parameters(), {.lr = 0.05});
            auto adam_ = optim::Adam(model.parameters(), {.lr = 0.002});
            std::vector<double> losses;
            for (int64_t epoch = 1; epoch <= args.epochs; ++epoch) {
                tqdm bar(train_loader, fmt::format("{}, epoch {}", label, epoch));
                for (auto [data, target] : bar) {
                    model.zero_grad();
                    auto loss = F::cross_entropy(model(data), target);
                    loss.backward();
                    adam ? adam_.step() : sgd.step();
                    losses.push_back(losses.empty() ? loss.item() : 0.95 * losses.back() + 0.05 * loss.item());
                    bar.set_postfix("loss={:.4f}", loss.item());
                }
            }
            torch::NoGradGuard no_grad;
            int64_t correct = 0;
            for (auto [data, target] : test_loader) correct += model(data).argmax(1).eq(target).sum().item();
            double accuracy = 100. * correct / len(test_set);
            fmt::print("{}: {:.2f} % of the test images\n\n", label, accuracy);

            plt::subplot(121);
            plt::plot(losses, {.label = fmt::format("{}: {:.1f} %", label, accuracy)});
            if (adam) continue;  // the same fresh network as without it
            plt::subplot(122);
            plt::plot(norms, {.label = label.substr(0, label.find(',')), .marker = "o"});
        }
        plt::subplot(121);
        plt::title("LeNet-5 on MNIST: training loss (running mean)");
        plt::xlabel("step");
        plt::ylabel("cross entropy");
        plt::ylim(0, 3.4);
        plt::grid();
        plt::legend({.loc = "upper right"});
        plt::subplot(122);
        plt::title("Gradient at each layer before training");
        plt::xlabel("layer: conv1, conv2, fc1, fc2, fc3");
        plt::ylabel("log10 |dL/d output|");
        plt::grid();
        plt::legend({.loc = "lower right"});
        plt::savefig("lenet.png");
        fmt::print("The picture is lenet.png.\n");
    });
}
