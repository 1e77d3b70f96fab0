// numpy's files beside numpy, which runs here: what it writes is read, and what is written is what it would write.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "error_of.h"

namespace torch = taper;
namespace np = taper::np;
namespace fs = std::filesystem;
using torch::Shape, torch::Slice, torch::Tensor;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_numpy_{}", getpid());
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
};

std::string run(const Folder& folder, const char* what) {
    const std::string out = folder / "said.txt";
    const std::string line =
        fmt::format("/usr/bin/python3 -W ignore '{}/tests/live/numpy_files.py' {} '{}' > '{}' 2>&1", TAPER_SOURCE_DIR,
            what, folder.path.string(), out);
    REQUIRE(std::system(line.c_str()) == 0);
    std::ifstream in(out);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("numpy's files are read and written as numpy does, beside it") {
    if (std::system("/usr/bin/python3 -c 'import torch, numpy' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    Folder folder;
    run(folder, "make");
    const auto known = torch::load(folder / "arrays.pth");
    const auto count = known["count"].item<std::int64_t>();
    for (std::int64_t i = 0; i < count; ++i) {
        const auto one = known["arrays"][std::to_string(i)];
        const Tensor there = one["x"].tensor(), here = torch::from_numpy(np::load(folder / fmt::format("{}.npy", i)));
        CHECK_MESSAGE(here.equal(there), one["name"].string());
        CHECK(here.dtype() == there.dtype());
        if (!one["name"].string().ends_with("V") && there.numel() > 1) CHECK(here.stride() == there.stride());
        np::save(folder / fmt::format("{}.out.npy", i), there);
    }
    for (int version : {1, 2, 3})
        CHECK(torch::from_numpy(np::load(folder / fmt::format("version{}.npy", version))).equal(torch::arange(3)));
    for (const char* name : {"plain.npz", "packed.npz"}) {
        auto both = np::load(folder / name);
        CHECK(both.files() == std::vector<std::string>{"a", "b"});
        CHECK(torch::from_numpy(both["b"]).equal(torch::eye(2)));
        CHECK(torch::from_numpy(both["a"])[3].item() == 3);
    }
    np::savez(folder / "plain.out", {{"a", torch::arange(4000)}, {"b", torch::tensor({0.5})}});
    np::savez_compressed(folder / "packed.out.npz", {{"a", torch::arange(4000)}, {"b", torch::tensor({0.5})}});
    CHECK(fs::file_size(folder / "packed.out.npz") < fs::file_size(folder / "plain.out.npz") / 2);
    for (const char* name : {"text", "struct", "u2", "object"})
        CHECK(error_of([&] { np::load(folder / fmt::format("{}.npy", name)); }).starts_with("np.load: "));

    np::savetxt(folder / "table.txt.out", torch::arange(6., {.dtype = torch::float64}).view(2, 3) / 7);
    np::savetxt(folder / "head.csv.out", torch::arange(6).view(3, 2),
        {.fmt = "%d", .delimiter = ",", .header = "x,y\nsecond", .footer = "end"});
    CHECK(run(folder, "check") == "");
    MESSAGE(count << " arrays of numpy's read, and written again");
}

TEST_CASE("what is no file of numpy's is refused") {
    Folder folder;
    const std::string path = folder / "x.npy";
    np::save(path, torch::arange(3));
    std::ifstream in(path, std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(in), {});
    auto refusal = [&](const std::string& bytes) {
        write(path, bytes);
        return error_of([&] { np::load(path); });
    };
    auto edited = [&](const std::string& from, const std::string& to) {
        std::string bytes = whole;
        const std::size_t at = bytes.find(from);
        REQUIRE(at != bytes.npos);
        return refusal(bytes.replace(at, from.size(), to));
    };
    CHECK(refusal(whole) == "no error");
    for (std::size_t cut = 0; cut < whole.size(); ++cut) CHECK(refusal(whole.substr(0, cut)) != "no error");
    CHECK(edited("(3,), ", "(4,), ").find("needs 32 bytes, and 24 are left") != std::string::npos);
    CHECK(edited("(3,), ", "(-3,),").find("no size stands at byte") != std::string::npos);
    CHECK(edited("'shape'", "'shame'").find("'shame' is unknown") != std::string::npos);
    CHECK(edited("False", "Falsy").find("is missing at byte") != std::string::npos);
    CHECK(edited("<i8", "<c8").find("can't convert np.ndarray of type '<c8'") != std::string::npos);
    CHECK(edited("}", "]").find("is missing at byte") != std::string::npos);
    CHECK(edited("\x01", "\x07").find("the version 7.0 of the format is unknown") != std::string::npos);
    CHECK(error_of([&] { np::load(folder / "none.npy"); }).ends_with("the file can't be opened"));
    CHECK(error_of([&] { np::save(path, torch::ones({2}, {.requires_grad = true})); }).find("requires grad") !=
        std::string::npos);
    CHECK(error_of([&] {
        np::save(path, torch::ones({2}, {.dtype = torch::bfloat16}));
    }).find("unsupported ScalarType BFloat16") != std::string::npos);
    np::savez(folder / "all", torch::arange(2), torch::ones({1}));
    auto all = np::load(folder / "all.npz");
    CHECK(torch::from_numpy(all["arr_1"]).item() == 1);
    CHECK(error_of([&] { all["arr_2"]; }).ends_with("arr_2 is not a file in the archive"));
    CHECK(torch::tensor(all["arr_0"], {.dtype = torch::float32, .requires_grad = true}).equal(torch::arange(2.)));
    CHECK(error_of([&] { torch::from_numpy(all); }).find("say which") != std::string::npos);
}

TEST_CASE("tables of numbers are read as numpy.loadtxt and genfromtxt do") {
    Folder folder;
    const std::string path = folder / "table.csv";
    write(path, "x,y,z\n# nothing\n1, 2.5 ,+3\n\n4,-5e-1,inf # last\n");
    const Tensor table = torch::from_numpy(np::loadtxt(path, {.delimiter = ",", .skiprows = 1}));
    CHECK(table.equal(torch::tensor({{1., 2.5, 3.}, {4., -.5, INFINITY}}, {.dtype = torch::float64})));
    CHECK(torch::from_numpy(np::loadtxt(path, {.delimiter = ",", .skiprows = 1, .usecols = {2, 0}}))
              .equal(table.index_select(1, torch::tensor({2, 0}))));
    CHECK(torch::from_numpy(np::loadtxt(path, {.delimiter = ",", .skiprows = 1, .usecols = 1}))
              .equal(table[torch::all, 1]));
    CHECK(torch::from_numpy(np::loadtxt(path, {.delimiter = ",", .skiprows = 1, .max_rows = 1})).shape() == Shape{3});
    CHECK(torch::from_numpy(np::loadtxt(path, {.delimiter = ",", .skiprows = 1, .ndmin = 2, .max_rows = 1})).shape() ==
        Shape{1, 3});
    CHECK(torch::from_numpy(np::loadtxt(path, {.delimiter = ",", .skiprows = 1, .unpack = true})).equal(table.t()));
    CHECK(error_of([&] { np::loadtxt(path, {.delimiter = ","}); }) ==
        "np.loadtxt: could not convert string 'x' to float64 at row 0, column 1.");
    CHECK(error_of([&] { np::loadtxt(path, {.dtype = torch::int64, .delimiter = ",", .skiprows = 1}); }) ==
        "np.loadtxt: could not convert string '2.5' to int64 at row 0, column 2.");
    write(path, "1 2\t3\n4 5\n");
    CHECK(error_of([&] { np::loadtxt(path); }) ==
        "np.loadtxt: the number of columns changed from 3 to 2 at row 2; use `usecols` to select a subset and avoid "
        "this "
        "error");
    write(path, "a;b\n1;\nno;4\n");
    const Tensor holes = torch::from_numpy(np::genfromtxt(path, {.delimiter = ";", .skip_header = 1}));
    CHECK(std::isnan(holes[0, 1].item()));
    CHECK(std::isnan(holes[1, 0].item()));
    CHECK(holes[1, 1].item() == 4);
    CHECK(torch::from_numpy(np::genfromtxt(path, {.delimiter = ";", .skip_header = 1, .filling_values = 9}))
              .equal(torch::tensor({{1., 9.}, {9., 4.}}, {.dtype = torch::float64})));
    CHECK(error_of([&] { np::loadtxt(folder / "none"); }).ends_with("none not found."));
    for (const char* format : {"%s", "%n", "%.4f%d", "%", "%1000000f", "4"})
        CHECK(error_of([&] {
            np::savetxt(path, torch::ones({2}), {.fmt = format});
        }).find("is no format of one number") != std::string::npos);
}
