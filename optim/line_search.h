// For the library: how far to go along a direction.
#pragma once

#include <functional>

#include "quantity.h"

namespace taper::optim {

/// A point on a line: how far along it stands, the loss there, its gradient, and the slope along the line.
struct LinePoint {
    Quantity at;
    double loss = 0;
    Tensor grad = {};
    Quantity slope = {};
};

/// A point, and how many others were looked at.
struct LineSearch {
    LinePoint found;
    std::int64_t evaluations;
};

/// A point where the loss is low enough and the slope flat enough for the strong Wolfe conditions (Nocedal and Wright,
/// 2006, 3.5 and 3.6), or the best of 25: beginning with `first`, in PyTorch's order. `length` is that of the
/// direction.
LineSearch strong_wolfe(const std::function<LinePoint(const Quantity&)>& look, const LinePoint& start,
    const Quantity& first, const Quantity& length, double tolerance_change);

}  // namespace taper::optim
