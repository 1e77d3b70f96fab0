// The options of the methods in signatures.h, XMethod of x.x(...). They stand before the Tensor, whose methods take
// them.
#pragma once

#include <memory>

#include "calls.h"
#include "random/generator.h"
#include "scalar.h"
#include "tensor_impl.h"

namespace taper {

namespace detail {

/// A Tensor as a parameter, or a number in its place if `numbers`.
template <class Own, bool numbers> class TensorArg : public ArgBase {
 public:
    TensorArg() : ArgBase(Given::yes) {}
    TensorArg(Required) : ArgBase(Given::must_be) {}
    TensorArg(Default<std::nullopt_t>) : ArgBase(Given::no) {}
    TensorArg(std::nullopt_t) : TensorArg() {}
    TensorArg(const NewAxis&) : TensorArg() {}
    template <class U>
        requires(std::convertible_to<U, Tensor> && (numbers || !(std::is_arithmetic_v<U> || std::same_as<U, Scalar>)))
    TensorArg(const U& value);

    Tensor operator*() const;
    operator Tensor() const;
    bool defined() const { return static_cast<bool>(impl_); }

    /// As of any Arg.
    void put(const Own& value, const char* call, const char* parameter) {
        if (given()) [[unlikely]]
            given_twice(call, parameter);
        static_cast<Own&>(*this) = value;
    }

 private:
    Ref<TensorImpl> impl_;
};

}  // namespace detail

/// A parameter that PyTorch lets a number stand in for.
struct TensorOrNumber;
/// A Tensor as a parameter: anything that converts to one, but no number; none or None is Tensor().
template <> class Arg<Tensor> : public detail::TensorArg<Arg<Tensor>, false> {
    using TensorArg::TensorArg;
};
template <> class Arg<TensorOrNumber> : public detail::TensorArg<Arg<TensorOrNumber>, true> {
    using TensorArg::TensorArg;
};

/// A whole number, or a tensor that holds one.
struct WholeNumber {
    WholeNumber() = default;
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    WholeNumber(I value) : value(static_cast<std::int64_t>(value)) {}
    template <std::derived_from<Tensor> X> WholeNumber(const X& x) : value(x.whole_number()) {}
    std::int64_t value = 0;
};

/// A list of Tensors, or None.
struct TensorListOrNone {
    TensorListOrNone() = default;
    TensorListOrNone(std::nullopt_t) {}
    template <std::same_as<TensorList> List> TensorListOrNone(List tensors)
        : list(std::make_shared<const List>(std::move(tensors))) {}

    std::shared_ptr<const TensorList> list = {};
};
template <> struct detail::Braces<TensorListOrNone> : Items<Tensor> {
    template <class T> static TensorListOrNone made(std::initializer_list<T> items) {
        return TensorListOrNone(std::vector<T>(items));
    }
};

/// How a tensor is split: into parts of one size, or into parts of these.
struct SplitSize {
    SplitSize() = default;
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    SplitSize(I size) : size(static_cast<std::int64_t>(size)) {}
    SplitSize(std::vector<std::int64_t> sections) : sections(std::move(sections)) {}
    SplitSize(const Shape& sections) : sections(sections.vec()) {}

    std::optional<std::int64_t> size = {};
    std::vector<std::int64_t> sections = {};
};
template <> struct detail::Braces<SplitSize> : Items<std::int64_t, 2> {
    static SplitSize made(std::initializer_list<std::int64_t> items) { return SplitSize(std::vector(items)); }
};

/// The order of a norm: a number, "fro" or "nuc".
struct NormOrder {
    enum class Kind : std::uint8_t { number, fro, nuc };
    NormOrder() = default;
    template <Number N>
        requires(!std::same_as<N, bool>)
    NormOrder(N p) : p(static_cast<double>(p)) {}
    NormOrder(const char* name);
    NormOrder(const std::string& name) : NormOrder(name.c_str()) {}

    Kind kind = Kind::number;
    double p = 2;
};

/// What torch.tensordot sums over: so many dims, the last of one tensor with the first of the other, or these of each.
struct ContractedDims {
    ContractedDims() = default;
    ContractedDims(std::int64_t count) : count(count) {}
    ContractedDims(const Dims& a, const Dims& b) : a(a), b(b) {}

    std::optional<std::int64_t> count = {};
    Dims a = {}, b = {};
};
/// As a parameter: 2, or {{1, 0}, {0, 1}}.
template <> class Arg<ContractedDims> : public detail::ArgBase {
 public:
    Arg() : ArgBase(detail::Given::yes) {}
    template <std::integral I> Arg(Default<I> count) : ArgBase(detail::Given::no), value_(count.value) {}
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    Arg(I count) : ArgBase(detail::Given::yes), value_(static_cast<std::int64_t>(count)) {}
    Arg(const Dims& a, const Dims& b) : ArgBase(detail::Given::yes), value_(a, b) {}
    template <std::convertible_to<Dims> D> Arg(const std::pair<D, D>& dims)
        : ArgBase(detail::Given::yes), value_(dims.first, dims.second) {}

    const ContractedDims& operator*() const { return value_; }
    operator const ContractedDims&() const { return value_; }
    /// As of any Arg.
    void put(const Arg& value, const char* call, const char* parameter) {
        if (given()) [[unlikely]]
            detail::given_twice(call, parameter);
        *this = value;
    }

 private:
    ContractedDims value_;
};

/// What is reduced: all dims, or those given (an empty list is all); and in which dtype.
struct Reduction {
    std::optional<Dims> dim = {};
    bool keepdim = false;
    std::optional<DType> dtype = {};
};
/// The same of var and std, which divide by n - correction.
struct Spread {
    std::optional<Dims> dim = {};
    double correction = 1;
    bool keepdim = false;
};

// ---- of what signatures.h does not say
struct ToOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
    Arg<bool> non_blocking = Default(false), copy = Default(false);
};
struct RandomOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> from = Default(0);
    Arg<std::optional<std::int64_t>> to = Default(none);
    Arg<std::optional<Generator>> generator = Default(none);
};
struct AllFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<std::int64_t>> dim = Default(none);
    Arg<bool> keepdim = Default(false);
    Arg<Tensor> out = Default(none);
};
struct DimMethod {
    Keywords _ = Keywords();
    Arg<std::int64_t> dim = required;
};
struct NonzeroTupleMethod {
    Keywords _ = Keywords();
    Arg<bool> as_tuple = required;
};
struct UniqueSeveralMethod {
    Keywords _ = Keywords();
    Arg<bool> sorted = Default(true), return_inverse = Default(false), return_counts = Default(false);
    Arg<std::optional<std::int64_t>> dim = Default(none);
};

struct UniqueConsecutiveSeveralMethod {
    Keywords _ = Keywords();
    Arg<bool> return_inverse = Default(false), return_counts = Default(false);
    Arg<std::optional<std::int64_t>> dim = Default(none);
};
/// What tensor_split takes: one of the first three.
struct TensorSplitMethod {
    Keywords _ = Keywords();
    Arg<std::optional<std::int64_t>> sections = Default(none);
    Arg<std::optional<std::vector<std::int64_t>>> indices = Default(none);
    Arg<Tensor> tensor_indices_or_sections = Default(none);
    Arg<std::int64_t> dim = Default(0);
};
/// What hsplit, vsplit and dsplit take: one of the two.
struct PartsMethod {
    Keywords _ = Keywords();
    Arg<std::optional<std::int64_t>> sections = Default(none);
    Arg<std::optional<std::vector<std::int64_t>>> indices = Default(none);
};

#define UNARY(name)
#define UNARY_AS(name, op)
#define UNARY_WITHOUT_OUT(name)
#define IN_PLACE(name, op)
#define SIGNATURE_AS(...)
#define SIGNATURE(kind, first, mode, T, name, Name, fields, ...) TAPER_OPTIONS_##kind(Name, fields)
#define TAPER_OPTIONS_METHOD(Name, fields) \
    struct Name##Method {                  \
        Keywords _ = Keywords();           \
        TAPER_BARE fields                  \
    };
#define TAPER_OPTIONS_BOTH(Name, fields) TAPER_OPTIONS_METHOD(Name, fields)
#define TAPER_OPTIONS_BOTH_OUT(Name, fields) TAPER_OPTIONS_METHOD(Name, fields)
#define TAPER_OPTIONS_BOTH_OUTS(Name, fields) TAPER_OPTIONS_METHOD(Name, fields)
#define TAPER_OPTIONS_FUNCTION(Name, fields)
#define TAPER_OPTIONS_FUNCTION_OUT(Name, fields)
#include "signatures.h"
#undef TAPER_OPTIONS_FUNCTION_OUT
#undef TAPER_OPTIONS_FUNCTION
#undef TAPER_OPTIONS_BOTH_OUTS
#undef TAPER_OPTIONS_BOTH_OUT
#undef TAPER_OPTIONS_BOTH
#undef TAPER_OPTIONS_METHOD
#undef SIGNATURE
#undef SIGNATURE_AS
#undef IN_PLACE
#undef UNARY_WITHOUT_OUT
#undef UNARY_AS
#undef UNARY

}  // namespace taper
