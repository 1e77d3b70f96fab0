// What stands between brackets, from the plainest index to the strangest, as NumPy's and PyTorch's own suites try it.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
using torch::all, torch::ellipsis, torch::none, torch::None, torch::Shape, torch::Slice, torch::tensor, torch::Tensor;
using Ints = std::vector<std::int64_t>;

namespace {
Ints ints(const Tensor& x) { return x.tolist<std::int64_t>(); }
Tensor count(std::int64_t rows, std::int64_t columns) { return torch::arange(rows * columns).view(rows, columns); }
}  // namespace

TEST_CASE("ints and slices and None and ellipsis give views of NumPy's shapes") {
    Tensor v = torch::randn({5, 7, 3});
    CHECK(v[4].shape() == Shape{7, 3});
    CHECK(v[4, all, 1].shape() == Shape{7});
    CHECK(v[None].shape() == Shape{1, 5, 7, 3});
    CHECK(v[all, None, None].shape() == Shape{5, 1, 1, 7, 3});
    CHECK(v[ellipsis, None].shape() == Shape{5, 7, 3, 1});
    Tensor ten = torch::arange(10);
    CHECK(ints(ten[Slice({}, {}, 3)]) == Ints{0, 3, 6, 9});
    CHECK(ints(ten[Slice({}, {}, 11)]) == Ints{0});
    CHECK(ints(ten[Slice(1, 6, 2)]) == Ints{1, 3, 5});
    Tensor z = torch::randn({2, 3, 4, 5})[all, all, all, 1][all, Slice(1, 1), all];
    CHECK(z.shape() == Shape{2, 0, 4});
    CHECK(z.stride() == torch::Strides{60, 20, 5});
    CHECK(z.is_contiguous());
    Tensor a = tensor({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
    CHECK(a[ellipsis].data_ptr() == a.data_ptr());
    CHECK(ints(a[0, ellipsis]) == Ints{1, 2, 3});
    CHECK(ints(a[ellipsis, 0]) == Ints{1, 4, 7});
    CHECK(a[0, ellipsis, 1].item() == 2);
    CHECK(ints(a[-1]) == Ints{7, 8, 9});
    Tensor number = tensor(1);
    number[ellipsis] = 2;
    CHECK(number.item() == 2);
    CHECK(a[None].data_ptr() == a.data_ptr());
}

TEST_CASE("masks of one dimension or two pick together with others too") {
    Tensor v = torch::randn({5, 7, 3}), five = tensor({true, false, true, true, false}),
           three = tensor({true, true, true});
    CHECK(v[five].equal(torch::stack({v[0], v[2], v[3]})));
    CHECK(v[five, all, three].shape() == Shape{3, 7});
    CHECK(v[five.to(torch::uint8)].equal(v[five]));
    Tensor grid = torch::randn({5, 7}) > 0;
    CHECK(v[grid].shape() == Shape{grid.sum().item<std::int64_t>(), 3});
    Tensor one = tensor({1.});
    CHECK(one[one == 0].shape() == Shape{0});
    Tensor a = tensor({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
    Tensor b = tensor({{true, false, true}, {false, true, false}, {true, false, true}});
    CHECK(ints(a[b]) == Ints{1, 3, 5, 7, 9});
    CHECK(ints(a[b[1]]) == Ints{4, 5, 6});
    Tensor c = tensor({true, true, false});
    CHECK(ints(a[c, c]) == Ints{1, 5});
    a[b] = 0;
    CHECK(ints(a) == Ints{0, 2, 0, 4, 0, 6, 0, 8, 0});
    Tensor row = torch::zeros({1, 3});
    row[tensor({true})] = 1.;
    CHECK(row.tolist() == std::vector<double>{1, 1, 1});
    CHECK(tensor(1)[tensor(true)].shape() == Shape{1});
    CHECK(torch::ones({2, 3})[true].shape() == Shape{1, 2, 3});
    CHECK(torch::ones({2, 3})[false].shape() == Shape{0, 2, 3});
    CHECK(tensor(1)[tensor(false)].shape() == Shape{0});
    CHECK(torch::ones({2, 3})[tensor(true), tensor(true)].shape() == Shape{1, 2, 3});
}

TEST_CASE("index tensors broadcast and mix with slices") {
    Tensor v = torch::randn({5, 7, 3}), x = count(4, 3);
    CHECK(v[all, tensor({{0, 1}, {4, 3}})].shape() == Shape{5, 2, 2, 3});
    CHECK(ints(x[tensor({{0, 0}, {3, 3}}), tensor({{0, 2}, {0, 2}})]) == Ints{0, 2, 9, 11});
    Tensor rows = tensor({0, 3});
    CHECK(ints(x[rows[all, None], tensor({0, 2})]) == Ints{0, 2, 9, 11});
    CHECK(x[Slice(1, 2), Slice(1, 3)].equal(x[Slice(1, 2), tensor({1, 2})]));
    Tensor before = x.clone();
    x[Slice(1, 2), tensor({1, 2})].zero_();  // a copy
    CHECK(x.equal(before));
    x[Slice(1, 2), tensor({1, 2})] = 0;
    CHECK(ints(x[1]) == Ints{3, 0, 0});
    Tensor nine = count(3, 3), idx = tensor({0, 2});
    CHECK(ints(nine[ellipsis, idx]) == Ints{0, 2, 3, 5, 6, 8});
    CHECK(ints(nine[idx, ellipsis]) == Ints{0, 1, 2, 6, 7, 8});
    Tensor a = torch::randn({2, 3}), zero = tensor(0), one = tensor(1);
    CHECK(a[zero, one].item() == a[0, 1].item());
    CHECK(a[0, one].item() == a[zero, 1].item());
    Tensor square = torch::zeros({5, 5});
    square[tensor({{0}, {1}, {2}}), tensor({0, 1, 2})] = tensor({2., 3., 4.});
    CHECK((square[Slice(0, 3), Slice(0, 3)] == tensor({2., 3., 4.})).to(torch::int64).sum().item() == 9);
    Tensor wide = torch::zeros({100, 100}), down = torch::arange(99, -1, -1);
    wide[down] = torch::arange(0., 100.)[all, None];
    CHECK(wide.equal(down.to(torch::float32).unsqueeze(1).expand({100, 100})));
}

TEST_CASE("indices without elements pick nothing and write nothing") {
    Tensor x = count(4, 3), nothing = torch::empty({0}, {.dtype = torch::int64}), y = x.clone();
    CHECK(x[nothing].shape() == Shape{0, 3});
    y[nothing] = -1;
    y[torch::zeros({4, 3}, {.dtype = torch::bool_})] = -1;
    CHECK(x.equal(y));
    CHECK(torch::randn({5})[torch::empty({0, 2}, {.dtype = torch::int64})].shape() == Shape{0, 2});
    CHECK(
        torch::randn({2, 3, 4, 5})[all, torch::empty({0, 6}, {.dtype = torch::int64})].shape() == Shape{2, 0, 6, 4, 5});
    CHECK(torch::empty({10, 0})[tensor({1, 2})].shape() == Shape{2, 0});
    CHECK(error_of([] {
        torch::empty({10, 0})[all, tensor({0, 1})];
    }).find("for dimension with size 0") != std::string::npos);
}

TEST_CASE("masks without dims stand among others") {
    Tensor a = torch::ones({2, 3, 4});
    CHECK(a[false, true, ellipsis].shape() == Shape{0, 2, 3, 4});
    CHECK(a[true, tensor({0, 1}), true, true, tensor({1}), tensor({{2}})].equal(torch::ones({1, 2})));
    CHECK(a[tensor(true), tensor({0, 1}), tensor(true), tensor({1}), tensor({{2}})].equal(torch::ones({1, 2})));
    CHECK(error_of([&] { a[false, tensor({0, 1}), ellipsis]; }).find("shape mismatch") == 0);
    for (Tensor b : {torch::randn({2, 3}), tensor(3.)}) {
        const Tensor minus = torch::ones_like(b) * -1, longer = minus.unsqueeze(0).unsqueeze(0);
        b[true] = longer;
        CHECK(b.equal(minus));
        b[false] = 5.;
        CHECK(b.equal(minus));
        b[tensor(true)] = longer * 2;
        CHECK(b.equal(minus * 2));
        b[None] = longer * 3;
        CHECK(b.equal(minus * 3));
        b[ellipsis] = longer * 4;
        CHECK(b.equal(minus * 4));
    }
    Tensor c = torch::randn({2, 3});
    CHECK(error_of([&] { c[true] = c.expand({5, 1, 2, 3}); }).find("shape mismatch") == 0);
}

TEST_CASE("assignment through brackets broadcasts") {
    Tensor v = torch::zeros({4, 4});
    v[0, Slice(1, {}, 2)] = tensor({3., 4.});
    CHECK(v[0].tolist() == std::vector<double>{0, 3, 0, 4});
    CHECK(v[Slice(1, {})].sum().item() == 0);
    Tensor x = count(2, 2);
    x[1] = 5;
    CHECK(ints(x) == Ints{0, 1, 5, 5});
    x[1] = torch::arange(5, 7);
    CHECK(ints(x) == Ints{0, 1, 5, 6});
    Tensor a = torch::randn({2, 3});
    a[None] = torch::full({1, 2, 3}, -1.);
    CHECK(a.sum().item() == -6);
    a[ellipsis] = -4;
    CHECK(a.sum().item() == -24);
    a[1, tensor(0)] = 7.5;
    CHECK(a[1, 0].item() == 7.5);
    Tensor y = torch::ones({10, 10}), mask = torch::zeros({10}, {.dtype = torch::bool_});
    torch::set_index(y, {mask}, y[mask], true);
    CHECK(y.equal(torch::ones({10, 10})));
    Tensor by_byte = torch::arange(0., 16.).view(4, 4);
    by_byte[tensor({1, 0, 1, 0}).to(torch::uint8)] = tensor({3., 4., 5., 6.});
    CHECK(by_byte[2].tolist() == std::vector<double>{3, 4, 5, 6});
    CHECK(by_byte[3].tolist() == std::vector<double>{12, 13, 14, 15});
}

TEST_CASE("what brackets can't name is an error with PyTorch's words in it") {
    auto says = [](auto f, const char* words) { return error_of(f).find(words) != std::string::npos; };
    Tensor x = torch::arange(100).view(2, 5, 10), number = tensor(10), four = torch::arange(4),
           five = torch::zeros({5});
    CHECK(says([&] { x[0, 5]; }, "index 5 is out of bounds for dimension 1 with size 5"));
    CHECK(says([&] { x[4, 5]; }, "index 4 is out of bounds for dimension 0 with size 2"));
    CHECK(says([&] { x[all, all, 12]; }, "index 12 is out of bounds for dimension 2 with size 10"));
    CHECK(says([&] { x[1 << 30]; }, "is out of bounds for dimension 0 with size 2"));
    CHECK(says([&] { number[0]; }, "invalid index of a 0-dim tensor"));
    CHECK(error_of([&] { number[all]; }) != "no error");
    CHECK(error_of([&] { number[tensor(0)]; }) != "no error");
    CHECK(says([&] { four[four > -1] = tensor({1, 2, 3}); }, "shape mismatch"));
    CHECK(error_of([&] { four[tensor({0., 1.})]; }) != "no error");
    CHECK(says([&] { torch::ones({5, 4, 3})[tensor({true})]; }, "mask"));
    CHECK(says([&] { torch::ones({5, 4, 3})[torch::zeros({4, 4}, {.dtype = torch::uint8})]; }, "mask"));
    CHECK(says([&] { torch::zeros({5, 5})[tensor({0, 1}), tensor({0, 1, 2})]; }, "shape mismatch"));
    CHECK(says([&] { torch::zeros({5, 5})[tensor({0, 1}), tensor({0, 1, 2})] = 0; }, "shape mismatch"));
    CHECK(error_of([&] { five[tensor({1, 1, 10})]; }) != "no error");
    CHECK(error_of([&] { five[tensor({11, 1})] = 0; }) != "no error");
}
