#include "multi_output.h"

#include "../tensor/native.h"
#include "ops.h"

namespace taper::autograd {
namespace {

// The node of one result among several.
struct ResultNode final : Node {
    ResultNode(const Ref<Node>& joint, int index) : Node(joint->name, &edge, 1), edge{joint, {}}, index(index) {}

    Tensor gradient(int, const Tensor& grad) override {
        TensorList& received = step_gradients(*edge.node).received;
        received.resize(std::max(received.size(), std::size_t(index) + 1));
        received[index] = received[index].defined() ? ops::add(received[index], grad) : grad;
        return native::zeros({}, DType::Float32);  // word that something has come
    }

    Edge edge;
    const int index;
};

}  // namespace

const Node& step_of(const Node& node) {
    const auto* result = dynamic_cast<const ResultNode*>(&node);
    return result ? *result->edge.node : node;
}

MultiOutputNode::MultiOutputNode(const char* name, std::vector<Edge> edges)
    : Node(name, edges.data(), static_cast<int>(edges.size())), owned_(std::move(edges)) {}

void MultiOutputNode::set_results(std::vector<Result> results) { results_ = std::move(results); }

Ref<Node> MultiOutputNode::result(int k) {
    Ref<Node> self(this);
    return results_.size() == 1 ? self : Ref<Node>(new ResultNode(self, k));
}

Tensor MultiOutputNode::gradient(int i, const Tensor& grad) {
    StepGradients& all = step_gradients(*this);
    if (!all.given) {
        if (results_.size() == 1) all.received = {grad};
        all.received.resize(results_.size());
        all.given = gradients(std::exchange(all.received, {}));
    }
    return std::move((*all.given)[i]);
}

}  // namespace taper::autograd
