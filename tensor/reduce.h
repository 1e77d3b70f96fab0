// The reducing loop: many elements become one, in an order that depends on shapes and strides, never on threads or
// machine.
#pragma once

#include <bitset>
#include <functional>
#include <memory>

#include "kernels/reduce_line.h"
#include "loops.h"

namespace taper {

/// Which dims go, which stay: the shape with the reduced dims gone, or kept with size 1. No dims named means all of
/// them.
struct ReducedDims {
    std::bitset<Shape::max_dims> reduced;
    Shape shape;     // of the result
    Shape keepdims;  // the same, with 1 in place of what is reduced
    ReducedDims(const Shape& from, const std::optional<Dims>& dims, bool keepdim);
    ReducedDims(const Shape& from, const Reduction& options) : ReducedDims(from, options.dim, options.keepdim) {}
    /// How many elements become one.
    std::int64_t count(const Shape& from) const;
};

/// Whether no dim is named, so that everything becomes one element.
inline bool over_all(const Reduction& options) { return !options.dim || options.dim->empty(); }

namespace detail {

constexpr std::int64_t row_block = 256;  // rows that one set of column sums takes
constexpr std::int64_t tile = 512;       // columns that stay in the first-level cache
constexpr std::int64_t short_row = 64;   // elements up to which the rows of column sums are joined

// The nest of a reduction: kept and reduced dims, merged where they follow each other; innermost last.
struct ReduceNest {
    int kept_dims = 0, reduced_dims = 0;
    std::int64_t kept_size[Shape::max_dims], kept_step[Shape::max_dims];
    std::int64_t reduced_size[Shape::max_dims], reduced_step[Shape::max_dims];
    std::int64_t kept = 1, reduced = 1;

    ReduceNest(const Tensor& x, const ReducedDims& dims);
    std::int64_t kept_offset(std::int64_t index) const { return offset(index, kept_dims, kept_size, kept_step); }
    std::int64_t reduced_offset(std::int64_t index) const {
        return offset(index, reduced_dims, reduced_size, reduced_step);
    }
    /// Whether many results are worked out side by side: where they are neighbours in memory, or each is of a few
    /// elements.
    bool by_rows() const {
        if (kept_dims == 0 || kept_size[kept_dims - 1] == 1) return false;
        bool neighbours = kept_step[kept_dims - 1] == 1 && (reduced_dims == 0 || reduced_step[reduced_dims - 1] != 1);
        return neighbours || (reduced <= lanes && kept_size[kept_dims - 1] >= lanes);
    }

 private:
    static std::int64_t offset(std::int64_t index, int dims, const std::int64_t* size, const std::int64_t* step);
};

// Sums of columns: rows [begin, end) of the reduced dims, `width` columns from x on, into acc.
template <class Acc, class T, class Load, class Combine> void add_rows(Acc* acc, const T* x, const ReduceNest& nest,
    std::int64_t begin, std::int64_t end, std::int64_t width, Acc identity, const Load& load, const Combine& combine) {
    if (end - begin > row_block) {
        std::int64_t half = begin + ((end - begin) / 2 + row_block - 1) / row_block * row_block;
        Acc other[tile];
        add_rows(acc, x, nest, begin, half, width, identity, load, combine);
        add_rows(other, x, nest, half, end, width, identity, load, combine);
        const Acc* from = other;
        run<Acc, T>([=] {
            TAPER_VECTORISE for (std::int64_t i = 0; i < width; ++i) { TAPER_CALL acc[i] = combine(acc[i], from[i]); }
        });
        return;
    }
    const ReduceNest* at = &nest;
    const bool one_dim = nest.reduced_dims == 1;
    const std::int64_t step = one_dim ? nest.reduced_step[0] : 0, across = nest.kept_step[nest.kept_dims - 1];
    // Short rows without gaps are taken several at once, as if they were one.
    const std::int64_t together =
        one_dim && across == 1 && step == width ? std::max<std::int64_t>(1, short_row / width) : 1;
    run<Acc, T>([=] {
        Acc several[short_row];
        Acc* to = together > 1 ? several : acc;
        const std::int64_t wide = together * width;
        TAPER_VECTORISE for (std::int64_t i = 0; i < wide; ++i)
            to[i] = identity;
        std::int64_t row = begin;
        for (; across == 1 && one_dim && row + 4 * together <= end; row += 4 * together) {  // four for one visit to acc
            const T *a = x + row * step, *b = a + together * step, *c = b + together * step, *d = c + together * step;
            TAPER_VECTORISE for (std::int64_t i = 0; i < wide; ++i) {
                TAPER_CALL to[i] =
                    combine(combine(combine(combine(to[i], load(a[i])), load(b[i])), load(c[i])), load(d[i]));
            }
        }
        for (std::int64_t k = 0; to != acc && k < together; ++k) TAPER_VECTORISE
            for (std::int64_t i = 0; i < width; ++i) {
                TAPER_CALL acc[i] = k == 0 ? several[i] : combine(acc[i], several[k * width + i]);
            }
        for (; row < end; ++row) {
            const T* from = x + (one_dim ? row * step : at->reduced_offset(row));
            if (across == 1) TAPER_VECTORISE
                for (std::int64_t i = 0; i < width; ++i) {
                    TAPER_CALL acc[i] = combine(acc[i], load(from[i]));
                }
            else TAPER_VECTORISE
                for (std::int64_t i = 0; i < width; ++i) {
                    TAPER_CALL acc[i] = combine(acc[i], load(from[i * across]));
                }
        }
    });
}

template <class Acc, class T, class Load, class Combine> void reduce_by_rows(
    Acc* out, const T* x, const ReduceNest& nest, Acc identity, const Load& load, const Combine& combine) {
    const std::int64_t row = nest.kept_size[nest.kept_dims - 1], tiles = (row + tile - 1) / tile;
    const std::int64_t outer = nest.kept / row;
    const std::int64_t rows = std::max(row_block, part / std::min(row, tile) / row_block * row_block);
    const std::int64_t parts = std::max<std::int64_t>(1, (nest.reduced + rows - 1) / rows);
    auto partial = std::make_unique<Acc[]>(parts > 1 ? parts * nest.kept : 0);
    auto one = [&](std::int64_t job) {
        std::int64_t p = job % parts, t = job / parts % tiles, o = job / parts / tiles;
        std::int64_t first = t * tile, width = std::min(tile, row - first);
        Acc* to = (parts > 1 ? partial.get() + p * nest.kept : out) + o * row + first;
        add_rows(to, x + nest.kept_offset(o * row + first), nest, p * rows, std::min(nest.reduced, (p + 1) * rows),
            width, identity, load, combine);
    };
    std::int64_t work = std::max<std::int64_t>(1, std::min(rows, nest.reduced) * std::min(row, tile));
    parallel_for(
        outer * tiles * parts, std::max<std::int64_t>(1, part / work), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t job = begin; job < end; ++job) one(job);
        });
    for (std::int64_t i = 0; parts > 1 && i < nest.kept; ++i) {
        Acc acc = partial[i];
        for (std::int64_t p = 1; p < parts; ++p) acc = combine(acc, partial[p * nest.kept + i]);
        out[i] = acc;
    }
}

template <class Acc, class T, class Load, class Combine>
void reduce_runs(Acc* out, const T* x, const ReduceNest& nest, Acc identity, const Load& load, const Combine& combine) {
    const int inner = nest.reduced_dims - 1;
    const std::int64_t n = inner < 0 ? 1 : nest.reduced_size[inner], stride = inner < 0 ? 1 : nest.reduced_step[inner];
    const std::int64_t runs = nest.reduced / std::max<std::int64_t>(n, 1);
    if (nest.kept == 1 && runs == 1 && n > part) {
        const std::int64_t parts = (n + part - 1) / part;
        auto partial = std::make_unique<Acc[]>(parts);
        parallel_for(n, part, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t at = begin; at < end; at += part)
                partial[at / part] =
                    run_reduce(x + at * stride, std::min(part, n - at), stride, identity, load, combine);
        });
        *out = run_reduce(partial.get(), parts, 1, identity, std::identity(), combine);
        return;
    }
    parallel_for(nest.kept, std::max<std::int64_t>(1, part / std::max<std::int64_t>(1, nest.reduced)),
        [&](std::int64_t begin, std::int64_t end) {
            if (runs == 1 && n <= block && nest.kept_dims <= 1)
                return reduce_blocks(out + begin, x + nest.kept_offset(begin), end - begin,
                    nest.kept_dims ? nest.kept_step[0] : 0, n, stride, identity, load, combine);
            for (std::int64_t i = begin; i < end; ++i) {
                const T* from = x + nest.kept_offset(i);
                Acc acc = runs == 1 ? run_reduce(from, n, stride, identity, load, combine) : identity;
                for (std::int64_t run = 0; runs > 1 && run < runs; ++run)
                    acc = combine(
                        acc, run_reduce(from + nest.reduced_offset(run * n), n, stride, identity, load, combine));
                out[i] = acc;
            }
        });
}

}  // namespace detail

/// The elements of x over the named dims, each through `load`, combined from `identity` on (which must not change a
/// value it is combined with). The result has the dtype of `identity`, and the elements type T: x is cast to it.
template <class T, class Acc, class Combine, class Load = std::identity>
Tensor reduce(const Tensor& x, const ReducedDims& dims, Acc identity, const Combine& combine, const Load& load = {}) {
    Tensor from = native::cast(x, dtype_of<T>());
    Tensor out = native::empty(dims.shape, dtype_of<Acc>(), x.device());
    detail::ReduceNest nest(from, dims);
    const T* data = from.data_ptr<T>();
    if (nest.kept == 0) return out;
    if (nest.by_rows())
        detail::reduce_by_rows(out.data_ptr<Acc>(), data, nest, identity, load, combine);
    else
        detail::reduce_runs(out.data_ptr<Acc>(), data, nest, identity, load, combine);
    return out;
}

}  // namespace taper
