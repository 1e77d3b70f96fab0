// Numbers at even distances, to the last bit, and the gradients of pieces cut out of a whole.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "crc32.h"
#include "error_of.h"

namespace torch = taper;
using torch::Tensor, torch::TensorList, torch::tensor;

static std::uint32_t bits(const Tensor& x) { return crc32(x.data_ptr(), static_cast<std::size_t>(x.nbytes())); }

TEST_CASE("ranges have the bits of PyTorch's kernels, which count from the first of each block") {
    CHECK(torch::linspace(0, 2, 10)[6].item() == 0x1.555556p+0);
    CHECK(bits(torch::linspace(0, 2, 10)) == 2492093125);
    CHECK(bits(torch::linspace(-1, 3, 37)) == 2466907544);
    CHECK(bits(torch::linspace(-7, 7, 20, {.dtype = torch::float64})) == 1605594720);
    CHECK(torch::linspace(10, 0, 35, {.dtype = torch::int64}).narrow(0, 0, 10).tolist<std::int64_t>() ==
        std::vector<std::int64_t>{10, 9, 9, 9, 8, 7, 7, 7, 7, 6});
    CHECK(bits(torch::arange(0.1, 4, 0.1)) == 2378361416);
    CHECK(bits(torch::arange(0.1, 2, 0.1, {.dtype = torch::float64})) == 2240299231);
    CHECK(bits(torch::logspace(-2, 1.3, 21)) == 2922691318);
    CHECK(bits(torch::logspace(-2, 1.3, 11, 3.7)) == 435964567);
}

TEST_CASE("a range of whole numbers counts by whole numbers") {
    auto numbers = [](const Tensor& x) { return x.tolist<std::int64_t>(); };
    using List = std::vector<std::int64_t>;
    CHECK(numbers(torch::arange(0, 10, 2.5, {.dtype = torch::int64})) == List{0, 2, 4, 6, 8});
    CHECK(numbers(torch::arange(0, 10, 2.5, {.dtype = torch::int32}).to(torch::int64)) == List{0, 2, 4, 6});
    CHECK(numbers(torch::arange(5.5, 0, -1.5, {.dtype = torch::int64})) == List{5, 4, 3, 2, 1});
    CHECK(numbers(torch::arange(0, 5.5, {.dtype = torch::int64})) == List{0, 1, 2, 3, 4});
    CHECK(error_of([] { torch::arange(0, 5, 0.5, {.dtype = torch::int64}); }) == "arange: step must be nonzero");
    CHECK(error_of([] { torch::arange(0, 1e30); }) == "arange: invalid size, possible overflow?");
    CHECK(error_of([] { torch::arange(0, 1e19, 1e18, {.dtype = torch::int32}); }) ==
        "arange: value cannot be converted to type int64_t without overflow: 1e+19");
    CHECK(error_of([] { torch::arange(0, INFINITY); }) == "arange: unsupported range: 0 -> inf");
    CHECK(error_of([] { torch::linspace(0, 1, 3, {.dtype = torch::bool_}); }) ==
        "linspace: \"linspace_cpu\" not implemented for 'Bool'");
}

TEST_CASE("the gradients of pieces are those of the whole, whichever pieces and in whichever order") {
    const Tensor x = torch::arange(24.).reshape(4, 6).requires_grad_();
    auto gradient = [&](const Tensor& y) { return torch::autograd::grad({y}, {x})[0]; };
    const Tensor weight = torch::arange(1., 25.).reshape(4, 6);
    auto parts = [&](const TensorList& list, const TensorList& weights) {
        Tensor sum = torch::zeros({});
        for (std::size_t i = 0; i < list.size(); ++i) sum = sum + (list[i] * weights[i]).sum();
        return sum;
    };
    for (int dim : {0, 1}) {
        CHECK(gradient(parts(x.unbind(dim), weight.unbind(dim))).equal(weight));
        CHECK(gradient(parts(x.split(2, dim), weight.split(2, dim))).equal(weight));
        CHECK(gradient(parts(x.chunk(3, dim), weight.chunk(3, dim))).equal(weight));
    }
    // Pieces that overlap, that leave gaps, that come with the whole, before it and after it.
    const Tensor steps = x[torch::all, torch::Slice(0, 6, 3)] * 10, whole = x * 1;
    const Tensor sum = x[1].sum() + steps.sum() + (whole * weight).sum() + x.narrow(1, 2, 3).sum() + x[1][2] * 100;
    Tensor expected = weight.clone();
    expected[1] += 1;
    expected[torch::all, torch::Slice(0, 6, 3)] += 10;
    expected.narrow(1, 2, 3) += 1;
    expected[1][2] += 100;
    CHECK(gradient(sum).equal(expected));
}

TEST_CASE("the gradients of pieces have gradients too") {
    const Tensor x = torch::arange(1., 7.).reshape(3, 2).to(torch::float64).requires_grad_();
    TensorList parts = x.unbind(0);
    const Tensor y = (parts[0] * parts[1] * parts[2]).sum() + x[1].pow(3).sum() + (x * x).sum();
    const Tensor first = torch::autograd::grad({y}, {x}, {.create_graph = true})[0];
    CHECK(torch::autograd::gradgradcheck(
        [](const TensorList& in) {
            TensorList parts = in[0].unbind(0);
            return TensorList{(parts[0] * parts[1] * parts[2]).sum() + in[0][1].pow(3).sum() + (in[0] * in[0]).sum()};
        },
        TensorList{x}));
    CHECK(first[1].tolist() == std::vector<double>{1 * 5 + 3 * 9 + 2 * 3, 2 * 6 + 3 * 16 + 2 * 4});
    // The second derivative of the product, the cube and the square, summed up.
    CHECK(torch::autograd::grad({first.sum()}, {x})[0][1].tolist() ==
        std::vector<double>{1 + 5 + 6 * 3 + 2, 2 + 6 + 6 * 4 + 2});
}

TEST_CASE("a list may have any number of parts") {
    const Tensor x = torch::arange(100.).requires_grad_();
    CHECK(x.split(1).size() == 100);
    CHECK(x.split(std::vector<std::int64_t>(50, 2)).size() == 50);
    CHECK(error_of([&] { x.split(std::vector<std::int64_t>(9, 2)); }) ==
        "split: split_with_sizes expects split_sizes to sum exactly to 100 (input tensor's size at dimension 0), but "
        "got split_sizes=[2, 2, 2, 2, 2, 2, 2, 2, 2]");
    torch::cat(x.split(1)).sum().backward();
    CHECK(x.grad().equal(torch::ones(100)));
}

TEST_CASE("a gradient that was given is not written to when the gradient of a piece is added to it") {
    const Tensor x = torch::zeros(3).requires_grad_(), y = x * 1;
    const Tensor given = torch::ones(3);
    const Tensor found = torch::autograd::grad({y, y[0]}, {x}, {given, tensor(10.)})[0];
    CHECK(found.tolist() == std::vector<double>{11, 1, 1});
    CHECK(given.equal(torch::ones(3)));
}
