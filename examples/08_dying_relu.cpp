// Dying ReLU: too large a step, or too low a bias, brings units of a network to where they never fire again. The monitor
// names them, and what it advises is tried.
#include <taper/taper.h>

#include "activity.h"
#include "course.h"
#include "plt.h"
#include "progress.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
using taper::DataLoader, taper::Subset, taper::Tensor;

// An activation, and what stands before it: nothing, or a BatchNorm.
struct Net : nn::Module<Net> {
    nn::Linear fc1 = register_module("fc1", nn::Linear(784, 100));
    nn::Linear fc2 = register_module("fc2", nn::Linear(100, 100));
    nn::Linear fc3 = register_module("fc3", nn::Linear(100, 10));
    nn::AnyModule norm1, norm2, act1, act2;

    explicit Net(const std::function<nn::AnyModule()>& activation, bool normalized = false)
        : norm1(register_module("norm1", normalized ? nn::AnyModule(nn::BatchNorm1d(100)) : nn::Identity())),
          norm2(register_module("norm2", normalized ? nn::AnyModule(nn::BatchNorm1d(100)) : nn::Identity())),
          act1(register_module("act1", activation())),
          act2(register_module("act2", activation())) {}

    Tensor forward(Tensor x) {
        x = x.flatten(1);
        x = act1(norm1(fc1(x)));
        x = act2(norm2(fc2(x)));
        return fc3(x);
    }
};

// A curve of the picture: the loss at every step, and now and then the share of hidden units that never fire.
struct Curve {
    std::string label;
    double step = 0;
    std::vector<double> loss_at = {}, loss = {}, dead_at = {}, dead = {};
};

// The share of the hidden units that never fire on these images.
double dead_share(const Net& model, const std::vector<Tensor>& images) {
    double dead = 0, units = 0;
    for (const nn::LayerActivity& layer : nn::activity(model, images))
        if (layer.name.starts_with("act")) dead += static_cast<double>(layer.dead_units.size()), units += 100;
    return 100 * dead / units;
}

// One pass over the loader, with which the curve goes on.
template <class Loader> void train(
    Curve& curve, Net model, optim::SGD optimizer, const Loader& loader, const std::vector<Tensor>& images) {
    model.train();
    tqdm bar(loader, fmt::format("{:<34}", curve.label));
    for (auto [data, target] : bar) {
        optimizer.zero_grad();
        auto loss = F::cross_entropy(model(data), target);
        loss.backward();
        optimizer.step();
        curve.loss_at.push_back(curve.step), curve.loss.push_back(loss.item());
        if (std::fmod(curve.step, 10) == 0)
            curve.dead_at.push_back(curve.step), curve.dead.push_back(dead_share(model, images));
        ++curve.step;
    }
    bar.set_postfix("loss={:.3f}, {:.0f} % never fire", curve.loss.back(), dead_share(model, images));
}

// What the monitor says of the model, and the units that it names.
void report(const nn::Monitor& monitor) {
    fmt::print("\n{}", monitor.table());
    for (const nn::LayerActivity& layer : monitor.layers())
        if (!layer.dead_units.empty())
            fmt::print("{} never fire: {}{}\n", layer.name,
                fmt::join(layer.dead_units | std::views::take(20), " "), layer.dead_units.size() > 20 ? " ..." : "");
    for (const std::string& line : monitor.advice()) fmt::print("* {}\n", line);
    fmt::print("\n");
}

// A row of the picture: the losses on the left, the dead units on the right.
void draw(int row, const std::string& what, const std::vector<Curve>& curves) {
    plt::subplot(2, 2, 2 * row + 1);
    for (const Curve& curve : curves) {
        std::vector<double> smooth;  // a running mean: single batches jump
        for (double value : curve.loss) smooth.push_back(smooth.empty() ? value : 0.9 * smooth.back() + 0.1 * value);
        plt::plot(curve.loss_at, smooth, {.label = curve.label});
    }
    plt::title("Training loss: " + what);
    plt::xlabel("step");
    plt::ylabel("cross entropy (running mean)");
    plt::ylim(0, 4);
    plt::grid();
    plt::legend({.loc = "upper right"});
    plt::subplot(2, 2, 2 * row + 2);
    for (const Curve& curve : curves) plt::plot(curve.dead_at, curve.dead, {.label = curve.label});
    plt::title("Hidden units that never fire on 1000 test images: " + what);
    plt::xlabel("step");
    plt::ylabel("%");
    plt::ylim(-2, 102);
    plt::grid();  // the colours are those on the left
}

int main(int argc, char** argv) {
    return run(argc, argv, {.epochs = 1, .seed = 1}, [](const Arguments& args) {
        auto transform = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});
        auto all = datasets::MNIST({.root = args.root, .train = true, .download = true, .transform = transform});
        auto tests = datasets::MNIST({.root = args.root, .train = false, .transform = transform});
        std::vector<int64_t> first(12800);
        std::iota(first.begin(), first.end(), 0);
        auto loader = DataLoader(Subset(all, first), {.batch_size = 64, .shuffle = true});  // 200 steps
        auto [data, target] = next(iter(DataLoader(tests, {.batch_size = 1000})));
        std::vector<Tensor> images{data};

        auto relu = [] { return nn::ReLU(); };
        auto leaky = [] { return nn::LeakyReLU(0.1); };
        auto prelu = [] { return nn::PReLU(); };
        plt::figure({.figsize = {13, 9}});
        std::vector<Curve> curves;
        std::vector<Activity> activity;
        auto follow = [&](const std::string& label, Net model, double lr, double step = 0) {
            auto optimizer = optim::SGD(model.parameters(), {.lr = lr});
            curves.push_back({.label = label, .step = step});
            for (int64_t epoch = 0; epoch < args.epochs; ++epoch)
                train(curves.back(), model, optimizer, loader, images);
            nn::Monitor monitor(model);
            F::cross_entropy(model(data), target).backward();
            activity.emplace_back(label, monitor.layers());
            if (!monitor.advice().empty()) report(monitor);
        };

        // A step that is too large throws the weights to where no image makes the units fire.
        torch::manual_seed(args.seed);
        Net thrown(relu);
        follow("ReLU, lr 1", thrown, 1);
        torch::manual_seed(args.seed);
        follow("ReLU, lr 0.1", Net(relu), 0.1);
        torch::manual_seed(args.seed);
        follow("BatchNorm and ReLU, lr 1", Net(relu, true), 1);
        draw(0, "too large a step", std::exchange(curves, {}));
        auto thrown_activity = std::exchange(activity, {});

        // A bias that is too low does the same from the start: the loss stays at log(10) = 2.303.
        torch::manual_seed(args.seed);
        Net low(relu);
        {
            torch::NoGradGuard no_grad;
            low.fc2.bias -= 3;
        }
        follow("ReLU", low, 0.1);

        // Where no gradient flows, a smaller step does not help any more; a slope below 0 does.
        auto dead = low.state_dict();
        auto go_on = [&](const std::string& label, Net model, double lr) {
            model.load_state_dict(dead, {.strict = false});  // PReLU brings weights of its own
            follow(label, model, lr, 200 * static_cast<double>(args.epochs));
        };
        go_on("then ReLU, lr 0.01", Net(relu), 0.01);
        go_on("then LeakyReLU(0.1)", Net(leaky), 0.1);
        go_on("then PReLU", Net(prelu), 0.1);
        draw(1, "a bias of -3", curves);
        plt::savefig("dying_relu.png");
        plot_activity(thrown_activity);
        plt::savefig("dying_relu_layers.png");
        fmt::print("The pictures are dying_relu.png and dying_relu_layers.png.\n");
    });
}
