// What numbers of a dtype can be, and the numbers that have names.
#pragma once

#include <string>

#include "calls.h"

namespace taper {

/// torch.pi, e, inf, nan.
inline constexpr double pi = 3.14159265358979323846, e = 2.71828182845904523536,
                        inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

struct FloatingInfoOptions {
    Keywords _ = Keywords();
    Arg<DType> type = Default(DType::Float32);
};
struct IntegerInfoOptions {
    Keywords _ = Keywords();
    Arg<DType> type = required;
};

/// torch.finfo: of a floating dtype, by default the default one. Error of any other.
struct finfo {
    explicit finfo(DType type = get_default_dtype());
    explicit finfo(const FloatingInfoOptions& o) : finfo(o.type.given() ? *o.type : get_default_dtype()) {}

    int bits;
    double resolution, min, max, eps, smallest_normal, tiny;
    std::string dtype;
};
/// torch.iinfo: of a dtype of whole numbers; Error of any other.
struct iinfo {
    explicit iinfo(DType type);
    explicit iinfo(const IntegerInfoOptions& o) : iinfo((o.type.need("iinfo", "type"), *o.type)) {}

    int bits;
    std::int64_t min, max;
    std::string dtype;
};

}  // namespace taper

template <> struct fmt::formatter<taper::finfo> : taper::TextFormatter {
    fmt::format_context::iterator format(const taper::finfo& info, fmt::format_context& context) const;
};
template <> struct fmt::formatter<taper::iinfo> : taper::TextFormatter {
    fmt::format_context::iterator format(const taper::iinfo& info, fmt::format_context& context) const;
};
