// RMSNorm: layers that only scale.
#pragma once

#include "function_object.h"
#include "module.h"

namespace taper::nn {

/// eps: that of the input's dtype where absent.
struct RMSNormOptions {
    Keywords _ = Keywords();
    Arg<Sizes> normalized_shape = required;
    Arg<std::optional<Real>> eps = Default(none);
    Arg<bool> elementwise_affine = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// x / sqrt(mean(x^2) + eps) weight, over the last dims, whose sizes are normalized_shape, as is the weight's shape.
/// Zhang and Sennrich, 2019; torch.nn.RMSNorm of PyTorch 2
struct RMSNorm : Module<RMSNorm> {
    TAPER_CONSTRUCTORS(RMSNorm, RMSNormOptions, 1, normalized_shape, eps, elementwise_affine, device, dtype)
    TAPER_LIST_ALONE(RMSNorm, normalized_shape)
    RMSNorm(Called, const RMSNormOptions& o);
    Tensor forward(const Tensor& x) const;
    void reset_parameters() const;
    std::string extra_repr() const;

    Setting<Shape> normalized_shape;
    Setting<std::optional<Real>> eps;
    Parameter weight;
};

}  // namespace taper::nn
