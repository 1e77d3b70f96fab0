// Functions of numbers: what dtypes can hold, results that have names, and calls that a table of cases cannot say.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <cmath>
#include <numbers>

#include "error_of.h"

namespace torch = taper;
using torch::Tensor;

TEST_CASE("finfo and iinfo say what PyTorch's say and print as they do") {
    CHECK(fmt::format("{}", torch::finfo(torch::float32)) ==
        "finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, smallest_normal=1.17549e-38, "
        "tiny=1.17549e-38, dtype=float32)");
    CHECK(fmt::format("{}", torch::finfo(torch::float16)) ==
        "finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, "
        "tiny=6.10352e-05, dtype=float16)");
    CHECK(fmt::format("{}", torch::finfo(torch::bfloat16)) ==
        "finfo(resolution=0.01, min=-3.38953e+38, max=3.38953e+38, eps=0.0078125, smallest_normal=1.17549e-38, "
        "tiny=1.17549e-38, dtype=bfloat16)");
    CHECK(torch::finfo(torch::float64).eps == 2.220446049250313e-16);
    CHECK(torch::finfo(torch::float64).tiny == 2.2250738585072014e-308);
    CHECK(torch::finfo({.type = torch::float64}).max == 1.7976931348623157e+308);
    CHECK(torch::finfo().dtype == "float32");
    CHECK(torch::finfo(torch::bfloat16).bits == 16);
    CHECK(fmt::format("{}", torch::iinfo(torch::int32)) == "iinfo(min=-2.14748e+09, max=2.14748e+09, dtype=int32)");
    CHECK(torch::iinfo(torch::int64).max == 9223372036854775807);
    CHECK(torch::iinfo(torch::int64).min == std::numeric_limits<std::int64_t>::min());
    CHECK(torch::iinfo(torch::uint8).min == 0);
    CHECK(torch::iinfo({.type = torch::int8}).max == 127);
    CHECK(error_of([] { return torch::finfo(torch::int64); }) ==
        "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'");
    CHECK(error_of([] { return torch::iinfo(torch::float32); }) ==
        "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'");
    CHECK(error_of([] { return torch::iinfo(torch::bool_); }) == "torch.bool is not supported by torch.iinfo");
    CHECK(torch::pi == std::numbers::pi);
    CHECK(torch::e == std::numbers::e);
    CHECK((std::isinf(torch::inf) && std::isnan(torch::nan)));
}

TEST_CASE("the named results of aminmax and frexp can be unpacked and written into what was given") {
    const Tensor x = torch::tensor({{4., 0.5}, {-3., 10.}});
    auto [low, high] = torch::aminmax(x);
    CHECK((low.item() == -3 && high.item() == 10));
    CHECK(x.aminmax({.dim = 1}).max.equal(torch::tensor({4., 10.})));
    CHECK(x.aminmax({.dim = 0, .keepdim = true})[0].equal(torch::tensor({{-3., 0.5}})));
    auto [mantissa, exponent] = x.frexp();
    CHECK(mantissa.equal(torch::tensor({{0.5, 0.5}, {-0.75, 0.625}})));
    CHECK(exponent.equal(torch::tensor({{3, 0}, {2, 4}}, {.dtype = torch::int32})));
    Tensor a = torch::empty({2}), b = torch::empty({2});
    torch::aminmax(x, {.dim = 1, .out = torch::TensorList{a, b}});
    CHECK((a.equal(torch::tensor({0.5, -3.})) && b.equal(torch::tensor({4., 10.}))));
    auto [var, mean] = torch::var_mean(x, 0, false);
    CHECK((var.equal(x.var(0, false)) && mean.equal(x.mean(0))));
    CHECK(torch::std_mean(x, false)[0].item() == x.std(false).item());
    CHECK(error_of([&] { x.aminmax()[2]; }) == "tuple index out of range: there are 2 results, and 2 was asked for");
}

TEST_CASE("tensordot takes a number of dims or two lists of them") {
    const Tensor a = torch::arange(24.).view(2, 3, 4), b = torch::arange(24.).view(4, 3, 2);
    CHECK(torch::tensordot(a, b, 1).shape() == torch::Shape{2, 3, 3, 2});
    CHECK(torch::tensordot(a, b, {{1, 2}, {1, 0}}).equal(torch::einsum("aij,jib->ab", a, b)));
    CHECK(torch::tensordot(a, b, {.dims = {{2}, {0}}}).equal(torch::tensordot(a, b, 1)));
    CHECK(torch::tensordot(a, b, std::pair(std::vector<std::int64_t>{2}, std::vector<std::int64_t>{0}))
              .equal(torch::tensordot(a, b, 1)));
    CHECK(torch::tensordot(a, a.permute({1, 2, 0}).contiguous()).equal(torch::tensordot(a, a, {{1, 2}, {1, 2}})));
    CHECK(error_of([&] {
        torch::tensordot(a, b, {{0, 1}, {0}});
    }) == "tensordot: both dimension lists should have same length");
}

TEST_CASE("what PyTorch says of norms and powers that cannot be had") {
    const Tensor x = torch::rand({2, 2});
    CHECK(error_of([&] { x.norm("other"); }) == "norm: only valid string values are 'fro' and 'nuc', found other");
    CHECK(error_of([&] { x.norm({.p = "fro", .dtype = torch::float64}); }) ==
        "norm: dtype argument is not supported in frobenius norm");
    CHECK(error_of([&] {
        torch::rand({2, 2, 2}).norm("fro", {0, 1, 2});
    }) == "norm: Expected at most 2 dimensions, but got 3 dimensions instead.");
    CHECK(error_of([&] { x.norm("nuc"); }).starts_with("norm: p='nuc' asks for the singular values"));
    CHECK(error_of([&] { x.float_power_(2); }) ==
        "float_power_: the base given to float_power_ has dtype Float but the operation's result requires dtype "
        "Double");
    CHECK(error_of([&] { x.matrix_power(-1); }).starts_with("matrix_power: a power below 0"));
    CHECK(error_of([&] { x.clone().cumsum_(0, {.dtype = torch::int64}); }).starts_with("cumsum_: Bad in-place call"));
    CHECK(error_of([&] { torch::trapezoid(x, x, {.dx = 2}); }).starts_with("trapezoid: takes the places"));
}

TEST_CASE("special functions stay exact far out and end where they should") {
    const auto at = [](Tensor (*f)(const Tensor&), double x) {
        return f(torch::tensor(x, {.dtype = torch::float64})).item();
    };
    CHECK(at(torch::special::log_ndtr, -1e10) == doctest::Approx(-5e19).epsilon(1e-14));
    CHECK(at(torch::special::erfcx, 1e10) == doctest::Approx(1e-10 * std::numbers::inv_sqrtpi).epsilon(1e-15));
    CHECK(at(torch::special::ndtri, 1e-300) == doctest::Approx(-37.0470962993612).epsilon(1e-11));
    CHECK(at(torch::special::ndtri, 0) == -INFINITY);
    CHECK(std::isnan(at(torch::special::ndtri, 1.5)));
    CHECK(at(torch::special::i0e, 1e300) == doctest::Approx(3.98942280401433e-151).epsilon(1e-13));
    CHECK(at(torch::digamma, 0) == -INFINITY);
    CHECK(std::isnan(at(torch::digamma, -3)));
    CHECK(at(torch::lgamma, -3) == INFINITY);
    const auto of_two = [](Tensor (*f)(const Tensor&, const Tensor&), double a, double b) {
        return f(torch::tensor(a, {.dtype = torch::float64}), torch::tensor(b, {.dtype = torch::float64})).item();
    };
    CHECK(of_two(torch::ops::igamma, 1e12, 1e12) == doctest::Approx(0.5000001329808).epsilon(1e-11));
    CHECK(of_two(torch::ops::zeta, 2, -1e15 + 0.5) == doctest::Approx(9.869604401089358).epsilon(1e-12));
    CHECK(std::isnan(of_two(torch::ops::legendre_polynomial_p, NAN, 9)));
}
