// CyclicLR.
#pragma once

#include "lr_scheduler.h"

namespace taper::optim::lr_scheduler {

struct CyclicLROptions {
    Keywords _ = Keywords();
    Arg<Optimizer> optimizer = required;
    Arg<PerGroup> base_lr = required, max_lr = required;
    Arg<double> step_size_up = Default(2000);
    Arg<std::optional<double>> step_size_down = Default(std::nullopt);  // none: as long as up
    Arg<std::string> mode = Default("triangular");                      // or "triangular2", "exp_range"
    Arg<double> gamma = Default(1);
    Arg<std::optional<Factor>> scale_fn = Default(std::nullopt);
    Arg<std::string> scale_mode = Default("cycle");  // scale_fn is of the number of the cycle; or "iterations"
    Arg<bool> cycle_momentum = Default(true);
    Arg<PerGroup> base_momentum = Default(0.8), max_momentum = Default(0.9);
    Arg<std::int64_t> last_epoch = Default(-1);
    Arg<bool> verbose = Default(false);
};
/// torch.optim.lr_scheduler.CyclicLR: up from base_lr to max_lr and down again, over and over, each time as high as
/// `mode` or scale_fn says; momentum the other way (Smith 2015).
struct CyclicLR : LRScheduler {
    TAPER_CONSTRUCTORS(CyclicLR, CyclicLROptions, 3, optimizer, base_lr, max_lr, step_size_up, step_size_down, mode,
        gamma, scale_fn, scale_mode, cycle_momentum, base_momentum, max_momentum, last_epoch, verbose)
    CyclicLR(Called, const CyclicLROptions& o);
};

}  // namespace taper::optim::lr_scheduler
