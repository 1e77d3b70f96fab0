// Pooling: the largest or the mean of each window of an image. Each derivative is linear, and has a rule of its own.
#include <algorithm>
#include <limits>
#include <vector>

#include "../../tensor/kernels/window.h"
#include "../../tensor/loops.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

/// Windows along one dim, sliding or, with `adaptive`, spread evenly over it.
struct PoolWindow : Window {
    bool adaptive = false;

    Range of(std::int64_t o) const {
        if (adaptive) return {o * in / out, ((o + 1) * in + out - 1) / out};
        const Range k = elements(o);
        return {at(o, k.begin), at(o, k.end - 1) + 1};
    }
};

/// What both dims say, and the shape of the images: the last two dims are those of the pixels.
struct Pooling {
    PoolWindow h, w;
    bool count_include_pad = true;
    std::int64_t divisor = 0;  // none: what the window holds

    Shape in(const Shape& out) const { return with(out, h.in, w.in); }
    Shape out(const Shape& in) const { return with(in, h.out, w.out); }
    std::int64_t pixels_in() const { return h.in * w.in; }
    std::int64_t pixels_out() const { return h.out * w.out; }

 private:
    static Shape with(Shape shape, std::int64_t height, std::int64_t width) {
        shape[shape.size() - 2] = height;
        shape[shape.size() - 1] = width;
        return shape;
    }
};

/// Calls f(image) for each of them, shared out to the threads.
template <class F> void for_each_image(std::int64_t images, const Pooling& p, F f) {
    const std::int64_t work = std::max<std::int64_t>(1, p.pixels_in() + p.pixels_out() * p.h.kernel * p.w.kernel);
    parallel_for(images, std::max<std::int64_t>(1, 32768 / work), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t image = begin; image < end; ++image) f(image);
    });
}

/// Windows that lie whole within the image, without gaps, of a usual size: all of them can be worked on side by side.
struct WholeWindows {
    std::vector<std::int32_t> first;  // pixel of each window; none if the windows are not such
    std::int32_t windows = 0, width = 0;
    bool of_three = false;

    explicit WholeWindows(const Pooling& p) {
        auto whole = [](const PoolWindow& w) {
            return !w.adaptive && w.padding == 0 && w.dilation == 1 && w.at(w.out - 1, w.kernel - 1) < w.in;
        };
        const bool usual = p.h.kernel == p.w.kernel && (p.w.kernel == 2 || p.w.kernel == 3);
        if (!usual || !whole(p.h) || !whole(p.w) || p.pixels_in() > std::numeric_limits<std::int32_t>::max()) return;
        windows = static_cast<std::int32_t>(p.pixels_out()), width = static_cast<std::int32_t>(p.w.in);
        of_three = p.w.kernel == 3;
        for (std::int64_t oy = 0; oy < p.h.out; ++oy)
            for (std::int64_t ox = 0; ox < p.w.out; ++ox)
                first.push_back(static_cast<std::int32_t>(p.h.at(oy, 0) * p.w.in + p.w.at(ox, 0)));
    }
    explicit operator bool() const { return !first.empty(); }

    /// Calls f(2) or f(3), a constant for the compiler, in the machine's instruction set.
    template <class F> void run(F f) const {
        if (of_three)
            dispatch([=] { f(std::integral_constant<int, 3>()); });
        else
            dispatch([=] { f(std::integral_constant<int, 2>()); });
    }
};

// ---- the largest

template <class N> void largest_of_whole_windows(const WholeWindows& w, const N* x, N* out, std::int32_t* where) {
    w.run([=, first = w.first.data(), windows = w.windows, width = w.width] [[gnu::always_inline]] (auto kernel) {
        TAPER_VECTORISE for (std::int32_t o = 0; o < windows; ++o) {
            const std::int32_t from = first[o];
            std::int32_t place = from;
            N best = x[from];
            for (int k = 1; k < kernel() * kernel(); ++k) {
                const std::int32_t at = from + k / kernel() * width + k % kernel();
                const N value = x[at];
                const bool better = (value > best) | (value != value);
                best = better ? value : best;
                place = better ? at : place;
            }
            out[o] = best;
            where[o] = place;
        }
    });
}

/// One row of windows: the largest so far, where it is, and the row of the image that is looked at next.
template <class N> void take_larger(const Window& w, std::int64_t y, const N* row, N* best, std::int32_t* where) {
    const auto first = static_cast<std::int32_t>(y * w.in);
    for (std::int64_t k = 0; k < w.kernel; ++k) {
        const Window::Range inside = w.inside(k);
        const auto step = static_cast<std::int32_t>(w.stride), at = static_cast<std::int32_t>(w.at(0, k));
        const auto begin = static_cast<std::int32_t>(inside.begin), end = static_cast<std::int32_t>(inside.end);
        TAPER_VECTORISE for (std::int32_t o = begin; o < end; ++o) {
            const std::int32_t x = o * step + at;
            const N value = row[x], before = best[o];
            const bool better = (value > before) | (value != value);
            best[o] = better ? value : before;
            where[o] = better ? first + x : where[o];
        }
    }
}

template <class N> void largest_of_windows(const Pooling& p, const N* x, N* out, std::int32_t* where) {
    for (std::int64_t oy = 0; oy < p.h.out; ++oy, out += p.w.out, where += p.w.out) {
        const Window::Range rows = p.h.elements(oy);
        for (std::int64_t ox = 0; ox < p.w.out; ++ox) {
            out[ox] = -std::numeric_limits<N>::infinity();
            where[ox] = static_cast<std::int32_t>(std::min(p.h.at(oy, rows.begin), p.h.in - 1) * p.w.in +
                std::min(p.w.of(ox).begin, p.w.in - 1));  // a wide dilation may step over all of a small image
        }
        dispatch([=, &p] [[gnu::always_inline]] () {
            for (std::int64_t k = rows.begin; k < rows.end; ++k) {
                const std::int64_t y = p.h.at(oy, k);
                take_larger(p.w, y, x + y * p.w.in, out, where);
            }
        });
    }
}

template <class N> void largest_of_spread_windows(const Pooling& p, const N* x, N* out, std::int32_t* where) {
    for (std::int64_t oy = 0; oy < p.h.out; ++oy)
        for (std::int64_t ox = 0; ox < p.w.out; ++ox, ++out, ++where) {
            const Window::Range rows = p.h.of(oy), columns = p.w.of(ox);
            N best = -std::numeric_limits<N>::infinity();
            std::int64_t at = rows.begin * p.w.in + columns.begin;
            for (std::int64_t y = rows.begin; y < rows.end; ++y)
                for (std::int64_t i = y * p.w.in + columns.begin; i < y * p.w.in + columns.end; ++i)
                    if (x[i] > best || x[i] != x[i]) best = x[i], at = i;
            *out = best;
            *where = static_cast<std::int32_t>(at);
        }
}

/// Adds each gradient where the largest was.
Tensor to_places(T grad, T where, const Pooling& p);

/// Takes the elements from where the largest were.
Tensor at_places(T x, T where, const Pooling& p) {
    Tensor from = native::contiguous(x), out = native::empty(where.shape(), x.dtype());
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        for_each_image(out.numel() / std::max<std::int64_t>(p.pixels_out(), 1), p, [&](std::int64_t image) {
            const N* in = from.data_ptr<N>() + image * p.pixels_in();
            const std::int32_t* at = where.data_ptr<std::int32_t>() + image * p.pixels_out();
            N* to = out.data_ptr<N>() + image * p.pixels_out();
            for (std::int64_t i = 0; i < p.pixels_out(); ++i) to[i] = in[at[i]];
        });
    });
    return record(
        "GatherBackward0", out, wrt(x, save(where), [p](T grad, T where) { return to_places(grad, where, p); }));
}

Tensor to_places(T grad, T where, const Pooling& p) {
    Tensor from = native::contiguous(grad), out = native::empty(p.in(grad.shape()), grad.dtype());
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        for_each_image(out.numel() / std::max<std::int64_t>(p.pixels_in(), 1), p, [&](std::int64_t image) {
            const N* in = from.data_ptr<N>() + image * p.pixels_out();
            const std::int32_t* at = where.data_ptr<std::int32_t>() + image * p.pixels_out();
            N* to = out.data_ptr<N>() + image * p.pixels_in();
            std::fill_n(to, p.pixels_in(), N(0));
            for (std::int64_t i = 0; i < p.pixels_out(); ++i) to[at[i]] += in[i];
        });
    });
    return record("MaxPool2DWithIndicesBackwardBackward0", out,
        wrt(grad, save(where), [p](T gg, T where) { return at_places(gg, where, p); }));
}

/// The largest of each window, and where it is, as int32.
ValuesAndIndices largest(const char* name, T x, const Pooling& p) {
    check(p.pixels_in() <= std::numeric_limits<std::int32_t>::max(),
        "max_pool2d: an image of {} x {} pixels is too large", p.h.in, p.w.in);
    const Shape shape = p.out(x.shape());
    const WholeWindows whole(p);
    Tensor from = native::contiguous(x), out = native::empty(shape, x.dtype()), where = native::empty(shape, int32);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        for_each_image(out.numel() / std::max<std::int64_t>(p.pixels_out(), 1), p, [&](std::int64_t image) {
            const N* in = from.data_ptr<N>() + image * p.pixels_in();
            N* to = out.data_ptr<N>() + image * p.pixels_out();
            std::int32_t* at = where.data_ptr<std::int32_t>() + image * p.pixels_out();
            if (whole) return largest_of_whole_windows(whole, in, to, at);
            (p.h.adaptive ? largest_of_spread_windows<N> : largest_of_windows<N>)(p, in, to, at);
        });
    });
    out = record(name, out, wrt(x, save(where), [p](T grad, T where) { return to_places(grad, where, p); }));
    return {out, where};
}

// ---- the mean

/// What the sum of each window along one dim is divided by.
std::vector<std::int64_t> counts(const PoolWindow& w, bool include_pad) {
    std::vector<std::int64_t> counts(w.out);
    for (std::int64_t o = 0; o < w.out; ++o) {
        const Window::Range inside = w.of(o);
        counts[o] = w.adaptive || !include_pad ? inside.end - inside.begin
                                               : std::min(w.at(o, 0) + w.kernel, w.in + w.padding) - w.at(o, 0);
    }
    return counts;
}

/// The sums of whole windows over `count`, and the other way round: a count-th part of each number to all of its
/// window.
template <class N> void means_of_whole_windows(const WholeWindows& w, const N* x, N* out, N count) {
    w.run([=, first = w.first.data(), windows = w.windows, width = w.width] [[gnu::always_inline]] (auto kernel) {
        TAPER_VECTORISE for (std::int32_t o = 0; o < windows; ++o) {
            N sum = 0;
            for (int k = 0; k < kernel() * kernel(); ++k) sum += x[first[o] + k / kernel() * width + k % kernel()];
            out[o] = sum / count;
        }
    });
}
template <class N> void spread_over_whole_windows(const WholeWindows& w, const N* grad, N* to, N count) {
    w.run([=, first = w.first.data(), windows = w.windows, width = w.width] [[gnu::always_inline]] (auto kernel) {
        for (std::int32_t o = 0; o < windows; ++o) {
            const N share = grad[o] / count;
            for (int k = 0; k < kernel() * kernel(); ++k) to[first[o] + k / kernel() * width + k % kernel()] += share;
        }
    });
}
/// What every whole window is divided by.
std::int64_t whole_count(const Pooling& p) { return p.divisor != 0 ? p.divisor : p.h.kernel * p.w.kernel; }

/// Calls f(window, first and last row and column, what to divide by) for each window of an image.
template <class F> void for_each_window(const Pooling& p, F f) {
    const auto heights = counts(p.h, p.count_include_pad), widths = counts(p.w, p.count_include_pad);
    for (std::int64_t oy = 0, o = 0; oy < p.h.out; ++oy)
        for (std::int64_t ox = 0; ox < p.w.out; ++ox, ++o)
            f(o, p.h.of(oy), p.w.of(ox), p.divisor != 0 ? p.divisor : heights[oy] * widths[ox]);
}

Tensor spread_means(const char* name, T grad, const Pooling& p);

Tensor means(const char* name, T x, const Pooling& p) {
    const WholeWindows whole(p);
    Tensor from = native::contiguous(x), out = native::empty(p.out(x.shape()), x.dtype());
    visit<Types<float, double, std::int64_t>>(x.dtype(), [&](auto zero) {
        using N = decltype(zero);
        for_each_image(out.numel() / std::max<std::int64_t>(p.pixels_out(), 1), p, [&](std::int64_t image) {
            const N* in = from.data_ptr<N>() + image * p.pixels_in();
            N* to = out.data_ptr<N>() + image * p.pixels_out();
            if (whole) return means_of_whole_windows(whole, in, to, static_cast<N>(whole_count(p)));
            for_each_window(p, [&](std::int64_t o, Window::Range rows, Window::Range columns, std::int64_t count) {
                N sum = 0;
                for (std::int64_t y = rows.begin; y < rows.end; ++y)
                    for (std::int64_t i = columns.begin; i < columns.end; ++i) sum += in[y * p.w.in + i];
                to[o] = sum / static_cast<N>(count);
            });
        });
    });
    return record(name, out, wrt(x, [name, p](T grad) { return spread_means(name, grad, p); }));
}

Tensor spread_means(const char* name, T grad, const Pooling& p) {
    const WholeWindows whole(p);
    Tensor from = native::contiguous(grad), out = native::empty(p.in(grad.shape()), grad.dtype());
    visit<Floats>(grad.dtype(), [&](auto zero) {
        using N = decltype(zero);
        for_each_image(out.numel() / std::max<std::int64_t>(p.pixels_in(), 1), p, [&](std::int64_t image) {
            const N* in = from.data_ptr<N>() + image * p.pixels_out();
            N* to = out.data_ptr<N>() + image * p.pixels_in();
            std::fill_n(to, p.pixels_in(), N(0));
            if (whole) return spread_over_whole_windows(whole, in, to, static_cast<N>(whole_count(p)));
            for_each_window(p, [&](std::int64_t o, Window::Range rows, Window::Range columns, std::int64_t count) {
                const N share = in[o] / static_cast<N>(count);
                for (std::int64_t y = rows.begin; y < rows.end; ++y)
                    for (std::int64_t i = columns.begin; i < columns.end; ++i) to[y * p.w.in + i] += share;
            });
        });
    });
    return record("AvgPool2DBackwardBackward0", out, wrt(grad, [name, p](T gg) { return means(name, gg, p); }));
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
std::int64_t windows(const Window& w, bool ceil) {
    const std::int64_t room = w.in + 2 * w.padding - w.span() + (ceil ? w.stride - 1 : 0);
    const std::int64_t out = (room >= 0 ? room / w.stride : -((w.stride - 1 - room) / w.stride)) + 1;
    return ceil && (out - 1) * w.stride >= w.in + w.padding ? out - 1 : out;
}

Pooling sliding(const char* op, T x, const Sizes& kernel_size, const Sizes& stride, const Sizes& padding,
    const Sizes& dilation, bool ceil) {
    check_image(op, x);
    const Shape kernel = both(op, "kernel_size", kernel_size), pad = both(op, "padding", padding);
    const Shape step = stride.empty() ? kernel : both(op, "stride", stride), spread = both(op, "dilation", dilation);
    Pooling p;
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
        w.out = windows(w, ceil);
    }
    check(p.h.out > 0 && p.w.out > 0,
        "{}: Given input size: ({}x{}x{}). Calculated output size: ({}x{}x{}). Output size is too small", op,
        x.size(-3), p.h.in, p.w.in, x.size(-3), p.h.out, p.w.out);
    return p;
}

Pooling adaptive(const char* op, T x, const Sizes& output_size) {
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
    Pooling p;
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
    Pooling p = sliding(op, x, kernel_size, o.stride, o.padding, 1, o.ceil_mode);
    check(o.divisor_override != 0, "{}: divisor must be not zero", op);
    p.count_include_pad = o.count_include_pad;
    p.divisor = o.divisor_override.value_or(0);
    return means("AvgPool2DBackward0", x, p);
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
    Pooling p = adaptive("adaptive_avg_pool2d", x, output_size);
    if (p.h.out == 1 && p.w.out == 1) return x.mean(Shape{-1, -2}, true);
    return means("AdaptiveAvgPool2DBackward0", x, p);
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
