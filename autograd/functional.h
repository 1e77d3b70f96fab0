// Derivatives of functions, rather than of tensors: Jacobians, Hessians and their products with vectors. Of a list of
// inputs the results are lists, of one Tensor they are Tensors, as in PyTorch.
#pragma once

#include "../tensor/list_arg.h"
#include "callable.h"

namespace taper::autograd::functional {

/// A Tensor by itself, and no list.
struct OneTensor {
    OneTensor() = default;
    template <std::derived_from<Tensor> X> OneTensor(const X& x) : list{x} {}
    TensorList list;
};
/// Values and products for one Tensor, and for a list.
using OneProduct = std::tuple<Tensor, Tensor>;
using Product = std::tuple<TensorList, TensorList>;
/// Block [i][j] belongs to output (or input) i and input j.
using Blocks = std::vector<TensorList>;

/// `create_graph`: whether the results can be differentiated in turn. `strict`: an Error, instead of zeros, where an
/// output does not depend on an input. The numbers are those of any strategy, vectorized or not.
template <class Inputs> struct JacobianOptions {
    Keywords _ = Keywords();
    Arg<ListFunction> func = required;
    Inputs inputs = required;
    Arg<bool> create_graph = Default(false), strict = Default(false), vectorize = Default(false);
    Arg<std::string> strategy = Default("reverse-mode");
};
template <class Inputs> struct HessianOptions {
    Keywords _ = Keywords();
    Arg<ListFunction> func = required;
    Inputs inputs = required;
    Arg<bool> create_graph = Default(false), strict = Default(false), vectorize = Default(false);
    Arg<std::string> outer_jacobian_strategy = Default("reverse-mode");
};
template <class Inputs> struct ProductOptions {
    Keywords _ = Keywords();
    Arg<ListFunction> func = required;
    Inputs inputs = required;
    Arg<TensorListOrNone> v = Default(none);
    Arg<bool> create_graph = Default(false), strict = Default(false);
};

// Both forms of each. (A list of one goes through an overload of its own: {x} could be either.)
#define TAPER_BLOCKS(name, O, strategy)                                                                              \
    TAPER_FUNCTION(Blocks, name, O<ListArg<Tensor>>, 2, func, inputs, create_graph, strict, vectorize, strategy)     \
    TAPER_ALSO_FUNCTION(Tensor, name, O<Arg<OneTensor>>, 2, func, inputs, create_graph, strict, vectorize, strategy) \
    template <std::derived_from<Tensor> X> Blocks name(                                                              \
        const Arg<ListFunction>& func, std::initializer_list<X> inputs, const O<ListArg<Tensor>>& options = {}) {    \
        return name(func, TensorList(inputs.begin(), inputs.end()), options);                                        \
    }
#define TAPER_PRODUCT(name)                                                                                  \
    TAPER_FUNCTION(Product, name, ProductOptions<ListArg<Tensor>>, 2, func, inputs, v, create_graph, strict) \
    TAPER_ALSO_FUNCTION(OneProduct, name, ProductOptions<Arg<OneTensor>>, 2, func, inputs, v, create_graph, strict)

/// torch.autograd.functional.jacobian: d output / d input, of shape output.shape + input.shape, for each pair.
TAPER_BLOCKS(jacobian, JacobianOptions, strategy)
/// torch.autograd.functional.hessian: the second derivatives of a function with one result of one element:
/// input_i.shape + input_j.shape for each pair.
TAPER_BLOCKS(hessian, HessianOptions, outer_jacobian_strategy)
/// torch.autograd.functional.vjp: v times the Jacobian: v is shaped like the outputs, and may be left out where these
/// are one number.
TAPER_PRODUCT(vjp)
/// torch.autograd.functional.jvp: the Jacobian times v, which is shaped like the inputs: how the outputs change along
/// v.
TAPER_PRODUCT(jvp)
/// torch.autograd.functional.vhp: v times the Hessian.
TAPER_PRODUCT(vhp)
/// torch.autograd.functional.hvp: the Hessian times v, which is the same, since it is symmetric.
TAPER_PRODUCT(hvp)
#undef TAPER_PRODUCT
#undef TAPER_BLOCKS

}  // namespace taper::autograd::functional
