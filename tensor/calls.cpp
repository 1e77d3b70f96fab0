#include "calls.h"

#include <string_view>

#include "options.h"

namespace taper::detail {

void given_twice(const char* call, const char* parameter) {
    fail("{}: got multiple values for argument '{}'; give it by position or by keyword", call, parameter);
}

void not_given(const char* call, const char* parameter) {
    fail("{}: missing a required argument: '{}'", call, parameter);
}

}  // namespace taper::detail

namespace taper {

NormOrder::NormOrder(const char* name) : kind(std::string_view(name) == "fro" ? Kind::fro : Kind::nuc) {
    check(kind == Kind::fro || std::string_view(name) == "nuc",
        "norm: only valid string values are 'fro' and 'nuc', found {}", name);
}

}  // namespace taper
