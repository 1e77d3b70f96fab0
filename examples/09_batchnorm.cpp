// BatchNorm (Ioffe and Szegedy 2015): a net of twenty ReLU layers as PyTorch initialises it, with He's initialisation,
// and with BatchNorm; how its activations spread from layer to layer, and how it learns.
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
using taper::DataLoader, taper::Tensor;

enum class Kind { plain, he, batch_norm };

nn::Sequential make(Kind kind) {
    nn::Sequential model;
    model.append(nn::Flatten());
    for (int layer = 0; layer < 20; ++layer) {
        nn::Linear linear(layer == 0 ? 784 : 64, 64);
        if (kind == Kind::he) {
            nn::init::kaiming_normal_(linear.weight, {.nonlinearity = "relu"});
            nn::init::zeros_(linear.bias);
        }
        model.append(linear);
        if (kind == Kind::batch_norm) model.append(nn::BatchNorm1d(64));
        model.append(nn::ReLU());
    }
    model.append(nn::Linear(64, 10));
    return model;
}

int main(int argc, char** argv) {
    return run(argc, argv, {.epochs = 1, .seed = 1}, [](const Arguments& args) {
        auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
        auto train_set = datasets::MNIST({.root = args.root, .train = true, .download = true, .transform = transform});
        auto test_set = datasets::MNIST({.root = args.root, .train = false, .transform = transform});
        auto loader = DataLoader(train_set, {.batch_size = 128, .shuffle = true, .num_workers = 1});
        auto [images, labels] = next(iter(DataLoader(test_set, {.batch_size = 10000})));

        plt::figure({.figsize = {12, 4.8}});
        for (auto [label, kind] : std::vector<std::pair<std::string, Kind>>{
                 {"PyTorch's initialisation", Kind::plain}, {"He's initialisation", Kind::he}, {"BatchNorm", Kind::batch_norm}}) {
            torch::manual_seed(args.seed);
            nn::Sequential model = make(kind);
            std::vector<double> variances;
            {
                nn::Monitor monitor(model);
                F::cross_entropy(model(images), labels).backward();
                for (const nn::LayerActivity& layer : monitor.layers())
                    if (layer.type == "ReLU") variances.push_back(std::log10(layer.variance));
                fmt::print("{}:\n", label);
                for (const std::string& line : monitor.advice()) fmt::print("* {}\n", line);
            }
            model.zero_grad();
            auto optimizer = optim::SGD(model.parameters(), {.lr = 0.05});
            std::vector<double> losses;
            for (int64_t epoch = 1; epoch <= args.epochs; ++epoch) {
                tqdm bar(loader, fmt::format("{}, epoch {}", label, epoch));
                for (auto [data, target] : bar) {
                    optimizer.zero_grad();
                    auto loss = F::cross_entropy(model(data), target);
                    loss.backward();
                    optimizer.step();
                    losses.push_back(losses.empty() ? loss.item() : 0.9 * losses.back() + 0.1 * loss.item());
                    bar.set_postfix("loss={:.4f}", loss.item());
                }
            }
            model.eval();  // BatchNorm now uses the running statistics
            torch::NoGradGuard no_grad;
            double accuracy = 100 * model(images).argmax(1).eq(labels).to(torch::float32).mean().item();
            fmt::print("{:.2f} % of the test images\n\n", accuracy);
            plt::subplot(121);
            plt::plot(variances, {.label = label, .marker = "o"});
            plt::subplot(122);
            plt::plot(losses, {.label = fmt::format("{}: {:.1f} %", label, accuracy)});
        }
        plt::subplot(121);
        plt::title("Variance of the activations before training");
        plt::xlabel("layer");
        plt::ylabel("log10 of the variance");
        plt::ylim(-4.2, 0.6);
        plt::grid();
        plt::legend({.loc = "lower left"});
        plt::subplot(122);
        plt::title("Training loss of twenty layers (running mean)");
        plt::xlabel("step");
        plt::ylabel("cross entropy");
        plt::ylim(0, 3.4);
        plt::grid();
        plt::legend({.loc = "upper right"});
        plt::savefig("batchnorm.png");
        fmt::print("The picture is batchnorm.png.\n");
    });
}
