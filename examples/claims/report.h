// What a claim is, what putting it to the test gives, and what the tests have in common.
#pragma once

#include <taper/taper.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "../plt.h"
#include "statistics.h"

namespace claims {

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace optim = taper::optim;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
using statistics::Interval, statistics::text;
using taper::all, taper::DataLoader, taper::Tensor;

enum class Verdict { holds, fails, undecided, untestable };

/// "holds", "does not hold", "not decided" or "cannot be tested here".
std::string words(Verdict verdict);
inline Verdict exactly(bool true_) { return true_ ? Verdict::holds : Verdict::fails; }

/// A quantity, and the range that the claim is read as.
struct Reading {
    std::string what;
    Interval interval;
    double from, to;
    std::optional<int> decimals = 2;  // without: as 1.6e-08

    /// The claim holds if the whole interval lies in the range, does not hold if it lies outside; if it reaches across
    /// an end, nothing is decided.
    Verdict verdict() const;
    std::string shown() const { return text(interval, decimals); }
};
/// Of a claim that must hold in every case: one counterexample refutes it.
Verdict every(const std::vector<Reading>& cases);
/// Of a claim that may be read in several ways: it holds if it does in one.
Verdict some(const std::vector<Reading>& ways);

struct Picture {
    std::string file, caption;
};

/// What came out, in Markdown.
struct Finding {
    std::string method;
    std::vector<Reading> readings = {};
    std::string measured = {};  // besides them
    Verdict verdict = Verdict::undecided;
    std::optional<Verdict> nearest = {};  // of what could be measured instead
    std::string why = {}, table = {};
    std::vector<Picture> pictures = {};
};

struct Mnist {
    datasets::MNIST train;
    Tensor train_images, train_labels;  // the first 10,000
    Tensor test_images, test_labels;
};

/// What the command line asks for, and the data.
struct Setup {
    std::string root = "./data", out = "docs";
    int seeds = 10;
    bool quick = false;
    std::optional<Mnist> mnist = {};

    /// Steps, seeds, repetitions: as many, or a twentieth of them if it must go quickly.
    int steps(int full) const { return quick ? std::max(full / 20, 2) : full; }
    /// Writes the current figure.
    Picture picture(const std::string& name, const std::string& caption) const;
    /// f(seed) for each seed, which was given to manual_seed before.
    template <class Function> auto each_seed(int count, const Function& f) const {
        std::vector<decltype(f(1))> out;
        for (int seed = 1; seed <= count; ++seed) torch::manual_seed(seed), out.push_back(f(seed));
        return out;
    }
    template <class Function> auto each_seed(const Function& f) const { return each_seed(seeds, f); }
};

struct Claim {
    std::string quote, article;
    std::function<Finding(const Setup&)> test;
    bool needs_mnist = true;
};
struct Section {
    std::string title;
    std::vector<Claim> claims;
};
struct Result {
    Claim claim;
    std::optional<Finding> finding;  // absent without the data
    double seconds;
};

/// Everything that was measured, in one line.
std::string summary(const Finding& finding);
/// Writes claims.md with these results, section by section.
void write_page(
    const Setup& setup, const std::vector<Section>& report, const std::vector<Result>& results, double seconds);

// ---- training

using Activation = std::function<nn::AnyModule()>;
struct Named {
    std::string name;
    Activation make;
};

struct NetOptions {
    bool he = false, batch_norm = false;
};
/// Flatten, and 784 -> hidden... -> 10 with an activation behind each hidden layer.
nn::Sequential mlp(
    const std::vector<std::int64_t>& hidden, const Activation& activation, const NetOptions& options = {});

/// The loss of each step: batches of 64 in random order, until `steps` are done or the loss is not finite.
std::vector<double> train(nn::AnyModule model, const optim::Optimizer& optimizer, const Mnist& mnist, int steps);
/// The percentage of the images that the model, in eval mode, takes for what they are.
double accuracy(nn::AnyModule model, const Tensor& images, const Tensor& labels);
inline double accuracy(nn::AnyModule model, const Mnist& mnist) {
    return accuracy(std::move(model), mnist.test_images, mnist.test_labels);
}
/// Exponential running mean, over about 100 steps.
std::vector<double> smooth(const std::vector<double>& losses);
/// The first step at which the running mean of the loss is at most `target`; infinite if there is none.
double steps_to(const std::vector<double>& losses, double target);
/// How many times as many steps `slow` takes. Runs that do not arrive count as `cap` steps: where they are slow's, the
/// interval has no upper end, where they are fast's, no lower one.
Interval speed(std::vector<double> slow, std::vector<double> fast, double cap);

/// Seconds of a call of each function, in turns: for each repetition the median over the calls.
std::vector<std::vector<double>> time_in_turns(
    const std::vector<std::function<void()>>& functions, int repetitions, int calls);

/// The mean over equally long rows.
std::vector<double> average(const std::vector<std::vector<double>>& rows);

}  // namespace claims
