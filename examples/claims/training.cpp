// What the tests of the claims have in common: verdicts, networks, training, time.
#include <chrono>

#include "report.h"

namespace claims {

Verdict Reading::verdict() const {
    if (interval.low >= from && interval.high <= to) return Verdict::holds;
    if (interval.high < from || interval.low > to) return Verdict::fails;
    return Verdict::undecided;
}

Verdict every(const std::vector<Reading>& cases) {
    for (Verdict found : {Verdict::fails, Verdict::undecided})
        if (std::ranges::count(cases, found, &Reading::verdict)) return found;
    return Verdict::holds;
}

Verdict some(const std::vector<Reading>& ways) {
    for (Verdict found : {Verdict::holds, Verdict::undecided})
        if (std::ranges::count(ways, found, &Reading::verdict)) return found;
    return Verdict::fails;
}

std::string words(Verdict verdict) {
    static const char* const names[] = {"holds", "does not hold", "not decided", "cannot be tested here"};
    return names[static_cast<int>(verdict)];
}

Picture Setup::picture(const std::string& name, const std::string& caption) const {
    plt::savefig(std::filesystem::path(out) / "claims" / (name + ".png"));
    return {"claims/" + name + ".png", caption};
}

nn::Sequential mlp(const std::vector<std::int64_t>& hidden, const Activation& activation, const NetOptions& options) {
    nn::Sequential model;
    model.append(nn::Flatten());
    std::int64_t inputs = 784;
    for (std::int64_t units : hidden) {
        nn::Linear linear(inputs, units);
        if (options.he) {
            nn::init::kaiming_normal_(linear.weight, {.nonlinearity = "relu"});
            nn::init::zeros_(linear.bias);
        }
        model.append(linear);
        if (options.batch_norm) model.append(nn::BatchNorm1d(units));
        model.append(activation());
        inputs = units;
    }
    model.append(nn::Linear(inputs, 10));
    return model;
}

std::vector<double> train(nn::AnyModule model, const optim::Optimizer& optimizer, const Mnist& mnist, int steps) {
    const DataLoader loader(mnist.train, {.batch_size = 64, .shuffle = true, .num_workers = 1});
    std::vector<double> losses;
    model.train();
    while (true)
        for (auto [data, target] : loader) {
            if (static_cast<int>(losses.size()) == steps) return losses;
            optimizer.zero_grad();
            auto loss = F::cross_entropy(model(data), target);
            loss.backward();
            optimizer.step();
            losses.push_back(loss.item());
            if (!std::isfinite(losses.back())) return losses;
        }
}

double accuracy(nn::AnyModule model, const Tensor& images, const Tensor& labels) {
    torch::NoGradGuard no_grad;
    model.eval();
    const double correct = model(images).argmax(1).eq(labels).sum().item();
    model.train();
    return 100 * correct / static_cast<double>(taper::len(labels));
}

std::vector<double> smooth(const std::vector<double>& losses) {
    std::vector<double> out;
    double sum = 0, weight = 0;
    for (double loss : losses) {
        sum = 0.99 * sum + loss, weight = 0.99 * weight + 1;
        out.push_back(sum / weight);
    }
    return out;
}

double steps_to(const std::vector<double>& losses, double target) {
    const std::vector<double> means = smooth(losses);
    for (std::size_t step = 99; step < means.size(); ++step)
        if (means[step] <= target) return static_cast<double>(step + 1);
    return std::numeric_limits<double>::infinity();
}

Interval speed(std::vector<double> slow, std::vector<double> fast, double cap) {
    auto capped = [cap](std::vector<double>& runs) {
        const bool some = std::ranges::any_of(runs, [cap](double steps) { return steps > cap; });
        for (double& steps : runs) steps = std::min(steps, cap);
        return some;
    };
    const bool slow_capped = capped(slow), fast_capped = capped(fast);
    Interval out = statistics::ratio(std::move(slow), fast);
    if (slow_capped) out.high = std::numeric_limits<double>::infinity();
    if (fast_capped) out.low = 0;
    return out;
}

std::vector<std::vector<double>> time_in_turns(
    const std::vector<std::function<void()>>& functions, int repetitions, int calls) {
    using Clock = std::chrono::steady_clock;
    std::vector<std::vector<double>> medians(functions.size());
    for (int repetition = -1; repetition < repetitions; ++repetition) {  // the first warms up
        std::vector<std::vector<double>> seconds(functions.size());
        for (int call = 0; call < calls; ++call)
            for (std::size_t i = 0; i < functions.size(); ++i) {
                const auto start = Clock::now();
                functions[i]();
                seconds[i].push_back(std::chrono::duration<double>(Clock::now() - start).count());
            }
        for (std::size_t i = 0; i < functions.size() && repetition >= 0; ++i)
            medians[i].push_back(statistics::median(seconds[i]));
    }
    return medians;
}

std::vector<double> average(const std::vector<std::vector<double>>& rows) {
    std::vector<double> out;
    for (std::size_t i = 0; !rows.empty() && i < rows[0].size(); ++i) {
        double sum = 0;
        for (const auto& row : rows) sum += row[i];
        out.push_back(sum / static_cast<double>(rows.size()));
    }
    return out;
}

}  // namespace claims
