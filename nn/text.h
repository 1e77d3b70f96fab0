// Settings as Python prints them.
#pragma once

#include <string>

#include "../tensor/shape.h"

namespace taper::nn {

/// "True" or "False".
inline const char* text(bool value) { return value ? "True" : "False"; }
/// "(2, 3)" or "(2,)".
inline std::string tuple_text(const Shape& sizes) {
    return "(" + joined(sizes, ", ") + (sizes.size() == 1 ? ",)" : ")");
}
/// "2" or "(2, 3)": what was given as a number prints as one.
inline std::string size_text(const Shape& sizes) {
    return sizes.size() == 1 ? std::to_string(sizes[0]) : tuple_text(sizes);
}

}  // namespace taper::nn
