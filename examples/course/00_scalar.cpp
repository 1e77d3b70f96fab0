// Lesson 00: a number that remembers how it was made. The tape of 00_scalar.h learns the circle of examples/circle.cpp,
// and its losses are Taper's and PyTorch's.
#include "00_scalar.h"

#include <taper/taper.h>

#include <sstream>

#include "../plt.h"
#include "lesson.h"
#include "svg.h"

namespace torch = taper;
namespace nn = taper::nn;
using taper::all, taper::Tensor;

// a = 2, b = -3, c = 10: what moves l = a b + c, and by how much?
static void small_example(Lesson& lesson) {
    using scalar::Value;
    Value a = 2, b = -3, c = 10;
    Value product = a * b;
    Value sum = product + c;
    scalar::backward(sum);

    lesson.begin("tape");
    lesson.print("place  value  grad  made of (slope)\n");
    for (std::size_t i = 0; i < scalar::tape.size(); ++i) {
        const scalar::Node& node = scalar::tape[i];
        std::string edges;
        for (auto [parent, slope] : node.edges) edges += fmt::format("  {} ({:g})", parent, slope);
        lesson.print("{:5}  {:5g}  {:4g}{}\n", i, node.value, node.grad, edges);
    }
    lesson.let("grad_a", a.grad()), lesson.let("grad_b", b.grad());
    lesson.let("value_b", b.value()), lesson.let("sum", sum.value());

    auto box = [](int column, const std::string& name, Value v, const std::string& fill) {
        return Drawn::Box{column, {name, fmt::format("value {:g}", v.value()), fmt::format("grad {:g}", v.grad())}, fill};
    };
    Drawn picture{.boxes = {box(0, "a", a, "#dbe9f9"), box(0, "b", b, "#dbe9f9"), box(1, "a · b", product, "#f2f2f2"),
                      box(1, "c", c, "#dbe9f9"), box(2, "l = a · b + c", sum, "#fdebd0")}};
    auto slope = [](Value v, std::size_t edge) {
        return fmt::format("slope {:g}", scalar::tape[v.at].edges[edge].slope);
    };
    picture.lines = {{0, 2, slope(product, 0)}, {1, 2, slope(product, 1)}, {2, 4, slope(sum, 0)}, {3, 4, slope(sum, 1)}};
    picture.save(lesson.picture("graph"), 120, 100);

    // What the gradient means: move a by a little, and see.
    const double before = sum.value();
    Value again = Value(2.001) * b + c;
    lesson.begin("moved");
    lesson.print("a = 2      l = {:g}\na = 2.001  l = {:g}\n", before, again.value());
    lesson.print("l moved by {:.4g}, that is {:.4g} times as far as a\n", again.value() - before,
        (again.value() - before) / 0.001);
}

// The losses that PyTorch gave, which the tests are held to: the n-th list of that name in the file.
static std::vector<double> pytorch_losses(int n) {
    const std::string text = read_text(TAPER_SOURCE_DIR "/tests/data/circle_seed42.json"), name = "\"losses\":[";
    std::size_t at = 0;
    for (int i = 0; i <= n; ++i) at = text.find(name, at) + name.size();
    std::istringstream in(text.substr(at, text.find(']', at) - at));
    std::vector<double> losses;
    for (std::string number; std::getline(in, number, ',');) losses.push_back(std::stod(number));
    return losses;
}

struct Net : nn::Module<Net> {
    nn::Sequential layers;
    explicit Net(nn::AnyModule activation)
        : layers(register_module(
              "layers", nn::Sequential(nn::Linear(2, 16), activation, nn::Linear(16, 1), nn::Sigmoid()))) {}
    Tensor forward(Tensor x) { return layers(x); }
};

static std::vector<double> taper_losses(Net model, const Tensor& X, const Tensor& y) {
    auto criterion = nn::BCELoss();
    auto optimizer = torch::optim::Adam(model.parameters(), {.lr = 0.01});
    std::vector<double> losses;
    for (int epoch = 0; epoch < 100; ++epoch) {
        optimizer.zero_grad();
        auto loss = criterion(model(X), y);
        loss.backward();
        optimizer.step();
        losses.push_back(loss.item());
    }
    return losses;
}

static double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0;
    taper::check(a.size() == b.size(), "{} losses and {}", a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

// The least power of ten that is larger: this much is the same on every machine.
static std::string below(double difference) {
    return fmt::format("1e{:g}", std::floor(std::log10(std::max(difference, 1e-17))) + 1);
}

int main(int argc, char** argv) {
    return run_lesson(argc, argv, "00", [](Lesson& lesson) {
        small_example(lesson);

        torch::manual_seed(42);
        Tensor X = torch::randn({1000, 2});
        Tensor y = (X[all, 0].pow(2) + X[all, 1].pow(2) > 1).to(torch::float32).unsqueeze(1);
        const auto coordinates = X.flatten().tolist<double>(), targets = y.flatten().tolist<double>();
        std::vector<scalar::Point> points;
        for (std::size_t i = 0; i < 1000; ++i)
            points.push_back({coordinates[2 * i], coordinates[2 * i + 1], targets[i] == 1});

        using scalar::Value, scalar::leaky_relu;
        struct Row {
            std::string name;
            nn::AnyModule module;
            std::function<Value(Value)> function;
            double bar;  // how far PyTorch's losses lie apart on machines of different kinds
        };
        const std::vector<Row> rows{{"Sigmoid", nn::Sigmoid(), [](Value x) { return sigmoid(x); }, 1e-6},
            {"ReLU", nn::ReLU(), [](Value x) { return leaky_relu(x, 0); }, 1e-5},
            {"Leaky ReLU", nn::LeakyReLU(0.01), [](Value x) { return leaky_relu(x, 0.01); }, 1e-5}};

        plt::figure({.figsize = {7.5, 4.2}});
        std::string exact;
        int net = 0;
        for (const auto& [name, module, function, bar] : rows) {
            Net model(module);
            std::vector<double> first;  // Taper's first weights, in the order of the state_dict
            for (const Tensor& p : model.parameters())
                for (double w : p.detach().flatten().tolist<double>()) first.push_back(w);
            const auto ours = scalar::train(first, points, function), tapers = taper_losses(model, X, y);
            const auto pytorchs = pytorch_losses(net);

            lesson.begin("losses");
            lesson.print("{}\n  step   scalars     Taper   PyTorch\n", name);
            for (int step : {1, 2, 10, 50, 100})
                lesson.print("{:6}{:10.4f}{:10.4f}{:10.4f}\n", step, ours[step - 1], tapers[step - 1], pytorchs[step - 1]);
            const double apart = std::max(largest_difference(ours, tapers), largest_difference(ours, pytorchs));
            lesson.print("  all 100 differ by less than {}\n", below(apart));
            exact += fmt::format("{}: {:.2g} from Taper, {:.2g} from PyTorch, the first loss {:.2g}\n", name,
                largest_difference(ours, tapers), largest_difference(ours, pytorchs), std::abs(ours[0] - pytorchs[0]));
            taper::check(apart < bar && std::abs(ours[0] - pytorchs[0]) < 2.4e-7,
                "{}: the losses differ from PyTorch's by {}", name, apart);
            lesson.let(fmt::format("last_{}", net), fmt::format("{:.3f}", ours.back()));
            lesson.let("weights", first.size());

            std::vector<double> steps, some;
            for (int i = 0; i < 100; i += 4) steps.push_back(i + 1), some.push_back(ours[i]);
            std::vector<double> every(100);
            for (int i = 0; i < 100; ++i) every[i] = i + 1;
            const std::string color = fmt::format("C{}", net++);
            plt::plot(every, pytorchs, {.label = name + ", PyTorch", .color = color});
            plt::plot(steps, some, {.label = name + ", scalars", .color = color, .linestyle = "", .marker = "o"});
        }
        plt::xlabel("step"), plt::ylabel("loss"), plt::grid(), plt::legend({.loc = "lower left"});
        plt::savefig(lesson.picture("losses"));
        lesson.let("nodes", scalar::tape.size());
        const auto alike = scalar::train(std::vector<double>(65, 0.1), points, rows[1].function);
        lesson.let("alike", fmt::format("{:.3f}", alike.back()));
        lesson.begin("exact");
        lesson.print("\nThe largest differences exactly:\n{}", exact);
    });
}
