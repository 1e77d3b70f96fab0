// Tensors of a module that are made of its parameters anew before each forward; for the .cpp files.
#pragma once

#include "module.h"

namespace taper::nn {

/// How such a tensor is made.
struct Computed {
    const char* by;                                                // the function that made it so
    std::function<Tensor(ModuleState& module)> value;              // of the module's parameters
    std::function<void(ModuleState&, const Tensor&)> invert = {};  // lets the value be that, if it can
    bool was_parameter = true;
    int hook = 0;  // the number of the hook that makes it
};

/// Lets a parameter or a buffer be computed: it is registered no more, and its members read as the value, which now
/// is `value`. Error if it is there already.
void compute_before_forward(const AnyModule& module, const std::string& name, Computed how, const Tensor& value);
/// The reverse: registers `value` under its name, as the last.
void compute_no_more(const AnyModule& module, const std::string& name, const Tensor& value);
/// How a tensor of this name is computed; none: it is not.
std::shared_ptr<const Computed> computed_by(const ModuleState& module, const std::string& name);
/// Makes it anew.
void compute_now(ModuleState& module, const std::string& name);
/// A parameter or a buffer of that name; undefined if there is none.
Tensor registered(const ModuleState& module, const std::string& name);
/// The same, or one that is computed.
Tensor tensor_named(const ModuleState& module, const std::string& name);
/// Takes it out of the module's lists.
void unregister(ModuleState& module, const std::string& name);

/// What the random stream is. For draw_further: before it was drawn from.
std::vector<std::uint8_t> random_state();
/// Lets `more`, which was just done, be done again where the initial values of the module are drawn again; unless
/// something else was drawn between them and `start`.
void draw_further(ModuleState& module, const std::vector<std::uint8_t>& start, std::function<void()> more);

}  // namespace taper::nn
