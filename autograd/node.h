// How a result remembers where it came from: the Node an op leaves behind, and `record`, which makes it.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <tuple>
#include <type_traits>

#include "../tensor/tensor.h"
#include "grad_mode.h"

namespace taper::autograd {

/// Where a gradient goes: the input's node, and the shape and dtype the input had, to which the engine reduces it.
struct Edge {
    Ref<Node> node;
    Shape shape;
    DType dtype = DType::Float32;
    explicit operator bool() const { return static_cast<bool>(node); }
};

/// What users hung on a tensor, by the number that takes each off again.
struct Hooks {
    int next = 0;
    std::map<int, std::function<Tensor(const Tensor&)>> on_gradient;     // may replace the gradient
    std::map<int, std::function<void(const Tensor&)>> after_accumulate;  // of a leaf, with its tensor
};

/// Where a piece lies in what it was cut out of: from `start` on, every `step`-th along `dim`, as many as it has; or
/// one, whose dim is gone.
struct Cut {
    std::int64_t dim = 0, start = 0, step = 1;
    bool drops_dim = false;
};

class Saved;

/// One step of the tape. Numbered as made, so a node is newer than all its inputs: backward needs no other order.
struct Node : Counted {
    explicit Node(const char* name, Edge* edges = nullptr, int inputs = 0);

    /// The gradient for input i, from that of the result; undefined where there is none.
    virtual Tensor gradient(int i, const Tensor& grad) = 0;
    /// Of a step that cuts its only input: where, so that the gradients of many pieces become one.
    virtual const Cut* cut() const { return nullptr; }
    /// What the rules saved.
    virtual std::span<Saved> saved() { return {}; }
    /// Lets go of what was saved; a later gradient() that needs it is an Error.
    virtual void release();

    bool is_leaf() const { return inputs == 0; }
    Hooks& hooks();

    const char* name;
    const std::uint64_t number;
    Edge* const edges;
    const int inputs;
    // Whose .grad takes the gradient: of a leaf always, else where retain_grad() asked. Not owned.
    TensorImpl* owner = nullptr;
    std::shared_ptr<Hooks> shared_hooks;
    const ModulePath* const made_in;  // the modules at work when it was made

 private:
    void dispose() override;
    Node* next_to_free_ = nullptr;
};

/// The node of a tensor that the user asked a gradient for.
struct Leaf final : Node {
    explicit Leaf(TensorImpl* impl) : Node("torch::autograd::AccumulateGrad") { owner = impl; }
    Tensor gradient(int, const Tensor&) override { return {}; }
};

/// The values of a tensor as they were when an op used them, and their history, but never the Tensor: what is written
/// later can't become its own ancestor, and what was overwritten is found out.
class Saved {
 public:
    enum class As : std::uint8_t { Input, Result };
    Saved() = default;
    explicit Saved(const Tensor& x) { keep(x); }
    /// Saves x, where nothing was saved before.
    void keep(const Tensor& x, As as = As::Input);
    /// The tensor again, for a rule of `node`. Error if a backward has used it up, or if its values were overwritten.
    Tensor unpack(Node& node) const;
    /// Forgets the values: whoever unpacks them now gets an Error.
    void let_go();
    /// Takes a copy if the values lie in this storage, which is about to be written by the op that saved them.
    void keep_from_write(const Storage& written);
    std::int64_t bytes() const { return storage_ ? shape_.numel() * size_of(dtype_) : 0; }

 private:
    Tensor view() const;

    Ref<Storage> storage_;
    Ref<Node> history_;
    std::int64_t offset_ = 0;
    Shape shape_;
    Strides strides_;
    DType dtype_ = DType::Float32;
    enum class State : std::uint8_t { Gone, Absent, Held } state_ = State::Gone;
    As as_ = As::Input;
    std::uint32_t version_ = 0;
};

/// torch.autograd.set_detect_anomaly: backward stops at the first rule that produces NaN.
void set_detect_anomaly(bool enabled);
bool is_anomaly_enabled();

/// The node x's history begins with, made anew if x is a view whose base was written; none if x needs no gradient.
const Ref<Node>& history(const Tensor& x);
inline bool needs_gradient(const Tensor& x) { return x.defined() && static_cast<bool>(history(x)); }
Edge edge_to(const Tensor& x);
/// Makes an edge that leads nowhere one to x.
void connect(Edge& edge, const Tensor& x);
/// Whether x is no inference tensor. An op whose inputs all are such is not recorded, whatever they require.
inline bool is_normal(const Tensor& x) { return x.defined() && !x.is_inference(); }
/// Makes `node` the history of x.
void set_history(const Tensor& x, Ref<Node> node);
/// Gives the op that has just made x the name PyTorch shows for the whole of what was done.
Tensor named(const char* name, Tensor x);

/// Whether a rule captured no Tensor, nor a container: to copy those, and no others, is not noexcept.
template <class Rule> constexpr bool captures_no_tensor = std::is_nothrow_copy_constructible_v<Rule>;
static_assert(captures_no_tensor<Shape> && !captures_no_tensor<Tensor> && !captures_no_tensor<Ref<Node>>);

/// One input of an op, what its rule saves, and the rule.
template <class Rule, std::size_t saves> struct Wrt {
    static_assert(
        captures_no_tensor<Rule>, "a rule captures numbers and shapes, never Tensors: name what it needs by save()");
    const Tensor& input;
    std::array<const Tensor*, saves> saved;
    Rule rule;
};

/// Names the tensors a rule will need; nothing is kept unless the input needs a gradient.
template <class... T> std::array<const Tensor*, sizeof...(T)> save(const T&... tensors) { return {&tensors...}; }

/// The derivative with respect to one input: rule(grad), or rule(grad, out) with the op's result; after save(a, b),
/// rule(grad, a, b) or rule(grad, out, a, b). It returns a tensor to which the input broadcasts.
template <class Rule> Wrt<Rule, 0> wrt(const Tensor& input, Rule rule) { return {input, {}, rule}; }
template <class Rule, std::size_t saves>
Wrt<Rule, saves> wrt(const Tensor& input, std::array<const Tensor*, saves> saved, Rule rule) {
    return {input, saved, rule};
}

namespace detail {
template <std::size_t> using Each = const Tensor&;

// What Recorded knows of a rule beforehand: how many tensors it saves, and whether it asks for the result.
template <class R, std::size_t count> struct Kept {
    using Rule = R;
    static constexpr std::size_t saves = count;
    static constexpr bool uses_result = []<std::size_t... I>(std::index_sequence<I...>) {
        return !std::is_invocable_v<Rule, const Tensor&, Each<I>...>;
    }(std::make_index_sequence<saves>());
};
}  // namespace detail

/// What a node has room for, in one block with it: edges to its inputs, and what their rules saved.
template <int count, int saves> struct Room : Node {
    explicit Room(const char* name) : Node(name, edge_, count) {}
    std::span<Saved> saved() final { return saved_; }

 protected:
    Edge edge_[count];
    std::array<Saved, saves> saved_;
};

template <class... Kept> inline constexpr bool keeps_result = (Kept::uses_result || ...);
template <class... Kept> using RoomFor =
    Room<sizeof...(Kept), static_cast<int>((Kept::saves + ... + keeps_result<Kept...>))>;

/// The node of an op: its rules and what they saved.
template <class... Kept> struct Recorded final : RoomFor<Kept...> {
    static constexpr std::size_t count = sizeof...(Kept);

    template <class... Inputs> Recorded(const char* name, const Tensor& out, const Inputs&... inputs)
        : RoomFor<Kept...>(name), rules_{inputs.rule...} {
        std::size_t at = 0, rule = 0;
        ((keep(inputs, rule++, at), at += inputs.saved.size()), ...);
        if constexpr (keeps_result<Kept...>)
            if (((Kept::uses_result && needs_gradient(inputs.input)) || ...))
                this->saved_.back().keep(out, Saved::As::Result);
    }

    Tensor gradient(int i, const Tensor& grad) override {
        Tensor out;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (void)((i == int(I) && (out = call<I, Kept>(grad), true)) || ...);
        }(std::index_sequence_for<Kept...>());
        return out;
    }

 private:
    template <class Input> void keep(const Input& input, std::size_t rule, std::size_t at) {
        if (!needs_gradient(input.input)) return;
        connect(this->edge_[rule], input.input);
        for (const Tensor* x : input.saved) this->saved_[at++].keep(*x);
    }

    template <std::size_t I, class Own> Tensor call(const Tensor& grad) {
        constexpr std::array<std::size_t, count> saves{Kept::saves...};
        constexpr std::size_t first = std::accumulate(saves.begin(), saves.begin() + I, std::size_t(0));
        return [&]<std::size_t... S>(std::index_sequence<S...>) {
            if constexpr (Own::uses_result)
                return std::get<I>(rules_)(
                    grad, this->saved_.back().unpack(*this), this->saved_[first + S].unpack(*this)...);
            else
                return std::get<I>(rules_)(grad, this->saved_[first + S].unpack(*this)...);
        }(std::make_index_sequence<Own::saves>());
    }

    std::tuple<typename Kept::Rule...> rules_;
};

/// Gives `out`, if it is of real numbers, the history of an op, if any of its inputs needs a gradient: the name PyTorch
/// shows, and a rule per input.
template <class... Rule, std::size_t... saves>
Tensor record(const char* name, Tensor out, const Wrt<Rule, saves>&... inputs) {
    if (is_grad_enabled() && out.is_floating_point() && (needs_gradient(inputs.input) || ...) &&
        (is_normal(inputs.input) || ...))
        set_history(out, Ref<Node>(new Recorded<detail::Kept<Rule, saves>...>(name, out, inputs...)));
    return out;
}

/// The node of an op on a list, all of whose inputs have one rule: rule(grad, edge, at) gives the gradient of the input
/// that stands at `at` in the result.
template <class Rule> struct RecordedList final : Node {
    RecordedList(const char* name, std::vector<Edge> edges, std::vector<std::int64_t> positions, Rule rule)
        : Node(name, edges.data(), static_cast<int>(edges.size())),
          owned_(std::move(edges)),
          positions_(std::move(positions)),
          rule_(rule) {}
    Tensor gradient(int i, const Tensor& grad) override { return rule_(grad, owned_[i], positions_[i]); }

 private:
    std::vector<Edge> owned_;
    std::vector<std::int64_t> positions_;
    Rule rule_;
};

/// Whether an op on this list is to be recorded; the edges to its items.
bool records(std::span<const Tensor> list);
std::vector<Edge> edges_to(std::span<const Tensor> list);

template <class Rule> Tensor record_list(
    const char* name, Tensor out, std::span<const Tensor> list, std::vector<std::int64_t> positions, Rule rule) {
    static_assert(captures_no_tensor<Rule>, "a rule captures numbers and shapes, never Tensors");
    if (!records(list)) return out;
    set_history(out, Ref<Node>(new RecordedList<Rule>(name, edges_to(list), std::move(positions), rule)));
    return out;
}

}  // namespace taper::autograd

namespace taper {

/// What x.grad_fn() is: a node of the graph, or nothing.
class GradFn {
 public:
    GradFn() = default;
    explicit GradFn(Ref<autograd::Node> node) : node_(std::move(node)) {}
    bool defined() const { return static_cast<bool>(node_); }
    explicit operator bool() const { return defined(); }
    /// "AddBackward0"; Error for the grad_fn of a leaf, which is None.
    std::string name() const;
    /// The nodes of the inputs, undefined for those that need no gradient.
    std::vector<GradFn> next_functions() const;
    const Ref<autograd::Node>& node() const { return node_; }

 private:
    Ref<autograd::Node> node_;
};

}  // namespace taper
