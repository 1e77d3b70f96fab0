// Activation functions as modules; functional_activations.h has their formulas.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

struct InplaceOptions {
    Keywords _ = Keywords();
    Arg<bool> inplace = Default(false);
};
struct LeakyReLUOptions {
    Keywords _ = Keywords();
    Arg<Real> negative_slope = Default(0.01);
    Arg<bool> inplace = Default(false);
};
struct ELUOptions {
    Keywords _ = Keywords();
    Arg<Real> alpha = Default(1.);
    Arg<bool> inplace = Default(false);
};
struct RReLUOptions {
    Keywords _ = Keywords();
    Arg<Real> lower = Default(1. / 8), upper = Default(1. / 3);
    Arg<bool> inplace = Default(false);
};
/// min_value and max_value are older names, which overrule.
struct HardtanhOptions {
    Keywords _ = Keywords();
    Arg<Real> min_val = Default(-1.), max_val = Default(1.);
    Arg<bool> inplace = Default(false);
    Arg<std::optional<Real>> min_value = Default(none), max_value = Default(none);
};
struct ThresholdOptions {
    Keywords _ = Keywords();
    Arg<Real> threshold = required, value = required;
    Arg<bool> inplace = Default(false);
};
struct PReLUOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> num_parameters = Default(1);
    Arg<double> init = Default(0.25);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// approximate: "none" or "tanh".
struct GELUOptions {
    Keywords _ = Keywords();
    Arg<std::string> approximate = Default("none");
};
struct SoftplusOptions {
    Keywords _ = Keywords();
    Arg<Real> beta = Default(1), threshold = Default(20);
};
struct ShrinkOptions {
    Keywords _ = Keywords();
    Arg<Real> lambd = Default(0.5);
};
/// dim: absent, 0 for tensors of 0, 1 or 3 dims, else 1.
struct SoftmaxOptions {
    Keywords _ = Keywords();
    Arg<std::optional<std::int64_t>> dim = Default(none);
};
struct GLUOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> dim = Default(-1);
};

// ---- with a choice of overwriting the input

/// torch.nn.ReLU
struct ReLU : Module<ReLU> {
    TAPER_CONSTRUCTORS(ReLU, InplaceOptions, 0, inplace)
    ReLU(Called, const InplaceOptions& o);
    Tensor forward(const Tensor& x) const { return positional::relu(x, inplace); }
    std::string extra_repr() const;
    Setting<bool> inplace;
};
/// torch.nn.ReLU6
struct ReLU6 : Module<ReLU6> {
    TAPER_CONSTRUCTORS(ReLU6, InplaceOptions, 0, inplace)
    ReLU6(Called, const InplaceOptions& o);
    Tensor forward(const Tensor& x) const { return positional::relu6(x, inplace); }
    std::string extra_repr() const;
    Setting<bool> inplace;
};
/// torch.nn.SELU
struct SELU : Module<SELU> {
    TAPER_CONSTRUCTORS(SELU, InplaceOptions, 0, inplace)
    SELU(Called, const InplaceOptions& o);
    Tensor forward(const Tensor& x) const { return positional::selu(x, inplace); }
    std::string extra_repr() const;
    Setting<bool> inplace;
};
/// torch.nn.SiLU
struct SiLU : Module<SiLU> {
    TAPER_CONSTRUCTORS(SiLU, InplaceOptions, 0, inplace)
    SiLU(Called, const InplaceOptions& o);
    Tensor forward(const Tensor& x) const { return positional::silu(x, inplace); }
    std::string extra_repr() const;
    Setting<bool> inplace;
};
/// torch.nn.Mish
struct Mish : Module<Mish> {
    TAPER_CONSTRUCTORS(Mish, InplaceOptions, 0, inplace)
    Mish(Called, const InplaceOptions& o);
    Tensor forward(const Tensor& x) const { return positional::mish(x, inplace); }
    std::string extra_repr() const;
    Setting<bool> inplace;
};
/// torch.nn.Hardsigmoid
struct Hardsigmoid : Module<Hardsigmoid> {
    TAPER_CONSTRUCTORS(Hardsigmoid, InplaceOptions, 0, inplace)
    Hardsigmoid(Called, const InplaceOptions& o);
    Tensor forward(const Tensor& x) const { return positional::hardsigmoid(x, inplace); }
    Setting<bool> inplace;
};
/// torch.nn.Hardswish
struct Hardswish : Module<Hardswish> {
    TAPER_CONSTRUCTORS(Hardswish, InplaceOptions, 0, inplace)
    Hardswish(Called, const InplaceOptions& o);
    Tensor forward(const Tensor& x) const { return positional::hardswish(x, inplace); }
    Setting<bool> inplace;
};
/// torch.nn.LeakyReLU
struct LeakyReLU : Module<LeakyReLU> {
    TAPER_CONSTRUCTORS(LeakyReLU, LeakyReLUOptions, 0, negative_slope, inplace)
    LeakyReLU(Called, const LeakyReLUOptions& o);
    Tensor forward(const Tensor& x) const { return positional::leaky_relu(x, negative_slope, inplace); }
    std::string extra_repr() const;
    Setting<Real> negative_slope;
    Setting<bool> inplace;
};
/// torch.nn.ELU
struct ELU : Module<ELU> {
    TAPER_CONSTRUCTORS(ELU, ELUOptions, 0, alpha, inplace)
    ELU(Called, const ELUOptions& o);
    Tensor forward(const Tensor& x) const { return positional::elu(x, alpha, inplace); }
    std::string extra_repr() const;
    Setting<Real> alpha;
    Setting<bool> inplace;
};
/// torch.nn.CELU
struct CELU : Module<CELU> {
    TAPER_CONSTRUCTORS(CELU, ELUOptions, 0, alpha, inplace)
    CELU(Called, const ELUOptions& o);
    Tensor forward(const Tensor& x) const { return positional::celu(x, alpha, inplace); }
    std::string extra_repr() const;
    Setting<Real> alpha;
    Setting<bool> inplace;
};
/// torch.nn.RReLU: random slopes in training.
struct RReLU : Module<RReLU> {
    TAPER_CONSTRUCTORS(RReLU, RReLUOptions, 0, lower, upper, inplace)
    RReLU(Called, const RReLUOptions& o);
    Tensor forward(const Tensor& x) const { return positional::rrelu(x, lower, upper, training(), inplace); }
    std::string extra_repr() const;
    Setting<Real> lower, upper;
    Setting<bool> inplace;
};
/// torch.nn.Hardtanh
struct Hardtanh : Module<Hardtanh> {
    TAPER_CONSTRUCTORS(Hardtanh, HardtanhOptions, 0, min_val, max_val, inplace, min_value, max_value)
    Hardtanh(Called, const HardtanhOptions& o);
    Tensor forward(const Tensor& x) const { return positional::hardtanh(x, min_val, max_val, inplace); }
    std::string extra_repr() const;
    Setting<Real> min_val, max_val;
    Setting<bool> inplace;
};
/// torch.nn.Threshold
struct Threshold : Module<Threshold> {
    TAPER_CONSTRUCTORS(Threshold, ThresholdOptions, 2, threshold, value, inplace)
    Threshold(Called, const ThresholdOptions& o);
    Tensor forward(const Tensor& x) const { return positional::threshold(x, threshold, value, inplace); }
    std::string extra_repr() const;
    Setting<Real> threshold, value;
    Setting<bool> inplace;
};

// ---- without

/// leaky_relu with slopes that are learned: one, or one for each channel (dim 1). torch.nn.PReLU
struct PReLU : Module<PReLU> {
    TAPER_CONSTRUCTORS(PReLU, PReLUOptions, 0, num_parameters, init, device, dtype)
    PReLU(Called, const PReLUOptions& o);
    Tensor forward(const Tensor& x) const { return ops::prelu(x, weight); }
    std::string extra_repr() const;
    Parameter weight;
};
/// torch.nn.Sigmoid
struct Sigmoid : Module<Sigmoid> {
    Tensor forward(const Tensor& x) const { return ops::sigmoid(x); }
};
/// torch.nn.Tanh
struct Tanh : Module<Tanh> {
    Tensor forward(const Tensor& x) const { return ops::tanh(x); }
};
/// torch.nn.LogSigmoid
struct LogSigmoid : Module<LogSigmoid> {
    Tensor forward(const Tensor& x) const { return ops::logsigmoid(x); }
};
/// torch.nn.Softsign
struct Softsign : Module<Softsign> {
    Tensor forward(const Tensor& x) const { return positional::softsign(x); }
};
/// torch.nn.Tanhshrink
struct Tanhshrink : Module<Tanhshrink> {
    Tensor forward(const Tensor& x) const { return positional::tanhshrink(x); }
};
/// torch.nn.GELU
struct GELU : Module<GELU> {
    TAPER_CONSTRUCTORS(GELU, GELUOptions, 0, approximate)
    GELU(Called, const GELUOptions& o);
    Tensor forward(const Tensor& x) const { return ops::gelu(x, *approximate); }
    std::string extra_repr() const;
    Setting<std::string> approximate;
};
/// torch.nn.Softplus
struct Softplus : Module<Softplus> {
    TAPER_CONSTRUCTORS(Softplus, SoftplusOptions, 0, beta, threshold)
    Softplus(Called, const SoftplusOptions& o);
    Tensor forward(const Tensor& x) const { return ops::softplus(x, beta, threshold); }
    std::string extra_repr() const;
    Setting<Real> beta, threshold;
};
/// torch.nn.Softshrink
struct Softshrink : Module<Softshrink> {
    TAPER_CONSTRUCTORS(Softshrink, ShrinkOptions, 0, lambd)
    Softshrink(Called, const ShrinkOptions& o);
    Tensor forward(const Tensor& x) const { return ops::softshrink(x, lambd); }
    std::string extra_repr() const;
    Setting<Real> lambd;
};
/// torch.nn.Hardshrink
struct Hardshrink : Module<Hardshrink> {
    TAPER_CONSTRUCTORS(Hardshrink, ShrinkOptions, 0, lambd)
    Hardshrink(Called, const ShrinkOptions& o);
    Tensor forward(const Tensor& x) const { return ops::hardshrink(x, lambd); }
    std::string extra_repr() const;
    Setting<Real> lambd;
};
/// torch.nn.Softmax
struct Softmax : Module<Softmax> {
    TAPER_CONSTRUCTORS(Softmax, SoftmaxOptions, 0, dim)
    Softmax(Called, const SoftmaxOptions& o);
    Tensor forward(const Tensor& x) const { return positional::softmax(x, dim, {}); }
    std::string extra_repr() const;
    Setting<std::optional<std::int64_t>> dim;
};
/// Over the channels of images (N, C, H, W) or (C, H, W). torch.nn.Softmax2d
struct Softmax2d : Module<Softmax2d> {
    Tensor forward(const Tensor& x) const;
};
/// torch.nn.LogSoftmax
struct LogSoftmax : Module<LogSoftmax> {
    TAPER_CONSTRUCTORS(LogSoftmax, SoftmaxOptions, 0, dim)
    LogSoftmax(Called, const SoftmaxOptions& o);
    Tensor forward(const Tensor& x) const { return positional::log_softmax(x, dim, {}); }
    std::string extra_repr() const;
    Setting<std::optional<std::int64_t>> dim;
};
/// torch.nn.Softmin
struct Softmin : Module<Softmin> {
    TAPER_CONSTRUCTORS(Softmin, SoftmaxOptions, 0, dim)
    Softmin(Called, const SoftmaxOptions& o);
    Tensor forward(const Tensor& x) const { return positional::softmin(x, dim, {}); }
    std::string extra_repr() const;
    Setting<std::optional<std::int64_t>> dim;
};
/// torch.nn.GLU
struct GLU : Module<GLU> {
    TAPER_CONSTRUCTORS(GLU, GLUOptions, 0, dim)
    GLU(Called, const GLUOptions& o);
    Tensor forward(const Tensor& x) const { return positional::glu(x, dim); }
    std::string extra_repr() const;
    Setting<std::int64_t> dim;
};

}  // namespace taper::nn
