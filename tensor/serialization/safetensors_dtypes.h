// What the header of a safetensors file is made of.
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>

#include "../dtype.h"

namespace taper::safetensors {

struct DTypeName {
    const char* name;
    int bytes;
    std::optional<DType> dtype;  // none where PyTorch 1.13 has none
};
// In the order in which the package lists them; files hold the last of these first.
inline constexpr DTypeName dtype_names[] = {{"BOOL", 1, bool_}, {"U8", 1, uint8}, {"I8", 1, int8}, {"I16", 2, int16},
    {"U16", 2, {}}, {"F16", 2, float16}, {"BF16", 2, bfloat16}, {"I32", 4, int32}, {"U32", 4, {}}, {"F32", 4, float32},
    {"F64", 8, float64}, {"I64", 8, int64}, {"U64", 8, {}}};

inline const DTypeName& named(DType dtype) {
    return *std::find_if(
        std::begin(dtype_names), std::end(dtype_names), [&](const DTypeName& known) { return known.dtype == dtype; });
}

}  // namespace taper::safetensors
