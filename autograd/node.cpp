#include "node.h"

#include <algorithm>

#include "../tensor/native.h"
#include "../tensor/warning.h"
#include "inplace.h"
#include "multi_output.h"
#include "ops.h"

namespace taper {

namespace autograd {
namespace {
constinit thread_local bool grad_enabled = true;
constinit std::atomic<bool> anomaly_enabled = false;
constinit std::atomic<std::uint64_t> nodes_made = 0;
constinit thread_local Node* to_free = nullptr;  // a list through the nodes themselves: a long chain is freed by a loop
constinit thread_local bool freeing = false;
}  // namespace

bool is_grad_enabled() { return grad_enabled && !in_inference_mode; }
void set_grad_enabled(bool enabled) { grad_enabled = enabled; }
bool is_anomaly_enabled() { return anomaly_enabled.load(std::memory_order_relaxed); }
void set_detect_anomaly(bool enabled) { anomaly_enabled = enabled; }

Node::Node(const char* name, Edge* edges, int inputs)
    : name(name),
      number(nodes_made.fetch_add(1, std::memory_order_relaxed)),
      edges(edges),
      inputs(inputs),
      made_in(current_module()) {}

Hooks& Node::hooks() {
    if (!shared_hooks) shared_hooks = std::make_shared<Hooks>();
    return *shared_hooks;
}

bool records(std::span<const Tensor> list) {
    return is_grad_enabled() && std::ranges::any_of(list, needs_gradient) && std::ranges::any_of(list, is_normal);
}

std::vector<Edge> edges_to(std::span<const Tensor> list) {
    std::vector<Edge> edges;
    edges.reserve(list.size());
    for (const Tensor& x : list) edges.push_back(edge_to(x));
    return edges;
}

void Node::release() {
    for (Saved& saved : saved()) saved.let_go();
}

void Node::dispose() {
    next_to_free_ = to_free;
    to_free = this;
    if (freeing) return;
    freeing = true;
    while (Node* node = to_free) {
        to_free = node->next_to_free_;
        delete node;
    }
    freeing = false;
}

void Saved::keep(const Tensor& x, As as) {
    state_ = x.defined() ? State::Held : State::Absent;
    as_ = as;
    if (state_ == State::Absent) return;
    const TensorImpl& impl = x.impl();
    check(!impl.storage->is_inference(),
        "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor "
        "and use it in autograd.");
    if (as == As::Input) history_ = history(x);
    storage_ = impl.storage;
    offset_ = impl.offset;
    shape_ = impl.shape;
    strides_ = impl.strides;
    dtype_ = impl.dtype;
    version_ = impl.storage->version;
}

void Saved::let_go() {
    storage_ = nullptr;
    history_ = nullptr;
    state_ = State::Gone;
}

void Saved::keep_from_write(const Storage& written) {
    if (storage_.get() != &written) return;
    Tensor copy = native::clone(view());
    storage_ = copy.impl().storage;
    offset_ = 0;
    strides_ = copy.stride();
    version_ = storage_->version;
}

Tensor Saved::view() const {
    auto impl = make_ref<TensorImpl>(shape_, strides_);
    impl->storage = storage_;
    impl->offset = offset_;
    impl->dtype = dtype_;
    return Tensor(std::move(impl));
}

Tensor Saved::unpack(Node& node) const {
    if (state_ == State::Absent) return {};
    check(state_ == State::Held,
        "{}: Trying to backward through the graph a second time (or directly access saved tensors after they have "
        "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
        "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you "
        "need to access saved tensors after calling backward.",
        node.name);
    if (version_ != storage_->version) [[unlikely]] {
        const Node* maker = as_ == As::Result ? &node : history_.get();
        fail(
            "{}: one of the variables needed for gradient computation has been modified by an inplace operation: "
            "[torch.{}Tensor {}]{} is at version {}; expected version {} instead; write into a clone() of it",
            node.name, scalar_name_of(dtype_), shape_.str(),
            maker && !maker->is_leaf() ? fmt::format(", which is output 0 of {},", maker->name) : "", storage_->version,
            version_);
    }
    Tensor out = view();
    out.impl().node = as_ == As::Result ? Ref<Node>(&node) : history_;
    return out;
}

const Ref<Node>& history(const Tensor& x) {
    TensorImpl& impl = x.impl();
    if (impl.base && impl.base_writes != impl.base->base_writes) [[unlikely]]
        renew_view_history(x);
    return impl.node;
}

Edge edge_to(const Tensor& x) { return {history(x), x.shape(), x.dtype()}; }
void connect(Edge& edge, const Tensor& x) {
    const TensorImpl& impl = x.impl();
    edge.node = history(x);
    edge.shape = impl.shape;
    edge.dtype = impl.dtype;
}

void set_history(const Tensor& x, Ref<Node> node) {
    TensorImpl& impl = x.impl();
    if (impl.node && impl.node->owner == &impl) impl.node->owner = nullptr;
    impl.node = std::move(node);
    if (impl.retains_grad && impl.node) impl.node->owner = &impl;
}

Tensor named(const char* name, Tensor x) {
    if (x.impl().node && !x.impl().node->is_leaf()) x.impl().node->name = name;
    return x;
}

}  // namespace autograd

TensorImpl::~TensorImpl() {
    if (node && node->owner == this) node->owner = nullptr;
}

bool Tensor::requires_grad() const { return autograd::needs_gradient(*this); }

bool Tensor::is_leaf() const {
    const auto& node = autograd::history(*this);
    return !node || node->is_leaf();
}

const Tensor& ops::requires_grad_(const Tensor& x, bool requires_grad) {
    if (requires_grad == x.requires_grad()) return x;
    check(x.is_leaf(),
        "requires_grad_: you can only change requires_grad flags of leaf variables. If you want to use a computed "
        "variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
    check(!x.is_inference() || is_inference_mode_enabled(),
        "requires_grad_: Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
    check(x.is_floating_point(),
        "requires_grad_: only Tensors of floating point and complex dtype can require gradients, not {}", x.dtype());
    autograd::set_history(x, requires_grad ? Ref<autograd::Node>(new autograd::Leaf(&x.impl())) : nullptr);
    return x;
}

void Tensor::set_grad(const Tensor& grad) const {
    if (grad.defined()) {
        check(grad.shape() == shape(), "set_grad: assigned grad has data of a different size: {} instead of {}",
            grad.shape().str(), shape().str());
        check(grad.dtype() == dtype(), "set_grad: assigned grad has data of a different type: {} instead of {}",
            grad.dtype(), dtype());
    }
    impl().grad = grad.ref();
}

GradFn Tensor::grad_fn() const { return is_leaf() ? GradFn() : GradFn(autograd::history(*this)); }

std::string GradFn::name() const {
    check(defined(), "grad_fn: a leaf has none; ask defined() first");
    for (std::string_view own : {"CopySlices", "CopyBackwards", "NotImplemented"})
        if (own == node_->name) return fmt::format("torch::autograd::{}", own);
    return node_->name;
}

std::string history_name(const Tensor& x) { return x.is_leaf() ? "" : autograd::history(x)->name; }

std::vector<GradFn> GradFn::next_functions() const {
    std::vector<GradFn> next;
    if (!node_) return next;
    const autograd::Node& step = autograd::step_of(*node_);
    for (int i = 0; i < step.inputs; ++i) next.emplace_back(step.edges[i].node);
    return next;
}

const Tensor Tensor::grad() const {
    if (!impl().grad && !is_leaf() && !retains_grad())
        warn(
            "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
            "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
            "Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make "
            "sure "
            "you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations.");
    return Tensor(impl().grad);
}

void Tensor::retain_grad() const {
    check(requires_grad(), "retain_grad: can't retain_grad on Tensor that has requires_grad=False");
    if (is_leaf()) return;
    impl().retains_grad = true;
    autograd::history(*this)->owner = &impl();
}

// Takes hook `number` off again, if the node is still there.
static HookHandle handle_for(const std::shared_ptr<autograd::Hooks>& hooks, int number) {
    return {[hooks = std::weak_ptr(hooks), number] {
        if (auto alive = hooks.lock()) {
            alive->on_gradient.erase(number);
            alive->after_accumulate.erase(number);
        }
    }};
}

HookHandle Tensor::register_hook(const RegisterHookMethod& o) const {
    return o.hook.need("register_hook", "hook"), register_hook(*o.hook);
}
HookHandle Tensor::register_hook(TensorHook hook) const {
    check(requires_grad(), "register_hook: cannot register a hook on a tensor that doesn't require gradient");
    autograd::Node& node = *autograd::history(*this);
    int number = node.hooks().next++;
    node.hooks().on_gradient[number] = std::move(hook);
    return handle_for(node.shared_hooks, number);
}

HookHandle Tensor::register_post_accumulate_grad_hook(std::function<void(const Tensor&)> hook) const {
    check(requires_grad() && is_leaf(),
        "register_post_accumulate_grad_hook: post accumulate grad hooks cannot be registered on non-leaf tensors");
    autograd::Node& node = *autograd::history(*this);
    int number = node.hooks().next++;
    node.hooks().after_accumulate[number] = std::move(hook);
    return handle_for(node.shared_hooks, number);
}

Tensor Tensor::detach() const { return native::view(*this, shape(), stride(), storage_offset()); }

const Tensor Tensor::data() const {
    Tensor out = detach();
    out.impl().counts_writes = false;
    return out;
}

const Tensor& Tensor::detach_() const {
    check(!is_view(), "detach_: Can't detach views in-place. Use detach() instead.");
    impl().retains_grad = false;
    autograd::set_history(*this, nullptr);
    return *this;
}

const Tensor& Tensor::set_data(const Tensor& other) const {
    TensorImpl& to = impl();
    const TensorImpl& from = other.impl();
    check(taper::is_floating_point(from.dtype) || !requires_grad(),
        "set_data: incompatible tensor type: {} instead of {}", from.dtype, to.dtype);
    to.storage = from.storage;
    to.offset = from.offset;
    to.shape = from.shape;
    to.strides = from.strides;
    to.dtype = from.dtype;
    return *this;
}

}  // namespace taper
