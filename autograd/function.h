// autograd::Function: an op of your own, with a forward and a backward.
#pragma once

#include <any>

#include "../tensor/base/type_name.h"
#include "callable.h"
#include "multi_output.h"

namespace taper::autograd {

namespace detail {
class FunctionStep;
}

/// What forward tells backward. A Function that has more to tell declares a `struct Context : autograd::Context` of its
/// own, with what members it likes.
class Context {
 public:
    /// Keeps inputs or outputs of forward for backward, which finds out whether they were written since.
    void save_for_backward(const TensorList& tensors);
    template <std::derived_from<Tensor>... T> void save_for_backward(const T&... tensors) {
        save_for_backward(TensorList{tensors...});
    }
    /// In backward: what was saved. Error if a backward has used it up, or if it was overwritten.
    TensorList saved_tensors() const;
    /// The inputs that forward has written in place; it must return them.
    void mark_dirty(const TensorList& inputs);
    template <std::derived_from<Tensor>... T> void mark_dirty(const T&... inputs) { mark_dirty(TensorList{inputs...}); }
    /// The outputs that have no gradient. (Those of whole numbers have none anyway.)
    void mark_non_differentiable(const TensorList& outputs);
    template <std::derived_from<Tensor>... T> void mark_non_differentiable(const T&... outputs) {
        mark_non_differentiable(TensorList{outputs...});
    }
    /// Whether backward gets zeros, or else Tensor(), for outputs that no gradient came to.
    void set_materialize_grads(bool value) { materialize_grads_ = value; }

    std::vector<bool> needs_input_grad;  // one for each argument of forward
    std::map<std::string, std::any> saved_data;

 private:
    friend class detail::FunctionStep;
    TensorList to_save_, dirty_, constants_;
    bool materialize_grads_ = true;
    detail::FunctionStep* step_ = nullptr;
};

namespace detail {

/// The part of a custom step that is the same for all.
class FunctionStep : public MultiOutputNode {
 public:
    /// `of_argument`: of each tensor, which argument of forward it is.
    FunctionStep(const char* name, Context& context, const TensorList& inputs, std::vector<std::size_t> of_argument,
        std::size_t arguments);
    /// Tells the context what is known before forward.
    void begin();
    /// Gives the outputs of forward their history.
    void finish(const TensorList& inputs, TensorList& outputs);
    TensorList gradients(const TensorList& grads) override;
    std::span<Saved> saved() override;
    TensorList unpacked();

 protected:
    virtual TensorList call_backward(const TensorList& grads) = 0;

 private:
    void check_dirty(const TensorList& outputs) const;
    Tensor with_history(const TensorList& inputs, const Tensor& output, int k);
    void save(const TensorList& outputs);

    Context& context_;
    std::vector<std::size_t> of_argument_;
    std::size_t arguments_;
    std::vector<Saved> saved_;
    std::vector<int> saved_result_;  // of each: the result it is, or -1
};

inline Tensor as_gradient(const Tensor& x) { return x; }
inline Tensor as_gradient(std::nullopt_t) { return {}; }
TensorList as_gradients(TensorList list);
TensorList as_gradients(const Tensor& x);
template <class... T> TensorList as_gradients(const std::tuple<T...>& list) {
    return std::apply([](const auto&... x) { return TensorList{as_gradient(x)...}; }, list);
}

/// Error unless backward takes as many gradients as forward returned tensors.
void check_gradients(const std::type_info& function, std::size_t returned, std::size_t taken);

/// Derived::backward(ctx, list), or with as many Tensors as it takes.
template <class Derived, class Ctx, std::size_t count = 1> TensorList call_backward(Ctx& ctx, const TensorList& grads) {
    constexpr auto each = std::make_index_sequence<count>();
    constexpr auto takes = []<std::size_t... I>(std::index_sequence<I...>) {
        return requires(Ctx& c, const TensorList& g) { Derived::backward(c, g[I]...); };
    };
    if constexpr (requires { Derived::backward(ctx, grads); }) {
        return as_gradients(Derived::backward(ctx, grads));
    } else if constexpr (takes(each)) {
        check_gradients(typeid(Derived), grads.size(), count);
        return [&]<std::size_t... I>(
                   std::index_sequence<I...>) { return as_gradients(Derived::backward(ctx, grads[I]...)); }(each);
    } else {
        static_assert(
            count < 8, "backward takes the Context, then a Tensor for each output of forward, or a TensorList");
        return call_backward<Derived, Ctx, count + 1>(ctx, grads);
    }
}

template <class Derived> class StepOf final : public FunctionStep {
 public:
    StepOf(const TensorList& inputs, std::vector<std::size_t> of_argument, std::size_t arguments)
        : FunctionStep(step_name(), context, inputs, std::move(of_argument), arguments) {
        begin();
    }
    typename Derived::Context context;

 private:
    static const char* step_name() {
        static const std::string name = type_name(typeid(Derived)) + "Backward";
        return name.c_str();
    }
    TensorList call_backward(const TensorList& grads) override {
        return detail::call_backward<Derived>(context, grads);
    }
};

/// The tensors of a custom op's arguments, beside which argument each is of. A TensorList counts as its items.
struct Arguments {
    TensorList tensors;
    std::vector<std::size_t> of_argument;
    std::size_t count = 0;
    void take_tensor(const Tensor& x);
    template <class A> void take(const A& argument) {
        if constexpr (std::derived_from<A, Tensor>) {
            take_tensor(argument);
        } else if constexpr (std::same_as<A, TensorList>) {
            for (const Tensor& x : argument) take_tensor(x);
        } else {
            ++count;
        }
    }
};

}  // namespace detail

/// `struct MyFn : Function<MyFn>` with `static Tensor forward(Context& ctx, ...)` and `static auto backward(Context&
/// ctx, Tensor grad)`, called as MyFn::apply(...). forward takes anything and returns a Tensor, a TensorList or a tuple
/// of Tensors; what it does is not recorded. backward takes a gradient for each of these and returns one for each
/// argument of forward (Tensor() for what has none), alone, in a tuple or in a TensorList. torch.autograd.Function
template <class Derived> struct Function {
    using Context = autograd::Context;

    template <class... A> static auto apply(const A&... arguments) {
        detail::Arguments given;
        (given.take(arguments), ...);
        Ref<detail::StepOf<Derived>> step(
            new detail::StepOf<Derived>(given.tensors, std::move(given.of_argument), given.count));
        auto outputs = [&] {
            NoGradGuard no_grad;
            return Derived::forward(step->context, arguments...);
        }();
        TensorList list = detail::tensors_in(outputs);
        step->finish(given.tensors, list);
        detail::put_tensors(outputs, list);
        return outputs;
    }
};

}  // namespace taper::autograd
