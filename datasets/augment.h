// Transforms that draw at random, so that a model sees each image another way in every epoch. They draw from the
// default generator, number for number as torchvision 0.14 does, and compute what it computes on tensors (on PIL images
// it lets Pillow resample, which differs by a pixel here and there). An image is ... x H x W: a grey image before or
// after ToTensor, one with channels after it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "../tensor/tensor.h"

namespace taper::transforms {

/// A number or several: `10`, `{-10, 30}`.
template <class T> struct OneOrMore : std::vector<T> {
    OneOrMore() = default;
    template <Number N> OneOrMore(N value) : std::vector<T>{static_cast<T>(value)} {}
    OneOrMore(std::initializer_list<T> values) : std::vector<T>(values) {}
};

/// `interpolation` is "nearest" or "bilinear"; what comes from outside the image is `fill`.
struct RandomRotationOptions {
    std::string interpolation = "nearest";
    double fill = 0;
};
/// Turns the image about its centre, counter-clockwise, by an angle from [-degrees, degrees] or [degrees[0],
/// degrees[1]]. torchvision.transforms.RandomRotation, without `expand` and `center`.
class RandomRotation {
 public:
    explicit RandomRotation(OneOrMore<double> degrees, RandomRotationOptions options = {});
    Tensor operator()(const Tensor& image) const;

 private:
    std::vector<double> degrees_;
    RandomRotationOptions options_;
};

/// `translate`: the greatest shift as a share of width and height. `scale`: from which factor to which. `shear`: the
/// degrees along x, one number or from and to, and with four numbers along y.
struct RandomAffineOptions {
    std::vector<double> translate = {}, scale = {};
    OneOrMore<double> shear = {};
    std::string interpolation = "nearest";
    double fill = 0;
};
/// Turns (clockwise), shifts by whole pixels, scales and shears about the centre. torchvision.transforms.RandomAffine.
class RandomAffine {
 public:
    explicit RandomAffine(OneOrMore<double> degrees, RandomAffineOptions options = {});
    Tensor operator()(const Tensor& image) const;

 private:
    std::vector<double> degrees_;
    RandomAffineOptions options_;
};

/// `padding` around the image first: for all sides, {left and right, top and bottom}, or {left, top, right, bottom};
/// with `pad_if_needed` a smaller image is padded up to the size.
struct RandomCropOptions {
    OneOrMore<std::int64_t> padding = {};
    bool pad_if_needed = false;
    double fill = 0;
};
/// A part of this size, {height, width} or a square, from anywhere in the image. Error if the image is smaller.
/// torchvision.transforms.RandomCrop, padding by a constant.
class RandomCrop {
 public:
    explicit RandomCrop(OneOrMore<std::int64_t> size, RandomCropOptions options = {});
    Tensor operator()(const Tensor& image) const;

 private:
    std::int64_t height_, width_;
    std::array<std::int64_t, 4> sides_ = {};  // left, top, right, bottom
    RandomCropOptions options_;
};

/// Left becomes right with probability p. torchvision.transforms.RandomHorizontalFlip.
class RandomHorizontalFlip {
 public:
    explicit RandomHorizontalFlip(double p = 0.5);
    Tensor operator()(const Tensor& image) const;

 private:
    double p_;
};

}  // namespace taper::transforms
