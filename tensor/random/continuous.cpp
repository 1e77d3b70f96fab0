// Continuous distributions, with the arithmetic of PyTorch's AVX2 build.
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "../base/error.h"
#include "generator.h"
#include "stream.h"

namespace taper::random {

using Stream = Generator::Stream;

template <class T> static void fill_units(T* out, std::int64_t n, Stream& stream) {
    fill<Drawn<T>>(out, n, stream, [](std::int64_t, Drawn<T> bits) { return unit_of<T>(bits); });
}

template <class T> constexpr double largest() {
    if constexpr (is_half<T>)
        return T::largest;
    else
        return std::numeric_limits<T>::max();
}

template <class T> void uniform(T* out, std::int64_t n, double from, double to, Generator& generator) {
    constexpr double most = largest<T>();
    check(from >= -most && from <= most, "uniform_: from is out of bounds for {} ({}); pass a finite number",
        name_of<T>, from);
    check(to >= -most && to <= most, "uniform_: to is out of bounds for {} ({}); pass a finite number", name_of<T>, to);
    check(from <= to, "uniform_: expects to return a [from, to) range, but found from={} > to={}; swap them", from, to);
    check(to - from <= most,
        "uniform_: expects to-from <= std::numeric_limits<{}>::max(), but found to={} and from={}; narrow the range",
        name_of<T>, to, from);
    using Wide = Worked<T>;
    const auto low = static_cast<Wide>(static_cast<T>(from)), width = static_cast<Wide>(static_cast<T>(to)) - low;
    std::lock_guard turn(generator.stream().mutex);
    fill<Drawn<T>>(out, n, generator.stream(),
        [=](std::int64_t, Drawn<T> bits) { return std::fma(unit_of<T>(bits), width, low); });
}

// The logarithm of x in (0, 1] (Cephes logf), every multiply-then-add rounded once.
TAPER_INLINE static float log_unit(float x) {
    std::int32_t bits = std::bit_cast<std::int32_t>(x);
    float exponent = static_cast<float>((bits >> 23) - 126);
    float mantissa = std::bit_cast<float>((bits & 0x007fffff) | 0x3f000000);
    bool small = mantissa < 0.707106781186547524f;
    exponent = small ? exponent - 1.0f : exponent;
    float t = small ? (mantissa - 1.0f) + mantissa : mantissa - 1.0f;
    float square = t * t, p = 7.0376836292e-2f;
    p = std::fma(p, t, -1.1514610310e-1f);
    p = std::fma(p, t, 1.1676998740e-1f);
    p = std::fma(p, t, -1.2420140846e-1f);
    p = std::fma(p, t, 1.4249322787e-1f);
    p = std::fma(p, t, -1.6668057665e-1f);
    p = std::fma(p, t, 2.0000714765e-1f);
    p = std::fma(p, t, -2.4999993993e-1f);
    p = std::fma(p, t, 3.3333331174e-1f);
    p = std::fma(p * t, square, exponent * -2.12194440e-4f);
    p = std::fma(-square, 0.5f, p);
    return std::fma(exponent, 0.693359375f, t + p);
}

template <class T> struct SineCosine {
    T sine, cosine;
};

// Of an angle in [0, 2 pi] (Cephes sincosf), every multiply-then-add rounded once.
TAPER_INLINE static SineCosine<float> sine_cosine(float angle) {
    std::int32_t octant = (static_cast<std::int32_t>(angle * 1.27323954473516f) + 1) & ~1;
    float count = static_cast<float>(octant);
    float t = std::fma(count, -0.78515625f, angle);
    t = std::fma(count, -2.4187564849853515625e-4f, t);
    t = std::fma(count, -3.77489497744594108e-8f, t);
    float square = t * t;
    float even = std::fma(2.443315711809948e-5f, square, -1.388731625493765e-3f);
    even = std::fma(even, square, 4.166664568298827e-2f) * square;
    even = std::fma(even, square, -(square * 0.5f)) + 1.0f;
    float odd = std::fma(-1.9515295891e-4f, square, 8.3321608736e-3f);
    odd = std::fma(odd, square, -1.6666654611e-1f) * square;
    odd = std::fma(odd, t, t);
    bool swap = octant & 2, negative_sine = octant & 4, negative_cosine = !((octant - 2) & 4);
    float sine = swap ? even : odd, cosine = swap ? odd : even;
    return {negative_sine ? -sine : sine, negative_cosine ? -cosine : cosine};
}

TAPER_INLINE static double log_unit(double x) { return std::log(x); }
TAPER_INLINE static SineCosine<double> sine_cosine(double angle) { return {std::sin(angle), std::cos(angle)}; }

// Box-Muller in place: of each 16 uniform numbers, the first 8 give the radii and the last 8 the angles.
template <class T> static void normal_blocks(T* out, std::int64_t n, T mean, T std) {
    dispatch([=]() {
        for (T* block = out; block < out + n; block += 16)
            for (int i = 0; i < 8; ++i) {
                T radius = std::sqrt(T(-2) * log_unit(T(1) - block[i]));
                auto [sine, cosine] = sine_cosine(T(2 * std::numbers::pi) * block[i + 8]);
                block[i] = std::fma(radius * cosine, std, mean);
                block[i + 8] = std::fma(radius * sine, std, mean);
            }
    });
}

// The same of halves, as PyTorch works with them: each of its variables is rounded, and of BFloat16 each step.
template <class T>
    requires is_half<T>
static void normal_blocks(T* out, std::int64_t n, T mean, T std) {
    auto step = [](float value) { return std::is_same_v<T, BFloat16> ? static_cast<float>(T(value)) : value; };
    for (T* block = out; block < out + n; block += 16)
        for (int i = 0; i < 8; ++i) {
            const T u = 1 - block[i], v = block[i + 8];
            const T radius = step(std::sqrt(step(-2 * step(std::log(static_cast<float>(u))))));
            const T theta = static_cast<float>(2 * std::numbers::pi * static_cast<double>(static_cast<float>(v)));
            block[i] = step(step(radius * step(std::cos(static_cast<float>(theta)))) * std) + mean;
            block[i + 8] = step(step(radius * step(std::sin(static_cast<float>(theta)))) * std) + mean;
        }
}

static void check_std(double std) {
    check(std >= 0.0, "normal_: normal expects std >= 0.0, but found std {}; pass a standard deviation", std);
}

template <class T> void normal(T* out, std::int64_t n, double mean, double std, Generator& generator) {
    if (n < 16) return normal_each(out, n, mean, std, generator);
    check_std(std);
    Stream& stream = generator.stream();
    std::lock_guard turn(stream.mutex);
    auto block_fill = [&](T* begin, std::int64_t count) {
        fill_units(begin, count, stream);
        normal_blocks(begin, count, static_cast<T>(mean), static_cast<T>(std));
    };
    std::int64_t whole = n / 16 * 16, most = 4096;
    for (std::int64_t start = 0; start < whole; start += most) block_fill(out + start, std::min(most, whole - start));
    if (whole == n) return;
    fill_units(out + whole, n - whole, stream);  // PyTorch draws these too, before it draws the last 16 again
    block_fill(out + n - 16, 16);
}

template <class T> void normal_each(T* out, std::int64_t n, double mean, double std, Generator& generator) {
    check_std(std);
    std::lock_guard turn(generator.stream().mutex);
    for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(std::fma(generator.stream().normal(), std, mean));
}

template <class T> void exponential(T* out, std::int64_t n, double lambda, Generator& generator) {
    check(lambda >= 0.0, "exponential_: expects lambda >= 0.0, but found lambda={}; pass a rate", lambda);
    std::lock_guard turn(generator.stream().mutex);
    double scale = -1.0 / lambda;
    fill<std::uint64_t>(out, n, generator.stream(),
        [=](std::int64_t, std::uint64_t bits) { return static_cast<T>(scale * std::log(1.0 - unit(bits))); });
}

template <class T>
void rrelu_slopes(T* slopes, std::int64_t n, const T* input, double lower, double upper, Generator& generator) {
    double low = static_cast<T>(lower), width = static_cast<T>(upper) - low;
    check(width >= 0 && std::isfinite(width),
        "rrelu: Lower bound should be less than or equal to the upper bound, but got {} and {}; mend them", lower,
        upper);
    Stream& stream = generator.stream();
    std::lock_guard turn(stream.mutex);
    for (std::int64_t i = 0; i < n; ++i)
        slopes[i] = input[i] <= 0 ? static_cast<T>(unit(stream.random64()) * width + low) : T(1);
}

#define INSTANTIATE(T)                                                   \
    template void uniform(T*, std::int64_t, double, double, Generator&); \
    template void normal(T*, std::int64_t, double, double, Generator&);  \
    template void normal_each(T*, std::int64_t, double, double, Generator&);
INSTANTIATE(float)
INSTANTIATE(double)
INSTANTIATE(Half)
INSTANTIATE(BFloat16)
template void exponential(float*, std::int64_t, double, Generator&);
template void exponential(double*, std::int64_t, double, Generator&);
template void rrelu_slopes(float*, std::int64_t, const float*, double, double, Generator&);
template void rrelu_slopes(double*, std::int64_t, const double*, double, double, Generator&);

}  // namespace taper::random
