// PyTorch's UserWarnings: a line that means what it says and is seldom what was meant.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <functional>
#include <source_location>
#include <string>
#include <type_traits>

#include "calls.h"

namespace taper {

/// A format string, checked when it is compiled, and the place in the code where it stands.
template <class... Values> struct Sentence {
    fmt::format_string<Values...> format;
    std::source_location place;
    template <class S>
        requires std::convertible_to<const S&, fmt::string_view>
    consteval Sentence(const S& sentence, std::source_location place = std::source_location::current())
        : format(sentence), place(place) {}
};

void warn_with(fmt::string_view format, fmt::format_args values, const std::source_location& place);

/// Says the formatted sentence as a UserWarning: once for each place in the code that warns and each sentence, unless
/// set_warn_always. In a module, its path stands first (TORCH_WARN, warnings.warn).
template <class... Values> void warn(Sentence<std::type_identity_t<Values>...> sentence, const Values&... values) {
    warn_with(sentence.format, fmt::make_format_args(values...), sentence.place);
}

/// What a loss says whose target has another size than its input.
void warn_of_target_size(const Shape& target, const Shape& input);

struct SetWarnAlwaysOptions {
    Keywords _ = Keywords();
    Arg<bool> b = required;
};
/// Whether a warning is said again that was said before (torch.set_warn_always).
TAPER_FUNCTION(void, set_warn_always, SetWarnAlwaysOptions, 1, b)
/// torch.is_warn_always_enabled
bool is_warn_always_enabled();

/// What is done with a warning's line, such as "layers.0: UserWarning: Using a target size (...".
using WarningHandler = std::function<void(const std::string& line)>;
/// Replaces the handler, at first one that prints the line on stderr, and returns it; an empty one is that first one.
/// What was said before is forgotten, and said to the new one again. A handler runs on the thread that warns. One that
/// throws makes the warning an error, each time; what it itself does may warn, but on stderr (warnings.simplefilter,
/// warnings.catch_warnings).
WarningHandler set_warning_handler(WarningHandler handler);

}  // namespace taper
