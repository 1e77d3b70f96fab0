// An optimizer's state_dict.
#include <algorithm>
#include <cmath>
#include <utility>

#include "method.h"

namespace taper::optim {
namespace {

// The parameters of all groups, one after the other: a parameter's position is its id.
TensorList all_params(const std::vector<ParamGroup>& groups) {
    TensorList all;
    for (const ParamGroup& group : groups) all.insert(all.end(), group.params.begin(), group.params.end());
    return all;
}

Value counted(Counter counter, double step) {
    if (counter == Counter::whole) return static_cast<std::int64_t>(step);
    return native::full({}, step, float32);
}

// What PyTorch adds where a state of an older one has none.
bool is_optional(const Names& names, std::string_view setting) {
    constexpr std::string_view optional[] = {
        "nesterov", "amsgrad", "centered", "maximize", "foreach", "capturable", "differentiable", "fused"};
    return std::find(std::begin(optional), std::end(optional), setting) != std::end(optional) ||
        (setting == "momentum" && std::string_view(names.optimizer) == "RMSprop");
}

// A tensor of its own, laid out as the parameter is.
Tensor like_param(const Tensor& param, const Tensor& saved, const char* name) {
    check(saved.shape() == param.shape(), "load_state_dict: '{}' has shape {}, but its parameter has {}", name,
        saved.shape().str(), param.shape().str());
    Tensor own = native::like(param, param.shape(), param.dtype());
    native::copy(own, saved);
    return own;
}

// Reads what a dict has under this name, if anything; an Error names it.
template <class Read> bool take(const Dict& dict, const char* name, Read read) {
    const Value* value = dict.find(name);
    if (!value || value->is_none()) return false;
    try {
        read(*value);
    } catch (const Error& error) {
        const std::string_view text = error.what();
        fail("{}{}", text.starts_with("load_state_dict: ") ? "" : fmt::format("load_state_dict: '{}': ", name), text);
    }
    return true;
}

// Chained schedules may end on a rate that is nothing but for rounding.
double without_rounding(const ParamGroup& group) {
    auto initial = group.scheduled.find("initial_lr");
    const bool is_nothing = initial != group.scheduled.end() && group.lr < 0 && -group.lr < 1e-9 * initial->second;
    return is_nothing ? 0 : group.lr;
}

// The numbers of a saved group that are no settings are what schedulers noted there.
void take_settings(const Method& method, ParamGroup& group, const Dict& saved) {
    ParamGroup fresh;
    const std::vector<NamedSetting> settings = method.settings(group), defaults = method.settings(fresh);
    for (std::size_t i = 0; i < settings.size(); ++i) {
        if (saved.contains(settings[i].name)) continue;
        check(is_optional(method.names, settings[i].name),
            "load_state_dict: KeyError: '{}': a parameter group has none, so it is none of {}", settings[i].name,
            method.names.optimizer);
        settings[i].set(defaults[i].get());
    }
    for (const char* other : {"momentum", "dampening", "nesterov", "betas", "momentum_decay", "alpha", "centered",
             "rho", "lr_decay", "initial_accumulator_value", "etas", "lambd", "history_size"})
        check(!saved.contains(other) ||
                std::any_of(settings.begin(), settings.end(),
                    [&](const NamedSetting& setting) { return std::string_view(setting.name) == other; }),
            "load_state_dict: a parameter group has '{}', so it is none of {}", other, method.names.optimizer);
    set_values(settings, saved);
    for (const auto& item : saved) {
        const Value &key = item.first, &value = item.second;
        if (key.kind() != Value::Kind::String ||
            (value.kind() != Value::Kind::Int && value.kind() != Value::Kind::Float))
            continue;
        auto named = [&](const NamedSetting& setting) { return setting.name == key.string(); };
        if (std::none_of(settings.begin(), settings.end(), named)) group.scheduled[key.string()] = value.item();
    }
    for (const char* noted : {"initial_lr", "max_lr", "min_lr", "max_momentum", "base_momentum"})
        check(!group.scheduled.contains(noted) || !std::isnan(group.scheduled[noted]),
            "load_state_dict: Invalid {} value: nan", noted);
    const double lr = std::exchange(group.lr, without_rounding(group));
    method.validate("load_state_dict", group);
    group.lr = lr;
}

// Which parameter an id of the file stands for. An id that comes again is that of the same parameter.
void know(Dict& ids, const Value& id, std::int64_t own, const TensorList& params) {
    const Value* known = ids.find(id);
    check(!known || &params[known->item<std::int64_t>()].impl() == &params[own].impl(),
        "load_state_dict: loaded state dict has one id for the parameters {} and {}",
        known ? known->item<std::int64_t>() : own, own);
    ids[id] = own;
}

}  // namespace

Dict Method::remembered(const ParamState& state) const {
    Dict dict = state.more;
    if (names.counter != Counter::absent) dict["step"] = counted(names.counter, state.step);
    for (std::size_t i = 0; i < names.numbers.size(); ++i)
        dict[names.numbers[i]] = native::full({}, state.numbers[i], float32);
    for (std::size_t i = 0; i < names.kept.size(); ++i)
        if (state.kept[i].defined() || names.counter == Counter::absent) dict[names.kept[i]] = state.kept[i];
    return dict;
}

void Method::validate_number(const char* name, float number) const {
    check(!std::isnan(number), "load_state_dict: nan is no {}", name);
}

// No step has seen the parameter yet if nothing is remembered of it.
ParamState Method::recalled(const Tensor& param, const ParamGroup& group, const Dict& dict) const {
    ParamState state{.param = param};
    if (dict.size() == 0) return state;
    std::vector<const char*> missing;
    bool is_known = false;
    auto taken = [&](const char* name, bool is_needed, auto read) {
        is_known |= dict.contains(name);
        if (!take(dict, name, read) && is_needed) missing.push_back(name);
    };
    if (names.counter != Counter::absent)
        taken("step", true, [&](const Value& value) {
            state.step = value.item();
            check(state.step >= 0 && state.step < 0x1p53 && state.step == std::trunc(state.step),
                "load_state_dict: {} is no number of steps", state.step);
        });
    for (std::size_t i = 0; i < names.numbers.size(); ++i)
        taken(names.numbers[i], true,
            [&](const Value& value) { validate_number(names.numbers[i], state.numbers[i] = value.item<float>()); });
    for (std::size_t i = 0; i < names.kept.size(); ++i)
        taken(names.kept[i], needs(i, group),
            [&](const Value& value) { state.kept[i] = like_param(param, value.tensor(), names.kept[i]); });
    check(is_known, "load_state_dict: the state of a parameter is none of {}: it has {} where that keeps {}", name,
        dict.begin()->first.kind() == Value::Kind::String ? dict.begin()->first.string() : "numbers",
        joined(std::vector<std::string>(names.kept.begin(), names.kept.end()), ", "));
    check(missing.empty(), "load_state_dict: the state of a parameter has no '{}', which {} needs",
        missing.empty() ? "" : missing.front(), name);
    return state;
}

Value Optimizer::state_dict() const {
    Method& method = *method_;
    Dict states;
    const TensorList params = all_params(method.groups);
    for (std::size_t id = 0; id < params.size(); ++id)
        if (auto state = method.states.find(&params[id].impl()); state != method.states.end())
            states[id] = method.remembered(state->second);

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
    const TensorList params = all_params(groups);
    std::vector<const ParamGroup*> group_of;  // of a parameter
    Dict ids;                                 // from an id of the file to our own
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Dict& dict = saved[i].dict();
        const Value::List& saved_ids = dict.at("params").list();
        check(saved_ids.size() == groups[i].params.size(),
            "load_state_dict: loaded state dict contains a parameter group that doesn't match the size of optimizer's "
            "group "
            "({} parameters instead of {})",
            saved_ids.size(), groups[i].params.size());
        take_settings(method, groups[i], dict);
        for (const Value& id : saved_ids) {
            know(ids, id, std::ssize(group_of), params);
            group_of.push_back(&groups[i]);
        }
    }

    std::unordered_map<const TensorImpl*, ParamState> states;
    for (const auto& [id, dict] : state_dict.dict().at("state").dict())
        if (const Value* own = ids.find(id)) {
            const auto number = static_cast<std::size_t>(own->item<std::int64_t>());
            const Tensor& param = params[number];
            states[&param.impl()] = method.recalled(param, *group_of[number], dict.dict());
        }
    method.groups = std::move(groups);
    method.states = std::move(states);
}
TAPER_DEFINE_METHOD(void, Optimizer, load_state_dict, LoadOptions, (load(o.state_dict)), 1, state_dict)

}  // namespace taper::optim
