// Lazy modules: their first input tells the sizes that they were made without, and makes them what they are lazy of.
#pragma once

#include "conv.h"
#include "linear.h"
#include "normalization.h"

namespace taper::nn {

struct LazyLinearOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> out_features = required;
    Arg<bool> bias = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct LazyConvOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> out_channels = required;
    Arg<Sizes> kernel_size = required, stride = Default(1);
    Arg<Padding> padding = Default(0);
    Arg<Sizes> dilation = Default(1);
    Arg<std::int64_t> groups = Default(1);
    Arg<bool> bias = Default(true);
    Arg<std::string> padding_mode = Default("zeros");
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct LazyConvTransposeOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> out_channels = required;
    Arg<Sizes> kernel_size = required, stride = Default(1), padding = Default(0), output_padding = Default(0);
    Arg<std::int64_t> groups = Default(1);
    Arg<bool> bias = Default(true);
    Arg<Sizes> dilation = Default(1);
    Arg<std::string> padding_mode = Default("zeros");
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct LazyNormOptions {
    Keywords _ = Keywords();
    Arg<Real> eps = Default(1e-5);
    Arg<std::optional<Real>> momentum = Default(0.1);
    Arg<bool> affine = Default(true), track_running_stats = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};

// Each is a handle of the module that it becomes, which prints as lazy until then.
#define TAPER_LAZY(Name, O, r, ...)                       \
    struct Lazy##Name : Name {                            \
        using cls_to_become = Name;                       \
        TAPER_CONSTRUCTORS(Lazy##Name, O, r, __VA_ARGS__) \
        Lazy##Name(Called, const O& o);                   \
    };
/// torch.nn.LazyLinear
TAPER_LAZY(Linear, LazyLinearOptions, 1, out_features, bias, device, dtype)
#define TAPER_LAZY_CONV(Name)                                                                                \
    TAPER_LAZY(Name, LazyConvOptions, 2, out_channels, kernel_size, stride, padding, dilation, groups, bias, \
        padding_mode, device, dtype)
/// torch.nn.LazyConv1d, LazyConv2d, LazyConv3d
TAPER_LAZY_CONV(Conv1d)
TAPER_LAZY_CONV(Conv2d)
TAPER_LAZY_CONV(Conv3d)
#define TAPER_LAZY_CONV_TRANSPOSE(Name)                                                                               \
    TAPER_LAZY(Name, LazyConvTransposeOptions, 2, out_channels, kernel_size, stride, padding, output_padding, groups, \
        bias, dilation, padding_mode, device, dtype)
/// torch.nn.LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d
TAPER_LAZY_CONV_TRANSPOSE(ConvTranspose1d)
TAPER_LAZY_CONV_TRANSPOSE(ConvTranspose2d)
TAPER_LAZY_CONV_TRANSPOSE(ConvTranspose3d)
#define TAPER_LAZY_NORM(Name) \
    TAPER_LAZY(Name, LazyNormOptions, 0, eps, momentum, affine, track_running_stats, device, dtype)
/// torch.nn.LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d, and LazyInstanceNorm1d to LazyInstanceNorm3d
TAPER_LAZY_NORM(BatchNorm1d)
TAPER_LAZY_NORM(BatchNorm2d)
TAPER_LAZY_NORM(BatchNorm3d)
TAPER_LAZY_NORM(InstanceNorm1d)
TAPER_LAZY_NORM(InstanceNorm2d)
TAPER_LAZY_NORM(InstanceNorm3d)

}  // namespace taper::nn
