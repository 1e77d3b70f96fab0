#include "functions.h"

namespace taper {
namespace {

// Of both forms of repeat_interleave, and of one argument, the repeats are the last.
Tensor repeat_interleave_of(const Tensor& input, const Tensor& repeats, std::optional<std::int64_t> dim,
    std::optional<std::int64_t> output_size) {
    if (input.defined() && repeats.defined()) return ops::repeat_interleave(input, repeats, dim, output_size);
    check(input.defined() || repeats.defined(), "repeat_interleave: missing a required argument: 'repeats'");
    check(!dim, "repeat_interleave: missing a required argument: 'repeats'");
    return ops::repeat_interleave(input.defined() ? input : repeats, output_size);
}
}  // namespace

#define UNARY(name)                                                                       \
    Tensor name(const UnaryFunction& o) {                                                 \
        return o.input.need(#name, "input"), ops::into(#name, o.out, ops::name(o.input)); \
    }                                                                                     \
    Tensor name(const Arg<Tensor>& input, UnaryFunction o) { return o.input.put(input, #name, "input"), name(o); }
#define UNARY_WITHOUT_OUT(name) \
    Tensor name(const UnaryFunctionWithoutOut& o) { return o.input.need(#name, "input"), ops::name(o.input); }
#define UNARY_AS(name, op)                                                              \
    Tensor name(const Tensor& input) { return ops::op(input); }                         \
    Tensor name(const UnaryFunction& o) {                                               \
        return o.input.need(#name, "input"), ops::into(#name, o.out, ops::op(o.input)); \
    }                                                                                   \
    Tensor name(const Arg<Tensor>& input, UnaryFunction o) { return o.input.put(input, #name, "input"), name(o); }
#define IN_PLACE(name, op)
#define SIGNATURE_AS(kind, ...) TAPER_IS_AS_##kind(__VA_ARGS__)
#define TAPER_IS_AS_METHOD(...)
#define TAPER_IS_AS_FUNCTION(T, name, Name, r, P, K, body) \
    TAPER_IS_FUNCTION(FIRST, ARGUMENTS, T, name, Name, (), r, P, K, body)
#define TAPER_IS_AS_FUNCTION_OUT(T, name, Name, r, P, K, body) \
    TAPER_IS_FUNCTION_OUT(FIRST, ARGUMENTS, T, name, Name, (), r, P, K, body)
#define TAPER_IS_AS_BOTH(T, name, Name, r, P, K, body) TAPER_IS_BOTH(FIRST, ARGUMENTS, T, name, Name, (), r, P, K, body)
#define TAPER_IS_AS_BOTH_OUT(T, name, Name, r, P, K, body) \
    TAPER_IS_BOTH_OUT(FIRST, ARGUMENTS, T, name, Name, (), r, P, K, body)
#define SIGNATURE(kind, ...) TAPER_IS_##kind(__VA_ARGS__)
#define TAPER_IS_METHOD(...)
#define TAPER_IS_FUNCTION(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_IS_FUNCTION_OF_##mode(T, , name, , Name##Function, r, P, K, , body)
#define TAPER_IS_FUNCTION_OF_ARGUMENTS(...) TAPER_DEFINE_NAMED(__VA_ARGS__)
#define TAPER_IS_FUNCTION_OF_TENSORS(...) TAPER_DEFINE_KEYWORDS(__VA_ARGS__)
#define TAPER_IS_FUNCTION_OF_STRICT(...) TAPER_DEFINE_KEYWORDS(__VA_ARGS__)
#define TAPER_IS_FUNCTION_OUT(first, mode, T, name, Name, fields, r, P, K, body)               \
    TAPER_EXPAND(TAPER_IS_FUNCTION, first, mode, T, name, Name, fields, r, P, TAPER_AND_OUT K, \
        (ops::into(#name, out, TAPER_BARE body)))
#define TAPER_IS_OF_INPUT(mode, T, name, Name, r, P, K, body)                                                      \
    TAPER_IS_FUNCTION_OF_##mode(T, , name, , Name##Function, r, P, K, [[maybe_unused]] const Tensor self = *input; \
                                , body)
#define TAPER_IS_BOTH(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_EXPAND(TAPER_IS_OF_INPUT, mode, T, name, Name, TAPER_NEXT_##r, TAPER_INPUT_AND P, K, body)
#define TAPER_IS_BOTH_OUT(first, mode, T, name, Name, fields, r, P, K, body)                                 \
    TAPER_EXPAND(TAPER_IS_OF_INPUT, mode, T, name, Name, TAPER_NEXT_##r, TAPER_INPUT_AND P, TAPER_AND_OUT K, \
        (ops::into(#name, out, TAPER_BARE body)))
#define TAPER_IS_BOTH_OUTS(...) TAPER_IS_BOTH_OUT(__VA_ARGS__)
#include "../../tensor/signatures.h"
#define SAME(name)
namespace special {
#include "../../tensor/signatures_special.h"
}  // namespace special
namespace linalg {
#include "../../tensor/signatures_linalg.h"
}  // namespace linalg

// ---- of all elements, or along a dim

#define TAPER_DEFINE_ALL_OR_DIM(name)                                                                           \
    Tensor name(const Tensor& input) { return ops::name(input); }                                               \
    Tensor name(const UnaryFunctionWithoutOut& o) { return o.input.need(#name, "input"), ops::name(o.input); }  \
    template <int> ValuesAndIndices name(const AlongDimFunction& o) {                                           \
        return o.input.need(#name, "input"), o.dim.need(#name, "dim"),                                          \
               ops::into(#name, o.out, ops::name(o.input, o.dim, o.keepdim));                                   \
    }                                                                                                           \
    template ValuesAndIndices name<0>(const AlongDimFunction& o);                                               \
    ValuesAndIndices name(const Arg<Tensor>& input, AlongDimFunction o) {                                       \
        return o.input.put(input, #name, "input"), name<0>(o);                                                  \
    }                                                                                                           \
    ValuesAndIndices name(const Arg<Tensor>& input, const Arg<std::int64_t>& dim, AlongDimFunction o) {         \
        return o.input.put(input, #name, "input"), o.dim.put(dim, #name, "dim"), name<0>(o);                    \
    }                                                                                                           \
    ValuesAndIndices name(                                                                                      \
        const Arg<Tensor>& input, const Arg<std::int64_t>& dim, const Arg<bool>& keepdim, AlongDimFunction o) { \
        return o.keepdim.put(keepdim, #name, "keepdim"), name(input, dim, std::move(o));                        \
    }
TAPER_DEFINE_ALL_OR_DIM(max)
TAPER_DEFINE_ALL_OR_DIM(min)
TAPER_DEFINE_ALL_OR_DIM(median)
TAPER_DEFINE_ALL_OR_DIM(nanmedian)

// ---- several results

template <int> TensorList unique(const UniqueSeveralFunction& o) {
    o.input.need("unique", "input");
    return ops::unique(o.input, o.dim, o.return_inverse, o.return_counts);
}
template TensorList unique<0>(const UniqueSeveralFunction& o);
template <int> TensorList unique(const Arg<Tensor>& input, UniqueSeveralFunction o) {
    return o.input.put(input, "unique", "input"), unique<0>(o);
}
template TensorList unique<0>(const Arg<Tensor>& input, UniqueSeveralFunction o);
template <int> TensorList unique(const Arg<Tensor>& input, const Arg<bool>& sorted, UniqueSeveralFunction o) {
    return o.sorted.put(sorted, "unique", "sorted"), unique<0>(input, std::move(o));
}
template TensorList unique<0>(const Arg<Tensor>& input, const Arg<bool>& sorted, UniqueSeveralFunction o);
TensorList unique(
    const Arg<Tensor>& input, const Arg<bool>& sorted, const Arg<bool>& return_inverse, UniqueSeveralFunction o) {
    return o.return_inverse.put(return_inverse, "unique", "return_inverse"), unique<0>(input, sorted, std::move(o));
}
TensorList unique(const Arg<Tensor>& input, const Arg<bool>& sorted, const Arg<bool>& return_inverse,
    const Arg<bool>& return_counts, UniqueSeveralFunction o) {
    o.return_counts.put(return_counts, "unique", "return_counts");
    return unique(input, sorted, return_inverse, std::move(o));
}
TensorList unique(const Arg<Tensor>& input, const Arg<bool>& sorted, const Arg<bool>& return_inverse,
    const Arg<bool>& return_counts, const Arg<std::optional<std::int64_t>>& dim) {
    return unique(input, sorted, return_inverse, return_counts, {.dim = dim});
}
template <int> TensorList nonzero(const NonzeroTupleFunction& o) {
    o.input.need("nonzero", "input");
    return (*o.input).nonzero({.as_tuple = o.as_tuple});
}
template TensorList nonzero<0>(const NonzeroTupleFunction& o);
TensorList nonzero(const Arg<Tensor>& input, NonzeroTupleFunction o) {
    return o.input.put(input, "nonzero", "input"), nonzero<0>(o);
}

// ---- forms that stand for themselves

bool is_floating_point(const Tensor& input) { return input.is_floating_point(); }
bool is_floating_point(const UnaryFunctionWithoutOut& o) {
    return o.input.need("is_floating_point", "input"), is_floating_point(*o.input);
}
namespace {
template <class A, class B> DType result_of(const A& a, const char* name_of_a, const B& b, const char* name_of_b) {
    a.need("result_type", name_of_a), b.need("result_type", name_of_b);
    return result_type(*a, *b);
}
}  // namespace
DType result_type(const ResultTypeFunction& o) { return result_of(o.tensor, "tensor", o.other, "other"); }
DType result_type(const ScalarResultTypeFunction& o) { return result_of(o.scalar, "scalar", o.tensor, "tensor"); }
DType result_type(const ScalarsResultTypeFunction& o) { return result_of(o.scalar1, "scalar1", o.scalar2, "scalar2"); }
DType result_type(const Arg<TensorOrNumber>& tensor, const OtherResultTypeFunction& o) {
    return result_of(tensor, "tensor", o.other, "other");
}
DType result_type(const Arg<TensorOrNumber>& scalar, const TensorResultTypeFunction& o) {
    return result_of(scalar, "scalar", o.tensor, "tensor");
}
DType result_type(const Arg<TensorOrNumber>& scalar1, const Scalar2ResultTypeFunction& o) {
    return result_of(scalar1, "scalar1", o.scalar2, "scalar2");
}
DType promote_types(const PromoteTypesFunction& o) {
    o.type1.need("promote_types", "type1"), o.type2.need("promote_types", "type2");
    return promote_types(*o.type1, *o.type2);
}
DType promote_types(const Arg<DType>& type1, PromoteTypesFunction o) {
    return o.type1.put(type1, "promote_types", "type1"), promote_types(o);
}
void set_default_dtype(const SetDefaultDTypeFunction& o) {
    o.d.need("set_default_dtype", "d"), set_default_dtype(*o.d);
}

TAPER_DEFINE_METHOD(Tensor, All, operator(), AllFunction,
    (ops::into("all", o.out, ops::all(o.input, {*o.dim ? std::optional<Dims>(**o.dim) : std::nullopt, o.keepdim}))), 1,
    input, dim, keepdim)

}  // namespace taper
