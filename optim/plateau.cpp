// ReduceLROnPlateau.
#include <limits>

#include "schedule.h"

namespace taper::optim::lr_scheduler {

ReduceLROnPlateau::ReduceLROnPlateau(const Optimizer& optimizer, const ReduceLROnPlateauOptions& options)
    : state_(std::make_shared<State>(State{optimizer, options, std::numeric_limits<double>::infinity()})) {
    PerGroup& min_lr = state_->options.min_lr;
    const std::size_t groups = optimizer.param_groups().size();
    if (min_lr.size() == 1) min_lr.resize(groups, min_lr[0]);
    check(min_lr.size() == groups, "ReduceLROnPlateau: expected {} min_lrs, got {}", groups, min_lr.size());
    state_->validate();
    if (options.mode == "max") state_->best = -state_->best;
    state_->note_rates();
}
ReduceLROnPlateau::ReduceLROnPlateau(const Optimizer& optimizer, const char* mode, double factor)
    : ReduceLROnPlateau(optimizer, {.mode = mode, .factor = factor}) {}

void ReduceLROnPlateau::State::validate() const {
    const std::string &mode = options.mode, &threshold_mode = options.threshold_mode;
    check(options.factor < 1, "ReduceLROnPlateau: Factor should be < 1.0, not {}", options.factor);
    check(mode == "min" || mode == "max", "ReduceLROnPlateau: mode {} is unknown!", mode);
    check(threshold_mode == "rel" || threshold_mode == "abs", "ReduceLROnPlateau: threshold mode {} is unknown!",
        threshold_mode);
}

std::vector<Setting> ReduceLROnPlateau::State::settings() {
    ReduceLROnPlateauOptions& o = options;
    return {{"factor", &o.factor}, {"min_lrs", &o.min_lr}, {"patience", &o.patience}, {"verbose", &o.verbose},
        {"cooldown", &o.cooldown}, {"cooldown_counter", &cooldown_counter}, {"mode", &o.mode},
        {"threshold", &o.threshold}, {"threshold_mode", &o.threshold_mode}, {"best", &best},
        {"num_bad_epochs", &num_bad_epochs}, {"eps", &o.eps}, {"last_epoch", &last_epoch}, {"_last_lr", &last_lr}};
}

Value ReduceLROnPlateau::state_dict() const { return values_of(state_->settings()); }
void ReduceLROnPlateau::load_state_dict(const Value& state_dict) const {
    set_values(state_->settings(), state_dict.dict(), [&] { state_->validate(); });
}

bool ReduceLROnPlateau::State::improves(double metric) const {
    const bool relative = options.threshold_mode == "rel";
    if (options.mode == "min") return metric < (relative ? best * (1 - options.threshold) : best - options.threshold);
    return metric > (relative ? best * (options.threshold + 1) : best + options.threshold);
}

void ReduceLROnPlateau::State::note_rates() { last_lr = rates_of(optimizer); }

void ReduceLROnPlateau::State::reduce() {
    std::vector<ParamGroup>& groups = optimizer.param_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const double lr =
            std::max(groups[i].lr * options.factor, options.min_lr[std::min(i, options.min_lr.size() - 1)]);
        if (!(groups[i].lr - lr > options.eps)) continue;
        groups[i].lr = lr;
        if (options.verbose)
            fmt::print("Epoch {:05}: reducing learning rate of group {} to {:.4e}.\n", last_epoch, i, lr);
    }
}

void ReduceLROnPlateau::step(double metric) const {
    State& s = *state_;
    ++s.last_epoch;
    if (s.improves(metric)) {
        s.best = metric;
        s.num_bad_epochs = 0;
    } else {
        ++s.num_bad_epochs;
    }
    if (s.cooldown_counter > 0) {
        --s.cooldown_counter;
        s.num_bad_epochs = 0;
    }
    if (s.num_bad_epochs > s.options.patience) {
        s.reduce();
        s.cooldown_counter = s.options.cooldown;
        s.num_bad_epochs = 0;
    }
    s.note_rates();
}

}  // namespace taper::optim::lr_scheduler
