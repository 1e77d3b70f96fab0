// Learning rates that change as training goes on, by the chained formulas that PyTorch computes, to the last bit.
#pragma once

#include "optimizer.h"

namespace taper::optim {
struct Setting;
}

namespace taper::optim::lr_scheduler {

struct Schedule;

/// torch.optim.lr_scheduler._LRScheduler: a handle, whose copies share their state. Made, it sets the first learning
/// rates.
class LRScheduler {
 public:
    /// The next learning rate of every group.
    void step() const;
    /// Goes to that epoch, which may be a fraction for CosineAnnealingWarmRestarts.
    void step(double epoch) const;
    std::vector<double> get_last_lr() const;
    std::int64_t last_epoch() const;
    const Optimizer& optimizer() const;
    /// Where it stands, under PyTorch's names; functions and milestones are not part of it.
    Value state_dict() const;
    /// Error, and nothing changed, if it is no state of such a scheduler.
    void load_state_dict(const Value& state_dict) const;

 protected:
    explicit LRScheduler(std::shared_ptr<Schedule> schedule);
    std::shared_ptr<Schedule> schedule_;
    friend struct Schedule;
};

/// One number for all groups, or one for each.
struct PerGroup : std::vector<double> {
    template <Number N> PerGroup(N value) : vector{static_cast<double>(value)} {}
    PerGroup(std::initializer_list<double> values) : vector(values) {}
    PerGroup(std::vector<double> values) : vector(std::move(values)) {}
};

/// A function from the epoch to a factor, or one for each group.
struct Factors : std::vector<std::function<double(std::int64_t)>> {
    Factors() = default;
    template <class F>
        requires std::is_invocable_r_v<double, F, std::int64_t>
    Factors(F function) : vector{value_type(function)} {}
    Factors(std::initializer_list<value_type> functions) : vector(functions) {}
    Factors(std::vector<value_type> functions) : vector(std::move(functions)) {}
};

struct LambdaLROptions {
    Factors lr_lambda = {};
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.LambdaLR: the initial rate times lr_lambda(epoch).
struct LambdaLR : LRScheduler {
    LambdaLR(const Optimizer& optimizer, const LambdaLROptions& options);
    template <int = 0>  // a tie goes to the options
    LambdaLR(const Optimizer& optimizer, const Factors& lr_lambda, std::int64_t last_epoch = -1)
        : LambdaLR(optimizer, LambdaLROptions{lr_lambda, last_epoch}) {}
};
/// torch.optim.lr_scheduler.MultiplicativeLR: each rate times lr_lambda(epoch) is the next.
struct MultiplicativeLR : LRScheduler {
    MultiplicativeLR(const Optimizer& optimizer, const LambdaLROptions& options);
    template <int = 0>  // a tie goes to the options
    MultiplicativeLR(const Optimizer& optimizer, const Factors& lr_lambda, std::int64_t last_epoch = -1)
        : MultiplicativeLR(optimizer, LambdaLROptions{lr_lambda, last_epoch}) {}
};

struct StepLROptions {
    std::int64_t step_size = 0;
    double gamma = 0.1;
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.StepLR: times gamma every step_size epochs.
struct StepLR : LRScheduler {
    StepLR(const Optimizer& optimizer, const StepLROptions& options);
    StepLR(const Optimizer& optimizer, std::int64_t step_size, double gamma = 0.1);
};

struct MultiStepLROptions {
    std::vector<std::int64_t> milestones = {};
    double gamma = 0.1;
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.MultiStepLR: times gamma at every milestone.
struct MultiStepLR : LRScheduler {
    MultiStepLR(const Optimizer& optimizer, const MultiStepLROptions& options);
    MultiStepLR(const Optimizer& optimizer, const std::vector<std::int64_t>& milestones, double gamma = 0.1);
};

struct ConstantLROptions {
    double factor = 1. / 3;
    std::int64_t total_iters = 5, last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.ConstantLR: times `factor` for the first total_iters epochs.
struct ConstantLR : LRScheduler {
    explicit ConstantLR(const Optimizer& optimizer, const ConstantLROptions& options = {});
    ConstantLR(const Optimizer& optimizer, double factor, std::int64_t total_iters = 5);
};

struct LinearLROptions {
    double start_factor = 1. / 3, end_factor = 1;
    std::int64_t total_iters = 5, last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.LinearLR: a factor that goes from start_factor to end_factor within total_iters epochs.
struct LinearLR : LRScheduler {
    explicit LinearLR(const Optimizer& optimizer, const LinearLROptions& options = {});
    LinearLR(const Optimizer& optimizer, double start_factor, double end_factor = 1);
};

struct ExponentialLROptions {
    double gamma = 1;
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.ExponentialLR: times gamma every epoch.
struct ExponentialLR : LRScheduler {
    ExponentialLR(const Optimizer& optimizer, const ExponentialLROptions& options);
    ExponentialLR(const Optimizer& optimizer, double gamma, std::int64_t last_epoch = -1);
};

struct PolynomialLROptions {
    std::int64_t total_iters = 5;
    double power = 1;
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.PolynomialLR: down to zero within total_iters epochs, as (1 - epoch / total_iters)^power.
struct PolynomialLR : LRScheduler {
    explicit PolynomialLR(const Optimizer& optimizer, const PolynomialLROptions& options = {});
    PolynomialLR(const Optimizer& optimizer, std::int64_t total_iters, double power = 1);
};

struct CosineAnnealingLROptions {
    std::int64_t T_max = 0;
    double eta_min = 0;
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.CosineAnnealingLR: half a cosine down to eta_min in T_max epochs, and up again.
struct CosineAnnealingLR : LRScheduler {
    CosineAnnealingLR(const Optimizer& optimizer, const CosineAnnealingLROptions& options);
    CosineAnnealingLR(const Optimizer& optimizer, std::int64_t T_max, double eta_min = 0);
};

struct CosineAnnealingWarmRestartsOptions {
    std::int64_t T_0 = 0, T_mult = 1;
    double eta_min = 0;
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.CosineAnnealingWarmRestarts: down to eta_min in T_0 epochs, then from the top again, each
/// time T_mult times as long (Loshchilov and Hutter 2016).
struct CosineAnnealingWarmRestarts : LRScheduler {
    CosineAnnealingWarmRestarts(const Optimizer& optimizer, const CosineAnnealingWarmRestartsOptions& options);
    CosineAnnealingWarmRestarts(const Optimizer& optimizer, std::int64_t T_0, std::int64_t T_mult = 1);
};

struct OneCycleLROptions {
    PerGroup max_lr = 0;
    std::optional<std::int64_t> total_steps = {}, epochs = {}, steps_per_epoch = {};
    double pct_start = 0.3;
    std::string anneal_strategy = "cos";  // or "linear"
    bool cycle_momentum = true;
    PerGroup base_momentum = 0.85, max_momentum = 0.95;
    double div_factor = 25, final_div_factor = 1e4;
    bool three_phase = false;
    std::int64_t last_epoch = -1;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.OneCycleLR: up to max_lr, then down to almost nothing, momentum (or the first beta) the
/// other way (Smith and Topin 2017). A step past the last is an Error.
struct OneCycleLR : LRScheduler {
    OneCycleLR(const Optimizer& optimizer, const OneCycleLROptions& options);
    OneCycleLR(const Optimizer& optimizer, double max_lr, std::int64_t total_steps);
};

struct SequentialLROptions {
    std::vector<LRScheduler> schedulers = {};
    std::vector<std::int64_t> milestones = {};
};
/// torch.optim.lr_scheduler.SequentialLR: one scheduler after the other, each until its milestone.
struct SequentialLR : LRScheduler {
    SequentialLR(const Optimizer& optimizer, const SequentialLROptions& options);
    SequentialLR(const Optimizer& optimizer, const std::vector<LRScheduler>& schedulers,
        const std::vector<std::int64_t>& milestones)
        : SequentialLR(optimizer, SequentialLROptions{schedulers, milestones}) {}
};

/// torch.optim.lr_scheduler.ChainedScheduler: all of them at every step.
struct ChainedScheduler : LRScheduler {
    explicit ChainedScheduler(const std::vector<LRScheduler>& schedulers);
};

struct ReduceLROnPlateauOptions {
    std::string mode = "min";  // or "max"
    double factor = 0.1;
    std::int64_t patience = 10;
    double threshold = 1e-4;
    std::string threshold_mode = "rel";  // or "abs"
    std::int64_t cooldown = 0;
    PerGroup min_lr = 0;
    double eps = 1e-8;
    bool verbose = false;
};
/// torch.optim.lr_scheduler.ReduceLROnPlateau: times `factor` once a metric has not improved for more than `patience`
/// epochs.
class ReduceLROnPlateau {
 public:
    explicit ReduceLROnPlateau(const Optimizer& optimizer, const ReduceLROnPlateauOptions& options = {});
    ReduceLROnPlateau(const Optimizer& optimizer, const char* mode, double factor = 0.1);

    void step(double metric) const;
    void step(const Tensor& metric) const { step(metric.item()); }
    std::vector<double> get_last_lr() const { return state_->last_lr; }
    std::int64_t last_epoch() const { return state_->last_epoch; }
    const Optimizer& optimizer() const { return state_->optimizer; }
    Value state_dict() const;
    void load_state_dict(const Value& state_dict) const;

 private:
    struct State {
        Optimizer optimizer;
        ReduceLROnPlateauOptions options;
        double best;
        std::vector<double> last_lr = {};
        std::int64_t num_bad_epochs = 0, cooldown_counter = 0, last_epoch = 0;

        void validate() const;
        std::vector<Setting> settings();
        bool improves(double metric) const;
        void reduce();
        void note_rates();
    };
    std::shared_ptr<State> state_;
};

}  // namespace taper::optim::lr_scheduler
