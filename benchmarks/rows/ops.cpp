// Elementwise ops, losses, reductions and copies.
#include "side.h"

namespace {
// Sizes by their names; matrices of as many elements for what works on rows.
const std::pair<const char*, Sizes> sizes[] = {
    {"1", {1, 1}}, {"1k", {32, 32}}, {"32k", {64, 512}}, {"1M", {1024, 1024}}, {"16M", {4096, 4096}}};

template <class Function>
void of_one(const std::string& name, Function f, const Tensor& (*input)(const Sizes&) = normal) {
    for (const auto& [size, shape] : sizes)
        both_ways(name + "/" + size, f, [input, shape = shape] { return std::tuple(input(shape)); });
}

template <class Function> void of_two(const std::string& name, Function f) {
    for (const auto& [size, shape] : sizes)
        both_ways(name + "/" + size, f, [shape = shape] { return std::tuple(normal(shape), positive(shape)); });
}

/// Of what input(shape) gives, and of a target that takes no gradient: target(shape), made once.
template <class Function, class Input, class Target>
void with_target(const std::string& name, Function f, Input input, Target target) {
    for (const auto& [size, shape] : sizes) {
        auto made = std::make_shared<Tensor>();
        both_ways(
            name + "/" + size, [f, made](const auto&... x) { return f(*made, x...); },
            [=, shape = shape] {
                if (!made->defined()) *made = target(shape);
                return input(shape);
            });
    }
}

void elementwise() {
    of_one("relu", [](const Tensor& x) { return torch::relu(x); });
    of_one("leaky_relu", [](const Tensor& x) { return torch::nn::functional::leaky_relu(x, 0.01); });
    of_one("sigmoid", [](const Tensor& x) { return torch::sigmoid(x); });
    of_one("tanh", [](const Tensor& x) { return torch::tanh(x); });
    of_one("gelu", [](const Tensor& x) { return torch::nn::functional::gelu(x); });
    of_one("silu", [](const Tensor& x) { return torch::nn::functional::silu(x); });
    of_one("exp", [](const Tensor& x) { return torch::exp(x); });
    of_one(
        "log", [](const Tensor& x) { return torch::log(x); }, positive);
    of_one(
        "sqrt", [](const Tensor& x) { return torch::sqrt(x); }, positive);
    of_one("sin", [](const Tensor& x) { return torch::sin(x); });
    of_one("abs", [](const Tensor& x) { return torch::abs(x); });
    of_one("pow2", [](const Tensor& x) { return x.pow(2); });
    of_one("clamp", [](const Tensor& x) { return torch::clamp(x, -1, 1); });
    of_one("add_number", [](const Tensor& x) { return x + 1; });
    of_one("copy", [](const Tensor& x) { return x.clone(); });
    of_two("add", [](const Tensor& x, const Tensor& y) { return x + y; });
    of_two("sub", [](const Tensor& x, const Tensor& y) { return x - y; });
    of_two("mul", [](const Tensor& x, const Tensor& y) { return x * y; });
    of_two("div", [](const Tensor& x, const Tensor& y) { return x / y; });
    of_two("maximum", [](const Tensor& x, const Tensor& y) { return torch::maximum(x, y); });
    row("add/1/recording", [] { return [x = leaf(normal({1, 1})), y = leaf(positive({1, 1}))] { x + y; }; });
}

void of_rows() {
    of_one("sum", [](const Tensor& x) { return x.sum(); });
    of_one("mean", [](const Tensor& x) { return x.mean(); });
    of_one("max", [](const Tensor& x) { return x.max(); });
    of_one("softmax", [](const Tensor& x) { return torch::softmax(x, 1); });
    of_one("log_softmax", [](const Tensor& x) { return torch::log_softmax(x, 1); });
    auto one = [](const Sizes& shape) { return std::tuple(normal(shape)); };
    auto share = [](const Sizes& shape) { return std::tuple(positive(shape)); };
    auto two = [](const Sizes& shape) { return std::tuple(normal(shape), positive(shape)); };
    with_target(
        "where", [](const Tensor& t, const Tensor& x, const Tensor& y) { return torch::where(t, x, y); }, two,
        [](const Sizes& shape) { return torch::rand(shape) > 0.5; });
    with_target(
        "cross_entropy", [](const Tensor& t, const Tensor& x) { return F::cross_entropy(x, t); }, one,
        [](const Sizes& shape) { return torch::randint(shape[1], Sizes{shape[0]}).to(torch::kInt64); });
    with_target(
        "bce", [](const Tensor& t, const Tensor& x) { return F::binary_cross_entropy(x, t); }, share,
        [](const Sizes& shape) { return torch::rand(shape).round(); });
    with_target(
        "mse", [](const Tensor& t, const Tensor& x) { return F::mse_loss(x, t); }, one,
        [](const Sizes& shape) { return torch::rand(shape); });
}

void large_matrices() {
    auto matrix = [] { return std::tuple(normal({4096, 4096})); };
    for (int dim : {0, 1}) {
        std::string over = "_dim" + std::to_string(dim) + "/16M";
        both_ways(
            "sum" + over, [dim](const Tensor& x) { return x.sum(dim); }, matrix);
        both_ways(
            "mean" + over, [dim](const Tensor& x) { return x.mean(dim); }, matrix);
        both_ways(
            "max" + over, [dim](const Tensor& x) { return values(x.max(dim)); }, matrix);
        both_ways(
            "softmax" + over, [dim](const Tensor& x) { return torch::softmax(x, dim); }, matrix);
        row("argmax" + over + "/fwd", [=] { return [=, x = normal({4096, 4096})] { x.argmax(dim); }; });
        row("cumsum" + over + "/fwd", [=] { return [=, x = normal({4096, 4096})] { x.cumsum(dim); }; });
    }
    both_ways(
        "transposed_copy/16M", [](const Tensor& x) { return x.t().contiguous(); }, matrix);
    auto add = [](const Tensor& x, const Tensor& y) { return x + y; };
    both_ways("add_row/16M", add, [] { return std::tuple(normal({4096, 4096}), normal({4096})); });
    both_ways("add_column/16M", add, [] { return std::tuple(normal({4096, 4096}), normal({4096, 1})); });
    for (std::int64_t n : {16, 64, 256, 1024})
        row("matmul/" + std::to_string(n), [n] { return [x = normal({n, n})] { torch::matmul(x, x); }; });
}
}  // namespace

void register_ops() {
    elementwise();
    of_rows();
    large_matrices();
}
