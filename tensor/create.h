// Functions that make tensors: from numbers, by pattern, at random.
#pragma once

#include "list_arg.h"
#include "native.h"
#include "tensor.h"

namespace taper {

// What the functions below take. `out` is written instead of a new tensor; an absent dtype is that of the values, or
// the default one.
struct SizedOptions {
    Keywords _ = Keywords();
    Arg<Shape> size = required;
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct DrawnOptions {
    Keywords _ = Keywords();
    Arg<Shape> size = required;
    Arg<std::optional<Generator>> generator = Default(none);
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct FullOptions {
    Keywords _ = Keywords();
    Arg<Shape> size = required;
    Arg<Scalar> fill_value = required;
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct LikeOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct FullLikeOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Scalar> fill_value = required;
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct RandintLikeOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> low = Default(0);
    Arg<std::int64_t> high = required;
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct ArangeOptions {
    Keywords _ = Keywords();
    Arg<Scalar> start = Default(0);
    Arg<Scalar> end = required;
    Arg<Scalar> step = Default(1);
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct EmptyStridedOptions {
    Keywords _ = Keywords();
    Arg<Shape> size = required, stride = required;
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct AsarrayOptions {
    Keywords _ = Keywords();
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<bool>> copy = Default(none);
    Arg<bool> requires_grad = Default(false);
};
struct LinspaceOptions {
    Keywords _ = Keywords();
    Arg<double> start = required, end = required;
    Arg<std::int64_t> steps = required;
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct LogspaceOptions {
    Keywords _ = Keywords();
    Arg<double> start = required, end = required;
    Arg<std::int64_t> steps = required;
    Arg<double> base = Default(10);
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct EyeOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> n = required;
    Arg<std::optional<std::int64_t>> m = Default(none);
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct RandintOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> low = Default(0);
    Arg<std::int64_t> high = required;
    Arg<Shape> size = required;
    Arg<std::optional<Generator>> generator = Default(none);
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct RandpermOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> n = required;
    Arg<std::optional<Generator>> generator = Default(none);
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
struct NormalOptions {
    Keywords _ = Keywords();
    Arg<TensorOrNumber> mean = required;
    Arg<TensorOrNumber> std = Default(none);  // 1
    Arg<std::optional<Shape>> size = Default(none);
    Arg<std::optional<Generator>> generator = Default(none);
    Arg<Tensor> out = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> requires_grad = Default(false);
    Arg<std::optional<Device>> device = Default(none);
};
/// torch.tensor: tensor(3.0), tensor({1, 2}), tensor({{1., 2.}, {3., 4.}}), tensor(vector). Whole numbers give int64,
/// reals the default floating type, as in Python. Error unless the nesting is regular.
TAPER_NESTED_LISTS(tensor, )
template <std::derived_from<Tensor> X> Tensor tensor(const X& data, const TensorOptions& options = {}) {
    return detail::tensor_of_tensor(data, options);
}
TAPER_DOES_NOT_FIT(tensor, )
/// torch.as_tensor: of numbers what tensor() makes; a tensor itself, with its history, unless its dtype is to change.
#define TAPER_NESTED_LIST_as_tensor(data, options) detail::tensor(data, options)
TAPER_NESTED_LISTS(as_tensor, )
template <std::derived_from<Tensor> X> Tensor as_tensor(const X& data, const ToOptions& options = {}) {
    return data.to(options);
}
template <std::derived_from<Tensor> X> Tensor as_tensor(const X& data, const Arg<DType>& dtype) {
    return data.to(dtype);
}
TAPER_DOES_NOT_FIT(as_tensor, )
/// torch.asarray: the same, but a history is left behind unless requires_grad, and `copy` says whether memory may be
/// shared.
#define TAPER_NESTED_LIST_asarray(data, options) detail::tensor(data, options)
TAPER_NESTED_LISTS(asarray, )
Tensor asarray(const Tensor& obj, const AsarrayOptions& o = {});
TAPER_DOES_NOT_FIT(asarray, )

// Sizes come as a list, `zeros({2, 3})`, or one by one, `zeros(2, 3)`.
#define TAPER_SIZED(name, O)                 \
    TAPER_FUNCTION(Tensor, name, O, 1, size) \
    Tensor name(EmptyList, O o = {});        \
    TAPER_EACH_6(TAPER_SIZES_ONE_BY_ONE, name, O, 0, n1, n2, n3, n4, n5, n6)
#define TAPER_SIZES_ONE_BY_ONE(name, O, rest, k, ...) \
    TAPER_JOIN(TAPER_FROM_TWO_, k)(Tensor name(TAPER_SIZES_##k(__VA_ARGS__), O o = {});)
/// torch.empty: uninitialised.
TAPER_SIZED(empty, SizedOptions)
/// torch.zeros
TAPER_SIZED(zeros, SizedOptions)
/// torch.ones
TAPER_SIZED(ones, SizedOptions)
/// torch.rand: uniform in [0, 1).
TAPER_SIZED(rand, DrawnOptions)
/// torch.randn: normal, mean 0 and variance 1.
TAPER_SIZED(randn, DrawnOptions)

/// torch.full: `fill_value` everywhere, in its own dtype by default.
TAPER_FUNCTION(Tensor, full, FullOptions, 2, size, fill_value)
/// torch.empty_like and so on: shape, dtype, device and order in memory of the input.
TAPER_FUNCTION(Tensor, empty_like, LikeOptions, 1, input)
TAPER_FUNCTION(Tensor, zeros_like, LikeOptions, 1, input)
TAPER_FUNCTION(Tensor, ones_like, LikeOptions, 1, input)
TAPER_FUNCTION(Tensor, full_like, FullLikeOptions, 2, input, fill_value)
TAPER_FUNCTION(Tensor, rand_like, LikeOptions, 1, input)
TAPER_FUNCTION(Tensor, randn_like, LikeOptions, 1, input)
/// torch.randint_like: in [low, high), or [0, high).
Tensor randint_like(const RandintLikeOptions& o);
Tensor randint_like(const Arg<Tensor>& input, RandintLikeOptions o);
Tensor randint_like(const Arg<Tensor>& input, const Arg<std::int64_t>& high, RandintLikeOptions o = {});
Tensor randint_like(
    const Arg<Tensor>& input, const Arg<std::int64_t>& low, const Arg<std::int64_t>& high, RandintLikeOptions o = {});
TAPER_DOES_NOT_FIT(randint_like, )

/// torch.arange: from `start`, or 0, to `end`, without it, by `step`.
Tensor arange(const ArangeOptions& o);
Tensor arange(const Arg<Scalar>& end, ArangeOptions o = {});
Tensor arange(const Arg<Scalar>& start, const Arg<Scalar>& end, ArangeOptions o = {});
Tensor arange(const Arg<Scalar>& start, const Arg<Scalar>& end, const Arg<Scalar>& step, ArangeOptions o = {});
TAPER_DOES_NOT_FIT(arange, )
/// torch.range: as arange, but with the end, and of the default floating type. Deprecated.
TAPER_FUNCTION(Tensor, range, ArangeOptions, 2, start, end, step)
/// torch.empty_strided: uninitialised.
TAPER_FUNCTION(Tensor, empty_strided, EmptyStridedOptions, 2, size, stride)
/// torch.linspace: `steps` numbers from `start` to `end`, both included.
TAPER_FUNCTION(Tensor, linspace, LinspaceOptions, 3, start, end, steps)
/// torch.logspace: base to the power of each number of linspace.
TAPER_FUNCTION(Tensor, logspace, LogspaceOptions, 3, start, end, steps, base)
/// torch.eye: ones on the diagonal.
TAPER_FUNCTION(Tensor, eye, EyeOptions, 1, n, m)

/// torch.randint: int64 in [low, high), or [0, high). (The size is a list, since 9 in randint(2, 9) is none.)
Tensor randint(const RandintOptions& o);
Tensor randint(const Arg<std::int64_t>& high, RandintOptions o);
Tensor randint(const Arg<std::int64_t>& high, const ListArg<std::int64_t>& size, RandintOptions o = {});
template <int = 0>  // so that in randint(9, {2}, ...) the {2} is a size
Tensor randint(const Arg<std::int64_t>& low, const Arg<std::int64_t>& high, RandintOptions o) {
    return o.low.put(low, "randint", "low"), o.high.put(high, "randint", "high"), randint(o);
}
Tensor randint(const Arg<std::int64_t>& low, const Arg<std::int64_t>& high, const ListArg<std::int64_t>& size,
    RandintOptions o = {});
Tensor randint(const Arg<std::int64_t>& high, EmptyList, RandintOptions o = {});
Tensor randint(const Arg<std::int64_t>& low, const Arg<std::int64_t>& high, EmptyList, RandintOptions o = {});
TAPER_DOES_NOT_FIT(randint, )
/// torch.randperm: 0 to n - 1 in random order, int64.
TAPER_FUNCTION(Tensor, randperm, RandpermOptions, 1, n)
/// torch.normal: each element from the mean and the standard deviation beside it; of numbers, `size` of them.
TAPER_FUNCTION(Tensor, normal, NormalOptions, 1, mean, std, size)

/// torch.manual_seed
struct ManualSeedOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> seed = required;
};
Generator manual_seed(std::int64_t seed);
Generator manual_seed(const ManualSeedOptions& o);
/// torch.seed, torch.initial_seed
std::uint64_t seed();
std::uint64_t initial_seed();
/// torch.get_rng_state: uint8.
Tensor get_rng_state();
struct SetRngStateOptions {
    Keywords _ = Keywords();
    Arg<Tensor> new_state = required;
};
void set_rng_state(const Tensor& new_state);
void set_rng_state(const SetRngStateOptions& o);

/// torch.from_blob: a tensor on the caller's memory, which must outlive it, or be given a deleter.
Tensor from_blob(void* data, const Arg<Shape>& sizes, const TensorOptions& options, std::function<void()> deleter = {});
Tensor from_blob(void* data, const Arg<Shape>& sizes, const Arg<Shape>& strides, const TensorOptions& options = {},
    std::function<void()> deleter = {});
template <Number T> Tensor from_blob(T* data, const Arg<Shape>& sizes) {
    return from_blob(static_cast<void*>(data), sizes, {.dtype = dtype_of<T>()});
}
template <Number T, std::invocable Deleter> Tensor from_blob(T* data, const Arg<Shape>& sizes, Deleter deleter) {
    return from_blob(static_cast<void*>(data), sizes, {.dtype = dtype_of<T>()}, std::move(deleter));
}
template <Number T>
Tensor from_blob(T* data, const Arg<Shape>& sizes, TensorOptions options, std::function<void()> deleter = {}) {
    if (!options.dtype.given()) options.dtype = dtype_of<T>();
    return from_blob(static_cast<void*>(data), sizes, options, std::move(deleter));
}
template <Number T> Tensor from_blob(T* data, const Arg<Shape>& sizes, const Arg<Shape>& strides,
    TensorOptions options = {}, std::function<void()> deleter = {}) {
    if (!options.dtype.given()) options.dtype = dtype_of<T>();
    return from_blob(static_cast<void*>(data), sizes, strides, options, std::move(deleter));
}

namespace random {
/// The in-place draws of Tensor's methods of these names, without history. What draws does not depend on dtype or
/// strides beyond what PyTorch's own does.
void uniform_(const Tensor& x, double from, double to, Generator generator);
void normal_(const Tensor& x, double mean, double std, Generator generator);
void exponential_(const Tensor& x, double lambda, Generator generator);
void bernoulli_(const Tensor& x, double p, Generator generator);
void geometric_(const Tensor& x, double p, Generator generator);
void cauchy_(const Tensor& x, double median, double sigma, Generator generator);
void log_normal_(const Tensor& x, double mean, double std, Generator generator);
Tensor poisson(const Tensor& rates, Generator generator);
void random_(const Tensor& x, Generator generator);
void random_(const Tensor& x, std::int64_t from, std::int64_t to, Generator generator);
/// torch.bernoulli: 1 with the probability that x holds. torch.multinomial: indices drawn by the weights in each row.
Tensor bernoulli(const Tensor& x, Generator generator);
Tensor multinomial(const Tensor& x, std::int64_t num_samples, bool replacement, Generator generator);
}  // namespace random

/// torch.set_flush_denormal: whether numbers too small to be normal count as zero on this thread; true if the machine
/// can.
bool set_flush_denormal(bool mode);

}  // namespace taper
