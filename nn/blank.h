// New parameters and buffers.
#pragma once

#include "../tensor/create.h"

namespace taper::nn {

/// Memory for a parameter, of the dtype and on the device that a module's keywords name.
inline Tensor blank(const Shape& shape, const std::optional<DType>& dtype, const std::optional<Device>& device) {
    return empty(shape, {.dtype = dtype, .device = device});
}
template <class Options> Tensor blank(const Shape& shape, const Options& o) {
    return blank(shape, *o.dtype, *o.device);
}

}  // namespace taper::nn
