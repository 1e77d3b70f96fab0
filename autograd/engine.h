// Backward: gradients handed from node to node, newest first.
#pragma once

#include "node.h"

namespace taper::autograd {

struct GradOptions {
    TensorList grad_outputs = {};
    std::optional<bool> retain_graph = {};
    bool create_graph = false;
    bool allow_unused = false;
};

/// torch.autograd.backward: adds to the .grad of every leaf (or of `inputs` only) its gradient of sum(grad * tensor).
void backward(const TensorList& tensors, const TensorList& grad_tensors = {}, const BackwardOptions& options = {});

/// torch.autograd.grad: the gradients of the outputs with respect to the inputs, returned, not accumulated. An input
/// that was not used is an Error, or undefined where `allow_unused`.
TensorList grad(const TensorList& outputs, const TensorList& inputs, const GradOptions& options = {});

}  // namespace taper::autograd
