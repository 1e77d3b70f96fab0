// What all optimizers share: groups of parameters with settings of their own, and what is remembered of each parameter.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "../tensor/serialization/value.h"
#include "arguments.h"

namespace taper::optim {

/// The decay rates of two running averages, or two other settings that go together.
using Betas = std::pair<double, double>;

/// Parameters that share settings, and these, filled in. An optimizer reads the settings it has; the others mean
/// nothing.
struct ParamGroup {
    TensorList params = {};
    double lr = 0, momentum = 0, dampening = 0, weight_decay = 0, eps = 0;
    double alpha = 0, rho = 0, lr_decay = 0, initial_accumulator_value = 0, momentum_decay = 0;
    double lambd = 0, t0 = 0, tolerance_grad = 0, tolerance_change = 0;
    Betas betas = {0, 0}, etas = {0, 0}, step_sizes = {0, 0};
    std::int64_t max_iter = 0, history_size = 0;
    std::optional<std::int64_t> max_eval = {};
    std::optional<std::string> line_search_fn = {};
    bool nesterov = false, amsgrad = false, centered = false, maximize = false;
    // How PyTorch goes about it, which changes no number here.
    std::optional<bool> foreach = {};
    bool capturable = false, differentiable = false, fused = false;
    std::map<std::string, double> scheduled = {};  // what schedulers note here: initial_lr, max_lr and so on
};

struct ZeroGradOptions {
    Keywords _ = Keywords();
    Arg<bool> set_to_none = Default(true);
};
struct OptimizerStepOptions {
    Keywords _ = Keywords();
    Arg<std::optional<std::function<Tensor()>>> closure = Default(none);
};
struct LoadOptions {
    Keywords _ = Keywords();
    Arg<Value> state_dict = required;
};

struct Method;
struct ParamState;

/// What an optimizer shows by PyTorch's names: each value that of the moment when it was asked for, its Tensors the
/// optimizer's own. Nothing can be put in.
class Entries {
 public:
    explicit Entries(Dict dict) : dict_(std::move(dict)) {}
    /// Error, with Python's KeyError, if there is none.
    const Value operator[](const std::string& name) const;
    bool contains(const std::string& name) const { return dict_.contains(name); }
    std::size_t size() const { return dict_.size(); }
    auto begin() const { return dict_.begin(); }
    auto end() const { return dict_.end(); }

 private:
    Dict dict_;
};

/// What an optimizer remembers of its parameters: `optimizer.state()[p]["exp_avg"]`.
class OptimizerState {
 public:
    explicit OptimizerState(std::shared_ptr<Method> method) : method_(std::move(method)) {}
    /// Of that parameter; nothing before its first step.
    Entries operator[](const Tensor& param) const;
    bool contains(const Tensor& param) const;
    /// Of how many parameters something is remembered.
    std::size_t size() const;
    /// Each of these with what is remembered of it.
    std::vector<std::pair<Tensor, Entries>> items() const;
    /// Forgets all of it.
    void clear() const;

 private:
    std::shared_ptr<Method> method_;
};

/// torch.optim.Optimizer: a handle, whose copies share their groups and what they remember.
class Optimizer {
 public:
    /// The groups, to be changed at will: `optimizer.param_groups()[0].lr = 0.1`.
    std::vector<ParamGroup>& param_groups() const;
    /// The settings of a group that does not say otherwise: `optimizer.defaults()["lr"]`. None for one that each group
    /// must have.
    Entries defaults() const;
    OptimizerState state() const { return OptimizerState(method_); }
    /// Takes the gradients away, as PyTorch 2 does, or fills them with zeros.
    TAPER_METHOD(void, zero_grad, ZeroGradOptions, 0, set_to_none)
    /// Changes every parameter that has a gradient; nothing is recorded.
    void step() const;
    /// The same after `closure`, if any, which computes the loss anew and its gradients; returns that loss.
    TAPER_METHOD(Tensor, step, OptimizerStepOptions, 1, closure)

    /// What it remembers and its settings, in PyTorch's layout: {"state": {0: {...}}, "param_groups": [{...}]}. Shares
    /// its tensors, as in PyTorch; saved, it can be loaded there.
    Value state_dict() const;
    /// Takes over a state_dict, PyTorch's too. Error, and nothing changed, if it doesn't fit the groups.
    TAPER_METHOD(void, load_state_dict, LoadOptions, 1, state_dict)
    /// Whether it has a setting of PyTorch's name, such as "momentum".
    bool has(std::string_view setting) const;

    /// The name of its class.
    const char* name() const;

    // ---- for the library
    /// Its steps since a scheduler was made for it.
    std::int64_t& steps() const;

 protected:
    explicit Optimizer(std::shared_ptr<Method> method) : method_(std::move(method)) {}
    std::shared_ptr<Method> method_;

 private:
    friend class Arg<Optimizer>;
    Optimizer() = default;  // one that was not given
    void load(const Value& state_dict) const;
    Tensor step_after(const std::optional<std::function<Tensor()>>& closure) const;
};

template <class O> struct AddParamGroupOptions {
    Keywords _ = Keywords();
    O param_group = {};
};

/// An optimizer whose options are O. So are those of a group, where a setting that is not given is as for all.
template <class O> class OptimizerOf : public Optimizer {
 public:
    void add_param_group(const O& param_group) const;
    void add_param_group(const AddParamGroupOptions<O>& options) const { add_param_group(options.param_group); }

 protected:
    /// Error with PyTorch's sentence for a setting out of range, no parameters, or one that is not a leaf.
    OptimizerOf(std::shared_ptr<Method> method, const O& options);
};

/// PyTorch's text: the settings of each group.
std::string to_string(const Optimizer& optimizer);
std::ostream& operator<<(std::ostream& out, const Optimizer& optimizer);

}  // namespace taper::optim

template <std::derived_from<taper::optim::Optimizer> O> struct fmt::formatter<O> : fmt::formatter<std::string_view> {
    auto format(const O& optimizer, auto& context) const {
        const std::string text = taper::optim::to_string(optimizer);
        return std::copy(text.begin(), text.end(), context.out());
    }
};
