// Writing to elements named by tensors: each op finds the positions it means, and puts there.
#include "scatter.h"
#include "../../tensor/number_range.h"
#include "../../tensor/warning.h"
#include "../inplace.h"
#include "../ops.h"

namespace taper {

using T = const Tensor&;

namespace ops {

using autograd::checked_positions, autograd::out_of_bounds, autograd::put, autograd::put_, autograd::scattering,
    autograd::IndexedDims, autograd::size_along, autograd::Writing;

namespace {

void check_dims(const char* op, const char* whose, T x, T index) {
    check(std::max<std::int64_t>(index.ndim(), 1) == std::max<std::int64_t>(x.ndim(), 1),
        "{}: Index tensor must have the same number of dimensions as {} tensor", op, whose);
}

// Whether index fits in `other` along each dim apart from `dim`.
bool fits(T index, T other, std::int64_t dim) {
    for (int d = 0; d < std::min(index.ndim(), other.ndim()); ++d)
        if (d != dim && index.shape()[d] > other.shape()[d]) return false;
    return true;
}

}  // namespace
}  // namespace ops

// ---- one position for each element of an index

autograd::Writing autograd::scattering(const char* op, T x, std::int64_t dim, T index, T source) {
    using namespace ops;
    std::int64_t d = wrap_dim(dim, x.ndim());
    const bool number = source.impl().is_number;
    check_fits(op, source, x.dtype());
    const IndexedDims all = IndexedDims::all_of(x.shape());
    check(index.dtype() == DType::Int64, "{}: scatter(): Expected dtype int64 for index", op);
    check(number || source.dtype() == x.dtype(), "{}: scatter(): Expected self.dtype to be equal to src.dtype", op);
    const bool alike = !number && index.ndim() == source.ndim() && fits(index, source, -1);
    if (index.numel() == 0 && !alike) return {native::empty(index.shape(), DType::Int64), Tensor(0).to(x.dtype()), all};
    if (index.numel() > 0) check_dims(op, "self", x, index);
    if (number) {
        check(fits(index, x, d), "{}: Expected index {} to be smaller than self {} apart from dimension {}", op,
            index.shape().str(), x.shape().str(), d);
        return {positions_along(op, x, d, index), source, all};
    }
    check_dims(op, "src", source, index);
    check((index.numel() == 0 || fits(index, x, d)) && fits(index, source, -1),
        "{}: Expected index {} to be smaller than self {} apart from dimension {} and to be smaller size than src {}",
        op, index.shape().str(), x.shape().str(), d, source.shape().str());
    Tensor used = source;
    for (int i = 0; i < std::min(index.ndim(), source.ndim()); ++i)
        if (index.shape()[i] < source.shape()[i]) used = narrow(used, i, 0, index.shape()[i]);
    return {index.numel() ? positions_along(op, x, d, index) : native::empty(index.shape(), DType::Int64), used, all};
}

namespace ops {

static const char* name_of_scatter(T source) {
    return source.impl().is_number ? "ScatterBackward1" : "ScatterBackward0";
}
Tensor source_of(const char* op, T src, const std::optional<Scalar>& value) {
    check(!src.defined() || !value, "{}: got multiple values for argument 'src'", op);
    check(src.defined() || value, "{}: missing a required argument: 'src' or 'value'", op);
    return value ? Tensor(*value) : src;
}
// A copy of x, with its elements and those of the source added or multiplied.
static Tensor scatter_reduced(T x, std::int64_t dim, T index, T source, const std::string& reduce) {
    check(reduce == "add" || reduce == "multiply", "scatter: reduce argument must be either add or multiply.");
    if (!source.impl().is_number)
        warn(
            "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future "
            "PyTorch release. Use torch.scatter_reduce instead for more reduction options.");
    auto [positions, from, at] =
        scattering("scatter", x.detach(), dim, index, source.impl().is_number ? source : source.detach());
    const Tensor out = native::clone(native::contiguous(x.detach())),
                 each = native::contiguous(native::broadcast(native::cast(from, x.dtype()), positions.shape()));
    visit_stored(x.dtype(), [&, positions = positions](auto zero) {
        using E = decltype(zero);
        E *to = static_cast<E*>(out.data_ptr()), *source = static_cast<E*>(each.data_ptr());
        const std::int64_t* at = positions.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < positions.numel(); ++i)
            to[at[i]] = static_cast<E>(reduce == "add" ? to[at[i]] + source[i] : to[at[i]] * source[i]);
    });
    const auto none = [](T) -> Tensor { fail("scatter: derivative for aten::scatter is not implemented"); };
    return autograd::record("NotImplemented", out, autograd::wrt(x, none), autograd::wrt(source, none));
}
Tensor scatter(T x, std::int64_t dim, T index, T source, const std::optional<std::string>& reduce) {
    if (reduce) return scatter_reduced(x, dim, index, source, *reduce);
    auto [positions, from, at] = scattering("scatter", x, dim, index, source);
    return put(name_of_scatter(source), x, positions, from, at);
}
T scatter_(T self, std::int64_t dim, T index, T source, const std::optional<std::string>& reduce) {
    if (reduce) return autograd::overwrite("scatter_", self, scatter_reduced(self, dim, index, source, *reduce));
    auto [positions, from, at] = scattering("scatter", self, dim, index, source);
    return put_("scatter_", name_of_scatter(source), self, positions, from, at);
}
Tensor scatter_add(T x, std::int64_t dim, T index, T source) {
    auto [positions, from, at] = scattering("scatter_add", x, dim, index, source);
    return put("ScatterAddBackward0", x, positions, from, at, true);
}
T scatter_add_(T self, std::int64_t dim, T index, T source) {
    auto [positions, from, at] = scattering("scatter_add", self, dim, index, source);
    return put_("scatter_add_", "ScatterAddBackward0", self, positions, from, at, true);
}

// ---- whole slices along a dim

// What index_add, index_copy_ and index_fill_ have in common: whole slices along a dim.
static Writing slices(T x, std::int64_t dim, T index, T source, bool wraps, const char* op) {
    const std::int64_t size = size_along(x, dim);
    Tensor positions = checked_positions(index, size, wraps, [&](auto i) { out_of_bounds(op, i, dim, size); });
    if (x.ndim() == 0) return {positions.reshape(-1), source.reshape(-1), IndexedDims::all_of(x.shape())};
    return {positions.reshape(-1), source, IndexedDims::of(x.shape(), static_cast<int>(dim), 1)};
}

static Tensor times(T source, const Scalar& alpha) {
    check_fits("index_add", alpha, source.dtype());
    if (alpha.to<double>() == 1) return source;
    if (source.is_floating_point()) return source * alpha;
    return source.dtype() == DType::Bool ? source & alpha.to<bool>() : source * alpha.to<std::int64_t>();
}
static Writing adding(T x, std::int64_t dim, T index, T source) {
    std::int64_t d = wrap_dim(dim, x.ndim());
    check(index.dtype() == DType::Int32 || index.dtype() == DType::Int64,
        "index_add_(): Expected dtype int32/int64 for index but got: {}", scalar_name_of(index.dtype()));
    check(index.ndim() <= 1,
        "index_add_(): Index is supposed to be a vector, but got dim: {} with type: {} and size: {}", index.ndim(),
        scalar_name_of(index.dtype()), index.shape().str());
    check(source.dtype() == x.dtype(), "index_add_(): self ({}) and source ({}) must have the same scalar type",
        scalar_name_of(x.dtype()), scalar_name_of(source.dtype()));
    const std::int64_t slots = d < source.ndim() ? source.shape()[d] : 1;
    check(index.numel() == slots,
        "index_add_(): Number of indices ({}) should be equal to source.size(dim): ({}), for dim: {}", index.numel(),
        slots, d);
    Shape wanted = x.shape();
    if (x.ndim() > 0) wanted[d] = slots;
    check(source.shape() == wanted || (source.numel() == 1 && wanted.numel() == 1),
        "index_add_(): source of shape {} does not fit: {} wanted", source.shape().str(), wanted.str());
    Tensor from = source.shape() == wanted ? source : source.reshape(wanted);
    checked_positions(index, size_along(x, d), false, [&](auto i) {
        fail("index_add_(): index out of range in self: {} along dimension {} of size {}", i, d, size_along(x, d));
    });
    return slices(x, d, index, from, false, "index_add_");
}
Tensor index_add(T x, std::int64_t dim, T index, T source, const Scalar& alpha) {
    auto [positions, from, at] = adding(x, dim, index, times(source, alpha));
    return put("IndexAddBackward0", x, positions, from, at, true);
}
T index_add_(T self, std::int64_t dim, T index, T source, const Scalar& alpha) {
    auto [positions, from, at] = adding(self, dim, index, times(source, alpha));
    return put_("index_add_", "IndexAddBackward0", self, positions, from, at, true);
}

static Writing filling(T self, std::int64_t dim, T index, T value) {
    std::int64_t d = wrap_dim(dim, self.ndim());
    check(value.ndim() == 0,
        "index_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s).", value.ndim());
    check(index.dtype() == DType::Int64, "index_fill_(): Expected dtype int64 for index.");
    check(index.ndim() <= 1, "index_fill_: Index has to be a vector/scalar");
    check_fits("index_fill_", value.item_scalar(), self.dtype());
    Writing all = slices(self, d, index, value, true, "index_fill_");
    all.source = value;
    all.positions = unique(all.positions)[0];  // an element that is named twice holds the value once
    return all;
}
static const char* name_of_fill(T value) {
    return value.impl().is_number ? "IndexFillBackward0" : "IndexFillBackward1";
}
Tensor index_fill(T x, std::int64_t dim, T index, T value) {
    auto [positions, from, at] = filling(x, dim, index, value);
    return put(name_of_fill(value), x, positions, from, at);
}
T index_fill_(T self, std::int64_t dim, T index, T value) {
    auto [positions, from, at] = filling(self, dim, index, value);
    return put_("index_fill_", name_of_fill(value), self, positions, from, at);
}
static Writing copying(T self, std::int64_t dim, T index, T source) {
    std::int64_t d = wrap_dim(dim, self.ndim());
    check(index.ndim() <= 1, "index_copy_(): Index should have dimension 1 or 0 (got {})", index.ndim());
    check(source.ndim() == 0 || self.ndim() == 0 || source.ndim() == self.ndim(),
        "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
        "dimensionality ({}), destination dimensionality ({})",
        source.ndim(), self.ndim());
    check(index.dtype() == DType::Int64, "index_copy_(): Expected a long tensor for index, but got {}",
        scalar_name_of(index.dtype()));
    check(source.dtype() == self.dtype(),
        "index_copy_(): self and source expected to have the same dtype, but got (self) {} and (source) {}",
        scalar_name_of(self.dtype()), scalar_name_of(source.dtype()));
    Shape own = self.shape(), theirs = source.shape();
    if (!own.empty()) own.erase(d);
    if (!theirs.empty()) theirs.erase(std::min<std::int64_t>(d, theirs.size() - 1));
    check(own == theirs,
        "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: {} at "
        "dimension {} and source slice shape: {} at dimension 0.",
        own.str(), d, theirs.str());
    const std::int64_t slots = source.ndim() == 0 ? 1 : source.shape()[std::min<std::int64_t>(d, source.ndim() - 1)];
    check(index.numel() == slots, "index_copy_(): Number of indices ({}) should be equal to source.size(dim) ({})",
        index.numel(), slots);
    return slices(self, d, index, source, false, "index_copy_()");
}
Tensor index_copy(T x, std::int64_t dim, T index, T source) {
    auto [positions, from, at] = copying(x, dim, index, source);
    return put("IndexCopyBackward0", x, positions, from, at);
}
T index_copy_(T self, std::int64_t dim, T index, T source) {
    auto [positions, from, at] = copying(self, dim, index, source);
    return put_("index_copy_", "IndexCopyBackward0", self, positions, from, at);
}

}  // namespace ops
}  // namespace taper
