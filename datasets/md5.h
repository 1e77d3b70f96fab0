// MD5 (RFC 1321), by which the publishers of data sets name the bytes of their files. It proves nothing against malice.
#pragma once

#include <cstdint>
#include <string>

namespace taper {

/// The MD5 sum of bytes that come in pieces.
class Md5 {
 public:
    void add(const void* bytes, std::size_t n);
    /// The sum in 32 hexadecimal digits. Nothing may be added after it.
    std::string hex();

 private:
    void mix();

    std::uint32_t state_[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    unsigned char block_[64];
    std::uint64_t length_ = 0;
};

}  // namespace taper
