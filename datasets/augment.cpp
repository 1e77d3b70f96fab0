#include "augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "../tensor/native.h"
#include "affine.h"

namespace taper::transforms {

namespace {

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

// One number as a range around 0; several as they are.
std::vector<double> symmetric(const char* name, const char* what, const std::vector<double>& range, bool or_4 = false) {
    if (range.size() != 1) {
        check(range.size() == 2 || (or_4 && range.size() == 4),
            "{}: {} should be a sequence of length 2{}., got {} "
            "numbers",
            name, what, or_4 ? " or 4" : "", range.size());
        return range;
    }
    check(range[0] >= 0, "{}: If {} is a single number, it must be positive., got {}", name, what, range[0]);
    return {-range[0], range[0]};
}

void check_interpolation(const char* name, const Interpolation& mode) {
    const std::string& interpolation = mode.name;
    check(interpolation == "nearest" || interpolation == "bilinear",
        "{}: This resampling mode is unsupported with Tensor input: '{}'; take \"nearest\" or \"bilinear\"", name,
        interpolation);
}

bool is_bilinear(const Interpolation& mode) { return mode.name == "bilinear"; }

Point from_centre(const std::optional<std::pair<double, double>>& center, const Tensor& image) {
    if (!center) return {};
    return {center->first - static_cast<double>(image.size(-1)) * 0.5,
        center->second - static_cast<double>(image.size(-2)) * 0.5};
}

std::vector<double> fill_for(const char* name, const std::optional<std::vector<double>>& fill, const Tensor& image) {
    if (!fill) return {0};
    const std::int64_t channels = image.ndim() < 3 ? 1 : image.size(-3), n = static_cast<std::int64_t>(fill->size());
    check(n == 1 || n == channels,
        "{}: The number of elements in 'fill' cannot broadcast to match the number of channels of the image ({} != {})",
        name, n, channels);
    return *fill;
}

// The part of an image from (top, left) on; where that is outside, `fill`.
Tensor cropped(
    const Tensor& image, std::int64_t top, std::int64_t left, std::int64_t height, std::int64_t width, double fill) {
    Shape shape = image.shape();
    const std::int64_t h = image.size(-2), w = image.size(-1),
                       planes = image.numel() / std::max<std::int64_t>(1, h * w);
    shape[image.ndim() - 2] = height, shape[image.ndim() - 1] = width;
    const Tensor from = native::contiguous(image.detach());
    Tensor out = native::full(shape, fill, image.dtype());
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

// Which of n pixels stands at position i, which may be outside.
std::int64_t mirrored(std::int64_t i, std::int64_t n, const std::string& mode) {
    if (mode == "edge") return std::clamp<std::int64_t>(i, 0, n - 1);
    const std::int64_t repeat = mode == "symmetric";
    return i < 0 ? -i - repeat : i >= n ? 2 * n - 2 - i + repeat : i;
}

// The image with as many pixels more on its left, top, right and bottom, which repeat what is inside.
Tensor pad(const Tensor& image, const std::array<std::int64_t, 4>& sides, const std::string& mode) {
    TensorList positions;
    for (std::size_t axis : {1, 0}) {
        const std::int64_t n = image.size(axis ? -2 : -1), before = sides[axis], after = sides[axis + 2];
        const std::int64_t least = mode == "reflect" ? n - 1 : mode == "symmetric" ? n : std::max(before, after);
        check(before >= 0 && after >= 0 && before <= least && after <= least,
            "RandomCrop: Padding size should be less than the corresponding input dimension, but got: padding ({}, {}) "
            "of a side of {} pixels in mode '{}'",
            before, after, n, mode);
        positions.push_back(native::empty({before + n + after}, int64));
        for (std::int64_t i = 0; i < before + n + after; ++i)
            positions.back().data_ptr<std::int64_t>()[i] = mirrored(i - before, n, mode);
    }
    return image.detach().index_select(-2, positions[0]).index_select(-1, positions[1]);
}

}  // namespace

Interpolation::Interpolation(InterpolationMode mode)
    : name(std::array{"nearest", "bilinear", "bicubic", "box", "hamming", "lanczos"}[static_cast<std::size_t>(mode)]) {}

TAPER_DEFINE_CONSTRUCTORS(RandomRotation, RandomRotationOptions, 1, degrees, interpolation, expand, center, fill)
RandomRotation::RandomRotation(Called, const RandomRotationOptions& o)
    : degrees_(symmetric("RandomRotation", "degrees", o.degrees)), options_(o) {
    check_interpolation("RandomRotation", o.interpolation);
}

Tensor RandomRotation::operator()(const Tensor& image) const {
    check_image("RandomRotation", image);
    const std::vector<double> fill = fill_for("RandomRotation", options_.fill, image);
    const double angle = draw(degrees_[0], degrees_[1]);
    const AffineMatrix matrix = inverse_affine(-angle, 0, 0, 1, 0, 0, from_centre(options_.center, image));
    return affine(image, matrix, is_bilinear(options_.interpolation), fill, options_.expand);
}

TAPER_DEFINE_CONSTRUCTORS(
    RandomAffine, RandomAffineOptions, 1, degrees, translate, scale, shear, interpolation, fill, center)
RandomAffine::RandomAffine(Called, const RandomAffineOptions& o)
    : degrees_(symmetric("RandomAffine", "degrees", o.degrees)), options_(o) {
    check_interpolation("RandomAffine", o.interpolation);
    using Numbers = std::vector<double>;
    const Numbers translate = o.translate->value_or(Numbers{0, 0}), scale = o.scale->value_or(Numbers{1, 1});
    check(translate.size() == 2, "RandomAffine: translate should be a sequence of length 2., got {} numbers",
        translate.size());
    for (double share : translate)
        check(share >= 0 && share <= 1, "RandomAffine: translation values should be between 0 and 1, got {}", share);
    check(scale.size() == 2, "RandomAffine: scale should be a sequence of length 2., got {} numbers", scale.size());
    for (double factor : scale) check(factor > 0, "RandomAffine: scale values should be positive, got {}", factor);
    if (o.shear->has_value()) shear_ = symmetric("RandomAffine", "shear", **o.shear, true);
}

Tensor RandomAffine::operator()(const Tensor& image) const {
    check_image("RandomAffine", image);
    const std::vector<double> fill = fill_for("RandomAffine", options_.fill, image);
    const double angle = draw(degrees_[0], degrees_[1]);
    double dx = 0, dy = 0, scale = 1, shear_x = 0, shear_y = 0;
    if (const auto& share = *options_.translate) {
        const double max_dx = (*share)[0] * static_cast<double>(image.size(-1)),
                     max_dy = (*share)[1] * static_cast<double>(image.size(-2));
        dx = std::nearbyint(draw(-max_dx, max_dx));
        dy = std::nearbyint(draw(-max_dy, max_dy));
    }
    if (const auto& range = *options_.scale) scale = draw((*range)[0], (*range)[1]);
    if (!shear_.empty()) shear_x = draw(shear_[0], shear_[1]);
    if (shear_.size() == 4) shear_y = draw(shear_[2], shear_[3]);
    const AffineMatrix matrix =
        inverse_affine(angle, dx, dy, scale, shear_x, shear_y, from_centre(options_.center, image));
    return affine(image, matrix, is_bilinear(options_.interpolation), fill);
}

TAPER_DEFINE_CONSTRUCTORS(RandomCrop, RandomCropOptions, 1, size, padding, pad_if_needed, fill, padding_mode)
RandomCrop::RandomCrop(Called, const RandomCropOptions& o) : options_(o) {
    const std::vector<std::int64_t>& size = o.size;
    check(size.size() == 1 || size.size() == 2,
        "RandomCrop: Please provide only two dimensions (h, w) for size., got {} numbers", size.size());
    height_ = size.front(), width_ = size.back();
    check(height_ > 0 && width_ > 0, "RandomCrop: size should be positive, got {} x {}", height_, width_);
    const std::string& mode = o.padding_mode;
    check(mode == "constant" || mode == "edge" || mode == "reflect" || mode == "symmetric",
        "RandomCrop: Padding mode should be either constant, edge, reflect or symmetric, got '{}'", mode);
    if (!o.padding->has_value()) return;
    const std::vector<std::int64_t>& padding = **o.padding;
    const std::size_t n = padding.size();
    check(n == 1 || n == 2 || n == 4,
        "RandomCrop: Padding must be an int or a 1, 2, or 4 element tuple, not a {} element tuple", n);
    for (std::size_t side = 0; side < 4; ++side) sides_[side] = padding[side % n];
}

Tensor RandomCrop::operator()(const Tensor& given) const {
    check_image("RandomCrop", given);
    Tensor image = given;
    auto [to_left, to_top, to_right, to_bottom] = sides_;
    if (*options_.padding_mode != "constant") {
        const std::string& mode = options_.padding_mode;
        image = pad(image, sides_, mode);
        to_left = to_top = to_right = to_bottom = 0;
        const std::int64_t w = width_ - image.size(-1), h = height_ - image.size(-2);
        if (*options_.pad_if_needed && w > 0) image = pad(image, {w, 0, w, 0}, mode);
        if (*options_.pad_if_needed && h > 0) image = pad(image, {0, h, 0, h}, mode);
    }
    std::int64_t h = image.size(-2) + to_top + to_bottom, w = image.size(-1) + to_left + to_right;
    std::int64_t top = -to_top, left = -to_left;  // of the padded image, from the image's own corner
    if (*options_.pad_if_needed && w < width_) left -= width_ - w, w += 2 * (width_ - w);
    if (*options_.pad_if_needed && h < height_) top -= height_ - h, h += 2 * (height_ - h);
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
    return cropped(image, top, left, height_, width_, options_.fill);
}

TAPER_DEFINE_CONSTRUCTORS(RandomHorizontalFlip, RandomHorizontalFlipOptions, 0, p)
RandomHorizontalFlip::RandomHorizontalFlip(Called, const RandomHorizontalFlipOptions& o) : p_(o.p) {
    check(p_ >= 0 && p_ <= 1, "RandomHorizontalFlip: p should be between 0 and 1, got {}", p_);
}

Tensor RandomHorizontalFlip::operator()(const Tensor& image) const {
    check_image("RandomHorizontalFlip", image);
    if (!(draw(0, 1) < p_)) return image;
    const Tensor from = native::contiguous(image.detach());
    Tensor out = native::empty(image.shape(), image.dtype());
    const std::int64_t w = image.size(-1), size = static_cast<std::int64_t>(image.element_size());
    const char* source = static_cast<const char*>(from.data_ptr());
    char* target = static_cast<char*>(out.data_ptr());
    for (std::int64_t i = 0; i < out.numel(); ++i)
        std::memcpy(target + i * size, source + (i / w * w + w - 1 - i % w) * size, static_cast<std::size_t>(size));
    return out;
}

}  // namespace taper::transforms
