// For the library: what the functions that make tensors share.
#pragma once

#include "create.h"
#include "native.h"

namespace taper::making {

/// What was made, in the tensor that was given for it, if any.
template <class O> Tensor finish(const char* op, Tensor x, const O& o) {
    if constexpr (requires { o.out; })
        if (o.out.defined()) {
            Tensor out = o.out;
            check(!*o.dtype || **o.dtype == out.dtype(), "{}: dtype {} does not match dtype of out parameter ({})", op,
                **o.dtype, out.dtype());
            if (!(out.shape() == x.shape())) out.resize_(x.shape());
            native::copy(out, x);
            out.impl().count_write();
            return out;
        }
    x.impl().storage->version = 0;  // what was written until now made it
    return o.requires_grad ? x.requires_grad_() : x;
}

/// The dtype asked for; of what is written to `out`, that of out.
template <class O> DType dtype_of(const O& o, DType otherwise = get_default_dtype()) {
    if constexpr (requires { o.out; })
        if (o.out.defined()) otherwise = (*o.out).dtype();
    return o.dtype->value_or(otherwise);
}
template <class O> Device device_of(const O& o) { return o.device->value_or(Device()); }
template <class O> Generator generator_of(const O& o) { return *o.generator ? **o.generator : default_generator(); }

/// Uninitialised, as the options say.
template <class O> Tensor uninitialised(const Shape& shape, const O& o, DType otherwise = get_default_dtype()) {
    return native::empty(shape, dtype_of(o, otherwise), device_of(o));
}
template <class O> Tensor like(const O& o) {
    const Tensor x = o.input;
    check(device_of(o).is_cpu(), "Torch not compiled with CUDA enabled: there is no memory on {}", device_of(o));
    return native::like(x, x.shape(), o.dtype->value_or(x.dtype()));
}

/// `fill` writes the new tensor.
template <class O, class Fill> Tensor made(const char* op, Tensor x, const O& o, Fill fill) {
    fill(x);
    return finish(op, std::move(x), o);
}

}  // namespace taper::making

// Sizes one by one are a list of them.
#define TAPER_DEFINE_SIZED(name, O, body)                               \
    TAPER_DEFINE_FUNCTION(Tensor, name, O, body, 1, size)               \
    Tensor name(EmptyList, O o) { return name(Shape(), std::move(o)); } \
    TAPER_EACH_6(TAPER_DEFINE_SIZES_ONE_BY_ONE, name, O, 0, n1, n2, n3, n4, n5, n6)
#define TAPER_DEFINE_SIZES_ONE_BY_ONE(name, O, rest, k, ...)                                          \
    TAPER_JOIN(TAPER_FROM_TWO_, k)                                                                    \
    (Tensor name(TAPER_SIZES_##k(__VA_ARGS__), O o) {                                                 \
        return o.size.put(Arg<Shape>(Shape{TAPER_SIZE_VALUES(__VA_ARGS__)}), #name, "size"), name(o); \
    })
#define TAPER_SIZE_VALUES(...) __VA_ARGS__
