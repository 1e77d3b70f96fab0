// Views whose strides are no rearrangement of x's own: as_strided, diagonal, unfold.
#include <limits>

#include "../../tensor/checked.h"
#include "../inplace.h"
#include "../ops.h"

namespace taper::ops {

using autograd::as_view_of, autograd::record, autograd::wrt;
using T = const Tensor&;

Tensor as_strided(T x, const Shape& size, const Strides& stride, std::optional<std::int64_t> storage_offset) {
    check(size.size() == stride.size(), "as_strided: mismatch in length of strides and shape: {} and {}", size.str(),
        stride.str());
    const std::int64_t offset = storage_offset.value_or(x.storage_offset());
    Checked span = Checked(offset) + 1;  // up to behind the last element
    for (int d = 0; d < size.size(); ++d) {
        check(size[d] >= 0 && stride[d] >= 0,
            "as_strided: Negative sizes or strides are not supported, got sizes: {}, strides: {}", size.str(),
            stride.str());
        span = span + Checked(size[d] - 1) * stride[d];
    }
    const Checked elements = checked_numel(size), bytes = span * x.element_size();
    const bool none = elements.is_at_most(0);
    check(offset >= 0 && (none || bytes.is_at_most(x.impl().storage->bytes())),
        "as_strided: setStorage: sizes {}, strides {}, storage offset {}, and itemsize {} requiring a storage size "
        "of {} are out of bounds for storage of size {}",
        size.str(), stride.str(), offset, x.element_size(),
        bytes.is_at_most(std::numeric_limits<std::int64_t>::max()) ? fmt::format("{}", bytes.value("as_strided"))
                                                                   : "more bytes than can be counted",
        x.impl().storage->bytes());
    elements.value("as_strided");
    Tensor out = as_view_of(x, native::view(x, size, stride, offset));
    if (x.requires_grad() && is_grad_enabled()) autograd::renew_view_history(out);
    return out;
}

Tensor diagonal(T x, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
    std::int64_t a = wrap_dim(dim1, x.ndim()), b = wrap_dim(dim2, x.ndim());
    check(a != b, "diagonal: diagonal dimensions cannot be identical {}, {}", dim1, dim2);
    std::int64_t rows = x.shape()[a] + std::min<std::int64_t>(offset, 0),
                 columns = x.shape()[b] - std::max<std::int64_t>(offset, 0);
    Shape shape = x.shape();
    Strides strides = x.stride();
    std::int64_t length = std::max<std::int64_t>(0, std::min(rows, columns)), step = strides[a] + strides[b];
    std::int64_t skip = length == 0 ? 0 : offset >= 0 ? offset * strides[b] : -offset * strides[a];
    for (std::int64_t d : {std::max(a, b), std::min(a, b)}) shape.erase(d), strides.erase(d);
    shape.push_back(length);
    strides.push_back(step);
    Tensor out = native::view(x, shape, strides, x.storage_offset() + skip);
    return as_view_of(x, record("DiagonalBackward0", out, wrt(x, [from = x.shape(), offset, a, b](T grad) {
        Tensor whole = zeros(from, {.dtype = grad.dtype()});
        diagonal(whole, offset, a, b).copy_(grad);
        return whole;
    })));
}

Tensor unfold(T self, std::int64_t dim, std::int64_t size, std::int64_t step) {
    const std::int64_t d = wrap_dim(dim, self.ndim()), length = self.ndim() == 0 ? 1 : self.shape()[d];
    check(size >= 0 && size <= length, "unfold: maximum size for tensor at dimension {} is {} but size is {}", d,
        length, size);
    check(step > 0, "unfold: step is {} but must be > 0", step);
    Shape to = self.shape();
    Strides strides = self.stride();
    const std::int64_t windows = (length - size) / step + 1;
    to.push_back(size);
    strides.push_back(self.ndim() == 0 ? 1 : strides[d]);
    if (self.ndim() > 0) to[d] = windows, strides[d] *= step;
    return as_view_of(self,
        record("UnfoldBackward0", native::view(self, to, strides, self.storage_offset()),
            wrt(self, [=, from = self.shape()](T grad) {
                Tensor to = zeros(from, {.dtype = grad.dtype()});
                if (from.empty()) return grad.sum();
                Tensor positions = (arange(windows).unsqueeze(1) * step + arange(size)).reshape(-1);
                return to.index_add(d, positions, grad.movedim(-1, d + 1).flatten(d, d + 1));
            })));
}

}  // namespace taper::ops
