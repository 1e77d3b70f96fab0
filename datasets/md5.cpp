#include "md5.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace taper {

// The RFC's constants: 2^32 times |sin(1)|, |sin(2)|, ..., cut to whole numbers.
static std::array<std::uint32_t, 64> sines() {
    std::array<std::uint32_t, 64> out;
    for (int i = 0; i < 64; ++i) out[i] = static_cast<std::uint32_t>(std::floor(std::abs(std::sin(i + 1.0)) * 0x1p32));
    return out;
}

void Md5::mix() {
    static const std::array<std::uint32_t, 64> constants = sines();
    static constexpr int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    std::uint32_t words[16];
    std::memcpy(words, block_, sizeof block_);
    auto [a, b, c, d] = std::to_array(state_);
    for (int i = 0; i < 64; ++i) {
        const int round = i / 16;
        const std::uint32_t f = round == 0 ? (b & c) | (~b & d)
            : round == 1                   ? (d & b) | (~d & c)
            : round == 2                   ? b ^ c ^ d
                                           : c ^ (b | ~d);
        const int word = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
        const std::uint32_t turned = std::rotl(a + f + constants[i] + words[word % 16], turns[round][i % 4]);
        a = d, d = c, c = b, b += turned;
    }
    state_[0] += a, state_[1] += b, state_[2] += c, state_[3] += d;
}

void Md5::add(const void* bytes, std::size_t n) {
    const auto* from = static_cast<const unsigned char*>(bytes);
    while (n > 0) {
        const std::size_t filled = length_ % 64, part = std::min(n, 64 - filled);
        std::memcpy(block_ + filled, from, part);
        from += part, n -= part, length_ += part;
        if (length_ % 64 == 0) mix();
    }
}

std::string Md5::hex() {
    const std::uint64_t bits = length_ * 8;
    const unsigned char end = 0x80, zero = 0;
    add(&end, 1);
    while (length_ % 64 != 56) add(&zero, 1);
    add(&bits, 8);
    std::string digits;
    for (std::uint32_t word : state_)
        for (int byte = 0; byte < 4; ++byte) digits += fmt::format("{:02x}", word >> 8 * byte & 0xff);
    return digits;
}

}  // namespace taper
