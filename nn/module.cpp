#include "module.h"

#include <algorithm>
#include <set>

#include "../tensor/warning.h"
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

ModuleHooks& ModuleBase::hooks() const {
    if (!state_->hooks) state_->hooks = std::make_unique<ModuleHooks>();
    return *state_->hooks;
}

// ---- registering

void ModuleBase::check_name(const char* kind, const std::string& name, bool taken) const {
    const char* op = kind;
    check(name.find('.') == std::string::npos, "register_{}: {} name can't contain \".\", got: {}", op, kind, name);
    check(!name.empty(), "register_{}: {} name can't be empty string \"\"", op, kind);
    check(!taken, "register_{}: attribute '{}' already exists", op, name);
}

// Parts that were made as arguments of one call: GCC makes the last one first.
// Those of one call are near each other, in what is registered and in what that consists of.
static const Draw* first_draw(const ModuleState& module) {
    const Draw* found = nullptr;
    int looks = 100;
    each_part(module, [&](const ModuleState& part) { return !(found = part.initial_draw.get()) && --looks > 0; });
    return found;
}
static const Draw* last_draw(const ModuleState& module) {
    const ModuleState* at = &module;
    const Draw* found = at->initial_draw.get();
    for (int looks = 100; looks > 0 && !at->children.empty(); --looks) {
        // the last part that has one itself, or parts
        auto child = at->children.rbegin();
        while (child != at->children.rend() && --looks > 0 && !first_draw(*child->second.shared_state())) ++child;
        if (child == at->children.rend()) return found;
        at = child->second.shared_state().get();
        if (at->initial_draw) found = at->initial_draw.get();
    }
    return found;
}
static void warn_of_order(const ModuleState& owner, const AnyModule& child, const std::string& name) {
    const Draw* last = last_draw(*child.shared_state());
    if (!last) return;
    std::size_t looks = 32;
    for (auto sibling = owner.children.rbegin(); sibling != owner.children.rend() && looks > 0; ++sibling, --looks) {
        const Draw* later = first_draw(*sibling->second.shared_state());
        if (!later || later->before != last->after) continue;
        return warn(
            "{}: the part '{}' drew its weights before the part '{}', which is registered before it. If they were made "
            "as arguments of one call, C++ made the last one first: write {}{{...}}, with braces, which go from the "
            "left",
            type_name(owner.type), name, sibling->first, type_name(owner.type));
    }
}

void ModuleBase::add_child(const std::string& name, AnyModule child, const detail::MemberType* member) const {
    check_name("module", name, state_->parameters.has_name(name) || state_->buffers.has_name(name));
    auto check_part = [&](const ModuleState& part) {
        check(&part != state_.get(), "register_module: '{}' would make a module a part of itself", name);
        return true;
    };
    if (state_->registered)  // else it is a part of nothing, and so not of the child
        each_part(*child.shared_state(), check_part);
    else
        check_part(*child.shared_state());
    AnyModule* const old = state_->children.find_name(name);
    if (member && !old) warn_of_order(*state_, child, name);
    auto place = std::make_shared<detail::Place>(detail::Place{name, state_, member});
    std::vector<ModuleBase*> members;  // that hold the part which had this name
    const detail::MemberType* type = nullptr;
    if (old) {
        for (ModuleBase* handle : old->shared_state()->handles)
            if (handle->place_ == old->place_ && handle->stands_in_member()) members.push_back(handle);
        type = old->place_->member;
    }
    if (!members.empty()) {
        if (!member) place->member = member = type;
        check(type->type == typeid(AnyModule) || type->type == child.type(),
            "register_module: the member {} is a {}, which can't hold a {}: make it an nn::AnyModule", name,
            type_name(type->type), type_name(child.type()));
    }
    child.shared_state()->registered = true;
    ++detail::changes_of_parts;
    if (old) *old = child;
    AnyModule& kept = old ? *old : state_->children.add(name, child);
    kept.place_ = place;
    kept.home_ = nullptr;
    for (ModuleBase* handle : members) {
        const ModuleBase* home = std::exchange(handle->home_, nullptr);
        type->assign(*handle, child);
        handle->place_ = place;
        handle->home_ = home;
    }
}
void ModuleBase::add_module(const std::string& name, const AnyModule& module) const { add_child(name, module); }
void ModuleBase::add_module(const Arg<std::string>& name, AddModuleOptions options) const {
    options.name.put(name, "add_module", "name");
    add_module(options);
}
void ModuleBase::add_module(const AddModuleOptions& options) const {
    options.name.need("add_module", "name"), options.module.need("add_module", "module");
    add_child(options.name, options.module);
}

void ModuleBase::place_member(ModuleBase& module, const std::string& name) const {
    module.place_ = state_->children.find_name(name)->place_;
    module.home_ = this;
    module.is_new_ = true;
}

// Of what is registered: the slot of that name, or a new one at the end.
static std::shared_ptr<Slot> slot_of(NamedTable<std::shared_ptr<Slot>>& table, const std::string& name, Slot* value) {
    std::shared_ptr<Slot> fresh(value);
    const std::shared_ptr<Slot>* known = table.find_name(name);
    if (!known) return table.add(name, std::move(fresh));
    (*known)->persistent = fresh->persistent;
    (*known)->set(fresh->tensor);
    return *known;
}
static RegisteredTensor register_parameter_of(
    const ModuleBase& module, ModuleState& state, const Tensor& x, const RegisterParameterOptions& o) {
    Tensor parameter = !x.defined() || x.impl().is_parameter ? x : Tensor(Parameter(x, *o.requires_grad));
    return {slot_of(state.parameters, o.name, new Slot(parameter, true, true, &state)), &module};
}
TAPER_DEFINE_METHOD(RegisteredTensor, ModuleBase, register_parameter, RegisterParameterOptions,
    (check_name("parameter", o.name, state_->children.has_name(o.name) || state_->buffers.has_name(o.name)),
        register_parameter_of(*this, *state_, o.param, o)),
    2, name, param, requires_grad)
TAPER_DEFINE_METHOD(RegisteredTensor, ModuleBase, register_buffer, RegisterBufferOptions,
    (check_name("buffer", o.name, state_->children.has_name(o.name) || state_->parameters.has_name(o.name)),
        RegisteredTensor(
            slot_of(state_->buffers, o.name, new Slot(o.tensor, false, o.persistent, state_.get())), this)),
    2, name, tensor, persistent)

void ModuleBase::draw_initial(std::function<void()> draw) const {
    state_->initial_draw = std::make_unique<Draw>(std::move(draw));
}
std::vector<Draw*> ModuleBase::initial_draws() const {
    std::vector<Draw*> draws;
    each_part(*state_, [&](const ModuleState& module) {
        if (module.initial_draw) draws.push_back(module.initial_draw.get());
        return true;
    });
    return draws;
}

// ---- walking over what was registered

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
    auto move_one = [&](const Tensor& x) {
        Tensor moved = device ? x.detach().to(*device) : x.detach();
        if (dtype && x.is_floating_point()) moved = moved.to(*dtype);
        x.set_data(moved);
    };
    for (const Tensor& x : parameters()) {
        move_one(x);
        if (x.grad().defined()) move_one(x.grad());
    }
    for (const Tensor& x : buffers()) move_one(x);
}

}  // namespace taper::nn
