#include "module.h"

#include <algorithm>
#include <ostream>
#include <set>

namespace taper::nn {

namespace {

template <class List> auto find_name(List& list, const std::string& name) {
    return std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.first == name; });
}
template <class List> bool has_name(const List& list, const std::string& name) {
    return find_name(list, name) != list.end();
}
// Takes the place of the one of that name, or goes to the end.
template <class List, class T> void put(List& list, const std::string& name, T value) {
    auto at = find_name(list, name);
    if (at == list.end())
        list.emplace_back(name, std::move(value));
    else
        at->second = std::move(value);
}

// Calls f with this module and all below it, parents first, each with the beginning of its names ("layers.0.").
template <class F> void each_state(const ModuleState& state, const std::string& prefix, const F& f) {
    f(state, prefix);
    for (const auto& [name, child] : state.children) each_state(*child.shared_state(), prefix + name + ".", f);
}

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
    std::string prefix = options.prefix.empty() ? "" : options.prefix + ".";
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

// The tensors of one module that a state_dict holds.
template <class F> void each_saved(const ModuleState& state, const F& f) {
    for (const auto& [name, x] : state.parameters)
        if (x.defined()) f(name, x);
    for (const auto& [name, buffer] : state.buffers)
        if (buffer.persistent && buffer.tensor.defined()) f(name, buffer.tensor);
}

std::string quoted(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
    return text;
}

// The names in the dict that no module has a tensor for.
std::vector<std::string> unexpected_keys(const ModuleState& root, const StateDict& dict) {
    std::vector<std::string> found;
    each_state(root, "", [&](const ModuleState& module, const std::string& prefix) {
        std::set<std::string> known;
        each_saved(module, [&](const std::string& name, const Tensor&) { known.insert(name); });
        for (const auto& [name, child] : module.children) known.insert(name);
        for (const auto& [key, x] : dict) {
            if (!key.starts_with(prefix)) continue;
            std::string name = key.substr(prefix.size());
            name = name.substr(0, name.find('.'));
            if (!known.contains(name)) found.push_back(key);
        }
    });
    return found;
}

}  // namespace

Tensor Parameter(const Tensor& data, bool requires_grad) {
    Tensor parameter = data.detach();
    parameter.body().is_number = false;
    parameter.body().is_parameter = true;
    return parameter.requires_grad_(requires_grad);
}

ModuleState::ModuleState(const std::type_info& type) : type(type) {}
ModuleState::~ModuleState() = default;

// ---- handles

ModuleBase& ModuleBase::operator=(const ModuleBase& other) {
    check(!guarded_ || other.state_->registered,
        "{}: a {} was assigned to this registered module without registering it, so nobody would train or save it; "
        "write model.{} = model.register_module(\"{}\", ...)",
        name(), type_name(other.state_->type), name(), name());
    state_ = other.state_;
    if (!name_)
        name_ = other.name_;
    else
        state_->registered = true;
    return *this;
}

const std::string& ModuleBase::name() const {
    static const std::string none;
    return name_ ? *name_ : none;
}

void ModuleBase::place(ModuleBase& module, const std::string& name, bool guarded) {
    module.name_ = name.empty() ? nullptr : std::make_shared<const std::string>(name);
    module.guarded_ = guarded;
}

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

void ModuleBase::add_child(const std::string& name, AnyModule child) const {
    check_name("module", name, has_name(state_->parameters, name) || has_name(state_->buffers, name));
    each_state(*child.shared_state(), "", [&](const ModuleState& part, const std::string&) {
        check(&part != state_.get(), "register_module: '{}' would make a module a part of itself", name);
    });
    child.shared_state()->registered = true;
    place(child, name, false);
    put(state_->children, name, child);
}

Tensor ModuleBase::register_parameter(const std::string& name, const Tensor& tensor, bool requires_grad) const {
    check_name("parameter", name, has_name(state_->children, name) || has_name(state_->buffers, name));
    bool is_one = !tensor.defined() || tensor.body().is_parameter;
    Tensor parameter = is_one ? tensor : Parameter(tensor, requires_grad);
    put(state_->parameters, name, parameter);
    return parameter;
}

Tensor ModuleBase::register_buffer(const std::string& name, const Tensor& tensor, bool persistent) const {
    check_name("buffer", name, has_name(state_->children, name) || has_name(state_->parameters, name));
    put(state_->buffers, name, ModuleState::Buffer{tensor, persistent});
    return tensor;
}

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

NamedList<Tensor> ModuleBase::named_parameters(const NamedOptions& options) const {
    return named(*state_, options, [](const ModuleState& module, const auto& f) {
        for (const auto& [name, x] : module.parameters) f(name, x);
    });
}
NamedList<Tensor> ModuleBase::named_buffers(const NamedOptions& options) const {
    return named(*state_, options, [](const ModuleState& module, const auto& f) {
        for (const auto& [name, buffer] : module.buffers) f(name, buffer.tensor);
    });
}
TensorList ModuleBase::parameters(bool recurse) const { return without_names(named_parameters({.recurse = recurse})); }
TensorList ModuleBase::buffers(bool recurse) const { return without_names(named_buffers({.recurse = recurse})); }

NamedList<AnyModule> ModuleBase::named_children() const {
    NamedList<AnyModule> found;
    std::set<const ModuleState*> seen;
    for (const auto& [name, child] : state_->children)
        if (seen.insert(child.shared_state().get()).second) found.emplace_back(name, child);
    return found;
}
std::vector<AnyModule> ModuleBase::children() const {
    std::vector<AnyModule> found;
    for (const auto& [name, child] : named_children()) found.push_back(child);
    return found;
}

void detail::collect_modules(NamedList<AnyModule>& found, const AnyModule& module, const std::string& path) {
    for (const auto& [name, other] : found)
        if (other.shared_state() == module.shared_state()) return;
    found.emplace_back(path, module);
    for (const auto& [name, child] : module.shared_state()->children)
        collect_modules(found, child, path.empty() ? name : path + "." + name);
}

void ModuleBase::set_training(bool mode) const {
    each_state(*state_, "",
        [&](const ModuleState& module, const std::string&) { const_cast<ModuleState&>(module).training = mode; });
}

void ModuleBase::set_requires_grad(bool requires_grad) const {
    for (const Tensor& x : parameters()) x.requires_grad_(requires_grad);
}

void ModuleBase::zero_grad(const ZeroGradOptions& options) const {
    for (const Tensor& x : parameters()) {
        if (!x.grad().defined()) continue;
        if (options.set_to_none)
            x.set_grad({});
        else
            x.grad().detach().zero_();
    }
}

void ModuleBase::move(const std::optional<Device>& device, std::optional<DType> dtype) const {
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

// ---- state_dict

StateDict ModuleBase::state_dict() const {
    StateDict dict;
    each_state(*state_, "", [&](const ModuleState& module, const std::string& prefix) {
        dict.versions.emplace_back(prefix.substr(0, prefix.size() - !prefix.empty()), module.version);
    });
    each_state(*state_, "", [&](const ModuleState& module, const std::string& prefix) {
        each_saved(module, [&](const std::string& name, const Tensor& x) { dict[prefix + name] = x.detach(); });
    });
    return dict;
}

IncompatibleKeys ModuleBase::load_state_dict(const StateDict& dict, const LoadStateDictOptions& options) const {
    IncompatibleKeys keys;
    std::vector<std::string> errors;
    std::vector<std::pair<Tensor, Tensor>> writes;
    each_state(*state_, "", [&](const ModuleState& module, const std::string& prefix) {
        each_saved(module, [&](const std::string& own_name, const Tensor& x) {
            std::string name = prefix + own_name;
            if (!dict.contains(name)) return keys.missing_keys.push_back(name);
            const Tensor& value = dict.at(name);
            if (!value.defined())
                errors.push_back(
                    fmt::format("While copying the parameter named \"{}\", expected torch.Tensor or "
                                "Tensor-like object from checkpoint but received None",
                        name));
            else if (value.shape() != x.shape())
                errors.push_back(
                    fmt::format("size mismatch for {}: copying a param with shape {} from checkpoint, the "
                                "shape in current model is {}.",
                        name, value.shape(), x.shape()));
            else
                writes.emplace_back(x, value);
        });
    });
    keys.unexpected_keys = unexpected_keys(*state_, dict);
    auto complain = [&](const char* kind, const std::vector<std::string>& names) {
        if (options.strict && !names.empty())
            errors.insert(errors.begin(), fmt::format("{} key(s) in state_dict: {}. ", kind, quoted(names)));
    };
    complain("Unexpected", keys.unexpected_keys);
    complain("Missing", keys.missing_keys);
    check(errors.empty(), "load_state_dict: Error(s) in loading state_dict for {}:\n\t{}", type_name(state_->type),
        fmt::join(errors, "\n\t"));
    for (const auto& [x, value] : writes) values::copy(x, value.to(x.device()));
    return keys;
}

// ---- AnyModule and printing

void AnyModule::check_type(const std::type_info& wanted) const {
    check(type() == wanted, "AnyModule: this is a {}, not a {}", type_name(type()), type_name(wanted));
}

static std::string indented(std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3) text.insert(at + 1, "  ");
    return text;
}

std::string repr(const AnyModule& module) {
    std::string extra = module.extra_repr(), lines;
    const auto& children = module.shared_state()->children;
    if (!extra.empty() && children.empty() && extra.find('\n') == std::string::npos) {
        lines = extra;
    } else if (!extra.empty() || !children.empty()) {
        if (!extra.empty()) lines = "\n  " + indented(extra);
        for (const auto& [name, child] : children) lines += fmt::format("\n  ({}): {}", name, indented(repr(child)));
        lines += "\n";
    }
    return fmt::format("{}({})", type_name(module.type()), lines);
}

std::string repr(double number) {
    std::string text = fmt::format("{}", number);
    return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

std::ostream& operator<<(std::ostream& out, const AnyModule& module) { return out << repr(module); }

}  // namespace taper::nn
