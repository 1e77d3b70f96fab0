#include "any_module.h"

#include <ostream>

namespace taper::nn {

void AnyModule::check_type(const std::type_info& wanted) const {
    check(defined(), "AnyModule: this is None, not a {}", type_name(wanted));
    check(type() == wanted, "AnyModule: this is a {}, not a {}", type_name(type()), type_name(wanted));
}

namespace detail {

std::string type_names(const std::vector<const std::type_info*>& types) {
    std::vector<std::string> names;
    for (const std::type_info* type : types) names.push_back(type_name(*type));
    return fmt::format("({})", fmt::join(names, ", "));
}
std::string type_names(const Anys& values) {
    std::vector<const std::type_info*> types;
    for (const std::any& value : values) types.push_back(&value.type());
    return type_names(types);
}
void does_not_take(const std::type_info& module, const std::vector<const std::type_info*>& wanted, const Anys& given) {
    fail("AnyModule: the forward of {} takes {}, but was called with {}", type_name(module), type_names(wanted),
        type_names(given));
}
void does_not_give(const std::type_info& module, const std::type_info& wanted, const std::any& given) {
    fail("AnyModule: {} gives a {}, not a {}: call it as m.call<...>(...), with the type that it gives",
        type_name(module), given.has_value() ? type_name(given.type()) : "None", type_name(wanted));
}
void takes_tensors_only(const std::type_info& module, const Anys& given) {
    fail("AnyModule: {} has several forwards, or a template, none of which takes {}: call it as m.as<{}>()(...)",
        type_name(module), type_names(given), type_name(module));
}

}  // namespace detail

static std::string indented(std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3) text.insert(at + 1, "  ");
    return text;
}

std::string repr(const AnyModule& module) {
    if (!module.defined()) return "None";
    std::string extra = module.extra_repr(), lines;
    const auto& children = module.shared_state()->children;
    if (!extra.empty() && children.empty() && extra.find('\n') == std::string::npos) {
        lines = extra;
    } else if (!extra.empty() || !children.empty()) {
        if (!extra.empty()) lines = "\n  " + indented(extra);
        for (const auto& [name, child] : children) lines += fmt::format("\n  ({}): {}", name, indented(repr(child)));
        lines += "\n";
    }
    return fmt::format("{}({})", type_name(module.type()), lines);
}

std::ostream& operator<<(std::ostream& out, const AnyModule& module) { return out << repr(module); }

}  // namespace taper::nn
