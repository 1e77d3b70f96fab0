// Floating-point numbers of two bytes. They are stored as such and worked with as floats.
#pragma once

#include <bit>
#include <cstdint>

#include "inline.h"

namespace taper {

/// at::Half: IEEE 754's binary16, 5 bits of exponent and 10 of fraction; largest number 65504.
struct Half {
    static constexpr int digits = 11;  // of the fraction, the one that is not stored included
    static constexpr float largest = 65504;
    std::uint16_t bits = 0;

    Half() = default;
    /// Rounded to the nearest, of two the even one; infinite from 65520 on.
    TAPER_INLINE Half(float value) {
        const auto of = std::bit_cast<std::uint32_t>(value);
        const std::uint32_t sign = of >> 16 & 0x8000, rest = of & 0x7fffffff;
        // Below 2^-14 the sum with 0.5 has the result's fraction as its last bits, rounded as any sum is.
        const std::uint32_t small = std::bit_cast<std::uint32_t>(std::bit_cast<float>(rest) + 0.5f) - 0x3f000000;
        const std::uint32_t normal = (rest + 0xfff + (rest >> 13 & 1) - (112u << 23)) >> 13;
        const std::uint32_t large = rest > 0x7f800000 ? 0x7e00 : 0x7c00;
        bits = static_cast<std::uint16_t>(sign | (rest < 0x38800000 ? small : rest < 0x477ff000 ? normal : large));
    }
    TAPER_INLINE operator float() const {
        const std::uint32_t sign = std::uint32_t(bits & 0x8000) << 16, rest = bits & 0x7fff;
        const float scaled = std::bit_cast<float>(rest << 13) * 0x1p112f;  // the exponents' biases are 112 apart
        const std::uint32_t finite = std::bit_cast<std::uint32_t>(scaled), large = 0x7f800000 | (rest & 0x3ff) << 13;
        return std::bit_cast<float>(sign | (rest >= 0x7c00 ? large : finite));
    }
};

/// at::BFloat16: the upper half of a float, 8 bits of exponent and 7 of fraction.
struct BFloat16 {
    static constexpr int digits = 8;
    static constexpr float largest = 0x1.fep127f;
    std::uint16_t bits = 0;

    BFloat16() = default;
    /// Rounded to the nearest, of two the even one.
    TAPER_INLINE BFloat16(float value) {
        const auto of = std::bit_cast<std::uint32_t>(value);
        bits = static_cast<std::uint16_t>(value != value ? 0x7fc0 : (of + 0x7fff + (of >> 16 & 1)) >> 16);
    }
    TAPER_INLINE operator float() const { return std::bit_cast<float>(std::uint32_t(bits) << 16); }
};

}  // namespace taper
