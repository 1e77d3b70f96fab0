// Order: sort, topk, median and unique, beside what PyTorch 1.13 gives.
#include <doctest/doctest.h>

#include <cmath>

#include "error_of.h"
#include "weighted.h"

namespace torch = taper;
using taper::Tensor, taper::Shape, taper::ValuesAndIndices, torch::tensor, torch::zeros;
using Gradients = std::vector<Numbers>;

static const Tensor x = torch::arange(6.).view(2, 3);
static const Tensor with_nan = tensor({3., NAN, 1., NAN, 2.});

TEST_CASE("sort keeps equals in their order and holds NaN for the largest") {
    auto check_sort = [](const ValuesAndIndices& sorted, const Numbers& values, const Numbers& indices) {
        CHECK(sorted.values.tolist() == values);
        CHECK(sorted.indices.tolist() == indices);
        CHECK(sorted.indices.dtype() == torch::int64);
    };
    CHECK(with_nan.sort().indices.tolist() == Numbers{2, 4, 0, 1, 3});
    CHECK(std::isnan(with_nan.sort().values.tolist()[4]));
    CHECK(with_nan.sort(0, true).indices.tolist() == Numbers{1, 3, 0, 4, 2});
    check_sort(tensor({1, 0, 1, 0}).sort(), {0, 0, 1, 1}, {1, 3, 0, 2});
    check_sort(tensor({1, 0, 1, 0}).sort({.descending = true}), {1, 1, 0, 0}, {0, 2, 1, 3});
    check_sort(tensor({true, false, true}).sort(), {0, 1, 1}, {1, 0, 2});
    check_sort(tensor({-1, 3, -7}).sort(), {-7, -1, 3}, {2, 0, 1});
    check_sort(tensor({0., -0., -1., INFINITY, -INFINITY}).sort(), {-INFINITY, -1, 0, -0., INFINITY}, {4, 2, 0, 1, 3});
    check_sort(x.sort(0, true), {3, 4, 5, 0, 1, 2}, {1, 1, 1, 0, 0, 0});
    check_sort(x.t().sort(-1, true), {3, 0, 4, 1, 5, 2}, {1, 0, 1, 0, 1, 0});
    check_sort(tensor(3.).sort(), {3}, {0});
    CHECK(zeros({0, 3}).sort(0).indices.shape() == Shape{0, 3});
    CHECK(x.argsort({.dim = 1, .descending = true}).tolist() == Numbers{2, 1, 0, 2, 1, 0});
    CHECK(error_of([] { x.sort(2); }) == "Dimension out of range (expected to be in range of [-2, 1], but got 2)");
}

TEST_CASE("a long row is sorted as a short one") {
    for (auto dtype : {torch::uint8, torch::int32, torch::int64, torch::float32, torch::float64})
        for (bool descending : {false, true}) {
            Tensor row = (torch::arange(5000) * 7919 % 1009 - (dtype == torch::uint8 ? 0 : 500)).to(dtype);
            auto [values, indices] = row.sort(0, descending);
            CHECK(row.gather(0, indices).equal(values));
            Numbers v = values.tolist(), at = indices.tolist();
            bool in_order = true;
            for (std::size_t i = 1; i < v.size(); ++i)
                in_order = in_order && (v[i] == v[i - 1] ? at[i] > at[i - 1] : descending == (v[i] < v[i - 1]));
            CHECK(in_order);
        }
}

TEST_CASE("topk finds what PyTorch's finds among equals too") {
    auto largest = x.topk(2, 0);
    CHECK(largest.values.tolist() == Numbers{3, 4, 5, 0, 1, 2});
    CHECK(largest.indices.tolist() == Numbers{1, 1, 1, 0, 0, 0});
    CHECK(with_nan.topk(3).indices.tolist() == Numbers{1, 3, 0});
    CHECK(with_nan.topk(2, {.largest = false}).values.tolist() == Numbers{1, 2});
    CHECK(tensor({1, 1, 1, 1}).topk(2).indices.tolist() == Numbers{2, 3});
    CHECK(tensor(3.).topk(1).values.tolist() == Numbers{3});
    CHECK(x.topk(0).indices.shape() == Shape{2, 0});
    CHECK(error_of([] { x.topk(4); }).starts_with("topk: selected index k out of range"));
    CHECK(error_of([] { x.topk(-1); }).starts_with("topk: selected index k out of range"));
    CHECK(error_of([] { (x > 1).topk(1); }) == "topk: \"topk_cpu\" not implemented for 'Bool'");
}

TEST_CASE("median is the lower middle one and NaN if there is any") {
    CHECK(x.median().item() == 2);
    CHECK(std::isnan(with_nan.median().item()));
    CHECK(std::isnan(zeros({0}).median().item()));
    CHECK(with_nan.median(0).indices.item() == 1);
    CHECK(tensor({1., 1., 1., 1.}).median(0).indices.item() == 1);
    CHECK(tensor({2, 1, 1, 2}).median(0).indices.item() == 2);
    CHECK(x.median(1, true).values.shape() == Shape{2, 1});
    CHECK(x.median(0).values.tolist() == Numbers{0, 1, 2});
    CHECK(tensor(3.).median(0).indices.item() == 0);
    CHECK(error_of([] {
        zeros({0, 2}).median(0);
    }) == "median: median(): Expected reduction dim 0 to have non-zero size.");
}

TEST_CASE("unique gives each value once in order") {
    CHECK(tensor({{3, 1}, {1, 3}}).unique().tolist() == Numbers{1, 3});
    CHECK(tensor({true, false, true}).unique().tolist() == Numbers{0, 1});
    CHECK(tensor(3.).unique().shape() == Shape{1});
    CHECK(zeros({0}).unique().shape() == Shape{0});
    CHECK(with_nan.unique().shape() == Shape{5});  // NaN differs from NaN
}

TEST_CASE("gradients of sort and topk and median go to the elements found") {
    auto of = [](auto f) { return weighted_gradients(f, x); };
    CHECK(of([](auto& x) { return (x % 4).sort(1, true).values; }) == Gradients{{3, 2, 1, 4, 6, 5}});
    CHECK(of([](auto& x) { return (x % 4).topk(2, 0).values; }) == Gradients{{4, 2, 3, 1, 5, 6}});
    CHECK(of([](auto& x) { return x.median(); }) == Gradients{{0, 0, 1, 0, 0, 0}});
    CHECK(of([](auto& x) { return x.median(0).values; }) == Gradients{{1, 2, 3, 0, 0, 0}});
    CHECK(of([](auto& x) { return (x % 3).median(); }) == Gradients{{0, 0.5, 0, 0, 0.5, 0}});
    Tensor leaf = x.clone().requires_grad_();
    CHECK(torch::history_name(leaf.sort().values) == "SortBackward0");
    CHECK(torch::history_name(leaf.sort({.stable = true}).values) == "SortBackward1");
    CHECK(torch::history_name(leaf.topk(1).values) == "TopkBackward0");
    CHECK(torch::history_name(leaf.median()) == "MedianBackward0");
    CHECK(torch::history_name(leaf.median(1).values) == "MedianBackward1");
    CHECK(torch::autograd::gradgradcheck(
        [](const Tensor& x) { return x.sort(0, true).values.pow(3); }, {x.to(torch::float64).requires_grad_()}));
}
