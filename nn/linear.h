// Linear layers, and those that only change the shape.
#pragma once

#include "module.h"

namespace taper::nn {

struct LinearOptions {
    bool bias = true;
};
/// y = x weight^T + bias: (..., in_features) -> (..., out_features). torch.nn.Linear
struct Linear : Module<Linear> {
    Linear(std::int64_t in_features, std::int64_t out_features, bool bias = true);
    Linear(std::int64_t in_features, std::int64_t out_features, const LinearOptions& options)
        : Linear(in_features, out_features, options.bias) {}
    Tensor forward(const Tensor& x) const { return linear(x, weight, bias); }
    /// Draws weight and bias anew, both uniform within 1 / sqrt(in_features).
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t in_features, out_features;
    Tensor weight, bias;  // (out_features, in_features), (out_features)
};

/// y = x, whatever it was made with. torch.nn.Identity
struct Identity : Module<Identity> {
    template <class... A> explicit Identity(const A&...) {}
    Identity(const Identity&) = default;
    Identity& operator=(const Identity&) = default;
    Tensor forward(const Tensor& x) const { return x; }
};

struct FlattenOptions {
    std::int64_t start_dim = 1, end_dim = -1;
};
/// The dims from start_dim to end_dim as one: (N, C, H, W) -> (N, C * H * W). torch.nn.Flatten
struct Flatten : Module<Flatten> {
    explicit Flatten(std::int64_t start_dim = 1, std::int64_t end_dim = -1) : start_dim(start_dim), end_dim(end_dim) {}
    explicit Flatten(const FlattenOptions& options) : Flatten(options.start_dim, options.end_dim) {}
    Tensor forward(const Tensor& x) const { return flatten(x, start_dim, end_dim); }
    std::string extra_repr() const { return fmt::format("start_dim={}, end_dim={}", *start_dim, *end_dim); }

    Setting<std::int64_t> start_dim, end_dim;
};

/// The reverse: one dim as several. torch.nn.Unflatten
struct Unflatten : Module<Unflatten> {
    Unflatten(std::int64_t dim, const Shape& unflattened_size) : dim(dim), unflattened_size(unflattened_size) {}
    Tensor forward(const Tensor& x) const { return unflatten(x, dim, unflattened_size); }
    std::string extra_repr() const {
        return fmt::format("dim={}, unflattened_size=({}{})", *dim, fmt::join(*unflattened_size, ", "),
            (*unflattened_size).size() == 1 ? "," : "");
    }

    Setting<std::int64_t> dim;
    Setting<Shape> unflattened_size;
};

}  // namespace taper::nn
