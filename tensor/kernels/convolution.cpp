// Where direct_convolution.h has no better way, the image is unrolled tile by tile (im2col), into a buffer that stays
// in the second cache, for a matrix product.
#include "convolution.h"

#include <cstring>
#include <memory>
#include <vector>

#include "../base/inline.h"
#include "../base/memory.h"
#include "../base/parallel.h"
#include "../base/simd.h"
#include "direct_convolution.h"
#include "gemm.h"

namespace taper {
namespace {

constexpr std::int64_t buffer_bytes = 768 << 10;  // of an unrolled tile

/// Rows [begin, end) of the output, of one group of one sample; those of a volume's images one after the other.
struct Tile {
    std::int64_t begin, end;
};

/// Whether the unrolled image is the image itself.
bool is_plain(const ConvSizes& s) {
    auto plain = [](const Window& w) { return w.kernel == 1 && w.stride == 1 && w.padding == 0 && w.out == w.in; };
    return plain(s.d) && plain(s.h) && plain(s.w);
}

std::int64_t tile_rows(const ConvSizes& s, std::int64_t element_bytes) {
    const std::int64_t row = std::max<std::int64_t>(1, s.taps() * s.w.out * element_bytes);
    const std::int64_t all = s.rows_out(),
                       most = std::clamp<std::int64_t>(buffer_bytes / row, 1, std::max<std::int64_t>(all, 1));
    const std::int64_t tiles = (all + most - 1) / most;
    return (all + tiles - 1) / std::max<std::int64_t>(tiles, 1);
}

/// Calls f(column row of the tile, pixel row of the image or none, the range of columns inside, kx) for each row of the
/// unrolled tile: taps in the order (channel, kz, ky, kx), and the tile's rows under each.
template <class F> void for_each_run(const ConvSizes& s, Tile tile, F f) {
    const std::int64_t rows = tile.end - tile.begin, first_z = tile.begin / s.h.out, first_y = tile.begin % s.h.out;
    auto under_tap = [&, f] [[gnu::always_inline]] (
                         std::int64_t tap, std::int64_t c, std::int64_t kz, std::int64_t ky, std::int64_t kx) {
        const Window::Range inside = s.w.inside(kx);
        std::int64_t row = 0, oz = first_z, oy = first_y;
        for (; row < rows; ++oz, oy = 0) {
            const std::int64_t z = s.d.at(oz, kz), plane = c * s.d.in + z, end = std::min(rows, row + s.h.out - oy);
            const bool is_plane = z >= 0 && z < s.d.in;
            for (; row < end; ++row, ++oy) {
                const std::int64_t y = s.h.at(oy, ky);
                const bool exists = is_plane && y >= 0 && y < s.h.in;
                const std::int64_t from = (plane * s.h.in + y) * s.w.in + s.w.at(inside.begin, kx);
                f((tap * rows + row) * s.w.out, from, exists ? inside : Window::Range{s.w.out, s.w.out});
            }
        }
    };
    for (std::int64_t c = 0, tap = 0; c < s.in; ++c)
        for (std::int64_t kz = 0; kz < s.d.kernel; ++kz)
            for (std::int64_t ky = 0; ky < s.h.kernel; ++ky)
                for (std::int64_t kx = 0; kx < s.w.kernel; ++kx, ++tap) under_tap(tap, c, kz, ky, kx);
}

// Rows of an image are short: a loop of the compiler's would spend more time on their ends than on them. So they are
// taken in pieces of a vector; of a copy, the last piece overlaps with the one before.
template <int bytes, class T> TAPER_INLINE void copy_pieces(T* to, const T* from, std::int64_t n) {
    constexpr std::int64_t lanes = bytes / sizeof(T);
    for (std::int64_t i = 0; i + lanes <= n; i += lanes) std::memcpy(to + i, from + i, bytes);
    std::memcpy(to + n - lanes, from + n - lanes, bytes);
}
template <class T> TAPER_INLINE void copy_run(T* to, const T* from, std::int64_t n) {
    if (n >= std::int64_t(64 / sizeof(T)))
        copy_pieces<64>(to, from, n);
    else if (n >= std::int64_t(16 / sizeof(T)))
        copy_pieces<16>(to, from, n);
    else
        for (std::int64_t i = 0; i < n; ++i) to[i] = from[i];
}

// As many pieces as there are from i on; returns how far they reach.
template <int bytes, class T>
TAPER_INLINE std::int64_t add_pieces(T* to, const T* from, std::int64_t n, std::int64_t i) {
    using Piece [[gnu::vector_size(bytes)]] = T;
    constexpr std::int64_t lanes = bytes / sizeof(T);
    for (; i + lanes <= n; i += lanes) {
        Piece sum, more;
        std::memcpy(&sum, to + i, bytes);
        std::memcpy(&more, from + i, bytes);
        sum += more;
        std::memcpy(to + i, &sum, bytes);
    }
    return i;
}
template <class T> TAPER_INLINE void add_run(T* to, const T* from, std::int64_t n) {
    std::int64_t i = add_pieces<16>(to, from, n, add_pieces<64>(to, from, n, 0));
    for (; i < n; ++i) to[i] += from[i];
}

/// The tile as a matrix (taps, pixels): what is outside the image is 0 (im2col).
template <class T> void unroll(const ConvSizes& s, Tile tile, const T* x, T* columns) {
    dispatch([=, &s] [[gnu::always_inline]] () {
        const std::int64_t stride = s.w.stride, width = s.w.out;
        for_each_run(s, tile, [=] [[gnu::always_inline]] (std::int64_t to, std::int64_t from, Window::Range inside) {
            T* out = columns + to;
            for (std::int64_t i = 0; i < inside.begin; ++i) out[i] = 0;
            const T* in = x + from;
            const std::int64_t n = inside.end - inside.begin;
            if (stride == 1)
                copy_run(out + inside.begin, in, n);
            else
                for (std::int64_t i = 0; i < n; ++i) out[inside.begin + i] = in[i * stride];
            for (std::int64_t i = inside.end; i < width; ++i) out[i] = 0;
        });
    });
}

/// The transpose of unroll: adds the matrix to the image (col2im).
template <class T> void add_rolled(const ConvSizes& s, Tile tile, const T* columns, T* x) {
    dispatch([=, &s] [[gnu::always_inline]] () {
        const std::int64_t stride = s.w.stride;
        for_each_run(s, tile, [=] [[gnu::always_inline]] (std::int64_t to, std::int64_t from, Window::Range inside) {
            const T* in = columns + to + inside.begin;
            T* out = x + from;
            const std::int64_t n = inside.end - inside.begin;
            if (stride == 1)
                add_run(out, in, n);
            else
                for (std::int64_t i = 0; i < n; ++i) out[i * stride] += in[i];
        });
    });
}

template <class T> void fill_rows(T* rows, std::int64_t n, std::int64_t width, const T* values) {
    for (std::int64_t i = 0; i < n; ++i) std::fill_n(rows + i * width, width, values ? values[i] : T(0));
}

}  // namespace

// for o in out, (oy, ox) in pixels out (of a volume, (oz, oy, ox), and kz in kernel):
//     y[o][oy][ox] = bias[o]
//     for c in in, (ky, kx) in kernel, where (iy, ix) = (s.h.at(oy, ky), s.w.at(ox, kx)) is in the image:
//         y[o][oy][ox] += x[c][iy][ix] * weight[o][c][ky][kx]
template <class T> void convolve(const ConvSizes& s, const T* x, const T* weight, const T* bias, T* y) {
    if (direct_convolution::convolve(s, x, weight, bias, y)) return;
    const std::int64_t taps = s.taps(), pixels = s.pixels_out(), rows = tile_rows(s, sizeof(T));
    if (s.batch * s.groups * s.out * pixels == 0) return;
    const std::int64_t tiles = (s.rows_out() + rows - 1) / rows;
    const bool plain = is_plain(s);
    const double work = double(taps) * double(s.out) * double(rows * s.w.out);
    parallel_for(s.batch * s.groups * tiles, pieces_worth(work), [&](std::int64_t begin, std::int64_t end) {
        Buffer<T> buffer(plain ? 0 : taps * rows * s.w.out);
        for (std::int64_t job = begin; job < end; ++job) {
            const std::int64_t t = job % tiles, image = job / tiles, group = image % s.groups;
            const Tile tile{t * rows, std::min(s.rows_out(), (t + 1) * rows)};
            const std::int64_t n = (tile.end - tile.begin) * s.w.out, first = tile.begin * s.w.out;
            const T* from = x + image * s.in * s.pixels_in();
            T* to = y + image * s.out * pixels + first;
            if (!plain) unroll(s, tile, from, buffer.data());
            if (bias)
                for (std::int64_t o = 0; o < s.out; ++o) std::fill_n(to + o * pixels, n, bias[group * s.out + o]);
            gemm<T>(false, false, s.out, n, taps, 1, weight + group * s.out * taps, taps,
                plain ? from + first : buffer.data(), plain ? pixels : n, bias ? 1 : 0, to, pixels);
        }
    });
}

// The same loops with x[c][iy][ix] += y[o][oy][ox] * weight[o][c][ky][kx].
template <class T> void convolve_transposed(const ConvSizes& s, const T* y, const T* weight, const T* bias, T* x) {
    if (direct_convolution::convolve_transposed(s, y, weight, bias, x)) return;
    const std::int64_t taps = s.taps(), pixels = s.pixels_out(), rows = tile_rows(s, sizeof(T));
    if (s.batch * s.groups * s.in * s.pixels_in() == 0) return;
    const double work = double(taps) * double(s.out) * double(pixels);
    parallel_for(s.batch * s.groups, pieces_worth(work), [&](std::int64_t begin, std::int64_t end) {
        Buffer<T> buffer(taps * rows * s.w.out);
        for (std::int64_t image = begin; image < end; ++image) {
            const std::int64_t group = image % s.groups;
            T* to = x + image * s.in * s.pixels_in();
            fill_rows(to, s.in, s.pixels_in(), bias ? bias + group * s.in : nullptr);
            for (Tile tile{0, 0}; tile.begin < s.rows_out(); tile.begin = tile.end) {
                tile.end = std::min(s.rows_out(), tile.begin + rows);
                const std::int64_t n = (tile.end - tile.begin) * s.w.out;
                gemm<T>(true, false, taps, n, s.out, 1, weight + group * s.out * taps, taps,
                    y + image * s.out * pixels + tile.begin * s.w.out, pixels, 0, buffer.data(), n);
                add_rolled(s, tile, buffer.data(), to);
            }
        }
    });
}

// The same loops with weight[o][c][ky][kx] += y[o][oy][ox] * x[c][iy][ix].
template <class T> void convolve_weight(const ConvSizes& s, const T* y, const T* x, T* weight) {
    if (direct_convolution::convolve_weight(s, y, x, weight)) return;
    const std::int64_t taps = s.taps(), pixels = s.pixels_out(), rows = tile_rows(s, sizeof(T)), size = s.out * taps;
    const double work = double(size) * double(pixels);
    constexpr std::int64_t most_parts = 16;
    const std::int64_t samples = std::max(pieces_worth(work), (s.batch + most_parts - 1) / most_parts);
    const std::int64_t parts = std::max<std::int64_t>(1, (s.batch + samples - 1) / samples);
    Buffer<T> partial(parts * s.groups * size);
    std::fill_n(partial.data(), parts * s.groups * size, T(0));
    parallel_for(parts * s.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        Buffer<T> buffer(taps * rows * s.w.out);
        for (std::int64_t job = begin; job < end; ++job) {
            const std::int64_t part = job / s.groups, group = job % s.groups;
            for (std::int64_t b = part * samples; b < std::min(s.batch, (part + 1) * samples); ++b)
                for (Tile tile{0, 0}; tile.begin < s.rows_out(); tile.begin = tile.end) {
                    tile.end = std::min(s.rows_out(), tile.begin + rows);
                    const std::int64_t n = (tile.end - tile.begin) * s.w.out, image = b * s.groups + group;
                    unroll(s, tile, x + image * s.in * s.pixels_in(), buffer.data());
                    gemm<T>(false, true, s.out, taps, n, 1, y + image * s.out * pixels + tile.begin * s.w.out, pixels,
                        buffer.data(), n, 1, partial.data() + job * size, taps);
                }
        }
    });
    for (std::int64_t i = 0; i < s.groups * size; ++i) {
        T sum = partial.data()[i];
        for (std::int64_t part = 1; part < parts; ++part) sum += partial.data()[part * s.groups * size + i];
        weight[i] = sum;
    }
}

#define TAPER_CONVOLUTION(T)                                                               \
    template void convolve(const ConvSizes&, const T*, const T*, const T*, T*);            \
    template void convolve_transposed(const ConvSizes&, const T*, const T*, const T*, T*); \
    template void convolve_weight(const ConvSizes&, const T*, const T*, T*);
TAPER_CONVOLUTION(float)
TAPER_CONVOLUTION(double)
#undef TAPER_CONVOLUTION

}  // namespace taper
