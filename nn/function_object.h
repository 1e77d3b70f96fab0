// Functions with keywords that are objects, so that they can be passed as values: AnyModule(F::relu).
//     TAPER_FUNCTION_OBJECT(Tensor, glu, GLUOptions, 1, input, dim)
// declares glu(x), glu(x, 0), glu(x, {.dim = 0}) and glu({.input = x}) as calls.h says it of TAPER_FUNCTION; in a .cpp
// file
//     TAPER_DEFINE_FUNCTION_OBJECT(Tensor, glu, GLUOptions, (positional::glu(o.input, o.dim)), 1, input, dim)
// says what they do with the options o. TAPER_UNARY is the same of a Tensor with a short way for a call without more:
// its definition makes the Tensor of x and the options o.
#pragma once
#pragma GCC system_header

#include "../tensor/calls.h"

// clang-format off
#define TAPER_FUNCTION_OBJECT(T, name, O, r, ...) \
    struct name##_function { \
        TAPER_CALL_DOES_NOT_FIT(name, operator(), const) \
        TAPER_ALSO_METHOD(T, operator(), O, r, __VA_ARGS__) \
    }; \
    inline constexpr name##_function name;
#define TAPER_DEFINE_FUNCTION_OBJECT(T, name, O, body, r, ...) \
    T name##_function::operator()(const O& o) const { return TAPER_NEED_##r(#name, __VA_ARGS__, ) TAPER_BARE body; } \
    TAPER_EACH(TAPER_OBJECT_CALL, (T, name), O, r, __VA_ARGS__)
#define TAPER_OBJECT_CALL(head, O, rest, k, ...) TAPER_OBJECT_CALL_(TAPER_BARE head, O, k, __VA_ARGS__)
#define TAPER_OBJECT_CALL_(...) TAPER_OBJECT_CALL__(__VA_ARGS__)
#define TAPER_OBJECT_CALL__(T, name, O, k, ...) \
    T name##_function::operator()(TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o) const { \
        return operator()((TAPER_PUT_##k(#name, __VA_ARGS__), o)); \
    }

#define TAPER_UNARY(name, O, ...) \
    struct name##_function { \
        Tensor operator()(const Tensor& input) const; \
        TAPER_CALL_DOES_NOT_FIT(name, operator(), const) \
        TAPER_ALSO_METHOD(Tensor, operator(), O, 1, __VA_ARGS__) \
    }; \
    inline constexpr name##_function name;
#define TAPER_DEFINE_UNARY(name, O, body, ...) \
    static Tensor name##_of(const Tensor& x, [[maybe_unused]] const O& o) { return TAPER_BARE body; } \
    Tensor name##_function::operator()(const Tensor& input) const { \
        static const O o{}; \
        return name##_of(input, o); \
    } \
    TAPER_DEFINE_FUNCTION_OBJECT(Tensor, name, O, (name##_of(o.input, o)), 1, __VA_ARGS__)

// Where Name({2, 3}) could mean Name(Name(2, 3)) as well: says that it is a list of sizes. (A constructor that took a list
// and no more would let GCC drop the designators of Name({.size = 2}), hence the empty pack; and those of
// Name({.size = {2}}), hence the item whose type is deduced.)
#define TAPER_LIST_ALONE(Name, sizes) \
    TAPER_NO_CONSTRUCTOR_OF_LIST(Name) \
    template <std::integral Size, class... Nothing> \
        requires(sizeof...(Nothing) == 0 && !std::same_as<Size, bool>) \
    explicit Name(std::initializer_list<Size> sizes, const Nothing&...) \
        : Name(::taper::Dims(std::vector<std::int64_t>(sizes.begin(), sizes.end()))) {}

// A static method of a class.
#define TAPER_STATIC_METHOD(T, name, O, r, ...) \
    TAPER_CALL_DOES_NOT_FIT(name, static name, ) \
    TAPER_DECLARE(static T, name, , O, r, (__VA_ARGS__), (o))
#define TAPER_DEFINE_STATIC_METHOD(T, Class, name, O, body, r, ...) \
    T Class::name(const O& o) { return TAPER_NEED_##r(#name, __VA_ARGS__, ) TAPER_BARE body; } \
    TAPER_EACH(TAPER_DEFINE_CALL, (T, Class::, name, ), O, r, __VA_ARGS__)
// clang-format on
