// Squares as wide as a vector are transposed in registers; what is left over beside and below them, in smaller ones.
#include "transpose.h"

#include <cstring>
#include <utility>

#include "../base/simd.h"

namespace taper {
namespace {

using Index = std::int64_t;

/// to = a[first], b[first], a[first + 1], b[first + 1] and so on.
template <int first, class Vector, int... i>
TAPER_INLINE void interleave(Vector& to, const Vector& a, const Vector& b, std::integer_sequence<int, i...>) {
    to = __builtin_shufflevector(a, b, (first + i / 2 + i % 2 * int(sizeof...(i)))...);
}

/// As in the shuffle of a deck, each round brings rows that are half the square apart together, element by element;
/// after as many rounds as the width has bits, the columns are rows.
template <int width, class T> TAPER_INLINE void turn_round(T* to, Index to_step, const T* from, Index step) {
    using Vector [[gnu::vector_size(width * sizeof(T))]] = T;
    constexpr auto lanes = std::make_integer_sequence<int, width>();
    Vector row[width], next[width];
#pragma GCC unroll 16
    for (int i = 0; i < width; ++i) std::memcpy(&row[i], from + i * step, sizeof(Vector));
#pragma GCC unroll 4
    for (int round = 1; round < width; round *= 2) {
#pragma GCC unroll 8
        for (int i = 0; i < width / 2; ++i) {
            interleave<0>(next[2 * i], row[i], row[i + width / 2], lanes);
            interleave<width / 2>(next[2 * i + 1], row[i], row[i + width / 2], lanes);
        }
#pragma GCC unroll 16
        for (int i = 0; i < width; ++i) row[i] = next[i];
    }
#pragma GCC unroll 16
    for (int i = 0; i < width; ++i) std::memcpy(to + i * to_step, &row[i], sizeof(Vector));
}

template <int width, class T>
TAPER_INLINE void in_squares(T* to, Index to_step, const T* from, Index step, Index rows, Index columns) {
    const Index whole_rows = rows / width * width, whole_columns = columns / width * width;
    for (Index i = 0; i < whole_rows; i += width)
        for (Index j = 0; j < whole_columns; j += width)
            if constexpr (width > 1)
                turn_round<width>(to + j * to_step + i, to_step, from + i * step + j, step);
            else
                to[j * to_step + i] = from[i * step + j];
    if constexpr (width > 1) {
        constexpr int smaller = width > 4 ? width / 2 : 1;
        in_squares<smaller>(
            to + whole_columns * to_step, to_step, from + whole_columns, step, whole_rows, columns - whole_columns);
        in_squares<smaller>(to + whole_rows, to_step, from + whole_rows * step, step, rows - whole_rows, columns);
    }
}

}  // namespace

// for i in rows, j in columns:
//     to[j][i] = from[i][j]
template <class T> void transpose(T* to, Index to_step, const T* from, Index step, Index rows, Index columns) {
#ifdef __x86_64__
    if (simd_level() == Level::avx512)
        return detail::run_avx512([=] [[gnu::always_inline]] () {
            in_squares<sizeof(T) <= 2 ? 16 : 64 / sizeof(T)>(to, to_step, from, step, rows, columns);
        });
    if (simd_level() == Level::avx2)
        return detail::run_avx2([=] [[gnu::always_inline]] () {
            in_squares<sizeof(T) <= 2 ? 8 : 32 / sizeof(T)>(to, to_step, from, step, rows, columns);
        });
#endif
    in_squares<sizeof(T) == 8 ? 2 : 4>(to, to_step, from, step, rows, columns);
}

template void transpose(std::uint8_t*, Index, const std::uint8_t*, Index, Index, Index);
template void transpose(std::uint16_t*, Index, const std::uint16_t*, Index, Index, Index);
template void transpose(std::uint32_t*, Index, const std::uint32_t*, Index, Index, Index);
template void transpose(std::uint64_t*, Index, const std::uint64_t*, Index, Index, Index);
template void transpose(float*, Index, const float*, Index, Index, Index);
template void transpose(double*, Index, const double*, Index, Index, Index);

}  // namespace taper
