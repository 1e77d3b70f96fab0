// How {fmt} prints what has a text, without a copy of {fmt}'s own formatter wherever that is printed.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace taper {

/// What fmt::join gives, likewise.
std::string joined(std::span<const std::string> texts, std::string_view between);
std::string joined(std::span<const std::int64_t> numbers, std::string_view between);

/// The base of a fmt::formatter: what stands behind the colon is a string's, such as ">20".
struct TextFormatter {
    constexpr auto parse(fmt::format_parse_context& context) {
        auto end = context.begin();
        while (end != context.end() && *end != '}') ++end;
        spec = {context.begin(), static_cast<std::size_t>(end - context.begin())};
        return end;
    }

    fmt::format_context::iterator write(std::string_view text, fmt::format_context& context) const;

    std::string_view spec = {};
};

}  // namespace taper
