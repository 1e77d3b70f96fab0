// What becomes of a batch that a worker hands over: its Tensors leave their history behind.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../tensor/tensor.h"

namespace taper::detail {

// A leaf becomes a new leaf. Error if an op made it, in PyTorch's words.
void hand_over(Tensor& x);

template <class T> void hand_over(std::optional<T>& item);
template <class A, class B> void hand_over(std::pair<A, B>& parts);
template <class... T> void hand_over(std::tuple<T...>& parts);
template <class T, class A> void hand_over(std::vector<T, A>& list);
template <class T, std::size_t n> void hand_over(std::array<T, n>& list);
template <class K, class V, class C, class A> void hand_over(std::map<K, V, C, A>& map);
template <class K, class V, class H, class E, class A> void hand_over(std::unordered_map<K, V, H, E, A>& map);

// (What has no Tensor that could be found is left alone; a type of the user's own may hold what it likes.)
template <class T> void hand_over_part(T& part) {
    if constexpr (std::derived_from<T, Tensor>)
        hand_over(static_cast<Tensor&>(part));
    else if constexpr (requires { hand_over(part); })
        hand_over(part);
}

template <class T> void hand_over(std::optional<T>& item) {
    if (item) hand_over_part(*item);
}
template <class A, class B> void hand_over(std::pair<A, B>& parts) {
    hand_over_part(parts.first);
    hand_over_part(parts.second);
}
template <class... T> void hand_over(std::tuple<T...>& parts) {
    std::apply([](auto&... part) { (hand_over_part(part), ...); }, parts);
}
template <class T, class A> void hand_over(std::vector<T, A>& list) {
    if constexpr (std::is_class_v<T>)
        for (T& part : list) hand_over_part(part);
}
template <class T, std::size_t n> void hand_over(std::array<T, n>& list) {
    for (T& part : list) hand_over_part(part);
}
template <class K, class V, class C, class A> void hand_over(std::map<K, V, C, A>& map) {
    for (auto& item : map) hand_over_part(item.second);
}
template <class K, class V, class H, class E, class A> void hand_over(std::unordered_map<K, V, H, E, A>& map) {
    for (auto& item : map) hand_over_part(item.second);
}

}  // namespace taper::detail
