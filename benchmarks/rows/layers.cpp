// Layers with their parameters, on the shapes that the course's networks have.
#include "side.h"

namespace {
/// A layer's forward pass without recording, and with the backward pass into its input and its parameters.
template <class Make> void layer(const std::string& name, const Sizes& shape, Make make) {
    row(name + "/fwd", [=] {
        return [x = normal(shape), module = make()]() mutable {
            torch::NoGradGuard no_grad;
            module(x);
        };
    });
    row(name + "/fwd-bwd", [=] {
        auto module = make();
        auto x = leaf(normal(shape));
        auto gradient = torch::ones_like(module(x));
        return [=, params = parameters(module)]() mutable {
            module(x).backward(gradient);
            clear_grad(x);
            for (const Tensor& param : params) clear_grad(param);
        };
    });
}
}  // namespace

void register_layers() {
    layer("conv2d_1_32", {64, 1, 28, 28}, [] { return nn::Conv2d(1, 32, 3); });
    layer("conv2d_32_64", {64, 32, 26, 26}, [] { return nn::Conv2d(32, 64, 3); });
    layer("max_pool2d", {64, 64, 24, 24}, [] { return nn::MaxPool2d(2); });
    layer("avg_pool2d", {64, 64, 24, 24}, [] { return nn::AvgPool2d(2); });
    layer("batch_norm2d", {64, 32, 26, 26}, [] { return nn::BatchNorm2d(32); });
    layer("layer_norm", {64, 512}, [] { return layer_norm(512); });
    layer("linear_784_512", {64, 784}, [] { return nn::Linear(784, 512); });
    layer("linear_512_10", {64, 512}, [] { return nn::Linear(512, 10); });
}
