// How many steps it takes to a loss, and how long the steps take.
#include "tests.h"

namespace claims {
namespace {

// The steps of the article's program to a training loss.
std::vector<double> article_steps(const Setup& setup, const std::string& name, double target = 0.1) {
    std::vector<double> out;
    for (const Run& run : runs(setup, name)) out.push_back(steps_to(run.loss, target));
    return out;
}

// How many times as fast as with ReLU, in the three epochs that both runs have.
Interval faster_than_relu(const Setup& setup, const std::string& name, double target) {
    return speed(article_steps(setup, "ReLU", target), article_steps(setup, name, target),
        static_cast<double>(3 * setup.steps(938)));
}

double mean_steps(const std::vector<double>& steps) { return statistics::mean(steps).mean; }

// LeNet-5 as in 07_lenet.cpp, whose Sigmoid stands on a plateau for long.
std::vector<double> lenet_steps(const Setup& setup, const Activation& make, int cap) {
    return setup.each_seed([&](int) {
        const nn::AnyModule act = make();
        nn::Sequential model(nn::Conv2d(1, 6, 5, {.padding = 2}), act, nn::AvgPool2d(2), nn::Conv2d(6, 16, 5), act,
            nn::AvgPool2d(2), nn::Flatten(), nn::Linear(400, 120), act, nn::Linear(120, 84), act, nn::Linear(84, 10));
        const auto optimizer = optim::SGD(model.parameters(), {.lr = 0.05});
        std::vector<double> losses;
        for (int step = 0; step < cap && steps_to(losses, 0.5) == INFINITY; step += 200) {
            const auto more = train(model, optimizer, *setup.mnist, std::min(200, cap - step));
            losses.insert(losses.end(), more.begin(), more.end());
        }
        return steps_to(losses, 0.5);
    });
}

// A step of the article's program on a batch of random images.
std::function<void()> article_step(const std::string& name) {
    const nn::Sequential model = article_net(name);
    const auto optimizer = optim::Adam(model.parameters(), {.lr = 0.001});
    const Tensor data = torch::randn({64, 1, 28, 28}), target = torch::randint(0, 10, {64});
    return [=] {
        optimizer.zero_grad();
        F::cross_entropy(model(data), target).backward();
        optimizer.step();
    };
}

// How many times as long a step with `name` takes as one with ReLU.
Interval step_cost(const Setup& setup, const std::string& name) {
    torch::manual_seed(1);
    const auto seconds = time_in_turns({article_step(name), article_step("ReLU")}, setup.quick ? 3 : 9, 100);
    return statistics::ratio(seconds[0], seconds[1]);
}

Picture curves(const Setup& setup) {
    plt::figure({.figsize = {7, 4.5}});
    for (const char* name : {"ReLU", "ReLU and BatchNorm", "ELU", "Sigmoid"}) {
        std::vector<std::vector<double>> rows;
        for (const Run& run : runs(setup, name))
            rows.push_back(smooth({run.loss.begin(), run.loss.begin() + 3 * setup.steps(938)}));
        plt::plot(average(rows), {.label = name});
    }
    const auto end = static_cast<double>(3 * setup.steps(938));
    plt::plot({0, end}, {0.1, 0.1}, {.label = "a target", .color = "gray", .linestyle = "--"});
    plt::title(fmt::format("The article's network on MNIST: training loss, mean of {} seeds", setup.seeds));
    plt::xlabel("step"), plt::ylabel("cross entropy (running mean)"), plt::ylim(0, 0.6);
    plt::grid(), plt::legend({.loc = "upper right"});
    return setup.picture("speed", "Training loss of the article's network");
}

}  // namespace

Finding elu_faster(const Setup& setup) {
    const std::vector<Reading> readings{
        {"steps to a loss of 0.2, ReLU's over ELU's", faster_than_relu(setup, "ELU", 0.2), 1.10, 1.20},
        {"to 0.1", faster_than_relu(setup, "ELU", 0.1), 1.10, 1.20}};
    return {.method =
                "The article's program with ReLU and with ELU from the same seeds: steps until the running mean "
                "of the training loss (over about 100 steps) is 0.2, and 0.1. It suffices if one of them is so.",
        .readings = readings,
        .measured = fmt::format("{:.0f} steps with ReLU, {:.0f} with ELU, to a loss of 0.1",
            mean_steps(article_steps(setup, "ReLU")), mean_steps(article_steps(setup, "ELU"))),
        .verdict = some(readings),
        .why = "Above 1 ELU needs fewer steps, below 1 more.",
        .pictures = {curves(setup)}};
}

Finding six_times(const Setup& setup) {
    auto sigmoid = [] { return nn::Sigmoid(); };
    auto relu = [] { return nn::ReLU(); };
    const int lenet_cap = setup.steps(2000);
    const double article_cap = static_cast<double>(10 * setup.steps(938));
    const std::vector<Reading> readings{
        {"steps, Sigmoid's over ReLU's: the article's network, Adam, to a loss of 0.1",
            speed(article_steps(setup, "Sigmoid"), article_steps(setup, "ReLU"), article_cap), 5, 7},
        {"the circle, Adam, to a loss of 0.2",
            speed(circle_steps(setup, sigmoid), circle_steps(setup, relu), setup.steps(2000)), 5, 7},
        {"LeNet-5, SGD at lr 0.05, to a loss of 0.5",
            speed(lenet_steps(setup, sigmoid, lenet_cap), lenet_steps(setup, relu, lenet_cap), lenet_cap), 5, 7}};
    return {.method =
                "Steps to a fixed training loss from the same seeds, in three setups. A run that has not "
                "arrived at its last step (9380, 2000 and 2000) counts as if it arrived there, and the interval "
                "has no end on that side.",
        .readings = readings,
        .measured = "a step of the first takes " + text(step_cost(setup, "Sigmoid"), 2) + " times as long with Sigmoid",
        .verdict = every(readings),
        .why =
            "The claim names one factor for all networks, so each setup must show it. (The figure is that of "
            "AlexNet's ReLU against tanh on CIFAR-10; article 003 gives it to Sigmoid.)"};
}

Finding batch_norm_faster(const Setup& setup) {
    const Interval steps = faster_than_relu(setup, "ReLU and BatchNorm", 0.1);
    const Interval cost = step_cost(setup, "ReLU and BatchNorm");
    const Interval time{steps.mean / cost.mean, steps.low / cost.high, steps.high / cost.low, steps.n};
    const std::vector<Reading> readings{
        {"steps to a loss of 0.2, without over with", faster_than_relu(setup, "ReLU and BatchNorm", 0.2), 1.17, 1.27},
        {"steps to 0.1", steps, 1.17, 1.27}, {"time to 0.1", time, 1.17, 1.27}};
    return {.method =
                "ImageNet is not here. The nearest: the article's MNIST program with and without BatchNorm "
                "before the ReLU, from the same seeds, until the running mean of the training loss is 0.2, and "
                "0.1; counted in steps, or in time (the worst ends of the two intervals together). It suffices "
                "if one of them is so.",
        .readings = readings,
        .measured = "a step with BatchNorm takes " + text(cost, 2) + " times as long",
        .verdict = Verdict::untestable,
        .nearest = some(readings),
        .why =
            "What BatchNorm is worth depends on the depth, which is small here, and on the learning rate, which it "
            "allows to be larger."};
}

}  // namespace claims
