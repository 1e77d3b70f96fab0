#include "create.h"

#include <cmath>

#include "checked.h"
#include "making.h"
#include "number_range.h"
#include "spacing.h"
#include "warning.h"

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace taper {

using namespace making;

// ---- from numbers

Tensor detail::tensor(const NestedList& list, const TensorOptions& options) {
    Tensor out = native::empty(list.shape(), options.dtype->value_or(list.dtype()), device_of(options));
    list.write(out);
    return finish("tensor", out, options);
}
Tensor tensor(EmptyList, const TensorOptions& options) { return detail::tensor({}, options); }
Tensor as_tensor(EmptyList, const TensorOptions& options) { return detail::tensor({}, options); }
Tensor asarray(EmptyList, const TensorOptions& options) { return detail::tensor({}, options); }
Tensor asarray(const Tensor& obj, const AsarrayOptions& o) {
    const bool other = *o.dtype && **o.dtype != obj.dtype(), copies = o.copy->value_or(other);
    check(copies || !other, "asarray: can't alias tensor with dtype '{}' into dtype '{}'.", scalar_name_of(obj.dtype()),
        scalar_name_of(o.dtype->value_or(obj.dtype())));
    Tensor x = copies ? obj.to({.device = *o.device, .dtype = *o.dtype, .copy = true}) : obj;
    if (!x.is_leaf() && !o.requires_grad) return x.detach();
    return x.requires_grad_(o.requires_grad);
}

Tensor detail::new_tensor(const Tensor& like, const NestedList& list, const TensorOptions& options) {
    TensorOptions own = options;
    own.dtype = options.dtype->value_or(like.dtype());
    return tensor(list, own);
}
Tensor Tensor::new_tensor(EmptyList, const TensorOptions& options) const {
    return detail::new_tensor(*this, {}, options);
}

// ---- by pattern

namespace {

Tensor filled(const char* op, const Shape& shape, const SizedOptions& o, double value) {
    return finish(op, native::full(shape, value, dtype_of(o), device_of(o)), o);
}
Tensor zeroed(const SizedOptions& o) { return finish("zeros", native::zeros(o.size, dtype_of(o), device_of(o)), o); }
Tensor full_of(const FullOptions& o) {
    const Scalar value = o.fill_value;
    const DType dtype = dtype_of(o, value.natural_dtype());
    check_fits("full", value, dtype);
    return finish("full", native::full(o.size, value, dtype, device_of(o)), o);
}
template <class O> Tensor filled_like(const char* op, const O& o, const Scalar& value) {
    return made(op, like(o), o, [&](const Tensor& x) {
        check_fits(op, value, x.dtype());
        native::fill(x, value);
    });
}

// How many numbers a range has: in int64 by whole numbers, else by what was given, whatever the dtype.
std::int64_t range_length(const Scalar& start, const Scalar& end, const Scalar& step, DType dtype) {
    if (dtype == DType::Int64) {
        const auto by = step.to<std::int64_t>();
        const Checked length = Checked(end.to<std::int64_t>()) - start.to<std::int64_t>();
        return (length + by - (by > 0 ? 1 : -1)).value("arange") / by;
    }
    const double length = std::max(0., std::ceil((end.to<double>() - start.to<double>()) / step.to<double>()));
    check(length < 0x1p63, "arange: invalid size, possible overflow?");
    return static_cast<std::int64_t>(length);
}

Tensor counted(const ArangeOptions& o) {
    const Scalar start = o.start, end = o.end, step = o.step;
    const bool real = promote_types(promote_types(start.kind(), end.kind()), step.kind()) == DType::Float64;
    const DType dtype = dtype_of(o, real ? get_default_dtype() : DType::Int64);
    check(dtype != DType::Bool, "arange: \"arange_cpu\" not implemented for 'Bool'");
    if (!is_floating_point(dtype))
        for (const Scalar& number : {start, end, step}) check_fits("arange", number, DType::Int64);
    const double first = start.to<double>(), last = end.to<double>(), by = step.to<double>();
    check((is_floating_point(dtype) ? by : std::trunc(by)) != 0, "arange: step must be nonzero");
    check(std::isfinite(first) && std::isfinite(last), "arange: unsupported range: {} -> {}", first, last);
    const bool whole = !is_floating_point(dtype);
    const double from = whole ? std::trunc(first) : first, to = whole ? std::trunc(last) : last;
    check(by > 0 ? to >= from : to <= from,
        "arange: upper bound and larger bound inconsistent with step sign: {} -> {} by {}", first, last, by);
    const Shape shape{range_length(start, end, step, dtype)};
    return made("arange", native::empty(shape, dtype, device_of(o)), o, [&](const Tensor& out) {
        if (out.is_floating_point())
            space_by(out, first, by);
        else
            space_by(out, start.to<std::int64_t>(), step.to<std::int64_t>());
    });
}

// torch.range counts in doubles, and includes the end.
Tensor closed_range(const ArangeOptions& o) {
    warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
        "Python's range builtin. Instead, use torch.arange, which produces values in [start, end).");
    const double start = (*o.start).to<double>(), end = (*o.end).to<double>(), step = (*o.step).to<double>();
    check(step != 0, "range: step must be nonzero");
    check(std::isfinite(start) && std::isfinite(end), "range: unsupported range: {} -> {}", start, end);
    check(step > 0 ? end >= start : end <= start,
        "range: upper bound and larger bound inconsistent with step sign: {} -> {} by {}", start, end, step);
    const DType dtype = dtype_of(o);
    refuse("range", "range_cpu", dtype, {DType::Bool, DType::Float16, DType::BFloat16});
    const double count = (end - start) / step + 1;
    check(count < 0x1p63, "range: invalid size, possible overflow?");
    return made(
        "range", native::empty({static_cast<std::int64_t>(count)}, dtype, device_of(o)), o, [&](const Tensor& out) {
            visit_stored(dtype, [&](auto zero) {
                using T = decltype(zero);
                using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
                const auto from = static_cast<Wide>(start), by = static_cast<Wide>(step);
                for (std::int64_t i = 0; i < out.numel(); ++i)
                    static_cast<T*>(out.data_ptr())[i] = static_cast<T>(from + static_cast<Wide>(i) * by);
            });
        });
}
Tensor strided(const EmptyStridedOptions& o) {
    const Shape &size = o.size, &stride = o.stride;
    check(size.size() == stride.size(), "empty_strided: mismatch in length of strides and shape: {} and {}", size.str(),
        stride.str());
    for (int d = 0; d < size.size(); ++d)
        check(size[d] >= 0 && stride[d] >= 0,
            "empty_strided: Trying to create tensor with negative dimension or stride: {}, {}", size.str(),
            stride.str());
    return finish("empty_strided", native::empty_strided(size, stride, dtype_of(o), device_of(o)), o);
}

// Numbers between two that the dtype can hold.
template <class O, class Space> Tensor spaced(const char* op, const O& o, Space space) {
    check(o.steps >= 0, "{}: number of steps must be non-negative, not {}", op, *o.steps);
    return made(op, uninitialised({o.steps}, o), o, [&](const Tensor& x) {
        check(x.dtype() != DType::Bool, "{}: \"{}_cpu\" not implemented for 'Bool'", op, op);
        check_fits(op, Scalar(*o.start), x.dtype());
        check_fits(op, Scalar(*o.end), x.dtype());
        space(x);
    });
}
Tensor spaced(const LinspaceOptions& o) {
    return spaced("linspace", o, [&](const Tensor& x) { space_evenly(x, o.start, o.end); });
}
Tensor spaced(const LogspaceOptions& o) {
    return spaced("logspace", o, [&](const Tensor& x) { space_powers(x, o.start, o.end, o.base); });
}
Tensor identity(const EyeOptions& o) {
    const std::int64_t n = o.n, m = o.m->value_or(n);
    refuse("eye", "eye", dtype_of(o), {DType::BFloat16});
    check(n >= 0 && m >= 0, "eye: n and m must be greater or equal to 0, got {} and {}", n, m);
    return made("eye", native::zeros({n, m}, dtype_of(o), device_of(o)), o,
        [&](const Tensor& x) { native::fill(native::view(x, {std::min(n, m)}, {m + 1}, 0), 1); });
}

}  // namespace

TAPER_DEFINE_SIZED(empty, SizedOptions, (finish("empty", uninitialised(o.size, o), o)))
TAPER_DEFINE_SIZED(zeros, SizedOptions, (zeroed(o)))
TAPER_DEFINE_SIZED(ones, SizedOptions, (filled("ones", o.size, o, 1)))
TAPER_DEFINE_FUNCTION(Tensor, full, FullOptions, (full_of(o)), 2, size, fill_value)
TAPER_DEFINE_FUNCTION(Tensor, empty_like, LikeOptions, (finish("empty_like", like(o), o)), 1, input)
TAPER_DEFINE_FUNCTION(Tensor, zeros_like, LikeOptions, (filled_like("zeros_like", o, 0)), 1, input)
TAPER_DEFINE_FUNCTION(Tensor, ones_like, LikeOptions, (filled_like("ones_like", o, 1)), 1, input)
TAPER_DEFINE_FUNCTION(
    Tensor, full_like, FullLikeOptions, (filled_like("full_like", o, o.fill_value)), 2, input, fill_value)
TAPER_DEFINE_FUNCTION(Tensor, range, ArangeOptions, (closed_range(o)), 2, start, end, step)
TAPER_DEFINE_FUNCTION(Tensor, empty_strided, EmptyStridedOptions, (strided(o)), 2, size, stride)
TAPER_DEFINE_FUNCTION(Tensor, linspace, LinspaceOptions, (spaced(o)), 3, start, end, steps)
TAPER_DEFINE_FUNCTION(Tensor, logspace, LogspaceOptions, (spaced(o)), 3, start, end, steps, base)
TAPER_DEFINE_FUNCTION(Tensor, eye, EyeOptions, (identity(o)), 1, n, m)

// What stands first is the end, if nothing else says where the range ends.
Tensor arange(const ArangeOptions& o) { return o.end.need("arange", "end"), counted(o); }
Tensor arange(const Arg<Scalar>& end, ArangeOptions o) {
    return (o.end.given() ? o.start : o.end).put(end, "arange", "start"), counted(o);
}
Tensor arange(const Arg<Scalar>& start, const Arg<Scalar>& end, ArangeOptions o) {
    return o.start.put(start, "arange", "start"), o.end.put(end, "arange", "end"), counted(o);
}
Tensor arange(const Arg<Scalar>& start, const Arg<Scalar>& end, const Arg<Scalar>& step, ArangeOptions o) {
    return o.step.put(step, "arange", "step"), arange(start, end, o);
}

Tensor from_blob(void* data, const Arg<Shape>& sizes, const Arg<Shape>& steps, const TensorOptions& options,
    std::function<void()> deleter) {
    const Shape &shape = sizes, &strides = steps;
    DType dtype = dtype_of(options);
    check(data != nullptr || shape.numel() == 0, "from_blob: there is no memory at a null pointer");
    std::int64_t last = 0;
    check(shape.size() == strides.size(), "from_blob: {} sizes, but {} strides", shape.size(), strides.size());
    for (int d = 0; d < shape.size(); ++d) {
        check(shape[d] >= 0 && strides[d] >= 0, "from_blob: negative sizes or strides: {}, {}", shape.str(),
            strides.str());
        last += (shape[d] - 1) * strides[d];
    }
    auto impl = make_ref<TensorImpl>(shape, strides);
    impl->storage = Storage::borrow(data, (shape.numel() == 0 ? 0 : last + 1) * size_of(dtype), std::move(deleter));
    impl->dtype = dtype;
    return finish("from_blob", Tensor(std::move(impl)), options);
}
Tensor from_blob(void* data, const Arg<Shape>& sizes, const TensorOptions& options, std::function<void()> deleter) {
    return from_blob(data, sizes, contiguous_strides(sizes), options, std::move(deleter));
}

bool set_flush_denormal(bool mode) {
#ifdef __SSE__
    _mm_setcsr(mode ? _mm_getcsr() | 0x8040U : _mm_getcsr() & ~0x8040U);
    return true;
#else
    return !mode;
#endif
}

}  // namespace taper
