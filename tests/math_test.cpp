// The elementary functions against a wider type's, at their special values, and bit for bit in vectors and alone.
#include <taper/tensor/base/simd.h>
#include <taper/tensor/kernels/math.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

namespace {

template <class F> using Wide = std::conditional_t<std::same_as<F, float>, double, long double>;
template <class F> constexpr F inf = std::numeric_limits<F>::infinity();
template <class F> constexpr F not_a_number = std::numeric_limits<F>::quiet_NaN();
template <class F> constexpr F tiny = std::numeric_limits<F>::denorm_min();

// One object per function, so that a test can take it as an argument.
#define FUNCTION(name) \
    constexpr auto name = [](auto x) __attribute__((always_inline)) { return taper::math::name(x); }
namespace fn {
FUNCTION(exp);
FUNCTION(expm1);
FUNCTION(log);
FUNCTION(log1p);
FUNCTION(log2);
FUNCTION(log10);
FUNCTION(tanh);
FUNCTION(sigmoid);
FUNCTION(erf);
FUNCTION(sin);
FUNCTION(cos);
FUNCTION(tan);
}  // namespace fn
#undef FUNCTION

/// The distance from the true value in units of the last place of a result of that size; huge where NaN, infinity or
/// the sign of zero is wrong.
template <class F> double ulps(F got, Wide<F> want) {
    F rounded = static_cast<F>(want);
    if (std::isnan(want)) return std::isnan(got) ? 0 : 1e30;
    if (std::isinf(rounded) || std::isinf(got)) return got == rounded ? 0 : 1e30;
    if (rounded == 0 && got == 0) return std::signbit(rounded) == std::signbit(got) ? 0 : 1e30;
    int last =
        std::max(std::ilogb(want), std::numeric_limits<F>::min_exponent - 1) - std::numeric_limits<F>::digits + 1;
    return static_cast<double>(std::scalbn(std::abs(static_cast<Wide<F>>(got) - want), -last));
}

template <class F, class Function, class Reference> double worst(const std::vector<F>& xs, Function f, Reference want) {
    double most = 0;
    for (F x : xs) most = std::max(most, ulps<F>(f(x), want(static_cast<Wide<F>>(x))));
    return most;
}

/// Every 1009th bit pattern: all signs and magnitudes, subnormal numbers, infinities and NaN among them.
std::vector<float> floats() {
    std::vector<float> xs;
    for (std::uint64_t b = 0; b < 1ull << 32; b += 1009)
        xs.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(b)));
    return xs;
}

/// `n` numbers in (-limit, limit), and the same with magnitudes spread over all exponents below it.
std::vector<double> doubles(double limit, int n = 100000) {
    std::mt19937_64 random(1);
    std::vector<double> xs;
    for (int i = 0; i < n; ++i) {
        double x = static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63 * limit;
        xs.push_back(x);
        xs.push_back(std::scalbn(x, -static_cast<int>(random() % 60)));
        xs.push_back(std::scalbn(x, -static_cast<int>(random() % 1060)));
    }
    return xs;
}

template <class T> T logistic(T x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

}  // namespace

TEST_CASE("float functions are within 2.5 units in the last place over all magnitudes") {
    auto xs = floats();
    CHECK(worst(xs, fn::exp, [](double x) { return std::exp(x); }) < 1);
    CHECK(worst(xs, fn::expm1, [](double x) { return std::expm1(x); }) < 2);
    CHECK(worst(xs, fn::log, [](double x) { return std::log(x); }) < 1);
    CHECK(worst(xs, fn::log1p, [](double x) { return std::log1p(x); }) < 1);
    CHECK(worst(xs, fn::log2, [](double x) { return std::log2(x); }) < 1);
    CHECK(worst(xs, fn::log10, [](double x) { return std::log10(x); }) < 1);
    CHECK(worst(xs, fn::tanh, [](double x) { return std::tanh(x); }) < 2.5);
    CHECK(worst(xs, fn::sigmoid, [](double x) { return logistic(x); }) < 2.5);
    CHECK(worst(xs, fn::erf, [](double x) { return std::erf(x); }) < 2.5);
    CHECK(worst(xs, fn::sin, [](double x) { return std::sin(x); }) < 2);
    CHECK(worst(xs, fn::cos, [](double x) { return std::cos(x); }) < 2);
    CHECK(worst(xs, fn::tan, [](double x) { return std::tan(x); }) < 2.5);
}

TEST_CASE("double functions are within 2.5 units in the last place") {
    auto xs = doubles(760), positive = doubles(1e300), small = doubles(8);
    for (double& x : positive) x = std::abs(x);
    CHECK(worst(xs, fn::exp, [](long double x) { return std::exp(x); }) < 1.1);
    CHECK(worst(xs, fn::expm1, [](long double x) { return std::expm1(x); }) < 2);
    CHECK(worst(positive, fn::log, [](long double x) { return std::log(x); }) < 1);
    CHECK(worst(positive, fn::log1p, [](long double x) { return std::log1p(x); }) < 1);
    CHECK(worst(small, fn::log1p, [](long double x) { return std::log1p(x); }) < 1);
    CHECK(worst(positive, fn::log2, [](long double x) { return std::log2(x); }) < 1.1);
    CHECK(worst(positive, fn::log10, [](long double x) { return std::log10(x); }) < 1.1);
    CHECK(worst(small, fn::tanh, [](long double x) { return std::tanh(x); }) < 2.5);
    CHECK(worst(xs, fn::sigmoid, [](long double x) { return logistic(x); }) < 2.5);
    CHECK(worst(small, fn::erf, [](long double x) { return std::erf(x); }) < 2.5);
    auto angles = doubles(0x1p30);
    CHECK(worst(angles, fn::sin, [](long double x) { return std::sin(x); }) < 2.5);
    CHECK(worst(angles, fn::cos, [](long double x) { return std::cos(x); }) < 2.5);
    CHECK(worst(angles, fn::tan, [](long double x) { return std::tan(x); }) < 2.5);
}

TEST_CASE_TEMPLATE("every function passes NaN on and keeps the sign of zero", F, float, double) {
    auto each = [](auto f) {
        CHECK(std::isnan(f(not_a_number<F>)));
        CHECK(std::isnan(f(-not_a_number<F>)));
    };
    each(fn::exp), each(fn::expm1), each(fn::log), each(fn::log1p), each(fn::log2), each(fn::log10), each(fn::tanh);
    each(fn::sigmoid), each(fn::erf), each(fn::sin), each(fn::cos), each(fn::tan);
    auto odd_at_zero = [](auto f) {
        CHECK((f(F(0)) == 0 && !std::signbit(f(F(0)))));
        CHECK((f(-F(0)) == 0 && std::signbit(f(-F(0)))));
        CHECK(f(tiny<F>) == tiny<F>);
        CHECK(f(-tiny<F>) == -tiny<F>);
    };
    odd_at_zero(fn::expm1), odd_at_zero(fn::log1p), odd_at_zero(fn::tanh), odd_at_zero(fn::sin), odd_at_zero(fn::tan);
    CHECK(std::signbit(fn::erf(-F(0))));
    CHECK(fn::exp(-F(0)) == 1);
    CHECK(fn::cos(-F(0)) == 1);
    CHECK(fn::sigmoid(-F(0)) == F(0.5));
}

TEST_CASE_TEMPLATE("infinite and out-of-domain arguments give the limits", F, float, double) {
    CHECK(fn::exp(inf<F>) == inf<F>);
    CHECK(fn::exp(-inf<F>) == 0);
    CHECK(fn::expm1(inf<F>) == inf<F>);
    CHECK(fn::expm1(-inf<F>) == -1);
    CHECK(fn::log(inf<F>) == inf<F>);
    CHECK(fn::log(F(0)) == -inf<F>);
    CHECK(fn::log(-F(0)) == -inf<F>);
    CHECK(std::isnan(fn::log(-tiny<F>)));
    CHECK(std::isnan(fn::log2(-inf<F>)));
    CHECK(fn::log2(F(0)) == -inf<F>);
    CHECK(fn::log10(F(0)) == -inf<F>);
    CHECK(fn::log1p(inf<F>) == inf<F>);
    CHECK(fn::log1p(F(-1)) == -inf<F>);
    CHECK(std::isnan(fn::log1p(F(-1.5))));
    CHECK(fn::log1p(std::numeric_limits<F>::max()) == fn::log(std::numeric_limits<F>::max()));
    CHECK(fn::tanh(inf<F>) == 1);
    CHECK(fn::tanh(-inf<F>) == -1);
    CHECK(fn::sigmoid(inf<F>) == 1);
    CHECK(fn::sigmoid(-inf<F>) == 0);
    CHECK(fn::erf(inf<F>) == 1);
    CHECK(fn::erf(-inf<F>) == -1);
    CHECK(std::isnan(fn::sin(inf<F>)));
    CHECK(std::isnan(fn::cos(-inf<F>)));
    CHECK(std::isnan(fn::tan(inf<F>)));
}

TEST_CASE("exp overflows and underflows at the last representable results") {
    CHECK(fn::exp(0x1.62e42ep+6f) == 0x1.ffff08p+127f);  // 88.72283
    CHECK(fn::exp(0x1.62e430p+6f) == inf<float>);
    CHECK(fn::exp(-0x1.9fe368p+6f) == tiny<float>);  // ln 2^-150
    CHECK(fn::exp(-0x1.9fe36ap+6f) == 0);
    CHECK(fn::exp(-90.0f) == doctest::Approx(8.194e-40).epsilon(1e-4));
    CHECK(fn::exp(709.78) < inf<double>);
    CHECK(fn::exp(709.79) == inf<double>);
    CHECK(fn::exp(-745.13) == tiny<double>);
    CHECK(fn::exp(-745.14) == 0);
    CHECK(fn::sigmoid(-89.0f) == doctest::Approx(2.227e-39).epsilon(1e-3));
    CHECK(fn::log(tiny<float>) == doctest::Approx(-103.278929903));
    CHECK(fn::log(tiny<double>) == doctest::Approx(-744.4400719213812));
}

TEST_CASE("exact powers have exact logarithms to base 2") {
    for (int k = -149; k < 128; ++k) CHECK(fn::log2(std::scalbn(1.0f, k)) == k);
    for (int k = -1074; k < 1024; ++k) CHECK(fn::log2(std::scalbn(1.0, k)) == k);
    CHECK(fn::log10(1000.0) == 3);
    CHECK(fn::log10(0.001f) == -3);
}

TEST_CASE("the largest floats have the sines of their exact values doubles up to 2^30") {
    CHECK(fn::sin(1e30f) == doctest::Approx(std::sin(static_cast<double>(1e30f))).epsilon(1e-7));
    CHECK(fn::cos(std::numeric_limits<float>::max()) == doctest::Approx(0.85302104).epsilon(1e-7));
    CHECK(fn::sin(std::numeric_limits<float>::max()) == doctest::Approx(-0.52187652).epsilon(1e-7));
    CHECK(fn::sin(0x1.921fb6p+1f) == -0x1.777a5cp-24f);  // the float nearest pi
    CHECK(fn::cos(0x1p30 - 1) == doctest::Approx(static_cast<double>(std::cos(0x1p30L - 1))).epsilon(1e-15));
    CHECK(std::isnan(fn::sin(0x1p30)));  // a double is reduced up to here
    CHECK(fn::cos(0x1.5cbd48p+127f) == doctest::Approx(std::cos(static_cast<double>(0x1.5cbd48p+127f))).epsilon(1e-7));
}

namespace {

template <class F, class Function> void same_bits_in_vectors(Function f) {
    std::vector<F> in, alone, out;
    std::mt19937 random(7);
    for (int i = 0; i < 4001; ++i) {
        F x = std::uniform_real_distribution<F>(-20, 20)(random);
        in.push_back(i % 10 == 9 ? std::scalbn(x, i % 300 - 150) : x);
    }
    for (F x : {not_a_number<F>, inf<F>, -inf<F>, F(0), -F(0), tiny<F>, std::numeric_limits<F>::max()}) in.push_back(x);
    for (F x : in) {
        volatile F one = x;
        alone.push_back(f(F(one)));
    }
    out.resize(in.size());
    auto loop = [ f, n = in.size(), from = in.data(), to = out.data() ]() __attribute__((always_inline)) {
        for (std::size_t i = 0; i < n; ++i) to[i] = f(from[i]);
    };
    taper::Level best = taper::simd_level();
    for (int level = 0; level <= static_cast<int>(best); ++level) {
        taper::set_simd_level(static_cast<taper::Level>(level));
        std::ranges::fill(out, F(-7));
        taper::dispatch(loop);
        for (std::size_t i = 0; i < in.size(); ++i)
            if (taper::math::detail::bits(out[i]) != taper::math::detail::bits(alone[i]))
                CHECK_MESSAGE((std::isnan(out[i]) && std::isnan(alone[i])), in[i]);
    }
    taper::set_simd_level(best);
}

}  // namespace

TEST_CASE_TEMPLATE("an element's bits are the same alone and in vectors of every width", F, float, double) {
    same_bits_in_vectors<F>(fn::exp);
    same_bits_in_vectors<F>(fn::expm1);
    same_bits_in_vectors<F>(fn::log);
    same_bits_in_vectors<F>(fn::log1p);
    same_bits_in_vectors<F>(fn::log2);
    same_bits_in_vectors<F>(fn::log10);
    same_bits_in_vectors<F>(fn::tanh);
    same_bits_in_vectors<F>(fn::sigmoid);
    same_bits_in_vectors<F>(fn::erf);
    same_bits_in_vectors<F>(fn::sin);
    same_bits_in_vectors<F>(fn::cos);
    same_bits_in_vectors<F>(fn::tan);
}
