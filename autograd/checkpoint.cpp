#include "checkpoint.h"

#include <algorithm>
#include <unordered_set>

#include "../tensor/warning.h"
#include "multi_output.h"

namespace taper::utils::checkpoint::detail {
namespace {

using namespace autograd;

// Where the graph of these tensors goes on beyond the nodes numbered `first` and later: what a function was given, or
// has captured.
std::vector<Edge> frontier_of(const TensorList& outputs, std::uint64_t first) {
    std::vector<Edge> frontier;
    std::unordered_set<const Node*> seen;
    std::vector<Node*> open;
    auto reach = [&](const Edge& edge) {
        if (!edge || !seen.insert(edge.node.get()).second) return;
        if (edge.node->number < first)
            frontier.push_back(edge);
        else
            open.push_back(edge.node.get());
    };
    for (const Tensor& x : outputs)
        if (x.requires_grad()) reach(edge_to(x));
    while (!open.empty()) {
        Node* node = open.back();
        open.pop_back();
        for (int i = 0; i < node->inputs; ++i) reach(node->edges[i]);
    }
    return frontier;
}

class Checkpoint final : public MultiOutputNode {
 public:
    Checkpoint(
        std::vector<Edge> frontier, const ListFunction& f, const TensorList& inputs, std::vector<std::uint8_t> random)
        : MultiOutputNode("CheckpointFunctionBackward", std::move(frontier)), f_(f), random_(std::move(random)) {
        for (const Tensor& x : inputs) inputs_.emplace_back(x);
    }

    TensorList gradients(const TensorList& grads) override {
        const bool create_graph = is_grad_enabled();
        TensorList outputs = again(), reached, given;
        for (std::size_t k = 0; k < outputs.size(); ++k)
            if (grads[k].defined() && outputs[k].requires_grad()) {
                reached.push_back(outputs[k]);
                given.push_back(grads[k]);
            }
        return gradients_at(std::span<const Edge>(edges, inputs), reached, given, create_graph);
    }
    std::span<Saved> saved() override { return inputs_; }

 private:
    TensorList again() {
        TensorList given;
        for (const Saved& x : inputs_) given.push_back(x.unpack(*this));
        EnableGradGuard enable_grad;
        if (random_.empty()) return f_(given);
        struct Restore {
            const std::vector<std::uint8_t> state = default_generator().state_bytes();
            ~Restore() { default_generator().set_state_bytes(state); }
        } restore;
        default_generator().set_state_bytes(random_);
        return f_(given);
    }

    ListFunction f_;
    std::vector<Saved> inputs_;
    std::vector<std::uint8_t> random_;
};

// A node that is of no use but for its number: all that is made from now on has a greater one.
std::uint64_t next_number() {
    struct Mark final : Node {
        Mark() : Node("") {}
        Tensor gradient(int, const Tensor&) override { return {}; }
    };
    return make_ref<Mark>()->number;
}

}  // namespace

TensorList run(const ListFunction& f, const TensorList& inputs, const CheckpointOptions& options) {
    const bool constant = std::ranges::none_of(inputs, &Tensor::requires_grad);
    const auto plain = [&](TensorList outputs) {
        if (constant) warn("None of the inputs have requires_grad=True. Gradients will be None");
        return outputs;
    };
    if (!is_grad_enabled()) return plain(f(inputs));
    std::vector<std::uint8_t> random;
    if (options.preserve_rng_state) random = default_generator().state_bytes();
    const std::uint64_t first = next_number();
    std::vector<std::uint32_t> versions;
    const auto version_of = [](const Tensor& x) { return x.defined() ? x.impl().storage->version : 0; };
    for (const Tensor& x : inputs) versions.push_back(version_of(x));
    // Recorded, although the graph is dropped at once: it says where gradients go. Backward needs this memory anyway.
    TensorList outputs = f(inputs), results;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        check(version_of(inputs[i]) == versions[i],
            "checkpoint: the function writes its argument {}, and backward would call it with what it has written: let "
            "it write a copy",
            i);
    std::vector<Edge> frontier = frontier_of(outputs, first);
    if (frontier.empty()) return plain(std::move(outputs));
    auto node = make_ref<Checkpoint>(std::move(frontier), f, inputs, std::move(random));
    std::vector<MultiOutputNode::Result> shapes;
    for (const Tensor& x : outputs) shapes.push_back({x.shape(), x.dtype()});
    node->set_results(std::move(shapes));
    for (std::size_t k = 0; k < outputs.size(); ++k) {
        results.push_back(outputs[k].detach());
        if (outputs[k].requires_grad()) set_history(results[k], node->result(static_cast<int>(k)));
    }
    return results;
}

}  // namespace taper::utils::checkpoint::detail
