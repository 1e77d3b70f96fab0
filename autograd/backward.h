// Backward: what users call, and what the steps of a graph ask of the backward at work.
#pragma once

#include "node.h"

namespace taper::autograd {

struct BackwardOptions {
    Keywords _ = Keywords();
    Arg<TensorList> tensors = required;
    Arg<TensorListOrNone> grad_tensors = Default(none);
    Arg<std::optional<bool>> retain_graph = Default(none);
    Arg<bool> create_graph = Default(false);
    Arg<TensorListOrNone> inputs = Default(none);
};
/// torch.autograd.backward: adds to the .grad of every leaf (or of `inputs` only) its gradient of sum(grad * tensor).
/// An absent retain_graph is create_graph.
TAPER_FUNCTION(void, backward, BackwardOptions, 1, tensors, grad_tensors, retain_graph, create_graph, inputs)

struct GradOptions {
    Keywords _ = Keywords();
    Arg<TensorList> outputs = required, inputs = required;
    Arg<TensorListOrNone> grad_outputs = Default(none);
    Arg<std::optional<bool>> retain_graph = Default(none);
    Arg<bool> create_graph = Default(false), only_inputs = Default(true), allow_unused = Default(false);
};
/// torch.autograd.grad: the gradients of the outputs with respect to the inputs, returned, not accumulated. An input
/// that was not used is an Error, or undefined where `allow_unused`.
TAPER_FUNCTION(TensorList, grad, GradOptions, 2, outputs, inputs, grad_outputs, retain_graph, create_graph, only_inputs,
    allow_unused)

// ---- for the steps of a graph, and for those who look at one

/// The gradients at these nodes themselves, before any hook; backward goes no further than them. Of a graph that a step
/// has worked out anew, and that ends where the graph it stands in goes on.
TensorList gradients_at(
    std::span<const Edge> nodes, const TensorList& outputs, const TensorList& grads, bool create_graph);

/// Who looks on at a backward.
class Observer {
 public:
    virtual ~Observer() = default;
    /// The whole gradient of what a step gave, or of a leaf.
    virtual void received(const Node& step, const Tensor& grad) = 0;
    /// What the rule of a step gave its input i; undefined: nothing.
    virtual void gave(const Node& step, int i, const Tensor& grad) = 0;
};
/// A backward from `root` that changes no .grad and keeps the graph. Hooks run.
void observe(const Tensor& root, Observer& observer);

/// What the backward at work on this thread keeps for a step until it has passed it: what its results have received,
/// and what it gives its inputs.
struct StepGradients {
    TensorList received;
    std::optional<TensorList> given;
};
StepGradients& step_gradients(const Node& step);

}  // namespace taper::autograd
