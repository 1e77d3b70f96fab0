// Files that may be gzip-compressed, read forward.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace taper {

/// A file whose bytes come out as they were before gzip, if it is compressed at all. As Python's gzip, it takes several
/// streams one after another and zeros behind them, and nothing else.
class Gunzip {
 public:
    /// Error, which says why, if the file can't be opened.
    explicit Gunzip(const std::string& path);
    ~Gunzip();
    Gunzip(Gunzip&&) noexcept;

    bool is_compressed() const;
    /// The bytes of the file as it lies there.
    std::int64_t size() const;
    /// Reads up to n bytes, less only where the file ends. Error, which says how, where it is damaged or cut short.
    std::int64_t read(void* to, std::int64_t n);
    /// Back to the first byte.
    void rewind();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace taper
