#include "augment.h"

#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

#include "../tensor/values.h"

namespace taper::transforms {

namespace {

// A map of the plane: (x, y) -> (m0 x + m1 y + m2, m3 x + m4 y + m5).
using Matrix = std::array<double, 6>;

// torch.empty(1).uniform_(from, to).item()
double draw(double from, double to) {
    float value = 0;
    random::uniform(&value, 1, from, to, default_generator());
    return value;
}

void check_image(const char* name, const Tensor& image) {
    check(image.ndim() >= 2, "{}: Tensor is not a torch image.: expected ... x H x W, got shape {}", name,
        image.shape().str());
}

std::vector<double> symmetric(const char* name, const char* what, const std::vector<double>& range) {
    if (range.size() != 1) {
        check(range.size() == 2, "{}: {} should be a sequence of length 2., got {} numbers", name, what, range.size());
        return range;
    }
    check(range[0] >= 0, "{}: If {} is a single number, it must be positive., got {}", name, what, range[0]);
    return {-range[0], range[0]};
}

void check_interpolation(const char* name, const std::string& interpolation) {
    check(interpolation == "nearest" || interpolation == "bilinear",
        "{}: This resampling mode is unsupported with Tensor input: '{}'; take \"nearest\" or \"bilinear\"", name,
        interpolation);
}

// Where a place of the new image comes from in the old one, both from the centre: the inverse of turning by `angle`,
// shearing, scaling and shifting.
Matrix inverse_affine(double angle, double dx, double dy, double scale, double shear_x, double shear_y) {
    constexpr double degree = std::numbers::pi / 180;
    const double turn = angle * degree, sx = shear_x * degree, sy = shear_y * degree;
    const double a = std::cos(turn - sy) / std::cos(sy);
    const double b = -std::cos(turn - sy) * std::tan(sx) / std::cos(sy) - std::sin(turn);
    const double c = std::sin(turn - sy) / std::cos(sy);
    const double d = -std::sin(turn - sy) * std::tan(sx) / std::cos(sy) + std::cos(turn);
    Matrix m{d / scale, -b / scale, 0, -c / scale, a / scale, 0};
    m[2] = -m[0] * dx - m[1] * dy;
    m[5] = -m[3] * dx - m[4] * dy;
    return m;
}

// The value at a place between pixels, and how much of it came from inside the image.
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

template <class T> void warp(
    const T* from, T* to, std::int64_t planes, std::int64_t h, std::int64_t w, const Matrix& m, bool bilinear, T fill) {
    const T width = static_cast<T>(w), height = static_cast<T>(h), half = static_cast<T>(0.5);
    std::array<T, 6> grid;  // to [-1, 1], as torch.nn.functional.grid_sample has it
    for (std::size_t i = 0; i < 6; ++i) grid[i] = static_cast<T>(m[i]) / (half * (i < 3 ? width : height));
    for (std::int64_t row = 0; row < h; ++row)
        for (std::int64_t col = 0; col < w; ++col) {
            const T x = static_cast<T>(col) - half * width + half, y = static_cast<T>(row) - half * height + half;
            const T at_x = (x * grid[0] + y * grid[1] + grid[2] + 1) * (width / 2) - half;
            const T at_y = (x * grid[3] + y * grid[4] + grid[5] + 1) * (height / 2) - half;
            for (std::int64_t plane = 0; plane < planes; ++plane) {
                Sampled<T> s = sample(from + plane * h * w, h, w, at_y, at_x, bilinear);
                to[(plane * h + row) * w + col] = bilinear ? s.value * s.inside + (1 - s.inside) * fill
                    : s.inside < half                      ? fill
                                                           : s.value;
            }
        }
}

Tensor affine(const Tensor& image, const Matrix& matrix, const std::string& interpolation, double fill) {
    const DType dtype = image.is_floating_point() ? image.dtype() : float32;
    const Tensor from = values::contiguous(image.detach().to(dtype));
    Tensor out = values::empty(image.shape(), dtype);
    const std::int64_t h = image.size(-2), w = image.size(-1);
    if (image.numel() == 0) return out;
    visit<Floats>(dtype, [&](auto zero) {
        using T = decltype(zero);
        warp(from.data_ptr<T>(), out.data_ptr<T>(), image.numel() / (h * w), h, w, matrix, interpolation == "bilinear",
            static_cast<T>(fill));
        if (image.is_floating_point()) return;
        for (std::int64_t i = 0; i < out.numel(); ++i) out.data_ptr<T>()[i] = std::nearbyint(out.data_ptr<T>()[i]);
    });
    return out.to(image.dtype());
}

// The part of an image from (top, left) on; where that is outside, `fill`.
Tensor cut(
    const Tensor& image, std::int64_t top, std::int64_t left, std::int64_t height, std::int64_t width, double fill) {
    Shape shape = image.shape();
    const std::int64_t h = image.size(-2), w = image.size(-1),
                       planes = image.numel() / std::max<std::int64_t>(1, h * w);
    shape[image.ndim() - 2] = height, shape[image.ndim() - 1] = width;
    const Tensor from = values::contiguous(image.detach());
    Tensor out = values::full(shape, fill, image.dtype());
    const std::int64_t size = static_cast<std::int64_t>(image.element_size()), first = std::max<std::int64_t>(0, left),
                       last = std::min(w, left + width);
    const char* source = static_cast<const char*>(from.data_ptr());
    char* target = static_cast<char*>(out.data_ptr());
    for (std::int64_t plane = 0; plane < planes && first < last; ++plane)
        for (std::int64_t row = std::max<std::int64_t>(0, top); row < std::min(h, top + height); ++row)
            std::memcpy(target + ((plane * height + row - top) * width + first - left) * size,
                source + ((plane * h + row) * w + first) * size, static_cast<std::size_t>((last - first) * size));
    return out;
}

}  // namespace

RandomRotation::RandomRotation(OneOrMore<double> degrees, RandomRotationOptions options)
    : degrees_(symmetric("RandomRotation", "degrees", degrees)), options_(std::move(options)) {
    check_interpolation("RandomRotation", options_.interpolation);
}

Tensor RandomRotation::operator()(const Tensor& image) const {
    check_image("RandomRotation", image);
    const double angle = draw(degrees_[0], degrees_[1]);
    return affine(image, inverse_affine(-angle, 0, 0, 1, 0, 0), options_.interpolation, options_.fill);
}

RandomAffine::RandomAffine(OneOrMore<double> degrees, RandomAffineOptions options)
    : degrees_(symmetric("RandomAffine", "degrees", degrees)), options_(std::move(options)) {
    check_interpolation("RandomAffine", options_.interpolation);
    const auto& [translate, scale, shear, interpolation, fill] = options_;
    check(translate.empty() || translate.size() == 2,
        "RandomAffine: translate should be a sequence of length 2., got {} numbers", translate.size());
    for (double share : translate)
        check(share >= 0 && share <= 1, "RandomAffine: translation values should be between 0 and 1, got {}", share);
    check(scale.empty() || scale.size() == 2, "RandomAffine: scale should be a sequence of length 2., got {} numbers",
        scale.size());
    for (double factor : scale) check(factor > 0, "RandomAffine: scale values should be positive, got {}", factor);
    if (shear.size() == 1) {
        auto range = symmetric("RandomAffine", "shear", shear);
        options_.shear = {range[0], range[1]};
    }
    check(shear.empty() || shear.size() == 2 || shear.size() == 4,
        "RandomAffine: shear should be a sequence of length 2 or 4., got {} numbers", shear.size());
}

Tensor RandomAffine::operator()(const Tensor& image) const {
    check_image("RandomAffine", image);
    const auto& [translate, scales, shear, interpolation, fill] = options_;
    const double angle = draw(degrees_[0], degrees_[1]);
    double dx = 0, dy = 0, scale = 1, shear_x = 0, shear_y = 0;
    if (!translate.empty()) {
        const double max_dx = translate[0] * static_cast<double>(image.size(-1)),
                     max_dy = translate[1] * static_cast<double>(image.size(-2));
        dx = std::nearbyint(draw(-max_dx, max_dx));
        dy = std::nearbyint(draw(-max_dy, max_dy));
    }
    if (!scales.empty()) scale = draw(scales[0], scales[1]);
    if (!shear.empty()) shear_x = draw(shear[0], shear[1]);
    if (shear.size() == 4) shear_y = draw(shear[2], shear[3]);
    return affine(image, inverse_affine(angle, dx, dy, scale, shear_x, shear_y), interpolation, fill);
}

RandomCrop::RandomCrop(OneOrMore<std::int64_t> size, RandomCropOptions options) : options_(std::move(options)) {
    check(size.size() == 1 || size.size() == 2,
        "RandomCrop: Please provide only two dimensions (h, w) for size., got {} numbers", size.size());
    height_ = size.front(), width_ = size.back();
    check(height_ > 0 && width_ > 0, "RandomCrop: size should be positive, got {} x {}", height_, width_);
    const std::vector<std::int64_t>& padding = options_.padding;
    const std::size_t n = padding.size();
    check(n == 0 || n == 1 || n == 2 || n == 4,
        "RandomCrop: Padding must be an int or a 1, 2, or 4 element tuple, not a {} element tuple", n);
    for (std::size_t side = 0; n > 0 && side < 4; ++side) sides_[side] = padding[side % n];
}

Tensor RandomCrop::operator()(const Tensor& image) const {
    check_image("RandomCrop", image);
    const auto [to_left, to_top, to_right, to_bottom] = sides_;
    std::int64_t h = image.size(-2) + to_top + to_bottom, w = image.size(-1) + to_left + to_right;
    std::int64_t top = -to_top, left = -to_left;  // of the padded image, from the image's own corner
    if (options_.pad_if_needed && w < width_) left -= width_ - w, w += 2 * (width_ - w);
    if (options_.pad_if_needed && h < height_) top -= height_ - h, h += 2 * (height_ - h);
    check(h >= height_ && w >= width_,
        "RandomCrop: Required crop size ({}, {}) is larger than input image size ({}, {}); see padding and "
        "pad_if_needed",
        height_, width_, h, w);
    if (h != height_ || w != width_) {
        std::int64_t down = 0, right = 0;
        random::integers(&down, 1, 0, h - height_ + 1, default_generator());
        random::integers(&right, 1, 0, w - width_ + 1, default_generator());
        top += down, left += right;
    }
    return cut(image, top, left, height_, width_, options_.fill);
}

RandomHorizontalFlip::RandomHorizontalFlip(double p) : p_(p) {
    check(p >= 0 && p <= 1, "RandomHorizontalFlip: p should be between 0 and 1, got {}", p);
}

Tensor RandomHorizontalFlip::operator()(const Tensor& image) const {
    check_image("RandomHorizontalFlip", image);
    if (!(draw(0, 1) < p_)) return image;
    const Tensor from = values::contiguous(image.detach());
    Tensor out = values::empty(image.shape(), image.dtype());
    const std::int64_t w = image.size(-1), size = static_cast<std::int64_t>(image.element_size());
    const char* source = static_cast<const char*>(from.data_ptr());
    char* target = static_cast<char*>(out.data_ptr());
    for (std::int64_t i = 0; i < out.numel(); ++i)
        std::memcpy(target + i * size, source + (i / w * w + w - 1 - i % w) * size, static_cast<std::size_t>(size));
    return out;
}

}  // namespace taper::transforms
