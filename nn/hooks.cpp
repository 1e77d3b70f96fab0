#include "hooks.h"

#include "../autograd/inplace.h"
#include "module.h"

namespace taper::nn::detail {

namespace {

// x itself, as a step of its own in the graph.
Tensor passed_on(const Tensor& x) {
    Tensor same = native::view(x, x.shape(), x.stride(), x.storage_offset());
    return autograd::as_view_of(x,
        autograd::record(
            "BackwardHookFunctionBackward", same, autograd::wrt(x, [](const Tensor& grad) { return grad; })));
}

using Change = std::function<TensorList(const TensorList& grads)>;

// Passes the tensors on. In backward `change` gets the gradients of all of them together, and what it returns flows on:
// the second step of each tensor is newer than the first of any, so all gradients are in before one goes further down.
void watch(TensorList& tensors, Change change) {
    struct Pass {
        TensorList grads, changed;
        bool complete = false;
    };
    auto pass = std::make_shared<Pass>();
    const std::size_t n = tensors.size();
    pass->grads.resize(n);
    auto each_watched = [&](auto f) {
        for (std::size_t i = 0; i < n; ++i)
            if (autograd::needs_gradient(tensors[i])) f(tensors[i] = passed_on(tensors[i]), i);
    };
    each_watched([&](const Tensor& x, std::size_t i) {
        x.register_hook([pass, change, i](const Tensor&) {
            if (!pass->complete) pass->changed = change(pass->grads), pass->complete = true;
            return pass->changed.at(i);
        });
    });
    each_watched([&](const Tensor& x, std::size_t i) {
        x.register_hook([pass, n, i](const Tensor& grad) {
            if (pass->complete) *pass = {.grads = TensorList(n), .changed = {}};  // another backward
            pass->grads[i] = grad;
        });
    });
}

}  // namespace

struct HookedCall::Backward {
    AnyModule module;
    std::map<int, ModuleHooks::Backward> hooks;
    TensorList grad_outputs;
    std::size_t inputs = 0;
    bool reaches_inputs = false;

    TensorList run(TensorList grad_inputs) {
        for (auto& [number, hook] : hooks) {
            TensorList changed = hook(module, grad_inputs, grad_outputs);
            if (changed.empty()) continue;
            check(changed.size() == grad_inputs.size(),
                "register_full_backward_hook: Backward hook returned an invalid number of grad_input, got {}, but "
                "expected {}",
                changed.size(), grad_inputs.size());
            grad_inputs = changed;
        }
        return grad_inputs;
    }
};

const Tensor& only(const TensorList& list) {
    check(list.size() == 1, "module hook: there are {} tensors here: take them as a TensorList", list.size());
    return list[0];
}

HookedCall::HookedCall(const ModuleBase& module, const ModuleHooks& hooks)
    : module_(std::make_unique<AnyModule>(hooks.wrap(module))), hooks_(hooks) {}
HookedCall::~HookedCall() = default;

void HookedCall::enter(TensorList& inputs) {
    for (auto& [number, hook] : hooks_.before) {
        TensorList changed = hook(*module_, inputs);
        if (changed.empty()) continue;
        check(changed.size() == inputs.size(), "register_forward_pre_hook: the hook returned {} inputs for {}",
            changed.size(), inputs.size());
        inputs = changed;
    }
    inputs_ = inputs;
    if (hooks_.backward.empty() || !is_grad_enabled()) return;
    backward_ = std::make_shared<Backward>(Backward{*module_, hooks_.backward, {}, inputs.size()});
    for (const Tensor& x : inputs) backward_->reaches_inputs |= autograd::needs_gradient(x);
    watch(inputs, [backward = backward_](const TensorList& grads) { return backward->run(grads); });
}

void HookedCall::leave(TensorList& outputs) {
    for (auto& [number, hook] : hooks_.after) {
        TensorList changed = hook(*module_, inputs_, outputs);
        if (changed.empty()) continue;
        check(changed.size() == outputs.size(), "register_forward_hook: the hook returned {} outputs for {}",
            changed.size(), outputs.size());
        outputs = changed;
    }
    if (!backward_) return;
    watch(outputs, [backward = backward_](const TensorList& grads) {
        backward->grad_outputs = grads;
        if (!backward->reaches_inputs) backward->run(TensorList(backward->inputs));
        return grads;
    });
}

}  // namespace taper::nn::detail
