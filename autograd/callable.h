// Functions of tensors as users write them, brought to one form: from a list of inputs to a list of outputs.
#pragma once

#include <concepts>

#include "../tensor/tensor.h"

namespace taper::autograd {
namespace detail {

/// Calls f with every tensor in a value: a Tensor, a list, or a tuple of such.
template <class V, class F> void each_tensor(V& value, const F& f) {
    if constexpr (std::same_as<std::remove_const_t<V>, Tensor>)
        f(value);
    else if constexpr (std::same_as<std::remove_const_t<V>, TensorList>)
        for (auto& x : value) f(x);
    else if constexpr (requires { value.each_tensor(f); })
        value.each_tensor(f);
    else if constexpr (requires { std::tuple_size<V>::value; })
        std::apply([&](auto&... items) { (each_tensor(items, f), ...); }, value);
}

/// The tensors in a value, in order.
template <class V> TensorList tensors_in(const V& value) {
    TensorList list;
    each_tensor(value, [&](const Tensor& x) { list.push_back(x); });
    return list;
}

/// Puts the tensors of a list, in order, in the place of those in a value.
template <class V> void put_tensors(V& value, const TensorList& list) {
    std::size_t next = 0;
    each_tensor(value, [&](Tensor& x) { x = list.at(next++); });
}

inline TensorList to_list(Tensor out) { return {std::move(out)}; }
inline TensorList to_list(TensorList out) { return out; }
template <class... T> TensorList to_list(const std::tuple<T...>& out) {
    return std::apply([](const auto&... each) { return TensorList{each...}; }, out);
}

template <std::size_t> using Each = const Tensor&;
template <class F, std::size_t... I> constexpr bool takes(std::index_sequence<I...>) {
    return std::is_invocable_v<F, Each<I>...>;
}
/// How many Tensors an F takes, of one to four; 0: it takes none of these numbers.
template <class F, std::size_t count = 1> constexpr std::size_t arity() {
    if constexpr (takes<F>(std::make_index_sequence<count>()))
        return count;
    else if constexpr (count < 4)
        return arity<F, count + 1>();
    else
        return 0;
}

}  // namespace detail

/// f(a), f(a, b) and so on up to four Tensors, or f(TensorList); it returns a Tensor, a TensorList or a tuple of
/// Tensors. Error when called with another number of inputs than f takes.
class ListFunction {
 public:
    ListFunction() = default;
    /// Of an overloaded function, as torch::tanh, the one that takes a Tensor.
    ListFunction(Tensor (*f)(const Tensor&)) : ListFunction([f](const Tensor& x) { return f(x); }) {}
    template <class F>
        requires(!std::derived_from<F, ListFunction> &&
            (detail::arity<F&>() > 0 || std::is_invocable_v<F&, const TensorList&>))
    ListFunction(F f) : f_([f](const TensorList& inputs) mutable { return called(f, inputs); }) {}

    TensorList operator()(const TensorList& inputs) const { return f_(inputs); }
    explicit operator bool() const { return static_cast<bool>(f_); }

 private:
    template <class F> static TensorList called(F& f, const TensorList& inputs) {
        constexpr std::size_t count = detail::arity<F&>();
        if constexpr (count == 0) {
            return detail::to_list(f(inputs));
        } else {
            check(inputs.size() == count, "the function takes {} tensors, but was given {}", count, inputs.size());
            return [&]<std::size_t... I>(std::index_sequence<I...>) { return detail::to_list(f(inputs[I]...)); }(
                       std::make_index_sequence<count>());
        }
    }

    std::function<TensorList(const TensorList&)> f_;
};

}  // namespace taper::autograd

/// A function as a parameter: also an overloaded one, which a template could not take.
template <> class taper::Arg<taper::autograd::ListFunction> : public detail::ArgBase {
    using ListFunction = autograd::ListFunction;

 public:
    Arg() : ArgBase(detail::Given::yes) {}
    Arg(Required) : ArgBase(detail::Given::must_be) {}
    Arg(Tensor (*f)(const Tensor&)) : ArgBase(detail::Given::yes), f_(f) {}
    template <class F>
        requires(std::constructible_from<ListFunction, const F&>)
    Arg(const F& f) : ArgBase(detail::Given::yes), f_(f) {}

    const ListFunction& operator*() const { return f_; }
    operator const ListFunction&() const { return f_; }
    /// As of any Arg.
    void put(const Arg& value, const char* call, const char* parameter) {
        if (given()) detail::given_twice(call, parameter);
        *this = value;
    }

 private:
    ListFunction f_;
};
