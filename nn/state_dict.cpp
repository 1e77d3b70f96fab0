// What a module saves and loads.
#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "blank.h"
#include "walk.h"

namespace taper::nn {

namespace {

std::string quoted(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
    return text;
}

constexpr const char* extra_state = "_extra_state";

// What a module knows by name: its parts, by their numbers, and its tensors.
struct Known {
    std::map<std::string_view, std::size_t> parts = {};
    std::set<std::string_view> tensors = {};
};

// The root and all below it, parents first.
std::vector<Known> known_names(const ModuleState& root) {
    struct Next {
        const ModuleState* module;
        std::size_t parent;
        std::string_view name;
    };
    std::vector<Known> known;
    std::vector<Next> left{{&root, 0, {}}};
    while (!left.empty()) {
        const Next next = left.back();
        left.pop_back();
        const std::size_t number = known.size();
        Known& own = known.emplace_back();
        each_saved(*next.module, [&](const std::string& name, const Tensor&) { own.tensors.insert(name); });
        if (next.module->extra) own.tensors.insert(extra_state);
        if (number > 0) known[next.parent].parts.emplace(next.name, number);
        const auto& children = next.module->children;
        for (auto child = children.rbegin(); child != children.rend(); ++child)
            left.push_back({child->second.shared_state().get(), number, child->first});
    }
    return known;
}

// The names in the dict that no module has a tensor for, in the order of the modules that do not know them.
std::vector<std::string> unexpected_keys(const ModuleState& root, const StateDict& dict) {
    const std::vector<Known> known = known_names(root);
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const auto& [key, x] : dict) {
        std::size_t at = 0, start = 0;
        while (start != std::string::npos) {
            const std::size_t dot = key.find('.', start);
            const auto name = std::string_view(key).substr(start, dot - start);
            if (known[at].tensors.contains(name)) break;
            const auto part = known[at].parts.find(name);
            if (part == known[at].parts.end()) {
                found.emplace_back(at, key);
                break;
            }
            at = part->second;
            start = dot == std::string::npos ? dot : dot + 1;
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> keys;
    for (const auto& [module, key] : found) keys.push_back(key);
    return keys;
}

}  // namespace

StateDict ModuleBase::add_to(StateDict dict, const std::string& start, bool keep_vars) const {
    each_state(*state_, start, [&](const ModuleState& module, const std::string& prefix) {
        dict.versions.emplace_back(prefix.substr(0, prefix.size() - !prefix.empty()), module.version);
    });
    each_state(*state_, start, [&](const ModuleState& module, const std::string& prefix) {
        each_saved(module, [&](const std::string& name, const Tensor& x) {
            dict[prefix + name] = keep_vars || is_lazy(x) ? x : x.detach();
        });
        if (const ModuleBase* own = module.extra ? module.own_handle() : nullptr)
            dict[prefix + extra_state] = module.extra->get(*own);
    });
    return dict;
}
StateDict ModuleBase::state_dict() const { return add_to({}, "", false); }
StateDict ModuleBase::state_dict(const StateDictOptions& o) const {
    return add_to(o.destination->value_or(StateDict()), o.prefix, o.keep_vars);
}

static bool has_loaded_hooks(const ModuleState& root) {
    bool has = false;
    each_part(root, [&](const ModuleState& module) { return !(has |= module.hooks && !module.hooks->loaded.empty()); });
    return has;
}
// Of the parts before those of what they are parts of.
static void call_loaded_hooks(const ModuleState& root, IncompatibleKeys& keys) {
    std::vector<const ModuleState*> modules;
    each_part(root, [&](const ModuleState& module) { return modules.push_back(&module), true; });
    for (auto module = modules.rbegin(); module != modules.rend(); ++module) {
        const ModuleBase* own =
            (*module)->hooks && !(*module)->hooks->loaded.empty() ? (*module)->own_handle() : nullptr;
        if (!own) continue;
        AnyModule handle = (*module)->hooks->wrap(*own);
        const auto hooks = (*module)->hooks->loaded;  // a copy: a hook may remove itself
        for (const auto& [number, hook] : hooks) hook(handle, keys);
    }
}

// What is to be written where, and what does not fit.
struct Loading {
    IncompatibleKeys keys = {};
    std::vector<std::string> errors = {};
    std::vector<std::pair<Tensor, Tensor>> writes = {};
    std::vector<std::pair<const ModuleState*, Tensor>> extras = {};

    void add(const std::string& name, const Tensor& x, const Tensor& value) {
        if (!value.defined())
            errors.push_back(fmt::format(
                "While copying the parameter named \"{}\", expected torch.Tensor or Tensor-like object from "
                "checkpoint but received None",
                name));
        else if (is_lazy(value))
            check(is_lazy(x),
                "load_state_dict: Can't access the shape of an uninitialized parameter or buffer. This error usually "
                "happens in `load_state_dict` when trying to load an uninitialized parameter into an initialized one. "
                "Call `forward` to initialize the parameters before accessing their attributes.");
        else if (value.shape() != x.shape() && !is_lazy(x))
            errors.push_back(
                fmt::format("size mismatch for {}: copying a param with shape {} from checkpoint, the shape in current "
                            "model is {}.",
                    name, value.shape(), x.shape()));
        else
            writes.emplace_back(x, value);
    }
    void write() {
        for (const auto& [x, value] : std::exchange(writes, {})) {
            if (is_lazy(x)) materialize(x, value.shape());
            native::copy(x, value.to(x.device()));
        }
        for (const auto& [module, value] : std::exchange(extras, {}))
            if (const ModuleBase* own = module->own_handle()) module->extra->set(*own, value);
    }
    void complain(const char* kind, const std::vector<std::string>& names) {
        if (!names.empty())
            errors.insert(errors.begin(), fmt::format("{} key(s) in state_dict: {}. ", kind, quoted(names)));
    }
};

static IncompatibleKeys load_into(const ModuleState& root, const StateDict& dict, bool strict) {
    Loading loading;
    each_state(root, "", [&](const ModuleState& module, const std::string& prefix) {
        each_saved(module, [&](const std::string& own_name, const Tensor& x) {
            const std::string name = prefix + own_name;
            if (dict.contains(name)) return loading.add(name, x, dict.at(name));
            // A state without PyTorch's version, as one made by hand, is taken for one of before this count was.
            if (own_name == "num_batches_tracked") return void(loading.writes.emplace_back(x, zeros_like(x)));
            loading.keys.missing_keys.push_back(name);
        });
        if (!module.extra) return;
        if (dict.contains(prefix + extra_state))
            loading.extras.emplace_back(&module, dict.at(prefix + extra_state));
        else
            loading.keys.missing_keys.push_back(prefix + extra_state);
    });
    loading.keys.unexpected_keys = unexpected_keys(root, dict);
    if (loading.errors.empty() && has_loaded_hooks(root)) loading.write(), call_loaded_hooks(root, loading.keys);
    if (strict) loading.complain("Unexpected", loading.keys.unexpected_keys);
    if (strict) loading.complain("Missing", loading.keys.missing_keys);
    check(loading.errors.empty(), "load_state_dict: Error(s) in loading state_dict for {}:\n\t{}", root.class_name(),
        joined(loading.errors, "\n\t"));
    loading.write();
    return loading.keys;
}

TAPER_DEFINE_METHOD(IncompatibleKeys, ModuleBase, load_state_dict, LoadStateDictOptions,
    (load_into(*state_, o.state_dict, o.strict)), 1, state_dict, strict)
IncompatibleKeys ModuleBase::load_state_dict(
    std::initializer_list<StateDict::value_type> items, const LoadStateDictOptions& options) const {
    return load_state_dict(StateDict(items), options);
}
IncompatibleKeys ModuleBase::load_state_dict(
    std::initializer_list<StateDict::value_type> items, const Arg<bool>& strict) const {
    return load_state_dict(StateDict(items), strict);
}

}  // namespace taper::nn
