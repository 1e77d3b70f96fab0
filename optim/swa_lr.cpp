#include "swa_lr.h"

#include "schedule.h"

namespace taper::optim::swa_utils {
namespace {

struct SWASchedule final : lr_scheduler::Schedule {
    explicit SWASchedule(const SWALROptions& o)
        : Schedule((prepare(o), o.optimizer), o.last_epoch, false),
          anneal_epochs(o.anneal_epochs),
          is_linear(*o.anneal_strategy == "linear") {}

    std::vector<NamedSetting> settings() override { return with({{"anneal_epochs", &anneal_epochs}}); }
    double next(ParamGroup& group, std::size_t) override {
        const auto noted = group.scheduled.find("swa_lr");
        check(noted != group.scheduled.end(), "SWALR: KeyError: 'swa_lr': a parameter group was added since");
        const std::int64_t step = anneal_epochs == 0 ? std::max<std::int64_t>(1, step_count - 1) : step_count - 1;
        const double swa_lr = noted->second, before = share(step - 1), now = share(step);
        const double first = before == 1 ? swa_lr : (group.lr - before * swa_lr) / (1 - before);
        return swa_lr * now + first * (1 - now);
    }

 private:
    // How much of the way is done after that many steps.
    double share(std::int64_t step) const {
        const double t = std::clamp(static_cast<double>(step) / std::max<std::int64_t>(1, anneal_epochs), 0., 1.);
        return is_linear ? t : (1 - std::cos(std::numbers::pi * t)) / 2;
    }
    static void prepare(const SWALROptions& o) {
        std::vector<ParamGroup>& groups = o.optimizer->param_groups();
        check(o.swa_lr->fits(groups.size()),
            "SWALR: swa_lr must have the same length as optimizer.param_groups: swa_lr has {}, optimizer.param_groups "
            "has {}",
            o.swa_lr->size(), groups.size());
        check(*o.anneal_strategy == "cos" || *o.anneal_strategy == "linear",
            "SWALR: anneal_strategy must by one of 'cos' or 'linear', instead got {}", *o.anneal_strategy);
        check(o.anneal_epochs >= 0, "SWALR: anneal_epochs must be equal or greater than 0, got {}", *o.anneal_epochs);
        for (std::size_t i = 0; i < groups.size(); ++i) groups[i].scheduled["swa_lr"] = (*o.swa_lr)[i];
    }
    std::int64_t anneal_epochs;
    bool is_linear;
};

}  // namespace

TAPER_DEFINE_CONSTRUCTORS(SWALR, SWALROptions, 2, optimizer, swa_lr, anneal_epochs, anneal_strategy, last_epoch)
SWALR::SWALR(Called, const SWALROptions& o) : LRScheduler(lr_scheduler::made<SWASchedule>(o)) {}

}  // namespace taper::optim::swa_utils
