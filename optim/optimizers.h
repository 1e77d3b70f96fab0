// The optimizers, each with its options in PyTorch's order, and those of one group, where what is absent is as for all.
#pragma once

#include "optimizer.h"

namespace taper::optim {

using MaybeReal = std::optional<double>;
using MaybeBool = std::optional<bool>;
/// Betas, written `{0.9, 0.99}`, or none.
struct MaybeBetas : std::optional<Betas> {
    MaybeBetas() = default;
    MaybeBetas(const Betas& betas) : optional(betas) {}
    MaybeBetas(double first, double second) : optional(Betas(first, second)) {}
};

struct SGDOptions {
    double lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0;
    bool nesterov = false, maximize = false;
};
struct SGDGroup {
    TensorList params = {};
    MaybeReal lr = {}, momentum = {}, dampening = {}, weight_decay = {};
    MaybeBool nesterov = {}, maximize = {};
};
/// torch.optim.SGD: down the gradient, or along a running sum of gradients (Sutskever et al. 2013).
struct SGD : OptimizerOf<struct SGDMethod, SGDOptions, SGDGroup> {
    using OptimizerOf::OptimizerOf;
};

struct AdamOptions {
    double lr = 1e-3;
    Betas betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 0;
    bool amsgrad = false, maximize = false;
};
struct AdamGroup {
    TensorList params = {};
    MaybeReal lr = {};
    MaybeBetas betas = {};
    MaybeReal eps = {}, weight_decay = {};
    MaybeBool amsgrad = {}, maximize = {};
};
/// torch.optim.Adam: by the mean of gradients over the root of that of their squares, both running and corrected for
/// their start at zero (Kingma and Ba 2014).
struct Adam : OptimizerOf<struct AdamMethod, AdamOptions, AdamGroup> {
    using OptimizerOf::OptimizerOf;
};

struct AdamWOptions {
    double lr = 1e-3;
    Betas betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 1e-2;
    bool amsgrad = false, maximize = false;
};
/// torch.optim.AdamW: Adam whose weights decay by themselves, not by way of the gradient (Loshchilov and Hutter 2017).
struct AdamW : OptimizerOf<struct AdamWMethod, AdamWOptions, AdamGroup> {
    using OptimizerOf::OptimizerOf;
};

struct NAdamOptions {
    double lr = 2e-3;
    Betas betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 0, momentum_decay = 4e-3;
};
struct NAdamGroup {
    TensorList params = {};
    MaybeReal lr = {};
    MaybeBetas betas = {};
    MaybeReal eps = {}, weight_decay = {}, momentum_decay = {};
};
/// torch.optim.NAdam: Adam with Nesterov's momentum (Dozat 2016).
struct NAdam : OptimizerOf<struct NAdamMethod, NAdamOptions, NAdamGroup> {
    using OptimizerOf::OptimizerOf;
};

struct RAdamOptions {
    double lr = 1e-3;
    Betas betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 0;
};
struct RAdamGroup {
    TensorList params = {};
    MaybeReal lr = {};
    MaybeBetas betas = {};
    MaybeReal eps = {}, weight_decay = {};
};
/// torch.optim.RAdam: Adam that waits until the variance of its first steps is known (Liu et al. 2019).
struct RAdam : OptimizerOf<struct RAdamMethod, RAdamOptions, RAdamGroup> {
    using OptimizerOf::OptimizerOf;
};

struct AdamaxOptions {
    double lr = 2e-3;
    Betas betas = {0.9, 0.999};
    double eps = 1e-8, weight_decay = 0;
    bool maximize = false;
};
struct AdamaxGroup {
    TensorList params = {};
    MaybeReal lr = {};
    MaybeBetas betas = {};
    MaybeReal eps = {}, weight_decay = {};
    MaybeBool maximize = {};
};
/// torch.optim.Adamax: Adam with the largest gradient of late in place of the root mean square (Kingma and Ba 2014).
struct Adamax : OptimizerOf<struct AdamaxMethod, AdamaxOptions, AdamaxGroup> {
    using OptimizerOf::OptimizerOf;
};

struct RMSpropOptions {
    double lr = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0;
    bool centered = false, maximize = false;
};
struct RMSpropGroup {
    TensorList params = {};
    MaybeReal lr = {}, alpha = {}, eps = {}, weight_decay = {}, momentum = {};
    MaybeBool centered = {}, maximize = {};
};
/// torch.optim.RMSprop: by the gradient over its running root mean square (Hinton 2012), or deviation (Graves 2013).
struct RMSprop : OptimizerOf<struct RMSpropMethod, RMSpropOptions, RMSpropGroup> {
    using OptimizerOf::OptimizerOf;
};

struct AdagradOptions {
    double lr = 1e-2, lr_decay = 0, weight_decay = 0, initial_accumulator_value = 0, eps = 1e-10;
    bool maximize = false;
};
struct AdagradGroup {
    TensorList params = {};
    MaybeReal lr = {}, lr_decay = {}, weight_decay = {}, initial_accumulator_value = {}, eps = {};
    MaybeBool maximize = {};
};
/// torch.optim.Adagrad: by the gradient over the root of the sum of all its squares (Duchi et al. 2011).
struct Adagrad : OptimizerOf<struct AdagradMethod, AdagradOptions, AdagradGroup> {
    using OptimizerOf::OptimizerOf;
};

struct AdadeltaOptions {
    double lr = 1, rho = 0.9, eps = 1e-6, weight_decay = 0;
    bool maximize = false;
};
struct AdadeltaGroup {
    TensorList params = {};
    MaybeReal lr = {}, rho = {}, eps = {}, weight_decay = {};
    MaybeBool maximize = {};
};
/// torch.optim.Adadelta: by the gradient, scaled by the ratio of past steps to past gradients (Zeiler 2012).
struct Adadelta : OptimizerOf<struct AdadeltaMethod, AdadeltaOptions, AdadeltaGroup> {
    using OptimizerOf::OptimizerOf;
};

}  // namespace taper::optim
