#include "parametrize.h"

#include "computed.h"

namespace taper::nn::utils::parametrize {

using T = const Tensor&;
using detail::Originals;

namespace {

constexpr const char* by = "register_parametrization";

// What was made while cached() stands.
constinit thread_local int caches = 0;
thread_local std::map<std::pair<const ModuleState*, std::string>, Tensor> cache;

ModuleDict* lists_of(const ModuleState& module) {
    const std::size_t at = module.children.place_of("parametrizations");
    if (at == module.children.size() || !module.children[at].second.is<ModuleDict>()) return nullptr;
    return &module.children[at].second.as<ModuleDict>();
}
ParametrizationList& list_of(const ModuleState& module, const std::string& name) {
    return (*lists_of(module))[name].as<ParametrizationList>();
}
bool is_parametrized_state(const ModuleState& module, const std::optional<std::string>& name) {
    const ModuleDict* lists = lists_of(module);
    return lists && (name ? lists->contains(*name) : lists->size() > 0);
}

Tensor made(ModuleState& module, const std::string& name) {
    if (caches == 0) return list_of(module, name)();
    Tensor& value = cache[{&module, name}];
    if (!value.defined()) value = list_of(module, name)();
    return value;
}

void check_unchanged(const char* what, T was, T is) {
    check(is.dtype() == was.dtype(),
        "{}: Registering a parametrization may not change the dtype of the tensor, unless `unsafe` flag is "
        "enabled.\nunparametrized dtype: {}\nparametrized dtype: {}",
        what, was.dtype(), is.dtype());
    check(is.shape() == was.shape(),
        "{}: Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is "
        "enabled.\nunparametrized shape: {}\nparametrized shape: {}",
        what, was.shape(), is.shape());
}

// Puts the value into an original, which stays the tensor that it is.
void put_into(T original, T value) { original.set_data(value.detach()); }

}  // namespace

// ---- the list

std::string ParametrizationList::name_of(std::size_t original) const {
    return is_tensor ? "original" : fmt::format("original{}", original);
}
void ParametrizationList::add(const Parametrization& parametrization) {
    append(parametrization.module);
    std::vector<detail::RightInverse> inverses = inverses_;
    inverses.push_back(parametrization.right_inverse);
    inverses_ = inverses;
}

ParametrizationList::ParametrizationList(const std::vector<Parametrization>& modules, T original, bool unsafe)
    : unsafe(unsafe) {
    check(!modules.empty(), "ParametrizationList: ParametrizationList requires one or more modules.");
    for (const Parametrization& parametrization : modules) add(parametrization);
    const Tensor before = zeros(original.shape(), {.dtype = original.dtype()});
    Originals now{{original}};
    {
        NoGradGuard no_grad;
        for (std::int64_t i = size() - 1; i >= 0; --i) {
            const detail::RightInverse inverse = (*inverses_)[static_cast<std::size_t>(i)];
            if (!inverse) continue;
            check(now.is_tensor, "ParametrizationList: only the first parametrization may depend on several tensors");
            try {
                now = inverse((*this)[i], now.tensors[0]);
            } catch (const NotImplementedError&) {
            }
        }
    }
    is_tensor = now.is_tensor;
    ntensors = std::ssize(now.tensors);
    const bool is_parameter = original.impl().is_parameter;
    if (is_tensor) {
        check(now.tensors[0].dtype() == original.dtype(),
            "ParametrizationList: When `right_inverse` outputs one tensor, it may not change the "
            "dtype.\noriginal.dtype: "
            "{}\nright_inverse(original).dtype: {}",
            original.dtype(), now.tensors[0].dtype());
        if (now.tensors[0].ref() != original.ref()) put_into(original, now.tensors[0]);
        now.tensors[0] = original;
    }
    for (std::size_t i = 0; i < now.tensors.size(); ++i) {
        Tensor& x = now.tensors[i];
        if (is_parameter && !x.impl().is_parameter) x = Parameter(x.detach(), original.requires_grad());
        if (is_parameter)
            register_parameter(name_of(i), x);
        else
            register_buffer(name_of(i), x);
    }
    if (!unsafe) check_unchanged("ParametrizationList", before, (*this)());
}

Tensor ParametrizationList::forward() const {
    const ModuleState& state = *shared_state();
    std::vector<std::any> originals;
    for (std::int64_t i = 0; i < *ntensors; ++i)
        originals.emplace_back(registered(state, name_of(static_cast<std::size_t>(i))));
    Tensor x = nn::detail::result_as<Tensor>((*this)[0].type(), (*this)[0].call_any(originals));
    for (std::int64_t i = 1; i < size(); ++i) x = (*this)[i](x);
    return x;
}

void ParametrizationList::right_inverse(T value) const {
    NoGradGuard no_grad;
    Originals now{{value}};
    for (std::int64_t i = size() - 1; i >= 0; --i) {
        const detail::RightInverse inverse = (*inverses_)[static_cast<std::size_t>(i)];
        check(inverse, "right_inverse: parametrization {} does not implement right_inverse.",
            (*this)[i].shared_state()->class_name());
        now = inverse((*this)[i], now.tensors.at(0));
    }
    check(now.is_tensor == is_tensor, "right_inverse: `right_inverse` should return {}",
        is_tensor ? "a tensor" : "a sequence of tensors.");
    check(std::ssize(now.tensors) == *ntensors,
        "right_inverse: 'right_inverse' must return a sequence of tensors of length {}. Got a sequence of lenght {}.",
        *ntensors, now.tensors.size());
    for (std::size_t i = 0; i < now.tensors.size(); ++i) {
        const Tensor original = registered(*shared_state(), name_of(i));
        check(now.tensors[i].dtype() == original.dtype(),
            "right_inverse: The tensor returned by `right_inverse` has dtype {} while `{}` has dtype {}",
            now.tensors[i].dtype(), name_of(i), original.dtype());
        put_into(original, now.tensors[i]);
    }
}

// ---- of a module

static void check_next(const AnyModule& module, const std::string& name, const Parametrization& next, T now, T then) {
    check_unchanged(by, now, then);
    if (!next.right_inverse) return;
    Originals back;
    try {
        back = next.right_inverse(next.module, then);
    } catch (const NotImplementedError&) {
        return;
    }
    check(back.is_tensor, "{}: parametrization.right_inverse must return a tensor. Got: list", by);
    const Tensor& x = back.tensors[0];
    check(x.dtype() == now.dtype() && x.shape() == now.shape(),
        "{}: The tensor returned by parametrization.right_inverse must have the same dtype and shape as module.{}, "
        "unless the `unsafe` flag is enabled: {} {} of {}",
        by, name, x.dtype(), x.shape(), type_name(module.type()));
}

static void add_first(const AnyModule& module, const std::string& name, const Parametrization& first, bool unsafe) {
    ModuleState& state = *module.shared_state();
    const Tensor original = registered(state, name);
    const Tensor before = zeros(original.shape(), {.dtype = original.dtype()});
    ParametrizationList list({first}, original, true);
    list.unsafe = unsafe;
    const Tensor value = list();  // once, for what is done at each call
    if (!unsafe) check_unchanged(by, before, value);
    if (!is_parametrized_state(state, {})) {
        state.known_as = "Parametrized" + state.class_name();
        module.add_module("parametrizations", ModuleDict());
    }
    lists_of(state)->insert(name, list);
    auto invert = [name](ModuleState& m, T x) {
        list_of(m, name).right_inverse(x);
        compute_now(m, name);
    };
    compute_before_forward(
        module, name, {.by = by, .value = [name](ModuleState& m) { return made(m, name); }, .invert = invert}, value);
    draw_further(state, random_state(), [=, &state] {
        if (first.right_inverse) list_of(state, name).right_inverse(original);
        compute_now(state, name);
    });
}

void detail::register_parametrization(
    const AnyModule& module, const std::string& name, const Parametrization& added, bool unsafe) {
    ModuleState& state = *module.shared_state();
    AnyModule(added.module).train(state.training);
    if (is_parametrized_state(state, name)) {
        const Tensor now = made(state, name), then = Tensor(AnyModule(added.module)(now));
        if (!unsafe) check_next(module, name, added, now, then);
        ParametrizationList& list = list_of(state, name);
        list.add(added);
        list.unsafe = list.unsafe || unsafe;
        (*state.computed.find_name(name))->set(then);
    } else {
        check(registered(state, name).defined(),
            "register_parametrization: Module '{}' does not have a parameter, a buffer, or a parametrized element with "
            "name '{}'",
            repr(module), name);
        add_first(module, name, added, unsafe);
    }
}

void detail::remove_parametrizations(const AnyModule& module, const std::string& name, bool leave_parametrized) {
    ModuleState& state = *module.shared_state();
    check(is_parametrized_state(state, name),
        "remove_parametrizations: Module {} does not have a parametrization on {}", repr(module), name);
    const ParametrizationList list = list_of(state, name);
    Tensor original;
    if (list.is_tensor) {
        original = registered(*list.shared_state(), "original");
        if (leave_parametrized) {
            NoGradGuard no_grad;
            put_into(original, made(state, name));
        }
    } else {
        check(leave_parametrized,
            "remove_parametrizations: Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is "
            "parametrized in terms of a sequence of tensors.");
        const Tensor value = made(state, name);
        original = value.requires_grad() ? Tensor(Parameter(value.detach())) : value;
    }
    lists_of(state)->pop(name);
    compute_no_more(module, name, original);
    if (is_parametrized_state(state, {})) return;
    std::erase_if(state.children, [](const auto& child) { return child.first == "parametrizations"; });
    state.children.renamed();
    state.known_as.clear();
}

Tensor detail::tensor_of(const AnyModule& module, const std::string& name) {
    Tensor x = tensor_named(*module.shared_state(), name);
    check(x.defined(), "Module '{}' has no parameter or buffer with name '{}'", repr(module), name);
    return x;
}

bool is_parametrized(const ModuleBase& module, const Arg<std::optional<std::string>>& tensor_name) {
    return is_parametrized_state(*module.shared_state(), *tensor_name);
}
const std::type_info& type_before_parametrizations(const ModuleBase& module) { return module.shared_state()->type; }
Tensor parametrized(const ModuleBase& module, const std::string& tensor_name) {
    ModuleState& state = *module.shared_state();
    check(is_parametrized_state(state, tensor_name), "parametrized: {} is not parametrized", tensor_name);
    compute_now(state, tensor_name);
    return (*state.computed.find_name(tensor_name))->tensor;
}

cached::cached() { ++caches; }
cached::~cached() {
    if (--caches == 0) cache.clear();
}

}  // namespace taper::nn::utils::parametrize
