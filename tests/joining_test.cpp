// Parts joined and elements rearranged, beside what PyTorch 1.13 gives.
#include <doctest/doctest.h>

#include <cmath>

#include "error_of.h"
#include "weighted.h"

namespace torch = taper;
using taper::all, taper::Tensor, taper::Shape, taper::Slice, taper::None, torch::tensor, torch::zeros;
using Gradients = std::vector<Numbers>;

static const Tensor x = torch::arange(6.).view(2, 3);

// What an op gives for x, and the gradient of its elements weighted 1, 2, 3, ...
template <class F> static void gives(
    F f, const char* name, const Shape& shape, const Numbers& values, const Numbers& gradient, const Tensor& from = x) {
    Tensor leaf = from.clone().requires_grad_(), y = f(leaf);
    CHECK(torch::history_name(y) == name);
    CHECK(y.shape() == shape);
    CHECK(y.tolist() == values);
    CHECK(weighted_gradients(f, from) == Gradients{gradient});
}

TEST_CASE("cat joins along a dimension and promotes and leaves out what is empty") {
    auto side_by_side = [](const Tensor& x, const Tensor& y) { return torch::cat({x, y}, 1); };
    Tensor column = tensor({{7.}, {8.}});
    CHECK(side_by_side(x, column).tolist() == Numbers{0, 1, 2, 7, 3, 4, 5, 8});
    CHECK(weighted_gradients(side_by_side, x, column) == Gradients{{1, 2, 3, 5, 6, 7}, {4, 8}});
    CHECK(torch::history_name(torch::cat({x.clone().requires_grad_(), x})) == "CatBackward0");
    CHECK(torch::cat({x.t(), x.t()}, -1).tolist() == Numbers{0, 3, 0, 3, 1, 4, 1, 4, 2, 5, 2, 5});
    CHECK(torch::cat({zeros({0}), x}, 1).shape() == Shape{2, 3});
    CHECK(torch::cat({x, zeros({0})}).shape() == Shape{2, 3});
    CHECK(torch::cat({zeros({0}), zeros({0})}).shape() == Shape{0});
    CHECK(torch::cat({zeros({2, 0}), x}, 1).tolist() == x.tolist());
    CHECK(torch::cat({tensor({1}), tensor({1.5})}).tolist() == Numbers{1, 1.5});
    CHECK(torch::cat({tensor({true}), tensor({7})}).dtype() == torch::int64);
    CHECK(torch::cat({tensor({1.}), tensor({2.}, {.dtype = torch::float64})}).dtype() == torch::float64);
    Tensor big = torch::arange(600000.).view(2, 300000);
    CHECK(torch::cat({big, big + 1, x[all, Slice(0, 2)]}, 1)[1, Slice(599999, torch::none)].tolist() ==
        Numbers{600000, 3, 4});
}

TEST_CASE("what cannot be joined is an error in PyTorch's words") {
    CHECK(
        error_of([] { torch::cat(torch::TensorList()); }) == "cat: torch.cat(): expected a non-empty list of Tensors");
    CHECK(error_of([] {
        torch::cat({tensor(1.), x});
    }) == "cat: zero-dimensional tensor (at position 0) cannot be concatenated; stack() joins such");
    CHECK(error_of([] { torch::cat({x, x[0]}); }) == "cat: Tensors must have same number of dimensions: got 2 and 1");
    CHECK(error_of([] {
        torch::cat({x, zeros({2, 4}), zeros({3, 4})}, 1);
    }) ==
        "cat: Sizes of tensors must match except in dimension 1. Expected size 2 but got size 3 for tensor number 2 in "
        "the list.");
    CHECK(error_of([] { torch::cat({x}, 2); }) ==
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)");
    CHECK(error_of([] { torch::stack(torch::TensorList()); }) == "stack: stack expects a non-empty TensorList");
    CHECK(error_of([] {
        torch::stack({x, x[0]});
    }) == "stack: stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [3] at entry 1");
    CHECK(error_of([] { torch::stack({x}, 3); }) ==
        "Dimension out of range (expected to be in range of [-3, 2], but got 3)");
    CHECK(error_of([] { torch::hstack(torch::TensorList()); }) == "hstack: hstack expects a non-empty TensorList");
    CHECK(error_of([] { torch::vstack(torch::TensorList()); }) == "vstack: vstack expects a non-empty TensorList");
}

TEST_CASE("stack makes a new dimension and hstack and vstack join as NumPy's do") {
    gives(
        [](const Tensor& x) {
            return torch::stack({x, x * 2}, 1);
        },
        "StackBackward0", {2, 2, 3}, {0, 1, 2, 0, 2, 4, 3, 4, 5, 6, 8, 10}, {9, 12, 15, 27, 30, 33});
    CHECK(torch::stack({tensor(1.), tensor(2)}).tolist() == Numbers{1, 2});
    CHECK(torch::stack({x, x}, -1).tolist() == Numbers{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
    CHECK(torch::hstack({tensor(1.), tensor({2., 3.})}).tolist() == Numbers{1, 2, 3});
    CHECK(torch::hstack({x, x}).shape() == Shape{2, 6});
    CHECK(torch::vstack({tensor({1., 2.}), tensor({2., 3.})}).shape() == Shape{2, 2});
    CHECK(torch::vstack({tensor(1.), tensor({2.})}).tolist() == Numbers{1, 2});
}

TEST_CASE("flip and roll turn the elements round") {
    gives([](const Tensor& x) { return x.flip(1); }, "FlipBackward0", {2, 3}, {2, 1, 0, 5, 4, 3}, {3, 2, 1, 6, 5, 4});
    CHECK(x.flip(0, 1).tolist() == Numbers{5, 4, 3, 2, 1, 0});
    CHECK(x.t().flip(-1).tolist() == Numbers{3, 0, 4, 1, 5, 2});
    CHECK(tensor(1.).flip(0).tolist() == Numbers{1});
    CHECK(zeros({0, 2}).flip(0).shape() == Shape{0, 2});
    CHECK(error_of([] { x.flip(0, -2); }) == "flip: dim 0 appears multiple times in the list of dims");
    gives(
        [](const Tensor& x) { return x.roll(1, 1); }, "RollBackward0", {2, 3}, {2, 0, 1, 5, 3, 4}, {2, 3, 1, 5, 6, 4});
    gives([](const Tensor& x) { return x.roll(2); }, "RollBackward0", {2, 3}, {4, 5, 0, 1, 2, 3}, {3, 4, 5, 6, 1, 2});
    CHECK(x.roll(-4, 1).tolist() == Numbers{1, 2, 0, 4, 5, 3});
    CHECK(x.roll({1, 2}, {0, 1}).tolist() == Numbers{4, 5, 3, 1, 2, 0});
    CHECK(tensor(1.).roll(1).tolist() == Numbers{1});
    CHECK(zeros({0}).roll(1).shape() == Shape{0});
    CHECK(error_of([] { x.roll({1, 2}, {0}); }) == "roll: shifts and dimensions must align. shifts: 2, dims:1");
    CHECK(error_of([] { x.roll({1, 2}); }) == "roll: shifts and dimensions must align. shifts: 2, dims:0");
    torch::NoGradGuard no_grad;
    CHECK(!x.clone().requires_grad_().roll(1).requires_grad());
}

TEST_CASE("repeat and tile write x again and their gradients add up") {
    gives([](const Tensor& x) { return x.repeat(2, 1, 2); }, "RepeatBackward0", {2, 2, 6},
        {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5}, {34, 38, 42, 58, 62, 66});
    gives([](const Tensor& x) { return x.tile({2}); }, "RepeatBackward0", {2, 6}, {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5},
        {5, 7, 9, 17, 19, 21});
    gives([](const Tensor& x) { return x.repeat_interleave(2, 1); }, "IndexSelectBackward0", {2, 6},
        {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5}, {3, 7, 11, 15, 19, 23});
    CHECK(x.t().repeat(1, 2).tolist() == Numbers{0, 3, 0, 3, 1, 4, 1, 4, 2, 5, 2, 5});
    CHECK(x.repeat(1, 1).data_ptr() != x.data_ptr());
    CHECK(x.repeat(0, 2).shape() == Shape{0, 6});
    CHECK(tensor(1.).repeat(3).tolist() == Numbers{1, 1, 1});
    CHECK(x.repeat_interleave(2).tolist() == Numbers{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
    CHECK(x.repeat_interleave(0, 1).shape() == Shape{2, 0});
    CHECK(error_of([] { x.repeat(2); }) ==
        "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
    CHECK(error_of([] { x.repeat(2, -1); }) == "repeat: Trying to create tensor with negative dimension -3: [4, -3]");
    CHECK(error_of([] { x.repeat_interleave(-1); }) == "repeat_interleave: repeats can not be negative");
}

TEST_CASE("pad adds constants and a negative amount crops") {
    gives(
        [](const Tensor& x) {
            return torch::ops::pad(x, {1, -1, 0, 1}, "constant", 9);
        },
        "ConstantPadNdBackward0", {3, 3}, {9, 0, 1, 9, 3, 4, 9, 9, 9}, {2, 3, 0, 5, 6, 0});
    CHECK(torch::ops::pad(x, {-1, -1}).tolist() == Numbers{1, 4});
    CHECK(torch::ops::pad(x, {}).equal(x));
    CHECK(torch::ops::pad(x > 1, {1, 0}, "constant", 2).tolist() == Numbers{1, 0, 0, 1, 1, 1, 1, 1});
    CHECK(torch::ops::pad(torch::arange(2), {1, 0}, "constant", 1.5).tolist() == Numbers{1, 0, 1});
    CHECK(torch::ops::pad(zeros({0, 2}), {0, 0, 1, 1}).shape() == Shape{2, 2});
    CHECK(error_of([] { torch::ops::pad(x, {1}); }) == "pad: Padding length must be divisible by 2");
    CHECK(error_of([] { torch::ops::pad(x, {1, 1, 1, 1, 1, 1}); }).starts_with("pad: Padding length too large"));
    CHECK(error_of([] {
        torch::ops::pad(x, {-2, -2});
    }) ==
        "pad: The input size 3, plus negative padding -2 and -2 resulted in a negative output size, which is invalid. "
        "Check dimension 1 of your input.");
    CHECK(error_of([] { torch::ops::pad(x, {1, 1}, "nope"); }) == "pad: Unrecognised padding mode nope");
}

TEST_CASE("pad reflects and repeats the border or goes round") {
    gives(
        [](const Tensor& x) {
            return torch::ops::pad(x, {2, 1}, "reflect");
        },
        "ReflectionPad1DBackward0", {2, 6}, {2, 1, 0, 1, 2, 1, 5, 4, 3, 4, 5, 4}, {3, 12, 6, 9, 30, 18});
    gives(
        [](const Tensor& x) {
            return torch::ops::pad(x, {2, 1}, "replicate");
        },
        "ReplicationPad1DBackward0", {2, 6}, {0, 0, 0, 1, 2, 2, 3, 3, 3, 4, 5, 5}, {6, 4, 11, 24, 10, 23});
    Tensor image = x[None];
    gives(
        [](const Tensor& x) {
            return torch::ops::pad(x, {2, -1}, "circular");
        },
        "CopySlices", {1, 2, 4}, {0, 1, 0, 1, 3, 4, 3, 4}, {4, 6, 0, 12, 14, 0}, image);
    gives(
        [](const Tensor& x) {
            return torch::ops::pad(x, {1, 0, 1, 0}, "reflect");
        },
        "ReflectionPad2DBackward0", {1, 3, 4}, {4, 3, 4, 5, 1, 0, 1, 2, 4, 3, 4, 5}, {6, 12, 8, 12, 24, 16}, image);
    gives(
        [](const Tensor& x) {
            return torch::ops::pad(x, {-1, 1, 1, 0}, "replicate");
        },
        "ReplicationPad2DBackward0", {1, 3, 3}, {1, 2, 2, 1, 2, 2, 4, 5, 5}, {0, 5, 16, 0, 7, 17}, image);
    CHECK(torch::ops::pad(image, {3, 1}, "circular").tolist() == Numbers{0, 1, 2, 0, 1, 2, 0, 3, 4, 5, 3, 4, 5, 3});
    CHECK(error_of([] {
        torch::ops::pad(x, {3, 1}, "reflect");
    }) ==
        "pad: Padding size should be less than the corresponding input dimension, but got: padding (3, 1) at dimension "
        "1 of input [2, 3]");
    CHECK(error_of([&] {
        torch::ops::pad(image, {4, 1}, "circular");
    }) == "pad: Padding value causes wrapping around more than once.");
    CHECK(error_of([&] {
        torch::ops::pad(image, {-2, -2}, "replicate");
    }) == "pad: input (size: 3) is too small. Calculated output size: -1");
    CHECK(error_of([] {
        torch::ops::pad(x, {1, 1, 1, 1}, "reflect");
    }) == "pad: Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
    CHECK(error_of([] {
        torch::ops::pad(x, {1, 1}, "reflect", 7);
    }) == "pad: Padding mode \"reflect\" doesn't take in value argument");
}

TEST_CASE("triangles and diagonals") {
    gives([](const Tensor& x) { return x.tril(); }, "TrilBackward0", {2, 3}, {0, 0, 0, 3, 4, 0}, {1, 0, 0, 4, 5, 0});
    gives([](const Tensor& x) { return x.triu(1); }, "TriuBackward0", {2, 3}, {0, 1, 2, 0, 0, 5}, {0, 2, 3, 0, 0, 6});
    gives([](const Tensor& x) { return x.diag(1); }, "DiagBackward0", {2}, {1, 5}, {0, 1, 0, 0, 0, 2});
    gives([](const Tensor& x) { return x.diag(-1); }, "DiagBackward0", {4, 4},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0}, {5, 10, 15}, x[0]);
    gives([](const Tensor& x) { return x.trace(); }, "TraceBackward0", {}, {4}, {1, 0, 0, 0, 1, 0});
    CHECK(torch::arange(12).view(2, 2, 3).triu().tolist() == Numbers{0, 1, 2, 0, 4, 5, 6, 7, 8, 0, 10, 11});
    CHECK(x.t().tril(-5).tolist() == Numbers{0, 0, 0, 0, 0, 0});
    CHECK(x.t().triu(-5).tolist() == Numbers{0, 3, 1, 4, 2, 5});
    Tensor square = torch::ones({2, 2});
    CHECK(square.tril_().tolist() == Numbers{1, 0, 1, 1});
    CHECK(torch::arange(4).view(2, 2).trace().dtype() == torch::int64);
    CHECK(torch::tril_indices(2, 3, 1)[0].tolist() == Numbers{0, 0, 1, 1, 1});
    CHECK(torch::tril_indices(2, 3, 1)[1].tolist() == Numbers{0, 1, 0, 1, 2});
    CHECK(torch::tril_indices(0, 3)[0].shape() == Shape{0});
    CHECK(error_of([] { x[0].tril(); }) == "Dimension out of range (expected to be in range of [-1, 0], but got -2)");
    CHECK(error_of([] { x[None].diag(); }) == "diag: matrix or a vector expected");
    CHECK(error_of([] { x[None].trace(); }) == "trace: trace: expected a matrix, but got tensor with dim 3");
    CHECK(error_of([] { torch::tril_indices(-1, 3); }) == "tril_indices: row must be non-negative, got-1");
}

TEST_CASE("rearranging has derivatives of any order") {
    using torch::autograd::gradgradcheck;
    Tensor a = torch::arange(6., {.dtype = torch::float64}).view(1, 2, 3).requires_grad_();
    CHECK(gradgradcheck([](const Tensor& x) { return torch::cat({x, x * 2, x}, 2).pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return torch::stack({x, x * 2}, 1).pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return x.roll({1, 1}, {1, 2}).flip(0, 2).pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return x.repeat(2, 1, 2).pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return torch::ops::pad(x, {1, -1, 2, 0}).pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return torch::ops::pad(x, {2, 1, 1, 1}, "reflect").pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return x[0].tril().pow(3) + x[0].triu(1).pow(2); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return x[0].diag().pow(3).diag(1) * x[0].pow(2).trace(); }, {a}));
}
