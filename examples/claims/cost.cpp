// Time and memory.
#include <taper/tensor/base/memory.h>

#include "tests.h"

namespace claims {
namespace {

const std::vector<Named> activations{{"ReLU", [] { return nn::ReLU(); }}, {"LeakyReLU", [] { return nn::LeakyReLU(); }},
    {"ELU", [] { return nn::ELU(); }}, {"Sigmoid", [] { return nn::Sigmoid(); }}, {"Tanh", [] { return nn::Tanh(); }},
    {"Softplus", [] { return nn::Softplus(); }}};

// An activation forwards and backwards, on the hidden layer of the article's network.
std::function<void()> there_and_back(const nn::AnyModule& activation) {
    const Tensor x = torch::randn({64, 512}, {.requires_grad = true}), gradient = torch::ones({64, 512});
    return [=] {
        for (int i = 0; i < 10; ++i) activation(x).backward(gradient);
    };
}

std::function<void()> forwards(const nn::AnyModule& activation, std::int64_t elements) {
    const Tensor x = torch::randn({elements});
    const int calls = static_cast<int>(std::max<std::int64_t>(1, (1 << 16) / elements));
    return [=] {
        torch::NoGradGuard no_grad;
        for (int i = 0; i < calls; ++i) activation(x);
    };
}

std::function<void()> step(const nn::Sequential& model, const Tensor& data) {
    const auto optimizer = optim::Adam(model.parameters(), {.lr = 0.001});
    const Tensor target = torch::randint(0, 10, {data.size(0)});
    return [=] {
        optimizer.zero_grad();
        F::cross_entropy(nn::Sequential(model)(data), target).backward();
        optimizer.step();
    };
}

// The nanoseconds of each activation for an element, by the size of the tensor.
Picture by_size(const Setup& setup) {
    std::vector<double> sizes;
    std::vector<std::vector<double>> nanoseconds(activations.size());
    for (int power = 10; power <= 24; power += 2) {
        const std::int64_t elements = std::int64_t(1) << power;
        std::vector<std::function<void()>> functions;
        for (const auto& [name, make] : activations) functions.push_back(forwards(make(), elements));
        const auto seconds = time_in_turns(functions, 3, setup.steps(20));
        const double done = static_cast<double>(std::max<std::int64_t>(elements, 1 << 16));
        sizes.push_back(power);
        for (std::size_t i = 0; i < functions.size(); ++i)
            nanoseconds[i].push_back(1e9 * statistics::median(seconds[i]) / done);
    }
    plt::figure({.figsize = {7, 4.5}});
    for (std::size_t i = 0; i + 1 < activations.size(); ++i)  // Softplus stands far above the others
        plt::plot(sizes, nanoseconds[i], {.label = activations[i].name, .marker = "o", .markersize = 4});
    plt::title("Time of an activation, forwards");
    plt::xlabel("log2 of the number of elements"), plt::ylabel("ns an element"), plt::ylim(0, 0.6), plt::grid();
    plt::legend({.loc = "upper left"});
    return setup.picture("cost", "Nanoseconds of each activation for an element");
}

// VGG's pattern, small: convolutions of 3 x 3, doubled channels behind each pool, for images of 32 x 32.
nn::Sequential small_vgg(const Activation& activation) {
    nn::Sequential model;
    std::int64_t channels = 3;
    for (std::int64_t width : {16, 32, 64}) {
        for (int i = 0; i < 2; ++i, channels = width)
            model.append(nn::Conv2d(channels, width, 3, {.padding = 1})).append(activation());
        model.append(nn::MaxPool2d(2));
    }
    return model.append(nn::Flatten()).append(nn::Linear(1024, 128)).append(activation()).append(nn::Linear(128, 10));
}

}  // namespace

Finding elu_costs(const Setup& setup) {
    torch::manual_seed(1);
    const int repetitions = setup.quick ? 3 : 9;
    const auto alone = time_in_turns({there_and_back(nn::ELU()), there_and_back(nn::ReLU())}, repetitions, 50);
    const Tensor data = torch::randn({64, 1, 28, 28});
    const auto whole =
        time_in_turns({step(article_net("ELU"), data), step(article_net("ReLU"), data)}, repetitions, 100);
    const Interval activation = statistics::ratio(alone[0], alone[1]), program = statistics::ratio(whole[0], whole[1]);
    const std::vector<Reading> readings{{"time, ELU over ReLU: the activation", activation, 1.2, 1.4},
        {"time, ELU over ReLU: a whole step", program, 1.2, 1.4, 3}};
    return {.method =
                "Time of the activation of 64 × 512 numbers forwards and backwards, and of a whole step of the "
                "article's program, in turns, medians. It suffices if one of them is so.",
        .readings = readings,
        .verdict = some(readings),
        .why = "Alone, it is the price of exp; in a step, the matrix products beside it take the time."};
}

Finding relu_cheaper(const Setup& setup) {
    torch::manual_seed(1);
    std::vector<std::function<void()>> functions;
    for (const auto& [name, make] : activations) functions.push_back(there_and_back(make()));
    const auto seconds = time_in_turns(functions, setup.quick ? 3 : 9, 50);
    std::string table = "| | ns an element, forwards and backwards | times ReLU |\n|---|---|---|\n";
    std::vector<Interval> ratios;
    for (std::size_t i = 0; i < activations.size(); ++i) {
        ratios.push_back(statistics::ratio(seconds[i], seconds[0]));
        table += fmt::format("| {} | {:.2f} | {} |\n", activations[i].name,
            1e9 * statistics::median(seconds[i]) / (10 * 64 * 512), i ? text(ratios[i], 2) : "1");
    }
    const std::vector<Reading> readings{
        {"time, Sigmoid over ReLU", ratios[3], 1, INFINITY}, {"time, Tanh over ReLU", ratios[4], 1, INFINITY}};
    return {.method = "Time of the activations of 64 × 512 numbers forwards and backwards, in turns, medians.",
        .readings = readings,
        .verdict = every(readings),
        .table = table,
        .pictures = {by_size(setup)}};
}

Finding vgg_step(const Setup& setup) {
    torch::manual_seed(1);
    const Tensor data = torch::randn({16, 3, 32, 32});
    const auto seconds = time_in_turns(
        {step(small_vgg([] { return nn::Sigmoid(); }), data), step(small_vgg([] { return nn::ReLU(); }), data)},
        setup.quick ? 3 : 9, setup.steps(40));
    const Interval ratio = statistics::ratio(seconds[0], seconds[1]);
    const std::vector<Reading> readings{{"time of a step, Sigmoid over ReLU", ratio, 1.3, 1.75, 3}};
    return {.method =
                "VGG16 and ImageNet are not here. The nearest: a step of a small VGG (six convolutions of 16 to "
                "64 channels) on 16 random images of 3 × 32 × 32, in turns, medians. The range covers “1.4 "
                "times as fast” and “40 % less time”.",
        .readings = readings,
        .measured = fmt::format("{:.1f} ms a step with ReLU", 1e3 * statistics::median(seconds[1])),
        .verdict = Verdict::untestable,
        .nearest = every(readings),
        .why = "In a step the convolutions take the time. How many steps each needs is another matter: see “6 times”."};
}

Finding large_test_batch(const Setup& setup) {
    const nn::Sequential model = mlp({512}, [] { return nn::ReLU(); });
    auto peak = [&](std::int64_t batch) {
        torch::NoGradGuard no_grad;
        const std::int64_t before = taper::memory_stats().in_use;
        std::int64_t most = before;
        Tensor x = torch::zeros({batch, 1, 28, 28});
        for (const nn::AnyModule& layer : model) x = layer(x), most = std::max(most, taper::memory_stats().in_use);
        return static_cast<double>(most - before) / (1 << 20);
    };
    std::vector<double> sizes, peaks;
    for (std::int64_t batch : {64, 250, 1000, 2500, 5000, 10000})
        sizes.push_back(static_cast<double>(batch)), peaks.push_back(peak(batch));
    plt::figure({.figsize = {6.4, 4}});
    plt::plot(sizes, peaks, {.label = "784-512-10, without gradients", .marker = "o"});
    plt::title("Memory of a test batch"), plt::xlabel("images in a batch"),
        plt::ylabel("MiB at most in use by tensors");
    plt::grid(), plt::legend({.loc = "upper left"});
    return {.method = "The most that tensors hold while the article's network is applied to a batch without gradients.",
        .measured = fmt::format("{:.2f} MiB for 64 images, {:.2f} MiB for the article's 1000", peaks[0], peaks[2]),
        .verdict = exactly(peaks[2] < peaks[0]),
        .why = "It raises memory in proportion. What saves memory in a test is `no_grad`; a large batch saves time.",
        .pictures = {setup.picture("memory", "Memory of a test batch, by its size")}};
}

Finding sparsity_saves(const Setup& setup) {
    torch::manual_seed(1);
    const Tensor weight = torch::randn({512, 512}), dense = torch::randn({512, 512});
    auto sparse = [&](double share) { return dense * (torch::rand({512, 512}) >= share).to(torch::float32); };
    auto product = [&](const Tensor& x) { return [=] { x.mm(weight); }; };
    const Tensor half = sparse(0.5), tenth = sparse(0.9);
    const auto seconds = time_in_turns({product(half), product(tenth), product(dense)}, setup.quick ? 3 : 9, 20);
    const Interval at_half = statistics::ratio(seconds[0], seconds[2]);
    const Interval at_tenth = statistics::ratio(seconds[1], seconds[2]);
    const std::vector<Reading> readings{{"time of a product, 50 % zeros over none", at_half, -INFINITY, 0.9},
        {"time of a product, 90 % zeros over none", at_tenth, -INFINITY, 0.9},
        {"bytes, 90 % zeros over none", statistics::exact(1. * tenth.nbytes() / dense.nbytes()), -INFINITY, 0.9}};
    return {.method =
                "A 512 × 512 tensor with 50 % and with 90 % zeros against one without: the time of its matrix "
                "product, in turns, medians; and its bytes. It suffices if one of them falls by a tenth.",
        .readings = readings,
        .verdict = some(readings),
        .why =
            "A zero takes its four bytes and its multiplication like any number. Sparse storage, and kernels made "
            "for it, could save both; neither the articles' programs nor this library have them. That sparsity "
            "helps generalisation comes without a number, and is not tested."};
}

}  // namespace claims
