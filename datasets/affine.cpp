#include "affine.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "../tensor/native.h"

namespace taper::transforms {

AffineMatrix inverse_affine(
    double angle, double dx, double dy, double scale, double shear_x, double shear_y, const Point& center) {
    constexpr double degree = std::numbers::pi / 180;
    const double turn = angle * degree, sx = shear_x * degree, sy = shear_y * degree;
    const double a = std::cos(turn - sy) / std::cos(sy);
    const double b = -std::cos(turn - sy) * std::tan(sx) / std::cos(sy) - std::sin(turn);
    const double c = std::sin(turn - sy) / std::cos(sy);
    const double d = -std::sin(turn - sy) * std::tan(sx) / std::cos(sy) + std::cos(turn);
    AffineMatrix m{d / scale, -b / scale, 0, -c / scale, a / scale, 0};
    m[2] = m[0] * (-center.x - dx) + m[1] * (-center.y - dy) + center.x;
    m[5] = m[3] * (-center.x - dx) + m[4] * (-center.y - dy) + center.y;
    return m;
}

namespace {

// How large an image must be, {height, width}, to hold all of one of h x w that was turned.
std::array<std::int64_t, 2> expanded(const AffineMatrix& m, std::int64_t h, std::int64_t w) {
    auto extent = [&](std::size_t axis, std::int64_t size) {
        float low = std::numeric_limits<float>::infinity(), high = -low;
        for (float x : {-0.5f * static_cast<float>(w), 0.5f * static_cast<float>(w)})
            for (float y : {-0.5f * static_cast<float>(h), 0.5f * static_cast<float>(h)}) {
                const float at = x * static_cast<float>(m[axis]) + y * static_cast<float>(m[axis + 1]) +
                    static_cast<float>(m[axis + 2]);
                low = std::min(low, at), high = std::max(high, at);
            }
        constexpr float grain = 1e-4f;  // so that rounding does not add a row
        const float half = static_cast<float>(size) * 0.5f;
        return static_cast<std::int64_t>(std::ceil(std::trunc((high + half) / grain) * grain) -
            std::floor(std::trunc((low + half) / grain) * grain));
    };
    return {extent(3, h), extent(0, w)};
}

// The value at a point between pixels, and how much of it came from inside the image.
template <class T> struct Sampled {
    T value = 0, inside = 0;
};

template <class T> Sampled<T> sample(const T* image, std::int64_t h, std::int64_t w, T y, T x, bool bilinear) {
    Sampled<T> sampled;
    auto take = [&](T row, T col, T weight) {
        if (!(row >= 0 && col >= 0 && row < static_cast<T>(h) && col < static_cast<T>(w))) return;
        sampled.value += image[static_cast<std::int64_t>(row) * w + static_cast<std::int64_t>(col)] * weight;
        sampled.inside += weight;
    };
    if (!bilinear) {
        take(std::nearbyint(y), std::nearbyint(x), 1);
        return sampled;
    }
    const T north = std::floor(y), west = std::floor(x), south_share = y - north, east_share = x - west;
    take(north, west, (1 - south_share) * (1 - east_share));
    take(north, west + 1, (1 - south_share) * east_share);
    take(north + 1, west, south_share * (1 - east_share));
    take(north + 1, west + 1, south_share * east_share);
    return sampled;
}

// The images of h x w, moved by m, as images of rows x columns; fill has a number for each channel, or one.
template <class T> struct Warp {
    std::int64_t planes, h, w, rows, columns;
    bool bilinear;
    std::vector<double> fill;

    void operator()(const T* from, T* to, const AffineMatrix& m) const {
        const T width = static_cast<T>(w), height = static_cast<T>(h), half = static_cast<T>(0.5);
        std::array<T, 6> grid;  // to [-1, 1], as torch.nn.functional.grid_sample has it
        for (std::size_t i = 0; i < 6; ++i) grid[i] = static_cast<T>(m[i]) / (half * (i < 3 ? width : height));
        for (std::int64_t row = 0; row < rows; ++row)
            for (std::int64_t col = 0; col < columns; ++col) {
                const T x = static_cast<T>(col) - half * static_cast<T>(columns) + half,
                        y = static_cast<T>(row) - half * static_cast<T>(rows) + half;
                const T at_x = (x * grid[0] + y * grid[1] + grid[2] + 1) * (width / 2) - half;
                const T at_y = (x * grid[3] + y * grid[4] + grid[5] + 1) * (height / 2) - half;
                for (std::int64_t plane = 0; plane < planes; ++plane) {
                    const T outside = static_cast<T>(fill[plane % fill.size()]);
                    Sampled<T> s = sample(from + plane * h * w, h, w, at_y, at_x, bilinear);
                    to[(plane * rows + row) * columns + col] = bilinear ? s.value * s.inside + (1 - s.inside) * outside
                        : s.inside < half                               ? outside
                                                                        : s.value;
                }
            }
    }
};

}  // namespace

Tensor affine(
    const Tensor& image, const AffineMatrix& matrix, bool bilinear, const std::vector<double>& fill, bool expand) {
    const DType dtype = image.is_floating_point() ? image.dtype() : float32;
    const Tensor from = native::contiguous(image.detach().to(dtype));
    const std::int64_t h = image.size(-2), w = image.size(-1);
    const auto [rows, columns] = expand ? expanded(matrix, h, w) : std::array{h, w};
    Shape shape = image.shape();
    shape[image.ndim() - 2] = rows, shape[image.ndim() - 1] = columns;
    Tensor out = native::empty(shape, dtype);
    if (image.numel() == 0) return out;
    visit<Floats>(dtype, [&, rows = rows, columns = columns](auto zero) {
        using T = decltype(zero);
        const Warp<T> warp{image.numel() / (h * w), h, w, rows, columns, bilinear, fill};
        warp(from.data_ptr<T>(), out.data_ptr<T>(), matrix);
        if (image.is_floating_point()) return;
        for (std::int64_t i = 0; i < out.numel(); ++i) out.data_ptr<T>()[i] = std::nearbyint(out.data_ptr<T>()[i]);
    });
    return out.to(image.dtype());
}

}  // namespace taper::transforms
