// Lists as parameters.
#pragma once

#include <concepts>
#include <initializer_list>
#include <vector>

#include "../tensor/calls.h"

namespace taper {

/// A list of whole numbers, or a Tensor of one dimension that holds them.
struct IndexList {
    std::vector<std::int64_t> values;

    IndexList() = default;
    IndexList(std::initializer_list<std::int64_t> values) : values(values) {}
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    IndexList(const std::vector<I>& values) : values(values.begin(), values.end()) {}
    template <std::same_as<Tensor> T> IndexList(const T& values) : IndexList(list(values)) {}

 private:
    static std::vector<std::int64_t> list(const Tensor& values);
};

/// As many numbers, of no value yet; Error, which begins with `what`, where memory does not hold them.
std::vector<std::int64_t> room_for_indices(std::int64_t count, const char* what);

namespace detail {
template <> struct Braces<IndexList> : Items<std::int64_t> {};
}  // namespace detail

}  // namespace taper

// Where Name({a}) could mean Name(Name(a)) as well: says that it is a list. (GCC drops the designators of Name({.size =
// a}) and of Name({.size = {a}}) where a list of one type, or nothing else, could stand; hence One and the empty pack.)
#define TAPER_ITEMS_ALONE(Name, Item, List)                                     \
    template <class One, class... Nothing>                                      \
        requires(sizeof...(Nothing) == 0 && ::taper::detail::fits<One, List>()) \
    explicit Name(std::initializer_list<One> items, const Nothing&...)          \
        : Name(::taper::Arg<List>(std::vector<Item>(items.begin(), items.end()))) {}
