// Volumes, interpolation, grids, folds, unpooling: what calls mean that look alike, what is refused, and how.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
using torch::none, torch::None, torch::Shape, torch::Sizes, torch::Slice, torch::Tensor;

namespace {

bool says(const std::string& text, const std::string& words) {
    CAPTURE(text);
    return text.find(words) != std::string::npos;
}
Tensor numbers(const Shape& shape) { return torch::arange(shape.numel()).view(shape).to(torch::float32); }

}  // namespace

TEST_CASE("a part of a shape is a shape, as of Python's tuple") {
    const Shape shape{2, 3, 4, 5};
    CHECK(shape[Slice(-2, none)] == Shape{4, 5});
    CHECK(shape[Slice(2, none)] == Shape{4, 5});
    CHECK(shape[Slice(-1)] == Shape{2, 3, 4});
    CHECK(shape[Slice(1, 9)] == Shape{3, 4, 5});
    CHECK(shape[Slice(none, none, 2)] == Shape{2, 4});
    CHECK(shape[Slice(none, none, -1)] == Shape{5, 4, 3, 2});
    CHECK(shape[Slice(-9, -3, 1)] == Shape{2});
    CHECK(shape[Slice(3, 1)] == Shape{});
    CHECK(shape[Slice(9, 0, -2)] == Shape{5, 3});
    CHECK(Shape{}[Slice(none, none, -1)] == Shape{});
    CHECK(says(error_of([&] { (void)shape[Slice(none, none, 0)]; }), "slice step cannot be zero"));
    const Tensor x = torch::zeros({1, 2, 3, 4}), y = torch::zeros({1, 5, 6, 7});
    CHECK(F::interpolate(x, {.size = y.shape()[Slice(2, none)]}).shape() == Shape{1, 2, 6, 7});
    CHECK(F::interpolate(x, y.size()[Slice(-2, none)], {.mode = "bilinear"}).shape() == Shape{1, 2, 6, 7});
}

TEST_CASE("what is interpolated is asked for in many ways") {
    const Tensor x = numbers({1, 1, 2, 3});
    const Tensor twice = F::interpolate(x, {.scale_factor = 2});
    CHECK(twice.equal(F::interpolate(x, {.scale_factor = {2, 2}})));
    CHECK(twice.equal(F::interpolate(x, {4, 6})));
    CHECK(twice.equal(F::interpolate(x, {.size = Sizes{4, 6}})));
    CHECK(twice.equal(nn::Upsample({.scale_factor = 2.})(x)));
    CHECK(twice.equal(nn::UpsamplingNearest2d(Sizes{4, 6})(x)));
    CHECK(twice.equal(nn::UpsamplingNearest2d({.scale_factor = 2})(x)));
    CHECK(twice.size() == Shape{1, 1, 4, 6});
    CHECK(says(error_of([&] { F::interpolate(x); }), "either size or scale_factor should be defined"));
    CHECK(says(error_of([&] { F::interpolate(x, 3, 2.); }), "only one of size or scale_factor should be defined"));
    CHECK(says(error_of([&] { F::interpolate(x, {.size = 3, .mode = "linear"}); }),
        "Got 4D input, but linear mode needs 3D input"));
    CHECK(says(error_of([&] { F::interpolate(x, {.size = 3, .align_corners = true}); }),
        "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"));
    CHECK(says(error_of([&] { F::interpolate(x, {.size = 3, .antialias = true}); }),
        "Anti-alias option is only supported for bilinear and bicubic modes"));
    CHECK(says(error_of([&] { F::interpolate(x, {.size = {1, 2, 3}}); }), "same number of spatial dimensions"));
    CHECK(
        says(error_of([&] { F::interpolate(x, {.scale_factor = 0.1}); }), "should be greater than 0, but got 2 and 0"));
    CHECK(says(error_of([&] { F::interpolate(x, {.scale_factor = 1e30}); }), "is too large"));
    CHECK(says(error_of([&] { F::interpolate(x, {.size = std::int64_t(1) << 60}); }), "is too large"));
    CHECK(says(error_of([&] { F::interpolate(x, {.scale_factor = -2}); }), "should be greater than 0"));
    CHECK(says(error_of([&] { F::interpolate(x.to(torch::int64), {.size = 3}); }), "not implemented"));
}

TEST_CASE("what was the largest goes back to where it was") {
    const Tensor x = numbers({1, 1, 4, 6});
    const nn::MaxPool2d pool(2, {.stride = 2});
    nn::MaxUnpool2d unpool(2, {.stride = 2});
    const auto [largest, where] = pool.forward_with_indices(x);
    const Tensor back = unpool(largest, where);
    CHECK(back.equal(torch::where(x.remainder(2) == 1, torch::where((x / 6).floor().remainder(2) == 1, x, 0.), 0.)));
    CHECK(back.equal(unpool(largest, where, x.size())));
    CHECK(back.equal(unpool(largest, where, {.output_size = x.size()})));
    CHECK(back.equal(F::max_unpool2d(largest, where, 2)));
    CHECK(unpool(largest, where, {.output_size = {5, 7}}).size() == Shape{1, 1, 5, 7});
    CHECK(says(error_of([&] { F::max_unpool2d(largest, where + 24, 2); }),
        "Found an invalid max index: 47 (output volumes are of size 4x6)"));
    CHECK(says(error_of([&] { F::max_unpool2d(largest, where - 24, 2); }), "Found an invalid max index: -17"));
    CHECK(says(error_of([&] {
        unpool(largest, where, {.output_size = {9, 9}});
    }),
        "invalid output_size \"[9, 9]\" (dim 0 must be between 2 and 6)"));
    CHECK(says(error_of([&] { F::max_unpool2d(largest, where.to(torch::int32), 2); }),
        "elements in indices should be type int64 but got: Int"));
}

TEST_CASE("columns are windows, and add up to images") {
    const Tensor x = numbers({2, 3, 4, 5});
    const Tensor columns = F::unfold(x, 3, {.padding = 1});
    CHECK(columns.size() == Shape{2, 27, 20});
    const Tensor counts = F::fold(F::unfold(torch::ones_like(x), 3, {.padding = 1}), {4, 5}, 3, {.padding = 1});
    CHECK(F::fold(columns, x.size()[Slice(2, none)], 3, {.padding = 1}).equal(x * counts));
    const Tensor weight = numbers({2, 3, 2, 2}) / 16;
    const Tensor product = weight.flatten(1).matmul(F::unfold(x, 2)).view({2, 2, 3, 4});
    CHECK(torch::allclose(product, F::conv2d(x, weight)));
    CHECK(says(error_of([&] { F::unfold(x, 6); }), "its components must be at least one"));
    CHECK(says(error_of([&] { F::unfold(x, 2, 0); }), "dilation should be greater than zero"));
    CHECK(says(error_of([&] {
        F::fold(columns, {4, 5}, {2, 2});
    }),
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
        "input.size(1)=27 and kernel_size=[2, 2]"));
    CHECK(says(error_of([&] { F::fold(columns, {9, 9}, 3); }), "sliding blocks 7 * 7 = 49, but got input.size(2)=20"));
    CHECK(torch::pixel_unshuffle(torch::pixel_shuffle(numbers({2, 8, 3, 3}), 2), 2).equal(numbers({2, 8, 3, 3})));
    CHECK(says(error_of([] { torch::pixel_shuffle(numbers({4, 2, 2}), std::int64_t(1) << 32); }), "is out of range"));
    CHECK(says(error_of([] {
        torch::pixel_unshuffle(numbers({4, 3, 2}), 2);
    }),
        "expects height to be divisible by downscale_factor, but input.size(-2)=3 is not divisible by 2"));
    CHECK(says(error_of([] { torch::channel_shuffle(numbers({1, 5, 2}), 2); }), "Got 5 channels and 2 groups"));
}

TEST_CASE("a grid says where an image is looked at") {
    const Tensor x = numbers({1, 2, 3, 4}), still = torch::eye(2, 3).unsqueeze(0);
    for (bool align_corners : {false, true}) {
        const Tensor grid = F::affine_grid(still, x.size(), align_corners);
        CHECK(grid.size() == Shape{1, 3, 4, 2});
        for (const char* mode : {"bilinear", "nearest", "bicubic"})
            CHECK(torch::allclose(F::grid_sample(x, grid, mode, "zeros", align_corners), x, 1e-5, 1e-5));
    }
    const Tensor volume = numbers({1, 1, 2, 3, 4}), map = torch::eye(3, 4).unsqueeze(0);
    const Tensor turned = F::grid_sample(volume, F::affine_grid(-1 * map, volume.size(), {.align_corners = true}),
        {.mode = "nearest", .align_corners = true});
    CHECK(turned.equal(volume.flip({2, 3, 4})));
    CHECK(says(error_of([&] {
        F::grid_sample(x, torch::zeros({1, 2, 2, 3}), {.align_corners = true});
    }),
        "expected grid to have size 2 in last dimension, but got grid with sizes [1, 2, 2, 3]"));
    CHECK(says(error_of([&] {
        F::grid_sample(volume, torch::zeros({1, 1, 2, 2, 3}), "bicubic", "zeros", true);
    }),
        "bicubic interpolation only supports 4D input"));
    CHECK(says(error_of([&] {
        F::grid_sample(x, torch::zeros({1, 2, 2, 2}), "cubic");
    }),
        "expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: 'cubic'"));
    CHECK(says(error_of([&] { F::affine_grid(map, x.size(), true); }),
        "Expected a batch of 2D affine matrices of shape Nx2x3 for size [1, 2, 3, 4]. Got [1, 3, 4]"));
    const double infinity = std::numeric_limits<double>::infinity(), nan = std::nan("");
    const Tensor nowhere = torch::tensor({infinity, -infinity, nan, 1e30, -1e30, 0.}).view({1, 3, 1, 2});
    for (const char* mode : {"bilinear", "nearest", "bicubic"})
        for (const char* around : {"zeros", "border", "reflection"})
            CHECK(F::grid_sample(x, nowhere.to(torch::float32), mode, around, false).size() == Shape{1, 2, 3, 1});
}

TEST_CASE("paddings have an amount for every end") {
    const Tensor x = numbers({1, 1, 3}), volume = numbers({1, 1, 2, 2, 2});
    CHECK(nn::ConstantPad1d({1, 2}, 7)(x).equal(F::pad(x, {1, 2}, "constant", 7)));
    CHECK(nn::ConstantPad1d(1, 0.5)(x).equal(F::pad(x, {1, 1}, {.value = 0.5})));
    CHECK(nn::ZeroPad1d(2)(x).equal(F::pad(x, {2, 2})));
    CHECK(nn::CircularPad1d({1, 0})(x).equal(F::pad(x, {1, 0}, "circular")));
    CHECK(nn::ReflectionPad3d(1)(volume).equal(F::pad(volume, {1, 1, 1, 1, 1, 1}, "reflect")));
    CHECK(nn::ReplicationPad3d({1, 0, 2, 0, 0, 3})(volume).size() == Shape{1, 1, 5, 4, 3});
    CHECK(says(error_of([] { nn::ReflectionPad2d({1, 2}); }), "(left, right, top, bottom)"));
    CHECK(nn::repr(nn::ConstantPad2d(1, 2)) == "ConstantPad2d(padding=(1, 1, 1, 1), value=2)");
}

TEST_CASE("channels of volumes are dropped whole, and warn as in PyTorch where they are none") {
    torch::manual_seed(1);
    const Tensor x = torch::ones({4, 8, 2, 2, 2}), y = F::dropout3d(x);
    const Tensor sums = y.flatten(2).sum(2);
    CHECK(((sums == 0) | (sums == 16)).all().item<bool>());
    CHECK(F::dropout3d(x, {.training = false}).equal(x));
    CHECK(F::feature_alpha_dropout(x).equal(x));
    CHECK(says(error_of([&] { F::dropout3d(x, 1.5); }), "dropout probability has to be between 0 and 1, but got 1.5"));
    CHECK(F::local_response_norm(torch::zeros({0, 3, 2}), 2).size() == Shape{0, 3, 2});
    CHECK(says(error_of([] {
        F::local_response_norm(torch::zeros({3, 2}), 2);
    }),
        "Expected 3D or higher dimensionality input (got 2 dimensions)"));
}
