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

/// The parts of a module in their order, by number: what Sequential and ModuleList have in common.
template <class Derived> class ModuleSequence : public Module<Derived> {
 public:
    using Iterator = Values<NamedList<AnyModule>::iterator>;

    std::int64_t size() const { return static_cast<std::int64_t>(items().size()); }
    /// Counted from the end where negative; assigning puts another module there.
    AnyModule& operator[](std::int64_t i) const {
        check(-size() <= i && i < size(), "{}: IndexError: index {} is out of range", type_name(typeid(Derived)), i);
        return items()[static_cast<std::size_t>(i < 0 ? i + size() : i)].second;
    }
    Iterator begin() const { return {items().begin()}; }
    Iterator end() const { return {items().end()}; }

    Derived& append(AnyModule module) {
        this->add_child(std::to_string(size()), std::move(module));
        return static_cast<Derived&>(*this);
    }
    Derived& extend(const std::vector<AnyModule>& modules) {
        for (const AnyModule& module : modules) append(module);
        return static_cast<Derived&>(*this);
    }

 protected:
    NamedList<AnyModule>& items() const { return this->shared_state()->children; }
};

/// Each part's output is the next one's input: Sequential(Linear(2, 3), ReLU()). torch.nn.Sequential
struct Sequential : ModuleSequence<Sequential> {
    Sequential() = default;
    /// Modules, or functions from Tensor to Tensor.
    template <std::convertible_to<AnyModule>... M>
        requires(sizeof...(M) > 1 || (!std::same_as<std::remove_cvref_t<M>, Sequential> && ...))
    explicit Sequential(M&&... modules) {
        (append(std::forward<M>(modules)), ...);
        initialise_in_order({std::is_lvalue_reference_v<M>...});
    }
    /// By name: Sequential({{"fc", Linear(2, 3)}, {"relu", ReLU()}}).
    explicit Sequential(const NamedList<AnyModule>& modules) {
        for (const auto& [name, module] : modules) add_module(name, module);
    }
    Sequential& add_module(const std::string& name, AnyModule module) {
        add_child(name, std::move(module));
        return *this;
    }
    Tensor forward(Tensor x) const {
        for (const AnyModule& module : *this) x = module(x);
        return x;
    }

 private:
    void initialise_in_order(const std::vector<bool>& made_before) const;
};

/// Modules that a forward of one's own goes through: for (auto& layer : layers) x = layer(x). torch.nn.ModuleList
struct ModuleList : ModuleSequence<ModuleList> {
    ModuleList() = default;
    ModuleList(const std::vector<AnyModule>& modules) { extend(modules); }
    ModuleList(std::initializer_list<AnyModule> modules) { extend(modules); }
};

/// Modules by name. torch.nn.ModuleDict
struct ModuleDict : Module<ModuleDict> {
    ModuleDict() = default;
    ModuleDict(const NamedList<AnyModule>& modules) {
        for (const auto& [name, module] : modules) insert(name, module);
    }
    /// dict[name] = module
    void insert(const std::string& name, AnyModule module) { add_child(name, std::move(module)); }
    bool contains(const std::string& name) const { return find(name) != nullptr; }
    AnyModule& operator[](const std::string& name) const {
        AnyModule* found = find(name);
        check(found, "ModuleDict: KeyError: '{}'", name);
        return *found;
    }
    std::int64_t size() const { return static_cast<std::int64_t>(shared_state()->children.size()); }
    auto begin() const { return shared_state()->children.begin(); }
    auto end() const { return shared_state()->children.end(); }

 private:
    AnyModule* find(const std::string& wanted) const {
        for (auto& [name, module] : shared_state()->children)
            if (name == wanted) return &module;
        return nullptr;
    }
};

/// Parameters in a list. torch.nn.ParameterList
struct ParameterList : Module<ParameterList> {
    ParameterList(const TensorList& parameters = {}) {
        for (const Tensor& x : parameters) append(x);
    }
    ParameterList& append(const Tensor& x) {
        register_parameter(std::to_string(size()), x);
        return *this;
    }
    std::int64_t size() const { return static_cast<std::int64_t>(shared_state()->parameters.size()); }
    Tensor operator[](std::int64_t i) const {
        check(-size() <= i && i < size(), "ParameterList: IndexError: index {} is out of range", i);
        return shared_state()->parameters[static_cast<std::size_t>(i < 0 ? i + size() : i)].second;
    }
    Values<NamedList<Tensor>::const_iterator> begin() const { return {shared_state()->parameters.begin()}; }
    Values<NamedList<Tensor>::const_iterator> end() const { return {shared_state()->parameters.end()}; }
    std::string extra_repr() const;
};

}  // namespace taper::nn
