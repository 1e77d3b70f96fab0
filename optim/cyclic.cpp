#include "cyclic.h"

#include "schedule.h"

namespace taper::optim::lr_scheduler {
namespace {

std::vector<double> each(const char* name, const PerGroup& numbers, std::size_t groups) {
    check(numbers.fits(groups), "CyclicLR: expected {} values for {}, got {}", groups, name, numbers.size());
    std::vector<double> all;
    for (std::size_t i = 0; i < groups; ++i) all.push_back(numbers[i]);
    return all;
}

struct CyclicSchedule final : Schedule {
    explicit CyclicSchedule(const CyclicLROptions& o)
        : Schedule((prepare(o), o)),
          own_base_lrs(each("base_lr", o.base_lr, groups().size())),
          max_lrs(each("max_lr", o.max_lr, groups().size())),
          total_size(o.step_size_up + o.step_size_down->value_or(o.step_size_up)),
          step_ratio(o.step_size_up / total_size),
          gamma(o.gamma),
          mode(o.mode),
          scale_mode(*o.scale_fn           ? *o.scale_mode
                  : *o.mode == "exp_range" ? "iterations"
                                           : "cycle"),
          scale_fn(o.scale_fn->value_or(Factor())),
          cycle_momentum(o.cycle_momentum),
          max_momentums(each("max_momentum", o.max_momentum, groups().size())) {
        for (const ParamGroup& group : groups()) base_momentums.push_back(group.momentum);
    }

    std::vector<NamedSetting> settings() override {
        std::vector<NamedSetting> own{{"max_lrs", &max_lrs}, {"total_size", &total_size}, {"step_ratio", &step_ratio},
            {"mode", &mode}, {"gamma", &gamma}, {"scale_mode", &scale_mode}, {"cycle_momentum", &cycle_momentum}};
        if (cycle_momentum) {
            own.push_back({"base_momentums", &base_momentums});
            own.push_back({"max_momentums", &max_momentums});
        }
        return with(std::move(own));
    }
    // The first rate is of what was the initial one, which an earlier scheduler may have said.
    void begin() override {
        Schedule::begin();
        base_lrs = own_base_lrs;
    }
    double next(ParamGroup& group, std::size_t i) override {
        if (i >= max_lrs.size()) return group.lr;  // added since
        const double cycle = std::floor(1 + last_epoch / total_size), x = 1 + last_epoch / total_size - cycle;
        const double height = x <= step_ratio ? x / step_ratio : (x - 1) / (step_ratio - 1);
        const double scale = scale_of(scale_mode == "cycle" ? static_cast<int64_t>(cycle) : last_epoch);
        if (cycle_momentum) group.momentum = max_momentums[i] - (max_momentums[i] - base_momentums[i]) * height * scale;
        return base_lrs[i] + (max_lrs[i] - base_lrs[i]) * height * scale;
    }

 private:
    std::vector<double> own_base_lrs, max_lrs;
    double total_size, step_ratio, gamma;
    std::string mode, scale_mode;
    Factor scale_fn;
    bool cycle_momentum;
    std::vector<double> base_momentums, max_momentums;

    double scale_of(int64_t x) const {
        if (scale_fn) return scale_fn(x);
        if (mode == "exp_range") return std::pow(gamma, x);
        return mode == "triangular2" ? 1 / std::pow(2., x - 1) : 1;
    }

    // Checks the options, and starts the groups' rates and momenta at the foot of the first cycle.
    static void prepare(const CyclicLROptions& o) {
        const Optimizer& optimizer = o.optimizer;
        std::vector<ParamGroup>& groups = optimizer.param_groups();
        const auto rates = each("base_lr", o.base_lr, groups.size());
        const auto momenta = each("base_momentum", o.base_momentum, groups.size());
        const bool is_known = *o.mode == "triangular" || *o.mode == "triangular2" || *o.mode == "exp_range";
        check(is_known || *o.scale_fn, "CyclicLR: mode is invalid and scale_fn is None");
        check(!*o.scale_fn || **o.scale_fn, "CyclicLR: scale_fn is an empty function");
        check(o.step_size_up + o.step_size_down->value_or(o.step_size_up) != 0,
            "CyclicLR: float division by zero: a cycle has no steps");
        check(!o.cycle_momentum || optimizer.has("momentum"),
            "CyclicLR: optimizer must support momentum with `cycle_momentum` option enabled");
        if (o.last_epoch != -1) return;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            groups[i].lr = rates[i];
            if (o.cycle_momentum) groups[i].momentum = momenta[i];
        }
    }
};

}  // namespace

TAPER_DEFINE_CONSTRUCTORS(CyclicLR, CyclicLROptions, 3, optimizer, base_lr, max_lr, step_size_up, step_size_down, mode,
    gamma, scale_fn, scale_mode, cycle_momentum, base_momentum, max_momentum, last_epoch, verbose)
CyclicLR::CyclicLR(Called, const CyclicLROptions& o) : LRScheduler(made<CyclicSchedule>(o)) {}

}  // namespace taper::optim::lr_scheduler
