// The types an element can have, PyTorch's promotion between them, and the step from a run-time dtype to a C++ type.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <type_traits>

#include "base/error.h"
#include "base/half.h"
#include "base/inline.h"
#include "base/text.h"

namespace taper {

/// torch.dtype.
enum class DType : std::uint8_t { Bool, UInt8, Int8, Int16, Int32, Int64, Float16, BFloat16, Float32, Float64 };

inline constexpr DType bool_ = DType::Bool, uint8 = DType::UInt8, int8 = DType::Int8, int16 = DType::Int16,
                       int32 = DType::Int32, int64 = DType::Int64, float16 = DType::Float16, half = float16,
                       bfloat16 = DType::BFloat16, float32 = DType::Float32, float64 = DType::Float64;
inline constexpr DType kBool = bool_, kUInt8 = uint8, kByte = uint8, kInt8 = int8, kChar = int8, kInt16 = int16,
                       kShort = int16, kInt32 = int32, kInt = int32, kInt64 = int64, kLong = int64, kFloat16 = float16,
                       kHalf = float16, kBFloat16 = bfloat16, kFloat32 = float32, kFloat = float32, kFloat64 = float64,
                       kDouble = float64;

/// What there is to know about a dtype.
struct DTypeInfo {
    const char* name;         // "float32", as printed
    const char* scalar_name;  // "Float", as PyTorch's errors say
    const char* c_name;       // "float", as its errors about numbers that do not fit say
    int bytes;                // of an element
    DType
        computes_in;  // the dtype of its arithmetic: narrow elements are widened, and what comes out made narrow again
    double lowest, highest;  // finite ones; of int64 as near as a double comes
};

namespace detail {
// In the order of DType, which is that of promotion.
inline constexpr DTypeInfo dtypes[] = {
    {"bool", "Bool", "bool", 1, DType::Bool, 0, 1},
    {"uint8", "Byte", "uint8_t", 1, DType::UInt8, 0, 255},
    {"int8", "Char", "int8_t", 1, DType::Int32, -128, 127},
    {"int16", "Short", "int16_t", 2, DType::Int32, -32768, 32767},
    {"int32", "Int", "int", 4, DType::Int32, -0x1p31, 0x1p31 - 1},
    {"int64", "Long", "int64_t", 8, DType::Int64, -0x1p63, 0x1p63},
    {"float16", "Half", "at::Half", 2, DType::Float32, -65504, 65504},
    {"bfloat16", "BFloat16", "at::BFloat16", 2, DType::Float32, -0x1.fep127, 0x1.fep127},
    {"float32", "Float", "float", 4, DType::Float32, -0x1.fffffep127, 0x1.fffffep127},
    {"float64", "Double", "double", 8, DType::Float64, -0x1.fffffffffffffp1023, 0x1.fffffffffffffp1023},
};
}  // namespace detail

inline constexpr int dtype_count = std::size(detail::dtypes);
constexpr const DTypeInfo& info_of(DType dtype) { return detail::dtypes[static_cast<int>(dtype)]; }

/// PyTorch's names: "float32" as printed, "Float" as its errors say.
constexpr const char* name_of(DType dtype) { return info_of(dtype).name; }
constexpr const char* scalar_name_of(DType dtype) { return info_of(dtype).scalar_name; }
/// The bytes of one element.
constexpr int size_of(DType dtype) { return info_of(dtype).bytes; }
constexpr bool is_floating_point(DType dtype) { return dtype >= DType::Float16; }
/// Whether its elements are widened for arithmetic: int8, int16, float16 and bfloat16.
constexpr bool is_narrow(DType dtype) { return info_of(dtype).computes_in != dtype; }

/// torch.promote_types: the smallest dtype of the highest of the two kinds (bool, integer, floating) that holds both.
constexpr DType promote_types(DType a, DType b) {
    const DType low = a < b ? a : b, high = a < b ? b : a;
    if (low == DType::UInt8 && high == DType::Int8) return DType::Int16;
    if (low == DType::Float16 && high == DType::BFloat16) return DType::Float32;
    return high;
}

/// Throws the Error of an op that has nothing for elements of this dtype.
[[noreturn]] void not_implemented(DType dtype);

/// The same, with the name of PyTorch's kernel, for a dtype that is among those `refused`.
void refuse(const char* op, const char* kernel, DType dtype, std::initializer_list<DType> refused);

/// torch.get_default_dtype: float32 unless set_default_dtype (a floating one) said otherwise.
DType get_default_dtype();
void set_default_dtype(DType dtype);

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, char>;

/// The dtype that stores a T: float is float32, any integer wider than 32 bits int64.
template <class T> constexpr DType dtype_of() {
    using U = std::remove_cv_t<T>;
    if constexpr (std::is_same_v<U, bool>)
        return DType::Bool;
    else if constexpr (std::is_same_v<U, float>)
        return DType::Float32;
    else if constexpr (std::is_same_v<U, double>)
        return DType::Float64;
    else if constexpr (std::is_same_v<U, Half>)
        return DType::Float16;
    else if constexpr (std::is_same_v<U, BFloat16>)
        return DType::BFloat16;
    else if constexpr (std::is_same_v<U, std::uint8_t>)
        return DType::UInt8;
    else {
        static_assert(std::is_integral_v<U> && (std::is_signed_v<U> || sizeof(U) >= 4), "no tensor has such elements");
        return sizeof(U) == 1 ? DType::Int8
            : sizeof(U) == 2  ? DType::Int16
            : sizeof(U) == 4  ? DType::Int32
                              : DType::Int64;
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

/// A list of element types: what an op is implemented for.
template <class... T> struct Types {};
using Floats = Types<BFloat16, float, double>;
using FloatsAndHalf = Types<Half, BFloat16, float, double>;
using Integers = Types<bool, std::uint8_t, std::int8_t, std::int16_t, std::int32_t, std::int64_t>;
using Numbers =
    Types<std::uint8_t, std::int8_t, std::int16_t, std::int32_t, std::int64_t, Half, BFloat16, float, double>;
using AllTypes =
    Types<bool, std::uint8_t, std::int8_t, std::int16_t, std::int32_t, std::int64_t, Half, BFloat16, float, double>;

/// Whether `List` has the element type that `dtype` names.
template <class... T> constexpr bool holds(Types<T...>, DType dtype) { return ((dtype == dtype_of<T>()) || ...); }

namespace detail {
template <bool narrow, class First, class... Rest, class F>
decltype(auto) visit(Types<First, Rest...>, DType dtype, F& f) {
    if constexpr (!narrow && is_narrow(dtype_of<First>())) {
        return visit<narrow>(Types<Rest...>(), dtype, f);
    } else {
        if constexpr (sizeof...(Rest) > 0) {
            if (dtype != dtype_of<First>()) return visit<narrow>(Types<Rest...>(), dtype, f);
        } else if (dtype != dtype_of<First>()) {
            not_implemented(dtype);
        }
        return f(First{});
    }
}
}  // namespace detail

/// Calls f with a zero of the C++ type that `dtype` names; an Error if `List` does not hold it, or if it is a narrow
/// one, which is to be widened before.
template <class List = AllTypes, class F> decltype(auto) visit(DType dtype, F&& f) {
    return detail::visit<false>(List(), dtype, f);
}
/// The same with the narrow types: for what treats elements one by one.
template <class List = AllTypes, class F> decltype(auto) visit_stored(DType dtype, F&& f) {
    return detail::visit<true>(List(), dtype, f);
}

/// Calls f with a zero of the unsigned type of so many bytes: for elements that are moved, whatever they are.
template <class F> decltype(auto) visit_bytes(int bytes, F&& f) {
    switch (bytes) {
        case 1:
            return f(std::uint8_t());
        case 2:
            return f(std::uint16_t());
        case 4:
            return f(std::uint32_t());
        default:
            return f(std::uint64_t());
    }
}

}  // namespace taper

template <> struct fmt::formatter<taper::DType> : taper::TextFormatter {
    fmt::format_context::iterator format(taper::DType dtype, fmt::format_context& context) const;
};
