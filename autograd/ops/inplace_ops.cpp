// The methods that end in an underscore: the op's result, written over x.
#include "../../tensor/loops.h"
#include "../../tensor/number_range.h"
#include "../inplace.h"
#include "numbers.h"

namespace taper::ops {

using autograd::overwrite, autograd::overwrite_with;
using T = const Tensor&;

namespace {

// Arithmetic straight into x where nothing is recorded and x's own dtype and shape are the result's; else false.
template <class List = Numbers, class F> bool written_at_once(const char* op, T x, T other, F f) {
    if (is_grad_enabled() && (x.requires_grad() || other.requires_grad())) return false;
    bool may_share = other.impl().storage == x.impl().storage &&
        !(other.shape() == x.shape() && other.stride() == x.stride() && other.storage_offset() == x.storage_offset());
    if (may_share || result_type(x, other) != x.dtype() || x.dtype() == DType::Bool) return false;
    if (!(other.shape() == x.shape()) && !(broadcast_shapes(x.shape(), other.shape()) == x.shape())) return false;
    autograd::check_writable(op, x);
    map_into<List>(x, x, other, f);
    x.impl().count_write();
    return true;
}

void check_result(const char* op, T x, T value) {
    bool fits = (is_floating_point(x.dtype()) || !is_floating_point(value.dtype())) &&
        (x.dtype() != DType::Bool || value.dtype() == DType::Bool);
    check(fits, "{}: result type {} can't be cast to the desired output type {}", op, scalar_name_of(value.dtype()),
        scalar_name_of(x.dtype()));
}

}  // namespace

T in_place(const char* op, T x, T value) {
    check_result(op, x, value);
    check(value.shape() == x.shape(), "{}: output with shape {} doesn't match the broadcast shape {}", op,
        x.shape().str(), value.shape().str());
    return overwrite(op, x, value);
}

T add_(T self, T other) {
    return written_at_once("add_", self, other, [](auto x, auto y) { return x + y; })
        ? self
        : in_place("add_", self, add(self, other));
}
T add_scaled_(T self, T other, const Scalar& alpha) {
    return alpha.to<double>() == 1 ? add_(self, other) : in_place("add_", self, add_scaled(self, other, alpha));
}
T sub_(T self, T other) {
    return other.dtype() != DType::Bool &&  // which sub refuses
            written_at_once("sub_", self, other, [](auto x, auto y) { return x - y; })
        ? self
        : in_place("sub_", self, sub(self, other));
}
T sub_scaled_(T self, T other, const Scalar& alpha) {
    return alpha.to<double>() == 1 ? sub_(self, other) : in_place("sub_", self, sub_scaled(self, other, alpha));
}
T mul_(T self, T other) {
    return written_at_once("mul_", self, other, [](auto x, auto y) { return x * y; })
        ? self
        : in_place("mul_", self, mul(self, other));
}
T div_(T self, T other) {
    bool real = self.is_floating_point();
    return real && written_at_once<Floats>("div_", self, other, [](auto x, auto y) { return x / y; })
        ? self
        : in_place("div_", self, div(self, other));
}
T div_rounded_(T self, T other, const std::optional<std::string>& rounding_mode) {
    return rounding_mode ? in_place("div_", self, div_rounded(self, other, rounding_mode)) : div_(self, other);
}
T pow_(T self, T exponent) { return in_place("pow_", self, pow(self, exponent)); }
T remainder_(T self, T other) { return in_place("remainder_", self, remainder(self, other)); }
T addcmul_(T self, T a, T b) { return in_place("addcmul_", self, addcmul(self, a, b)); }
T addcdiv_(T self, T a, T b) { return in_place("addcdiv_", self, addcdiv(self, a, b)); }
T addcmul_scaled_(T self, T a, T b, double value) {
    return in_place("addcmul_", self, addcmul_scaled(self, a, b, value));
}
T addcdiv_scaled_(T self, T a, T b, double value) {
    return in_place("addcdiv_", self, addcdiv_scaled(self, a, b, value));
}
T lerp_(T self, T end, T weight) { return in_place("lerp_", self, lerp(self, end, weight)); }
T clamp_(T self, T min, T max) { return in_place("clamp_", self, clamp(self, min, max)); }
T clamp_min_(T self, T min) { return in_place("clamp_min_", self, clamp_min(self, min)); }
T clamp_max_(T self, T max) { return in_place("clamp_max_", self, clamp_max(self, max)); }
T round_(T self, std::int64_t decimals) { return in_place("round_", self, round(self, decimals)); }
T tril_(T self, std::int64_t diagonal) { return in_place("tril_", self, tril(self, diagonal)); }
T triu_(T self, std::int64_t diagonal) { return in_place("triu_", self, triu(self, diagonal)); }

T copy_(T self, T source) {
    bool shares = source.impl().storage == self.impl().storage;
    return overwrite_with("copy_", "CopyBackwards", self, shares ? source.clone() : source);
}
T fill_(T self, T value) {
    check(value.ndim() == 0, "fill_: only supports 0-dimension value tensor but got tensor with {} dimensions.",
        value.ndim());
    check_fits("fill_", value.item_scalar(), self.dtype());
    return overwrite_with("fill_", value.impl().is_number ? "FillBackward2" : "FillBackward3", self, value, true);
}
T fill_diagonal_(T self, const Scalar& value, bool wrap) {
    std::int64_t step = 0, shortest = self.ndim() == 0 ? 0 : self.shape()[0];
    for (int d = 0; d < self.ndim(); ++d) {
        check(self.ndim() <= 2 || self.shape()[d] == self.shape()[0],
            "fill_diagonal_: all dimensions of input must be of equal length");
        step += self.stride()[d];
        shortest = std::min(shortest, self.shape()[d]);
    }
    check(self.ndim() >= 2, "fill_diagonal_: dimensions must larger than 1");
    fill_(as_strided(self, {shortest}, {step}, self.storage_offset()), value);
    const std::int64_t width = self.shape()[1];
    if (wrap && self.ndim() == 2 && self.shape()[0] > width + 1) {  // on from the row behind the end of the diagonal
        const std::int64_t more = (self.numel() + width) / (width + 1) - shortest;
        fill_(as_strided(self, {more}, {step}, self.storage_offset() + self.stride()[0] * (width + 1)), value);
    }
    return self;
}

// ---- drawn at random: what was there, and its history, is gone

namespace {
template <class Draw> T drawn(const char* op, T x, Draw draw) {
    Tensor fresh = native::like(x, x.shape(), x.dtype());
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

T uniform_(T self, double from, double to, const std::optional<Generator>& generator) {
    return drawn("uniform_", self, [&](T x) { random::uniform_(x, from, to, chosen(generator)); });
}
T normal_(T self, double mean, double std, const std::optional<Generator>& generator) {
    return drawn("normal_", self, [&](T x) { random::normal_(x, mean, std, chosen(generator)); });
}
T exponential_(T self, double lambd, const std::optional<Generator>& generator) {
    return drawn("exponential_", self, [&](T x) { random::exponential_(x, lambd, chosen(generator)); });
}
T bernoulli_(T self, T p, const std::optional<Generator>& generator) {
    if (p.defined() && !p.impl().is_number)
        return overwrite(
            "bernoulli_", self, random::bernoulli(contiguous(expand(p, self.shape())).detach(), chosen(generator)));
    const double number = p.defined() ? p.item() : 0.5;
    return drawn("bernoulli_", self, [&](T x) { random::bernoulli_(x, number, chosen(generator)); });
}
T random_(T self, const std::optional<Generator>& generator) {
    return drawn("random_", self, [&](T x) { random::random_(x, chosen(generator)); });
}
T random_(T self, std::int64_t from, std::int64_t to, const std::optional<Generator>& generator) {
    return drawn("random_", self, [&](T x) { random::random_(x, from, to, chosen(generator)); });
}
Tensor bernoulli(T x, const std::optional<double>& p, const std::optional<Generator>& generator) {
    if (!p) return random::bernoulli(x, chosen(generator));
    Tensor out = native::like(x, x.shape(), x.dtype());
    random::bernoulli_(out, *p, chosen(generator));
    return out;
}
Tensor multinomial(T x, std::int64_t num_samples, bool replacement, const std::optional<Generator>& generator) {
    return random::multinomial(x, num_samples, replacement, chosen(generator));
}

// ---- the handle itself becomes the view

namespace {
T becomes(const char* op, const char* name, T x, const Tensor& view) {
    check(!is_grad_enabled() || !x.requires_grad() || !x.is_leaf(),
        "{}: a leaf Variable that requires grad is being used in an in-place operation.", op);
    x.impl().shape = view.shape();
    x.impl().strides = view.stride();
    if (view.requires_grad()) autograd::set_history(x, autograd::history(autograd::named(name, view)));
    return x;
}
}  // namespace

T squeeze_(T self, const std::optional<Dims>& dim) {
    return dim ? becomes("squeeze_", "SqueezeBackward3", self, squeeze(self, *dim))
               : becomes("squeeze_", "SqueezeBackward2", self, squeeze(self));
}
T unsqueeze_(T self, std::int64_t dim) {
    return becomes("unsqueeze_", "UnsqueezeBackward1", self, unsqueeze(self, dim));
}
T transpose_(T self, std::int64_t dim0, std::int64_t dim1) {
    return becomes("transpose_", "TransposeBackward1", self, transpose(self, dim0, dim1));
}
T resize_(T self, const Shape& shape) {
    check(!self.requires_grad(), "resize_: cannot resize variables that require grad");
    if (shape.numel() * self.element_size() >
        self.impl().storage->bytes() - self.storage_offset() * self.element_size()) {
        Tensor larger = native::empty(shape, self.dtype(), self.device());
        std::memcpy(larger.data_ptr(), self.data_ptr(), std::min(self.nbytes(), larger.nbytes()));
        self.impl().storage = larger.impl().storage;
        self.impl().offset = 0;
    }
    self.impl().shape = shape;
    self.impl().strides = contiguous_strides(shape);
    return self;
}

// ---- into a tensor that was given for the result

Tensor into(const char* op, T out, T result) {
    if (!out.defined()) return result;
    check(!result.requires_grad() && !(is_grad_enabled() && out.requires_grad()),
        "{}: {}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
        "requires grad.",
        op, op);
    check(std::string_view(op) != "float_power" || out.dtype() == DType::Float64,
        "float_power: the output given to float_power has dtype {} but the operation's result requires dtype Double",
        scalar_name_of(out.dtype()));
    check_result(op, out, result);
    check(out.dtype() == result.dtype() || !std::string_view(op).ends_with("softmax"),
        "{}: Expected out tensor to have dtype {}, but got {} instead", op, result.dtype(), out.dtype());
    if (!(out.shape() == result.shape())) resize_(out, result.shape());
    return copy_(out, result);
}
ValuesAndIndices into(const char* op, const TensorListOrNone& out, const ValuesAndIndices& result) {
    if (!out.list) return result;
    check(out.list->size() == 2, "{}: expected tuple of 2 elements but got {}", op, out.list->size());
    return {into(op, (*out.list)[0], result.values), into(op, (*out.list)[1], result.indices)};
}
MinAndMax into(const char* op, const TensorListOrNone& out, const MinAndMax& result) {
    const auto [min, max] = into(op, out, ValuesAndIndices{result.min, result.max});
    return {min, max};
}
MantissaAndExponent into(const char* op, const TensorListOrNone& out, const MantissaAndExponent& result) {
    const auto [mantissa, exponent] = into(op, out, ValuesAndIndices{result.mantissa, result.exponent});
    return {mantissa, exponent};
}

}  // namespace taper::ops

namespace taper {

using T = const Tensor&;

T Tensor::zero_() const { return autograd::overwrite_with("zero_", "ZeroBackward0", *this, 0, true); }
T Tensor::t_() const { return ops::becomes("t_", "TBackward1", *this, ops::t(*this)); }
const Tensor& Tensor::set_item(const Tensor& value) const {
    check_fits("fill_", value, dtype());
    if (value.shape() == shape()) return ops::copy_(*this, value);
    if (value.ndim() == 0) return ops::fill_(*this, value);
    Shape own = value.shape();
    while (!own.empty() && own[0] == 1) own.erase(0);
    return ops::copy_(*this, own == value.shape() ? value : ops::reshape(value, own));
}

}  // namespace taper
