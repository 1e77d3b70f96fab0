// What may stand in square brackets: X[all, 0], X[Slice(1, 5)], X[ellipsis, None], X[mask].
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>

#include "options.h"

#if !defined(__cpp_multidimensional_subscript)
#error "taper needs C++23 (-std=c++23): before it, X[all, 0] compiles and silently means X[0]"
#endif

namespace taper {

class Tensor;

/// Python's start:stop:step; bounds may be negative or `none`, the step is positive.
struct Slice {
    std::optional<std::int64_t> start = {}, stop = {}, step = {};
    Slice() = default;
    explicit Slice(std::optional<std::int64_t> stop) : stop(stop) {}
    Slice(std::optional<std::int64_t> start, std::optional<std::int64_t> stop, std::optional<std::int64_t> step = {})
        : start(start), stop(stop), step(step) {}
};

/// Python's None in brackets: a new dimension of size 1.
struct NewAxis {};
inline constexpr NewAxis None;

/// Python's `...` in brackets: as many whole dimensions as are left.
struct Ellipsis {};
inline constexpr Ellipsis ellipsis;

/// Python's `:` in brackets; called, it is torch.all.
struct All {
    TAPER_METHOD(Tensor, operator(), AllFunction, 1, input, dim, keepdim)
};
inline constexpr All all;

}  // namespace taper
