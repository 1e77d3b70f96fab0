// Pooling: the largest or the mean of each window of an image. Each derivative is linear, and has a rule of its own.
#include <algorithm>
#include <limits>

#include "../../tensor/kernels/pool.h"
#include "../../tensor/loops.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

Shape with_pixels(Shape shape, std::int64_t height, std::int64_t width) {
    shape[shape.size() - 2] = height;
    shape[shape.size() - 1] = width;
    return shape;
}
Shape shape_in(const PoolSizes& p, const Shape& out) { return with_pixels(out, p.h.in, p.w.in); }
Shape shape_out(const PoolSizes& p, const Shape& in) { return with_pixels(in, p.h.out, p.w.out); }

std::int64_t images_of(T x) {
    const std::int64_t pixels = x.size(-2) * x.size(-1);
    return x.numel() / std::max<std::int64_t>(pixels, 1);
}

// ---- the largest

Tensor max_pool_backward(T grad, T indices, const PoolSizes& p);

Tensor pixels_at(T x, T indices, const PoolSizes& p) {
    Tensor from = native::contiguous(x), out = native::empty(indices.shape(), x.dtype());
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        gather_pixels(images_of(out), p, from.data_ptr<N>(), indices.data_ptr<std::int32_t>(), out.data_ptr<N>());
    });
    return record("GatherBackward0", out,
        wrt(x, save(indices), [p](T grad, T indices) { return max_pool_backward(grad, indices, p); }));
}

Tensor max_pool_backward(T grad, T indices, const PoolSizes& p) {
    Tensor from = native::contiguous(grad), out = native::empty(shape_in(p, grad.shape()), grad.dtype());
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        scatter_pixels(images_of(out), p, from.data_ptr<N>(), indices.data_ptr<std::int32_t>(), out.data_ptr<N>());
    });
    return record("MaxPool2DWithIndicesBackwardBackward0", out,
        wrt(grad, save(indices), [p](T gg, T indices) { return pixels_at(gg, indices, p); }));
}

// The indices are int32.
ValuesAndIndices largest(const char* name, T x, const PoolSizes& p) {
    check(p.pixels_in() <= std::numeric_limits<std::int32_t>::max(),
        "max_pool2d: an image of {} x {} pixels is too large", p.h.in, p.w.in);
    const Shape shape = shape_out(p, x.shape());
    Tensor from = native::contiguous(x), out = native::empty(shape, x.dtype()), indices = native::empty(shape, int32);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        taper::max_pool(images_of(out), p, from.data_ptr<N>(), out.data_ptr<N>(), indices.data_ptr<std::int32_t>());
    });
    out = record(
        name, out, wrt(x, save(indices), [p](T grad, T indices) { return max_pool_backward(grad, indices, p); }));
    return {out, indices};
}

// ---- the mean

Tensor avg_pool_backward(const char* name, T grad, const PoolSizes& p);

Tensor mean_of_windows(const char* name, T x, const PoolSizes& p) {
    Tensor from = native::contiguous(x), out = native::empty(shape_out(p, x.shape()), x.dtype());
    visit<Types<float, double, std::int64_t>>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        taper::avg_pool(images_of(out), p, from.data_ptr<N>(), out.data_ptr<N>());
    });
    return record(name, out, wrt(x, [name, p](T grad) { return avg_pool_backward(name, grad, p); }));
}

Tensor avg_pool_backward(const char* name, T grad, const PoolSizes& p) {
    Tensor from = native::contiguous(grad), out = native::empty(shape_in(p, grad.shape()), grad.dtype());
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        spread_pool(images_of(out), p, from.data_ptr<N>(), out.data_ptr<N>());
    });
    return record(
        "AvgPool2DBackwardBackward0", out, wrt(grad, [name, p](T gg) { return mean_of_windows(name, gg, p); }));
}

// ---- checks

Shape both(const char* op, const char* name, const Sizes& sizes) {
    check(
        sizes.size() == 1 || sizes.size() == 2, "{}: {} must either be a single int, or a tuple of two ints", op, name);
    for (std::int64_t size : sizes) check(std::abs(size) < 1 << 30, "{}: {} {} is out of range", op, name, size);
    return {sizes[0], sizes[sizes.size() - 1]};
}

void check_image(const char* op, T x) {
    check(
        x.ndim() == 3 || x.ndim() == 4, "{}: Expected 3D or 4D (batch mode) tensor, but got: {}", op, x.shape().str());
    for (int d = x.ndim() == 4 ? 1 : 0; d < x.ndim(); ++d)
        check(x.shape()[d] > 0,
            "{}: Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got: {}", op,
            x.shape().str());
}

/// How many windows fit; with `ceil`, also one that begins in the image and ends beyond it.
std::int64_t count_windows(const Window& w, bool ceil) {
    const std::int64_t room = w.in + 2 * w.padding - w.span() + (ceil ? w.stride - 1 : 0);
    const std::int64_t out = (room >= 0 ? room / w.stride : -((w.stride - 1 - room) / w.stride)) + 1;
    return ceil && (out - 1) * w.stride >= w.in + w.padding ? out - 1 : out;
}

PoolSizes sliding(const char* op, T x, const Sizes& kernel_size, const Sizes& stride, const Sizes& padding,
    const Sizes& dilation, bool ceil) {
    check_image(op, x);
    const Shape kernel = both(op, "kernel_size", kernel_size), pad = both(op, "padding", padding);
    const Shape step = stride.empty() ? kernel : both(op, "stride", stride), spread = both(op, "dilation", dilation);
    PoolSizes p;
    for (int d = 0; d < 2; ++d) {
        check(kernel[d] > 0, "{}: kernel size should be greater than zero, but got {}", op, kernel.str());
        check(step[d] > 0, "{}: stride should {}, but got {}", op,
            step[d] == 0 ? "not be zero" : "be greater than zero", step.str());
        check(spread[d] > 0, "{}: dilation should be greater than zero, but got {}", op, spread.str());
        check(pad[d] >= 0, "{}: pad must be non-negative, but got pad: {}", op, pad[d]);
        check(pad[d] <= kernel[d] / 2,
            "{}: pad should be at most half of kernel size, but got pad={} and kernel_size={}", op, pad[d], kernel[d]);
        Window& w = d == 0 ? p.h : p.w;
        w = {x.size(d - 2), 0, kernel[d], step[d], pad[d], spread[d]};
        w.out = count_windows(w, ceil);
    }
    check(p.h.out > 0 && p.w.out > 0,
        "{}: Given input size: ({}x{}x{}). Calculated output size: ({}x{}x{}). Output size is too small", op,
        x.size(-3), p.h.in, p.w.in, x.size(-3), p.h.out, p.w.out);
    return p;
}

PoolSizes adaptive(const char* op, T x, const Sizes& output_size) {
    check(x.ndim() == 3 || x.ndim() == 4, "{}: Expected 3D or 4D tensor, but got {}", op, x.shape().str());
    for (int d = x.ndim() == 4 ? 1 : 0; d < x.ndim(); ++d)
        check(x.shape()[d] > 0,
            "{}: Expected input to have non-zero size for non-batch dimensions, but input has sizes {} with dimension "
            "{} "
            "being empty",
            op, x.shape().str(), d);
    const Shape out = both(op, "output_size", output_size);
    check(out[0] >= 0 && out[1] >= 0, "{}: elements of output_size must be greater than or equal to 0 but received {}",
        op, out.str());
    PoolSizes p;
    p.h.in = x.size(-2), p.h.out = out[0], p.w.in = x.size(-1), p.w.out = out[1];
    p.h.adaptive = p.w.adaptive = true;
    return p;
}

/// A line as an image of one row.
template <class F> Tensor as_image(const char* op, T x, F f) {
    check(x.ndim() == 2 || x.ndim() == 3,
        "{}: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got: {}", op,
        x.shape().str());
    return f(x.unsqueeze(-2)).squeeze(-2);
}

Sizes row(const char* op, const char* name, const Sizes& sizes, std::int64_t other) {
    if (sizes.empty()) return sizes;
    check(sizes.size() == 1, "{}: {} must be a single int", op, name);
    return {other, sizes[0]};
}

MaxPoolOptions as_row(const char* op, MaxPoolOptions options) {
    options.stride = row(op, "stride", options.stride, 1);
    options.padding = row(op, "padding", options.padding, 0);
    options.dilation = row(op, "dilation", options.dilation, 1);
    return options;
}

ValuesAndIndices max_pool(const char* op, T x, const Sizes& kernel_size, const MaxPoolOptions& o) {
    if (is_narrow(x.dtype())) return in_wide<Floats>([&](T x) { return max_pool(op, x, kernel_size, o); }, x);
    return largest(
        "MaxPool2DWithIndicesBackward0", x, sliding(op, x, kernel_size, o.stride, o.padding, o.dilation, o.ceil_mode));
}

Tensor avg_pool(const char* op, T x, const Sizes& kernel_size, const AvgPoolOptions& o) {
    if (is_narrow(x.dtype())) return in_wide<Floats>([&](T x) { return avg_pool(op, x, kernel_size, o); }, x);
    PoolSizes p = sliding(op, x, kernel_size, o.stride, o.padding, 1, o.ceil_mode);
    check(o.divisor_override != 0, "{}: divisor must be not zero", op);
    p.count_include_pad = o.count_include_pad;
    p.divisor = o.divisor_override.value_or(0);
    return mean_of_windows("AvgPool2DBackward0", x, p);
}

}  // namespace

Tensor max_pool2d(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    return max_pool("max_pool2d", x, kernel_size, options).values;
}
ValuesAndIndices max_pool2d_with_indices(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    ValuesAndIndices out = max_pool("max_pool2d", x, kernel_size, options);
    return {out.values, native::cast(out.indices, int64)};
}
Tensor max_pool1d(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    return as_image("max_pool1d", x, [&](T x) {
        return max_pool(
            "max_pool1d", x, row("max_pool1d", "kernel_size", kernel_size, 1), as_row("max_pool1d", options))
            .values;
    });
}
ValuesAndIndices max_pool1d_with_indices(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    Tensor indices;
    Tensor values = as_image("max_pool1d", x, [&](T x) {
        ValuesAndIndices out =
            max_pool("max_pool1d", x, row("max_pool1d", "kernel_size", kernel_size, 1), as_row("max_pool1d", options));
        indices = native::cast(out.indices, int64).squeeze(-2);
        return out.values;
    });
    return {values, indices};
}

Tensor avg_pool2d(T x, const Sizes& kernel_size, const AvgPoolOptions& options) {
    return avg_pool("avg_pool2d", x, kernel_size, options);
}
Tensor avg_pool1d(T x, const Sizes& kernel_size, const AvgPoolOptions& options) {
    AvgPoolOptions of_rows = options;
    of_rows.stride = row("avg_pool1d", "stride", options.stride, 1);
    of_rows.padding = row("avg_pool1d", "padding", options.padding, 0);
    return as_image("avg_pool1d", x,
        [&](T x) { return avg_pool("avg_pool1d", x, row("avg_pool1d", "kernel_size", kernel_size, 1), of_rows); });
}

Tensor adaptive_avg_pool2d(T x, const Sizes& output_size) {
    if (is_narrow(x.dtype())) {
        const auto pooled = [&](T x) { return adaptive_avg_pool2d(x, output_size); };
        const bool whole = std::ranges::all_of(output_size, [](auto size) { return size == 1; });  // which is the mean
        return whole ? in_wide(pooled, x) : in_wide<Floats>(pooled, x);
    }
    PoolSizes p = adaptive("adaptive_avg_pool2d", x, output_size);
    if (p.h.out == 1 && p.w.out == 1) return x.mean(Shape{-1, -2}, true);
    return mean_of_windows("AdaptiveAvgPool2DBackward0", x, p);
}
Tensor adaptive_avg_pool1d(T x, std::int64_t output_size) {
    return as_image("adaptive_avg_pool1d", x, [&](T x) { return adaptive_avg_pool2d(x, {1, output_size}); });
}
Tensor adaptive_max_pool2d(T x, const Sizes& output_size) {
    if (is_narrow(x.dtype())) return adaptive_max_pool2d_with_indices(x, output_size).values;
    return largest("AdaptiveMaxPool2DBackward0", x, adaptive("adaptive_max_pool2d", x, output_size)).values;
}
ValuesAndIndices adaptive_max_pool2d_with_indices(T x, const Sizes& output_size) {
    if (is_narrow(x.dtype()))
        return in_wide<Floats>([&](T x) { return adaptive_max_pool2d_with_indices(x, output_size); }, x);
    ValuesAndIndices out = largest("AdaptiveMaxPool2DBackward0", x, adaptive("adaptive_max_pool2d", x, output_size));
    return {out.values, native::cast(out.indices, int64)};
}

}  // namespace taper::ops
