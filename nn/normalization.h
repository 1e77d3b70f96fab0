// Normalisation: (x - mean) / sqrt(var + eps) * weight + bias.
#pragma once

#include "function_object.h"
#include "module.h"

namespace taper::nn {

/// momentum: the share of a batch in the running mean and variance; absent: they are the mean over all batches so far.
struct BatchNormOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> num_features = required;
    Arg<Real> eps = Default(1e-5);
    Arg<std::optional<Real>> momentum = Default(0.1);
    Arg<bool> affine = Default(true), track_running_stats = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct InstanceNormOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> num_features = required;
    Arg<Real> eps = Default(1e-5);
    Arg<std::optional<Real>> momentum = Default(0.1);
    Arg<bool> affine = Default(false), track_running_stats = Default(false);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct LayerNormOptions {
    Keywords _ = Keywords();
    Arg<Sizes> normalized_shape = required;
    Arg<Real> eps = Default(1e-5);
    Arg<bool> elementwise_affine = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct GroupNormOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> num_groups = required, num_channels = required;
    Arg<Real> eps = Default(1e-5);
    Arg<bool> affine = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};

/// What batch and instance norm have in common: weight and bias, running_mean and running_var, each (num_features) or
/// absent, and num_batches_tracked (int64).
template <class Derived> class NormNd : public Module<Derived> {
 public:
    /// Weight 1, bias 0; running mean 0, variance 1, no batches.
    void reset_parameters() const;
    void reset_running_stats() const;
    std::string extra_repr() const;

    Setting<std::int64_t> num_features;
    Setting<Real> eps;
    Setting<std::optional<Real>> momentum;
    bool affine;
    Setting<bool> track_running_stats;
    Parameter weight, bias;
    Buffer running_mean, running_var, num_batches_tracked;

 protected:
    template <class Options> explicit NormNd(const Options& o);
    Tensor batch_normalized(const Tensor& x) const;
    Tensor instance_normalized(const Tensor& x, int dims) const;
};

/// By the mean and variance of each channel over the batch in training, by the running ones otherwise: (N, C) or
/// (N, C, L). Ioffe and Szegedy, 2015; torch.nn.BatchNorm1d
struct BatchNorm1d : NormNd<BatchNorm1d> {
    TAPER_CONSTRUCTORS(
        BatchNorm1d, BatchNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    BatchNorm1d(Called, const BatchNormOptions& o);
    Tensor forward(const Tensor& x) const;
};
/// The same of images (N, C, H, W). torch.nn.BatchNorm2d
struct BatchNorm2d : NormNd<BatchNorm2d> {
    TAPER_CONSTRUCTORS(
        BatchNorm2d, BatchNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    BatchNorm2d(Called, const BatchNormOptions& o);
    Tensor forward(const Tensor& x) const;
};
/// The same of volumes (N, C, D, H, W). torch.nn.BatchNorm3d
struct BatchNorm3d : NormNd<BatchNorm3d> {
    TAPER_CONSTRUCTORS(
        BatchNorm3d, BatchNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    BatchNorm3d(Called, const BatchNormOptions& o);
    Tensor forward(const Tensor& x) const;
};
/// By the mean and variance of each channel of each sample: (N, C, L) or (C, L). Ulyanov et al., 2016;
/// torch.nn.InstanceNorm1d
struct InstanceNorm1d : NormNd<InstanceNorm1d> {
    TAPER_CONSTRUCTORS(
        InstanceNorm1d, InstanceNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    InstanceNorm1d(Called, const InstanceNormOptions& o);
    Tensor forward(const Tensor& x) const;
};
/// The same of images (N, C, H, W) or (C, H, W). torch.nn.InstanceNorm2d
struct InstanceNorm2d : NormNd<InstanceNorm2d> {
    TAPER_CONSTRUCTORS(
        InstanceNorm2d, InstanceNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    InstanceNorm2d(Called, const InstanceNormOptions& o);
    Tensor forward(const Tensor& x) const;
};
/// The same of volumes (N, C, D, H, W) or (C, D, H, W). torch.nn.InstanceNorm3d
struct InstanceNorm3d : NormNd<InstanceNorm3d> {
    TAPER_CONSTRUCTORS(
        InstanceNorm3d, InstanceNormOptions, 1, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    InstanceNorm3d(Called, const InstanceNormOptions& o);
    Tensor forward(const Tensor& x) const;
};

struct LocalResponseNormOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> size = required;
    Arg<Real> alpha = Default(1e-4), beta = Default(0.75), k = Default(1.0);
};
/// Each element through (k + alpha * the mean of the squares of `size` neighbouring channels)^beta. Krizhevsky et al.,
/// 2012; torch.nn.LocalResponseNorm
struct LocalResponseNorm : Module<LocalResponseNorm> {
    TAPER_CONSTRUCTORS(LocalResponseNorm, LocalResponseNormOptions, 1, size, alpha, beta, k)
    LocalResponseNorm(Called, const LocalResponseNormOptions& o) : size(o.size), alpha(o.alpha), beta(o.beta), k(o.k) {}
    Tensor forward(const Tensor& x) const;
    std::string extra_repr() const;
    Setting<std::int64_t> size;
    Setting<Real> alpha, beta, k;
};

/// Over the last dims, whose sizes are normalized_shape; weight and bias have this shape. Ba et al., 2016;
/// torch.nn.LayerNorm
struct LayerNorm : Module<LayerNorm> {
    TAPER_CONSTRUCTORS(LayerNorm, LayerNormOptions, 1, normalized_shape, eps, elementwise_affine, device, dtype)
    TAPER_LIST_ALONE(LayerNorm, normalized_shape)
    LayerNorm(Called, const LayerNormOptions& o);
    Tensor forward(const Tensor& x) const { return ops::layer_norm(x, *normalized_shape, weight, bias, eps); }
    void reset_parameters() const;
    std::string extra_repr() const;

    Setting<Shape> normalized_shape;
    Setting<Real> eps;
    bool elementwise_affine;
    Parameter weight, bias;
};

/// Over each of num_groups groups of channels of each sample: (N, C, ...); weight and bias (C). Wu and He, 2018;
/// torch.nn.GroupNorm
struct GroupNorm : Module<GroupNorm> {
    TAPER_CONSTRUCTORS(GroupNorm, GroupNormOptions, 2, num_groups, num_channels, eps, affine, device, dtype)
    GroupNorm(Called, const GroupNormOptions& o);
    Tensor forward(const Tensor& x) const { return ops::group_norm(x, num_groups, weight, bias, eps); }
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t num_groups, num_channels;
    Setting<Real> eps;
    bool affine;
    Parameter weight, bias;
};

}  // namespace taper::nn
