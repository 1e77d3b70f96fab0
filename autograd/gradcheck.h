// Are the derivatives right? What the rules give, beside what differences of the values give.
#pragma once

#include "callable.h"
#include "engine.h"

namespace taper::autograd {

struct GradcheckOptions {
    double eps = 1e-6;  // how far each element is moved to either side
    double atol = 1e-5, rtol = 1e-3;
    bool raise_exception = true;
    double nondet_tol = 0;  // how much two backwards of the same may differ
};

/// torch.autograd.gradcheck: whether the gradient of every output of f by every element of the inputs that require one
/// agrees with (f(x + eps) - f(x - eps)) / (2 eps), to atol + rtol * |difference|. If not, an Error that names input,
/// output, elements and both numbers; false where raise_exception is. The inputs should be float64.
bool gradcheck(const ListFunction& f, const TensorList& inputs, const GradcheckOptions& options = {});
template <class F> bool gradcheck(F f, const TensorList& inputs, const GradcheckOptions& options = {}) {
    return gradcheck(list_function(std::move(f)), inputs, options);
}
template <class F> bool gradcheck(F f, const Tensor& input, const GradcheckOptions& options = {}) {
    return gradcheck(list_function(std::move(f)), TensorList{input}, options);
}

/// torch.autograd.gradgradcheck: the same of the gradients themselves, as functions of the inputs and of the
/// `grad_outputs`, which are drawn at random where they are not given.
bool gradgradcheck(const ListFunction& f, const TensorList& inputs, const TensorList& grad_outputs,
    const GradcheckOptions& options = {});
template <class F> bool gradgradcheck(
    F f, const TensorList& inputs, const TensorList& grad_outputs, const GradcheckOptions& options = {}) {
    return gradgradcheck(list_function(std::move(f)), inputs, grad_outputs, options);
}
template <class F> bool gradgradcheck(F f, const TensorList& inputs, const GradcheckOptions& options = {}) {
    return gradgradcheck(list_function(std::move(f)), inputs, TensorList(), options);
}

}  // namespace taper::autograd
