// Lines made of other lines, each element a weighted sum of a few: interpolation along one dim. Values only.
#pragma once

#include <cstdint>
#include <vector>

namespace taper {

/// What the elements of a line are made of: element o of x[from[k]] * weights[k], for k in [first[o], first[o + 1]).
template <class T> struct LineSums {
    std::int64_t in;  // elements of the line that they are made of
    std::vector<std::int64_t> first{0}, from = {};
    std::vector<T> weights = {};

    std::int64_t out() const { return static_cast<std::int64_t>(first.size()) - 1; }
};

/// y (outer, out, inner) of x (outer, in, inner), both row-major. T: float, double.
template <class T> void resample(std::int64_t outer, std::int64_t inner, const LineSums<T>& sums, const T* x, T* y);
/// x = what the transpose of resample makes of y.
template <class T>
void resample_transposed(std::int64_t outer, std::int64_t inner, const LineSums<T>& sums, const T* y, T* x);

}  // namespace taper
