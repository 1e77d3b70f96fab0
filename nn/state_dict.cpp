// What a module saves and loads.
#include <set>

#include "walk.h"

namespace taper::nn {

namespace {

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

StateDict ModuleBase::add_to(StateDict dict, const std::string& start, bool keep_vars) const {
    each_state(*state_, start, [&](const ModuleState& module, const std::string& prefix) {
        dict.versions.emplace_back(prefix.substr(0, prefix.size() - !prefix.empty()), module.version);
    });
    each_state(*state_, start, [&](const ModuleState& module, const std::string& prefix) {
        each_saved(module,
            [&](const std::string& name, const Tensor& x) { dict[prefix + name] = keep_vars ? x : x.detach(); });
    });
    return dict;
}
StateDict ModuleBase::state_dict() const { return add_to({}, "", false); }
StateDict ModuleBase::state_dict(const StateDictOptions& o) const {
    return add_to(o.destination->value_or(StateDict()), o.prefix, o.keep_vars);
}

static IncompatibleKeys load_into(const ModuleState& root, const StateDict& dict, bool strict) {
    IncompatibleKeys keys;
    std::vector<std::string> errors;
    std::vector<std::pair<Tensor, Tensor>> writes;
    each_state(root, "", [&](const ModuleState& module, const std::string& prefix) {
        each_saved(module, [&](const std::string& own_name, const Tensor& x) {
            std::string name = prefix + own_name;
            if (!dict.contains(name)) {
                // A state without PyTorch's version, as one made by hand, is taken for one of before this count was.
                if (own_name == "num_batches_tracked") return void(writes.emplace_back(x, zeros_like(x)));
                return keys.missing_keys.push_back(name);
            }
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
    keys.unexpected_keys = unexpected_keys(root, dict);
    auto complain = [&](const char* kind, const std::vector<std::string>& names) {
        if (strict && !names.empty())
            errors.insert(errors.begin(), fmt::format("{} key(s) in state_dict: {}. ", kind, quoted(names)));
    };
    complain("Unexpected", keys.unexpected_keys);
    complain("Missing", keys.missing_keys);
    check(errors.empty(), "load_state_dict: Error(s) in loading state_dict for {}:\n\t{}", type_name(root.type),
        fmt::join(errors, "\n\t"));
    for (const auto& [x, value] : writes) values::copy(x, value.to(x.device()));
    return keys;
}

TAPER_DEFINE_METHOD(IncompatibleKeys, ModuleBase, load_state_dict, LoadStateDictOptions,
    (load_into(*state_, o.state_dict, o.strict)), 1, state_dict, strict)
IncompatibleKeys ModuleBase::load_state_dict(
    std::initializer_list<StateDict::value_type> items, LoadStateDictOptions options) const {
    return load_state_dict(StateDict(items), options);
}
IncompatibleKeys ModuleBase::load_state_dict(
    std::initializer_list<StateDict::value_type> items, const Arg<bool>& strict) const {
    return load_state_dict(StateDict(items), strict);
}

}  // namespace taper::nn
