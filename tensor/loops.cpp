#include "loops.h"

#include "kernels/transpose.h"

namespace taper {
namespace {

constexpr int most_operands = 8;
constexpr std::int64_t chunk_elements = 32768;

// The loop's dimensions, innermost first: those of size 1 left out, ordered by stride, and merged where all operands
// allow.
struct Nest {
    int dims = 0, operands;
    std::int64_t size[Shape::max_dims];
    std::int64_t step[Shape::max_dims][most_operands];  // in bytes

    Nest(const Shape& shape, std::span<const Operand> all) : operands(static_cast<int>(all.size())) {
        for (int d = shape.size(); d-- > 0;) {
            if (shape[d] == 1) continue;
            std::int64_t steps[most_operands];
            for (int i = 0; i < operands; ++i) steps[i] = all[i].strides.begin()[d] * all[i].bytes;
            insert(shape.begin()[d], steps);
        }
        merge();
        if (dims == 0) {
            size[0] = 1, dims = 1;
            std::fill_n(step[0], operands, 0);
        }
    }

 private:
    bool before(const std::int64_t* a, const std::int64_t* b) const {
        for (int i = 0; i < operands; ++i) {
            std::int64_t u = std::abs(a[i]), v = std::abs(b[i]);
            if (u != v && u != 0 && v != 0) return u < v;
        }
        return false;
    }
    void insert(std::int64_t length, const std::int64_t* steps) {
        int at = dims++;
        for (; at > 0 && before(steps, step[at - 1]); --at) {
            size[at] = size[at - 1];
            std::copy_n(step[at - 1], operands, step[at]);
        }
        size[at] = length;
        std::copy_n(steps, operands, step[at]);
    }
    void merge() {
        int last = 0;
        for (int d = 1; d < dims; ++d) {
            bool follows = true;
            for (int i = 0; i < operands; ++i) follows = follows && step[d][i] == step[last][i] * size[last];
            if (follows) {
                size[last] *= size[d];
            } else if (++last != d) {
                size[last] = size[d];
                std::copy_n(step[d], operands, step[last]);
            }
        }
        dims = std::min(dims, last + 1);
    }
};

constexpr std::int64_t tile_side = 32, tile_elements = tile_side * tile_side;

// Rows of elements that may lie apart.
struct Rows {
    char* data[most_operands];
    const std::int64_t *inner, *outer;
    std::int64_t n, rows;
};

// Moves between places that lie apart and a buffer that does not. Neighbouring rows are turned round; otherwise the
// shorter steps are taken innermost, so that a cache line is used up when it is there.
template <class Element, bool to_buffer>
void move(char* buffer, char* apart, std::int64_t n, std::int64_t inner, std::int64_t rows, std::int64_t outer) {
    auto* packed = reinterpret_cast<Element*>(buffer);
    auto* there = reinterpret_cast<Element*>(apart);
    inner /= std::int64_t(sizeof(Element)), outer /= std::int64_t(sizeof(Element));
    auto one = [&](std::int64_t row, std::int64_t i) {
        if constexpr (to_buffer)
            packed[row * n + i] = there[row * outer + i * inner];
        else
            there[row * outer + i * inner] = packed[row * n + i];
    };
    if (to_buffer && inner == 0)
        for (std::int64_t row = 0; row < rows; ++row) std::fill_n(packed + row * n, n, there[row * outer]);
    else if (outer == 1 && inner > 1) {
        if constexpr (to_buffer)
            transpose(packed, n, there, inner, n, rows);
        else
            transpose(there, inner, packed, n, rows, n);
    } else if (outer < inner) {
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t row = 0; row < rows; ++row) one(row, i);
    } else
        for (std::int64_t row = 0; row < rows; ++row)
            for (std::int64_t i = 0; i < n; ++i) one(row, i);
}
template <bool to_buffer, class... Steps> void move_bytes(int bytes, char* buffer, char* apart, Steps... steps) {
    if (bytes == 1)
        move<std::uint8_t, to_buffer>(buffer, apart, steps...);
    else if (bytes == 4)
        move<std::uint32_t, to_buffer>(buffer, apart, steps...);
    else
        move<std::uint64_t, to_buffer>(buffer, apart, steps...);
}

// Where the elements of one operand are brought together, and what lies there: a number or a row that every tile reads
// is brought once.
struct Gathered {
    alignas(64) char place[tile_elements * 8];
    const char* from = nullptr;
    std::int64_t n = 0, rows = 0;

    bool holds(const char* at, std::int64_t inner, std::int64_t width, std::int64_t outer, std::int64_t height) const {
        if (from != at || (outer != 0 && height > 1)) return false;
        return inner == 0 ? width * height <= n * rows : width == n && height <= rows;
    }
};

// One tile, `n` elements of each of `rows` rows: operands whose elements lie apart go through a buffer. Where rows are
// short, all do that are not one piece, so that the tile becomes a single long row.
void run_tile(const Rows& at, std::span<const Operand> all, RowsLoop loop, const void* functor, std::int64_t n,
    std::int64_t rows, char* const* data, Gathered* gathered) {
    constexpr std::int64_t short_row = 32;
    char* place[most_operands];
    std::int64_t step[most_operands];
    const int operands = static_cast<int>(all.size());
    for (int i = 0; i < operands; ++i) {
        const int bytes = all[i].bytes;
        const bool neighbours = at.inner[i] == bytes || n == 1, one_piece = rows == 1 || at.outer[i] == n * bytes;
        const bool stays = neighbours && (one_piece || n >= short_row);
        Gathered& here = gathered[i];
        place[i] = stays ? data[i] : here.place;
        step[i] = stays ? at.outer[i] : n * bytes;
        if (stays || (!all[i].written && here.holds(data[i], at.inner[i], n, at.outer[i], rows))) continue;
        move_bytes<true>(bytes, here.place, data[i], n, at.inner[i], rows, at.outer[i]);
        here.from = data[i], here.n = n, here.rows = rows;
    }
    if (n < short_row)
        loop(functor, place, step, n * rows, 1);
    else
        loop(functor, place, step, n, rows);
    for (int i = 0; i < operands; ++i)
        if (all[i].written && place[i] != data[i])
            move_bytes<false>(all[i].bytes, place[i], data[i], n, at.inner[i], rows, at.outer[i]);
}

// Rows in which every operand has neighbours or one number for all: the number is written out a few times over, and
// the row cut into as many pieces.
void run_spread(const Rows& at, std::span<const Operand> all, RowsLoop loop, const void* functor) {
    constexpr std::int64_t piece = 64;
    alignas(64) char number[most_operands][piece * 8];
    char* data[most_operands];
    std::int64_t step[most_operands];
    const int operands = static_cast<int>(all.size());
    const std::int64_t pieces = at.n / piece, rest = at.n % piece;
    for (std::int64_t row = 0; row < at.rows; ++row) {
        for (int i = 0; i < operands; ++i) {
            char* from = at.data[i] + row * at.outer[i];
            const bool one_number = at.inner[i] == 0;
            data[i] = one_number ? number[i] : from;
            step[i] = one_number ? 0 : piece * all[i].bytes;
            if (one_number && (row == 0 || at.outer[i] != 0))
                move_bytes<true>(all[i].bytes, number[i], from, std::min(at.n, piece), 0, 1, 0);
        }
        if (pieces > 0) loop(functor, data, step, piece, pieces);
        for (int i = 0; i < operands; ++i) data[i] += pieces * step[i];
        if (rest > 0) loop(functor, data, step, rest, 1);
    }
}

// Whether an operand is stored across the loop, as a transposed one is: then tiles are square.
bool runs_across(std::span<const Operand> all, const std::int64_t* inner, const std::int64_t* outer) {
    for (std::size_t i = 0; i < all.size(); ++i)
        if (outer[i] == all[i].bytes && inner[i] > outer[i]) return true;
    return false;
}

void run_rows(const Rows& at, std::span<const Operand> all, RowsLoop loop, const void* functor) {
    const int operands = static_cast<int>(all.size());
    bool neighbours = true, or_one_number = at.n >= 64;
    for (int i = 0; i < operands; ++i) {
        const bool neighbour = at.inner[i] == all[i].bytes || at.n == 1;
        neighbours = neighbours && neighbour;
        or_one_number = or_one_number && (neighbour || (at.inner[i] == 0 && !all[i].written));
    }
    if (neighbours) return loop(functor, at.data, at.outer, at.n, at.rows);
    if (or_one_number) return run_spread(at, all, loop, functor);
    const std::int64_t width = std::min(at.n, runs_across(all, at.inner, at.outer) ? tile_side : tile_elements);
    const std::int64_t height = tile_elements / width;
    Gathered gathered[most_operands];
    for (std::int64_t row = 0; row < at.rows; row += height)
        for (std::int64_t first = 0; first < at.n; first += width) {
            char* data[most_operands];
            for (int i = 0; i < operands; ++i) data[i] = at.data[i] + row * at.outer[i] + first * at.inner[i];
            run_tile(
                at, all, loop, functor, std::min(width, at.n - first), std::min(height, at.rows - row), data, gathered);
        }
}

// Rows [begin, end) of the whole nest, in runs along its second dimension.
void run_range(const Nest& nest, std::span<const Operand> all, RowsLoop loop, const void* functor, std::int64_t begin,
    std::int64_t end) {
    const std::int64_t length = nest.dims > 1 ? nest.size[1] : 1;
    constexpr std::int64_t still[most_operands] = {};
    for (std::int64_t row = begin; row < end;) {
        Rows at{{}, nest.step[0], nest.dims > 1 ? nest.step[1] : still, nest.size[0],
            std::min(end - row, length - row % length)};
        for (int i = 0; i < nest.operands; ++i) at.data[i] = all[i].data;
        std::int64_t rest = row;
        for (int d = 1; d < nest.dims; ++d) {
            for (int i = 0; i < nest.operands; ++i) at.data[i] += rest % nest.size[d] * nest.step[d][i];
            rest /= nest.size[d];
        }
        run_rows(at, all, loop, functor);
        row += at.rows;
    }
}

}  // namespace

Operand operand(const Tensor& x, const Shape& shape) {
    const TensorImpl& impl = x.impl();
    Operand out{static_cast<char*>(x.data_ptr()), {}, size_of(impl.dtype)};
    const int ahead = shape.size() - impl.shape.size();
    if (ahead == 0 && impl.shape == shape) {
        out.strides = impl.strides;
        return out;
    }
    for (int d = 0; d < shape.size(); ++d) out.strides.push_back(0);
    const std::int64_t *sizes = impl.shape.begin(), *own = impl.strides.begin(), *to = shape.begin() + ahead;
    std::int64_t* strides = out.strides.begin() + ahead;
    for (int d = 0; d < impl.shape.size(); ++d)
        if (sizes[d] != 1 || to[d] == 1) strides[d] = own[d];
    return out;
}

void run_flat(std::int64_t n, std::initializer_list<char*> data, std::initializer_list<std::int64_t> bytes,
    RowsLoop loop, const void* functor) {
    if (n == 0) return;
    parallel_for(n, chunk_elements, [&](std::int64_t begin, std::int64_t end) {
        constexpr std::int64_t still[most_operands] = {};
        char* start[most_operands];
        for (std::size_t i = 0; i < data.size(); ++i) start[i] = data.begin()[i] + begin * bytes.begin()[i];
        loop(functor, start, still, end - begin, 1);
    });
}

void run_loop(const Shape& shape, std::span<Operand> operands, RowsLoop loop, const void* functor) {
    const std::int64_t numel = shape.numel();
    if (numel == 0) return;
    Nest nest(shape, operands);
    if (nest.dims == 1)
        return parallel_for(nest.size[0], chunk_elements, [&](std::int64_t begin, std::int64_t end) {
            constexpr std::int64_t still[most_operands] = {};
            Rows at{{}, nest.step[0], still, end - begin, 1};
            for (int i = 0; i < nest.operands; ++i) at.data[i] = operands[i].data + begin * nest.step[0][i];
            run_rows(at, operands, loop, functor);
        });
    const bool across = runs_across(operands, nest.step[0], nest.step[1]);
    const std::int64_t rows = numel / nest.size[0];
    const std::int64_t chunk = std::max<std::int64_t>(across ? tile_side : 1, chunk_elements / nest.size[0]);
    parallel_for(rows, chunk,
        [&](std::int64_t begin, std::int64_t end) { run_range(nest, operands, loop, functor, begin, end); });
}

}  // namespace taper
