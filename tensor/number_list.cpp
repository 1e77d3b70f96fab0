#include "number_list.h"

namespace taper {

std::string repr(double number) {
    std::string text = fmt::format("{}", number);
    return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

namespace {

std::string text_of(DType dtype, const Scalar& number) {
    if (dtype == DType::Bool) return number.to<bool>() ? "True" : "False";
    return is_floating_point(dtype) ? repr(number.to<double>()) : fmt::format("{}", number.to<std::int64_t>());
}

std::string nested(const Shape& shape, DType dtype, const std::function<Scalar(std::int64_t)>& number, std::int64_t d,
    std::int64_t at) {
    if (d == shape.size()) return text_of(dtype, number(at));
    std::string text = "[";
    for (std::int64_t i = 0; i < shape[d]; ++i)
        text += (i ? ", " : "") + nested(shape, dtype, number, d + 1, at * shape[d] + i);
    return text + "]";
}

}  // namespace

std::string nested_text(const Shape& shape, DType dtype, const std::function<Scalar(std::int64_t)>& number) {
    return nested(shape, dtype, number, 0, 0);
}

}  // namespace taper
