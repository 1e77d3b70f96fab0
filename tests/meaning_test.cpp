// Lines that a C++ compiler would take for something else than Python does, and what they mean here.
#include <doctest/doctest.h>
#include <taper/datasets/idx.h>
#include <taper/taper.h>

#include <filesystem>
#include <sstream>

#include "error_of.h"

namespace torch = taper;
using torch::Tensor, torch::tensor;

TEST_CASE("sizes are counted from the back below 0 and end where they end") {
    const Tensor x = torch::zeros(2, 3, 4);
    CHECK(x.shape()[-1] == 4);
    CHECK(x.shape()[-3] == 2);
    CHECK(x.stride()[-2] == 4);
    CHECK(error_of([&] { x.shape()[3]; }) == "shape: tuple index out of range: 3 of 3 sizes");
    CHECK(error_of([&] { x.shape()[-4]; }) == "shape: tuple index out of range: -4 of 3 sizes");
}

TEST_CASE("a name of a number is bound anew by += and that of a tensor is written to") {
    Tensor total = 0., count = 0, product = 1;
    const Tensor before = total;
    total += torch::ones(3).sum();
    total -= 1;
    count += tensor(2.5);
    product *= torch::full({2}, 3.);
    CHECK(total.dtype() == torch::float32);
    CHECK(total.item() == 2);
    CHECK(before.item() == 0);
    CHECK(count.item() == 2.5);
    CHECK(product.shape() == torch::Shape{2});
    Tensor x = torch::zeros(2), same = x;
    x += 1;
    CHECK(same.tolist() == std::vector<double>{1, 1});
}

template <class T>
concept AssignsGrad = requires(T x, Tensor g) { x.grad() = g; };
template <class T>
concept AssignsData = requires(T x, Tensor g) { x.data() = g; };
static_assert(!AssignsGrad<Tensor> && !AssignsData<Tensor>);  // set_grad, set_data

TEST_CASE("what tolist gives is printed as Python prints it") {
    auto text = [](const auto& list) { return fmt::format("{}", list); };
    CHECK(text(tensor({{1., 2.5}, {3., 1e-5}}, {.dtype = torch::float64}).tolist()) == "[[1.0, 2.5], [3.0, 1e-05]]");
    CHECK(text(tensor({1, 2}).tolist()) == "[1, 2]");
    CHECK(text(tensor({true, false}).tolist<bool>()) == "[True, False]");
    CHECK(text(tensor(3.).tolist()) == "3.0");
    CHECK(text(torch::zeros({2, 0}).tolist()) == "[[], []]");
    CHECK(text(torch::full({1}, 0.1).tolist()) == "[0.10000000149011612]");
    CHECK(text(tensor({NAN, INFINITY}).tolist()) == "[nan, inf]");
    std::ostringstream out;
    out << tensor({{1}}).tolist<std::int64_t>();
    CHECK(out.str() == "[[1]]");
}

TEST_CASE("a call with several results gives as many as Python's tuple has") {
    const Tensor x = tensor({{3, 1}, {3, 1}, {2, 5}});
    auto [values, inverse] = torch::unpack<2>(torch::unique(x, {.return_inverse = true}));
    CHECK(values.tolist() == std::vector<double>{1, 2, 3, 5});
    CHECK(inverse.equal(tensor({{2, 0}, {2, 0}, {1, 3}})));
    CHECK(x.unique({.return_counts = true})[1].tolist() == std::vector<double>{2, 1, 2, 1});
    auto [rows, of, count] = torch::unpack<3>(x.unique({.return_inverse = true, .return_counts = true, .dim = 0}));
    CHECK(rows.equal(tensor({{2, 5}, {3, 1}})));
    CHECK(of.tolist() == std::vector<double>{1, 1, 0});
    CHECK(count.tolist() == std::vector<double>{1, 2});
    CHECK(x.unique({.dim = 1}).equal(tensor({{1, 3}, {1, 3}, {5, 2}})));
    CHECK(error_of([] { torch::zeros(3, 0).unique({.dim = 0}); }) ==
        "unique: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
    CHECK((x > 2).nonzero({.as_tuple = true}).size() == 2);
    CHECK(
        error_of([&] { x.nonzero({.as_tuple = false}); }) == "nonzero: as_tuple=False gives one tensor: leave it out");
}

TEST_CASE("scatter with a reduction adds or multiplies each source in turn") {
    const Tensor index = tensor({{0, 0, 1}}), x = tensor({{2., 3., 4.}, {5., 6., 7.}});
    CHECK(x.scatter(1, index, tensor({{2., 10., 3.}}), {.reduce = "multiply"})
              .equal(tensor({{40., 9., 4.}, {5., 6., 7.}})));
    CHECK(x.scatter(1, index, 1., {.reduce = "add"}).equal(tensor({{4., 4., 4.}, {5., 6., 7.}})));
    CHECK(error_of([&] { x.scatter(1, index, 1., {.reduce = "mean"}); }) ==
        "scatter: reduce argument must be either add or multiply.");
    CHECK(error_of([&] { x.scatter(1, index); }) == "scatter: missing a required argument: 'src' or 'value'");
    const Tensor w = x.clone().requires_grad_();
    CHECK(error_of([&] { w.scatter(1, index, 1., {.reduce = "add"}).sum().backward(); }) ==
        "scatter: derivative for aten::scatter is not implemented");
}

TEST_CASE("the same bytes are seen as numbers of another dtype") {
    const Tensor x = tensor({1.f, -2.f});
    CHECK(x.view(torch::int32).tolist() == std::vector<double>{0x3F800000, -0x40000000});
    CHECK(x.view(torch::uint8).shape() == torch::Shape{8});
    CHECK(x.view(torch::float64).shape() == torch::Shape{1});
    Tensor seen = x.view(torch::int32);
    seen[0] = 0;
    CHECK(x[0].item() == 0);
    CHECK(error_of([] { torch::zeros(2, 3).view(torch::float64); }) ==
        "view: self.size(-1) must be divisible by 2 to view Float as Double (different element sizes), but got 3");
    CHECK(error_of([] { tensor({2}, {.dtype = torch::uint8}).view(torch::bool_); }) ==
        "view: a byte that is neither 0 nor 1 is no bool: write x != 0");
}

TEST_CASE("the lowest number divided by -1 is a number") {
    for (torch::DType dtype : {torch::int64, torch::int32}) {
        const double lowest = dtype == torch::int64 ? -0x1p63 : -0x1p31;
        const Tensor x = torch::full({2}, lowest, {.dtype = dtype});
        CHECK(x.floor_divide(-1).equal(x));
        CHECK((x % -1).equal(torch::zeros_like(x)));
        CHECK(x.fmod(-1).equal(torch::zeros_like(x)));
        CHECK(x.div(-1, {.rounding_mode = "floor"}).equal(x));
        CHECK(x.div(-1, {.rounding_mode = "trunc"}).equal(x));
    }
    CHECK(tensor({7, -7}).floor_divide(-1).tolist() == std::vector<double>{-7, 7});
}

TEST_CASE("a value that an index names twice stands there once and gets its gradient once") {
    Tensor v = tensor(2., {.requires_grad = true});
    Tensor t = torch::zeros(5, 2) * 1;
    t.index_fill_(0, tensor({2, 2, -3}), v);
    t.sum().backward();
    CHECK(t.sum().item() == 4);
    CHECK(v.grad().item() == 2);
}

TEST_CASE("a function that writes its argument cannot be run again by backward") {
    const Tensor x = torch::ones({2}, {.requires_grad = true});
    CHECK(error_of([&] {
        torch::utils::checkpoint::checkpoint([](Tensor a) { return a.add_(1), a * a; }, x * 1);
    }).starts_with("checkpoint: the function writes its argument 0"));
    const Tensor y = torch::utils::checkpoint::checkpoint([](Tensor a) { return a.add(1).square(); }, x * 1);
    y.sum().backward();
    CHECK(x.grad().tolist() == std::vector<double>{4, 4});
}

TEST_CASE("what is refused for a float target and for sizes that no file has") {
    const Tensor x = torch::zeros(2, 3);
    CHECK(error_of([&] { torch::nn::functional::cross_entropy(x, x.softmax(1), {.ignore_index = 1}); }) ==
        "cross_entropy: ignore_index is not supported for floating point target");
    CHECK(error_of([] { torch::read_idx("none", 65); }) == "read_idx: none: there are 1 to 64 dimensions, not 65");
}

TEST_CASE("a number that a dtype cannot hold is refused wherever a number meets a tensor") {
    const auto bytes = [] { return torch::full({2}, 200, {.dtype = torch::uint8}); };
    const auto ints = [] { return torch::zeros({2}, {.dtype = torch::int32}); };
    const Tensor mask = tensor({true, false}), first = tensor({0});
    const std::string no_byte = "value cannot be converted to type uint8_t without overflow: 300",
                      no_int = "value cannot be converted to type int without overflow: ";
    auto refused = [&](auto f, const std::string& sentence) {
        CAPTURE(sentence);
        CHECK(error_of(f).find(sentence) != std::string::npos);
    };
    refused([&] { torch::full({1}, 300, {.dtype = torch::uint8}); }, no_byte);
    refused([&] { torch::full_like(bytes(), 300); }, no_byte);
    refused([&] { bytes().new_full({2}, 300); }, no_byte);
    refused([&] { tensor({300}, {.dtype = torch::uint8}); }, no_byte);
    refused([&] { torch::linspace(0, 300, 3, {.dtype = torch::uint8}); }, "type uint8_t without overflow: 300");
    refused([&] { bytes().fill_(300); }, no_byte);
    refused([&] { bytes().fill_(tensor(300)); }, no_byte);
    refused(
        [&] {
            Tensor x = bytes();
            x[0] = 300;
        },
        no_byte);
    refused(
        [&] {
            Tensor x = bytes();
            x[mask] = 300;
        },
        no_byte);
    refused(
        [&] {
            Tensor x = bytes();
            x[first] = 300;
        },
        no_byte);
    refused([&] { bytes().masked_fill(mask, 300); }, no_byte);
    refused([&] { bytes().index_fill_(0, first, 300); }, no_byte);
    refused([&] { bytes().scatter(0, first, 300); }, no_byte);
    refused([&] { torch::where(mask, bytes(), 300); }, no_byte);
    refused([&] { bytes().clamp(0, 300); }, no_byte);
    refused([&] { bytes().clamp_min(300); }, no_byte);
    refused([&] { bytes().clamp_max(300); }, no_byte);
    refused([&] { bytes().pow(300); }, no_byte);
    refused([&] { bytes().add(bytes(), {.alpha = 300}); }, no_byte);
    refused([&] { ints().fill_(1e10); }, no_int + "10000000000");
    refused([&] { ints().addcmul(ints(), ints(), {.value = 1e10}); }, no_int + "10000000000");
    refused([&] { torch::full({1}, NAN, {.dtype = torch::int64}); }, "type int64_t without overflow: nan");
    refused([&] { torch::full({1}, -1., {.dtype = torch::uint8}); }, "type uint8_t without overflow: -1");
    refused([&] { torch::zeros(2).fill_(1e300); }, "type float without overflow: 1e+300");
    refused([&] { torch::randperm(257, {.dtype = torch::uint8}); }, "type uint8_t without overflow: 256");

    CHECK(torch::full({1}, -1, {.dtype = torch::uint8}).item() == 255);
    CHECK(torch::randperm(256, {.dtype = torch::uint8}).sum().item() == 255 * 128);
    CHECK(bytes().clamp(-5, 100).tolist() == std::vector<double>{100, 100});
    CHECK(bytes().add(300).tolist() == std::vector<double>{244, 244});
    CHECK(torch::full({1}, INFINITY).item() == INFINITY);
    CHECK(torch::full({1}, 7, {.dtype = torch::bool_}).item<bool>());
}

TEST_CASE("a text that nobody could read is not saved") {
    const auto refusal = [](const std::string& text) {
        return error_of([&] { torch::save({{"key", text}}, "never.pth"); });
    };
    for (const char* text : {"\xff", "caf\xe9", "\xc0\xaf", "\xe0\x80\xaf", "\xf4\x90\x80\x80", "\xe2\x82"})
        CHECK(refusal(text).find("a string that is not UTF-8 cannot be saved") != std::string::npos);
    CHECK(!std::filesystem::exists("never.pth"));
}

TEST_CASE("a state without the count of batches is one of before that count") {
    namespace nn = torch::nn;
    nn::BatchNorm1d from(2), to(2);
    from(torch::randn(4, 2)), to(torch::randn(4, 2));
    torch::StateDict renamed;
    for (const auto& [name, x] : from.state_dict())
        if (name != "num_batches_tracked") renamed[name] = x;
    CHECK(to.load_state_dict(renamed).missing_keys.empty());
    CHECK(to.num_batches_tracked.item() == 0);
    CHECK(to.running_mean.equal(from.running_mean));
    renamed.erase("weight");
    CHECK(error_of([&] { to.load_state_dict(renamed); }).find("Missing key(s) in state_dict: \"weight\"") !=
        std::string::npos);
}
