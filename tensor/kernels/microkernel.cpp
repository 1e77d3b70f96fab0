#include "microkernel.h"

#include <algorithm>
#include <cstring>

#include "../base/simd.h"

namespace taper::microkernel {
namespace {

// A register tile: as many rows and vectors of c as there are registers for.
//
// for r in rows, lane in lanes:
//     for k in depth: c[r][lane] += x[row[r] + inner[k]] * b[k][lane]
template <int bytes, int rows, int width, class T> TAPER_INLINE void multiply_tile(IndirectGemm<T> p, Index first) {
    using Vector [[gnu::vector_size(bytes)]] = T;
    constexpr Index each = bytes / Index(sizeof(T)), lanes = width * each;
    const T* from[rows];
    Vector sum[rows][width];
    for (int r = 0; r < rows; ++r) {
        from[r] = p.x + p.row[first + r];
        for (int i = 0; i < width; ++i) sum[r][i] = Vector{};
    }
    const Index *inner = p.inner, depth = p.depth;
    const T* b = p.b;
    for (Index k = 0; k < depth; ++k, b += lanes) {
        const Index at = inner[k];
        Vector factor[width];
        for (int i = 0; i < width; ++i) std::memcpy(&factor[i], b + i * each, bytes);
        for (int r = 0; r < rows; ++r) {
            const T number = from[r][at];
            for (int i = 0; i < width; ++i) sum[r][i] += number * factor[i];
        }
    }
    for (int r = 0; r < rows; ++r)
        for (int i = 0; i < width; ++i) {
            T* to = p.c + (first + r) * p.step + i * each;
            Vector before;
            std::memcpy(&before, to, bytes);
            before += sum[r][i];
            std::memcpy(to, &before, bytes);
        }
}

/// Tiles of nearly the same number of rows, `most` of them or less.
template <int bytes, int most, int width, class T> TAPER_INLINE void multiply_rows(const IndirectGemm<T>& p) {
    const Index tiles = (p.rows + most - 1) / most, least = p.rows / tiles, larger = p.rows % tiles;
    for (Index tile = 0, first = 0; tile < tiles; ++tile) {
        const Index rows = least + (tile < larger);
        with_constant<most>(
            rows, [&] [[gnu::always_inline]] (auto rows) { multiply_tile<bytes, rows, width>(p, first); });
        first += rows;
    }
}

int vector_bytes() { return simd_level() == Level::avx512 ? 64 : 32; }

}  // namespace

#ifdef __x86_64__
template <class T> void multiply(const IndirectGemm<T>& p) {
    const Index vectors = p.lanes * Index(sizeof(T)) / vector_bytes();
    if (simd_level() == Level::avx512)
        detail::run_avx512([&p, vectors] [[gnu::always_inline]] () {
            if (vectors == 4)
                multiply_rows<64, 6, 4>(p);
            else if (vectors == 2)
                multiply_rows<64, 12, 2>(p);
            else
                multiply_rows<64, 12, 1>(p);
        });
    else
        detail::run_avx2([&p, vectors] [[gnu::always_inline]] () {
            if (vectors == 2)
                multiply_rows<32, 6, 2>(p);
            else
                multiply_rows<32, 10, 1>(p);
        });
}
#else
template <class T> void multiply(const IndirectGemm<T>&) {}
#endif

template <class T> std::vector<ColumnBlock> blocks_of(Index columns) {
    const Index vector = vector_bytes() / Index(sizeof(T)), most = vector_bytes() == 64 ? 4 : 2;
    std::vector<ColumnBlock> blocks;
    for (Index first = 0; first < columns; first += blocks.back().columns) {
        const Index left = (columns - first + vector - 1) / vector;
        const Index lanes = vector * (left >= most ? most : left >= 2 ? 2 : 1);
        blocks.push_back({first, std::min(lanes, columns - first), lanes});
    }
    return blocks;
}

template void multiply(const IndirectGemm<float>&);
template void multiply(const IndirectGemm<double>&);
template std::vector<ColumnBlock> blocks_of<float>(Index);
template std::vector<ColumnBlock> blocks_of<double>(Index);

}  // namespace taper::microkernel
