// The checksum of zip and zlib, by which golden data is named.
#pragma once

#include <cstdint>
#include <vector>

inline std::uint32_t crc32(const void* data, std::size_t size) {
    std::uint32_t crc = ~0u;
    for (std::size_t i = 0; i < size; ++i) {
        crc ^= static_cast<const unsigned char*>(data)[i];
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0u);
    }
    return ~crc;
}
template <class T> std::uint32_t crc32(const std::vector<T>& values) {
    return crc32(values.data(), values.size() * sizeof(T));
}
