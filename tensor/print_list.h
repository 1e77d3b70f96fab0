// fmt has no text for a std::vector unless <fmt/ranges.h> is included: an error that says so, in place of fmt's own.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

namespace taper::detail {

template <class T> inline constexpr bool is_vector = false;
template <class T, class Memory> inline constexpr bool is_vector<std::vector<T, Memory>> = true;
template <class T>
concept VectorWithoutText = is_vector<std::remove_cvref_t<T>> && !fmt::is_formattable<std::remove_cvref_t<T>>::value;
template <class...> inline constexpr bool vectors_have_text = false;

}  // namespace taper::detail

#define TAPER_NO_TEXT "a std::vector has no text of its own: print torch::tensor(x), or fmt::join(x, \", \")"
namespace fmt {
template <class... T>
    requires(taper::detail::VectorWithoutText<T> || ...)
void print(const char*, T&&...) {
    static_assert(taper::detail::vectors_have_text<T...>, "fmt::print: " TAPER_NO_TEXT);
}
template <class... T>
    requires(taper::detail::VectorWithoutText<T> || ...)
std::string format(const char*, T&&...) {
    static_assert(taper::detail::vectors_have_text<T...>, "fmt::format: " TAPER_NO_TEXT);
    return {};
}
}  // namespace fmt
#undef TAPER_NO_TEXT
