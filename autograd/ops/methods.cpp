// The methods of tensor/signatures.h, and those that stand beside it: what each does with its arguments.
#include "../../tensor/warning.h"
#include "../inplace.h"
#include "numbers.h"

namespace taper {
namespace {

Shape shape_of(const Tensor& x) { return x.shape(); }
DType dtype_of(const Tensor& x) { return x.dtype(); }

}  // namespace

#define UNARY(name) \
    Tensor Tensor::name() const { return ops::name(*this); }
#define UNARY_WITHOUT_OUT(name) UNARY(name)
#define UNARY_AS(name, op) \
    Tensor Tensor::name() const { return ops::op(*this); }
#define IN_PLACE(name, op) \
    const Tensor& Tensor::name##_() const { return ops::in_place(#name "_", *this, ops::op(*this)); }
#define SIGNATURE_AS(kind, T, name, Name, r, P, K, body) \
    TAPER_IS_##kind(FIRST, ARGUMENTS, T, name, Name, (), r, P, K, body)
#define SIGNATURE(kind, ...) TAPER_IS_##kind(__VA_ARGS__)
#define TAPER_IS_METHOD(first, mode, T, name, Name, fields, r, P, K, body)                                            \
    TAPER_DEFINE_##mode(T, Tensor::, name, const, Name##Method, r, P, K, [[maybe_unused]] const Tensor& self = *this; \
                        , body)
#define TAPER_IS_BOTH(...) TAPER_IS_METHOD(__VA_ARGS__)
#define TAPER_IS_BOTH_OUT(...) TAPER_IS_METHOD(__VA_ARGS__)
#define TAPER_IS_BOTH_OUTS(...) TAPER_IS_METHOD(__VA_ARGS__)
#define TAPER_IS_FUNCTION(...)
#define TAPER_IS_FUNCTION_OUT(...)
#include "../../tensor/signatures.h"

// ---- without their keywords

Tensor Tensor::add(const Tensor& other) const { return ops::add(*this, other); }
Tensor Tensor::sub(const Tensor& other) const { return ops::sub(*this, other); }
Tensor Tensor::div(const Tensor& other) const { return ops::div(*this, other); }
Tensor Tensor::addcmul(const Tensor& a, const Tensor& b) const { return ops::addcmul(*this, a, b); }
Tensor Tensor::addcdiv(const Tensor& a, const Tensor& b) const { return ops::addcdiv(*this, a, b); }
Tensor Tensor::addmm(const Tensor& a, const Tensor& b) const { return ops::addmm(*this, a, b); }
const Tensor& Tensor::add_(const Tensor& other) const { return ops::add_(*this, other); }
const Tensor& Tensor::sub_(const Tensor& other) const { return ops::sub_(*this, other); }
const Tensor& Tensor::div_(const Tensor& other) const { return ops::div_(*this, other); }
const Tensor& Tensor::addcmul_(const Tensor& a, const Tensor& b) const { return ops::addcmul_(*this, a, b); }
const Tensor& Tensor::addcdiv_(const Tensor& a, const Tensor& b) const { return ops::addcdiv_(*this, a, b); }

// ---- forms that stand for themselves

Tensor Tensor::contiguous() const { return ops::contiguous(*this); }
Tensor Tensor::mT() const { return ops::transpose(*this, -2, -1); }
Tensor Tensor::T() const {
    if (ndim() == 2) return ops::t(*this);
    warn(
        "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw "
        "an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute("
        "*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.");
    Shape order;
    for (std::int64_t d = ndim(); d-- > 0;) order.push_back(d);
    return ops::permute(*this, order);
}
Tensor::Rows Tensor::begin() const {
    check(ndim() > 0, "iteration over a 0-d tensor");
    return Rows(ops::unbind(*this, 0));
}
Tensor Tensor::slice(std::int64_t dim, const Slice& range) const { return ops::slice(*this, dim, range); }
Tensor Tensor::max() const { return ops::max(*this); }
Tensor Tensor::min() const { return ops::min(*this); }
Tensor Tensor::median() const { return ops::median(*this); }
TensorList Tensor::nonzero(const NonzeroTupleMethod& o) const {
    o.as_tuple.need("nonzero", "as_tuple");
    check(o.as_tuple, "nonzero: as_tuple=False gives one tensor: leave it out");
    return ops::where(*this);
}
template <int> TensorList Tensor::unique(const UniqueSeveralMethod& o) const {
    return ops::unique(*this, o.dim, o.return_inverse, o.return_counts);
}
template TensorList Tensor::unique<0>(const UniqueSeveralMethod& o) const;
template <int> TensorList Tensor::unique(const Arg<bool>& sorted, UniqueSeveralMethod o) const {
    return o.sorted.put(sorted, "unique", "sorted"), unique<0>(o);
}
template TensorList Tensor::unique<0>(const Arg<bool>& sorted, UniqueSeveralMethod o) const;
TensorList Tensor::unique(const Arg<bool>& sorted, const Arg<bool>& return_inverse, UniqueSeveralMethod o) const {
    return o.return_inverse.put(return_inverse, "unique", "return_inverse"), unique<0>(sorted, std::move(o));
}
TensorList Tensor::unique(const Arg<bool>& sorted, const Arg<bool>& return_inverse, const Arg<bool>& return_counts,
    UniqueSeveralMethod o) const {
    o.return_counts.put(return_counts, "unique", "return_counts");
    return unique(sorted, return_inverse, std::move(o));
}
TensorList Tensor::unique(const Arg<bool>& sorted, const Arg<bool>& return_inverse, const Arg<bool>& return_counts,
    const Arg<std::optional<std::int64_t>>& dim) const {
    return unique(sorted, return_inverse, return_counts, {.dim = dim});
}
const Tensor& Tensor::random_(const RandomOptions& options) const {
    check(*options.to || !options.from.given(), "random_: missing a required argument: 'to'");
    return *options.to ? ops::random_(*this, options.from, **options.to, options.generator)
                       : ops::random_(*this, options.generator);
}
const Tensor& Tensor::random_(const Arg<std::int64_t>& to, const RandomOptions& options) const {
    if (*options.to) {  // of the two, the one by position is the first
        check(!options.from.given(), "random_: got multiple values for argument 'from'");
        return ops::random_(*this, to, **options.to, options.generator);
    }
    return ops::random_(*this, 0, to, options.generator);
}
const Tensor& Tensor::random_(
    const Arg<std::int64_t>& from, const Arg<std::optional<std::int64_t>>& to, const RandomOptions& options) const {
    check(!options.from.given() && !options.to.given(), "random_: got multiple values for argument 'to'");
    check(to->has_value(), "random_: a range without an end is not there: give `to`");
    return ops::random_(*this, from, **to, options.generator);
}

// ---- elsewhere, and in another dtype

namespace {
void check_there(const Device& device) {
    check(device.is_cpu(), "to: Torch not compiled with CUDA enabled: there is no memory on {}", device);
}
}  // namespace

Tensor Tensor::to(const ToOptions& options) const {
    if (*options.device) check_there(**options.device);
    const Tensor moved = *options.dtype ? ops::to(*this, **options.dtype) : *this;
    return options.copy && moved.ref() == ref() ? ops::clone(moved) : moved;
}
Tensor Tensor::to(const Arg<DType>& dtype, ToOptions options) const {
    return options.dtype.put(*dtype, "to", "dtype"), to(options);
}
Tensor Tensor::to(const Arg<DType>& dtype, const Arg<bool>& non_blocking, ToOptions options) const {
    return options.non_blocking.put(non_blocking, "to", "non_blocking"), to(dtype, options);
}
Tensor Tensor::to(const Arg<DType>& dtype, const Arg<bool>& non_blocking, const Arg<bool>& copy) const {
    return to(dtype, non_blocking, {.copy = copy});
}
Tensor Tensor::to(const Arg<Device>& device, ToOptions options) const {
    return options.device.put(*device, "to", "device"), to(options);
}
Tensor Tensor::to(const Arg<Device>& device, const Arg<DType>& dtype, ToOptions options) const {
    return options.dtype.put(*dtype, "to", "dtype"), to(device, options);
}
Tensor Tensor::to(
    const Arg<Device>& device, const Arg<DType>& dtype, const Arg<bool>& non_blocking, ToOptions options) const {
    return options.non_blocking.put(non_blocking, "to", "non_blocking"), to(device, dtype, options);
}
Tensor Tensor::to(
    const Arg<Device>& device, const Arg<DType>& dtype, const Arg<bool>& non_blocking, const Arg<bool>& copy) const {
    return to(device, dtype, non_blocking, {.copy = copy});
}
// ---- a tensor where numbers belong

namespace {
Tensor copy_of(const char* call, const Tensor& data, const TensorOptions& options, DType dtype) {
    warn(
        "To copy construct from a tensor, it is recommended to use sourceTensor.clone().detach() or "
        "sourceTensor.clone().detach().requires_grad_(True), rather than {}(sourceTensor).",
        call);
    if (*options.device) check_there(**options.device);
    return ops::requires_grad_(ops::to(ops::clone(data.detach()), dtype), options.requires_grad);
}
}  // namespace
Tensor Tensor::new_tensor(const Tensor& data, const TensorOptions& options) const {
    return copy_of("tensor.new_tensor", data, options, options.dtype->value_or(dtype()));
}
Tensor detail::tensor_of_tensor(const Tensor& data, const TensorOptions& options) {
    return copy_of("torch.tensor", data, options, options.dtype->value_or(data.dtype()));
}

}  // namespace taper
