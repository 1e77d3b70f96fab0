// RMSprop, Adagrad and Adadelta.
#include "method.h"
#include "optimizers.h"

namespace taper::optim {

struct RMSpropMethod final : MethodOf<RMSpropMethod, RMSpropOptions> {
    explicit RMSpropMethod(const RMSpropOptions& options)
        : MethodOf(options, {"RMSprop", Counter::whole, {"square_avg", "momentum_buffer", "grad_avg"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        check(group.lr >= 0, "{}: Invalid learning rate: {}", op, group.lr);
        check(group.eps >= 0, "{}: Invalid epsilon value: {}", op, group.eps);
        check(group.momentum >= 0, "{}: Invalid momentum value: {}", op, group.momentum);
        check(group.weight_decay >= 0, "{}: Invalid weight_decay value: {}", op, group.weight_decay);
        check(group.alpha >= 0, "{}: Invalid alpha value: {}", op, group.alpha);
    }
    bool needs(std::size_t number, const ParamGroup& group) const override {
        return number == 0 || (number == 1 ? group.momentum > 0 : group.centered);
    }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(momentum), TAPER_ROW(alpha), TAPER_ROW(eps), TAPER_ROW(centered),
            TAPER_ROW(weight_decay), TAPER_ROW(maximize), TAPER_ROW(foreach), TAPER_ROW(differentiable));
    }

    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            const T alpha = group.alpha, fresh = 1 - group.alpha, eps = group.eps, momentum = group.momentum,
                    down = -group.lr;
            auto running_mean = [=](T mean, T value) { return std::fma(value, fresh, mean * alpha); };
            auto running_square = [=](T square, T g) { return std::fma(fresh * g, g, square * alpha); };
            auto deviation = [=](T square, T mean) { return std::sqrt(std::fma(-mean, mean, square)); };
            const Tensor& square = recall(state, 0);
            if (group.momentum > 0 && group.centered)
                return for_each_weight<T>(
                    [=](T& w, T g, T& v, T& sum, T& m) {
                        g = slope(g, w);
                        v = running_square(v, g);
                        m = running_mean(m, g);
                        sum = sum * momentum + g / (deviation(v, m) + eps);
                        w = std::fma(sum, down, w);
                    },
                    param, grad, square, recall(state, 1), recall(state, 2));
            if (group.momentum > 0)
                return for_each_weight<T>(
                    [=](T& w, T g, T& v, T& sum) {
                        g = slope(g, w);
                        v = running_square(v, g);
                        sum = sum * momentum + g / (std::sqrt(v) + eps);
                        w = std::fma(sum, down, w);
                    },
                    param, grad, square, recall(state, 1));
            if (group.centered)
                return for_each_weight<T>(
                    [=](T& w, T g, T& v, T& m) {
                        g = slope(g, w);
                        v = running_square(v, g);
                        m = running_mean(m, g);
                        w = w + down * g / (deviation(v, m) + eps);
                    },
                    param, grad, square, recall(state, 2));
            for_each_weight<T>(
                [=](T& w, T g, T& v) {
                    g = slope(g, w);
                    v = running_square(v, g);
                    w = w + down * g / (std::sqrt(v) + eps);
                },
                param, grad, square);
        });
    }
};

struct AdagradMethod final : MethodOf<AdagradMethod, AdagradOptions> {
    explicit AdagradMethod(const AdagradOptions& options) : MethodOf(options, {"Adagrad", Counter::tensor, {"sum"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        check(group.lr >= 0, "{}: Invalid learning rate: {}", op, group.lr);
        check(group.lr_decay >= 0, "{}: Invalid lr_decay value: {}", op, group.lr_decay);
        check(group.weight_decay >= 0, "{}: Invalid weight_decay value: {}", op, group.weight_decay);
        check(group.initial_accumulator_value >= 0, "{}: Invalid initial_accumulator_value value: {}", op,
            group.initial_accumulator_value);
        check(group.eps >= 0, "{}: Invalid epsilon value: {}", op, group.eps);
    }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(lr_decay), TAPER_ROW(eps), TAPER_ROW(weight_decay),
            TAPER_ROW(initial_accumulator_value), TAPER_ROW(maximize), TAPER_ROW(foreach));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            // With foreach, PyTorch works out the rate in float32.
            const Quantity steps = group.foreach == true ? Quantity(state.step, float32) : Quantity(state.step);
            const T eps = group.eps, down = (Quantity(-group.lr) / (1 + (steps - 1) * group.lr_decay)).item();
            for_each_weight<T>(
                [=](T& w, T g, T& sum) {
                    g = slope(g, w);
                    sum = std::fma(g, g, sum);
                    w = w + down * g / (std::sqrt(sum) + eps);
                },
                param, grad, recall(state, 0, group.initial_accumulator_value));
        });
    }
};

struct AdadeltaMethod final : MethodOf<AdadeltaMethod, AdadeltaOptions> {
    explicit AdadeltaMethod(const AdadeltaOptions& options)
        : MethodOf(options, {"Adadelta", Counter::whole, {"square_avg", "acc_delta"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        check(group.lr >= 0, "{}: Invalid learning rate: {}", op, group.lr);
        check(group.rho >= 0 && group.rho <= 1, "{}: Invalid rho value: {}", op, group.rho);
        check(group.eps >= 0, "{}: Invalid epsilon value: {}", op, group.eps);
        check(group.weight_decay >= 0, "{}: Invalid weight_decay value: {}", op, group.weight_decay);
    }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(rho), TAPER_ROW(eps), TAPER_ROW(weight_decay), TAPER_ROW(maximize),
            TAPER_ROW(foreach));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            const T rho = group.rho, fresh = 1 - group.rho, eps = group.eps, down = -group.lr;
            for_each_weight<T>(
                [=](T& w, T g, T& square, T& steps) {
                    g = slope(g, w);
                    square = std::fma(fresh * g, g, square * rho);
                    const T step = std::sqrt(steps + eps) / std::sqrt(square + eps) * g;
                    steps = std::fma(fresh * step, step, steps * rho);
                    w = std::fma(step, down, w);
                },
                param, grad, recall(state, 0), recall(state, 1));
        });
    }
};

TAPER_DEFINE_OPTIMIZER(
    RMSprop, params, lr, alpha, eps, weight_decay, momentum, centered, foreach, maximize, differentiable)
TAPER_DEFINE_OPTIMIZER(Adagrad, params, lr, lr_decay, weight_decay, initial_accumulator_value, eps, foreach)
TAPER_DEFINE_OPTIMIZER(Adadelta, params, lr, rho, eps, weight_decay, foreach)

}  // namespace taper::optim
