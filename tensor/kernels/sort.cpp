#include "sort.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>

#include "../base/parallel.h"

namespace taper {
namespace {

/// A whole number without sign for each element, in the order of the elements: NaN above all, -0 beside 0.
template <class T> auto key_of(T value) {
    if constexpr (std::is_floating_point_v<T>) {
        using Key = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
        constexpr Key sign = Key(1) << (8 * sizeof(T) - 1);
        if (value != value) return std::numeric_limits<Key>::max();
        const Key bits = value == 0 ? 0 : std::bit_cast<Key>(value);
        return bits & sign ? static_cast<Key>(~bits) : static_cast<Key>(bits | sign);
    } else if constexpr (std::is_signed_v<T>) {
        using Key = std::make_unsigned_t<T>;
        return static_cast<Key>(static_cast<Key>(value) ^ (Key(1) << (8 * sizeof(T) - 1)));
    } else {
        return static_cast<std::uint8_t>(value);
    }
}

template <class Key> struct Keyed {
    Key key;
    std::uint32_t at;
};

/// Radix sort, byte by byte from the lowest on, each pass keeping the order of the one before; a byte that all share
/// needs none.
template <class Key> void radix_sort(std::vector<Keyed<Key>>& line, std::vector<Keyed<Key>>& spare) {
    spare.resize(line.size());
    for (unsigned shift = 0; shift < 8 * sizeof(Key); shift += 8) {
        std::size_t start[257] = {};
        for (const auto& item : line) ++start[(item.key >> shift & 255) + 1];
        if (start[(line[0].key >> shift & 255) + 1] == line.size()) continue;
        std::partial_sum(start, start + 257, start);
        for (const auto& item : line) spare[start[item.key >> shift & 255]++] = item;
        line.swap(spare);
    }
}

template <class Key> void sort_line(std::vector<Keyed<Key>>& line, std::vector<Keyed<Key>>& spare) {
    if (line.size() > 256) return radix_sort(line, spare);
    std::sort(line.begin(), line.end(),
        [](const Keyed<Key>& a, const Keyed<Key>& b) { return a.key < b.key || (a.key == b.key && a.at < b.at); });
}

/// f(first and last line), shared out to the threads. A comparison is worth some four elements of a plain loop.
template <class F> void for_lines(const Lines& lines, F f) { parallel_for(lines.count, grain_of(4 * lines.length), f); }

template <class T> struct Found {
    T value;
    std::int64_t at;
};

/// The k largest or smallest of a line in front, as the standard library's selection leaves them: so does PyTorch, and
/// among equals the same are found.
template <class T> void select_first(std::vector<Found<T>>& line, std::int64_t k, bool largest, bool sorted) {
    auto by = [&](auto before) {
        if (k * 64 <= static_cast<std::int64_t>(line.size())) {
            std::partial_sort(line.begin(), line.begin() + k, line.end(), before);
        } else {
            std::nth_element(line.begin(), line.begin() + k - 1, line.end(), before);
            if (sorted) std::sort(line.begin(), line.begin() + k - 1, before);
        }
    };
    auto is_nan = [](T v) { return v != v; };
    if (largest)
        by([=](const Found<T>& a, const Found<T>& b) {
            return (is_nan(a.value) && !is_nan(b.value)) || a.value > b.value;
        });
    else
        by([=](const Found<T>& a, const Found<T>& b) {
            return (!is_nan(a.value) && is_nan(b.value)) || a.value < b.value;
        });
}

/// The index of the lower middle one of n elements `step` apart; of the first NaN if there is one.
template <class T>
std::int64_t median_of(const T* line, std::int64_t n, std::int64_t step, std::vector<std::int64_t>& order) {
    for (std::int64_t i = 0; i < n; ++i)
        if (line[i * step] != line[i * step]) return i;
    order.resize(n);
    std::iota(order.begin(), order.end(), std::int64_t(0));
    auto middle = order.begin() + (n - 1) / 2;
    std::nth_element(order.begin(), middle, order.end(), [&](std::int64_t a, std::int64_t b) {
        const T u = line[a * step], v = line[b * step];
        return u < v || (u == v && a < b);
    });
    return *middle;
}

template <class Same> Groups grouped(const std::vector<std::int64_t>& order, const Same& same) {
    Groups all;
    all.group.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || !same(order[i - 1], order[i])) all.first.push_back(order[i]), all.count.push_back(0);
        all.group[order[i]] = static_cast<std::int64_t>(all.first.size()) - 1;
        ++all.count.back();
    }
    return all;
}

}  // namespace

// for each line:
//     indices = std::stable_sort of 0 .. length - 1 by x[index]
//     values = x[indices]
template <class T> void sort_lines(const Lines& lines, bool descending, const T* x, T* values, std::int64_t* indices) {
    using Key = decltype(key_of(T()));
    for_lines(lines, [&](std::int64_t begin, std::int64_t end) {
        std::vector<Keyed<Key>> line(lines.length), spare;
        for (std::int64_t l = begin; l < end; ++l) {
            const std::int64_t first = lines.first(l, lines.length);
            for (std::int64_t i = 0; i < lines.length; ++i) {
                const Key key = key_of(x[first + i * lines.step]);
                line[i] = {descending ? static_cast<Key>(~key) : key, static_cast<std::uint32_t>(i)};
            }
            sort_line(line, spare);
            for (std::int64_t i = 0; i < lines.length; ++i) {
                values[first + i * lines.step] = x[first + line[i].at * lines.step];
                indices[first + i * lines.step] = line[i].at;
            }
        }
    });
}

template <class T> void topk_lines(
    const Lines& lines, std::int64_t k, bool largest, bool sorted, const T* x, T* values, std::int64_t* indices) {
    for_lines(lines, [&](std::int64_t begin, std::int64_t end) {
        std::vector<Found<T>> line(lines.length);
        for (std::int64_t l = begin; l < end; ++l) {
            const std::int64_t first = lines.first(l, lines.length), to = lines.first(l, k);
            for (std::int64_t i = 0; i < lines.length; ++i) line[i] = {x[first + i * lines.step], i};
            select_first(line, k, largest, sorted);
            for (std::int64_t i = 0; i < k; ++i) {
                values[to + i * lines.step] = line[i].value;
                indices[to + i * lines.step] = line[i].at;
            }
        }
    });
}

template <class T> void median_lines(const Lines& lines, const T* x, T* values, std::int64_t* indices) {
    for_lines(lines, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::int64_t> order;
        for (std::int64_t l = begin; l < end; ++l) {
            const T* first = x + lines.first(l, lines.length);
            const std::int64_t at = median_of(first, lines.length, lines.step, order);
            values[l] = first[at * lines.step];
            indices[l] = at;
        }
    });
}

template <class T> Groups group_elements(const std::vector<std::int64_t>& order, const T* x) {
    return grouped(order, [x](std::int64_t a, std::int64_t b) { return x[a] == x[b]; });
}

template <class T> Groups group_rows(std::int64_t rows, std::int64_t length, const T* x, bool consecutive) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
    std::iota(order.begin(), order.end(), 0);
    auto row = [=](std::int64_t i) { return std::span(x + i * length, static_cast<std::size_t>(length)); };
    if (!consecutive)
        std::stable_sort(order.begin(), order.end(),
            [&](std::int64_t a, std::int64_t b) { return std::ranges::lexicographical_compare(row(a), row(b)); });
    return grouped(order, [&](std::int64_t a, std::int64_t b) { return std::ranges::equal(row(a), row(b)); });
}

#define TAPER_SORT(T)                                                                              \
    template void sort_lines(const Lines&, bool, const T*, T*, std::int64_t*);                     \
    template void topk_lines(const Lines&, std::int64_t, bool, bool, const T*, T*, std::int64_t*); \
    template void median_lines(const Lines&, const T*, T*, std::int64_t*);                         \
    template Groups group_elements(const std::vector<std::int64_t>&, const T*);                    \
    template Groups group_rows(std::int64_t, std::int64_t, const T*, bool);
TAPER_SORT(bool)
TAPER_SORT(std::uint8_t)
TAPER_SORT(std::int32_t)
TAPER_SORT(std::int64_t)
TAPER_SORT(float)
TAPER_SORT(double)
#undef TAPER_SORT

}  // namespace taper
