// Pooling by other means: the way back from the largest, the norm of each window, windows at drawn distances.
#pragma once

#include "function_object.h"
#include "module.h"

namespace taper::nn {

namespace positional {
/// Zeros with x at the indices, of the last `dims` dims; an absent output_size is the smallest that fits.
Tensor max_unpool(const Tensor& x, const Tensor& indices, int dims, const Sizes& kernel_size, const Sizes& stride,
    const Sizes& padding, const std::optional<Sizes>& output_size);
Tensor lp_pool(const Tensor& x, int dims, double norm_type, const Sizes& kernel_size,
    const std::optional<Sizes>& stride, bool ceil_mode);
/// `samples`: (N, C, dims); drawn if undefined.
ValuesAndIndices fractional_max_pool(const Tensor& x, int dims, const Sizes& kernel_size,
    const std::optional<Sizes>& output_size, const std::optional<std::vector<double>>& output_ratio,
    const Tensor& samples);
}  // namespace positional

/// An absent stride is the kernel_size.
struct MaxUnpoolLayerOptions {
    Keywords _ = Keywords();
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<Sizes> padding = Default(0);
};
/// The call of an unpooling: the indices are those of MaxPool's forward_with_indices; an absent output_size is the
/// smallest that fits.
struct MaxUnpoolForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, indices = required;
    Arg<std::optional<Sizes>> output_size = Default(none);
};
/// What the unpoolings have in common.
template <class Derived> class MaxUnpoolNd : public Module<Derived> {
 public:
    std::string extra_repr() const;

    Setting<Sizes> kernel_size, stride, padding;

 protected:
    MaxUnpoolNd(int dims, const MaxUnpoolLayerOptions& o);
    Tensor unpooled(const Tensor& x, const Tensor& indices, const Shape& output_size) const;
};
/// The way back from MaxPool1d: zeros, with the input where the largest were. torch.nn.MaxUnpool1d
struct MaxUnpool1d : MaxUnpoolNd<MaxUnpool1d> {
    TAPER_CONSTRUCTORS(MaxUnpool1d, MaxUnpoolLayerOptions, 1, kernel_size, stride, padding)
    TAPER_LIST_ALONE(MaxUnpool1d, kernel_size)
    MaxUnpool1d(Called, const MaxUnpoolLayerOptions& o) : MaxUnpoolNd(1, o) {}
    Tensor forward(const Tensor& x, const Tensor& indices) const { return unpooled(x, indices, Shape()); }
    Tensor forward(const Tensor& x, const Tensor& indices, const Shape& output_size) const {
        return unpooled(x, indices, output_size);
    }
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(MaxUnpool1d, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), MaxUnpoolForwardOptions, 2, input, indices, output_size)
};
/// torch.nn.MaxUnpool2d
struct MaxUnpool2d : MaxUnpoolNd<MaxUnpool2d> {
    TAPER_CONSTRUCTORS(MaxUnpool2d, MaxUnpoolLayerOptions, 1, kernel_size, stride, padding)
    TAPER_LIST_ALONE(MaxUnpool2d, kernel_size)
    MaxUnpool2d(Called, const MaxUnpoolLayerOptions& o) : MaxUnpoolNd(2, o) {}
    Tensor forward(const Tensor& x, const Tensor& indices) const { return unpooled(x, indices, Shape()); }
    Tensor forward(const Tensor& x, const Tensor& indices, const Shape& output_size) const {
        return unpooled(x, indices, output_size);
    }
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(MaxUnpool2d, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), MaxUnpoolForwardOptions, 2, input, indices, output_size)
};
/// torch.nn.MaxUnpool3d
struct MaxUnpool3d : MaxUnpoolNd<MaxUnpool3d> {
    TAPER_CONSTRUCTORS(MaxUnpool3d, MaxUnpoolLayerOptions, 1, kernel_size, stride, padding)
    TAPER_LIST_ALONE(MaxUnpool3d, kernel_size)
    MaxUnpool3d(Called, const MaxUnpoolLayerOptions& o) : MaxUnpoolNd(3, o) {}
    Tensor forward(const Tensor& x, const Tensor& indices) const { return unpooled(x, indices, Shape()); }
    Tensor forward(const Tensor& x, const Tensor& indices, const Shape& output_size) const {
        return unpooled(x, indices, output_size);
    }
    using Module::operator();
    TAPER_CALL_DOES_NOT_FIT(MaxUnpool3d, operator(), const)
    TAPER_ALSO_METHOD(Tensor, operator(), MaxUnpoolForwardOptions, 2, input, indices, output_size)
};

struct LPPoolOptions {
    Keywords _ = Keywords();
    Arg<Real> norm_type = required;
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> stride = Default(none);
    Arg<bool> ceil_mode = Default(false);
};
/// (the sum of x^norm_type over each window)^(1 / norm_type); an absent stride is the kernel_size. torch.nn.LPPool1d
struct LPPool1d : Module<LPPool1d> {
    TAPER_CONSTRUCTORS(LPPool1d, LPPoolOptions, 2, norm_type, kernel_size, stride, ceil_mode)
    LPPool1d(Called, const LPPoolOptions& o);
    Tensor forward(const Tensor& x) const;
    std::string extra_repr() const;
    Setting<Real> norm_type;
    Setting<Sizes> kernel_size;
    Setting<std::optional<Sizes>> stride;
    Setting<bool> ceil_mode;
};
/// torch.nn.LPPool2d
struct LPPool2d : Module<LPPool2d> {
    TAPER_CONSTRUCTORS(LPPool2d, LPPoolOptions, 2, norm_type, kernel_size, stride, ceil_mode)
    LPPool2d(Called, const LPPoolOptions& o);
    Tensor forward(const Tensor& x) const;
    std::string extra_repr() const;
    Setting<Real> norm_type;
    Setting<Sizes> kernel_size;
    Setting<std::optional<Sizes>> stride;
    Setting<bool> ceil_mode;
};

/// Either the size of the output, or which part of that of the input. return_indices: Error if true; call
/// forward_with_indices instead. _random_samples: (N, C, dims), where the windows lie, instead of a draw.
struct FractionalMaxPoolOptions {
    Keywords _ = Keywords();
    Arg<Sizes> kernel_size = required;
    Arg<std::optional<Sizes>> output_size = Default(none);
    Arg<std::optional<std::vector<double>>> output_ratio = Default(none);
    Arg<bool> return_indices = Default(false);
    Arg<Tensor> _random_samples = Default(none);
};
/// What the poolings at drawn distances have in common.
template <class Derived> class FractionalMaxPoolNd : public Module<Derived> {
 public:
    Setting<Sizes> kernel_size;
    Setting<std::optional<Sizes>> output_size;
    Setting<std::optional<std::vector<double>>> output_ratio;
    Buffer _random_samples;

 protected:
    FractionalMaxPoolNd(int dims, const FractionalMaxPoolOptions& o);
    ValuesAndIndices pooled(const Tensor& x, int dims) const;
};
/// The largest of windows whose distances are drawn. Graham, 2014; torch.nn.FractionalMaxPool2d
struct FractionalMaxPool2d : FractionalMaxPoolNd<FractionalMaxPool2d> {
    TAPER_CONSTRUCTORS(FractionalMaxPool2d, FractionalMaxPoolOptions, 1, kernel_size, output_size, output_ratio,
        return_indices, _random_samples)
    FractionalMaxPool2d(Called, const FractionalMaxPoolOptions& o) : FractionalMaxPoolNd(2, o) {}
    Tensor forward(const Tensor& x) const { return pooled(x, 2).values; }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const { return pooled(x, 2); }
};
/// torch.nn.FractionalMaxPool3d
struct FractionalMaxPool3d : FractionalMaxPoolNd<FractionalMaxPool3d> {
    TAPER_CONSTRUCTORS(FractionalMaxPool3d, FractionalMaxPoolOptions, 1, kernel_size, output_size, output_ratio,
        return_indices, _random_samples)
    FractionalMaxPool3d(Called, const FractionalMaxPoolOptions& o) : FractionalMaxPoolNd(3, o) {}
    Tensor forward(const Tensor& x) const { return pooled(x, 3).values; }
    /// What forward gives with return_indices=True.
    ValuesAndIndices forward_with_indices(const Tensor& x) const { return pooled(x, 3); }
};

}  // namespace taper::nn
