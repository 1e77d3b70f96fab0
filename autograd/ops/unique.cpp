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
Groups groups_of_rows(T rows, bool consecutive) {
    return visit(rows.dtype(), [&](auto zero) {
        return group_rows(rows.size(0), rows.size(1), rows.data_ptr<decltype(zero)>(), consecutive);
    });
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

// What has no derivative.
const auto none = [](T) -> Tensor { fail("unique: the derivative for '_unique2' is not implemented."); };

// The rows of x along `dim` (which changes places with the first, so that the order is PyTorch's), each once; the name
// is that of the step.
TensorList unique_rows(
    const char* name, T x, std::int64_t dim, bool consecutive, bool return_inverse, bool return_counts) {
    check(x.ndim() > 0, "unique: Dimension specified as {} but tensor has no dimensions", dim);
    const std::int64_t d = wrap_dim(dim, x.ndim()), count = x.shape()[d];
    check(x.numel() > 0 || count == 0,
        "unique: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
    check(count > 0 || std::count(x.shape().begin(), x.shape().end(), 0) == 1,
        "unique: Number of zero sized dimensions is more than one, so unique cannot be applied ");
    const Tensor rows = count == 0 ? native::empty({0, 0}, x.dtype())
                                   : native::contiguous(transpose(x.detach(), 0, d)).reshape({count, -1});
    const Groups groups = groups_of_rows(rows, consecutive);
    Tensor once =
        index_select(x.detach(), d, tensor_of(groups.first, {static_cast<std::int64_t>(groups.first.size())}));
    return with(groups, record(name, once, wrt(x, none)), {count}, return_inverse, return_counts);
}

TensorList unique_elements(const char* name, T x, bool consecutive, bool return_inverse, bool return_counts) {
    const Tensor flat = native::contiguous(x.detach()).reshape(-1);
    const Groups groups = consecutive ? groups_of_rows(flat.reshape({-1, 1}), true) : groups_of_elements(flat);
    const Shape found{static_cast<std::int64_t>(groups.first.size())};
    Tensor once = index_select(flat, 0, tensor_of(groups.first, found));
    return with(groups, record(name, once, wrt(x, none)), x.shape(), return_inverse, return_counts);
}

// f of wide elements, with narrow ones again.
template <class F> TensorList each_once(const char* op, T x, F f) {
    refuse(op, "unique", x.dtype(), {DType::Float16});
    TensorList found = f(widened(x));
    found[0] = narrowed(found[0], x.dtype());
    return found;
}

}  // namespace

TensorList unique(T x, std::optional<std::int64_t> dim, bool return_inverse, bool return_counts) {
    return each_once("unique", x, [&](T x) {
        return dim ? unique_rows("UniqueDimBackward0", x, *dim, false, return_inverse, return_counts)
                   : unique_elements("Unique2Backward0", x, false, return_inverse, return_counts);
    });
}
TensorList unique_consecutive(T x, std::optional<std::int64_t> dim, bool return_inverse, bool return_counts) {
    return each_once("unique_consecutive", x, [&](T x) {
        return dim ? unique_rows("UniqueConsecutiveBackward0", x, *dim, true, return_inverse, return_counts)
                   : unique_elements("UniqueConsecutiveBackward0", x, true, return_inverse, return_counts);
    });
}

}  // namespace taper::ops
