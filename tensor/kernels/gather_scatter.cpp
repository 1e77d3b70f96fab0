#include "gather_scatter.h"

#include <algorithm>
#include <cstring>

#include "../base/half.h"
#include "../base/parallel.h"

namespace taper {
namespace {

/// A row-major position over some dims as an offset in memory; dims that follow each other without gaps are one.
class DimWalk {
 public:
    explicit DimWalk(const StridedDims& dims) {
        for (int d = dims.count; d-- > 0;) {
            const std::int64_t size = dims.sizes[d], step = dims.strides[d];
            numel_ *= size;
            if (dims_ > 0 && step == step_[dims_ - 1] * size_[dims_ - 1])
                size_[dims_ - 1] *= size;
            else if (size != 1)
                size_[dims_] = size, step_[dims_++] = step;
        }
    }
    std::int64_t numel() const { return numel_; }
    bool is_run() const { return dims_ == 0 || (dims_ == 1 && step_[0] == 1); }
    std::int64_t operator()(std::int64_t position) const {
        if (dims_ == 1) return position * step_[0];
        std::int64_t offset = 0;
        for (int d = 0; d < dims_; ++d) {
            offset += position % size_[d] * step_[d];
            position /= size_[d];
        }
        return offset;
    }

 private:
    static constexpr int max_dims = 64;  // of any tensor
    int dims_ = 0;                       // innermost first
    std::int64_t numel_ = 1, size_[max_dims], step_[max_dims];
};

struct RowWalk {
    DimWalk ahead, indexed, behind;
    const std::int64_t* positions;
    std::int64_t count;

    explicit RowWalk(const IndexedRows& rows)
        : ahead(rows.ahead), indexed(rows.indexed), behind(rows.behind), positions(rows.positions), count(rows.count) {}

    /// Calls f(row of y, offset of that of x) for rows [begin, end) of y.
    template <class F> void each(std::int64_t begin, std::int64_t end, F f) const {
        while (begin < end) {
            const std::int64_t outer = begin / count, skip = ahead(outer), first = outer * count;
            for (const std::int64_t last = std::min(end, first + count); begin < last; ++begin)
                f(begin, skip + indexed(positions[begin - first]));
        }
    }
};

// for a in ahead, i in positions, b in behind:
//     store(x[a][positions[i]][b], y[a][i][b])
// Rows that share an element would race, so only what lies ahead of the indexed dims is shared out to threads.
template <class T, class Store>
void scatter(const IndexedRows& indexed, const T* y, bool is_number, T* x, Store store) {
    const RowWalk rows(indexed);
    const std::int64_t n = rows.behind.numel(), outer = rows.ahead.numel();
    if (n * outer * rows.count == 0) return;
    parallel_for(outer, grain_of(rows.count * n), [&](std::int64_t begin, std::int64_t end) {
        const bool run = rows.behind.is_run();
        rows.each(begin * rows.count, end * rows.count, [&](std::int64_t row, std::int64_t offset) {
            T* to = x + offset;
            for (std::int64_t i = 0; i < n; ++i) store(to[run ? i : rows.behind(i)], y[is_number ? 0 : row * n + i]);
        });
    });
}

}  // namespace

// for a in ahead, i in positions, b in behind:
//     y[a][i][b] = x[a][positions[i]][b]
template <class T> void gather_rows(const IndexedRows& indexed, const T* x, T* y) {
    const RowWalk rows(indexed);
    const std::int64_t n = rows.behind.numel(), all = rows.ahead.numel() * rows.count;
    if (n * all == 0) return;
    parallel_for(all, grain_of(n), [&](std::int64_t begin, std::int64_t end) {
        if (n == 1)
            rows.each(begin, end, [&](std::int64_t row, std::int64_t offset) { y[row] = x[offset]; });
        else if (rows.behind.is_run())
            rows.each(begin, end, [&](std::int64_t row, std::int64_t offset) {
                std::memcpy(y + row * n, x + offset, static_cast<std::size_t>(n) * sizeof(T));
            });
        else
            rows.each(begin, end, [&](std::int64_t row, std::int64_t offset) {
                for (std::int64_t i = 0; i < n; ++i) y[row * n + i] = x[offset + rows.behind(i)];
            });
    });
}

template <class T> void scatter_rows(const IndexedRows& rows, const T* y, bool is_number, T* x) {
    scatter(rows, y, is_number, x, [](T& to, T value) { to = value; });
}
template <class T> void scatter_add_rows(const IndexedRows& rows, const T* y, bool is_number, T* x) {
    scatter(rows, y, is_number, x, [](T& to, T value) { to = static_cast<T>(to + value); });
}

// for c in coordinates of the index:
//     offsets[c] = sum of c[d] * strides[d] + index[c] * step
void offsets_along(const StridedDims& dims, std::int64_t step, const std::int64_t* index, std::int64_t* offsets) {
    const int last = dims.count - 1;
    const std::int64_t length = dims.sizes[last];
    std::int64_t rows = 1;
    for (int d = 0; d < last; ++d) rows *= dims.sizes[d];
    for (std::int64_t row = 0; length > 0 && row < rows; ++row) {
        std::int64_t start = 0, rest = row;
        for (int d = last; d-- > 0; rest /= dims.sizes[d]) start += rest % dims.sizes[d] * dims.strides[d];
        for (std::int64_t i = 0; i < length; ++i) *offsets++ = start + i * dims.strides[last] + *index++ * step;
    }
}

template <class T> std::int64_t nonzero_count(std::int64_t n, const T* x) { return n - std::count(x, x + n, T(0)); }

template <class T> void list_nonzero(std::int64_t n, const T* x, std::int64_t* positions) {
    for (std::int64_t i = 0; i < n; ++i)
        if (x[i] != 0) *positions++ = i;
}

#define TAPER_MOVE_ROWS(T)                                       \
    template void gather_rows(const IndexedRows&, const T*, T*); \
    template void scatter_rows(const IndexedRows&, const T*, bool, T*);
TAPER_MOVE_ROWS(std::uint8_t)
TAPER_MOVE_ROWS(std::uint16_t)
TAPER_MOVE_ROWS(std::uint32_t)
TAPER_MOVE_ROWS(std::uint64_t)
#undef TAPER_MOVE_ROWS

#define TAPER_NONZERO(T)                                         \
    template std::int64_t nonzero_count(std::int64_t, const T*); \
    template void list_nonzero(std::int64_t, const T*, std::int64_t*);
#define TAPER_ADD_ROWS(T) template void scatter_add_rows(const IndexedRows&, const T*, bool, T*);
#define TAPER_BOTH(T) TAPER_NONZERO(T) TAPER_ADD_ROWS(T)
TAPER_BOTH(bool)
TAPER_BOTH(std::uint8_t)
TAPER_BOTH(std::int32_t)
TAPER_BOTH(std::int64_t)
TAPER_BOTH(float)
TAPER_BOTH(double)
TAPER_ADD_ROWS(std::int8_t)
TAPER_ADD_ROWS(std::int16_t)
TAPER_ADD_ROWS(Half)
TAPER_ADD_ROWS(BFloat16)
#undef TAPER_NONZERO
#undef TAPER_ADD_ROWS
#undef TAPER_BOTH

}  // namespace taper
