#include "module.h"

#include "../tensor/warning.h"
#include "walk.h"

namespace taper::nn {

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

void ModuleBase::add_child(const std::string& name, const AnyModule& child, const detail::MemberType* member) const {
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

}  // namespace taper::nn
