// Walking over what modules registered; for the .cpp files.
#pragma once

#include <algorithm>
#include <vector>

#include "module.h"

namespace taper::nn {

// Takes the place of the one of that name, or goes to the end.
template <class T> void put(NamedTable<T>& table, const std::string& name, const T& value) {
    if (T* known = table.find_name(name))
        *known = value;
    else
        table.add(name, value);
}

// Calls f with this module and all below it, parents first, each with the beginning of its names ("layers.0."), which
// may be of any depth: nothing here calls itself.
template <class F> void each_state(const ModuleState& root, const std::string& prefix, const F& f) {
    struct Level {
        const ModuleState* state;
        std::size_t next, length;
    };
    constexpr std::size_t most = 1000000;
    std::string path = prefix;
    std::vector<Level> levels{{&root, 0, path.size()}};
    f(root, path);
    while (!levels.empty()) {
        Level& level = levels.back();
        path.resize(level.length);
        if (level.next == level.state->children.size()) {
            levels.pop_back();
            continue;
        }
        check(levels.size() < most, "module: parts stand more than {} deep in one another: is one a part of itself?",
            most);
        const auto& [name, child] = level.state->children[level.next++];
        path += name, path += '.';
        const ModuleState* state = child.shared_state().get();
        levels.push_back({state, 0, path.size()});
        f(*state, path);
    }
}
// The same without names, as long as f says so.
template <class F> void each_part(const ModuleState& root, const F& f) {
    std::vector<const ModuleState*> left{&root};
    while (!left.empty()) {
        const ModuleState* state = left.back();
        left.pop_back();
        if (!f(*state)) return;
        for (auto child = state->children.rbegin(); child != state->children.rend(); ++child)
            left.push_back(child->second.shared_state().get());
    }
}

// The tensors of one module that a state_dict holds.
template <class F> void each_saved(const ModuleState& state, const F& f) {
    for (const auto& [name, slot] : state.parameters)
        if (slot->tensor.defined()) f(name, slot->tensor);
    for (const auto& [name, slot] : state.buffers)
        if (slot->persistent && slot->tensor.defined()) f(name, slot->tensor);
}

}  // namespace taper::nn
