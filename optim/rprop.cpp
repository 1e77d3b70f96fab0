// Rprop, and ASGD.
#include "method.h"
#include "optimizers.h"

namespace taper::optim {

struct RpropMethod final : MethodOf<RpropMethod, RpropOptions> {
    explicit RpropMethod(const RpropOptions& options)
        : MethodOf(options, {"Rprop", Counter::whole, {"prev", "step_size"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        const auto [shrink, grow] = group.etas;
        check(group.lr >= 0, "{}: Invalid learning rate: {}", op, group.lr);
        check(0 < shrink && shrink < 1 && 1 < grow, "{}: Invalid eta values: {}, {}", op, shrink, grow);
    }
    static constexpr auto table() {
        return std::tuple(
            TAPER_ROW(lr), TAPER_ROW(etas), TAPER_WHOLE_ROW(step_sizes), TAPER_ROW(foreach), TAPER_ROW(maximize));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group.maximize, 0);
            const T shrink = group.etas.first, grow = group.etas.second, least = group.step_sizes.first,
                    most = group.step_sizes.second;
            auto sign = [](T x) { return static_cast<T>((x > 0) - (x < 0)); };
            for_each_weight<T>(
                [=](T& w, T g, T& prev, T& step) {
                    g = slope(g, w);
                    const T agreement = sign(g * prev), factor = agreement > 0 ? grow : agreement < 0 ? shrink : 1;
                    step *= factor;
                    step = step < least ? least : step;
                    step = step > most ? most : step;
                    if (factor == shrink) g = 0;
                    w = w - sign(g) * step;
                    prev = g;
                },
                param, grad, recall(state, 0), recall(state, 1, group.lr));
        });
    }
};

struct ASGDMethod final : MethodOf<ASGDMethod, ASGDOptions> {
    explicit ASGDMethod(const ASGDOptions& options)
        : MethodOf(options, {"ASGD", Counter::tensor, {"ax"}, {"eta", "mu"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        check(group.lr >= 0, "{}: Invalid learning rate: {}", op, group.lr);
        check(group.weight_decay >= 0, "{}: Invalid weight_decay value: {}", op, group.weight_decay);
    }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(lambd), TAPER_ROW(alpha), TAPER_ROW(t0), TAPER_ROW(weight_decay),
            TAPER_ROW(foreach), TAPER_ROW(maximize));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        float &eta = state.numbers[0], &mu = state.numbers[1];
        if (!state.kept[0].defined()) eta = static_cast<float>(group.lr);
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            const T keep = 1 - group.lambd * eta, down = -eta, share = mu;
            for_each_weight<T>(
                [=](T& w, T g, T& mean) {
                    g = slope(g, w);
                    w = std::fma(g, down, w * keep);
                    mean = share == 1 ? w : mean + (w - mean) * share;
                },
                param, grad, recall(state, 0));
        });
        eta = static_cast<float>(group.lr / std::pow(1 + group.lambd * group.lr * state.step, group.alpha));
        mu = static_cast<float>(1 / std::max(1., state.step - group.t0));
    }
};

TAPER_DEFINE_OPTIMIZER(Rprop, params, lr, etas, step_sizes, foreach, maximize)
TAPER_DEFINE_OPTIMIZER(ASGD, params, lr, lambd, alpha, t0, weight_decay, foreach, maximize)

}  // namespace taper::optim
