// The program of article 003: which points lie outside a circle.
#include "tests.h"

namespace claims {
namespace {

struct Circle {
    Tensor x, y;
    Circle() : x(torch::randn({1000, 2})) {
        y = (x[all, 0].pow(2) + x[all, 1].pow(2) > 1).to(torch::float32).unsqueeze(1);
    }
};

struct Fit {
    std::vector<double> loss;
    double accuracy, base;
};

// The article's training, but with any number of steps.
Fit fit(const Activation& activation, int steps) {
    const Circle circle;
    nn::Sequential model(nn::Linear(2, 16), activation(), nn::Linear(16, 1), nn::Sigmoid());
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01});
    Fit out;
    for (int step = 0; step < steps; ++step) {
        optimizer.zero_grad();
        auto loss = F::binary_cross_entropy(model(circle.x), circle.y);
        loss.backward();
        optimizer.step();
        out.loss.push_back(loss.item());
    }
    torch::NoGradGuard no_grad;
    out.accuracy = 100 * (model(circle.x) > 0.5).eq(circle.y > 0.5).to(torch::float32).mean().item();
    out.base = 100 * circle.y.mean().item();
    return out;
}

std::vector<double> each(const std::vector<Fit>& fits, double Fit::*what) {
    std::vector<double> out;
    for (const Fit& fit : fits) out.push_back(fit.*what);
    return out;
}

std::vector<double> losses_at(const std::vector<Fit>& fits, std::size_t step) {
    std::vector<double> out;
    for (const Fit& fit : fits) out.push_back(fit.loss[step - 1]);
    return out;
}

}  // namespace

std::vector<double> circle_steps(const Setup& setup, const Activation& activation) {
    return setup.each_seed([&](int) {
        const std::vector<double> loss = fit(activation, setup.steps(2000)).loss;
        const auto first = std::ranges::find_if(loss, [](double value) { return value <= 0.2; });
        return first == loss.end() ? INFINITY : static_cast<double>(first - loss.begin() + 1);
    });
}

Finding circle_base_rate(const Setup& setup) {
    const auto shares = setup.each_seed(20 * setup.seeds, [](int) { return 100 * Circle().y.mean().item(); });
    const std::vector<Reading> readings{{"class 1, %", statistics::mean(shares), 59.65, 61.65}};
    return {.method = "The share of class 1 among the article's 1000 points, over seeds.",
        .readings = readings,
        .measured = fmt::format("in theory exp(-1/2) = {:.2f} %", 100 * std::exp(-0.5)),
        .verdict = every(readings),
        .why = "X is normal, and x² + y² > 1 has probability exp(-1/2)."};
}

Finding circle_without_activation(const Setup& setup) {
    const auto fits = setup.each_seed([&](int) { return fit([] { return nn::Identity(); }, setup.steps(2000)); });
    const Interval gain = statistics::difference(each(fits, &Fit::accuracy), each(fits, &Fit::base));
    const auto relu = setup.each_seed([&](int) { return fit([] { return nn::ReLU(); }, setup.steps(2000)); });
    const std::vector<Reading> readings{{"right beyond the larger class, points", gain, -1, 1}};
    return {.method =
                "The article's program with `nn::Identity` for the activation, 2000 steps; its accuracy less the "
                "share of the larger class.",
        .readings = readings,
        .measured = "with ReLU " + text(statistics::mean(each(relu, &Fit::accuracy)), 1, " %") + " are right",
        .verdict = every(readings),
        .why =
            "Without an activation the net is one linear layer, and no straight line parts a disc from its outside."};
}

Finding circle_sigmoid_slower(const Setup& setup) {
    const std::vector<Named> activations{{"Sigmoid", [] { return nn::Sigmoid(); }}, {"ReLU", [] { return nn::ReLU(); }},
        {"LeakyReLU(0.01)", [] { return nn::LeakyReLU(0.01); }}};
    plt::figure({.figsize = {7, 4.5}});
    std::vector<std::vector<double>> ends;
    std::string table = "| | loss after 100 steps |\n|---|---|\n";
    for (const auto& [name, make] : activations) {
        const auto fits = setup.each_seed([&, &make = make](int) { return fit(make, 100); });
        std::vector<std::vector<double>> curves;
        for (const Fit& fit : fits) curves.push_back(fit.loss);
        plt::plot(average(curves), {.label = name});
        ends.push_back(losses_at(fits, 100));
        table += fmt::format("| {} | {} |\n", name, text(statistics::mean(ends.back()), 3));
    }
    plt::title(fmt::format("The circle: loss of the three activations, mean of {} seeds", setup.seeds));
    plt::xlabel("step"), plt::ylabel("binary cross entropy"), plt::grid(), plt::legend();
    const Interval gap = statistics::difference(ends[0], ends[1]);
    const std::vector<Reading> readings{{"loss, Sigmoid's less ReLU's", gap, 0, INFINITY, 3}};
    return {.method = "The article's program: 100 steps from the same seeds; the loss at the end.",
        .readings = readings,
        .verdict = every(readings),
        .why = "How many steps each needs to a loss of 0.2 is measured under “6 times” below.",
        .table = table,
        .pictures = {setup.picture("circle", "Loss of the circle's program, step by step")}};
}

Finding circle_leaky_like_relu(const Setup& setup) {
    auto ends = [&](const Activation& make) {
        return losses_at(setup.each_seed([&](int) { return fit(make, 100); }), 100);
    };
    const Interval gap =
        statistics::difference(ends([] { return nn::LeakyReLU(0.01); }), ends([] { return nn::ReLU(); }));
    const std::vector<Reading> readings{{"loss, LeakyReLU(0.01)'s less ReLU's", gap, -0.02, 0.02, 4}};
    return {.method = "The article's program: 100 steps from the same seeds; the loss at the end.",
        .readings = readings,
        .verdict = every(readings)};
}

}  // namespace claims
