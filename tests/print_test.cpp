// What is printed is PyTorch's own text, character for character.
#include <doctest/doctest.h>
#include <fmt/ranges.h>
#include <taper/taper.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace taper;
using nlohmann::json;

namespace {

DType dtype_named(const std::string& name) {
    for (DType dtype : {bool_, uint8, int32, int64, float32, float64})
        if (name_of(dtype) == name) return dtype;
    FAIL(name);
    return float32;
}

double number(const json& value) {
    if (value.is_string()) return std::strtod(value.get<std::string>().c_str(), nullptr);  // "nan", "inf", "-inf"
    return value.is_boolean() ? value.get<bool>() : value.get<double>();
}

// The i-th number of a golden case. The large ones have no data: they are arange(...), perhaps with "/7" or "-500"
// behind it.
double number(const json& golden, std::int64_t i) {
    if (golden.contains("data")) return number(golden["data"][i]);
    const std::string expression = golden["expr"];
    std::size_t op = expression.find_last_of("/-");
    if (op == std::string::npos) return static_cast<double>(i);
    double by = std::strtod(expression.c_str() + op + 1, nullptr);
    return expression[op] == '/' ? static_cast<double>(i) / by : static_cast<double>(i) - by;
}

// A tensor that an op of this name seems to have made.
Tensor made_by(const char* name, const Tensor& x) {
    Tensor leaf = zeros_like(x, {.requires_grad = true});
    return autograd::record(name, x, autograd::wrt(leaf, [](const Tensor& grad) { return grad; }));
}

// The tensor of a golden case, as plain data; what its text says of its history is made up.
Tensor tensor_of(const json& golden, std::string& node) {
    Tensor x = empty(Shape(golden["shape"].get<std::vector<std::int64_t>>()), {.dtype = dtype_named(golden["dtype"])});
    for (std::int64_t i = 0; i < x.numel(); ++i)
        visit(x.dtype(),
            [&](auto zero) { x.data_ptr<decltype(zero)>()[i] = static_cast<decltype(zero)>(number(golden, i)); });
    const std::string text = golden["repr"], key = "grad_fn=<";
    x.impl().is_parameter = text.starts_with("Parameter");
    if (text.find("requires_grad=True") != std::string::npos) x.requires_grad_();
    if (std::size_t at = text.find(key); at != std::string::npos) {
        node = text.substr(at + key.size(), text.find('>', at) - at - key.size());
        x = made_by(node.c_str(), x);
    }
    return x;
}

// Puts PyTorch's options back when a test ends.
struct DefaultOptions {
    ~DefaultOptions() { set_printoptions({.profile = "default"}); }
};

}  // namespace

TEST_CASE("tensors print as PyTorch 1.13 printed them") {
    std::ifstream file(TAPER_SOURCE_DIR "/tests/data/repr.json");
    REQUIRE(file);
    int printed = 0;
    const json all = json::parse(file);
    for (const json& golden : all["cases"]) {
        if (golden["dtype"] == "float16" || golden["dtype"] == "bfloat16") continue;
        CAPTURE(golden["expr"].get<std::string>());
        std::string node;
        CHECK(to_string(tensor_of(golden, node)) == golden["repr"].get<std::string>());
        ++printed;
    }
    CHECK(printed == 106);
}

TEST_CASE("a tensor without gradient prints None and a tensor prints alike by fmt and by a stream and as a string") {
    CHECK(to_string(Tensor()) == "None");
    Tensor x = tensor({1, 20});
    std::ostringstream stream;
    stream << x << " " << x.shape();
    CHECK(stream.str() == "tensor([ 1, 20]) torch.Size([2])");
    CHECK(fmt::format("{} {}", x, x.shape()) == stream.str());
}

TEST_CASE("views print the elements they show in their own order") {
    Tensor x = native::view(tensor({{1.5, 2.5}, {3.5, 4.5}}), {2, 2}, {1, 2}, 0);
    CHECK(to_string(x) == "tensor([[1.5000, 3.5000],\n        [2.5000, 4.5000]])");
    CHECK(to_string(native::view(x, {3}, {0}, 3)) == "tensor([4.5000, 4.5000, 4.5000])");
    CHECK(to_string(native::view(x, {2000, 7}, {0, 0}, 0)) ==
        "tensor([[1.5000, 1.5000, 1.5000,  ..., 1.5000, 1.5000, 1.5000],\n"
        "        [1.5000, 1.5000, 1.5000,  ..., 1.5000, 1.5000, 1.5000],\n"
        "        [1.5000, 1.5000, 1.5000,  ..., 1.5000, 1.5000, 1.5000],\n"
        "        ...,\n"
        "        [1.5000, 1.5000, 1.5000,  ..., 1.5000, 1.5000, 1.5000],\n"
        "        [1.5000, 1.5000, 1.5000,  ..., 1.5000, 1.5000, 1.5000],\n"
        "        [1.5000, 1.5000, 1.5000,  ..., 1.5000, 1.5000, 1.5000]])");
}

TEST_CASE("a dtype is printed unless it is the default one or int64 or bool") {
    set_default_dtype(float64);
    std::string wide = to_string(tensor({0.5})), narrow = to_string(tensor({0.5}, {.dtype = float32})),
                none = to_string(zeros({0}));
    set_default_dtype(float32);
    CHECK(wide == "tensor([0.5000])");
    CHECK(narrow == "tensor([0.5000], dtype=torch.float32)");
    CHECK(none == "tensor([])");
    CHECK(to_string(tensor({1}, {.dtype = uint8})) == "tensor([1], dtype=torch.uint8)");
}

TEST_CASE("printing options are torch.set_printoptions'") {
    DefaultOptions after;
    Tensor x = tensor({3.14159, 100.0});
    set_printoptions({.precision = 2});
    CHECK(to_string(x) == "tensor([  3.14, 100.00])");
    set_printoptions({.sci_mode = true});
    CHECK(to_string(x) == "tensor([3.14e+00, 1.00e+02])");
    set_printoptions({.profile = "default"});
    CHECK(to_string(tensor({1e-5, 1.0})) == "tensor([1.0000e-05, 1.0000e+00])");
    set_printoptions({.sci_mode = false});
    CHECK(to_string(tensor({1e-5, 1.0})) == "tensor([    0.0000,     1.0000])");
    set_printoptions({.threshold = 5, .edgeitems = 2});
    CHECK(to_string(arange(10)) == "tensor([0, 1,  ..., 8, 9])");
    set_printoptions({.profile = "full"});
    CHECK(to_string(zeros({1001})).find("...") == std::string::npos);
    set_printoptions({.linewidth = 20, .profile = "short"});
    CHECK(to_string(arange(10)) == "tensor([0, 1, 2, 3,\n        4, 5, 6, 7,\n        8, 9])");
    CHECK_THROWS_AS(set_printoptions({.precision = -1}), Error);
    CHECK_THROWS_AS(set_printoptions({.edgeitems = 0}), Error);
    CHECK_THROWS_AS(set_printoptions({.linewidth = 0}), Error);
    CHECK_THROWS_AS(set_printoptions({.profile = "long"}), Error);
}

TEST_CASE("with a number's format a 0-dim tensor prints its number") {
    CHECK(
        fmt::format("{:.4f}|{:8.2f}|{:.1e}", tensor(0.5), tensor(-2.25), tensor(12345.0)) == "0.5000|   -2.25|1.2e+04");
    CHECK(fmt::format("{:d}|{:5}|{:<4}|{:,<3}", tensor(7), tensor(42), tensor(-1), tensor(true)) == "7|   42|-1  |1,,");
    CHECK(fmt::format("{:.2f}", tensor(3)) == "3.00");
    CHECK(fmt::format("{:}", tensor(9007199254740993)) == "tensor(9007199254740993)");
    CHECK(fmt::format("{:d}", tensor(9007199254740993)) == "9007199254740993");
    CHECK(fmt::format("{:.1f}", tensor(-std::numeric_limits<double>::quiet_NaN())) == "nan");
    CHECK_THROWS_WITH_AS(
        (void)fmt::format("{:d}", tensor(0.5)), doctest::Contains("does not suit a number of torch.float32"), Error);
    CHECK_THROWS_WITH_AS(
        (void)fmt::format("{:.2f}", tensor({1.0})), doctest::Contains("only one without dimensions"), Error);
}

TEST_CASE("lists of tensors print beside tensors and modules where fmt prints lists") {
    const taper::Tensor x = taper::ones(2);
    CHECK(fmt::format("{}", x) == "tensor([1., 1.])");
    CHECK(fmt::format("{}", std::vector<taper::Tensor>{x, x}) == "[tensor([1., 1.]), tensor([1., 1.])]");
    CHECK(fmt::format("{}", std::pair(x, 2)) == "(tensor([1., 1.]), 2)");
    CHECK(fmt::format("{}", taper::nn::Sequential(taper::nn::ReLU())) == "Sequential(\n  (0): ReLU()\n)");
    CHECK(fmt::format("{:.1f} {}", x.sum(), x.tolist()) == "2.0 [1.0, 1.0]");
}
