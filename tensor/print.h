// How a tensor is printed: PyTorch's own text, and its options.
#pragma once

#include <optional>
#include <string>

#include "tensor.h"

namespace taper {

/// The keywords of set_printoptions; those left out stay as they are, but for sci_mode.
struct PrintOptions {
    std::optional<int> precision = {};           // digits after the point: 4
    std::optional<double> threshold = {};        // the number of elements above which only the edges are shown: 1000
    std::optional<std::int64_t> edgeitems = {};  // elements shown at each edge of a dimension: 3
    std::optional<std::int64_t> linewidth = {};  // 80 characters
    std::optional<std::string> profile = {};     // "default", "short" or "full", for all of the above
    std::optional<bool> sci_mode = {};           // absent: as the values need it
};

/// torch.set_printoptions, for all threads.
void set_printoptions(const PrintOptions& options);

}  // namespace taper
