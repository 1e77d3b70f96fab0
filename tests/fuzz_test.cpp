// What is fuzzed in tests/fuzz, in a small way: files of every kind, cut anywhere, and with every bit of them flipped.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/targets.h"
#include "sanitized.h"

namespace fs = std::filesystem;

namespace {

struct Named {
    std::string name, bytes;
};

// What fuzzing begins with; checkpoints lie in tests/data.
std::vector<Named> corpus(const std::string& target) {
    const fs::path tests = TAPER_SOURCE_DIR "/tests";
    std::vector<Named> files;
    for (const auto& entry :
        fs::directory_iterator(target == "load" ? tests / "data" : tests / "fuzz/corpus" / target)) {
        if (target == "load" && entry.path().extension() != ".pth") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        files.push_back({entry.path().filename(), {std::istreambuf_iterator<char>(file), {}}});
    }
    std::ranges::sort(files, {}, &Named::name);
    REQUIRE(!files.empty());
    return files;
}

using Target = bool (*)(std::string_view);

struct Counts {
    int runs = 0, read = 0;
};

// Runs the target on every file, on every beginning of it, and with every single bit flipped; `step` takes every so
// manieth alone. The files that are cut, but read, are counted in `cut`.
struct Tried {
    Counts whole, cut, flipped;
};
Tried try_all(const std::string& target, Target run, std::size_t step = 1) {
    Tried tried;
    auto count = [&](Counts& counts, std::string_view bytes) {
        ++counts.runs;
        counts.read += run(bytes);
    };
    const auto began = std::chrono::steady_clock::now();
    for (auto& [name, bytes] : corpus(target)) {
        CAPTURE(name);
        if (bytes.size() > 8192) continue;
        count(tried.whole, bytes);
        for (std::size_t size = 0; size < bytes.size(); size += step)
            count(tried.cut, std::string_view(bytes).substr(0, size));
        for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += step) {
            bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
            count(tried.flipped, bytes);
            bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    MESSAGE(fmt::format("{}: {} files, {} cuts ({} read), {} bits flipped ({} read), {:.1f} s", target,
        tried.whole.runs, tried.cut.runs, tried.cut.read, tried.flipped.runs, tried.flipped.read, took.count()));
    return tried;
}

}  // namespace

TEST_CASE("every checkpoint that is cut or has a bit flipped is read or refused") {
    const Tried tried = try_all("load", fuzz::load, 7);
    CHECK(tried.whole.read == tried.whole.runs);
    CHECK(tried.cut.read == 0);
}

TEST_CASE("every pickle that is cut or has a bit flipped is read or refused") {
    const Tried tried = try_all("pickle", fuzz::pickle);
    CHECK(tried.whole.read == tried.whole.runs);
    CHECK(tried.cut.read == 0);
}

TEST_CASE("every IDX file that is cut or has a bit flipped is read or refused") {
    const Tried tried = try_all("idx", fuzz::idx);
    CHECK(tried.whole.read == tried.whole.runs);
    CHECK(tried.cut.read == 9);  // zeros behind what is compressed may be fewer
}

TEST_CASE("every picture that is cut or has a bit flipped is read or refused") {
    const Tried tried = try_all("image", fuzz::image, sanitized ? 5 : 1);
    CHECK(tried.whole.read == tried.whole.runs);
    CHECK(tried.cut.read == 0);
}

TEST_CASE("every safetensors file that is cut or has a bit flipped is read or refused") {
    const Tried tried = try_all("safetensors", fuzz::safetensors);
    CHECK(tried.whole.read == tried.whole.runs);
    CHECK(tried.cut.read == 0);
}

TEST_CASE("every file of numpy's that is cut or has a bit flipped is read or refused") {
    const Tried tried = try_all("numpy", fuzz::numpy);
    CHECK(tried.whole.read == tried.whole.runs);
    CHECK(tried.cut.read == 0);
}

TEST_CASE("every table that is cut or has a bit flipped is read or refused") {
    const Tried tried = try_all("table", fuzz::table);
    CHECK(tried.whole.runs == 2);
}
