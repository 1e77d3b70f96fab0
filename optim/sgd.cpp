// SGD.
#include "method.h"
#include "optimizers.h"

namespace taper::optim {

struct SGDMethod final : MethodOf<SGDMethod, SGDOptions, SGDGroup> {
    explicit SGDMethod(const SGDOptions& options)
        : MethodOf(options, {"SGD", Counter::absent, {"momentum_buffer"}, {"differentiable"}}) {
        check(options.lr >= 0, "SGD: Invalid learning rate: {}", options.lr);
        check(options.momentum >= 0, "SGD: Invalid momentum value: {}", options.momentum);
        check(options.weight_decay >= 0, "SGD: Invalid weight_decay value: {}", options.weight_decay);
        check(!options.nesterov || (options.momentum > 0 && options.dampening == 0),
            "SGD: Nesterov momentum requires a momentum and zero dampening");
    }

    static void settings(auto field, auto&... of) {
        field("lr", of.lr...);
        field("momentum", of.momentum...);
        field("dampening", of.dampening...);
        field("weight_decay", of.weight_decay...);
        field("nesterov", of.nesterov...);
        field("maximize", of.maximize...);
    }

    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            const T down = -group.lr;
            if (group.momentum == 0)
                return for_each_weight<T>([=](T& w, T g) { w = std::fma(slope(g, w), down, w); }, param, grad);
            const bool first = !state.kept[0].defined();
            const T past = first ? 0 : group.momentum, fresh = first ? 1 : 1 - group.dampening,
                    ahead = group.nesterov ? group.momentum : 0;
            for_each_weight<T>(
                [=](T& w, T g, T& sum) {
                    g = slope(g, w);
                    sum = std::fma(g, fresh, sum * past);
                    w = std::fma(ahead != 0 ? std::fma(sum, ahead, g) : sum, down, w);
                },
                param, grad, recall(state, 0, -0.));  // to which even -0 can be added
        });
    }
};

template class OptimizerOf<SGDMethod, SGDOptions, SGDGroup>;

}  // namespace taper::optim
