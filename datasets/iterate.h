// Python's words for going through things: len, enumerate, zip, unpack, iter and next.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "../tensor/base/error.h"
#include "../tensor/calls.h"

namespace taper {

/// Anything that knows how many items it has.
template <class T>
concept Sized = requires(const T& x) {
    { x.size() } -> std::convertible_to<std::int64_t>;
};

/// len(x) of a dataset, a loader, a sampler or a container.
template <Sized T> std::int64_t len(const T& x) { return static_cast<std::int64_t>(x.size()); }

/// One walk over items that are made on demand, the end of which is std::default_sentinel: Python's iterator. Copies
/// share the walk. An item is made when it is first looked at, not when the one before is left.
template <class Item> class Iterator {
 public:
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using Pull = std::function<std::optional<Item>()>;

    /// `pull` gives the next item, or nothing at the end; it is not called again after that.
    explicit Iterator(Pull pull, std::int64_t left_out = 0)
        : walk_(std::make_shared<Walk>(Walk{std::move(pull), {}, false, left_out})) {}
    // Not moved from, for it would be of no use.
    Iterator(const Iterator&) = default;
    Iterator& operator=(const Iterator&) = default;

    Item& operator*() const {
        check(look(), "next: StopIteration: there are no more items");
        return *walk_->item;
    }
    Item* operator->() const { return &**this; }
    Iterator& operator++() {
        if (look()) walk_->item.reset();
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& at, std::default_sentinel_t) { return !at.look(); }
    /// How many items came before the first, in a walk that goes on where another was.
    std::int64_t left_out() const { return walk_->left_out; }

 private:
    struct Walk {
        Pull pull;
        std::optional<Item> item;
        bool at_work = false;
        std::int64_t left_out = 0;
    };
    // While the next item is made, which may ask for it in turn.
    struct AtWork {
        Walk& walk;
        explicit AtWork(Walk& walk) : walk(walk) {
            check(!walk.at_work, "next: ValueError: generator already executing; an item is asked for to make itself");
            walk.at_work = true;
        }
        ~AtWork() { walk.at_work = false; }
    };
    bool look() const {
        if (!walk_->item && walk_->pull) {
            AtWork now(*walk_);
            if (!(walk_->item = walk_->pull())) walk_->pull = nullptr;
        }
        return walk_->item.has_value();
    }
    std::shared_ptr<Walk> walk_;
};

/// iter(x): starts a walk over a loader, a dataset or a sampler.
template <class T> auto iter(const T& x) { return x.begin(); }

/// next(it): the item at hand, after which `it` goes on; Error at the end, where Python raises StopIteration.
template <class Item> Item next(Iterator<Item>& it) {
    Item item = std::move(*it);
    ++it;
    return item;
}
template <class Item> Item next(Iterator<Item>&& it) { return next(it); }

namespace detail {
template <class T> inline constexpr bool is_tuple = false;
template <class... T> inline constexpr bool is_tuple<std::tuple<T...>> = true;

// What a loop's name stands for: a number, a text or a Tensor is bound anew by `=`, as in Python; any other item is the
// item itself.
template <class Item, class Value = std::remove_cvref_t<Item>> using Named =
    std::conditional_t<std::is_arithmetic_v<Value> || std::same_as<Value, std::string> || std::same_as<Value, Tensor>,
        Value, Item>;
}  // namespace detail

/// What enumerate returns. A range that was a temporary is kept in it.
template <class Range> class Enumerate {
    using Inner = decltype(std::begin(std::declval<Range&>()));
    using End = decltype(std::end(std::declval<Range&>()));

 public:
    class Iterator {
     public:
        Iterator(Inner at, std::int64_t index) : at_(std::move(at)), index_(index) {}
        auto operator*() const {
            using Item = decltype(*at_);
            if constexpr (detail::is_tuple<std::remove_cvref_t<Item>>)
                return std::tuple_cat(std::tuple(index_), *at_);
            else
                return std::tuple<std::int64_t, detail::Named<Item>>(index_, *at_);
        }
        Iterator& operator++() {
            ++at_, ++index_;
            return *this;
        }
        bool operator!=(const End& end) const { return !(at_ == end); }

     private:
        Inner at_;
        std::int64_t index_;
    };

    Enumerate(Range&& range, std::int64_t start) : range_(std::forward<Range>(range)), start_(start) {}
    Iterator begin() {
        Inner at = std::begin(range_);
        std::int64_t start = start_;
        if constexpr (requires { at.left_out(); }) start += at.left_out();
        return Iterator(std::move(at), start);
    }
    End end() { return std::end(range_); }

 private:
    Range range_;
    std::int64_t start_;
};

struct EnumerateOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> start = Default(0);
};

/// enumerate(x, start): the items of any range behind their number. A tuple is unpacked:
/// `for (auto [i, data, target] : enumerate(loader))`. A name of a number, a text or a Tensor is bound anew by `=`, as
/// in Python; of anything else it is the item itself: `for (auto [i, group] : enumerate(groups))`.
template <class Range> Enumerate<Range> enumerate(Range&& range, const EnumerateOptions& options = {}) {
    return Enumerate<Range>(std::forward<Range>(range), options.start);
}
template <class Range> Enumerate<Range> enumerate(Range&& range, const Arg<std::int64_t>& start) {
    return Enumerate<Range>(std::forward<Range>(range), start);
}

/// Anything that a range-for can walk over.
template <class T>
concept Iterable = requires(T& x) { std::begin(x) == std::end(x); };

namespace detail {

template <class T> struct ItemOf {
    using Type = std::remove_cvref_t<decltype(*std::begin(std::declval<T&>()))>;
};
template <> struct ItemOf<std::vector<bool>> {
    using Type = bool;
};

}  // namespace detail

/// What zip returns. Ranges that were temporaries are kept in it.
template <class... Range> class Zip {
    using Begins = std::tuple<decltype(std::begin(std::declval<Range&>()))...>;
    using Ends = std::tuple<decltype(std::end(std::declval<Range&>()))...>;

 public:
    class Iterator {
     public:
        Iterator(Begins at, Ends ends) : at_(std::move(at)), ends_(std::move(ends)) {}
        auto operator*() const {
            return std::apply([](auto&... at) { return std::tuple<detail::Named<decltype(*at)>...>(*at...); }, at_);
        }
        Iterator& operator++() {
            std::apply([](auto&... at) { (++at, ...); }, at_);
            return *this;
        }
        // Looks at one range after the other, and at none behind one that has ended.
        friend bool operator==(const Iterator& it, std::default_sentinel_t) {
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return ((std::get<I>(it.at_) == std::get<I>(it.ends_)) || ...);
            }(std::index_sequence_for<Range...>());
        }

     private:
        Begins at_;
        Ends ends_;
    };

    explicit Zip(Range&&... ranges) : ranges_(std::forward<Range>(ranges)...) {}
    Iterator begin() {
        return std::apply([](auto&... x) { return Iterator(Begins(std::begin(x)...), Ends(std::end(x)...)); }, ranges_);
    }
    std::default_sentinel_t end() const { return {}; }

 private:
    std::tuple<Range...> ranges_;
};

/// zip(a, b, ...): the items of several ranges side by side, as long as each has one: `for (auto [u, v] : zip(a, b))`.
template <Iterable... Range>
    requires(sizeof...(Range) > 0)
Zip<Range...> zip(Range&&... ranges) {
    return Zip<Range...>(std::forward<Range>(ranges)...);
}

/// Exactly n items of a container, or rows of a Tensor: `auto [q, k, v] = unpack<3>(x.split(n, 2));`. Error, in
/// Python's words, if there are more or fewer.
template <std::size_t n, class T>
    requires(!requires { typename std::remove_cvref_t<T>::mapped_type; })
auto unpack(T&& items) {
    if constexpr (std::same_as<std::remove_cvref_t<T>, Tensor>) {
        return unpack<n>(items.unbind());
    } else {
        using Item = typename detail::ItemOf<std::remove_cvref_t<T>>::Type;
        std::vector<Item> taken;
        for (const auto& item : items) {
            check(taken.size() < n, "unpack: too many values to unpack (expected {})", n);
            taken.push_back(item);
        }
        check(taken.size() == n, "unpack: not enough values to unpack (expected {}, got {})", n, taken.size());
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return std::array<Item, n>{std::move(taken[I])...}; }(
                   std::make_index_sequence<n>());
    }
}

}  // namespace taper
