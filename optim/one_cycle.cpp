// OneCycleLR.
#include "schedule.h"

namespace taper::optim::lr_scheduler {
namespace {

struct OneCycleSchedule final : Schedule {
    explicit OneCycleSchedule(const OneCycleLROptions& o)
        : Schedule((prepare(o), o)),
          total_steps(*o.total_steps ? **o.total_steps : **o.epochs * **o.steps_per_epoch),
          is_linear(*o.anneal_strategy == "linear"),
          cycle_momentum(o.cycle_momentum) {
        const double warm = o.pct_start * total_steps;
        phases.push_back({warm - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum"});
        if (o.three_phase) phases.push_back({2 * warm - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"});
        phases.push_back({total_steps - 1., o.three_phase ? "initial_lr" : "max_lr", "min_lr",
            o.three_phase ? "max_momentum" : "base_momentum", "max_momentum"});
    }

    std::string_view told_besides() const override { return "total_steps"; }
    double next(ParamGroup& group, std::size_t) override {
        check(last_epoch <= total_steps,
            "OneCycleLR: Tried to step {} times. The specified number of total steps is {}", last_epoch + 1,
            total_steps);
        double start = 0;
        std::size_t at = 0;
        while (at + 1 < phases.size() && last_epoch > phases[at].end) start = phases[at++].end;
        const Phase& phase = phases[at];
        check(phase.end != start, "OneCycleLR: float division by zero: a phase of the cycle has no steps");
        const double part = (last_epoch - start) / (phase.end - start);
        if (cycle_momentum)
            momentum_of(group) =
                between(group.scheduled[phase.from_momentum], group.scheduled[phase.to_momentum], part);
        return between(group.scheduled[phase.from], group.scheduled[phase.to], part);
    }

 private:
    struct Phase {
        double end;  // the last step, and the names of the group's numbers that it goes between
        const char *from, *to, *from_momentum, *to_momentum;
    };
    std::vector<Phase> phases;

    int64_t total_steps;
    bool is_linear, cycle_momentum;

    double between(double from, double to, double part) const {
        if (is_linear) return (to - from) * part + from;
        return to + (from - to) / 2 * (std::cos(pi * part) + 1);
    }
    double& momentum_of(ParamGroup& group) const { return optimizer.has("betas") ? group.betas.first : group.momentum; }
    static double of(const char* name, const PerGroup& numbers, std::size_t i, std::size_t groups) {
        check(numbers.fits(groups), "OneCycleLR: expected {} values for {}, got {}", groups, name, numbers.size());
        return numbers[i];
    }

    // Checks the options, and notes in each group what its rate and momentum go between.
    static void prepare(const OneCycleLROptions& o) {
        const Optimizer& optimizer = o.optimizer;
        check(*o.total_steps || (*o.epochs && *o.steps_per_epoch),
            "OneCycleLR: You must define either total_steps OR (epochs AND steps_per_epoch)");
        for (auto [name, value] : {std::pair("total_steps", *o.total_steps), std::pair("epochs", *o.epochs),
                 std::pair("steps_per_epoch", *o.steps_per_epoch)}) {
            check(
                value.value_or(1) > 0, "OneCycleLR: Expected positive integer {}, but got {}", name, value.value_or(1));
            if (*o.total_steps) break;  // the others are not looked at
        }
        check(o.pct_start >= 0 && o.pct_start <= 1, "OneCycleLR: Expected float between 0 and 1 pct_start, but got {}",
            *o.pct_start);
        check(*o.anneal_strategy == "cos" || *o.anneal_strategy == "linear",
            "OneCycleLR: anneal_strategy must by one of 'cos' or 'linear', instead got {}", *o.anneal_strategy);
        check(!o.cycle_momentum || optimizer.has("momentum") || optimizer.has("betas"),
            "OneCycleLR: optimizer must support momentum with `cycle_momentum` option enabled");
        std::vector<ParamGroup>& groups = optimizer.param_groups();
        if (o.last_epoch != -1) {
            for (const ParamGroup& group : groups)
                check(group.scheduled.contains("max_lr") && group.scheduled.contains("min_lr"),
                    "OneCycleLR: KeyError: 'max_lr': it is not in the param_groups when resuming an optimizer");
            return;
        }
        for (std::size_t i = 0; i < groups.size(); ++i) {
            auto& noted = groups[i].scheduled;
            const double max_lr = of("max_lr", o.max_lr, i, groups.size());
            noted["initial_lr"] = max_lr / o.div_factor;
            noted["max_lr"] = max_lr;
            noted["min_lr"] = noted["initial_lr"] / o.final_div_factor;
            if (!o.cycle_momentum) continue;
            noted["max_momentum"] = of("max_momentum", o.max_momentum, i, groups.size());
            noted["base_momentum"] = of("base_momentum", o.base_momentum, i, groups.size());
        }
    }
};

}  // namespace

TAPER_DEFINE_CONSTRUCTORS(OneCycleLR, OneCycleLROptions, 2, optimizer, max_lr, total_steps, epochs, steps_per_epoch,
    pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor, three_phase,
    last_epoch, verbose)
OneCycleLR::OneCycleLR(Called, const OneCycleLROptions& o) : LRScheduler(made<OneCycleSchedule>(o)) {}

}  // namespace taper::optim::lr_scheduler
