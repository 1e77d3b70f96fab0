// A parameter that takes a list and nothing else.
#pragma once

#include "calls.h"

namespace taper {

/// A parameter that is a list: `{a, b}`, `{a}`, or what can be iterated over. A thing by itself is none.
template <class E> class ListArg : public detail::ArgBase {
    template <class... U> static constexpr bool holds = detail::fit_between_braces<std::vector<E>, U...>();
    // So that an item fits between braces only: outside, it would have to be converted twice.
    struct Item {
        template <class U>
            requires(holds<U>)
        Item(const U& item) : value(item) {}
        E value;
    };

 public:
    using IsList = void;
    ListArg() : ArgBase(detail::Given::yes) {}
    ListArg(Required) : ArgBase(detail::Given::must_be) {}
    template <class... U>
        requires(holds<U...>)
    ListArg(const Item& first, const U&... more) : ArgBase(detail::Given::yes), list_{first.value, E(more)...} {}
    template <class L>
        requires(!holds<L> && holds<std::remove_cvref_t<decltype(*std::declval<const L&>().begin())>>)
    ListArg(const L& list) : ArgBase(detail::Given::yes) {
        for (const auto& item : list) list_.push_back(static_cast<E>(item));
    }

    const std::vector<E>& operator*() const { return list_; }
    operator const std::vector<E>&() const { return list_; }
    void put(const ListArg& value, const char* call, const char* parameter) {
        if (given()) detail::given_twice(call, parameter);
        *this = value;
    }

 private:
    std::vector<E> list_;
};

}  // namespace taper
