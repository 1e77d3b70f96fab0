// Python's words for going through things: len, enumerate, iter and next.
#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "../tensor/error.h"

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
    explicit Iterator(Pull pull) : walk_(std::make_shared<Walk>(Walk{std::move(pull), {}})) {}

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

 private:
    struct Walk {
        Pull pull;
        std::optional<Item> item;
    };
    bool look() const {
        if (!walk_->item && walk_->pull && !(walk_->item = walk_->pull())) walk_->pull = nullptr;
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
                return std::tuple<std::int64_t, Item>(index_, *at_);
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
    Iterator begin() { return Iterator(std::begin(range_), start_); }
    End end() { return std::end(range_); }

 private:
    Range range_;
    std::int64_t start_;
};

/// enumerate(x, start): the items of any range behind their number. A tuple is unpacked:
/// `for (auto [i, data, target] : enumerate(loader))`; an item of a container is a reference to it:
/// `for (auto [i, x] : enumerate(xs))`.
template <class Range> Enumerate<Range> enumerate(Range&& range, std::int64_t start = 0) {
    return Enumerate<Range>(std::forward<Range>(range), start);
}

}  // namespace taper
