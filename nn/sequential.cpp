#include "sequential.h"

#include <algorithm>

namespace taper::nn {

std::size_t detail::index_of(std::int64_t i, std::int64_t size, const std::type_info& list) {
    check(-size <= i && i < size, "{}: IndexError: index {} is out of range", type_name(list), i);
    return static_cast<std::size_t>(i < 0 ? i + size : i);
}
std::vector<std::size_t> detail::indices_of(const Slice& slice, std::int64_t size) {
    auto bound = [&](std::optional<std::int64_t> at, std::int64_t otherwise) {
        return !at ? otherwise : std::clamp<std::int64_t>(*at < 0 ? *at + size : *at, 0, size);
    };
    const std::int64_t step = slice.step.value_or(1);
    check(step > 0, "slice: step must be greater than zero, but got {}", step);
    std::vector<std::size_t> indices;
    for (std::int64_t i = bound(slice.start, 0); i < bound(slice.stop, size); i += step)
        indices.push_back(static_cast<std::size_t>(i));
    return indices;
}

// ---- modules in a row

void ModuleBase::renumber_parts() const {
    for (std::size_t i = 0; i < state_->children.size(); ++i) {
        auto& [name, child] = state_->children[i];
        name = std::to_string(i);
        child.place_ = std::make_shared<detail::Place>(detail::Place{name, state_, nullptr});
    }
    state_->children.renamed();
    ++detail::changes_of_parts;
}
void ModuleBase::insert_part(
    const ModuleBase& list, const std::type_info& type, std::int64_t index, const AnyModule& module) {
    auto& parts = list.state_->children;
    const auto size = static_cast<std::int64_t>(parts.size());
    check(-size <= index && index <= size, "{}: IndexError: Index out of range: {}", type_name(type), index);
    list.add_child(std::to_string(size), module);
    std::rotate(parts.begin() + (index < 0 ? index + size : index), parts.end() - 1, parts.end());
    list.renumber_parts();
}
void ModuleBase::erase_parts(const ModuleBase& list, const std::vector<std::size_t>& indices) {
    auto& parts = list.state_->children;
    for (auto i = indices.rbegin(); i != indices.rend(); ++i)
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(*i));
    list.renumber_parts();
}

Tensor Sequential::forward(Tensor x) const {
    const auto& parts = items();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].second.maps_tensors()) [[unlikely]]
            return detail::result_as<Tensor>(typeid(Sequential), through(i, {x}));
        x = parts[i].second(x);
    }
    return x;
}
bool Sequential::maps_tensors() const {
    // Asked at every call of the Sequential that it is a part of: the answer stands until parts of some module change.
    const std::uint64_t now = 2 * detail::changes_of_parts.load(std::memory_order_relaxed);
    auto& known = shared_state()->maps_tensors;
    if (const std::uint64_t answer = known.load(std::memory_order_relaxed); answer - now < 2) return answer != now;
    detail::check_stack();
    const bool all =
        std::all_of(items().begin(), items().end(), [](const auto& item) { return item.second.maps_tensors(); });
    known.store(now + all, std::memory_order_relaxed);
    return all;
}
std::any Sequential::through(std::size_t first, std::vector<std::any> values) const {
    for (std::size_t i = first; i < items().size(); ++i) values = {items()[i].second.call_any(values)};
    return values.front();
}
std::any Sequential::call_any(const std::vector<std::any>& values) const {
    if (values.size() != 1) detail::does_not_take(typeid(Sequential), {&typeid(Tensor)}, values);
    const ModuleHooks* hooks = shared_state()->hooks.get();
    const auto* input = std::any_cast<Tensor>(&values[0]);
    if (!hooks || !input) return through(0, values);
    detail::HookedCall call(*this, *hooks);
    TensorList inputs{*input};
    call.enter(inputs);
    std::any result = through(0, {inputs[0]});
    const auto* output = std::any_cast<Tensor>(&result);
    TensorList outputs = output ? TensorList{*output} : TensorList{};
    call.leave(outputs);
    return output ? std::any(outputs[0]) : result;
}

void Sequential::initialise_in_order(const std::vector<bool>& made_before) const {
    if (std::count(made_before.begin(), made_before.end(), false) < 2) return;
    std::vector<Draw*> draws;
    for (std::size_t i = 0; i < made_before.size(); ++i) {
        if (made_before[i]) continue;
        std::vector<Draw*> own = items()[i].second.initial_draws();
        draws.insert(draws.end(), own.begin(), own.end());
    }
    draw_in_order(draws);
}

// ---- modules by name

AnyModule ModuleDict::pop(const Arg<std::string>& key) {
    AnyModule taken = (*this)[key];
    std::erase_if(shared_state()->children, [&](const auto& item) { return item.first == *key; });
    return taken;
}
std::vector<std::string> ModuleDict::keys() const {
    std::vector<std::string> names;
    for (const auto& [name, module] : *this) names.push_back(name);
    return names;
}
std::vector<AnyModule> ModuleDict::values() const {
    std::vector<AnyModule> modules;
    for (const auto& [name, module] : *this) modules.push_back(module);
    return modules;
}

// ---- parameters in a list, and by name

void ParameterItem::put(const Tensor& value) {
    const Tensor one = !value.defined() || value.impl().is_parameter ? value : Tensor(Parameter(value));
    if (slot_)
        slot_->assign(one);
    else
        owner_->parameters.add(key_, std::make_shared<Slot>(one, true, true, owner_.get()));
}

ParameterList ParameterList::operator[](const Slice& slice) const {
    ParameterList part;
    for (std::size_t i : detail::indices_of(slice, size())) part.append(shared_state()->parameters[i].second->tensor);
    return part;
}
std::string ParameterList::extra_repr() const {
    std::string text;
    for (const auto& [name, slot] : shared_state()->parameters)
        text += fmt::format("{}  ({}): Parameter containing: [{} of size {}]", text.empty() ? "" : "\n", name,
            slot->tensor.dtype(), joined(slot->tensor.shape(), "x"));
    return text;
}

std::shared_ptr<Slot> ParameterDict::find(const std::string& key) const {
    const auto* slot = shared_state()->parameters.find_name(key);
    return slot ? *slot : nullptr;
}
bool ParameterDict::contains(const std::string& key) const { return find(key) != nullptr; }
ParameterItem ParameterDict::operator[](const std::string& key) const {
    auto slot = find(key);
    return {shared_state(), key, slot};
}
void ParameterDict::update(const NamedItems<Tensor>& added) {
    NamedList<Tensor> parameters = added.list();
    std::stable_sort(
        parameters.begin(), parameters.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [name, x] : parameters) insert(name, x);
}
void ParameterDict::update(const ParameterDict& other) {
    for (const auto& [name, x] : other.items()) insert(name, x);
}
static Tensor tensor_or(const std::shared_ptr<Slot>& slot, const Tensor& otherwise) {
    return slot ? slot->tensor : otherwise;
}
TAPER_DEFINE_METHOD(
    Tensor, ParameterDict, get, GetParameterOptions, (tensor_or(find(o.key), o.default_)), 1, key, default_)
static Tensor put_default(const ParameterDict& dict, const std::string& key, const Tensor& otherwise) {
    if (!dict.contains(key)) ParameterDict(dict).insert(key, otherwise);
    return dict[key];
}
TAPER_DEFINE_METHOD(
    Tensor, ParameterDict, setdefault, GetParameterOptions, (put_default(*this, o.key, o.default_)), 1, key, default_)
std::pair<std::string, Tensor> ParameterDict::popitem() {
    check(size() > 0, "ParameterDict: KeyError: 'dictionary is empty'");
    const std::string key = keys().back();
    return {key, pop(key)};
}
ParameterDict ParameterDict::copy() const {
    ParameterDict same;
    same.update(*this);
    return same;
}
static ParameterDict of_keys(const std::vector<std::string>& keys, const Tensor& value) {
    ParameterDict dict;
    for (const std::string& key : keys) dict.insert(key, value);
    return dict;
}
TAPER_DEFINE_METHOD(
    ParameterDict, ParameterDict, fromkeys, FromKeysOptions, (of_keys(o.keys, o.default_)), 1, keys, default_)
ParameterDict operator|(const ParameterDict& a, const ParameterDict& b) {
    ParameterDict both = a.copy();
    both.update(b);
    return both;
}
Tensor ParameterDict::pop(const Arg<std::string>& key) {
    auto slot = find(key);
    check(slot != nullptr, "ParameterDict: KeyError: '{}'", *key);
    std::erase_if(shared_state()->parameters, [&](const auto& item) { return item.first == *key; });
    shared_state()->parameters.renamed();
    return slot->tensor;
}
std::vector<std::string> ParameterDict::keys() const {
    std::vector<std::string> names;
    for (const auto& [name, slot] : shared_state()->parameters) names.push_back(name);
    return names;
}
TensorList ParameterDict::values() const {
    TensorList list;
    for (const auto& [name, slot] : shared_state()->parameters) list.push_back(slot->tensor);
    return list;
}
NamedList<Tensor> ParameterDict::items() const {
    NamedList<Tensor> list;
    for (const auto& [name, slot] : shared_state()->parameters) list.emplace_back(name, slot->tensor);
    return list;
}
std::string ParameterDict::extra_repr() const {
    std::string text;
    for (const auto& [name, slot] : shared_state()->parameters)
        text += fmt::format("{}  ({}): Parameter containing: [torch.{}Tensor of size {}]", text.empty() ? "" : "\n",
            name, scalar_name_of(slot->tensor.dtype()), joined(slot->tensor.shape(), "x"));
    return text;
}

Sequential::Sequential(const NamedList<AnyModule>& modules) {
    for (const auto& [name, module] : modules) add_module(name, module);
}
Sequential& Sequential::add_module(const std::string& name, const AnyModule& module) {
    add_child(name, module);
    return *this;
}
Sequential& Sequential::add_module(const Arg<std::string>& name, const AddModuleOptions& options) {
    return ModuleBase::add_module(name, options), *this;
}
Sequential& Sequential::add_module(const AddModuleOptions& options) { return ModuleBase::add_module(options), *this; }

ModuleList::ModuleList(const Arg<std::vector<AnyModule>>& modules) { extend(*modules); }
ModuleList::ModuleList(const ModulesOptions& o) { extend(o); }

ModuleDict::ModuleDict(const NamedItems<AnyModule>& modules) { update(modules); }
ModuleDict::ModuleDict(const NamedModulesToAdd& o) { update(o); }
void ModuleDict::insert(const std::string& name, const AnyModule& module) { add_child(name, module); }
void ModuleDict::update(const NamedItems<AnyModule>& modules) {
    for (const auto& [name, module] : modules.list()) insert(name, module);
}
void ModuleDict::update(const NamedModulesToAdd& o) { update(o.modules); }
void ModuleDict::update(const ModuleDict& other) { update(other.items()); }
AnyModule& ModuleDict::operator[](const std::string& name) const {
    AnyModule* found = find(name);
    check(found, "ModuleDict: KeyError: '{}'", name);
    return *found;
}
AnyModule ModuleDict::pop(const KeyOptions& o) { return pop((o.key.need("pop", "key"), o.key)); }
void ModuleDict::clear() { shared_state()->children.clear(); }
NamedList<AnyModule> ModuleDict::items() const { return shared_state()->children; }
AnyModule* ModuleDict::find(const std::string& wanted) const { return shared_state()->children.find_name(wanted); }

ParameterList::ParameterList(const Arg<TensorList>& values) { extend(values); }
ParameterList::ParameterList(const ParametersOptions& o) { extend(o); }

ParameterList& ParameterList::append(const Tensor& value) {
    register_parameter(std::to_string(size()), value);
    return *this;
}
ParameterList& ParameterList::append(const AppendParameterOptions& o) {
    return append((o.value.need("append", "value"), *o.value));
}
ParameterList& ParameterList::extend(const Arg<TensorList>& values) {
    for (const Tensor& x : *values) append(x);
    return *this;
}
ParameterList& ParameterList::extend(const ParametersOptions& o) { return extend(o.values); }
ParameterList& ParameterList::operator+=(const TensorList& values) { return extend(values); }
ParameterItem ParameterList::operator[](std::int64_t i) const {
    const auto& [name, slot] = shared_state()->parameters[detail::index_of(i, size(), typeid(ParameterList))];
    return {shared_state(), name, slot};
}

ParameterDict::ParameterDict(const NamedItems<Tensor>& parameters) { update(parameters); }
ParameterDict::ParameterDict(const NamedParametersToAdd& o) { update(o); }
void ParameterDict::insert(const std::string& key, const Tensor& x) { register_parameter(key, x); }
void ParameterDict::update(const NamedParametersToAdd& o) { update(o.parameters); }
Tensor ParameterDict::pop(const KeyOptions& o) { return pop((o.key.need("pop", "key"), o.key)); }
void ParameterDict::clear() { shared_state()->parameters.clear(); }

}  // namespace taper::nn
