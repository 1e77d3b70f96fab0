#include "calls.h"

namespace taper::detail {

void given_twice(const char* call, const char* parameter) {
    fail("{}: got multiple values for argument '{}'; give it by position or by keyword", call, parameter);
}

void not_given(const char* call, const char* parameter) {
    fail("{}: missing a required argument: '{}'", call, parameter);
}

}  // namespace taper::detail
