// Functions about places, order and shape whose forms no line of tensor/signatures.h can say: the last part of
// functions.h, which includes it.
#pragma once

#include "functions.h"

namespace taper {

// ---- several results, as Python's tuple
struct UniqueConsecutiveSeveralFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<bool> return_inverse = Default(false), return_counts = Default(false);
    Arg<std::optional<std::int64_t>> dim = Default(none);
};
/// torch.unique_consecutive with return_inverse or return_counts: what stands once, and what was asked for beside it.
/// (By keyword: by position PyTorch 1.13 mixes them up.)
template <int = 0> TensorList unique_consecutive(const UniqueConsecutiveSeveralFunction& o);
template <int = 0> TensorList unique_consecutive(const Arg<Tensor>& input, UniqueConsecutiveSeveralFunction o);

// ---- cut into parts
struct PartsFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<std::int64_t>> sections = Default(none);
    Arg<std::optional<std::vector<std::int64_t>>> indices = Default(none);
};
#define TAPER_PARTS(name)                                                                             \
    TAPER_DOES_NOT_FIT(name, )                                                                        \
    TensorList name(const PartsFunction& o);                                                          \
    TensorList name(const Arg<Tensor>& input, PartsFunction o);                                       \
    TensorList name(const Arg<Tensor>& input, const ListArg<std::int64_t>& indices);                  \
    template <int = 0> TensorList name(const Arg<Tensor>& input, const Arg<std::int64_t>& sections) { \
        return (*input).name(sections);                                                               \
    }
/// torch.hsplit, vsplit and dsplit: hsplit(x, 2), hsplit(x, {1, 3}).
TAPER_PARTS(hsplit)
TAPER_PARTS(vsplit)
TAPER_PARTS(dsplit)
#undef TAPER_PARTS
struct TensorSplitFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<std::int64_t>> sections = Default(none);
    Arg<std::optional<std::vector<std::int64_t>>> indices = Default(none);
    Arg<Tensor> tensor_indices_or_sections = Default(none);
    Arg<std::int64_t> dim = Default(0);
};
/// torch.tensor_split: tensor_split(x, 3), tensor_split(x, {1, 3}), or a tensor that holds one of these.
TAPER_DOES_NOT_FIT(tensor_split, )
TensorList tensor_split(const TensorSplitFunction& o);
TensorList tensor_split(const Arg<Tensor>& input, TensorSplitFunction o);
TensorList tensor_split(const Arg<Tensor>& input, const ListArg<std::int64_t>& indices, TensorSplitMethod o = {});
TensorList tensor_split(const Arg<Tensor>& input, const ListArg<std::int64_t>& indices, const Arg<std::int64_t>& dim);
TensorList tensor_split(
    const Arg<Tensor>& input, const Arg<Tensor>& tensor_indices_or_sections, TensorSplitMethod o = {});
TensorList tensor_split(
    const Arg<Tensor>& input, const Arg<Tensor>& tensor_indices_or_sections, const Arg<std::int64_t>& dim);
template <int = 0>
TensorList tensor_split(const Arg<Tensor>& input, const Arg<std::int64_t>& sections, TensorSplitMethod o = {}) {
    return (*input).tensor_split(sections, std::move(o));
}
template <int = 0>
TensorList tensor_split(const Arg<Tensor>& input, const Arg<std::int64_t>& sections, const Arg<std::int64_t>& dim) {
    return (*input).tensor_split(sections, dim);
}

// ---- any number of tensors
#define TAPER_OF_EACH(name)                                                 \
    Tensor name(const Tensor& tensor);                                      \
    TensorList name(const Arg<TensorList>& tensors);                        \
    template <class... T>                                                   \
        requires(sizeof...(T) > 1 && (std::derived_from<T, Tensor> && ...)) \
    TensorList name(const T&... tensors) {                                  \
        return name(Arg<TensorList>(TensorList{tensors...}));               \
    }                                                                       \
    TAPER_DOES_NOT_FIT(name, )
/// torch.atleast_1d and so on: of one tensor, of several, or of a list.
TAPER_OF_EACH(atleast_1d)
TAPER_OF_EACH(atleast_2d)
TAPER_OF_EACH(atleast_3d)
#undef TAPER_OF_EACH
#define TAPER_OF_ALL(name)                                                  \
    Tensor name(const Arg<TensorList>& tensors);                            \
    template <class... T>                                                   \
        requires(sizeof...(T) > 0 && (std::derived_from<T, Tensor> && ...)) \
    Tensor name(const T&... tensors) {                                      \
        return name(Arg<TensorList>(TensorList{tensors...}));               \
    }                                                                       \
    TAPER_DOES_NOT_FIT(name, )
/// torch.block_diag: matrices (numbers, rows) along a diagonal. torch.cartesian_prod: each way to take an element of
/// each vector.
TAPER_OF_ALL(block_diag)
TAPER_OF_ALL(cartesian_prod)
#undef TAPER_OF_ALL
/// torch.broadcast_shapes of one, three or four; of two it is in tensor/shape.h.
inline Shape broadcast_shapes(const Shape& a) { return a; }
inline Shape broadcast_shapes(const Shape& a, const Shape& b, const Shape& c) {
    return broadcast_shapes(broadcast_shapes(a, b), c);
}
inline Shape broadcast_shapes(const Shape& a, const Shape& b, const Shape& c, const Shape& d) {
    return broadcast_shapes(broadcast_shapes(a, b, c), d);
}

struct GradientFunction {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<GradientSpacing> spacing = Default(1);
    Arg<std::optional<Dims>> dim = Default(none);
    Arg<std::int64_t> edge_order = Default(1);
};
/// torch.gradient: the slope along each dim. spacing: a number, one for each dim, or the coordinates along each.
TAPER_FUNCTION(TensorList, gradient, GradientFunction, 1, input)

// ---- what it is
/// torch.is_tensor: whether it is a Tensor, and not the one that stands for None.
template <class T> bool is_tensor(const T& obj) {
    if constexpr (std::derived_from<T, Tensor>)
        return obj.defined();
    else
        return false;
}
#define TAPER_ASK(T, name)                                      \
    inline T name(const Tensor& input) { return input.name(); } \
    inline T name(const UnaryFunctionWithoutOut& o) { return o.input.need(#name, "input"), (*o.input).name(); }
/// torch.numel, is_nonzero, is_complex, is_conj, is_neg, is_signed, is_inference
TAPER_ASK(std::int64_t, numel)
TAPER_ASK(bool, is_nonzero)
TAPER_ASK(bool, is_complex)
TAPER_ASK(bool, is_conj)
TAPER_ASK(bool, is_neg)
TAPER_ASK(bool, is_signed)
TAPER_ASK(bool, is_inference)
#undef TAPER_ASK
/// torch.isin with a number by its keyword.
struct IsinTestElementFunction {
    Keywords _ = Keywords();
    Arg<Tensor> elements = required;
    Arg<Scalar> test_element = required;
    Arg<bool> assume_unique = Default(false), invert = Default(false);
    Arg<Tensor> out = Default(none);
};
struct IsinElementFunction {
    Keywords _ = Keywords();
    Arg<Scalar> element = required;
    Arg<Tensor> test_elements = required;
    Arg<bool> assume_unique = Default(false), invert = Default(false);
    Arg<Tensor> out = Default(none);
};
Tensor isin(const IsinTestElementFunction& o);
Tensor isin(const Arg<Tensor>& elements, IsinTestElementFunction o);
Tensor isin(const IsinElementFunction& o);
struct CanCastFunction {
    Keywords _ = Keywords();
    Arg<DType> from = required, to = required;
};
/// torch.can_cast: whether a result of the one dtype may be written into a tensor of the other.
TAPER_FUNCTION(bool, can_cast, CanCastFunction, 2, from, to)

}  // namespace taper
