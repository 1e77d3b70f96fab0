// SGD.
#include "method.h"
#include "optimizers.h"

namespace taper::optim {

struct SGDMethod final : MethodOf<SGDMethod, SGDOptions> {
    explicit SGDMethod(const SGDOptions& options) : MethodOf(options, {"SGD", Counter::absent, {"momentum_buffer"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        check(group.lr >= 0, "{}: Invalid learning rate: {}", op, group.lr);
        check(group.momentum >= 0, "{}: Invalid momentum value: {}", op, group.momentum);
        check(group.weight_decay >= 0, "{}: Invalid weight_decay value: {}", op, group.weight_decay);
        check(!group.nesterov || (group.momentum > 0 && group.dampening == 0),
            "{}: Nesterov momentum requires a momentum and zero dampening", op);
    }
    bool needs(std::size_t, const ParamGroup&) const override { return false; }

    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(momentum), TAPER_ROW(dampening), TAPER_ROW(weight_decay),
            TAPER_ROW(nesterov), TAPER_ROW(maximize), TAPER_ROW(foreach), TAPER_ROW(differentiable));
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

TAPER_DEFINE_OPTIMIZER(SGD, params, lr, momentum, dampening, weight_decay, nesterov)

}  // namespace taper::optim
