// nn.utils: what is done with a whole module: its weights normed before each forward, fused with a norm, replaced.
#pragma once

#include "conv.h"
#include "linear.h"
#include "normalization.h"

namespace taper::nn::utils {

/// dim: along which each slice has a norm of its own; absent: one norm of all.
struct WeightNormOptions {
    Keywords _ = Keywords();
    Arg<AnyModule> module = required;
    Arg<std::string> name = Default("weight");
    Arg<std::optional<std::int64_t>> dim = Default(0);
};
/// dim: of the outputs; absent: 0, of transposed convolutions 1.
struct SpectralNormOptions {
    Keywords _ = Keywords();
    Arg<AnyModule> module = required;
    Arg<std::string> name = Default("weight");
    Arg<std::int64_t> n_power_iterations = Default(1);
    Arg<double> eps = Default(1e-12);
    Arg<std::optional<std::int64_t>> dim = Default(none);
};
struct RemoveNormOptions {
    Keywords _ = Keywords();
    Arg<AnyModule> module = required;
    Arg<std::string> name = Default("weight");
};
namespace detail {
void weight_norm(const AnyModule& module, const WeightNormOptions& o);
void remove_weight_norm(const AnyModule& module, const RemoveNormOptions& o);
void spectral_norm(const AnyModule& module, const SpectralNormOptions& o);
void remove_spectral_norm(const AnyModule& module, const RemoveNormOptions& o);
/// Which dim of the weight counts the outputs.
std::int64_t output_dim(const AnyModule& module, const std::optional<std::int64_t>& given);
}  // namespace detail

// f(module), f(module, name), f(module, {.name = "weight"}): changes the module, and returns it; f({.module = module})
// as an AnyModule.
#define TAPER_MODULE_FUNCTION(f, O, ...)                                        \
    inline AnyModule f(const O& o) {                                            \
        o.module.need(#f, "module");                                            \
        return detail::f(o.module, o), *o.module;                               \
    }                                                                           \
    template <std::derived_from<ModuleBase> M> M f(const M& module, O o = {}) { \
        o.module.put(AnyModule(module), #f, "module");                          \
        return detail::f(o.module, o), module;                                  \
    }                                                                           \
    TAPER_EACH(TAPER_MODULE_CALL, f, O, 0, __VA_ARGS__)
#define TAPER_MODULE_CALL(f, O, rest, k, ...)                                                                         \
    template <std::derived_from<ModuleBase> M> M f(const M& module, TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o = {}) { \
        o.module.put(AnyModule(module), #f, "module"), TAPER_PUT_##k(#f, __VA_ARGS__);                                \
        return detail::f(o.module, o), module;                                                                        \
    }

/// Makes weight = weight_g weight_v / |weight_v| before each forward, of new parameters weight_g and weight_v in the
/// place of weight. Salimans and Kingma, 2016; torch.nn.utils.weight_norm
TAPER_MODULE_FUNCTION(weight_norm, WeightNormOptions, name, dim)
/// Makes weight a parameter again, of the value that it has. torch.nn.utils.remove_weight_norm
TAPER_MODULE_FUNCTION(remove_weight_norm, RemoveNormOptions, name)
/// Makes weight = weight_orig / sigma before each forward, where sigma is its largest singular value, estimated by
/// power iteration: in training by n_power_iterations more each time, from buffers weight_u and weight_v. Miyato et
/// al., 2018; torch.nn.utils.spectral_norm
TAPER_MODULE_FUNCTION(spectral_norm, SpectralNormOptions, name, n_power_iterations, eps, dim)
/// torch.nn.utils.remove_spectral_norm
TAPER_MODULE_FUNCTION(remove_spectral_norm, RemoveNormOptions, name)

/// Weight and bias of the one convolution that does what a convolution and a batch norm behind it do in evaluation.
/// transpose: of a transposed convolution. torch.nn.utils.fuse_conv_bn_weights
std::pair<Parameter, Parameter> fuse_conv_bn_weights(const Tensor& conv_w, const Arg<Tensor>& conv_b,
    const Tensor& bn_rm, const Tensor& bn_rv, double bn_eps, const Arg<Tensor>& bn_w, const Arg<Tensor>& bn_b,
    bool transpose = false);
/// The same of a linear layer. torch.nn.utils.fusion.fuse_linear_bn_weights
std::pair<Parameter, Parameter> fuse_linear_bn_weights(const Tensor& linear_w, const Arg<Tensor>& linear_b,
    const Tensor& bn_rm, const Tensor& bn_rv, double bn_eps, const Tensor& bn_w, const Tensor& bn_b);

/// The one convolution that does what both did. Error unless both are in evaluation. torch.nn.utils.fuse_conv_bn_eval
template <class Conv, class BatchNorm>
Conv fuse_conv_bn_eval(const Conv& conv, const BatchNorm& bn, bool transpose = false) {
    check(!conv.training() && !bn.training(), "fuse_conv_bn_eval: Fusion only for eval!");
    Conv fused = copy::deepcopy(conv);
    std::tie(fused.weight, fused.bias) = fuse_conv_bn_weights(
        conv.weight, conv.bias, bn.running_mean, bn.running_var, *bn.eps, bn.weight, bn.bias, transpose);
    return fused;
}
/// The same of a linear layer. torch.nn.utils.fusion.fuse_linear_bn_eval
template <class Linear, class BatchNorm> Linear fuse_linear_bn_eval(const Linear& linear, const BatchNorm& bn) {
    check(!linear.training() && !bn.training(), "fuse_linear_bn_eval: Fusion only for eval!");
    Linear fused = copy::deepcopy(linear);
    std::tie(fused.weight, fused.bias) = fuse_linear_bn_weights(
        linear.weight, linear.bias, bn.running_mean, bn.running_var, *bn.eps, bn.weight, bn.bias);
    return fused;
}

/// A module whose parameters hold anything; nothing is drawn. torch.nn.utils.skip_init
template <std::derived_from<ModuleBase> M, class... A> M skip_init(A&&... arguments) {
    const Tensor state = get_rng_state();
    M module(std::forward<A>(arguments)...);
    set_rng_state(state);
    return module;
}

namespace stateless {

/// While it stands, the parameters and buffers of a module are these, by their paths.
class Replaced {
 public:
    Replaced(const ModuleBase& module, const NamedItems<Tensor>& tensors);
    ~Replaced();
    Replaced(const Replaced&) = delete;
    Replaced& operator=(const Replaced&) = delete;

 private:
    struct Before {
        std::shared_ptr<Slot> slot;
        Tensor tensor;
        std::shared_ptr<const Computed> computed;
    };
    std::vector<Before> before_;
};

/// module(args...), with these tensors in the place of its parameters and buffers of these paths ("layers.0.weight").
/// args: a std::tuple, or one Tensor. torch.nn.utils.stateless.functional_call
template <std::derived_from<ModuleBase> M, class... A>
auto functional_call(const M& module, const NamedItems<Tensor>& parameters_and_buffers, const std::tuple<A...>& args) {
    const Replaced replaced(module, parameters_and_buffers);
    return std::apply([&](const auto&... each) { return M(module)(each...); }, args);
}
template <std::derived_from<ModuleBase> M>
auto functional_call(const M& module, const NamedItems<Tensor>& parameters_and_buffers, const Tensor& args) {
    return functional_call(module, parameters_and_buffers, std::tuple<Tensor>(args));
}

}  // namespace stateless

}  // namespace taper::nn::utils
