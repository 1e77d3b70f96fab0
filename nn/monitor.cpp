#include "monitor.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "../tensor/reduce.h"

namespace taper::nn {

// Running sums over the calls of one layer.
struct Monitor::Seen {
    std::string name, type;
    std::vector<bool> fired;
    double count = 0, zeros = 0, sum = 0, squares = 0;
    double gradients = 0, passes = 0;
};

namespace {

std::int64_t units_of(const Tensor& out) { return out.ndim() == 0 ? 1 : out.size(out.ndim() == 1 ? 0 : 1); }

// The sums of one output, of which element i belongs to unit i / inner % units.
template <class Seen> void add(Seen& seen, const Tensor& output) {
    const Tensor out = output.to(float64).contiguous();
    const double* x = out.data_ptr<double>();
    const std::int64_t n = out.numel(), units = std::ssize(seen.fired);
    std::int64_t inner = 1;
    for (std::int64_t dim = 2; dim < out.ndim(); ++dim) inner *= out.size(dim);
    for (std::int64_t at = 0; at < n; at += inner) {
        double zeros = 0;
        for (std::int64_t i = at; i < at + inner; ++i) {
            zeros += x[i] == 0 ? 1 : 0;
            seen.sum += x[i];
            seen.squares += x[i] * x[i];
        }
        seen.zeros += zeros;
        if (zeros < static_cast<double>(inner)) seen.fired[static_cast<std::size_t>(at / inner % units)] = true;
    }
    seen.count += static_cast<double>(n);
}

// The entry of the layer for outputs of this width, made where there is none.
template <class Seen>
Seen& entry(std::vector<Seen>& all, const std::string& name, const std::string& type, std::int64_t units) {
    auto found =
        std::ranges::find_if(all, [&](const Seen& one) { return one.name == name && std::ssize(one.fired) == units; });
    if (found != all.end()) return *found;
    return all.emplace_back(Seen{name, type, std::vector<bool>(static_cast<std::size_t>(units))});
}

}  // namespace

Monitor::Monitor(const NamedList<AnyModule>& modules) : seen_(std::make_shared<std::vector<Seen>>()) {
    for (const auto& [name, module] : modules) {
        if (!module.children().empty()) continue;
        const std::string type = type_name(module.type());
        handles_.push_back(module.register_forward_hook(
            [seen = seen_, name = name, type](AnyModule&, const TensorList&, const TensorList& outputs) {
                for (const Tensor& out : outputs)
                    if (out.is_floating_point() && out.numel() > 0)
                        add(entry(*seen, name, type, units_of(out)), out.detach());
            }));
        handles_.push_back(module.register_full_backward_hook(
            [seen = seen_, name = name, type](AnyModule&, const TensorList&, const TensorList& gradients) {
                for (const Tensor& grad : gradients) {
                    if (!grad.defined() || grad.numel() == 0) continue;
                    Seen& one = entry(*seen, name, type, units_of(grad));
                    one.gradients += grad.detach().to(float64).norm().item();
                    ++one.passes;
                }
            }));
    }
}

Monitor::~Monitor() {
    for (HookHandle& handle : handles_) handle.remove();
}

void Monitor::reset() { seen_->clear(); }

std::vector<LayerActivity> Monitor::layers() const {
    std::vector<LayerActivity> layers;
    for (const Seen& one : *seen_) {
        if (one.count == 0) continue;
        LayerActivity layer{.name = one.name, .type = one.type, .units = std::ssize(one.fired)};
        for (std::int64_t unit = 0; unit < layer.units; ++unit)
            if (!one.fired[static_cast<std::size_t>(unit)]) layer.dead_units.push_back(unit);
        layer.sparsity = one.zeros / one.count;
        layer.mean = one.sum / one.count;
        layer.variance = std::max(0., one.squares / one.count - layer.mean * layer.mean);
        if (!std::isfinite(one.squares)) layer.variance = NAN;
        if (one.passes > 0) layer.gradient_norm = one.gradients / one.passes;
        layers.push_back(std::move(layer));
    }
    return layers;
}

std::string Monitor::table() const {
    const std::vector<LayerActivity> all = layers();
    std::size_t name = 5, type = 4;
    for (const LayerActivity& layer : all) {
        name = std::max(name, layer.name.size());
        type = std::max(type, layer.type.size());
    }
    std::string out = fmt::format("{:{}}  {:{}}  {:>6}  {:>13}  {:>8}  {:>10}  {:>10}  {:>10}\n", "layer", name, "type",
        type, "units", "never fire", "sparsity", "mean", "variance", "|gradient|");
    for (const LayerActivity& layer : all)
        out += fmt::format("{:{}}  {:{}}  {:>6}  {:>5} ({:4.1f} %)  {:>6.1f} %  {:>10.3g}  {:>10.3g}  {:>10}\n",
            layer.name, name, layer.type, type, layer.units, layer.dead_units.size(), 100 * layer.dead_share(),
            100 * layer.sparsity, layer.mean, layer.variance,
            std::isnan(layer.gradient_norm) ? "-" : fmt::format("{:.3g}", layer.gradient_norm));
    return out;
}

// The first layer's gradient against the last one's, of those that have one.
static void advise_on_gradients(
    const std::vector<LayerActivity>& layers, double limit, std::vector<std::string>& advice) {
    std::vector<const LayerActivity*> with;
    for (const LayerActivity& layer : layers)
        if (!std::isnan(layer.gradient_norm)) with.push_back(&layer);
    if (with.size() < 2) return;
    const LayerActivity &first = *with.front(), &last = *with.back();
    const double ratio = first.gradient_norm / last.gradient_norm;
    if (!std::isfinite(ratio) || ratio == 0) return;  // a layer in which all is dead stops it altogether
    if (ratio < 1 / limit)
        advice.push_back(fmt::format(
            "the gradient vanishes: it is {:.3g} times smaller at {} than at {}: take an activation of the ReLU family "
            "in place "
            "of Sigmoid or Tanh, initialise by init::kaiming_normal_, or put a BatchNorm before each activation",
            1 / ratio, first.name, last.name));
    if (ratio > limit)
        advice.push_back(fmt::format(
            "the gradient explodes: it is {:.3g} times larger at {} than at {}: take a smaller learning rate, "
            "utils::clip_grad_norm_, or init::kaiming_normal_",
            ratio, first.name, last.name));
}

// The variance at the last layer of a type against that at the first, where there are enough to make a trend; of the
// type where it changes most.
static void advise_on_variance(
    const std::vector<LayerActivity>& layers, double limit, std::vector<std::string>& advice) {
    std::map<std::string, std::vector<const LayerActivity*>> by_type;
    for (const LayerActivity& layer : layers) by_type[layer.type].push_back(&layer);
    double most = std::log(limit), change = 0;
    const LayerActivity *first = nullptr, *last = nullptr;
    for (const auto& [type, same] : by_type) {
        const double log_ratio = std::log(same.back()->variance / same.front()->variance);
        if (same.size() < 3 || !std::isfinite(log_ratio) || std::abs(log_ratio) <= most) continue;
        most = std::abs(log_ratio), change = log_ratio;
        first = same.front(), last = same.back();
    }
    if (first)
        advice.push_back(fmt::format(
            "the variance {}: it is {:.3g} times {} at {} than at {}: initialise by init::kaiming_normal_, or put a "
            "BatchNorm before each activation",
            change < 0 ? "shrinks" : "grows", std::exp(most), change < 0 ? "smaller" : "larger", last->name,
            first->name));
}

std::vector<std::string> Monitor::advice(const AdviceOptions& options) const {
    const std::vector<LayerActivity> all = layers();
    std::vector<std::string> advice, dead, broken;
    for (const LayerActivity& layer : all) {
        if (!std::isfinite(layer.mean) || std::isinf(layer.gradient_norm)) broken.push_back(layer.name);
        if (layer.dead_share() > options.dead_share)
            dead.push_back(fmt::format("{} ({} of {})", layer.name, layer.dead_units.size(), layer.units));
    }
    if (!broken.empty())
        advice.push_back(
            fmt::format("numbers are no longer finite in {}: take a smaller learning rate, or utils::clip_grad_norm_",
                joined(broken, ", ")));
    if (!dead.empty())
        advice.push_back(fmt::format(
            "units never fire in {}: take LeakyReLU or PReLU, initialise by init::kaiming_normal_, put a BatchNorm "
            "before each activation, or take a smaller learning rate or Adam",
            joined(dead, ", ")));
    advise_on_variance(all, options.variance_ratio, advice);
    advise_on_gradients(all, options.gradient_ratio, advice);
    return advice;
}

double sparsity(const Tensor& x) {
    return x.numel() ? 1 - x.count_nonzero().item() / static_cast<double>(x.numel()) : 0;
}

}  // namespace taper::nn
