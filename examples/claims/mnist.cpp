// The program of article 001, with one activation or another: accuracy, losses, zeros.
#include <map>

#include "tests.h"

namespace claims {
namespace {

const std::map<std::string, Activation> activations{{"ReLU", [] { return nn::ReLU(); }},
    {"ReLU and BatchNorm", [] { return nn::ReLU(); }}, {"ELU", [] { return nn::ELU(); }},
    {"Sigmoid", [] { return nn::Sigmoid(); }}, {"Softplus", [] { return nn::Softplus(); }}};

double zeros(const nn::Sequential& model, const Mnist& mnist) {
    for (const nn::LayerActivity& layer : nn::activity(model, std::vector<Tensor>{mnist.test_images}))
        if (layer.type == "ReLU") return layer.sparsity;
    return 0;
}

// The loss of the test images as the article adds it up, and as it should be.
void test_losses(const nn::Sequential& model, const Mnist& mnist, Run& run) {
    torch::NoGradGuard no_grad;
    double sum = 0;
    for (int first = 0; first < 10000; first += 1000) {
        const Tensor images = mnist.test_images.narrow(0, first, 1000),
                     labels = mnist.test_labels.narrow(0, first, 1000);
        sum += F::cross_entropy(model(images), labels).item();
    }
    run.printed_loss = sum / 10000, run.mean_loss = sum / 10;
}

Run run(const Setup& setup, const std::string& name, int epochs) {
    const Mnist& mnist = *setup.mnist;
    const nn::Sequential model = article_net(name);
    const auto optimizer = optim::Adam(model.parameters(), {.lr = 0.001});
    Run out;
    out.zeros_before = zeros(model, mnist);
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        const auto losses = train(model, optimizer, mnist, setup.steps(938));
        out.loss.insert(out.loss.end(), losses.begin(), losses.end());
        out.accuracy.push_back(accuracy(model, mnist));
    }
    out.zeros_after = zeros(model, mnist);
    out.train_accuracy = accuracy(model, mnist.train_images, mnist.train_labels);
    test_losses(model, mnist, out);
    return out;
}

template <class Function> std::vector<double> each(const std::vector<Run>& runs, const Function& what) {
    std::vector<double> out;
    for (const Run& run : runs) out.push_back(what(run));
    return out;
}

std::vector<double> last_accuracy(const std::vector<Run>& runs) {
    return each(runs, [](const Run& run) { return run.accuracy.back(); });
}

}  // namespace

nn::Sequential article_net(const std::string& name) {
    return mlp({512}, activations.at(name), {.batch_norm = name == "ReLU and BatchNorm"});
}

const std::vector<Run>& runs(const Setup& setup, const std::string& name) {
    static std::map<std::string, std::vector<Run>> kept;
    const int epochs = name == "ELU" || name == "ReLU and BatchNorm" ? 3 : setup.quick ? 3 : 10;
    if (!kept.contains(name)) kept[name] = setup.each_seed([&](int) { return run(setup, name, epochs); });
    return kept.at(name);
}

Finding ten_epochs(const Setup& setup) {
    plt::figure({.figsize = {7, 4.5}});
    for (const char* name : {"ReLU", "Softplus", "Sigmoid"}) {
        std::vector<std::vector<double>> curves;
        for (const Run& run : runs(setup, name)) curves.push_back(run.accuracy);
        std::vector<double> epochs, mean = average(curves);
        for (std::size_t i = 1; i <= mean.size(); ++i) epochs.push_back(static_cast<double>(i));
        plt::plot(epochs, mean, {.label = name, .marker = "o"});
    }
    plt::plot({1, 10}, {98, 98}, {.label = "claimed", .color = "gray", .linestyle = "--"});
    plt::title(fmt::format("The article's network on MNIST, mean of {} seeds", setup.seeds));
    plt::xlabel("epoch"), plt::ylabel("% of the test images"), plt::grid(), plt::legend({.loc = "lower right"});

    const auto last = last_accuracy(runs(setup, "ReLU"));
    const auto best = each(runs(setup, "ReLU"), [](const Run& run) { return *std::ranges::max_element(run.accuracy); });
    const auto reached = std::ranges::count_if(last, [](double value) { return value >= 98; });
    const std::vector<Reading> readings{{"test images right after epoch 10, %", statistics::mean(last), 98, INFINITY}};
    return {.method =
                "The article's program (784-512-10, Adam, lr 0.001, batches of 64) on MNIST from several seeds; the "
                "share of the 10,000 test images that is right after the tenth epoch.",
        .readings = readings,
        .measured = fmt::format("{} of {} runs end at 98 % or more", reached, last.size()),
        .verdict = every(readings),
        .why = "The accuracy goes up and down from epoch to epoch: in the best of its ten a run has " +
            text(statistics::mean(best), 2, " %") + ".",
        .pictures = {setup.picture("accuracy", "Share of the test images that is right after each epoch")}};
}

Finding printed_loss(const Setup& setup) {
    const auto printed = each(runs(setup, "ReLU"), [](const Run& run) { return run.printed_loss; });
    const auto true_ = each(runs(setup, "ReLU"), [](const Run& run) { return run.mean_loss; });
    const Interval factor = statistics::ratio(true_, printed);
    return {.method =
                "After ten epochs, the loss of the test images as the article's `test()` adds it up, and the mean "
                "over the 10,000 images.",
        .measured = fmt::format("printed {:.4f}, true {}; a factor of {:.1f}", statistics::mean(printed).mean,
            text(statistics::mean(true_), 4), factor.mean),
        .verdict = exactly(std::abs(factor.mean - 1000) < 1e-6),
        .why =
            "`criterion` gives the mean of a batch of 1000; the program adds ten such means and divides by 10,000 "
            "images, not by 10 batches. `reduction='sum'`, or dividing by `len(test_loader)`, mends it."};
}

Finding half_are_zero(const Setup& setup) {
    auto percent = [&](double Run::*what) {
        return statistics::mean(each(runs(setup, "ReLU"), [&](const Run& run) { return 100 * (run.*what); }));
    };
    const Interval before = percent(&Run::zeros_before), after = percent(&Run::zeros_after);
    const std::vector<Reading> readings{
        {"zeros before training, %", before, 40, 60, 1}, {"zeros after training, %", after, 40, 60, 1}};
    return {.method =
                "Outputs of the article's hidden layer that are 0, over the 10,000 test images, before training and "
                "after ten epochs.",
        .readings = readings,
        .verdict = every(readings),
        .why =
            "Half is what weights that are symmetric about 0 give: what is true of a fresh network. Training changes "
            "it."};
}

Finding softplus_slightly_worse(const Setup& setup) {
    const auto relu = last_accuracy(runs(setup, "ReLU")), softplus = last_accuracy(runs(setup, "Softplus"));
    const Interval gap = statistics::difference(relu, softplus);
    const std::vector<Reading> readings{{"test images right, ReLU's less Softplus', points", gap, 0, 1}};
    return {.method = "The article's program with ReLU and with Softplus from the same seeds, ten epochs.",
        .readings = readings,
        .measured = "Softplus alone " + text(statistics::mean(softplus), 2, " %"),
        .verdict = every(readings)};
}

Finding less_overfitting(const Setup& setup) {
    auto gap = [](const Run& run) { return run.train_accuracy - run.accuracy.back(); };
    const auto &relu = runs(setup, "ReLU"), &sigmoid = runs(setup, "Sigmoid");
    const Interval error = statistics::difference(last_accuracy(relu), last_accuracy(sigmoid));
    const Interval overfit = statistics::difference(each(relu, gap), each(sigmoid, gap));
    const std::vector<Reading> readings{{"error, Sigmoid's less ReLU's, points", error, 2, 3},
        {"overfitting, ReLU's less Sigmoid's, points", overfit, -INFINITY, 0}};
    return {.method =
                "CIFAR-10 is not here. The nearest: the article's MNIST program with ReLU and with Sigmoid, ten "
                "epochs, the same seeds; overfitting is the accuracy on 10,000 training images less that on the test "
                "images.",
        .readings = readings,
        .verdict = Verdict::untestable,
        .nearest = every(readings),
        .why = "What overfits less depends on how long each is trained: here both have ten epochs."};
}

}  // namespace claims
