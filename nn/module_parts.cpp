// What a module registered, and what its parts did: found, listed, and changed all at once.
#include <algorithm>
#include <set>

#include "module.h"
#include "walk.h"

namespace taper::nn {

namespace {

// The tensors that `of` finds in a module, and in those below it; each tensor and each module once.
template <class F> NamedList<Tensor> named(const ModuleState& state, const NamedOptions& options, const F& of) {
    NamedList<Tensor> found;
    std::set<const void*> seen;
    auto visit_one = [&](const ModuleState& module, const std::string& prefix) {
        if (!seen.insert(&module).second) return;
        of(module, [&](const std::string& name, const Tensor& x) {
            if (x.defined() && seen.insert(x.ref().get()).second) found.emplace_back(prefix + name, x);
        });
    };
    std::string prefix = options.prefix->empty() ? "" : *options.prefix + ".";
    if (options.recurse)
        each_state(state, prefix, visit_one);
    else
        visit_one(state, prefix);
    return found;
}

TensorList without_names(const NamedList<Tensor>& named) {
    TensorList list;
    for (const auto& [name, x] : named) list.push_back(x);
    return list;
}

}  // namespace

static NamedList<Tensor> named_tensors(
    const ModuleState& state, NamedTable<std::shared_ptr<Slot>> ModuleState::*list, const NamedOptions& options) {
    return named(state, options, [&](const ModuleState& module, const auto& f) {
        for (const auto& [name, slot] : module.*list) f(name, slot->tensor);
    });
}
TAPER_DEFINE_METHOD(NamedList<Tensor>, ModuleBase, named_parameters, NamedOptions,
    (named_tensors(*state_, &ModuleState::parameters, o)), 0, prefix, recurse)
TAPER_DEFINE_METHOD(NamedList<Tensor>, ModuleBase, named_buffers, NamedOptions,
    (named_tensors(*state_, &ModuleState::buffers, o)), 0, prefix, recurse)
TAPER_DEFINE_METHOD(TensorList, ModuleBase, parameters, RecurseOptions,
    (without_names(named_parameters({.recurse = o.recurse}))), 0, recurse)
TAPER_DEFINE_METHOD(
    TensorList, ModuleBase, buffers, RecurseOptions, (without_names(named_buffers({.recurse = o.recurse}))), 0, recurse)

AnyModule& ModuleBase::part(const char* op, const std::string& target) const {
    ModuleState* at = state_.get();
    AnyModule* found = nullptr;
    for (std::size_t start = 0; start <= target.size();) {
        const std::size_t end = std::min(target.find('.', start), target.size());
        const std::string name = target.substr(start, end - start);
        found = at->children.find_name(name);
        check(found, "{}: {} has no attribute `{}`", op, type_name(at->type), name);
        at = found->shared_state().get();
        start = end + 1;
    }
    return *found;
}
static Tensor tensor_at(
    const char* op, const ModuleState& state, const NamedTable<std::shared_ptr<Slot>>& table, const std::string& name) {
    const std::size_t at = table.place_of(name);
    check(at < table.size(), "{}: {} has no attribute `{}`", op, type_name(state.type), name);
    return table[at].second->tensor;
}
template <class Part> static Tensor tensor_at_path(const char* op, const ModuleState& root, const Part& part,
    NamedTable<std::shared_ptr<Slot>> ModuleState::*list, const std::string& target) {
    const std::size_t dot = target.rfind('.');
    if (dot == std::string::npos) return tensor_at(op, root, root.*list, target);
    const ModuleState& owner = *part(target.substr(0, dot)).shared_state();
    return tensor_at(op, owner, owner.*list, target.substr(dot + 1));
}
TAPER_DEFINE_METHOD(Tensor, ModuleBase, get_parameter, TargetOptions,
    (tensor_at_path(
        "get_parameter", *state_, [&](const std::string& path) -> AnyModule& { return part("get_parameter", path); },
        &ModuleState::parameters, o.target)),
    1, target)
TAPER_DEFINE_METHOD(Tensor, ModuleBase, get_buffer, TargetOptions,
    (tensor_at_path(
        "get_buffer", *state_, [&](const std::string& path) -> AnyModule& { return part("get_buffer", path); },
        &ModuleState::buffers, o.target)),
    1, target)

NamedList<AnyModule> ModuleBase::named_children() const {
    NamedList<AnyModule> found;
    std::set<const ModuleState*> seen;
    for (const auto& [name, child] : state_->children)
        if (child.defined() && seen.insert(child.shared_state().get()).second) found.emplace_back(name, child);
    return found;
}
std::vector<AnyModule> ModuleBase::children() const {
    std::vector<AnyModule> found;
    for (const auto& [name, child] : named_children()) found.push_back(child);
    return found;
}

void detail::collect_modules(
    NamedList<AnyModule>& found, const AnyModule& root, const std::string& path, const NamedModulesOptions& options) {
    struct Next {
        std::string path;
        const AnyModule* module;
    };
    std::set<const ModuleState*> seen;
    std::vector<Next> left{{path, &root}};
    while (!left.empty()) {
        const Next next = std::move(left.back());
        left.pop_back();
        const AnyModule& module = *next.module;
        if (!module.defined() || (*options.memo && (*options.memo)->contains(module.shared_state()))) continue;
        if (options.remove_duplicate && !seen.insert(module.shared_state().get()).second) continue;
        found.emplace_back(next.path, module);
        const auto& children = module.shared_state()->children;
        for (auto child = children.rbegin(); child != children.rend(); ++child)
            left.push_back({next.path.empty() ? child->first : next.path + "." + child->first, &child->second});
    }
}

void ModuleBase::set_training(bool mode) const {
    each_part(
        *state_, [&](const ModuleState& module) { return const_cast<ModuleState&>(module).training = mode, true; });
}

void ModuleBase::set_requires_grad(bool requires_grad) const {
    for (const Tensor& x : parameters()) x.requires_grad_(requires_grad);
}

static void zero_gradients(const TensorList& parameters, bool set_to_none) {
    for (const Tensor& x : parameters) {
        if (!x.grad().defined()) continue;
        if (set_to_none)
            x.set_grad({});
        else
            x.grad().detach().zero_();
    }
}
TAPER_DEFINE_METHOD(
    void, ModuleBase, zero_grad, ZeroGradOptions, (zero_gradients(parameters(), o.set_to_none)), 0, set_to_none)

void ModuleBase::move(const ModuleToOptions& o) const {
    check(!o.tensor.given() || (!o.device.given() && !o.dtype.given()),
        "to: received an invalid combination of arguments: a tensor, and its device or dtype beside it");
    const std::optional<Device> device = o.tensor.given() ? (*o.tensor).device() : *o.device;
    const std::optional<DType> dtype = o.tensor.given() ? (*o.tensor).dtype() : *o.dtype;
    check(!dtype || is_floating_point(*dtype), "to: nn.Module.to only accepts floating point dtypes, but got {}",
        dtype ? name_of(*dtype) : "");
    replace_data([&](const Tensor& x) {
        const Tensor moved = device ? x.to(*device) : x;
        return dtype && x.is_floating_point() ? moved.to(*dtype) : moved;
    });
}
void ModuleBase::replace_data(const std::function<Tensor(const Tensor&)>& f) const {
    for (const TensorList& list : {parameters(), buffers()})
        for (const Tensor& x : list) {
            x.set_data(f(x.detach()));
            if (x.grad().defined()) x.grad().set_data(f(x.grad().detach()));
        }
}

}  // namespace taper::nn
