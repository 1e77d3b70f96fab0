// AnyModule: a variable that holds any module, or any function from Tensor to Tensor.
#pragma once

#include "erased.h"
#include "module.h"

namespace taper::nn {

template <class F>
concept TensorFunction = !std::derived_from<F, ModuleBase> && std::is_invocable_r_v<Tensor, F&, const Tensor&>;

/// A function from Tensor to Tensor as a module.
struct Function : Module<Function> {
    explicit Function(std::function<Tensor(const Tensor&)> function);
    Tensor forward(const Tensor& x) const;
    std::function<Tensor(const Tensor&)> function;
};

namespace detail {
// The type as which a module of type M is held: another where M is a handle of that, made in its own way.
template <class M> struct Held {
    using Type = M;
};
template <class M>
    requires(requires { typename M::cls_to_become; })
struct Held<M> {
    using Type = typename M::cls_to_become;
};
}  // namespace detail

/// Any module, or none; a copy is the same module. Called with what its module's forward takes; Error, with both
/// signatures, if that is something else.
class AnyModule : public Module<AnyModule> {
 public:
    /// None.
    AnyModule();
    template <class M>
        requires(std::derived_from<M, ModuleBase> && !std::same_as<M, AnyModule>)
    AnyModule(M module)
        : Module<AnyModule>(static_cast<const ModuleBase&>(module), Called()),
          held_(hold<typename detail::Held<M>::Type>(module)) {}
    template <TensorFunction F> AnyModule(F function) : AnyModule(Function(std::move(function))) {}
    AnyModule(const AnyModule& other);
    AnyModule& operator=(const AnyModule&);
    ~AnyModule();

    /// Whether it holds a module.
    bool defined() const { return static_cast<bool>(held_); }

    Tensor operator()(const Tensor& x) const;
    Tensor forward(const Tensor& x) const;
    /// With arguments of any types, for a forward that gives a Tensor.
    template <class... A>
        requires(sizeof...(A) != 1 || !(std::convertible_to<A, const Tensor&> && ...))
    Tensor operator()(A&&... args) const {
        return call<Tensor>(std::forward<A>(args)...);
    }
    /// The same for one that gives an R: auto [out, state] = m.call<std::tuple<Tensor, Tensor>>(x).
    template <class R, class... A> R call(A&&... args) const {
        detail::Anys values;
        (values.push_back(detail::packed(std::forward<A>(args))), ...);
        return detail::result_as<R>(type(), call_any(values));
    }
    /// The same with values whose types are known at run time only.
    std::any call_any(const std::vector<std::any>& values) const;
    /// Whether its forward is from Tensor to Tensor.
    bool maps_tensors() const;

    /// isinstance(m, M)
    template <class M> bool is() const {
        if constexpr (std::same_as<M, typename detail::Held<M>::Type>)
            return type() == typeid(M);
        else
            return type() == typeid(typename M::cls_to_become) && shared_state()->known_as == type_name(typeid(M));
    }
    /// The module itself, as an M; Error if it is another type.
    template <class M> M& as() const { return *static_cast<M*>(module_of(typeid(M))); }
    const std::type_info& type() const;
    using Module::type;
    std::string extra_repr() const;

    // ---- for the library
    /// How a handle of the type it holds becomes an AnyModule.
    AnyModule (*wrapper() const)(const ModuleBase&);

 private:
    struct Holder;
    template <class M> struct Held;
    template <class M> static std::shared_ptr<Holder> hold(const M& module);
    static std::shared_ptr<Holder> copied(const std::shared_ptr<Holder>& held);
    Holder& held() const;
    void* module_of(const std::type_info& wanted) const;

    std::shared_ptr<Holder> held_;
};

struct AnyModule::Holder {
    virtual ~Holder() = default;
    virtual Tensor call(const Tensor& x) = 0;
    virtual std::any call_any(const detail::Anys& values) = 0;
    virtual bool maps_tensors() const = 0;
    virtual std::shared_ptr<Holder> copy() const = 0;
    virtual const std::type_info& type() const = 0;
    virtual void* module() = 0;
    virtual std::string extra_repr() const = 0;
    virtual AnyModule (*wrapper() const)(const ModuleBase&) = 0;
};
template <class M> struct AnyModule::Held final : Holder {
    explicit Held(const M& module) : held(module) { take_off_place(held); }
    Tensor call(const Tensor& x) override {
        if constexpr (std::is_invocable_r_v<Tensor, M&, const Tensor&>)
            return held(x);
        else
            return detail::result_as<Tensor>(typeid(M), detail::call_erased(held, {x}));
    }
    std::any call_any(const detail::Anys& values) override { return detail::call_erased(held, values); }
    bool maps_tensors() const override {
        if constexpr (requires(const M& m) { m.maps_tensors(); })
            return held.maps_tensors();
        else
            return std::is_invocable_r_v<Tensor, M&, const Tensor&>;
    }
    std::shared_ptr<Holder> copy() const override { return std::make_shared<Held>(held); }
    const std::type_info& type() const override { return typeid(M); }
    void* module() override { return &held; }
    std::string extra_repr() const override { return held.extra_repr(); }
    AnyModule (*wrapper() const)(const ModuleBase&) override {
        return [](const ModuleBase& module) { return AnyModule(static_cast<const M&>(module)); };
    }
    M held;
};
template <class M> std::shared_ptr<AnyModule::Holder> AnyModule::hold(const M& module) {
    return std::make_shared<Held<M>>(module);
}

/// PyTorch's own text of a module and its parts.
std::string repr(const AnyModule& module);
using taper::repr;
std::ostream& operator<<(std::ostream& out, const AnyModule& module);

// ---- what of Module needs AnyModule

struct AddModuleOptions {
    Keywords _ = Keywords();
    Arg<std::string> name = required;
    Arg<AnyModule> module = required;
};

namespace detail {
void collect_modules(
    NamedList<AnyModule>& found, const AnyModule& module, const std::string& path, const NamedModulesOptions& options);

[[noreturn]] void not_assignable(const std::type_info& module);

template <class M> const MemberType& member_type() {
    using Type = typename Held<M>::Type;
    static const MemberType type{typeid(Type),
        [](const ModuleBase& module) { return AnyModule(static_cast<const Type&>(module)); },
        [](ModuleBase& member, const AnyModule& module) {
            if constexpr (!std::is_copy_assignable_v<Type>)
                not_assignable(typeid(Type));
            else if constexpr (std::same_as<Type, AnyModule>)
                static_cast<Type&>(member) = module;
            else
                static_cast<Type&>(member) = module.as<Type>();
        }};
    return type;
}

// Calls f with `any` as the type D that it holds if f takes that, else as it is.
template <class D, bool as_derived, class F> TensorList with_module(AnyModule& any, F&& f) {
    if constexpr (as_derived && !std::same_as<D, AnyModule>)
        return f(any.as<D>());
    else
        return f(any);
}
}  // namespace detail

template <class D> template <class M> M Module<D>::register_module(const std::string& name, M module) const {
    add_child(name, AnyModule(module), &detail::member_type<M>());
    place_member(module, name);
    return module;
}

template <class D> AnyModule Module<D>::register_module(const Arg<std::string>& name, AddModuleOptions options) const {
    options.name.put(name, "register_module", "name");
    return register_module(options);
}
template <class D> AnyModule Module<D>::register_module(const AddModuleOptions& options) const {
    options.name.need("register_module", "name"), options.module.need("register_module", "module");
    return register_module<AnyModule>(*options.name, *options.module);
}

template <class D> template <class F> D& Module<D>::apply(F f) {
    struct Level {
        AnyModule module;
        std::vector<AnyModule> parts;
        std::size_t next = 0;
    };
    std::vector<Level> levels;  // not calls of calls, so that modules may stand in one another as deep as they like
    levels.push_back({AnyModule(self()), children()});
    while (!levels.empty()) {
        Level& level = levels.back();
        if (level.next < level.parts.size()) {
            AnyModule part = level.parts[level.next++];
            levels.push_back({part, part.children()});
        } else {
            AnyModule module = level.module;
            levels.pop_back();
            f(module);
        }
    }
    return self();
}

template <class D> D& Module<D>::apply(const ApplyOptions& options) {
    options.fn.need("apply", "fn");
    return apply(*options.fn);
}

template <class D> NamedList<AnyModule> Module<D>::named_modules(const NamedModulesOptions& options) const {
    NamedList<AnyModule> found;
    detail::collect_modules(found, AnyModule(self()), options.prefix, options);
    return found;
}
template <class D> NamedList<AnyModule> Module<D>::named_modules(
    const decltype(NamedModulesOptions::memo)& memo, NamedModulesOptions options) const {
    options.memo.put(memo, "named_modules", "memo");
    return named_modules(options);
}
template <class D> NamedList<AnyModule> Module<D>::named_modules(const decltype(NamedModulesOptions::memo)& memo,
    const Arg<std::string>& prefix, NamedModulesOptions options) const {
    options.prefix.put(prefix, "named_modules", "prefix");
    return named_modules(memo, options);
}
template <class D> NamedList<AnyModule> Module<D>::named_modules(const decltype(NamedModulesOptions::memo)& memo,
    const Arg<std::string>& prefix, const Arg<bool>& remove_duplicate) const {
    return named_modules(memo, prefix, {.remove_duplicate = remove_duplicate});
}
template <class D> std::vector<AnyModule> Module<D>::modules() const {
    std::vector<AnyModule> found;
    for (auto& [name, module] : named_modules()) found.push_back(module);
    return found;
}
template <class D> AnyModule Module<D>::get_submodule(const Arg<std::string>& target) const {
    return target->empty() ? AnyModule(self()) : part("get_submodule", target);
}
template <class D> AnyModule Module<D>::get_submodule(const TargetOptions& options) const {
    options.target.need("get_submodule", "target");
    return get_submodule(options.target);
}

template <class D> ModuleHooks& Module<D>::hooks_of(const D& module) const {
    ModuleHooks& hooks = this->hooks();
    if (hooks.wrap) return hooks;
    if constexpr (std::same_as<D, AnyModule>)
        hooks.wrap = module.wrapper();
    else
        hooks.wrap = [](const ModuleBase& handle) { return AnyModule(static_cast<const D&>(handle)); };
    return hooks;
}

template <class D> template <class F>
    requires(detail::BeforeHook<F, D> || detail::BeforeHook<F, AnyModule>)
HookHandle Module<D>::register_forward_pre_hook(F hook) const {
    ModuleHooks::Before call = [hook](AnyModule& any, const TensorList& inputs) mutable {
        return detail::with_module<D, detail::BeforeHook<F, D>>(
            any, [&](auto& m) { return detail::call_before(hook, m, inputs); });
    };
    ModuleHooks& mine = hooks_of(self());
    return add_hook(shared_state(), mine.before, mine.next++, std::move(call));
}
template <class D> template <class F>
    requires(detail::AfterHook<F, D> || detail::AfterHook<F, AnyModule>)
HookHandle Module<D>::register_forward_hook(F hook) const {
    ModuleHooks::After call = [hook](AnyModule& any, const TensorList& inputs, const TensorList& outputs) mutable {
        return detail::with_module<D, detail::AfterHook<F, D>>(
            any, [&](auto& m) { return detail::call_after(hook, m, inputs, outputs); });
    };
    ModuleHooks& mine = hooks_of(self());
    return add_hook(shared_state(), mine.after, mine.next++, std::move(call));
}
template <class D> template <class F>
    requires(detail::BackwardHook<F, D> || detail::BackwardHook<F, AnyModule>)
HookHandle Module<D>::register_full_backward_hook(F hook) const {
    ModuleHooks::Backward call = [hook](AnyModule& any, const TensorList& to, const TensorList& from) mutable {
        return detail::with_module<D, detail::BackwardHook<F, D>>(
            any, [&](auto& m) { return detail::call_backward(hook, m, to, from); });
    };
    ModuleHooks& mine = hooks_of(self());
    return add_hook(shared_state(), mine.backward, mine.next++, std::move(call));
}

template <class D> template <class F>
    requires(std::invocable<F&, AnyModule&, IncompatibleKeys&>)
HookHandle Module<D>::register_load_state_dict_post_hook(F hook) const {
    ModuleHooks& mine = hooks_of(self());
    return add_hook(
        shared_state(), mine.loaded, mine.next++, std::function<void(AnyModule&, IncompatibleKeys&)>(std::move(hook)));
}

namespace detail {
// A hook of any type that fits, which `hang` hangs into a module.
template <class D> struct AnyHook {
    std::function<HookHandle(const Module<D>&)> hang;
};
template <class D> struct AnyBeforeHook : AnyHook<D> {
    AnyBeforeHook() = default;
    template <class F>
        requires(BeforeHook<F, D> || BeforeHook<F, AnyModule>)
    AnyBeforeHook(F f) : AnyHook<D>{[f](const Module<D>& m) { return m.register_forward_pre_hook(f); }} {}
};
template <class D> struct AnyAfterHook : AnyHook<D> {
    AnyAfterHook() = default;
    template <class F>
        requires(AfterHook<F, D> || AfterHook<F, AnyModule>)
    AnyAfterHook(F f) : AnyHook<D>{[f](const Module<D>& m) { return m.register_forward_hook(f); }} {}
};
template <class D> struct AnyBackwardHook : AnyHook<D> {
    AnyBackwardHook() = default;
    template <class F>
        requires(BackwardHook<F, D> || BackwardHook<F, AnyModule>)
    AnyBackwardHook(F f) : AnyHook<D>{[f](const Module<D>& m) { return m.register_full_backward_hook(f); }} {}
};
}  // namespace detail

template <class D> struct ForwardPreHookOptions {
    Keywords _ = Keywords();
    Arg<detail::AnyBeforeHook<D>> hook = required;
};
template <class D> struct ForwardHookOptions {
    Keywords _ = Keywords();
    Arg<detail::AnyAfterHook<D>> hook = required;
};
template <class D> struct FullBackwardHookOptions {
    Keywords _ = Keywords();
    Arg<detail::AnyBackwardHook<D>> hook = required;
};
template <class D> HookHandle Module<D>::register_forward_pre_hook(const ForwardPreHookOptions<D>& options) const {
    options.hook.need("register_forward_pre_hook", "hook");
    return options.hook->hang(*this);
}
template <class D> HookHandle Module<D>::register_forward_hook(const ForwardHookOptions<D>& options) const {
    options.hook.need("register_forward_hook", "hook");
    return options.hook->hang(*this);
}
template <class D> HookHandle Module<D>::register_full_backward_hook(const FullBackwardHookOptions<D>& options) const {
    options.hook.need("register_full_backward_hook", "hook");
    return options.hook->hang(*this);
}

}  // namespace taper::nn

// (Nor of a Sequential, though it is one of modules.)
FMT_BEGIN_NAMESPACE
template <class M>
    requires std::derived_from<M, taper::nn::ModuleBase>
struct is_range<M, char> : std::false_type {};
FMT_END_NAMESPACE

template <class M>
    requires std::derived_from<M, taper::nn::ModuleBase>
struct fmt::formatter<M> : fmt::formatter<std::string_view> {
    auto format(const M& module, fmt::format_context& context) const {
        const std::string text = taper::nn::repr(taper::nn::AnyModule(module));
        return std::copy(text.begin(), text.end(), context.out());
    }
};
