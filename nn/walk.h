// Walking over what modules registered; for the .cpp files.
#pragma once

#include <algorithm>

#include "module.h"

namespace taper::nn {

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

// The tensors of one module that a state_dict holds.
template <class F> void each_saved(const ModuleState& state, const F& f) {
    for (const auto& [name, slot] : state.parameters)
        if (slot->tensor.defined()) f(name, slot->tensor);
    for (const auto& [name, slot] : state.buffers)
        if (slot->persistent && slot->tensor.defined()) f(name, slot->tensor);
}

}  // namespace taper::nn
