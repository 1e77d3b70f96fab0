// Transforms: functions from Tensor to Tensor that a dataset applies to every sample.
#pragma once

#include <functional>
#include <vector>

#include "../tensor/tensor.h"
#include "lists.h"

namespace taper {

/// Any function from a Tensor to a Tensor.
using Transform = std::function<Tensor(const Tensor&)>;

namespace transforms {

/// An image of H x W or H x W x C becomes C x H x W. Bytes become the default floating type, from 0 to 1, other dtypes
/// stay. torchvision.transforms.ToTensor.
struct ToTensor {
    Tensor operator()(const Tensor& image) const;
};

struct NormalizeOptions {
    Keywords _ = Keywords();
    Arg<std::vector<double>> mean = required, std = required;
    Arg<bool> inplace = Default(false);
};
/// (x - mean) / std for each channel of a floating image of ... x C x H x W; one mean serves all channels.
/// torchvision.transforms.Normalize.
class Normalize {
 public:
    TAPER_CONSTRUCTORS(Normalize, NormalizeOptions, 2, mean, std, inplace)
    Tensor operator()(const Tensor& image) const;
    const std::vector<double>& mean() const { return mean_; }

 private:
    Normalize(Called, const NormalizeOptions& o);

    std::vector<double> mean_, std_;
    bool inplace_;
};

struct ComposeOptions {
    Keywords _ = Keywords();
    Arg<std::vector<Transform>> transforms = required;
};
/// One transform after the other. torchvision.transforms.Compose.
struct Compose {
    TAPER_CONSTRUCTORS(Compose, ComposeOptions, 1, transforms)
    TAPER_ITEMS_ALONE(Compose, Transform, std::vector<Transform>)
    Tensor operator()(const Tensor& image) const;

    std::vector<Transform> transforms;

 private:
    Compose(Called, const ComposeOptions& o);
};

struct LambdaOptions {
    Keywords _ = Keywords();
    Arg<Transform> lambd = required;
};
/// A function as a transform. torchvision.transforms.Lambda.
struct Lambda {
    TAPER_CONSTRUCTORS(Lambda, LambdaOptions, 1, lambd)
    Tensor operator()(const Tensor& image) const { return lambd(image); }

    Transform lambd;

 private:
    Lambda(Called, const LambdaOptions& o);
};

}  // namespace transforms

/// What the transform makes of each of the 256 values that a byte of such an image can have, as a (channels, 256)
/// Tensor. Undefined unless the transform is a ToTensor with Normalizes behind it, which treat every pixel alike.
Tensor pixel_table(const Transform& transform, std::int64_t channels);

}  // namespace taper
