// Regression: networks of several widths learn a curve from noisy points. The output is linear, the loss the squared
// error; the wider the hidden layer, the closer the curve.
#include <taper/taper.h>

#include "plt.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
using taper::Tensor;

int main() {
    torch::manual_seed(1);
    Tensor x = torch::linspace(-3, 3, 200).unsqueeze(1);  // (200, 1)
    Tensor truth = torch::sin(2 * x) + 0.3 * x;
    Tensor y = truth + 0.1 * torch::randn_like(x);

    plt::figure({.figsize = {11, 4.5}});
    plt::subplot(121);
    plt::scatter(x.squeeze(1), y.squeeze(1), {.s = 6, .label = "points", .color = "gray"});
    for (int64_t width : {2, 8, 64}) {
        nn::Sequential model(nn::Linear(1, width), nn::ReLU(), nn::Linear(width, 1));
        auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01});
        std::vector<double> losses;
        for (int step = 0; step < 1500; ++step) {
            optimizer.zero_grad();
            auto loss = F::mse_loss(model(x), y);
            loss.backward();
            optimizer.step();
            losses.push_back(loss.item());
        }
        torch::NoGradGuard no_grad;
        Tensor fit = model(x);
        fmt::print("{:2} hidden units: loss {:.4f}, squared distance from the true curve {:.4f}\n", width, losses.back(),
            F::mse_loss(fit, truth).item());
        plt::subplot(121);
        plt::plot(x.squeeze(1), fit.squeeze(1), {.label = fmt::format("{} hidden units", width)});
        plt::subplot(122);
        plt::plot(losses, {.label = fmt::format("{} hidden units", width)});
    }
    plt::subplot(121);
    plt::title("sin(2x) + 0.3x, learnt from 200 noisy points");
    plt::xlabel("x");
    plt::ylabel("y");
    plt::ylim(-2.5, 3.5);
    plt::legend({.loc = "upper left"});
    plt::subplot(122);
    plt::title("Training loss");
    plt::xlabel("step");
    plt::ylabel("mean squared error");
    plt::legend({.loc = "upper right"});
    plt::savefig("regression.png");
    fmt::print("The picture is regression.png.\n");
}
