// Convolution of images and volumes, and the two products that its derivatives are: values only.
#pragma once

#include "window.h"

namespace taper {

/// x is (batch, groups * in, d.in, h.in, w.in), y (batch, groups * out, d.out, h.out, w.out), the weight (groups * out,
/// in, d.kernel, h.kernel, w.kernel), all row-major. The depth of an image is 1.
struct ConvSizes {
    std::int64_t batch, groups, in, out;
    Window h, w, d = {};

    std::int64_t taps() const { return in * d.kernel * h.kernel * w.kernel; }
    std::int64_t pixels_in() const { return d.in * h.in * w.in; }
    std::int64_t pixels_out() const { return rows_out() * w.out; }
    std::int64_t rows_out() const { return d.out * h.out; }
};

/// y = x * weight + bias (one number for each channel of y; none if null). The bits of all three do not depend on the
/// number of threads. T: float, double.
template <class T> void convolve(const ConvSizes& sizes, const T* x, const T* weight, const T* bias, T* y);
/// x = what convolve's transpose makes of y: the gradient for x from that for y, or a transposed convolution.
template <class T> void convolve_transposed(const ConvSizes& sizes, const T* y, const T* weight, const T* bias, T* x);
/// The gradient for the weight, from x and the gradient for y.
template <class T> void convolve_weight(const ConvSizes& sizes, const T* y, const T* x, T* weight);

}  // namespace taper
