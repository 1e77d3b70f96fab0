// Numbers that a dtype may not hold, wherever a number meets a tensor, beside PyTorch: each row is a line of Python and
// the line of C++ it becomes, for all dtypes and numbers.
#include <doctest/doctest.h>
#include <fmt/ranges.h>
#include <taper/taper.h>

#include <unistd.h>
#include <variant>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sanitized.h"

namespace torch = taper;
namespace F = taper::nn::functional;
using taper::Tensor;

namespace {

struct Row {
    const char* python;
    Tensor (*whole)(Tensor x, Tensor i, std::int64_t n);
    Tensor (*real)(Tensor x, Tensor i, double n);
    Tensor (*truth)(Tensor x, Tensor i, bool n);
};

template <class P, class N> Tensor put(Tensor x, P place, N n) { return x[place] = n, x; }

// Of a line that takes no bool, the last is empty.
#define ROW(python, ...)                                                                           \
    {                                                                                              \
        python, [](Tensor x, Tensor i, std::int64_t n) -> Tensor { return (void)i, __VA_ARGS__; }, \
            [](Tensor x, Tensor i, double n) -> Tensor { return (void)i, __VA_ARGS__; },           \
            [](Tensor x, Tensor i, bool n) -> Tensor { return (void)i, __VA_ARGS__; }              \
    }
#define NUMBER_ROW(python, ...)                                                                    \
    {                                                                                              \
        python, [](Tensor x, Tensor i, std::int64_t n) -> Tensor { return (void)i, __VA_ARGS__; }, \
            [](Tensor x, Tensor i, double n) -> Tensor { return (void)i, __VA_ARGS__; }, nullptr   \
    }
#define BITS_ROW(python, ...)                                                                               \
    {                                                                                                       \
        python, [](Tensor x, Tensor i, std::int64_t n) -> Tensor { return (void)i, __VA_ARGS__; }, nullptr, \
            [](Tensor x, Tensor i, bool n) -> Tensor { return (void)i, __VA_ARGS__; }                       \
    }

const Row rows[] = {
    ROW("x + n", x + n),
    ROW("n + x", n + x),
    ROW("x * n", x* n),
    ROW("x / n", x / n),
    ROW("n / x", n / x),
    ROW("x // n", x.floor_divide(n)),
    ROW("x % n", x % n),
    ROW("x ** n", x.pow(n)),
    ROW("n ** x", torch::pow(n, x)),
    ROW("x == n", x == n),
    ROW("x != n", x != n),
    ROW("x < n", x < n),
    ROW("x <= n", x <= n),
    ROW("x > n", x > n),
    ROW("x >= n", x >= n),
    BITS_ROW("x & n", x& n),
    BITS_ROW("x | n", x | n),
    BITS_ROW("x ^ n", x ^ n),
    NUMBER_ROW("x - n", x - n),
    NUMBER_ROW("n - x", n - x),
    ROW("x.remainder(n)", x.remainder(n)),
    ROW("torch.remainder(n, x)", torch::remainder(n, x)),
    ROW("x.fmod(n)", x.fmod(n)),
    ROW("x.add_(n)", x.add_(n)),
    ROW("x.mul_(n)", x.mul_(n)),
    ROW("x.div_(n)", x.div_(n)),
    ROW("x.pow_(n)", x.pow_(n)),
    ROW("x.remainder_(n)", x.remainder_(n)),
    ROW("x.fill_(n)", x.fill_(n)),
    ROW("x.clamp(n)", x.clamp(n)),
    ROW("x.clamp(max=n)", x.clamp({.max = n})),
    NUMBER_ROW("x.clamp(0, n)", x.clamp(0, n)),
    ROW("x.clamp_(max=n)", x.clamp_({.max = n})),
    ROW("x.masked_fill(x == 1, n)", x.masked_fill(x == 1, n)),
    ROW("x.masked_fill_(x == 1, n)", x.masked_fill_(x == 1, n)),
    ROW("x.index_fill_(0, i, n)", x.index_fill_(0, i, n)),
    ROW("x.scatter(0, i, n)", x.scatter(0, i, n)),
    ROW("torch.where(x == 1, x, n)", torch::where(x == 1, x, n)),
    ROW("torch.where(x == 1, n, x)", torch::where(x == 1, n, x)),
    ROW("torch.full_like(x, n)", torch::full_like(x, n)),
    ROW("torch.full((2,), n, dtype=x.dtype)", torch::full({2}, n, {.dtype = x.dtype()})),
    ROW("x.new_full((2,), n)", x.new_full({2}, n)),
    ROW("torch.tensor(n, dtype=x.dtype)", torch::tensor(n, {.dtype = x.dtype()})),
    ROW("torch.tensor([n, 1], dtype=x.dtype)", torch::tensor({n, decltype(n)(1)}, {.dtype = x.dtype()})),
    ROW("torch.maximum(x, torch.tensor(n))", torch::maximum(x, torch::tensor(n))),
    ROW("x.floor_divide(torch.tensor(n))", x.floor_divide(torch::tensor(n))),
    ROW("torch.add(x, x, alpha=n)", torch::add(x, x, {.alpha = n})),
    NUMBER_ROW("torch.sub(x, x, alpha=n)", torch::sub(x, x, {.alpha = n})),
    NUMBER_ROW("x.index_add(0, i, x, alpha=n)", x.index_add(0, i, x, {.alpha = n})),
    NUMBER_ROW("x.lerp(x, n)", x.lerp(x, n)),
    NUMBER_ROW("torch.isclose(x, x, n)", torch::isclose(x, x, n)),
    NUMBER_ROW("torch.arange(0, n, 1e9 if abs(n) > 1000 else 1, dtype=x.dtype)",
        torch::arange(0, n, std::abs(static_cast<double>(n)) > 1000 ? torch::Scalar(1e9) : torch::Scalar(1),
            {.dtype = x.dtype()})),
    NUMBER_ROW("F.threshold(x, 1, n)", F::threshold(x, 1, n)),
    NUMBER_ROW("F.hardtanh(x, 0, n)", F::hardtanh(x, 0, n)),
    NUMBER_ROW("F.pad(x, (1, 1), value=n)", F::pad(x, {1, 1}, {.value = n})),
    ROW("put(x, 1, n)", put(x, 1, n)),
    ROW("put(x, x == 1, n)", put(x, x == 1, n)),
    ROW("put(x, i, n)", put(x, i, n)),
    ROW("x.sum() + n", x.sum() + n),
    ROW("torch.eye(2, dtype=x.dtype) * n", torch::eye(2, {.dtype = x.dtype()}) * n),
};

std::string text(const Tensor& x) {
    std::vector<std::string> values;
    for (std::int64_t k = 0; k < x.numel(); ++k) {
        const Tensor one = x.reshape(-1)[k];
        const double number = x.is_floating_point() ? one.item() : 0;
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.9g", number);
        values.push_back(!x.is_floating_point() ? fmt::format("{}", one.to(torch::int64).item<std::int64_t>())
                : std::isnan(number)            ? "nan"
                                                : digits);
    }
    return fmt::format("{} {} {}", name_of(x.dtype()), std::string(x.shape().str()), fmt::join(values, " "));
}

using Number = std::variant<std::int64_t, double, bool>;
const Number numbers[] = {
    300, -1, -300, std::int64_t(10000000000), std::int64_t(3000000000), 0, 1e10, NAN, INFINITY, 1e39, 2.5, -0.5, true};

// Nothing if there is no such line.
std::string result(const Row& row, torch::DType dtype, const Number& number) {
    const Tensor x = torch::arange(3).to(dtype), i = torch::tensor({0, 2, 1});
    try {
        if (const auto* n = std::get_if<std::int64_t>(&number)) return row.whole ? text(row.whole(x, i, *n)) : "";
        if (const auto* n = std::get_if<double>(&number)) return row.real ? text(row.real(x, i, *n)) : "";
        return row.truth ? text(row.truth(x, i, std::get<bool>(number))) : "";
    } catch (const torch::Error&) {
        return "refused";
    }
}

// A negative whole number for bytes, which PyTorch lets wrap around here and refuses elsewhere.
bool is_left_out(const Row& row, torch::DType dtype, const Number& number) {
    return dtype == torch::uint8 && number == Number(-1) && row.python == std::string_view("F.threshold(x, 1, n)");
}

}  // namespace

TEST_CASE("a number that a dtype may not hold is taken, wrapped or refused as in PyTorch") {
    if (std::system("/usr/bin/python3 -W ignore -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / fmt::format("taper_numbers_{}", ::getpid());
    fs::create_directory(folder);
    std::ofstream lines(folder / "rows");
    for (const Row& row : rows) lines << row.python << '\n';
    lines.close();
    REQUIRE(std::system(fmt::format("/usr/bin/python3 -W ignore {0}/tests/live/plain_numbers.py {1}/rows {1}/out",
                TAPER_SOURCE_DIR, folder.string())
                            .c_str()) == 0);
    std::ifstream theirs(folder / "out");
    int cases = 0, differ = 0;
    for (const Row& row : rows)
        for (torch::DType dtype : {torch::uint8, torch::int32, torch::int64, torch::float32, torch::bool_})
            for (std::size_t k = 0; k < std::size(numbers); ++k) {
                std::string expected;
                REQUIRE(std::getline(theirs, expected));
                const std::string found = result(row, dtype, numbers[k]);
                if (found.empty() || is_left_out(row, dtype, numbers[k])) continue;
                ++cases;
                INFO(std::string(row.python), " of ", std::string(name_of(dtype)), ", number ", k);
                if (found != expected) ++differ;
                CHECK(found == expected);
            }
    fs::remove_all(folder);
    MESSAGE(cases, " cases of ", std::size(rows), " lines, ", differ, " differ");
}
