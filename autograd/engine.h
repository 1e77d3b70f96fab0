// The engine: one run of backward, gradients handed from node to node, newest first.
#pragma once

#include <map>
#include <unordered_map>

#include "backward.h"
#include "cut.h"

namespace taper::autograd {

struct Waiting {
    Ref<Node> node;
    Tensor grad;
};

// Pieces with a history that a node has received since its last whole gradient.
struct Pieces {
    Shape whole;
    std::vector<Piece> all;
};

// Gives a map its nodes from the library's free lists.
template <class T> struct PoolAllocator {
    using value_type = T;
    PoolAllocator() = default;
    template <class Other> PoolAllocator(const PoolAllocator<Other>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(taper::allocate(n * sizeof(T))); }
    void deallocate(T* block, std::size_t n) { release(block, n * sizeof(T)); }
    friend bool operator==(const PoolAllocator&, const PoolAllocator&) { return true; }
};

// One run of backward. The map is ordered by number: its last entry is newer than everything it could still hear from.
class Engine {
 public:
    /// Who gets the gradients: the .grad of leaves, the caller, or only the observer.
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
    std::unordered_map<const Node*, StepGradients> step_gradients;

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

    std::map<std::uint64_t, Waiting, std::less<>, PoolAllocator<std::pair<const std::uint64_t, Waiting>>> waiting_;
    std::unordered_map<const Node*, Pieces> pieces_;
    const For whom_;
    const bool keep_graph_, create_graph_;
    bool restricted_ = false, frontier_ = false;
    std::unordered_map<const Node*, bool> wanted_;  // true: asked for by the user; false: on the way to such a one
};

/// The one that runs on this thread; null if none does.
Engine* engine_at_work();

}  // namespace taper::autograd
