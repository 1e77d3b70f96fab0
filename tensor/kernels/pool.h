// The largest and the mean of each window of an image or a volume, and what their derivatives do: values only.
#pragma once

#include <cstdint>

#include "window.h"

namespace taper {

/// Windows along one dim, sliding or, with `adaptive`, spread evenly over it.
struct PoolWindow : Window {
    bool adaptive = false;

    Range of(std::int64_t o) const {
        if (adaptive) return {o * in / out, ((o + 1) * in + out - 1) / out};
        const Range k = elements(o);
        return {at(o, k.begin), at(o, k.end - 1) + 1};
    }
};

/// x is (images, d.in, h.in, w.in), y (images, d.out, h.out, w.out), both row-major; the depth of an image is 1. A mean
/// divides by `divisor`, or, if that is 0, by how many pixels its window holds, with `count_include_pad` those of the
/// padding too.
struct PoolSizes {
    PoolWindow h, w;
    bool count_include_pad = true;
    std::int64_t divisor = 0;
    PoolWindow d = {};

    std::int64_t pixels_in() const { return d.in * h.in * w.in; }
    std::int64_t pixels_out() const { return d.out * h.out * w.out; }
    std::int64_t kernel() const { return d.kernel * h.kernel * w.kernel; }
};

/// y = the largest of each window, the first of equals, NaN above all; `indices` are the pixels of the image where they
/// are. T: float, double.
template <class T> void max_pool(std::int64_t images, const PoolSizes& sizes, const T* x, T* y, std::int32_t* indices);
/// y = the pixels of x at the indices.
template <class T>
void gather_pixels(std::int64_t images, const PoolSizes& sizes, const T* x, const std::int32_t* indices, T* y);
/// x = 0, with the elements of y added at their indices: the transpose of gather_pixels.
template <class T>
void scatter_pixels(std::int64_t images, const PoolSizes& sizes, const T* y, const std::int32_t* indices, T* x);

/// y = the mean of each window. T: float, double, int64_t.
template <class T> void avg_pool(std::int64_t images, const PoolSizes& sizes, const T* x, T* y);
/// x = 0, with the share of each element of y added to all of its window: the transpose of avg_pool. T: float, double.
template <class T> void spread_pool(std::int64_t images, const PoolSizes& sizes, const T* y, T* x);

}  // namespace taper
