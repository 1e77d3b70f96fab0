// PyTorch's words, from Taper, or from libtorch where TAPER_BENCHMARK_LIBTORCH asks for it.
#pragma once

#ifdef TAPER_BENCHMARK_LIBTORCH
#include <torch/torch.h>
#else
#include <taper/taper.h>
namespace torch = taper;
#endif
