// Schedulers of several schedulers.
#include <algorithm>
#include <functional>

#include "schedule.h"

namespace taper::optim::lr_scheduler {
namespace {

Dict with_nested(Dict dict, const std::vector<LRScheduler>& schedulers) {
    Value::List nested;
    for (const LRScheduler& scheduler : schedulers) nested.push_back(scheduler.state_dict());
    dict["_schedulers"] = nested;
    return dict;
}

// Loads its own part and those of the others, or none of them.
void load_with_nested(const Dict& dict, const std::vector<LRScheduler>& schedulers, const std::function<void()>& load) {
    const Value::List& nested = dict.at("_schedulers").list();
    check(nested.size() == schedulers.size(), "load_state_dict: expected the state of {} schedulers but found {}",
        schedulers.size(), nested.size());
    std::vector<Value> before;
    try {
        for (std::size_t i = 0; i < nested.size(); ++i) {
            before.push_back(schedulers[i].state_dict());
            schedulers[i].load_state_dict(nested[i]);
        }
        load();
    } catch (...) {
        for (std::size_t i = 0; i < before.size(); ++i) schedulers[i].load_state_dict(before[i]);
        throw;
    }
}

struct SequentialSchedule final : Schedule {
    explicit SequentialSchedule(const SequentialLROptions& o)
        : Schedule(o), schedulers(o.schedulers), milestones(o.milestones) {
        for (std::size_t i = 0; i < schedulers.size(); ++i)
            check(&schedulers[i].optimizer().param_groups() == &groups(),
                "SequentialLR: Sequential Schedulers expects all schedulers to belong to the same optimizer, but got "
                "schedulers at index {} to be different than the optimizer passed in.",
                i);
        check(milestones.size() + 1 == schedulers.size(),
            "SequentialLR: Sequential Schedulers expects number of schedulers provided to be one more than the number "
            "of "
            "milestone points, but got number of schedulers {} and the number of milestones to be equal to {}",
            schedulers.size(), milestones.size());
    }
    Dict state_dict() override { return with_nested(Schedule::state_dict(), schedulers); }
    void load_state_dict(const Dict& dict) override {
        load_with_nested(dict, schedulers, [&] { Schedule::load_state_dict(dict); });
    }
    double next(ParamGroup& group, std::size_t) override { return group.lr; }
    void begin() override {
        ++last_epoch;
        for (ParamGroup& group : groups()) group.lr = group.scheduled["initial_lr"];
        for (const LRScheduler& scheduler : schedulers) --of(scheduler).last_epoch;
        of(schedulers[0]).begin();
        note_rates();
    }
    void step() override {
        ++last_epoch;
        const std::size_t at = std::upper_bound(milestones.begin(), milestones.end(), last_epoch) - milestones.begin();
        if (at > 0 && milestones[at - 1] == last_epoch)
            of(schedulers[at]).step_to(0);
        else
            of(schedulers[at]).step();
        note_rates();
    }
    std::vector<double> get_lr() override {
        fail("SequentialLR: get_lr is not implemented, in PyTorch neither; use get_last_lr");
    }
    void step_to(double) override { fail("SequentialLR: step takes no epoch"); }

    std::vector<LRScheduler> schedulers;
    std::vector<int64_t> milestones;
};

struct ChainedSchedule final : Schedule {
    explicit ChainedSchedule(const ChainedSchedulerOptions& o)
        : Schedule(first_of(o.schedulers).optimizer(), -1, false), schedulers(o.schedulers) {
        for (std::size_t i = 1; i < schedulers.size(); ++i)
            check(&schedulers[i].optimizer().param_groups() == &groups(),
                "ChainedScheduler: expects all schedulers to belong to the same optimizer, but got schedulers at index "
                "{} and "
                "{} to be different",
                0, i);
    }
    static const LRScheduler& first_of(const std::vector<LRScheduler>& schedulers) {
        check(!schedulers.empty(), "ChainedScheduler: expects at least one scheduler");
        return schedulers[0];
    }
    Dict state_dict() override { return with_nested(Schedule::state_dict(), schedulers); }
    void load_state_dict(const Dict& dict) override {
        load_with_nested(dict, schedulers, [&] { Schedule::load_state_dict(dict); });
    }
    double next(ParamGroup& group, std::size_t) override { return group.lr; }
    void begin() override { note_rates(); }
    void step() override {
        for (const LRScheduler& scheduler : schedulers) scheduler.step();
        note_rates();
    }
    std::vector<double> get_lr() override {
        fail("ChainedScheduler: get_lr is not implemented, in PyTorch neither; use get_last_lr");
    }
    void step_to(double) override { fail("ChainedScheduler: step takes no epoch"); }

    std::vector<LRScheduler> schedulers;
};

}  // namespace

TAPER_DEFINE_CONSTRUCTORS(SequentialLR, SequentialLROptions, 3, optimizer, schedulers, milestones, last_epoch, verbose)
SequentialLR::SequentialLR(Called, const SequentialLROptions& o) : LRScheduler(made<SequentialSchedule>(o)) {}

TAPER_DEFINE_CONSTRUCTORS(ChainedScheduler, ChainedSchedulerOptions, 1, schedulers)
ChainedScheduler::ChainedScheduler(Called, const ChainedSchedulerOptions& o) : LRScheduler(made<ChainedSchedule>(o)) {}

}  // namespace taper::optim::lr_scheduler
