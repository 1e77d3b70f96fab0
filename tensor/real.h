// A setting that is a real number, as it was given.
#pragma once

#include <fmt/core.h>

#include "number_list.h"

namespace taper {

/// A number that remembers whether it was given as a whole one: nn.Softplus(2) prints beta=2, nn.Softplus(2.0)
/// beta=2.0. Else a double.
class Real {
 public:
    Real() = default;
    template <Number N>
        requires(!std::same_as<N, bool>)
    Real(N number) : value_(static_cast<double>(number)), is_whole_(std::integral<N>) {}
    operator double() const { return value_; }
    /// As Python prints it.
    friend std::string repr(const Real& number);

 private:
    double value_ = 0;
    bool is_whole_ = true;
};

}  // namespace taper

template <> struct fmt::formatter<taper::Real> : fmt::formatter<double> {
    fmt::format_context::iterator format(const taper::Real& number, fmt::format_context& context) const;
};
