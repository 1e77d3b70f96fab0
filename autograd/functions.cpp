#include "functions.h"

namespace taper {
namespace {

Tensor plain_embedding(
    const Tensor& weight, const Tensor& indices, std::int64_t padding_idx, bool scale_grad_by_freq, bool sparse) {
    check(!scale_grad_by_freq && !sparse,
        "embedding: scale_grad_by_freq and sparse are not there: write nn::functional::embedding(indices, weight, "
        "...)");
    return ops::embedding(indices, weight, padding_idx);
}

}  // namespace

#define UNARY(name)                                                                       \
    Tensor name(const UnaryFunction& o) {                                                 \
        return o.input.need(#name, "input"), ops::into(#name, o.out, ops::name(o.input)); \
    }                                                                                     \
    Tensor name(const Arg<Tensor>& input, UnaryFunction o) { return o.input.put(input, #name, "input"), name(o); }
#define UNARY_WITHOUT_OUT(name) \
    Tensor name(const UnaryFunctionWithoutOut& o) { return o.input.need(#name, "input"), ops::name(o.input); }
#define SIGNATURE(kind, ...) TAPER_IS_##kind(__VA_ARGS__)
#define TAPER_IS_METHOD(...)
#define TAPER_IS_FUNCTION(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_IS_FUNCTION_OF_##mode(T, , name, , Name##Function, r, P, K, , body)
#define TAPER_IS_FUNCTION_OF_ARGUMENTS(...) TAPER_DEFINE_NAMED(__VA_ARGS__)
#define TAPER_IS_FUNCTION_OF_TENSORS(...) TAPER_DEFINE_KEYWORDS(__VA_ARGS__)
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
#include "../tensor/signatures.h"

// ---- forms that stand for themselves

Tensor squeeze(const Tensor& input) { return ops::squeeze(input); }
Tensor max(const Tensor& input) { return ops::max(input); }
Tensor min(const Tensor& input) { return ops::min(input); }
Tensor median(const Tensor& input) { return ops::median(input); }
Tensor scatter(const Arg<Tensor>& input, const Arg<std::int64_t>& dim, const Arg<Tensor>& index,
    const ScatterValueOptions& options) {
    return (*input).scatter(dim, index, options);
}

TAPER_DEFINE_METHOD(Tensor, All, operator(), AllFunction,
    (ops::into("all", o.out, ops::all(o.input, {*o.dim ? std::optional<Dims>(**o.dim) : std::nullopt, o.keepdim}))), 1,
    input, dim, keepdim)

}  // namespace taper
