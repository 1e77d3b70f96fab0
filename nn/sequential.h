// Modules that hold others: in a row, in a list, by name; and a list of parameters.
#pragma once

#include "module.h"

namespace taper::nn {

/// Goes over the values of a NamedList.
template <class At> struct Values {
    At at;
    auto& operator*() const { return at->second; }
    Values& operator++() { return ++at, *this; }
    bool operator==(const Values&) const = default;
};

namespace detail {
/// The place of an index that counts from the end where negative; Error if there is none.
std::size_t index_of(std::int64_t i, std::int64_t size, const std::type_info& list);
/// The places that a slice selects.
std::vector<std::size_t> indices_of(const Slice& slice, std::int64_t size);
}  // namespace detail

struct AppendModuleOptions {
    Keywords _ = Keywords();
    Arg<AnyModule> module = required;
};
struct ModulesOptions {
    Keywords _ = Keywords();
    Arg<std::vector<AnyModule>> modules = required;
};
struct InsertModuleOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> index = required;
    Arg<AnyModule> module = required;
};
struct PopModuleOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> key = required;
};
struct NamedModulesToAdd {
    Keywords _ = Keywords();
    NamedItems<AnyModule> modules = {};
};
struct AppendParameterOptions {
    Keywords _ = Keywords();
    Arg<Tensor> value = required;
};
struct ParametersOptions {
    Keywords _ = Keywords();
    Arg<TensorList> values = Default(TensorList());
};
struct NamedParametersToAdd {
    Keywords _ = Keywords();
    NamedItems<Tensor> parameters = {};
};
/// default_: what stands for default, which is a keyword of C++.
struct GetParameterOptions {
    Keywords _ = Keywords();
    Arg<std::string> key = required;
    Arg<Tensor> default_ = Default(none);
};
struct FromKeysOptions {
    Keywords _ = Keywords();
    Arg<std::vector<std::string>> keys = required;
    Arg<Tensor> default_ = Default(none);
};
struct KeyOptions {
    Keywords _ = Keywords();
    Arg<std::string> key = required;
};

/// The parts of a module in their order, by number: what Sequential and ModuleList have in common.
template <class Derived> class ModuleSequence : public Module<Derived> {
 public:
    using Iterator = Values<NamedList<AnyModule>::iterator>;

    std::int64_t size() const { return static_cast<std::int64_t>(items().size()); }
    /// Counted from the end where negative; assigning puts another module there.
    AnyModule& operator[](std::int64_t i) const { return items()[detail::index_of(i, size(), typeid(Derived))].second; }
    /// The same modules, in a list of their own; in a Sequential they keep their names.
    Derived operator[](const Slice& slice) const {
        Derived part;
        for (std::size_t i : detail::indices_of(slice, size()))
            part.add_child(keeps_names ? items()[i].first : std::to_string(part.size()), items()[i].second);
        return part;
    }
    Iterator begin() const { return {items().begin()}; }
    Iterator end() const { return {items().end()}; }

    Derived& append(const AnyModule& module) {
        this->add_child(std::to_string(size()), module);
        return self();
    }
    Derived& append(const AppendModuleOptions& o) { return append((o.module.need("append", "module"), o.module)); }
    /// By the modules of a list, or of another ModuleList or Sequential.
    template <class List> Derived& extend(const List& modules) {
        std::vector<AnyModule> added;
        for (const auto& module : modules) added.emplace_back(module);
        for (const AnyModule& module : added) append(module);
        return self();
    }
    Derived& extend(const Arg<std::vector<AnyModule>>& modules) { return extend(*modules); }
    Derived& extend(const ModulesOptions& o) { return extend((o.modules.need("extend", "modules"), *o.modules)); }
    template <class List> Derived& operator+=(const List& modules) { return extend(modules); }
    /// Before the one at `index`, which may be the end.
    Derived& insert(const Arg<std::int64_t>& index, const AnyModule& module) {
        return this->insert_part(*this, typeid(Derived), index, module), self();
    }
    Derived& insert(const Arg<std::int64_t>& index, InsertModuleOptions o) {
        return insert((o.index.put(index, "insert", "index"), o));
    }
    Derived& insert(const InsertModuleOptions& o) {
        return insert((o.index.need("insert", "index"), o.index), (o.module.need("insert", "module"), o.module));
    }
    /// Takes it out, and returns it.
    AnyModule pop(const Arg<std::int64_t>& key) {
        AnyModule taken = (*this)[key];
        this->erase_parts(*this, {detail::index_of(key, size(), typeid(Derived))});
        return taken;
    }
    AnyModule pop(const PopModuleOptions& o) { return pop((o.key.need("pop", "key"), o.key)); }
    /// del list[...]
    void erase(const Arg<std::int64_t>& key) { pop(key); }
    void erase(const Slice& slice) { this->erase_parts(*this, detail::indices_of(slice, size())); }

 protected:
    NamedTable<AnyModule>& items() const { return this->shared_state()->children; }

 private:
    static constexpr bool keeps_names = requires { Derived::keeps_names; };
    Derived& self() { return static_cast<Derived&>(*this); }
};

/// Each part's output is the next one's input: Sequential(Linear(2, 3), ReLU()). torch.nn.Sequential
struct Sequential : ModuleSequence<Sequential> {
    static constexpr bool keeps_names = true;

    Sequential() = default;
    /// Modules, or functions from Tensor to Tensor.
    template <std::convertible_to<AnyModule>... M>
        requires(sizeof...(M) > 1 || (!std::same_as<std::remove_cvref_t<M>, Sequential> && ...))
    explicit Sequential(M&&... modules) {
        (append(std::forward<M>(modules)), ...);
        initialise_in_order({std::is_lvalue_reference_v<M>...});
    }
    template <class... NotAllAreModules>
        requires(!(std::convertible_to<NotAllAreModules, AnyModule> && ...) &&
            !(std::convertible_to<NotAllAreModules, NamedList<AnyModule>> && ...))
    TAPER_REFUSED("its parts are modules, and functions from Tensor to Tensor",
        explicit Sequential(NotAllAreModules&&... modules));
    /// By name: Sequential({{"fc", Linear(2, 3)}, {"relu", ReLU()}}).
    explicit Sequential(const NamedList<AnyModule>& modules);
    Sequential& add_module(const std::string& name, const AnyModule& module);
    Sequential& add_module(const Arg<std::string>& name, const AddModuleOptions& options);
    Sequential& add_module(const AddModuleOptions& options);
    Tensor forward(Tensor x) const;
    /// Of modules that take or give something else than a Tensor: auto [out, state] =
    /// sequential.call<std::tuple<Tensor, Tensor>>(x).
    template <class R, class... A> R call(A&&... args) const {
        return AnyModule(*this).template call<R>(std::forward<A>(args)...);
    }
    /// The same with values whose types are known at run time only.
    std::any call_any(const std::vector<std::any>& values) const;
    /// Whether all parts are from Tensor to Tensor.
    bool maps_tensors() const;

 private:
    std::any through(std::size_t first, std::vector<std::any> values) const;
    void initialise_in_order(const std::vector<bool>& made_before) const;
};

/// Modules that a forward of one's own goes through: for (auto& layer : layers) x = layer(x). torch.nn.ModuleList
struct ModuleList : ModuleSequence<ModuleList> {
    ModuleList() = default;
    explicit ModuleList(const Arg<std::vector<AnyModule>>& modules);
    explicit ModuleList(const ModulesOptions& o);
    // ModuleList({a}); of a type that is deduced, beside nothing, or GCC drops the designator of {.modules = {a}}.
    template <std::convertible_to<AnyModule> One, class... Nothing>
        requires(sizeof...(Nothing) == 0)
    explicit ModuleList(std::initializer_list<One> modules, const Nothing&...) {
        extend(modules);
    }
};

/// Modules by name. torch.nn.ModuleDict
struct ModuleDict : Module<ModuleDict> {
    ModuleDict() = default;
    explicit ModuleDict(const NamedItems<AnyModule>& modules);
    explicit ModuleDict(const NamedModulesToAdd& o);
    /// dict[name] = module
    void insert(const std::string& name, const AnyModule& module);
    void update(const NamedItems<AnyModule>& modules);
    void update(const NamedModulesToAdd& o);
    void update(const ModuleDict& other);
    bool contains(const std::string& name) const { return find(name) != nullptr; }
    AnyModule& operator[](const std::string& name) const;
    /// Takes it out, and returns it.
    AnyModule pop(const Arg<std::string>& key);
    AnyModule pop(const KeyOptions& o);
    void clear();
    std::vector<std::string> keys() const;
    std::vector<AnyModule> values() const;
    NamedList<AnyModule> items() const;
    std::int64_t size() const { return static_cast<std::int64_t>(shared_state()->children.size()); }
    auto begin() const { return shared_state()->children.begin(); }
    auto end() const { return shared_state()->children.end(); }

 private:
    AnyModule* find(const std::string& wanted) const;
};

/// A parameter in a list or dict: reads as its Tensor; list[0] = x puts another there.
class ParameterItem : public Tensor {
 public:
    ParameterItem(std::shared_ptr<ModuleState> owner, const std::string& key, std::shared_ptr<Slot> slot)
        : Tensor(slot ? slot->tensor : Tensor()), owner_(std::move(owner)), key_(key), slot_(std::move(slot)) {}
    ParameterItem(const ParameterItem&) = default;
    ParameterItem& operator=(const Tensor& value) & { return Tensor::operator=(value), *this; }
    ParameterItem& operator=(const ParameterItem& value) & { return Tensor::operator=(value), *this; }
    void operator=(const Tensor& value) && { put(value); }
    void operator=(const ParameterItem& value) && { put(value); }

 private:
    void put(const Tensor& value);
    std::shared_ptr<ModuleState> owner_;
    std::string key_;
    std::shared_ptr<Slot> slot_;  // none: nothing of this key
};

/// Goes over the tensors of a list of slots.
struct SlotTensors {
    NamedList<std::shared_ptr<Slot>>::const_iterator at;
    const Tensor& operator*() const { return at->second->tensor; }
    SlotTensors& operator++() { return ++at, *this; }
    bool operator==(const SlotTensors&) const = default;
};

/// Parameters in a list. torch.nn.ParameterList
struct ParameterList : Module<ParameterList> {
    ParameterList() = default;
    explicit ParameterList(const Arg<TensorList>& values);
    explicit ParameterList(const ParametersOptions& o);
    template <std::convertible_to<Tensor> One, class... Nothing>
        requires(sizeof...(Nothing) == 0)
    explicit ParameterList(std::initializer_list<One> values, const Nothing&...) {
        extend(TensorList(values.begin(), values.end()));
    }
    ParameterList& append(const Tensor& value);
    ParameterList& append(const AppendParameterOptions& o);
    ParameterList& extend(const Arg<TensorList>& values);
    ParameterList& extend(const ParametersOptions& o);
    ParameterList& operator+=(const TensorList& values);
    std::int64_t size() const { return static_cast<std::int64_t>(shared_state()->parameters.size()); }
    ParameterItem operator[](std::int64_t i) const;
    ParameterList operator[](const Slice& slice) const;
    SlotTensors begin() const { return {shared_state()->parameters.begin()}; }
    SlotTensors end() const { return {shared_state()->parameters.end()}; }
    std::string extra_repr() const;
};

/// Parameters by name, at first in alphabetical order. torch.nn.ParameterDict
struct ParameterDict : Module<ParameterDict> {
    ParameterDict() = default;
    explicit ParameterDict(const NamedItems<Tensor>& parameters);
    explicit ParameterDict(const NamedParametersToAdd& o);
    /// A new one, where there was none of this name, is there when something is assigned to it.
    ParameterItem operator[](const std::string& key) const;
    /// dict[key] = x
    void insert(const std::string& key, const Tensor& x);
    void update(const NamedItems<Tensor>& parameters);
    void update(const NamedParametersToAdd& o);
    void update(const ParameterDict& other);
    bool contains(const std::string& key) const;
    /// None where there is none.
    TAPER_METHOD(Tensor, get, GetParameterOptions, 1, key, default_)
    /// The same, where there is none after it was put there.
    TAPER_METHOD(Tensor, setdefault, GetParameterOptions, 1, key, default_)
    /// Takes it out, and returns it.
    Tensor pop(const Arg<std::string>& key);
    Tensor pop(const KeyOptions& o);
    /// Takes the last one out, and returns its name and it.
    std::pair<std::string, Tensor> popitem();
    /// Another of the same parameters.
    ParameterDict copy() const;
    /// Another with these keys, each of which has the same parameter.
    TAPER_METHOD(ParameterDict, fromkeys, FromKeysOptions, 1, keys, default_)
    /// Those of both; of two with one name, that of the second.
    friend ParameterDict operator|(const ParameterDict& a, const ParameterDict& b);
    ParameterDict& operator|=(const ParameterDict& other) { return update(other), *this; }
    void clear();
    std::vector<std::string> keys() const;
    TensorList values() const;
    NamedList<Tensor> items() const;
    std::int64_t size() const { return static_cast<std::int64_t>(shared_state()->parameters.size()); }
    std::string extra_repr() const;

 private:
    std::shared_ptr<Slot> find(const std::string& key) const;
};

}  // namespace taper::nn
