// Normalisation of channels, as norm.h has it.
#include <memory>

#include "norm.h"
#include "norm_totals.h"

namespace taper {

using namespace normalisation;

namespace {

constexpr std::int64_t by_rows_below = lanes;  // pixels of a channel that are too few for a run
constexpr std::int64_t block_columns = 64;     // that are summed up side by side

/// Channels of many pixels are cut into parts of whole samples, and their parts' sums are added in order.
struct Parts {
    std::int64_t samples, count;
    explicit Parts(const ChannelSizes& s)
        : samples(std::max<std::int64_t>(1, part_elements / std::max<std::int64_t>(s.pixels, 1))),
          count(std::max<std::int64_t>(1, (s.batch + samples - 1) / samples)) {}
};

/// Calls f(channel, part, first and last sample) for all parts of all channels.
template <class F> void for_each_part(const ChannelSizes& s, const Parts& parts, F f) {
    const std::int64_t elements = std::min(parts.samples, s.batch) * s.pixels;
    parallel_for(s.channels * parts.count, grain_of(elements), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t job = begin; job < end; ++job) {
            const std::int64_t part = job % parts.count;
            f(job / parts.count, part, part * parts.samples, std::min(s.batch, (part + 1) * parts.samples));
        }
    });
}

/// Calls f(first and last channel) for blocks of channels of few pixels, which are taken side by side.
template <class F> void for_each_block(const ChannelSizes& s, F f) {
    const std::int64_t block = block_columns / std::max<std::int64_t>(s.pixels, 1);
    const std::int64_t elements = std::max<std::int64_t>(1, s.batch * s.pixels) * block;
    parallel_for(s.channels, grain_of(elements) * block, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t c = begin; c < end; c += block) f(c, std::min(end, c + block));
    });
}

/// The sums over the batch of value(element, column), for the neighbouring columns that are channels [begin, end).
template <class Value>
TAPER_INLINE void sum_columns(const ChannelSizes& s, std::int64_t begin, std::int64_t end, double* sums, Value value) {
    const std::int64_t width = (end - begin) * s.pixels;
    double column[block_columns] = {};
    for (std::int64_t b = 0; b < s.batch; ++b) {
        const std::int64_t first = (b * s.channels + begin) * s.pixels;
        TAPER_VECTORISE for (std::int64_t i = 0; i < width; ++i)
            column[i] += value(first + i, i);
    }
    for (std::int64_t c = begin; c < end; ++c)
        for (std::int64_t i = 0; i < s.pixels; ++i) sums[c] += column[(c - begin) * s.pixels + i];
}

/// A number for each channel, repeated for each of its pixels.
template <class T> void repeat(const ChannelSizes& s, std::int64_t begin, std::int64_t end, const T* of, T* columns) {
    for (std::int64_t c = begin; c < end; ++c) std::fill_n(columns + (c - begin) * s.pixels, s.pixels, of[c]);
}

/// Calls row(element, n, channel) for each run of a channel's pixels.
template <class F> void for_each_run(const ChannelSizes& s, F row) {
    parallel_for(s.batch * s.channels, grain_of(s.pixels), [&](std::int64_t begin, std::int64_t end) {
        dispatch([=, &s] [[gnu::always_inline]] () {
            for (std::int64_t run = begin; run < end; ++run) row(run * s.pixels, s.pixels, run % s.channels);
        });
    });
}

/// Calls row(first element, n) for each sample, whose channels are taken side by side.
template <class F> void for_each_sample(const ChannelSizes& s, F row) {
    const std::int64_t width = s.channels * s.pixels;
    parallel_for(s.batch, grain_of(width), [&](std::int64_t begin, std::int64_t end) {
        dispatch([=] [[gnu::always_inline]] () {
            for (std::int64_t b = begin; b < end; ++b) row(b * width, width);
        });
    });
}

}  // namespace

// for each channel c, over batch and pixels:
//     mean[c] = mean(x[c]); variance[c] = mean((x[c] - mean[c])^2)
template <class T> void channel_moments(const ChannelSizes& s, const T* x, T* mean, T* variance) {
    const double n = static_cast<double>(std::max<std::int64_t>(s.count(), 1));
    if (s.pixels < by_rows_below) {
        auto sums = std::make_unique<double[]>(2 * s.channels);
        double *sum = sums.get(), *squares = sum + s.channels;
        for_each_block(s, [&](std::int64_t begin, std::int64_t end) {
            dispatch([=, &s] [[gnu::always_inline]] () {
                sum_columns(s, begin, end, sum, [=](std::int64_t at, std::int64_t) { return double(x[at]); });
                double middle[block_columns];
                for (std::int64_t c = begin; c < end; ++c) sum[c] /= n;
                repeat(s, begin, end, sum, middle);
                sum_columns(s, begin, end, squares, [=](std::int64_t at, std::int64_t i) {
                    const double d = x[at] - middle[i];
                    return d * d;
                });
            });
            for (std::int64_t c = begin; c < end; ++c) mean[c] = T(sum[c]), variance[c] = T(squares[c] / n);
        });
        return;
    }
    const Parts parts(s);
    auto sums = std::make_unique<double[]>(s.channels * parts.count * 2);
    for_each_part(s, parts, [&](std::int64_t c, std::int64_t part, std::int64_t begin, std::int64_t end) {
        double* to = sums.get() + (c * parts.count + part) * 2;
        dispatch([=, &s] [[gnu::always_inline]] () {
            Totals<1> sum, squares;
            for (std::int64_t b = begin; b < end; ++b) {
                const T* from = x + (b * s.channels + c) * s.pixels;
                sum.add<T>(s.pixels, [=](std::int64_t i) { return Values<T, 1>{from[i]}; });
            }
            to[0] = sum.sum(0) / double((end - begin) * s.pixels);
            const T middle = T(to[0]);
            for (std::int64_t b = begin; b < end; ++b) {
                const T* from = x + (b * s.channels + c) * s.pixels;
                squares.add<T>(s.pixels, [=](std::int64_t i) {
                    const T d = from[i] - middle;
                    return Values<T, 1>{d * d};
                });
            }
            to[1] = squares.sum(0) - (to[0] - middle) * (to[0] - middle) * double((end - begin) * s.pixels);
        });
    });
    for (std::int64_t c = 0; c < s.channels; ++c) {  // the parts' moments, combined as Chan et al. do
        double count = 0, middle = 0, squares = 0;
        for (std::int64_t part = 0; part < parts.count; ++part) {
            const double* of = sums.get() + (c * parts.count + part) * 2;
            const double more =
                double((std::min(s.batch, (part + 1) * parts.samples) - part * parts.samples) * s.pixels);
            const double apart = of[0] - middle;
            squares += of[1] + apart * apart * count * more / (count + more);
            middle += apart * more / (count + more);
            count += more;
        }
        mean[c] = T(middle), variance[c] = T(squares / n);
    }
}

template <class T> void scale_channels(const ChannelSizes& s, const T* x, const T* scale, const T* shift, T* y) {
    if (s.pixels >= by_rows_below)
        return for_each_run(s, [=] [[gnu::always_inline]] (std::int64_t first, std::int64_t n, std::int64_t c) {
            const T a = scale[c], b = shift[c];
            TAPER_VECTORISE for (std::int64_t i = first; i < first + n; ++i)
                y[i] = x[i] * a + b;
        });
    auto columns = std::make_unique<T[]>(2 * s.channels * s.pixels);
    T *a = columns.get(), *b = a + s.channels * s.pixels;
    repeat(s, 0, s.channels, scale, a);
    repeat(s, 0, s.channels, shift, b);
    for_each_sample(s, [=] [[gnu::always_inline]] (std::int64_t first, std::int64_t n) {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            y[first + i] = x[first + i] * a[i] + b[i];
    });
}

template <class T>
void channel_products(const ChannelSizes& s, const T* grad, const T* x, const T* mean, T* sum, T* product) {
    if (s.pixels < by_rows_below) {
        auto sums = std::make_unique<double[]>(2 * s.channels);
        double *plain = sums.get(), *products = plain + s.channels;
        for_each_block(s, [&](std::int64_t begin, std::int64_t end) {
            dispatch([=, &s] [[gnu::always_inline]] () {
                T middle[block_columns];
                repeat(s, begin, end, mean, middle);
                sum_columns(s, begin, end, plain, [=](std::int64_t at, std::int64_t) { return double(grad[at]); });
                sum_columns(s, begin, end, products,
                    [=](std::int64_t at, std::int64_t i) { return double(grad[at] * (x[at] - middle[i])); });
            });
            for (std::int64_t c = begin; c < end; ++c) sum[c] = T(plain[c]), product[c] = T(products[c]);
        });
        return;
    }
    const Parts parts(s);
    auto sums = std::make_unique<double[]>(s.channels * parts.count * 2);
    for_each_part(s, parts, [&](std::int64_t c, std::int64_t part, std::int64_t begin, std::int64_t end) {
        double* to = sums.get() + (c * parts.count + part) * 2;
        dispatch([=, &s] [[gnu::always_inline]] () {
            Totals<2> totals;
            const T middle = mean[c];
            for (std::int64_t b = begin; b < end; ++b) {
                const T *g = grad + (b * s.channels + c) * s.pixels, *from = x + (b * s.channels + c) * s.pixels;
                totals.add<T>(s.pixels, [=](std::int64_t i) { return Values<T, 2>{g[i], g[i] * (from[i] - middle)}; });
            }
            to[0] = totals.sum(0), to[1] = totals.sum(1);
        });
    });
    for (std::int64_t c = 0; c < s.channels; ++c) {
        double plain = 0, products = 0;
        for (std::int64_t part = 0; part < parts.count; ++part) {
            plain += sums[(c * parts.count + part) * 2];
            products += sums[(c * parts.count + part) * 2 + 1];
        }
        sum[c] = T(plain), product[c] = T(products);
    }
}

template <class T> void mix_channels(const ChannelSizes& s, const T* grad, const T* x, const T* mean, const T* of_grad,
    const T* of_x, const T* shift, T* out) {
    if (s.pixels >= by_rows_below)
        return for_each_run(s, [=] [[gnu::always_inline]] (std::int64_t first, std::int64_t n, std::int64_t c) {
            const T a = of_grad[c], b = of_x[c], middle = mean[c], d = shift[c];
            TAPER_VECTORISE for (std::int64_t i = first; i < first + n; ++i)
                out[i] = grad[i] * a + (x[i] - middle) * b + d;
        });
    const std::int64_t width = s.channels * s.pixels;
    auto columns = std::make_unique<T[]>(4 * width);
    T *a = columns.get(), *b = a + width, *middle = b + width, *d = middle + width;
    repeat(s, 0, s.channels, of_grad, a);
    repeat(s, 0, s.channels, of_x, b);
    repeat(s, 0, s.channels, mean, middle);
    repeat(s, 0, s.channels, shift, d);
    for_each_sample(s, [=] [[gnu::always_inline]] (std::int64_t first, std::int64_t n) {
        TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i)
            out[first + i] = grad[first + i] * a[i] + (x[first + i] - middle[i]) * b[i] + d[i];
    });
}

#define TAPER_NORMALIZE_CHANNELS(T)                                                            \
    template void channel_moments(const ChannelSizes&, const T*, T*, T*);                      \
    template void scale_channels(const ChannelSizes&, const T*, const T*, const T*, T*);       \
    template void channel_products(const ChannelSizes&, const T*, const T*, const T*, T*, T*); \
    template void mix_channels(const ChannelSizes&, const T*, const T*, const T*, const T*, const T*, const T*, T*);
TAPER_NORMALIZE_CHANNELS(float)
TAPER_NORMALIZE_CHANNELS(double)
#undef TAPER_NORMALIZE_CHANNELS

}  // namespace taper
