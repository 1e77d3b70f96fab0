// torch.optim.
#pragma once

#include "lr_scheduler.h"
#include "optimizers.h"
