// Discrete distributions. Remainders are taken as PyTorch takes them, without rejection.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "../base/error.h"
#include "generator.h"
#include "stream.h"

namespace taper::random {

using Stream = Generator::Stream;

template <class T> void bernoulli(T* out, std::int64_t n, double p, Generator& generator) {
    check(p >= 0.0 && p <= 1.0, "bernoulli_: expects p to be in [0, 1], but got p={}; pass a probability", p);
    std::lock_guard turn(generator.stream().mutex);
    std::int64_t below = static_cast<std::int64_t>(std::ceil(p * 0x1p53));  // k * 2^-53 < p, in integers
    fill<std::uint64_t>(out, n, generator.stream(),
        [=](std::int64_t, std::uint64_t bits) { return static_cast<T>(bits53(bits) < below); });
}

template <class T, class P>
void bernoulli_tensor(T* out, std::int64_t n, const P* probabilities, Generator& generator) {
    for (std::int64_t i = 0; i < n; ++i)
        check(probabilities[i] >= 0 && probabilities[i] <= 1,
            "bernoulli: Expected p_in >= 0 && p_in <= 1 to be true, but element {} is {}; pass probabilities", i,
            probabilities[i]);
    std::lock_guard turn(generator.stream().mutex);
    fill<Drawn<P>>(out, n, generator.stream(),
        [=](std::int64_t i, Drawn<P> bits) { return static_cast<T>(unit(bits) < probabilities[i]); });
}

// The ends of the integers that T holds without a gap: 2^24 for float, 2^53 for double.
template <class T> constexpr std::int64_t largest_integer() {
    if constexpr (std::is_floating_point_v<T>)
        return std::int64_t{1} << std::numeric_limits<T>::digits;
    else
        return static_cast<std::int64_t>(std::numeric_limits<T>::max());
}
template <class T> constexpr std::int64_t smallest_integer() {
    if constexpr (std::is_floating_point_v<T>)
        return -largest_integer<T>();
    else
        return static_cast<std::int64_t>(std::numeric_limits<T>::min());
}

template <class T> void integers(T* out, std::int64_t n, std::int64_t from, std::int64_t to, Generator& generator) {
    check(
        from < to, "random_: expects 'from' to be less than 'to', but got from={} >= to={}; widen the range", from, to);
    check(from >= smallest_integer<T>() && from <= largest_integer<T>(),
        "random_: from is out of bounds for {} ({}); draw int64 numbers and convert them", name_of<T>, from);
    check(to - 1 >= smallest_integer<T>() && to - 1 <= largest_integer<T>(),
        "random_: to - 1 is out of bounds for {} ({}); draw int64 numbers and convert them", name_of<T>, to - 1);
    std::lock_guard turn(generator.stream().mutex);
    std::uint64_t range = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    auto shifted = [=](std::uint64_t drawn) {
        return static_cast<T>(static_cast<std::int64_t>(drawn + static_cast<std::uint64_t>(from)));
    };
    if (range >> 32 && (sizeof(T) == 8 || std::is_same_v<T, float>))
        return fill<std::uint64_t>(
            out, n, generator.stream(), [=](std::int64_t, std::uint64_t bits) { return shifted(bits % range); });
    auto narrow = static_cast<std::uint32_t>(range);  // 0 for all of int32
    fill<std::uint32_t>(out, n, generator.stream(),
        [=](std::int64_t, std::uint32_t bits) { return shifted(narrow ? bits % narrow : bits); });
}

template <class T> void integers(T* out, std::int64_t n, Generator& generator) {
    using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    constexpr std::uint64_t range = static_cast<std::uint64_t>(largest_integer<T>()) + 1;
    std::lock_guard turn(generator.stream().mutex);
    fill<Bits>(out, n, generator.stream(), [](std::int64_t, Bits bits) { return static_cast<T>(bits % range); });
}

template <class T> void permutation(T* out, std::int64_t n, Generator& generator) {
    Stream& stream = generator.stream();
    check(n - 1 <= largest_integer<T>(),
        "randperm: n cannot be greater than {} for {}, but is {}; shuffle int64 numbers",
        static_cast<std::uint64_t>(largest_integer<T>()) + 1, name_of<T>, n);
    std::lock_guard turn(stream.mutex);
    std::iota(out, out + n, T(0));
    for (std::int64_t i = 0; i < n - 1; ++i) std::swap(out[i], out[i + stream.random32() % (n - i)]);
}

// The largest of weight / exponential(1) first; equal ones fall as PyTorch's topk lets them, by the same library's
// sorting.
template <class T> static void draw_distinct(
    std::int64_t* out, std::int64_t samples, const T* weights, std::int64_t categories, Generator& generator) {
    std::vector<T> delay(categories);
    exponential(delay.data(), categories, 1.0, generator);
    std::vector<std::pair<T, std::int64_t>> order(categories);
    for (std::int64_t i = 0; i < categories; ++i) order[i] = {weights[i] / delay[i], i};
    auto heavier = [](const auto& a, const auto& b) {
        return (std::isnan(a.first) && !std::isnan(b.first)) || a.first > b.first;
    };
    if (samples == 1) {
        out[0] = std::min_element(order.begin(), order.end(), heavier)->second;
        return;
    }
    if (samples * 64 <= categories) {
        std::partial_sort(order.begin(), order.begin() + samples, order.end(), heavier);
    } else {
        std::nth_element(order.begin(), order.begin() + samples - 1, order.end(), heavier);
        std::sort(order.begin(), order.begin() + samples - 1, heavier);
    }
    for (std::int64_t i = 0; i < samples; ++i) out[i] = order[i].second;
}

template <class T> void multinomial(std::int64_t* out, std::int64_t samples, const T* weights, std::int64_t categories,
    bool replacement, Generator& generator) {
    check(samples > 0, "multinomial: cannot sample n_sample <= 0 samples ({}); ask for one at least", samples);
    check(replacement || samples <= categories,
        "multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement ({} of {}); ask for "
        "fewer",
        samples, categories);
    for (std::int64_t i = 0; i < categories; ++i)
        check(weights[i] >= 0 && std::isfinite(weights[i]),
            "multinomial: probability tensor contains either `inf`, `nan` or element < 0 (element {} is {}); mend it",
            i, weights[i]);
    check(std::any_of(weights, weights + categories, [](T weight) { return weight > 0; }),
        "multinomial: invalid multinomial distribution (sum of probabilities <= 0); give one of {} a weight",
        categories);
    if (!replacement) return draw_distinct(out, samples, weights, categories, generator);
    std::vector<T> running(categories);
    std::partial_sum(weights, weights + categories, running.begin());
    for (T sum = running.back(); T & value : running) value /= sum;
    running.back() = 1;
    Stream& stream = generator.stream();
    std::lock_guard turn(stream.mutex);
    for (std::int64_t i = 0; i < samples; ++i)
        out[i] = std::lower_bound(running.begin(), running.end(), unit(stream.random64())) - running.begin();
}

#define INSTANTIATE(T)                                                                \
    template void bernoulli(T*, std::int64_t, double, Generator&);                    \
    template void bernoulli_tensor(T*, std::int64_t, const float*, Generator&);       \
    template void bernoulli_tensor(T*, std::int64_t, const double*, Generator&);      \
    template void integers(T*, std::int64_t, std::int64_t, std::int64_t, Generator&); \
    template void integers(T*, std::int64_t, Generator&);
INSTANTIATE(bool)
#define INSTANTIATE_NUMBER(T) \
    INSTANTIATE(T)            \
    template void permutation(T*, std::int64_t, Generator&);
INSTANTIATE_NUMBER(float)
INSTANTIATE_NUMBER(double)
INSTANTIATE_NUMBER(std::int64_t)
INSTANTIATE_NUMBER(std::int32_t)
INSTANTIATE_NUMBER(std::uint8_t)
template void multinomial(std::int64_t*, std::int64_t, const float*, std::int64_t, bool, Generator&);
template void multinomial(std::int64_t*, std::int64_t, const double*, std::int64_t, bool, Generator&);

}  // namespace taper::random
