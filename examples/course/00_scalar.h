// Lesson 00: a number that remembers how it was made, a network of such numbers, and Adam. From nothing: what is
// included is the standard library's.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace scalar {

struct Edge {
    std::size_t parent;  // where on the tape the number stands that went in
    double slope;        // the rule: the result moves so many times as far as that number
};

struct Node {
    double value;
    std::vector<Edge> edges;  // to what went in
    double grad = 0;          // the loss moves so many times as far as this number
};

inline std::vector<Node> tape;  // all numbers, in the order in which they were made

/// A number: its place on the tape. What is made of it is written behind it.
struct Value {
    std::size_t at;
    Value(double value, std::vector<Edge> edges = {}) : at(tape.size()) { tape.push_back({value, std::move(edges)}); }
    double value() const { return tape[at].value; }
    double& grad() const { return tape[at].grad; }
};

inline Value operator+(Value a, Value b) { return {a.value() + b.value(), {{a.at, 1}, {b.at, 1}}}; }
inline Value operator-(Value a, Value b) { return {a.value() - b.value(), {{a.at, 1}, {b.at, -1}}}; }
inline Value operator*(Value a, Value b) { return {a.value() * b.value(), {{a.at, b.value()}, {b.at, a.value()}}}; }
inline Value log(Value x) { return {std::log(x.value()), {{x.at, 1 / x.value()}}}; }
inline Value sigmoid(Value x) {
    const double s = 1 / (1 + std::exp(-x.value()));
    return {s, {{x.at, s * (1 - s)}}};
}
inline Value leaky_relu(Value x, double leak) {  // with a leak of 0 it is ReLU
    const double slope = x.value() > 0 ? 1 : leak;
    return {x.value() * slope, {{x.at, slope}}};
}

/// Plays the tape backwards: each number hands its gradient on to what it was made of.
inline void backward(Value loss) {
    loss.grad() = 1;
    for (std::size_t i = loss.at + 1; i-- > 0;)
        for (Edge edge : tape[i].edges) tape[edge.parent].grad += tape[i].grad * edge.slope;
}

/// Two numbers in, hidden units, a probability out; the weights stand as in the state_dict of PyTorch's network.
template <class Activation> Value net(const std::vector<Value>& w, Value x, Value y, Activation f) {
    const std::size_t hidden = w.size() / 4;  // layers.0.weight (hidden, 2), .bias (hidden), layers.2.weight, .bias (1)
    Value out = w[4 * hidden];
    for (std::size_t i = 0; i < hidden; ++i)
        out = out + w[3 * hidden + i] * f(w[2 * i] * x + w[2 * i + 1] * y + w[2 * hidden + i]);
    return sigmoid(out);
}

struct Adam {
    double lr = 0.01;
    int t = 0;
    std::vector<double> mean = {}, square = {};
    void step(const std::vector<Value>& w) {
        mean.resize(w.size()), square.resize(w.size()), ++t;
        for (std::size_t i = 0; i < w.size(); ++i) {
            const double grad = w[i].grad();
            mean[i] = 0.9 * mean[i] + (1 - 0.9) * grad;
            square[i] = 0.999 * square[i] + (1 - 0.999) * grad * grad;
            const double root = std::sqrt(square[i] / (1 - std::pow(0.999, t)));
            tape[w[i].at].value -= lr * mean[i] / (1 - std::pow(0.9, t)) / (root + 1e-8);
        }
    }
};

struct Point {
    double x, y;
    bool outside;
};

/// The losses of 100 steps, each over all points: the loop of circle.cpp.
template <class Activation>
std::vector<double> train(const std::vector<double>& first, const std::vector<Point>& points, Activation f) {
    tape.clear();
    const std::vector<Value> w(first.begin(), first.end());
    Adam optimizer;
    std::vector<double> losses;
    for (int step = 0; step < 100; ++step) {
        tape.erase(tape.begin() + static_cast<std::ptrdiff_t>(w.size()), tape.end());  // forget the step before
        for (Value weight : w) weight.grad() = 0;                                      // zero_grad
        Value loss = 0;
        for (auto [x, y, outside] : points) {
            const Value p = net(w, x, y, f);
            loss = loss - log(outside ? p : 1 - p);  // BCELoss, of a target that is 0 or 1
        }
        loss = loss * (1. / static_cast<double>(points.size()));
        backward(loss);
        optimizer.step(w);
        losses.push_back(loss.value());
    }
    return losses;
}

}  // namespace scalar
