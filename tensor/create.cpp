#include "create.h"

#include <cmath>

#include "loops.h"

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace taper {
namespace {

Tensor finish(const Tensor& x, bool requires_grad) {
    x.body().storage->version = 0;  // what was written until now made it
    return requires_grad ? x.requires_grad_() : x;
}

DType dtype_or_default(const std::optional<DType>& dtype) { return dtype.value_or(get_default_dtype()); }
Device device_or_cpu(const std::optional<Device>& device) { return device.value_or(Device()); }
Generator generator_or_default(const std::optional<Generator>& generator) {
    return generator ? *generator : default_generator();
}

Tensor like(const Tensor& x, const std::optional<DType>& dtype, const std::optional<Device>& device) {
    check(device_or_cpu(device).is_cpu(), "Torch not compiled with CUDA enabled: there is no memory on {}", *device);
    return values::like(x, x.shape(), dtype.value_or(x.dtype()));
}

// Draws in the order of memory; through a dense copy where x has gaps.
template <class List, class Draw> void fill_random(const Tensor& x, Draw draw) {
    Tensor dense = values::like(x, x.shape(), x.dtype());
    bool has_gaps = !(dense.stride() == x.stride());
    Tensor to = has_gaps ? dense : x;
    visit<List>(x.dtype(), [&](auto zero) { draw(to.data_ptr<decltype(zero)>(), x.numel(), x.is_contiguous()); });
    if (has_gaps)
        values::copy(x, dense);
    else
        x.body().count_write();
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
    if (!is_list_) return values::fill(to, value_);
    const std::int64_t count = static_cast<std::int64_t>(items_.size());
    for (std::int64_t i = 0; i < count; ++i) {
        Shape inner = items_[i].shape(), expected = to.shape(), strides = to.stride();
        expected.erase(0);
        strides.erase(0);
        check(
            inner == expected, "tensor: expected sequence of shape {} at dim 0 (got {})", expected.str(), inner.str());
        items_[i].write(values::view(to, expected, strides, to.storage_offset() + i * to.stride()[0]));
    }
}

Tensor tensor(const NestedList& list, const TensorOptions& options) {
    Tensor out = values::empty(list.shape(), options.dtype.value_or(list.dtype()), device_or_cpu(options.device));
    list.write(out);
    return finish(out, options.requires_grad);
}

// ---- by pattern

Tensor empty(const Shape& shape, const TensorOptions& options) {
    return finish(
        values::empty(shape, dtype_or_default(options.dtype), device_or_cpu(options.device)), options.requires_grad);
}
Tensor zeros(const Shape& shape, const TensorOptions& options) {
    return finish(
        values::zeros(shape, dtype_or_default(options.dtype), device_or_cpu(options.device)), options.requires_grad);
}
Tensor full(const Shape& shape, Scalar value, const TensorOptions& options) {
    DType dtype = options.dtype.value_or(value.natural_dtype());
    return finish(values::full(shape, value, dtype, device_or_cpu(options.device)), options.requires_grad);
}
Tensor ones(const Shape& shape, const TensorOptions& options) {
    return finish(
        values::full(shape, 1, dtype_or_default(options.dtype), device_or_cpu(options.device)), options.requires_grad);
}

Tensor empty_like(const Tensor& x, const TensorOptions& options) {
    return finish(like(x, options.dtype, options.device), options.requires_grad);
}
Tensor full_like(const Tensor& x, Scalar value, const TensorOptions& options) {
    Tensor out = empty_like(x, options);
    values::fill(out, value);
    return out;
}
Tensor zeros_like(const Tensor& x, const TensorOptions& options) { return full_like(x, 0, options); }
Tensor ones_like(const Tensor& x, const TensorOptions& options) { return full_like(x, 1, options); }

Tensor arange(Scalar start, Scalar end, Scalar step, const TensorOptions& options) {
    bool real = promote_types(promote_types(start.kind(), end.kind()), step.kind()) == DType::Float64;
    double by = step.to<double>(), length = end.to<double>() - start.to<double>();
    check(by != 0, "arange: step must be nonzero");
    check(std::isfinite(length), "arange: unsupported range: {} -> {}", start.to<double>(), end.to<double>());
    check(by > 0 ? length >= 0 : length <= 0, "arange: upper bound and larger bound inconsistent with step sign");
    Tensor out = values::empty({static_cast<std::int64_t>(std::ceil(length / by))},
        options.dtype.value_or(real ? get_default_dtype() : DType::Int64), device_or_cpu(options.device));
    visit(out.dtype(), [&](auto zero) {
        using T = decltype(zero);
        for (std::int64_t i = 0; i < out.numel(); ++i)
            out.data_ptr<T>()[i] = real ? static_cast<T>(start.to<double>() + by * static_cast<double>(i))
                                        : static_cast<T>(start.to<std::int64_t>() + step.to<std::int64_t>() * i);
    });
    return finish(out, options.requires_grad);
}
Tensor arange(Scalar end, const TensorOptions& options) { return arange(0, end, 1, options); }

Tensor linspace(double start, double end, std::int64_t steps, const TensorOptions& options) {
    check(steps >= 0, "linspace: number of steps must be non-negative, not {}", steps);
    Tensor out = values::empty({steps}, dtype_or_default(options.dtype), device_or_cpu(options.device));
    visit(out.dtype(), [&](auto zero) {
        using T = decltype(zero);
        using Real = std::conditional_t<std::is_same_v<T, float>, float, double>;
        const Real first = static_cast<Real>(start), last = static_cast<Real>(end);
        const Real step = steps > 1 ? (last - first) / static_cast<Real>(steps - 1) : 0;
        for (std::int64_t i = 0; i < steps; ++i)  // from both ends, so that both are exact
            out.data_ptr<T>()[i] =
                static_cast<T>(i < steps / 2 || steps == 1 ? first + step * static_cast<Real>(i)
                                                           : last - step * static_cast<Real>(steps - 1 - i));
    });
    return finish(out, options.requires_grad);
}

Tensor logspace(double start, double end, std::int64_t steps, double base, const TensorOptions& options) {
    Tensor exponents = linspace(start, end, steps, {.dtype = DType::Float64});
    Tensor out = map(exponents, [base](auto v) { return std::pow(base, v); });
    return finish(values::cast(out, dtype_or_default(options.dtype)), options.requires_grad);
}

Tensor eye(std::int64_t n, std::optional<std::int64_t> m, const TensorOptions& options) {
    Tensor out = zeros({n, m.value_or(n)}, options);
    std::int64_t length = std::min(n, m.value_or(n));
    values::fill(values::view(out, {length}, {out.size(1) + 1}, 0), 1);
    return out;
}

Tensor from_blob(void* data, const Shape& shape, const Strides& strides, const TensorOptions& options,
    std::function<void()> deleter) {
    DType dtype = dtype_or_default(options.dtype);
    check(data != nullptr || shape.numel() == 0, "from_blob: there is no memory at a null pointer");
    std::int64_t last = 0;
    check(shape.size() == strides.size(), "from_blob: {} sizes, but {} strides", shape.size(), strides.size());
    for (int d = 0; d < shape.size(); ++d) {
        check(shape[d] >= 0 && strides[d] >= 0, "from_blob: negative sizes or strides: {}, {}", shape.str(),
            strides.str());
        last += (shape[d] - 1) * strides[d];
    }
    auto body = make_ref<Body>();
    body->storage = Storage::borrow(data, (shape.numel() == 0 ? 0 : last + 1) * size_of(dtype), std::move(deleter));
    body->shape = shape;
    body->strides = strides;
    body->dtype = dtype;
    return finish(Tensor(std::move(body)), options.requires_grad);
}
Tensor from_blob(void* data, const Shape& shape, const TensorOptions& options, std::function<void()> deleter) {
    return from_blob(data, shape, contiguous_strides(shape), options, std::move(deleter));
}

// ---- at random

Tensor rand(const Shape& shape, const RandomOptions& options) {
    Tensor out = values::empty(shape, dtype_or_default(options.dtype), device_or_cpu(options.device));
    random::uniform_(out, 0, 1, generator_or_default(options.generator));
    return finish(out, options.requires_grad);
}
Tensor randn(const Shape& shape, const RandomOptions& options) {
    Tensor out = values::empty(shape, dtype_or_default(options.dtype), device_or_cpu(options.device));
    random::normal_(out, 0, 1, generator_or_default(options.generator));
    return finish(out, options.requires_grad);
}
Tensor rand_like(const Tensor& x, const RandomOptions& options) {
    Tensor out = like(x, options.dtype, options.device);
    random::uniform_(out, 0, 1, generator_or_default(options.generator));
    return finish(out, options.requires_grad);
}
Tensor randn_like(const Tensor& x, const RandomOptions& options) {
    Tensor out = like(x, options.dtype, options.device);
    random::normal_(out, 0, 1, generator_or_default(options.generator));
    return finish(out, options.requires_grad);
}
Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, const RandomOptions& options) {
    Tensor out = values::empty(shape, options.dtype.value_or(DType::Int64), device_or_cpu(options.device));
    random::random_(out, low, high, generator_or_default(options.generator));
    return finish(out, options.requires_grad);
}
Tensor randint(std::int64_t high, const Shape& shape, const RandomOptions& options) {
    return randint(0, high, shape, options);
}
Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, const RandomOptions& options) {
    Tensor out = like(x, options.dtype, options.device);
    random::random_(out, low, high, generator_or_default(options.generator));
    return finish(out, options.requires_grad);
}

Tensor randperm(std::int64_t n, const RandomOptions& options) {
    check(n >= 0, "randperm: n must be non-negative, but got {}", n);
    Tensor out = values::empty({n}, DType::Int64, device_or_cpu(options.device));
    Generator generator = generator_or_default(options.generator);
    random::permutation(out.data_ptr<std::int64_t>(), n, generator);
    return finish(values::cast(out, options.dtype.value_or(DType::Int64)), options.requires_grad);
}

Tensor normal(double mean, double std, const Shape& shape, const RandomOptions& options) {
    Tensor out = values::empty(shape, dtype_or_default(options.dtype), device_or_cpu(options.device));
    random::normal_(out, mean, std, generator_or_default(options.generator));
    return finish(out, options.requires_grad);
}
Tensor normal(const Tensor& mean, const Tensor& std, std::optional<Generator> generator) {
    Tensor out = values::empty(broadcast_shapes(mean.shape(), std.shape()), result_type(mean, std));
    random::normal_(out, 0, 1, generator_or_default(generator));
    return zip<Floats>(zip<Floats>(out, std, std::multiplies()), mean, std::plus());
}

Tensor bernoulli(const Tensor& x, std::optional<Generator> generator) {
    Tensor out = values::empty(x.shape(), x.dtype()), p = values::contiguous(x);
    Generator from = generator_or_default(generator);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        random::bernoulli_tensor(out.data_ptr<T>(), x.numel(), p.data_ptr<T>(), from);
    });
    return out;
}

Tensor multinomial(const Tensor& x, std::int64_t num_samples, bool replacement, std::optional<Generator> generator) {
    check(x.ndim() == 1 || x.ndim() == 2, "multinomial: prob_dist must be 1 or 2 dim, not {}", x.ndim());
    std::int64_t categories = x.shape().back(), rows = x.ndim() == 2 ? x.shape()[0] : 1;
    Shape shape = x.shape();
    shape[shape.size() - 1] = num_samples;
    Tensor out = values::empty(shape, DType::Int64), weights = values::contiguous(x);
    Generator from = generator_or_default(generator);
    visit<Floats>(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        for (std::int64_t row = 0; row < rows; ++row)
            random::multinomial(out.data_ptr<std::int64_t>() + row * num_samples, num_samples,
                weights.data_ptr<T>() + row * categories, categories, replacement, from);
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
std::uint64_t seed() { return default_generator().seed(); }
std::uint64_t initial_seed() { return default_generator().initial_seed(); }

Tensor get_rng_state() {
    std::vector<std::uint8_t> bytes = default_generator().get_state();
    Tensor state = values::empty({static_cast<std::int64_t>(bytes.size())}, DType::UInt8);
    std::copy(bytes.begin(), bytes.end(), state.data_ptr<std::uint8_t>());
    return state;
}
void set_rng_state(const Tensor& state) {
    check(state.dtype() == DType::UInt8, "set_rng_state: RNG state must be a torch.ByteTensor, not {}", state.dtype());
    default_generator().set_state(state.tolist<std::uint8_t>());
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
