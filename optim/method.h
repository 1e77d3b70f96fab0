// For the library: the formula behind an optimizer, and the one pass over memory that applies it.
#pragma once

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "../tensor/loops.h"
#include "quantity.h"
#include "setting.h"

namespace taper::optim {

/// What is remembered of one parameter: tensors like it, named by Names::kept, and how often it was changed.
struct ParamState {
    Tensor param;
    double step = 0;
    std::array<float, 2> numbers = {1, 1};  // named by Names::numbers
    std::array<Tensor, 3> kept = {};
    Dict more = {};  // what has names of its own
};

/// How a state_dict holds the number of steps.
enum class Counter { absent, whole, tensor };

/// The names by which a state_dict knows an optimizer.
struct Names {
    const char* optimizer;
    Counter counter;
    std::vector<const char*> kept;  // of ParamState::kept
    std::vector<const char*> numbers = {};
};

/// The formula of an optimizer, its groups and its memory.
struct Method {
    explicit Method(Names names) : names(std::move(names)), name(this->names.optimizer) {}
    virtual ~Method() = default;

    using Closure = std::function<Tensor()>;
    /// A step of all parameters, after `closure`, if any, whose loss it gives.
    virtual Tensor step(const Closure& closure);
    /// One step of a parameter with a gradient. `state.step` has counted it.
    virtual void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const = 0;
    virtual std::vector<NamedSetting> settings(ParamGroup& group) const = 0;
    virtual Dict defaults() = 0;
    /// Error with PyTorch's sentence for a setting out of range.
    virtual void validate(const char* op, const ParamGroup& group) const = 0;
    /// Whether the tensor of that number is there after a step with these settings.
    virtual bool needs(std::size_t, const ParamGroup&) const { return true; }
    /// What is remembered of a parameter, as a state_dict has it. Its Tensors are shared.
    virtual Dict remembered(const ParamState& state) const;
    /// The same out of a state_dict. Error if it is none of this optimizer's.
    virtual ParamState recalled(const Tensor& param, const ParamGroup& group, const Dict& dict) const;
    /// Error for a number that can't be remembered.
    virtual void validate_number(const char* name, float number) const;

    void add(ParamGroup group);
    /// What the closure gives, if there is one.
    static Tensor loss_of(const Closure& closure);
    /// The remembered tensor of that number, made of `start` everywhere at its first use.
    static const Tensor& recall(ParamState& state, std::size_t number, double start = 0);

    const Names names;
    const char* const name;
    std::vector<ParamGroup> groups;
    std::unordered_map<const TensorImpl*, ParamState> states;
    std::int64_t steps = 0;  // since a scheduler was made for it
};

/// A setting: where an optimizer's options and a group have it.
template <class O, class T> struct Row {
    const char* name;
    Arg<T> O::*option;
    T ParamGroup::*member;
    bool is_whole;
};
template <class O, class T>
constexpr Row<O, T> row(const char* name, Arg<T> O::*option, T ParamGroup::*member, bool is_whole = false) {
    return {name, option, member, is_whole};
}
#define TAPER_ROW(setting) row(#setting, &Options::setting, &ParamGroup::setting)
/// Of a setting whose default in PyTorch is an int.
#define TAPER_WHOLE_ROW(setting) row(#setting, &Options::setting, &ParamGroup::setting, true)

/// A method whose groups are made of options O.
template <class O> struct MethodWith : Method {
    using Options = O;
    using Method::Method;
    virtual void add_options(const O& options) = 0;
};

/// A method, whose Formula::table() is a tuple of rows: all settings in the order of a state_dict.
template <class Formula, class O> struct MethodOf : MethodWith<O> {
    MethodOf(const O& options, Names names) : MethodWith<O>(std::move(names)) {
        for_each_row([&](auto row) {
            common.*row.member = *(options.*row.option);
            if ((options.*row.option).missing()) missing.push_back(row.name);
        });
    }

    void add_options(const O& options) override {
        options.params.need(this->name, "params");
        check(options.params.groups().empty(), "{}: optimizer can only optimize Tensors, but one of the params is dict",
            this->name);
        ParamGroup group{.params = options.params};
        for_each_row([&](auto row) {
            const auto& own = options.*row.option;
            check(own.given() || std::find(missing.begin(), missing.end(), row.name) == missing.end(),
                "{}: parameter group didn't specify a value of required optimization parameter {}", this->name,
                row.name);
            group.*row.member = own.given() ? *own : common.*row.member;
        });
        this->add(std::move(group));
    }
    std::vector<NamedSetting> settings(ParamGroup& group) const override {
        std::vector<NamedSetting> all;
        for_each_row([&](auto row) { all.push_back({row.name, &(group.*row.member), row.is_whole}); });
        return all;
    }

    Dict defaults() override {
        Dict dict = values_of(settings(common));
        for (std::string_view name : missing) dict[std::string(name)] = {};
        return dict;
    }

    ParamGroup common;  // the settings of a group that does not say otherwise

 private:
    template <class F> static void for_each_row(F f) {
        std::apply([&](auto... row) { (f(row), ...); }, Formula::table());
    }
    std::vector<std::string_view> missing;
};

template <class O> OptimizerOf<O>::OptimizerOf(std::shared_ptr<Method> method, const O& options)
    : Optimizer(std::move(method)) {
    const std::vector<O>& groups = options.params.groups();
    const TensorList& params = options.params;
    check(!groups.empty() || !params.empty(), "{}: optimizer got an empty parameter list", name());
    for (const O& group : groups) add_param_group(group);
    if (groups.empty()) add_param_group({.params = params});
}
template <class O> void OptimizerOf<O>::add_param_group(const O& param_group) const {
    static_cast<MethodWith<O>&>(*method_).add_options(param_group);
}

/// The constructors of an optimizer, from its formula.
#define TAPER_DEFINE_OPTIMIZER(Name, ...)                                                             \
    TAPER_DEFINE_CONSTRUCTORS(Name, Name##Options, 1, __VA_ARGS__)                                    \
    Name::Name(Called, const Name##Options& o) : OptimizerOf(std::make_shared<Name##Method>(o), o) {} \
    template class OptimizerOf<Name##Options>;

/// The gradient that a step goes by: negated to maximise, and with the weight's own pull to zero.
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
        shape, {operand(param), operand(grad), operand(kept)...}, f);
}

}  // namespace taper::optim
