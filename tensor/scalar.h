// A plain number that has not lost its kind: what Python passes where a tensor is not needed.
#pragma once

#include "dtype.h"

namespace taper {

/// A bool, a whole number or a real, as a Python literal is.
class Scalar {
 public:
    Scalar() = default;
    template <Number N> Scalar(N value) {
        if constexpr (std::is_floating_point_v<N>)
            kind_ = DType::Float64, real_ = value;
        else
            kind_ = std::is_same_v<N, bool> ? DType::Bool : DType::Int64, whole_ = static_cast<std::int64_t>(value);
    }

    /// Bool, Int64 or Float64.
    DType kind() const { return kind_; }
    template <Number T> T to() const { return kind_ == DType::Float64 ? convert<T>(real_) : static_cast<T>(whole_); }
    /// The dtype of a tensor made from this number: bool, int64 or the default floating type.
    DType natural_dtype() const { return kind_ == DType::Float64 ? get_default_dtype() : kind_; }

 private:
    DType kind_ = DType::Int64;
    union {
        double real_;
        std::int64_t whole_ = 0;
    };
};

}  // namespace taper
