// Transforms that draw at random, so that a model sees each image another way in every epoch. They draw from the
// default generator, number for number as torchvision 0.14 does, and compute what it computes on tensors (on PIL images
// it lets Pillow resample, which differs by a pixel here and there). An image is ... x H x W: a grey image before or
// after ToTensor, one with channels after it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../tensor/tensor.h"
#include "lists.h"

namespace taper::transforms {

/// torchvision.transforms.InterpolationMode
enum class InterpolationMode { NEAREST, BILINEAR, BICUBIC, BOX, HAMMING, LANCZOS };
/// An InterpolationMode, or its name.
struct Interpolation {
    std::string name = "nearest";

    Interpolation() = default;
    Interpolation(InterpolationMode mode);
    template <std::convertible_to<std::string> Text> Interpolation(const Text& name) : name(name) {}
};

/// What comes from outside the image is `fill`, one number or one for each channel.
struct RandomRotationOptions {
    Keywords _ = Keywords();
    Arg<std::vector<double>> degrees = required;
    Arg<Interpolation> interpolation = Default(InterpolationMode::NEAREST);
    /// Whether the result is as large as the turned image needs.
    Arg<bool> expand = Default(false);
    /// {x, y}, in pixels from the upper left corner; the image's centre by default.
    Arg<std::optional<std::pair<double, double>>> center = Default(none);
    Arg<std::optional<std::vector<double>>> fill = Default(std::vector<double>{0});
};
/// Turns the image about its centre, counter-clockwise, by an angle from [-degrees, degrees] or [degrees[0],
/// degrees[1]]. torchvision.transforms.RandomRotation.
class RandomRotation {
 public:
    TAPER_CONSTRUCTORS(RandomRotation, RandomRotationOptions, 1, degrees, interpolation, expand, center, fill)
    TAPER_ITEMS_ALONE(RandomRotation, double, std::vector<double>)
    Tensor operator()(const Tensor& image) const;

 private:
    RandomRotation(Called, const RandomRotationOptions& o);

    std::vector<double> degrees_;
    RandomRotationOptions options_;
};

/// `translate`: the greatest shift as a share of width and height. `scale`: from which factor to which. `shear`: the
/// degrees along x, one number or from and to, and with four numbers along y.
struct RandomAffineOptions {
    Keywords _ = Keywords();
    Arg<std::vector<double>> degrees = required;
    Arg<std::optional<std::vector<double>>> translate = Default(none), scale = Default(none), shear = Default(none);
    Arg<Interpolation> interpolation = Default(InterpolationMode::NEAREST);
    Arg<std::optional<std::vector<double>>> fill = Default(std::vector<double>{0});
    Arg<std::optional<std::pair<double, double>>> center = Default(none);
};
/// Turns (clockwise), shifts by whole pixels, scales and shears about the centre. torchvision.transforms.RandomAffine.
class RandomAffine {
 public:
    TAPER_CONSTRUCTORS(
        RandomAffine, RandomAffineOptions, 1, degrees, translate, scale, shear, interpolation, fill, center)
    TAPER_ITEMS_ALONE(RandomAffine, double, std::vector<double>)
    Tensor operator()(const Tensor& image) const;

 private:
    RandomAffine(Called, const RandomAffineOptions& o);

    std::vector<double> degrees_, shear_;
    RandomAffineOptions options_;
};

/// `padding` around the image first: for all sides, {left and right, top and bottom}, or {left, top, right, bottom};
/// with `pad_if_needed` a smaller image is padded up to the size. `padding_mode` is "constant" (by `fill`), "edge",
/// "reflect" or "symmetric".
struct RandomCropOptions {
    Keywords _ = Keywords();
    Arg<std::vector<std::int64_t>> size = required;
    Arg<std::optional<std::vector<std::int64_t>>> padding = Default(none);
    Arg<bool> pad_if_needed = Default(false);
    Arg<double> fill = Default(0);
    Arg<std::string> padding_mode = Default("constant");
};
/// A part of this size, {height, width} or a square, from anywhere in the image. Error if the image is smaller.
/// torchvision.transforms.RandomCrop.
class RandomCrop {
 public:
    TAPER_CONSTRUCTORS(RandomCrop, RandomCropOptions, 1, size, padding, pad_if_needed, fill, padding_mode)
    TAPER_ITEMS_ALONE(RandomCrop, std::int64_t, std::vector<std::int64_t>)
    Tensor operator()(const Tensor& image) const;

 private:
    RandomCrop(Called, const RandomCropOptions& o);

    std::int64_t height_, width_;
    std::array<std::int64_t, 4> sides_ = {};  // left, top, right, bottom
    RandomCropOptions options_;
};

struct RandomHorizontalFlipOptions {
    Keywords _ = Keywords();
    Arg<double> p = Default(0.5);
};
/// Left becomes right with probability p. torchvision.transforms.RandomHorizontalFlip.
class RandomHorizontalFlip {
 public:
    TAPER_CONSTRUCTORS(RandomHorizontalFlip, RandomHorizontalFlipOptions, 0, p)
    Tensor operator()(const Tensor& image) const;

 private:
    RandomHorizontalFlip(Called, const RandomHorizontalFlipOptions& o);

    double p_;
};

}  // namespace taper::transforms
