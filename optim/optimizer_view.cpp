// How an optimizer shows itself: its text, its defaults, and what it remembers.
#include <ostream>

#include "method.h"

namespace taper::optim {

const Value Entries::operator[](const std::string& name) const {
    const Value* value = dict_.find(name);
    check(value, "optimizer: KeyError: '{}'", name);
    return *value;
}

Entries OptimizerState::operator[](const Tensor& param) const {
    const auto found = method_->states.find(&param.impl());
    return Entries(found == method_->states.end() ? Dict() : method_->remembered(found->second));
}
bool OptimizerState::contains(const Tensor& param) const { return method_->states.contains(&param.impl()); }
std::size_t OptimizerState::size() const { return method_->states.size(); }
std::vector<std::pair<Tensor, Entries>> OptimizerState::items() const {
    std::vector<std::pair<Tensor, Entries>> all;
    for (const ParamGroup& group : method_->groups)
        for (const Tensor& param : group.params)
            if (contains(param)) all.emplace_back(param, (*this)[param]);
    return all;
}

void OptimizerState::clear() const { method_->states.clear(); }

Entries Optimizer::defaults() const { return Entries(method_->defaults()); }

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
        case Value::Kind::String:
            return value.string();
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
