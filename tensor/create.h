// Functions that make tensors: from numbers, by pattern, at random.
#pragma once

#include "tensor.h"
#include "values.h"

namespace taper {

/// The keywords of the functions that draw random numbers.
struct RandomOptions {
    std::optional<Generator> generator = {};
    std::optional<DType> dtype = {};
    bool requires_grad = false;
    std::optional<Device> device = {};
};

/// Numbers in nested braces, or in (nested) vectors: what torch.tensor takes.
class NestedList {
 public:
    template <Number N> NestedList(N value) : value_(value) {}
    NestedList(std::initializer_list<NestedList> items) : items_(items), is_list_(true) {}
    template <class T> NestedList(const std::vector<T>& items) : is_list_(true) {
        for (const auto& item : items) items_.emplace_back(static_cast<const T&>(item));
    }

    Shape shape() const;
    /// bool, int64 or the default floating dtype, whichever the numbers need.
    DType dtype() const;
    void write(const Tensor& to) const;

 private:
    DType kind() const;

    Scalar value_ = 0;
    std::vector<NestedList> items_;
    bool is_list_ = false;
};

/// torch.tensor: tensor(3.0), tensor({1, 2}), tensor({{1., 2.}, {3., 4.}}), tensor(vector). Whole numbers give int64,
/// reals the default floating type, as in Python. Error unless the nesting is regular.
Tensor tensor(const NestedList& values, const TensorOptions& options = {});

// Each takes its sizes as a list, `zeros({2, 3})`, or one by one, `zeros(2, 3)`.
#define TAPER_BY_SIZE(name, Options)                                        \
    Tensor name(const Shape& shape, const Options& options = {});           \
    template <std::integral... I>                                           \
        requires(sizeof...(I) > 0)                                          \
    Tensor name(I... sizes) {                                               \
        return name(Shape{static_cast<std::int64_t>(sizes)...}, Options{}); \
    }
/// torch.empty: uninitialised.
TAPER_BY_SIZE(empty, TensorOptions)
/// torch.zeros
TAPER_BY_SIZE(zeros, TensorOptions)
/// torch.ones
TAPER_BY_SIZE(ones, TensorOptions)
/// torch.rand: uniform in [0, 1).
TAPER_BY_SIZE(rand, RandomOptions)
/// torch.randn: normal, mean 0 and variance 1.
TAPER_BY_SIZE(randn, RandomOptions)
#undef TAPER_BY_SIZE

/// torch.full: `value` everywhere, in its own dtype by default.
Tensor full(const Shape& shape, Scalar value, const TensorOptions& options = {});
/// torch.empty_like and so on: shape, dtype, device and order in memory of x.
Tensor empty_like(const Tensor& x, const TensorOptions& options = {});
Tensor zeros_like(const Tensor& x, const TensorOptions& options = {});
Tensor ones_like(const Tensor& x, const TensorOptions& options = {});
Tensor full_like(const Tensor& x, Scalar value, const TensorOptions& options = {});
Tensor rand_like(const Tensor& x, const RandomOptions& options = {});
Tensor randn_like(const Tensor& x, const RandomOptions& options = {});
Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, const RandomOptions& options = {});

/// torch.arange: from `start` to `end`, without it, by `step`.
Tensor arange(Scalar start, Scalar end, Scalar step = 1, const TensorOptions& options = {});
Tensor arange(Scalar end, const TensorOptions& options = {});
/// torch.linspace: `steps` numbers from `start` to `end`, both included.
Tensor linspace(double start, double end, std::int64_t steps, const TensorOptions& options = {});
/// torch.logspace: base to the power of each number of linspace.
Tensor logspace(double start, double end, std::int64_t steps, double base = 10, const TensorOptions& options = {});
/// torch.eye: ones on the diagonal.
Tensor eye(std::int64_t n, std::optional<std::int64_t> m = {}, const TensorOptions& options = {});

/// torch.randint: int64 in [low, high), or [0, high).
Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, const RandomOptions& options = {});
Tensor randint(std::int64_t high, const Shape& shape, const RandomOptions& options = {});
/// torch.randperm: 0 to n - 1 in random order, int64.
Tensor randperm(std::int64_t n, const RandomOptions& options = {});
/// torch.normal: each element from the mean and the standard deviation beside it.
Tensor normal(double mean, double std, const Shape& shape, const RandomOptions& options = {});
Tensor normal(const Tensor& mean, const Tensor& std, std::optional<Generator> generator = {});
/// torch.bernoulli: 1 with the probability that x holds.
Tensor bernoulli(const Tensor& x, std::optional<Generator> generator = {});
/// torch.multinomial: indices drawn by the weights in each row of x.
Tensor multinomial(
    const Tensor& x, std::int64_t num_samples, bool replacement = false, std::optional<Generator> generator = {});

/// torch.manual_seed
Generator manual_seed(std::int64_t seed);
/// torch.seed, torch.initial_seed
std::uint64_t seed();
std::uint64_t initial_seed();
/// torch.get_rng_state: uint8.
Tensor get_rng_state();
void set_rng_state(const Tensor& state);

/// torch.from_blob: a tensor on the caller's memory, which must outlive it, or be given a deleter.
template <Number T> Tensor from_blob(T* data, const Shape& shape, std::function<void()> deleter = {});
Tensor from_blob(void* data, const Shape& shape, const TensorOptions& options = {}, std::function<void()> deleter = {});
Tensor from_blob(void* data, const Shape& shape, const Strides& strides, const TensorOptions& options = {},
    std::function<void()> deleter = {});

template <Number T> Tensor from_blob(T* data, const Shape& shape, std::function<void()> deleter) {
    return from_blob(static_cast<void*>(data), shape, {.dtype = dtype_of<T>()}, std::move(deleter));
}

namespace random {
/// The in-place draws of Tensor's methods of these names, without history. What draws does not depend on dtype or
/// strides beyond what PyTorch's own does.
void uniform_(const Tensor& x, double from, double to, Generator generator);
void normal_(const Tensor& x, double mean, double std, Generator generator);
void exponential_(const Tensor& x, double lambda, Generator generator);
void bernoulli_(const Tensor& x, double p, Generator generator);
void random_(const Tensor& x, Generator generator);
void random_(const Tensor& x, std::int64_t from, std::int64_t to, Generator generator);
}  // namespace random

/// torch.set_flush_denormal: whether numbers too small to be normal count as zero on this thread; true if the machine
/// can.
bool set_flush_denormal(bool mode);

}  // namespace taper
