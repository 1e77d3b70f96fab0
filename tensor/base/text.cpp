#include "text.h"

#include <algorithm>
#include <string>
#include <vector>

namespace taper {

std::string joined(std::span<const std::string> texts, std::string_view between) {
    std::string all;
    for (const std::string& text : texts) {
        if (&text != texts.data()) all += between;
        all += text;
    }
    return all;
}
std::string joined(std::span<const std::int64_t> numbers, std::string_view between) {
    std::vector<std::string> texts;
    for (std::int64_t number : numbers) texts.push_back(std::to_string(number));
    return joined(texts, between);
}

fmt::format_context::iterator TextFormatter::write(std::string_view text, fmt::format_context& context) const {
    const std::string format = spec.empty() ? "{}" : "{:" + std::string(spec) + "}";
    return std::ranges::copy(fmt::vformat(format, fmt::make_format_args(text)), context.out()).out;
}

}  // namespace taper
