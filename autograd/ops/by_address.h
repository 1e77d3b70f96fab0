// Functions that are too rare, or too long, for loops of their own: all share one, which calls them by their addresses.
#pragma once

#include "../../tensor/loops.h"

namespace taper::ops {

namespace detail {
struct OfOne {
    float (*narrow)(float);
    double (*wide)(double);
    float operator()(float v) const { return narrow(v); }
    double operator()(double v) const { return wide(v); }
};
struct OfTwo {
    float (*narrow)(float, float);
    double (*wide)(double, double);
    float operator()(float u, float v) const { return narrow(u, v); }
    double operator()(double u, double v) const { return wide(u, v); }
};
}  // namespace detail

using FloatAndDouble = Types<float, double>;

/// map of f, which captures nothing, over the elements of x; whole numbers become the default floating type.
template <class List = Floats, class F> Tensor map_by_address(const Tensor& x, F) {
    return map<List>(x.is_floating_point() ? x : native::cast(x, get_default_dtype()),
        detail::OfOne{[](float v) { return static_cast<float>(F()(v)); }, [](double v) { return double(F()(v)); }});
}
/// The same over two.
template <class List = Floats, class F> Tensor map_by_address(const Tensor& a, const Tensor& b, F) {
    const DType dtype = result_type(a, b);
    return map<List>(a, b,
        detail::OfTwo{[](float u, float v) { return static_cast<float>(F()(u, v)); },
            [](double u, double v) { return double(F()(u, v)); }},
        is_floating_point(dtype) ? dtype : get_default_dtype());
}

}  // namespace taper::ops
