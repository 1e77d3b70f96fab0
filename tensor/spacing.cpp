#include "spacing.h"

#include <cmath>

#include "loops.h"

namespace taper {
namespace {

// A kernel of 32 bytes at a time works out the first number of each block, rounds it, and counts on from there; it does
// so for two blocks at once, and what is left over is worked out number by number.
template <class T, class Wide, class First> void in_blocks(const Tensor& x, First first, auto next) {
    constexpr std::int64_t block = 32 / static_cast<std::int64_t>(sizeof(T));
    const std::int64_t n = x.numel(), in_pairs = n / (2 * block) * (2 * block);
    T* to = static_cast<T*>(x.data_ptr());
    for (std::int64_t i = 0; i < in_pairs; i += block) {
        const auto base = static_cast<Wide>(static_cast<T>(first(i)));
        for (std::int64_t k = 0; k < block; ++k) to[i + k] = static_cast<T>(next(base, static_cast<Wide>(k)));
    }
    for (std::int64_t i = in_pairs; i < n; ++i) to[i] = static_cast<T>(first(i));
}

}  // namespace

void space_by(const Tensor& x, double start, double step) {
    visit_stored<FloatsAndHalf>(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        using Wide = std::conditional_t<sizeof(T) == 2, float, double>;
        const auto from = static_cast<Wide>(start), by = static_cast<Wide>(step);
        in_blocks<T, Wide>(
            x, [&](std::int64_t i) { return std::fma(by, static_cast<Wide>(i), from); },
            [&](Wide base, Wide k) { return std::fma(k, by, base); });
    });
}

void space_by(const Tensor& x, std::int64_t start, std::int64_t step) {
    visit_stored(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        for (std::int64_t i = 0; i < x.numel(); ++i)
            static_cast<T*>(x.data_ptr())[i] = static_cast<T>(start + step * i);
    });
}

void space_evenly(const Tensor& x, double start, double end) {
    const std::int64_t steps = x.numel();
    visit_stored(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        constexpr bool is_half = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
        using Wide = std::conditional_t<is_half || std::is_same_v<T, float>, float, double>;
        const auto stored = [](Wide value) { return is_half ? static_cast<Wide>(static_cast<T>(value)) : value; };
        const auto first = static_cast<Wide>(static_cast<T>(start)), last = static_cast<Wide>(static_cast<T>(end));
        const Wide step = steps > 1 ? stored(stored(last - first) / stored(static_cast<Wide>(steps - 1))) : 0;
        const auto from = [&](Wide start, std::int64_t i, Wide step) {  // (of halves each step is rounded)
            const Wide by = stored(static_cast<Wide>(i));
            return is_half ? start + stored(by * step) : std::fma(step, by, start);
        };
        in_blocks<T, Wide>(
            x,
            [&](std::int64_t i) {  // from both ends, so that both are exact
                return i < steps / 2 || steps == 1 ? from(first, i, step) : from(last, steps - 1 - i, -step);
            },
            [&](Wide base, Wide k) { return base + stored(k * step); });
    });
}

void space_powers(const Tensor& x, double start, double end, double base) {
    if (is_narrow(x.dtype())) {
        const Tensor wide = native::empty(x.shape(), info_of(x.dtype()).computes_in);
        space_powers(wide, start, end, base);
        return native::write(x, wide);
    }
    const std::int64_t steps = x.numel();
    visit(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        const T first = static_cast<T>(start), last = static_cast<T>(end);
        const double step = steps > 1 ? static_cast<double>(last - first) / static_cast<double>(steps - 1) : 0;
        for (std::int64_t i = 0; i < steps; ++i)
            x.data_ptr<T>()[i] = static_cast<T>(std::pow(base,
                i < steps / 2 || steps == 1 ? static_cast<double>(first) + step * static_cast<double>(i)
                                            : static_cast<double>(last) - step * static_cast<double>(steps - 1 - i)));
    });
}

}  // namespace taper
