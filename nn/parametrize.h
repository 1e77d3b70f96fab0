// nn.utils.parametrize: parameters that are computed of others, by modules.
#pragma once

#include "sequential.h"

namespace taper::nn::utils::parametrize {

namespace detail {

/// What a right_inverse gave: tensors, or the one.
struct Originals {
    TensorList tensors;
    bool is_tensor = true;
};
using RightInverse = Originals (*)(const AnyModule& module, const Tensor& value);

template <class P>
concept HasRightInverse = requires(P& module, const Tensor& value) { module.right_inverse(value); };

template <class P> RightInverse right_inverse_of() {
    if constexpr (HasRightInverse<P>)
        return [](const AnyModule& module, const Tensor& value) -> Originals {
            auto inverse = module.as<P>().right_inverse(value);
            if constexpr (std::convertible_to<decltype(inverse), Tensor>)
                return {{inverse}, true};
            else
                return {autograd::detail::tensors_in(inverse), false};
        };
    else
        return nullptr;
}

}  // namespace detail

/// A module whose forward makes a tensor of others, and whose right_inverse, if it has one, makes those, or the one, of
/// the tensor.
class Parametrization {
 public:
    template <class P>
        requires(std::derived_from<P, ModuleBase> && !std::same_as<P, AnyModule>)
    Parametrization(const P& module) : module(module), right_inverse(detail::right_inverse_of<P>()) {}

    AnyModule module;
    detail::RightInverse right_inverse;  // none: it has none
};

/// Thrown by a right_inverse, means that there is none.
class NotImplementedError : public Error {
 public:
    using Error::Error;
};

/// The parametrizations of a tensor, each of what the one before it gives, and what the first is of: a parameter or a
/// buffer `original`, or several, `original0` and so on. torch.nn.utils.parametrize.ParametrizationList
class ParametrizationList : public ModuleSequence<ParametrizationList> {
 public:
    ParametrizationList() = default;
    /// `unsafe`: shape and dtype may change.
    ParametrizationList(const std::vector<Parametrization>& modules, const Tensor& original, bool unsafe = false);

    Tensor forward() const;
    /// Changes the originals so that forward() gives the value. Error unless all have a right_inverse.
    void right_inverse(const Tensor& value) const;
    /// One more, of what those before it give; without a check.
    void add(const Parametrization& parametrization);

    Setting<bool> is_tensor = true, unsafe = false;
    Setting<std::int64_t> ntensors = 1;

 private:
    std::string name_of(std::size_t original) const;
    Setting<std::vector<detail::RightInverse>> inverses_ = std::vector<detail::RightInverse>();
};

struct UnsafeOptions {
    Keywords _ = Keywords();
    Arg<bool> unsafe = Default(false);
};
struct RemoveParametrizationsOptions {
    Keywords _ = Keywords();
    Arg<bool> leave_parametrized = Default(true);
};

namespace detail {
void register_parametrization(
    const AnyModule& module, const std::string& tensor_name, const Parametrization& parametrization, bool unsafe);
void remove_parametrizations(const AnyModule& module, const std::string& tensor_name, bool leave_parametrized);
/// A parameter, a buffer, or a parametrized tensor of that name; Error if there is none.
Tensor tensor_of(const AnyModule& module, const std::string& name);
}  // namespace detail

/// Makes the tensor of this name that of the parametrization before each forward of the module, which is returned. The
/// member of that name reads as what it was at the last forward or assignment, and what is assigned to it goes through
/// right_inverse. Error if shape or dtype change, unless `unsafe`. torch.nn.utils.parametrize.register_parametrization
template <std::derived_from<ModuleBase> M> M register_parametrization(const M& module,
    const Arg<std::string>& tensor_name, const Parametrization& parametrization, const UnsafeOptions& o = {}) {
    return detail::register_parametrization(AnyModule(module), tensor_name, parametrization, o.unsafe), module;
}
/// Makes it a parameter or a buffer again: of the value that it has, or, unless leave_parametrized, of the original.
/// torch.nn.utils.parametrize.remove_parametrizations
template <std::derived_from<ModuleBase> M> M remove_parametrizations(
    const M& module, const Arg<std::string>& tensor_name, const RemoveParametrizationsOptions& o = {}) {
    return detail::remove_parametrizations(AnyModule(module), tensor_name, o.leave_parametrized), module;
}
template <std::derived_from<ModuleBase> M>
M remove_parametrizations(const M& module, const Arg<std::string>& tensor_name, const Arg<bool>& leave_parametrized) {
    return detail::remove_parametrizations(AnyModule(module), tensor_name, leave_parametrized), module;
}
/// Whether any tensor of the module is parametrized, or that of this name.
bool is_parametrized(const ModuleBase& module, const Arg<std::optional<std::string>>& tensor_name = Default(none));
/// The type of the module, which is the same before and after. torch.nn.utils.parametrize.type_before_parametrizations
const std::type_info& type_before_parametrizations(const ModuleBase& module);
/// What `module.weight` is in Python: made anew. (A member reads as what it was at the last forward.)
Tensor parametrized(const ModuleBase& module, const std::string& tensor_name);

/// While it stands on this thread, parametrized tensors are made once, not before each forward.
/// torch.nn.utils.parametrize.cached
class [[nodiscard]] cached {
 public:
    cached();
    ~cached();
    cached(const cached&) = delete;
    cached& operator=(const cached&) = delete;
};

}  // namespace taper::nn::utils::parametrize
