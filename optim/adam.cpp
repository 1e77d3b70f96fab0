// Adam and its kin.
#include "../tensor/reduce.h"
#include "method.h"
#include "optimizers.h"

namespace taper::optim {
namespace {

void check_settings(const char* op, const ParamGroup& group) {
    check(group.lr >= 0, "{}: Invalid learning rate: {}", op, group.lr);
    check(group.eps >= 0, "{}: Invalid epsilon value: {}", op, group.eps);
    check(group.betas.first >= 0 && group.betas.first < 1, "{}: Invalid beta parameter at index 0: {}", op,
        group.betas.first);
    check(group.betas.second >= 0 && group.betas.second < 1, "{}: Invalid beta parameter at index 1: {}", op,
        group.betas.second);
    check(group.weight_decay >= 0, "{}: Invalid weight_decay value: {}", op, group.weight_decay);
}

// The running means of the gradient and of its square.
template <class T> struct Means {
    explicit Means(const ParamGroup& group)
        : beta1(group.betas.first),
          beta2(group.betas.second),
          fresh1(1 - group.betas.first),
          fresh2(1 - group.betas.second) {}
    TAPER_INLINE void update(T grad, T& mean, T& square) const {
        mean = std::fma(grad, fresh1, mean * beta1);
        square = std::fma(fresh2 * grad, grad, square * beta2);
    }
    T beta1, beta2, fresh1, fresh2;
};

// By how much a running mean that began at zero falls short.
double correction(double beta, double step) { return 1 - std::pow(beta, step); }

// Division by one number of many: a product and two fma give the same bits in less time (Markstein 1990).
template <class T> struct Divisor {
    explicit Divisor(T divisor) : divisor(divisor), inverse(1 / divisor) {}
    TAPER_INLINE T divide(T x) const {
        T quotient = x * inverse;
        T exact = std::fma(std::fma(-quotient, divisor, x), inverse, quotient);
        return quotient <= std::numeric_limits<T>::max() ? exact : quotient;
    }
    T divisor, inverse;
};

// One step of Adam on weights that are first multiplied by `shrink`; `weight_decay` acts by way of the gradient.
void adam_step(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group, double weight_decay,
    double shrink) {
    visit<Floats>(param.dtype(), [&](auto zero) {
        using T = decltype(zero);
        const Slope<T> slope(group.maximize, weight_decay);
        const Means<T> means(group);
        const T keep = shrink, eps = group.eps, down = -(group.lr / correction(group.betas.first, state.step));
        const Divisor<T> root(std::sqrt(correction(group.betas.second, state.step)));
        auto moved = [=](T w, T mean, T square) {
            return w * keep + down * mean / (root.divide(std::sqrt(square)) + eps);
        };
        const Tensor &mean = Method::recall(state, 0), &square = Method::recall(state, 1);
        if (!group.amsgrad)
            return for_each_weight<T>(
                [=](T& w, T g, T& m, T& v) {
                    means.update(slope(g, w), m, v);
                    w = moved(w, m, v);
                },
                param, grad, mean, square);
        for_each_weight<T>(
            [=](T& w, T g, T& m, T& v, T& most) {
                means.update(slope(g, w), m, v);
                most = combine::larger(most, v);
                w = moved(w, m, most);
            },
            param, grad, mean, square, Method::recall(state, 2));
    });
}

}  // namespace

struct AdamMethod final : MethodOf<AdamMethod, AdamOptions> {
    explicit AdamMethod(const AdamOptions& options)
        : MethodOf(options, {"Adam", Counter::tensor, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override { check_settings(op, group); }
    bool needs(std::size_t number, const ParamGroup& group) const override { return number < 2 || group.amsgrad; }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(betas), TAPER_ROW(eps), TAPER_ROW(weight_decay), TAPER_ROW(amsgrad),
            TAPER_ROW(maximize), TAPER_ROW(foreach), TAPER_ROW(capturable), TAPER_ROW(differentiable),
            TAPER_ROW(fused));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        adam_step(param, grad, state, group, group.weight_decay, 1);
    }
};

struct AdamWMethod final : MethodOf<AdamWMethod, AdamWOptions> {
    explicit AdamWMethod(const AdamWOptions& options)
        : MethodOf(options, {"AdamW", Counter::tensor, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override { check_settings(op, group); }
    bool needs(std::size_t number, const ParamGroup& group) const override { return number < 2 || group.amsgrad; }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(betas), TAPER_ROW(eps), TAPER_ROW(weight_decay), TAPER_ROW(amsgrad),
            TAPER_ROW(maximize), TAPER_ROW(foreach), TAPER_ROW(capturable));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        adam_step(param, grad, state, group, 0, 1 - group.lr * group.weight_decay);
    }
};

struct NAdamMethod final : MethodOf<NAdamMethod, NAdamOptions> {
    explicit NAdamMethod(const NAdamOptions& options)
        : MethodOf(options, {"NAdam", Counter::tensor, {"exp_avg", "exp_avg_sq"}, {"mu_product"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        check_settings(op, group);
        check(group.momentum_decay >= 0, "{}: Invalid momentum_decay value: {}", op, group.momentum_decay);
    }
    void validate_number(const char*, float product) const override {
        check(product >= 0 && product <= 1, "load_state_dict: {} is no product of momenta", product);
    }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(betas), TAPER_ROW(eps), TAPER_ROW(weight_decay),
            TAPER_ROW(momentum_decay), TAPER_ROW(foreach));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        auto momentum = [&](double step) {
            return group.betas.first * (1 - 0.5 * std::pow(0.96, step * group.momentum_decay));
        };
        const double now = momentum(state.step), next = momentum(state.step + 1);
        const float product = state.numbers[0] *= static_cast<float>(now);
        const float product_next = product * static_cast<float>(now) * static_cast<float>(next);
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            const Means<T> means(group);
            const double shortfall = correction(group.betas.second, state.step);
            auto step = [&](auto root_of, double product_next) {
                const T eps = group.eps, by_grad = -group.lr * (1 - now) / (1. - product),
                        by_mean = -group.lr * next / (1. - product_next);
                for_each_weight<T>(
                    [=](T& w, T g, T& m, T& v) {
                        g = slope(g, w);
                        means.update(g, m, v);
                        const T scale = root_of(v) + eps;
                        w = w + by_grad * g / scale + by_mean * m / scale;
                    },
                    param, grad, recall(state, 0), recall(state, 1));
            };
            const T inside = shortfall, outside = std::sqrt(shortfall);
            if (group.foreach == true)  // PyTorch's two formulas differ
                step([=](T v) { return std::sqrt(v) / outside; }, product * next);
            else
                step([=](T v) { return std::sqrt(v / inside); }, product_next);
        });
    }
};

struct RAdamMethod final : MethodOf<RAdamMethod, RAdamOptions> {
    explicit RAdamMethod(const RAdamOptions& options)
        : MethodOf(options, {"RAdam", Counter::tensor, {"exp_avg", "exp_avg_sq"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override { check_settings(op, group); }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(betas), TAPER_ROW(eps), TAPER_ROW(weight_decay), TAPER_ROW(foreach));
    }

    // Of how many gradients the running mean of squares consists, now and in the end; past 5 its variance is known.
    struct Length {
        Length(double beta, double step)
            : last(2 / (1 - beta) - 1), now(last - 2 * step * std::pow(beta, step) / correction(beta, step)) {}
        double rectification() const {
            return std::sqrt((now - 4) * (now - 2) * last / ((last - 4) * (last - 2) * now));
        }
        double last, now;
    };

    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            const Means<T> means(group);
            const Length length(group.betas.second, state.step);
            const T lr = group.lr, shortfall = correction(group.betas.first, state.step);
            const Tensor &mean = recall(state, 0), &square = recall(state, 1);
            const bool is_known = length.now > 5;
            if (group.foreach == true) {  // another formula, in which nothing over nothing is no number
                const double shortfall = correction(group.betas.first, state.step),
                             rectification = is_known ? length.rectification() : 0;
                const T root = std::sqrt(correction(group.betas.second, state.step)),
                        by_root = -(group.lr * rectification / shortfall),
                        plain = -(group.lr * (is_known ? 0 : 1) / shortfall);
                return for_each_weight<T>(
                    [=](T& w, T g, T& m, T& v) {
                        means.update(slope(g, w), m, v);
                        w = w + by_root * m / (std::sqrt(v) / root) + plain * m;
                    },
                    param, grad, mean, square);
            }
            if (!is_known)
                return for_each_weight<T>(
                    [=](T& w, T g, T& m, T& v) {
                        means.update(slope(g, w), m, v);
                        w = w - m / shortfall * lr;
                    },
                    param, grad, mean, square);
            const T eps = group.eps, root = std::sqrt(correction(group.betas.second, state.step)),
                    rectification = length.rectification();
            for_each_weight<T>(
                [=](T& w, T g, T& m, T& v) {
                    means.update(slope(g, w), m, v);
                    w = w - m / shortfall * lr * (1 / (std::sqrt(v) + eps) * root) * rectification;
                },
                param, grad, mean, square);
        });
    }
};

struct AdamaxMethod final : MethodOf<AdamaxMethod, AdamaxOptions> {
    explicit AdamaxMethod(const AdamaxOptions& options)
        : MethodOf(options, {"Adamax", Counter::tensor, {"exp_avg", "exp_inf"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override { check_settings(op, group); }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(betas), TAPER_ROW(eps), TAPER_ROW(weight_decay), TAPER_ROW(maximize),
            TAPER_ROW(foreach));
    }
    void update(const Tensor& param, const Tensor& grad, ParamState& state, const ParamGroup& group) const override {
        visit<Floats>(param.dtype(), [&](auto zero) {
            using T = decltype(zero);
            const Slope<T> slope(group);
            const T beta1 = group.betas.first, beta2 = group.betas.second, fresh = 1 - group.betas.first,
                    eps = group.eps, down = -(group.lr / correction(group.betas.first, state.step));
            for_each_weight<T>(
                [=](T& w, T g, T& m, T& most) {
                    g = slope(g, w);
                    m = std::fma(g, fresh, m * beta1);
                    most = combine::larger(most * beta2, std::abs(g) + eps);
                    w = w + down * m / most;
                },
                param, grad, recall(state, 0), recall(state, 1));
        });
    }
};

struct SparseAdamMethod final : MethodOf<SparseAdamMethod, SparseAdamOptions> {
    explicit SparseAdamMethod(const SparseAdamOptions& options)
        : MethodOf(options, {"SparseAdam", Counter::whole, {"exp_avg", "exp_avg_sq"}}) {
        validate(name, common);
    }
    void validate(const char* op, const ParamGroup& group) const override {
        check(group.lr > 0, "{}: Invalid learning rate: {}", op, group.lr);
        check(group.eps > 0, "{}: Invalid epsilon value: {}", op, group.eps);
        check_settings(op, group);
    }
    static constexpr auto table() {
        return std::tuple(TAPER_ROW(lr), TAPER_ROW(betas), TAPER_ROW(eps), TAPER_ROW(maximize));
    }
    Tensor step(const Closure& closure) override {
        const Tensor loss = loss_of(closure);
        for (const ParamGroup& group : groups)
            for (const Tensor& param : group.params)
                check(!param.impl().grad,
                    "SparseAdam: SparseAdam does not support dense gradients, please consider Adam instead");
        return loss;
    }
    void update(const Tensor&, const Tensor&, ParamState&, const ParamGroup&) const override {}
};

TAPER_DEFINE_OPTIMIZER(Adam, params, lr, betas, eps, weight_decay, amsgrad)
TAPER_DEFINE_OPTIMIZER(AdamW, params, lr, betas, eps, weight_decay, amsgrad)
TAPER_DEFINE_OPTIMIZER(NAdam, params, lr, betas, eps, weight_decay, momentum_decay, foreach)
TAPER_DEFINE_OPTIMIZER(RAdam, params, lr, betas, eps, weight_decay, foreach)
TAPER_DEFINE_OPTIMIZER(Adamax, params, lr, betas, eps, weight_decay, foreach)
TAPER_DEFINE_OPTIMIZER(SparseAdam, params, lr, betas, eps, maximize)

}  // namespace taper::optim
