#include "setting.h"

#include <cmath>

namespace taper::optim {
namespace {

// As in Python, where a setting that is nothing is the whole number 0.
Value number(double value, bool is_whole) {
    const bool as_int = value == 0 || (is_whole && value == std::trunc(value) && std::abs(value) < 0x1p53);
    return as_int ? Value(static_cast<std::int64_t>(value)) : Value(value);
}

double real(const Value& value) {
    const double number = value.item();
    check(!std::isnan(number), "nan is no number");
    return number;
}

void assign(double& to, const Value& value) { to = real(value); }
void assign(std::int64_t& to, const Value& value) { to = value.item<std::int64_t>(); }
void assign(bool& to, const Value& value) {
    const double number = value.item();
    check(number == 0 || number == 1, "expected a bool but found {}", number);
    to = number == 1;
}
void assign(std::string& to, const Value& value) { to = value.string(); }
template <class T> void assign(std::optional<T>& to, const Value& value) {
    if (value.is_none())
        to = std::nullopt;
    else
        assign(to.emplace(), value);
}
void assign(Betas& to, const Value& value) {
    check(value.list().size() == 2, "expected two numbers but found {}", value.size());
    to = {value[0].item(), value[1].item()};
}
void assign(std::vector<double>& to, const Value& value) {
    std::vector<double> numbers;
    for (const Value& item : value.list()) numbers.push_back(real(item));
    check(numbers.size() == to.size(), "expected {} numbers but found {}", to.size(), numbers.size());
    to = std::move(numbers);
}

struct Get {
    bool is_whole;
    Value operator()(const double* value) const { return number(*value, is_whole); }
    Value operator()(const Betas* betas) const {
        return Value::tuple({number(betas->first, is_whole), number(betas->second, is_whole)});
    }
    template <class T> Value operator()(const std::optional<T>* value) const {
        return *value ? Value(**value) : Value();
    }
    template <class T> Value operator()(const T* value) const { return *value; }
};

}  // namespace

Value NamedSetting::get() const { return std::visit(Get{is_whole}, this->value); }

void NamedSetting::set(const Value& value) const {
    try {
        std::visit([&](auto* to) { assign(*to, value); }, this->value);
    } catch (const Error& error) {
        fail("load_state_dict: Invalid {} value: {}", name, error.what());
    }
}

Dict values_of(const std::vector<NamedSetting>& settings) {
    Dict dict;
    for (const NamedSetting& setting : settings) dict[setting.name] = setting.get();
    return dict;
}

namespace {

using Copy = std::variant<double, std::int64_t, bool, std::optional<bool>, std::optional<std::int64_t>,
    std::optional<std::string>, Betas, std::string, std::vector<double>>;

std::vector<Copy> copies_of(const std::vector<NamedSetting>& settings) {
    std::vector<Copy> copies;
    for (const NamedSetting& setting : settings)
        copies.push_back(std::visit([](auto* from) { return Copy(*from); }, setting.value));
    return copies;
}
void restore(const std::vector<NamedSetting>& settings, const std::vector<Copy>& copies) {
    for (std::size_t i = 0; i < settings.size(); ++i)
        std::visit(
            [&](auto* to) { *to = std::get<std::remove_pointer_t<decltype(to)>>(copies[i]); }, settings[i].value);
}

}  // namespace

void set_values(const std::vector<NamedSetting>& settings, const Dict& dict, const std::function<void()>& validate) {
    const std::vector<Copy> before = copies_of(settings);
    try {
        for (const NamedSetting& setting : settings)
            if (const Value* value = dict.find(setting.name)) setting.set(*value);
        validate();
    } catch (...) {
        restore(settings, before);
        throw;
    }
}

}  // namespace taper::optim
