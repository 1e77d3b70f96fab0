// Elements named by tensors, read and written, beside what PyTorch 1.13 gives.
#include <doctest/doctest.h>

#include "error_of.h"
#include "weighted.h"

namespace torch = taper;
using taper::all, taper::Tensor, taper::Shape, taper::Slice, taper::ellipsis, taper::None, torch::tensor;

static const Tensor x = torch::arange(6.).view(2, 3);
static const Tensor xi = torch::arange(6).view(2, 3);
static const Tensor rows = tensor({1, 0}), mask = tensor({true, false, true});

TEST_CASE("brackets pick what index tensors and masks and plain indices name together") {
    auto y = torch::arange(24).view(2, 3, 4);
    auto gives = [](const Tensor& picked, const Shape& shape, const Numbers& values) {
        CHECK(picked.shape() == shape);
        CHECK(picked.tolist() == values);
    };
    gives(y[tensor({1, 0}), all, tensor({3, 0})], {2, 3}, {15, 19, 23, 0, 4, 8});
    gives(y[all, tensor({{0}, {2}}), tensor({1, 2})], {2, 2, 2}, {1, 2, 9, 10, 13, 14, 21, 22});
    gives(y[tensor({true, false}), all, tensor({0, -1})], {2, 3}, {0, 4, 8, 3, 7, 11});
    gives(y[1, tensor({0, 2}), None, Slice(1, 3)], {2, 1, 2}, {13, 14, 21, 22});
    gives(y[ellipsis, tensor({3, -4})][1], {3, 2}, {15, 12, 19, 16, 23, 20});
    gives(y[None, 1, tensor({-1})], {1, 1, 4}, {20, 21, 22, 23});
    gives(y[y % 5 == 0], {5}, {0, 5, 10, 15, 20});
    gives(y[tensor({1}), ellipsis, 2], {1, 3}, {14, 18, 22});
    Tensor corners = tensor({{true, false, true, false}, {false, false, false, false}, {false, true, false, false}});
    gives(y[all, corners], {2, 3}, {0, 2, 9, 12, 14, 21});
    gives(y.permute(2, 0, 1)[tensor({3, 3}), tensor({1, 0})], {2, 3}, {15, 19, 23, 3, 7, 11});
    gives(y[std::vector<int64_t>{1, 1}][all, 0, 0], {2}, {12, 12});
    gives(x[tensor({1, 0}).to(torch::uint8)], {1, 3}, {0, 1, 2});
}

TEST_CASE("brackets have PyTorch's shapes at the edges") {
    auto y = torch::zeros({2, 3, 4, 5});
    CHECK(y[all, rows, Slice(0, 2), rows].shape() == Shape{2, 2, 2});
    CHECK(y[0, rows, Slice(0, 2)].shape() == Shape{2, 2, 5});
    CHECK(y[rows, None, rows].shape() == Shape{2, 1, 4, 5});
    CHECK(x[tensor(true)].shape() == Shape{1, 2, 3});
    CHECK(x[tensor(false)].shape() == Shape{0, 2, 3});
    CHECK(x[tensor(true), rows].shape() == Shape{2, 3});
    CHECK(x[torch::zeros({0}, {.dtype = torch::int64})].shape() == Shape{0, 3});
    CHECK(x[x > 9].shape() == Shape{0});
    CHECK(torch::zeros({3, 0})[tensor({0})].shape() == Shape{1, 0});
    CHECK(tensor(3.)[tensor(true)].shape() == Shape{1});
    CHECK(x[tensor(0)].data_ptr() == x.data_ptr());  // a number that happens to be a tensor gives a view
    for (auto dtype : {torch::int8, torch::int16, torch::int32}) CHECK(x[tensor(1, {.dtype = dtype})].equal(x[1]));
}

TEST_CASE("what brackets cannot name is an error in PyTorch's words") {
    CHECK(error_of([] { x[tensor({5})]; }) == "index 5 is out of bounds for dimension 0 with size 2");
    CHECK(error_of([] { x[tensor({-3})]; }) == "index -3 is out of bounds for dimension 0 with size 2");
    CHECK(error_of([] { x[0, tensor({5})]; }) == "index 5 is out of bounds for dimension 1 with size 3");
    CHECK(error_of([] {
        x[tensor({0, 1}), tensor({0, 1, 2})];
    }) == "shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]");
    CHECK(error_of([] { x[mask]; }) ==
        "The shape of the mask [3] at index 0 does not match the shape of the indexed tensor [2, 3] at index 0");
    CHECK(error_of([] { x[all, rows == 0]; }) ==
        "The shape of the mask [2] at index 0 does not match the shape of the indexed tensor [2, 3] at index 1");
    CHECK(error_of([] { x[tensor({1.})]; }) == "tensors used as indices must be long, byte or bool tensors");
    CHECK(error_of([] { x[rows, 0, 0]; }) == "too many indices for tensor of dimension 2");
    CHECK(error_of([] { tensor(3.)[tensor({0})]; }) == "too many indices for tensor of dimension 0");
    CHECK(error_of([] {
        torch::zeros({3, 0})[all, tensor({0})];
    }) == "index is out of bounds for dimension with size 0");
}

TEST_CASE("brackets write where they would read") {
    auto written = [](auto write) {
        Tensor y = x.clone();
        write(y);
        return y.tolist();
    };
    CHECK(written([](auto& y) { y[y > 2] = 0; }) == Numbers{0, 1, 2, 0, 0, 0});
    CHECK(written([](auto& y) { y[y > 1] += 10; }) == Numbers{0, 1, 12, 13, 14, 15});
    CHECK(written([](auto& y) { y[y > 1] = tensor({1., 2., 3., 4.}); }) == Numbers{0, 1, 1, 2, 3, 4});
    CHECK(written([](auto& y) { y[tensor({0, 1}), tensor({1, 1})] += 10; }) == Numbers{0, 11, 2, 3, 14, 5});
    CHECK(written([](auto& y) { y[all, tensor({0, 0})] += 1; }) == Numbers{1, 1, 2, 4, 4, 5});
    CHECK(written([](auto& y) { y[tensor({0, 1}), None] = tensor({{1., 2., 3.}}); }) == Numbers{1, 2, 3, 1, 2, 3});
    CHECK(written([](auto& y) { y[all, tensor({2, 0}), None] = tensor({{{7.}, {8.}}}); }) == Numbers{8, 1, 7, 8, 4, 7});
    CHECK(written([](auto& y) { y[tensor(0)] = 9; }) == Numbers{9, 9, 9, 3, 4, 5});
    CHECK(written([](auto& y) { y[tensor(false)] = 9; }) == Numbers{0, 1, 2, 3, 4, 5});
    CHECK(written([](auto& y) { y[0, tensor({0, 2})] = tensor({6., 7.}); }) == Numbers{6, 1, 7, 3, 4, 5});
    CHECK(written([](auto& y) { y[tensor({0, 0})] = torch::ones({1, 1, 2, 3}) * 4; }) == Numbers{4, 4, 4, 3, 4, 5});
    CHECK(written([](auto& y) { y[rows] = y; }) == Numbers{3, 4, 5, 0, 1, 2});
    CHECK(written([](auto& y) { y.t()[tensor({0, 2})] = 5; }) == Numbers{5, 1, 5, 5, 4, 5});
    CHECK(written([](auto& y) {
        torch::set_index(y, {tensor({0, 0})}, torch::ones({3}), true);
    }) == Numbers{2, 3, 4, 3, 4, 5});
    Tensor whole = xi.clone();
    whole[tensor({0, 1})] = 2.7;
    CHECK(whole.tolist() == Numbers{2, 2, 2, 2, 2, 2});
}

TEST_CASE("what cannot be written through brackets is an error and nothing is written") {
    Tensor y = x.clone();
    CHECK(error_of([&] {
        y[y > 1] = tensor({1., 2.});
    }) == "shape mismatch: value tensor of shape [2] cannot be broadcast to indexing result of shape [4]");
    CHECK(error_of([&] {
        y[rows] = torch::ones({2, 2, 3});
    }) == "shape mismatch: value tensor of shape [2, 2, 3] cannot be broadcast to indexing result of shape [2, 3]");
    CHECK(error_of([&] {
        y[rows] = torch::ones({2, 3}, {.dtype = torch::float64});
    }) ==
        "Index put requires the source and destination dtypes match, got Float for the destination and Double for the "
        "source.");
    CHECK(error_of([&] { y[tensor({0, 5})] = 0; }) == "index 5 is out of bounds for dimension 0 with size 2");
    CHECK(y.equal(x));
    Tensor leaf = x.clone().requires_grad_();
    CHECK(error_of([&] { leaf[rows] = 0; }) ==
        "index_put_: a leaf Variable that requires grad is being used in an in-place operation.");
    {
        torch::NoGradGuard no_grad;
        leaf[leaf > 3] = 0;
    }
    CHECK(leaf.tolist() == Numbers{0, 1, 2, 3, 0, 0});
}

TEST_CASE("gradients go to the elements picked and add up where one is picked twice") {
    using G = std::vector<Numbers>;
    auto of = [](auto f, const auto&... inputs) { return weighted_gradients(f, inputs...); };
    CHECK(of([](auto& x) { return x[tensor({1, 1, 0})]; }, x) == G{{7, 8, 9, 5, 7, 9}});
    CHECK(of([](auto& x) { return x[tensor({0, 1, 1}), tensor({2, 0, 0})]; }, x) == G{{0, 0, 1, 5, 0, 0}});
    CHECK(of([](auto& x) { return x[all, tensor({2, 2})]; }, x) == G{{0, 0, 3, 0, 0, 7}});
    CHECK(of([](auto& x) { return x[x > 2]; }, x) == G{{0, 0, 0, 1, 2, 3}});
    CHECK(of([](auto& x) { return x.gather(1, tensor({{0, 0}, {2, 1}})); }, x) == G{{3, 0, 0, 0, 4, 3}});
    CHECK(of([](auto& x) { return x.index_select(1, tensor({2, 2, 0})); }, x) == G{{3, 0, 3, 6, 0, 9}});
    CHECK(of([](auto& x) { return x.take(tensor({-1, 0, -1})); }, x) == G{{2, 0, 0, 0, 0, 4}});
    CHECK(of([](auto& x) { return x.masked_select(mask); }, x) == G{{1, 0, 2, 3, 0, 4}});
    Tensor words = tensor({{1, 0}, {1, 1}});
    CHECK(of([&](auto& x) { return torch::ops::embedding(words, x); }, x) == G{{4, 5, 6, 18, 21, 24}});
    CHECK(of([&](auto& x) { return torch::ops::embedding(words, x, 1); }, x) == G{{4, 5, 6, 0, 0, 0}});
    CHECK(of([](auto& x) { return x.masked_fill(x > 2, 7); }, x) == G{{1, 2, 3, 0, 0, 0}});
    CHECK(of([](auto& x, auto& v) { return x.masked_fill(x > 2, v); }, x, tensor(7.)) == G{{1, 2, 3, 0, 0, 0}, {15}});
}

TEST_CASE("gradients of what is put: none for what was overwritten") {
    using G = std::vector<Numbers>;
    auto of = [](auto f, const auto&... inputs) { return weighted_gradients(f, inputs...); };
    CHECK(of(
              [](auto& x, auto& s) {
                  return x.scatter(1, tensor({{0}, {2}}), s);
              },
              x, torch::ones({2, 1})) == G{{0, 2, 3, 4, 5, 0}, {1, 6}});
    CHECK(of(
              [](auto& x, auto& s) {
                  return x.scatter(1, tensor({{0}, {2}}), s);
              },
              x, torch::ones({2, 2})) == G{{0, 2, 3, 4, 5, 0}, {1, 0, 6, 0}});
    CHECK(of(
              [](auto& x, auto& s) {
                  return x.scatter_add(1, tensor({{0, 0}, {2, 1}}), s);
              },
              x, torch::ones({2, 2})) == G{{1, 2, 3, 4, 5, 6}, {1, 1, 6, 5}});
    CHECK(of(
              [](auto& x, auto& s) {
                  return x.index_add(0, tensor({1, 1}), s);
              },
              x, torch::ones({2, 3})) == G{{1, 2, 3, 4, 5, 6}, {4, 5, 6, 4, 5, 6}});
    auto written = [](auto write) {
        return [write](auto& x, auto&... values) {
            Tensor y = x * 1;
            write(y, values...);
            return y;
        };
    };
    CHECK(of(written([](auto& y, auto& v) {
        y[tensor({0, 1}), tensor({1, 1})] = v;
    }),
              x, tensor({5., 6.})) == G{{1, 0, 3, 4, 0, 6}, {2, 5}});
    CHECK(of(written([](auto& y, auto& v) {
        y[all, tensor({0, 2})] = v;
    }),
              x, tensor({5., 6.})) == G{{0, 2, 0, 0, 5, 0}, {5, 9}});
    CHECK(of(written([](auto& y) { y[y > 2] *= 3; }), x) == G{{1, 2, 3, 12, 15, 18}});
    CHECK(of(written([](auto& y, auto& v) {
        y.index_copy_(1, tensor({2, 0}), v);
    }),
              x, torch::ones({2, 2})) == G{{0, 2, 0, 0, 5, 0}, {3, 1, 6, 4}});
    CHECK(of(written([](auto& y, auto& v) { y.index_fill_(0, tensor({-1}), v); }), x, tensor(3.)) ==
        G{{1, 2, 3, 0, 0, 0}, {15}});
}

TEST_CASE("indexing has derivatives of any order") {
    using torch::autograd::gradgradcheck;
    Tensor a = torch::arange(6., {.dtype = torch::float64}).view(2, 3).requires_grad_(), b = a.detach() / 2 + 1;
    b.requires_grad_();
    CHECK(gradgradcheck([](const Tensor& x) { return x[tensor({1, 1, 0}), tensor({0, 0, 2})].pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return x.gather(1, tensor({{2, 2}, {0, 1}})).pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return torch::ops::embedding(tensor({1, 1}), x, 0).pow(3); }, {a}));
    CHECK(gradgradcheck([](const Tensor& x) { return x.masked_fill(x > 2.5, 2).pow(3); }, {a}));
    CHECK(gradgradcheck(
        [](const Tensor& x, const Tensor& s) {
            return x.scatter(1, tensor({{2, 0}, {0, 1}}), s).pow(3);
        },
        {a, b}));
    CHECK(gradgradcheck([](const Tensor& x, const Tensor& s) { return x.index_add(0, rows, s).pow(3); }, {a, b}));
    CHECK(gradgradcheck(
        [](const Tensor& x, const Tensor& s) {
            Tensor y = x * 1;
            y[all, tensor({0, 2})] = s[all, tensor({1, 1})];
            return y.pow(3);
        },
        {a, b}));
}

TEST_CASE("the nodes of indexing have PyTorch's names") {
    Tensor X = x.clone().requires_grad_(), place = tensor({{0}, {1}});
    auto name = [](const Tensor& y) { return torch::history_name(y); };
    CHECK(name(X[rows]) == "IndexBackward0");
    CHECK(name(X[X > 2]) == "IndexBackward0");
    CHECK(name(X.index_select(0, rows)) == "IndexSelectBackward0");
    CHECK(name(X.gather(1, place)) == "GatherBackward0");
    CHECK(name(X.take(rows)) == "TakeBackward0");
    CHECK(name(X.masked_select(mask)) == "MaskedSelectBackward0");
    CHECK(name(X.masked_fill(mask, 0)) == "MaskedFillBackward0");
    CHECK(name(X.masked_fill(mask, tensor(0.))) == "MaskedFillBackward1");
    CHECK(name(X.scatter(1, place, x)) == "ScatterBackward0");
    CHECK(name(X.scatter(1, place, 2)) == "ScatterBackward1");
    CHECK(name(X.scatter_add(1, place, x)) == "ScatterAddBackward0");
    CHECK(name(X.index_add(0, rows, x)) == "IndexAddBackward0");
    CHECK(name(torch::ops::embedding(rows, X)) == "EmbeddingBackward0");
    CHECK(name(torch::ops::embedding(rows, X, 1)) == "EmbeddingBackward0");
    CHECK(name((X * 1).index_fill_(0, rows, 1)) == "IndexFillBackward0");
    CHECK(name((X * 1).index_copy_(0, rows, x)) == "IndexCopyBackward0");
    CHECK(name((X * 1).masked_fill_(mask, 0)) == "MaskedFillBackward0");
    CHECK(name(torch::set_index(X * 1, {rows}, tensor(1.))) == "IndexPutBackward0");
}

TEST_CASE("in place an op writes what its copy would hold") {
    Tensor place = tensor({{0, 0}, {2, 1}}), y = x.clone();
    CHECK(y.scatter_(1, place, torch::ones({2, 2}) * 9).equal(x.scatter(1, place, torch::ones({2, 2}) * 9)));
    CHECK(y.tolist() == Numbers{9, 1, 2, 3, 9, 9});
    CHECK(x.clone().scatter_(1, place, 7).tolist() == Numbers{7, 1, 2, 3, 7, 7});
    CHECK(xi.scatter(1, place, 1.5).tolist() == Numbers{1, 1, 2, 3, 1, 1});
    CHECK(x.clone().scatter_add_(1, place, torch::ones({2, 2})).tolist() == Numbers{2, 1, 2, 3, 5, 6});
    CHECK(x.clone().index_add_(0, tensor({1, 1}), x).tolist() == Numbers{0, 1, 2, 6, 9, 12});
    CHECK(x.clone().index_fill_(0, tensor({-1}), 1).tolist() == Numbers{0, 1, 2, 1, 1, 1});
    CHECK(x.clone().index_copy_(1, tensor({2}), torch::ones({2, 1})).tolist() == Numbers{0, 1, 1, 3, 4, 1});
    CHECK(x.clone().masked_fill_(mask, 9).tolist() == Numbers{9, 1, 9, 9, 4, 9});
    y = x.clone();
    const uint32_t before = y.version();
    y.masked_fill_(mask, 9);
    CHECK(y.version() == before + 1);
    CHECK((xi > 2).masked_fill(xi > 1, 3).tolist() == Numbers{0, 0, 1, 1, 1, 1});
    CHECK(x[0].masked_fill(torch::ones({2, 3}) == 1, 9).shape() == Shape{2, 3});
}

TEST_CASE("picking refuses indices that name nothing") {
    CHECK(error_of([] { x.index_select(0, tensor({2})); }).starts_with("index_select: index out of range in self"));
    CHECK(error_of([] { x.index_select(0, tensor({-1})); }).starts_with("index_select: index out of range in self"));
    CHECK(error_of([] { x.index_select(0, tensor({{0}})); }) ==
        "index_select: index_select(): Index is supposed to be a vector");
    CHECK(x.index_select(0, tensor(1)).shape() == Shape{1, 3});
    CHECK(tensor(3.).index_select(0, tensor({0})).shape() == Shape{});
    CHECK(error_of([] { x.gather(1, tensor({{-1}})); }) ==
        "gather: index -1 is out of bounds for dimension 1 with size 3");
    CHECK(error_of([] { x.gather(1, tensor({0})); }) ==
        "gather: Index tensor must have the same number of dimensions as input tensor");
    CHECK(error_of([] {
        x.gather(1, tensor({{0}, {0}, {0}}));
    }) ==
        "gather: Size does not match at dimension 0 expected index [3, 1] to be smaller than self [2, 3] apart from "
        "dimension 1");
    CHECK(error_of([] { x.gather(1, tensor({{0.}})); }) == "gather: gather(): Expected dtype int64 for index");
    CHECK(tensor(3.).gather(0, tensor({0, 0})).tolist() == Numbers{3, 3});
    CHECK(x.gather(0, tensor({{0, 1}})).tolist() == Numbers{0, 4});
    CHECK(x.t().gather(0, tensor({{2, 1}})).tolist() == Numbers{2, 4});
    CHECK(error_of([] { x.take(tensor({6})); }) ==
        "take: out of range: tried to access index 6 on a tensor of 6 elements.");
    CHECK(error_of([] { torch::zeros({0}).take(tensor({0})); }) == "take: take(): tried to take from an empty tensor");
    CHECK(error_of([] {
        torch::ops::embedding(tensor({0, 2}), x);
    }).starts_with("embedding: index out of range in self"));
    CHECK(error_of([] { torch::ops::embedding(tensor({0.}), x); }) ==
        "embedding: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; "
        "but "
        "got torch.FloatTensor instead (while checking arguments for embedding)");
    CHECK(error_of([] { torch::ops::embedding(tensor({0}), x[0]); }) == "embedding: 'weight' must be 2-D");
    CHECK(error_of([] { x.masked_select(xi); }) == "masked_select: expected BoolTensor or ByteTensor for mask");
    CHECK(error_of([] { x.masked_select(rows == 0); }) ==
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1");
    CHECK(tensor(3.).masked_select(tensor({true, true})).tolist() == Numbers{3, 3});
}

TEST_CASE("putting refuses what does not fit") {
    CHECK(error_of([] { x.scatter(1, tensor({{5}}), x); }) ==
        "scatter: index 5 is out of bounds for dimension 1 with size 3");
    CHECK(error_of([] { x.scatter(1, tensor({{0}}), xi); }) ==
        "scatter: scatter(): Expected self.dtype to be equal to src.dtype");
    CHECK(error_of([] {
        x.scatter(1, tensor({{0, 1, 2, 0}}), x);
    }) ==
        "scatter: Expected index [1, 4] to be smaller than self [2, 3] apart from dimension 1 and to be smaller size "
        "than src [2, 3]");
    CHECK(error_of([] { x.scatter(1, tensor({0}), x); }) ==
        "scatter: Index tensor must have the same number of dimensions as self tensor");
    CHECK(error_of([] { x.scatter(1, tensor({{0}}), tensor(1.)); }) ==
        "scatter: Index tensor must have the same number of dimensions as src tensor");
    CHECK(error_of([] { x.index_add(0, tensor({0}), x); }) ==
        "index_add_(): Number of indices (1) should be equal to source.size(dim): (2), for dim: 0");
    CHECK(error_of([] { x.index_add(0, tensor({0, 5}), x); }).starts_with("index_add_(): index out of range in self"));
    CHECK(error_of([] {
        x.index_add(0, tensor({0, 1}), xi);
    }) == "index_add_(): self (Float) and source (Long) must have the same scalar type");
    CHECK(error_of([] { x.clone().index_copy_(0, tensor({-1}), x[Slice(0, 1)]); }) ==
        "index_copy_(): index -1 is out of bounds for dimension 0 with size 2");
    CHECK(error_of([] { x.clone().index_copy_(0, tensor({0}), x[Slice(0, 1), Slice(0, 2)]); }) ==
        "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: [3] at "
        "dimension 0 and source slice shape: [2] at dimension 0.");
    CHECK(error_of([] { x.clone().index_fill_(0, tensor({5}), 1); }) ==
        "index_fill_: index 5 is out of bounds for dimension 0 with size 2");
    CHECK(error_of([] { x.masked_fill(x > 1, tensor({1.})); }) ==
        "masked_fill: masked_fill_ only supports a 0-dimensional value tensor, but got tensor with 1 dimension(s).");
    CHECK(error_of([] { x[0].clone().masked_fill_(x > 1, 0); }) ==
        "masked_fill_: output with shape [3] doesn't match the broadcast shape [2, 3]");
}

TEST_CASE("nonzero and one_hot and bincount count as PyTorch's do") {
    CHECK(tensor({{0., 2.}, {3., 0.}}).nonzero().tolist() == Numbers{0, 1, 1, 0});
    CHECK(tensor({{0., 2.}, {3., 0.}}).t().nonzero().tolist() == Numbers{0, 1, 1, 0});
    CHECK(tensor(3.).nonzero().shape() == Shape{1, 0});
    CHECK(torch::ops::one_hot(tensor({0, 2})).tolist() == Numbers{1, 0, 0, 0, 0, 1});
    CHECK(torch::ops::one_hot(tensor({{0}, {1}}), 2).shape() == Shape{2, 1, 2});
    CHECK(torch::ops::one_hot(tensor(1)).tolist() == Numbers{0, 1});
    CHECK(error_of([] {
        torch::ops::one_hot(tensor({0, 2}), 2);
    }) == "one_hot: Class values must be smaller than num_classes.");
    CHECK(error_of([] { torch::ops::one_hot(tensor({-2}), 2); }) == "one_hot: Class values must be non-negative.");
    CHECK(
        error_of([] { torch::ops::one_hot(tensor({1.})); }) == "one_hot: one_hot is only applicable to index tensor.");
    CHECK(error_of([] { torch::ops::one_hot(torch::zeros({0}, {.dtype = torch::int64})); }) ==
        "one_hot: Can not infer total number of classes from empty tensor.");
    CHECK(torch::bincount(tensor({1, 1, 3})).tolist() == Numbers{0, 2, 0, 1});
    CHECK(torch::bincount(tensor({1}), {.minlength = 4}).tolist() == Numbers{0, 1, 0, 0});
    CHECK(error_of([] { torch::bincount(tensor({-1})); }) ==
        "bincount: bincount only supports 1-d non-negative integral inputs.");
    CHECK(error_of([] { torch::bincount(tensor({1.})); }) == "bincount: \"bincount_cpu\" not implemented for 'Float'");
}
