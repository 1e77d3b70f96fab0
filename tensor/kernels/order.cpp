#include "order.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "../base/parallel.h"

namespace taper {
namespace {

template <class T> bool is_nan(T v) { return v != v; }

template <class T> using Found = std::pair<T, std::int64_t>;

// Makes element k the one that stands there in order: Hoare's selection, with the middle one of three for a pivot. (Of
// equals the standard library's would leave others there than PyTorch's does.)
template <class T> void select(std::vector<Found<T>>& line, std::int64_t k) {
    auto above = [](const Found<T>& a, const Found<T>& b) {
        return (is_nan(a.first) && !is_nan(b.first)) || a.first > b.first;
    };
    auto in_order = [&](std::int64_t a, std::int64_t b) {
        if (above(line[a], line[b])) std::swap(line[a], line[b]);
    };
    std::int64_t low = 0, high = static_cast<std::int64_t>(line.size()) - 1;
    while (high > low + 1) {
        std::swap(line[low + (high - low) / 2], line[low + 1]);
        in_order(low + 1, high);
        in_order(low, high);
        in_order(low + 1, low);
        const Found<T> pivot = line[low];
        std::int64_t up = low + 1, down = high;
        while (true) {
            do ++up;
            while (above(pivot, line[up]));
            do --down;
            while (above(line[down], pivot));
            if (down < up) break;
            std::swap(line[up], line[down]);
        }
        std::swap(line[low], line[down]);
        if (down <= k) low = up;
        if (down >= k) high = down - 1;
    }
    if (high == low + 1) in_order(low, high);
}

// For each line: f(its elements and where they stand) gives the one that was sought.
template <class T, class F> void for_each_line(const Lines& lines, const T* x, T* values, std::int64_t* indices, F f) {
    parallel_for(lines.count, grain_of(4 * lines.length), [&](std::int64_t begin, std::int64_t end) {
        std::vector<Found<T>> line(lines.length);
        for (std::int64_t l = begin; l < end; ++l) {
            const T* first = x + lines.first(l, lines.length);
            for (std::int64_t i = 0; i < lines.length; ++i) line[i] = {first[i * lines.step], i};
            std::tie(values[l], indices[l]) = f(line);
        }
    });
}

}  // namespace

template <class T> void kth_lines(const Lines& lines, std::int64_t k, const T* x, T* values, std::int64_t* indices) {
    for_each_line(lines, x, values, indices, [k](std::vector<Found<T>>& line) { return select(line, k), line[k]; });
}

template <class T> void mode_lines(const Lines& lines, const T* x, T* values, std::int64_t* indices) {
    for_each_line(lines, x, values, indices, [](std::vector<Found<T>>& line) {
        std::sort(line.begin(), line.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        Found<T> commonest = line[0];
        std::size_t most = 0;
        for (std::size_t i = 0, begin = 0; i < line.size(); ++i) {
            if (i + 1 < line.size() && line[i].first == line[i + 1].first) continue;
            if (i + 1 - begin > most) most = i + 1 - begin, commonest = line[i];
            begin = i + 1;
        }
        return commonest;
    });
}

template <class T> void nanmedian_lines(const Lines& lines, const T* x, T* values, std::int64_t* indices) {
    for_each_line(lines, x, values, indices, [](std::vector<Found<T>>& line) {
        auto end = std::remove_if(line.begin(), line.end(), [](const auto& found) { return is_nan(found.first); });
        if (end == line.begin()) return Found<T>{line[0].first, 0};
        auto middle = line.begin() + (end - line.begin() - 1) / 2;
        std::nth_element(line.begin(), middle, end);
        return *middle;
    });
}

template <class T> void extreme_so_far(const Lines& lines, bool largest, const T* x, T* values, std::int64_t* indices) {
    parallel_for(lines.count, grain_of(4 * lines.length), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t l = begin; l < end; ++l) {
            const std::int64_t first = lines.first(l, lines.length);
            T best = x[first];
            for (std::int64_t i = 0, at = 0; i < lines.length; ++i) {
                const std::int64_t here = first + i * lines.step;
                const T v = x[here];
                if (is_nan(v) || (!is_nan(best) && (largest ? v >= best : v <= best))) best = v, at = i;
                values[here] = best, indices[here] = at;
            }
        }
    });
}

// for each value: the count of elements that it stands behind. (Halving, as NaN among them asks for PyTorch's steps.)
template <class T>
void search_lines(const SortedLines<T>& lines, bool behind, std::int64_t n, const T* values, std::int64_t* places) {
    const std::int64_t all = lines.count * n;
    parallel_for(all, grain_of(16), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t line = i / n * lines.length;
            std::int64_t from = 0, to = lines.length;
            while (from < to) {
                const std::int64_t middle = from + (to - from) / 2;
                const T other = lines.x[line + (lines.sorter ? lines.sorter[line + middle] : middle)];
                if (behind ? other > values[i] : other >= values[i])
                    to = middle;
                else
                    from = middle + 1;
            }
            places[i] = from;
        }
    });
}

#define TAPER_ORDER(T)                                                                \
    template void kth_lines(const Lines&, std::int64_t, const T*, T*, std::int64_t*); \
    template void mode_lines(const Lines&, const T*, T*, std::int64_t*);              \
    template void nanmedian_lines(const Lines&, const T*, T*, std::int64_t*);         \
    template void extreme_so_far(const Lines&, bool, const T*, T*, std::int64_t*);    \
    template void search_lines(const SortedLines<T>&, bool, std::int64_t, const T*, std::int64_t*);
TAPER_ORDER(bool)
TAPER_ORDER(std::uint8_t)
TAPER_ORDER(std::int32_t)
TAPER_ORDER(std::int64_t)
TAPER_ORDER(float)
TAPER_ORDER(double)
#undef TAPER_ORDER

}  // namespace taper
