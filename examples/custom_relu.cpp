// A ReLU written by hand: the module of the article "ReLU函数：高效计算与稀疏性", beside the library's own. The article stops at
// the network; here it is trained on MNIST for an epoch.
//
// torch.max(zeros, x) is nn.ReLU in every value, but not in its gradient: where x is exactly 0, both arguments are the
// largest, and each gets half of the gradient. nn.ReLU, and the article's own formula, have 0 there.
#include <taper/taper.h>

#include "arguments.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace optim = taper::optim;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
using taper::DataLoader, taper::Tensor, taper::enumerate, taper::len;

struct ReLU : nn::Module<ReLU> {                                                           // class ReLU(nn.Module):
    Tensor forward(Tensor x) { return torch::max(torch::zeros_like(x), x); }               //     return torch.max(torch.zeros_like(x), x)
};

struct Net : nn::Module<Net> {                                                             // class Net(nn.Module):
    nn::Linear fc1 = register_module("fc1", nn::Linear(784, 512));                         //     self.fc1 = nn.Linear(784, 512)
    ReLU relu1 = register_module("relu1", ReLU());                                         //     self.relu1 = ReLU()
    nn::Linear fc2 = register_module("fc2", nn::Linear(512, 10));                          //     self.fc2 = nn.Linear(512, 10)

    Tensor forward(Tensor x) {                                                             //     def forward(self, x):
        x = x.view({-1, 784});                                                             //         x = x.view(-1, 784)
        x = fc1(x);                                                                        //         x = self.fc1(x)
        x = relu1(x);                                                                      //         x = self.relu1(x)
        x = fc2(x);                                                                        //         x = self.fc2(x)
        return x;                                                                          //         return x
    }
};

// From here on ours: an epoch of training and a test, as in mnist.cpp.
int run(const std::string& root, int64_t seed) {
    torch::manual_seed(seed);
    auto x = torch::tensor({-1., 0., 2.}, {.requires_grad = true});
    ReLU()(x).sum().backward();
    fmt::print("the gradient of torch.max(0, x) at -1, 0 and 2: {}\n", x.grad());

    auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
    auto train_dataset = datasets::MNIST({.root = root, .train = true, .download = true, .transform = transform});
    auto test_dataset = datasets::MNIST({.root = root, .train = false, .transform = transform});
    auto train_loader = DataLoader(train_dataset, {.batch_size = 64, .shuffle = true, .num_workers = 2});
    auto test_loader = DataLoader(test_dataset, {.batch_size = 1000});

    auto model = Net();
    auto criterion = nn::CrossEntropyLoss();
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.001});
    for (auto [batch_idx, data, target] : enumerate(train_loader)) {
        optimizer.zero_grad();
        auto loss = criterion(model(data), target);
        loss.backward();
        optimizer.step();
        if (batch_idx % 100 == 0) fmt::print("batch {:3}/{}\tLoss: {:.6f}\n", batch_idx, len(train_loader), loss.item());
    }
    torch::NoGradGuard no_grad;
    int64_t correct = 0;
    for (auto [data, target] : test_loader) correct += model(data).argmax(1).eq(target).sum().item();
    fmt::print("Test Accuracy: {:.2f}%\n", 100. * correct / len(test_dataset));
    return 0;
}

int main(int argc, char** argv) {
    std::string root = "./data";
    int64_t seed = 1;
    CommandLine line("The article's hand-written ReLU, trained on MNIST");
    line.option("--root", root, "where MNIST/raw is, or is downloaded to");
    line.option("--seed", seed, "the seed of manual_seed");
    line.read(argc, argv);
    try {
        return run(root, seed);
    } catch (const torch::Error& error) {
        fmt::print(stderr, "custom_relu: {}\n", error.what());
        return 1;
    }
}
