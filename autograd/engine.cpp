#include "engine.h"

#include <exception>
#include <thread>

#include "../tensor/native.h"
#include "inplace.h"
#include "ops.h"

namespace taper::autograd {

static constinit thread_local Engine* at_work = nullptr;

Engine* engine_at_work() { return at_work; }

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
static bool is_alone(const Tensor& grad) {
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
    if (!step_gradients.empty()) step_gradients.erase(&node);
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
static Tensor stored_like(const TensorImpl& variable, const Tensor& grad) {
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

}  // namespace taper::autograd
