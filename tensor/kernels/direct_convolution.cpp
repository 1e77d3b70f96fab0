// A pixel of all channels made is one row of vectors: the sum of filters, one row of vectors for each tap, times the
// number that the image has there. Where in the image is a sum of two offsets, one of the pixel and one of the tap; so
// one kernel multiplies in all three directions.
#include "direct_convolution.h"

#include <cmath>
#include <vector>

#include "../base/memory.h"
#include "../base/parallel.h"
#include "../base/simd.h"
#include "microkernel.h"
#include "transpose.h"

namespace taper::direct_convolution {
namespace {

using microkernel::Index, microkernel::ColumnBlock, microkernel::blocks_of, microkernel::multiply;

using Offsets = std::vector<Index>;

Index lanes_of(const std::vector<ColumnBlock>& blocks) { return blocks.back().first + blocks.back().lanes; }

/// The taps are taken in the order (ky, channel, kx), so that those of the ky that lie within the image are neighbours.
Index taps_per_ky(const ConvSizes& s) { return s.in * s.w.kernel; }

/// The row of vectors of element k of the window over channel c.
Index row_of(const ConvSizes& s, Index c, Index k) { return (k / s.w.kernel * s.in + c) * s.w.kernel + k % s.w.kernel; }

/// How far apart the windows for two channels made and for two channels read stand in the tensor of weights.
struct WeightSteps {
    Index made, read;
    bool flipped;  // the last element of the window first
};

/// A block's weights as the kernel wants them: a row of vectors for each tap.
template <class T> void pack(const ConvSizes& s, const ColumnBlock& block, WeightSteps at, const T* weight, T* rows) {
    const Index window = s.h.kernel * s.w.kernel, lanes = block.lanes;
    Buffer<T> columns(window * lanes);
    std::fill_n(columns.data(), columns.size(), T(0));
    for (Index c = 0; c < s.in; ++c) {
        transpose(columns.data(), lanes, weight + block.first * at.made + c * at.read, at.made, block.columns, window);
        for (Index k = 0; k < window; ++k)
            std::copy_n(
                columns.data() + (at.flipped ? window - 1 - k : k) * lanes, lanes, rows + row_of(s, c, k) * lanes);
    }
}

/// The way back, to where a convolution's own weights stand.
template <class T> void unpack(const ConvSizes& s, const ColumnBlock& block, const T* rows, T* weight) {
    const Index window = s.h.kernel * s.w.kernel, lanes = block.lanes;
    Buffer<T> columns(window * lanes);
    for (Index c = 0; c < s.in; ++c) {
        for (Index k = 0; k < window; ++k)
            std::copy_n(rows + row_of(s, c, k) * lanes, lanes, columns.data() + k * lanes);
        transpose(weight + block.first * s.taps() + c * window, s.taps(), columns.data(), lanes, window, block.columns);
    }
}

/// Rows of one image of one group, in which no window reaches over a side: the image as it stands, or a copy of it
/// between columns of zeros. Rows above and below need no zeros: their taps are left out.
template <class T> class Image {
 public:
    /// Of at most `rows` rows of the output.
    Image(const ConvSizes& s, Index rows)
        : s_(s),
          left_(std::max<Index>(0, -s.w.at(0, 0))),
          right_(std::max<Index>(0, s.w.at(s.w.out - 1, s.w.kernel - 1) - (s.w.in - 1))),
          pitch_(left_ + s.w.in + right_),
          most_rows_(std::min(s.h.in, (rows - 1) * s.h.stride + s.h.span())),
          plane_(is_copied() ? most_rows_ * pitch_ : s.pixels_in()),
          copy_(is_copied() ? s.in * plane_ : 0) {
        std::fill_n(copy_.data(), copy_.size(), T(0));
        for (Index ky = 0; ky < s.h.kernel; ++ky)
            for (Index c = 0; c < s.in; ++c)
                for (Index kx = 0; kx < s.w.kernel; ++kx)
                    taps_.push_back(ky * s.h.dilation * pitch_ + c * plane_ + kx * s.w.dilation);
    }
    /// Brings the rows that rows [begin, end) of the output see.
    void look_at(const T* image, Index begin, Index end) {
        first_row_ = is_copied() ? std::clamp<Index>(s_.h.at(begin, 0), 0, s_.h.in) : 0;
        data_ = is_copied() ? copy_.data() + left_ : image;
        if (!is_copied()) return;
        const Index last = std::clamp<Index>(s_.h.at(end - 1, s_.h.kernel - 1) + 1, first_row_, s_.h.in);
        for (Index c = 0; c < s_.in; ++c)
            for (Index row = first_row_; row < last; ++row)
                std::copy_n(image + (c * s_.h.in + row) * s_.w.in, s_.w.in,
                    copy_.data() + left_ + c * plane_ + (row - first_row_) * pitch_);
    }
    /// The first channel's pixel that tap (ky, 0, 0) of pixel (y, x) of the output is.
    const T* at(Index y, Index x, Index ky) const {
        return data_ + (s_.h.at(y, ky) - first_row_) * pitch_ + s_.w.at(x, 0);
    }
    Index pitch() const { return pitch_; }
    /// How far from at(y, x, 0) each tap lies; of at(y, x, ky), the first of them are those from ky on.
    const Index* taps() const { return taps_.data(); }

 private:
    bool is_copied() const { return left_ + right_ > 0; }

    const ConvSizes& s_;
    Index left_, right_, pitch_, most_rows_, plane_, first_row_ = 0;
    Buffer<T> copy_;
    Offsets taps_;
    const T* data_ = nullptr;
};

/// A rectangle of the output that one buffer holds: whole rows, or a part of one.
struct OutputTile {
    Index top, bottom, left, right;
    Index columns() const { return right - left; }
    Index pixels() const { return (bottom - top) * columns(); }
};
constexpr Index most_pixels = 128;  // of a tile

template <class F> void for_each_tile(const ConvSizes& s, Index top, Index bottom, F f) {
    const Index rows = std::max<Index>(1, most_pixels / s.w.out);
    for (; top < bottom; top += rows)
        for (Index left = 0; left < s.w.out; left += most_pixels)
            f(OutputTile{top, std::min(top + rows, bottom), left, std::min(left + most_pixels, s.w.out)});
}

// ---- forwards, and backwards to the image

/// The filters of every group and block, packed.
template <class T> class Filters {
 public:
    Filters(const ConvSizes& s, const T* weight, WeightSteps at, Index group_step)
        : blocks(blocks_of<T>(s.out)),
          taps_(s.taps()),
          group_size_(lanes_of(blocks) * taps_),
          data_(s.groups * group_size_) {
        parallel_for(s.groups * std::ssize(blocks), pieces_worth(double(taps_)), [&](Index begin, Index end) {
            for (Index job = begin; job < end; ++job) {
                const Index group = job / std::ssize(blocks);
                const ColumnBlock& block = blocks[job % std::ssize(blocks)];
                pack(s, block, at, weight + group * group_step,
                    data_.data() + group * group_size_ + block.first * taps_);
            }
        });
    }
    const T* of(Index group, const ColumnBlock& block) const {
        return data_.data() + group * group_size_ + block.first * taps_;
    }
    const std::vector<ColumnBlock> blocks;

 private:
    Index taps_, group_size_;
    Buffer<T> data_;
};

constexpr Index most_taps = 1024;  // of a block of filters that stays in the second cache

/// The sums of a tile, of one block of channels.
template <class T> void add_products(const ConvSizes& s, const Image<T>& image, const OutputTile& tile,
    const T* filters, Index lanes, const Index* columns, T* sums) {
    const Index per_ky = taps_per_ky(s);
    for (Index chunk = 0; chunk < s.taps(); chunk += most_taps)
        for (Index y = tile.top; y < tile.bottom; ++y) {
            const Window::Range ky = s.h.elements(y);
            const Index begin = std::max(chunk, ky.begin * per_ky), end = std::min(chunk + most_taps, ky.end * per_ky);
            if (begin < end)
                multiply<T>({image.at(y, tile.left, ky.begin), columns, tile.columns(),
                    image.taps() + begin - ky.begin * per_ky, end - begin, filters + begin * lanes,
                    sums + (y - tile.top) * tile.columns() * lanes, lanes, lanes});
        }
}

template <class T> void apply(const ConvSizes& s, const T* x, const Filters<T>& filters, const T* bias, T* y) {
    const Index images = s.batch * s.groups, bands = std::clamp<Index>(16 / images, 1, s.h.out);
    const Index rows = (s.h.out + bands - 1) / bands;
    const double work = double(s.taps()) * double(s.out) * double(rows * s.w.out);
    Offsets columns(most_pixels);
    for (Index i = 0; i < most_pixels; ++i) columns[i] = i * s.w.stride;
    parallel_for(images * bands, pieces_worth(work), [&](Index begin, Index end) {
        Image<T> image(s, rows);
        Buffer<T> sums(most_pixels * filters.blocks.front().lanes);
        for (Index job = begin; job < end; ++job) {
            const Index at = job / bands, group = at % s.groups, top = job % bands * rows;
            const Index bottom = std::min(top + rows, s.h.out);
            if (top >= bottom) continue;
            image.look_at(x + at * s.in * s.pixels_in(), top, bottom);
            for (const ColumnBlock& block : filters.blocks)
                for_each_tile(s, top, bottom, [&](const OutputTile& tile) {
                    std::fill_n(sums.data(), tile.pixels() * block.lanes, T(0));
                    const T* shift = bias ? bias + group * s.out + block.first : nullptr;
                    for (Index pixel = 0; shift && pixel < tile.pixels(); ++pixel)
                        std::copy_n(shift, block.columns, sums.data() + pixel * block.lanes);
                    add_products(s, image, tile, filters.of(group, block), block.lanes, columns.data(), sums.data());
                    transpose(y + (at * s.out + block.first) * s.pixels_out() + tile.top * s.w.out + tile.left,
                        s.pixels_out(), sums.data(), block.lanes, tile.pixels(), block.columns);
                });
        }
    });
}

// ---- backwards to the weight

/// Adds what one image gives to a block's weights, packed.
template <class T> void add_weights(const ConvSizes& s, const ColumnBlock& block, const Image<T>& image,
    const Offsets& pixels, const T* y, T* pixels_of_y, T* sums) {
    const Index per_ky = taps_per_ky(s), lanes = block.lanes;
    if (block.columns < lanes) std::fill_n(pixels_of_y, most_pixels * lanes, T(0));
    for_each_tile(s, 0, s.h.out, [&](const OutputTile& tile) {
        transpose(pixels_of_y, lanes, y + block.first * s.pixels_out() + tile.top * s.w.out + tile.left, s.pixels_out(),
            block.columns, tile.pixels());
        for (Index ky = 0; ky < s.h.kernel; ++ky) {
            const Window::Range inside = s.h.inside(ky);
            const Index top = std::max(inside.begin, tile.top), bottom = std::min(inside.end, tile.bottom);
            if (top < bottom)
                multiply<T>({image.at(top, tile.left, ky), image.taps(), per_ky, pixels.data(),
                    (bottom - top) * tile.columns(), pixels_of_y + (top - tile.top) * tile.columns() * lanes,
                    sums + ky * per_ky * lanes, lanes, lanes});
        }
    });
}

/// How far the pixels of a tile see from its first one.
Offsets pixels_of_tile(const ConvSizes& s, Index pitch) {
    Offsets pixels;
    const Index columns = std::min(s.w.out, most_pixels);
    for (Index row = 0; row < most_pixels / columns; ++row)
        for (Index i = 0; i < columns; ++i) pixels.push_back(row * s.h.stride * pitch + i * s.w.stride);
    return pixels;
}

/// The sums of the parts into which a batch is cut, and of these in their order: how it is cut depends on no machine.
template <class T> void add_up_weights(const ConvSizes& s, const T* y, const T* x, T* weight) {
    const std::vector<ColumnBlock> blocks = blocks_of<T>(s.out);
    const Index size = lanes_of(blocks) * s.taps(),
                most_parts = std::max<Index>(1, 1024 / (s.groups * std::max<Index>(s.out, 64)));
    const double work = double(s.out) * double(s.taps()) * double(s.pixels_out());
    const Index samples = std::max(pieces_worth(work), (s.batch + most_parts - 1) / most_parts);
    const Index parts = (s.batch + samples - 1) / samples, jobs = s.groups * std::ssize(blocks);
    Buffer<T> sums(parts * s.groups * size);
    auto sums_of = [&](Index part, Index job) {
        return sums.data() + (part * s.groups + job / std::ssize(blocks)) * size +
            blocks[job % std::ssize(blocks)].first * s.taps();
    };
    parallel_for(parts * jobs, 1, [&](Index begin, Index end) {
        Image<T> image(s, s.h.out);
        const Offsets pixels = pixels_of_tile(s, image.pitch());
        Buffer<T> pixels_of_y(most_pixels * blocks.front().lanes);
        for (Index i = begin; i < end; ++i) {
            const Index part = i / jobs, job = i % jobs, group = job / std::ssize(blocks);
            const ColumnBlock& block = blocks[job % std::ssize(blocks)];
            std::fill_n(sums_of(part, job), block.lanes * s.taps(), T(0));
            for (Index b = part * samples; b < std::min(s.batch, (part + 1) * samples); ++b) {
                image.look_at(x + (b * s.groups + group) * s.in * s.pixels_in(), 0, s.h.out);
                add_weights(s, block, image, pixels, y + (b * s.groups + group) * s.out * s.pixels_out(),
                    pixels_of_y.data(), sums_of(part, job));
            }
        }
    });
    parallel_for(jobs, pieces_worth(double(parts * s.taps())), [&](Index begin, Index end) {
        for (Index job = begin; job < end; ++job) {
            const ColumnBlock& block = blocks[job % std::ssize(blocks)];
            T* all = sums_of(0, job);
            for (Index part = 1; part < parts; ++part) {
                const T* more = sums_of(part, job);
                for (Index i = 0; i < block.lanes * s.taps(); ++i) all[i] += more[i];
            }
            unpack(s, block, all, weight + job / std::ssize(blocks) * s.out * s.taps());
        }
    });
}

// ---- when

/// The bounds are where BLAS becomes as fast. They do not depend on the machine, or the bits would.
bool fits(const ConvSizes& s) {
    const bool is_work = s.batch > 0 && s.pixels_in() > 0 && s.pixels_out() > 0;
    const bool is_window = s.h.kernel * s.w.kernel > 1 && s.w.span() <= 2 * s.w.in;
    return is_work && is_window && s.d.is_flat() && s.taps() >= 16 && s.out >= 8 && simd_level() != Level::baseline;
}

/// Where the windows move by one pixel, the transpose is a convolution too, with its filters flipped.
ConvSizes transposed(const ConvSizes& s) {
    auto window = [](const Window& w) {
        return Window{w.out, w.in, w.kernel, 1, w.span() - 1 - w.padding, w.dilation};
    };
    return {s.batch, s.groups, s.out, s.in, window(s.h), window(s.w)};
}

}  // namespace

template <class T> bool convolve(const ConvSizes& s, const T* x, const T* weight, const T* bias, T* y) {
    if (!fits(s)) return false;
    const WeightSteps at{s.taps(), s.h.kernel * s.w.kernel, false};
    apply(s, x, Filters<T>(s, weight, at, s.out * s.taps()), bias, y);
    return true;
}

// The windows of the transposed convolution may take zeros from beyond a side, of which infinite weights would make
// NaN.
template <class T> bool convolve_transposed(const ConvSizes& s, const T* y, const T* weight, const T* bias, T* x) {
    const ConvSizes t = transposed(s);
    if (s.h.stride != 1 || s.w.stride != 1 || !s.d.is_flat() || !fits(t)) return false;
    if (!std::all_of(weight, weight + s.groups * s.out * s.taps(), [](T w) { return std::isfinite(w); })) return false;
    const WeightSteps at{s.h.kernel * s.w.kernel, s.taps(), true};
    apply(t, y, Filters<T>(t, weight, at, s.out * s.taps()), bias, x);
    return true;
}

template <class T> bool convolve_weight(const ConvSizes& s, const T* y, const T* x, T* weight) {
    if (!fits(s)) return false;
    add_up_weights(s, y, x, weight);
    return true;
}

#define TAPER_DIRECT(T)                                                                    \
    template bool convolve(const ConvSizes&, const T*, const T*, const T*, T*);            \
    template bool convolve_transposed(const ConvSizes&, const T*, const T*, const T*, T*); \
    template bool convolve_weight(const ConvSizes&, const T*, const T*, T*);
TAPER_DIRECT(float)
TAPER_DIRECT(double)
#undef TAPER_DIRECT

}  // namespace taper::direct_convolution
