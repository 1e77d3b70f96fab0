// Module hooks: what users hang before, after and behind a module's forward.
#pragma once

#include <map>
#include <tuple>

#include "../autograd/callable.h"
#include "../autograd/node.h"

namespace taper::nn {

class AnyModule;
class ModuleBase;
struct IncompatibleKeys;

/// The hooks of a module, by the number that takes each off again. What they return, if anything, takes the place of
/// the list they were given last (before: the inputs; after: the outputs; backward: the gradients of the inputs).
struct ModuleHooks {
    using Before = std::function<TensorList(AnyModule&, const TensorList& inputs)>;
    using After = std::function<TensorList(AnyModule&, const TensorList& inputs, const TensorList& outputs)>;
    using Backward =
        std::function<TensorList(AnyModule&, const TensorList& grad_inputs, const TensorList& grad_outputs)>;

    AnyModule (*wrap)(const ModuleBase& module) = nullptr;  // a handle of the module as an AnyModule
    int next = 0;
    std::map<int, Before> before;
    std::map<int, After> after;
    std::map<int, Backward> backward;
    std::map<int, std::function<void(AnyModule&, IncompatibleKeys&)>> loaded;

    /// Whether a call of the module has any.
    bool at_calls() const { return !before.empty() || !after.empty() || !backward.empty(); }
};

/// Hangs `hook` into one of the maps; the handle holds the owner of the map only as long as others do.
template <class Hook>
HookHandle add_hook(const std::shared_ptr<void>& owner, std::map<int, Hook>& hooks, int number, Hook hook) {
    hooks.emplace(number, std::move(hook));
    return {[owner = std::weak_ptr<void>(owner), &hooks, number] {
        if (auto alive = owner.lock()) hooks.erase(number);
    }};
}

namespace detail {

/// One call of a module that has hooks: its tensors pass through here on the way in and out.
class HookedCall {
 public:
    HookedCall(const ModuleBase& module, const ModuleHooks& hooks);
    ~HookedCall();
    void enter(TensorList& inputs);
    void leave(TensorList& outputs);

 private:
    struct Backward;
    std::unique_ptr<AnyModule> module_;
    ModuleHooks hooks_;  // a copy: a hook may remove itself
    TensorList inputs_;
    std::shared_ptr<Backward> backward_;
};

/// What forward gives, by value.
template <class Self, class... A> using Result =
    std::decay_t<decltype(std::declval<Self>().forward(std::declval<A>()...))>;

/// Lets `change` write the tensors of a value.
template <class V, class F> void rewrite(V& value, const F& change) {
    TensorList list = autograd::detail::tensors_in(value);
    change(list);
    autograd::detail::put_tensors(value, list);
}

template <class A> using Argument =
    std::conditional_t<std::derived_from<std::decay_t<A>, Tensor>, Tensor, std::decay_t<A>>;

template <class Self, class... A> Result<Self&, A...> call_hooked(Self& self, const ModuleHooks& hooks, A&&... args) {
    HookedCall call(self, hooks);
    std::tuple<Argument<A>...> inputs(std::forward<A>(args)...);
    rewrite(inputs, [&](TensorList& list) { call.enter(list); });
    auto forward = [&](auto&... a) -> Result<Self&, A...> { return self.forward(std::forward<Argument<A>>(a)...); };
    if constexpr (std::is_void_v<Result<Self&, A...>>) {
        std::apply(forward, inputs);
    } else {
        auto outputs = std::apply(forward, inputs);
        rewrite(outputs, [&](TensorList& list) { call.leave(list); });
        return outputs;
    }
}

/// What a user's hook returned, as a list: nothing, a tensor, or several.
template <class F, class... A> TensorList answer(F& hook, A&... args) {
    if constexpr (std::is_void_v<std::invoke_result_t<F&, A&...>>) {
        hook(args...);
        return {};
    } else if constexpr (std::convertible_to<std::invoke_result_t<F&, A&...>, Tensor>) {
        Tensor x = hook(args...);
        return x.defined() ? TensorList{x} : TensorList{};
    } else {
        return hook(args...);
    }
}

/// The one tensor of a list; Error if there are others.
const Tensor& only(const TensorList& list);

template <class F, class M>
concept TakesInputs = std::invocable<F&, M&, const TensorList&>;
template <class F, class M>
concept TakesListAndOne = std::invocable<F&, M&, const TensorList&, const Tensor&>;
template <class F, class M>
concept TakesOneAndOne = std::invocable<F&, M&, const Tensor&, const Tensor&>;
template <class F, class M>
concept TakesLists = std::invocable<F&, M&, const TensorList&, const TensorList&>;

// Whether a hook takes the module as an M. (A disjunction of concepts tries no further form than it must.)
template <class F, class M>
concept BeforeHook = TakesInputs<F, M> || std::invocable<F&, M&, const Tensor&>;
template <class F, class M>
concept AfterHook = TakesListAndOne<F, M> || TakesOneAndOne<F, M> || TakesLists<F, M>;
template <class F, class M>
concept BackwardHook = TakesLists<F, M> || TakesOneAndOne<F, M>;

template <class F, class M> TensorList call_before(F& hook, M& module, const TensorList& inputs) {
    if constexpr (TakesInputs<F, M>)
        return answer(hook, module, inputs);
    else
        return answer(hook, module, only(inputs));
}
template <class F, class M>
TensorList call_after(F& hook, M& module, const TensorList& inputs, const TensorList& outputs) {
    if constexpr (TakesListAndOne<F, M>)
        return answer(hook, module, inputs, only(outputs));
    else if constexpr (TakesOneAndOne<F, M>)
        return answer(hook, module, only(inputs), only(outputs));
    else
        return answer(hook, module, inputs, outputs);
}
template <class F, class M>
TensorList call_backward(F& hook, M& module, const TensorList& grad_inputs, const TensorList& grad_outputs) {
    if constexpr (TakesLists<F, M>)
        return answer(hook, module, grad_inputs, grad_outputs);
    else
        return answer(hook, module, only(grad_inputs), only(grad_outputs));
}

}  // namespace detail
}  // namespace taper::nn
