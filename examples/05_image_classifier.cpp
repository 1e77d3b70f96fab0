// An image classifier: softmax regression and a network with a hidden layer on MNIST, what their first weights look
// like, and which digits the better one confuses.
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

template <class Loader> void train(const std::string& name, nn::Sequential model, const Loader& loader, int64_t epochs) {
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.001});
    for (int64_t epoch = 1; epoch <= epochs; ++epoch) {
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
}

// The class that the model finds most probable for each image.
template <class Loader> Tensor predict(nn::Sequential model, const Loader& loader) {
    torch::NoGradGuard no_grad;
    model.eval();
    torch::TensorList predictions;
    for (auto [data, target] : loader) predictions.push_back(model(data).argmax({.dim = 1}));
    return torch::cat(predictions);
}

// The rows of a weight (n, 784) as images; blue-green is what the unit does not want, yellow what it wants.
void draw_weights(const std::string& what, const Tensor& weight, int first_row) {
    for (int i = 0; i < 10; ++i) {
        plt::subplot(4, 5, first_row * 5 + i + 1);
        plt::imshow(weight[i].detach().view({28, 28}));
        plt::title(fmt::format("{} {}", what, i));
        plt::axis("off");
    }
}

int main(int argc, char** argv) {
    return run(argc, argv, {.epochs = 3, .seed = 1}, [](const Arguments& args) {
        torch::manual_seed(args.seed);
        auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
        auto train_set = datasets::MNIST({.root = args.root, .train = true, .download = true, .transform = transform});
        auto test_set = datasets::MNIST({.root = args.root, .train = false, .transform = transform});
        auto train_loader = DataLoader(train_set, {.batch_size = 64, .shuffle = true, .num_workers = 1});
        auto test_loader = DataLoader(test_set, {.batch_size = 1000});

        nn::Sequential regression(nn::Flatten(), nn::Linear(784, 10));
        nn::Sequential network(nn::Flatten(), nn::Linear(784, 128), nn::ReLU(), nn::Linear(128, 10));
        train("softmax regression", regression, train_loader, args.epochs);
        train("hidden layer", network, train_loader, args.epochs);
        Tensor truth = test_set.targets(), guess = predict(network, test_loader);
        auto accuracy = [&](const Tensor& guess) { return 100. * guess.eq(truth).sum().item() / len(test_set); };
        fmt::print("softmax regression: {:.2f} % of the test images, with a hidden layer: {:.2f} %\n",
            accuracy(predict(regression, test_loader)), accuracy(guess));

        plt::figure({.figsize = {9, 8}});
        draw_weights("regression, digit", regression[1].as<nn::Linear>().weight, 0);
        draw_weights("hidden unit", network[1].as<nn::Linear>().weight, 2);
        plt::savefig("classifier_weights.png");

        // The confusion matrix: each pair (truth, guess) has a number, and the numbers are counted.
        Tensor counts = torch::zeros({100}, {.dtype = torch::float32});
        counts = torch::index_add(counts, 0, truth * 10 + guess, torch::ones({len(test_set)})).view({10, 10});
        counts[torch::arange(10), torch::arange(10)] = 0;  // only mistakes: what is right would outshine them
        plt::figure({.figsize = {6.4, 5.4}});
        plt::imshow(counts);
        plt::colorbar();
        plt::title(fmt::format("Mistakes of the network: {} of {}", counts.sum().item(), len(test_set)));
        plt::xlabel("taken for");
        plt::ylabel("written");
        plt::savefig("classifier_confusion.png");
        fmt::print("The pictures are classifier_weights.png and classifier_confusion.png.\n");
    });
}
