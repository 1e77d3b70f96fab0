// Files as memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace taper {

/// The bytes of a file, read when they are looked at; what is written to them does not reach the file.
class MappedFile {
 public:
    /// Error with what the system says.
    explicit MappedFile(const std::string& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    char* data() const { return data_; }
    std::uint64_t size() const { return size_; }

 private:
    char* data_ = nullptr;
    std::uint64_t size_ = 0;
};

}  // namespace taper
