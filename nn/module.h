// Modules: handles to layers and networks, which know their parameters, buffers and parts by name.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

#include "../autograd/ops.h"
#include "../tensor/state_dict.h"
#include "../tensor/type_name.h"
#include "draws.h"
#include "hooks.h"

namespace taper::nn {

template <class T> using NamedList = std::vector<std::pair<std::string, T>>;

/// What the copies of a module share.
struct ModuleState {
    struct Buffer {
        Tensor tensor;
        bool persistent;
    };
    explicit ModuleState(const std::type_info& type);
    ~ModuleState();

    const std::type_info& type;
    bool training = true;
    bool registered = false;   // as a part of some module
    std::int64_t version = 1;  // of what state_dict() says of it
    NamedList<Tensor> parameters;
    NamedList<Buffer> buffers;
    NamedList<AnyModule> children;
    std::unique_ptr<ModuleHooks> hooks;
    std::unique_ptr<Draw> initial_draw;
};

/// A setting that the copies of a module share: reads as a T; what is assigned reaches every copy.
template <class T> class Setting {
 public:
    Setting(T value) : value_(std::make_shared<T>(std::move(value))) {}
    Setting(const Setting&) = default;
    Setting& operator=(const Setting&) = default;
    Setting& operator=(T value) {
        *value_ = std::move(value);
        return *this;
    }
    operator const T&() const { return *value_; }
    const T& operator*() const { return *value_; }
    friend bool operator==(const Setting& setting, const T& value) { return *setting.value_ == value; }

 private:
    std::shared_ptr<T> value_;
};

struct ParameterOptions {
    bool requires_grad = true;
};
struct BufferOptions {
    bool persistent = true;
};
struct NamedOptions {
    std::string prefix = {};
    bool recurse = true;
};
struct LoadStateDictOptions {
    bool strict = true;
};
struct ZeroGradOptions {
    bool set_to_none = true;
};
/// What load_state_dict did not find, and what it had no use for.
struct IncompatibleKeys {
    std::vector<std::string> missing_keys, unexpected_keys;
};

/// A leaf on the memory of `data` that modules register and optimizers train. torch.nn.Parameter
Tensor Parameter(const Tensor& data, bool requires_grad = true);
inline Tensor Parameter(const Tensor& data, const ParameterOptions& options) {
    return Parameter(data, options.requires_grad);
}

/// What all modules can do, whatever their type.
class ModuleBase {
 public:
    // A move is a copy: no module is ever without its state.
    ModuleBase(const ModuleBase&) = default;
    /// Error if this is a registered part of a module and the other is of none: its weights would be nobody's.
    ModuleBase& operator=(const ModuleBase& other);

    bool training() const { return state_->training; }
    /// Of this module and its parts, each once, in the order they were registered.
    TensorList parameters(bool recurse = true) const;
    NamedList<Tensor> named_parameters(const NamedOptions& options = {}) const;
    TensorList buffers(bool recurse = true) const;
    NamedList<Tensor> named_buffers(const NamedOptions& options = {}) const;
    std::vector<AnyModule> children() const;
    NamedList<AnyModule> named_children() const;

    /// Parameters and persistent buffers by name, detached, on their own memory.
    StateDict state_dict() const;
    /// Writes the values into the registered tensors. Error, before anything is written, with all that does not fit;
    /// names that are missing or unexpected are errors if `strict`.
    IncompatibleKeys load_state_dict(const StateDict& dict, const LoadStateDictOptions& options = {}) const;
    void zero_grad(const ZeroGradOptions& options = {}) const;

    /// Makes `tensor` a parameter of this name (in place of the one it had); Tensor() stands for None.
    Tensor register_parameter(const std::string& name, const Tensor& tensor, bool requires_grad = true) const;
    Tensor register_parameter(const std::string& name, const Tensor& tensor, const ParameterOptions& options) const {
        return register_parameter(name, tensor, options.requires_grad);
    }
    /// A tensor that is saved (if `persistent`) and moved with the module, but not trained.
    Tensor register_buffer(const std::string& name, const Tensor& tensor, bool persistent = true) const;
    Tensor register_buffer(const std::string& name, const Tensor& tensor, const BufferOptions& options) const {
        return register_buffer(name, tensor, options.persistent);
    }

    /// The initial draws of this module and its parts, in order.
    std::vector<Draw*> initial_draws() const;
    const std::shared_ptr<ModuleState>& shared_state() const { return state_; }

 protected:
    explicit ModuleBase(const std::type_info& type) : state_(std::make_shared<ModuleState>(type)) {}

    /// Fills new parameters at random by `draw`, which is kept and so must not capture the module itself.
    void draw_initial(std::function<void()> draw) const;

    const std::string& name() const;
    void set_training(bool mode) const;
    void set_requires_grad(bool requires_grad) const;
    void move(const std::optional<Device>& device, std::optional<DType> dtype) const;
    void add_child(const std::string& name, AnyModule child) const;
    static void place(ModuleBase& module, const std::string& name, bool guarded);
    ModuleHooks& hooks() const;

 private:
    void check_name(const char* kind, const std::string& name, bool taken) const;

    std::shared_ptr<ModuleState> state_;
    std::shared_ptr<const std::string> name_;  // of the place where this handle stands in a module
    bool guarded_ = false;                     // whether that place is a member, which register_module gave its value
};

/// A layer or a network: `struct Net : nn::Module<Net>` with a forward of any signature, called as model(x, ...). A
/// copy shares parameters, buffers, parts, hooks and the mode. torch.nn.Module
template <class Derived> class Module : public ModuleBase {
 public:
    Module() : ModuleBase(typeid(Derived)) {}

    /// forward, with hooks; an Error thrown inside names the path of this module.
    template <class Self = Derived, class... A> auto operator()(A&&... args) -> detail::Result<Self&, A...> {
        return call(self(), std::forward<A>(args)...);
    }
    template <class Self = Derived, class... A> auto operator()(A&&... args) const
        -> detail::Result<const Self&, A...> {
        return call(self(), std::forward<A>(args)...);
    }

    /// Makes `module` a part of this one, and returns it for the member of that name.
    template <class M> M register_module(const std::string& name, M module) const;

    Derived& train(bool mode = true) { return set_training(mode), self(); }
    const Derived& train(bool mode = true) const { return set_training(mode), self(); }
    Derived& eval() { return train(false); }
    const Derived& eval() const { return train(false); }
    Derived& requires_grad_(bool requires_grad = true) { return set_requires_grad(requires_grad), self(); }
    /// Moves or casts (floating tensors only) the registered tensors in place, so that optimizers and copies see it.
    Derived& to(const Device& device) { return move(device, {}), self(); }
    Derived& to(DType dtype) { return move({}, dtype), self(); }
    Derived& to(const Device& device, DType dtype) { return move(device, dtype), self(); }
    Derived& cpu() { return to(Device()); }
    /// Calls f with every part as an AnyModule, and last with this module.
    template <class F> Derived& apply(F f);

    /// This module and all its parts, each once.
    std::vector<AnyModule> modules() const;
    NamedList<AnyModule> named_modules() const;

    /// hook(module, input) before each forward; what it returns, if anything, takes the place of the input. `module` is
    /// a Derived or an AnyModule, `input` a TensorList, or the Tensor if there is one.
    template <class F> HookHandle register_forward_pre_hook(F hook) const;
    /// hook(module, input, output) after each forward; what it returns takes the place of the output.
    template <class F> HookHandle register_forward_hook(F hook) const;
    /// hook(module, grad_input, grad_output) when backward has been through the module; what it returns takes the place
    /// of grad_input.
    template <class F> HookHandle register_full_backward_hook(F hook) const;

    /// What stands between the brackets when the module is printed.
    std::string extra_repr() const { return {}; }

 protected:
    explicit Module(const ModuleBase& other) : ModuleBase(other) {}

 private:
    Derived& self() { return static_cast<Derived&>(*this); }
    const Derived& self() const { return static_cast<const Derived&>(*this); }

    template <class Self, class... A> static detail::Result<Self&, A...> call(Self& self, A&&... args) {
        const Module& base = self;
        InModule at_work(base.name());
        const ModuleHooks* hooks = base.shared_state()->hooks.get();
        if (!hooks) [[likely]]
            return self.forward(std::forward<A>(args)...);
        return detail::call_hooked(self, *hooks, std::forward<A>(args)...);
    }
};

}  // namespace taper::nn

template <class T> struct fmt::formatter<taper::nn::Setting<T>> : fmt::formatter<T> {
    auto format(const taper::nn::Setting<T>& setting, fmt::format_context& context) const {
        return fmt::formatter<T>::format(*setting, context);
    }
};

#include "any_module.h"  // which needs the above, and without which the above is of no use
