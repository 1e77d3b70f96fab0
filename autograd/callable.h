// Functions of tensors as users write them, brought to one form: from a list of inputs to a list of outputs.
#pragma once

#include <concepts>

#include "../tensor/tensor.h"

namespace taper::autograd {

using ListFunction = std::function<TensorList(const TensorList&)>;

namespace detail {

/// Calls f with every tensor in a value: a Tensor, a list, or a tuple of such.
template <class V, class F> void each_tensor(V& value, const F& f) {
    if constexpr (std::same_as<std::remove_const_t<V>, Tensor>)
        f(value);
    else if constexpr (std::same_as<std::remove_const_t<V>, TensorList>)
        for (auto& x : value) f(x);
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

}  // namespace detail

/// f(a), f(a, b) and so on up to four Tensors, or f(TensorList); it returns a Tensor, a TensorList or a tuple of
/// Tensors. Error when called with another number of inputs than f takes.
template <std::size_t count = 1, class F> ListFunction list_function(F f) {
    if constexpr (detail::takes<F&>(std::make_index_sequence<count>()))
        return [f](const TensorList& inputs) mutable {
            check(inputs.size() == count, "the function takes {} tensors, but was given {}", count, inputs.size());
            return [&]<std::size_t... I>(std::index_sequence<I...>) { return detail::to_list(f(inputs[I]...)); }(
                       std::make_index_sequence<count>());
        };
    else if constexpr (count < 4)
        return list_function<count + 1>(std::move(f));
    else
        return [f](const TensorList& inputs) mutable { return detail::to_list(f(inputs)); };
}

}  // namespace taper::autograd
