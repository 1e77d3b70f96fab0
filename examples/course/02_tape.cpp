// Lesson 02: the tape of tensors. A network of two layers on the tape of 02_tape.h, and its gradients beside Taper's.
#include "02_tape.h"

#include <taper/taper.h>

#include <algorithm>
#include <set>

#include "lesson.h"
#include "svg.h"

namespace torch = taper;
namespace nn = taper::nn;
using taper::all;

static view::Tensor numbers_of(const torch::Tensor& x) {
    return view::tensor({x.shape().begin(), x.shape().end()}, x.detach().flatten().tolist<double>());
}

static double largest_difference(const view::Tensor& ours, const torch::Tensor& tapers) {
    const view::Tensor other = numbers_of(tapers);
    taper::check(ours.shape == other.shape, "the shapes differ");
    double largest = 0;
    view::each(ours.shape, [&](const view::Sizes& i) { largest = std::max(largest, std::abs(ours(i) - other(i))); });
    return largest;
}

static std::string shape_of(const view::Sizes& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

// The nodes behind a result, the newest first.
static std::vector<std::shared_ptr<tape::Node>> nodes_behind(const tape::Tensor& result) {
    std::map<long, std::shared_ptr<tape::Node>, std::greater<>> found;
    std::vector<std::shared_ptr<tape::Node>> open{result.node};
    while (!open.empty()) {
        const auto node = open.back();
        open.pop_back();
        if (!found.emplace(node->number, node).second) continue;
        for (const tape::Edge& edge : node->edges) open.push_back(edge.to);
    }
    std::vector<std::shared_ptr<tape::Node>> out;
    for (const auto& [number, node] : found) out.push_back(node);
    return out;
}

// In columns by the longest way to the loss.
static void draw(const std::string& path, const tape::Tensor& loss) {
    auto nodes = nodes_behind(loss);
    const long first = nodes.back()->number;
    std::map<long, int> depth{{loss.node->number, 0}};
    for (const auto& node : nodes)
        for (const tape::Edge& edge : node->edges)
            depth[edge.to->number] = std::max(depth[edge.to->number], depth[node->number] + 1);
    int deepest = 0;
    for (const auto& [number, steps] : depth) deepest = std::max(deepest, steps);
    Drawn picture;
    std::map<long, std::size_t> at;
    // In a column the ops stand above the leaves.
    std::ranges::sort(nodes, {}, [](const auto& node) { return std::pair(node->edges.empty(), node->number); });
    for (const auto& node : nodes) {
        at[node->number] = picture.boxes.size();
        const bool is_leaf = node->edges.empty();
        picture.boxes.push_back({deepest - depth[node->number],
            {node->name, is_leaf ? "leaf " + shape_of(node->grad.shape()) : fmt::format("node {}", node->number - first)},
            is_leaf ? "#dbe9f9" : "#f2f2f2"});
    }
    for (const auto& node : nodes)
        for (const tape::Edge& edge : node->edges)
            picture.lines.push_back({at[edge.to->number], at[node->number]});
    picture.save(path, 88, 26);
}

struct Network {
    tape::Tensor w1, b1, w2, b2;
    tape::Tensor operator()(const tape::Tensor& x) const {
        const tape::Tensor hidden = relu(matmul(x, transpose(w1)) + b1);
        return matmul(hidden, transpose(w2)) + b2;
    }
};

static tape::Tensor mse_loss(const tape::Tensor& out, const tape::Tensor& y) {
    const tape::Tensor error = out - y;
    return mean(error * error);
}

static void compare_gradients(Lesson& lesson) {
    torch::manual_seed(42);
    auto X = torch::randn({100, 2}, {.dtype = torch::float64});
    auto y = (X[all, 0].pow(2) + X[all, 1].pow(2) > 1).to(torch::float64).unsqueeze(1);
    nn::Sequential model(nn::Linear(2, 16), nn::ReLU(), nn::Linear(16, 1));
    model.to(torch::float64);
    auto theirs = nn::MSELoss()(model(X), y);
    theirs.backward();

    const char* const names[]{"w1", "b1", "w2", "b2"};
    std::vector<tape::Tensor> leaves;
    for (const auto& p : model.parameters()) leaves.push_back(tape::leaf(numbers_of(p), names[leaves.size()]));
    const Network net{leaves[0], leaves[1], leaves[2], leaves[3]};
    const tape::Tensor loss = mse_loss(net({numbers_of(X)}), {numbers_of(y)});
    tape::backward(loss);

    lesson.begin("gradients");
    lesson.print("loss {:.6f}, Taper's {:.6f}\n\n", loss.data({}), theirs.item());
    lesson.print("gradient of  shape      first number    Taper's\n");
    std::int64_t numbers = 0;
    double apart = std::abs(loss.data({}) - theirs.item());
    for (std::size_t i = 0; i < 4; ++i) {
        const auto tapers = model.parameters()[i].grad();
        lesson.print("{:11}  {:9}  {:12.6f}  {:9.6f}\n", names[i], shape_of(leaves[i].shape()),
            (*leaves[i].grad().data.storage)[0], tapers.flatten()[0].item());
        numbers += tapers.numel();
        apart = std::max(apart, largest_difference(leaves[i].grad().data, tapers));
    }
    taper::check(apart < 1e-14, "the gradients differ from Taper's by {}", apart);
    lesson.print("all {} numbers differ by less than 1e-14\n", numbers);
    lesson.let("nodes", nodes_behind(loss).size());
    draw(lesson.picture("tape"), loss);

    // A second backward: the leaves keep the sum.
    const double once = leaves[3].grad().data({0});
    tape::backward(loss);
    lesson.begin("sum");
    lesson.print("b2's gradient {:.6f}, and after a second backward {:.6f}\n", once, leaves[3].grad().data({0}));
    lesson.begin("exact");
    lesson.print("\nThe largest difference exactly: {:.2g}\n", apart);
}

// The walk: (a b + b) for a of shape (2) and b of shape (); b arrives twice, and is summed to its shape.
static void show_walk(Lesson& lesson) {
    const tape::Tensor a = tape::leaf(view::tensor({2}, {3, 5}), "a"), b = tape::leaf(view::tensor({}, {2}), "b");
    const tape::Tensor loss = sum_to(a * b + b, {});
    const long first = a.node->number;
    lesson.begin("walk");
    for (const auto& node : nodes_behind(loss)) {
        std::string to;
        for (const tape::Edge& edge : node->edges)
            to += fmt::format("  {} {}", edge.to->number - first, shape_of(edge.shape));
        lesson.print("node {}  {}\n", node->number - first, node->name + (to.empty() ? "" : "  hands to") + to);
    }
    tape::backward(loss);
    lesson.print("a.grad = {} {}, b.grad = {}\n", a.grad().data({0}), a.grad().data({1}), b.grad().data({}));
}

// x^3 by create_graph: the rules are made of ops, so the gradient has a tape of its own.
static void second_derivative(Lesson& lesson) {
    const tape::Tensor x = tape::leaf(view::tensor({}, {3}), "x");
    tape::backward(x * x * x, true);
    const tape::Tensor slope = std::exchange(x.node->grad, {});
    tape::backward(slope);
    lesson.begin("second");
    lesson.print("x = 3: d/dx x^3 = {:g}, d2/dx2 x^3 = {:g}\n", slope.data({}), x.grad().data({}));
}

int main(int argc, char** argv) {
    return run_lesson(argc, argv, "02", [](Lesson& lesson) {
        show_walk(lesson);
        compare_gradients(lesson);
        second_derivative(lesson);
    });
}
