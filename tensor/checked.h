// Arithmetic for sizes, strides and offsets that come from outside: what leaves int64 is known to have left it.
#pragma once

#include "shape.h"

namespace taper {

/// A whole number, or one that was too large to be worked out.
class Checked {
 public:
    Checked(std::int64_t value) : value_(value) {}
    friend Checked operator+(Checked a, Checked b) {
        a.fits_ = !__builtin_add_overflow(a.value_, b.value_, &a.value_) && a.fits_ && b.fits_;
        return a;
    }
    friend Checked operator-(Checked a, Checked b) {
        a.fits_ = !__builtin_sub_overflow(a.value_, b.value_, &a.value_) && a.fits_ && b.fits_;
        return a;
    }
    friend Checked operator*(Checked a, Checked b) {
        a.fits_ = !__builtin_mul_overflow(a.value_, b.value_, &a.value_) && a.fits_ && b.fits_;
        return a;
    }
    bool is_at_most(std::int64_t bound) const { return fits_ && value_ <= bound; }
    /// Error if it was too large.
    std::int64_t value(const char* op) const {
        check(fits_, "{}: numel: integer multiplication overflow", op);
        return value_;
    }

 private:
    std::int64_t value_;
    bool fits_ = true;
};

/// The number of elements of a shape without negative sizes; a size of 0 makes it 0, however large the others are.
inline Checked checked_numel(const Shape& shape) {
    Checked product = 1;
    for (std::int64_t size : shape) {
        if (size == 0) return 0;
        product = product * size;
    }
    return product;
}

}  // namespace taper
