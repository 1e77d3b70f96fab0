// All of nn/.
#pragma once

#include "activation.h"
#include "dropout.h"
#include "functional.h"
#include "init.h"
#include "linear.h"
#include "loss.h"
#include "module.h"
#include "sequential.h"
#include "utils.h"
