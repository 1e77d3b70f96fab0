#include "optimizer.h"

#include <unordered_set>

#include "../autograd/inplace.h"
#include "method.h"

namespace taper::optim {

void Method::add(ParamGroup group) {
    std::unordered_set<const Body*> taken;
    for (const ParamGroup& other : groups)
        for (const Tensor& param : other.params) taken.insert(&param.body());
    for (const Tensor& param : group.params) {
        check(param.defined(), "{}: optimizer can only optimize Tensors, but one of the params is None", name);
        check(param.is_leaf() || param.retains_grad(),
            "{}: can't optimize a non-leaf Tensor; give it the tensor that this one was computed from", name);
        check(!taken.contains(&param.body()), "{}: some parameters appear in more than one parameter group", name);
    }
    for (const Tensor& param : group.params)
        if (!taken.insert(&param.body()).second) {
            fmt::print(stderr, "{}: optimizer contains a parameter group with duplicate parameters\n", name);
            break;
        }
    groups.push_back(std::move(group));
}

const Tensor& Method::recall(ParamState& state, std::size_t number, double start) {
    Tensor& kept = state.kept[number];
    if (!kept.defined()) {
        kept = values::like(state.param, state.param.shape(), state.param.dtype());
        values::fill(kept, start);
    }
    return kept;
}

const char* Optimizer::name() const { return method_->name; }

std::vector<ParamGroup>& Optimizer::param_groups() const { return method_->groups; }

void Optimizer::zero_grad(const ZeroGradOptions& options) const {
    for (ParamGroup& group : method_->groups)
        for (const Tensor& param : group.params) {
            if (!param.body().grad) continue;
            if (options.set_to_none)
                param.set_grad({});
            else
                values::fill(param.grad().detach_(), 0);
        }
}

void Optimizer::step() const {
    for (const ParamGroup& group : method_->groups)
        for (const Tensor& param : group.params) {
            if (!param.body().grad) continue;
            check(!values::overlaps_itself(param),
                "{}: more than one element of a parameter refers to a single memory location", method_->name);
            ParamState& state = method_->states[&param.body()];
            if (!state.param.defined()) state.param = param;
            ++state.step;
            method_->update(param, param.grad(), state, group);
            param.body().count_write();
        }
}

bool Optimizer::has(std::string_view setting) const {
    ParamGroup group;
    for (const Setting& one : method_->settings(group))
        if (one.name == setting) return true;
    return false;
}

Tensor Optimizer::step(const std::function<Tensor()>& closure) const {
    Tensor loss;
    {
        EnableGradGuard recording;
        loss = closure();
    }
    step();
    return loss;
}

}  // namespace taper::optim
