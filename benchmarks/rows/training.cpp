// Optimizers' steps, and training: the articles' nets, and nets whose width, depth or batch grows.
#include "side.h"

namespace {
const std::vector<Sizes> mnist_params = {{512, 784}, {512}, {10, 512}, {10}},
                         circle_params = {{16, 2}, {16}, {1, 16}, {1}};

template <class Make> void optimizer_step(const std::string& name, const std::vector<Sizes>& shapes, Make make) {
    row(name, [=] {
        std::vector<Tensor> params;
        for (const Sizes& shape : shapes) {
            params.push_back((normal(shape) * 0.1).requires_grad_(true));
            (params.back() * (normal(shape) * 1e-3)).sum().backward();
        }
        auto optimizer = std::make_shared<decltype(make(params))>(make(params));
        return [optimizer] { optimizer->step(); };
    });
}

void step(nn::Sequential& model, auto& criterion, auto& optimizer, const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    auto loss = criterion(call(model, x), y);
    loss.backward();
    optimizer.step();
}

template <class Activation> void circle(const std::string& name, Activation activation) {
    row("circle/" + name, [=] {
        auto x = torch::randn({1000, 2});
        auto y = (x.pow(2).sum(1) > 1).to(torch::kFloat32).unsqueeze(1);
        nn::Sequential model(nn::Linear(2, 16), activation(), nn::Linear(16, 1), nn::Sigmoid());
        auto optimizer = std::make_shared<torch::optim::Adam>(adam(parameters(model), 0.01));
        return [=, criterion = nn::BCELoss()]() mutable {
            optimizer->zero_grad();
            auto loss = criterion(call(model, x), y);
            loss.backward();
            optimizer->step();
            benchmark::DoNotOptimize(loss.template item<float>());
        };
    });
}

/// A step of a classifier of `depth` hidden layers.
void classifier(const std::string& name, int width, int depth, int batch) {
    row(name, [=] {
        nn::Sequential model;
        int inputs = 64;
        for (int i = 0; i < depth; ++i, inputs = width)
            append(model, nn::Linear(inputs, width)), append(model, nn::ReLU());
        append(model, nn::Linear(inputs, 10));
        auto optimizer = std::make_shared<torch::optim::Adam>(adam(parameters(model), 1e-3));
        auto x = torch::randn({batch, 64});
        auto y = torch::randint(10, Sizes{batch}).to(torch::kInt64);
        return [=, criterion = nn::CrossEntropyLoss()]() mutable { step(model, criterion, *optimizer, x, y); };
    });
}

void mnist_preloaded() {
    row("mnist/preloaded", [] {
        static auto images = mnist_images(), labels = mnist_labels();
        static auto x = (of_bytes(images, {60000, 784}).to(torch::kFloat32) / 255 - 0.1307) / 0.3081;
        static auto y = of_bytes(labels, {60000}).to(torch::kInt64);
        nn::Sequential model(nn::Linear(784, 512), nn::ReLU(), nn::Linear(512, 10));
        auto optimizer = std::make_shared<torch::optim::Adam>(adam(parameters(model), 1e-3));
        return [=, criterion = nn::CrossEntropyLoss(), first = true]() mutable {
            if (std::exchange(first, false)) return;  // an epoch is long enough to do without a rehearsal
            auto order = torch::randperm(60000);
            for (std::int64_t i = 0; i < 60000; i += 64) {
                auto batch = order.narrow(0, i, std::min<std::int64_t>(64, 60000 - i));
                step(model, criterion, *optimizer, x.index_select(0, batch), y.index_select(0, batch));
            }
        };
    });
}
}  // namespace

void register_training() {
    auto with_adam = [](const auto& params) { return adam(params, 1e-3); };
    auto with_sgd = [](const auto& params) { return sgd(params, 1e-3, 0); };
    auto with_momentum = [](const auto& params) { return sgd(params, 1e-3, 0.9); };
    for (auto& [count, shapes] : {std::pair("407050", mnist_params), std::pair("65", circle_params)}) {
        optimizer_step(std::string("adam/") + count, shapes, with_adam);
        optimizer_step(std::string("sgd/") + count, shapes, with_sgd);
        optimizer_step(std::string("momentum/") + count, shapes, with_momentum);
    }
    circle("Sigmoid", [] { return nn::Sigmoid(); });
    circle("ReLU", [] { return nn::ReLU(); });
    circle("LeakyReLU", [] { return nn::LeakyReLU(); });
    for (int width : {8, 16, 32, 64, 128, 256, 512, 1024}) classifier("width/" + std::to_string(width), width, 2, 64);
    for (int depth : {1, 2, 4, 8, 16, 32}) classifier("depth/" + std::to_string(depth), 64, depth, 64);
    for (int batch : {1, 4, 16, 64, 256, 1024, 4096}) classifier("batch/" + std::to_string(batch), 64, 2, batch);
    if (mnist_is_there()) mnist_preloaded();
}
