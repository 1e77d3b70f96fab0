#include "gunzip.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "../tensor/base/error.h"

namespace taper {

struct Gunzip::State {
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file;
    std::int64_t size = 0;
    bool is_compressed = false, in_stream = false;
    static constexpr std::size_t room = 1 << 17;
    std::unique_ptr<unsigned char[]> bytes = std::make_unique_for_overwrite<unsigned char[]>(room);
    z_stream stream = {};  // its input is what has been read into `bytes` and not yet used

    explicit State(const std::string& path) : file(std::fopen(path.c_str(), "rb")) {
        check(file != nullptr, "{}", std::strerror(errno));
        struct stat about;
        check(
            ::fstat(::fileno(file.get()), &about) == 0 && S_ISREG(about.st_mode), "it is not a file that can be read");
        size = about.st_size;
        begin();
    }
    ~State() {
        if (stream.state != nullptr) inflateEnd(&stream);
    }

    void begin() {
        std::rewind(file.get());
        stream.avail_in = 0;
        fill(2);
        is_compressed = stream.avail_in >= 2 && stream.next_in[0] == 0x1f && stream.next_in[1] == 0x8b;
        in_stream = is_compressed;
        constexpr int gzip_alone = 16 + MAX_WBITS;
        check(!is_compressed || (stream.state ? inflateReset(&stream) : inflateInit2(&stream, gzip_alone)) == Z_OK,
            "there is no memory for zlib");
    }

    // Reads on until there are `want` bytes, or the file ends.
    void fill(unsigned want) {
        std::copy_n(stream.next_in, stream.avail_in, bytes.get());
        stream.next_in = bytes.get();
        while (stream.avail_in < want) {
            const std::size_t got = std::fread(bytes.get() + stream.avail_in, 1, room - stream.avail_in, file.get());
            check(got > 0 || !std::ferror(file.get()), "{}", std::strerror(errno));
            if (got == 0) return;
            stream.avail_in += static_cast<unsigned>(got);
        }
    }

    // What stands behind a stream: another, or zeros up to the end.
    void between_streams() {
        for (fill(1); stream.avail_in > 0 && *stream.next_in == 0; fill(1)) {
            const unsigned char* end = stream.next_in + stream.avail_in;
            const auto zeros = static_cast<unsigned>(
                std::find_if(stream.next_in, stream.next_in + stream.avail_in, [](auto byte) { return byte != 0; }) -
                stream.next_in);
            stream.next_in += zeros;
            stream.avail_in = static_cast<unsigned>(end - stream.next_in);
        }
        fill(2);
        if (stream.avail_in == 0) return;
        const unsigned char *p = stream.next_in, second = stream.avail_in > 1 ? p[1] : 0;
        check(stream.avail_in > 1 && p[0] == 0x1f && second == 0x8b,
            "Not a gzipped file (b'\\x{:02x}\\x{:02x}') stands behind the compressed stream", p[0], second);
        inflateReset(&stream);
        in_stream = true;
    }

    std::int64_t copy(unsigned char* to, std::int64_t n) {
        if (stream.avail_in == 0) {  // past the buffer, for there may be much
            const std::size_t got = std::fread(to, 1, n, file.get());
            check(got > 0 || !std::ferror(file.get()), "{}", std::strerror(errno));
            return static_cast<std::int64_t>(got);
        }
        n = std::min<std::int64_t>(n, stream.avail_in);
        std::copy_n(stream.next_in, n, to);
        stream.next_in += n;
        stream.avail_in -= static_cast<unsigned>(n);
        return n;
    }

    // Up to n bytes; 0 only at the end of the file.
    std::int64_t inflate_some(unsigned char* to, std::int64_t n) {
        stream.next_out = to;
        const auto wanted = static_cast<unsigned>(std::min<std::int64_t>(n, 1 << 30));
        stream.avail_out = wanted;
        while (stream.avail_out == wanted) {
            if (!in_stream) between_streams();
            if (!in_stream) return 0;
            fill(1);
            const int state = inflate(&stream, Z_NO_FLUSH);
            in_stream = state != Z_STREAM_END;
            check(!(state == Z_BUF_ERROR && stream.avail_in == 0), "unexpected end of file");
            check(state == Z_OK || state == Z_STREAM_END, "{}",
                stream.msg                 ? stream.msg
                    : state == Z_MEM_ERROR ? "there is no memory for zlib"
                                           : "the compressed stream is damaged");
        }
        return wanted - stream.avail_out;
    }
};

Gunzip::Gunzip(const std::string& path) : state_(std::make_unique<State>(path)) {}
Gunzip::~Gunzip() = default;
Gunzip::Gunzip(Gunzip&&) noexcept = default;

bool Gunzip::is_compressed() const { return state_->is_compressed; }
std::int64_t Gunzip::size() const { return state_->size; }
void Gunzip::rewind() { state_->begin(); }

std::int64_t Gunzip::read(void* to, std::int64_t n) {
    auto* bytes = static_cast<unsigned char*>(to);
    std::int64_t done = 0;
    while (done < n) {
        const std::int64_t got =
            state_->is_compressed ? state_->inflate_some(bytes + done, n - done) : state_->copy(bytes + done, n - done);
        if (got == 0) break;
        done += got;
    }
    return done;
}

}  // namespace taper
