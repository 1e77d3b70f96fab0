// Monitor: what the layers of a model do while data go through it: which units never fire, how sparse the activations
// are, how they spread, and what is left of the gradient.
#pragma once

#include <cmath>

#include "module.h"

namespace taper::nn {

/// What a Monitor saw of one layer. A unit is an index along dim 1 of its output: a feature, or a channel.
struct LayerActivity {
    /// The path of the layer, as in state_dict, and its type.
    std::string name, type;
    std::int64_t units = 0;
    /// The units whose output was 0 for every sample and place: after a ReLU no gradient reaches their weights.
    std::vector<std::int64_t> dead_units = {};
    /// Of n outputs k are 0: k / n.
    double sparsity = 0;
    /// Of all outputs; the variance is the biased one.
    double mean = 0, variance = 0;
    /// |dL/d output|, as the mean over the calls that backward went through; NaN without any.
    double gradient_norm = NAN;

    double dead_share() const {
        return units ? static_cast<double>(dead_units.size()) / static_cast<double>(units) : 0;
    }
};

/// From where on advice() speaks.
struct AdviceOptions {
    /// Share of a layer's units that never fire.
    double dead_share = 0.1;
    /// How many times the gradient may shrink or grow between the last layer and the first.
    double gradient_ratio = 1000;
    /// How many times the variance may shrink or grow from the first to the last of three or more layers of a type.
    double variance_ratio = 20;
};

/// Watches every part of a model that has no parts of its own, by hooks, from its making until it goes:
///     nn::Monitor monitor(model);
///     for (auto [data, target] : loader) criterion(model(data), target).backward();
///     fmt::print("{}", monitor.table());
/// A layer called with outputs of several widths has an entry for each.
class Monitor {
 public:
    template <class D> explicit Monitor(const Module<D>& model) : Monitor(model.named_modules()) {}
    explicit Monitor(const NamedList<AnyModule>& modules);
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    ~Monitor();

    /// In the order in which the layers were first called.
    std::vector<LayerActivity> layers() const;
    /// The layers as a table, one line each.
    std::string table() const;
    /// What to try where a threshold is passed, a sentence for each kind of trouble; empty if all is well.
    std::vector<std::string> advice(const AdviceOptions& options = {}) const;
    /// Forgets what was seen.
    void reset();

 private:
    struct Seen;
    std::shared_ptr<std::vector<Seen>> seen_;
    std::vector<HookHandle> handles_;
};

/// What the layers of a model do over a loader, in eval mode and without gradients. A batch is a tuple, of which the
/// first item is the input, or the input itself.
template <class Model, class Loader> std::vector<LayerActivity> activity(const Model& model, const Loader& loader) {
    Monitor monitor(model);
    struct InEval {
        explicit InEval(const Model& model) : model(model) { model.eval(); }
        ~InEval() { model.train(training); }
        const Model& model;
        const bool training = model.training();
    } mode(model);
    NoGradGuard no_grad;
    for (auto&& batch : loader) {
        Model same = model;
        if constexpr (requires { std::get<0>(batch); })
            same(std::get<0>(batch));
        else
            same(batch);
    }
    return monitor.layers();
}

/// How much of x is 0: k / n.
double sparsity(const Tensor& x);

}  // namespace taper::nn
