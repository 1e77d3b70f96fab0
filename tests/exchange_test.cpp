// Saved files that go to PyTorch and come from it, which runs here: every protocol of pickles, TorchScript's programs,
// big-endian files, and files that are used where they lie.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "error_of.h"

namespace torch = taper;
namespace fs = std::filesystem;
using torch::Tensor, torch::Value;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_exchange_{}", getpid());
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
};

std::string run(const Folder& folder, const char* what) {
    const std::string out = folder / "said.txt";
    const std::string line = fmt::format("/usr/bin/python3 -W ignore '{}/tests/live/exchange.py' {} '{}' > '{}' 2>&1",
        TAPER_SOURCE_DIR, what, folder.path.string(), out);
    const int failed = std::system(line.c_str());
    std::ifstream in(out);
    std::string said(std::istreambuf_iterator<char>(in), {});
    REQUIRE_MESSAGE(failed == 0, said);
    return said;
}

std::string saved(const Value& value) {
    std::ostringstream out;
    torch::save(value, out);
    return out.str();
}

// The kilobytes of this process that are its own.
long own_memory() {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("RssAnon:")) return std::stol(line.substr(8));
    return 0;
}

}  // namespace

TEST_CASE("saved files go to PyTorch and come from it, in every protocol") {
    if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    Folder folder;
    const int count = std::stoi(run(folder, "make"));
    for (int i = 1; i <= count; ++i) {
        CAPTURE(i);
        const Value value = torch::load(folder / fmt::format("{}.pth", i));
        CHECK(saved(value) == saved(torch::load(folder / fmt::format("{}.same.pth", i))));
        if (i % 5 > 0) CHECK(saved(torch::load(folder / fmt::format("{}.pth", i), {.mmap = true})) == saved(value));
        torch::save(value, folder / fmt::format("{}.out.pth", i));
    }
    CHECK(run(folder, "check") == "");
    MESSAGE(count << " files each way");

    const torch::StateDict model = torch::load(folder / "model.pth");
    for (const char* name : {"script.pt", "trace.pt"}) {
        const torch::StateDict program = torch::load(folder / name);
        CHECK(program.keys() == model.keys());
        for (const auto& [key, x] : model) CHECK_MESSAGE(program.at(key).equal(x), key);
    }
    CHECK(torch::load(folder / "big.pth")["x"].tensor().equal(torch::load(folder / "little.pth")["x"].tensor()));
    CHECK(torch::load(folder / "big.pth")["y"].tensor().equal(torch::eye(2)));
    CHECK(error_of([&] { torch::load(folder / "5.pth", {.mmap = true}); }).find("mmap can only be used") !=
        std::string::npos);
}

TEST_CASE("a saved file is used where it lies, and stays as it is") {
    Folder folder;
    const std::string path = folder / "large.pth";
    constexpr std::int64_t count = 16 << 20;
    torch::save(Value(torch::StateDict{{"a", torch::ones({count})}, {"b", torch::tensor({true, false})}}), path);
    const long before = own_memory();
    const torch::StateDict state = torch::load(path, {.map_location = "cpu", .weights_only = true, .mmap = true});
    const Tensor a = state.at("a");
    CHECK(a.sum().item() == count);
    CHECK(state.at("b").tolist() == std::vector<double>{1, 0});
    CHECK(own_memory() - before < 8 << 10);  // of the 64 MiB
    a.mul_(2);
    CHECK(a[7].item() == 2);
    CHECK(torch::load(path)["a"].tensor()[7].item() == 1);
    CHECK(torch::load(path, "cpu")["a"].tensor().numel() == count);
}
