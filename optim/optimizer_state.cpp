// An optimizer's state_dict, and its text.
#include <algorithm>
#include <ostream>

#include "method.h"

namespace taper::optim {
namespace {

// The parameters of all groups, one after the other: a parameter's place is its id.
TensorList all_params(const std::vector<ParamGroup>& groups) {
    TensorList all;
    for (const ParamGroup& group : groups) all.insert(all.end(), group.params.begin(), group.params.end());
    return all;
}

Value counted(Counter counter, double step) {
    if (counter == Counter::whole) return static_cast<std::int64_t>(step);
    return values::full({}, step, float32);
}

Dict dict_of(const Names& names, const ParamState& state) {
    Dict dict;
    if (names.counter != Counter::absent) dict["step"] = counted(names.counter, state.step);
    if (std::string_view(names.optimizer) == "NAdam") dict["mu_product"] = values::full({}, state.mu_product, float32);
    for (std::size_t i = 0; i < names.kept.size(); ++i)
        if (state.kept[i].defined() || names.counter == Counter::absent) dict[names.kept[i]] = state.kept[i];
    return dict;
}

// A tensor of its own, laid out as the parameter is.
Tensor like_param(const Tensor& param, const Tensor& saved, const char* name) {
    check(saved.shape() == param.shape(), "load_state_dict: '{}' has shape {}, but its parameter has {}", name,
        saved.shape().str(), param.shape().str());
    Tensor own = values::like(param, param.shape(), param.dtype());
    values::copy(own, saved);
    return own;
}

ParamState state_of(const Names& names, const Tensor& param, const Dict& dict) {
    ParamState state{.param = param};
    if (const Value* step = dict.find("step")) state.step = step->item();
    check(state.step >= 0 && state.step < 0x1p53, "load_state_dict: {} is no number of steps", state.step);
    if (const Value* product = dict.find("mu_product")) state.mu_product = product->item<float>();
    for (std::size_t i = 0; i < names.kept.size(); ++i)
        if (const Value* saved = dict.find(names.kept[i]); saved && !saved->is_none())
            state.kept[i] = like_param(param, saved->tensor(), names.kept[i]);
    return state;
}

// The numbers of a saved group that are no settings are what schedulers noted there.
void take_settings(const Method& method, ParamGroup& group, const Dict& saved) {
    const std::vector<Setting> settings = method.settings(group);
    set_values(settings, saved);
    for (const auto& item : saved) {
        const Value &key = item.first, &value = item.second;
        if (key.kind() != Value::Kind::String ||
            (value.kind() != Value::Kind::Int && value.kind() != Value::Kind::Float))
            continue;
        auto named = [&](const Setting& setting) { return setting.name == key.string(); };
        if (std::none_of(settings.begin(), settings.end(), named)) group.scheduled[key.string()] = value.item();
    }
}

}  // namespace

Value Optimizer::state_dict() const {
    Method& method = *method_;
    Dict states;
    const TensorList params = all_params(method.groups);
    for (std::size_t id = 0; id < params.size(); ++id)
        if (auto state = method.states.find(&params[id].body()); state != method.states.end())
            states[id] = dict_of(method.names, state->second);

    Value::List groups;
    std::int64_t first = 0;
    for (ParamGroup& group : method.groups) {
        Dict dict = values_of(method.settings(group));
        for (const auto& [name, value] : group.scheduled) dict[name] = value;
        std::vector<std::int64_t> ids(group.params.size());
        for (std::int64_t& id : ids) id = first++;
        dict["params"] = ids;
        groups.push_back(std::move(dict));
    }
    return Dict{{"state", std::move(states)}, {"param_groups", groups}};
}

void Optimizer::load(const Value& state_dict) const {
    Method& method = *method_;
    const Value::List& saved = state_dict.dict().at("param_groups").list();
    check(saved.size() == method.groups.size(),
        "load_state_dict: loaded state dict has a different number of parameter groups ({} instead of {})",
        saved.size(), method.groups.size());
    std::vector<ParamGroup> groups = method.groups;
    Dict ids;  // from an id of the file to our own
    std::int64_t own = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Dict& dict = saved[i].dict();
        const Value::List& params = dict.at("params").list();
        check(params.size() == groups[i].params.size(),
            "load_state_dict: loaded state dict contains a parameter group that doesn't match the size of optimizer's "
            "group "
            "({} parameters instead of {})",
            params.size(), groups[i].params.size());
        take_settings(method, groups[i], dict);
        for (const Value& id : params) ids[id] = own++;
    }

    const TensorList params = all_params(groups);
    std::unordered_map<const Body*, ParamState> states;
    for (const auto& [id, dict] : state_dict.dict().at("state").dict())
        if (const Value* place = ids.find(id)) {
            const Tensor& param = params[place->item<std::int64_t>()];
            states[&param.body()] = state_of(method.names, param, dict.dict());
        }
    method.groups = std::move(groups);
    method.states = std::move(states);
}
TAPER_DEFINE_METHOD(void, Optimizer, load_state_dict, LoadOptions, (load(o.state_dict)), 1, state_dict)

namespace {

std::string python_text(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::Bool:
            return value.item<bool>() ? "True" : "False";
        case Value::Kind::Int:
            return fmt::to_string(value.item<std::int64_t>());
        case Value::Kind::Float: {
            std::string text = fmt::to_string(value.item());
            return text.find_first_not_of("-0123456789") == text.npos ? text + ".0" : text;
        }
        case Value::Kind::Tuple:
            return fmt::format("({}, {})", python_text(value[0]), python_text(value[1]));
        default:
            return "None";
    }
}

}  // namespace

std::string to_string(const Optimizer& optimizer) {
    std::string text = fmt::format("{} (", optimizer.name());
    const Value state_dict = optimizer.state_dict();
    std::size_t number = 0;
    for (const Value& group : state_dict["param_groups"].list()) {
        text += fmt::format("\nParameter Group {}\n", number++);
        std::map<std::string, Value> sorted;
        for (const auto& [name, value] : group.dict()) sorted[name.string()] = value;
        sorted.erase("params");
        for (const auto& [name, value] : sorted) text += fmt::format("    {}: {}\n", name, python_text(value));
    }
    return text + ")";
}

std::ostream& operator<<(std::ostream& out, const Optimizer& optimizer) { return out << to_string(optimizer); }

}  // namespace taper::optim
