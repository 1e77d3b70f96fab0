// Augmentation: a network that saw each of 5000 digits turned, shifted and scaled another way in every epoch reads
// turned digits that one trained on the images as they are does not.
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
using taper::DataLoader, taper::len, taper::Subset, taper::Tensor;

nn::Sequential make() {
    return nn::Sequential(nn::Conv2d(1, 16, 3), nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(16, 32, 3), nn::ReLU(),
        nn::MaxPool2d(2), nn::Flatten(), nn::Linear(32 * 5 * 5, 10));
}

template <class Loader> double accuracy(nn::Sequential model, const Loader& loader) {
    torch::NoGradGuard no_grad;
    model.eval();
    int64_t correct = 0;
    for (auto [data, target] : loader) correct += model(data).argmax(1).eq(target).sum().item();
    return 100. * correct / len(loader.dataset());
}

int main(int argc, char** argv) {
    return run(argc, argv, {.epochs = 8, .seed = 1}, [](const Arguments& args) {
        auto tensor = transforms::ToTensor();
        auto normalize = transforms::Normalize({0.1307}, {0.3081});
        auto affine = transforms::RandomAffine(30, {.translate = {0.1, 0.1}, .scale = {0.9, 1.1}});
        std::vector<int64_t> first(5000);
        std::iota(first.begin(), first.end(), 0);
        auto mnist = [&](bool train, const taper::Transform& transform) {
            return datasets::MNIST({.root = args.root, .train = train, .download = train, .transform = transform});
        };

        // The first four images, as they are and as the transform shows them.
        plt::figure({.figsize = {12, 5}});
        auto plain_set = mnist(true, tensor), shown_set = mnist(true, transforms::Compose({affine, tensor}));
        torch::manual_seed(args.seed);
        for (int row = 0; row < 4; ++row)
            for (int column = 0; column < 4; ++column) {
                plt::subplot(4, 8, row * 8 + column + 1);
                auto [image, label] = (column == 0 ? plain_set : shown_set)[row];
                plt::imshow(image.squeeze(0), {.cmap = "gray_r", .vmin = 0, .vmax = 1});
                if (row == 0) plt::title(column == 0 ? "as it is" : fmt::format("epoch {}", column));
                plt::axis("off");
            }

        plt::subplot(1, 2, 2);
        for (auto [name, transform] : std::vector<std::pair<std::string, transforms::Compose>>{
                 {"as they are", transforms::Compose({tensor, normalize})},
                 {"augmented", transforms::Compose({affine, tensor, normalize})}}) {
            torch::manual_seed(args.seed);
            nn::Sequential model = make();
            auto optimizer = optim::Adam(model.parameters(), {.lr = 0.002});
            auto loader = DataLoader(
                Subset(mnist(true, transform), first), {.batch_size = 64, .shuffle = true, .num_workers = 2});
            for (int64_t epoch = 1; epoch <= args.epochs; ++epoch) {
                model.train();
                tqdm bar(loader, fmt::format("{}, epoch {}", name, epoch));
                for (auto [data, target] : bar) {
                    optimizer.zero_grad();
                    auto loss = F::cross_entropy(model(data), target);
                    loss.backward();
                    optimizer.step();
                    bar.set_postfix("loss={:.4f}", loss.item());
                }
            }
            std::vector<double> angles, accuracies;
            for (double angle = -60; angle <= 60; angle += 15) {
                auto turned = transforms::Compose(
                    {transforms::RandomRotation({angle, angle}, {.interpolation = "bilinear"}), tensor, normalize});
                angles.push_back(angle);
                accuracies.push_back(accuracy(model, DataLoader(mnist(false, turned), {.batch_size = 1000})));
                fmt::print("{:12} test images turned by {:3.0f} degrees: {:.2f} %\n", name, angle, accuracies.back());
            }
            plt::plot(angles, accuracies, {.label = "trained on images " + name, .marker = "o"});
        }
        plt::title("Accuracy on turned test images");
        plt::xlabel("degrees, counter-clockwise");
        plt::ylabel("%");
        plt::grid();
        plt::legend({.loc = "lower left"});
        plt::ylim(0, 102);
        plt::savefig("augmentation.png");
        fmt::print("The picture is augmentation.png.\n");
    });
}
