// Calls as in Python: any number of arguments by position, in PyTorch's order, the rest by keyword.
//
// A signature is an options struct, whose fields are PyTorch's parameters in their order:
//     struct SoftplusOptions {
//         Keywords _ = Keywords();
//         Arg<Tensor> input = required;
//         Arg<double> beta = Default(1), threshold = Default(20);
//     };
//     TAPER_FUNCTION(Tensor, softplus, SoftplusOptions, 1, input, beta, threshold)
// declares softplus(x), softplus(x, 2), softplus(x, 2, 10), softplus(x, {.threshold = 10}), softplus({.input = x}) and
// so on: the number says how many come first that must be given. In a .cpp file
//     TAPER_DEFINE_FUNCTION(Tensor, softplus, SoftplusOptions, (ops::softplus(o.input, o.beta, o.threshold)),
//         1, input, beta, threshold)
// says what they do with the options o. TAPER_METHOD and TAPER_CONSTRUCTORS do the same in a class; the constructor
// they end in takes (Called, const Options&). Parameters that are keywords only are left out of the names. A second
// signature of a name is a TAPER_ALSO_METHOD or TAPER_ALSO_FUNCTION. A call that fits none finds a function that is
// deleted, so that the first line of the compiler's error names it.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dtype.h"

namespace taper {

class Tensor;
class Shape;
struct Dims;
struct NewAxis;
using TensorList = std::vector<Tensor>;

/// An absent bound of a Slice, or an absent option: Python's None as a value.
inline constexpr std::nullopt_t none = std::nullopt;

/// Marks an options struct, so that {0, 1} is a list of dims and {.dim = 1} are options.
struct Keywords {
    explicit Keywords() = default;
};

/// The default of a parameter that has none.
struct Required {};
inline constexpr Required required;

/// The value of a parameter that was not given.
template <class T> struct Default {
    T value;
};
template <class T> Default(T) -> Default<T>;

/// What no value is of: a list of these is `{}`, and nothing else. (A parameter that is a std::initializer_list of what
/// can be had takes {.misspelt = {1, 2}} from GCC 12, without a word.)
class NoItem {
    explicit NoItem(int&) {}
};
using EmptyList = std::initializer_list<NoItem>;

/// What a call returns that no signature fits: anything, for it does not compile.
struct ArgumentsDoNotFit {
    template <class T> operator T() const;
};
/// Says that what must be given was given.
struct Called {};

namespace detail {

// What stands between the braces of a T: its items, and how many of them.
template <class T> struct Braces {};
template <class E, std::size_t from = 0, std::size_t to = std::size_t(-1)> struct Items {
    using Item = E;
    static constexpr std::size_t least = from, most = to;
};
template <class E> struct Braces<std::vector<E>> : Items<E> {};
template <class A> struct Braces<std::pair<A, A>> : Items<A, 2, 2> {};
template <> struct Braces<Shape> : Items<std::int64_t> {};
template <> struct Braces<Dims> : Items<std::int64_t> {};
template <class T>
concept Braced = requires { typename Braces<T>::Item; };

template <class T> struct Optional {
    static constexpr bool is = false;
    using Value = T;
};
template <class T> struct Optional<std::optional<T>> {
    static constexpr bool is = true;
    using Value = T;
};

template <class T, class... U> constexpr bool fit_between_braces();

// What an Arg is made from that is no value.
template <class U, class Own> inline constexpr bool is_value = !std::same_as<U, Own>;
template <class Own> inline constexpr bool is_value<Required, Own> = false;
template <class V, class Own> inline constexpr bool is_value<Default<V>, Own> = false;

// Whether a U may stand where a T belongs. Numbers are strict, as in PyTorch: no bool for a number, no 4.5 for a whole
// one, no 2 for a bool.
template <class U, class T> constexpr bool fits() {
    using Value = typename Optional<T>::Value;
    if constexpr (!requires { typename std::type_identity<U*>; })  // Clang tries a designated value as a void& first
        return false;
    else if constexpr (Optional<T>::is &&
        (std::same_as<U, std::nullopt_t> || std::same_as<U, NewAxis> || std::same_as<U, T>))
        return true;
    else if constexpr (std::same_as<Value, bool>)
        return std::same_as<U, bool>;
    else if constexpr (std::is_arithmetic_v<Value>)
        return (std::is_arithmetic_v<U> && !std::same_as<U, bool> && !std::same_as<U, char> &&
                   (std::floating_point<Value> || std::integral<U>)) ||
            (std::is_class_v<U> && requires(const U& number) { Value{number}; });
    else if constexpr (std::same_as<U, bool> && Braced<Value>)
        return fit_between_braces<T, U>();
    else if constexpr (std::convertible_to<U, Value>)
        return true;
    else
        return fit_between_braces<T, U>();
}

// Whether they may stand between its braces; a number is no Tensor there.
template <class T, class... U> constexpr bool fit_between_braces() {
    using Value = typename Optional<T>::Value;
    if constexpr (Braced<Value>) {
        using Item = typename Braces<Value>::Item;
        return sizeof...(U) >= Braces<Value>::least && sizeof...(U) <= Braces<Value>::most &&
            ((fits<U, Item>() && !(std::same_as<Item, Tensor> && std::is_arithmetic_v<U>)) && ...);
    } else {
        return false;
    }
}

[[noreturn]] void given_twice(const char* call, const char* parameter);
[[noreturn]] void not_given(const char* call, const char* parameter);

enum class Given : std::uint8_t { yes, no, must_be };

// What an Arg knows beside its value.
class ArgBase {
 public:
    /// Whether the caller gave it.
    bool given() const { return given_ == Given::yes; }
    /// Whether it must be given and was not.
    bool missing() const { return given_ == Given::must_be; }
    /// Error, with PyTorch's sentence, if so.
    void need(const char* call, const char* parameter) const {
        if (given_ == Given::must_be) [[unlikely]]
            not_given(call, parameter);
    }

 protected:
    constexpr ArgBase(Given given) : given_(given) {}
    Given given_;
};

}  // namespace detail

/// A parameter: its value, and whether it was given.
template <class T> class Arg : public detail::ArgBase {
 public:
    Arg() : ArgBase(detail::Given::yes), value_() {}
    Arg(Required) : ArgBase(detail::Given::must_be), value_() {}
    template <class U> Arg(Default<U> value)
        : ArgBase(detail::Given::no), value_(static_cast<T>(std::move(value.value))) {}
    template <class U>
        requires(detail::is_value<std::remove_cvref_t<U>, Arg> && detail::fits<std::remove_cvref_t<U>, T>())
    Arg(U&& value) : ArgBase(detail::Given::yes), value_(converted(std::forward<U>(value))) {}
    /// {1, 2}
    template <class A, class B, class... U>
        requires(detail::fit_between_braces<T, std::remove_cvref_t<A>, std::remove_cvref_t<B>,
                    std::remove_cvref_t<U>...>())
    Arg(A&& a, B&& b, U&&... more)
        : ArgBase(detail::Given::yes),
          value_(listed(std::forward<A>(a), std::forward<B>(b), std::forward<U>(more)...)) {}

    const T& operator*() const { return value_; }
    const T* operator->() const { return &value_; }
    operator const T&() const { return value_; }

    /// Takes the value of a positional argument; Error, with PyTorch's sentence, if the keyword was given too.
    void put(const Arg& value, const char* call, const char* parameter) {
        if (given()) [[unlikely]]
            detail::given_twice(call, parameter);
        *this = value;
    }

 private:
    using Value = typename detail::Optional<T>::Value;
    template <class... U> static T listed(U&&... items) {
        using Braces = detail::Braces<Value>;
        if constexpr (requires(std::initializer_list<typename Braces::Item> list) { Braces::made(list); })
            return T(Braces::made(std::initializer_list<typename Braces::Item>{
                static_cast<typename Braces::Item>(std::forward<U>(items))...}));
        else
            return T(Value{static_cast<typename Braces::Item>(std::forward<U>(items))...});
    }
    template <class U> static T converted(U&& value) {
        using Own = std::remove_cvref_t<U>;
        if constexpr (detail::Optional<T>::is && (std::same_as<Own, std::nullopt_t> || std::same_as<Own, NewAxis>))
            return std::nullopt;
        else if constexpr (std::same_as<Own, T>)
            return std::forward<U>(value);
        else if constexpr (std::is_arithmetic_v<Value>)
            return T(static_cast<Value>(value));
        else if constexpr (std::convertible_to<U, Value>)
            return T(static_cast<Value>(std::forward<U>(value)));
        else
            return listed(std::forward<U>(value));
    }
    T value_;
};

namespace detail {
/// The first argument of a constructor that no signature fits.
struct AnyArgument {
    template <class A> AnyArgument(const A&);
    template <class A, class B, class... More> AnyArgument(const A&, const B&, const More&...);
};
template <class A> inline constexpr bool first_is_no_list = !requires { typename A::IsList; };
template <class T> inline constexpr bool first_is_no_list<Arg<T>> = !Braced<typename Optional<T>::Value>;
}  // namespace detail

}  // namespace taper

#include "call_macros.h"
