// Derivatives of functions, rather than of tensors: Jacobians, Hessians and their products with vectors.
#pragma once

#include "callable.h"

namespace taper::autograd::functional {

struct Options {
    bool create_graph = false;  // whether the results can be differentiated in turn
    bool strict = false;        // an Error, instead of zeros, where an output does not depend on an input
};
/// A function's values, beside a product of its derivative.
using Product = std::tuple<TensorList, TensorList>;
/// Block [i][j] belongs to output (or input) i and input j.
using Blocks = std::vector<TensorList>;

/// d output / d input, of shape output.shape + input.shape, for each pair. torch.autograd.functional.jacobian
Blocks jacobian(const ListFunction& f, const TensorList& inputs, const Options& options = {});
/// The second derivatives of a function with one result of one element: input_i.shape + input_j.shape for each pair.
/// torch.autograd.functional.hessian
Blocks hessian(const ListFunction& f, const TensorList& inputs, const Options& options = {});
/// v times the Jacobian: v is shaped like the outputs, and may be left out where these are one number.
/// torch.autograd.functional.vjp
Product vjp(const ListFunction& f, const TensorList& inputs, const TensorList& v = {}, const Options& options = {});
/// The Jacobian times v, which is shaped like the inputs: how the outputs change along v.
/// torch.autograd.functional.jvp
Product jvp(const ListFunction& f, const TensorList& inputs, const TensorList& v = {}, const Options& options = {});
/// v times the Hessian. torch.autograd.functional.vhp
Product vhp(const ListFunction& f, const TensorList& inputs, const TensorList& v = {}, const Options& options = {});
/// The Hessian times v, which is the same, since it is symmetric. torch.autograd.functional.hvp
inline Product hvp(
    const ListFunction& f, const TensorList& inputs, const TensorList& v = {}, const Options& options = {}) {
    return vhp(f, inputs, v, options);
}

// The same of f(a), f(a, b), ...; and of one Tensor, with Tensors for results.
template <class F> Blocks jacobian(F f, const TensorList& inputs, const Options& options = {}) {
    return jacobian(list_function(std::move(f)), inputs, options);
}
template <class F> Tensor jacobian(F f, const Tensor& input, const Options& options = {}) {
    Blocks blocks = jacobian(list_function(std::move(f)), TensorList{input}, options);
    check(blocks.size() == 1, "jacobian: the function has {} outputs: give it a TensorList of inputs", blocks.size());
    return blocks[0][0];
}
template <class F> Blocks hessian(F f, const TensorList& inputs, const Options& options = {}) {
    return hessian(list_function(std::move(f)), inputs, options);
}
template <class F> Tensor hessian(F f, const Tensor& input, const Options& options = {}) {
    return hessian(list_function(std::move(f)), TensorList{input}, options)[0][0];
}

namespace detail {
inline TensorList as_list(const Tensor& v) { return v.defined() ? TensorList{v} : TensorList(); }
inline std::tuple<Tensor, Tensor> only(const char* op, const Product& product) {
    const auto& [outputs, products] = product;
    check(outputs.size() == 1, "{}: the function has {} outputs: give it a TensorList of inputs", op, outputs.size());
    return {outputs[0], products[0]};
}
}  // namespace detail

#define TAPER_PRODUCT(name)                                                                                            \
    template <class F>                                                                                                 \
    Product name(F f, const TensorList& inputs, const TensorList& v = {}, const Options& options = {}) {               \
        return name(list_function(std::move(f)), inputs, v, options);                                                  \
    }                                                                                                                  \
    template <class F>                                                                                                 \
    std::tuple<Tensor, Tensor> name(F f, const Tensor& input, const Tensor& v = {}, const Options& options = {}) {     \
        return detail::only(#name, name(list_function(std::move(f)), TensorList{input}, detail::as_list(v), options)); \
    }
TAPER_PRODUCT(vjp)
TAPER_PRODUCT(jvp)
TAPER_PRODUCT(vhp)
TAPER_PRODUCT(hvp)
#undef TAPER_PRODUCT

}  // namespace taper::autograd::functional
