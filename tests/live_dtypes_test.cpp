// Every dtype beside PyTorch as it runs on this machine: live/dtypes.py prints what each thing gives there, line by
// line.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <cstdio>
#include <memory>
#include <sstream>

namespace torch = taper;
using namespace taper;

namespace {

std::string text(const Tensor& x) {
    std::string numbers;
    for (double v : x.reshape(-1).to(float64).tolist<double>())
        numbers += (numbers.empty() ? "" : ", ") + repr(std::isnan(v) ? std::abs(v) : v);
    return fmt::format("{} [{}]", name_of(x.dtype()), numbers);
}
std::string text(DType dtype) { return name_of(dtype); }
std::string text(std::string printed) {
    std::replace(printed.begin(), printed.end(), '\n', '/');
    return printed;
}

struct Lines {
    std::vector<std::string> all;

    template <class T> void line(const std::string& what, const T& x) { all.push_back(what + " | " + text(x)); }
    template <class F> void tried(const std::string& what, F f) {
        try {
            line(what, f());
        } catch (const Error& error) {
            const bool absent = std::string(error.what()).find("not implemented") != std::string::npos;
            line(what, std::string(absent ? "not implemented" : "refused"));
        }
    }
};

const std::vector<DType> dtypes{bool_, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64};

void conversions(Lines& to) {
    const Tensor numbers =
        tensor({-70000.5, -40000.0, -300.25, -129.0, -128.5, -2.5, -1.0, -0.7, -0.0, 0.0, 6e-08, 1e-05, 0.1, 0.3, 0.5,
                   1.0, 1.5, 2.5, 3.7, 127.0, 128.0, 255.0, 256.0, 257.0, 300.7, 2049.0, 32767.0, 32768.0, 65503.0,
                   65519.0, 65520.0, 70000.0, 1e6, 123456789.0},
            {.dtype = float64});
    for (DType a : dtypes) {
        const std::string n = name_of(a);
        const Tensor two = torch::ones({2}, {.dtype = a});
        for (DType b : dtypes) {
            to.line(fmt::format("promote {} {}", n, name_of(b)), torch::promote_types(a, b));
            to.line(fmt::format("result {} {}", n, name_of(b)), torch::result_type(two, torch::ones({}, {.dtype = b})));
        }
        to.line("with a whole number " + n, torch::result_type(two, 2));
        to.line("with a real one " + n, torch::result_type(two, 2.5));
        for (DType b : dtypes) to.line(fmt::format("to {} {}", n, name_of(b)), numbers.to(a).to(b));
    }
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor floats =
        tensor({infinity, -infinity, std::nan(""), 1e-45, 3.3895314e38, 1e39, 0x1p-25, 1.0009765625, 1.00048828125},
            {.dtype = float64});
    for (DType a : {float16, bfloat16, float32, float64})
        for (DType b : {float16, bfloat16, float32, float64})
            to.line(fmt::format("to {} {} of what is no common number", name_of(a), name_of(b)), floats.to(a).to(b));
}

void made(Lines& to, DType d) {
    const std::string n = name_of(d);
    to.tried("arange " + n, [&] { return torch::arange(100, {.dtype = d}); });
    to.tried("arange by 0.3 " + n, [&] { return torch::arange(0, 25, 0.3, {.dtype = d}); });
    for (int steps : {1, 2, 7, 50, 100})
        to.tried(
            fmt::format("linspace {} {}", steps, n), [&] { return torch::linspace(-5.3, 7.9, steps, {.dtype = d}); });
    to.tried("zeros " + n, [&] { return torch::zeros({2, 3}, {.dtype = d}); });
    to.tried("ones " + n, [&] { return torch::ones({2, 3}, {.dtype = d}); });
    to.tried("full " + n, [&] { return torch::full({2}, 100, {.dtype = d}); });
    to.tried("full of too much " + n, [&] { return torch::full({2}, 1e39, {.dtype = d}); });
    to.tried("full of 300 " + n, [&] { return torch::full({2}, 300, {.dtype = d}); });
    to.tried("full of 70000 " + n, [&] { return torch::full({2}, 70000, {.dtype = d}); });
    to.tried("eye " + n, [&] { return torch::eye(3, {.dtype = d}); });
}

void drawn(Lines& to, DType d) {
    for (std::int64_t count : {5, 16, 40}) {
        const std::string end = fmt::format("{} {}", count, name_of(d));
        auto of_zeros = [&](const char* what, auto draw) {
            to.tried(fmt::format("{} {}", what, end), [&] {
                torch::manual_seed(7);
                return draw(torch::zeros({count}, {.dtype = d}));
            });
        };
        of_zeros("rand", [&](const Tensor&) { return torch::rand({count}, {.dtype = d}); });
        of_zeros("randn", [&](const Tensor&) { return torch::randn({count}, {.dtype = d}); });
        of_zeros("uniform_", [&](const Tensor& x) { return x.uniform_(-2, 3); });
        of_zeros("normal_", [&](const Tensor& x) { return x.normal_(1, 2); });
        of_zeros("exponential_", [&](const Tensor& x) { return x.exponential_(); });
        of_zeros("bernoulli_", [&](const Tensor& x) { return x.bernoulli_(0.3); });
        of_zeros("random_", [&](const Tensor& x) { return x.random_(); });
        of_zeros("random_ to 9", [&](const Tensor& x) { return x.random_(-3, 9); });
        of_zeros("randint", [&](const Tensor&) { return torch::randint(0, 100, {count}, {.dtype = d}); });
        of_zeros("randperm", [&](const Tensor&) { return torch::randperm(count, {.dtype = d}); });
    }
}

void worked_with(Lines& to, DType d) {
    const std::string n = name_of(d);
    to.tried("printed " + n, [&] { return to_string(tensor({{-2, 0, 100}, {1, 2, 3}}, {.dtype = d})); });
    to.tried("printed whole " + n, [&] { return to_string((torch::arange(3) / 7).to(d)); });
    to.tried("printed much " + n, [&] { return to_string(torch::arange(1200).to(d)); });
    to.tried("item " + n, [&] {
        const double item = tensor(1.7).to(d).item();
        return is_floating_point(d) ? repr(item) : fmt::format("{}", item);
    });
    to.tried("tolist " + n, [&] { return to_string(tensor({1.7, -2.3}).to(d).tolist()); });
    to.tried("sum " + n, [&] { return torch::arange(100).to(d).sum(); });
    to.tried("wraps " + n, [&] { return torch::full({3}, 100, {.dtype = d}) * torch::full({3}, 100, {.dtype = d}); });
    to.tried("negative " + n, [&] { return -tensor({-128, 5}, {.dtype = d}); });
    to.tried("mm " + n, [&] { return torch::ones({2, 3}, {.dtype = d}).mm(torch::ones({3, 2}, {.dtype = d})); });
    to.tried("linear " + n, [&] {
        return torch::nn::functional::linear(torch::ones({2, 3}, {.dtype = d}), torch::ones({4, 3}, {.dtype = d}));
    });
    to.tried("softmax " + n, [&] { return torch::ones({2, 4}, {.dtype = d}).softmax(1); });
    to.tried("view of bytes " + n, [&] { return tensor({1.5, -2.}).to(d).view(uint8); });
}

std::string output_of(const std::string& command) {
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string all;
    char block[4096];
    while (std::size_t count = std::fread(block, 1, sizeof block, pipe.get())) all.append(block, count);
    return all;
}

}  // namespace

TEST_CASE("every dtype is made and drawn and converted and promoted and printed as PyTorch's") {
    const std::string theirs =
        output_of(fmt::format("/usr/bin/python3 -W ignore '{}/tests/live/dtypes.py' 2>/dev/null", TAPER_SOURCE_DIR));
    if (theirs.empty()) {
        MESSAGE("skipped: /usr/bin/python3 has no torch");
        return;
    }
    Lines ours;
    conversions(ours);
    for (DType d : {int8, int16, float16, bfloat16}) {
        made(ours, d);
        drawn(ours, d);
        worked_with(ours, d);
    }
    std::istringstream in(theirs);
    std::size_t i = 0;
    for (std::string line; std::getline(in, line); ++i) {
        REQUIRE(i < ours.all.size());
        CHECK(ours.all[i] == line);
    }
    CHECK(i == ours.all.size());
    CHECK(i > 500);
}

TEST_CASE("a float that is made half is the nearest half and each half is the float it stands for") {
    for (int bits = 0; bits < 0x10000; ++bits) {
        Half half;
        half.bits = static_cast<std::uint16_t>(bits);
        const auto value = static_cast<float>(half);
        if (std::isnan(value)) continue;
        REQUIRE(Half(value).bits == bits);
        const double exact = (bits & 0x7c00 ? std::ldexp(1024 + (bits & 0x3ff), (bits >> 10 & 31) - 25)
                                            : std::ldexp(bits & 0x3ff, -24)) *
            (bits & 0x8000 ? -1 : 1);
        if ((bits & 0x7c00) != 0x7c00) REQUIRE(value == exact);
    }
    for (int bits = 0x3c00; bits < 0x3cff; ++bits) {  // what lies in the middle goes to the even one
        Half low, high;
        low.bits = static_cast<std::uint16_t>(bits), high.bits = static_cast<std::uint16_t>(bits + 1);
        CHECK(Half((static_cast<float>(low) + static_cast<float>(high)) / 2).bits == (bits & 1 ? bits + 1 : bits));
    }
}

TEST_CASE("parameters of bfloat16 are trained and stay what they are") {
    // What PyTorch 1.13 gives: w after four steps down (w - target)^2. It rounds after each operation of a step.
    const std::map<std::string, std::vector<double>> theirs{
        {"SGD", {0.9375, -1.875, 0.87890625}}, {"Adam", {0.88671875, -1.3984375, 0.39453125}}};
    for (const auto& [name, expected] : theirs) {
        Tensor w = tensor({0.5, -1.0, 0.0}, {.dtype = bfloat16, .requires_grad = true});
        const Tensor target = tensor({1., -2., 1.}).to(bfloat16);
        std::unique_ptr<optim::Optimizer> optimizer;
        if (name == "SGD")
            optimizer = std::make_unique<optim::SGD>(TensorList{w}, optim::SGDOptions{.lr = 0.1, .momentum = 0.5});
        else
            optimizer = std::make_unique<optim::Adam>(TensorList{w}, optim::AdamOptions{.lr = 0.1});
        for (int i = 0; i < 4; ++i) {
            optimizer->zero_grad();
            ((w - target) * (w - target)).sum().backward();
            optimizer->step();
        }
        CHECK(w.dtype() == bfloat16);
        CHECK((w.detach().to(float64) - tensor(expected, {.dtype = float64})).abs().max().item() <= 0x1p-7);
    }
}
