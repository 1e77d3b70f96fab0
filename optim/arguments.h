// Parameters of optimizers and schedulers that are groups, or a thing or a list of things.
#pragma once

#include <functional>

#include "../tensor/list_arg.h"
#include "../tensor/tensor.h"

namespace taper::optim {

/// The parameters of an optimizer: Tensors, or groups `{{.params = a, .lr = 1e-2}, {.params = b}}` of its options O, up
/// to eight; more in a vector.
template <class O> class ParamsArg : public ListArg<Tensor> {
 public:
    ParamsArg() = default;
    using ListArg<Tensor>::ListArg;
    ParamsArg(const O& a, const O& b = none(), const O& c = none(), const O& d = none(), const O& e = none(),
        const O& f = none(), const O& g = none(), const O& h = none()) {
        std::vector<O> groups;
        for (const O* group : {&a, &b, &c, &d, &e, &f, &g, &h})
            if (group != &none()) groups.push_back(*group);
        groups_ = std::make_shared<const std::vector<O>>(std::move(groups));
    }
    template <std::same_as<std::vector<O>> Groups> ParamsArg(const Groups& groups)
        : groups_(std::make_shared<const Groups>(groups)) {}

    /// Empty where there are Tensors.
    const std::vector<O>& groups() const {
        static const std::vector<O> none;
        return groups_ ? *groups_ : none;
    }
    void put(const ParamsArg& value, const char* call, const char* parameter) {
        if (given()) detail::given_twice(call, parameter);
        *this = value;
    }

 private:
    static const O& none() {
        static const O absent;
        return absent;
    }
    std::shared_ptr<const std::vector<O>> groups_;
};

/// One number for all groups of parameters, or one for each.
class PerGroup {
 public:
    PerGroup() = default;
    template <class N>
        requires(detail::fits<N, double>())
    PerGroup(N number) : numbers_{static_cast<double>(number)} {}
    template <class N>
        requires(detail::fits<N, double>())
    PerGroup(const std::vector<N>& numbers) : numbers_(numbers.begin(), numbers.end()), each_(true) {}
    PerGroup(std::initializer_list<double> numbers) : numbers_(numbers), each_(true) {}

    std::size_t size() const { return numbers_.size(); }
    bool fits(std::size_t groups) const { return !each_ || size() == groups; }
    double operator[](std::size_t group) const { return numbers_[each_ ? group : 0]; }

 private:
    std::vector<double> numbers_ = {0};
    bool each_ = false;
};

/// A function from the epoch to a factor. One that returns a whole number does not compile: `1 / (epoch + 1)` is 0 in
/// C++; a factor is a real, `1. / (epoch + 1)`.
class Factor {
 public:
    Factor() = default;
    template <class F>
        requires(!std::derived_from<F, Factor> && std::floating_point<std::invoke_result_t<F&, std::int64_t>>)
    Factor(F function) : function_(std::move(function)) {}

    double operator()(std::int64_t epoch) const { return function_(epoch); }
    explicit operator bool() const { return static_cast<bool>(function_); }

 private:
    std::function<double(std::int64_t)> function_;
};
/// One for all groups of parameters, or one for each.
struct Factors : std::vector<Factor> {
    Factors() = default;
    template <class F>
        requires std::constructible_from<Factor, F>
    Factors(F function) : vector{Factor(std::move(function))} {}
    Factors(std::initializer_list<Factor> functions) : vector(functions) {}
    Factors(const std::vector<Factor>& functions) : vector(functions) {}
};

}  // namespace taper::optim

template <> struct taper::detail::Braces<taper::optim::PerGroup> : Items<double> {};
template <> struct taper::detail::Braces<taper::optim::Factors> : Items<taper::optim::Factor> {};
