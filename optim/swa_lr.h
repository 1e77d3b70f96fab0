// The learning rate of stochastic weight averaging; the averages stand in nn/swa_utils.h.
#pragma once

#include "lr_scheduler.h"

namespace taper::optim::swa_utils {

struct SWALROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<PerGroup> swa_lr = required;
    Arg<std::int64_t> anneal_epochs = Default(10);
    Arg<std::string> anneal_strategy = Default("cos");  // or "linear"
    Arg<std::int64_t> last_epoch = Default(-1);
};
/// torch.optim.swa_utils.SWALR: from the rate of the moment to swa_lr within anneal_epochs, and there it stays.
struct SWALR : lr_scheduler::LRScheduler {
    TAPER_CONSTRUCTORS(SWALR, SWALROptions, 2, optimizer, swa_lr, anneal_epochs, anneal_strategy, last_epoch)
    SWALR(Called, const SWALROptions& o);
};

}  // namespace taper::optim::swa_utils
