// Checkpoints that are small and ask for much: time and memory go by the file's size.
#include <doctest/doctest.h>
#include <taper/tensor/serialization/bytes.h>
#include <taper/tensor/serialization/serialize.h>
#include <zlib.h>

#include <sstream>

#include "error_of.h"

using namespace taper;

namespace {

std::string deflated(const std::string& plain) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string packed(deflateBound(&stream, plain.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

// A checkpoint with this pickle, and a storage "0" of 16 zero bytes.
std::string archive_of(const std::string& pickle, bool is_packed) {
    std::string file, directory;
    std::uint16_t count = 0;
    auto add = [&](const std::string& name, const std::string& plain, bool packed) {
        const std::string bytes = packed ? deflated(plain) : plain;
        const auto crc =
            static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(plain.data()), plain.size()));
        const auto offset = static_cast<std::uint32_t>(file.size());
        std::string about;
        append(about, std::uint16_t(20), std::uint16_t(0), std::uint16_t(packed ? 8 : 0), std::uint32_t(0), crc,
            static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint32_t>(plain.size()),
            static_cast<std::uint16_t>(name.size()), std::uint16_t(0));
        append(file, std::uint32_t(0x04034b50));
        file += about + name + bytes;
        append(directory, std::uint32_t(0x02014b50), std::uint16_t(20));
        directory += about;
        append(directory, std::uint16_t(0), std::uint16_t(0), std::uint16_t(0), std::uint32_t(0), offset);
        directory += name;
        ++count;
    };
    add("a/data.pkl", pickle, is_packed);
    add("a/data/0", std::string(16, '\0'), false);
    add("a/version", "3\n", false);
    const auto start = static_cast<std::uint32_t>(file.size());
    file += directory;
    append(file, std::uint32_t(0x06054b50), std::uint32_t(0), count, count,
        static_cast<std::uint32_t>(directory.size()), start, std::uint16_t(0));
    return file;
}

std::string refusal(const std::string& file) {
    return error_of([&] {
        std::istringstream in(file);
        (void)load(in);
    });
}

std::string times(int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

std::string text_of(std::size_t size, char letter) {
    std::string code = "X";
    append(code, static_cast<std::uint32_t>(size));
    return code + std::string(size, letter);
}

const std::string ordered_dict = "ccollections\nOrderedDict\n", zero("\0", 1);

}  // namespace

TEST_CASE("a tuple of very many arguments is refused before it is copied") {
    const std::string call = "h" + zero + "h\x01R";
    const std::string few = ordered_dict + "q" + zero + "(" + times(5000, "N") + "tq\x01" + call + ".";
    CHECK(refusal(archive_of(few, false)) == "load: the pickle gives 5000 arguments where at most 8 are taken");
    // 1.8 KB that took minutes
    const std::string many = ordered_dict + "q" + zero + "(" + times(1000000, "N") + "tq\x01" + times(100000, call);
    const std::string file = archive_of(many + ".", true);
    CHECK(file.size() < 2500);
    CHECK(refusal(file).find("what the pickle makes takes more than") != std::string::npos);
}

TEST_CASE("what is packed is unpacked, but makes no more than a file of its size may") {
    for (const std::string code : {"}", "]", ")", "N", "K\x01", "\x88"}) {
        CAPTURE(code);
        const std::string file = archive_of(times(2000000, code) + ".", true);
        CHECK(file.size() < 11000);
        CHECK(refusal(file).find("which is more than the values of a file of this size can") != std::string::npos);
    }
    // Twenty times smaller when packed: a history of losses, say.
    std::string history = "]q" + zero + "(";
    for (int i = 0; i < 20000; ++i) history += "K" + std::string(1, static_cast<char>(i / 50 * 37));
    const std::string file = archive_of(history + "e.", true);
    CHECK(file.size() * 20 < history.size());
    std::istringstream in(file);
    CHECK(load(in).size() == 20000);
}

TEST_CASE("a long key is not copied for every dict and a long name not for every storage") {
    const std::string key = text_of(20000, 'k') + "q" + zero;
    CHECK(refusal(archive_of(key + times(20000, "}h" + zero + "Ns") + ".", false))
              .find("what the pickle makes takes more than") != std::string::npos);
    CHECK(refusal(archive_of(key + times(10, "}h" + zero + "Ns") + ".", false)) == "no error");
    const std::string named = "(U\x07storagectorch\nFloatStorage\n" + text_of(200000, '0') +
        "U\x03"
        "cpuK\x04tQ.";
    CHECK(refusal(archive_of(named, false)).starts_with("load: the file has no storage 000"));
}

TEST_CASE("a size of very many numbers is refused before they are looked at") {
    const std::string sizes = "(" + times(3000, "K\x01") + "tq\x04";
    const std::string tensor =
        "ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x01"
        "0U\x03"
        "cpuK\x04tQK" +
        zero + sizes + "h\x04\x89" + ordered_dict + ")RtR.";
    CHECK(refusal(archive_of(tensor, false)) == "load: only tensors with up to 64 dims are supported, not 3000");
}

// 2^16 numbers that a table of so many places would chain: quadratic where numbers are their own hashes.
TEST_CASE("numbers of the memo can be chosen at will") {
    std::string pickle = "N";
    for (std::uint32_t i = 0; i < 60000; ++i) {
        pickle += 'r';
        append(pickle, i * 62233u);  // how many places such a table has then
    }
    CHECK(refusal(archive_of(pickle + ".", false)) == "no error");
}
