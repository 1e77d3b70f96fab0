// Pooling: the largest or the mean of each window of an image or a volume. Each derivative is linear, and has a rule of
// its own. A line is an image of one row.
#include <algorithm>
#include <limits>

#include "../../tensor/kernels/pool.h"
#include "../../tensor/loops.h"
#include "../ops.h"
#include "narrow.h"
#include "pooling.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

std::int64_t images_of(const Pooling& p, T x) {
    std::int64_t pixels = 1;
    for (int d = 1; d <= p.dims; ++d) pixels *= x.size(-d);
    return x.numel() / std::max<std::int64_t>(pixels, 1);
}

// ---- the largest

Tensor max_pool_backward(T grad, T indices, const Pooling& p);

Tensor pixels_at(T x, T indices, const Pooling& p) {
    Tensor from = native::contiguous(x), out = native::empty(indices.shape(), x.dtype());
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        gather_pixels(images_of(p, out), p, from.data_ptr<N>(), indices.data_ptr<std::int32_t>(), out.data_ptr<N>());
    });
    return record("GatherBackward0", out,
        wrt(x, save(indices), [p](T grad, T indices) { return max_pool_backward(grad, indices, p); }));
}

Tensor max_pool_backward(T grad, T indices, const Pooling& p) {
    Tensor from = native::contiguous(grad), out = native::empty(p.shape_in(grad.shape()), grad.dtype());
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        scatter_pixels(images_of(p, out), p, from.data_ptr<N>(), indices.data_ptr<std::int32_t>(), out.data_ptr<N>());
    });
    return record(p.name("MaxPool2DWithIndicesBackwardBackward0", "MaxPool3DWithIndicesBackwardBackward0"), out,
        wrt(grad, save(indices), [p](T gg, T indices) { return pixels_at(gg, indices, p); }));
}

// The indices are int32.
ValuesAndIndices largest(const char* name, T x, const Pooling& p) {
    check(p.pixels_in() <= std::numeric_limits<std::int32_t>::max(),
        "max_pool: an image of {} x {} x {} pixels is too large", p.d.in, p.h.in, p.w.in);
    const Shape shape = p.shape_out(x.shape());
    Tensor from = native::contiguous(x), out = native::empty(shape, x.dtype()), indices = native::empty(shape, int32);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        taper::max_pool(images_of(p, out), p, from.data_ptr<N>(), out.data_ptr<N>(), indices.data_ptr<std::int32_t>());
    });
    out = record(
        name, out, wrt(x, save(indices), [p](T grad, T indices) { return max_pool_backward(grad, indices, p); }));
    return {out, indices};
}

// ---- the mean

Tensor avg_pool_backward(const char* name, T grad, const Pooling& p);

Tensor mean_of_windows(const char* name, T x, const Pooling& p) {
    Tensor from = native::contiguous(x), out = native::empty(p.shape_out(x.shape()), x.dtype());
    visit<Types<float, double, std::int64_t>>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        taper::avg_pool(images_of(p, out), p, from.data_ptr<N>(), out.data_ptr<N>());
    });
    return record(name, out, wrt(x, [name, p](T grad) { return avg_pool_backward(name, grad, p); }));
}

Tensor avg_pool_backward(const char* name, T grad, const Pooling& p) {
    Tensor from = native::contiguous(grad), out = native::empty(p.shape_in(grad.shape()), grad.dtype());
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        spread_pool(images_of(p, out), p, from.data_ptr<N>(), out.data_ptr<N>());
    });
    return record(p.name("AvgPool2DBackwardBackward0", "AvgPool3DBackwardBackward0"), out,
        wrt(grad, [name, p](T gg) { return mean_of_windows(name, gg, p); }));
}

// ---- lines

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

ValuesAndIndices max_pool(const char* op, T x, int dims, const Sizes& kernel_size, const MaxPoolOptions& o) {
    if (is_narrow(x.dtype())) {
        if (dims == 3) not_implemented(x.dtype());
        return in_wide<Floats>([&](T x) { return max_pool(op, x, dims, kernel_size, o); }, x);
    }
    const Pooling p = sliding(op, x, dims, kernel_size, o.stride, o.padding, o.dilation, o.ceil_mode);
    return largest(p.name("MaxPool2DWithIndicesBackward0", "MaxPool3DWithIndicesBackward0"), x, p);
}

Tensor avg_pool(const char* op, T x, int dims, const Sizes& kernel_size, const AvgPoolOptions& o) {
    if (is_narrow(x.dtype())) {
        if (dims == 3) not_implemented(x.dtype());
        return in_wide<Floats>([&](T x) { return avg_pool(op, x, dims, kernel_size, o); }, x);
    }
    Pooling p = sliding(op, x, dims, kernel_size, o.stride, o.padding, 1, o.ceil_mode);
    for (int d = 0; dims == 3 && d < dims; ++d)
        check(p.window(d).in >= p.window(d).kernel,
            "{}: input image (T: {} H: {} W: {}) smaller than kernel size (kT: {} kH: {} kW: {})", op, p.d.in, p.h.in,
            p.w.in, p.d.kernel, p.h.kernel, p.w.kernel);
    check(o.divisor_override != 0, "{}: divisor must be not zero", op);
    p.count_include_pad = o.count_include_pad;
    p.divisor = o.divisor_override.value_or(0);
    return mean_of_windows(p.name("AvgPool2DBackward0", "AvgPool3DBackward0"), x, p);
}

Tensor adaptive_avg_pool(const char* op, T x, int dims, const Sizes& output_size) {
    if (is_narrow(x.dtype())) {
        const auto pooled = [&](T x) { return adaptive_avg_pool(op, x, dims, output_size); };
        const bool whole = std::ranges::all_of(output_size, [](auto size) { return size == 1; });  // which is the mean
        if (whole) return in_wide(pooled, x);
        return dims == 2 ? in_wide<Floats>(pooled, x) : in_wide<Types<Half>>(pooled, x);
    }
    const Pooling p = adaptive(op, x, dims, output_size);
    if (p.is_one()) return x.mean(dims == 2 ? Shape{-1, -2} : Shape{-1, -2, -3}, true);
    if (!x.is_floating_point()) not_implemented(x.dtype());
    return mean_of_windows(p.name("AdaptiveAvgPool2DBackward0", "AdaptiveAvgPool3DBackward0"), x, p);
}

ValuesAndIndices adaptive_max_pool(const char* op, T x, int dims, const Sizes& output_size) {
    if (is_narrow(x.dtype())) {
        if (dims == 3) not_implemented(x.dtype());
        return in_wide<Floats>([&](T x) { return adaptive_max_pool(op, x, dims, output_size); }, x);
    }
    const Pooling p = adaptive(op, x, dims, output_size);
    return largest(p.name("AdaptiveMaxPool2DBackward0", "AdaptiveMaxPool3DBackward0"), x, p);
}

ValuesAndIndices with_int64(const ValuesAndIndices& out) { return {out.values, native::cast(out.indices, int64)}; }

/// f of a line as an image of one row, which gives values and indices.
template <class F> ValuesAndIndices both_as_image(const char* op, T x, F f) {
    Tensor indices;
    Tensor values = as_image(op, x, [&](T x) {
        ValuesAndIndices out = f(x);
        indices = native::cast(out.indices, int64).squeeze(-2);
        return out.values;
    });
    return {values, indices};
}

}  // namespace

Tensor max_pool1d(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    constexpr const char* op = "max_pool1d";
    return as_image(op, x,
        [&](T x) { return max_pool(op, x, 2, row(op, "kernel_size", kernel_size, 1), as_row(op, options)).values; });
}
Tensor max_pool2d(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    return max_pool("max_pool2d", x, 2, kernel_size, options).values;
}
Tensor max_pool3d(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    return max_pool("max_pool3d", x, 3, kernel_size, options).values;
}
ValuesAndIndices max_pool1d_with_indices(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    constexpr const char* op = "max_pool1d";
    return both_as_image(
        op, x, [&](T x) { return max_pool(op, x, 2, row(op, "kernel_size", kernel_size, 1), as_row(op, options)); });
}
ValuesAndIndices max_pool2d_with_indices(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    return with_int64(max_pool("max_pool2d", x, 2, kernel_size, options));
}
ValuesAndIndices max_pool3d_with_indices(T x, const Sizes& kernel_size, const MaxPoolOptions& options) {
    return with_int64(max_pool("max_pool3d", x, 3, kernel_size, options));
}

Tensor avg_pool1d(T x, const Sizes& kernel_size, const AvgPoolOptions& options) {
    constexpr const char* op = "avg_pool1d";
    AvgPoolOptions of_rows = options;
    of_rows.stride = row(op, "stride", options.stride, 1);
    of_rows.padding = row(op, "padding", options.padding, 0);
    return as_image(op, x, [&](T x) { return avg_pool(op, x, 2, row(op, "kernel_size", kernel_size, 1), of_rows); });
}
Tensor avg_pool2d(T x, const Sizes& kernel_size, const AvgPoolOptions& options) {
    return avg_pool("avg_pool2d", x, 2, kernel_size, options);
}
Tensor avg_pool3d(T x, const Sizes& kernel_size, const AvgPoolOptions& options) {
    return avg_pool("avg_pool3d", x, 3, kernel_size, options);
}

Tensor adaptive_avg_pool1d(T x, std::int64_t output_size) {
    return as_image("adaptive_avg_pool1d", x, [&](T x) { return adaptive_avg_pool2d(x, {1, output_size}); });
}
Tensor adaptive_avg_pool2d(T x, const Sizes& output_size) {
    return adaptive_avg_pool("adaptive_avg_pool2d", x, 2, output_size);
}
Tensor adaptive_avg_pool3d(T x, const Sizes& output_size) {
    return adaptive_avg_pool("adaptive_avg_pool3d", x, 3, output_size);
}

Tensor adaptive_max_pool1d(T x, std::int64_t output_size) {
    return adaptive_max_pool1d_with_indices(x, output_size).values;
}
Tensor adaptive_max_pool2d(T x, const Sizes& output_size) {
    return adaptive_max_pool("adaptive_max_pool2d", x, 2, output_size).values;
}
Tensor adaptive_max_pool3d(T x, const Sizes& output_size) {
    return adaptive_max_pool("adaptive_max_pool3d", x, 3, output_size).values;
}
ValuesAndIndices adaptive_max_pool1d_with_indices(T x, std::int64_t output_size) {
    constexpr const char* op = "adaptive_max_pool1d";
    return both_as_image(op, x, [&](T x) { return adaptive_max_pool(op, x, 2, {1, output_size}); });
}
ValuesAndIndices adaptive_max_pool2d_with_indices(T x, const Sizes& output_size) {
    return with_int64(adaptive_max_pool("adaptive_max_pool2d", x, 2, output_size));
}
ValuesAndIndices adaptive_max_pool3d_with_indices(T x, const Sizes& output_size) {
    return with_int64(adaptive_max_pool("adaptive_max_pool3d", x, 3, output_size));
}

}  // namespace taper::ops
