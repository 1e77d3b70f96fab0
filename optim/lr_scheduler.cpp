#include "lr_scheduler.h"

#include <algorithm>

#include "schedule.h"

namespace taper::optim::lr_scheduler {
namespace {

// ---- factors of the user's own

struct LambdaSchedule : Schedule {
    explicit LambdaSchedule(const LambdaLROptions& o) : Schedule(o), factors(*o.lr_lambda) {
        if (factors.size() == 1) factors.resize(groups().size(), factors.front());
        check(factors.size() == groups().size(), "LambdaLR: Expected {} lr_lambdas, but got {}", groups().size(),
            factors.size());
        for (const auto& factor : factors) check(static_cast<bool>(factor), "LambdaLR: lr_lambda is an empty function");
    }
    Dict state_dict() override {
        Dict dict = Schedule::state_dict();
        dict["lr_lambdas"] = Value::List(factors.size());
        return dict;
    }
    double next(ParamGroup& group, std::size_t i) override {
        return i < factors.size() ? base_lrs[i] * factors[i](last_epoch) : group.lr;
    }
    Factors factors;
};

struct MultiplicativeSchedule final : LambdaSchedule {
    using LambdaSchedule::LambdaSchedule;
    double next(ParamGroup& group, std::size_t i) override {
        return last_epoch > 0 && i < factors.size() ? group.lr * factors[i](last_epoch) : group.lr;
    }
};

// ---- by a factor, now and then or at every step

struct StepSchedule final : Schedule {
    explicit StepSchedule(const StepLROptions& o) : Schedule(o), step_size(o.step_size), gamma(o.gamma) {}
    std::vector<NamedSetting> settings() override { return with({{"step_size", &step_size}, {"gamma", &gamma}}); }
    void validate() const override { check(step_size > 0, "StepLR: step_size must be positive, not {}", step_size); }
    double next(ParamGroup& group, std::size_t) override {
        return last_epoch == 0 || last_epoch % step_size != 0 ? group.lr : group.lr * gamma;
    }
    double direct(ParamGroup&, std::size_t i) override { return base_lrs[i] * std::pow(gamma, last_epoch / step_size); }
    int64_t step_size;
    double gamma;
};

struct MultiStepSchedule final : Schedule {
    explicit MultiStepSchedule(const MultiStepLROptions& o) : Schedule(o), milestones(o.milestones), gamma(o.gamma) {}
    std::vector<NamedSetting> settings() override { return with({{"gamma", &gamma}}); }
    std::string_view told_besides() const override { return "milestones"; }
    double next(ParamGroup& group, std::size_t) override {
        auto times = std::count(milestones.begin(), milestones.end(), last_epoch);
        return times == 0 ? group.lr : group.lr * std::pow(gamma, times);
    }
    double direct(ParamGroup&, std::size_t i) override {
        auto passed = std::count_if(milestones.begin(), milestones.end(), [&](int64_t at) { return at <= last_epoch; });
        return base_lrs[i] * std::pow(gamma, passed);
    }
    std::vector<int64_t> milestones;
    double gamma;
};

struct ConstantSchedule final : Schedule {
    explicit ConstantSchedule(const ConstantLROptions& o) : Schedule(o), factor(o.factor), total_iters(o.total_iters) {}
    std::vector<NamedSetting> settings() override { return with({{"factor", &factor}, {"total_iters", &total_iters}}); }
    void validate() const override {
        check(factor >= 0 && factor <= 1,
            "ConstantLR: Constant multiplicative factor expected to be between 0 and 1, not {}", factor);
    }
    double next(ParamGroup& group, std::size_t) override {
        if (last_epoch == 0) return group.lr * factor;
        if (last_epoch != total_iters) return group.lr;
        check(factor != 0, "ConstantLR: float division by zero: a rate of 0 can't be raised by a factor");
        return group.lr * (1 / factor);
    }
    double direct(ParamGroup&, std::size_t i) override {
        return base_lrs[i] * (factor + (last_epoch >= total_iters) * (1 - factor));
    }
    double factor;
    int64_t total_iters;
};

struct LinearSchedule final : Schedule {
    explicit LinearSchedule(const LinearLROptions& o)
        : Schedule(o), start_factor(o.start_factor), end_factor(o.end_factor), total_iters(o.total_iters) {}
    std::vector<NamedSetting> settings() override {
        return with({{"start_factor", &start_factor}, {"end_factor", &end_factor}, {"total_iters", &total_iters}});
    }
    void validate() const override {
        check(start_factor > 0 && start_factor <= 1,
            "LinearLR: Starting multiplicative factor expected to be greater than 0 and less or equal to 1, not {}",
            start_factor);
        check(end_factor >= 0 && end_factor <= 1,
            "LinearLR: Ending multiplicative factor expected to be between 0 and 1, not {}", end_factor);
    }
    double next(ParamGroup& group, std::size_t) override {
        if (last_epoch == 0) return group.lr * start_factor;
        if (last_epoch > total_iters) return group.lr;
        const double rise = end_factor - start_factor;
        return group.lr * (1 + rise / (total_iters * start_factor + (last_epoch - 1) * rise));
    }
    double direct(ParamGroup&, std::size_t i) override {
        const double rise = end_factor - start_factor;
        return base_lrs[i] * (start_factor + rise * std::min(total_iters, last_epoch) / total_iters);
    }
    double start_factor;
    double end_factor;
    int64_t total_iters;
};

struct ExponentialSchedule final : Schedule {
    explicit ExponentialSchedule(const ExponentialLROptions& o) : Schedule(o), gamma(o.gamma) {}
    std::vector<NamedSetting> settings() override { return with({{"gamma", &gamma}}); }
    double next(ParamGroup& group, std::size_t) override { return last_epoch == 0 ? group.lr : group.lr * gamma; }
    double direct(ParamGroup&, std::size_t i) override { return base_lrs[i] * std::pow(gamma, last_epoch); }
    double gamma;
};

struct PolynomialSchedule final : Schedule {
    explicit PolynomialSchedule(const PolynomialLROptions& o)
        : Schedule(o), total_iters(o.total_iters), power(o.power) {}
    std::vector<NamedSetting> settings() override { return with({{"total_iters", &total_iters}, {"power", &power}}); }
    double left(int64_t epoch) const { return 1 - static_cast<double>(epoch) / total_iters; }
    double next(ParamGroup& group, std::size_t) override {
        if (last_epoch == 0 || last_epoch > total_iters) return group.lr;
        return group.lr * std::pow(left(last_epoch) / left(last_epoch - 1), power);
    }
    double direct(ParamGroup&, std::size_t i) override {
        return base_lrs[i] * std::pow(left(std::min(total_iters, last_epoch)), power);
    }
    int64_t total_iters;
    double power;
};

// ---- along a cosine

struct CosineSchedule final : Schedule {
    explicit CosineSchedule(const CosineAnnealingLROptions& o) : Schedule(o), T_max(o.T_max), eta_min(o.eta_min) {}
    std::vector<NamedSetting> settings() override { return with({{"T_max", &T_max}, {"eta_min", &eta_min}}); }
    void validate() const override { check(T_max > 0, "CosineAnnealingLR: T_max must be positive, not {}", T_max); }
    double next(ParamGroup& group, std::size_t i) override {
        const int64_t e = last_epoch, T = T_max;
        const double low = eta_min;
        if (e == 0) return group.lr;
        if (step_count == 1 && e > 0) return low + (base_lrs[i] - low) * (1 + std::cos(e * pi / T)) / 2;
        if ((e - 1 - T) % (2 * T) == 0) return group.lr + (base_lrs[i] - low) * (1 - std::cos(pi / T)) / 2;
        return (1 + std::cos(pi * e / T)) / (1 + std::cos(pi * (e - 1) / T)) * (group.lr - low) + low;
    }
    double direct(ParamGroup&, std::size_t i) override {
        return eta_min + (base_lrs[i] - eta_min) * (1 + std::cos(pi * last_epoch / T_max)) / 2;
    }
    int64_t T_max;
    double eta_min;
};

struct WarmRestartSchedule final : Schedule {
    explicit WarmRestartSchedule(const CosineAnnealingWarmRestartsOptions& o)
        : Schedule(o), T_0(o.T_0), T_mult(o.T_mult), eta_min(o.eta_min), T_cur(last_epoch), T_i(T_0) {}
    std::vector<NamedSetting> settings() override {
        return with({{"T_0", &T_0}, {"T_mult", &T_mult}, {"eta_min", &eta_min}, {"T_i", &T_i}, {"T_cur", &T_cur}});
    }
    void validate() const override {
        check(T_0 > 0, "CosineAnnealingWarmRestarts: Expected positive integer T_0, but got {}", T_0);
        check(T_mult >= 1, "CosineAnnealingWarmRestarts: Expected integer T_mult >= 1, but got {}", T_mult);
        check(T_i > 0, "CosineAnnealingWarmRestarts: Expected positive T_i, but got {}", T_i);
    }
    double next(ParamGroup&, std::size_t i) override {
        return eta_min + (base_lrs[i] - eta_min) * (1 + std::cos(pi * T_cur / T_i)) / 2;
    }
    void step() override {
        if (last_epoch < 0) return step_to(0);
        if (++T_cur >= T_i) {
            T_cur -= T_i;
            T_i *= T_mult;
        }
        set_at(last_epoch + 1);
    }
    void step_to(double epoch) override {
        check(epoch >= 0, "CosineAnnealingWarmRestarts: Expected non-negative epoch, but got {}", epoch);
        check(epoch < 0x1p53, "step: {} is no epoch", epoch);
        const double first = T_0, longer = T_mult;
        if (epoch < T_0) {
            T_cur = epoch;
            T_i = first;
        } else if (T_mult == 1) {
            T_cur = std::fmod(epoch, first);
        } else {
            const double n = std::trunc(std::log(epoch / first * (longer - 1) + 1) / std::log(longer));
            T_cur = epoch - first * (std::pow(longer, n) - 1) / (longer - 1);
            T_i = first * std::pow(longer, n);
        }
        set_at(epoch);
    }
    // Without a word of the order, as PyTorch.
    void set_at(double epoch) {
        last_epoch = static_cast<int64_t>(std::floor(epoch));
        set(&Schedule::next, epoch);
    }
    int64_t T_0, T_mult;
    double eta_min, T_cur, T_i;  // epochs since the last restart, and to the next
};

}  // namespace

TAPER_DEFINE_CONSTRUCTORS(LambdaLR, LambdaLROptions, 2, optimizer, lr_lambda, last_epoch, verbose)
LambdaLR::LambdaLR(Called, const LambdaLROptions& o) : LRScheduler(made<LambdaSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(MultiplicativeLR, LambdaLROptions, 2, optimizer, lr_lambda, last_epoch, verbose)
MultiplicativeLR::MultiplicativeLR(Called, const LambdaLROptions& o) : LRScheduler(made<MultiplicativeSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(StepLR, StepLROptions, 2, optimizer, step_size, gamma, last_epoch, verbose)
StepLR::StepLR(Called, const StepLROptions& o) : LRScheduler(made<StepSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(MultiStepLR, MultiStepLROptions, 2, optimizer, milestones, gamma, last_epoch, verbose)
MultiStepLR::MultiStepLR(Called, const MultiStepLROptions& o) : LRScheduler(made<MultiStepSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(ConstantLR, ConstantLROptions, 1, optimizer, factor, total_iters, last_epoch, verbose)
ConstantLR::ConstantLR(Called, const ConstantLROptions& o) : LRScheduler(made<ConstantSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(
    LinearLR, LinearLROptions, 1, optimizer, start_factor, end_factor, total_iters, last_epoch, verbose)
LinearLR::LinearLR(Called, const LinearLROptions& o) : LRScheduler(made<LinearSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(ExponentialLR, ExponentialLROptions, 2, optimizer, gamma, last_epoch, verbose)
ExponentialLR::ExponentialLR(Called, const ExponentialLROptions& o) : LRScheduler(made<ExponentialSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(PolynomialLR, PolynomialLROptions, 1, optimizer, total_iters, power, last_epoch, verbose)
PolynomialLR::PolynomialLR(Called, const PolynomialLROptions& o) : LRScheduler(made<PolynomialSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(
    CosineAnnealingLR, CosineAnnealingLROptions, 2, optimizer, T_max, eta_min, last_epoch, verbose)
CosineAnnealingLR::CosineAnnealingLR(Called, const CosineAnnealingLROptions& o)
    : LRScheduler(made<CosineSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(CosineAnnealingWarmRestarts, CosineAnnealingWarmRestartsOptions, 2, optimizer, T_0, T_mult,
    eta_min, last_epoch, verbose)
CosineAnnealingWarmRestarts::CosineAnnealingWarmRestarts(Called, const CosineAnnealingWarmRestartsOptions& o)
    : LRScheduler(made<WarmRestartSchedule>(o)) {}

}  // namespace taper::optim::lr_scheduler
