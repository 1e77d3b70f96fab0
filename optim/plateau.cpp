// ReduceLROnPlateau.
#include <limits>

#include "schedule.h"

namespace taper::optim::lr_scheduler {

struct ReduceLROnPlateau::State {
    explicit State(const ReduceLROnPlateauOptions& o);
    void validate() const;
    std::vector<NamedSetting> settings();
    bool improves(double metric) const;
    void step(double metric, std::optional<int64_t> epoch);
    void reduce();
    void note_rates() { last_lr = rates_of(optimizer); }

    Optimizer optimizer;
    std::string mode, threshold_mode;
    double factor, threshold, eps, best;
    std::vector<double> min_lrs, last_lr;
    int64_t patience, cooldown, num_bad_epochs = 0, cooldown_counter = 0, last_epoch = 0;
    bool verbose;
};

ReduceLROnPlateau::State::State(const ReduceLROnPlateauOptions& o)
    : optimizer(o.optimizer),
      mode(o.mode),
      threshold_mode(o.threshold_mode),
      factor(o.factor),
      threshold(o.threshold),
      eps(o.eps),
      best(*o.mode == "max" ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity()),
      patience(o.patience),
      cooldown(o.cooldown),
      verbose(o.verbose) {
    const std::size_t groups = optimizer.param_groups().size();
    check(o.min_lr->fits(groups), "ReduceLROnPlateau: expected {} min_lrs, got {}", groups, o.min_lr->size());
    for (std::size_t i = 0; i < groups; ++i) min_lrs.push_back((*o.min_lr)[i]);
    validate();
    note_rates();
}

void ReduceLROnPlateau::State::validate() const {
    check(factor < 1, "ReduceLROnPlateau: Factor should be < 1.0, not {}", factor);
    check(mode == "min" || mode == "max", "ReduceLROnPlateau: mode {} is unknown!", mode);
    check(threshold_mode == "rel" || threshold_mode == "abs", "ReduceLROnPlateau: threshold mode {} is unknown!",
        threshold_mode);
}

std::vector<NamedSetting> ReduceLROnPlateau::State::settings() {
    return {{"factor", &factor}, {"min_lrs", &min_lrs}, {"patience", &patience}, {"verbose", &verbose},
        {"cooldown", &cooldown}, {"cooldown_counter", &cooldown_counter}, {"mode", &mode}, {"threshold", &threshold},
        {"threshold_mode", &threshold_mode}, {"best", &best}, {"num_bad_epochs", &num_bad_epochs}, {"eps", &eps},
        {"last_epoch", &last_epoch}, {"_last_lr", &last_lr}};
}

bool ReduceLROnPlateau::State::improves(double metric) const {
    const bool relative = threshold_mode == "rel";
    if (mode == "min") return metric < (relative ? best * (1 - threshold) : best - threshold);
    return metric > (relative ? best * (threshold + 1) : best + threshold);
}

void ReduceLROnPlateau::State::reduce() {
    std::vector<ParamGroup>& groups = optimizer.param_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const double lr = std::max(groups[i].lr * factor, min_lrs[std::min(i, min_lrs.size() - 1)]);
        if (!(groups[i].lr - lr > eps)) continue;
        groups[i].lr = lr;
        if (verbose) fmt::print("Epoch {:05}: reducing learning rate of group {} to {:.4e}.\n", last_epoch, i, lr);
    }
}

void ReduceLROnPlateau::State::step(double metric, std::optional<int64_t> epoch) {
    if (epoch) warn_of_epoch();
    last_epoch = epoch.value_or(last_epoch + 1);
    if (improves(metric)) {
        best = metric;
        num_bad_epochs = 0;
    } else {
        ++num_bad_epochs;
    }
    if (cooldown_counter > 0) {
        --cooldown_counter;
        num_bad_epochs = 0;
    }
    if (num_bad_epochs > patience) {
        reduce();
        cooldown_counter = cooldown;
        num_bad_epochs = 0;
    }
    note_rates();
}

TAPER_DEFINE_CONSTRUCTORS(ReduceLROnPlateau, ReduceLROnPlateauOptions, 1, optimizer, mode, factor, patience, threshold,
    threshold_mode, cooldown, min_lr, eps, verbose)
ReduceLROnPlateau::ReduceLROnPlateau(Called, const ReduceLROnPlateauOptions& o) : state_(std::make_shared<State>(o)) {}

TAPER_DEFINE_METHOD(
    void, ReduceLROnPlateau, step, PlateauStepOptions, (state_->step(o.metrics->value, o.epoch)), 1, metrics, epoch)
std::vector<double> ReduceLROnPlateau::get_last_lr() const { return state_->last_lr; }
int64_t ReduceLROnPlateau::last_epoch() const { return state_->last_epoch; }
const Optimizer& ReduceLROnPlateau::optimizer() const { return state_->optimizer; }
Value ReduceLROnPlateau::state_dict() const { return values_of(state_->settings()); }
void ReduceLROnPlateau::load(const Value& state_dict) const {
    const std::vector<NamedSetting> settings = state_->settings();
    set_values(settings, state_dict.dict(), [&] {
        state_->validate();
        check_is_like(values_of(settings), state_dict.dict());
    });
}
TAPER_DEFINE_METHOD(void, ReduceLROnPlateau, load_state_dict, LoadOptions, (load(o.state_dict)), 1, state_dict)

}  // namespace taper::optim::lr_scheduler
