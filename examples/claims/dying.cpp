// Units that never fire again, and runs that die or diverge: a 784-100-100-10 network, 200 steps on MNIST.
#include <map>
#include <tuple>

#include "tests.h"

namespace claims {
namespace {

const std::map<std::string, Activation> activations{{"ReLU", [] { return nn::ReLU(); }},
    {"ReLU and BatchNorm", [] { return nn::ReLU(); }}, {"LeakyReLU(0.01)", [] { return nn::LeakyReLU(0.01); }},
    {"LeakyReLU(0.1)", [] { return nn::LeakyReLU(0.1); }}, {"PReLU", [] { return nn::PReLU(); }}};
const std::vector<double> sgd_rates{0.1, 0.2, 0.4, 0.6, 0.8, 1, 2}, adam_rates{0.001, 0.01, 0.03, 0.1};

nn::Sequential net(const std::string& name) {
    return mlp({100, 100}, activations.at(name), {.batch_norm = name == "ReLU and BatchNorm"});
}

// How a run ended: the share of hidden units that never fire on 1000 test images, and of those images that are right.
struct End {
    double dead, accuracy;
    bool finite;
    bool trained() const { return finite && accuracy >= 50; }
};

End end_of(const nn::Sequential& model, const Setup& setup, const std::vector<double>& losses) {
    const Tensor images = setup.mnist->test_images.narrow(0, 0, 1000);
    const Tensor labels = setup.mnist->test_labels.narrow(0, 0, 1000);
    double dead = 0;
    for (const nn::LayerActivity& layer : nn::activity(model, std::vector<Tensor>{images}))
        if (layer.type == "ReLU") dead += 50 * layer.dead_share();  // of two layers
    return {dead, accuracy(model, images, labels), std::isfinite(losses.back())};
}

using Ends = std::vector<End>;

enum class Method { sgd, adam };

// Twice as many seeds as elsewhere, since the runs are short and shares need many; others for each learning rate, so
// that all runs of an activation are independent.
const Ends& runs_with(const Setup& setup, Method method, double lr, const std::string& name) {
    static std::map<std::tuple<Method, double, std::string>, Ends> kept;
    const auto key = std::tuple{method, lr, name};
    if (!kept.contains(key))
        kept[key] = setup.each_seed(2 * setup.seeds, [&](int seed) {
            torch::manual_seed(static_cast<std::uint64_t>(1e6 * lr) + static_cast<std::uint64_t>(seed));
            const nn::Sequential model = net(name);
            const optim::SGD sgd(model.parameters(), {.lr = lr});
            const optim::Adam adam(model.parameters(), {.lr = lr});
            const bool is_adam = method == Method::adam;
            return end_of(model, setup,
                is_adam ? train(model, adam, *setup.mnist, setup.steps(200))
                        : train(model, sgd, *setup.mnist, setup.steps(200)));
        });
    return kept.at(key);
}
const Ends& sgd(const Setup& setup, const std::string& name, double lr) {
    return runs_with(setup, Method::sgd, lr, name);
}

// Of the runs that did not diverge: where all is NaN, nothing is 0.
std::vector<double> dead(const Ends& ends) {
    std::vector<double> out;
    for (const End& end : ends)
        if (end.finite) out.push_back(end.dead);
    return out;
}

template <class Predicate> Interval share(const Ends& ends, const Predicate& is) {
    const Interval share =
        statistics::share(static_cast<int>(std::ranges::count_if(ends, is)), static_cast<int>(ends.size()));
    return {100 * share.mean, 100 * share.low, 100 * share.high, share.n};
}
Interval trained(const Ends& ends) {
    return share(ends, [](const End& end) { return end.trained(); });
}
Interval diverged(const Ends& ends) {
    return share(ends, [](const End& end) { return !end.finite; });
}

std::vector<double> log10(const std::vector<double>& rates) {
    std::vector<double> out;
    for (double lr : rates) out.push_back(std::log10(lr));
    return out;
}

Interval dead_share(const Ends& ends) { return statistics::mean(dead(ends)); }

}  // namespace

Finding large_steps_kill(const Setup& setup) {
    plt::figure({.figsize = {12, 4.6}});
    auto curve = [&](Method method, const std::vector<double>& rates, const std::string& name) {
        std::vector<double> means;
        for (double lr : rates) means.push_back(dead_share(runs_with(setup, method, lr, name)).mean);
        plt::plot(log10(rates), means, {.label = name, .marker = "o", .markersize = name == "ReLU" ? 9. : 6.});
    };
    for (auto [place, method, name] : {std::tuple{1, Method::sgd, "SGD"}, {2, Method::adam, "Adam"}}) {
        plt::subplot(1, 2, place);
        for (const char* activation : {"ReLU", "ReLU and BatchNorm"})
            curve(method, method == Method::sgd ? sgd_rates : adam_rates, activation);
        plt::title(fmt::format("Hidden units that never fire after 200 steps of {}", name));
        plt::xlabel("log10 of the learning rate"), plt::ylabel("% of the hidden units"), plt::ylim(-4, 104);
        plt::grid(), plt::legend({.loc = "upper left"});
    }
    const std::vector<Reading> readings{
        {"units that never fire, SGD at lr 0.8, %", dead_share(sgd(setup, "ReLU", 0.8)), 10, INFINITY, 1},
        {"Adam at lr 0.1, %", dead_share(runs_with(setup, Method::adam, 0.1, "ReLU")), 10, INFINITY, 1}};
    return {.method =
                "784-100-100-10 on MNIST, 200 steps: hidden units that fire for none of 1000 test images, in the runs "
                "whose loss stayed finite. The articles name no number; a tenth is taken for one, from where on "
                "`nn::Monitor` warns.",
        .readings = readings,
        .verdict = every(readings),
        .pictures = {setup.picture("dying",
            fmt::format("Hidden units that never fire, by learning rate, mean of {} seeds", 2 * setup.seeds))}};
}

Finding smaller_steps_help(const Setup& setup) {
    const std::vector<Reading> readings{
        {"units that never fire, SGD at lr 0.1, %", dead_share(sgd(setup, "ReLU", 0.1)), -INFINITY, 10, 1},
        {"Adam at lr 0.001, %", dead_share(runs_with(setup, Method::adam, 0.001, "ReLU")), -INFINITY, 10, 1}};
    return {.method =
                "As above, with a smaller learning rate, and with Adam at its default; fewer than a tenth should be "
                "dead.",
        .readings = readings,
        .verdict = every(readings),
        .why = "What Adam does at a large learning rate is measured above."};
}

Finding batch_norm_keeps_alive(const Setup& setup) {
    auto saved = [&](Method method, double lr) {  // where neither run diverged
        const Ends &without = runs_with(setup, method, lr, "ReLU"),
                   &with = runs_with(setup, method, lr, "ReLU and BatchNorm");
        std::vector<double> out;
        for (std::size_t i = 0; i < with.size(); ++i)
            if (without[i].finite && with[i].finite) out.push_back(without[i].dead - with[i].dead);
        return statistics::mean(out);
    };
    const std::vector<Reading> readings{{"units saved, SGD at lr 0.8, points", saved(Method::sgd, 0.8), 0, INFINITY, 1},
        {"Adam at lr 0.1, points", saved(Method::adam, 0.1), 0, INFINITY, 1}};
    const Ends &sgd_ends = sgd(setup, "ReLU and BatchNorm", 0.8),
               &adam_ends = runs_with(setup, Method::adam, 0.1, "ReLU and BatchNorm");
    return {.method =
                "As above, at the large learning rates: the share of units that never fire without less that with "
                "BatchNorm before each ReLU, from the same seeds.",
        .readings = readings,
        .measured = fmt::format("with BatchNorm {} never fire with SGD, {} with Adam",
            text(dead_share(sgd_ends), 1, " %"), text(dead_share(adam_ends), 1, " %")),
        .verdict = every(readings)};
}

namespace {

const std::vector<std::string> slopes{"ReLU", "LeakyReLU(0.01)", "LeakyReLU(0.1)", "PReLU"};

// A row for each activation, a column for each learning rate.
std::string table_of(const Setup& setup, const std::string& what, const std::function<Interval(const Ends&)>& cell) {
    std::string head = "| " + what + " |", rule = "|---|", rows;
    for (double lr : sgd_rates) head += fmt::format(" lr {} |", lr), rule += "---|";
    for (const std::string& name : slopes) {
        rows += "| " + name + " |";
        for (double lr : sgd_rates) {
            const Interval share = cell(sgd(setup, name, lr));
            rows += fmt::format(" {:.0f} [{:.0f}, {:.0f}] |", share.mean, share.low, share.high);
        }
        rows += '\n';
    }
    return head + '\n' + rule + '\n' + rows;
}

void panel(const Setup& setup, int place, const std::string& title, const std::function<Interval(const Ends&)>& cell) {
    plt::subplot(1, 2, place);
    double size = 12;
    for (const std::string& name : slopes) {
        std::vector<double> shares;
        for (double lr : sgd_rates) shares.push_back(cell(sgd(setup, name, lr)).mean);
        plt::plot(log10(sgd_rates), shares, {.label = name, .marker = "o", .markersize = size}),
            size -= 2;  // curves meet
    }
    plt::title(title), plt::xlabel("log10 of the learning rate"), plt::ylabel("% of the runs"), plt::ylim(-4, 104);
    plt::grid(), plt::legend({.loc = place == 1 ? "lower left" : "upper left"});
}

// Where a run with ReLU died, what became of the run with `name` from the same seed at the same rate.
Interval rescued(const Setup& setup, Method method, const std::string& name) {
    Ends instead;
    for (double lr : method == Method::sgd ? sgd_rates : adam_rates) {
        const Ends &relu = runs_with(setup, method, lr, "ReLU"), &other = runs_with(setup, method, lr, name);
        for (std::size_t i = 0; i < relu.size(); ++i)
            if (relu[i].finite && !relu[i].trained()) instead.push_back(other[i]);
    }
    return instead.empty() ? Interval{} : trained(instead);
}

}  // namespace

Finding leaky_instead_sgd(const Setup& setup) {
    plt::figure({.figsize = {12, 4.6}});
    panel(setup, 1, "Runs of SGD that train: over half of 1000 test images right", trained);
    panel(setup, 2, "Runs of SGD that diverge: the loss is NaN or infinite", diverged);
    const std::vector<Reading> readings{
        {"rescued by LeakyReLU(0.01), %", rescued(setup, Method::sgd, "LeakyReLU(0.01)"), 50, INFINITY, 0},
        {"by LeakyReLU(0.1), %", rescued(setup, Method::sgd, "LeakyReLU(0.1)"), 50, INFINITY, 0}};
    return {.method =
                "784-100-100-10 on MNIST, 200 steps of SGD at seven learning rates from 0.1 to 2. A run dies if it "
                "ends with fewer than half of 1000 test images right and a finite loss. Where ReLU's died: the share "
                "of LeakyReLU's runs, from the same seeds, that train instead. The articles name no number; half is "
                "taken for one.",
        .readings = readings,
        .verdict = every(readings),
        .table = table_of(setup, "runs that train, %", trained),
        .pictures = {setup.picture("leaky", "What becomes of the runs, by learning rate")}};
}

Finding leaky_instead_adam(const Setup& setup) {
    const std::vector<Reading> readings{
        {"rescued by LeakyReLU(0.01), %", rescued(setup, Method::adam, "LeakyReLU(0.01)"), 50, INFINITY, 0},
        {"by LeakyReLU(0.1), %", rescued(setup, Method::adam, "LeakyReLU(0.1)"), 50, INFINITY, 0}};
    return {.method = "As above, with Adam at 0.001, 0.01, 0.03 and 0.1.",
        .readings = readings,
        .verdict = every(readings),
        .why =
            "A likely reason: Adam's steps are bounded, so weights that were thrown too far stay finite, and a slope "
            "below 0 leads back."};
}

Finding training_success(const Setup& setup) {
    auto successes = [&](const std::string& name) {
        std::vector<double> out;
        for (double lr : sgd_rates)
            for (const End& end : sgd(setup, name, lr)) out.push_back(end.trained() ? 100 : 0);
        return out;
    };
    const Interval gain = statistics::difference(successes("LeakyReLU(0.01)"), successes("ReLU"));
    const std::vector<Reading> readings{{"runs that train, LeakyReLU(0.01)'s less ReLU's, points", gain, 22, 32, 1}};
    return {.method =
                "Article 000 does not say what a success is, and ResNet-50 is not here. The nearest: the runs of SGD "
                "above, all learning rates together.",
        .readings = readings,
        .verdict = Verdict::untestable,
        .nearest = every(readings),
        .why = "The number depends on which learning rates are tried."};
}

Finding leaky_afterwards(const Setup& setup) {
    auto go_on = [&](const std::string& name) {
        return setup.each_seed(2 * setup.seeds, [&](int) {
            const nn::Sequential dead = net("ReLU"), model = net(name);
            model.load_state_dict(dead.state_dict(), {.strict = false});  // PReLU brings a weight of its own
            {
                torch::NoGradGuard no_grad;
                model[3].as<nn::Linear>().bias -= 3;
            }
            const auto losses =
                train(model, optim::SGD(model.parameters(), {.lr = 0.1}), *setup.mnist, setup.steps(1876));
            return end_of(model, setup, losses);
        });
    };
    std::string table = "| goes on with | runs that train | test images right, mean |\n|---|---|---|\n";
    std::vector<Interval> shares;
    for (const std::string& name : slopes) {
        const Ends ends = go_on(name);
        double right = 0;
        for (const End& end : ends) right += end.accuracy / static_cast<double>(ends.size());
        shares.push_back(trained(ends));
        table += fmt::format("| {} | {} | {:.0f} % |\n", name, text(shares.back(), 0, " %"), right);
    }
    const std::vector<Reading> readings{{"runs that train again with ReLU, %", shares[0], -INFINITY, 50, 0},
        {"with LeakyReLU(0.01), %", shares[1], 50, INFINITY, 0}, {"with LeakyReLU(0.1), %", shares[2], 50, INFINITY, 0},
        {"with PReLU, %", shares[3], 50, INFINITY, 0}};
    return {.method =
                "784-100-100-10, whose second hidden layer is dead because its biases were lowered by 3, goes on for "
                "two epochs of SGD at lr 0.1 on MNIST with each activation. Half is taken for the mark.",
        .readings = readings,
        .verdict = every(readings),
        .why =
            "Where a unit's output is 0 for every image, no gradient reaches its weights, and ReLU cannot bring it "
            "back.",
        .table = table};
}

Finding leaky_diverges(const Setup& setup) {
    std::vector<double> relu, sloped;
    for (double lr : {0.6, 0.8, 1., 2.})
        for (std::size_t i = 0; i < sgd(setup, "ReLU", lr).size(); ++i) {
            relu.push_back(sgd(setup, "ReLU", lr)[i].finite ? 0 : 100);
            const int bad = !sgd(setup, "LeakyReLU(0.1)", lr)[i].finite + !sgd(setup, "PReLU", lr)[i].finite;
            sloped.push_back(50 * bad);
        }
    const Interval more = statistics::difference(sloped, relu);
    const std::vector<Reading> readings{
        {"runs that diverge, LeakyReLU(0.1)'s and PReLU's less ReLU's, points", more, 0, INFINITY, 1}};
    return {.method = "The runs of SGD above at learning rates from 0.6 on: those whose loss becomes NaN or infinite.",
        .readings = readings,
        .verdict = every(readings),
        .why =
            "A likely reason: a dead unit passes nothing on, and so stops an explosion as it stops learning; a slope "
            "below 0 passes it on.",
        .table = table_of(setup, "runs that diverge, %", diverged)};
}

}  // namespace claims
