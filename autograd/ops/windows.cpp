#include "windows.h"

#include <cmath>
#include <numbers>

#include "../../tensor/loops.h"

namespace taper {
namespace {

// `formula` of 0, 1, 2, ... and of the length of the whole.
template <class O, class F> Tensor window(const char* op, const O& o, F formula) {
    const DType dtype = o.dtype->value_or(get_default_dtype());
    check(is_floating_point(dtype), "{}: {} expects floating point dtypes, got: {}", op, op, dtype);
    check(o.window_length >= 0, "{}: {} requires non-negative window_length, got window_length={}", op, op,
        *o.window_length);
    NoGradGuard no_grad;
    const std::int64_t length = o.window_length, whole = length + o.periodic;
    Tensor points = length <= 1 ? ones({length}, {.dtype = dtype, .device = o.device})
                                : formula(arange(whole, {.dtype = dtype, .device = o.device}), whole);
    if (points.size(0) > length) points = points.narrow(0, 0, length);
    return ops::requires_grad_(points.detach(), o.requires_grad);
}

Tensor cosine(const Tensor& points, std::int64_t length, double alpha, double beta) {
    return points.mul(2 * std::numbers::pi / static_cast<double>(length - 1)).cos().mul(-beta).add(alpha);
}

Tensor bartlett(const Tensor& points, std::int64_t length) {
    const Tensor rising = points.mul(2. / static_cast<double>(length - 1));
    const std::int64_t half = (length - 1) / 2 + 1;
    return cat({rising.narrow(0, 0, half), rising.narrow(0, half, length - half).mul(-1).add(2)});
}

Tensor blackman(const Tensor& points, std::int64_t length) {
    const Tensor angle = points.mul(std::numbers::pi / static_cast<double>(length - 1));
    return angle.mul(4).cos().mul(0.08) - angle.mul(2).cos().mul(0.5) + 0.42;
}

Tensor kaiser(const Tensor& points, std::int64_t length, double beta) {
    const double middle = static_cast<double>(length - 1) / 2, whole = std::cyl_bessel_i(0, std::abs(beta));
    const Tensor wide = map<Types<double>>(points.to(DType::Float64), [=](double i) {
        const double x = (i - middle) / middle;
        return std::cyl_bessel_i(0, std::abs(beta) * std::sqrt(std::max(0., 1 - x * x))) / whole;
    });
    return wide.to(points.dtype());
}

}  // namespace

TAPER_DEFINE_FUNCTION(
    Tensor, bartlett_window, WindowOptions, (window("bartlett_window", o, bartlett)), 1, window_length, periodic)
TAPER_DEFINE_FUNCTION(Tensor, hann_window, WindowOptions,
    (window(
        "hann_window", o, [](const Tensor& points, std::int64_t length) { return cosine(points, length, 0.5, 0.5); })),
    1, window_length, periodic)
TAPER_DEFINE_FUNCTION(
    Tensor, blackman_window, WindowOptions, (window("blackman_window", o, blackman)), 1, window_length, periodic)
TAPER_DEFINE_FUNCTION(Tensor, hamming_window, HammingWindowOptions,
    (window("hamming_window", o,
        [&](const Tensor& points, std::int64_t length) { return cosine(points, length, o.alpha, o.beta); })),
    1, window_length, periodic, alpha, beta)
TAPER_DEFINE_FUNCTION(Tensor, kaiser_window, KaiserWindowOptions,
    (window(
        "kaiser_window", o, [&](const Tensor& points, std::int64_t length) { return kaiser(points, length, o.beta); })),
    1, window_length, periodic, beta)

}  // namespace taper
