// Random initial values that can be drawn again: in Python's order, where C++ had another.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace taper::nn {

/// How a module drew its initial parameters, and what the random stream was before and after.
struct Draw {
    explicit Draw(std::function<void()> draw);

    std::function<void()> again;
    std::vector<std::uint8_t> before, after;
};

/// Python evaluates arguments from the left; C++ in any order, GCC from the right. So layers that were made as
/// arguments of one call have their values drawn again, in the order in which they stand there; unless they stand in it
/// already, or something else was drawn meanwhile.
void draw_in_order(const std::vector<Draw*>& draws);

}  // namespace taper::nn
