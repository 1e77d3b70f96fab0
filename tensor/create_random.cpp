// Tensors drawn at random, and the state of the generator.
#include "loops.h"
#include "making.h"
#include "number_range.h"

namespace taper {

using namespace making;

namespace {

// Draws in the order of memory; through a dense copy where x has gaps.
template <class List, class Draw> void fill_random(const Tensor& x, Draw draw) {
    Tensor dense = native::like(x, x.shape(), x.dtype());
    bool has_gaps = !(dense.stride() == x.stride());
    Tensor to = has_gaps ? dense : x;
    const auto into = [&](auto zero) {
        draw(static_cast<decltype(zero)*>(to.data_ptr()), x.numel(), x.is_contiguous());
    };
    if constexpr (std::is_same_v<List, FloatsAndHalf>)
        visit_stored<List>(x.dtype(), into);
    else
        visit<List>(x.dtype(), into);
    if (has_gaps)
        native::copy(x, dense);
    else
        x.impl().count_write();
}

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
    if (x.dtype() == DType::BFloat16) return native::cast(bernoulli(native::cast(x, float32), generator), bfloat16);
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
    fill_random<FloatsAndHalf>(x, [&](auto* data, std::int64_t n, bool) { uniform(data, n, from, to, generator); });
}
void random::normal_(const Tensor& x, double mean, double std, Generator generator) {
    fill_random<FloatsAndHalf>(x, [&](auto* data, std::int64_t n, bool dense) {
        dense ? normal(data, n, mean, std, generator) : normal_each(data, n, mean, std, generator);
    });
}
// What is drawn as one dtype and then made another, narrow one.
template <class Draw> static void draw_as(DType dtype, const Tensor& x, Draw draw) {
    const Tensor wide = native::like(x, x.shape(), dtype);
    draw(wide);
    native::copy(x, wide);
}
void random::exponential_(const Tensor& x, double lambda, Generator generator) {
    if (is_narrow(x.dtype()) && x.is_floating_point())
        return draw_as(float32, x, [&](const Tensor& wide) { exponential_(wide, lambda, generator); });
    fill_random<Floats>(x, [&](auto* data, std::int64_t n, bool) { exponential(data, n, lambda, generator); });
}
void random::bernoulli_(const Tensor& x, double p, Generator generator) {
    refuse("bernoulli_", "bernoulli_scalar_cpu_", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) return draw_as(uint8, x, [&](const Tensor& bits) { bernoulli_(bits, p, generator); });
    fill_random<AllTypes>(x, [&](auto* data, std::int64_t n, bool) { bernoulli(data, n, p, generator); });
}
void random::geometric_(const Tensor& x, double p, Generator generator) {
    refuse("geometric_", "geometric_cpu", x.dtype(), {DType::Bool});
    if (is_narrow(x.dtype())) return draw_as(float64, x, [&](const Tensor& wide) { geometric_(wide, p, generator); });
    fill_random<Types<std::uint8_t, std::int32_t, std::int64_t, float, double>>(
        x, [&](auto* data, std::int64_t n, bool) { geometric(data, n, p, generator); });
}
void random::cauchy_(const Tensor& x, double median, double sigma, Generator generator) {
    if (is_narrow(x.dtype()) && x.is_floating_point())
        return draw_as(float64, x, [&](const Tensor& wide) { cauchy_(wide, median, sigma, generator); });
    fill_random<Floats>(x, [&](auto* data, std::int64_t n, bool) { cauchy(data, n, median, sigma, generator); });
}
void random::log_normal_(const Tensor& x, double mean, double std, Generator generator) {
    if (is_narrow(x.dtype()) && x.is_floating_point())
        return draw_as(float64, x, [&](const Tensor& wide) { log_normal_(wide, mean, std, generator); });
    fill_random<Floats>(x, [&](auto* data, std::int64_t n, bool) { log_normal(data, n, mean, std, generator); });
}
Tensor random::poisson(const Tensor& x, Generator generator) {
    refuse("poisson", "poisson_cpu", x.dtype(), {DType::Float16});
    if (x.dtype() == DType::BFloat16) return native::cast(poisson(native::cast(x, float32), generator), bfloat16);
    Tensor out = native::empty(x.shape(), x.dtype()), rates = native::contiguous(x);
    visit<Types<float, double>>(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        poisson(out.data_ptr<T>(), x.numel(), rates.data_ptr<T>(), generator);
    });
    return out;
}
// The largest of the whole numbers that a narrow dtype has all of.
static std::int64_t largest_whole(DType dtype) {
    return dtype == DType::Float16 ? 1 << Half::digits
        : dtype == DType::BFloat16 ? 1 << BFloat16::digits
                                   : static_cast<std::int64_t>(info_of(dtype).highest);
}
void random::random_(const Tensor& x, Generator generator) {
    if (is_narrow(x.dtype()))
        return draw_as(
            int32, x, [&](const Tensor& wide) { random_(wide, 0, largest_whole(x.dtype()) + 1, generator); });
    fill_random<AllTypes>(x, [&](auto* data, std::int64_t n, bool) { integers(data, n, generator); });
}
void random::random_(const Tensor& x, std::int64_t from, std::int64_t to, Generator generator) {
    if (is_narrow(x.dtype())) {
        const std::int64_t most = largest_whole(x.dtype()), least = x.is_floating_point() ? -most : -most - 1;
        check(from >= least && from <= most, "random_: from is out of bounds for {} ({})", x.dtype(), from);
        check(to - 1 >= least && to - 1 <= most, "random_: to - 1 is out of bounds for {} ({})", x.dtype(), to - 1);
        return draw_as(int32, x, [&](const Tensor& wide) { random_(wide, from, to, generator); });
    }
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

}  // namespace taper
