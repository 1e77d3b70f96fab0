#include "lr_scheduler.h"

#include <algorithm>

#include "schedule.h"

namespace taper::optim::lr_scheduler {

std::vector<double> rates_of(const Optimizer& optimizer) {
    std::vector<double> rates;
    for (const ParamGroup& group : optimizer.param_groups()) rates.push_back(group.lr);
    return rates;
}

Dict Schedule::state_dict() {
    Dict dict = values_of(settings());
    dict["_get_lr_called_within_step"] = false;
    return dict;
}
void Schedule::load_state_dict(const Dict& dict) {
    set_values(settings(), dict, [&] { validate(); });
}

LRScheduler::LRScheduler(std::shared_ptr<Schedule> schedule) : schedule_(std::move(schedule)) { schedule_->begin(); }
void LRScheduler::step() const { schedule_->step(); }
void LRScheduler::step(double epoch) const { schedule_->step_to(epoch); }
std::vector<double> LRScheduler::get_last_lr() const { return schedule_->last_lr; }
int64_t LRScheduler::last_epoch() const { return schedule_->last_epoch; }
const Optimizer& LRScheduler::optimizer() const { return schedule_->optimizer; }
Value LRScheduler::state_dict() const { return schedule_->state_dict(); }
void LRScheduler::load_state_dict(const Value& state_dict) const { schedule_->load_state_dict(state_dict.dict()); }

namespace {

// ---- factors of the user's own

struct LambdaSchedule : ScheduleOf<LambdaLROptions> {
    LambdaSchedule(const Optimizer& optimizer, const LambdaLROptions& options) : ScheduleOf(optimizer, options) {
        Factors& factors = given.lr_lambda;
        if (factors.size() == 1) factors.resize(groups().size(), factors.front());
        check(factors.size() == groups().size(), "LambdaLR: Expected {} lr_lambdas, but got {}", groups().size(),
            factors.size());
        for (const auto& factor : factors) check(static_cast<bool>(factor), "LambdaLR: lr_lambda is an empty function");
    }
    Dict state_dict() override {
        Dict dict = Schedule::state_dict();
        dict["lr_lambdas"] = Value::List(given.lr_lambda.size());
        return dict;
    }
    double next(ParamGroup& group, std::size_t i) override {
        return i < given.lr_lambda.size() ? base_lrs[i] * given.lr_lambda[i](last_epoch) : group.lr;
    }
};

struct MultiplicativeSchedule final : LambdaSchedule {
    using LambdaSchedule::LambdaSchedule;
    double next(ParamGroup& group, std::size_t i) override {
        return last_epoch > 0 && i < given.lr_lambda.size() ? group.lr * given.lr_lambda[i](last_epoch) : group.lr;
    }
};

// ---- by a factor, now and then or at every step

struct StepSchedule final : ScheduleOf<StepLROptions> {
    using ScheduleOf::ScheduleOf;
    std::vector<Setting> settings() override {
        return with({{"step_size", &given.step_size}, {"gamma", &given.gamma}});
    }
    void validate() const override {
        check(given.step_size > 0, "StepLR: step_size must be positive, not {}", given.step_size);
    }
    double next(ParamGroup& group, std::size_t) override {
        return last_epoch == 0 || last_epoch % given.step_size != 0 ? group.lr : group.lr * given.gamma;
    }
    double direct(ParamGroup&, std::size_t i) override {
        return base_lrs[i] * std::pow(given.gamma, last_epoch / given.step_size);
    }
};

struct MultiStepSchedule final : ScheduleOf<MultiStepLROptions> {
    using ScheduleOf::ScheduleOf;
    std::vector<Setting> settings() override { return with({{"gamma", &given.gamma}}); }
    double next(ParamGroup& group, std::size_t) override {
        auto times = std::count(given.milestones.begin(), given.milestones.end(), last_epoch);
        return times == 0 ? group.lr : group.lr * std::pow(given.gamma, times);
    }
    double direct(ParamGroup&, std::size_t i) override {
        auto passed = std::count_if(
            given.milestones.begin(), given.milestones.end(), [&](int64_t at) { return at <= last_epoch; });
        return base_lrs[i] * std::pow(given.gamma, passed);
    }
};

struct ConstantSchedule final : ScheduleOf<ConstantLROptions> {
    using ScheduleOf::ScheduleOf;
    std::vector<Setting> settings() override {
        return with({{"factor", &given.factor}, {"total_iters", &given.total_iters}});
    }
    void validate() const override {
        check(given.factor >= 0 && given.factor <= 1,
            "ConstantLR: Constant multiplicative factor expected to be between 0 and 1, not {}", given.factor);
    }
    double next(ParamGroup& group, std::size_t) override {
        if (last_epoch == 0) return group.lr * given.factor;
        if (last_epoch != given.total_iters) return group.lr;
        check(given.factor != 0, "ConstantLR: float division by zero: a rate of 0 can't be raised by a factor");
        return group.lr * (1 / given.factor);
    }
    double direct(ParamGroup&, std::size_t i) override {
        return base_lrs[i] * (given.factor + (last_epoch >= given.total_iters) * (1 - given.factor));
    }
};

struct LinearSchedule final : ScheduleOf<LinearLROptions> {
    using ScheduleOf::ScheduleOf;
    std::vector<Setting> settings() override {
        return with({{"start_factor", &given.start_factor}, {"end_factor", &given.end_factor},
            {"total_iters", &given.total_iters}});
    }
    void validate() const override {
        check(given.start_factor > 0 && given.start_factor <= 1,
            "LinearLR: Starting multiplicative factor expected to be greater than 0 and less or equal to 1, not {}",
            given.start_factor);
        check(given.end_factor >= 0 && given.end_factor <= 1,
            "LinearLR: Ending multiplicative factor expected to be between 0 and 1, not {}", given.end_factor);
    }
    double next(ParamGroup& group, std::size_t) override {
        if (last_epoch == 0) return group.lr * given.start_factor;
        if (last_epoch > given.total_iters) return group.lr;
        const double rise = given.end_factor - given.start_factor;
        return group.lr * (1 + rise / (given.total_iters * given.start_factor + (last_epoch - 1) * rise));
    }
    double direct(ParamGroup&, std::size_t i) override {
        const double rise = given.end_factor - given.start_factor;
        return base_lrs[i] * (given.start_factor + rise * std::min(given.total_iters, last_epoch) / given.total_iters);
    }
};

struct ExponentialSchedule final : ScheduleOf<ExponentialLROptions> {
    using ScheduleOf::ScheduleOf;
    std::vector<Setting> settings() override { return with({{"gamma", &given.gamma}}); }
    double next(ParamGroup& group, std::size_t) override { return last_epoch == 0 ? group.lr : group.lr * given.gamma; }
    double direct(ParamGroup&, std::size_t i) override { return base_lrs[i] * std::pow(given.gamma, last_epoch); }
};

struct PolynomialSchedule final : ScheduleOf<PolynomialLROptions> {
    using ScheduleOf::ScheduleOf;
    std::vector<Setting> settings() override {
        return with({{"total_iters", &given.total_iters}, {"power", &given.power}});
    }
    double left(int64_t epoch) const { return 1 - static_cast<double>(epoch) / given.total_iters; }
    double next(ParamGroup& group, std::size_t) override {
        if (last_epoch == 0 || last_epoch > given.total_iters) return group.lr;
        return group.lr * std::pow(left(last_epoch) / left(last_epoch - 1), given.power);
    }
    double direct(ParamGroup&, std::size_t i) override {
        return base_lrs[i] * std::pow(left(std::min(given.total_iters, last_epoch)), given.power);
    }
};

// ---- along a cosine

struct CosineSchedule final : ScheduleOf<CosineAnnealingLROptions> {
    using ScheduleOf::ScheduleOf;
    std::vector<Setting> settings() override { return with({{"T_max", &given.T_max}, {"eta_min", &given.eta_min}}); }
    void validate() const override {
        check(given.T_max > 0, "CosineAnnealingLR: T_max must be positive, not {}", given.T_max);
    }
    double next(ParamGroup& group, std::size_t i) override {
        const int64_t e = last_epoch, T = given.T_max;
        const double low = given.eta_min;
        if (e == 0) return group.lr;
        if (step_count == 1 && e > 0) return low + (base_lrs[i] - low) * (1 + std::cos(e * pi / T)) / 2;
        if ((e - 1 - T) % (2 * T) == 0) return group.lr + (base_lrs[i] - low) * (1 - std::cos(pi / T)) / 2;
        return (1 + std::cos(pi * e / T)) / (1 + std::cos(pi * (e - 1) / T)) * (group.lr - low) + low;
    }
    double direct(ParamGroup&, std::size_t i) override {
        return given.eta_min + (base_lrs[i] - given.eta_min) * (1 + std::cos(pi * last_epoch / given.T_max)) / 2;
    }
};

struct WarmRestartSchedule final : ScheduleOf<CosineAnnealingWarmRestartsOptions> {
    WarmRestartSchedule(const Optimizer& optimizer, const CosineAnnealingWarmRestartsOptions& options)
        : ScheduleOf(optimizer, options), T_cur(options.last_epoch), T_i(options.T_0) {}
    std::vector<Setting> settings() override {
        return with({{"T_0", &given.T_0}, {"T_mult", &given.T_mult}, {"eta_min", &given.eta_min}, {"T_i", &T_i},
            {"T_cur", &T_cur}});
    }
    void validate() const override {
        check(given.T_0 > 0, "CosineAnnealingWarmRestarts: Expected positive integer T_0, but got {}", given.T_0);
        check(given.T_mult >= 1, "CosineAnnealingWarmRestarts: Expected integer T_mult >= 1, but got {}", given.T_mult);
    }
    double next(ParamGroup&, std::size_t i) override {
        return given.eta_min + (base_lrs[i] - given.eta_min) * (1 + std::cos(pi * T_cur / T_i)) / 2;
    }
    void step() override {
        if (last_epoch < 0) return step_to(0);
        if (++T_cur >= T_i) {
            T_cur -= T_i;
            T_i *= given.T_mult;
        }
        Schedule::step();
    }
    void step_to(double epoch) override {
        check(epoch >= 0, "CosineAnnealingWarmRestarts: Expected non-negative epoch, but got {}", epoch);
        const double T_0 = given.T_0, T_mult = given.T_mult;
        if (epoch < T_0) {
            T_cur = epoch;
            T_i = T_0;
        } else if (given.T_mult == 1) {
            T_cur = std::fmod(epoch, T_0);
        } else {
            const double n = std::trunc(std::log(epoch / T_0 * (T_mult - 1) + 1) / std::log(T_mult));
            T_cur = epoch - T_0 * (std::pow(T_mult, n) - 1) / (T_mult - 1);
            T_i = T_0 * std::pow(T_mult, n);
        }
        Schedule::step_to(std::floor(epoch));
    }
    double T_cur, T_i;  // epochs since the last restart, and to the next
};

}  // namespace

LambdaLR::LambdaLR(const Optimizer& optimizer, const LambdaLROptions& options)
    : LRScheduler(made<LambdaSchedule>(optimizer, options)) {}
MultiplicativeLR::MultiplicativeLR(const Optimizer& optimizer, const LambdaLROptions& options)
    : LRScheduler(made<MultiplicativeSchedule>(optimizer, options)) {}
StepLR::StepLR(const Optimizer& optimizer, const StepLROptions& options)
    : LRScheduler(made<StepSchedule>(optimizer, options)) {}
StepLR::StepLR(const Optimizer& optimizer, int64_t step_size, double gamma)
    : StepLR(optimizer, {.step_size = step_size, .gamma = gamma}) {}
MultiStepLR::MultiStepLR(const Optimizer& optimizer, const MultiStepLROptions& options)
    : LRScheduler(made<MultiStepSchedule>(optimizer, options)) {}
MultiStepLR::MultiStepLR(const Optimizer& optimizer, const std::vector<int64_t>& milestones, double gamma)
    : MultiStepLR(optimizer, {.milestones = milestones, .gamma = gamma}) {}
ConstantLR::ConstantLR(const Optimizer& optimizer, const ConstantLROptions& options)
    : LRScheduler(made<ConstantSchedule>(optimizer, options)) {}
ConstantLR::ConstantLR(const Optimizer& optimizer, double factor, int64_t total_iters)
    : ConstantLR(optimizer, {.factor = factor, .total_iters = total_iters}) {}
LinearLR::LinearLR(const Optimizer& optimizer, const LinearLROptions& options)
    : LRScheduler(made<LinearSchedule>(optimizer, options)) {}
LinearLR::LinearLR(const Optimizer& optimizer, double start_factor, double end_factor)
    : LinearLR(optimizer, {.start_factor = start_factor, .end_factor = end_factor}) {}
ExponentialLR::ExponentialLR(const Optimizer& optimizer, const ExponentialLROptions& options)
    : LRScheduler(made<ExponentialSchedule>(optimizer, options)) {}
ExponentialLR::ExponentialLR(const Optimizer& optimizer, double gamma, int64_t last_epoch)
    : ExponentialLR(optimizer, {.gamma = gamma, .last_epoch = last_epoch}) {}
PolynomialLR::PolynomialLR(const Optimizer& optimizer, const PolynomialLROptions& options)
    : LRScheduler(made<PolynomialSchedule>(optimizer, options)) {}
PolynomialLR::PolynomialLR(const Optimizer& optimizer, int64_t total_iters, double power)
    : PolynomialLR(optimizer, {.total_iters = total_iters, .power = power}) {}
CosineAnnealingLR::CosineAnnealingLR(const Optimizer& optimizer, const CosineAnnealingLROptions& options)
    : LRScheduler(made<CosineSchedule>(optimizer, options)) {}
CosineAnnealingLR::CosineAnnealingLR(const Optimizer& optimizer, int64_t T_max, double eta_min)
    : CosineAnnealingLR(optimizer, {.T_max = T_max, .eta_min = eta_min}) {}
CosineAnnealingWarmRestarts::CosineAnnealingWarmRestarts(
    const Optimizer& optimizer, const CosineAnnealingWarmRestartsOptions& options)
    : LRScheduler(made<WarmRestartSchedule>(optimizer, options)) {}
CosineAnnealingWarmRestarts::CosineAnnealingWarmRestarts(const Optimizer& optimizer, int64_t T_0, int64_t T_mult)
    : CosineAnnealingWarmRestarts(optimizer, {.T_0 = T_0, .T_mult = T_mult}) {}

}  // namespace taper::optim::lr_scheduler
