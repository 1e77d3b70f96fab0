#include "lazy.h"

#include "../tensor/warning.h"
#include "blank.h"

namespace taper::nn {

using T = const Tensor&;

namespace {

bool has_uninitialized_params(const ModuleState& state) {
    for (const auto* list : {&state.parameters, &state.buffers})
        for (const auto& [name, slot] : *list)
            if (is_lazy(slot->tensor)) return true;
    return false;
}

// ---- what the first input tells

void infer(Linear& m, T x) {
    m.in_features = x.size(-1);
    materialize(m.weight, {m.out_features, m.in_features});
    if (m.bias.defined()) materialize(m.bias, {m.out_features});
}

template <class D> void infer(ConvNd<D>& m, T x) {
    const int dims = (*m.kernel_size).size();
    check(x.ndim() == dims + 1 || x.ndim() == dims + 2,
        "{}: Expected {}D (unbatched) or {}D (batched) input to {}, but got input of size: {}",
        m.shared_state()->class_name(), dims + 1, dims + 2, m.shared_state()->class_name(), x.shape());
    m.in_channels = x.size(x.ndim() == dims + 2 ? 1 : 0);
    const std::int64_t in = m.in_channels, out = m.out_channels, groups = m.groups;
    check(in % groups == 0, "{}: in_channels must be divisible by groups, but got {} and {}",
        m.shared_state()->class_name(), in, groups);
    constexpr bool transposed =
        std::same_as<D, ConvTranspose1d> || std::same_as<D, ConvTranspose2d> || std::same_as<D, ConvTranspose3d>;
    Shape shape = transposed ? Shape{in, out / groups} : Shape{out, in / groups};
    for (const std::int64_t size : *m.kernel_size) shape.push_back(size);
    materialize(m.weight, shape);
    if (m.bias.defined()) materialize(m.bias, {out});
}

template <class D> void infer(NormNd<D>& m, T x) {
    m.num_features = x.size(1);
    for (const Tensor& each : TensorList{m.weight, m.bias, m.running_mean, m.running_var})
        if (each.defined()) materialize(each, {m.num_features});
    m.reset_running_stats();
}

// The first of its hooks, so of number 0: whoever copies the module copies it under this number.
template <class D> void infer_at_first_forward(const D& module) {
    module.register_forward_pre_hook([](D& m, const TensorList& inputs) {
        ModuleState& state = *m.shared_state();
        if (has_uninitialized_params(state)) {
            infer(m, inputs.at(0));
            m.reset_parameters();
        }
        state.known_as.clear();
        state.hooks->before.erase(0);
    });
}

// Makes of a module whose sizes are to be inferred a lazy one, known by that name.
template <class D> void be_lazy(const D& module, const char* name) {
    module.shared_state()->known_as = name;
    for (const TensorList& list : {module.parameters(), module.buffers()})
        for (const Tensor& x : list)
            if (x.is_floating_point()) {
                x.set_data(empty({0}, {.dtype = x.dtype(), .device = x.device()}));
                x.impl().is_uninitialized = true;
            }
    infer_at_first_forward(module);
    warn(
        "Lazy modules are a new feature under heavy development so changes to the API or functionality can happen at "
        "any moment.");
}

LinearOptions options_of(const LazyLinearOptions& o) {
    return {.in_features = to_be_inferred,
        .out_features = o.out_features,
        .bias = o.bias,
        .device = o.device,
        .dtype = o.dtype};
}
ConvLayerOptions options_of(const LazyConvOptions& o) {
    return {.in_channels = to_be_inferred,
        .out_channels = o.out_channels,
        .kernel_size = o.kernel_size,
        .stride = o.stride,
        .padding = o.padding,
        .dilation = o.dilation,
        .groups = o.groups,
        .bias = o.bias,
        .padding_mode = o.padding_mode,
        .device = o.device,
        .dtype = o.dtype};
}
ConvTransposeLayerOptions options_of(const LazyConvTransposeOptions& o) {
    return {.in_channels = to_be_inferred,
        .out_channels = o.out_channels,
        .kernel_size = o.kernel_size,
        .stride = o.stride,
        .padding = o.padding,
        .output_padding = o.output_padding,
        .groups = o.groups,
        .bias = o.bias,
        .dilation = o.dilation,
        .padding_mode = o.padding_mode,
        .device = o.device,
        .dtype = o.dtype};
}
template <class Options> Options norm_options_of(const LazyNormOptions& o) {
    return {.num_features = to_be_inferred,
        .eps = o.eps,
        .momentum = o.momentum,
        .affine = o.affine,
        .track_running_stats = o.track_running_stats,
        .device = o.device,
        .dtype = o.dtype};
}

}  // namespace

LazyLinear::LazyLinear(Called, const LazyLinearOptions& o) : Linear(Called(), options_of(o)) {
    in_features = 0;
    be_lazy<Linear>(*this, "LazyLinear");
}
TAPER_DEFINE_CONSTRUCTORS(LazyLinear, LazyLinearOptions, 1, out_features, bias, device, dtype)

#define TAPER_DEFINE_LAZY_CONV(Name)                                                                                \
    Lazy##Name::Lazy##Name(Called, const LazyConvOptions& o) : Name(Called(), options_of(o)) {                      \
        in_channels = 0;                                                                                            \
        be_lazy<Name>(*this, "Lazy" #Name);                                                                         \
    }                                                                                                               \
    TAPER_DEFINE_CONSTRUCTORS(Lazy##Name, LazyConvOptions, 2, out_channels, kernel_size, stride, padding, dilation, \
        groups, bias, padding_mode, device, dtype)
TAPER_DEFINE_LAZY_CONV(Conv1d)
TAPER_DEFINE_LAZY_CONV(Conv2d)
TAPER_DEFINE_LAZY_CONV(Conv3d)

#define TAPER_DEFINE_LAZY_CONV_TRANSPOSE(Name)                                                                     \
    Lazy##Name::Lazy##Name(Called, const LazyConvTransposeOptions& o) : Name(Called(), options_of(o)) {            \
        in_channels = 0;                                                                                           \
        be_lazy<Name>(*this, "Lazy" #Name);                                                                        \
    }                                                                                                              \
    TAPER_DEFINE_CONSTRUCTORS(Lazy##Name, LazyConvTransposeOptions, 2, out_channels, kernel_size, stride, padding, \
        output_padding, groups, bias, dilation, padding_mode, device, dtype)
TAPER_DEFINE_LAZY_CONV_TRANSPOSE(ConvTranspose1d)
TAPER_DEFINE_LAZY_CONV_TRANSPOSE(ConvTranspose2d)
TAPER_DEFINE_LAZY_CONV_TRANSPOSE(ConvTranspose3d)

#define TAPER_DEFINE_LAZY_NORM(Name, O)                                                                \
    Lazy##Name::Lazy##Name(Called, const LazyNormOptions& o) : Name(Called(), norm_options_of<O>(o)) { \
        num_features = 0;                                                                              \
        be_lazy<Name>(*this, "Lazy" #Name);                                                            \
    }                                                                                                  \
    TAPER_DEFINE_CONSTRUCTORS(Lazy##Name, LazyNormOptions, 0, eps, momentum, affine, track_running_stats, device, dtype)
TAPER_DEFINE_LAZY_NORM(BatchNorm1d, BatchNormOptions)
TAPER_DEFINE_LAZY_NORM(BatchNorm2d, BatchNormOptions)
TAPER_DEFINE_LAZY_NORM(BatchNorm3d, BatchNormOptions)
TAPER_DEFINE_LAZY_NORM(InstanceNorm1d, InstanceNormOptions)
TAPER_DEFINE_LAZY_NORM(InstanceNorm2d, InstanceNormOptions)
TAPER_DEFINE_LAZY_NORM(InstanceNorm3d, InstanceNormOptions)

}  // namespace taper::nn
