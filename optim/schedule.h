// For the library: the state and the formula behind a scheduler.
#pragma once

#include <cmath>
#include <numbers>

#include "lr_scheduler.h"
#include "setting.h"

namespace taper::optim::lr_scheduler {

using std::int64_t, std::numbers::pi;

std::vector<double> rates_of(const Optimizer& optimizer);

/// As a verbose scheduler says it.
std::string epoch_text(double epoch);
/// PyTorch's warning of an epoch given to step.
void warn_of_epoch();
/// Error unless the dict may be a state like `own`, whole or in part: if it has what tells another scheduler (but for
/// `also`), or has much and lacks what tells this one.
void check_is_like(const Dict& own, const Dict& dict, std::string_view also = {});

/// The state of a scheduler, and its formula.
struct Schedule {
    /// From the options that all schedulers have.
    template <class Options> explicit Schedule(const Options& o) : Schedule(o.optimizer, o.last_epoch, o.verbose) {}
    Schedule(const Optimizer& optimizer, int64_t last_epoch, bool verbose);
    virtual ~Schedule() = default;

    /// What a state_dict holds, by PyTorch's names; the formula's own first.
    virtual std::vector<NamedSetting> settings() {
        return {{"base_lrs", &base_lrs}, {"last_epoch", &last_epoch}, {"verbose", &verbose},
            {"_step_count", &step_count}, {"_last_lr", &last_lr}};
    }
    /// Error if the formula's settings make no sense.
    virtual void validate() const {}
    /// What PyTorch's state tells of it that is not loaded here.
    virtual std::string_view told_besides() const { return {}; }
    virtual Dict state_dict();
    virtual void load_state_dict(const Dict& dict);

    /// The rate of group i after that of the epoch before; may change its momentum too.
    virtual double next(ParamGroup& group, std::size_t i) = 0;
    /// The rate of group i from the epoch alone.
    virtual double direct(ParamGroup& group, std::size_t i) { return next(group, i); }
    virtual std::vector<double> get_lr();
    virtual void begin();
    virtual void step();
    virtual void step_to(double epoch);

    std::vector<ParamGroup>& groups() const { return optimizer.param_groups(); }
    void note_rates() { last_lr = rates_of(optimizer); }
    static Schedule& of(const LRScheduler& scheduler) { return *scheduler.schedule_; }

    const Optimizer optimizer;
    std::vector<double> base_lrs, last_lr;
    int64_t last_epoch, step_count = 0;
    bool verbose;

 protected:
    using Formula = double (Schedule::*)(ParamGroup& group, std::size_t i);
    /// Sets the rates; `epoch` is said if verbose, where step was given one.
    void set(Formula formula, std::optional<double> epoch = {});
    /// These, before those of all schedulers.
    std::vector<NamedSetting> with(std::vector<NamedSetting> own) {
        std::vector<NamedSetting> common = Schedule::settings();
        own.insert(own.end(), common.begin(), common.end());
        return own;
    }

 private:
    std::vector<double> rates_by(Formula formula);
    void warn_of_order() const;
};

template <class S, class Options> std::shared_ptr<Schedule> made(const Options& options) {
    auto schedule = std::make_shared<S>(options);
    schedule->validate();
    return schedule;
}

}  // namespace taper::optim::lr_scheduler
