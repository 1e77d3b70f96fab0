// Activation functions as modules; functional.h has their formulas.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

namespace detail {
inline std::string inplace_text(bool inplace, const char* before = ", ") {
    return inplace ? std::string(before) + "inplace=True" : "";
}
}  // namespace detail

// ---- with a choice of overwriting the input

/// torch.nn.ReLU
struct ReLU : Module<ReLU> {
    explicit ReLU(bool inplace) : inplace(inplace) {}
    explicit ReLU(const InplaceOptions& options = {}) : ReLU(options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::relu(x, *inplace); }
    std::string extra_repr() const { return detail::inplace_text(inplace, ""); }
    Setting<bool> inplace;
};
/// torch.nn.ReLU6
struct ReLU6 : Module<ReLU6> {
    explicit ReLU6(bool inplace) : inplace(inplace) {}
    explicit ReLU6(const InplaceOptions& options = {}) : ReLU6(options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::relu6(x, *inplace); }
    std::string extra_repr() const { return detail::inplace_text(inplace, ""); }
    Setting<bool> inplace;
};
/// torch.nn.SELU
struct SELU : Module<SELU> {
    explicit SELU(bool inplace) : inplace(inplace) {}
    explicit SELU(const InplaceOptions& options = {}) : SELU(options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::selu(x, *inplace); }
    std::string extra_repr() const { return detail::inplace_text(inplace, ""); }
    Setting<bool> inplace;
};
/// torch.nn.SiLU
struct SiLU : Module<SiLU> {
    explicit SiLU(bool inplace) : inplace(inplace) {}
    explicit SiLU(const InplaceOptions& options = {}) : SiLU(options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::silu(x, *inplace); }
    std::string extra_repr() const { return detail::inplace_text(inplace, ""); }
    Setting<bool> inplace;
};
/// torch.nn.Mish
struct Mish : Module<Mish> {
    explicit Mish(bool inplace) : inplace(inplace) {}
    explicit Mish(const InplaceOptions& options = {}) : Mish(options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::mish(x, *inplace); }
    std::string extra_repr() const { return detail::inplace_text(inplace, ""); }
    Setting<bool> inplace;
};
/// torch.nn.Hardsigmoid
struct Hardsigmoid : Module<Hardsigmoid> {
    explicit Hardsigmoid(bool inplace) : inplace(inplace) {}
    explicit Hardsigmoid(const InplaceOptions& options = {}) : Hardsigmoid(options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::hardsigmoid(x, *inplace); }
    Setting<bool> inplace;
};
/// torch.nn.Hardswish
struct Hardswish : Module<Hardswish> {
    explicit Hardswish(bool inplace) : inplace(inplace) {}
    explicit Hardswish(const InplaceOptions& options = {}) : Hardswish(options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::hardswish(x, *inplace); }
    Setting<bool> inplace;
};
/// torch.nn.LeakyReLU
struct LeakyReLU : Module<LeakyReLU> {
    explicit LeakyReLU(double negative_slope, bool inplace = false)
        : negative_slope(negative_slope), inplace(inplace) {}
    explicit LeakyReLU(const LeakyReLUOptions& options = {}) : LeakyReLU(options.negative_slope, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::leaky_relu(x, *negative_slope, *inplace); }
    std::string extra_repr() const { return "negative_slope=" + repr(*negative_slope) + detail::inplace_text(inplace); }
    Setting<double> negative_slope;
    Setting<bool> inplace;
};
/// torch.nn.ELU
struct ELU : Module<ELU> {
    explicit ELU(double alpha, bool inplace = false) : alpha(alpha), inplace(inplace) {}
    explicit ELU(const ELUOptions& options = {}) : ELU(options.alpha, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::elu(x, *alpha, *inplace); }
    std::string extra_repr() const { return "alpha=" + repr(*alpha) + detail::inplace_text(inplace); }
    Setting<double> alpha;
    Setting<bool> inplace;
};
/// torch.nn.CELU
struct CELU : Module<CELU> {
    explicit CELU(double alpha, bool inplace = false) : alpha(alpha), inplace(inplace) {}
    explicit CELU(const ELUOptions& options = {}) : CELU(options.alpha, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::celu(x, *alpha, *inplace); }
    std::string extra_repr() const { return "alpha=" + repr(*alpha) + detail::inplace_text(inplace); }
    Setting<double> alpha;
    Setting<bool> inplace;
};
/// torch.nn.RReLU: random slopes in training.
struct RReLU : Module<RReLU> {
    explicit RReLU(double lower, double upper = 1. / 3, bool inplace = false)
        : lower(lower), upper(upper), inplace(inplace) {}
    explicit RReLU(const RReLUOptions& options = {}) : RReLU(options.lower, options.upper, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::rrelu(x, {*lower, *upper, training(), *inplace}); }
    std::string extra_repr() const {
        return "lower=" + repr(*lower) + ", upper=" + repr(*upper) + detail::inplace_text(inplace);
    }
    Setting<double> lower, upper;
    Setting<bool> inplace;
};
/// torch.nn.Hardtanh
struct Hardtanh : Module<Hardtanh> {
    explicit Hardtanh(double min_val, double max_val = 1, bool inplace = false)
        : min_val(min_val), max_val(max_val), inplace(inplace) {
        check(min_val < max_val, "Hardtanh: max_val must be larger than min_val, but got {} and {}", min_val, max_val);
    }
    explicit Hardtanh(const HardtanhOptions& options = {})
        : Hardtanh(options.min_val, options.max_val, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::hardtanh(x, *min_val, *max_val, *inplace); }
    std::string extra_repr() const {
        return "min_val=" + repr(*min_val) + ", max_val=" + repr(*max_val) + detail::inplace_text(inplace);
    }
    Setting<double> min_val, max_val;
    Setting<bool> inplace;
};
/// torch.nn.Threshold
struct Threshold : Module<Threshold> {
    Threshold(double threshold, double value, bool inplace = false)
        : threshold(threshold), value(value), inplace(inplace) {}
    Threshold(double threshold, double value, const InplaceOptions& options)
        : Threshold(threshold, value, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::threshold(x, *threshold, *value, *inplace); }
    std::string extra_repr() const {
        return fmt::format("threshold={}, value={}{}", *threshold, *value, detail::inplace_text(inplace));
    }
    Setting<double> threshold, value;
    Setting<bool> inplace;
};

// ---- without

/// leaky_relu with slopes that are learned: one, or one for each channel (dim 1). torch.nn.PReLU
struct PReLU : Module<PReLU> {
    explicit PReLU(std::int64_t num_parameters = 1, double init = 0.25)
        : weight(register_parameter("weight", full({num_parameters}, init))) {}
    Tensor forward(const Tensor& x) const { return prelu(x, weight); }
    std::string extra_repr() const { return fmt::format("num_parameters={}", weight.numel()); }
    Tensor weight;
};
/// torch.nn.Sigmoid
struct Sigmoid : Module<Sigmoid> {
    Tensor forward(const Tensor& x) const { return sigmoid(x); }
};
/// torch.nn.Tanh
struct Tanh : Module<Tanh> {
    Tensor forward(const Tensor& x) const { return tanh(x); }
};
/// torch.nn.LogSigmoid
struct LogSigmoid : Module<LogSigmoid> {
    Tensor forward(const Tensor& x) const { return logsigmoid(x); }
};
/// torch.nn.Softsign
struct Softsign : Module<Softsign> {
    Tensor forward(const Tensor& x) const { return functional::softsign(x); }
};
/// torch.nn.Tanhshrink
struct Tanhshrink : Module<Tanhshrink> {
    Tensor forward(const Tensor& x) const { return functional::tanhshrink(x); }
};
/// torch.nn.GELU
struct GELU : Module<GELU> {
    template <int = 0> explicit GELU(const std::string& approximate) : approximate(approximate) {}
    explicit GELU(const GELUOptions& options = {}) : approximate(options.approximate) {}
    Tensor forward(const Tensor& x) const { return gelu(x, *approximate); }
    std::string extra_repr() const { return fmt::format("approximate='{}'", *approximate); }
    Setting<std::string> approximate;
};
/// torch.nn.Softplus
struct Softplus : Module<Softplus> {
    explicit Softplus(double beta, double threshold = 20) : beta(beta), threshold(threshold) {}
    explicit Softplus(const SoftplusOptions& options = {}) : Softplus(options.beta, options.threshold) {}
    Tensor forward(const Tensor& x) const { return softplus(x, *beta, *threshold); }
    std::string extra_repr() const { return fmt::format("beta={}, threshold={}", *beta, *threshold); }
    Setting<double> beta, threshold;
};
/// torch.nn.Softshrink
struct Softshrink : Module<Softshrink> {
    explicit Softshrink(double lambd = 0.5) : lambd(lambd) {}
    explicit Softshrink(const ShrinkOptions& options) : Softshrink(options.lambd) {}
    Tensor forward(const Tensor& x) const { return softshrink(x, *lambd); }
    std::string extra_repr() const { return repr(*lambd); }
    Setting<double> lambd;
};
/// torch.nn.Hardshrink
struct Hardshrink : Module<Hardshrink> {
    explicit Hardshrink(double lambd = 0.5) : lambd(lambd) {}
    explicit Hardshrink(const ShrinkOptions& options) : Hardshrink(options.lambd) {}
    Tensor forward(const Tensor& x) const { return hardshrink(x, *lambd); }
    std::string extra_repr() const { return repr(*lambd); }
    Setting<double> lambd;
};
/// torch.nn.Softmax
struct Softmax : Module<Softmax> {
    explicit Softmax(std::int64_t dim) : dim(dim) {}
    explicit Softmax(const SoftmaxOptions& options = {}) : dim(options.dim) {}
    Tensor forward(const Tensor& x) const { return functional::softmax(x, {.dim = *dim}); }
    std::string extra_repr() const { return *dim ? fmt::format("dim={}", **dim) : "dim=None"; }
    Setting<std::optional<std::int64_t>> dim;
};
/// torch.nn.LogSoftmax
struct LogSoftmax : Module<LogSoftmax> {
    explicit LogSoftmax(std::int64_t dim) : dim(dim) {}
    explicit LogSoftmax(const SoftmaxOptions& options = {}) : dim(options.dim) {}
    Tensor forward(const Tensor& x) const { return functional::log_softmax(x, {.dim = *dim}); }
    std::string extra_repr() const { return *dim ? fmt::format("dim={}", **dim) : "dim=None"; }
    Setting<std::optional<std::int64_t>> dim;
};
/// torch.nn.Softmin
struct Softmin : Module<Softmin> {
    explicit Softmin(std::int64_t dim) : dim(dim) {}
    explicit Softmin(const SoftmaxOptions& options = {}) : dim(options.dim) {}
    Tensor forward(const Tensor& x) const { return functional::softmin(x, {.dim = *dim}); }
    std::string extra_repr() const { return *dim ? fmt::format("dim={}", **dim) : "dim=None"; }
    Setting<std::optional<std::int64_t>> dim;
};
/// torch.nn.GLU
struct GLU : Module<GLU> {
    explicit GLU(std::int64_t dim = -1) : dim(dim) {}
    explicit GLU(const GLUOptions& options) : GLU(options.dim) {}
    Tensor forward(const Tensor& x) const { return functional::glu(x, *dim); }
    std::string extra_repr() const { return fmt::format("dim={}", *dim); }
    Setting<std::int64_t> dim;
};

}  // namespace taper::nn
