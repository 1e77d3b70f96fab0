#include "text.h"

#include <fmt/format.h>

namespace taper {

fmt::format_context::iterator TextFormatter::write(std::string_view text, fmt::format_context& context) const {
    const std::string format = spec.empty() ? "{}" : fmt::format("{{:{}}}", spec);
    return fmt::vformat_to(context.out(), format, fmt::make_format_args(text));
}

}  // namespace taper
