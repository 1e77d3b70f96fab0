// Calls of a forward whose types are known at run time only: what goes in and comes out are std::any.
#pragma once

#include <any>
#include <concepts>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../tensor/tensor.h"

namespace taper::nn::detail {

using Anys = std::vector<std::any>;

/// "(Tensor, int)"
std::string type_names(const std::vector<const std::type_info*>& types);
std::string type_names(const Anys& values);
[[noreturn]] void does_not_take(
    const std::type_info& module, const std::vector<const std::type_info*>& wanted, const Anys& given);
[[noreturn]] void does_not_give(const std::type_info& module, const std::type_info& wanted, const std::any& given);
[[noreturn]] void takes_tensors_only(const std::type_info& module, const Anys& given);

/// A value as it travels: a Parameter as a Tensor, a whole number as an int64_t, text as a std::string.
template <class V> std::any packed(V&& value) {
    using Own = std::decay_t<V>;
    if constexpr (std::same_as<Own, std::any>)
        return std::forward<V>(value);
    else if constexpr (std::derived_from<Own, Tensor>)
        return Tensor(value);
    else if constexpr (std::same_as<Own, bool>)
        return value;
    else if constexpr (std::integral<Own>)
        return static_cast<std::int64_t>(value);
    else if constexpr (std::floating_point<Own>)
        return static_cast<double>(value);
    else if constexpr (std::convertible_to<V, std::string>)
        return std::string(std::forward<V>(value));
    else
        return std::any(std::forward<V>(value));
}

template <class T> struct Absent {
    static constexpr bool can_be = false;
};
template <class T> struct Absent<std::optional<T>> {
    static constexpr bool can_be = true;
    using Value = T;
};

/// The value as a P, none if it is no P: numbers are as strict as in any call.
template <class P> std::optional<P> unpacked(const std::any& value) {
    if constexpr (std::same_as<P, std::any>) {
        return value;
    } else if constexpr (Absent<P>::can_be) {
        if (!value.has_value() || value.type() == typeid(std::nullopt_t)) return P();
        if (auto inner = unpacked<typename Absent<P>::Value>(value)) return P(std::move(*inner));
        return {};
    } else {
        if constexpr (std::is_arithmetic_v<P> && !std::same_as<P, bool>) {
            if (auto* whole = std::any_cast<std::int64_t>(&value)) return static_cast<P>(*whole);
            if constexpr (std::floating_point<P>)
                if (auto* real = std::any_cast<double>(&value)) return static_cast<P>(*real);
        } else if constexpr (std::same_as<P, const char*>) {
            if (auto* text = std::any_cast<std::string>(&value)) return text->c_str();
        } else if (auto* same = std::any_cast<P>(&value)) {
            return *same;
        }
        return {};
    }
}

/// What a value is passed as to a parameter that is a P.
template <class P> using Passed =
    std::conditional_t<std::is_rvalue_reference_v<P>, std::decay_t<P>&&, std::decay_t<P>&>;

/// The types of a forward, if there is one of this name only.
template <class F> struct Signature;
template <class R, class C, class... P> struct Signature<R (C::*)(P...)> {
    using Parameters = std::tuple<Passed<P>...>;
};
template <class R, class C, class... P> struct Signature<R (C::*)(P...) const> : Signature<R (C::*)(P...)> {};
template <class R, class C, class... P> struct Signature<R (C::*)(P...) noexcept> : Signature<R (C::*)(P...)> {};
template <class R, class C, class... P> struct Signature<R (C::*)(P...) const noexcept> : Signature<R (C::*)(P...)> {};
template <class M>
concept OneForward = requires { typename Signature<decltype(&M::forward)>::Parameters; };

template <class Result, class F> std::any packed_result(const F& call) {
    if constexpr (std::is_void_v<Result>)
        return call(), std::any();
    else if constexpr (std::copy_constructible<std::decay_t<Result>>)
        return packed(call());
    else
        return {};
}

// Whether the first parameters of the list, as many as there are indices, are all that a call needs.
template <class M, class List, std::size_t... I> constexpr bool enough(std::index_sequence<I...>) {
    return std::is_invocable_v<M&, std::tuple_element_t<I, List>...> &&
        (std::copy_constructible<std::decay_t<std::tuple_element_t<I, List>>> && ...);
}
template <class List, class M, std::size_t... I>
std::any call_with(M& module, const Anys& values, std::index_sequence<I...>, bool& fits) {
    std::tuple<std::optional<std::decay_t<std::tuple_element_t<I, List>>>...> unpacked_values(
        unpacked<std::decay_t<std::tuple_element_t<I, List>>>(values[I])...);
    fits = (std::get<I>(unpacked_values).has_value() && ...);
    if (!fits) return {};
    using Result = std::invoke_result_t<M&, std::tuple_element_t<I, List>...>;
    return packed_result<Result>(
        [&] { return module(static_cast<std::tuple_element_t<I, List>>(*std::get<I>(unpacked_values))...); });
}
template <class List, std::size_t count, class M> std::any call_by(M& module, const Anys& values, bool& fits) {
    if constexpr (enough<M, List>(std::make_index_sequence<count>())) {
        if (values.size() == count) return call_with<List>(module, values, std::make_index_sequence<count>(), fits);
    }
    if constexpr (count < std::tuple_size_v<List>)
        return call_by<List, count + 1>(module, values, fits);
    else
        return {};
}
template <class List, std::size_t... I> std::vector<const std::type_info*> types_of(std::index_sequence<I...>) {
    return {&typeid(std::tuple_element_t<I, List>)...};
}

using Tensors = std::tuple<Tensor&, Tensor&, Tensor&, Tensor&>;

/// Calls the module with what stands in the values; Error, with both signatures, if its forward does not take them. Of
/// a forward with overloads, or that is a template, only those of up to four Tensors are known.
template <class M> std::any call_erased(M& module, const Anys& values) {
    bool fits = false;
    if constexpr (requires { module.call_any(values); }) {
        return module.call_any(values);
    } else if constexpr (OneForward<M>) {
        using List = typename Signature<decltype(&M::forward)>::Parameters;
        std::any result = call_by<List, 0>(module, values, fits);
        if (!fits)
            does_not_take(typeid(M), types_of<List>(std::make_index_sequence<std::tuple_size_v<List>>()), values);
        return result;
    } else {
        std::any result = call_by<Tensors, 0>(module, values, fits);
        if (!fits) takes_tensors_only(typeid(M), values);
        return result;
    }
}

/// What a call gave, as an R; Error, with both types, if it is none.
template <class R> R result_as(const std::type_info& module, const std::any& value) {
    if constexpr (std::is_void_v<R>) {
        return;
    } else {
        auto result = unpacked<R>(value);
        if (!result) does_not_give(module, typeid(R), value);
        return std::move(*result);
    }
}

}  // namespace taper::nn::detail
