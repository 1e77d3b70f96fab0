// Turning a matrix round, four rows of four neighbours at a time.
#pragma once

#include <cstdint>

#include "inline.h"

namespace taper {

/// to[j][i] = from[i][j] for 4 rows i of 4 neighbours j, which are `step` elements apart.
TAPER_INLINE void turn_round(std::uint32_t* to, std::int64_t to_step, const std::uint32_t* from, std::int64_t step) {
    using Four [[gnu::vector_size(16), gnu::aligned(4), gnu::may_alias]] = std::uint32_t;
    auto row = [&](int i) { return *reinterpret_cast<const Four*>(from + i * step); };
    const Four a = row(0), b = row(1), c = row(2), d = row(3);
    const Four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Four ef = __builtin_shufflevector(a, b, 2, 6, 3, 7), gh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    auto put = [&](int i, Four turned) { *reinterpret_cast<Four*>(to + i * to_step) = turned; };
    put(0, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
    put(1, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
    put(2, __builtin_shufflevector(ef, gh, 0, 1, 4, 5));
    put(3, __builtin_shufflevector(ef, gh, 2, 3, 6, 7));
}

/// to (columns, rows) = the transpose of from (rows, columns); the steps are from row to row, in elements.
template <class T>
void transpose(T* to, std::int64_t to_step, const T* from, std::int64_t step, std::int64_t rows, std::int64_t columns) {
    std::int64_t done = 0;
    if constexpr (sizeof(T) == 4)
        for (; done + 4 <= rows; done += 4) {
            std::int64_t j = 0;
            for (; j + 4 <= columns; j += 4)
                turn_round(reinterpret_cast<std::uint32_t*>(to + j * to_step + done), to_step,
                    reinterpret_cast<const std::uint32_t*>(from + done * step + j), step);
            for (; j < columns; ++j)
                for (std::int64_t i = done; i < done + 4; ++i) to[j * to_step + i] = from[i * step + j];
        }
    for (std::int64_t i = done; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j) to[j * to_step + i] = from[i * step + j];
}

}  // namespace taper
