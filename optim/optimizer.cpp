#include "optimizer.h"

#include <unordered_set>

#include "../autograd/inplace.h"
#include "../tensor/warning.h"
#include "method.h"

namespace taper::optim {

void Method::add(ParamGroup group) {
    std::unordered_set<const TensorImpl*> taken;
    for (const ParamGroup& other : groups)
        for (const Tensor& param : other.params) taken.insert(&param.impl());
    for (const Tensor& param : group.params) {
        check(param.defined(), "{}: optimizer can only optimize Tensors, but one of the params is None", name);
        check(param.is_leaf() || param.retains_grad(),
            "{}: can't optimize a non-leaf Tensor; give it the tensor that this one was computed from", name);
        check(!taken.contains(&param.impl()), "{}: some parameters appear in more than one parameter group", name);
    }
    for (const Tensor& param : group.params)
        if (!taken.insert(&param.impl()).second) {
            warn(
                "{}: optimizer contains a parameter group with duplicate parameters; in future, this will cause an "
                "error; see github.com/pytorch/pytorch/issues/40967 for more information",
                name);
            break;
        }
    for (auto [is_on, setting] : {std::pair(group.capturable, "capturable"),
             std::pair(group.differentiable, "differentiable"), std::pair(group.fused, "fused")})
        check(!is_on, "{}: {}=True is not supported; leave it out", name, setting);
    groups.push_back(std::move(group));
}

const Tensor& Method::recall(ParamState& state, std::size_t number, double start) {
    Tensor& kept = state.kept[number];
    if (!kept.defined()) {
        kept = native::like(state.param, state.param.shape(), state.param.dtype());
        native::fill(kept, start);
    }
    return kept;
}

const char* Optimizer::name() const { return method_->name; }

std::vector<ParamGroup>& Optimizer::param_groups() const { return method_->groups; }

std::int64_t& Optimizer::steps() const { return method_->steps; }

static void zero_grads(const std::vector<ParamGroup>& groups, bool set_to_none) {
    for (const ParamGroup& group : groups)
        for (const Tensor& param : group.params) {
            if (!param.impl().grad) continue;
            if (set_to_none) {
                param.set_grad({});
            } else {
                const Tensor grad = param.grad();
                native::fill(autograd::needs_gradient(grad) ? grad.detach_() : grad, 0);
            }
        }
}

TAPER_DEFINE_METHOD(
    void, Optimizer, zero_grad, ZeroGradOptions, (zero_grads(param_groups(), o.set_to_none)), 0, set_to_none)

// A narrow parameter is updated as a wide one; what is remembered of it is as narrow as it is.
static void update(const Method& method, const Tensor& param, ParamState& state, const ParamGroup& group) {
    if (!is_narrow(param.dtype())) return method.update(param, param.grad(), state, group);
    const DType wide = info_of(param.dtype()).computes_in;
    const auto cast_kept = [&](DType dtype) {
        for (Tensor& kept : state.kept)
            if (kept.defined()) kept = native::cast(kept, dtype);
    };
    const Tensor values = native::cast(param.detach(), wide);
    cast_kept(wide);
    state.param = values;
    method.update(values, native::cast(param.grad().detach(), wide), state, group);
    state.param = param;
    cast_kept(param.dtype());
    native::write(param, values);
}

Tensor Method::loss_of(const Closure& closure) {
    EnableGradGuard recording;
    return closure ? closure() : Tensor();
}

Tensor Method::step(const Closure& closure) {
    const Tensor loss = loss_of(closure);
    for (const ParamGroup& group : groups)
        for (const Tensor& param : group.params) {
            if (!param.impl().grad) continue;
            check(!native::overlaps_itself(param),
                "{}: more than one element of a parameter refers to a single memory location", name);
            ParamState& state = states[&param.impl()];
            if (!state.param.defined()) state.param = param;
            ++state.step;
            optim::update(*this, param, state, group);
            param.impl().count_write();
        }
    return loss;
}

bool Optimizer::has(std::string_view setting) const {
    ParamGroup group;
    for (const NamedSetting& one : method_->settings(group))
        if (one.name == setting) return true;
    return false;
}

void Optimizer::step() const { step_after(none); }
Tensor Optimizer::step_after(const std::optional<std::function<Tensor()>>& closure) const {
    check(!closure || *closure, "step: closure is an empty function");
    ++method_->steps;
    return method_->step(closure.value_or(nullptr));
}
TAPER_DEFINE_METHOD(Tensor, Optimizer, step, OptimizerStepOptions, (step_after(o.closure)), 1, closure)

}  // namespace taper::optim
