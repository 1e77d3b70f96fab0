// Modules: handles to layers and networks, which know their parameters, buffers and parts by name.
#pragma once

#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <set>
#include <string>
#include <typeinfo>
#include <utility>

#include "../autograd/ops.h"
#include "../tensor/base/type_name.h"
#include "../tensor/serialization/state_dict.h"
#include "copy.h"
#include "hooks.h"
#include "init_order.h"
#include "named_items.h"
#include "parameter.h"
#include "setting.h"

namespace taper::nn {

/// get_extra_state and set_extra_state of a module of one's own: a tensor that its state_dict holds as "_extra_state".
struct ExtraState {
    Tensor (*get)(const ModuleBase& module);
    void (*set)(const ModuleBase& module, const Tensor& state);
};

/// What the copies of a module share.
struct ModuleState {
    ModuleState(const std::type_info& type, std::size_t size);
    ~ModuleState();
    ModuleState(const ModuleState&) = delete;
    ModuleState& operator=(const ModuleState&) = delete;

    /// Whether one of the copies stands at this address.
    bool has_handle(const ModuleBase* handle) const;
    /// One of the copies that is of its type, not an AnyModule; none: there is none.
    const ModuleBase* own_handle() const;
    /// Under which a parameter or buffer is registered.
    std::string name_of(const Slot& slot) const;
    /// Turns what was a buffer, maybe, into a parameter.
    void make_parameter(const Slot& slot);

    /// The name of its class, which is another than its type's while it is lazy or parametrized.
    std::string class_name() const { return known_as.empty() ? type_name(type) : known_as; }

    const std::type_info& type;
    const std::size_t size;  // of a handle with its members
    std::string known_as;
    bool training = true;
    bool registered = false;   // as a part of some module
    std::int64_t version = 1;  // of what state_dict() says of it
    const ExtraState* extra = nullptr;
    NamedTable<std::shared_ptr<Slot>> parameters, buffers;
    NamedTable<std::shared_ptr<Slot>> computed;  // tensors that are made anew before each forward, and not saved
    NamedTable<AnyModule> children;
    std::unique_ptr<ModuleHooks> hooks;
    std::unique_ptr<Draw> initial_draw;
    std::vector<ModuleBase*> handles;      // the copies
    std::vector<std::ptrdiff_t> suspects;  // where in a handle a Parameter was made that may not be registered
    // Of a Sequential: whether all its parts map tensors, twice the number of changes of parts up to then added.
    std::atomic<std::uint64_t> maps_tensors = 0;
};

namespace detail {

/// How a member's type is assigned what is known as an AnyModule or a ModuleBase only.
struct MemberType {
    const std::type_info& type;
    AnyModule (*wrap)(const ModuleBase& module);
    void (*assign)(ModuleBase& member, const AnyModule& module);
};
/// Where a handle stands: as a part of a module, under a name, maybe in a member.
struct Place {
    std::string name;
    std::weak_ptr<ModuleState> parent;
    const MemberType* member;
};

/// The same step from `to` as there is from `from` to `home`.
inline const ModuleBase* shifted(const ModuleBase* home, const void* to, const void* from) {
    if (!home) return nullptr;
    return reinterpret_cast<const ModuleBase*>(reinterpret_cast<std::uintptr_t>(home) +
        reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from));
}
/// A Parameter with a value was made here, which may be a member of a module that is being made.
void suspect_member(const Registered* parameter);
/// Held while lists of handles and members are read or changed.
class StateLock {
 public:
    StateLock();
    ~StateLock();
    StateLock(const StateLock&) = delete;
    StateLock& operator=(const StateLock&) = delete;
};

/// How often the parts of any module changed.
inline constinit std::atomic<std::uint64_t> changes_of_parts = 1;

/// Below this the stack of the thread is about to end; not known yet where nothing is below it.
inline constinit thread_local std::uintptr_t end_of_stack = UINTPTR_MAX;
void look_at_stack(std::uintptr_t here);
/// Error where calls go so deep into one another, as modules inside modules, that the thread's stack is about to end.
inline void check_stack() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (here < end_of_stack) [[unlikely]]
        look_at_stack(here);
}

/// Stands while a module's forward is at work, names it for errors, and warns of parts and parameters of it that were
/// never registered.
class AtWork {
 public:
    AtWork(const ModuleBase& module, std::size_t size);
    ~AtWork();
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;

    /// None: the module has none.
    const ModuleHooks* hooks() const { return hooks_; }

 private:
    void look() const;

    InModule inside_;
    const ModuleBase* module_;
    ModuleState* state_;
    std::size_t size_;
    const AtWork* outer_;
    const ModuleHooks* hooks_;
};

}  // namespace detail

struct RegisterParameterOptions {
    Keywords _ = Keywords();
    Arg<std::string> name = required;
    Arg<Tensor> param = required;
    Arg<bool> requires_grad = Default(true);  // where `param` is no Parameter yet
};
struct RegisterBufferOptions {
    Keywords _ = Keywords();
    Arg<std::string> name = required;
    Arg<Tensor> tensor = required;
    Arg<bool> persistent = Default(true);
};
struct NamedOptions {
    Keywords _ = Keywords();
    Arg<std::string> prefix = Default("");
    Arg<bool> recurse = Default(true);
};
struct RecurseOptions {
    Keywords _ = Keywords();
    Arg<bool> recurse = Default(true);
};
/// memo: the shared_state() of modules that are left out, with their parts. remove_duplicate: each module once.
struct NamedModulesOptions {
    Keywords _ = Keywords();
    Arg<std::optional<std::set<std::shared_ptr<ModuleState>>>> memo = Default(none);
    Arg<std::string> prefix = Default("");
    Arg<bool> remove_duplicate = Default(true);
};
/// destination: what the tensors are added to. keep_vars: the tensors themselves, with their gradients.
struct StateDictOptions {
    Keywords _ = Keywords();
    Arg<std::optional<StateDict>> destination = Default(none);
    Arg<std::string> prefix = Default("");
    Arg<bool> keep_vars = Default(false);
};
struct LoadStateDictOptions {
    Keywords _ = Keywords();
    Arg<StateDict> state_dict = required;
    Arg<bool> strict = Default(true);
};
struct ZeroGradOptions {
    Keywords _ = Keywords();
    Arg<bool> set_to_none = Default(true);
};
struct ModeOptions {
    Keywords _ = Keywords();
    Arg<bool> mode = Default(true);
};
struct RequiresGradOptions {
    Keywords _ = Keywords();
    Arg<bool> requires_grad = Default(true);
};
/// tensor: in the place of device and dtype, whose own are meant. non_blocking changes nothing here.
struct ModuleToOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<Tensor> tensor = Default(none);
    Arg<bool> non_blocking = Default(false);
};
struct ApplyOptions {
    Keywords _ = Keywords();
    Arg<std::function<void(AnyModule&)>> fn = required;
};
struct AddModuleOptions;
template <class M> struct ForwardPreHookOptions;
template <class M> struct ForwardHookOptions;
template <class M> struct FullBackwardHookOptions;
struct TargetOptions {
    Keywords _ = Keywords();
    Arg<std::string> target = required;
};
/// What load_state_dict did not find, and what it had no use for.
struct IncompatibleKeys {
    std::vector<std::string> missing_keys, unexpected_keys;
};
struct TypeOptions {
    Keywords _ = Keywords();
    Arg<DType> dst_type = required;
};
struct ToEmptyOptions {
    Keywords _ = Keywords();
    Arg<Device> device = required;
};

/// What all modules can do, whatever their type.
class ModuleBase {
 public:
    // A move is a copy: no module is ever without its state. A copy shares it, but is no member of a module, unless it
    // is made as a part of a copy of that module.
    ModuleBase(const ModuleBase& other);
    ModuleBase(ModuleBase&& other);
    ~ModuleBase();
    /// To a member that register_module gave its value: registers the other under its name. Else the handle becomes one
    /// of the other module.
    ModuleBase& operator=(const ModuleBase& other) { return assign(other), *this; }

    bool training() const { return state_->training; }
    /// Of this module and its parts, each once, in the order they were registered.
    TAPER_METHOD(TensorList, parameters, RecurseOptions, 0, recurse)
    TAPER_METHOD(NamedList<Tensor>, named_parameters, NamedOptions, 0, prefix, recurse)
    TAPER_METHOD(TensorList, buffers, RecurseOptions, 0, recurse)
    TAPER_METHOD(NamedList<Tensor>, named_buffers, NamedOptions, 0, prefix, recurse)
    std::vector<AnyModule> children() const;
    NamedList<AnyModule> named_children() const;
    /// By its path, such as "layers.0.weight"; Error if there is none.
    TAPER_METHOD(Tensor, get_parameter, TargetOptions, 1, target)
    TAPER_METHOD(Tensor, get_buffer, TargetOptions, 1, target)

    /// Parameters and persistent buffers by name, detached, on their own memory.
    StateDict state_dict() const;
    StateDict state_dict(const StateDictOptions& options) const;
    /// Writes the values into the registered tensors. Error, before anything is written, with all that does not fit;
    /// names that are missing or unexpected are errors if `strict`.
    TAPER_METHOD(IncompatibleKeys, load_state_dict, LoadStateDictOptions, 1, state_dict, strict)
    IncompatibleKeys load_state_dict(
        std::initializer_list<StateDict::value_type> state_dict, const LoadStateDictOptions& options = {}) const;
    IncompatibleKeys load_state_dict(
        std::initializer_list<StateDict::value_type> state_dict, const Arg<bool>& strict) const;
    TAPER_METHOD(void, zero_grad, ZeroGradOptions, 0, set_to_none)

    /// Makes a parameter of this name (in place of the one it had), for the member of that name; Tensor() stands for
    /// None.
    TAPER_METHOD(RegisteredTensor, register_parameter, RegisterParameterOptions, 2, name, param, requires_grad)
    /// A tensor that is saved (if `persistent`) and moved with the module, but not trained.
    TAPER_METHOD(RegisteredTensor, register_buffer, RegisterBufferOptions, 2, name, tensor, persistent)
    /// Makes `module` a part of this one (in place of the one of that name, in members of this name too).
    void add_module(const std::string& name, const AnyModule& module) const;
    void add_module(const Arg<std::string>& name, AddModuleOptions options) const;
    void add_module(const AddModuleOptions& options) const;

    /// The initial draws of this module and its parts, in order.
    std::vector<Draw*> initial_draws() const;
    const std::shared_ptr<ModuleState>& shared_state() const { return state_; }

 protected:
    explicit ModuleBase(const std::type_info& type, std::size_t size);
    /// Of an AnyModule: of the same state, or of none yet.
    ModuleBase(const ModuleBase& other, Called);
    ModuleBase(const std::type_info& type, Called);

    /// Fills new parameters at random by `draw`, which is kept and so must not capture the module itself.
    void draw_initial(std::function<void()> draw) const;

    const std::string& name() const;
    void set_training(bool mode) const;
    void set_requires_grad(bool requires_grad) const;
    void move(const ModuleToOptions& options) const;
    /// Puts f(x) in the place of what is in each registered tensor x, and in its gradient.
    void replace_data(const std::function<Tensor(const Tensor&)>& f) const;
    void add_child(const std::string& name, const AnyModule& child, const detail::MemberType* member = nullptr) const;
    /// Lets `module`, which was added under this name, become the member of that name.
    void place_member(ModuleBase& module, const std::string& name) const;
    static void take_off_place(ModuleBase& module) { module.place_ = nullptr, module.home_ = nullptr; }
    /// Of numbered parts: with one more at this index; without those.
    static void insert_part(
        const ModuleBase& list, const std::type_info& type, std::int64_t index, const AnyModule& module);
    static void erase_parts(const ModuleBase& list, const std::vector<std::size_t>& indices);
    /// The part at the end of a path that is not empty.
    AnyModule& part(const char* op, const std::string& target) const;
    ModuleHooks& hooks() const;

 private:
    friend struct ModuleState;
    friend class detail::AtWork;
    friend class detail::DeepCopy;

    void check_name(const char* kind, const std::string& name, bool taken) const;
    StateDict add_to(StateDict dict, const std::string& prefix, bool keep_vars) const;
    void link();
    void unlink();
    void renumber_parts() const;
    void settle(const ModuleBase& other, bool moved);
    bool settle_at(const std::shared_ptr<const detail::Place>& place, const ModuleBase* home);
    bool stands_in_member() const;
    bool is_on_its_way() const;
    void assign(const ModuleBase& other);
    void become(const ModuleBase& other);

    std::shared_ptr<ModuleState> state_;
    std::shared_ptr<const detail::Place> place_;  // where this handle stands in a module, or stood
    const ModuleBase* home_ = nullptr;            // the handle whose member this is
    bool is_any_ = false;                         // an AnyModule: not a handle with the members of its type
    mutable bool is_new_ = false;                 // what register_module gives, on its way to the member
};

/// A layer or a network: `struct Net : nn::Module<Net>` with a forward of any signature, called as model(x, ...). A
/// copy shares parameters, buffers, parts, hooks and the mode. torch.nn.Module
template <class Derived> class Module : public ModuleBase {
 public:
    Module() : ModuleBase(typeid(Derived), sizeof(Derived)) {
        if constexpr (requires(const Derived& module) { module.get_extra_state(); })
            shared_state()->extra = &extra_state_of<>;
    }

    /// forward, with hooks; an Error thrown inside names the path of this module.
    template <class Self = Derived, class... A> auto operator()(A&&... args) -> detail::Result<Self&, A...> {
        return call(self(), std::forward<A>(args)...);
    }
    template <class Self = Derived, class... A> auto operator()(A&&... args) const
        -> detail::Result<const Self&, A...> {
        return call(self(), std::forward<A>(args)...);
    }

#ifndef __clang__  // which says by itself, shortly, why no forward takes the arguments
    template <class Arguments = ArgumentsDoNotFit> void operator()(...) const volatile = delete;
#endif

    /// Makes `module` a part of this one, and returns it for the member of that name.
    template <class M> M register_module(const std::string& name, M module) const;
    /// For a member that is an AnyModule.
    AnyModule register_module(const Arg<std::string>& name, AddModuleOptions options) const;
    AnyModule register_module(const AddModuleOptions& options) const;

    Derived& train(const Arg<bool>& mode = Default(true)) { return set_training(mode), self(); }
    Derived& train(const ModeOptions& o) { return set_training(o.mode), self(); }
    const Derived& train(const Arg<bool>& mode = Default(true)) const { return set_training(mode), self(); }
    const Derived& train(const ModeOptions& o) const { return set_training(o.mode), self(); }
    Derived& eval() { return set_training(false), self(); }
    const Derived& eval() const { return set_training(false), self(); }
    Derived& requires_grad_(const Arg<bool>& requires_grad = Default(true)) {
        return set_requires_grad(requires_grad), self();
    }
    Derived& requires_grad_(const RequiresGradOptions& o) { return set_requires_grad(o.requires_grad), self(); }
    /// Moves or casts (floating tensors only) the registered tensors in place, so that optimizers and copies see it.
    Derived& to(const ModuleToOptions& o = {}) { return move(o), self(); }
    Derived& to(const Arg<std::optional<Device>>& device, ModuleToOptions o = {}) {
        return to((o.device.put(device, "to", "device"), o));
    }
    Derived& to(
        const Arg<std::optional<Device>>& device, const Arg<std::optional<DType>>& dtype, ModuleToOptions o = {}) {
        return to(device, (o.dtype.put(dtype, "to", "dtype"), o));
    }
    Derived& to(const Arg<std::optional<Device>>& device, const Arg<std::optional<DType>>& dtype,
        const Arg<bool>& non_blocking, ModuleToOptions o = {}) {
        return to(device, dtype, (o.non_blocking.put(non_blocking, "to", "non_blocking"), o));
    }
    Derived& to(DType dtype, ModuleToOptions o = {}) { return to((o.dtype.put(dtype, "to", "dtype"), o)); }
    Derived& to(DType dtype, const Arg<bool>& non_blocking, ModuleToOptions o = {}) {
        return to(dtype, (o.non_blocking.put(non_blocking, "to", "non_blocking"), o));
    }
    Derived& to(const Tensor& tensor, ModuleToOptions o = {}) { return to((o.tensor.put(tensor, "to", "tensor"), o)); }
    Derived& to(const Tensor& tensor, const Arg<bool>& non_blocking, ModuleToOptions o = {}) {
        return to(tensor, (o.non_blocking.put(non_blocking, "to", "non_blocking"), o));
    }
    /// The same for tensors of any dtype.
    Derived& type(DType dst_type) {
        return this->replace_data([=](const Tensor& x) { return x.to(dst_type); }), self();
    }
    Derived& type(const TypeOptions& o) { return o.dst_type.need("type", "dst_type"), type(*o.dst_type); }
    /// Memory there, that holds anything, for all of them.
    Derived& to_empty(const ToEmptyOptions& o) {
        o.device.need("to_empty", "device");
        return this->replace_data([&](const Tensor& x) { return empty_like(x, {.device = *o.device}); }), self();
    }
    /// Threads share memory as it is.
    Derived& share_memory() { return self(); }
    Derived& cpu() { return to(Device()); }
    Derived& half() { return to(DType::Float16); }
    Derived& bfloat16() { return to(DType::BFloat16); }
    /// Calls f with every part as an AnyModule, and last with this module.
    template <class F> Derived& apply(F f);
    Derived& apply(const ApplyOptions& options);

    /// This module and all its parts, each once.
    std::vector<AnyModule> modules() const;
    NamedList<AnyModule> named_modules(const NamedModulesOptions& options = {}) const;
    NamedList<AnyModule> named_modules(
        const decltype(NamedModulesOptions::memo)& memo, NamedModulesOptions options = {}) const;
    NamedList<AnyModule> named_modules(const decltype(NamedModulesOptions::memo)& memo, const Arg<std::string>& prefix,
        NamedModulesOptions options = {}) const;
    NamedList<AnyModule> named_modules(const decltype(NamedModulesOptions::memo)& memo, const Arg<std::string>& prefix,
        const Arg<bool>& remove_duplicate) const;
    /// The part at a path such as "layers.0"; "" is this module. Error if there is none.
    AnyModule get_submodule(const Arg<std::string>& target) const;
    AnyModule get_submodule(const TargetOptions& options) const;

    /// hook(module, input) before each forward; what it returns, if anything, takes the place of the input. `module` is
    /// a Derived or an AnyModule, `input` a TensorList, or the Tensor if there is one.
    template <class F>
        requires(detail::BeforeHook<F, Derived> || detail::BeforeHook<F, AnyModule>)
    HookHandle register_forward_pre_hook(F hook) const;
    template <class TakesNoModuleAndInput> TAPER_REFUSED(
        "it is called as hook(module, input)", HookHandle register_forward_pre_hook(TakesNoModuleAndInput hook) const);
    HookHandle register_forward_pre_hook(const ForwardPreHookOptions<Derived>& options) const;
    /// hook(module, input, output) after each forward; what it returns takes the place of the output.
    template <class F>
        requires(detail::AfterHook<F, Derived> || detail::AfterHook<F, AnyModule>)
    HookHandle register_forward_hook(F hook) const;
    template <class TakesNoModuleInputAndOutput> TAPER_REFUSED("it is called as hook(module, input, output)",
        HookHandle register_forward_hook(TakesNoModuleInputAndOutput hook) const);
    HookHandle register_forward_hook(const ForwardHookOptions<Derived>& options) const;
    /// hook(module, grad_input, grad_output) when backward has been through the module; what it returns takes the place
    /// of grad_input.
    template <class F>
        requires(detail::BackwardHook<F, Derived> || detail::BackwardHook<F, AnyModule>)
    HookHandle register_full_backward_hook(F hook) const;
    template <class TakesNoModuleAndGradients> TAPER_REFUSED("it is called as hook(module, grad_input, grad_output)",
        HookHandle register_full_backward_hook(TakesNoModuleAndGradients hook) const);
    HookHandle register_full_backward_hook(const FullBackwardHookOptions<Derived>& options) const;

    /// hook(module, incompatible_keys) after each load_state_dict, before it complains of keys, which the hook may
    /// change.
    template <class F>
        requires(std::invocable<F&, AnyModule&, IncompatibleKeys&>)
    HookHandle register_load_state_dict_post_hook(F hook) const;

    /// What stands between the brackets when the module is printed.
    std::string extra_repr() const { return {}; }

 protected:
    Module(const ModuleBase& other, Called) : ModuleBase(other, Called()) {}
    explicit Module(Called) : ModuleBase(typeid(Derived), Called()) {}

 private:
    // A StateDict holds tensors: what get_extra_state gives must be one.
    template <class M = Derived> static constexpr ExtraState extra_state_of{
        [](const ModuleBase& module) -> Tensor { return static_cast<const M&>(module).get_extra_state(); },
        [](const ModuleBase& module, const Tensor& state) {
            if constexpr (requires(M& own) { own.set_extra_state(state); })
                M(static_cast<const M&>(module)).set_extra_state(state);
        }};
    Derived& self() { return static_cast<Derived&>(*this); }
    const Derived& self() const { return static_cast<const Derived&>(*this); }
    ModuleHooks& hooks_of(const Derived& module) const;

    template <class Self, class... A> static detail::Result<Self&, A...> call(Self& self, A&&... args) {
        const detail::AtWork at_work(self, sizeof(Derived));
        const ModuleHooks* hooks = at_work.hooks();
        if (!hooks) [[likely]]
            return self.forward(std::forward<A>(args)...);
        return detail::call_hooked(self, *hooks, std::forward<A>(args)...);
    }
};

}  // namespace taper::nn

#include "any_module.h"  // which needs the above, and without which the above is of no use
