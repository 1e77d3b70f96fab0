// Are the derivatives right? What the rules give, beside what differences of the values give.
#pragma once

#include "backward.h"
#include "callable.h"

namespace taper::autograd {

/// What both checks take: `eps` is how far each element is moved to either side, `nondet_tol` how much two backwards of
/// the same may differ. There are no sparse layouts here, no vmap and no forward mode, so that check_batched_grad and
/// check_forward_ad are an Error if true, and check_sparse_nnz changes nothing. Every element is checked, as without
/// fast_mode.
struct GradcheckOptions {
    Keywords _ = Keywords();
    Arg<ListFunction> func = required;
    Arg<TensorList> inputs = required;
    Arg<double> eps = Default(1e-6), atol = Default(1e-5), rtol = Default(1e-3);
    Arg<bool> raise_exception = Default(true), check_sparse_nnz = Default(false);
    Arg<double> nondet_tol = Default(0);
    Arg<bool> check_undefined_grad = Default(true), check_grad_dtypes = Default(false);
    Arg<bool> check_batched_grad = Default(false), check_batched_forward_grad = Default(false);
    Arg<bool> check_forward_ad = Default(false), check_backward_ad = Default(true), fast_mode = Default(false);
};
/// torch.autograd.gradcheck: whether the gradient of every output of func by every element of the inputs that require
/// one agrees with (f(x + eps) - f(x - eps)) / (2 eps), to atol + rtol * |difference|. If not, an Error that names
/// input, output, elements and both numbers; false where raise_exception is. The inputs should be float64.
TAPER_FUNCTION(bool, gradcheck, GradcheckOptions, 2, func, inputs)

struct GradgradcheckOptions {
    Keywords _ = Keywords();
    Arg<ListFunction> func = required;
    Arg<TensorList> inputs = required;
    Arg<TensorListOrNone> grad_outputs = Default(none);
    Arg<double> eps = Default(1e-6), atol = Default(1e-5), rtol = Default(1e-3);
    Arg<bool> gen_non_contig_grad_outputs = Default(false), raise_exception = Default(true);
    Arg<double> nondet_tol = Default(0);
    Arg<bool> check_undefined_grad = Default(true), check_grad_dtypes = Default(false);
    Arg<bool> check_batched_grad = Default(false), check_fwd_over_rev = Default(false);
    Arg<bool> check_rev_over_rev = Default(true), fast_mode = Default(false);
};
/// torch.autograd.gradgradcheck: the same of the gradients themselves, as functions of the inputs and of the
/// `grad_outputs`, which are drawn at random where they are not given.
TAPER_FUNCTION(bool, gradgradcheck, GradgradcheckOptions, 2, func, inputs, grad_outputs)

}  // namespace taper::autograd
