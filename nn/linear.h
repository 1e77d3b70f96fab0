// Linear layers, and those that only change the shape.
#pragma once

#include "module.h"

namespace taper::nn {

struct LinearOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> in_features = required, out_features = required;
    Arg<bool> bias = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// y = x weight^T + bias: (..., in_features) -> (..., out_features). torch.nn.Linear
struct Linear : Module<Linear> {
    TAPER_CONSTRUCTORS(Linear, LinearOptions, 2, in_features, out_features, bias, device, dtype)
    Linear(Called, const LinearOptions& o);
    Tensor forward(const Tensor& x) const { return ops::linear(x, weight, bias); }
    /// Draws weight and bias anew, both uniform within 1 / sqrt(in_features).
    void reset_parameters() const;
    std::string extra_repr() const;

    Setting<std::int64_t> in_features, out_features;
    Parameter weight, bias;  // (out_features, in_features), (out_features)
};

/// y = x, whatever it was made with. torch.nn.Identity
struct Identity : Module<Identity> {
    template <class... A> explicit Identity(const A&...) {}
    Identity(const Identity&) = default;
    Identity& operator=(const Identity&) = default;
    Tensor forward(const Tensor& x) const { return x; }
};

struct BilinearOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> in1_features = required, in2_features = required, out_features = required;
    Arg<bool> bias = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// y_o = x1^T weight_o x2 + bias_o: (..., in1_features) and (..., in2_features) -> (..., out_features).
/// torch.nn.Bilinear
struct Bilinear : Module<Bilinear> {
    TAPER_CONSTRUCTORS(Bilinear, BilinearOptions, 3, in1_features, in2_features, out_features, bias, device, dtype)
    Bilinear(Called, const BilinearOptions& o);
    Tensor forward(const Tensor& x1, const Tensor& x2) const;
    /// Draws weight and bias anew, both uniform within 1 / sqrt(in1_features).
    void reset_parameters() const;
    std::string extra_repr() const;

    Setting<std::int64_t> in1_features, in2_features, out_features;
    Parameter weight, bias;  // (out_features, in1_features, in2_features), (out_features)
};

struct FlattenOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> start_dim = Default(1), end_dim = Default(-1);
};
/// The dims from start_dim to end_dim as one: (N, C, H, W) -> (N, C * H * W). torch.nn.Flatten
struct Flatten : Module<Flatten> {
    TAPER_CONSTRUCTORS(Flatten, FlattenOptions, 0, start_dim, end_dim)
    Flatten(Called, const FlattenOptions& o);
    Tensor forward(const Tensor& x) const { return ops::flatten(x, start_dim, end_dim); }
    std::string extra_repr() const;

    Setting<std::int64_t> start_dim, end_dim;
};

struct UnflattenOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> dim = required;
    Arg<Shape> unflattened_size = required;
};
/// The reverse: one dim as several. torch.nn.Unflatten
struct Unflatten : Module<Unflatten> {
    TAPER_CONSTRUCTORS(Unflatten, UnflattenOptions, 2, dim, unflattened_size)
    Unflatten(Called, const UnflattenOptions& o);
    Tensor forward(const Tensor& x) const { return ops::unflatten(x, dim, unflattened_size); }
    std::string extra_repr() const;

    Setting<std::int64_t> dim;
    Setting<Shape> unflattened_size;
};

}  // namespace taper::nn
