// Elements set to 0 at random.
#include "../ops.h"

namespace taper::ops {

using T = const Tensor&;

Tensor dropout(T x, double p, bool train, std::optional<Generator> generator) {
    check(0 <= p && p <= 1, "dropout: dropout probability has to be between 0 and 1, but got {}", p);
    if (!train || p == 0 || x.numel() == 0) return x;
    if (p == 1) return x * zeros_like(x);
    Tensor mask = native::empty(x.shape(), x.dtype(), x.device());  // drawn row by row, however x lies in memory
    random::bernoulli_(mask, 1 - p, generator ? *generator : default_generator());
    return x * mask.div_(1 - p);
}

}  // namespace taper::ops
