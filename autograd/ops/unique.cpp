// Each once: the different elements or slices of a tensor.
#include "../../tensor/kernels/sort.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::wrt;
using T = const Tensor&;

namespace {

Groups groups_of_elements(T flat) {
    const std::vector<std::int64_t> order = argsort(flat, 0, false).tolist<std::int64_t>();
    return visit(flat.dtype(), [&](auto zero) { return group_elements(order, flat.data_ptr<decltype(zero)>()); });
}
Groups groups_of_rows(T rows) {
    return visit(rows.dtype(),
        [&](auto zero) { return group_rows(rows.size(0), rows.size(1), rows.data_ptr<decltype(zero)>()); });
}

Tensor tensor_of(const std::vector<std::int64_t>& numbers, const Shape& shape) {
    Tensor out = native::empty(shape, DType::Int64);
    std::copy(numbers.begin(), numbers.end(), out.data_ptr<std::int64_t>());
    return out;
}
TensorList with(const Groups& groups, T values, const Shape& shape, bool return_inverse, bool return_counts) {
    TensorList all{values};
    if (return_inverse) all.push_back(tensor_of(groups.group, shape));
    if (return_counts) all.push_back(tensor_of(groups.count, {static_cast<std::int64_t>(groups.count.size())}));
    return all;
}

}  // namespace

TensorList unique(T x, std::optional<std::int64_t> dim, bool return_inverse, bool return_counts) {
    refuse("unique", "unique", x.dtype(), {DType::Float16});
    if (is_narrow(x.dtype())) {
        TensorList found = unique(widened(x), dim, return_inverse, return_counts);
        found[0] = narrowed(found[0], x.dtype());
        return found;
    }
    const auto none = [](T) -> Tensor { fail("unique: the derivative for '_unique2' is not implemented."); };
    if (!dim) {
        const Tensor flat = native::contiguous(x.detach()).reshape(-1);
        const Groups groups = groups_of_elements(flat);
        const Shape found{static_cast<std::int64_t>(groups.first.size())};
        Tensor once = index_select(flat, 0, tensor_of(groups.first, found));
        return with(groups, record("Unique2Backward0", once, wrt(x, none)), x.shape(), return_inverse, return_counts);
    }
    check(x.ndim() > 0, "unique: Dimension specified as {} but tensor has no dimensions", *dim);
    const std::int64_t d = wrap_dim(*dim, x.ndim()), count = x.shape()[d];
    check(x.numel() > 0 || count == 0,
        "unique: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
    check(count > 0 || std::count(x.shape().begin(), x.shape().end(), 0) == 1,
        "unique: Number of zero sized dimensions is more than one, so unique cannot be applied ");
    const Tensor rows = count == 0 ? native::empty({0, 0}, x.dtype())
                                   : native::contiguous(movedim(x.detach(), {d}, {0})).reshape({count, -1});
    const Groups groups = groups_of_rows(rows);
    Tensor once =
        index_select(x.detach(), d, tensor_of(groups.first, {static_cast<std::int64_t>(groups.first.size())}));
    return with(groups, record("UniqueDimBackward0", once, wrt(x, none)), {count}, return_inverse, return_counts);
}

}  // namespace taper::ops
