// The tensor type: creation, dtypes and their promotion, copies, numbers in expressions, and the errors of each.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <taper/tensor/base/simd.h>

#include <cmath>
#include <limits>

#include "error_of.h"

namespace torch = taper;
using taper::all, taper::Tensor, taper::Shape;

TEST_CASE("sines of doubles of any size are those of the C library") {
    const std::vector<double> angles{0.5, 0x1p30, -0x1p30, 1e15, -1e22, 1e300, std::numeric_limits<double>::max()};
    Tensor x = torch::tensor(angles, {.dtype = torch::float64});
    Tensor sines = x.sin(), cosines = x.cos(), tangents = x.tan();
    for (std::size_t i = 0; i < angles.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        CHECK(sines[at].item() == doctest::Approx(std::sin(angles[i])).epsilon(1e-15));
        CHECK(cosines[at].item() == doctest::Approx(std::cos(angles[i])).epsilon(1e-15));
        CHECK(tangents[at].item() == doctest::Approx(std::tan(angles[i])).epsilon(1e-15));
    }
    CHECK(std::isnan(torch::tensor(INFINITY, {.dtype = torch::float64}).sin().item()));
}

TEST_CASE("nested braces become a tensor of the dtype that Python's literals have") {
    CHECK(torch::tensor({{1., 2.}, {3., 4.}}).dtype() == torch::float32);
    CHECK(torch::tensor({{1., 2.}, {3., 4.}}).shape() == Shape{2, 2});
    CHECK(torch::tensor({1, 2, 3}).dtype() == torch::int64);
    CHECK(torch::tensor({true, false}).dtype() == torch::bool_);
    CHECK(torch::tensor({1, 2.5}).tolist() == std::vector<double>{1, 2.5});
    CHECK(torch::tensor(3.0).shape() == Shape{});
    CHECK(torch::tensor(3.0).item() == 3.0);
    CHECK(torch::tensor({{{1}, {2}}, {{3}, {4}}}).shape() == Shape{2, 2, 1});
    CHECK(torch::tensor(std::vector<double>{1, 2}).dtype() == torch::float32);
    CHECK(torch::tensor(std::vector<int>{1, 2}).dtype() == torch::int64);
    CHECK(torch::tensor({1, 2}, {.dtype = torch::float64}).dtype() == torch::float64);
    CHECK(torch::tensor({{{{{1., 2.}}}}}).shape() == Shape{1, 1, 1, 1, 2});
    CHECK(error_of([] { torch::tensor({{1, 2}, {3}}); }) == "tensor: expected sequence of length 2 at dim 1 (got 1)");
    CHECK(error_of([] {
        torch::tensor({{{2, 3, 4}, {5, 6}}});
    }) == "tensor: expected sequence of length 3 at dim 2 (got 2)");
}

TEST_CASE("braces with nothing in them are lists of nothing at any depth") {
    for (auto& [x, shape] : std::vector<std::pair<Tensor, Shape>>{
             {torch::tensor({}), {0}}, {torch::tensor({{}, {}}), {2, 0}}, {torch::tensor({{{}, {}}}), {1, 2, 0}}}) {
        CHECK(x.shape() == shape);
        CHECK(x.dtype() == torch::float32);
    }
}

TEST_CASE("arange and linspace and eye and full have PyTorch's values and sizes and dtypes") {
    CHECK(torch::arange(5).tolist<int64_t>() == std::vector<int64_t>{0, 1, 2, 3, 4});
    CHECK(torch::arange(5).dtype() == torch::int64);
    CHECK(torch::arange(1, 10, 3).tolist<int64_t>() == std::vector<int64_t>{1, 4, 7});
    CHECK(torch::arange(0, 1, 0.25).tolist() == std::vector<double>{0, 0.25, 0.5, 0.75});
    CHECK(torch::arange(5, 0, -2).tolist<int64_t>() == std::vector<int64_t>{5, 3, 1});
    CHECK(torch::linspace(0, 1, 5).tolist() == std::vector<double>{0, 0.25, 0.5, 0.75, 1});
    CHECK(torch::eye(2, 3).tolist() == std::vector<double>{1, 0, 0, 0, 1, 0});
    CHECK(torch::full({2}, 7).dtype() == torch::int64);
    CHECK(torch::full({2}, 7.).dtype() == torch::float32);
    CHECK(torch::full({2}, true).dtype() == torch::bool_);
    CHECK(torch::zeros(2, 3).shape() == Shape{2, 3});
    CHECK(error_of([] { torch::arange(0, 5, -1); }) ==
        "arange: upper bound and larger bound inconsistent with step sign: 0 -> 5 by -1");
    CHECK(error_of([] { torch::zeros({2, -1}); }) == "Trying to create tensor with negative dimension -1: [2, -1]");
}

TEST_CASE("promotion is PyTorch's: kinds before sizes and tensors before numbers") {
    auto f32 = torch::ones({2}), f64 = torch::ones({2}, {.dtype = torch::float64});
    auto i64 = torch::ones({2}, {.dtype = torch::int64}), i32 = torch::ones({2}, {.dtype = torch::int32});
    auto u8 = torch::ones({2}, {.dtype = torch::uint8}), b = torch::ones({2}, {.dtype = torch::bool_});
    CHECK((f32 + f64).dtype() == torch::float64);
    CHECK((i64 + f32).dtype() == torch::float32);
    CHECK((i32 + i64).dtype() == torch::int64);
    CHECK((u8 + b).dtype() == torch::uint8);
    CHECK((b + b).dtype() == torch::bool_);
    CHECK((i64 + 1.5).dtype() == torch::float32);
    CHECK((f64 + 1.5f).dtype() == torch::float64);
    CHECK((u8 + 300).tolist<int64_t>() == std::vector<int64_t>{45, 45});  // wraps around, as in PyTorch
    CHECK((f32 + torch::tensor(1.0, {.dtype = torch::float64})).dtype() == torch::float32);  // no dims: its size yields
    CHECK((i64 + torch::tensor(1.0, {.dtype = torch::float64})).dtype() == torch::float64);  // but not its kind
    CHECK((i64 / i64).dtype() == torch::float32);
    CHECK((b + 1).dtype() == torch::int64);
    CHECK((f32 > 0).dtype() == torch::bool_);
    CHECK(b.sum().dtype() == torch::int64);
    CHECK(torch::exp(i64).dtype() == torch::float32);
    CHECK((torch::ones({1}, {.dtype = torch::float64}) + 0.1).item() == 1.1);  // the number keeps its precision
}

TEST_CASE("a plain name rebinds and brackets write") {
    auto x = torch::zeros({3}), y = x;
    y = torch::ones({3});
    CHECK(x.sum().item() == 0);
    y = x;
    y[1] = 5;
    CHECK(x.tolist() == std::vector<double>{0, 5, 0});
    x += 1;
    CHECK(y.tolist() == std::vector<double>{1, 6, 1});
    x[torch::Slice(0, 2)] *= 2;
    CHECK(y.tolist() == std::vector<double>{2, 12, 1});
}

TEST_CASE("item and tolist and bool and len say what they can't do") {
    CHECK(error_of([] { torch::ones({2}).item(); }) == "item: a Tensor with 2 elements cannot be converted to Scalar");
    CHECK(error_of([] { (void)bool(torch::ones({2})); }) ==
        "Boolean value of Tensor with more than one value is ambiguous");
    CHECK(error_of([] { len(torch::tensor(1)); }) == "len() of a 0-d tensor");
    CHECK(error_of([] { torch::ones({2}).data_ptr<double>(); }) ==
        "data_ptr: expected scalar type Double but found Float");
    CHECK(error_of([] { Tensor().sum(); }) == "an undefined Tensor() was used where a value is needed");
    CHECK(bool(torch::tensor(2)));
    CHECK(torch::tensor({7}).item<int64_t>() == 7);
}

TEST_CASE("broadcasting follows PyTorch and says where it can't") {
    auto a = torch::arange(3).to(torch::float32), b = torch::arange(2).to(torch::float32).unsqueeze(1);
    CHECK((a + b).tolist() == std::vector<double>{0, 1, 2, 1, 2, 3});
    CHECK((torch::ones({2, 1, 3}) * torch::ones({4, 1})).shape() == Shape{2, 4, 3});
    CHECK((torch::ones({0}) + torch::ones({1})).shape() == Shape{0});
    CHECK(error_of([] {
        torch::ones({2, 3}) + torch::ones({2, 4});
    }) == "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1");
}

TEST_CASE("a result keeps the order in memory of its first full operand") {
    auto x = torch::randn({3, 4}).t();
    CHECK(torch::exp(x).stride() == Shape{1, 4});
    CHECK((x + 1).stride() == Shape{1, 4});
    CHECK((x + torch::ones({4, 3})).stride() == Shape{1, 4});
    CHECK((torch::ones({4, 3}) + x).stride() == Shape{3, 1});
    CHECK(x.clone().stride() == Shape{1, 4});
    CHECK(x.contiguous().stride() == Shape{3, 1});
    CHECK(torch::zeros_like(x).stride() == Shape{1, 4});
}

TEST_CASE("memory of the caller becomes a tensor and is given back") {
    std::vector<float> data{1, 2, 3, 4, 5, 6};
    int given_back = 0;
    {
        auto x = torch::from_blob(data.data(), {2, 3}, [&] { ++given_back; });
        x[1] = 0;
        auto row = x[0];
        CHECK(row.sum().item() == 6);
    }
    CHECK(given_back == 1);
    CHECK(data == std::vector<float>{1, 2, 3, 0, 0, 0});
    std::vector<double> doubles{1, 2, 3, 4};
    auto leaf = torch::from_blob(doubles.data(), {4}, {.requires_grad = true});
    CHECK(leaf.requires_grad());
    CHECK(leaf.dtype() == torch::float64);
    CHECK(torch::from_blob(doubles.data(), {2}, {2}).tolist() == std::vector<double>{1, 3});
    CHECK(torch::from_blob(doubles.data(), {8}, {.dtype = torch::float32}).dtype() == torch::float32);
}

TEST_CASE("a device that is not there is an error that names it") {
    CHECK_FALSE(torch::cuda::is_available());
    CHECK(torch::Device("cuda:1").str() == "cuda:1");
    CHECK(error_of([] { torch::Device("gpu"); }) ==
        "Device: Expected one of cpu, cuda device type at start of device string: gpu");
    CHECK(error_of([] { torch::ones({2}).to(torch::Device("cuda")); }) ==
        "to: Torch not compiled with CUDA enabled: there is no memory on cuda");
    CHECK(error_of([] { torch::ones({2}, {.device = "cuda"}); }) ==
        "Torch not compiled with CUDA enabled: there is no memory on cuda");
}

TEST_CASE("whole-number division and remainders are Python's") {
    auto a = torch::tensor({7, -7, 7, -7}), b = torch::tensor({3, 3, -3, -3});
    CHECK((a % b).tolist<int64_t>() == std::vector<int64_t>{1, 2, -2, -1});
    CHECK(a.floor_divide(b).tolist<int64_t>() == std::vector<int64_t>{2, -3, -3, 2});
    CHECK(a.fmod(b).tolist<int64_t>() == std::vector<int64_t>{1, -1, 1, -1});
    CHECK(
        error_of([] { torch::tensor({1}) % 0; }) == "remainder: ZeroDivisionError: integer division or modulo by zero");
    CHECK(torch::tensor({2}).pow(10).item<int64_t>() == 1024);
    CHECK(error_of([] { torch::tensor({2}).pow(-1); }) == "pow: Integers to negative integer powers are not allowed.");
}

TEST_CASE("no result depends on the instruction set") {
    torch::manual_seed(3);
    auto x = torch::randn({1037}), y = torch::rand({1037}) + 0.5, square = torch::randn({37, 53});
    auto results = [&] {
        return std::vector<Tensor>{torch::exp(x), torch::log(y), torch::tanh(x), torch::sigmoid(x), torch::erf(x),
            torch::sin(x), x * y + 1, x / y, x.sum(), square.sum(0), square.sum(1), square.t().mean(0),
            square.softmax(1), square.log_softmax(0), torch::ops::gelu(x), torch::pow(y, 1.7), square.amax(1),
            torch::relu(x)};
    };
    const torch::Level best = torch::simd_level();
    auto expected = results();
    for (torch::Level level : {torch::Level::baseline, torch::Level::avx2, torch::Level::avx512}) {
        if (level > best) continue;
        torch::set_simd_level(level);
        auto found = results();
        for (std::size_t i = 0; i < found.size(); ++i) {
            CAPTURE(i);
            CHECK(found[i].equal(expected[i]));
        }
    }
    torch::set_simd_level(best);
}

TEST_CASE("no result depends on the number of threads") {
    torch::manual_seed(4);
    auto x = torch::randn({700, 301}), w = torch::randn({301, 257});
    auto results = [&] {
        return std::vector<Tensor>{
            x.sum(), x.sum(0), x.sum(1), x.exp(), x.matmul(w), x.t().contiguous(), x.var(0), x.softmax(1), x.std()};
    };
    const int before = torch::get_num_threads();
    torch::set_num_threads(1);
    auto expected = results();
    for (int threads : {2, 3}) {
        torch::set_num_threads(threads);
        auto found = results();
        for (std::size_t i = 0; i < found.size(); ++i) {
            CAPTURE(i);
            CHECK(found[i].equal(expected[i]));
        }
    }
    torch::set_num_threads(before);
}

TEST_CASE("memory that is let go is used again and most of a large model's returns") {
    auto before = torch::memory_stats();
    {
        std::vector<Tensor> large;
        for (int i = 0; i < 40; ++i) large.push_back(torch::zeros({1 << 20}));
        CHECK(torch::memory_stats().in_use - before.in_use >= 160 << 20);
    }
    auto after = torch::memory_stats();
    CHECK(after.in_use == before.in_use);
    CHECK(after.kept <= std::max<int64_t>(72 << 20, 2 * after.in_use));
}

TEST_CASE("a large result that comes and goes is kept though other blocks are kept too") {
    const Tensor x = torch::zeros({20 << 20});
    { Tensor others = torch::zeros({1 << 20}); }
    if (torch::memory_stats().kept == 0) return;  // a sanitizer watches: nothing is kept
    { Tensor y = x.clone(); }
    CHECK(torch::memory_stats().kept >= x.nbytes());
}

TEST_CASE("what is made of nothing has PyTorch's shape and dtype") {
    // torch.zeros(2, 0, 2, 0).nansum(3, keepdim=True, dtype=torch.bool), which of elements is not implemented
    const Tensor none = torch::zeros({2, 0, 2, 0}).nansum({.dim = 3, .keepdim = true, .dtype = torch::kBool});
    CHECK(none.shape() == Shape{2, 0, 2, 1});
    CHECK(none.dtype() == torch::kBool);
    // torch.einsum('...ij,...jk->...ik', torch.ones(3, 1, 1, 3), torch.ones(3, 0, 3, 2)).shape
    CHECK(torch::einsum("...ij,...jk->...ik", {torch::ones({3, 1, 1, 3}), torch::ones({3, 0, 3, 2})}).shape() ==
        Shape{3, 0, 1, 2});
}

TEST_CASE("a number that whole numbers can't hold is not filled in") {
    Tensor x = torch::zeros({2}, {.dtype = torch::kInt64}), bytes = torch::zeros({2}, {.dtype = torch::kUInt8});
    CHECK(error_of([&] { x.masked_fill_(x == 0, -INFINITY); }).contains("cannot be converted to type int64"));
    CHECK(error_of([&] { x.masked_fill_(x == 0, NAN); }).contains("without overflow"));
    for (const Tensor& value : {Tensor(255.5), Tensor(-0.5), Tensor(300), Tensor(-256)})
        CHECK(error_of([&] { bytes.masked_fill_(x == 0, value); }).contains("without overflow"));
    CHECK(x.masked_fill_(x == 0, -0x1p63)[0].item<int64_t>() == std::numeric_limits<int64_t>::min());
    CHECK(bytes.masked_fill_(bytes == 0, -1)[0].item<int64_t>() == 255);
}

TEST_CASE("addmm wants one dtype also of what it multiplies by nothing") {
    const Tensor flags = torch::ones({2, 2}, {.dtype = torch::kBool}), a = torch::ones({2, 2});
    CHECK(error_of([&] { torch::addmm(flags, a, a, {.beta = 0}); }).contains("self and mat2 must have the same dtype"));
}
