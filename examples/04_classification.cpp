// Classification: which points lie outside a circle, as in circle.cpp, but seen: the decision of nets without an
// activation, with Sigmoid and with ReLU over the whole plane. Without one the layers are a single linear layer.
#include <taper/taper.h>

#include "plt.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
using taper::all, taper::len, taper::Tensor;

int main() {
    torch::manual_seed(42);
    Tensor X = torch::randn({1000, 2});
    Tensor y = (X[all, 0].pow(2) + X[all, 1].pow(2) > 1).to(torch::int64);

    // Every place of a square: (81 * 81, 2).
    Tensor side = torch::linspace(-3, 3, 81);
    auto grid = torch::meshgrid({side, side}, {.indexing = "xy"});
    Tensor places = torch::stack({grid[0].reshape({-1}), grid[1].reshape({-1})}, 1);

    plt::figure({.figsize = {15, 5}});
    int column = 0;
    for (auto [name, activation] : std::vector<std::pair<std::string, nn::AnyModule>>{
             {"no activation", nn::Identity()}, {"Sigmoid", nn::Sigmoid()}, {"ReLU", nn::ReLU()}}) {
        nn::Sequential model(nn::Linear(2, 16), activation, nn::Linear(16, 16), activation, nn::Linear(16, 2));
        auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01});
        for (int epoch = 0; epoch < 300; ++epoch) {
            optimizer.zero_grad();
            F::cross_entropy(model(X), y).backward();  // logits in: the softmax is part of the loss
            optimizer.step();
        }
        torch::NoGradGuard no_grad;
        double accuracy = 100 * model(X).argmax(1).eq(y).to(torch::float32).mean().item();
        fmt::print("{:13}  {:.1f} % right (always \"outside\": {:.1f} %)\n", name, accuracy,
            100 * y.to(torch::float32).mean().item());

        plt::subplot(1, 3, ++column);
        auto dots = [](const Tensor& at, const plt::ScatterOptions& options) {
            if (len(at) > 0) plt::scatter(at[all, 0], at[all, 1], options);
        };
        Tensor guess = model(places).argmax(1);
        dots(places[guess == 0], {.s = 20, .label = "taken for inside", .color = "#c6dbef", .marker = "s"});
        dots(places[guess == 1], {.s = 20, .label = "taken for outside", .color = "#fde0d0", .marker = "s"});
        dots(X[y == 0], {.s = 5, .label = "inside", .color = "tab:blue"});
        dots(X[y == 1], {.s = 5, .label = "outside", .color = "tab:red"});
        plt::title(fmt::format("{}: {:.1f} % right", name, accuracy));
        plt::xlabel("x");
        plt::ylabel("y");
        plt::xlim(-3, 3);
        plt::ylim(-3, 3);
        plt::legend({.loc = "lower right"});
    }
    plt::savefig("classification.png");
    fmt::print("The picture is classification.png.\n");
}
