// Lesson 02: the tape of tensors, the four things of docs/autograd.md rebuilt. From nothing: what is included is the
// standard library's, and lesson 01's tensor.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "01_view.h"

namespace tape {

using Numbers = view::Tensor;
using view::Sizes;
struct Node;

/// Numbers, and the op that they came out of; no node where nobody asked for a gradient.
struct Tensor {
    Numbers data;
    std::shared_ptr<Node> node = {};
    const Sizes& shape() const { return data.shape; }
    const Tensor& grad() const;
};

// ---- 1. A node is its rules.

using Rule = std::function<Tensor(const Tensor& grad)>;  // from the result's gradient to an input's

struct Edge {
    std::shared_ptr<Node> to;
    Sizes shape;  // the input's
    Rule rule;
};
struct Node {
    std::string name;
    std::vector<Edge> edges = {};
    Tensor grad = {};      // a leaf's: one without edges
    long number = made++;  // later than all of its inputs'
    static inline long made = 0;
};

inline const Tensor& Tensor::grad() const { return node->grad; }

// ---- 2. `record` makes the node, if any input has one.

struct Input {
    Tensor x;
    Rule rule;
};
inline bool recording = true;

inline Tensor record(const std::string& name, const Numbers& data, const std::vector<Input>& inputs) {
    std::vector<Edge> edges;
    for (const auto& [x, rule] : inputs)
        if (recording && x.node) edges.push_back({x.node, x.shape(), rule});
    if (edges.empty()) return {data};
    return {data, std::make_shared<Node>(Node{name, edges})};
}

/// requires_grad_()
inline Tensor leaf(const Numbers& data, const std::string& name) { return {data, std::make_shared<Node>(Node{name})}; }
inline Tensor number(double value) { return {view::tensor({}, {value})}; }

// Ops. Their rules are made of ops, so that they are recorded when that is asked for.
inline Tensor operator+(const Tensor& a, const Tensor& b) {
    auto same = [](const Tensor& grad) { return grad; };
    return record("Add", view::map(a.data, b.data, std::plus()), {{a, same}, {b, same}});
}
inline Tensor operator*(const Tensor& a, const Tensor& b) {
    return record("Mul", view::map(a.data, b.data, std::multiplies()),
        {{a, [b](const Tensor& grad) { return grad * b; }}, {b, [a](const Tensor& grad) { return grad * a; }}});
}
inline Tensor operator-(const Tensor& a, const Tensor& b) { return a + number(-1) * b; }

inline Tensor transpose(const Tensor& x) {
    return record("Transpose", view::transpose(x.data, 0, 1), {{x, [](const Tensor& grad) { return transpose(grad); }}});
}
inline Tensor matmul(const Tensor& a, const Tensor& b) {
    const Numbers out = view::tensor({a.shape()[0], b.shape()[1]});
    view::each({a.shape()[0], b.shape()[1], a.shape()[1]},
        [&](const Sizes& i) { out({i[0], i[1]}) += a.data({i[0], i[2]}) * b.data({i[2], i[1]}); });
    return record("Matmul", out,
        {{a, [b](const Tensor& grad) { return matmul(grad, transpose(b)); }},
            {b, [a](const Tensor& grad) { return matmul(transpose(a), grad); }}});
}

inline Tensor step(const Tensor& x) {  // 1 above 0; it has no slope of its own
    return {view::map(x.data, view::tensor({}), [](double v, double zero) -> double { return v > zero; })};
}
inline Tensor relu(const Tensor& x) {
    const Numbers data = view::map(x.data, view::tensor({}), [](double v, double zero) { return std::max(v, zero); });
    return record("ReLU", data, {{x, [x](const Tensor& grad) { return grad * step(x); }}});
}

inline Tensor expand(const Tensor& x, const Sizes& shape) {
    return record("Expand", view::expand(x.data, shape), {{x, [](const Tensor& grad) { return grad; }}});
}
/// The sum over what was broadcast: back to the shape from which `expand` makes x's.
inline Tensor sum_to(const Tensor& x, const Sizes& shape) {
    if (x.shape() == shape) return x;
    const Numbers out = view::tensor(shape), wide = view::expand(out, x.shape());
    view::each(x.shape(), [&](const Sizes& i) { wide(i) += x.data(i); });  // a stride of 0 lets them meet in one place
    return record("Sum", out, {{x, [s = x.shape()](const Tensor& grad) { return expand(grad, s); }}});
}
inline Tensor mean(const Tensor& x) {
    const Tensor ones = {view::expand(view::tensor({}, {1}), x.shape())};
    return sum_to(x, {}) * number(1 / sum_to(ones, {}).data({}));
}

// ---- 3. Backward counts nothing: it takes the newest node, until none is left.

inline void backward(const Tensor& loss, bool create_graph = false) {
    const bool before = std::exchange(recording, create_graph);
    std::map<long, std::pair<std::shared_ptr<Node>, Tensor>> waiting;  // what has arrived, by the node's number
    waiting[loss.node->number] = {loss.node, number(1)};
    while (!waiting.empty()) {
        const auto [node, grad] = waiting.extract(std::prev(waiting.end())).mapped();
        for (const Edge& edge : node->edges) {
            const Tensor part = sum_to(edge.rule(grad), edge.shape);  // rules need not know of broadcasting
            auto& [to, sum] = waiting[edge.to->number];
            sum = to ? sum + part : part;
            to = edge.to;
        }
        // ---- 4. Leaves keep the sum.
        if (node->edges.empty()) node->grad = node->grad.data.storage ? node->grad + grad : grad;
    }
    recording = before;
}

}  // namespace tape
