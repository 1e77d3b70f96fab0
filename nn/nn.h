// All of nn/.
#pragma once

#include "activation.h"
#include "conv.h"
#include "dropout.h"
#include "embedding.h"
#include "functional.h"
#include "init.h"
#include "linear.h"
#include "loss.h"
#include "module.h"
#include "normalization.h"
#include "pooling.h"
#include "sequential.h"
#include "utils.h"
