#include "real.h"

#include <fmt/format.h>

namespace taper {

std::string repr(const Real& number) {
    return number.is_whole_ ? fmt::format("{}", number.value_) : repr(number.value_);
}

}  // namespace taper

fmt::format_context::iterator fmt::formatter<taper::Real>::format(
    const taper::Real& number, fmt::format_context& context) const {
    return fmt::formatter<double>::format(number, context);
}
