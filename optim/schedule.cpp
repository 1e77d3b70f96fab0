// What all schedulers do.
#include "schedule.h"

#include "../tensor/warning.h"

namespace taper::optim::lr_scheduler {

std::string epoch_text(double epoch) {
    return epoch == std::trunc(epoch) ? fmt::format("{:05.0f}", epoch) : fmt::format("{:.2f}", epoch);
}

std::vector<double> rates_of(const Optimizer& optimizer) {
    std::vector<double> rates;
    for (const ParamGroup& group : optimizer.param_groups()) rates.push_back(group.lr);
    return rates;
}

Schedule::Schedule(const Optimizer& optimizer, int64_t last_epoch, bool verbose)
    : optimizer(optimizer), last_epoch(last_epoch), verbose(verbose) {
    for (ParamGroup& group : groups()) {
        auto [initial, is_new] = group.scheduled.try_emplace("initial_lr", group.lr);
        check(!is_new || last_epoch == -1,
            "lr_scheduler: param 'initial_lr' is not specified in param_groups[{}] when resuming an optimizer",
            base_lrs.size());
        base_lrs.push_back(initial->second);
    }
}

Dict Schedule::state_dict() {
    Dict dict = values_of(settings());
    dict["_get_lr_called_within_step"] = false;
    return dict;
}
void Schedule::load_state_dict(const Dict& dict) {
    set_values(settings(), dict, [&] {
        validate();
        check(last_epoch >= -1, "load_state_dict: Invalid last_epoch value: {}", last_epoch);
        check_is_like(state_dict(), dict, told_besides());
    });
}
void check_is_like(const Dict& own, const Dict& dict, std::string_view also) {
    const bool is_whole = dict.contains("base_lrs") || dict.contains("min_lrs") || dict.contains("_schedulers");
    bool tells_any = dict.contains("last_epoch") || dict.contains("_last_lr");
    for (const char* name : {"step_size", "milestones", "gamma", "factor", "start_factor", "end_factor", "total_iters",
             "power", "T_max", "eta_min", "T_0", "T_mult", "lr_lambdas", "total_steps", "_schedulers", "patience",
             "best", "total_size", "anneal_epochs"}) {
        const bool has = dict.contains(name), should_have = own.contains(name);
        tells_any |= has && should_have;
        check(should_have || !has || name == also, "load_state_dict: '{}' is of another scheduler's state", name);
        check(has || !should_have || !is_whole, "load_state_dict: KeyError: '{}': this is another scheduler's state",
            name);
    }
    check(tells_any, "load_state_dict: this is no scheduler's state");
}

void warn_of_epoch() {
    warn(
        "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please "
        "use "
        "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
        "form is used instead of the new chainable form, where available. Please open an issue if you are unable to "
        "replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose.");
}

void Schedule::warn_of_order() const {
    if (step_count != 1 || optimizer.steps() > 0) return;
    warn(
        "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call "
        "them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result "
        "in "
        "PyTorch skipping the first value of the learning rate schedule. See more details at "
        "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate");
}

void Schedule::begin() {
    optimizer.steps() = 0;
    step_count = 0;
    step();
}
void Schedule::step() {
    warn_of_order();
    ++step_count;
    ++last_epoch;
    set(&Schedule::next);
}
void Schedule::step_to(double epoch) {
    check(epoch == std::trunc(epoch) && std::abs(epoch) < 0x1p53, "step: {} is no epoch", epoch);
    warn_of_order();
    warn_of_epoch();
    ++step_count;
    last_epoch = static_cast<int64_t>(epoch);
    set(&Schedule::direct, epoch);
}

std::vector<double> Schedule::rates_by(Formula formula) {
    std::vector<double> rates;
    for (std::size_t i = 0; i < groups().size(); ++i) {
        if (i == base_lrs.size()) base_lrs.push_back(groups()[i].lr);  // added since
        rates.push_back((this->*formula)(groups()[i], i));
    }
    return rates;
}
// All rates are worked out before the first is set, so that an Error leaves them as they are.
void Schedule::set(Formula formula, std::optional<double> epoch) {
    const std::vector<double> rates = rates_by(formula);
    for (std::size_t i = 0; i < rates.size(); ++i) {
        groups()[i].lr = rates[i];
        if (!verbose) continue;
        if (epoch)
            fmt::print("Epoch {}: adjusting learning rate of group {} to {:.4e}.\n", epoch_text(*epoch), i, rates[i]);
        else
            fmt::print("Adjusting learning rate of group {} to {:.4e}.\n", i, rates[i]);
    }
    note_rates();
}
std::vector<double> Schedule::get_lr() {
    warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.");
    return rates_by(&Schedule::next);
}

LRScheduler::LRScheduler(std::shared_ptr<Schedule> schedule) : schedule_(std::move(schedule)) { schedule_->begin(); }
void LRScheduler::step_to(std::optional<double> epoch) const {
    if (epoch)
        schedule_->step_to(*epoch);
    else
        schedule_->step();
}
TAPER_DEFINE_METHOD(void, LRScheduler, step, SchedulerStepOptions, (step_to(o.epoch)), 0, epoch)
std::vector<double> LRScheduler::get_last_lr() const { return schedule_->last_lr; }
std::vector<double> LRScheduler::get_lr() const { return schedule_->get_lr(); }
int64_t LRScheduler::last_epoch() const { return schedule_->last_epoch; }
const Optimizer& LRScheduler::optimizer() const { return schedule_->optimizer; }
Value LRScheduler::state_dict() const { return schedule_->state_dict(); }
void LRScheduler::load(const Value& state_dict) const { schedule_->load_state_dict(state_dict.dict()); }
TAPER_DEFINE_METHOD(void, LRScheduler, load_state_dict, LoadOptions, (load(o.state_dict)), 1, state_dict)

}  // namespace taper::optim::lr_scheduler
