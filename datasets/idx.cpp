#include "idx.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "../tensor/values.h"

namespace taper {
namespace {

// A file whose bytes come out as they were before gzip, if it is compressed at all.
class Bytes {
 public:
    explicit Bytes(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
        check(file_ != nullptr, "read_idx: {}: {}", path, std::strerror(errno));
        std::error_code unknown;
        auto size = std::filesystem::file_size(path, unknown);
        check(!unknown, "read_idx: {}: it is not a file that can be read", path);
        on_disk_ = static_cast<std::int64_t>(size);
        gzbuffer(file_.get(), 1 << 17);
    }

    // How many bytes there can be at most, however well they were compressed.
    std::int64_t at_most() const { return gzdirect(file_.get()) ? on_disk_ : on_disk_ * 1032; }

    // Reads up to n bytes, less only where the file ends; Error if what is compressed is damaged.
    std::int64_t read(void* to, std::int64_t n) {
        constexpr std::int64_t largest = 1 << 30;
        std::int64_t done = 0;
        while (done < n) {
            int got =
                gzread(file_.get(), static_cast<char*>(to) + done, static_cast<unsigned>(std::min(n - done, largest)));
            int state = Z_OK;
            const char* problem = gzerror(file_.get(), &state);
            check(got >= 0 && (state == Z_OK || state == Z_STREAM_END), "read_idx: {}; get the file anew",
                std::string_view(problem).empty() ? path_ : problem);
            if (got == 0) break;
            done += got;
        }
        return done;
    }

 private:
    struct Close {
        void operator()(gzFile file) const { gzclose(file); }
    };
    std::string path_;
    std::unique_ptr<gzFile_s, Close> file_;
    std::int64_t on_disk_ = 0;
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
    std::int64_t numel = 1;
    bool fits = true;
    for (int d = 0; d < dims; ++d) {
        const unsigned char* p = header + 4 + 4 * d;
        shape.push_back(std::int64_t(p[0]) << 24 | p[1] << 16 | p[2] << 8 | p[3]);
        fits = fits && !__builtin_mul_overflow(numel, shape[d], &numel);
    }
    check(fits && numel <= bytes.at_most(), "read_idx: {}: the file is too short for its shape {}; get it anew", path,
        shape.str());
    Tensor out = values::empty(shape, uint8);
    const std::int64_t read = bytes.read(out.data_ptr(), numel);
    check(read == numel, "read_idx: {}: the file ends after {} of {} bytes, too short for its shape {}; get it anew",
        path, read, numel, shape.str());
    check(bytes.read(header, 1) == 0, "read_idx: {}: the file goes on after the {} bytes of its shape {}; get it anew",
        path, numel, shape.str());
    return out;
}

}  // namespace taper
