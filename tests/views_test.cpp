// Views share memory: their shapes, strides and bounds, and reading and writing through brackets.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
using taper::all, taper::Tensor, taper::Shape, taper::Slice, taper::none, taper::ellipsis, taper::None;

static std::vector<int64_t> values(const Tensor& x) { return x.tolist<int64_t>(); }

TEST_CASE("brackets give the views that Python's give") {
    auto x = torch::arange(24).view(2, 3, 4);
    CHECK(values(x[1, 2]) == std::vector<int64_t>{20, 21, 22, 23});
    CHECK(values(x[all, 0, -1]) == std::vector<int64_t>{3, 15});
    CHECK(values(x[0, Slice(1, 3), Slice(none, none, 2)]) == std::vector<int64_t>{4, 6, 8, 10});
    CHECK(x[ellipsis, None].shape() == Shape{2, 3, 4, 1});
    CHECK(x[None, ellipsis, 0].shape() == Shape{1, 2, 3});
    CHECK(values(x[ellipsis, 1][1]) == std::vector<int64_t>{13, 17, 21});
    CHECK(values(x[-1, -1, Slice(-2, none)]) == std::vector<int64_t>{22, 23});
    CHECK(x[Slice(5, 9)].shape() == Shape{0, 3, 4});
    x[all, 1] = -1;
    CHECK(x.sum().item<int64_t>() == 276 - (4 + 5 + 6 + 7 + 16 + 17 + 18 + 19) - 8);
    CHECK(error_of([&] { x[2]; }) == "index 2 is out of bounds for dimension 0 with size 2");
    CHECK(error_of([&] { x[0, 0, 0, 0]; }) == "too many indices for tensor of dimension 3");
    CHECK(error_of([&] { x[Slice(0, 2, -1)]; }) == "slice: slice step must be positive, not -1");
}

TEST_CASE("view and reshape and flatten share memory where PyTorch's do") {
    auto x = torch::arange(12).view(3, 4);
    CHECK(x.view(-1, 6).shape() == Shape{2, 6});
    CHECK(x.t().reshape(-1).data_ptr() != x.data_ptr());
    CHECK(x.reshape(4, 3).data_ptr() == x.data_ptr());
    CHECK(x.unsqueeze(1).view(3, 2, 2).stride() == Shape{4, 2, 1});
    CHECK(torch::flatten(torch::zeros({2, 3, 4}), 1).shape() == Shape{2, 12});
    CHECK(torch::zeros({2, 6}).unflatten(1, {2, -1}).shape() == Shape{2, 2, 3});
    CHECK(error_of([&] { x.view(5, -1); }) == "shape '[5, -1]' is invalid for input of size 12");
    CHECK(error_of([&] { x.view(-1, -1); }) == "only one dimension can be inferred");
    CHECK(error_of([&] { x.t().view(-1); }) ==
        "view: view size is not compatible with input tensor's size [4, 3] and stride [1, 4] (at least one dimension "
        "spans "
        "across two contiguous subspaces). Use .reshape(...) instead.");
}

TEST_CASE("permute and transpose and squeeze and expand move no element") {
    auto x = torch::arange(6).view(1, 2, 3);
    CHECK(values(x.permute(2, 0, 1).reshape(-1)) == std::vector<int64_t>{0, 3, 1, 4, 2, 5});
    CHECK(x.mT().shape() == Shape{1, 3, 2});
    CHECK(x.squeeze().shape() == Shape{2, 3});
    CHECK(x.squeeze(1).shape() == Shape{1, 2, 3});
    CHECK(x.movedim(0, 2).shape() == Shape{2, 3, 1});
    auto wide = x.expand(4, -1, 3);
    CHECK(wide.shape() == Shape{4, 2, 3});
    CHECK(wide.stride() == Shape{0, 3, 1});
    CHECK(error_of([&] { x.expand(2, 2, 2); })
              .starts_with("expand: The expanded size of the tensor (2) must match the existing size (3) at "
                           "non-singleton dimension 2."));
    CHECK(error_of([&] { wide += 1; })
              .starts_with("add_: unsupported operation: more than one element of the written-to tensor refers to a "
                           "single memory location."));
    CHECK(error_of([&] { x.transpose(0, 3); }) ==
        "Dimension out of range (expected to be in range of [-3, 2], but got 3)");
    CHECK(error_of([&] { x.permute(0, 0, 1); }) == "permute: repeated dim in permute: [0, 0, 1]");
}

TEST_CASE("as_strided is checked against the memory there is") {
    auto x = torch::arange(9);
    CHECK(values(x.as_strided({2, 2}, {3, 1}, 1)) == std::vector<int64_t>{1, 2, 4, 5});
    CHECK(values(x.unfold(0, 3, 2)[1]) == std::vector<int64_t>{2, 3, 4});
    CHECK(error_of([&] {
        x.as_strided({3, 3}, {4, 1});
    }).starts_with("as_strided: setStorage: sizes [3, 3], strides [4, 1], storage offset 0"));
    CHECK(error_of([&] { x.as_strided({2}, {-1}); }).starts_with("as_strided: Negative"));
    CHECK(error_of([&] { x.narrow(0, 7, 3); }) == "narrow: start (7) + length (3) exceeds dimension size (9).");
}

TEST_CASE("split and chunk and unbind and diagonal give views of the parts") {
    auto x = torch::arange(10);
    auto parts = x.split(4);
    REQUIRE(parts.size() == 3);
    CHECK(values(parts[2]) == std::vector<int64_t>{8, 9});
    parts[0].fill_(0);
    CHECK(x.sum().item<int64_t>() == 39);
    CHECK(x.chunk(4).size() == 4);
    CHECK(x.chunk(6).size() == 5);  // pieces of 2, as in PyTorch
    CHECK(values(torch::eye(3).diagonal()) == std::vector<int64_t>{1, 1, 1});
    CHECK(values(torch::arange(9).view(3, 3).diagonal(1)) == std::vector<int64_t>{1, 5});
    CHECK(torch::zeros({2, 3}).unbind(1).size() == 3);
    CHECK(error_of([&] {
        x.split(std::vector<int64_t>{3, 3});
    }).starts_with("split: split_with_sizes expects split_sizes to sum exactly to 10"));
}
