// IDX files and gzip: what may stand in them, and what is refused.
#include <doctest/doctest.h>
#include <taper/datasets/gunzip.h>
#include <taper/taper.h>

#include "error_of.h"
#include "fuzz/targets.h"

using namespace taper;
using namespace std::string_literals;

namespace {

std::string gzip(const std::string& plain, int level = 6) {
    std::string out(plain.size() + plain.size() / 1000 + 100, '\0');
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string header(const std::vector<std::uint32_t>& shape) {
    std::string out = "\0\0\x08"s + static_cast<char>(shape.size());
    for (std::uint32_t size : shape) fuzz::append_number(out, size);
    return out;
}

Tensor read(const std::string& bytes, int dims = 1) {
    const fuzz::File file(bytes);
    return read_idx(file.path(), dims);
}

// What is said of the file, after its name.
std::string refusal(const std::string& bytes, int dims = 1) {
    const std::string said = error_of([&] { read(bytes, dims); });
    const std::size_t at = said.find(": ", said.find("/fd/"));
    return said.starts_with("read_idx: /proc/self/fd/") && at != said.npos ? said.substr(at + 2) : said;
}

const std::string five = header({5}) + "abcde";
const std::vector<int> letters{'a', 'b', 'c', 'd', 'e'};

}  // namespace

TEST_CASE("gzip takes streams one after another and zeros behind them and nothing else") {
    const std::string whole = gzip(five), first = gzip(five.substr(0, 6)), second = gzip(five.substr(6)),
                      empty = gzip("");
    for (const std::string& good : {five, whole, whole + std::string(300'000, '\0'), first + second,
             first + "\0\0\0"s + second, empty + whole + empty, empty + empty + first + empty + second + "\0"s})
        CHECK(read(good).tolist<int>() == letters);
    // As Python: gzip.BadGzipFile: Not a gzipped file (b'ru')
    CHECK(refusal(whole + "rubbish") ==
        "Not a gzipped file (b'\\x72\\x75') stands behind the compressed stream; get the file anew");
    for (const std::string& rubbish : {"!"s, "\0\0!"s, "\x1f"s, "\x1f\x8c"s, std::string(200'000, '\0') + "x", five})
        CHECK(refusal(whole + rubbish).starts_with("Not a gzipped file (b'"));
    CHECK(refusal(whole + whole) == "the file goes on after the 5 bytes of its shape [5]; get it anew");
    CHECK(refusal(first) == "the file ends in its header; get it anew");
    CHECK(refusal(first + "\x1f\x8b") == "unexpected end of file; get the file anew");
    for (std::size_t size = 2; size < whole.size(); ++size)
        CHECK(refusal(whole.substr(0, size)) == "unexpected end of file; get the file anew");
    std::string damaged = whole;
    damaged[damaged.size() - 1] ^= 1;
    CHECK(refusal(damaged) == "incorrect length check; get the file anew");
}

TEST_CASE("Gunzip reads on where it stopped however little is asked for") {
    std::string plain;
    for (int i = 0; i < 300'000; ++i) plain += static_cast<char>(std::int64_t{i} * i >> 3);
    for (const std::string& bytes : {plain, gzip(plain), gzip(plain.substr(0, 1000), 0) + gzip(plain.substr(1000))}) {
        const fuzz::File on_disk(bytes);
        Gunzip file(on_disk.path());
        CHECK(file.is_compressed() == (bytes != plain));
        CHECK(file.size() == static_cast<std::int64_t>(bytes.size()));
        for (int twice = 0; twice < 2; ++twice) {
            std::string got;
            char piece[70'000];
            for (std::int64_t n : {0, 1, 2, 3, 69'999, 70'000, 7, 70'000, 70'000, 70'000})
                got.append(piece, file.read(piece, n));
            CHECK(got == plain);
            CHECK(file.read(piece, 1) == 0);
            file.rewind();
        }
    }
}

TEST_CASE("an IDX file that claims much is looked through before there is memory for it") {
    const std::string zeros(9'000'000, '\0');
    const std::string packed = gzip(header({9000, 1000}) + zeros);
    CHECK(packed.size() < 9000);
    CHECK(read(packed, 2).shape() == Shape{9000, 1000});
    CHECK(read(packed, 2).sum().item() == 0);
    CHECK(refusal(gzip(header({9000, 1001}) + zeros), 2) ==
        "the file ends after 9000000 of 9009000 bytes, too short for its shape [9000, 1001]; get it anew");
    CHECK(refusal(gzip(header({9000, 999}) + zeros), 2) ==
        "the file goes on after the 8991000 bytes of its shape [9000, 999]; get it anew");
    CHECK(refusal(header({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}), 4).starts_with("the file is too short"));
    CHECK(refusal(header({0x80000000, 0x80000000, 4}), 3).starts_with("the file is too short"));  // 2^64
    CHECK(read(header({0, 28, 28}), 3).numel() == 0);
    CHECK(read(header({0xffffffff, 0x3fffffff, 0}), 3).numel() == 0);
    CHECK(refusal(header({0xffffffff, 0, 0xffffffff, 0xffffffff}), 4).starts_with("the file is too short"));
}
