// New parameters and buffers.
#pragma once

#include "../tensor/create.h"
#include "parameter.h"

namespace taper::nn {

/// A size of a lazy module that its first input will tell.
inline constexpr std::int64_t to_be_inferred = INT64_MIN;

/// What Registered::materialize does.
void materialize(
    const Tensor& x, const Shape& shape, std::optional<DType> dtype = {}, std::optional<Device> device = {});

/// Memory for a parameter, of the dtype and on the device that a module's keywords name; none if a size is to be
/// inferred.
inline Tensor blank(const Shape& shape, const std::optional<DType>& dtype, const std::optional<Device>& device) {
    for (const std::int64_t size : shape)
        if (size == to_be_inferred) return UninitializedBuffer({.device = device, .dtype = dtype});
    return empty(shape, {.dtype = dtype, .device = device});
}
template <class Options> Tensor blank(const Shape& shape, const Options& o) {
    return blank(shape, *o.dtype, *o.device);
}

}  // namespace taper::nn
