// Functions of tensors as users write them, brought to one form: from a list of inputs to a list of outputs.
#pragma once

#include "../tensor/tensor.h"

namespace taper::autograd {

using ListFunction = std::function<TensorList(const TensorList&)>;

namespace detail {

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
