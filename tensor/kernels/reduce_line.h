// A run of elements becomes one, in an order that depends on their number alone.
#pragma once

#include <cstdint>
#include <type_traits>

#include "../base/simd.h"

namespace taper {

/// How two become one; of NaN and a number, NaN.
namespace combine {
inline constexpr auto plus = [](auto a, auto b) { return a + b; };
inline constexpr auto larger = [](auto a, auto b) {
    const auto most = b > a ? b : a;
    return b != b ? b : most;  // b > NaN is false
};
inline constexpr auto smaller = [](auto a, auto b) {
    const auto least = b < a ? b : a;
    return b != b ? b : least;
};
}  // namespace combine

namespace detail {

constexpr int lanes = 32;
constexpr std::int64_t block = 4096;      // elements that one set of lanes takes
constexpr std::int64_t part = 8 * block;  // elements of a long run, or of many rows, that one thread takes at once

// The loop compiled for the machine; whole numbers are not worth three copies of the code, nor doubles the third.
template <class Acc, class T, class Body> void run(Body body) {
    if constexpr (std::is_same_v<T, float>)
        dispatch(body);
    else if constexpr (std::is_floating_point_v<Acc> || std::is_floating_point_v<T>)
        dispatch_two(body);
    else
        body();
}

// 32 interleaved partial results become one, in a fixed tree. Clang makes slow code of it where the lanes are added up.
template <class Acc, class Combine> [[gnu::noinline]] Acc fold_lanes(const Acc* lane, const Combine& combine) {
    static_assert(lanes == 32);
    Acc sixteen[16], eight[8], four[4];
    for (int i = 0; i < 16; ++i) sixteen[i] = combine(lane[i], lane[i + 16]);
    for (int i = 0; i < 8; ++i) eight[i] = combine(sixteen[i], sixteen[i + 8]);
    for (int i = 0; i < 4; ++i) four[i] = combine(eight[i], eight[i + 4]);
    return combine(combine(four[0], four[2]), combine(four[1], four[3]));
}

// The lanes of a run of at most `block` elements.
template <class Acc, class T, class Load, class Combine> TAPER_INLINE void add_lanes(
    Acc* to, const T* x, std::int64_t n, std::int64_t stride, Acc identity, const Load& load, const Combine& combine) {
    Acc own[lanes], rest[lanes];  // what is indexed by a variable would not stay in registers
    for (int i = 0; i < lanes; ++i) own[i] = identity;
    const std::int64_t full = n / lanes * lanes;
    if (stride == 1)
        for (std::int64_t at = 0; at < full; at += lanes) TAPER_VECTORISE
            for (int i = 0; i < lanes; ++i) {
                TAPER_CALL own[i] = combine(own[i], load(x[at + i]));
            }
    else
        for (std::int64_t at = 0; at < full; at += lanes)
            for (int i = 0; i < lanes; ++i) {
                TAPER_CALL own[i] = combine(own[i], load(x[(at + i) * stride]));
            }
    if (full < n) {
        for (int i = 0; i < lanes; ++i) rest[i] = identity;
        for (std::int64_t at = full; at < n; ++at) {
            TAPER_CALL rest[at - full] = combine(identity, load(x[at * stride]));
        }
        for (int i = 0; i < lanes; ++i) own[i] = combine(own[i], rest[i]);
    }
    for (int i = 0; i < lanes; ++i) to[i] = own[i];
}

// `runs` runs of at most `block` elements each, `apart` elements from one to the next.
template <class Acc, class T, class Load, class Combine> void reduce_blocks(Acc* out, const T* x, std::int64_t runs,
    std::int64_t apart, std::int64_t n, std::int64_t stride, Acc identity, const Load& load, const Combine& combine) {
    run<Acc, T>([=] {
        for (std::int64_t i = 0; i < runs; ++i) {
            alignas(64) Acc lane[lanes];
            add_lanes(lane, x + i * apart, n, stride, identity, load, combine);
            out[i] = fold_lanes(lane, combine);
        }
    });
}

// The halves of a run of n elements, whose blocks' results stand in `blocks`.
template <class Acc, class Combine> Acc fold_blocks(const Acc* blocks, std::int64_t n, const Combine& combine) {
    if (n <= block) return blocks[0];
    const std::int64_t half = (n / 2 + block - 1) / block;
    return combine(fold_blocks(blocks, half * block, combine), fold_blocks(blocks + half, n - half * block, combine));
}

// A run of any length: halves, down to blocks, of which as many as possible are done in one go.
template <class Acc, class T, class Load, class Combine> Acc run_reduce(
    const T* x, std::int64_t n, std::int64_t stride, Acc identity, const Load& load, const Combine& combine) {
    if (n > part) {
        const std::int64_t half = (n / 2 + block - 1) / block * block;
        return combine(run_reduce(x, half, stride, identity, load, combine),
            run_reduce(x + half * stride, n - half, stride, identity, load, combine));
    }
    Acc blocks[part / block];
    const std::int64_t full = n / block, rest = n % block;
    if (full > 0) reduce_blocks(blocks, x, full, block * stride, block, stride, identity, load, combine);
    if (rest > 0 || full == 0)
        reduce_blocks(blocks + full, x + full * block * stride, 1, 0, rest, stride, identity, load, combine);
    return fold_blocks(blocks, n, combine);
}

}  // namespace detail
}  // namespace taper
