#include "number_range.h"

#include <cmath>

namespace taper {
namespace {

bool holds(DType dtype, double number) {
    const DTypeInfo& info = info_of(dtype);
    if (is_floating_point(dtype)) return !std::isfinite(number) || std::abs(number) <= info.highest;
    if (dtype == DType::Int64) return number >= info.lowest && number < info.highest;  // which is no int64 any more
    return number >= info.lowest && number <= info.highest;
}
bool holds(DType dtype, std::int64_t number) {
    const DTypeInfo& info = info_of(dtype);
    if (dtype == DType::Int64) return true;
    const double least = dtype == DType::UInt8 ? -info.highest : info.lowest, value = static_cast<double>(number);
    return value >= least && value <= info.highest;
}

}  // namespace

void check_fits(const char* op, const Scalar& number, DType dtype) {
    if (dtype == DType::Bool) return;
    const bool real = number.kind() == DType::Float64;
    const bool fits = real ? holds(dtype, number.to<double>()) : holds(dtype, number.to<std::int64_t>());
    check(fits, "{}: value cannot be converted to type {} without overflow: {}", op, info_of(dtype).c_name,
        real ? fmt::format("{}", number.to<double>()) : fmt::format("{}", number.to<std::int64_t>()));
}

void check_fits(const char* op, const Tensor& operand, DType dtype) {
    if (operand.impl().is_number) check_fits(op, operand.item_scalar(), dtype);
}

}  // namespace taper
