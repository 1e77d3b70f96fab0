// The Mersenne Twister behind a Generator, and the uniform numbers made of its outputs. For the .cpp files here only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <type_traits>

#include "../base/half.h"
#include "../base/inline.h"
#include "../base/simd.h"
#include "generator.h"

namespace taper {

/// MT19937 (Matsumoto and Nishimura, 1998), whose outputs come in blocks of 624. Callers hold the mutex.
struct Generator::Stream {
    static constexpr int size = 624;

    std::mutex mutex;
    std::uint64_t seed = 0;
    int position = size;  // of the next output in the block; size when a twist comes first
    bool fresh = true;    // no block yet: in PyTorch's bytes this differs from a block at its end
    std::array<std::uint32_t, size> words, outputs;
    std::optional<double> kept_normal;

    void start(std::uint64_t from);
    /// Makes the next block of words, and with temper() their outputs.
    void twist();
    void temper();
    /// Copies the next `count` outputs.
    void take(std::uint32_t* into, std::int64_t count);
    double normal();

    std::uint32_t random32() {
        if (position == size) twist();
        return outputs[position++];
    }
    std::uint64_t random64() {
        std::uint64_t high = random32();
        return high << 32 | random32();
    }
};

/// The low 24 (53) bits, of which a uniform float (double) is made.
TAPER_INLINE std::int32_t bits24(std::uint32_t output) { return static_cast<std::int32_t>(output & 0xffffffu); }
TAPER_INLINE std::int64_t bits53(std::uint64_t outputs) {
    return static_cast<std::int64_t>(outputs & ((std::uint64_t{1} << 53) - 1));
}

TAPER_INLINE float unit(std::uint32_t output) { return static_cast<float>(bits24(output)) * 0x1p-24f; }
TAPER_INLINE double unit(std::uint64_t outputs) { return static_cast<double>(bits53(outputs)) * 0x1p-53; }

/// What a uniform T is made of: one output, or two for a double.
template <class T> using Drawn = std::conditional_t<std::is_same_v<T, double>, std::uint64_t, std::uint32_t>;

/// Whether a T is a Half or a BFloat16, and the floating type it is worked with as.
template <class T> inline constexpr bool is_half = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
template <class T> using Worked = std::conditional_t<is_half<T>, float, T>;

/// In [0, 1): a multiple of 2^-24 for a float, of 2^-11 for a Half.
template <class T> TAPER_INLINE Worked<T> unit_of(Drawn<T> bits) {
    if constexpr (is_half<T>)
        return static_cast<float>(bits & ((1u << T::digits) - 1)) * (1.0f / (1u << T::digits));
    else
        return unit(bits);
}

/// out[i] = make(i, bits), each element's bits being one output (Bits = uint32) or two (uint64), the first the high
/// half.
template <class Bits, class T, class Make> void fill(T* out, std::int64_t n, Generator::Stream& stream, Make make) {
    constexpr int outputs = sizeof(Bits) / sizeof(std::uint32_t);
    constexpr std::int64_t most = 1024 / outputs;
    std::uint32_t drawn[1024];
    for (std::int64_t start = 0; start < n; start += most) {
        std::int64_t count = std::min(most, n - start);
        stream.take(drawn, count * outputs);
        dispatch([=, &drawn]() {
            TAPER_VECTORISE for (std::int64_t i = 0; i < count; ++i) {
                Bits bits = drawn[outputs * i];
                if constexpr (outputs == 2) bits = bits << 32 | drawn[2 * i + 1];
                out[start + i] = make(start + i, bits);
            }
        });
    }
}

/// T as an Error names it.
template <class T> constexpr const char* name_of = std::is_same_v<T, float> ? "float"
    : std::is_same_v<T, double>                                             ? "double"
    : std::is_same_v<T, std::int64_t>                                       ? "int64"
    : std::is_same_v<T, std::int32_t>                                       ? "int32"
    : std::is_same_v<T, std::uint8_t>                                       ? "uint8"
    : std::is_same_v<T, Half>                                               ? "half"
    : std::is_same_v<T, BFloat16>                                           ? "bfloat16"
                                                                            : "bool";

}  // namespace taper
