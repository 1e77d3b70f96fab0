// The whole of Taper: #include <taper/taper.h>, then `namespace torch = taper;` and Python's names.
#pragma once

#include <fmt/format.h>

#include "tensor/call_macros.h"  // first, so that compilers' notes on it are short

#include "autograd/backward.h"
#include "autograd/checkpoint.h"
#include "autograd/function.h"
#include "autograd/functional.h"
#include "autograd/gradcheck.h"
#include "autograd/graph.h"
#include "autograd/ops/functions.h"
#include "autograd/ops/windows.h"
#include "datasets/augment.h"
#include "datasets/csv.h"
#include "datasets/image.h"
#include "datasets/mnist.h"
#include "datasets/utils_data.h"
#include "nn/nn.h"
#include "optim/optim.h"
#include "tensor/base/parallel.h"
#include "tensor/create.h"
#include "tensor/limits.h"
#include "tensor/print.h"
#include "tensor/print_list.h"
#include "tensor/serialization/numpy.h"
#include "tensor/serialization/safetensors.h"
#include "tensor/serialization/serialize.h"
#include "tensor/serialization/training_state.h"
#include "tensor/tensor.h"
#include "tensor/warning.h"
