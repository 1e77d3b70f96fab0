// What the checks of the exercises have in common: a number that is not Taper's ends the check with what was expected,
// and a hint, in Chinese where $LANG asks for it.
#pragma once

#include <taper/taper.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>

#include "01_view.h"

struct Difference : std::runtime_error {
    using runtime_error::runtime_error;
};

inline void expect(bool holds, const std::string& otherwise) {
    if (!holds) throw Difference(otherwise);
}
/// Equal to the twelfth digit.
inline void expect_equal(const std::string& what, double yours, double tapers) {
    expect(std::abs(yours - tapers) <= 1e-12 * std::max(1., std::abs(tapers)),
        fmt::format("{}: yours {:g}, Taper's {:g}", what, yours, tapers));
}
inline void expect_equal(const std::string& what, const view::Tensor& yours, const taper::Tensor& tapers) {
    const view::Sizes shape(tapers.shape().begin(), tapers.shape().end());
    expect(yours.storage != nullptr, what + ": yours has no numbers");
    expect(yours.shape == shape,
        fmt::format("{}: your shape ({}), Taper's ({})", what, fmt::join(yours.shape, ", "), fmt::join(shape, ", ")));
    const auto numbers = tapers.detach().to(taper::float64).flatten().tolist<double>();
    std::size_t n = 0;
    view::each(shape, [&](const view::Sizes& i) {
        expect_equal(fmt::format("{} at ({})", what, fmt::join(i, ", ")), yours(i), numbers[n++]);
    });
}

/// What is right, says so and gives 0; what is not, 2.
inline int check_exercise(
    const std::string& name, const std::string& hint, const std::string& chinese, const std::function<void()>& check) {
    try {
        check();
        fmt::print("{}: right, it is what Taper gives\n", name);
        return 0;
    } catch (const std::exception& error) {
        auto variable = [](const char* name) { return std::string(std::getenv(name) ? std::getenv(name) : ""); };
        const bool zh = (variable("LC_ALL").empty() ? variable("LANG") : variable("LC_ALL")).starts_with("zh");
        fmt::print("{}: not yet\n  {}\n  {}\n", name, error.what(), zh ? "提示：" + chinese : "hint: " + hint);
        return 2;
    }
}
