// Tensors of more dims than stand in place in a Shape: what PyTorch makes of them, and the end of the road.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "error_of.h"

namespace torch = taper;
using taper::all, taper::ellipsis, taper::None, taper::Shape, taper::Slice, taper::Tensor;

namespace {

using Case = std::pair<std::string, std::function<Tensor()>>;

Shape some_twos(int dims) {
    Shape sizes = Shape::filled(dims, 1);
    for (int i = 0; i < 6; ++i) sizes[i * dims / 12] = sizes[-1 - i * dims / 12] = 2;
    return sizes;
}

Shape backwards(std::int64_t dims) {
    Shape order;
    for (std::int64_t d = dims; d-- > 0;) order.push_back(d);
    return order;
}

Tensor written(Tensor x) {
    x[Slice(1, torch::none), ellipsis, 0] *= 3;
    x[0] = 7;
    return x;
}

std::vector<Case> views(const Tensor& x) {
    const auto n = x.dim();
    const Tensor y = x.permute(backwards(n));
    const Tensor rigid = n == Shape::max_dims ? x.detach() : x;
    return {
        {"unsqueeze", [=] { return (n == Shape::max_dims ? x[0] : x).unsqueeze(3); }},
        {"squeeze", [=] { return x.squeeze() * 2; }},
        {"squeeze a dim", [=] { return x[ellipsis, Slice(1)].squeeze(-1); }},
        {"permute", [=] { return x.permute(backwards(n)); }},
        {"transpose", [=] { return x.transpose(0, -2).contiguous(); }},
        {"movedim",
            [=] {
                return x.movedim({0, 2}, {-1, 1});
            }},
        {"reshape", [=] { return y.reshape(x.shape()); }},
        {"view", [=] { return x.view(y.shape()); }},
        {"expand", [=] { return x[Slice(1)].expand(x.shape()); }},
        {"index", [=] { return x[0, ellipsis, 0]; }},
        {"slice", [=] { return x[Slice(1, torch::none), ellipsis, Slice(1)]; }},
        {"index and None", [=] { return x[0, None, ellipsis, -1, None]; }},
        {"chunk", [=] { return x.chunk(2)[1]; }},
        {"flatten", [=] { return y.flatten(2, -2); }},
        {"diagonal", [=] { return x.diagonal(0, 0, -2); }},
        {"unfold", [=] { return x[0].unfold(1, 1, 1); }},
        {"in place", [=] { return (x * 1).transpose(0, -1).mul_(y); }},
        {"a part in place", [=] { return written(x * 1); }},
        {"repeat",
            [=] {
                Shape times = Shape::filled(n, 1);
                times[0] = 2, times[-1] = 3;
                return rigid.repeat(times);
            }},
        {"tile",
            [=] {
                return rigid.tile({3, 1});
            }},
    };
}

std::vector<Case> reductions(const Tensor& x) {
    const auto n = x.dim();
    const Tensor y = x.permute(backwards(n)), mask = x.detach() > 0;
    return {
        {"sum",
            [=] {
                return y.sum({0, n / 2, -1});
            }},
        {"sum, kept",
            [=] {
                return y.sum({0, n / 2, -1}, {.keepdim = true});
            }},
        {"sum of all", [=] { return y.sum(); }},
        {"mean",
            [=] {
                return y.mean({1, -2});
            }},
        {"var",
            [=] {
                return x.var({0, -1});
            }},
        {"std",
            [=] {
                return y.std({0, 3});
            }},
        {"norm",
            [=] {
                return y.norm(2, {0, -1});
            }},
        {"max", [=] { return y.max(-1)[0]; }},
        {"max, where", [=] { return x.max(0)[1]; }},
        {"amax",
            [=] {
                return y.amax({0, -1});
            }},
        {"argmax", [=] { return y.argmax(n - 1); }},
        {"prod", [=] { return y.prod(0); }},
        {"cumsum", [=] { return y.cumsum(0); }},
        {"all", [=] { return mask.all(0); }},
        {"any of all", [=] { return mask.any(); }},
        {"sort", [=] { return (-y).sort(-1)[0]; }},
        {"softmax", [=] { return y.softmax(0); }},
        {"log_softmax", [=] { return x.log_softmax(-1); }},
    };
}

std::vector<Case> elements(const Tensor& x) {
    const auto n = x.dim();
    const Tensor y = x.permute(backwards(n)), mask = x.detach() > 0, index = torch::tensor({1, 0, 1});
    return {
        {"add", [=] { return x + y; }},
        {"add a few", [=] { return y + x.flatten()[Slice(2)]; }},
        {"multiply", [=] { return x * y[Slice(1)]; }},
        {"exp", [=] { return y.exp(); }},
        {"where", [=] { return torch::where(mask, x, y); }},
        {"matmul", [=] { return torch::matmul(x, y.transpose(-1, -2)); }},
        {"matmul, one matrix", [=] { return torch::matmul(x, torch::ones(x.size(-1), 3)); }},
        {"tensor as index", [=] { return x[index]; }},
        {"tensors as index", [=] { return x[index, ellipsis, torch::zeros({3}, {.dtype = torch::int64})]; }},
        {"mask", [=] { return y[mask]; }},
        {"gather", [=] { return y.gather(0, torch::zeros(y.shape(), {.dtype = torch::int64})); }},
        {"index_select", [=] { return x.index_select(0, index); }},
        {"cat",
            [=] {
                return torch::cat({x, y, x}, 1);
            }},
        {"stack",
            [=] {
                return torch::stack({x[0], x[1]}, 2);
            }},
        {"flip",
            [=] {
                return y.flip({0, -1});
            }},
        {"roll", [=] { return x.roll(1, 0); }},
        {"tril", [=] { return x.tril(); }},
        {"einsum", [=] { return torch::einsum("a...b,a...b->...", x, y); }},
        {"einsum of dots", [=] { return torch::einsum("...,...->...", x, y); }},
        {"nonzero", [=] { return (x.detach() > 2).nonzero(); }},
    };
}

void check_same(const Tensor& ours, const Tensor& theirs) {
    CHECK(ours.dtype() == theirs.dtype());
    REQUIRE(ours.shape() == theirs.shape());
    const double largest = theirs.numel() ? theirs.to(torch::float32).abs().max().item() : 0;
    CHECK(torch::allclose(ours, theirs, {.rtol = 1e-5, .atol = 1e-6 * largest}));
}

void compare(int dims, const taper::Value& theirs) {
    const Shape sizes = some_twos(dims);
    Tensor x = ((torch::arange(sizes.numel()) * 37 % 101 - 50) / 25.).reshape(sizes).requires_grad_();
    for (auto cases : {views, reductions, elements})
        for (const auto& [name, make] : cases(x)) {
            CAPTURE(name);
            x.set_grad({});
            const Tensor out = make();
            check_same(out.detach(), theirs[fmt::format("{}: {}", dims, name)].tensor());
            if (!out.requires_grad()) continue;
            (out * torch::arange(out.numel()).reshape(out.shape())).sum().backward();
            check_same(x.grad(), theirs[fmt::format("{}: gradient of {}", dims, name)].tensor());
        }
    CHECK(
        fmt::format("{}", x[ellipsis, 0].detach().to(torch::int32)) == theirs[fmt::format("{}: text", dims)].string());
    const Tensor turned = x.detach().permute(backwards(dims)), saved = theirs[fmt::format("{}: saved", dims)].tensor();
    CHECK(torch::equal(saved, turned));
    CHECK(saved.stride() == turned.stride());
}

}  // namespace

TEST_CASE("tensors of 9, 20 and 64 dims and their gradients are PyTorch's") {
    if (std::system("/usr/bin/python3 -W ignore -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    const std::string path =
        (std::filesystem::temp_directory_path() / fmt::format("taper_dims_{}.pth", ::getpid())).string();
    REQUIRE(
        std::system(
            fmt::format("/usr/bin/python3 -W ignore {}/tests/live/dims.py {}", TAPER_SOURCE_DIR, path).c_str()) == 0);
    const taper::Value theirs = torch::load(path);
    std::filesystem::remove(path);
    for (int dims : {9, 20, 64}) {
        CAPTURE(dims);
        compare(dims, theirs);
    }
    const std::string sentence = theirs["65: sentence"].string();
    CHECK(sentence == "only tensors with up to 64 dims are supported");
}

TEST_CASE("a list of sizes grows and shrinks past what stands in place") {
    CHECK(sizeof(Shape) == 72);
    Shape shape;
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 0; i < 64; ++i) {
        shape.push_back(i);
        numbers.push_back(i);
        const Shape copy = shape;
        CHECK(copy.vec() == numbers);
    }
    CHECK(shape[-1] == 63);
    shape = Shape{1, 2};
    shape = Shape(numbers);
    for (int i = 0; i < 60; ++i) {
        Shape other = {5, 6, 7, 8, 9, 10, 11, 12, 13};
        shape.erase(1);
        numbers.erase(numbers.begin() + 1);
        CHECK(shape.vec() == numbers);
        other = shape;
        CHECK(other == shape);
        other.insert(1, -3);
        CHECK(other[1] == -3);
        CHECK(shape.vec() == numbers);
    }
    shape = *&shape;
    CHECK(shape.vec() == numbers);
}

TEST_CASE("short shapes take no memory of their own, and long ones give theirs back") {
    const auto held = [] { return torch::memory_stats().in_use; };
    const auto before = held();
    std::vector<Shape> shapes(10000, Shape::filled(8, 2));
    CHECK(held() == before);
    std::int64_t grown = 0;
    for (int time = 0; time < 2; ++time) {
        for (Shape& shape : shapes) shape.push_back(2);
        CHECK(held() > before + 10000 * 64);
        if (time == 1) CHECK(held() == grown);
        grown = held();
        for (std::size_t i = 0; i < shapes.size(); ++i) i % 2 ? shapes[i].erase(0) : void(shapes[i] = Shape{3});
        shapes.assign(10000, Shape::filled(64, 1));
        CHECK(held() == grown);
        shapes.assign(10000, Shape::filled(8, 2));
    }
}

TEST_CASE("beyond 64 dims PyTorch's reductions give up, and every call does here") {
    const auto refuses = [](auto call) {
        return error_of(call).ends_with("only tensors with up to 64 dims are supported");
    };
    const std::vector<std::int64_t> ones(65, 1);
    const Tensor x = torch::ones(Shape::filled(64, 1));
    CHECK(error_of([&] { torch::zeros(ones); }) == "only tensors with up to 64 dims are supported, not 65");
    CHECK(refuses([&] { x.unsqueeze(0); }));
    CHECK(refuses([&] { x[None]; }));
    CHECK(refuses([&] { torch::stack({x, x}); }));
    CHECK(refuses([&] { x.unfold(0, 1, 1); }));
}
