#include "idx.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "../tensor/checked.h"
#include "../tensor/native.h"
#include "gunzip.h"

namespace taper {
namespace {

// What goes wrong while it reads becomes an Error that names the file.
class Bytes {
 public:
    explicit Bytes(const std::string& path) : path_(path) {
        const std::string problem = said([&] { file_.emplace(path); });
        check(problem.empty(), "read_idx: {}: {}", path, problem);
    }
    // Reads up to n bytes, less only where the file ends; Error if what is compressed is damaged.
    std::int64_t read(void* to, std::int64_t n) {
        std::int64_t got = 0;
        const std::string problem = said([&] { got = file_->read(to, n); });
        check(problem.empty(), "read_idx: {}: {}; get the file anew", path_, problem);
        return got;
    }
    // How many bytes there are from here on, but not more than n; what is here afterwards is the first byte of the
    // file. No more memory than a buffer is needed for it.
    std::int64_t count(std::int64_t n) {
        std::vector<char> buffer(1 << 16);
        std::int64_t done = 0;
        for (std::int64_t got = 1; got > 0 && done < n; done += got)
            got = read(buffer.data(), std::min<std::int64_t>(n - done, std::ssize(buffer)));
        file_->rewind();
        return done;
    }
    // Whether so many bytes are no more than a file of its size holds commonly.
    bool is_common(std::int64_t n) const { return n <= file_->size() * (file_->is_compressed() ? 32 : 1); }
    // Whether they are more than there can be, however well they were compressed.
    bool is_impossible(std::int64_t n) const { return n > file_->size() * (file_->is_compressed() ? 1032 : 1); }

 private:
    template <class F> static std::string said(F f) {
        try {
            f();
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
    std::string path_;
    std::optional<Gunzip> file_;
};

}  // namespace

Tensor read_idx(const std::string& path, int dims) {
    check(1 <= dims && dims <= Shape::max_dims, "read_idx: {}: there are 1 to {} dimensions, not {}", path,
        Shape::max_dims, dims);
    Bytes bytes(path);
    unsigned char header[4 + 4 * Shape::max_dims];
    const std::int64_t header_bytes = 4 + 4 * dims;
    const std::int64_t got = bytes.read(header, header_bytes);
    check(got >= 4 && header[0] == 0 && header[1] == 0, "read_idx: {}: this is no IDX file", path);
    check(header[2] == 8 && header[3] == dims,
        "read_idx: {}: it should hold bytes (type 8) in {} dimensions, but holds type {} in {}", path, dims, header[2],
        header[3]);
    check(got == header_bytes, "read_idx: {}: the file ends in its header; get it anew", path);
    Shape shape;
    for (int d = 0; d < dims; ++d) {
        const unsigned char* p = header + 4 + 4 * d;
        shape.push_back(std::int64_t(p[0]) << 24 | p[1] << 16 | p[2] << 8 | p[3]);
    }
    Checked product = 1;  // without sizes of 0, so that the strides can be counted, too
    for (std::int64_t size : shape) product = product * std::max<std::int64_t>(size, 1);
    constexpr std::int64_t countable = std::int64_t(1) << 62;
    check(product.is_at_most(countable), "read_idx: {}: the file is too short for its shape {}; get it anew", path,
        shape.str());
    const std::int64_t numel = shape.numel();
    check(!bytes.is_impossible(numel), "read_idx: {}: the file is too short for its shape {}; get it anew", path,
        shape.str());
    if (!bytes.is_common(numel)) {  // before there is memory for it
        const std::int64_t there = bytes.count(numel);
        check(there == numel,
            "read_idx: {}: the file ends after {} of {} bytes, too short for its shape {}; get it anew", path, there,
            numel, shape.str());
        bytes.read(header, header_bytes);
    }
    Tensor out = native::empty(shape, uint8);
    const std::int64_t read = bytes.read(out.data_ptr(), numel);
    check(read == numel, "read_idx: {}: the file ends after {} of {} bytes, too short for its shape {}; get it anew",
        path, read, numel, shape.str());
    check(bytes.read(header, 1) == 0, "read_idx: {}: the file goes on after the {} bytes of its shape {}; get it anew",
        path, numel, shape.str());
    return out;
}

}  // namespace taper
