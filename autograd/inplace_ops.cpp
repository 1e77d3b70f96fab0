// The methods that end in an underscore: the op's result, written over x.
#include "../tensor/loops.h"
#include "inplace.h"
#include "ops.h"

namespace taper {

using autograd::overwrite, autograd::overwrite_with;
using T = const Tensor&;

namespace {

// Arithmetic straight into x where nothing is recorded and x's own dtype and shape are the result's; else false.
template <class List = Numbers, class F> bool written_at_once(const char* op, T x, T other, F f) {
    if (is_grad_enabled() && (x.requires_grad() || other.requires_grad())) return false;
    bool may_share = other.body().storage == x.body().storage &&
        !(other.shape() == x.shape() && other.stride() == x.stride() && other.storage_offset() == x.storage_offset());
    if (may_share || result_type(x, other) != x.dtype() || x.dtype() == DType::Bool) return false;
    if (!(other.shape() == x.shape()) && !(broadcast_shapes(x.shape(), other.shape()) == x.shape())) return false;
    autograd::check_writable(op, x);
    zip_into<List>(x, x, other, f);
    x.body().count_write();
    return true;
}

void check_result(const char* op, T x, T value) {
    bool fits = (is_floating_point(x.dtype()) || !is_floating_point(value.dtype())) &&
        (x.dtype() != DType::Bool || value.dtype() == DType::Bool);
    check(fits, "{}: result type {} can't be cast to the desired output type {}", op, scalar_name_of(value.dtype()),
        scalar_name_of(x.dtype()));
}

T in_place(const char* op, T x, T value) {
    check_result(op, x, value);
    check(value.shape() == x.shape(), "{}: output with shape {} doesn't match the broadcast shape {}", op,
        x.shape().str(), value.shape().str());
    return overwrite(op, x, value);
}

}  // namespace

T Tensor::add_(T other, const AddOptions& options) const {
    bool plain = options.alpha.to<double>() == 1;
    if (plain && written_at_once("add_", *this, other, [](auto x, auto y) { return x + y; })) return *this;
    return in_place("add_", *this, add(other, options));
}
T Tensor::sub_(T other, const AddOptions& options) const {
    bool plain = options.alpha.to<double>() == 1;
    plain = plain && other.dtype() != DType::Bool;  // sub refuses it
    if (plain && written_at_once("sub_", *this, other, [](auto x, auto y) { return x - y; })) return *this;
    return in_place("sub_", *this, sub(other, options));
}
T Tensor::mul_(T other) const {
    return written_at_once("mul_", *this, other, [](auto x, auto y) { return x * y; })
        ? *this
        : in_place("mul_", *this, mul(other));
}
T Tensor::div_(T other) const {
    bool real = is_floating_point();
    return real && written_at_once<Floats>("div_", *this, other, [](auto x, auto y) { return x / y; })
        ? *this
        : in_place("div_", *this, div(other));
}
T Tensor::pow_(T exponent) const { return in_place("pow_", *this, pow(exponent)); }
T Tensor::remainder_(T other) const { return in_place("remainder_", *this, remainder(other)); }
T Tensor::addcmul_(T a, T b, double value) const { return in_place("addcmul_", *this, addcmul(a, b, value)); }
T Tensor::addcdiv_(T a, T b, double value) const { return in_place("addcdiv_", *this, addcdiv(a, b, value)); }
T Tensor::lerp_(T end, T weight) const { return in_place("lerp_", *this, lerp(end, weight)); }

// clang-format off
#define TAPER_IN_PLACE(name) \
    T Tensor::name##_() const { return in_place(#name "_", *this, name()); }
TAPER_IN_PLACE(neg)
TAPER_IN_PLACE(abs)
TAPER_IN_PLACE(exp)
TAPER_IN_PLACE(log)
TAPER_IN_PLACE(sqrt)
TAPER_IN_PLACE(square)
TAPER_IN_PLACE(reciprocal)
TAPER_IN_PLACE(floor) TAPER_IN_PLACE(ceil) TAPER_IN_PLACE(round) TAPER_IN_PLACE(sin) TAPER_IN_PLACE(cos)
    TAPER_IN_PLACE(tanh) TAPER_IN_PLACE(sigmoid) TAPER_IN_PLACE(relu) TAPER_IN_PLACE(erfinv)
#undef TAPER_IN_PLACE
    // clang-format on

    T Tensor::clamp_(std::optional<Scalar> min, std::optional<Scalar> max) const {
    return in_place("clamp_", *this, clamp(min, max));
}
T Tensor::clamp_(const ClampOptions& options) const { return in_place("clamp_", *this, clamp(options)); }
T Tensor::clamp_min_(T min) const { return in_place("clamp_min_", *this, clamp_min(min)); }
T Tensor::clamp_max_(T max) const { return in_place("clamp_max_", *this, clamp_max(max)); }

T Tensor::set_item(T value) const {
    if (value.shape() == shape()) return copy_(value);
    if (value.ndim() == 0) return fill_(value);
    Shape own = value.shape();
    while (!own.empty() && own[0] == 1) own.erase(0);
    return copy_(own == value.shape() ? value : value.reshape(own));
}
T Tensor::copy_(T source) const {
    bool shares = source.body().storage == body().storage;
    return overwrite_with("copy_", "CopyBackwards", *this, shares ? source.clone() : source);
}
T Tensor::fill_(T value) const {
    check(value.ndim() == 0, "fill_: only supports 0-dimension value tensor but got tensor with {} dimensions.",
        value.ndim());
    return overwrite_with("fill_", value.body().is_number ? "FillBackward2" : "FillBackward3", *this, value, true);
}
T Tensor::zero_() const { return overwrite_with("zero_", "ZeroBackward0", *this, 0, true); }
T Tensor::tril_(std::int64_t diagonal) const { return in_place("tril_", *this, tril(diagonal)); }
T Tensor::triu_(std::int64_t diagonal) const { return in_place("triu_", *this, triu(diagonal)); }
T Tensor::fill_diagonal_(Scalar value) const {
    std::int64_t step = 0, shortest = ndim() == 0 ? 0 : shape()[0];
    for (int d = 0; d < ndim(); ++d) {
        check(
            ndim() <= 2 || shape()[d] == shape()[0], "fill_diagonal_: all dimensions of input must be of equal length");
        step += stride()[d];
        shortest = std::min(shortest, shape()[d]);
    }
    check(ndim() >= 2, "fill_diagonal_: dimensions must larger than 1");
    as_strided({shortest}, {step}, storage_offset()).fill_(Tensor(value));
    return *this;
}

// ---- drawn at random: what was there, and its history, is gone

namespace {
template <class Draw> T drawn(const char* op, T x, Draw draw) {
    Tensor fresh = values::like(x, x.shape(), x.dtype());
    autograd::check_writable(op, x);
    if (x.requires_grad() && is_grad_enabled()) {
        draw(fresh);
        return overwrite_with(op, "RandomBackward0", x, fresh);
    }
    draw(x);
    return x;
}
Generator chosen(const std::optional<Generator>& generator) { return generator ? *generator : default_generator(); }
}  // namespace

T Tensor::uniform_(double from, double to, std::optional<Generator> generator) const {
    return drawn("uniform_", *this, [&](T x) { random::uniform_(x, from, to, chosen(generator)); });
}
T Tensor::normal_(double mean, double std, std::optional<Generator> generator) const {
    return drawn("normal_", *this, [&](T x) { random::normal_(x, mean, std, chosen(generator)); });
}
T Tensor::exponential_(double lambd, std::optional<Generator> generator) const {
    return drawn("exponential_", *this, [&](T x) { random::exponential_(x, lambd, chosen(generator)); });
}
T Tensor::bernoulli_(double p, std::optional<Generator> generator) const {
    return drawn("bernoulli_", *this, [&](T x) { random::bernoulli_(x, p, chosen(generator)); });
}
T Tensor::bernoulli_(T p, std::optional<Generator> generator) const {
    return overwrite("bernoulli_", *this, taper::bernoulli(p.expand(shape()).contiguous().detach(), generator));
}
T Tensor::random_(std::optional<Generator> generator) const {
    return drawn("random_", *this, [&](T x) { random::random_(x, chosen(generator)); });
}
T Tensor::random_(std::int64_t from, std::int64_t to, std::optional<Generator> generator) const {
    return drawn("random_", *this, [&](T x) { random::random_(x, from, to, chosen(generator)); });
}
Tensor Tensor::bernoulli(std::optional<Generator> generator) const { return taper::bernoulli(*this, generator); }
Tensor Tensor::multinomial(std::int64_t num_samples, bool replacement, std::optional<Generator> generator) const {
    return taper::multinomial(*this, num_samples, replacement, generator);
}

// ---- the handle itself becomes the view

namespace {
T becomes(const char* op, const char* name, T x, const Tensor& view) {
    check(!is_grad_enabled() || !x.requires_grad() || !x.is_leaf(),
        "{}: a leaf Variable that requires grad is being used in an in-place operation.", op);
    x.body().shape = view.shape();
    x.body().strides = view.stride();
    if (view.requires_grad()) autograd::set_history(x, autograd::history(autograd::named(name, view)));
    return x;
}
}  // namespace

T Tensor::squeeze_(std::int64_t dim) const { return becomes("squeeze_", "SqueezeBackward3", *this, squeeze(dim)); }
T Tensor::unsqueeze_(std::int64_t dim) const {
    return becomes("unsqueeze_", "UnsqueezeBackward1", *this, unsqueeze(dim));
}
T Tensor::transpose_(std::int64_t dim0, std::int64_t dim1) const {
    return becomes("transpose_", "TransposeBackward1", *this, transpose(dim0, dim1));
}
T Tensor::t_() const { return becomes("t_", "TBackward1", *this, t()); }
T Tensor::resize_(const Shape& shape) const {
    check(!requires_grad(), "resize_: cannot resize variables that require grad");
    if (shape.numel() * element_size() > body().storage->bytes() - storage_offset() * element_size()) {
        Tensor larger = values::empty(shape, dtype(), device());
        std::memcpy(larger.data_ptr(), data_ptr(), std::min(nbytes(), larger.nbytes()));
        body().storage = larger.body().storage;
        body().offset = 0;
    }
    body().shape = shape;
    body().strides = contiguous_strides(shape);
    return *this;
}

}  // namespace taper
