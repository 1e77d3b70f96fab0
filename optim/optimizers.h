// The optimizers, each with its options in PyTorch's order.
#pragma once

#include "optimizer.h"

namespace taper::optim {

struct SGDOptions {
    Keywords _ = Keywords();
    ParamsArg<SGDOptions> params = required;
    Arg<double> lr = required, momentum = Default(0), dampening = Default(0), weight_decay = Default(0);
    Arg<bool> nesterov = Default(false), maximize = Default(false);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> differentiable = Default(false);
};
/// torch.optim.SGD: down the gradient, or along a running sum of gradients (Sutskever et al. 2013). Without an lr, each
/// group must have one.
struct SGD : OptimizerOf<SGDOptions> {
    TAPER_CONSTRUCTORS(SGD, SGDOptions, 1, params, lr, momentum, dampening, weight_decay, nesterov)
    SGD(Called, const SGDOptions& o);
};

struct AdamOptions {
    Keywords _ = Keywords();
    ParamsArg<AdamOptions> params = required;
    Arg<double> lr = Default(1e-3);
    Arg<Betas> betas = Default(Betas(0.9, 0.999));
    Arg<double> eps = Default(1e-8), weight_decay = Default(0);
    Arg<bool> amsgrad = Default(false);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> maximize = Default(false), capturable = Default(false), differentiable = Default(false),
              fused = Default(false);
};
/// torch.optim.Adam: by the mean of gradients over the root of that of their squares, both running and corrected for
/// their start at zero (Kingma and Ba 2014).
struct Adam : OptimizerOf<AdamOptions> {
    TAPER_CONSTRUCTORS(Adam, AdamOptions, 1, params, lr, betas, eps, weight_decay, amsgrad)
    Adam(Called, const AdamOptions& o);
};

struct AdamWOptions {
    Keywords _ = Keywords();
    ParamsArg<AdamWOptions> params = required;
    Arg<double> lr = Default(1e-3);
    Arg<Betas> betas = Default(Betas(0.9, 0.999));
    Arg<double> eps = Default(1e-8), weight_decay = Default(1e-2);
    Arg<bool> amsgrad = Default(false), maximize = Default(false);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> capturable = Default(false);
};
/// torch.optim.AdamW: Adam whose weights decay by themselves, not by way of the gradient (Loshchilov and Hutter 2017).
struct AdamW : OptimizerOf<AdamWOptions> {
    TAPER_CONSTRUCTORS(AdamW, AdamWOptions, 1, params, lr, betas, eps, weight_decay, amsgrad)
    AdamW(Called, const AdamWOptions& o);
};

struct NAdamOptions {
    Keywords _ = Keywords();
    ParamsArg<NAdamOptions> params = required;
    Arg<double> lr = Default(2e-3);
    Arg<Betas> betas = Default(Betas(0.9, 0.999));
    Arg<double> eps = Default(1e-8), weight_decay = Default(0), momentum_decay = Default(4e-3);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
};
/// torch.optim.NAdam: Adam with Nesterov's momentum (Dozat 2016).
struct NAdam : OptimizerOf<NAdamOptions> {
    TAPER_CONSTRUCTORS(NAdam, NAdamOptions, 1, params, lr, betas, eps, weight_decay, momentum_decay, foreach)
    NAdam(Called, const NAdamOptions& o);
};

struct RAdamOptions {
    Keywords _ = Keywords();
    ParamsArg<RAdamOptions> params = required;
    Arg<double> lr = Default(1e-3);
    Arg<Betas> betas = Default(Betas(0.9, 0.999));
    Arg<double> eps = Default(1e-8), weight_decay = Default(0);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
};
/// torch.optim.RAdam: Adam that waits until the variance of its first steps is known (Liu et al. 2019).
struct RAdam : OptimizerOf<RAdamOptions> {
    TAPER_CONSTRUCTORS(RAdam, RAdamOptions, 1, params, lr, betas, eps, weight_decay, foreach)
    RAdam(Called, const RAdamOptions& o);
};

struct AdamaxOptions {
    Keywords _ = Keywords();
    ParamsArg<AdamaxOptions> params = required;
    Arg<double> lr = Default(2e-3);
    Arg<Betas> betas = Default(Betas(0.9, 0.999));
    Arg<double> eps = Default(1e-8), weight_decay = Default(0);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> maximize = Default(false);
};
/// torch.optim.Adamax: Adam with the largest gradient of late in place of the root mean square (Kingma and Ba 2014).
struct Adamax : OptimizerOf<AdamaxOptions> {
    TAPER_CONSTRUCTORS(Adamax, AdamaxOptions, 1, params, lr, betas, eps, weight_decay, foreach)
    Adamax(Called, const AdamaxOptions& o);
};

struct RMSpropOptions {
    Keywords _ = Keywords();
    ParamsArg<RMSpropOptions> params = required;
    Arg<double> lr = Default(1e-2), alpha = Default(0.99), eps = Default(1e-8), weight_decay = Default(0),
                momentum = Default(0);
    Arg<bool> centered = Default(false);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> maximize = Default(false), differentiable = Default(false);
};
/// torch.optim.RMSprop: by the gradient over its running root mean square (Hinton 2012), or deviation (Graves 2013).
struct RMSprop : OptimizerOf<RMSpropOptions> {
    TAPER_CONSTRUCTORS(RMSprop, RMSpropOptions, 1, params, lr, alpha, eps, weight_decay, momentum, centered, foreach,
        maximize, differentiable)
    RMSprop(Called, const RMSpropOptions& o);
};

struct AdagradOptions {
    Keywords _ = Keywords();
    ParamsArg<AdagradOptions> params = required;
    Arg<double> lr = Default(1e-2), lr_decay = Default(0), weight_decay = Default(0),
                initial_accumulator_value = Default(0), eps = Default(1e-10);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> maximize = Default(false);
};
/// torch.optim.Adagrad: by the gradient over the root of the sum of all its squares (Duchi et al. 2011).
struct Adagrad : OptimizerOf<AdagradOptions> {
    TAPER_CONSTRUCTORS(
        Adagrad, AdagradOptions, 1, params, lr, lr_decay, weight_decay, initial_accumulator_value, eps, foreach)
    Adagrad(Called, const AdagradOptions& o);
};

struct AdadeltaOptions {
    Keywords _ = Keywords();
    ParamsArg<AdadeltaOptions> params = required;
    Arg<double> lr = Default(1), rho = Default(0.9), eps = Default(1e-6), weight_decay = Default(0);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> maximize = Default(false);
};
/// torch.optim.Adadelta: by the gradient, scaled by the ratio of past steps to past gradients (Zeiler 2012).
struct Adadelta : OptimizerOf<AdadeltaOptions> {
    TAPER_CONSTRUCTORS(Adadelta, AdadeltaOptions, 1, params, lr, rho, eps, weight_decay, foreach)
    Adadelta(Called, const AdadeltaOptions& o);
};

struct RpropOptions {
    Keywords _ = Keywords();
    ParamsArg<RpropOptions> params = required;
    Arg<double> lr = Default(1e-2);
    Arg<Betas> etas = Default(Betas(0.5, 1.2)), step_sizes = Default(Betas(1e-6, 50));
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> maximize = Default(false);
};
/// torch.optim.Rprop: each weight by a step of its own, which grows while its gradient keeps its sign and shrinks, and
/// is not taken, when that changes (Riedmiller and Braun 1993).
struct Rprop : OptimizerOf<RpropOptions> {
    TAPER_CONSTRUCTORS(Rprop, RpropOptions, 1, params, lr, etas, step_sizes, foreach, maximize)
    Rprop(Called, const RpropOptions& o);
};

struct ASGDOptions {
    Keywords _ = Keywords();
    ParamsArg<ASGDOptions> params = required;
    Arg<double> lr = Default(1e-2), lambd = Default(1e-4), alpha = Default(0.75), t0 = Default(1e6),
                weight_decay = Default(0);
    Arg<std::optional<bool>> foreach = Default(std::nullopt);
    Arg<bool> maximize = Default(false);
};
/// torch.optim.ASGD: down the gradient; beside it ("ax") the mean of all weights since step t0 (Polyak and Juditsky
/// 1992).
struct ASGD : OptimizerOf<ASGDOptions> {
    TAPER_CONSTRUCTORS(ASGD, ASGDOptions, 1, params, lr, lambd, alpha, t0, weight_decay, foreach, maximize)
    ASGD(Called, const ASGDOptions& o);
};

struct SparseAdamOptions {
    Keywords _ = Keywords();
    ParamsArg<SparseAdamOptions> params = required;
    Arg<double> lr = Default(1e-3);
    Arg<Betas> betas = Default(Betas(0.9, 0.999));
    Arg<double> eps = Default(1e-8);
    Arg<bool> maximize = Default(false);
};
/// torch.optim.SparseAdam, which is for sparse gradients: as there are none here, its step is PyTorch's Error.
struct SparseAdam : OptimizerOf<SparseAdamOptions> {
    TAPER_CONSTRUCTORS(SparseAdam, SparseAdamOptions, 1, params, lr, betas, eps, maximize)
    SparseAdam(Called, const SparseAdamOptions& o);
};

struct LBFGSOptions {
    Keywords _ = Keywords();
    ParamsArg<LBFGSOptions> params = required;
    Arg<double> lr = Default(1);
    Arg<std::int64_t> max_iter = Default(20);
    Arg<std::optional<std::int64_t>> max_eval = Default(std::nullopt);  // none: max_iter * 5 / 4
    Arg<double> tolerance_grad = Default(1e-7), tolerance_change = Default(1e-9);
    Arg<std::int64_t> history_size = Default(100);
    Arg<std::optional<std::string>> line_search_fn = Default(std::nullopt);  // or "strong_wolfe"
};
/// torch.optim.LBFGS: along the gradient times the inverse of the Hessian, as the last steps show it (Liu and Nocedal
/// 1989). A step is up to max_iter of these, and takes a closure, which it calls up to about max_eval times.
struct LBFGS : OptimizerOf<LBFGSOptions> {
    TAPER_CONSTRUCTORS(LBFGS, LBFGSOptions, 1, params, lr, max_iter, max_eval, tolerance_grad, tolerance_change,
        history_size, line_search_fn)
    LBFGS(Called, const LBFGSOptions& o);
};

}  // namespace taper::optim
