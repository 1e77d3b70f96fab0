// What all optimizers share: groups of parameters with settings of their own, and what is remembered of each parameter.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "../tensor/serialization/value.h"
#include "arguments.h"

namespace taper::optim {

/// The decay rates of two running averages.
using Betas = std::pair<double, double>;

/// Parameters that share settings, and these, filled in. An optimizer reads the settings it has; the others mean
/// nothing.
struct ParamGroup {
    TensorList params = {};
    double lr = 0, momentum = 0, dampening = 0, weight_decay = 0, eps = 0;
    double alpha = 0, rho = 0, lr_decay = 0, initial_accumulator_value = 0, momentum_decay = 0;
    Betas betas = {0, 0};
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

/// torch.optim.Optimizer: a handle, whose copies share their groups and what they remember.
class Optimizer {
 public:
    /// The groups, to be changed at will: `optimizer.param_groups()[0].lr = 0.1`.
    std::vector<ParamGroup>& param_groups() const;
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
