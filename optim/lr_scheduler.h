// Learning rates that change as training goes on, by the chained formulas that PyTorch computes, to the last bit.
#pragma once

#include "optimizer.h"

namespace taper::optim::lr_scheduler {

struct Schedule;

struct SchedulerStepOptions {
    Keywords _ = Keywords();
    Arg<std::optional<double>> epoch = Default(std::nullopt);
};

/// torch.optim.lr_scheduler._LRScheduler: a handle, whose copies share their state. Made, it sets the first learning
/// rates.
class LRScheduler {
 public:
    /// The next learning rate of every group; or goes to that epoch, which may be a fraction for
    /// CosineAnnealingWarmRestarts.
    TAPER_METHOD(void, step, SchedulerStepOptions, 0, epoch)
    std::vector<double> get_last_lr() const;
    /// The formula once more, which is seldom what is meant: PyTorch's warning says so.
    std::vector<double> get_lr() const;
    std::int64_t last_epoch() const;
    const Optimizer& optimizer() const;
    /// Where it stands, under PyTorch's names; functions and milestones are not part of it.
    Value state_dict() const;
    /// Error, and nothing changed, if it is no state of such a scheduler.
    TAPER_METHOD(void, load_state_dict, LoadOptions, 1, state_dict)

 protected:
    explicit LRScheduler(std::shared_ptr<Schedule> schedule);
    std::shared_ptr<Schedule> schedule_;

 private:
    friend struct Schedule;
    void step_to(std::optional<double> epoch) const;
    void load(const Value& state_dict) const;
};

struct LambdaLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<Factors> lr_lambda = required;
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.LambdaLR: the initial rate times lr_lambda(epoch).
struct LambdaLR : LRScheduler {
    TAPER_CONSTRUCTORS(LambdaLR, LambdaLROptions, 2, optimizer, lr_lambda, last_epoch, verbose)
    LambdaLR(Called, const LambdaLROptions& o);
};
/// torch.optim.lr_scheduler.MultiplicativeLR: each rate times lr_lambda(epoch) is the next.
struct MultiplicativeLR : LRScheduler {
    TAPER_CONSTRUCTORS(MultiplicativeLR, LambdaLROptions, 2, optimizer, lr_lambda, last_epoch, verbose)
    MultiplicativeLR(Called, const LambdaLROptions& o);
};

struct StepLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<std::int64_t> step_size = required;
    Arg<double> gamma = Default(0.1);
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.StepLR: times gamma every step_size epochs.
struct StepLR : LRScheduler {
    TAPER_CONSTRUCTORS(StepLR, StepLROptions, 2, optimizer, step_size, gamma, last_epoch, verbose)
    StepLR(Called, const StepLROptions& o);
};

struct MultiStepLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    ListArg<std::int64_t> milestones = required;
    Arg<double> gamma = Default(0.1);
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.MultiStepLR: times gamma at every milestone.
struct MultiStepLR : LRScheduler {
    TAPER_CONSTRUCTORS(MultiStepLR, MultiStepLROptions, 2, optimizer, milestones, gamma, last_epoch, verbose)
    MultiStepLR(Called, const MultiStepLROptions& o);
};

struct ConstantLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<double> factor = Default(1. / 3);
    Arg<std::int64_t> total_iters = Default(5), last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.ConstantLR: times `factor` for the first total_iters epochs.
struct ConstantLR : LRScheduler {
    TAPER_CONSTRUCTORS(ConstantLR, ConstantLROptions, 1, optimizer, factor, total_iters, last_epoch, verbose)
    ConstantLR(Called, const ConstantLROptions& o);
};

struct LinearLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<double> start_factor = Default(1. / 3), end_factor = Default(1);
    Arg<std::int64_t> total_iters = Default(5), last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.LinearLR: a factor that goes from start_factor to end_factor within total_iters epochs.
struct LinearLR : LRScheduler {
    TAPER_CONSTRUCTORS(
        LinearLR, LinearLROptions, 1, optimizer, start_factor, end_factor, total_iters, last_epoch, verbose)
    LinearLR(Called, const LinearLROptions& o);
};

struct ExponentialLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<double> gamma = required;
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.ExponentialLR: times gamma every epoch.
struct ExponentialLR : LRScheduler {
    TAPER_CONSTRUCTORS(ExponentialLR, ExponentialLROptions, 2, optimizer, gamma, last_epoch, verbose)
    ExponentialLR(Called, const ExponentialLROptions& o);
};

struct PolynomialLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<std::int64_t> total_iters = Default(5);
    Arg<double> power = Default(1);
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.PolynomialLR: down to zero within total_iters epochs, as (1 - epoch / total_iters)^power.
struct PolynomialLR : LRScheduler {
    TAPER_CONSTRUCTORS(PolynomialLR, PolynomialLROptions, 1, optimizer, total_iters, power, last_epoch, verbose)
    PolynomialLR(Called, const PolynomialLROptions& o);
};

struct CosineAnnealingLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<std::int64_t> T_max = required;
    Arg<double> eta_min = Default(0);
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.CosineAnnealingLR: half a cosine down to eta_min in T_max epochs, and up again.
struct CosineAnnealingLR : LRScheduler {
    TAPER_CONSTRUCTORS(CosineAnnealingLR, CosineAnnealingLROptions, 2, optimizer, T_max, eta_min, last_epoch, verbose)
    CosineAnnealingLR(Called, const CosineAnnealingLROptions& o);
};

struct CosineAnnealingWarmRestartsOptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<std::int64_t> T_0 = required, T_mult = Default(1);
    Arg<double> eta_min = Default(0);
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.CosineAnnealingWarmRestarts: down to eta_min in T_0 epochs, then from the top again, each
/// time T_mult times as long (Loshchilov and Hutter 2016).
struct CosineAnnealingWarmRestarts : LRScheduler {
    TAPER_CONSTRUCTORS(CosineAnnealingWarmRestarts, CosineAnnealingWarmRestartsOptions, 2, optimizer, T_0, T_mult,
        eta_min, last_epoch, verbose)
    CosineAnnealingWarmRestarts(Called, const CosineAnnealingWarmRestartsOptions& o);
};

struct OneCycleLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<PerGroup> max_lr = required;
    Arg<std::optional<std::int64_t>> total_steps = Default(std::nullopt), epochs = Default(std::nullopt),
                                     steps_per_epoch = Default(std::nullopt);
    Arg<double> pct_start = Default(0.3);
    Arg<std::string> anneal_strategy = Default("cos");  // or "linear"
    Arg<bool> cycle_momentum = Default(true);
    Arg<PerGroup> base_momentum = Default(0.85), max_momentum = Default(0.95);
    Arg<double> div_factor = Default(25), final_div_factor = Default(1e4);
    Arg<bool> three_phase = Default(false);
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.OneCycleLR: up to max_lr, then down to almost nothing, momentum (or the first beta) the
/// other way (Smith and Topin 2017). A step past the last is an Error.
struct OneCycleLR : LRScheduler {
    TAPER_CONSTRUCTORS(OneCycleLR, OneCycleLROptions, 2, optimizer, max_lr, total_steps, epochs, steps_per_epoch,
        pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor,
        three_phase, last_epoch, verbose)
    OneCycleLR(Called, const OneCycleLROptions& o);
};

struct SequentialLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    ListArg<LRScheduler> schedulers = required;
    ListArg<std::int64_t> milestones = required;
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);  // of no effect, in PyTorch too
};
/// torch.optim.lr_scheduler.SequentialLR: one scheduler after the other, each until its milestone.
struct SequentialLR : LRScheduler {
    TAPER_CONSTRUCTORS(SequentialLR, SequentialLROptions, 3, optimizer, schedulers, milestones, last_epoch, verbose)
    SequentialLR(Called, const SequentialLROptions& o);
    void step() const { LRScheduler::step(); }
};

struct ChainedSchedulerOptions {
    Keywords _ = Keywords();
    ListArg<LRScheduler> schedulers = required;
};
/// torch.optim.lr_scheduler.ChainedScheduler: all of them at every step.
struct ChainedScheduler : LRScheduler {
    TAPER_CONSTRUCTORS(ChainedScheduler, ChainedSchedulerOptions, 1, schedulers)
    ChainedScheduler(Called, const ChainedSchedulerOptions& o);
    void step() const { LRScheduler::step(); }
};

struct ReduceLROnPlateauOptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<std::string> mode = Default("min");  // or "max"
    Arg<double> factor = Default(0.1);
    Arg<std::int64_t> patience = Default(10);
    Arg<double> threshold = Default(1e-4);
    Arg<std::string> threshold_mode = Default("rel");  // or "abs"
    Arg<std::int64_t> cooldown = Default(0);
    Arg<PerGroup> min_lr = Default(0);
    Arg<double> eps = Default(1e-8);
    Arg<bool> verbose = Default(false);
};
/// A number, also that of a Tensor.
struct Metric {
    Metric() = default;
    template <Number N> Metric(N value) : value(static_cast<double>(value)) {}
    Metric(const Tensor& metric) : value(metric.item()) {}
    double value = 0;
};
struct PlateauStepOptions {
    Keywords _ = Keywords();
    Arg<Metric> metrics = required;
    Arg<std::optional<std::int64_t>> epoch = Default(std::nullopt);
};
/// torch.optim.lr_scheduler.ReduceLROnPlateau: times `factor` once a metric has not improved for more than `patience`
/// epochs.
class ReduceLROnPlateau {
 public:
    TAPER_CONSTRUCTORS(ReduceLROnPlateau, ReduceLROnPlateauOptions, 1, optimizer, mode, factor, patience, threshold,
        threshold_mode, cooldown, min_lr, eps, verbose)
    ReduceLROnPlateau(Called, const ReduceLROnPlateauOptions& o);

    TAPER_METHOD(void, step, PlateauStepOptions, 1, metrics, epoch)
    std::vector<double> get_last_lr() const;
    std::int64_t last_epoch() const;
    const Optimizer& optimizer() const;
    Value state_dict() const;
    TAPER_METHOD(void, load_state_dict, LoadOptions, 1, state_dict)

 private:
    struct State;
    std::shared_ptr<State> state_;
    void load(const Value& state_dict) const;
};

}  // namespace taper::optim::lr_scheduler
