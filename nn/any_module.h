// AnyModule: a variable that holds any module, or any function from Tensor to Tensor.
#pragma once

#include "module.h"

namespace taper::nn {

template <class F>
concept TensorFunction = !std::derived_from<F, ModuleBase> && std::is_invocable_r_v<Tensor, F&, const Tensor&>;

/// A function from Tensor to Tensor as a module.
struct Function : Module<Function> {
    explicit Function(std::function<Tensor(const Tensor&)> function) : function(std::move(function)) {}
    Tensor forward(const Tensor& x) const { return function(x); }
    std::function<Tensor(const Tensor&)> function;
};

/// Any module; a copy is the same module. Error on calling one whose forward is not from Tensor to Tensor.
class AnyModule : public Module<AnyModule> {
 public:
    template <class M>
        requires(std::derived_from<M, ModuleBase> && !std::same_as<M, AnyModule>)
    AnyModule(M module)
        : Module<AnyModule>(static_cast<const ModuleBase&>(module)),
          held_(std::make_shared<Held<M>>(std::move(module))) {
        place(*this, name(), false);
    }
    template <TensorFunction F> AnyModule(F function) : AnyModule(Function(std::move(function))) {}

    Tensor operator()(const Tensor& x) const {
        InModule at_work(name());
        return held_->call(x);
    }
    Tensor forward(const Tensor& x) const { return held_->call(x); }

    /// isinstance(m, M)
    template <class M> bool is() const { return held_->type() == typeid(M); }
    /// The module itself, as an M; Error if it is another type.
    template <class M> M& as() const {
        check_type(typeid(M));
        return *static_cast<M*>(held_->module());
    }
    const std::type_info& type() const { return held_->type(); }
    std::string extra_repr() const { return held_->extra_repr(); }

 private:
    struct Holder {
        virtual ~Holder() = default;
        virtual Tensor call(const Tensor& x) = 0;
        virtual const std::type_info& type() const = 0;
        virtual void* module() = 0;
        virtual std::string extra_repr() const = 0;
    };
    template <class M> struct Held final : Holder {
        explicit Held(M module) : held(std::move(module)) { place(held, "", false); }
        Tensor call(const Tensor& x) override {
            if constexpr (std::is_invocable_r_v<Tensor, M&, const Tensor&>)
                return held(x);
            else
                fail("AnyModule: the forward of {} is not from Tensor to Tensor: call it as m.as<{}>()(...)",
                    type_name(typeid(M)), type_name(typeid(M)));
        }
        const std::type_info& type() const override { return typeid(M); }
        void* module() override { return &held; }
        std::string extra_repr() const override { return held.extra_repr(); }
        M held;
    };
    void check_type(const std::type_info& wanted) const;

    std::shared_ptr<Holder> held_;
};

/// PyTorch's own text of a module and its parts.
std::string repr(const AnyModule& module);
/// A number as Python prints it: 0.5, 1.0, 1e-05.
std::string repr(double number);
std::ostream& operator<<(std::ostream& out, const AnyModule& module);

// ---- what of Module needs AnyModule

namespace detail {
void collect_modules(NamedList<AnyModule>& found, const AnyModule& module, const std::string& path);

// Calls f with `any` as the type D that it holds if f takes that, else as it is.
template <class D, bool as_derived, class F> TensorList with_module(AnyModule& any, F&& f) {
    if constexpr (as_derived && !std::same_as<D, AnyModule>)
        return f(any.as<D>());
    else
        return f(any);
}
}  // namespace detail

template <class D> template <class M> M Module<D>::register_module(const std::string& name, M module) const {
    add_child(name, AnyModule(module));
    place(module, name, true);
    return module;
}

template <class D> template <class F> D& Module<D>::apply(F f) {
    for (AnyModule& child : children()) child.apply(std::ref(f));
    AnyModule whole(self());
    f(whole);
    return self();
}

template <class D> NamedList<AnyModule> Module<D>::named_modules() const {
    NamedList<AnyModule> found;
    detail::collect_modules(found, AnyModule(self()), "");
    return found;
}
template <class D> std::vector<AnyModule> Module<D>::modules() const {
    std::vector<AnyModule> found;
    for (auto& [name, module] : named_modules()) found.push_back(module);
    return found;
}

template <class D> template <class F> HookHandle Module<D>::register_forward_pre_hook(F hook) const {
    ModuleHooks::Before call = [hook](AnyModule& any, const TensorList& inputs) mutable {
        return detail::with_module<D, detail::BeforeHook<F, D>>(
            any, [&](auto& m) { return detail::call_before(hook, m, inputs); });
    };
    return add_hook(shared_state(), hooks().before, hooks().next++, std::move(call));
}
template <class D> template <class F> HookHandle Module<D>::register_forward_hook(F hook) const {
    ModuleHooks::After call = [hook](AnyModule& any, const TensorList& inputs, const TensorList& outputs) mutable {
        return detail::with_module<D, detail::AfterHook<F, D>>(
            any, [&](auto& m) { return detail::call_after(hook, m, inputs, outputs); });
    };
    return add_hook(shared_state(), hooks().after, hooks().next++, std::move(call));
}
template <class D> template <class F> HookHandle Module<D>::register_full_backward_hook(F hook) const {
    ModuleHooks::Backward call = [hook](AnyModule& any, const TensorList& to, const TensorList& from) mutable {
        return detail::with_module<D, detail::BackwardHook<F, D>>(
            any, [&](auto& m) { return detail::call_backward(hook, m, to, from); });
    };
    return add_hook(shared_state(), hooks().backward, hooks().next++, std::move(call));
}

}  // namespace taper::nn

template <class M>
    requires std::derived_from<M, taper::nn::ModuleBase>
struct fmt::formatter<M> : fmt::formatter<std::string_view> {
    auto format(const M& module, fmt::format_context& context) const {
        const std::string text = taper::nn::repr(taper::nn::AnyModule(module));
        return std::copy(text.begin(), text.end(), context.out());
    }
};
