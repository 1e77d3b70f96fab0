// Transforms: functions from Tensor to Tensor that a dataset applies to every sample.
#pragma once

#include <functional>
#include <vector>

#include "../tensor/tensor.h"

namespace taper {

/// Any function from a Tensor to a Tensor.
using Transform = std::function<Tensor(const Tensor&)>;

namespace transforms {

/// An image of H x W or H x W x C becomes C x H x W. Bytes become the default floating type, from 0 to 1, other dtypes
/// stay. torchvision.transforms.ToTensor.
struct ToTensor {
    Tensor operator()(const Tensor& image) const;
};

/// (x - mean) / std for each channel of a floating image of ... x C x H x W; one mean serves all channels.
/// torchvision.transforms.Normalize.
class Normalize {
 public:
    Normalize(std::vector<double> mean, std::vector<double> std);
    Tensor operator()(const Tensor& image) const;
    const std::vector<double>& mean() const { return mean_; }

 private:
    std::vector<double> mean_, std_;
};

/// One transform after the other. torchvision.transforms.Compose.
struct Compose {
    explicit Compose(std::vector<Transform> transforms);
    Tensor operator()(const Tensor& image) const;

    std::vector<Transform> transforms;
};

/// A function as a transform. torchvision.transforms.Lambda.
struct Lambda {
    explicit Lambda(Transform lambd);
    Tensor operator()(const Tensor& image) const { return lambd(image); }

    Transform lambd;
};

}  // namespace transforms

/// What the transform makes of each of the 256 values that a byte of such an image can have, as a (channels, 256)
/// Tensor. Undefined unless the transform is a ToTensor with Normalizes behind it, which treat every pixel alike.
Tensor pixel_table(const Transform& transform, std::int64_t channels);

}  // namespace taper
