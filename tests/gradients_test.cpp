// The table of every differentiable op: its derivatives beside finite differences, on many shapes.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <regex>
#include <set>

namespace torch = taper;
using torch::Shape, torch::Tensor, torch::TensorList, torch::Slice, torch::all;
using T = const Tensor&;

namespace {

// ---- what an op is tried on

// How the elements lie: densely, with the last two dims swapped, or with a gap after each.
enum class Layout { Dense, Swapped, Gaps };

struct Values {
    double low = -1.5, high = 1.5;
    std::vector<double> corners = {};  // where the op has a corner: no value comes near
    bool distinct = false;             // no two values come near each other
    bool constant = false;             // no gradient is asked for
};

struct Input {
    Shape shape;
    Layout layout = Layout::Dense;
    Shape expanded = {};  // what f is given instead: this input, expanded
};

struct Sample {
    TensorList inputs;
    std::vector<Shape> expanded;
};

std::mt19937_64 generator;

std::vector<double> draw(const Values& values, std::int64_t count) {
    std::vector<double> drawn(count);
    double step = (values.high - values.low) / static_cast<double>(count);
    for (std::int64_t i = 0; i < count; ++i) {
        double x = values.distinct ? values.low + (static_cast<double>(i) + 0.5) * step
                                   : std::uniform_real_distribution(values.low, values.high)(generator);
        for (double corner : values.corners)
            if (std::abs(x - corner) < 0.02) x = corner + 0.03;
        drawn[i] = x;
    }
    std::shuffle(drawn.begin(), drawn.end(), generator);
    return drawn;
}

Tensor leaf(const Input& input, const Values& values) {
    Shape shape = input.shape;
    std::int64_t last = shape.size() - 1;
    if (input.layout == Layout::Swapped) std::swap(shape[last], shape[last - 1]);
    if (input.layout == Layout::Gaps) shape[last] *= 2;
    Tensor x = torch::tensor(draw(values, shape.numel()), {.dtype = torch::float64}).view(shape);
    if (input.layout == Layout::Swapped) x = x.transpose(-1, -2);
    if (input.layout == Layout::Gaps) x = x.slice(-1, Slice({}, {}, 2));
    return x.detach().requires_grad_(!values.constant);
}

Sample sample(const std::vector<Input>& inputs, const std::vector<Values>& values) {
    Sample made;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        made.inputs.push_back(leaf(inputs[i], values[std::min(i, values.size() - 1)]));
        made.expanded.push_back(inputs[i].expanded);
    }
    return made;
}

using Inputs = std::vector<std::vector<Input>>;

// Of every number of dimensions, without elements, with one, expanded, and not contiguous.
const Inputs one{{{{}}}, {{{3}}}, {{{1}}}, {{{0}}}, {{{2, 3}}}, {{{2, 0, 3}}}, {{{2, 3}, Layout::Swapped}},
    {{{3}, Layout::Gaps}}, {{{2, 1, 2}, Layout::Swapped}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
// The same with at least one dimension, and with elements along the last.
const Inputs lines{{{{3}}}, {{{1}}}, {{{2, 3}}}, {{{0, 3}}}, {{{2, 0, 3}}}, {{{2, 3}, Layout::Swapped}},
    {{{3}, Layout::Gaps}}, {{{2, 1, 2}, Layout::Swapped}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
const Inputs pairs{{{{}}, {{}}}, {{{3}}, {{3}}}, {{{2, 3}}, {{}}}, {{{2, 3}}, {{3}}}, {{{2, 1}}, {{1, 3}}},
    {{{0}}, {{1}}}, {{{2, 0}}, {{2, 1}}}, {{{2, 3}, Layout::Swapped}, {{2, 3}}},
    {{{3}, Layout::Gaps}, {{2, 3}, Layout::Swapped}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 1}, Layout::Gaps}}};
const Inputs alike{{{{}}, {{}}}, {{{3}}, {{3}}}, {{{1}}, {{1}}}, {{{0}}, {{0}}}, {{{2, 3}}, {{2, 3}}},
    {{{2, 0}}, {{2, 0}}}, {{{2, 3}, Layout::Swapped}, {{2, 3}}}, {{{3}, Layout::Gaps}, {{3}, Layout::Gaps}},
    {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 3}, Layout::Swapped}}};
const Inputs triples{{{{}}, {{}}, {{}}}, {{{3}}, {{3}}, {{3}}}, {{{2, 3}}, {{}}, {{3}}}, {{{2, 1}}, {{1, 3}}, {{2, 3}}},
    {{{0}}, {{1}}, {{0}}}, {{{2, 0}}, {{2, 1}}, {{}}}, {{{2, 3}, Layout::Swapped}, {{2, 3}}, {{2, 1}}},
    {{{3}, Layout::Gaps}, {{2, 3}, Layout::Swapped}, {{1}}}};
const Inputs matrices{{{{2, 3}}, {{3, 2}}}, {{{1, 1}}, {{1, 1}}}, {{{0, 3}}, {{3, 2}}}, {{{2, 0}}, {{0, 2}}},
    {{{2, 3}}, {{3, 0}}}, {{{2, 3}, Layout::Swapped}, {{3, 2}}}, {{{2, 3}, Layout::Gaps}, {{3, 2}, Layout::Gaps}},
    {{{2, 3}}, {{3, 2}, Layout::Swapped}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{3, 2}, Layout::Swapped}}};

// Pairs of one shape with a dimension at least; with elements; and what is written into, beside what is broadcast to
// it.
const Inputs alike_lines(alike.begin() + 1, alike.end());
const Inputs alike_full{
    alike[0], alike[1], alike[2], alike[4], alike[6], alike[7], alike[8], {{{2, 1, 2}}, {{2, 1, 2}}}};
const Inputs into{{{{}}, {{}}}, {{{3}}, {{3}}}, {{{2, 3}}, {{}}}, {{{2, 3}}, {{3}}}, {{{2, 3}}, {{2, 1}}},
    {{{0}}, {{1}}}, {{{2, 0}}, {{2, 1}}}, {{{2, 3}, Layout::Swapped}, {{2, 3}}},
    {{{3}, Layout::Gaps}, {{3}, Layout::Gaps}}, {{{2, 3}}, {{1, 3}, Layout::Dense, {2, 3}}}};

Inputs without_bias(const Inputs& inputs) {
    Inputs pairs;
    for (const auto& given : inputs) pairs.push_back({given[0], given[1]});
    return pairs;
}

// ---- the table

struct Row {
    std::string name;
    torch::autograd::ListFunction f;
    Inputs inputs;
    std::vector<Values> values;
    bool twice = true;  // has a second derivative
};

template <class F>
Row row(const char* name, F f, const Inputs& inputs, const std::vector<Values>& values = {{}}, bool twice = true) {
    return {name, torch::autograd::ListFunction(f), inputs, values, twice};
}

const Values positive{0.3, 2}, corner{-1.5, 1.5, {0}}, distinct{.distinct = true};
const Values probabilities{.low = 0.2, .high = 0.8, .constant = true}, weights{.low = 0.3, .high = 2, .constant = true};

std::vector<Row> pointwise() {
    return {
        row("neg", torch::ops::neg, one),
        row("abs", torch::ops::abs, one, {corner}),
        row("sign", torch::ops::sign, one, {corner}),
        row("square", torch::ops::square, one),
        row("reciprocal", torch::ops::reciprocal, one, {positive}),
        row("sqrt", torch::ops::sqrt, one, {positive}),
        row("rsqrt", torch::ops::rsqrt, one, {positive}),
        row("exp", torch::ops::exp, one),
        row("exp2", torch::ops::exp2, one),
        row("expm1", torch::ops::expm1, one),
        row("log", torch::ops::log, one, {positive}),
        row("log2", torch::ops::log2, one, {positive}),
        row("log10", torch::ops::log10, one, {positive}),
        row("log1p", torch::ops::log1p, one, {{-0.7, 2}}),
        row("sin", torch::ops::sin, one),
        row("cos", torch::ops::cos, one),
        row("tan", torch::ops::tan, one, {{-1.2, 1.2}}),
        row("asin", torch::ops::asin, one, {{-0.9, 0.9}}),
        row("acos", torch::ops::acos, one, {{-0.9, 0.9}}),
        row("atan", torch::ops::atan, one),
        row("sinh", torch::ops::sinh, one),
        row("cosh", torch::ops::cosh, one),
        row("tanh", torch::ops::tanh, one),
        row("sigmoid", torch::ops::sigmoid, one),
        row("erf", torch::ops::erf, one),
        row("erfinv", torch::ops::erfinv, one, {{-0.9, 0.9}}),
        row("floor", torch::ops::floor, one, {{-2, 2, {-1, 0, 1}}}),
        row("ceil", torch::ops::ceil, one, {{-2, 2, {-1, 0, 1}}}),
        row("round", [](T x) { return torch::round(x); }, one, {{-1.4, 1.4, {-0.5, 0.5}}}),
        row("round, decimals", [](T x) { return torch::round(x, {.decimals = 1}); }, one, {{-1.4, 1.4}}),
        row("trunc", torch::ops::trunc, one, {{-2, 2, {-1, 0, 1}}}),
        row("frac", torch::ops::frac, one, {{-2, 2, {-1, 0, 1}}}),
        row("clamp", [](T x) { return x.clamp(-0.5, 1.0); }, one, {{-1.5, 1.5, {-0.5, 1}}}),
        row("clamp, by min", [](T x) { return x.clamp({.min = 0.2}); }, one, {{-1.5, 1.5, {0.2}}}),
        row("clamp, by tensors", [](T x, T low, T high) { return x.clamp(low, high); }, triples,
            {{.low = -2, .high = 2, .corners = {-1.0, 1.0}}, {-1, -1}, {1, 1}}),
        row("clamp_min", torch::ops::clamp_min, pairs, {{-1, 0.3}, {0.35, 1}}),
        row("clamp_max", torch::ops::clamp_max, pairs, {{-1, 0.3}, {0.35, 1}}),
        row(
            "nan_to_num", [](T x) { return torch::nan_to_num(x); }, one),
        row(
            "to", [](T x) { return torch::ops::to(x, torch::float64) * 2; }, one),
        row("clone", torch::ops::clone, one),
        row("contiguous", torch::ops::contiguous, one),
    };
}

std::vector<Row> arithmetic() {
    return {
        row(
            "add", [](T a, T b) { return a + b; }, pairs),
        row(
            "add, alpha", [](T a, T b) { return a.add(b, {.alpha = -2.5}); }, pairs),
        row(
            "add, of a number", [](T a) { return 2 + a; }, one),
        row(
            "sub", [](T a, T b) { return a - b; }, pairs),
        row(
            "sub, alpha", [](T a, T b) { return a.sub(b, {.alpha = 3}); }, pairs),
        row(
            "sub, from a number", [](T a) { return 2 - a; }, one),
        row("mul", torch::ops::mul, pairs),
        row("div", [](T a, T b) { return a / b; }, pairs, {{}, positive}),
        row("div, of a number", [](T a) { return 2 / a; }, one, {positive}),
        row("div, floor", [](T a, T b) { return a.div(b, {.rounding_mode = "floor"}) + a; }, pairs,
            {{0.1, 0.9}, {1, 2}}),
        row("div, trunc", [](T a, T b) { return a.div(b, {.rounding_mode = "trunc"}); }, pairs, {{0.1, 0.9}, {1, 2}}),
        row("remainder", torch::ops::remainder, pairs, {{2.1, 2.9}, {0.95, 1}}),
        row("remainder, of negatives", torch::ops::remainder, pairs, {{-2.9, -2.1}, {0.95, 1}}),
        row("fmod", torch::ops::fmod, pairs, {{-2.9, -2.1}, {0.95, 1}}),
        row(
            "pow", [](T x) { return x.pow(3); }, one),
        row("pow, of a fraction", [](T x) { return x.pow(-0.7); }, one, {positive}),
        row(
            "pow, 0", [](T x) { return x.pow(0); }, one),
        row("pow, of tensors", torch::ops::pow, pairs, {positive, {}}),
        row(
            "pow, of a base that is a number", [](T x) { return Tensor(2.5).pow(x); }, one),
        row("atan2", torch::ops::atan2, pairs, {positive, {}}),
        row("maximum", torch::ops::maximum, pairs, {{-1, 0.3}, {0.35, 1}}),
        row("minimum", torch::ops::minimum, pairs, {{-1, 0.3}, {0.35, 1}}),
        row("where", [](T a, T b) { return torch::where(a.detach() > b.detach(), a, b * 2); }, pairs,
            {{-1, 0.3}, {0.35, 1}}),
        row("lerp", torch::ops::lerp, triples),
        row(
            "lerp by a number", [](T a, T b) { return torch::ops::lerp(a, b, 0.3); }, pairs),
        row("clamp_min of a number", [](T x) { return torch::ops::clamp_min(x, 0.3); }, one, {{0.35, 1}}),
        row("clamp_max of a number", [](T x) { return torch::ops::clamp_max(x, 0.3); }, one, {{-1, 0.25}}),
        row("remainder by a number", [](T x) { return x % 2; }, one, {{2.1, 2.9}}),
        row("fmod by a number", [](T x) { return x.fmod(2); }, one, {{2.1, 2.9}}),
        row(
            "addcmul", [](T x, T a, T b) { return x.addcmul(a, b, {.value = 0.5}); }, triples),
        row("addcdiv", [](T x, T a, T b) { return x.addcdiv(a, b, {.value = 0.5}); }, triples, {{}, {}, positive}),
    };
}

std::vector<Row> activations() {
    return {
        row("relu", torch::ops::relu, one, {corner}),
        row("leaky_relu", [](T x) { return torch::ops::leaky_relu(x, 0.2); }, one, {corner}),
        row("prelu", [](T x, T w) { return torch::ops::prelu(x, w); },
            {{{{}}, {{1}}}, {{{3}}, {{1}}}, {{{2, 3}}, {{3}}}, {{{0, 3}}, {{3}}},
                {{{2, 3}, Layout::Swapped}, {{3}, Layout::Gaps}}, {{{2, 3, 2}}, {{3}}}, {{{2, 3}}, {{}}},
                {{{1, 3}, Layout::Dense, {2, 3}}, {{1}}}},
            {corner, {}}),
        row("elu", [](T x) { return torch::ops::elu(x, 1.3); }, one, {corner}),
        row("celu", [](T x) { return torch::ops::celu(x, 1.3); }, one, {corner}),
        row("selu", torch::ops::selu, one, {corner}),
        row(
            "gelu", [](T x) { return torch::ops::gelu(x); }, one),
        row(
            "gelu, tanh", [](T x) { return torch::ops::gelu(x, "tanh"); }, one),
        row("silu", torch::ops::silu, one),
        row("mish", torch::ops::mish, one),
        row("softplus", [](T x) { return torch::ops::softplus(x, 2, 2); }, one, {{-1.5, 1.5, {1}}}),
        row("logsigmoid", torch::ops::logsigmoid, one),
        row("hardtanh", [](T x) { return torch::ops::hardtanh(x); }, one, {{-1.5, 1.5, {-1, 1}}}),
        row("hardsigmoid", torch::ops::hardsigmoid, one, {{-4, 4, {-3, 3}}}),
        row("hardswish", torch::ops::hardswish, one, {{-4, 4, {-3, 3}}}),
        row("softshrink", [](T x) { return torch::ops::softshrink(x); }, one, {{-1.5, 1.5, {-0.5, 0.5}}}),
        row("hardshrink", [](T x) { return torch::ops::hardshrink(x); }, one, {{-1.5, 1.5, {-0.5, 0.5}}}),
        row("threshold", [](T x) { return torch::ops::threshold(x, 0.1, 20); }, one, {{-1.5, 1.5, {0.1}}}),
        row("rrelu", [](T x) { return torch::ops::rrelu(x); }, one, {corner}),
        row("rrelu, in training",
            [](T x) { return torch::ops::rrelu(x, 0.1, 0.3, true, torch::Generator().manual_seed(1)); }, one, {corner}),
        row(
            "dropout", [](T x) { return torch::ops::dropout(x, 0.4, true, torch::Generator().manual_seed(1)); }, one),
        row(
            "softmax", [](T x) { return x.softmax(-1); }, lines),
        row(
            "softmax, along the first dim", [](T x) { return x.softmax(0); }, one),
        row(
            "log_softmax", [](T x) { return x.log_softmax(-1); }, lines),
        row(
            "log_softmax, along the first dim", [](T x) { return x.log_softmax(0); }, one),
    };
}

std::vector<Row> reductions() {
    return {
        row(
            "sum", [](T x) { return x.sum(); }, one),
        row(
            "sum, dim", [](T x) { return x.sum(-1); }, lines),
        row("sum, dims",
            [](T x) {
                return x.sum({0, -1}, true);
            },
            {{{{2, 3}}}, {{{0, 3}}}, {{{3, 0}}}, {{{2, 2, 3}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
                {{{1, 1}}}, {{{1, 3}, Layout::Dense, {2, 3}}}}),
        row("sum_to",
            [](T x) {
                return torch::ops::sum_to(x, {x.size(0), 1});
            },
            {{{{2, 3}}}, {{{0, 3}}}, {{{3, 0}}}, {{{2, 1}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
                {{{1, 1}}}, {{{1, 3}, Layout::Dense, {2, 3}}}}),
        row(
            "nansum", [](T x) { return x.nansum(); }, one),
        row("mean", [](T x) { return x.mean(); }, {one[0], one[1], one[2], one[4], one[6], one[7], one[8], one[9]}),
        row(
            "mean, dim", [](T x) { return x.mean(-1, true); }, lines),
        row(
            "prod", [](T x) { return x.prod(); }, one),
        row(
            "prod, dim", [](T x) { return x.prod(-1); }, lines),
        row("prod, of zeros",
            [](T x) {
                return (x * torch::tensor({0., 1., 0.})).prod(-1);
            },
            {lines[0], lines[2], lines[3], lines[4], lines[5], lines[6], lines[8], {{{2, 2, 3}}}}),
        row("amax", [](T x) { return x.amax(-1); }, lines, {distinct}),
        row("amin",
            [](T x) {
                return x.amin({0, -1});
            },
            {{{{2, 3}}}, {{{2, 0, 3}}}, {{{2, 2, 3}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
                {{{1, 1}}}, {{{3, 1}}}, {{{3, 0, 2}}}},
            {distinct}),
        row("max", [](T x) { return x.max(); }, {one[0], one[1], one[2], one[4], one[6], one[7], one[8], {{{2, 2, 2}}}},
            {distinct}),
        row("min", [](T x) { return x.min(); }, {one[0], one[1], one[2], one[4], one[6], one[7], one[8], {{{2, 2, 2}}}},
            {distinct}),
        row(
            "logsumexp", [](T x) { return x.logsumexp(-1); }, lines),
        row("var", [](T x) { return x.var(); },
            {one[1], one[4], one[6], one[7], one[8], {{{2, 2, 2}}}, {{{4}}}, one[9]}),
        row(
            "var, dim", [](T x) { return x.var(-1, false); }, lines),
        row("std", [](T x) { return x.std(); },
            {one[1], one[4], one[6], one[7], one[8], {{{2, 2, 2}}}, {{{4}}}, one[9]}),
        row("std, dim", [](T x) { return x.std(0, true, true); },
            {one[1], one[4], {{{2, 0}}}, one[6], one[7], one[8], {{{3, 0, 2}}}, {{{4, 1}}}}),
        row("norm", [](T x) { return x.norm(); }, {one[0], one[1], one[2], one[4], one[6], one[7], one[8], one[9]},
            {positive}),
        row("norm, dim", [](T x) { return x.norm(2, -1, true); }, lines, {positive}),
        row("norm, 1", [](T x) { return x.norm(1, -1); }, lines, {corner}),
        row("norm, 3", [](T x) { return x.norm(3, -1); }, lines, {corner}),
        row("norm, 0.5", [](T x) { return x.norm(0.5, -1); }, lines, {positive}),
        row("norm, infinite", [](T x) { return x.norm(INFINITY, -1); }, lines, {{0.1, 2, {}, true}}),
        row(
            "cumsum", [](T x) { return x.cumsum(-1); }, lines),
        row(
            "cumprod", [](T x) { return x.cumprod(-1); }, lines),
        row("cumprod, along the first dim", [](T x) { return x.cumprod(0); },
            {one[1], one[2], one[4], one[5], one[6], one[7], one[8], one[9]}),
    };
}

std::vector<Row> views() {
    const Inputs planes{{{{2, 3}}}, {{{0, 3}}}, {{{2, 0}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
        {{{1, 1}}}, {{{3, 2}}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
    const Inputs cubes{{{{2, 3, 2}}}, {{{2, 0, 2}}}, {{{0, 3, 4}}}, {{{2, 3, 2}, Layout::Swapped}},
        {{{2, 3, 2}, Layout::Gaps}}, {{{1, 1, 1}}}, {{{1, 3, 1}}}, {{{1, 3, 2}, Layout::Dense, {2, 3, 2}}}};
    return {
        row(
            "view", [](T x) { return x.view(x.size(0), 1, x.size(1)); }, planes),
        row(
            "reshape", [](T x) { return x.reshape(x.size(1), x.size(0)); }, planes),
        row(
            "flatten", [](T x) { return torch::flatten(x); }, one),
        row(
            "unflatten",
            [](T x) {
                return x.unflatten(-1, {1, x.size(-1)});
            },
            planes),
        row(
            "expand", [](T x) { return x.unsqueeze(1).expand(-1, 2, -1); }, planes),
        row(
            "permute", [](T x) { return x.permute(2, 0, 1); }, cubes),
        row(
            "transpose", [](T x) { return x.transpose(0, 2); }, cubes),
        row("t", torch::ops::t, planes),
        row(
            "movedim", [](T x) { return x.movedim(0, -1); }, cubes),
        row(
            "squeeze", [](T x) { return torch::squeeze(x); }, cubes),
        row(
            "squeeze, dim", [](T x) { return x.squeeze(0); }, cubes),
        row(
            "unsqueeze", [](T x) { return x.unsqueeze(-1); }, one),
        row(
            "select", [](T x) { return x.select(-1, -1); }, lines),
        row(
            "slice", [](T x) { return x.slice(-1, Slice(1, {}, 2)); }, lines),
        row(
            "slice, empty", [](T x) { return x.slice(-1, Slice(0, 0, 2)); }, lines),
        row(
            "narrow", [](T x) { return x.narrow(-1, 0, 1); }, lines),
        row("as_strided",
            [](T x) {
                return x.clone().contiguous().as_strided({2, 2}, {1, 1});
            },
            {{{{2, 3}}}, {{{3}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}}, {{{3, 1}}}, {{{3, 2}}},
                {{{1, 3}, Layout::Dense, {2, 3}}}, {{{2, 2, 2}}}}),
        row(
            "unfold", [](T x) { return x.unfold(-1, 1, 1) * x.unfold(-1, 1, 2).sum(-2, true); }, lines),
        row(
            "diagonal", [](T x) { return x.diagonal(); }, planes),
        row(
            "diagonal, below", [](T x) { return x.diagonal(-1, 2, 0); }, cubes),
        row(
            "split", [](T x) { return x.split(2, -1); }, lines),
        row(
            "chunk", [](T x) { return x.chunk(2, 0); }, lines),
        row(
            "unbind", [](T x) { return x.unbind(-1); }, lines),
        row(
            "broadcast_tensors",
            [](T a, T b) {
                return torch::broadcast_tensors({a, b});
            },
            pairs),
        row(
            "meshgrid",
            [](T a, T b) {
                return torch::meshgrid({a.reshape(-1), b.reshape(-1)}, {.indexing = "xy"});
            },
            pairs),
        row(
            "X[...], whole", [](T x) { return x[torch::ellipsis]; }, one),
        row(
            "X[...]", [](T x) { return x[torch::ellipsis, torch::None, Slice(0, 2)]; }, lines),
    };
}

std::vector<Row> products() {
    const Inputs batches{{{{2, 2, 3}}, {{2, 3, 2}}}, {{{0, 2, 3}}, {{0, 3, 2}}}, {{{2, 2, 0}}, {{2, 0, 2}}},
        {{{1, 1, 1}}, {{1, 1, 1}}}, {{{2, 2, 3}, Layout::Swapped}, {{2, 3, 2}}},
        {{{2, 2, 3}, Layout::Gaps}, {{2, 3, 2}, Layout::Swapped}}, {{{1, 2, 3}, Layout::Dense, {2, 2, 3}}, {{2, 3, 1}}},
        {{{2, 1, 3}}, {{2, 3, 0}}}};
    const Inputs vectors{{{{3}}, {{3}}}, {{{1}}, {{1}}}, {{{0}}, {{0}}}, {{{3}, Layout::Gaps}, {{3}}},
        {{{3}, Layout::Gaps}, {{3}, Layout::Gaps}}, {{{1}, Layout::Dense, {3}}, {{3}}}, {{{2}}, {{2}, Layout::Gaps}},
        {{{4}}, {{4}}}};
    return {
        row("mm", torch::ops::mm, matrices),
        row("mv", torch::ops::mv,
            {{{{2, 3}}, {{3}}}, {{{0, 3}}, {{3}}}, {{{2, 0}}, {{0}}}, {{{2, 3}, Layout::Swapped}, {{3}, Layout::Gaps}},
                {{{2, 3}, Layout::Gaps}, {{3}}}, {{{1, 1}}, {{1}}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{3}}},
                {{{2, 3}}, {{1}, Layout::Dense, {3}}}}),
        row("bmm", torch::ops::bmm, batches),
        row("dot", torch::ops::dot, vectors),
        row("outer", torch::ops::outer, vectors),
        row("matmul", torch::ops::matmul,
            {matrices[0], {{{3}}, {{3}}}, {{{2, 3}}, {{3}}}, {{{3}}, {{3, 2}}}, {{{2, 2, 3}}, {{3, 2}}},
                {{{2, 1, 2, 3}}, {{2, 3, 2}}}, {{{2, 3}}, {{2, 3, 2}, Layout::Swapped}}, {{{2, 0, 3}}, {{3, 2}}},
                {{{1, 3}, Layout::Dense, {2, 3}}, {{3, 2}, Layout::Gaps}}}),
        row(
            "addmm", [](T a, T b) { return torch::addmm(a.sum(-1, true), a, b, {.beta = 0.5, .alpha = 2}); }, matrices),
        row("linear", [](T x, T w, T b) { return torch::ops::linear(x, w, b); },
            {{{{3}}, {{2, 3}}, {{2}}}, {{{2, 3}}, {{2, 3}}, {{2}}}, {{{0, 3}}, {{2, 3}}, {{2}}},
                {{{2, 0}}, {{2, 0}}, {{2}}}, {{{2, 2, 3}}, {{2, 3}}, {{2}}},
                {{{2, 3}, Layout::Swapped}, {{2, 3}, Layout::Swapped}, {{2}, Layout::Gaps}},
                {{{2, 3}, Layout::Gaps}, {{1, 3}}, {{1}}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 3}}, {{2}}}}),
        row(
            "einsum", [](T a, T b) { return torch::einsum("bij,bjk->ik", a, b); }, batches),
        row("einsum, of one", [](T a) { return torch::einsum("ij->ji", a); },
            {{{{2, 3}}}, {{{2, 2}}}, {{{0, 3}}}, {{{2, 0}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
                {{{1, 1}}}, {{{1, 3}, Layout::Dense, {2, 3}}}}),
    };
}

std::vector<Row> joining() {
    const Inputs planes{{{{2, 3}}}, {{{0, 3}}}, {{{2, 0}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
        {{{1, 1}}}, {{{3, 2}}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
    const Inputs volumes{{{{1, 2, 3}}}, {{{2, 2, 3}}}, {{{1, 3, 2}}}, {{{1, 2, 3}, Layout::Swapped}},
        {{{1, 2, 3}, Layout::Gaps}}, {{{0, 2, 3}}}, {{{1, 2, 2}}}, {{{1, 1, 3}, Layout::Dense, {1, 2, 3}}}};
    const Inputs images{{{{1, 1, 2, 3}}}, {{{2, 1, 2, 2}}}, {{{1, 2, 3, 2}}}, {{{1, 1, 2, 3}, Layout::Swapped}},
        {{{1, 1, 2, 3}, Layout::Gaps}}, {{{0, 1, 2, 3}}}, {{{1, 1, 2, 2}}},
        {{{1, 1, 1, 3}, Layout::Dense, {1, 1, 2, 3}}}};
    const Inputs solids{{{{1, 1, 2, 2, 2}}}, {{{1, 1, 2, 2, 3}}}, {{{0, 1, 2, 2, 2}}},
        {{{1, 1, 2, 2, 2}, Layout::Swapped}}, {{{1, 1, 2, 2, 2}, Layout::Gaps}}, {{{2, 1, 2, 2, 2}}},
        {{{1, 2, 2, 2, 2}}}, {{{1, 1, 1, 2, 2}, Layout::Dense, {1, 1, 2, 2, 2}}}};
    return {
        row(
            "cat",
            [](T a, T b) {
                return torch::cat({a, b, a}, -1);
            },
            alike_lines),
        row(
            "stack",
            [](T a, T b) {
                return torch::stack({a, b}, -1);
            },
            alike),
        row(
            "hstack",
            [](T a, T b) {
                return torch::hstack({a, b});
            },
            alike_lines),
        row(
            "vstack",
            [](T a, T b) {
                return torch::vstack({a, b});
            },
            alike_lines),
        row(
            "flip", [](T x) { return x.flip(0, -1); }, planes),
        row(
            "roll",
            [](T x) {
                return x.roll({1, -2}, {0, -1});
            },
            planes),
        row(
            "repeat", [](T x) { return x.repeat(2, 1, 2); }, planes),
        row(
            "tile", [](T x) { return x.tile({2}); }, planes),
        row(
            "repeat_interleave", [](T x) { return x.repeat_interleave(2, 0); }, planes),
        row("pad",
            [](T x) {
                return torch::ops::pad(x, {1, -1, 2, 0}, "constant", 3);
            },
            {planes[0], planes[1], planes[3], planes[4], planes[5], planes[6], planes[7], volumes[0]}),
        row("pad, reflect 1d",
            [](T x) {
                return torch::ops::pad(x, {1, 0}, "reflect");
            },
            {volumes[0], volumes[1], volumes[2], volumes[3], volumes[4], volumes[5], volumes[6], volumes[7]}),
        row(
            "pad, replicate 1d",
            [](T x) {
                return torch::ops::pad(x, {1, 2}, "replicate");
            },
            volumes),
        row(
            "pad, circular",
            [](T x) {
                return torch::ops::pad(x, {1, 2}, "circular");
            },
            volumes),
        row(
            "pad, reflect 2d",
            [](T x) {
                return torch::ops::pad(x, {1, 0, 1, 1}, "reflect");
            },
            images),
        row(
            "pad, replicate 2d",
            [](T x) {
                return torch::ops::pad(x, {1, 0, 2, 1}, "replicate");
            },
            images),
        row(
            "pad, reflect 3d",
            [](T x) {
                return torch::ops::pad(x, {1, 0, 0, 1, 1, 0}, "reflect");
            },
            solids),
        row(
            "pad, replicate 3d",
            [](T x) {
                return torch::ops::pad(x, {1, 0, 0, 1, 1, 0}, "replicate");
            },
            solids),
        row(
            "tril", [](T x) { return x.tril(); }, planes),
        row(
            "triu", [](T x) { return x.triu(1); }, planes),
        row(
            "diag", [](T x) { return x.diag(); }, planes),
        row(
            "diag, of a vector", [](T x) { return x.reshape(-1).diag(1); }, planes),
        row(
            "trace", [](T x) { return x.trace(); }, planes),
    };
}

// Indices that fit the last or the first dim of any shape with elements.
Tensor some_places(T x, std::int64_t dim, std::int64_t count) {
    return torch::arange(count) % std::max<std::int64_t>(x.size(dim), 1);
}

std::vector<Row> indexing() {
    const Inputs planes{{{{2, 3}}}, {{{3, 1}}}, {{{1, 1}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
        {{{2, 0}}}, {{{3, 2}}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
    const Inputs pairs_of_planes{{{{2, 3}}, {{2, 3}}}, {{{3, 1}}, {{3, 1}}}, {{{1, 1}}, {{1, 1}}}, {{{2, 0}}, {{2, 0}}},
        {{{2, 3}, Layout::Swapped}, {{2, 3}}}, {{{2, 3}, Layout::Gaps}, {{2, 3}, Layout::Swapped}},
        {{{3, 2}}, {{3, 2}}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 1}, Layout::Dense, {2, 3}}}};
    auto mask = [](T x) { return (torch::arange(x.numel()) % 2 == 0).view(x.shape()); };
    auto places = [](T x) { return torch::zeros(x.shape(), {.dtype = torch::int64}); };
    return {
        row(
            "index_select", [](T x) { return x.index_select(0, some_places(x, 0, 4)); }, planes),
        row(
            "gather", [=](T x) { return x.gather(0, places(x)); }, planes),
        row(
            "scatter",
            [=](T x, T s) { return x.scatter(0, some_places(x, 0, x.size(0)).view(-1, 1).expand(x.shape()), s); },
            pairs_of_planes),
        row(
            "scatter, of a number", [=](T x) { return x.scatter(0, places(x), 3.); }, planes),
        row(
            "scatter_add", [=](T x, T s) { return x.scatter_add(0, places(x), s); }, pairs_of_planes),
        row(
            "index_add", [](T x, T s) { return x.index_add(0, some_places(x, 0, x.size(0)), s); }, pairs_of_planes),
        row(
            "index_fill_", [](T x) { return (x * 1).index_fill_(0, torch::tensor({0}), 2); }, planes),
        row(
            "index_fill_ with a tensor", [](T x) { return (x * 1).index_fill_(0, torch::tensor({0}), x.sum()); },
            planes),
        row(
            "index_copy_", [](T x, T s) { return (x * 1).index_copy_(0, some_places(x, 0, x.size(0)), s); },
            pairs_of_planes),
        row(
            "masked_select", [=](T x) { return x.masked_select(mask(x)); }, planes),
        row(
            "masked_fill", [=](T x) { return x.masked_fill(mask(x), 2); }, planes),
        row(
            "masked_fill, by a tensor", [=](T x) { return x.masked_fill(mask(x), x.sum()) * x; }, planes),
        row(
            "take",
            [](T x) {
                return x.take(torch::zeros({x.numel(), 2}, {.dtype = torch::int64}));
            },
            planes),
        row(
            "X[indices]", [](T x) { return x[some_places(x, 0, 3)]; }, planes),
        row(
            "X[mask]", [=](T x) { return x[mask(x)]; }, planes),
        row(
            "X[mask] = values",
            [=](T x, T s) {
                Tensor y = x * 1;
                y[mask(x)] = s[mask(x)];
                return y;
            },
            pairs_of_planes),
        row(
            "X[index] = value",
            [](T x, T s) {
                Tensor y = x * 1;
                y[-1] = s[0];
                return y;
            },
            pairs_of_planes),
        row(
            "X[0].mul_",
            [](T x, T s) {
                Tensor y = x * 1;
                y[0].mul_(s[0]);
                return y;
            },
            pairs_of_planes),
        row(
            "embedding",
            [](T x) {
                return torch::ops::embedding(torch::tensor({0, 0}), x, -1);
            },
            planes),
        row("embedding, with padding",
            [](T x) {
                return torch::ops::embedding(torch::tensor({0, 1, 1}), x, 0) * torch::tensor({{0}, {1}, {2}});
            },
            {{{{2, 3}}}, {{{3, 1}}}, {{{2, 1}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}}, {{{2, 0}}},
                {{{4, 2}}}, {{{1, 3}, Layout::Dense, {2, 3}}}}),
    };
}

std::vector<Row> sorting() {
    const Inputs full{{{{3}}}, {{{1}}}, {{{2, 3}}}, {{{2, 3}, Layout::Swapped}}, {{{3}, Layout::Gaps}}, {{{0, 3}}},
        {{{2, 1, 2}, Layout::Swapped}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
    return {
        row("sort", [](T x) { return x.sort(-1, true).values; }, lines, {distinct}),
        row("sort, stable", [](T x) { return x.sort({.stable = true}).values; }, lines, {distinct}),
        row("topk", [](T x) { return x.topk(1).values; }, full, {distinct}),
        row("max, dim", [](T x) { return x.max(-1).values; }, full, {distinct}),
        row("min, dim", [](T x) { return x.min(-1, true).values; }, full, {distinct}),
        row("median, dim", [](T x) { return x.median(-1).values; }, full, {distinct}),
        row("median", [](T x) { return x.median(); },
            {one[0], one[1], one[2], one[4], one[6], one[7], one[8], {{{2, 2, 2}}}}, {distinct}),
    };
}

std::vector<Row> losses() {
    const Inputs scores{{{{2, 3}}, {{3}}}, {{{1, 3}}, {{3}}}, {{{4, 3}}, {{3}}}, {{{2, 3}, Layout::Swapped}, {{3}}},
        {{{2, 3}, Layout::Gaps}, {{3}, Layout::Gaps}}, {{{2, 3, 2}}, {{3}}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{3}}},
        {{{2, 3, 1}}, {{3}}}};
    auto classes = [](T x) {
        Shape shape = x.shape();
        std::vector<std::int64_t> sizes(shape.begin(), shape.end());
        sizes.erase(sizes.begin() + 1);
        return (torch::arange(Shape(sizes).numel()) % 3).view(sizes);
    };
    std::vector<Row> rows;
    for (std::string how : {"mean", "sum", "none"}) {
        const Inputs& shapes = how == "mean" ? alike_full : alike;
        rows.push_back(row(
            "mse_loss", [how](T a, T b) { return torch::ops::mse_loss(a, b, how); }, shapes));
        rows.push_back(row("smooth_l1_loss", [how](T a, T b) { return torch::ops::smooth_l1_loss(a, b, how, 0.5); },
            shapes, {{-1, -0.9}, {0, 0.3}}));
        rows.push_back(row("smooth_l1_loss, near", [how](T a, T b) { return torch::ops::smooth_l1_loss(a, b, how, 2); },
            shapes, {{-0.5, -0.1}, {0, 0.5}}));
        rows.push_back(row("huber_loss", [how](T a, T b) { return torch::ops::huber_loss(a, b, how, 0.5); }, shapes,
            {{-1, -0.9}, {0, 0.3}}));
        rows.push_back(row("huber_loss, near", [how](T a, T b) { return torch::ops::huber_loss(a, b, how, 2); }, shapes,
            {{-0.5, -0.1}, {0, 0.5}}));
        rows.push_back(
            row("binary_cross_entropy", [how](T a, T b) { return torch::ops::binary_cross_entropy(a, b, {}, how); },
                shapes, {{0.2, 0.8}, probabilities}));
        rows.push_back(row("binary_cross_entropy, weighted",
            [how](T a, T b) { return torch::ops::binary_cross_entropy(a, b, b, how); }, shapes,
            {{0.2, 0.8}, probabilities}));
        rows.push_back(row("binary_cross_entropy_with_logits",
            [how](T a, T b) { return torch::ops::binary_cross_entropy_with_logits(a, b, {}, {}, how); }, shapes,
            {{}, probabilities}));
        rows.push_back(row("binary_cross_entropy_with_logits, weighted",
            [how](T a, T b) { return torch::ops::binary_cross_entropy_with_logits(a, b, b, b + 1, how); }, shapes,
            {{}, probabilities}));
        rows.push_back(
            row("kl_div", [how](T a, T b) { return torch::ops::kl_div(a, b, how); }, shapes, {{}, positive}));
        rows.push_back(row(
            "kl_div, log_target", [how](T a, T b) { return torch::ops::kl_div(a, b, how, true); }, shapes));
        rows.push_back(row("nll_loss", [=](T x, T w) { return torch::ops::nll_loss(x, classes(x), w, 1, how); }, scores,
            {{}, weights}));
        rows.push_back(
            row("cross_entropy", [=](T x, T w) { return torch::ops::cross_entropy(x, classes(x), w, -100, how, 0.1); },
                scores, {{}, weights}));
        rows.push_back(row("cross_entropy, soft",
            [=](T x, T w) {
                return torch::ops::cross_entropy(x,
                    torch::softmax(torch::arange(x.numel()).to(torch::float64).view(x.shape()) % 4, 1), w, -100, how);
            },
            scores, {{}, weights}));
    }
    return rows;
}

std::vector<Row> images() {
    const Inputs filters{{{{1, 2, 3, 4}}, {{2, 1, 2, 2}}, {{2}}}, {{{2, 2, 3, 3}}, {{2, 1, 2, 1}}, {{2}}},
        {{{2, 4, 3}}, {{4, 1, 3, 2}}, {{4}}}, {{{0, 2, 3, 4}}, {{2, 1, 2, 2}}, {{2}}},
        {{{1, 2, 3, 4}, Layout::Swapped}, {{2, 1, 2, 2}}, {{2}, Layout::Gaps}},
        {{{1, 2, 3, 4}, Layout::Gaps}, {{2, 1, 2, 2}, Layout::Swapped}, {{2}}},
        {{{1, 1, 3, 4}, Layout::Dense, {1, 2, 3, 4}}, {{2, 1, 2, 2}}, {{1}, Layout::Dense, {2}}},
        {{{1, 2, 4, 2}}, {{2, 1, 1, 1}}, {{2}}}};
    const Inputs lines_of{{{{1, 2, 5}}, {{3, 2, 2}}, {{3}}}, {{{2, 2, 4}}, {{1, 2, 3}}, {{1}}},
        {{{2, 4}}, {{2, 2, 1}}, {{2}}}, {{{0, 2, 4}}, {{3, 2, 2}}, {{3}}},
        {{{1, 2, 4}, Layout::Swapped}, {{3, 2, 2}}, {{3}}},
        {{{1, 2, 4}, Layout::Gaps}, {{3, 2, 2}, Layout::Gaps}, {{3}}},
        {{{1, 1, 4}, Layout::Dense, {1, 2, 4}}, {{3, 2, 2}}, {{3}}},
        {{{3, 2, 4}}, {{2, 2, 2}, Layout::Swapped}, {{2}}}};
    const Inputs back{{{{1, 2, 2, 3}}, {{2, 1, 2, 2}}, {{2}}}, {{{2, 2, 2, 1}}, {{2, 2, 2, 1}}, {{4}}},
        {{{2, 2, 2}}, {{2, 1, 1, 2}}, {{2}}}, {{{0, 2, 2, 3}}, {{2, 1, 2, 2}}, {{2}}},
        {{{1, 2, 2, 3}, Layout::Swapped}, {{2, 1, 2, 2}}, {{2}}}, {{{1, 2, 2, 2}, Layout::Gaps}, {{2, 1, 2, 2}}, {{2}}},
        {{{1, 1, 2, 3}, Layout::Dense, {1, 2, 2, 3}}, {{2, 1, 2, 2}}, {{2}}}, {{{1, 2, 1, 1}}, {{2, 1, 2, 2}}, {{2}}}};
    const Inputs lines_back{{{{1, 2, 3}}, {{2, 2, 2}}, {{2}}}, {{{2, 2, 2}}, {{2, 1, 2}}, {{1}}},
        {{{2, 3}}, {{2, 2, 1}}, {{2}}}, {{{0, 2, 3}}, {{2, 2, 2}}, {{2}}},
        {{{1, 2, 3}, Layout::Swapped}, {{2, 2, 2}}, {{2}}},
        {{{1, 2, 3}, Layout::Gaps}, {{2, 2, 2}, Layout::Swapped}, {{2}}},
        {{{1, 1, 3}, Layout::Dense, {1, 2, 3}}, {{2, 2, 2}}, {{2}}}, {{{1, 2, 1}}, {{2, 3, 2}}, {{3}}}};
    const Inputs pictures{{{{1, 1, 4, 5}}}, {{{2, 1, 3, 3}}}, {{{1, 2, 4, 4}}}, {{{2, 3, 4}}}, {{{0, 1, 4, 4}}},
        {{{1, 1, 4, 3}, Layout::Swapped}}, {{{1, 1, 3, 4}, Layout::Gaps}},
        {{{1, 1, 1, 4}, Layout::Dense, {1, 1, 3, 4}}}};
    const Inputs rows_of{{{{1, 1, 5}}}, {{{2, 1, 4}}}, {{{1, 2, 3}}}, {{{2, 4}}}, {{{0, 1, 4}}},
        {{{1, 4, 3}, Layout::Swapped}}, {{{1, 1, 4}, Layout::Gaps}}, {{{1, 1, 4}, Layout::Dense, {1, 2, 4}}}};
    return {
        row(
            "conv2d",
            [](T x, T w, T b) {
                return torch::nn::functional::conv2d(
                    x, w, b, {.stride = {2, 1}, .padding = {1, 0}, .groups = x.size(-3)});
            },
            filters),
        row(
            "conv1d",
            [](T x, T w, T b) { return torch::nn::functional::conv1d(x, w, b, {.padding = 1, .dilation = 1}); },
            lines_of),
        row(
            "conv1d, same", [](T x, T w) { return torch::nn::functional::conv1d(x, w, {}, {.padding = "same"}); },
            without_bias(lines_of)),
        row(
            "conv_transpose2d",
            [](T x, T w, T b) {
                return torch::nn::functional::conv_transpose2d(
                    x, w, b, {.stride = 2, .output_padding = {1, 0}, .groups = x.size(-3)});
            },
            back),
        row(
            "conv_transpose1d",
            [](T x, T w, T b) { return torch::nn::functional::conv_transpose1d(x, w, b, {.stride = 2}); }, lines_back),
        row("max_pool2d", [](T x) { return torch::nn::functional::max_pool2d(x, 2, 1, 1); }, pictures, {distinct}),
        row("max_pool1d", [](T x) { return torch::nn::functional::max_pool1d(x, 2, 1); }, rows_of, {distinct}),
        row(
            "avg_pool2d", [](T x) { return torch::nn::functional::avg_pool2d(x, 2, 1, 1); }, pictures),
        row(
            "avg_pool1d", [](T x) { return torch::nn::functional::avg_pool1d(x, 2, 1); }, rows_of),
        row(
            "adaptive_avg_pool2d",
            [](T x) {
                return torch::nn::functional::adaptive_avg_pool2d(x, {2, 3});
            },
            pictures),
        row(
            "adaptive_avg_pool1d", [](T x) { return torch::nn::functional::adaptive_avg_pool1d(x, 2); }, rows_of),
        row("adaptive_max_pool2d",
            [](T x) {
                return torch::nn::functional::adaptive_max_pool2d(x, {2, 3});
            },
            pictures, {distinct}),
    };
}

// Over volumes; and what is made of windows, grids and pixels.
std::vector<Row> geometry() {
    namespace F = torch::nn::functional;
    const Inputs filters{{{{1, 1, 2, 3, 2}}, {{2, 1, 2, 2, 1}}, {{2}}}, {{{2, 2, 2, 2, 2}}, {{2, 1, 1, 2, 2}}, {{2}}},
        {{{2, 2, 2, 2}}, {{2, 1, 2, 1, 2}}, {{2}}}, {{{0, 1, 2, 2, 2}}, {{1, 1, 2, 1, 2}}, {{1}}},
        {{{1, 1, 2, 2, 3}, Layout::Swapped}, {{2, 1, 2, 2, 2}, Layout::Swapped}, {{2}}},
        {{{1, 1, 2, 2, 2}, Layout::Gaps}, {{1, 1, 2, 2, 2}}, {{1}}},
        {{{1, 1, 1, 2, 2}, Layout::Dense, {1, 1, 2, 2, 2}}, {{2, 1, 1, 1, 2}}, {{2}}},
        {{{1, 1, 2, 2, 2}}, {{1, 1, 3, 2, 2}}, {{1}}}};
    const Inputs volumes{{{{1, 1, 3, 2, 3}}}, {{{2, 1, 2, 3, 2}}}, {{{1, 2, 2, 2, 2}}}, {{{2, 2, 2, 3}}},
        {{{0, 1, 2, 2, 2}}}, {{{1, 1, 2, 2, 3}, Layout::Swapped}}, {{{1, 1, 2, 3, 2}, Layout::Gaps}},
        {{{1, 1, 1, 2, 3}, Layout::Dense, {1, 1, 2, 2, 3}}}};
    const Inputs pictures{{{{1, 1, 4, 4}}}, {{{2, 1, 2, 4}}}, {{{1, 2, 4, 2}}}, {{{1, 1, 2, 2}}}, {{{0, 1, 4, 4}}},
        {{{1, 1, 4, 2}, Layout::Swapped}}, {{{1, 1, 2, 4}, Layout::Gaps}},
        {{{1, 1, 1, 4}, Layout::Dense, {1, 1, 4, 4}}}};
    const Inputs columns{{{{1, 4, 9}}}, {{{2, 4, 9}}}, {{{1, 8, 9}}}, {{{4, 9}}}, {{{0, 4, 9}}},
        {{{1, 4, 9}, Layout::Swapped}}, {{{1, 4, 9}, Layout::Gaps}}, {{{1, 1, 9}, Layout::Dense, {1, 4, 9}}}};
    const Inputs shuffled{{{{4, 2, 2}}}, {{{1, 4, 2, 2}}}, {{{2, 4, 2, 4}}}, {{{8, 2, 2}}}, {{{0, 4, 2, 2}}},
        {{{4, 4, 2}, Layout::Swapped}}, {{{4, 2, 2}, Layout::Gaps}}, {{{4, 1, 2}, Layout::Dense, {4, 2, 2}}}};
    const Inputs grids{{{{1, 1, 3, 3}}, {{1, 2, 1, 2}}}, {{{1, 2, 2, 3}}, {{1, 1, 1, 2}}},
        {{{2, 1, 3, 2}}, {{2, 1, 2, 2}}}, {{{1, 1, 2, 2}}, {{1, 1, 2, 2}}}, {{{1, 1, 3, 3}}, {{1, 0, 1, 2}}},
        {{{1, 1, 3, 2}, Layout::Swapped}, {{1, 1, 2, 2}}}, {{{1, 1, 2, 3}, Layout::Gaps}, {{1, 1, 1, 2}}},
        {{{1, 1, 1, 3}, Layout::Dense, {1, 1, 3, 3}}, {{1, 1, 2, 2}}}};
    const Inputs volume_grids{{{{1, 1, 2, 3, 3}}, {{1, 1, 2, 1, 3}}}, {{{1, 2, 2, 2, 3}}, {{1, 1, 1, 1, 3}}},
        {{{2, 1, 3, 2, 2}}, {{2, 1, 1, 1, 3}}}, {{{1, 1, 2, 2, 2}}, {{1, 1, 1, 2, 3}}},
        {{{1, 1, 2, 3, 3}}, {{1, 0, 1, 1, 3}}}, {{{1, 1, 2, 3, 2}, Layout::Swapped}, {{1, 1, 1, 1, 3}}},
        {{{1, 1, 2, 2, 3}, Layout::Gaps}, {{1, 1, 1, 1, 3}}},
        {{{1, 1, 1, 2, 3}, Layout::Dense, {1, 1, 2, 2, 3}}, {{1, 1, 1, 1, 3}}}};
    const Inputs maps{{{{1, 2, 3}}}, {{{2, 2, 3}}}, {{{3, 2, 3}}}, {{{1, 2, 3}, Layout::Swapped}},
        {{{1, 2, 3}, Layout::Gaps}}, {{{2, 2, 3}, Layout::Swapped}}, {{{2, 2, 3}, Layout::Gaps}},
        {{{1, 2, 3}, Layout::Dense, {2, 2, 3}}}};
    // Where the places of a grid do not come near a pixel of 2 or 3, nor a border.
    const Values places{0.1, 0.27};
    auto resized = [](const char* mode, bool antialias) {
        return [mode, antialias](T x) {
            return F::interpolate(x,
                {.scale_factor = antialias ? 0.5 : 1.5,
                    .mode = mode,
                    .recompute_scale_factor = true,
                    .antialias = antialias});
        };
    };
    return {
        row(
            "conv3d",
            [](T x, T w, T b) {
                return F::conv3d(x, w, b, {.stride = {1, 2, 1}, .padding = 1, .groups = x.size(-4)});
            },
            filters),
        row("conv_transpose3d",
            [](T x, T w, T b) {
                return F::conv_transpose3d(x, w, b.sum().expand({w.size(1) * x.size(-4)}),
                    {.stride = 2, .output_padding = {1, 0, 0}, .groups = x.size(-4)});
            },
            {{{{1, 1, 1, 2, 1}}, {{1, 1, 2, 2, 1}}, {{2}}}, {{{2, 2, 1, 1, 2}}, {{2, 1, 1, 2, 2}}, {{2}}},
                {{{2, 1, 2, 1}}, {{2, 1, 2, 1, 2}}, {{2}}}, {{{0, 1, 2, 2, 2}}, {{1, 1, 2, 1, 2}}, {{1}}},
                {{{1, 1, 1, 2, 2}, Layout::Swapped}, {{1, 1, 2, 1, 2}, Layout::Swapped}, {{2}}},
                {{{1, 1, 1, 1, 2}, Layout::Gaps}, {{1, 1, 2, 1, 2}}, {{1}}},
                {{{1, 1, 1, 1, 1}, Layout::Dense, {1, 1, 1, 2, 1}}, {{1, 1, 1, 1, 2}}, {{2}}},
                {{{1, 1, 1, 1, 1}}, {{1, 2, 2, 1, 2}}, {{1}}}}),
        row("max_pool3d", [](T x) { return F::max_pool3d(x, 2, 1, 1); }, volumes, {distinct}),
        row(
            "avg_pool3d", [](T x) { return F::avg_pool3d(x, 2, 1, 1); }, volumes),
        row(
            "adaptive_avg_pool3d",
            [](T x) {
                return F::adaptive_avg_pool3d(x, {2, 1, 2});
            },
            volumes),
        row("adaptive_max_pool3d",
            [](T x) {
                return F::adaptive_max_pool3d(x, {2, 1, 2});
            },
            volumes, {distinct}),
        row(
            "max_unpool3d",
            [](T x) {
                return F::max_unpool3d(x,
                    torch::arange(x.size(-3) * x.size(-2) * x.size(-1))
                        .view({x.size(-3), x.size(-2), x.size(-1)})
                        .expand(x.shape()),
                    2, 1);
            },
            volumes),
        row("lp_pool2d", [](T x) { return F::lp_pool2d(x, 3, 2); }, pictures, {positive}),
        row("fractional_max_pool2d",
            [](T x) {
                return F::fractional_max_pool2d(x, {1, 2}, {.output_size = {2, 1}});
            },
            pictures, {distinct}),
        row("nearest", resized("nearest", false), pictures),
        row("nearest-exact", resized("nearest-exact", false), pictures),
        row("bilinear", resized("bilinear", false), pictures),
        row("bicubic", resized("bicubic", false), pictures),
        row("bilinear, antialias", resized("bilinear", true), pictures),
        row("bicubic, antialias", resized("bicubic", true), pictures),
        row(
            "trilinear",
            [](T x) {
                return F::interpolate(x.ndim() == 5 ? x : x.unsqueeze(0),
                    {.size = {3, 2, 4}, .mode = "trilinear", .align_corners = true});
            },
            volumes),
        row("grid_sample", [](T x, T grid) { return F::grid_sample(x, grid, {.align_corners = true}); }, grids,
            {{}, places}),
        row("grid_sample, border",
            [](T x, T grid) { return F::grid_sample(x, grid, {.padding_mode = "border", .align_corners = true}); },
            grids, {{}, places}),
        row("grid_sample, reflection",
            [](T x, T grid) {
                return F::grid_sample(x, 2 + grid, {.padding_mode = "reflection", .align_corners = true});
            },
            grids, {{}, places}),
        row("grid_sample, nearest",
            [](T x, T grid) { return F::grid_sample(x, grid, {.mode = "nearest", .align_corners = true}); }, grids,
            {{}, places}),
        row("grid_sample, bicubic",
            [](T x, T grid) { return F::grid_sample(x, grid, {.mode = "bicubic", .align_corners = true}); }, grids,
            {{}, places}),
        row("grid_sample 3d", [](T x, T grid) { return F::grid_sample(x, grid, {.align_corners = true}); },
            volume_grids, {{}, places}),
        row(
            "affine_grid",
            [](T theta) {
                return F::affine_grid(theta, {theta.size(0), 1, 2, 3}, {.align_corners = false});
            },
            maps),
        row(
            "pixel_shuffle", [](T x) { return torch::pixel_shuffle(x, 2); }, shuffled),
        row(
            "pixel_unshuffle", [](T x) { return torch::pixel_unshuffle(x, 2); }, shuffled),
        row(
            "channel_shuffle", [](T x) { return torch::channel_shuffle(x, x.size(1) % 2 == 0 ? 2 : 1); }, shuffled),
        row(
            "unfold",
            [](T x) {
                return F::unfold(x, {2, 1}, {.dilation = {1, 2}, .padding = 1, .stride = 2});
            },
            pictures),
        row(
            "fold", [](T x) { return F::fold(x, 4, 2); }, columns),
        row(
            "local_response_norm", [](T x) { return F::local_response_norm(x, 2, {.alpha = 0.5}); }, pictures),
    };
}

std::vector<Row> normalizations() {
    const Inputs channels{{{{3, 2}}, {{2}}, {{2}}}, {{{2, 2, 3}}, {{2}}, {{2}}}, {{{4, 1}}, {{1}}, {{1}}},
        {{{2, 2, 2, 2}}, {{2}}, {{2}}}, {{{3, 2}, Layout::Swapped}, {{2}}, {{2}}},
        {{{2, 2, 2}, Layout::Gaps}, {{2}, Layout::Gaps}, {{2}}}, {{{3, 2}}, {{1}, Layout::Dense, {2}}, {{2}}},
        {{{2, 2, 3}, Layout::Swapped}, {{2}}, {{2}, Layout::Gaps}}, {{{0, 2}}, {{2}}, {{2}}}};
    const Inputs trained(channels.begin(), channels.end() - 1);
    const Inputs spread{{{{1, 2, 3}}, {{2}}, {{2}}}, {{{2, 2, 3}}, {{2}}, {{2}}}, {{{2, 4, 2}}, {{4}}, {{4}}},
        {{{2, 2, 2, 2}}, {{2}}, {{2}}}, {{{1, 2, 3}, Layout::Swapped}, {{2}}, {{2}}},
        {{{1, 2, 3}, Layout::Gaps}, {{2}, Layout::Gaps}, {{2}}}, {{{1, 2, 3}}, {{1}, Layout::Dense, {2}}, {{2}}},
        {{{3, 2, 3}, Layout::Swapped}, {{2}}, {{2}, Layout::Gaps}}};
    const Inputs ends{{{{2, 3}}, {{3}}, {{3}}}, {{{3}}, {{3}}, {{3}}}, {{{2, 2, 4}}, {{4}}, {{4}}},
        {{{0, 3}}, {{3}}, {{3}}}, {{{2, 3}, Layout::Swapped}, {{3}}, {{3}}},
        {{{2, 3}, Layout::Gaps}, {{3}, Layout::Gaps}, {{3}}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{3}}, {{3}}},
        {{{2, 3}}, {{1}, Layout::Dense, {3}}, {{3}}}};
    auto constant = [](T w) { return torch::ones({w.size(0)}, {.dtype = torch::float64}) * 0.5; };
    return {
        row(
            "batch_norm, in training",
            [](T x, T w, T b) { return torch::ops::batch_norm(x, {}, {}, w, b, true, 0.1, 0.1); }, trained),
        row(
            "batch_norm", [=](T x, T w, T b) { return torch::ops::batch_norm(x, constant(w), constant(w), w, b); },
            channels),
        row(
            "layer_norm", [](T x, T w, T b) { return torch::ops::layer_norm(x, {x.size(-1)}, w, b, 0.1); }, ends),
        row(
            "group_norm", [](T x, T w, T b) { return torch::ops::group_norm(x, 2, w, b, 0.1); }, spread),
        row(
            "instance_norm", [](T x, T w, T b) { return torch::ops::instance_norm(x, {}, {}, w, b, true, 0.1, 0.1); },
            spread),
    };
}

std::vector<Row> in_place() {
    return {
        row(
            "add_", [](T a, T b) { return (a * 1).add_(b); }, into),
        row(
            "sub_", [](T a, T b) { return (a * 1).sub_(b); }, into),
        row(
            "mul_", [](T a, T b) { return (a * 1).mul_(b); }, into),
        row("div_", [](T a, T b) { return (a * 1).div_(b); }, into, {{}, positive}),
        row(
            "copy_", [](T a, T b) { return (a * 1).copy_(b); }, into),
        row(
            "fill_", [](T a) { return (a * 1).fill_(3); }, one),
        row(
            "fill_ with a tensor", [](T a) { return (a * 1).fill_(a.sum()); }, one),
        row(
            "unsqueeze_", [](T a) { return (a * 1).unsqueeze_(0); }, one),
        row(
            "transpose_", [](T a) { return (a * 1).transpose_(0, -1); }, one),
        row(
            "t_",
            [](T a) {
                return (a * 1).reshape({-1, 1}).clone().t_();
            },
            one),
        row(
            "normal_", [](T x) { return (x * 1).normal_(0, 1, {.generator = torch::Generator().manual_seed(1)}); },
            one),
        row(
            "zero_", [](T a) { return (a * 1).zero_(); }, one),
        row(
            "exp_", [](T a) { return (a * 1).exp_(); }, one),
        row(
            "tanh_", [](T a) { return (a * 1).tanh_(); }, one),
        row("clamp_", [](T a) { return (a * 1).clamp_(-0.5, 1.); }, one, {{-1.5, 1.5, {-0.5, 1}}}),
    };
}

std::vector<Row> sequences() {
    namespace F = torch::nn::functional;
    namespace rnn = torch::nn::utils::rnn;
    // (T, N, C); (rows, d); query, key and value; (N, T, ...)
    const Inputs logits{{{{4, 2, 3}}}, {{{1, 1, 2}}}, {{{3, 1, 4}}}, {{{2, 2, 2}}}, {{{2, 0, 3}}},
        {{{5, 2, 3}, Layout::Swapped}}, {{{3, 2, 3}, Layout::Gaps}}, {{{1, 2, 3}, Layout::Dense, {4, 2, 3}}}};
    const Inputs rows{{{{4, 2}}, {{5}}}, {{{4, 1}}, {{5}}}, {{{3, 3}}, {{5}, Layout::Gaps}}, {{{3, 0}}, {{5}}},
        {{{5, 2}, Layout::Swapped}, {{5}}}, {{{3, 2}, Layout::Gaps}, {{5}}}, {{{1, 2}, Layout::Dense, {3, 2}}, {{5}}},
        {{{3, 2}}, {{1}, Layout::Dense, {5}}}};
    const Inputs attended{{{{2, 3}}, {{4, 3}}, {{4, 2}}}, {{{1, 1}}, {{1, 1}}, {{1, 1}}},
        {{{2, 3}}, {{2, 3}}, {{2, 3}}}, {{{2, 2, 3}}, {{2, 2, 3}}, {{2, 2, 1}}}, {{{2, 2, 3}}, {{3, 3}}, {{3, 2}}},
        {{{2, 3}, Layout::Swapped}, {{4, 3}}, {{4, 2}, Layout::Gaps}},
        {{{1, 3}, Layout::Dense, {2, 3}}, {{4, 3}}, {{4, 2}}}, {{{0, 3}}, {{2, 3}}, {{2, 2}}}};
    const Inputs batches{{{{3, 4}}}, {{{3, 2}}}, {{{3, 4, 2}}}, {{{3, 3, 1}}}, {{{3, 2, 2, 2}}},
        {{{3, 4}, Layout::Swapped}}, {{{3, 4}, Layout::Gaps}}, {{{1, 4}, Layout::Dense, {3, 4}}}};
    auto bag = [](const char* mode) {
        return [mode](T weight, T) {
            return F::embedding_bag(torch::tensor({2, 0, 1, 2, 2}), weight, torch::tensor({0, 3, 3}), {.mode = mode});
        };
    };
    auto packed = [](T x) { return rnn::pack_padded_sequence(x, {1, 2, x.size(1)}, true, {.enforce_sorted = false}); };
    return {
        row(
            "ctc_loss",
            [](T x) {
                return F::ctc_loss(x.log_softmax(-1), torch::ones({x.size(1), 1}, {.dtype = torch::int64}),
                    std::vector<std::int64_t>(std::size_t(x.size(1)), x.size(0)),
                    std::vector<std::int64_t>(std::size_t(x.size(1)), 1), {.reduction = "none"});
            },
            logits, {{}}, false),
        row("embedding_bag, sum", bag("sum"), rows),
        row("embedding_bag, mean", bag("mean"), rows),
        row("embedding_bag, max", bag("max"), rows, {distinct, {}}),
        row(
            "embedding_bag, weighted",
            [](T weight, T each) {
                return F::embedding_bag(torch::tensor({2, 0, 1, 2, 2}), weight, torch::tensor({0, 2}),
                    {.mode = "sum", .per_sample_weights = each, .padding_idx = 1});
            },
            rows),
        row(
            "scaled_dot_product_attention", [](T q, T k, T v) { return F::scaled_dot_product_attention(q, k, v); },
            attended),
        row(
            "scaled_dot_product_attention, causal",
            [](T q, T k, T v) { return F::scaled_dot_product_attention(q, k, v, {.is_causal = true, .scale = 0.7}); },
            attended),
        row("rms_norm", [](T x, T w) { return F::rms_norm(x, x.size(-1), w, 0.1); },
            {{{{2, 3}}, {{3}}}, {{{3}}, {{3}}}, {{{2, 1}}, {{1}}}, {{{0, 3}}, {{3}}}, {{{2, 2, 3}}, {{3}}},
                {{{2, 3}, Layout::Swapped}, {{3}, Layout::Gaps}}, {{{2, 3}, Layout::Gaps}, {{3}}},
                {{{1, 3}, Layout::Dense, {2, 3}}, {{3}}}}),
        row(
            "pack_padded_sequence", [packed](T x) { return packed(x).data; }, batches),
        row(
            "pad_packed_sequence", [packed](T x) { return std::get<0>(rnn::pad_packed_sequence(packed(x))); }, batches),
        row(
            "pad_sequence",
            [](T x) {
                return rnn::pad_sequence({x[0], x[1][Slice({}, 1)], x[2]}, true, 0.5);
            },
            batches),
    };
}

std::vector<Row> places() {
    const Inputs planes{{{{2, 3}}}, {{{3, 1}}}, {{{1, 1}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
        {{{2, 0}}}, {{{3, 2}}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
    const Inputs pairs_of_planes{{{{2, 3}}, {{2, 3}}}, {{{3, 1}}, {{3, 1}}}, {{{1, 1}}, {{1, 1}}}, {{{2, 0}}, {{2, 0}}},
        {{{2, 3}, Layout::Swapped}, {{2, 3}}}, {{{2, 3}, Layout::Gaps}, {{2, 3}, Layout::Swapped}},
        {{{3, 2}}, {{3, 2}}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 1}, Layout::Dense, {2, 3}}}};
    const Inputs full{{{{3}}}, {{{1}}}, {{{2, 3}}}, {{{2, 3}, Layout::Swapped}}, {{{3}, Layout::Gaps}}, {{{4, 3}}},
        {{{2, 1, 2}, Layout::Swapped}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
    const Inputs wide{{{{3, 3}}}, {{{3, 4}}}, {{{4, 3}}}, {{{3, 3}, Layout::Swapped}}, {{{3, 3}, Layout::Gaps}},
        {{{3, 5}}}, {{{5, 3}}}, {{{1, 3}, Layout::Dense, {3, 3}}}};
    const Inputs solid{full[0], full[1], full[2], full[3], full[4], full[5], full[6], {{{2, 2}}}};
    auto mask = [](T x) { return (torch::arange(x.numel()) % 2 == 0).view(x.shape()); };
    auto nowhere = [](T x) { return torch::zeros(x.shape(), {.dtype = torch::int64}); };
    auto generator = [] { return torch::Generator().manual_seed(1); };
    std::vector<Row> rows{
        row("msort", torch::ops::msort, solid, {distinct}),
        row("quantile", [](T x) { return x.quantile(0.3, 0); }, solid, {distinct}),
        row("quantile of all, by q too",
            [](T x, T q) { return x.quantile(q.reshape(-1)[Slice(0, 1)], torch::none, true); },
            {{{{3}}, {{1}}}, {{{2, 3}}, {{2}}}, {{{4}}, {{1}}}, {{{2, 3}, Layout::Swapped}, {{1}}}, {{{5}}, {{3}}},
                {{{3}, Layout::Gaps}, {{1}}}, {{{7}}, {{1}}}, {{{2, 2, 2}}, {{1}}}},
            {distinct, {0.3, 0.32}}),
        row("nanquantile", [](T x) { return x.nanquantile(0.3, 0, {.interpolation = "midpoint"}); }, solid, {distinct}),
        row("nanmedian", [](T x) { return x.nanmedian(); }, solid, {distinct}),
        row("nanmedian, dim", [](T x) { return x.nanmedian(-1).values; }, solid, {distinct}),
        row("kthvalue", [](T x) { return x.kthvalue(1).values; }, solid, {distinct}),
        row("mode", [](T x) { return x.mode(0, true).values; }, solid, {distinct}),
        row("cummax", [](T x) { return x.cummax(-1).values; }, lines, {distinct}),
        row("cummin", [](T x) { return x.cummin(0).values; }, lines, {distinct}),
        row(
            "take_along_dim", [=](T x) { return x.take_along_dim(nowhere(x), 0); }, planes),
        row(
            "put", [=](T x, T s) { return x.put(torch::arange(x.numel()).view(x.shape()), s); }, pairs_of_planes),
        row("put, accumulated", [=](T x, T s) { return x.put(nowhere(x), s, true); },
            {pairs_of_planes[0], pairs_of_planes[1], pairs_of_planes[2], pairs_of_planes[4], pairs_of_planes[5],
                pairs_of_planes[6], pairs_of_planes[7], {{{2, 2}}, {{2, 2}}}}),
        row(
            "masked_scatter", [=](T x, T s) { return x.masked_scatter(mask(x), s); }, pairs_of_planes),
        row(
            "index_fill, by a tensor", [](T x) { return x.index_fill(0, torch::tensor({0}), x.sum()); }, planes),
        row(
            "index_copy", [](T x, T s) { return x.index_copy(0, some_places(x, 0, x.size(0)), s); }, pairs_of_planes),
        row(
            "index_put",
            [](T x, T s) {
                return x.index_put({torch::tensor({0, 0})}, s[0], true);
            },
            pairs_of_planes),
        row(
            "select_scatter", [](T x, T s) { return x.select_scatter(s[0], 0, 0); }, pairs_of_planes),
        row(
            "slice_scatter", [](T x, T s) { return x.slice_scatter(s[Slice(0, 1)], 0, 0, 1); }, pairs_of_planes),
        row(
            "diagonal_scatter", [](T x, T s) { return x.diagonal_scatter(s.diagonal()); }, pairs_of_planes),
        row(
            "as_strided_scatter",
            [](T x, T s) {
                return x.contiguous().as_strided_scatter(s, x.shape(), torch::contiguous_strides(x.shape()));
            },
            pairs_of_planes),
        row(
            "rot90",
            [](T x) {
                return x.rot90(1, {0, 1});
            },
            planes),
        row(
            "rot90, twice", [](T x) { return x.rot90(2); }, planes),
        row(
            "diag_embed", [](T x) { return x.diag_embed(1); }, lines),
        row(
            "diagflat", [](T x) { return x.diagflat(); }, lines),
        row(
            "diff", [](T x) { return x.diff(1, 0, x, x); }, lines),
        row(
            "squeeze, dims",
            [](T x) {
                return x.squeeze({0, -1}) * 2;
            },
            planes),
        row(
            "unsafe_split", [](T x) { return x.unsafe_split(2)[0] * 2; }, planes),
        row(
            "unsafe_split_with_sizes",
            [](T x) {
                return x.unsafe_split_with_sizes({1, x.size(0) - 1})[0] * 2;
            },
            planes),
        row(
            "tensor_split", [](T x) { return x.tensor_split(2, 1)[0] * 2; }, planes),
        row(
            "block_diag", [](T x, T s) { return torch::block_diag(x, s); }, pairs_of_planes),
        row(
            "cartesian_prod", [](T x) { return torch::cartesian_prod(x.ravel(), x.ravel()); }, planes),
        row(
            "combinations", [](T x) { return torch::combinations(x.ravel(), 2, true); }, solid),
        row(
            "vander", [](T x) { return torch::vander(x.ravel(), 4); }, planes),
        row(
            "gradient", [](T x) { return torch::gradient(x, {.spacing = 0.5, .dim = 0, .edge_order = 2})[0]; }, wide),
        row(
            "gradient, at coordinates",
            [](T x) {
                Tensor at = torch::arange(x.size(0)).to(torch::float64).square();
                return torch::gradient(x, {.spacing = {at}, .dim = 0})[0];
            },
            wide),
        row("poisson", [=](T x) { return torch::poisson(x, generator()); }, one, {positive}),
        row(
            "geometric_", [=](T x) { return (x * 1).geometric_(0.4, {.generator = generator()}); }, one),
        row(
            "cauchy_", [=](T x) { return (x * 1).cauchy_({.generator = generator()}); }, one),
        row(
            "log_normal_", [=](T x) { return (x * 1).log_normal_({.generator = generator()}); }, one),
    };
    const Values others{2, 3.5, {}, true};
    for (const char* reduce : {"sum", "prod", "mean", "amax", "amin"})
        for (bool include_self : {true, false}) {
            rows.push_back(row("scatter_reduce",
                [=](T x, T s) { return x.scatter_reduce(0, nowhere(s), s, reduce, {.include_self = include_self}); },
                pairs_of_planes, {distinct, others}));
            if (std::string(reduce) == "sum") continue;
            rows.push_back(row("index_reduce",
                [=](T x, T s) {
                    return x.index_reduce(0, torch::zeros({x.size(0)}, {.dtype = torch::int64}), s, reduce,
                        {.include_self = include_self});
                },
                pairs_of_planes, {distinct, others}));
        }
    rows.push_back(row(
        "scatter_reduce, of zeros",
        [=](T x, T s) {
            const Tensor some = (torch::arange(s.numel()) % 4 != 0).view(s.shape()).to(torch::float64);
            return x.scatter_reduce(1, nowhere(s), s * some, "prod");
        },
        pairs_of_planes));
    return rows;
}

std::vector<Row> numbers() {
    const Values above_one{1.2, 3}, unit{0.1, 0.9}, constant{.low = 0.5, .high = 3, .constant = true};
    return {
        row("asinh", torch::ops::asinh, one),
        row("acosh", torch::ops::acosh, one, {above_one}),
        row("atanh", torch::ops::atanh, one, {{-0.9, 0.9}}),
        row("sinc", torch::ops::sinc, one, {{0.1, 2}}),
        row("deg2rad", torch::ops::deg2rad, one),
        row("rad2deg", torch::ops::rad2deg, one),
        row("sgn", torch::ops::sgn, one, {corner}),
        row("angle", torch::ops::angle, one, {corner}),
        row("frexp", [](T x) { return torch::frexp(x).mantissa; }, one, {{0.3, 1.9, {0.5, 1}}}),
        row("logit", [](T x) { return torch::logit(x); }, one, {unit}),
        row("logit, eps", [](T x) { return torch::logit(x, 0.2); }, one, {{0.05, 0.95, {0.2, 0.8}}}),
        row("erfc", torch::ops::erfc, one),
        row("erfcx", torch::ops::erfcx, one),
        row("lgamma", torch::ops::lgamma, one, {positive}),
        row("digamma", torch::ops::digamma, one, {positive}),
        row("polygamma", [](T x) { return torch::polygamma(2, x); }, one, {positive}),
        row("mvlgamma", [](T x) { return torch::mvlgamma(x, 2); }, one, {above_one}),
        row("igamma", torch::ops::igamma, pairs, {constant, positive}),
        row("igammac", torch::ops::igammac, pairs, {constant, positive}),
        row("zeta", torch::ops::zeta, pairs, {{.low = 1.5, .high = 3, .constant = true}, positive}),
        row("zeta, of a number", [](T q) { return torch::special::zeta(2.5, q); }, one, {positive}),
        row("entr", torch::ops::entr, one, {positive}),
        row("ndtr", torch::ops::ndtr, one),
        row("log_ndtr", torch::ops::log_ndtr, one),
        row("ndtri", torch::ops::ndtri, one, {unit}),
        row("i0", torch::ops::i0, one, {corner}),
        row("i0e", torch::ops::i0e, one, {corner}),
        row("i1", torch::ops::i1, one, {corner}),
        row("i1e", torch::ops::i1e, one, {corner}),
        row("hypot", torch::ops::hypot, pairs, {positive, {}}),
        row("copysign", torch::ops::copysign, pairs, {corner, corner}),
        row("copysign of a number", [](T x) { return x.copysign(-2); }, one, {corner}),
        row("ldexp", torch::ops::ldexp, pairs),
        row("float_power", torch::ops::float_power, pairs, {positive, {}}),
        row("fmax", torch::ops::fmax, pairs, {{-1, 0.3}, {0.35, 1}}),
        row("fmin", torch::ops::fmin, pairs, {{-1, 0.3}, {0.35, 1}}),
        row(
            "rsub", [](T a, T b) { return torch::rsub(a, b, {.alpha = 2}); }, pairs),
        row("xlogy", torch::ops::xlogy, pairs, {corner, positive}),
        row("xlogy of numbers", [](T x) { return torch::xlogy(2, x) + x.xlogy(3); }, one, {positive}),
        row("xlog1py", torch::ops::xlog1py, pairs, {corner, positive}),
        row("xlog1py of numbers", [](T x) { return torch::special::xlog1py(2, x) + torch::special::xlog1py(x, 3); },
            one, {positive}),
        row("logaddexp", torch::ops::logaddexp, pairs),
        row("logaddexp2", torch::ops::logaddexp2, pairs),
    };
}

std::vector<Row> statistics() {
    const Inputs planes{{{{2, 3}}}, {{{3, 2}}}, {{{1, 3}}}, {{{2, 3}, Layout::Swapped}}, {{{2, 3}, Layout::Gaps}},
        {{{2, 4}}}, {{{3, 3}}}, {{{1, 3}, Layout::Dense, {2, 3}}}};
    const Inputs rows{{{{2, 3}}, {{4, 3}}}, {{{1, 2}}, {{1, 2}}}, {{{2, 2, 3}}, {{2, 3}}},
        {{{2, 3}, Layout::Swapped}, {{2, 3}}}, {{{2, 3}, Layout::Gaps}, {{3, 3}}}, {{{2, 3}}, {{2, 1, 3}}},
        {{{0, 3}}, {{2, 3}}}, {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 3}}}};
    const Inputs squares{{{{2, 2}}}, {{{1, 1}}}, {{{3, 3}}}, {{{0, 0}}}, {{{2, 2, 2}}}, {{{2, 2}, Layout::Swapped}},
        {{{2, 2}, Layout::Gaps}}, {{{1, 3}, Layout::Dense, {3, 3}}}};
    const Inputs sampled{{{{3}}, {{3}}}, {{{1}}, {{1}}}, {{{2, 3}}, {{2, 3}}}, {{{2, 3}}, {{3}}}, {{{0, 3}}, {{0, 3}}},
        {{{2, 3}, Layout::Swapped}, {{2, 3}}}, {{{3}, Layout::Gaps}, {{3}, Layout::Gaps}},
        {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 3}, Layout::Swapped}}};
    const std::vector<Values> far{{0, 1}, {2, 3}};
    return {
        row(
            "nanmean", [](T x) { return x.nanmean(-1); }, lines),
        row(
            "var_mean",
            [](T x) {
                return TensorList{torch::var_mean(x, -1, false).var, torch::var_mean(x, -1, false).mean};
            },
            lines),
        row("std_mean",
            [](T x) {
                return TensorList{torch::std_mean(x, 1).std, torch::std_mean(x, 1).mean};
            },
            {planes[0], planes[1], planes[2], planes[3], planes[4], planes[5], planes[6], {{{2, 3, 2}}}}, {distinct}),
        row("norm, fro",
            [](T x) {
                return x.norm("fro", {0, 1});
            },
            planes, {positive}),
        row("renorm", [](T x) { return x.renorm(2, 0, 1); }, planes, {positive}),
        row(
            "dist", [](T a, T b) { return torch::dist(a, b); }, alike_full, far),
        row(
            "cdist", [](T a, T b) { return torch::cdist(a, b); }, rows, far),
        row(
            "cdist, by a product",
            [](T a, T b) { return torch::cdist(a, b, {.compute_mode = "use_mm_for_euclid_dist"}); }, rows, far),
        row(
            "cdist, infinite", [](T a, T b) { return torch::cdist(a, b, INFINITY); }, rows, far),
        row(
            "trapezoid", [](T y) { return torch::trapezoid(y, {.dx = 2}); }, lines),
        row(
            "trapezoid, of places", [](T y, T x) { return torch::trapezoid(y, x); }, sampled),
        row(
            "cumulative_trapezoid", [](T y) { return torch::cumulative_trapezoid(y, {.dx = 2, .dim = 0}); }, lines),
        row(
            "cumulative_trapezoid, of places", [](T y, T x) { return torch::cumulative_trapezoid(y, x); }, sampled),
        row(
            "cov", [](T x) { return x.cov(); }, planes),
        row("corrcoef", [](T x) { return x.corrcoef(); },
            {planes[0], planes[1], planes[3], planes[4], planes[5], planes[6], {{{3, 4}}}, {{{2, 5}}}}),
        row(
            "logcumsumexp", [](T x) { return x.logcumsumexp(-1); }, lines),
        row(
            "logcumsumexp, along the first dim", [](T x) { return x.logcumsumexp(0); }, one),
        row("kron", torch::ops::kron, pairs),
        row("inner", torch::ops::inner, alike_full),
        row("vdot", torch::ops::vdot,
            {{{{3}}, {{3}}}, {{{1}}, {{1}}}, {{{0}}, {{0}}}, {{{4}}, {{4}}}, {{{3}, Layout::Gaps}, {{3}}},
                {{{2}}, {{2}}}, {{{3}}, {{3}, Layout::Gaps}}, {{{5}}, {{5}}}}),
        row(
            "tensordot", [](T a, T b) { return torch::tensordot(a, b, 1); }, matrices),
        row("cross", [](T a, T b) { return torch::linalg::cross(a, b); },
            {{{{3}}, {{3}}}, {{{2, 3}}, {{2, 3}}}, {{{2, 3}}, {{1, 3}}}, {{{0, 3}}, {{0, 3}}},
                {{{2, 3}, Layout::Swapped}, {{2, 3}}}, {{{2, 3}, Layout::Gaps}, {{2, 3}}}, {{{2, 2, 3}}, {{2, 1, 3}}},
                {{{1, 3}, Layout::Dense, {2, 3}}, {{2, 3}}}}),
        row(
            "baddbmm",
            [](T a, T b) { return torch::baddbmm(a.sum(), a.unsqueeze(0), b.unsqueeze(0), {.beta = 0.5, .alpha = 2}); },
            matrices),
        row(
            "addbmm",
            [](T a, T b) { return torch::addbmm(a.sum(), a.unsqueeze(0), b.unsqueeze(0), {.beta = 0, .alpha = 2}); },
            matrices),
        row(
            "addmv", [](T a, T b) { return torch::addmv(b.sum(), a, b.sum(1), {.beta = 0.5, .alpha = 2}); }, matrices),
        row(
            "addr", [](T a, T b) { return torch::addr(a.sum(), a.sum(1), b.sum(0), {.beta = 0.5, .alpha = 2}); },
            matrices),
        row(
            "matrix_power", [](T a) { return torch::matrix_power(a, 5); }, squares),
        row(
            "chain_matmul", [](T a, T b) { return torch::chain_matmul(a, b, b.t()); }, matrices),
    };
}

std::vector<Row> table() {
    std::vector<Row> rows;
    for (auto group : {pointwise, arithmetic, activations, reductions, views, products, joining, indexing, sorting,
             losses, images, geometry, normalizations, in_place, sequences, places, numbers, statistics}) {
        auto more = group();
        rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
}

// Calls f with each row, each of its inputs, and the function of these that the row stands for.
template <class F> void each_sample(const F& f) {
    for (const Row& row : table()) {
        CAPTURE(row.name);
        CHECK(row.inputs.size() >= 8);
        generator.seed(1);
        torch::manual_seed(1);
        for (std::size_t i = 0; i < row.inputs.size(); ++i) {
            CAPTURE(i);
            Sample s = sample(row.inputs[i], row.values);
            f(row, s.inputs, torch::autograd::ListFunction([&](const TensorList& given) {
                TensorList inputs = given;
                for (std::size_t k = 0; k < inputs.size(); ++k)
                    if (!s.expanded[k].empty()) inputs[k] = inputs[k].expand(s.expanded[k]);
                return row.f(inputs);
            }));
        }
    }
}

const torch::autograd::GradcheckOptions exact{.atol = 1e-8, .rtol = 1e-6};
const torch::autograd::GradgradcheckOptions exact_twice{.atol = 1e-8, .rtol = 1e-6};

void note_names(const torch::GradFn& fn, std::set<std::string>& names, std::set<const void*>& seen) {
    if (!fn.defined() || !seen.insert(fn.node().get()).second) return;
    names.insert(fn.name());
    for (const torch::GradFn& next : fn.next_functions()) note_names(next, names, seen);
}

// What the steps of autograd/ are called there.
std::set<std::string> names_in_source() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(TAPER_SOURCE_DIR "/autograd")) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path());
        std::string text(std::istreambuf_iterator<char>(file), {});
        const std::regex name("\"(\\w+Backward[0-9]?)\"");
        for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) names.insert((*at)[1]);
    }
    return names;
}

}  // namespace

TEST_CASE("the gradient of every op is what finite differences say") {
    std::size_t samples = 0;
    each_sample([&](const Row&, const TensorList& inputs, const torch::autograd::ListFunction& f) {
        ++samples;
        CHECK_NOTHROW(torch::autograd::gradcheck(f, inputs, exact));
    });
    MESSAGE(fmt::format("{} rows and {} samples in the table of differentiable ops", table().size(), samples));
}

TEST_CASE("the gradient of every gradient is what finite differences say") {
    each_sample([&](const Row& row, const TensorList& inputs, const torch::autograd::ListFunction& f) {
        if (row.twice) CHECK_NOTHROW(torch::autograd::gradgradcheck(f, inputs, exact_twice));
    });
}

TEST_CASE("the table has a row for every op that has a derivative") {
    // What has none of its own to check, or is under test elsewhere.
    const std::set<std::string> elsewhere{"CheckpointFunctionBackward", "NextafterBackward0", "SpecialZetaBackward2",
        "SqueezeBackward2", "ToCopyBackward0", "Unique2Backward0", "UniqueDimBackward0", "UniqueConsecutiveBackward0"};
    std::set<std::string> seen;
    std::set<const void*> nodes;
    each_sample([&](const Row&, const TensorList& inputs, const torch::autograd::ListFunction& f) {
        TensorList wanted, outputs;
        for (const Tensor& x : inputs)
            if (x.requires_grad()) wanted.push_back(x);
        Tensor sum;
        for (const Tensor& out : f(inputs)) {
            if (!out.requires_grad()) continue;
            nodes.clear();
            note_names(out.grad_fn(), seen, nodes);
            sum = sum.defined() ? sum + out.sum() : out.sum();
        }
        nodes.clear();
        for (const Tensor& grad :
            torch::autograd::grad({sum * sum}, wanted, {.create_graph = true, .allow_unused = true}))
            if (grad.defined()) note_names(grad.grad_fn(), seen, nodes);
    });
    for (const std::string& name : names_in_source()) {
        CAPTURE(name);
        CHECK((seen.contains(name) || elsewhere.contains(name)));
    }
}
