// What all optimizers share: groups of parameters with settings of their own, and what is remembered of each parameter.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "../tensor/tensor.h"
#include "../tensor/value.h"

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
    std::map<std::string, double> scheduled = {};  // what schedulers note here: initial_lr, max_lr and so on
};

struct ZeroGradOptions {
    bool set_to_none = true;
};

struct Method;

/// torch.optim.Optimizer: a handle, whose copies share their groups and what they remember.
class Optimizer {
 public:
    /// The groups, to be changed at will: `optimizer.param_groups()[0].lr = 0.1`.
    std::vector<ParamGroup>& param_groups() const;
    /// Takes the gradients away, as PyTorch 2 does, or fills them with zeros.
    void zero_grad(const ZeroGradOptions& options = {}) const;
    void zero_grad(bool set_to_none) const { zero_grad({.set_to_none = set_to_none}); }
    /// Changes every parameter that has a gradient; nothing is recorded.
    void step() const;
    /// The same after `closure`, which computes the loss anew and its gradients; returns that loss.
    Tensor step(const std::function<Tensor()>& closure) const;

    /// What it remembers and its settings, in PyTorch's layout: {"state": {0: {...}}, "param_groups": [{...}]}. Shares
    /// its tensors, as in PyTorch; saved, it can be loaded there.
    Value state_dict() const;
    /// Takes over a state_dict, PyTorch's too. Error, and nothing changed, if it doesn't fit the groups.
    void load_state_dict(const Value& state_dict) const;
    /// Whether it has a setting of PyTorch's name, such as "momentum".
    bool has(std::string_view setting) const;

    /// The name of its class.
    const char* name() const;

 protected:
    explicit Optimizer(std::shared_ptr<Method> method) : method_(std::move(method)) {}
    std::shared_ptr<Method> method_;
};

/// An optimizer with its options, and groups that may have their own.
template <class Formula, class Options, class Group> class OptimizerOf : public Optimizer {
 public:
    /// Error with PyTorch's sentence for a setting out of range, no parameters, or one that is not a leaf.
    explicit OptimizerOf(const TensorList& params, const Options& options = {});
    explicit OptimizerOf(const std::vector<Group>& groups, const Options& options = {});
    /// The first two options by position.
    template <Number N> OptimizerOf(const TensorList& params, N lr) : OptimizerOf(params, Options{double(lr)}) {}
    template <Number N> OptimizerOf(const TensorList& params, N lr, double second)
        requires requires {
            Options{1., 1.};
        }
        : OptimizerOf(params, Options{double(lr), second}) {}
    template <Number N> OptimizerOf(const TensorList& params, N lr, Betas betas)
        requires requires {
            Options{1., Betas()};
        }
        : OptimizerOf(params, Options{double(lr), betas}) {}

    void add_param_group(const Group& group) const;
};

/// PyTorch's text: the settings of each group.
std::string to_string(const Optimizer& optimizer);
std::ostream& operator<<(std::ostream& out, const Optimizer& optimizer);

}  // namespace taper::optim

template <std::derived_from<taper::optim::Optimizer> O> struct fmt::formatter<O> : fmt::formatter<std::string_view> {
    auto format(const O& optimizer, fmt::format_context& context) const {
        const std::string text = taper::optim::to_string(optimizer);
        return std::copy(text.begin(), text.end(), context.out());
    }
};
