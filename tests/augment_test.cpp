// Random transforms: drawn as torchvision 0.14 draws, computed as it computes on tensors. The literals are PyTorch
// 1.13's, of torchvision's formulas over torch.nn.functional.grid_sample, which this machine need not have.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace transforms = taper::transforms;
using taper::Tensor;

static Tensor image() { return torch::arange(20.).view({1, 4, 5}); }

static void check_values(const Tensor& x, std::vector<double> expected) {
    auto values = x.tolist();
    REQUIRE(values.size() == expected.size());
    for (size_t i = 0; i < values.size(); ++i) {
        CAPTURE(i);
        CHECK(values[i] == doctest::Approx(expected[i]).epsilon(1e-5));
    }
}

TEST_CASE("RandomRotation draws and turns as torchvision's") {
    torch::manual_seed(0);
    CHECK(torch::equal(transforms::RandomRotation(30)(image()), image()));  // by -0.22 degrees
    check_values(transforms::RandomRotation({-30, 30}, {.interpolation = "bilinear", .fill = -1})(image()),
        {-0.3699, 0.67039, 2.70972, 5.05654, 2.76454, 2.54292, 4.88975, 7.23657, 9.5834, 10.42309, 6.23684, 9.4166,
            11.76343, 14.11025, 16.45708, 4.90167, 13.94346, 16.29028, 10.49926, 4.2122});
    Tensor square = torch::arange(4.).view({2, 2});
    check_values(transforms::RandomRotation({90, 90})(square), {1, 3, 0, 2});  // counter-clockwise
}

TEST_CASE("RandomAffine draws angle and shift and scale and shear in torchvision's order") {
    torch::manual_seed(1);
    auto affine = transforms::RandomAffine(
        10, {.translate = {0.3, 0.3}, .scale = {0.8, 1.2}, .shear = {-5, 5, 0, 5}, .interpolation = "bilinear"});
    check_values(affine(image()),
        {1.79852, 2.6183, 3.43808, 4.25786, 0.32662, 6.38632, 7.2061, 8.02588, 8.84566, 0.63828, 10.97412, 11.7939,
            12.61368, 13.43346, 0.91812, 15.56192, 16.3817, 17.20148, 18.02125, 1.16734});
    torch::manual_seed(2);
    Tensor shifted =
        transforms::RandomAffine(0, {.translate = {0.4, 0.5}, .fill = 9})(image().to(torch::uint8));  // one down
    CHECK(shifted.dtype() == torch::uint8);
    check_values(shifted, {9, 9, 9, 9, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});
}

TEST_CASE("RandomCrop takes torchvision's part of the padded image") {
    torch::manual_seed(3);
    check_values(transforms::RandomCrop(3, {.padding = 1})(image()), {7, 8, 9, 12, 13, 14, 17, 18, 19});
    Tensor whole = transforms::RandomCrop({4, 5})(image());
    CHECK(torch::equal(whole, image()));
    CHECK(transforms::RandomCrop(6, {.pad_if_needed = true, .fill = 7})(image()).sum().item() == 190 + 16 * 7);
    CHECK(error_of([] {
        transforms::RandomCrop(5)(image());
    }).starts_with("RandomCrop: Required crop size (5, 5) is larger than input image size (4, 5)"));
}

TEST_CASE("RandomHorizontalFlip flips where torchvision's does") {
    torch::manual_seed(4);
    transforms::RandomHorizontalFlip flip;
    Tensor x = torch::arange(6).view({2, 3});
    for (bool flipped : {false, false, true, true, true, true, false, false})
        CHECK(torch::equal(flip(x), flipped ? torch::flip(x, {1}) : x));
    CHECK(error_of([] { transforms::RandomHorizontalFlip(1.5); }).find("p should be between 0 and 1") !=
        std::string::npos);
}

TEST_CASE("a range that makes no sense is refused in torchvision's words") {
    CHECK(error_of([] {
        transforms::RandomRotation(-5);
    }).starts_with("RandomRotation: If degrees is a single number, it must be positive."));
    CHECK(error_of([] {
        transforms::RandomAffine(0, {.translate = {2, 0}});
    }).starts_with("RandomAffine: translation values should be between 0 and 1"));
    CHECK(error_of([] {
        transforms::RandomAffine(0, {.scale = {0, 1}});
    }).starts_with("RandomAffine: scale values should be positive"));
    CHECK(error_of([] { transforms::RandomRotation(5, {.interpolation = "cubic"}); }).find("'cubic'") !=
        std::string::npos);
    CHECK(error_of([] { transforms::RandomRotation(5)(torch::ones({3})); }).find("not a torch image") !=
        std::string::npos);
}

TEST_CASE("random transforms stand in a Compose before ToTensor") {
    auto transform = transforms::Compose({transforms::RandomRotation(10), transforms::RandomHorizontalFlip(),
        transforms::RandomCrop(4, {.padding = 1}), transforms::ToTensor()});
    Tensor out = transform(torch::full({4, 4}, 255, {.dtype = torch::uint8}));
    CHECK(out.shape() == taper::Shape{1, 4, 4});
    CHECK(out.dtype() == torch::float32);
}
