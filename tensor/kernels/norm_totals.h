// For the kernels of norm.h: sums are kept in 32 lanes, which are added up in double after each run of elements; the
// order depends on sizes alone.
#pragma once

#include <algorithm>
#include <cstdint>

#include "../base/inline.h"
#include "../base/parallel.h"
#include "../base/simd.h"

namespace taper::normalisation {

constexpr int lanes = 32;
constexpr std::int64_t run_length = 1024;      // elements that are summed up in their own precision
constexpr std::int64_t part_elements = 32768;  // that are summed up by themselves: what one thread takes at once

/// The totals of `count` sums at once: value(i, sums) adds what element i gives to each of them.
template <int count> struct Totals {
    double total[count][lanes] = {};

    template <class T, class Value> TAPER_INLINE void add(std::int64_t n, Value value) {
        for (std::int64_t begin = 0; begin < n; begin += run_length) {
            const std::int64_t end = std::min(n, begin + run_length), full = begin + (end - begin) / lanes * lanes;
            T part[count][lanes] = {};
            for (std::int64_t at = begin; at < full; at += lanes) TAPER_VECTORISE
                for (int lane = 0; lane < lanes; ++lane) {
                    const auto values = value(at + lane);
                    for (int k = 0; k < count; ++k) part[k][lane] += values.of[k];
                }
            for (std::int64_t at = full; at < end; ++at) {
                const auto values = value(at);
                for (int k = 0; k < count; ++k) part[k][at - full] += values.of[k];
            }
            for (int k = 0; k < count; ++k) TAPER_VECTORISE
                for (int lane = 0; lane < lanes; ++lane) total[k][lane] += part[k][lane];
        }
    }
    double sum(int k) const {
        double sum = 0;
        for (double lane : total[k]) sum += lane;
        return sum;
    }
};
template <class T, int count> struct Values {
    T of[count];
};

}  // namespace taper::normalisation
