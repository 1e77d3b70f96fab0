#include "setting.h"

namespace taper::optim {
namespace {

// As in Python, where a setting that is nothing is the whole number 0.
Value number(double value) { return value == 0 ? Value(0) : Value(value); }

void assign(double& to, const Value& value) { to = value.item(); }
void assign(std::int64_t& to, const Value& value) { to = value.item<std::int64_t>(); }
void assign(bool& to, const Value& value) { to = value.item<bool>(); }
void assign(std::optional<bool>& to, const Value& value) {
    if (value.is_none())
        to = std::nullopt;
    else
        to = value.item<bool>();
}
void assign(std::string& to, const Value& value) { to = value.string(); }
void assign(Betas& to, const Value& value) {
    check(value.size() == 2, "load_state_dict: expected two betas but found {}", value.size());
    to = {value[0].item(), value[1].item()};
}
void assign(std::vector<double>& to, const Value& value) {
    std::vector<double> numbers;
    for (const Value& item : value.list()) numbers.push_back(item.item());
    check(numbers.size() == to.size(), "load_state_dict: expected {} numbers but found {}", to.size(), numbers.size());
    to = std::move(numbers);
}

struct Get {
    Value operator()(const double* value) const { return number(*value); }
    Value operator()(const Betas* betas) const { return Value::tuple({number(betas->first), number(betas->second)}); }
    Value operator()(const std::optional<bool>* value) const { return *value ? Value(**value) : Value(); }
    template <class T> Value operator()(const T* value) const { return *value; }
};

}  // namespace

Value Setting::get() const { return std::visit(Get(), place); }

void Setting::set(const Value& value) const {
    std::visit([&](auto* to) { assign(*to, value); }, place);
}

Dict values_of(const std::vector<Setting>& settings) {
    Dict dict;
    for (const Setting& setting : settings) dict[setting.name] = setting.get();
    return dict;
}

void set_values(const std::vector<Setting>& settings, const Dict& dict, const std::function<void()>& validate) {
    const Dict before = values_of(settings);
    try {
        for (const Setting& setting : settings)
            if (const Value* value = dict.find(setting.name)) setting.set(*value);
        validate();
    } catch (...) {
        for (const Setting& setting : settings) setting.set(before.at(setting.name));
        throw;
    }
}

}  // namespace taper::optim
