#include "activation.h"

#include "../tensor/warning.h"
#include "blank.h"

namespace taper::nn {

static std::string inplace_text(bool inplace, const char* before = ", ") {
    return inplace ? std::string(before) + "inplace=True" : "";
}

ReLU::ReLU(Called, const InplaceOptions& o) : inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(ReLU, InplaceOptions, 0, inplace)
std::string ReLU::extra_repr() const { return inplace_text(inplace, ""); }

ReLU6::ReLU6(Called, const InplaceOptions& o) : inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(ReLU6, InplaceOptions, 0, inplace)
std::string ReLU6::extra_repr() const { return inplace_text(inplace, ""); }

SELU::SELU(Called, const InplaceOptions& o) : inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(SELU, InplaceOptions, 0, inplace)
std::string SELU::extra_repr() const { return inplace_text(inplace, ""); }

SiLU::SiLU(Called, const InplaceOptions& o) : inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(SiLU, InplaceOptions, 0, inplace)
std::string SiLU::extra_repr() const { return inplace_text(inplace, ""); }

Mish::Mish(Called, const InplaceOptions& o) : inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Mish, InplaceOptions, 0, inplace)
std::string Mish::extra_repr() const { return inplace_text(inplace, ""); }

Hardsigmoid::Hardsigmoid(Called, const InplaceOptions& o) : inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Hardsigmoid, InplaceOptions, 0, inplace)

Hardswish::Hardswish(Called, const InplaceOptions& o) : inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Hardswish, InplaceOptions, 0, inplace)

LeakyReLU::LeakyReLU(Called, const LeakyReLUOptions& o) : negative_slope(o.negative_slope), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(LeakyReLU, LeakyReLUOptions, 0, negative_slope, inplace)
std::string LeakyReLU::extra_repr() const { return "negative_slope=" + repr(*negative_slope) + inplace_text(inplace); }

ELU::ELU(Called, const ELUOptions& o) : alpha(o.alpha), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(ELU, ELUOptions, 0, alpha, inplace)
std::string ELU::extra_repr() const { return "alpha=" + repr(*alpha) + inplace_text(inplace); }

CELU::CELU(Called, const ELUOptions& o) : alpha(o.alpha), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(CELU, ELUOptions, 0, alpha, inplace)
std::string CELU::extra_repr() const { return "alpha=" + repr(*alpha) + inplace_text(inplace); }

RReLU::RReLU(Called, const RReLUOptions& o) : lower(o.lower), upper(o.upper), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(RReLU, RReLUOptions, 0, lower, upper, inplace)
std::string RReLU::extra_repr() const {
    return "lower=" + repr(*lower) + ", upper=" + repr(*upper) + inplace_text(inplace);
}

Hardtanh::Hardtanh(Called, const HardtanhOptions& o)
    : min_val(o.min_value->value_or(o.min_val)), max_val(o.max_value->value_or(o.max_val)), inplace(o.inplace) {
    if (*o.min_value) warn("keyword argument min_value is deprecated and rename to min_val");
    if (*o.max_value) warn("keyword argument max_value is deprecated and rename to max_val");
    check(*min_val < *max_val, "Hardtanh: max_val must be larger than min_val, but got {} and {}", *min_val, *max_val);
}
TAPER_DEFINE_CONSTRUCTORS(Hardtanh, HardtanhOptions, 0, min_val, max_val, inplace, min_value, max_value)
std::string Hardtanh::extra_repr() const {
    return "min_val=" + repr(*min_val) + ", max_val=" + repr(*max_val) + inplace_text(inplace);
}

Threshold::Threshold(Called, const ThresholdOptions& o) : threshold(o.threshold), value(o.value), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Threshold, ThresholdOptions, 2, threshold, value, inplace)
std::string Threshold::extra_repr() const {
    return "threshold=" + repr(*threshold) + ", value=" + repr(*value) + inplace_text(inplace);
}

PReLU::PReLU(Called, const PReLUOptions& o)
    : weight(register_parameter("weight", blank({o.num_parameters}, o).fill_(*o.init))) {}
TAPER_DEFINE_CONSTRUCTORS(PReLU, PReLUOptions, 0, num_parameters, init, device, dtype)
std::string PReLU::extra_repr() const { return fmt::format("num_parameters={}", weight.numel()); }

GELU::GELU(Called, const GELUOptions& o) : approximate(o.approximate) {}
TAPER_DEFINE_CONSTRUCTORS(GELU, GELUOptions, 0, approximate)
std::string GELU::extra_repr() const { return fmt::format("approximate='{}'", *approximate); }

Softplus::Softplus(Called, const SoftplusOptions& o) : beta(o.beta), threshold(o.threshold) {}
TAPER_DEFINE_CONSTRUCTORS(Softplus, SoftplusOptions, 0, beta, threshold)
std::string Softplus::extra_repr() const { return "beta=" + repr(*beta) + ", threshold=" + repr(*threshold); }

Softshrink::Softshrink(Called, const ShrinkOptions& o) : lambd(o.lambd) {}
TAPER_DEFINE_CONSTRUCTORS(Softshrink, ShrinkOptions, 0, lambd)
std::string Softshrink::extra_repr() const { return repr(*lambd); }

Hardshrink::Hardshrink(Called, const ShrinkOptions& o) : lambd(o.lambd) {}
TAPER_DEFINE_CONSTRUCTORS(Hardshrink, ShrinkOptions, 0, lambd)
std::string Hardshrink::extra_repr() const { return repr(*lambd); }

Softmax::Softmax(Called, const SoftmaxOptions& o) : dim(o.dim) {}
TAPER_DEFINE_CONSTRUCTORS(Softmax, SoftmaxOptions, 0, dim)
std::string Softmax::extra_repr() const { return *dim ? fmt::format("dim={}", **dim) : "dim=None"; }

LogSoftmax::LogSoftmax(Called, const SoftmaxOptions& o) : dim(o.dim) {}
TAPER_DEFINE_CONSTRUCTORS(LogSoftmax, SoftmaxOptions, 0, dim)
std::string LogSoftmax::extra_repr() const { return *dim ? fmt::format("dim={}", **dim) : "dim=None"; }

Softmin::Softmin(Called, const SoftmaxOptions& o) : dim(o.dim) {}
TAPER_DEFINE_CONSTRUCTORS(Softmin, SoftmaxOptions, 0, dim)
std::string Softmin::extra_repr() const { return *dim ? fmt::format("dim={}", **dim) : "dim=None"; }

GLU::GLU(Called, const GLUOptions& o) : dim(o.dim) {}
TAPER_DEFINE_CONSTRUCTORS(GLU, GLUOptions, 0, dim)
std::string GLU::extra_repr() const { return fmt::format("dim={}", *dim); }

Tensor Softmax2d::forward(const Tensor& x) const {
    check(x.ndim() == 3 || x.ndim() == 4, "Softmax2d: Softmax2d requires a 3D or 4D tensor as input");
    return ops::softmax(x, -3);
}

}  // namespace taper::nn
