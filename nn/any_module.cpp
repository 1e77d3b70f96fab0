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

static void add_indented(std::string& text, const std::string& lines, std::size_t depth) {
    for (const char c : lines) {
        text += c;
        if (c == '\n') text.append(depth, ' ');
    }
}

// Its lines after the first begin at this depth.
static void add_text(std::string& text, const AnyModule& module, std::size_t depth) {
    if (!module.defined()) return static_cast<void>(text += "None");
    detail::check_stack();
    const std::string extra = module.extra_repr();
    const auto& children = module.shared_state()->children;
    text += type_name(module.type()) + "(";
    if (children.empty() && extra.find('\n') == std::string::npos) {
        text += extra;
    } else {
        if (!extra.empty()) add_indented(text, "\n" + extra, depth + 2);
        for (const auto& [name, child] : children) {
            text.append("\n").append(depth + 2, ' ').append("(").append(name).append("): ");
            add_text(text, child, depth + 2);
        }
        text.append("\n").append(depth, ' ');
    }
    text += ")";
}

std::string repr(const AnyModule& module) {
    std::string text;
    add_text(text, module, 0);
    return text;
}

std::ostream& operator<<(std::ostream& out, const AnyModule& module) { return out << repr(module); }

}  // namespace taper::nn
