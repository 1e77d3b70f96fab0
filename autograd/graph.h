// The graph behind a tensor, to look at: as a picture, and as text that says where gradients went.
#pragma once

#include "node.h"

namespace taper::autograd {

/// What the leaves are called: model.named_parameters().
using Names = std::vector<std::pair<std::string, Tensor>>;

/// The graph behind `root` in Graphviz's language: a box with name and shape for each op and each leaf, arrows
/// from inputs to results, and a frame around what a module made. `dot -Tsvg` makes a picture of it.
std::string to_dot(const Tensor& root, const Names& names = {});

/// The graph behind a loss as text: each op with its number, shape, module and inputs; then the gradient of each leaf,
/// and of each name: how large it is; or, where it is None, zero, infinite or NaN, the op and the module where it
/// became so. Works a backward out (hooks run), but changes no .grad and keeps the graph.
std::string explain(const Tensor& loss, const Names& names = {});

}  // namespace taper::autograd
