#include "backward.h"

#include "../tensor/warning.h"
#include "engine.h"
#include "ops.h"

namespace taper::autograd {
namespace {

Tensor first_gradient(const char* op, std::size_t i, const Tensor& root, const Tensor& grad) {
    check(root.requires_grad(), "{}: element {} of tensors does not require grad and does not have a grad_fn", op, i);
    if (!grad.defined()) {
        check(root.numel() == 1,
            "{}: grad can be implicitly created only for scalar outputs, not for one of shape {}; call sum() first, or "
            "give a gradient",
            op, root.shape().str());
        return ones_like(root);
    }
    check(grad.shape() == root.shape(),
        "{}: Mismatch in shape: grad_output[{}] has a shape of {} and output[{}] has a shape of {}.", op, i,
        grad.shape(), i, root.shape());
    return grad.to(root.dtype());
}

void start(const char* op, Engine& engine, const TensorList& roots, const TensorList& grads) {
    check(grads.empty() || grads.size() == roots.size(), "{}: got {} tensors and {} gradients", op, roots.size(),
        grads.size());
    for (std::size_t i = 0; i < roots.size(); ++i) {
        Tensor grad = first_gradient(op, i, roots[i], grads.empty() ? Tensor() : grads[i]);
        engine.receive(history(roots[i]), std::move(grad));
    }
}

// Lets these tensors, if they are not leaves, have a .grad for once.
class Owners {
 public:
    explicit Owners(const TensorList& inputs) {
        for (const Tensor& x : inputs)
            if (Node& node = *history(x); !node.owner) {
                node.owner = &x.impl();
                given_.push_back(x);
            }
    }
    ~Owners() {
        for (const Tensor& x : given_) x.impl().node->owner = nullptr;
    }
    Owners(const Owners&) = delete;
    Owners& operator=(const Owners&) = delete;

 private:
    TensorList given_;
};

std::vector<Edge> edges_to(const char* op, const TensorList& inputs) {
    std::vector<Edge> edges;
    for (const Tensor& x : inputs) {
        check(x.requires_grad(), "{}: One of the differentiated Tensors does not require grad", op);
        edges.push_back(edge_to(x));
    }
    return edges;
}

TensorList all_of(const TensorListOrNone& tensors) { return tensors.list ? *tensors.list : TensorList(); }

void run_backward(const TensorList& tensors, const TensorList& grads, const std::optional<bool>& retain_graph,
    bool create_graph, const TensorListOrNone& given) {
    if (create_graph)
        warn(
            "Using backward() with create_graph=True will create a reference cycle between the parameter and its "
            "gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid "
            "this. If you have to use this function, make sure to reset the .grad fields of your parameters to None "
            "after use to break the cycle and avoid the leak.");
    Engine engine(Engine::For::Leaves, retain_graph.value_or(create_graph), create_graph);
    check(!given.list || !given.list->empty(), "backward: 'inputs' argument to backward() cannot be empty.");
    const TensorList inputs = all_of(given);
    const std::vector<Edge> nodes = edges_to("backward", inputs);
    Owners owners(inputs);
    start("backward", engine, tensors, grads);
    if (!nodes.empty()) engine.only_for(tensors, nodes);
    engine.run();
}

TensorList run_grad(const GradOptions& options) {
    const TensorList &outputs = options.outputs, &inputs = options.inputs;
    check(!inputs.empty(), "grad: grad requires non-empty inputs.");
    check(
        options.only_inputs, "grad: only_inputs argument is deprecated and is ignored now: use backward for the rest");
    const std::vector<Edge> nodes = edges_to("grad", inputs);
    Engine engine(Engine::For::Caller, options.retain_graph->value_or(options.create_graph), options.create_graph);
    start("grad", engine, outputs, all_of(options.grad_outputs));
    engine.only_for(outputs, nodes);
    engine.run();
    TensorList grads;
    for (const Edge& edge : nodes) {
        auto found = engine.captured.find(edge.node.get());
        check(found != engine.captured.end() || options.allow_unused,
            "grad: One of the differentiated Tensors appears to not have been used in the graph. Set "
            "allow_unused=True if this is the desired behavior.");
        grads.push_back(found == engine.captured.end() ? Tensor() : found->second);
    }
    return grads;
}

}  // namespace

TAPER_DEFINE_FUNCTION(void, backward, BackwardOptions,
    (run_backward(o.tensors, all_of(o.grad_tensors), o.retain_graph, o.create_graph, o.inputs)), 1, tensors,
    grad_tensors, retain_graph, create_graph, inputs)
TAPER_DEFINE_FUNCTION(TensorList, grad, GradOptions, (run_grad(o)), 2, outputs, inputs, grad_outputs, retain_graph,
    create_graph, only_inputs, allow_unused)

TensorList gradients_at(
    std::span<const Edge> nodes, const TensorList& outputs, const TensorList& grads, bool create_graph) {
    Engine engine(Engine::For::Caller, create_graph, create_graph);
    start("backward", engine, outputs, grads);
    engine.only_for(outputs, nodes, true);
    engine.run();
    TensorList found;
    for (const Edge& edge : nodes) found.push_back(engine.captured[edge.node.get()]);
    return found;
}

void observe(const Tensor& root, Observer& observer) {
    Engine engine(Engine::For::Observer, true, false);
    engine.observer = &observer;
    start("observe", engine, {root}, {});
    engine.run();
}

StepGradients& step_gradients(const Node& step) { return engine_at_work()->step_gradients[&step]; }

}  // namespace taper::autograd

namespace taper {

void ops::backward(const Tensor& x, const Tensor& gradient, const std::optional<bool>& retain_graph, bool create_graph,
    const TensorListOrNone& inputs) {
    autograd::run_backward(
        {x}, gradient.defined() ? TensorList{gradient} : TensorList(), retain_graph, create_graph, inputs);
}

}  // namespace taper
