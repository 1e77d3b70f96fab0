#include "create.h"

#include <cmath>

#include "checked.h"
#include "loops.h"
#include "number_range.h"
#include "spacing.h"

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace taper {
namespace {

// What was made, in the tensor that was given for it, if any.
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

// The dtype asked for; of what is written to `out`, that of out.
template <class O> DType dtype_of(const O& o, DType otherwise = get_default_dtype()) {
    if constexpr (requires { o.out; })
        if (o.out.defined()) otherwise = (*o.out).dtype();
    return o.dtype->value_or(otherwise);
}
template <class O> Device device_of(const O& o) { return o.device->value_or(Device()); }
template <class O> Generator generator_of(const O& o) { return *o.generator ? **o.generator : default_generator(); }

// Uninitialised, as the options say.
template <class O> Tensor uninitialised(const Shape& shape, const O& o, DType otherwise = get_default_dtype()) {
    return native::empty(shape, dtype_of(o, otherwise), device_of(o));
}
template <class O> Tensor like(const O& o) {
    const Tensor x = o.input;
    check(device_of(o).is_cpu(), "Torch not compiled with CUDA enabled: there is no memory on {}", device_of(o));
    return native::like(x, x.shape(), o.dtype->value_or(x.dtype()));
}

// `fill` writes the new tensor.
template <class O, class Fill> Tensor made(const char* op, Tensor x, const O& o, Fill fill) {
    fill(x);
    return finish(op, std::move(x), o);
}

// Draws in the order of memory; through a dense copy where x has gaps.
template <class List, class Draw> void fill_random(const Tensor& x, Draw draw) {
    Tensor dense = native::like(x, x.shape(), x.dtype());
    bool has_gaps = !(dense.stride() == x.stride());
    Tensor to = has_gaps ? dense : x;
    visit<List>(x.dtype(), [&](auto zero) { draw(to.data_ptr<decltype(zero)>(), x.numel(), x.is_contiguous()); });
    if (has_gaps)
        native::copy(x, dense);
    else
        x.impl().count_write();
}

}  // namespace

// ---- from numbers

DType NestedList::kind() const {
    DType kind = is_list_ ? DType::Bool : value_.kind();
    for (const NestedList& item : items_) kind = promote_types(kind, item.kind());
    return kind;
}

DType NestedList::dtype() const {
    if (is_list_ && shape().numel() == 0) return get_default_dtype();
    DType found = kind();
    return found == DType::Float64 ? get_default_dtype() : found;
}

Shape NestedList::shape() const {
    Shape shape;
    for (const NestedList* at = this; at->is_list_; at = &at->items_.front()) {
        shape.push_back(static_cast<std::int64_t>(at->items_.size()));
        if (at->items_.empty()) break;
    }
    return shape;
}

void NestedList::write(const Tensor& to) const {
    if (!is_list_) {
        if (!to.is_floating_point()) check_fits("tensor", value_, to.dtype());  // (1e39 is an infinite float32)
        return native::fill(to, value_);
    }
    const std::int64_t count = static_cast<std::int64_t>(items_.size());
    for (std::int64_t i = 0; i < count; ++i) {
        Shape inner = items_[i].shape(), expected = to.shape(), strides = to.stride();
        expected.erase(0);
        strides.erase(0);
        check(
            inner == expected, "tensor: expected sequence of shape {} at dim 0 (got {})", expected.str(), inner.str());
        items_[i].write(native::view(to, expected, strides, to.storage_offset() + i * to.stride()[0]));
    }
}

Tensor detail::tensor(const NestedList& list, const TensorOptions& options) {
    Tensor out = native::empty(list.shape(), options.dtype->value_or(list.dtype()), device_of(options));
    list.write(out);
    return finish("tensor", out, options);
}
Tensor tensor(EmptyList, const TensorOptions& options) { return detail::tensor({}, options); }

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

Tensor range(const ArangeOptions& o) {
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
    check(n >= 0 && m >= 0, "eye: n and m must be greater or equal to 0, got {} and {}", n, m);
    return made("eye", native::zeros({n, m}, dtype_of(o), device_of(o)), o,
        [&](const Tensor& x) { native::fill(native::view(x, {std::min(n, m)}, {m + 1}, 0), 1); });
}

}  // namespace

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
TAPER_DEFINE_SIZED(empty, SizedOptions, (finish("empty", uninitialised(o.size, o), o)))
TAPER_DEFINE_SIZED(zeros, SizedOptions, (zeroed(o)))
TAPER_DEFINE_SIZED(ones, SizedOptions, (filled("ones", o.size, o, 1)))
TAPER_DEFINE_FUNCTION(Tensor, full, FullOptions, (full_of(o)), 2, size, fill_value)
TAPER_DEFINE_FUNCTION(Tensor, empty_like, LikeOptions, (finish("empty_like", like(o), o)), 1, input)
TAPER_DEFINE_FUNCTION(Tensor, zeros_like, LikeOptions, (filled_like("zeros_like", o, 0)), 1, input)
TAPER_DEFINE_FUNCTION(Tensor, ones_like, LikeOptions, (filled_like("ones_like", o, 1)), 1, input)
TAPER_DEFINE_FUNCTION(
    Tensor, full_like, FullLikeOptions, (filled_like("full_like", o, o.fill_value)), 2, input, fill_value)
TAPER_DEFINE_FUNCTION(Tensor, linspace, LinspaceOptions, (spaced(o)), 3, start, end, steps)
TAPER_DEFINE_FUNCTION(Tensor, logspace, LogspaceOptions, (spaced(o)), 3, start, end, steps, base)
TAPER_DEFINE_FUNCTION(Tensor, eye, EyeOptions, (identity(o)), 1, n, m)

// What stands first is the end, if nothing else says where the range ends.
Tensor arange(const ArangeOptions& o) { return o.end.need("arange", "end"), range(o); }
Tensor arange(const Arg<Scalar>& end, ArangeOptions o) {
    return (o.end.given() ? o.start : o.end).put(end, "arange", "start"), range(o);
}
Tensor arange(const Arg<Scalar>& start, const Arg<Scalar>& end, ArangeOptions o) {
    return o.start.put(start, "arange", "start"), o.end.put(end, "arange", "end"), range(o);
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

// ---- at random

namespace {

Tensor drawn(const DrawnOptions& o, void (*draw)(const Tensor&, double, double, Generator), const char* op) {
    return made(op, uninitialised(o.size, o), o, [&](const Tensor& x) { draw(x, 0, 1, generator_of(o)); });
}
Tensor drawn_like(const LikeOptions& o, void (*draw)(const Tensor&, double, double, Generator), const char* op) {
    return made(op, like(o), o, [&](const Tensor& x) { draw(x, 0, 1, default_generator()); });
}
Tensor whole_numbers(const RandintOptions& o) {
    return made("randint", uninitialised(o.size, o, DType::Int64), o,
        [&](const Tensor& x) { random::random_(x, o.low, o.high, generator_of(o)); });
}
Tensor whole_numbers_like(const RandintLikeOptions& o) {
    return made(
        "randint_like", like(o), o, [&](const Tensor& x) { random::random_(x, o.low, o.high, default_generator()); });
}
Tensor permutation(const RandpermOptions& o) {
    check(o.n >= 0, "randperm: n must be non-negative, but got {}", *o.n);
    const DType dtype = dtype_of(o, DType::Int64);
    check(dtype != DType::Bool, "randperm: \"randperm\" not implemented for 'Bool'");
    if (o.n > 0) check_fits("randperm", Scalar(o.n - 1), dtype);
    check(dtype != DType::Float32 || o.n <= (1 << 24) + 1,
        "randperm: n cannot be greater than 2^24+1 for Float type, but is {}", *o.n);
    Tensor out = native::empty({o.n}, DType::Int64, device_of(o));
    Generator generator = generator_of(o);
    random::permutation(out.data_ptr<std::int64_t>(), o.n, generator);
    return finish("randperm", native::cast(out, dtype), o);
}
Tensor normals(const NormalOptions& o) {
    const Tensor mean = o.mean, std = o.std.defined() ? *o.std : Tensor(1.);
    check(mean.impl().is_number || mean.is_floating_point(), "normal: expects mean to be of floating point, not {}",
        mean.dtype());
    if (*o.size) {
        check(mean.impl().is_number && std.impl().is_number, "normal: size goes with numbers for mean and std only");
        return made("normal", uninitialised(**o.size, o), o,
            [&](const Tensor& x) { random::normal_(x, mean.item(), std.item(), generator_of(o)); });
    }
    check(!mean.impl().is_number || !std.impl().is_number, "normal: missing a required argument: 'size'");
    const Shape shape = broadcast_shapes(mean.shape(), std.shape());
    if (o.out.defined() && std.impl().is_number)  // PyTorch adds the mean to what it has drawn there
        check((*o.out).shape() == shape, "normal: The size of out must be that of mean, {}, where std is a number",
            shape.str());
    Tensor out = native::empty(shape,
        mean.impl().is_number      ? std.dtype()
            : std.impl().is_number ? mean.dtype()
                                   : result_type(mean, std));
    random::normal_(out, 0, 1, generator_of(o));
    return finish("normal", map<Floats>(map<Floats>(out, std, std::multiplies()), mean, std::plus()), o);
}

}  // namespace

TAPER_DEFINE_SIZED(rand, DrawnOptions, (drawn(o, random::uniform_, "rand")))
TAPER_DEFINE_SIZED(randn, DrawnOptions, (drawn(o, random::normal_, "randn")))
TAPER_DEFINE_FUNCTION(Tensor, rand_like, LikeOptions, (drawn_like(o, random::uniform_, "rand_like")), 1, input)
TAPER_DEFINE_FUNCTION(Tensor, randn_like, LikeOptions, (drawn_like(o, random::normal_, "randn_like")), 1, input)
TAPER_DEFINE_FUNCTION(Tensor, randperm, RandpermOptions, (permutation(o)), 1, n)
TAPER_DEFINE_FUNCTION(Tensor, normal, NormalOptions, (normals(o)), 1, mean, std, size)

Tensor randint(const RandintOptions& o) {
    return o.high.need("randint", "high"), o.size.need("randint", "size"), whole_numbers(o);
}
Tensor randint(const Arg<std::int64_t>& high, RandintOptions o) {
    return (o.high.given() ? o.low : o.high).put(high, "randint", "low"), randint(o);
}
Tensor randint(const Arg<std::int64_t>& high, const ListArg<std::int64_t>& size, RandintOptions o) {
    return o.size.put(Shape(*size), "randint", "size"), randint(high, o);
}
Tensor randint(
    const Arg<std::int64_t>& low, const Arg<std::int64_t>& high, const ListArg<std::int64_t>& size, RandintOptions o) {
    return o.size.put(Shape(*size), "randint", "size"), randint(low, high, o);
}
Tensor randint(const Arg<std::int64_t>& high, EmptyList, RandintOptions o) {
    return o.size.put(Shape(), "randint", "size"), randint(high, std::move(o));
}
Tensor randint(const Arg<std::int64_t>& low, const Arg<std::int64_t>& high, EmptyList, RandintOptions o) {
    return o.size.put(Shape(), "randint", "size"), randint(low, high, std::move(o));
}
Tensor randint_like(const RandintLikeOptions& o) {
    return o.input.need("randint_like", "input"), o.high.need("randint_like", "high"), whole_numbers_like(o);
}
Tensor randint_like(const Arg<Tensor>& input, RandintLikeOptions o) {
    return o.input.put(input, "randint_like", "input"), randint_like(o);
}
Tensor randint_like(const Arg<Tensor>& input, const Arg<std::int64_t>& high, RandintLikeOptions o) {
    return (o.high.given() ? o.low : o.high).put(high, "randint_like", "low"), randint_like(input, o);
}
Tensor randint_like(
    const Arg<Tensor>& input, const Arg<std::int64_t>& low, const Arg<std::int64_t>& high, RandintLikeOptions o) {
    return o.low.put(low, "randint_like", "low"), o.high.put(high, "randint_like", "high"), randint_like(input, o);
}

Tensor random::bernoulli(const Tensor& x, Generator generator) {
    Tensor out = native::empty(x.shape(), x.dtype()), p = native::contiguous(x);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        bernoulli_tensor(out.data_ptr<T>(), x.numel(), p.data_ptr<T>(), generator);
    });
    return out;
}

Tensor random::multinomial(const Tensor& x, std::int64_t num_samples, bool replacement, Generator generator) {
    check(x.ndim() == 1 || x.ndim() == 2, "multinomial: prob_dist must be 1 or 2 dim, not {}", x.ndim());
    std::int64_t categories = x.shape().back(), rows = x.ndim() == 2 ? x.shape()[0] : 1;
    Shape shape = x.shape();
    shape[shape.size() - 1] = num_samples;
    Tensor out = native::empty(shape, DType::Int64), weights = native::contiguous(x);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        for (std::int64_t row = 0; row < rows; ++row)
            multinomial(out.data_ptr<std::int64_t>() + row * num_samples, num_samples,
                weights.data_ptr<T>() + row * categories, categories, replacement, generator);
    });
    return out;
}

void random::uniform_(const Tensor& x, double from, double to, Generator generator) {
    fill_random<Floats>(x, [&](auto* data, std::int64_t n, bool) { uniform(data, n, from, to, generator); });
}
void random::normal_(const Tensor& x, double mean, double std, Generator generator) {
    fill_random<Floats>(x, [&](auto* data, std::int64_t n, bool dense) {
        dense ? normal(data, n, mean, std, generator) : normal_each(data, n, mean, std, generator);
    });
}
void random::exponential_(const Tensor& x, double lambda, Generator generator) {
    fill_random<Floats>(x, [&](auto* data, std::int64_t n, bool) { exponential(data, n, lambda, generator); });
}
void random::bernoulli_(const Tensor& x, double p, Generator generator) {
    fill_random<AllTypes>(x, [&](auto* data, std::int64_t n, bool) { bernoulli(data, n, p, generator); });
}
void random::random_(const Tensor& x, Generator generator) {
    fill_random<AllTypes>(x, [&](auto* data, std::int64_t n, bool) { integers(data, n, generator); });
}
void random::random_(const Tensor& x, std::int64_t from, std::int64_t to, Generator generator) {
    fill_random<AllTypes>(x, [&](auto* data, std::int64_t n, bool) { integers(data, n, from, to, generator); });
}

Generator manual_seed(std::int64_t seed) { return default_generator().manual_seed(static_cast<std::uint64_t>(seed)); }
Generator manual_seed(const ManualSeedOptions& o) { return o.seed.need("manual_seed", "seed"), manual_seed(*o.seed); }
std::uint64_t seed() { return default_generator().seed(); }
std::uint64_t initial_seed() { return default_generator().initial_seed(); }

Tensor Generator::get_state() const {
    std::vector<std::uint8_t> bytes = state_bytes();
    Tensor state = native::empty({static_cast<std::int64_t>(bytes.size())}, DType::UInt8);
    std::copy(bytes.begin(), bytes.end(), state.data_ptr<std::uint8_t>());
    return state;
}
Generator& Generator::set_state(const Tensor& state) {
    check(state.dtype() == DType::UInt8, "set_state: RNG state must be a torch.ByteTensor, not {}", state.dtype());
    set_state_bytes(state.tolist<std::uint8_t>());
    return *this;
}
Tensor get_rng_state() { return default_generator().get_state(); }
void set_rng_state(const Tensor& new_state) { default_generator().set_state(new_state); }
void set_rng_state(const SetRngStateOptions& o) {
    o.new_state.need("set_rng_state", "new_state"), set_rng_state(*o.new_state);
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
