// A convolutional network on MNIST: pytorch/examples' mnist/main.py, statement for statement, with a progress bar in
// place of the loss every ten batches.
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
using taper::all, taper::DataLoader, taper::len, taper::Tensor;

struct Net : nn::Module<Net> {
    nn::Conv2d conv1 = register_module("conv1", nn::Conv2d(1, 32, 3, 1));
    nn::Conv2d conv2 = register_module("conv2", nn::Conv2d(32, 64, 3, 1));
    nn::Dropout dropout1 = register_module("dropout1", nn::Dropout(0.25));
    nn::Dropout dropout2 = register_module("dropout2", nn::Dropout(0.5));
    nn::Linear fc1 = register_module("fc1", nn::Linear(9216, 128));
    nn::Linear fc2 = register_module("fc2", nn::Linear(128, 10));

    Tensor forward(Tensor x) {
        x = conv1(x);
        x = F::relu(x);
        x = conv2(x);
        x = F::relu(x);
        x = F::max_pool2d(x, 2);
        x = dropout1(x);
        x = torch::flatten(x, 1);
        x = fc1(x);
        x = F::relu(x);
        x = dropout2(x);
        x = fc2(x);
        auto output = F::log_softmax(x, {.dim = 1});
        return output;
    }
};

template <class Loader> void train(Net& model, torch::Device device, const Loader& train_loader,
    optim::Adadelta& optimizer, int64_t epoch) {
    model.train();
    tqdm bar(train_loader, fmt::format("Train Epoch: {}", epoch));
    for (auto [batch_idx, data, target] : enumerate(bar)) {
        data = data.to(device), target = target.to(device);
        optimizer.zero_grad();
        auto output = model(data);
        auto loss = F::nll_loss(output, target);
        loss.backward();
        optimizer.step();
        if (batch_idx % 10 == 0) bar.set_postfix("loss={:.6f}", loss.item());
    }
}

template <class Loader> Tensor test(Net& model, torch::Device device, const Loader& test_loader) {
    model.eval();
    double test_loss = 0;
    int64_t correct = 0;
    torch::TensorList predictions;  // ours, for the pictures
    {
        torch::NoGradGuard no_grad;
        for (auto [data, target] : test_loader) {
            data = data.to(device), target = target.to(device);
            auto output = model(data);
            test_loss += F::nll_loss(output, target, {.reduction = "sum"}).item();  // sum up batch loss
            auto pred = output.argmax({.dim = 1, .keepdim = true});  // get the index of the max log-probability
            correct += pred.eq(target.view_as(pred)).sum().item();
            predictions.push_back(pred.squeeze(1));
        }
    }
    test_loss /= len(test_loader.dataset());
    fmt::print("\nTest set: Average loss: {:.4f}, Accuracy: {}/{} ({:.2f}%)\n\n", test_loss, correct,  // theirs: {:.0f}
        len(test_loader.dataset()), 100. * correct / len(test_loader.dataset()));
    return torch::cat(predictions);
}

// Ours: which digit was taken for which, and the first of the images that were misread.
void draw(const datasets::MNIST& dataset, const Tensor& predictions) {
    Tensor wrong = predictions.ne(dataset.targets());
    std::vector<std::vector<double>> confusion(10, std::vector<double>(10));
    auto truth = dataset.targets().tolist<int64_t>(), guess = predictions.tolist<int64_t>();
    for (size_t i = 0; i < truth.size(); ++i)
        if (truth[i] != guess[i]) ++confusion[truth[i]][guess[i]];
    plt::figure({.figsize = {6.4, 5.4}});
    plt::imshow(confusion);
    plt::colorbar();
    plt::title(fmt::format("Mistakes among {} test digits: {}", len(dataset), wrong.sum().item()));
    plt::xlabel("taken for");
    plt::ylabel("written");
    plt::savefig("cnn_confusion.png");

    plt::figure({.figsize = {8, 4}});
    auto misread = torch::nonzero(wrong).squeeze(1).tolist<int64_t>();
    for (int i = 0; i < 18 && i < static_cast<int>(misread.size()); ++i) {
        plt::subplot(3, 6, i + 1);
        plt::imshow(dataset.data()[misread[i]].to(torch::float32), {.cmap = "gray_r"});
        plt::title(fmt::format("{}, not {}", truth[misread[i]], guess[misread[i]]));
        plt::axis("off");
    }
    plt::savefig("cnn_misread.png");
    fmt::print("The pictures are cnn_confusion.png and cnn_misread.png.\n");
}

int main(int argc, char** argv) {
    // Six epochs, where the original has fourteen: 99 % in about two minutes on two cores.
    return run(argc, argv, {.epochs = 6, .seed = 1}, [](const Arguments& args) {
        torch::manual_seed(args.seed);
        auto device = torch::Device(torch::cuda::is_available() ? "cuda" : "cpu");

        auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
        auto dataset1 = datasets::MNIST({.root = args.root, .train = true, .download = true, .transform = transform});
        auto dataset2 = datasets::MNIST({.root = args.root, .train = false, .transform = transform});
        auto train_loader = DataLoader(dataset1, {.batch_size = 64, .shuffle = true});  // theirs: on a GPU only
        auto test_loader = DataLoader(dataset2, {.batch_size = 1000});

        auto model = Net().to(device);
        auto optimizer = optim::Adadelta(model.parameters(), {.lr = 1.0});
        auto scheduler = optim::lr_scheduler::StepLR(optimizer, {.step_size = 1, .gamma = 0.7});
        Tensor predictions;
        for (int64_t epoch = 1; epoch < args.epochs + 1; ++epoch) {
            train(model, device, train_loader, optimizer, epoch);
            predictions = test(model, device, test_loader);
            scheduler.step();
        }
        if (predictions.defined()) draw(dataset2, predictions);
    });
}
