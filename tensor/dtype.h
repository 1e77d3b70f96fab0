// The types an element can have, PyTorch's promotion between them, and the step from a run-time dtype to a C++ type.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/error.h"
#include "base/inline.h"

namespace taper {

/// torch.dtype.
enum class DType : std::uint8_t { Bool, UInt8, Int32, Int64, Float32, Float64 };

inline constexpr DType bool_ = DType::Bool, uint8 = DType::UInt8, int32 = DType::Int32, int64 = DType::Int64,
                       float32 = DType::Float32, float64 = DType::Float64;
inline constexpr DType kBool = bool_, kUInt8 = uint8, kInt32 = int32, kInt64 = int64, kLong = int64, kFloat32 = float32,
                       kFloat = float32, kFloat64 = float64, kDouble = float64;

/// The bytes of one element.
constexpr int size_of(DType dtype) {
    constexpr int bytes[] = {1, 1, 4, 8, 4, 8};
    return bytes[static_cast<int>(dtype)];
}
constexpr bool is_floating_point(DType dtype) { return dtype >= DType::Float32; }

/// PyTorch's names: "float32" as printed, "Float" as its errors say.
const char* name_of(DType dtype);
const char* scalar_name_of(DType dtype);

/// torch.promote_types: the smallest dtype of the highest of the two kinds (bool, integer, floating) that holds both.
constexpr DType promote_types(DType a, DType b) { return a > b ? a : b; }

/// torch.get_default_dtype: float32 unless set_default_dtype (float32 or float64) said otherwise.
DType get_default_dtype();
void set_default_dtype(DType dtype);

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, char>;

/// The dtype that stores a T: float is float32, any integer wider than 32 bits int64.
template <class T> constexpr DType dtype_of() {
    using U = std::remove_cv_t<T>;
    if constexpr (std::is_same_v<U, bool>)
        return DType::Bool;
    else if constexpr (std::is_same_v<U, std::uint8_t>)
        return DType::UInt8;
    else if constexpr (std::is_same_v<U, float>)
        return DType::Float32;
    else if constexpr (std::is_same_v<U, double>)
        return DType::Float64;
    else if constexpr (std::is_integral_v<U> && sizeof(U) == 8)
        return DType::Int64;
    else {
        static_assert(std::is_integral_v<U> && sizeof(U) == 4, "no tensor has elements of this type");
        return DType::Int32;
    }
}

/// The value as To. A real number that a whole one cannot hold becomes what the processor makes of it, as in PyTorch:
/// its low byte where To is uint8, else the least number of all.
template <Number To, Number From> TAPER_INLINE constexpr To convert(From value) {
    if constexpr (!std::is_floating_point_v<From> || std::is_floating_point_v<To> || std::is_same_v<To, bool>) {
        return static_cast<To>(value);
    } else {
        using Wide = std::conditional_t<sizeof(To) == 4, std::int32_t, std::int64_t>;
        constexpr From least = static_cast<From>(std::numeric_limits<Wide>::min());
        return static_cast<To>(
            value >= least && value < -least ? static_cast<Wide>(value) : std::numeric_limits<Wide>::min());
    }
}

/// A list of element types, for visit.
template <class... T> struct Types {};
using Floats = Types<float, double>;
using Integers = Types<bool, std::uint8_t, std::int32_t, std::int64_t>;
using Numbers = Types<std::uint8_t, std::int32_t, std::int64_t, float, double>;
using AllTypes = Types<bool, std::uint8_t, std::int32_t, std::int64_t, float, double>;

/// The Error of an op that has no such elements.
[[noreturn]] void not_implemented_for(DType dtype);

/// Calls f with a zero of the C++ type that `dtype` names; an Error if `List` does not hold it.
template <class List = AllTypes, class F> decltype(auto) visit(DType dtype, F&& f) {
    return [&]<class First, class... Rest>(Types<First, Rest...>) -> decltype(auto) {
        using Result = decltype(f(First{}));
        if constexpr (std::is_void_v<Result>) {
            if (!((dtype == dtype_of<First>() && (f(First{}), true)) || ... ||
                    (dtype == dtype_of<Rest>() && (f(Rest{}), true))))
                not_implemented_for(dtype);
        } else {
            Result result{};
            if (!((dtype == dtype_of<First>() && (result = f(First{}), true)) || ... ||
                    (dtype == dtype_of<Rest>() && (result = f(Rest{}), true))))
                not_implemented_for(dtype);
            return result;
        }
    }(List{});
}

}  // namespace taper

template <> struct fmt::formatter<taper::DType> : fmt::formatter<std::string_view> {
    fmt::format_context::iterator format(taper::DType dtype, fmt::format_context& context) const;
};
