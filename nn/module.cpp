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
static void warn_of_order(const ModuleState& owner, const AnyModule& child, const std::string& name) {
    const std::vector<Draw*> draws = child.initial_draws();
    if (draws.empty()) return;
    for (const auto& [sibling, other] : owner.children) {
        const std::vector<Draw*> later = other.initial_draws();
        if (later.empty() || later.front()->before != draws.back()->after) continue;
        return warn(
            "{}: the part '{}' drew its weights before the part '{}', which is registered before it. If they were made "
            "as arguments of one call, C++ made the last one first: write {}{{...}}, with braces, which go from the "
            "left",
            type_name(owner.type), name, sibling, type_name(owner.type));
    }
}

void ModuleBase::add_child(const std::string& name, AnyModule child, const detail::MemberType* member) const {
    check_name("module", name, has_name(state_->parameters, name) || has_name(state_->buffers, name));
    each_state(*child.shared_state(), "", [&](const ModuleState& part, const std::string&) {
        check(&part != state_.get(), "register_module: '{}' would make a module a part of itself", name);
    });
    if (member && !has_name(state_->children, name)) warn_of_order(*state_, child, name);
    auto place = std::make_shared<detail::Place>(detail::Place{name, state_, member});
    std::vector<ModuleBase*> members;  // that hold the part which had this name
    const detail::MemberType* type = nullptr;
    if (auto old = find_name(state_->children, name); old != state_->children.end()) {
        for (ModuleBase* handle : old->second.shared_state()->handles)
            if (handle->place_ == old->second.place_ && handle->stands_in_member()) members.push_back(handle);
        type = old->second.place_->member;
    }
    if (!members.empty()) {
        if (!member) place->member = member = type;
        check(type->type == typeid(AnyModule) || type->type == child.type(),
            "register_module: the member {} is a {}, which can't hold a {}: make it an nn::AnyModule", name,
            type_name(type->type), type_name(child.type()));
    }
    child.shared_state()->registered = true;
    put(state_->children, name, child);
    AnyModule& kept = find_name(state_->children, name)->second;
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
    module.place_ = find_name(state_->children, name)->second.place_;
    module.home_ = this;
    module.is_new_ = true;
}

// Of what is registered: the slot of that name, or a new one at the end.
static std::shared_ptr<Slot> slot_of(NamedList<std::shared_ptr<Slot>>& list, const std::string& name, Slot* value) {
    std::shared_ptr<Slot> fresh(value);
    auto at = find_name(list, name);
    if (at == list.end()) return list.emplace_back(name, std::move(fresh)).second;
    at->second->persistent = fresh->persistent;
    at->second->set(fresh->tensor);
    return at->second;
}
static RegisteredTensor register_parameter_of(
    const ModuleBase& module, ModuleState& state, const Tensor& x, const RegisterParameterOptions& o) {
    Tensor parameter = !x.defined() || x.body().is_parameter ? x : Tensor(Parameter(x, *o.requires_grad));
    return {slot_of(state.parameters, o.name, new Slot(parameter, true, true, &state)), &module};
}
TAPER_DEFINE_METHOD(RegisteredTensor, ModuleBase, register_parameter, RegisterParameterOptions,
    (check_name("parameter", o.name, has_name(state_->children, o.name) || has_name(state_->buffers, o.name)),
        register_parameter_of(*this, *state_, o.param, o)),
    2, name, param, requires_grad)
TAPER_DEFINE_METHOD(RegisteredTensor, ModuleBase, register_buffer, RegisterBufferOptions,
    (check_name("buffer", o.name, has_name(state_->children, o.name) || has_name(state_->parameters, o.name)),
        RegisteredTensor(
            slot_of(state_->buffers, o.name, new Slot(o.tensor, false, o.persistent, state_.get())), this)),
    2, name, tensor, persistent)

void ModuleBase::draw_initial(std::function<void()> draw) const {
    state_->initial_draw = std::make_unique<Draw>(std::move(draw));
}
std::vector<Draw*> ModuleBase::initial_draws() const {
    std::vector<Draw*> draws;
    each_state(*state_, "", [&](const ModuleState& module, const std::string&) {
        if (module.initial_draw) draws.push_back(module.initial_draw.get());
    });
    return draws;
}

// ---- walking over what was registered

static NamedList<Tensor> named_tensors(
    const ModuleState& state, NamedList<std::shared_ptr<Slot>> ModuleState::*list, const NamedOptions& options) {
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
        auto child = find_name(at->children, name);
        check(child != at->children.end(), "{}: {} has no attribute `{}`", op, type_name(at->type), name);
        found = &child->second;
        at = found->shared_state().get();
        start = end + 1;
    }
    return *found;
}
static Tensor tensor_at(
    const char* op, const ModuleState& state, const NamedList<std::shared_ptr<Slot>>& list, const std::string& name) {
    auto found = find_name(list, name);
    check(found != list.end(), "{}: {} has no attribute `{}`", op, type_name(state.type), name);
    return found->second->tensor;
}
template <class Part> static Tensor tensor_at_path(const char* op, const ModuleState& root, const Part& part,
    NamedList<std::shared_ptr<Slot>> ModuleState::*list, const std::string& target) {
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
    NamedList<AnyModule>& found, const AnyModule& module, const std::string& path, const NamedModulesOptions& options) {
    if (!module.defined() || (*options.memo && (*options.memo)->contains(module.shared_state()))) return;
    if (options.remove_duplicate)
        for (const auto& [name, other] : found)
            if (other.shared_state() == module.shared_state()) return;
    found.emplace_back(path, module);
    for (const auto& [name, child] : module.shared_state()->children)
        collect_modules(found, child, path.empty() ? name : path + "." + name, options);
}

void ModuleBase::set_training(bool mode) const {
    each_state(*state_, "",
        [&](const ModuleState& module, const std::string&) { const_cast<ModuleState&>(module).training = mode; });
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
