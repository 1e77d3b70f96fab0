// Order: sort, the largest few, the middle one, each once.
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "../../tensor/base/parallel.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

// A whole number without sign for each element, in the order of the elements: NaN above all, -0 beside 0.
template <class E> auto key_of(E value) {
    if constexpr (std::is_floating_point_v<E>) {
        using Key = std::conditional_t<sizeof(E) == 4, std::uint32_t, std::uint64_t>;
        constexpr Key sign = Key(1) << (8 * sizeof(E) - 1);
        if (value != value) return std::numeric_limits<Key>::max();
        const Key bits = value == 0 ? 0 : std::bit_cast<Key>(value);
        return bits & sign ? static_cast<Key>(~bits) : static_cast<Key>(bits | sign);
    } else if constexpr (std::is_signed_v<E>) {
        using Key = std::make_unsigned_t<E>;
        return static_cast<Key>(static_cast<Key>(value) ^ (Key(1) << (8 * sizeof(E) - 1)));
    } else {
        return static_cast<std::uint8_t>(value);
    }
}

template <class Key> struct Keyed {
    Key key;
    std::uint32_t at;
};

// Byte by byte from the lowest on, each pass keeping the order of the one before; a byte that all share needs none.
template <class Key> void sort_by_bytes(std::vector<Keyed<Key>>& row, std::vector<Keyed<Key>>& spare) {
    spare.resize(row.size());
    for (unsigned shift = 0; shift < 8 * sizeof(Key); shift += 8) {
        std::size_t start[257] = {};
        for (const auto& item : row) ++start[(item.key >> shift & 255) + 1];
        if (start[(row[0].key >> shift & 255) + 1] == row.size()) continue;
        std::partial_sum(start, start + 257, start);
        for (const auto& item : row) spare[start[item.key >> shift & 255]++] = item;
        row.swap(spare);
    }
}

template <class Key> void sort_row(std::vector<Keyed<Key>>& row, std::vector<Keyed<Key>>& spare) {
    if (row.size() > 256) return sort_by_bytes(row, spare);
    std::sort(row.begin(), row.end(),
        [](const Keyed<Key>& a, const Keyed<Key>& b) { return a.key < b.key || (a.key == b.key && a.at < b.at); });
}

// A row-major tensor as rows along one dim.
struct Lines {
    std::int64_t length, step, count;
    Lines(const Shape& shape, std::int64_t dim) : length(shape.empty() ? 1 : shape[dim]), step(1) {
        for (int d = static_cast<int>(dim) + 1; d < shape.size(); ++d) step *= shape[d];
        count = length == 0 ? 0 : shape.numel() / length;
    }
    // The first element of line i, where lines have `n` elements.
    std::int64_t first(std::int64_t i, std::int64_t n) const { return i / step * step * n + i % step; }
    template <class F> void each(F f) const {
        parallel_for(count, std::max<std::int64_t>(1, 8192 / std::max<std::int64_t>(length, 1)), f);
    }
};

ValuesAndIndices empty_like_lines(T x, const Shape& shape) {
    return {native::empty(shape, x.dtype(), x.device()), native::empty(shape, DType::Int64, x.device())};
}

ValuesAndIndices sorted(T x, std::int64_t dim, bool descending) {
    Tensor from = native::contiguous(x);
    ValuesAndIndices out = empty_like_lines(x, x.shape());
    const Lines lines(x.shape(), dim);
    check(lines.length <= std::numeric_limits<std::uint32_t>::max(), "sort: {} elements along a dimension are too many",
        lines.length);
    visit(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        using Key = decltype(key_of(zero));
        const E* in = from.data_ptr<E>();
        lines.each([&](std::int64_t begin, std::int64_t end) {
            std::vector<Keyed<Key>> row(lines.length), spare;
            for (std::int64_t line = begin; line < end; ++line) {
                const std::int64_t first = lines.first(line, lines.length);
                for (std::int64_t i = 0; i < lines.length; ++i) {
                    const Key key = key_of(in[first + i * lines.step]);
                    row[i] = {descending ? static_cast<Key>(~key) : key, static_cast<std::uint32_t>(i)};
                }
                sort_row(row, spare);
                E* values = out.values.data_ptr<E>() + first;
                auto* indices = out.indices.data_ptr<std::int64_t>() + first;
                for (std::int64_t i = 0; i < lines.length; ++i) {
                    values[i * lines.step] = in[first + row[i].at * lines.step];
                    indices[i * lines.step] = row[i].at;
                }
            }
        });
    });
    return out;
}

// The values are elements of x along `dim`: their gradient goes back to where they were found.
ValuesAndIndices recorded(const char* name, T x, std::int64_t dim, ValuesAndIndices found, bool keepdim = true) {
    if (!keepdim && x.ndim() > 0) {
        Shape shape = found.values.shape();
        shape.erase(dim);
        for (Tensor* part : {&found.values, &found.indices})
            *part = native::view(*part, shape, contiguous_strides(shape), 0);
    }
    found.values =
        record(name, found.values, wrt(x, save(found.indices), [from = x.shape(), dim, keepdim](T grad, T indices) {
            bool whole = keepdim || from.empty();
            return scatter_add(zeros(from, {.dtype = grad.dtype()}), dim, whole ? indices : indices.unsqueeze(dim),
                whole ? grad : grad.unsqueeze(dim));
        }));
    return found;
}

template <class E> struct Found {
    E value;
    std::int64_t at;
};

// The k largest or smallest of a row in front, as the standard library's selection leaves them: so does PyTorch, and
// among equals the same are found.
template <class E> void select_first(std::vector<Found<E>>& row, std::int64_t k, bool largest, bool sorted) {
    auto by = [&](auto before) {
        if (k * 64 <= static_cast<std::int64_t>(row.size())) {
            std::partial_sort(row.begin(), row.begin() + k, row.end(), before);
        } else {
            std::nth_element(row.begin(), row.begin() + k - 1, row.end(), before);
            if (sorted) std::sort(row.begin(), row.begin() + k - 1, before);
        }
    };
    auto is_nan = [](E v) { return v != v; };
    if (largest)
        by([=](const Found<E>& a, const Found<E>& b) {
            return (is_nan(a.value) && !is_nan(b.value)) || a.value > b.value;
        });
    else
        by([=](const Found<E>& a, const Found<E>& b) {
            return (!is_nan(a.value) && is_nan(b.value)) || a.value < b.value;
        });
}

// The index of the lower middle one of n elements `step` apart; of the first NaN if there is one.
template <class E>
std::int64_t middle_of(const E* line, std::int64_t n, std::int64_t step, std::vector<std::int64_t>& order) {
    for (std::int64_t i = 0; i < n; ++i)
        if (line[i * step] != line[i * step]) return i;
    order.resize(n);
    std::iota(order.begin(), order.end(), std::int64_t(0));
    auto middle = order.begin() + (n - 1) / 2;
    std::nth_element(order.begin(), middle, order.end(), [&](std::int64_t a, std::int64_t b) {
        const E u = line[a * step], v = line[b * step];
        return u < v || (u == v && a < b);
    });
    return *middle;
}

}  // namespace

// ---- sort

ValuesAndIndices sort(T x, std::int64_t dim, bool descending, const std::optional<bool>& stable) {
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return sort(x, dim, descending, stable); }, x);
    const std::int64_t d = wrap_dim(dim, x.ndim());
    return recorded(stable ? "SortBackward1" : "SortBackward0", x, d, sorted(x, d, descending));
}
Tensor argsort(T x, std::int64_t dim, bool descending) {
    if (is_narrow(x.dtype())) return argsort(widened(x.detach()), dim, descending);
    return sorted(x, wrap_dim(dim, x.ndim()), descending).indices;
}

// ---- the first of an order

ValuesAndIndices topk(T x, std::int64_t count, std::int64_t along, bool largest, bool sorted) {
    if (x.ndim() > 0) refuse("topk", "topk_cpu", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return topk(x, count, along, largest, sorted); }, x);
    const std::int64_t dim = wrap_dim(along, x.ndim());
    const Lines lines(x.shape(), dim);
    check(count >= 0 && count <= lines.length,
        "topk: selected index k out of range: k is {}, the dimension has {} elements", count, lines.length);
    check(x.dtype() != DType::Bool || x.ndim() == 0, "topk: \"topk_cpu\" not implemented for 'Bool'");
    const std::int64_t k = x.ndim() == 0 ? 1 : count;  // a tensor without dimensions gives its one element
    Shape shape = x.shape();
    if (!shape.empty()) shape[dim] = k;
    ValuesAndIndices out = empty_like_lines(x, shape);
    Tensor from = native::contiguous(x);
    if (k > 0)
        visit(x.dtype(), [&](auto zero) {
            using E = decltype(zero);
            const E* in = from.data_ptr<E>();
            lines.each([&](std::int64_t begin, std::int64_t end) {
                std::vector<Found<E>> row(lines.length);
                for (std::int64_t line = begin; line < end; ++line) {
                    const std::int64_t first = lines.first(line, lines.length), to = lines.first(line, k);
                    for (std::int64_t i = 0; i < lines.length; ++i) row[i] = {in[first + i * lines.step], i};
                    select_first(row, k, largest, sorted);
                    for (std::int64_t i = 0; i < k; ++i) {
                        out.values.data_ptr<E>()[to + i * lines.step] = row[i].value;
                        out.indices.data_ptr<std::int64_t>()[to + i * lines.step] = row[i].at;
                    }
                }
            });
        });
    return recorded("TopkBackward0", x, dim, out);
}

// ---- the middle

ValuesAndIndices median(T x, std::int64_t dim_, bool keepdim) {
    refuse("median", "median_out", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return median(x, dim_, keepdim); }, x);
    const std::int64_t dim = wrap_dim(dim_, x.ndim());
    const Lines lines(x.shape(), dim);
    check(lines.length > 0, "median: median(): Expected reduction dim {} to have non-zero size.", dim);
    check(x.dtype() != DType::Bool, "median: \"median_out\" not implemented for 'Bool'");
    Shape shape = x.shape();
    if (!shape.empty()) shape[dim] = 1;
    ValuesAndIndices out = empty_like_lines(x, shape);
    Tensor from = native::contiguous(x);
    visit<Numbers>(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        lines.each([&](std::int64_t begin, std::int64_t end) {
            std::vector<std::int64_t> order;
            for (std::int64_t line = begin; line < end; ++line) {
                const E* first = from.data_ptr<E>() + lines.first(line, lines.length);
                const std::int64_t at = middle_of(first, lines.length, lines.step, order);
                out.values.data_ptr<E>()[line] = first[at * lines.step];
                out.indices.data_ptr<std::int64_t>()[line] = at;
            }
        });
    });
    return recorded("MedianBackward1", x, dim, out, keepdim);
}
Tensor median(T x) {
    refuse("median", "median_cpu", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return in_wide([&](T x) { return median(x); }, x);
    check(x.dtype() != DType::Bool, "median: \"median_cpu\" not implemented for 'Bool'");
    check(x.numel() > 0 || x.is_floating_point(), "median: an empty tensor of whole numbers has no median");
    Tensor all = x.detach().reshape(-1);
    Tensor out = x.numel() == 0 ? full({}, NAN, {.dtype = x.dtype()}) : median(all, 0, false).values;
    return record("MedianBackward0", out, wrt(x, save(x), [](T grad, T out, T x) {
        Tensor chosen = isnan(out).item<bool>() ? isnan(x) : x == out;
        return chosen.to(grad.dtype()) * (grad / chosen.sum());
    }));
}

// ---- each once

// Of n things that stand in some order: the first of each kind, the kind of each, and how many there are of each.
namespace {
struct Kinds {
    std::vector<std::int64_t> first, kind, count;

    Kinds() = default;
    template <class Same> Kinds(const std::vector<std::int64_t>& order, const Same& same) : kind(order.size()) {
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i == 0 || !same(order[i - 1], order[i])) first.push_back(order[i]), count.push_back(0);
            kind[order[i]] = static_cast<std::int64_t>(first.size()) - 1;
            ++count.back();
        }
    }
    static Tensor tensor(const std::vector<std::int64_t>& numbers, const Shape& shape) {
        Tensor out = native::empty(shape, DType::Int64);
        std::copy(numbers.begin(), numbers.end(), out.data_ptr<std::int64_t>());
        return out;
    }
    TensorList with(const Tensor& values, const Shape& shape, bool return_inverse, bool return_counts) const {
        TensorList all{values};
        if (return_inverse) all.push_back(tensor(kind, shape));
        if (return_counts) all.push_back(tensor(count, {static_cast<std::int64_t>(count.size())}));
        return all;
    }
};

Kinds kinds_of_elements(T flat) {
    const std::vector<std::int64_t> order = sorted(flat, 0, false).indices.template tolist<std::int64_t>();
    return visit(flat.dtype(), [&](auto zero) {
        const auto* x = flat.data_ptr<decltype(zero)>();
        return Kinds(order, [x](std::int64_t a, std::int64_t b) { return x[a] == x[b]; });
    });
}
Kinds kinds_of_rows(T rows) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(rows.size(0)));
    std::iota(order.begin(), order.end(), 0);
    const std::int64_t length = rows.size(1);
    return visit(rows.dtype(), [&](auto zero) {
        const auto* x = rows.data_ptr<decltype(zero)>();
        auto row = [=](std::int64_t i) { return std::span(x + i * length, static_cast<std::size_t>(length)); };
        std::stable_sort(order.begin(), order.end(),
            [&](std::int64_t a, std::int64_t b) { return std::ranges::lexicographical_compare(row(a), row(b)); });
        return Kinds(order, [&](std::int64_t a, std::int64_t b) { return std::ranges::equal(row(a), row(b)); });
    });
}
}  // namespace

TensorList unique(T x, std::optional<std::int64_t> dim, bool return_inverse, bool return_counts) {
    refuse("unique", "unique", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) {
        TensorList found = unique(widened(x), dim, return_inverse, return_counts);
        found[0] = narrowed(found[0], x.dtype());
        return found;
    }
    const auto none = [](T) -> Tensor { fail("unique: the derivative for '_unique2' is not implemented."); };
    if (!dim) {
        const Tensor flat = native::contiguous(x.detach()).reshape(-1);
        const Kinds kinds = kinds_of_elements(flat);
        const Shape found{static_cast<std::int64_t>(kinds.first.size())};
        Tensor once = index_select(flat, 0, Kinds::tensor(kinds.first, found));
        return kinds.with(record("Unique2Backward0", once, wrt(x, none)), x.shape(), return_inverse, return_counts);
    }
    check(x.ndim() > 0, "unique: Dimension specified as {} but tensor has no dimensions", *dim);
    const std::int64_t d = wrap_dim(*dim, x.ndim()), count = x.shape()[d];
    check(x.numel() > 0 || count == 0,
        "unique: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
    check(count > 0 || std::count(x.shape().begin(), x.shape().end(), 0) == 1,
        "unique: Number of zero sized dimensions is more than one, so unique cannot be applied ");
    const Tensor rows = count == 0 ? native::empty({0, 0}, x.dtype())
                                   : native::contiguous(movedim(x.detach(), {d}, {0})).reshape({count, -1});
    const Kinds kinds = kinds_of_rows(rows);
    Tensor once =
        index_select(x.detach(), d, Kinds::tensor(kinds.first, {static_cast<std::int64_t>(kinds.first.size())}));
    return kinds.with(record("UniqueDimBackward0", once, wrt(x, none)), {count}, return_inverse, return_counts);
}

}  // namespace taper::ops
