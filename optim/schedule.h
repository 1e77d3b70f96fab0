// For the library: the state and the formula behind a scheduler.
#pragma once

#include <cmath>
#include <numbers>

#include "lr_scheduler.h"
#include "setting.h"

namespace taper::optim::lr_scheduler {

using std::int64_t, std::numbers::pi;

std::vector<double> rates_of(const Optimizer& optimizer);

/// The state of a scheduler, and its formula.
struct Schedule {
    Schedule(const Optimizer& optimizer, int64_t last_epoch, bool verbose = false)
        : optimizer(optimizer), last_epoch(last_epoch), verbose(verbose) {
        for (ParamGroup& group : groups()) {
            auto [initial, is_new] = group.scheduled.try_emplace("initial_lr", group.lr);
            check(!is_new || last_epoch == -1,
                "lr_scheduler: param 'initial_lr' is not specified in param_groups[{}] when resuming an optimizer",
                base_lrs.size());
            base_lrs.push_back(initial->second);
        }
    }
    virtual ~Schedule() = default;

    /// What a state_dict holds, by PyTorch's names; the formula's own first.
    virtual std::vector<Setting> settings() {
        return {{"base_lrs", &base_lrs}, {"last_epoch", &last_epoch}, {"verbose", &verbose},
            {"_step_count", &step_count}, {"_last_lr", &last_lr}};
    }
    /// Error if the formula's settings make no sense.
    virtual void validate() const {}
    virtual Dict state_dict();
    virtual void load_state_dict(const Dict& dict);

    /// The rate of group i after that of the epoch before; may change its momentum too.
    virtual double next(ParamGroup& group, std::size_t i) = 0;
    /// The rate of group i from the epoch alone.
    virtual double direct(ParamGroup& group, std::size_t i) { return next(group, i); }
    virtual void begin() {
        step_count = 0;
        step();
    }
    virtual void step() {
        ++step_count;
        ++last_epoch;
        set([&](ParamGroup& group, std::size_t i) { return next(group, i); });
    }
    virtual void step_to(double epoch) {
        check(std::abs(epoch) < 0x1p53, "step: {} is no epoch", epoch);
        ++step_count;
        last_epoch = static_cast<int64_t>(epoch);
        set([&](ParamGroup& group, std::size_t i) { return direct(group, i); });
    }

    std::vector<ParamGroup>& groups() const { return optimizer.param_groups(); }
    void note_rates() { last_lr = rates_of(optimizer); }
    static Schedule& of(const LRScheduler& scheduler) { return *scheduler.schedule_; }

    const Optimizer optimizer;
    std::vector<double> base_lrs, last_lr;
    int64_t last_epoch, step_count = 0;
    bool verbose;

 protected:
    // All rates are worked out before the first is set, so that an Error leaves them as they are.
    template <class F> void set(F rate) {
        std::vector<double> rates;
        for (std::size_t i = 0; i < groups().size(); ++i) {
            if (i == base_lrs.size()) base_lrs.push_back(groups()[i].lr);  // added since
            rates.push_back(rate(groups()[i], i));
        }
        for (std::size_t i = 0; i < rates.size(); ++i) {
            groups()[i].lr = rates[i];
            if (verbose) fmt::print("Adjusting learning rate of group {} to {:.4e}.\n", i, rates[i]);
        }
        note_rates();
    }
};

template <class Options> struct ScheduleOf : Schedule {
    ScheduleOf(const Optimizer& optimizer, const Options& options)
        : Schedule(optimizer, options.last_epoch, options.verbose), given(options) {}
    /// These, before those of all schedulers.
    std::vector<Setting> with(std::vector<Setting> own) {
        std::vector<Setting> common = Schedule::settings();
        own.insert(own.end(), common.begin(), common.end());
        return own;
    }
    Options given;
};

template <class S, class... Arguments> std::shared_ptr<Schedule> made(const Arguments&... arguments) {
    auto schedule = std::make_shared<S>(arguments...);
    schedule->validate();
    return schedule;
}

}  // namespace taper::optim::lr_scheduler
