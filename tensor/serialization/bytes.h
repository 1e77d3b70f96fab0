// Numbers in files, little-endian; and the errors of reading and writing them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "../base/error.h"

namespace taper {

static_assert(std::endian::native == std::endian::little, "files hold little-endian numbers");

/// Appends the bytes of each value.
template <class... T> void append(std::string& bytes, const T&... values) {
    static_assert((std::is_arithmetic_v<T> && ...));
    (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
}

/// Reads forward through bytes; Error where they end too early.
class ByteReader {
 public:
    explicit ByteReader(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

    std::string_view take(std::size_t count) {
        check(count <= left(), "the file ends too early: {} bytes are wanted at byte {} and {} are left", count, at_,
            left());
        at_ += count;
        return bytes_.substr(at_ - count, count);
    }
    template <class T> T number() {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    /// What stands before the next line feed, which is skipped.
    std::string_view line() {
        std::size_t end = bytes_.find('\n', at_);
        check(end != std::string_view::npos, "the file ends too early: a line at byte {} has no end", at_);
        std::string_view text = take(end + 1 - at_);
        return text.substr(0, text.size() - 1);
    }
    std::size_t at() const { return at_; }
    std::size_t left() const { return bytes_.size() - at_; }

 private:
    std::string_view bytes_;
    std::size_t at_;
};

/// Turns the bytes of each number round: what was big-endian is not.
inline void swap_bytes(void* numbers, std::int64_t bytes, std::int64_t size) {
    auto* at = static_cast<char*>(numbers);
    for (const char* const end = at + bytes; at != end; at += size) std::reverse(at, at + size);
}

/// Calls f; whatever goes wrong in it becomes an Error that begins with what was being done.
template <class F> auto explained(const std::string& what, F f) {
    try {
        return f();
    } catch (const std::exception& error) {
        throw Error(what + ": " + error.what());
    }
}

}  // namespace taper
