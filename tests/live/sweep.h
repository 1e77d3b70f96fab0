// What the generated calls of the sweep are made of: inputs by formula, as in sweep_world.py, and a record of results.
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <taper/taper.h>

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace init = taper::nn::init;
namespace optim = taper::optim;
namespace autograd = taper::autograd;
namespace data = taper;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
namespace lr_scheduler = taper::optim::lr_scheduler;
using taper::all;
using taper::len;
using taper::none;
using taper::Tensor;

namespace sweep {

inline constexpr double inf = INFINITY;

// Tensors by formula.
Tensor real(std::initializer_list<std::int64_t> shape);
Tensor more(std::initializer_list<std::int64_t> shape);
Tensor prob(std::initializer_list<std::int64_t> shape);
Tensor sign(std::initializer_list<std::int64_t> shape);
Tensor mask(std::initializer_list<std::int64_t> shape);
Tensor wide(std::initializer_list<std::int64_t> shape);
Tensor whole(std::int64_t high, std::initializer_list<std::int64_t> shape);
/// real, and wants a gradient.
Tensor leaf(std::initializer_list<std::int64_t> shape);
#define SWEEP_BY_SIZE(name) \
    template <std::integral... I> Tensor name(I... sizes) { return name({static_cast<std::int64_t>(sizes)...}); }
SWEEP_BY_SIZE(real)
SWEEP_BY_SIZE(more)
SWEEP_BY_SIZE(prob)
SWEEP_BY_SIZE(sign)
SWEEP_BY_SIZE(mask)
SWEEP_BY_SIZE(wide)
SWEEP_BY_SIZE(leaf)
#undef SWEEP_BY_SIZE
template <std::integral... I> Tensor whole(std::int64_t high, I... sizes) {
    return whole(high, {static_cast<std::int64_t>(sizes)...});
}
/// Two leaves that want a gradient.
std::vector<Tensor> params();
/// With gradients.
std::vector<Tensor> with_grads(double scale = 1);
Tensor image();
Tensor gray();
std::string root();
inline auto pairs(std::int64_t count) { return taper::TensorDataset(real(count, 2), whole(3, count)); }
struct Stream : taper::IterableDataset<Stream> {
    Tensor rows;
    explicit Stream(Tensor rows) : rows(std::move(rows)) {}
    auto begin() const { return rows.begin(); }
    auto end() const { return rows.end(); }
};
inline Stream stream(std::int64_t count) { return Stream(real(count, 2)); }
Tensor collated(const std::vector<std::tuple<Tensor, Tensor>>& samples);
inline Tensor cubed(const Tensor& x) { return x * x * x; }
inline Tensor cubed_sum(const Tensor& x) { return (x * x * x).sum(); }
inline constexpr auto nothing = [](const auto&) {};
inline constexpr auto plus_one = [](const auto& label) { return label + 1; };
inline double halve(std::int64_t epoch) { return std::pow(0.5, double(epoch)); }
inline Tensor doubled(const Tensor& x) { return 2 * x; }
inline double constant(std::int64_t) { return 1; }

inline void seed(std::int64_t value) { taper::manual_seed(value); }
/// x in the floating dtype of m's parameters and buffers.
Tensor like(const nn::ModuleBase& m, const Tensor& x);

// ---- the record
struct Nothing {};
/// put((call, Nothing())): a call without a result gives Nothing.
template <class T> T&& operator,(T&& value, Nothing) { return std::forward<T>(value); }
void put(Nothing);
void put(const Tensor& x);
void put(double number);
void put(const std::string& text);
void put(const taper::StateDict& state);
void put(const taper::Shape& shape);
void put(taper::DType dtype);
void put(const taper::Device& device);
void put(const taper::Generator& generator);
void put(const taper::GradFn& grad_fn);
inline void put(const nn::utils::rnn::PackedSequence& x) {
    for (std::int64_t i = 0; i < 4; ++i) x[i].defined() ? put(x[i]) : put(Nothing());
}
void put_state(const taper::StateDict& state);
inline void put(const char* text) { put(std::string(text)); }
inline void put(const taper::Histogram& counted) { put(counted.hist), put(counted.bin_edges); }
template <class T>
    requires std::is_arithmetic_v<T>
void put(T number) {
    put(static_cast<double>(number));
}
template <class T> void put(const std::vector<T>& list);
template <class T> void put(const std::optional<T>& value);
template <class T, std::size_t n> void put(const std::array<T, n>& list);
template <class A, class B> void put(const std::pair<A, B>& two);
inline void put(const taper::nn::OutputAndLoss& both) { put(both.output), put(both.loss); }
template <class... T> void put(const std::tuple<T...>& all);
inline void put(const taper::MinAndMax& both) { put(both.min), put(both.max); }
inline void put(const taper::MantissaAndExponent& both) { put(both.mantissa), put(both.exponent); }
inline void put(const taper::VarAndMean& both) { put(both.var), put(both.mean); }
inline void put(const taper::StdAndMean& both) { put(both.std), put(both.mean); }
template <class T>
    requires(requires(const T& x) {
        x.values;
        x.indices;
    })
void put(const T& both) {
    put(both.values), put(both.indices);
}
template <class T>
    requires(std::derived_from<T, nn::ModuleBase> || std::derived_from<T, taper::optim::Optimizer>)
void put(const T& shown) {
    put(fmt::format("{}", shown));
    if constexpr (std::derived_from<T, nn::ModuleBase>) put_state(shown.state_dict());
}
template <class T> void put(const std::vector<T>& list) {
    for (const auto& item : list) put(static_cast<const T&>(item));
}
template <class T, std::size_t n> void put(const std::array<T, n>& list) {
    for (const T& item : list) put(item);
}
template <class T> void put(const std::optional<T>& value) { value ? put(*value) : put(Nothing()); }
template <class A, class B> void put(const std::pair<A, B>& two) { put(two.first), put(two.second); }
template <class... T> void put(const std::tuple<T...>& all) {
    std::apply([](const auto&... item) { (put(item), ...); }, all);
}
template <class Loader> void put_batches(const Loader& loader) {
    for (const auto& batch : loader) put(batch);
}
template <class Dataset> void put_samples(const Dataset& dataset) {
    for (std::int64_t i = 0; i < taper::len(dataset); ++i) put(dataset.get(i));
}
/// Three steps by made-up gradients.
void train(const taper::optim::Optimizer& o, const std::vector<Tensor>& params);
void put_rate(const taper::optim::Optimizer& o);
template <class Scheduler> void follow(const taper::optim::Optimizer& o, const Scheduler& s) {
    put_rate(o);
    for (int i = 0; i < 8; ++i) {
        o.step();
        if constexpr (
            requires { s.step(1.25, 1); } || !requires { s.step(); })
            s.step(1 + 0.00005 * i);
        else
            s.step();
        put_rate(o);
    }
}

using Calls = std::vector<std::pair<int, void (*)()>>;
/// All batches add theirs.
Calls& calls();
inline int add(int id, void (*call)()) {
    calls().emplace_back(id, call);
    return id;
}

}  // namespace sweep

using namespace sweep;
