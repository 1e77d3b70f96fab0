// Running sums and products (prefix sums, scans).
#pragma once

#include <cstdint>
#include <type_traits>

namespace taper {

/// out[k][i] = step(...step(in[k][0], in[k][1])..., in[k][i]) for each of `abreast` lines k of n elements, n >= 1.
/// Every total waits for the one before it, so several lines are taken abreast. Totals of floats are kept in double.
template <int abreast, class N, class Step> void scan_abreast(
    const N* const* in, std::int64_t in_step, N* const* out, std::int64_t out_step, std::int64_t n, Step step) {
    using Total = std::conditional_t<std::is_floating_point_v<N>, double, N>;
    Total total[abreast];
    for (int k = 0; k < abreast; ++k) total[k] = static_cast<Total>(out[k][0] = in[k][0]);
    for (std::int64_t i = 1; i < n; ++i)
        for (int k = 0; k < abreast; ++k) {
            total[k] = step(total[k], static_cast<Total>(in[k][i * in_step]));
            out[k][i * out_step] = static_cast<N>(total[k]);
        }
}

}  // namespace taper
