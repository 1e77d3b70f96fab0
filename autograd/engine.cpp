#include "engine.h"

#include <unordered_map>

#include "../tensor/values.h"
#include "inplace.h"
#include "ops.h"

namespace taper::autograd {
namespace {

struct Waiting {
    Ref<Node> node;
    Tensor grad;
};

// One run of backward. The map is ordered by number: its last entry is newer than everything it could still hear from.
class Engine {
 public:
    Engine(bool keep_graph, bool create_graph) : keep_graph_(keep_graph), create_graph_(create_graph) {}

    /// Works out gradients for these inputs only: captured, or accumulated as usual.
    void only_for(const TensorList& roots, const TensorList& inputs);
    void receive(const Ref<Node>& node, Tensor grad);
    void run();

    bool capture = false;
    std::unordered_map<const Node*, Tensor> captured;

 private:
    void take(Node& node, Tensor grad);
    void accumulate(Node& node, const Tensor& grad);
    Tensor fitted(Tensor grad, const Node& from, int input) const;
    bool leads_somewhere(const Edge& edge) const { return edge && (!restricted_ || wanted_.contains(edge.node.get())); }

    std::map<std::uint64_t, Waiting> waiting_;
    bool restricted_ = false, keep_graph_, create_graph_;
    std::unordered_map<const Node*, bool> wanted_;  // true: asked for by the user; false: on the way to such a one
};

void Engine::only_for(const TensorList& roots, const TensorList& inputs) {
    restricted_ = true;
    std::map<std::uint64_t, Node*> reached;
    std::vector<Node*> open;
    auto reach = [&](Node* node) {
        if (node && reached.emplace(node->number, node).second) open.push_back(node);
    };
    for (const Tensor& root : roots) reach(history(root).get());
    while (!open.empty()) {
        Node* node = open.back();
        open.pop_back();
        for (int i = 0; i < node->inputs; ++i) reach(node->edges[i].node.get());
    }
    for (const Tensor& input : inputs) wanted_[history(input).get()] = true;
    for (auto [number, node] : reached)  // the oldest first, so that inputs are known before what leads to them
        for (int i = 0; i < node->inputs; ++i)
            if (wanted_.contains(node->edges[i].node.get())) wanted_.try_emplace(node, false);
}

// Whether nothing else sees these values, so that they may be added to in place, or kept. Of a view, the base counts
// too.
bool is_alone(const Tensor& grad) {
    const Body& body = grad.body();
    const bool base_is_ours = !body.base || body.base->owners() == 1;
    return grad.ref()->owners() == 1 && base_is_ours && body.storage->owners() == (body.base ? 2 : 1) &&
        !grad.requires_grad() && !values::overlaps_itself(grad);
}

void Engine::receive(const Ref<Node>& node, Tensor grad) {
    auto [at, first] = waiting_.try_emplace(node->number);
    Tensor& sum = at->second.grad;
    if (first)
        at->second = {node, std::move(grad)};
    else if (!create_graph_ && is_alone(sum))
        sum.add_(grad);
    else
        sum = add(sum, grad);
}

void Engine::run() {
    GradMode mode(create_graph_);
    while (!waiting_.empty()) {
        auto newest = std::prev(waiting_.end());
        Waiting next = std::move(newest->second);
        waiting_.erase(newest);
        take(*next.node, std::move(next.grad));
    }
}

void Engine::take(Node& node, Tensor grad) {
    if (node.shared_hooks)
        for (const auto& [number, hook] : std::map(node.shared_hooks->on_gradient))
            if (Tensor replacement = hook(grad); replacement.defined()) {
                check(replacement.shape() == grad.shape(), "hook has changed the size of value: from {} to {}",
                    grad.shape().str(), replacement.shape().str());
                check(replacement.dtype() == grad.dtype(), "hook has changed the type of value (was {} got {})",
                    grad.dtype(), replacement.dtype());
                grad = replacement;
            }
    if (capture) {
        if (auto at = wanted_.find(&node); at != wanted_.end() && at->second) captured[&node] = grad;
    } else if (node.owner) {
        accumulate(node, grad);
    }
    for (int i = 0; i < node.inputs; ++i) {
        if (!leads_somewhere(node.edges[i])) continue;
        Tensor input_grad = node.gradient(i, grad);
        if (input_grad.defined()) receive(node.edges[i].node, fitted(std::move(input_grad), node, i));
    }
    if (!keep_graph_) node.release();
}

Tensor Engine::fitted(Tensor grad, const Node& from, int input) const {
    const Edge& to = from.edges[input];
    if (!(grad.shape() == to.shape)) grad = sum_to(grad, to.shape);
    if (grad.dtype() != to.dtype) grad = grad.to(to.dtype);
    if (is_anomaly_enabled() && isnan(grad).any().item<bool>())
        fail("Function '{}' returned nan values in its {}th output.{}", from.name, input,
            from.made_in ? fmt::format(" Its forward ran in module '{}'.", from.made_in->str()) : "");
    return grad;
}

// A copy of the gradient in the variable's own order in memory, so that optimizers walk both side by side.
Tensor stored_like(const Body& variable, const Tensor& grad) {
    Tensor pattern = values::view(grad, variable.shape, variable.strides, 0);
    Tensor copy = values::like(pattern, variable.shape, variable.dtype);
    values::copy(copy, grad);
    return copy;
}

void Engine::accumulate(Node& node, const Tensor& grad) {
    Body& body = *node.owner;
    Tensor before(body.grad);
    if (!before.defined()) {
        bool keep = node.is_leaf() && is_alone(grad) && grad.stride() == body.strides;
        body.grad = keep ? grad.ref() : create_graph_ ? grad.clone().ref() : stored_like(body, grad).ref();
    } else if (create_graph_) {
        body.grad = add(before, grad).ref();
    } else {
        before.add_(grad);
    }
    if (node.is_leaf() && node.shared_hooks)
        for (const auto& [number, hook] : std::map(node.shared_hooks->after_accumulate)) hook(Tensor(Ref<Body>(&body)));
}

Tensor first_gradient(std::size_t i, const Tensor& root, const Tensor& grad) {
    check(root.requires_grad(), "backward: element {} of tensors does not require grad and does not have a grad_fn", i);
    if (!grad.defined()) {
        check(root.numel() == 1,
            "backward: grad can be implicitly created only for scalar outputs, not for one of shape {}; call sum() "
            "first, or give a gradient",
            root.shape().str());
        return ones_like(root);
    }
    check(grad.shape() == root.shape(),
        "backward: Mismatch in shape: grad_output[{}] has a shape of {} and output[{}] has a shape of {}.", i,
        grad.shape(), i, root.shape());
    return grad.to(root.dtype());
}

void start(Engine& engine, const TensorList& roots, const TensorList& grads) {
    check(grads.empty() || grads.size() == roots.size(), "backward: got {} tensors and {} gradients", roots.size(),
        grads.size());
    for (std::size_t i = 0; i < roots.size(); ++i) {
        Tensor grad = first_gradient(i, roots[i], grads.empty() ? Tensor() : grads[i]);
        engine.receive(history(roots[i]), std::move(grad));
    }
}

}  // namespace

void backward(const TensorList& tensors, const TensorList& grads, const BackwardOptions& options) {
    Engine engine(options.retain_graph || options.create_graph, options.create_graph);
    for (const Tensor& input : options.inputs)
        check(input.requires_grad(), "backward: One of the differentiated Tensors does not require grad");
    if (!options.inputs.empty()) engine.only_for(tensors, options.inputs);
    start(engine, tensors, grads);
    engine.run();
}

TensorList grad(const TensorList& outputs, const TensorList& inputs, const GradOptions& options) {
    for (const Tensor& input : inputs)
        check(input.requires_grad(), "grad: One of the differentiated Tensors does not require grad");
    Engine engine(options.retain_graph.value_or(options.create_graph), options.create_graph);
    engine.capture = true;
    engine.only_for(outputs, inputs);
    start(engine, outputs, options.grad_outputs);
    engine.run();
    TensorList grads;
    for (const Tensor& input : inputs) {
        auto found = engine.captured.find(history(input).get());
        check(found != engine.captured.end() || options.allow_unused,
            "grad: One of the differentiated Tensors appears to not have been used in the graph. Set "
            "allow_unused=True if this "
            "is the desired behavior.");
        grads.push_back(found == engine.captured.end() ? Tensor() : found->second);
    }
    return grads;
}

}  // namespace taper::autograd

namespace taper {
void Tensor::backward(const BackwardOptions& options) const { autograd::backward({*this}, {}, options); }
void Tensor::backward(const Tensor& gradient, const BackwardOptions& options) const {
    autograd::backward({*this}, {gradient}, options);
}
}  // namespace taper
