#include "transforms.h"

#include <algorithm>

#include "../tensor/native.h"
#include "iterate.h"

namespace taper {
namespace transforms {

Tensor ToTensor::operator()(const Tensor& image) const {
    check(image.ndim() == 2 || image.ndim() == 3,
        "ToTensor: pic should be 2/3 dimensional. Got {} dimensions.; an image is H x W or H x W x C", image.ndim());
    Tensor channels_first = (image.ndim() == 2 ? image.unsqueeze(0) : image.permute(2, 0, 1)).contiguous();
    return image.dtype() == uint8 ? channels_first.to(get_default_dtype()).div(255) : channels_first;
}

TAPER_DEFINE_CONSTRUCTORS(Normalize, NormalizeOptions, 2, mean, std, inplace)
Normalize::Normalize(Called, const NormalizeOptions& o) : mean_(o.mean), std_(o.std), inplace_(o.inplace) {
    check(!mean_.empty() && mean_.size() == std_.size(),
        "Normalize: there should be one mean and one std for each channel, but got {} and {}", mean_.size(),
        std_.size());
}

// The numbers in x's dtype, one for each channel.
static Tensor per_channel(const std::vector<double>& numbers, const Tensor& x) {
    Tensor out = native::empty({static_cast<std::int64_t>(numbers.size()), 1, 1}, x.dtype());
    visit<Floats>(x.dtype(), [&](auto zero) { std::ranges::copy(numbers, out.data_ptr<decltype(zero)>()); });
    return out;
}

Tensor Normalize::operator()(const Tensor& image) const {
    check(image.is_floating_point(),
        "Normalize: Input tensor should be a float tensor. Got {}.; let ToTensor come before it", image.dtype());
    check(image.ndim() >= 3,
        "Normalize: Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = {}",
        image.shape());
    const std::int64_t channels = image.size(-3), means = static_cast<std::int64_t>(mean_.size());
    check(means == 1 || means == channels, "Normalize: {} means for an image of {} channels, of shape {}", means,
        channels, image.shape().str());
    Tensor std = per_channel(std_, image);
    for (double value : std.tolist())
        check(value != 0, "Normalize: std evaluated to zero after conversion to {}, leading to division by zero.",
            image.dtype());
    if (inplace_) return image.sub_(per_channel(mean_, image)).div_(std);
    return (image - per_channel(mean_, image)) / std;
}

TAPER_DEFINE_CONSTRUCTORS(Compose, ComposeOptions, 1, transforms)
Compose::Compose(Called, const ComposeOptions& o) : transforms(o.transforms) {
    for (const Transform& transform : transforms)
        check(static_cast<bool>(transform), "Compose: one of the transforms is empty");
}

Tensor Compose::operator()(const Tensor& image) const {
    Tensor x = image;
    for (const Transform& transform : transforms) x = transform(x);
    return x;
}

TAPER_DEFINE_CONSTRUCTORS(Lambda, LambdaOptions, 1, lambd)
Lambda::Lambda(Called, const LambdaOptions& o) : lambd(o.lambd) {
    check(static_cast<bool>(lambd), "Lambda: Argument lambd should be callable, got an empty function");
}

}  // namespace transforms

static bool treats_pixels_alike(const Transform& transform, std::int64_t channels) {
    if (transform.target<transforms::ToTensor>()) return true;
    const auto* compose = transform.target<transforms::Compose>();
    if (!compose || compose->transforms.empty() || !compose->transforms[0].target<transforms::ToTensor>()) return false;
    return std::all_of(compose->transforms.begin() + 1, compose->transforms.end(), [&](const Transform& step) {
        const auto* normalize = step.target<transforms::Normalize>();
        return normalize && (len(normalize->mean()) == 1 || len(normalize->mean()) == channels);
    });
}

Tensor pixel_table(const Transform& transform, std::int64_t channels) {
    if (!transform || !treats_pixels_alike(transform, channels)) return {};
    Tensor all_values = native::empty({1, 256, channels}, uint8);
    for (std::int64_t i = 0; i < all_values.numel(); ++i)
        all_values.data_ptr<std::uint8_t>()[i] = static_cast<std::uint8_t>(i / channels);
    return transform(all_values).view(channels, 256);
}

}  // namespace taper
