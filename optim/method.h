// For the library: the formula behind an optimizer, and the one pass over memory that applies it.
#pragma once

#include <cmath>
#include <unordered_map>

#include "../tensor/loops.h"
#include "setting.h"

namespace taper::optim {

/// What is remembered of one parameter: tensors like it, named by Names::kept, and how often it was changed.
struct ParamState {
    Tensor param;
    double step = 0;
    float mu_product = 1;  // of NAdam
    std::array<Tensor, 3> kept = {};
};

/// How a state_dict holds the number of steps.
enum class Counter { absent, whole, tensor };

/// The names by which a state_dict knows an optimizer.
struct Names {
    const char* optimizer;
    Counter counter;
    std::vector<const char*> kept;           // of ParamState::kept
    std::vector<const char*> switches = {};  // settings of PyTorch's that are off here, and change no number there
};

/// The formula of an optimizer, its groups and its memory.
struct Method {
    explicit Method(Names names) : names(std::move(names)), name(this->names.optimizer) {}
    virtual ~Method() = default;

    /// One step of a parameter with a gradient. `state.step` has counted it.
    virtual void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const = 0;
    virtual std::vector<Setting> settings(ParamGroup& group) const = 0;

    void add(ParamGroup group);
    /// The remembered tensor of that number, made of `start` everywhere at its first use.
    static const Tensor& recall(ParamState& state, std::size_t number, double start = 0);

    const Names names;
    const char* const name;
    std::vector<ParamGroup> groups;
    std::unordered_map<const Body*, ParamState> states;
};

/// A method with options; `Formula::settings(field, of...)` calls field(name, of.member...) for each of them.
template <class Formula, class Options, class Group> struct MethodOf : Method {
    MethodOf(const Options& options, Names names) : Method(std::move(names)), options(options) {}

    void add(const Group& group) {
        ParamGroup filled{.params = group.params};
        Formula::settings([](const char*, auto& to, const auto& own, const auto& common) { to = own.value_or(common); },
            filled, group, options);
        Method::add(std::move(filled));
    }
    std::vector<Setting> settings(ParamGroup& group) const override {
        std::vector<Setting> all;
        Formula::settings([&](const char* name, auto& value) { all.push_back({name, &value}); }, group);
        return all;
    }

    const Options options;
};

template <class Formula, class Options, class Group>
OptimizerOf<Formula, Options, Group>::OptimizerOf(const std::vector<Group>& groups, const Options& options)
    : Optimizer(std::make_shared<Formula>(options)) {
    check(!groups.empty(), "{}: optimizer got an empty parameter list", method_->name);
    for (const Group& group : groups) add_param_group(group);
}
template <class Formula, class Options, class Group>
OptimizerOf<Formula, Options, Group>::OptimizerOf(const TensorList& params, const Options& options)
    : Optimizer(std::make_shared<Formula>(options)) {
    check(!params.empty(), "{}: optimizer got an empty parameter list", method_->name);
    add_param_group({.params = params});
}
template <class Formula, class Options, class Group>
void OptimizerOf<Formula, Options, Group>::add_param_group(const Group& group) const {
    static_cast<Formula&>(*method_).add(group);
}

/// The gradient that a step goes by: turned round to maximise, and with the weight's own pull to zero.
template <class T> struct Slope {
    explicit Slope(const ParamGroup& group) : Slope(group.maximize, group.weight_decay) {}
    Slope(bool maximize, double weight_decay) : sign(maximize ? -1 : 1), weight_decay(weight_decay) {}
    TAPER_INLINE T operator()(T grad, T param) const {
        grad *= sign;
        return weight_decay != 0 ? std::fma(param, weight_decay, grad) : grad;
    }
    T sign, weight_decay;
};

/// Calls f(param, grad, kept...) with an element of each, all being of one shape and of element type T; writes through
/// references, to all but the gradient.
template <class T, class F, std::same_as<Tensor>... Kept>
void for_each_weight(F f, const Tensor& param, const Tensor& grad, const Kept&... kept) {
    const Shape& shape = param.shape();
    auto alike = [&](const Tensor& x) { return x.dtype() == dtype_of<T>() && x.shape() == shape; };
    check(alike(grad) && (alike(kept) && ...),
        "step: the gradient and the state of a parameter of shape {} must have its shape and dtype; were its data "
        "replaced?",
        shape.str());
    for_each_element<T, const T, std::conditional_t<true, T, Kept>...>(
        shape, {operand(param, shape), operand(grad, shape), operand(kept, shape)...}, f);
}

}  // namespace taper::optim
