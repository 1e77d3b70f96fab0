// The ZIP archive that a .pth file is: written exactly as PyTorch writes it, read from any writer.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace taper::zip_file {

/// A file in the archive, as its directory describes it.
struct Entry {
    std::string name;
    std::uint64_t size = 0, packed_size = 0, offset = 0;
    std::uint32_t crc = 0;
    std::uint16_t method = 0, flags = 0;
    bool is_packed() const { return method != 0; }
};

/// An archive in a stream that can seek. Error if it is damaged, encrypted, or packed by other means than deflate.
class Reader {
 public:
    explicit Reader(std::istream& in);
    const std::vector<Entry>& entries() const { return entries_; }
    /// Of the whole archive, in bytes.
    std::uint64_t file_size() const { return file_size_; }
    /// Null if there is none.
    const Entry* find(const std::string& name) const;
    /// The byte of the archive at which the entry's (packed) bytes begin; Error if they are not all there.
    std::uint64_t start_of(const Entry& entry) const;
    /// Writes the entry's `size` bytes, checksum checked, to `to`.
    void read(const Entry& entry, void* to) const;
    std::string read(const Entry& entry) const;

 private:
    void read_directory(std::uint64_t count, std::uint64_t start, std::uint64_t size);
    void inflate(std::uint64_t at, const Entry& entry, void* to) const;

    std::istream& in_;
    std::uint64_t file_size_;
    std::uint64_t end_;  // of what entries may occupy: where the directory begins
    std::vector<Entry> entries_;
    std::map<std::string, std::size_t> places_;
};

/// Writes entries below one folder (or none), whose data begin at multiples of 64, stored or `packed` by deflate. A
/// failure shows in the stream's state.
class Writer {
 public:
    Writer(std::ostream& out, std::string folder) : out_(out), folder_(std::move(folder)) {}
    void add(const std::string& name, const void* data, std::uint64_t size, bool packed = false);
    /// Writes the directory; nothing can be added after it.
    void finish();

 private:
    void write(const std::string& bytes);

    std::ostream& out_;
    std::string folder_;
    std::uint64_t at_ = 0;
    std::vector<Entry> entries_;
};

}  // namespace taper::zip_file
