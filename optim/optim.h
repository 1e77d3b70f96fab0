// torch.optim.
#pragma once

#include "cyclic.h"
#include "optimizers.h"
#include "swa_lr.h"
