#include "pool.h"

#include <limits>
#include <vector>

#include "../base/parallel.h"
#include "../base/simd.h"

namespace taper {
namespace {

/// Calls f(image) for each of them, shared out to the threads.
template <class F> void for_each_image(std::int64_t images, const PoolSizes& s, F f) {
    const std::int64_t work = s.pixels_in() + s.pixels_out() * s.kernel();
    parallel_for(images, grain_of(work), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t image = begin; image < end; ++image) f(image);
    });
}

/// Windows that lie whole within the image, without gaps, of a usual size: all of them can be worked on side by side.
struct WholeWindows {
    std::vector<std::int32_t> first;  // pixel of each window; none if the windows are not such
    std::int32_t windows = 0, width = 0;
    bool of_three = false;

    explicit WholeWindows(const PoolSizes& s) {
        auto whole = [](const PoolWindow& w) {
            return !w.adaptive && w.padding == 0 && w.dilation == 1 && w.at(w.out - 1, w.kernel - 1) < w.in;
        };
        const bool usual = s.d.is_flat() && s.h.kernel == s.w.kernel && (s.w.kernel == 2 || s.w.kernel == 3);
        if (!usual || !whole(s.h) || !whole(s.w) || s.pixels_in() > std::numeric_limits<std::int32_t>::max()) return;
        windows = static_cast<std::int32_t>(s.pixels_out()), width = static_cast<std::int32_t>(s.w.in);
        of_three = s.w.kernel == 3;
        for (std::int64_t oy = 0; oy < s.h.out; ++oy)
            for (std::int64_t ox = 0; ox < s.w.out; ++ox)
                first.push_back(static_cast<std::int32_t>(s.h.at(oy, 0) * s.w.in + s.w.at(ox, 0)));
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

/// Whether a value replaces the best so far: NaN does, whatever that is.
template <class T> TAPER_INLINE bool exceeds(T value, T best) { return (value > best) | (value != value); }

template <class T> void max_of_whole_windows(const WholeWindows& w, const T* x, T* y, std::int32_t* indices) {
    w.run([=, first = w.first.data(), windows = w.windows, width = w.width] [[gnu::always_inline]] (auto kernel) {
        TAPER_VECTORISE for (std::int32_t o = 0; o < windows; ++o) {
            const std::int32_t from = first[o];
            std::int32_t index = from;
            T best = x[from];
            for (int k = 1; k < kernel() * kernel(); ++k) {
                const std::int32_t at = from + k / kernel() * width + k % kernel();
                const T value = x[at];
                const bool better = exceeds(value, best);
                best = better ? value : best;
                index = better ? at : index;
            }
            y[o] = best;
            indices[o] = index;
        }
    });
}

/// One row of windows: the largest so far, where it is, and the row of the image that is looked at next.
template <class T> void take_larger(const Window& w, std::int64_t row, const T* x, T* best, std::int32_t* indices) {
    const auto first = static_cast<std::int32_t>(row * w.in);
    for (std::int64_t k = 0; k < w.kernel; ++k) {
        const Window::Range inside = w.inside(k);
        const auto step = static_cast<std::int32_t>(w.stride), at = static_cast<std::int32_t>(w.at(0, k));
        const auto begin = static_cast<std::int32_t>(inside.begin), end = static_cast<std::int32_t>(inside.end);
        TAPER_VECTORISE for (std::int32_t o = begin; o < end; ++o) {
            const std::int32_t column = o * step + at;
            const T value = x[column], before = best[o];
            const bool better = exceeds(value, before);
            best[o] = better ? value : before;
            indices[o] = better ? first + column : indices[o];
        }
    }
}

template <class T> void max_of_windows(const PoolSizes& s, const T* x, T* y, std::int32_t* indices) {
    // a wide dilation may step over all of a small image
    auto first = [](const PoolWindow& w, std::int64_t o) { return std::min(w.at(o, w.elements(o).begin), w.in - 1); };
    for (std::int64_t o = 0; o < s.d.out * s.h.out; ++o, y += s.w.out, indices += s.w.out) {
        const std::int64_t oz = o / s.h.out, oy = o % s.h.out;
        const Window::Range depths = s.d.elements(oz), rows = s.h.elements(oy);
        const std::int64_t first_row = first(s.d, oz) * s.h.in + first(s.h, oy);
        for (std::int64_t ox = 0; ox < s.w.out; ++ox) {
            y[ox] = -std::numeric_limits<T>::infinity();
            indices[ox] = static_cast<std::int32_t>(first_row * s.w.in + first(s.w, ox));
        }
        dispatch([=, &s] [[gnu::always_inline]] () {
            for (std::int64_t kz = depths.begin; kz < depths.end; ++kz)
                for (std::int64_t k = rows.begin; k < rows.end; ++k) {
                    const std::int64_t row = s.d.at(oz, kz) * s.h.in + s.h.at(oy, k);
                    take_larger(s.w, row, x + row * s.w.in, y, indices);
                }
        });
    }
}

/// The pixels that a window holds.
struct Box {
    Window::Range z, y, x;
};
template <class F> TAPER_INLINE void for_each_pixel(const PoolSizes& s, const Box& box, F f) {
    for (std::int64_t z = box.z.begin; z < box.z.end; ++z)
        for (std::int64_t row = z * s.h.in + box.y.begin; row < z * s.h.in + box.y.end; ++row)
            for (std::int64_t i = row * s.w.in + box.x.begin; i < row * s.w.in + box.x.end; ++i) f(i);
}
/// Calls f(window, its pixels, its place along each dim) for each window of an image.
template <class F> TAPER_INLINE void for_each_window(const PoolSizes& s, F f) {
    for (std::int64_t oz = 0, o = 0; oz < s.d.out; ++oz) {
        const Window::Range depths = s.d.of(oz);
        for (std::int64_t oy = 0; oy < s.h.out; ++oy) {
            const Window::Range rows = s.h.of(oy);
            for (std::int64_t ox = 0; ox < s.w.out; ++ox, ++o) f(o, Box{depths, rows, s.w.of(ox)}, oz, oy, ox);
        }
    }
}

template <class T> void max_of_adaptive_windows(const PoolSizes& s, const T* x, T* y, std::int32_t* indices) {
    for_each_window(s, [&](std::int64_t o, const Box& box, std::int64_t, std::int64_t, std::int64_t) {
        T best = -std::numeric_limits<T>::infinity();
        std::int64_t at = (box.z.begin * s.h.in + box.y.begin) * s.w.in + box.x.begin;
        for_each_pixel(s, box, [&](std::int64_t i) {
            if (exceeds(x[i], best)) best = x[i], at = i;
        });
        y[o] = best;
        indices[o] = static_cast<std::int32_t>(at);
    });
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

template <class T> void mean_of_whole_windows(const WholeWindows& w, const T* x, T* y, T count) {
    w.run([=, first = w.first.data(), windows = w.windows, width = w.width] [[gnu::always_inline]] (auto kernel) {
        TAPER_VECTORISE for (std::int32_t o = 0; o < windows; ++o) {
            T sum = 0;
            for (int k = 0; k < kernel() * kernel(); ++k) sum += x[first[o] + k / kernel() * width + k % kernel()];
            y[o] = sum / count;
        }
    });
}
template <class T> void spread_over_whole_windows(const WholeWindows& w, const T* y, T* x, T count) {
    w.run([=, first = w.first.data(), windows = w.windows, width = w.width] [[gnu::always_inline]] (auto kernel) {
        for (std::int32_t o = 0; o < windows; ++o) {
            const T share = y[o] / count;
            for (int k = 0; k < kernel() * kernel(); ++k) x[first[o] + k / kernel() * width + k % kernel()] += share;
        }
    });
}
std::int64_t count_of_whole_windows(const PoolSizes& s) { return s.divisor != 0 ? s.divisor : s.kernel(); }

/// Calls f(window, its pixels, what to divide by) for each window of an image.
template <class F> TAPER_INLINE void for_each_mean(const PoolSizes& s, F f) {
    const auto depths = counts(s.d, s.count_include_pad), heights = counts(s.h, s.count_include_pad),
               widths = counts(s.w, s.count_include_pad);
    for_each_window(s, [&](std::int64_t o, const Box& box, std::int64_t oz, std::int64_t oy, std::int64_t ox) {
        f(o, box, s.divisor != 0 ? s.divisor : depths[oz] * heights[oy] * widths[ox]);
    });
}

}  // namespace

// for each window o of an image, for each of its pixels i, row by row:
//     if (x[i] > y[o] || isnan(x[i])) y[o] = x[i], indices[o] = i
template <class T> void max_pool(std::int64_t images, const PoolSizes& s, const T* x, T* y, std::int32_t* indices) {
    const WholeWindows whole(s);
    for_each_image(images, s, [&](std::int64_t image) {
        const T* from = x + image * s.pixels_in();
        T* to = y + image * s.pixels_out();
        std::int32_t* at = indices + image * s.pixels_out();
        if (whole) return max_of_whole_windows(whole, from, to, at);
        (s.h.adaptive ? max_of_adaptive_windows<T> : max_of_windows<T>)(s, from, to, at);
    });
}

template <class T>
void gather_pixels(std::int64_t images, const PoolSizes& s, const T* x, const std::int32_t* indices, T* y) {
    for_each_image(images, s, [&](std::int64_t image) {
        const T* from = x + image * s.pixels_in();
        const std::int32_t* at = indices + image * s.pixels_out();
        T* to = y + image * s.pixels_out();
        for (std::int64_t i = 0; i < s.pixels_out(); ++i) to[i] = from[at[i]];
    });
}

template <class T>
void scatter_pixels(std::int64_t images, const PoolSizes& s, const T* y, const std::int32_t* indices, T* x) {
    for_each_image(images, s, [&](std::int64_t image) {
        const T* from = y + image * s.pixels_out();
        const std::int32_t* at = indices + image * s.pixels_out();
        T* to = x + image * s.pixels_in();
        std::fill_n(to, s.pixels_in(), T(0));
        for (std::int64_t i = 0; i < s.pixels_out(); ++i) to[at[i]] += from[i];
    });
}

// for each window o of an image:
//     y[o] = sum of its pixels / its count
template <class T> void avg_pool(std::int64_t images, const PoolSizes& s, const T* x, T* y) {
    const WholeWindows whole(s);
    for_each_image(images, s, [&](std::int64_t image) {
        const T* from = x + image * s.pixels_in();
        T* to = y + image * s.pixels_out();
        if (whole) return mean_of_whole_windows(whole, from, to, static_cast<T>(count_of_whole_windows(s)));
        for_each_mean(s, [&](std::int64_t o, const Box& box, std::int64_t count) {
            T sum = 0;
            for_each_pixel(s, box, [&](std::int64_t i) { sum += from[i]; });
            to[o] = sum / static_cast<T>(count);
        });
    });
}

// for each window o of an image, for each of its pixels i:
//     x[i] += y[o] / its count
template <class T> void spread_pool(std::int64_t images, const PoolSizes& s, const T* y, T* x) {
    const WholeWindows whole(s);
    for_each_image(images, s, [&](std::int64_t image) {
        const T* from = y + image * s.pixels_out();
        T* to = x + image * s.pixels_in();
        std::fill_n(to, s.pixels_in(), T(0));
        if (whole) return spread_over_whole_windows(whole, from, to, static_cast<T>(count_of_whole_windows(s)));
        for_each_mean(s, [&](std::int64_t o, const Box& box, std::int64_t count) {
            const T share = from[o] / static_cast<T>(count);
            for_each_pixel(s, box, [&](std::int64_t i) { to[i] += share; });
        });
    });
}

#define TAPER_POOL(T)                                                                                \
    template void max_pool(std::int64_t, const PoolSizes&, const T*, T*, std::int32_t*);             \
    template void gather_pixels(std::int64_t, const PoolSizes&, const T*, const std::int32_t*, T*);  \
    template void scatter_pixels(std::int64_t, const PoolSizes&, const T*, const std::int32_t*, T*); \
    template void avg_pool(std::int64_t, const PoolSizes&, const T*, T*);                            \
    template void spread_pool(std::int64_t, const PoolSizes&, const T*, T*);
TAPER_POOL(float)
TAPER_POOL(double)
#undef TAPER_POOL
template void avg_pool(std::int64_t, const PoolSizes&, const std::int64_t*, std::int64_t*);

}  // namespace taper
