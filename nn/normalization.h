// Normalisation: (x - mean) / sqrt(var + eps) * weight + bias.
#pragma once

#include "module.h"

namespace taper::nn {

/// momentum: the share of a batch in the running mean and variance; absent: they are the mean over all batches so far.
struct BatchNormOptions {
    double eps = 1e-5;
    std::optional<double> momentum = 0.1;
    bool affine = true;
    bool track_running_stats = true;
};
struct InstanceNormOptions {
    double eps = 1e-5;
    double momentum = 0.1;
    bool affine = false;
    bool track_running_stats = false;
};
struct LayerNormOptions {
    double eps = 1e-5;
    bool elementwise_affine = true;
};
struct GroupNormOptions {
    double eps = 1e-5;
    bool affine = true;
};

/// What batch and instance norm have in common: weight and bias, running_mean and running_var, each (num_features) or
/// absent, and num_batches_tracked (int64).
template <class Derived> class NormNd : public Module<Derived> {
 public:
    /// Weight 1, bias 0; running mean 0, variance 1, no batches.
    void reset_parameters() const;
    void reset_running_stats() const;
    std::string extra_repr() const;

    std::int64_t num_features;
    Setting<double> eps;
    Setting<std::optional<double>> momentum;
    Tensor weight, bias, running_mean, running_var, num_batches_tracked;

 protected:
    NormNd(std::int64_t num_features, const BatchNormOptions& options);
    Tensor batch_normalized(const Tensor& x) const;
    Tensor instance_normalized(const Tensor& x, int dims) const;
};

/// By the mean and variance of each channel over the batch in training, by the running ones otherwise: (N, C) or
/// (N, C, L). Ioffe and Szegedy, 2015; torch.nn.BatchNorm1d
struct BatchNorm1d : NormNd<BatchNorm1d> {
    explicit BatchNorm1d(std::int64_t num_features, const BatchNormOptions& options = {})
        : NormNd(num_features, options) {}
    explicit BatchNorm1d(std::int64_t num_features, double eps, std::optional<double> momentum = 0.1)
        : BatchNorm1d(num_features, {.eps = eps, .momentum = momentum}) {}
    Tensor forward(const Tensor& x) const;
};
/// The same of images (N, C, H, W). torch.nn.BatchNorm2d
struct BatchNorm2d : NormNd<BatchNorm2d> {
    explicit BatchNorm2d(std::int64_t num_features, const BatchNormOptions& options = {})
        : NormNd(num_features, options) {}
    explicit BatchNorm2d(std::int64_t num_features, double eps, std::optional<double> momentum = 0.1)
        : BatchNorm2d(num_features, {.eps = eps, .momentum = momentum}) {}
    Tensor forward(const Tensor& x) const;
};
/// By the mean and variance of each channel of each sample: (N, C, L) or (C, L). Ulyanov et al., 2016;
/// torch.nn.InstanceNorm1d
struct InstanceNorm1d : NormNd<InstanceNorm1d> {
    explicit InstanceNorm1d(std::int64_t num_features, const InstanceNormOptions& options = {})
        : NormNd(num_features, {options.eps, options.momentum, options.affine, options.track_running_stats}) {}
    Tensor forward(const Tensor& x) const;
};
/// The same of images (N, C, H, W) or (C, H, W). torch.nn.InstanceNorm2d
struct InstanceNorm2d : NormNd<InstanceNorm2d> {
    explicit InstanceNorm2d(std::int64_t num_features, const InstanceNormOptions& options = {})
        : NormNd(num_features, {options.eps, options.momentum, options.affine, options.track_running_stats}) {}
    Tensor forward(const Tensor& x) const;
};

/// Over the last dims, whose sizes are normalized_shape; weight and bias have this shape. Ba et al., 2016;
/// torch.nn.LayerNorm
struct LayerNorm : Module<LayerNorm> {
    explicit LayerNorm(const Sizes& normalized_shape, const LayerNormOptions& options = {});
    explicit LayerNorm(std::initializer_list<std::int64_t> normalized_shape, const LayerNormOptions& options = {})
        : LayerNorm(Sizes(normalized_shape), options) {}
    template <int = 0> explicit LayerNorm(const Sizes& normalized_shape, double eps, bool elementwise_affine = true)
        : LayerNorm(normalized_shape, {.eps = eps, .elementwise_affine = elementwise_affine}) {}
    Tensor forward(const Tensor& x) const { return layer_norm(x, *normalized_shape, weight, bias, eps); }
    void reset_parameters() const;
    std::string extra_repr() const;

    Setting<Shape> normalized_shape;
    Setting<double> eps;
    Tensor weight, bias;
};

/// Over each of num_groups groups of channels of each sample: (N, C, ...); weight and bias (C). Wu and He, 2018;
/// torch.nn.GroupNorm
struct GroupNorm : Module<GroupNorm> {
    GroupNorm(std::int64_t num_groups, std::int64_t num_channels, const GroupNormOptions& options = {});
    GroupNorm(std::int64_t num_groups, std::int64_t num_channels, double eps, bool affine = true)
        : GroupNorm(num_groups, num_channels, {.eps = eps, .affine = affine}) {}
    Tensor forward(const Tensor& x) const { return group_norm(x, num_groups, weight, bias, eps); }
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t num_groups, num_channels;
    Setting<double> eps;
    Tensor weight, bias;
};

}  // namespace taper::nn
