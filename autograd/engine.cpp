#include "engine.h"

#include <exception>
#include <thread>
#include <unordered_map>

#include "../tensor/native.h"
#include "../tensor/warning.h"
#include "cut.h"
#include "inplace.h"
#include "ops.h"

namespace taper::autograd {
namespace {

struct Waiting {
    Ref<Node> node;
    Tensor grad;
};

// Pieces with a history that a node has received since its last whole gradient.
struct Pieces {
    Shape whole;
    std::vector<Piece> all;
};

// The nodes of a map, from the blocks that the library keeps.
template <class T> struct Blocks {
    using value_type = T;
    Blocks() = default;
    template <class Other> Blocks(const Blocks<Other>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(taper::allocate(n * sizeof(T))); }
    void deallocate(T* block, std::size_t n) { release(block, n * sizeof(T)); }
    friend bool operator==(const Blocks&, const Blocks&) { return true; }
};

// One run of backward. The map is ordered by number: its last entry is newer than everything it could still hear from.
class Engine {
 public:
    // Who gets the gradients: the .grad of leaves, the caller, or only the observer.
    enum class For { Leaves, Caller, Observer };

    Engine(For whom, bool keep_graph, bool create_graph)
        : whom_(whom), keep_graph_(keep_graph), create_graph_(create_graph) {}

    /// Works out the gradients of these nodes only; if they are the `frontier`, none of them is passed.
    void only_for(const TensorList& roots, std::span<const Edge> nodes, bool frontier = false);
    void receive(const Ref<Node>& node, Tensor grad);
    /// The gradient of a piece of what stands there.
    void receive(const Edge& to, Piece piece);
    void run();

    Observer* observer = nullptr;
    std::unordered_map<const Node*, Tensor> captured;
    std::unordered_map<const Node*, Gathered> gathered;

 private:
    void settle(Waiting& waiting);
    void take(Node& node, Tensor grad);
    Tensor hooked(Node& node, Tensor grad) const;
    void accumulate(Node& node, const Tensor& grad);
    Tensor fitted(Tensor grad, const Node& from, int input) const;
    // Whether nobody looks at what a single step gives.
    bool whole_is_not_asked_for() const { return !observer && !is_anomaly_enabled(); }
    bool leads_somewhere(const Edge& edge) const { return edge && (!restricted_ || wanted_.contains(edge.node.get())); }
    bool is_wanted(const Node& node) const {
        auto at = wanted_.find(&node);
        return at != wanted_.end() && at->second;
    }

    std::map<std::uint64_t, Waiting, std::less<>, Blocks<std::pair<const std::uint64_t, Waiting>>> waiting_;
    std::unordered_map<const Node*, Pieces> pieces_;
    const For whom_;
    const bool keep_graph_, create_graph_;
    bool restricted_ = false, frontier_ = false;
    std::unordered_map<const Node*, bool> wanted_;  // true: asked for by the user; false: on the way to such a one
};

constinit thread_local Engine* at_work = nullptr;

void Engine::only_for(const TensorList& roots, std::span<const Edge> nodes, bool frontier) {
    restricted_ = true;
    frontier_ = frontier;
    std::map<std::uint64_t, Node*> reached;
    std::vector<Node*> open;
    auto reach = [&](Node* node) {
        if (node && reached.emplace(node->number, node).second) open.push_back(node);
    };
    for (const Edge& edge : nodes) wanted_[edge.node.get()] = true;
    for (const Tensor& root : roots) reach(history(root).get());
    while (!open.empty()) {
        Node* node = open.back();
        open.pop_back();
        if (frontier && is_wanted(*node)) continue;
        for (int i = 0; i < node->inputs; ++i) reach(node->edges[i].node.get());
    }
    for (auto [number, node] : reached)  // the oldest first, so that inputs are known before what leads to them
        for (int i = 0; i < node->inputs; ++i)
            if (wanted_.contains(node->edges[i].node.get())) wanted_.try_emplace(node, false);
}

// Whether nothing else sees these values, so that they may be added to in place, or kept. Of a view, the base counts
// too.
bool is_alone(const Tensor& grad) {
    const TensorImpl& impl = grad.impl();
    const bool base_is_ours = !impl.base || impl.base->owners() == 1;
    return grad.ref()->owners() == 1 && base_is_ours && impl.storage->owners() == (impl.base ? 2 : 1) &&
        !grad.requires_grad() && !native::overlaps_itself(grad);
}

void Engine::receive(const Ref<Node>& node, Tensor grad) {
    auto [at, first] = waiting_.try_emplace(node->number);
    Tensor& sum = at->second.grad;
    if (first) {
        at->second = {node, std::move(grad)};
        return;
    }
    settle(at->second);
    if (!create_graph_ && is_alone(sum))
        sum.add_(grad);
    else
        sum = ops::add(sum, grad);
}

void Engine::receive(const Edge& to, Piece piece) {
    auto at = waiting_.find(to.node->number);
    const bool first = at == waiting_.end();
    if (!create_graph_) {
        if (first) return receive(to.node, put_together({}, to.shape, {std::move(piece)}));
        Tensor& sum = at->second.grad;
        if (!is_alone(sum)) sum = native::clone(sum);
        return add_piece(sum, piece);
    }
    if (first) waiting_.emplace(to.node->number, Waiting{to.node, {}});
    Pieces& pieces = pieces_[to.node.get()];
    pieces.whole = to.shape;
    pieces.all.push_back(std::move(piece));
}

void Engine::settle(Waiting& waiting) {
    if (pieces_.empty()) return;
    if (auto found = pieces_.extract(waiting.node.get()))
        waiting.grad = put_together(waiting.grad, found.mapped().whole, found.mapped().all);
}

// A backward may run inside a rule or a hook of another, and so on: every so many levels it moves to a thread of its
// own, or the stack would not do.
void Engine::run() {
    constexpr int levels = 300;
    static constinit thread_local int depth = 0;
    if (depth == levels) {
        std::exception_ptr failure;
        std::thread([this, &failure, inference = in_inference_mode, generator = default_generator()] {
            in_inference_mode = inference;
            UseGenerator use(generator);
            try {
                run();
            } catch (...) {
                failure = std::current_exception();
            }
        }).join();
        if (failure) std::rethrow_exception(failure);
        return;
    }
    GradMode mode(create_graph_);
    struct AtWork {
        Engine* const before = at_work;
        ~AtWork() { at_work = before, --depth; }
    } restore;
    at_work = this;
    ++depth;
    while (!waiting_.empty()) {
        auto newest = std::prev(waiting_.end());
        Waiting next = std::move(newest->second);
        waiting_.erase(newest);
        settle(next);
        take(*next.node, std::move(next.grad));
    }
}

Tensor Engine::hooked(Node& node, Tensor grad) const {
    for (const auto& [number, hook] : std::map(node.shared_hooks->on_gradient))
        if (Tensor replacement = hook(grad); replacement.defined()) {
            check(replacement.shape() == grad.shape(), "hook has changed the size of value: from {} to {}",
                grad.shape().str(), replacement.shape().str());
            check(replacement.dtype() == grad.dtype(), "hook has changed the type of value (was {} got {})",
                grad.dtype(), replacement.dtype());
            grad = replacement;
        }
    return grad;
}

void Engine::take(Node& node, Tensor grad) {
    const bool wanted = restricted_ && is_wanted(node);
    if (wanted && frontier_) {
        captured[&node] = std::move(grad);
        return;
    }
    if (node.shared_hooks) grad = hooked(node, std::move(grad));
    if (observer) observer->received(node, grad);
    if (whom_ == For::Caller && wanted) captured[&node] = grad;
    if (node.owner && (whom_ == For::Leaves || (whom_ == For::Caller && !node.is_leaf()))) accumulate(node, grad);
    for (int i = 0; i < node.inputs; ++i) {
        if (!leads_somewhere(node.edges[i])) continue;
        if (const Cut* at = node.inputs == 1 ? node.cut() : nullptr;
            at && whole_is_not_asked_for() && !(grad.shape() == node.edges[i].shape)) {
            receive(node.edges[i], {grad, *at});
            continue;
        }
        Tensor given = node.gradient(i, grad);
        if (given.defined()) given = fitted(std::move(given), node, i);
        if (observer) observer->gave(node, i, given);
        if (given.defined()) receive(node.edges[i].node, std::move(given));
    }
    if (!gathered.empty()) gathered.erase(&node);
    if (!keep_graph_) node.release();
}

Tensor Engine::fitted(Tensor grad, const Node& from, int input) const {
    const Edge& to = from.edges[input];
    if (!(grad.shape() == to.shape)) grad = ops::sum_to(grad, to.shape);
    if (grad.dtype() != to.dtype) grad = ops::to(grad, to.dtype);
    if (is_anomaly_enabled() && ops::isnan(grad).any().item<bool>())
        fail("Function '{}' returned nan values in its {}th output.{}", from.name, input,
            from.made_in ? fmt::format(" Its forward ran in module '{}'.", from.made_in->str()) : "");
    return grad;
}

// A copy of the gradient in the variable's own order in memory, so that optimizers walk both side by side.
Tensor stored_like(const TensorImpl& variable, const Tensor& grad) {
    const bool plain = variable.strides == contiguous_strides(variable.shape);
    Tensor copy = plain
        ? native::empty(variable.shape, variable.dtype)
        : native::like(native::view(grad, variable.shape, variable.strides, 0), variable.shape, variable.dtype);
    native::copy(copy, grad);
    return copy;
}

void Engine::accumulate(Node& node, const Tensor& grad) {
    TensorImpl& impl = *node.owner;
    Tensor before(impl.grad);
    if (!before.defined()) {
        bool keep = node.is_leaf() && is_alone(grad) && grad.stride() == impl.strides;
        impl.grad = keep ? grad.ref() : create_graph_ ? grad.clone().ref() : stored_like(impl, grad).ref();
    } else if (create_graph_) {
        impl.grad = ops::add(before, grad).ref();
    } else {
        before.add_(grad);
    }
    if (node.is_leaf() && node.shared_hooks)
        for (const auto& [number, hook] : std::map(node.shared_hooks->after_accumulate))
            hook(Tensor(Ref<TensorImpl>(&impl)));
}

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

}  // namespace

namespace {

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

Gathered& gathered(const Node& step) { return at_work->gathered[&step]; }

}  // namespace taper::autograd

namespace taper {

void ops::backward(const Tensor& x, const Tensor& gradient, const std::optional<bool>& retain_graph, bool create_graph,
    const TensorListOrNone& inputs) {
    autograd::run_backward(
        {x}, gradient.defined() ? TensorList{gradient} : TensorList(), retain_graph, create_graph, inputs);
}

}  // namespace taper
