// For the library: a number as a line of PyTorch has it, which may be Python's or a Tensor.
#pragma once

#include <cmath>
#include <optional>

#include "../tensor/native.h"
#include "../tensor/serialization/value.h"

namespace taper::optim {

/// A float of Python, or a Tensor of one element, whose arithmetic is rounded to its dtype. Where both meet, the result
/// is a Tensor.
class Quantity {
 public:
    Quantity(double number = 0) : value_(number) {}
    Quantity(double value, DType dtype) : value_(rounded(value, dtype)), dtype_(dtype) {}
    explicit Quantity(const Tensor& number) : value_(number.item()), dtype_(number.dtype()) {}
    /// Out of a state_dict.
    explicit Quantity(const Value& number) : value_(number.item()) {
        if (number.kind() == Value::Kind::Tensor) *this = Quantity(number.tensor());
    }
    operator Value() const { return dtype_ ? Value(native::full({}, value_, *dtype_)) : Value(value_); }
    double item() const { return value_; }

    friend Quantity operator+(const Quantity& a, const Quantity& b) {
        return with(a, b, [](double a, double b) { return a + b; });
    }
    friend Quantity operator-(const Quantity& a, const Quantity& b) {
        return with(a, b, [](double a, double b) { return a - b; });
    }
    friend Quantity operator*(const Quantity& a, const Quantity& b) {
        return with(a, b, [](double a, double b) { return a * b; });
    }
    /// A float over a Tensor is its reciprocal times the float, as in PyTorch.
    friend Quantity operator/(const Quantity& a, const Quantity& b) {
        if (!a.dtype_ && b.dtype_ && a.value_ != 1) return Quantity(1) / b * a;
        return with(a, b, [](double a, double b) { return a / b; });
    }
    Quantity operator-() const { return alike(-value_); }
    Quantity abs() const { return alike(std::abs(value_)); }
    Quantity sqrt() const { return alike(std::sqrt(value_)); }

    friend bool operator<(const Quantity& a, const Quantity& b) { return b > a; }
    friend bool operator>(const Quantity& a, const Quantity& b) { return a.beside(b) > b.beside(a); }
    friend bool operator<=(const Quantity& a, const Quantity& b) { return b >= a; }
    friend bool operator>=(const Quantity& a, const Quantity& b) { return a.beside(b) >= b.beside(a); }
    /// The first, unless the second is less, or more.
    friend Quantity smaller(const Quantity& a, const Quantity& b) { return b < a ? b : a; }
    friend Quantity larger(const Quantity& a, const Quantity& b) { return b > a ? b : a; }

 private:
    Quantity alike(double value) const { return dtype_ ? Quantity(value, *dtype_) : Quantity(value); }
    // (Double arithmetic rounded to a narrower type has that type's own bits.)
    static double rounded(double value, std::optional<DType> dtype) {
        if (dtype == float32) return static_cast<float>(value);
        return dtype && dtype != float64 ? native::full({}, value, *dtype).item() : value;
    }
    // The value as it takes part in the other's arithmetic.
    double beside(const Quantity& other) const {
        return dtype_ || !other.dtype_ ? value_ : rounded(value_, info_of(*other.dtype_).computes_in);
    }
    template <class F> static Quantity with(const Quantity& a, const Quantity& b, F f) {
        return (a.dtype_ ? a : b).alike(f(a.beside(b), b.beside(a)));
    }

    double value_;
    std::optional<DType> dtype_;
};

}  // namespace taper::optim
