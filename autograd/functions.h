// The functions of torch that ops.h implements, as they are called: any number of arguments by position, the rest by
// keyword. tensor/signatures.h has them, a line for each; create.h has those that make tensors.
#pragma once

#include "ops.h"

namespace taper {

/// Of functions that take nothing but a tensor.
struct UnaryFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Tensor> out = Default(none);
};
struct UnaryFunctionWithoutOut {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
};

// A function of Tensors alone is the op itself; what else it can take stands beside it.
#define UNARY(name)                      \
    using ops::name;                     \
    TAPER_DOES_NOT_FIT(name, )           \
    Tensor name(const UnaryFunction& o); \
    Tensor name(const Arg<Tensor>& input, UnaryFunction o);
#define UNARY_WITHOUT_OUT(name) \
    using ops::name;            \
    TAPER_DOES_NOT_FIT(name, )  \
    Tensor name(const UnaryFunctionWithoutOut& o);
#define SIGNATURE(kind, first, mode, T, name, ...) \
    TAPER_NO_FUNCTION_##kind##_##first(diagnose_if, name) TAPER_DECLARE_##kind(first, mode, T, name, __VA_ARGS__)
#define TAPER_DECLARE_METHOD(...)
#define TAPER_DECLARE_FUNCTION(first, mode, T, name, Name, fields, r, P, K, body) \
    struct Name##Function {                                                       \
        Keywords _ = Keywords();                                                  \
        TAPER_BARE fields                                                         \
    };                                                                            \
    TAPER_DECLARE_FUNCTION_OF_##mode(T, name, , Name##Function, r, P, K)
#define TAPER_DECLARE_FUNCTION_OF_ARGUMENTS(...) TAPER_DECLARE(__VA_ARGS__)
#define TAPER_DECLARE_FUNCTION_OF_TENSORS(T, name, ...) \
    using ops::name;                                    \
    TAPER_DECLARE_KEYWORDS(T, name, __VA_ARGS__)
#define TAPER_DECLARE_FUNCTION_OUT(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,                  \
        (TAPER_BARE fields Arg<Tensor> out = Default(none);), r, P, TAPER_AND_OUT K, body)
#define TAPER_DECLARE_BOTH(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,          \
        (Arg<Tensor> input = required; TAPER_BARE fields), TAPER_NEXT_##r, TAPER_INPUT_AND P, K, body)
#define TAPER_DECLARE_BOTH_OUT(first, mode, T, name, Name, fields, r, P, K, body)                           \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,                                        \
        (Arg<Tensor> input = required; TAPER_BARE fields Arg<Tensor> out = Default(none);), TAPER_NEXT_##r, \
        TAPER_INPUT_AND P, TAPER_AND_OUT K, body)
#define TAPER_DECLARE_BOTH_OUTS(first, mode, T, name, Name, fields, r, P, K, body)                                    \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,                                                  \
        (Arg<Tensor> input = required; TAPER_BARE fields Arg<TensorListOrNone> out = Default(none);), TAPER_NEXT_##r, \
        TAPER_INPUT_AND P, TAPER_AND_OUT K, body)
#include "../tensor/signatures.h"
#undef TAPER_DECLARE_BOTH_OUTS
#undef TAPER_DECLARE_BOTH_OUT
#undef TAPER_DECLARE_BOTH
#undef TAPER_DECLARE_FUNCTION_OUT
#undef TAPER_DECLARE_FUNCTION_OF_TENSORS
#undef TAPER_DECLARE_FUNCTION_OF_ARGUMENTS
#undef TAPER_DECLARE_FUNCTION
#undef TAPER_DECLARE_METHOD
#undef SIGNATURE
#undef UNARY_WITHOUT_OUT
#undef UNARY

// ---- forms that stand for themselves
Tensor squeeze(const Tensor& input);
/// Of all elements: the largest, ties sharing the gradient; of two tensors: maximum.
Tensor max(const Tensor& input);
Tensor min(const Tensor& input);
template <std::derived_from<Tensor> X> Tensor max(const Tensor& input, const X& other) { return maximum(input, other); }
template <std::derived_from<Tensor> X> Tensor min(const Tensor& input, const X& other) { return minimum(input, other); }
/// The lower of the two middle ones.
Tensor median(const Tensor& input);
/// The tensors one by one.
template <class... T>
    requires(sizeof...(T) > 0 && (std::derived_from<T, Tensor> && ...))
TensorList meshgrid(const T&... tensors) {
    return meshgrid(TensorList{tensors...});
}
template <class... T>
    requires(sizeof...(T) > 0 && (std::derived_from<T, Tensor> && ...))
TensorList broadcast_tensors(const T&... tensors) {
    return ops::broadcast_tensors(TensorList{tensors...});
}
template <class... T>
    requires(sizeof...(T) > 1 && (std::derived_from<T, Tensor> && ...))
Tensor einsum(const Arg<std::string>& equation, const T&... operands) {
    return ops::einsum(*equation, TensorList{operands...});
}
Tensor scatter(const Arg<Tensor>& input, const Arg<std::int64_t>& dim, const Arg<Tensor>& index,
    const ScatterValueOptions& options);

}  // namespace taper
