// Gradients: by hand, by autograd, and a training loop in which both find the same line.
#include <taper/taper.h>

namespace torch = taper;
using taper::Tensor;

int main() {
    // y = x^2 + 3x has the slope 2x + 3.
    Tensor x = torch::tensor(2.0, {.requires_grad = true});
    Tensor y = x.pow(2) + 3 * x;
    y.backward();
    fmt::print("at x = 2: by hand {}, by autograd {}\n", 2 * 2 + 3, x.grad().item());

    // Gradients add up until they are set to zero: the reason for optimizer.zero_grad().
    (x.pow(2) + 3 * x).backward();
    fmt::print("after a second backward: {}\n", x.grad().item());
    x.set_grad({});

    // A slope of the slope: create_graph keeps the first one differentiable.
    Tensor slope = torch::autograd::grad({x.pow(3)}, {x}, {.create_graph = true})[0];
    fmt::print("d/dx x^3 = {}, d2/dx2 x^3 = {}\n", slope.item(), torch::autograd::grad({slope}, {x})[0].item());

    // ReLU has no slope where its input is 0; PyTorch and Taper take 0, and max(0, x) takes the middle.
    Tensor zero = torch::tensor(0.0, {.requires_grad = true});
    torch::relu(zero).backward();
    fmt::print("relu's slope at 0: {}", zero.grad().item());
    zero.set_grad({});
    torch::max(torch::zeros_like(zero), zero).backward();
    fmt::print(", max(0, x)'s: {}\n\n", zero.grad().item());

    // A line through noisy points, w by hand and v by autograd: the mean of (w x - t)^2 has the slope 2 (w x - t) x.
    torch::manual_seed(0);
    Tensor inputs = torch::randn({100}), targets = 2 * inputs + 0.1 * torch::randn({100});
    double w = 0;
    Tensor v = torch::tensor(0.0, {.requires_grad = true});
    for (int step = 0; step <= 20; ++step) {
        double dw = (2 * (w * inputs - targets) * inputs).mean().item();
        w -= 0.1 * dw;
        Tensor loss = (v * inputs - targets).pow(2).mean();
        loss.backward();
        {
            torch::NoGradGuard no_grad;
            v -= 0.1 * v.grad();
        }
        v.set_grad({});
        if (step % 5 == 0) fmt::print("step {:2}: by hand w = {:.6f}, by autograd {:.6f}\n", step, w, v.item());
    }

    // What stands behind a loss, and whether its derivatives are right.
    fmt::print("\n{}", torch::autograd::explain((v * inputs - targets).pow(2).mean(), {{"v", v}}));
    auto f = [](const Tensor& x) { return torch::sin(x) * x; };
    fmt::print("gradcheck of sin(x) x: {}\n",
        torch::autograd::gradcheck(f, torch::randn({5}, {.dtype = torch::float64, .requires_grad = true})));
}
