#include "number_range.h"

#include <cmath>

namespace taper {
namespace {

template <class T> bool holds(double number) {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_floating_point_v<T>)
        return !std::isfinite(number) || std::abs(number) <= static_cast<double>(Limits::max());
    else if constexpr (sizeof(T) < sizeof(std::int64_t))
        return number >= Limits::min() && number <= Limits::max();
    else  // whose largest number is no double
        return number >= -0x1p63 && number < 0x1p63;
}
template <class T> bool holds(std::int64_t number) {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_floating_point_v<T>)
        return true;
    else if constexpr (std::is_signed_v<T>)
        return number >= Limits::min() && number <= Limits::max();
    else
        return number >= -std::int64_t{Limits::max()} && number <= Limits::max();
}

const char* c_name_of(DType dtype) {
    switch (dtype) {
        case DType::UInt8:
            return "uint8_t";
        case DType::Int32:
            return "int";
        case DType::Int64:
            return "int64_t";
        case DType::Float32:
            return "float";
        case DType::Float64:
            return "double";
        default:
            return "bool";
    }
}

}  // namespace

void check_fits(const char* op, const Scalar& number, DType dtype) {
    if (dtype == DType::Bool) return;
    const bool real = number.kind() == DType::Float64;
    const bool fits = visit(dtype, [&](auto zero) {
        using T = decltype(zero);
        return real ? holds<T>(number.to<double>()) : holds<T>(number.to<std::int64_t>());
    });
    check(fits, "{}: value cannot be converted to type {} without overflow: {}", op, c_name_of(dtype),
        real ? fmt::format("{}", number.to<double>()) : fmt::format("{}", number.to<std::int64_t>()));
}

void check_fits(const char* op, const Tensor& operand, DType dtype) {
    if (operand.impl().is_number) check_fits(op, operand.item_scalar(), dtype);
}

}  // namespace taper
