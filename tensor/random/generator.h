// Random numbers: PyTorch's CPU generator, and the distributions drawn from it, draw for draw and bit for bit.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace taper {

class Tensor;

/// A stream of random numbers (the Mersenne Twister MT19937). A handle: copies share one stream. Any thread may draw
/// from it; a fill is one turn. torch.Generator.
class Generator {
 public:
    struct Stream;

    /// Seeded with PyTorch's default, 67280421310721.
    Generator();
    Generator(const Generator&) = default;
    Generator& operator=(const Generator&) = default;

    /// Starts the stream anew; its numbers depend on the low 32 bits of the seed only.
    Generator& manual_seed(std::uint64_t seed);
    /// Starts the stream anew from a seed that differs every time, and returns that seed.
    std::uint64_t seed();
    /// The seed that the stream was last started from.
    std::uint64_t initial_seed() const;

    std::uint32_t random32();
    /// Two 32-bit outputs, the first of them the high half.
    std::uint64_t random64();
    /// In [0, 1), a multiple of 2^-24, from one 32-bit output.
    float uniform24();
    /// In [0, 1), a multiple of 2^-53, from two 32-bit outputs.
    double uniform53();
    /// One of a Box-Muller pair, whose other half the stream keeps for the next call.
    double normal();

    /// The stream as a tensor of bytes, the kept normal included; Python's torch reads them, and its bytes are read
    /// here.
    Tensor get_state() const;
    /// Error unless the tensor holds a state of PyTorch's CPU generator.
    Generator& set_state(const Tensor& state);
    /// The same bytes, without a tensor around them.
    std::vector<std::uint8_t> state_bytes() const;
    void set_state_bytes(const std::vector<std::uint8_t>& state);

    Stream& stream() const { return *stream_; }

 private:
    std::shared_ptr<Stream> stream_;
};

/// What draws where no generator is named; until it is seeded, runs differ. torch.default_generator.
Generator& default_generator();

/// While it stands, what draws on this thread and names no generator draws from this one.
class UseGenerator {
 public:
    explicit UseGenerator(const Generator& generator);
    ~UseGenerator();
    UseGenerator(const UseGenerator&) = delete;
    UseGenerator& operator=(const UseGenerator&) = delete;

 private:
    Generator generator_;
    Generator* before_;
};

/// Fills of n elements in the order of memory. T is float or double where the numbers are continuous, otherwise also
/// int64, int32, uint8 or bool. Bad arguments throw Error before anything is drawn.
namespace random {

/// In [from, to). Tensor.uniform_.
template <class T> void uniform(T* out, std::int64_t n, double from, double to, Generator& generator);

/// Tensor.normal_ on contiguous memory: from 16 elements on in blocks of 16, below that as normal_each.
template <class T> void normal(T* out, std::int64_t n, double mean, double std, Generator& generator);

/// Tensor.normal_ on memory that is not contiguous: one element after another, each from Generator::normal.
template <class T> void normal_each(T* out, std::int64_t n, double mean, double std, Generator& generator);

/// Minus the logarithm of a uniform number, over the rate lambda. Tensor.exponential_.
template <class T> void exponential(T* out, std::int64_t n, double lambda, Generator& generator);

/// How many tries until one of probability p succeeds. Tensor.geometric_.
template <class T> void geometric(T* out, std::int64_t n, double p, Generator& generator);
/// The tangent of a uniform angle, times sigma, from the median on. Tensor.cauchy_.
template <class T> void cauchy(T* out, std::int64_t n, double median, double sigma, Generator& generator);
/// The exponential of a normal number. Tensor.log_normal_.
template <class T> void log_normal(T* out, std::int64_t n, double mean, double std, Generator& generator);
/// How many events there are where so many are to be expected. torch.poisson.
template <class T> void poisson(T* out, std::int64_t n, const T* rates, Generator& generator);

/// One with probability p, else zero. Tensor.bernoulli_(p).
template <class T> void bernoulli(T* out, std::int64_t n, double p, Generator& generator);

/// One with the probability of its own that each element has, else zero; P is float or double. torch.bernoulli.
template <class T, class P> void bernoulli_tensor(T* out, std::int64_t n, const P* probabilities, Generator& generator);

/// Integers in [from, to), which T must hold exactly. Tensor.random_(from, to), torch.randint.
template <class T> void integers(T* out, std::int64_t n, std::int64_t from, std::int64_t to, Generator& generator);

/// Integers from 0 to the largest of T (2^24 for float, 2^53 for double). Tensor.random_().
template <class T> void integers(T* out, std::int64_t n, Generator& generator);

/// The numbers 0 to n - 1, which T (not bool) must hold, shuffled. torch.randperm.
template <class T> void permutation(T* out, std::int64_t n, Generator& generator);

/// Indices of categories drawn by their weights (float or double), which need not sum to one. torch.multinomial of one
/// row.
template <class T> void multinomial(std::int64_t* out, std::int64_t samples, const T* weights, std::int64_t categories,
    bool replacement, Generator& generator);

/// Uniform in [lower, upper) where the input is not positive, else one without a draw. torch.rrelu in training.
template <class T>
void rrelu_slopes(T* slopes, std::int64_t n, const T* input, double lower, double upper, Generator& generator);

}  // namespace random
}  // namespace taper
