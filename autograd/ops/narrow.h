// What has no loops of its own for narrow elements (int8, int16, float16, bfloat16) is computed from wide ones.
#pragma once

#include "../node.h"

namespace taper::ops {

Tensor to(const Tensor& x, DType dtype);

/// x in the dtype of its arithmetic; Error if `List`, the types the op is implemented for, has not x's own.
template <class List = AllTypes> Tensor widened(const Tensor& x) {
    if (!x.defined() || !is_narrow(x.dtype())) return x;
    if (!holds(List(), x.dtype())) not_implemented(x.dtype());
    return to(x, info_of(x.dtype()).computes_in);
}

/// A result made of wide elements, with narrow ones again, and with the name that its step had.
inline Tensor narrowed(const Tensor& wide, DType dtype) {
    if (wide.dtype() != info_of(dtype).computes_in) return wide;
    const auto& node = wide.impl().node;
    return autograd::named(node ? node->name : "", to(wide, dtype));
}
inline ValuesAndIndices narrowed(const ValuesAndIndices& wide, DType dtype) {
    return {narrowed(wide.values, dtype), wide.indices};
}

/// f of tensors whose first is narrow, as f of wide ones, its result (or its values) made narrow again.
template <class List = AllTypes, class F, class... More> auto in_wide(F f, const Tensor& x, const More&... more) {
    return narrowed(f(widened<List>(x), widened<List>(more)...), x.dtype());
}

/// The same where PyTorch refuses only what there is something to do for: `any` dtype is taken if there is not.
template <class List, class F> auto in_wide_if(bool any, F f, const Tensor& x) {
    return any ? in_wide(f, x) : in_wide<List>(f, x);
}

}  // namespace taper::ops
