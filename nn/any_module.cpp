#include "any_module.h"

#include <ostream>

namespace taper::nn {

Function::Function(std::function<Tensor(const Tensor&)> function) : function(std::move(function)) {}
Tensor Function::forward(const Tensor& x) const { return function(x); }

AnyModule::AnyModule() : Module<AnyModule>(Called()) {}
AnyModule::AnyModule(const AnyModule& other) : Module<AnyModule>(other), held_(copied(other.held_)) {}
AnyModule& AnyModule::operator=(const AnyModule&) = default;
AnyModule::~AnyModule() = default;

Tensor AnyModule::operator()(const Tensor& x) const {
    const detail::AtWork at_work(*this, sizeof(AnyModule));
    return held().call(x);
}
Tensor AnyModule::forward(const Tensor& x) const { return held().call(x); }

std::any AnyModule::call_any(const std::vector<std::any>& values) const {
    const detail::AtWork at_work(*this, sizeof(AnyModule));
    return held().call_any(values);
}
bool AnyModule::maps_tensors() const { return held().maps_tensors(); }
const std::type_info& AnyModule::type() const { return held_ ? held_->type() : typeid(void); }
std::string AnyModule::extra_repr() const { return held_ ? held_->extra_repr() : std::string(); }

AnyModule (*AnyModule::wrapper() const)(const ModuleBase&) { return held().wrapper(); }

std::shared_ptr<AnyModule::Holder> AnyModule::copied(const std::shared_ptr<Holder>& held) {
    auto* copying = held ? detail::DeepCopy::current() : nullptr;
    return copying ? copying->once(held, [&] { return held->copy(); }) : held;
}

AnyModule::Holder& AnyModule::held() const {
    if (!held_) [[unlikely]]
        fail("AnyModule: 'NoneType' object is not callable: it holds no module");
    return *held_;
}

void detail::not_assignable(const std::type_info& module) {
    fail("register_module: a {} is not assignable", type_name(module));
}

void* AnyModule::module_of(const std::type_info& wanted) const {
    check(defined(), "AnyModule: this is None, not a {}", type_name(wanted));
    check(type() == wanted, "AnyModule: this is a {}, not a {}", type_name(type()), type_name(wanted));
    return held().module();
}

namespace detail {

std::string type_names(const std::vector<const std::type_info*>& types) {
    std::vector<std::string> names;
    for (const std::type_info* type : types) names.push_back(type_name(*type));
    return "(" + joined(names, ", ") + ")";
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
    const std::string type = module.shared_state()->class_name();
    text += type.substr(0, type.find('<')) + "(";  // Python knows no template
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
