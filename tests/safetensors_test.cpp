// Files of the safetensors package: written by its rules, read lazily, and refused by its rules.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "error_of.h"

namespace torch = taper;
namespace fs = std::filesystem;
using namespace taper;
using safetensors::safe_open;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_safetensors_{}", getpid());
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
};

// A file with this header and so many bytes behind it: 0, 1, 2, ...
std::string file(const std::string& header, std::size_t bytes = 0) {
    const std::uint64_t length = header.size();
    std::string all(reinterpret_cast<const char*>(&length), sizeof length);
    all += header;
    for (std::size_t i = 0; i < bytes; ++i) all += static_cast<char>(i);
    return all;
}
// {"NAME":{"dtype":...,"shape":...,"data_offsets":...}, ...}
std::string about(const std::string& name, const std::string& dtype, const std::string& shape, const std::string& at) {
    return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, at);
}
std::string one(const std::string& dtype, const std::string& shape, const std::string& at, std::size_t bytes) {
    return file("{" + about("a", dtype, shape, at) + "}", bytes);
}
std::string refusal(const std::string& bytes) {
    return error_of([&] { safetensors::torch::load(bytes); });
}

}  // namespace

TEST_CASE("a safetensors file is written as the format is described, byte for byte") {
    // (As the format is described: larger elements first, then by name, the header filled up to a multiple of 8.)
    const StateDict tensors{{"b", torch::tensor({1, 2})}, {"a", torch::tensor({0.5f})}, {"c", torch::tensor({true})}};
    const std::string bytes = safetensors::torch::save(tensors, {.metadata = {{"format", "pt"}}});
    const std::string header =
        R"({"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},)"
        R"("a":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"c":{"dtype":"BOOL","shape":[1],"data_offsets":[20,21]}})";
    std::string expected = file(header + std::string((8 - header.size() % 8) % 8, ' '));
    const std::int64_t whole[] = {1, 2};
    const float half = 0.5f;
    expected.append(reinterpret_cast<const char*>(whole), 16).append(reinterpret_cast<const char*>(&half), 4) += '\1';
    CHECK(bytes == expected);
    CHECK(safetensors::torch::save({}) == file("{}      "));
}

TEST_CASE("a safetensors file gives back every dtype and shape, all at once, one by one, and in slices") {
    Folder folder;
    StateDict tensors;
    for (DType dtype : {bool_, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64})
        tensors[name_of(dtype)] = torch::arange(24).view(2, 3, 4).to(dtype);
    tensors["scalar"] = torch::tensor(7.);
    tensors["empty"] = torch::zeros({0, 3});
    tensors["grad"] = torch::ones({2}, {.requires_grad = true});
    const std::string path = folder / "all.safetensors";
    safetensors::torch::save_file(tensors, path, {.metadata = {{"format", "pt"}, {"note", "\"quoted\" \n"}}});

    const StateDict back = safetensors::torch::load_file(path);
    CHECK(back.size() == tensors.size());
    for (const auto& [name, x] : tensors) {
        CHECK_MESSAGE(back.at(name).equal(x), name);
        CHECK(back.at(name).dtype() == x.dtype());
    }
    CHECK(!back.at("grad").requires_grad());

    safe_open f(path, {.framework = "pt", .device = "cpu"});
    CHECK(f.keys() ==
        std::vector<std::string>{"bfloat16", "bool", "empty", "float16", "float32", "float64", "grad", "int16", "int32",
            "int64", "int8", "scalar", "uint8"});
    CHECK(f.metadata().at("note") == "\"quoted\" \n");
    CHECK(f.get_tensor("int16").equal(tensors["int16"]));
    auto part = f.get_slice("int64");
    CHECK(part.get_shape() == std::vector<std::int64_t>{2, 3, 4});
    CHECK(part.get_dtype() == "I64");
    const Tensor whole = tensors["int64"];
    CHECK(part[1].equal(whole[1]));
    CHECK(part[-1, 2].equal(whole[-1, 2]));
    CHECK(part[Slice(1, none)].equal(whole[Slice(1, none)]));
    CHECK(part[Slice(none, none, 2), all, Slice(1, 3)].equal(whole[Slice(none, none, 2), all, Slice(1, 3)]));
    CHECK(part[all, Slice(-2, none)].equal(whole[all, Slice(-2, none)]));
    CHECK(part[Slice(5, 9)].shape() == Shape{0, 3, 4});
    CHECK(error_of([&] { part[2]; }).ends_with("'int64': index 2 is out of bounds for 2 rows"));
    CHECK(error_of([&] { f.get_tensor("d"); }) == fmt::format("safe_open: {}: File does not contain tensor d", path));
}

TEST_CASE("one tensor of a large safetensors file is read without the rest") {
    Folder folder;
    const std::string path = folder / "sparse.safetensors";
    const std::int64_t large = std::int64_t{1} << 36;  // 64 GiB, of which the disk holds nothing
    {
        std::ofstream out(path, std::ios::binary);
        out << file(fmt::format("{{{},{}}}", about("a", "U8", fmt::format("[{}]", large), fmt::format("[0,{}]", large)),
            about("b", "U8", "[2]", fmt::format("[{},{}]", large, large + 2))));
        const auto end = static_cast<std::int64_t>(out.tellp());
        out.seekp(end + large);
        out << "\1\2";
    }
    safe_open f(path);
    CHECK(f.get_tensor("b").equal(torch::tensor({1, 2}, {.dtype = torch::uint8})));
    CHECK(f.get_slice("a")[Slice(large - 3, none)].equal(torch::zeros({3}, {.dtype = torch::uint8})));
}

TEST_CASE("what a safetensors file must not be, and what it may") {
    const std::string a = about("a", "F32", "[2]", "[0,8]"), b = about("b", "F32", "[2]", "[8,16]");
    CHECK(refusal(file("{}")) == "no error");
    CHECK(refusal(file("{}      ")) == "no error");
    CHECK(refusal(file("{" + b + "," + a + "}", 16)) == "no error");
    CHECK(refusal(one("F32", "[0,3]", "[0,0]", 0)) == "no error");
    CHECK(refusal(one("F32", "[]", "[0,4]", 4)) == "no error");
    CHECK(refusal(file(R"({"__metadata__":{"k":"v"},)" + a + "}", 8)) == "no error");
    CHECK(refusal(file(R"({"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":[[1]]}})", 1)) == "no error");

    CHECK(refusal("\1\2\3") == "load: of 3 bytes, it is no safetensors file");
    CHECK(refusal(file("{}").substr(0, 9)).find("a header of 2 bytes is said to stand in a file of 9") !=
        std::string::npos);
    CHECK(refusal(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10)).find("a header of 18446744073709551615") !=
        std::string::npos);
    CHECK(refusal(std::string("\x01\xe1\xf5\x05\0\0\0\0{}", 10)).find("the most is 100000000") != std::string::npos);
    auto says = [](const std::string& bytes, const std::string& words) {
        const std::string error = refusal(bytes);
        CHECK_MESSAGE(error.find(words) != std::string::npos, error);
    };
    says(file("\xff\xfe"), "does not begin with an opening brace");
    says(file("[]"), "does not begin with an opening brace");
    says(file(" {}"), "does not begin with an opening brace");
    says(file("{"), "the header is no JSON");
    says(file("{}x"), "the header is no JSON");
    says(file("{\"\xff\":1}"), "the header is no JSON");
    says(file("{" + a + "," + a + "}", 8), "the name 'a' stands there twice");
    says(file(R"({"__metadata__":{"k":"v","k":"w"}})"), "the name 'k' stands there twice");
    says(
        file(R"({"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}})", 1), "'dtype' stands there twice");
    says(file(R"({"__metadata__":{"k":1}})"), "__metadata__ 'k' is no text: 1");
    says(file(R"({"__metadata__":[]})"), "__metadata__ is no object");
    says(file(R"({"a":3})"), "'a' is described by no object");
    says(file(R"({"a":{"dtype":"U8","shape":[1]}})"), "'a' has no data_offsets");
    says(one("F32", "[2]", "[4,12]", 12), "'a' begins at byte 4, and what stands before it ends at 0");
    says(file("{" + a + "," + about("b", "F32", "[2]", "[12,20]") + "}", 20), "'b' begins at byte 12");
    says(file("{" + a + "," + about("b", "F32", "[2]", "[4,12]") + "}", 12), "'b' begins at byte 4");
    says(one("F32", "[2]", "[8,0]", 8), "do not span the 8 bytes");
    says(one("F32", "[2]", "[0,4]", 4), "do not span the 8 bytes");
    says(one("F32", "[2]", "[0,8]", 4), "the tensors end at byte 8 of 4");
    says(one("F32", "[2]", "[0,8]", 12), "the tensors end at byte 8 of 12");
    says(one("Q32", "[2]", "[0,8]", 8), "there is no dtype 'Q32'");
    says(one("F32", "[-2]", "[0,8]", 8), "are no whole numbers");
    says(one("F32", "[2.0]", "[0,8]", 8), "are no whole numbers");
    says(one("F32", "[\"2\"]", "[0,8]", 8), "are no whole numbers");
    says(one("F32", "2", "[0,8]", 8), "its dtype is no name or its shape no list");
    says(one("F32", "[2]", "[0]", 8), "are no two numbers");
    says(one("F32", "[4294967296,4294967296]", "[0,8]", 8), "beyond any file");
    says(one("U8", "[9223372036854775808,0]", "[0,0]", 0), "beyond any file");
    says(one("U32", "[2]", "[0,8]", 8), "no tensor here has elements of U32");
    says(file("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"), "too deep in one another");
}

TEST_CASE("tensors that share memory or lie out of order are not written to safetensors") {
    const Tensor x = torch::arange(6).view(2, 3);
    auto refusal = [](const StateDict& tensors) { return error_of([&] { safetensors::torch::save(tensors); }); };
    CHECK(refusal({{"x", x.t()}}).find("non contiguous tensor: `x`") != std::string::npos);
    CHECK(refusal({{"x", x}, {"y", x[0]}}).find("Some tensors share memory") != std::string::npos);
    CHECK(refusal({{"x", x[0]}, {"y", x[1]}}) == "no error");
    CHECK(refusal({{"x", x}, {"y", x[0].clone()}}) == "no error");
    CHECK(refusal({{"__metadata__", x}}).find("no tensor can have the name") != std::string::npos);
    CHECK(refusal({{"\xff", x}}).find("is no UTF-8") != std::string::npos);
    CHECK(error_of([&] {
        safetensors::torch::save_file({{"x", x}}, "/nowhere/x");
    }).starts_with("save_file: /nowhere/x: "));
    CHECK(error_of([] { safetensors::torch::load_file("/nowhere/x"); }) ==
        "load_file: /nowhere/x: the file can't be opened");
}

TEST_CASE("a model in several safetensors files is read by its index") {
    Folder folder;
    StateDict tensors;
    for (int i = 0; i < 5; ++i) tensors[fmt::format("layer{}", i)] = torch::full({4}, i);
    safetensors::torch::save_sharded(tensors, folder.path.string(), 64);
    CHECK(fs::exists(folder / "model-00003-of-00003.safetensors"));
    const StateDict back = safetensors::torch::load_file(folder / "model.safetensors.index.json");
    CHECK(back.size() == 5);
    for (const auto& [name, x] : tensors) CHECK(back.at(name).equal(x));
    std::ofstream(folder / "bad.index.json") << R"({"weight_map":{"layer0":"../model.safetensors"}})";
    CHECK(error_of([&] { safetensors::torch::load_file(folder / "bad.index.json"); }).find("does not stand beside") !=
        std::string::npos);
}
