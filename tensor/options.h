// The options of the methods in signatures.h, XMethod of x.x(...). They stand before the Tensor, whose methods take
// them.
#pragma once

#include <memory>

#include "calls.h"
#include "random.h"
#include "scalar.h"
#include "storage.h"

namespace taper {

/// A Tensor as a parameter: anything that converts to one; none or None is Tensor().
template <> class Arg<Tensor> : public detail::ArgBase {
 public:
    Arg() : ArgBase(detail::Given::yes) {}
    Arg(Required) : ArgBase(detail::Given::must_be) {}
    Arg(Default<std::nullopt_t>) : ArgBase(detail::Given::no) {}
    Arg(std::nullopt_t) : Arg() {}
    Arg(const NewAxis&) : Arg() {}
    template <class U>
        requires(std::convertible_to<U, Tensor>)
    Arg(const U& value);

    Tensor operator*() const;
    operator Tensor() const;
    bool defined() const { return static_cast<bool>(body_); }

    /// As of any Arg.
    void put(const Arg& value, const char* call, const char* parameter) {
        if (given()) [[unlikely]]
            detail::given_twice(call, parameter);
        *this = value;
    }

 private:
    Ref<Body> body_;
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
struct ScatterValueOptions {
    Keywords _ = Keywords();
    Arg<Scalar> value = required;
};

#define UNARY(name)
#define UNARY_WITHOUT_OUT(name)
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
#undef UNARY_WITHOUT_OUT
#undef UNARY

}  // namespace taper
