// Graphs as pictures and as text.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
using torch::Tensor;

namespace {

struct Net : nn::Module<Net> {
    nn::Linear fc1 = register_module("fc1", nn::Linear(2, 3));
    nn::ReLU relu = register_module("relu", nn::ReLU());
    nn::Linear fc2 = register_module("fc2", nn::Linear(3, 1));
    nn::Linear spare = register_module("spare", nn::Linear(3, 1));
    Tensor forward(const Tensor& x) const { return fc2(relu(fc1(x))).sigmoid(); }
};

Net net(double bias) {
    Net model;
    torch::NoGradGuard no_grad;
    for (const Tensor& w : model.parameters()) w.fill_(0.5);
    model.fc1.bias.fill_(bias);
    return model;
}

std::string after(const std::string& text, const std::string& mark) {
    return text.substr(text.find(mark) + mark.size());
}

const std::string spare =
    "  spare.weight [1, 3]: None, since no path leads to it from here: it was not used, or detached\n"
    "  spare.bias [1]: None, since no path leads to it from here: it was not used, or detached\n";

}  // namespace

TEST_CASE("explain lists the graph with shapes and modules and how large each gradient is") {
    Net model = net(0);
    Tensor loss = torch::ops::binary_cross_entropy(model(torch::ones({4, 2})), torch::ones({4, 1}));
    CHECK(torch::autograd::explain(loss, model.named_parameters()) ==
        "value 0.126928\n"
        "graph, the newest first\n"
        "  7  BinaryCrossEntropyBackward0 []  of 6, data\n"
        "  6  SigmoidBackward0 [4, 1]  of 5\n"
        "  5  AddmmBackward0 [4, 1]  in fc2  of fc2.bias, 3, 4\n"
        "  4  TBackward0 [3, 1]  in fc2  of fc2.weight\n"
        "  3  ReluBackward0 [4, 3]  in relu  of 2\n"
        "  2  AddmmBackward0 [4, 3]  in fc1  of fc1.bias, data, 1\n"
        "  1  TBackward0 [2, 3]  in fc1  of fc1.weight\n"
        "gradients\n"
        "  fc1.weight [3, 2]: up to 0.0596015\n"
        "  fc1.bias [3]: up to 0.0596015\n"
        "  fc2.weight [1, 3]: up to 0.119203\n"
        "  fc2.bias [1]: up to 0.119203\n" +
            spare);
    CHECK(!model.fc1.weight.grad().defined());
    loss.backward();  // the graph was kept
    CHECK(after(torch::autograd::explain(loss), "gradients\n")
              .starts_with("not known: BinaryCrossEntropyBackward0: Trying to backward through the graph a second"));
    CHECK(
        torch::autograd::explain(loss.detach()) == "It does not require grad: nothing that led to it was recorded.\n");
}

TEST_CASE("explain names the op and the module where a gradient became zero or infinite or NaN or none") {
    Net model = net(-100);  // no unit is awake
    Tensor loss = torch::ops::binary_cross_entropy(model(torch::ones({4, 2})), torch::ones({4, 1}));
    CHECK(after(torch::autograd::explain(loss, model.named_parameters()), "gradients\n") ==
        "  fc1.weight [3, 2]: zero, since ReluBackward0 (3) in module 'relu'\n"
        "  fc1.bias [3]: zero, since ReluBackward0 (3) in module 'relu'\n"
        "  fc2.weight [1, 3]: zero, since AddmmBackward0 (5) in module 'fc2'\n"
        "  fc2.bias [1]: up to 0.377541\n" +
            spare);
    Tensor a = torch::zeros({2}, {.requires_grad = true}), b = torch::zeros({2}, {.requires_grad = true});
    Tensor root = a.sqrt() * 0, log = b.log();
    CHECK(after(torch::autograd::explain((root + log).sum(), {{"a", a}, {"b", b}}), "gradients\n") ==
        "  a [2]: NaN, since SqrtBackward0 (1)\n"
        "  b [2]: infinite, since LogBackward0 (3)\n");
    CHECK(after(torch::autograd::explain((a - a).sum()), "gradients\n") ==
        "  a leaf [2]: zero, since the gradients of a leaf were added up, or by a hook\n");
    struct Nothing : torch::autograd::Function<Nothing> {
        static Tensor forward(Context&, const Tensor& x) { return x * 2; }
        static Tensor backward(Context&, const Tensor&) { return {}; }
    };
    CHECK(
        after(torch::autograd::explain(Nothing::apply(a.exp()).sum(), {{"a", a}, {"c", a.detach()}}), "gradients\n") ==
        "  a [2]: None, since NothingBackward (2)\n"
        "  c [2]: None, since it does not require grad\n");
}

TEST_CASE("to_dot draws a box for each step and each leaf and a frame for each module") {
    struct Small : nn::Module<Small> {
        nn::Sequential layers = register_module("layers", nn::Sequential(nn::Linear(2, 1), nn::ReLU()));
        Tensor forward(const Tensor& x) const { return layers(x).sum(); }
    };
    Small model;
    CHECK(after(torch::autograd::to_dot(model(torch::ones({1, 2})), model.named_parameters()),
              "fontsize=11]\n    graph") ==
        R"( [style="rounded", labeljust="l", color="#999999", fontname="sans-serif", fontsize=11]
    n5 [label="SumBackward0\n[]", fillcolor="#eeeeee"]
    subgraph "cluster_layers" {
        label="layers"
        subgraph "cluster_layers.0" {
            label="0"
            n0 [label="layers.0.weight\n[1, 2]", fillcolor="#cfe2f3"]
            n1 [label="layers.0.bias\n[1]", fillcolor="#cfe2f3"]
            n2 [label="TBackward0\n[2, 1]", fillcolor="#eeeeee"]
            n3 [label="AddmmBackward0\n[1, 1]", fillcolor="#eeeeee"]
        }
        subgraph "cluster_layers.1" {
            label="1"
            n4 [label="ReluBackward0\n[1, 1]", fillcolor="#eeeeee"]
        }
    }
    n0 -> n2
    n1 -> n3
    n2 -> n3
    n3 -> n4
    n4 -> n5
}
)");
}
