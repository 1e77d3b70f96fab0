// The functions of torch that ops.h implements, as they are called: any number of arguments by position, the rest by
// keyword. tensor/signatures.h has them, a line for each; create.h has those that make tensors.
#pragma once

#include "numbers.h"

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
#define UNARY_AS(name, op)               \
    Tensor name(const Tensor& input);    \
    TAPER_DOES_NOT_FIT(name, )           \
    Tensor name(const UnaryFunction& o); \
    Tensor name(const Arg<Tensor>& input, UnaryFunction o);
#define UNARY_WITHOUT_OUT(name) \
    using ops::name;            \
    TAPER_DOES_NOT_FIT(name, )  \
    Tensor name(const UnaryFunctionWithoutOut& o);
#define SIGNATURE(kind, first, mode, T, name, ...) \
    TAPER_NO_FUNCTION_##kind##_##first(diagnose_if, name) TAPER_DECLARE_##kind(first, mode, T, name, __VA_ARGS__)
// The same with the options of another name.
#define SIGNATURE_AS(kind, ...) TAPER_AS_##kind(__VA_ARGS__)
#define TAPER_AS_METHOD(...)
#define TAPER_AS_FUNCTION(T, name, Name, r, P, K, body) \
    TAPER_DOES_NOT_FIT(name, ) TAPER_DECLARE(T, name, , Name##Function, r, P, K)
#define TAPER_AS_FUNCTION_OUT(T, name, Name, r, P, K, body) \
    TAPER_EXPAND(TAPER_AS_FUNCTION, T, name, Name, r, P, TAPER_AND_OUT K, body)
#define TAPER_AS_BOTH(T, name, Name, r, P, K, body) \
    TAPER_EXPAND(TAPER_AS_FUNCTION, T, name, Name, TAPER_NEXT_##r, TAPER_INPUT_AND P, K, body)
#define TAPER_AS_BOTH_OUT(T, name, Name, r, P, K, body) \
    TAPER_EXPAND(TAPER_AS_FUNCTION, T, name, Name, TAPER_NEXT_##r, TAPER_INPUT_AND P, TAPER_AND_OUT K, body)
#define IN_PLACE(name, op)
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
#define TAPER_DECLARE_FUNCTION_OF_STRICT(T, name, ...)                             \
    template <Number N>::taper::ArgumentsDoNotFit name(const Tensor&, N) = delete; \
    TAPER_DECLARE_FUNCTION_OF_TENSORS(T, name, __VA_ARGS__)
#define TAPER_DECLARE_FUNCTION_OUT(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,                  \
        (TAPER_BARE fields Arg<Tensor> out = Default(none);), r, P, TAPER_AND_OUT K, body)
// The first operand may be a number where the others may.
#define TAPER_INPUT_ARGUMENTS Tensor
#define TAPER_INPUT_STRICT Tensor
#define TAPER_INPUT_TENSORS TensorOrNumber
#define TAPER_DECLARE_BOTH(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,          \
        (Arg<TAPER_INPUT_##mode> input = required; TAPER_BARE fields), TAPER_NEXT_##r, TAPER_INPUT_AND P, K, body)
#define TAPER_DECLARE_BOTH_OUT(first, mode, T, name, Name, fields, r, P, K, body)                       \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,                                    \
        (Arg<TAPER_INPUT_##mode> input = required; TAPER_BARE fields Arg<Tensor> out = Default(none);), \
        TAPER_NEXT_##r, TAPER_INPUT_AND P, TAPER_AND_OUT K, body)
#define TAPER_DECLARE_BOTH_OUTS(first, mode, T, name, Name, fields, r, P, K, body)                                    \
    TAPER_EXPAND(TAPER_DECLARE_FUNCTION, first, mode, T, name, Name,                                                  \
        (Arg<Tensor> input = required; TAPER_BARE fields Arg<TensorListOrNone> out = Default(none);), TAPER_NEXT_##r, \
        TAPER_INPUT_AND P, TAPER_AND_OUT K, body)
#include "../../tensor/signatures.h"

#define SAME(name) using ::taper::name;
/// torch.special: the functions of mathematics.
namespace special {
#include "../../tensor/signatures_special.h"
}  // namespace special

/// torch.linalg.
namespace linalg {
#include "../../tensor/signatures_linalg.h"
}  // namespace linalg
#undef SAME
#undef TAPER_DECLARE_BOTH_OUTS
#undef TAPER_DECLARE_BOTH_OUT
#undef TAPER_DECLARE_BOTH
#undef TAPER_DECLARE_FUNCTION_OUT
#undef TAPER_INPUT_TENSORS
#undef TAPER_INPUT_STRICT
#undef TAPER_INPUT_ARGUMENTS
#undef TAPER_DECLARE_FUNCTION_OF_STRICT
#undef TAPER_DECLARE_FUNCTION_OF_TENSORS
#undef TAPER_DECLARE_FUNCTION_OF_ARGUMENTS
#undef TAPER_DECLARE_FUNCTION
#undef TAPER_DECLARE_METHOD
#undef IN_PLACE
#undef TAPER_AS_BOTH_OUT
#undef TAPER_AS_BOTH
#undef TAPER_AS_FUNCTION_OUT
#undef TAPER_AS_FUNCTION
#undef TAPER_AS_METHOD
#undef SIGNATURE_AS
#undef SIGNATURE
#undef UNARY_WITHOUT_OUT
#undef UNARY_AS
#undef UNARY

// ---- of all elements, or along a dim. (What {.input = x} calls is no template, so it comes before what it could also
// mean.)
/// torch.max, min and median of all elements: ties share the gradient of max and min; the median is the lower of the
/// two middle ones. Along a dim: the values, and the indices they were found at.
struct AlongDimFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::int64_t> dim = required;
    Arg<bool> keepdim = Default(false);
    Arg<TensorListOrNone> out = Default(none);
};
#define TAPER_ALL_OR_DIM(name)                                                                                      \
    Tensor name(const Tensor& input);                                                                               \
    Tensor name(const UnaryFunctionWithoutOut& o);                                                                  \
    template <int = 0> ValuesAndIndices name(const AlongDimFunction& o);                                            \
    ValuesAndIndices name(const Arg<Tensor>& input, AlongDimFunction o);                                            \
    ValuesAndIndices name(const Arg<Tensor>& input, const Arg<std::int64_t>& dim, AlongDimFunction o = {});         \
    ValuesAndIndices name(                                                                                          \
        const Arg<Tensor>& input, const Arg<std::int64_t>& dim, const Arg<bool>& keepdim, AlongDimFunction o = {}); \
    TAPER_DOES_NOT_FIT(name, )
TAPER_ALL_OR_DIM(max)
TAPER_ALL_OR_DIM(min)
TAPER_ALL_OR_DIM(median)
TAPER_ALL_OR_DIM(nanmedian)
#undef TAPER_ALL_OR_DIM
/// torch.max and min of two tensors: torch.maximum, torch.minimum.
template <std::derived_from<Tensor> X> Tensor max(const Tensor& input, const X& other) { return maximum(input, other); }
template <std::derived_from<Tensor> X> Tensor min(const Tensor& input, const X& other) { return minimum(input, other); }
template <std::derived_from<Tensor> X> Tensor max(const Tensor& input, const X& other, const MaximumFunction& o) {
    return maximum(input, other, o);
}
template <std::derived_from<Tensor> X> Tensor min(const Tensor& input, const X& other, const MinimumFunction& o) {
    return minimum(input, other, o);
}
inline Tensor max(const Arg<Tensor>& input, const MaximumFunction& o) { return maximum(input, o); }
inline Tensor min(const Arg<Tensor>& input, const MinimumFunction& o) { return minimum(input, o); }
template <int = 0> Tensor max(const MaximumFunction& o) { return maximum(o); }
template <int = 0> Tensor min(const MinimumFunction& o) { return minimum(o); }

// ---- several results, as Python's tuple
struct UniqueSeveralFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<bool> sorted = Default(true), return_inverse = Default(false), return_counts = Default(false);
    Arg<std::optional<std::int64_t>> dim = Default(none);
};
/// torch.unique with return_inverse or return_counts: the elements, and beside them what was asked for.
template <int = 0> TensorList unique(const UniqueSeveralFunction& o);
template <int = 0> TensorList unique(const Arg<Tensor>& input, UniqueSeveralFunction o);
template <int = 0> TensorList unique(const Arg<Tensor>& input, const Arg<bool>& sorted, UniqueSeveralFunction o);
TensorList unique(
    const Arg<Tensor>& input, const Arg<bool>& sorted, const Arg<bool>& return_inverse, UniqueSeveralFunction o = {});
TensorList unique(const Arg<Tensor>& input, const Arg<bool>& sorted, const Arg<bool>& return_inverse,
    const Arg<bool>& return_counts, UniqueSeveralFunction o = {});
TensorList unique(const Arg<Tensor>& input, const Arg<bool>& sorted, const Arg<bool>& return_inverse,
    const Arg<bool>& return_counts, const Arg<std::optional<std::int64_t>>& dim);
struct NonzeroTupleFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<bool> as_tuple = required;
};
/// torch.nonzero(x, as_tuple=True): the indices of each dim.
template <int = 0> TensorList nonzero(const NonzeroTupleFunction& o);
TensorList nonzero(const Arg<Tensor>& input, NonzeroTupleFunction o);

// ---- forms that stand for themselves
/// torch.var and torch.std with `unbiased` alone. (A template, since {false} is none.)
template <std::same_as<bool> B> Tensor var(const Tensor& input, B unbiased) {
    return var(input, {.unbiased = unbiased});
}
template <std::same_as<bool> B> Tensor std(const Tensor& input, B unbiased) {
    return taper::std(input, {.unbiased = unbiased});
}
template <std::same_as<bool> B> VarAndMean var_mean(const Tensor& input, B unbiased) {
    return var_mean(input, {.unbiased = unbiased});
}
template <std::same_as<bool> B> StdAndMean std_mean(const Tensor& input, B unbiased) {
    return std_mean(input, {.unbiased = unbiased});
}
/// torch.is_floating_point
bool is_floating_point(const Tensor& input);
bool is_floating_point(const UnaryFunctionWithoutOut& o);
/// torch.result_type: the dtype of what an op makes of two tensors, or numbers.
struct ResultTypeFunction {
    Keywords _ = Keywords();
    Arg<TensorOrNumber> tensor = required, other = required;
};
struct ScalarResultTypeFunction {
    Keywords _ = Keywords();
    Arg<TensorOrNumber> scalar = required, tensor = required;
};
struct ScalarsResultTypeFunction {
    Keywords _ = Keywords();
    Arg<TensorOrNumber> scalar1 = required, scalar2 = required;
};
struct OtherResultTypeFunction {
    Keywords _ = Keywords();
    Arg<TensorOrNumber> other = required;
};
struct TensorResultTypeFunction {
    Keywords _ = Keywords();
    Arg<Tensor> tensor = required;
};
struct Scalar2ResultTypeFunction {
    Keywords _ = Keywords();
    Arg<TensorOrNumber> scalar2 = required;
};
DType result_type(const ResultTypeFunction& o);
DType result_type(const ScalarResultTypeFunction& o);
DType result_type(const ScalarsResultTypeFunction& o);
DType result_type(const Arg<TensorOrNumber>& tensor, const OtherResultTypeFunction& o);
DType result_type(const Arg<TensorOrNumber>& scalar, const TensorResultTypeFunction& o);
DType result_type(const Arg<TensorOrNumber>& scalar1, const Scalar2ResultTypeFunction& o);
struct PromoteTypesFunction {
    Keywords _ = Keywords();
    Arg<DType> type1 = required, type2 = required;
};
DType promote_types(const PromoteTypesFunction& o);
DType promote_types(const Arg<DType>& type1, PromoteTypesFunction o);
struct SetDefaultDTypeFunction {
    Keywords _ = Keywords();
    Arg<DType> d = required;
};
void set_default_dtype(const SetDefaultDTypeFunction& o);
/// The tensors one by one.
template <class... T>
    requires(sizeof...(T) > 0 && (std::derived_from<T, Tensor> && ...))
TensorList meshgrid(const T&... tensors) {
    return meshgrid(TensorList{tensors...});
}
inline TensorList meshgrid(const Tensor& a, const Tensor& b, const MeshgridFunction& o) {
    return meshgrid(TensorList{a, b}, o);
}
inline TensorList meshgrid(const Tensor& a, const Tensor& b, const Tensor& c, const MeshgridFunction& o) {
    return meshgrid(TensorList{a, b, c}, o);
}
template <class... T>
    requires(sizeof...(T) > 0 && (std::derived_from<T, Tensor> && ...))
TensorList broadcast_tensors(const T&... tensors) {
    return ops::broadcast_tensors(TensorList{tensors...});
}
template <class... T>
    requires(sizeof...(T) > 0 && (std::derived_from<T, Tensor> && ...))
Tensor chain_matmul(const T&... matrices) {
    return ops::chain_matmul(TensorList{matrices...});
}
inline Tensor chain_matmul(const Tensor& a, const Tensor& b, const ChainMatmulFunction& o) {
    return chain_matmul(TensorList{a, b}, o);
}
inline Tensor chain_matmul(const Tensor& a, const Tensor& b, const Tensor& c, const ChainMatmulFunction& o) {
    return chain_matmul(TensorList{a, b, c}, o);
}
template <class... T>
    requires(sizeof...(T) > 1 && (std::derived_from<T, Tensor> && ...))
Tensor einsum(const Arg<std::string>& equation, const T&... operands) {
    return ops::einsum(*equation, TensorList{operands...});
}

}  // namespace taper

#include "functions_places.h"
