// Deep networks: what is left of the activations and of the gradient, and which of them learn.
#include "tests.h"

namespace claims {
namespace {

struct Deep {
    std::string name;
    Activation activation;
    NetOptions options = {};
};
const std::vector<Deep> kinds{{"Sigmoid", [] { return nn::Sigmoid(); }}, {"Tanh", [] { return nn::Tanh(); }},
    {"ReLU", [] { return nn::ReLU(); }}, {"ReLU, He's initialisation", [] { return nn::ReLU(); }, {.he = true}}};

std::vector<double> layer_numbers(std::size_t count) {
    std::vector<double> out;
    for (std::size_t i = 1; i <= count; ++i) out.push_back(static_cast<double>(i));
    return out;
}

std::vector<double> log10(const std::vector<double>& values) {
    std::vector<double> out;
    for (double value : values) out.push_back(std::log10(value));
    return out;
}

// The variance behind each of twenty layers of 256 units, over 256 normal inputs.
std::vector<double> variances(const std::function<void(const Tensor&)>& draw, bool selu) {
    torch::NoGradGuard no_grad;
    Tensor x = torch::randn({256, 256});
    std::vector<double> out;
    for (int layer = 0; layer < 20; ++layer) {
        const nn::Linear linear(256, 256);
        if (draw) draw(linear.weight), nn::init::zeros_(linear.bias);
        x = linear(x);
        if (selu) x = F::selu(x);
        out.push_back(x.var().item());
        if (!selu) x = F::relu(x);
    }
    return out;
}

void he(const Tensor& weight) { nn::init::kaiming_normal_(weight, {.nonlinearity = "relu"}); }
void lecun(const Tensor& weight) { nn::init::normal_(weight, 0, 1 / std::sqrt(weight.size(1))); }

Interval last_over_first(const std::vector<std::vector<double>>& rows) {
    std::vector<double> last, first;
    for (const auto& row : rows) last.push_back(row.back()), first.push_back(row.front());
    return statistics::ratio(last, first);
}

// |dL/d output| of each linear layer of a fresh net of twenty hidden layers, from the first to the last.
std::vector<double> gradients(const Deep& kind) {
    const nn::Sequential model = mlp(std::vector<std::int64_t>(20, 64), kind.activation, kind.options);
    nn::Monitor monitor(model);
    F::cross_entropy(nn::Sequential(model)(torch::randn({256, 784})), torch::randint(0, 10, {256})).backward();
    std::vector<double> out;
    for (const nn::LayerActivity& layer : monitor.layers())
        if (layer.type == "Linear") out.push_back(layer.gradient_norm);
    return out;
}

std::vector<std::vector<double>> gradients(const Setup& setup, const Deep& kind) {
    return setup.each_seed(2 * setup.seeds, [&](int) { return gradients(kind); });
}

}  // namespace

Finding he_keeps_variance(const Setup& setup) {
    const auto kept = setup.each_seed(4 * setup.seeds, [](int) { return variances(he, false); });
    const auto plain = setup.each_seed(4 * setup.seeds, [](int) { return variances({}, false); });
    plt::figure({.figsize = {7, 4.5}});
    for (const auto& [name, rows] : {std::pair{"He's initialisation", kept}, {"PyTorch's initialisation", plain}})
        plt::plot(layer_numbers(20), log10(average(rows)), {.label = name, .marker = "o"});
    plt::title(fmt::format("Variance before each ReLU of a fresh network, mean of {} seeds", 4 * setup.seeds));
    plt::xlabel("layer"), plt::ylabel("log10 of the variance"), plt::ylim(-3.2, 1.4), plt::grid();
    plt::legend({.loc = "upper right"});
    const std::vector<Reading> readings{{"variance, last over first", last_over_first(kept), 0.5, 2}};
    return {.method =
                "Twenty ReLU layers of 256 units, weights drawn with variance 2/n, on 256 normal inputs: the "
                "variance before the last ReLU over that before the first.",
        .readings = readings,
        .measured = "with PyTorch's own initialisation " + text(last_over_first(plain), {}),
        .verdict = every(readings),
        .pictures = {setup.picture("variance", "The variance from layer to layer")}};
}

Finding selu_normalises(const Setup& setup) {
    const auto rows = setup.each_seed(4 * setup.seeds, [](int) { return variances(lecun, true); });
    std::vector<double> last;
    for (const auto& row : rows) last.push_back(row.back());
    const std::vector<Reading> readings{{"variance behind the last layer", statistics::mean(last), 0.8, 1.2, 3}};
    return {.method = "Twenty SELU layers of 256 units, weights drawn with variance 1/n, on 256 normal inputs.",
        .readings = readings,
        .verdict = every(readings)};
}

Finding sigmoid_vanishes(const Setup& setup) {
    plt::figure({.figsize = {7, 4.5}});
    for (const Deep& kind : kinds) {
        const auto rows = gradients(setup, kind);
        plt::plot(layer_numbers(21), log10(average(rows)), {.label = kind.name, .marker = "o", .markersize = 4});
    }
    plt::title(fmt::format("Gradient at each layer of a fresh network, mean of {} seeds", 2 * setup.seeds));
    plt::xlabel("layer, 1 is the first"), plt::ylabel("log10 |dL/d output|"), plt::grid();
    plt::legend({.loc = "lower right"});
    const Interval ratio = last_over_first([&] {
        auto rows = gradients(setup, kinds[0]);
        for (auto& row : rows) std::ranges::reverse(row);
        return rows;
    }());
    const std::vector<Reading> readings{{"gradient, first layer over last", ratio, -INFINITY, 0.001, {}}};
    return {.method =
                "784-64×20-10 with Sigmoid as PyTorch initialises it, random inputs and labels: the norm of the "
                "loss's gradient at the first linear layer over that at the last.",
        .readings = readings,
        .verdict = every(readings),
        .pictures = {setup.picture("gradient", "The gradient on its way from the loss to the first layer")}};
}

Finding relu_does_not_vanish(const Setup& setup) {
    std::string table = "| | first over last |\n|---|---|\n";
    std::vector<Interval> ratios;
    for (const Deep& kind : kinds) {
        auto rows = gradients(setup, kind);
        for (auto& row : rows) std::ranges::reverse(row);
        ratios.push_back(last_over_first(rows));
        table += fmt::format("| {} | {} |\n", kind.name, text(ratios.back(), {}));
    }
    const std::vector<Reading> readings{
        {"gradient, first layer over last: PyTorch's initialisation", ratios[2], 0.1, INFINITY, {}},
        {"He's initialisation", ratios[3], 0.1, INFINITY, {}}};
    return {.method =
                "As above, with ReLU, initialised as PyTorch does and as He does. The claim names no "
                "initialisation, so it must hold with both.",
        .readings = readings,
        .verdict = every(readings),
        .why =
            "PyTorch draws weights with variance 1/(3n), a sixth of the 2/n that keeps the size of what passes a "
            "ReLU layer, forwards and backwards.",
        .table = table};
}

Finding mean_shift(const Setup& setup) {
    auto shift = [&](bool batch_norm) {
        return setup.each_seed([&](int) {
            const auto model = mlp({100, 100, 100, 100}, kinds[2].activation, {.he = true, .batch_norm = batch_norm});
            torch::NoGradGuard no_grad;
            Tensor x = setup.mnist->test_images, before;
            for (const nn::AnyModule& layer : model) {
                if (layer.is<nn::ReLU>()) before = x;
                x = layer(x);
            }
            return (before.mean(0).abs() / before.std(0)).mean().item();  // of the last hidden layer
        });
    };
    const std::vector<Reading> readings{
        {"mean over standard deviation, without BatchNorm", statistics::mean(shift(false)), 0.5, INFINITY},
        {"with BatchNorm", statistics::mean(shift(true)), -INFINITY, 0.1}};
    return {.method =
                "784-100×4-10 with He's initialisation on the test images: what enters the last ReLU, for each "
                "unit the size of its mean over the images in units of its standard deviation.",
        .readings = readings,
        .verdict = every(readings),
        .why =
            "The outputs of a ReLU are never negative, so the sums of the next layer are off their middle; "
            "BatchNorm subtracts the mean."};
}

namespace {

using Optimizers = std::vector<std::function<optim::Optimizer(const torch::TensorList&)>>;
template <class Method> auto with(double lr) {
    return [lr](const torch::TensorList& parameters) -> optim::Optimizer { return Method(parameters, {.lr = lr}); };
}
const Optimizers tries{
    with<optim::SGD>(0.1), with<optim::SGD>(0.3), with<optim::Adam>(0.001), with<optim::Adam>(0.003)};

// Accuracy after an epoch for each seed, with the optimizer that gives the best mean.
std::vector<double> best_of_tries(const Setup& setup, const std::function<nn::Sequential()>& make) {
    std::vector<double> best;
    for (const auto& optimizer : tries) {
        const auto found = setup.each_seed([&](int) {
            const nn::Sequential model = make();
            train(model, optimizer(model.parameters()), *setup.mnist, setup.steps(938));
            return accuracy(model, *setup.mnist);
        });
        if (best.empty() || statistics::mean(found).mean > statistics::mean(best).mean) best = found;
    }
    return best;
}

nn::Sequential eight_layers(const Deep& kind) {
    return mlp(std::vector<std::int64_t>(8, 64), kind.activation, kind.options);
}

const std::vector<double>& deep(const Setup& setup, std::size_t kind) {
    static std::vector<std::vector<double>> kept(kinds.size());
    if (kept[kind].empty()) kept[kind] = best_of_tries(setup, [&] { return eight_layers(kinds[kind]); });
    return kept[kind];
}

// Each layer learns to give back what enters it through a linear decoder, from the first to the last; the decoders are
// thrown away.
void pretrain(const nn::Sequential& model, const Setup& setup, int steps) {
    const Tensor images = setup.mnist->train_images;
    Tensor inputs = images.flatten(1);
    for (int layer = 1; layer + 1 < model.size(); layer += 2) {
        const auto& encoder = model[layer].as<nn::Linear>();
        const nn::Linear decoder(encoder.weight.size(0), encoder.weight.size(1));
        const nn::Sequential both(encoder, model[layer + 1], decoder);
        const auto optimizer = optim::Adam(both.parameters(), {.lr = 0.003});
        for (int step = 0; step < steps; ++step) {
            const Tensor batch = inputs.narrow(0, step % 78 * 128, 128);
            optimizer.zero_grad();
            F::mse_loss(nn::Sequential(both)(batch), batch).backward();
            optimizer.step();
        }
        torch::NoGradGuard no_grad;
        inputs = torch::sigmoid(encoder(inputs));
    }
}

}  // namespace

Finding deep_nets_fail(const Setup& setup) {
    std::string table = "| eight hidden layers | test images right |\n|---|---|\n";
    std::vector<Interval> found;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        found.push_back(statistics::mean(deep(setup, kind)));
        table += fmt::format("| {} | {} |\n", kinds[kind].name, text(found.back(), 1, " %"));
    }
    const std::vector<Reading> readings{{"test images right, Sigmoid, %", found[0], -INFINITY, 50, 1},
        {"Tanh, %", found[1], -INFINITY, 50, 1}, {"ReLU, %", found[2], 50, INFINITY, 1}};
    return {.method =
                "784-64×8-10 as PyTorch initialises it, an epoch on MNIST with the best of four optimizers for "
                "each (SGD at lr 0.1 and 0.3, Adam at 0.001 and 0.003). To fail is to have fewer than half of "
                "the test images right.",
        .readings = readings,
        .verdict = every(readings),
        .table = table};
}

Finding pretraining(const Setup& setup) {
    const auto best = best_of_tries(setup, [&] {
        const nn::Sequential model = eight_layers(kinds[0]);
        pretrain(model, setup, setup.steps(400));
        return model;
    });
    const Interval gap = statistics::difference(deep(setup, 3), best);
    const std::vector<Reading> readings{{"test images right, ReLU's less Sigmoid's, points", gap, 0, INFINITY, 1}};
    return {.method =
                "As above; Sigmoid after pre-training (each layer as an autoencoder, 400 steps on 10,000 "
                "images), against ReLU with He's initialisation without it.",
        .readings = readings,
        .measured = "Sigmoid with pre-training " + text(statistics::mean(best), 1, " %"),
        .verdict = every(readings)};
}

}  // namespace claims
