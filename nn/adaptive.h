// The softmax over many classes, of which most are rare.
#pragma once

#include "linear.h"
#include "sequential.h"

namespace taper::nn {

struct AdaptiveLogSoftmaxWithLossOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> in_features = required, n_classes = required;
    Arg<std::vector<std::int64_t>> cutoffs = required;
    Arg<double> div_value = Default(4);
    Arg<bool> head_bias = Default(false);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// What AdaptiveLogSoftmaxWithLoss gives: the log-probability of each target, and minus their mean.
struct OutputAndLoss {
    Tensor output, loss;
};

/// Classes from one cutoff to the next are a cluster, and the later, the fewer dims have its features (by div_value);
/// those before the first stand beside the clusters in the head. x (N, in_features), target (N) of classes, or both
/// without N. Grave et al., 2017; torch.nn.AdaptiveLogSoftmaxWithLoss
struct AdaptiveLogSoftmaxWithLoss : Module<AdaptiveLogSoftmaxWithLoss> {
    TAPER_CONSTRUCTORS(AdaptiveLogSoftmaxWithLoss, AdaptiveLogSoftmaxWithLossOptions, 3, in_features, n_classes,
        cutoffs, div_value, head_bias, device, dtype)
    AdaptiveLogSoftmaxWithLoss(Called, const AdaptiveLogSoftmaxWithLossOptions& o);
    OutputAndLoss forward(const Tensor& x, const Tensor& target) const;
    /// Of every class: (N, n_classes).
    Tensor log_prob(const Tensor& input) const;
    /// The likeliest class of each: (N).
    Tensor predict(const Tensor& input) const;
    void reset_parameters() const;

    std::int64_t in_features, n_classes;
    std::vector<std::int64_t> cutoffs;  // the last is n_classes
    double div_value;
    bool head_bias;
    std::int64_t shortlist_size, n_clusters, head_size;
    Linear head;
    ModuleList tail;

 private:
    Tensor full_log_prob(const Tensor& x, const Tensor& head_output) const;
};

}  // namespace taper::nn
