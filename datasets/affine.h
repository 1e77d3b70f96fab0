// For the library: images that are turned, sheared, scaled and shifted.
#pragma once

#include <array>
#include <vector>

#include "../tensor/tensor.h"

namespace taper::transforms {

/// A map of the plane: (x, y) -> (m0 x + m1 y + m2, m3 x + m4 y + m5).
using AffineMatrix = std::array<double, 6>;

/// A point, in pixels from the image's centre.
struct Point {
    double x = 0, y = 0;
};

/// Where a pixel of the new image comes from in the old one, both from the centre: the inverse of turning by `angle`
/// degrees, shearing, scaling and shifting, about `center`.
AffineMatrix inverse_affine(
    double angle, double dx, double dy, double scale, double shear_x, double shear_y, const Point& center);

/// The image whose pixels come from where `matrix` says, by the nearest or, `bilinear`, of four; `fill`, a number for
/// each channel or one, stands where that is outside. It has the size of the old one, or, with `expand`, holds all of
/// it.
Tensor affine(const Tensor& image, const AffineMatrix& matrix, bool bilinear, const std::vector<double>& fill,
    bool expand = false);

}  // namespace taper::transforms
