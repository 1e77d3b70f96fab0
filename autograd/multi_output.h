// A step with any number of results, whose gradients are worked out together: what custom Functions and checkpoints
// are.
#pragma once

#include "backward.h"

namespace taper::autograd {

/// The node of such a step. Of several results each has a node of its own, which hands what it receives to this one.
class MultiOutputNode : public Node {
 public:
    MultiOutputNode(const char* name, std::vector<Edge> edges);

    /// The gradients for all inputs from those of all results; undefined where there is none, in both.
    virtual TensorList gradients(const TensorList& grads) = 0;
    Tensor gradient(int i, const Tensor& grad) final;

    struct Result {
        Shape shape;
        DType dtype;
    };
    /// Says what the results are. To be called once, before result().
    void set_results(std::vector<Result> results);
    const std::vector<Result>& results() const { return results_; }
    /// The node that result k has for its history.
    Ref<Node> result(int k);

 private:
    std::vector<Edge> owned_;
    std::vector<Result> results_;
};

/// The step that a node is a part of: of a result's own node the one behind it, else the node itself.
const Node& step_of(const Node& node);

}  // namespace taper::autograd
