#include "limits.h"

#include <cmath>

namespace taper {

finfo::finfo(DType type) : dtype(name_of(type)) {
    check(is_floating_point(type),
        "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'");
    // Bits of the fraction, the least exponent of a normal number, and the last decimal digit that is sure.
    struct Format {
        int fraction, exponent;
        double resolution;
    };
    const Format format = type == DType::Float16 ? Format{10, -14, 1e-3}
        : type == DType::BFloat16                ? Format{7, -126, 1e-2}
        : type == DType::Float32                 ? Format{23, -126, 1e-6}
                                                 : Format{52, -1022, 1e-15};
    bits = size_of(type) * 8;
    resolution = format.resolution;
    min = info_of(type).lowest, max = info_of(type).highest;
    eps = std::ldexp(1, -format.fraction);
    smallest_normal = tiny = std::ldexp(1, format.exponent);
}

iinfo::iinfo(DType type) : dtype(name_of(type)) {
    check(!is_floating_point(type),
        "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'");
    check(type != DType::Bool, "torch.bool is not supported by torch.iinfo");
    bits = size_of(type) * 8;
    const bool has_sign = type != DType::UInt8;
    max = static_cast<std::int64_t>(~std::uint64_t(0) >> (64 - bits + (has_sign ? 1 : 0)));
    min = has_sign ? -max - 1 : 0;
}

}  // namespace taper

fmt::format_context::iterator fmt::formatter<taper::finfo>::format(
    const taper::finfo& info, fmt::format_context& context) const {
    return write(fmt::format("finfo(resolution={:g}, min={:g}, max={:g}, eps={:g}, smallest_normal={:g}, tiny={:g}, "
                             "dtype={})",
                     info.resolution, info.min, info.max, info.eps, info.smallest_normal, info.tiny, info.dtype),
        context);
}
fmt::format_context::iterator fmt::formatter<taper::iinfo>::format(
    const taper::iinfo& info, fmt::format_context& context) const {
    const std::string text = fmt::format("iinfo(min={:g}, max={:g}, dtype={})", static_cast<double>(info.min),
        static_cast<double>(info.max), info.dtype);
    return write(text, context);
}
