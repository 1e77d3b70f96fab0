// Elements named by tensors: each op finds the positions it means, and picks there.
#include <limits>

#include "../../tensor/loops.h"
#include "../../tensor/number_range.h"
#include "../../tensor/warning.h"
#include "../inplace.h"
#include "../ops.h"
#include "positions.h"

namespace taper::ops {

using autograd::checked_positions, autograd::pick, autograd::record, autograd::IndexedDims, autograd::save,
    autograd::size_along, autograd::wrt;
using T = const Tensor&;

namespace {

void check_whole(const char* op, T index) {
    check(index.dtype() == DType::Int32 || index.dtype() == DType::Int64,
        "{}: Expected dtype int32 or int64 for index, but got {}", op, scalar_name_of(index.dtype()));
}

}  // namespace

// ---- picking

Tensor index_select(T x, std::int64_t dim, T index) {
    std::int64_t d = wrap_dim(dim, x.ndim());
    check_whole("index_select", index);
    check(index.ndim() <= 1, "index_select: index_select(): Index is supposed to be a vector");
    Tensor positions = checked_positions(index, size_along(x, d), false, [&](auto i) {
        fail("index_select: index out of range in self: {} along dimension {} of size {}", i, d, size_along(x, d));
    });
    if (x.ndim() > 0)
        return pick(
            "IndexSelectBackward0", x, positions.reshape(-1), IndexedDims::of(x.shape(), static_cast<int>(d), 1));
    check(index.numel() == 1, "index_select: Index to scalar can have only 1 value, got {} value(s)", index.numel());
    return pick("IndexSelectBackward0", x, positions.reshape(Shape{}), IndexedDims::all_of(x.shape()));
}

Tensor gather(T x, std::int64_t dim, T index) {
    std::int64_t d = wrap_dim(dim, x.ndim());
    if (index.numel() > 0) {
        check(index.dtype() == DType::Int64, "gather: gather(): Expected dtype int64 for index");
        check(std::max<std::int64_t>(index.ndim(), 1) == std::max<std::int64_t>(x.ndim(), 1),
            "gather: Index tensor must have the same number of dimensions as input tensor");
        for (int i = 0; i < std::min(index.ndim(), x.ndim()); ++i)
            check(i == d || index.shape()[i] <= x.shape()[i],
                "gather: Size does not match at dimension {} expected index {} to be smaller than self {} apart from "
                "dimension {}",
                i, index.shape().str(), x.shape().str(), d);
    }
    Tensor positions = index.numel() > 0 ? autograd::positions_along("gather", x, d, index)
                                         : native::empty(index.shape(), DType::Int64);
    return pick("GatherBackward0", x, positions, IndexedDims::all_of(x.shape()));
}

Tensor masked_select(T x, T mask) {
    check(mask.dtype() == DType::Bool || mask.dtype() == DType::UInt8,
        "masked_select: expected BoolTensor or ByteTensor for mask");
    if (mask.dtype() == DType::UInt8)
        warn(
            "masked_select received a mask with dtype torch.uint8, this behavior is now deprecated,please use a mask "
            "with dtype torch.bool instead.");
    const Shape shape = broadcast_shapes(mask.shape(), x.shape());
    Tensor wide = shape == x.shape() ? x : expand(x, shape);
    Tensor positions = autograd::nonzero_positions(native::broadcast(mask, shape));
    return pick("MaskedSelectBackward0", wide, positions, IndexedDims::all_of(shape));
}

Tensor take(T x, T index) {
    check(index.dtype() == DType::Int64, "take: take(): Expected a long tensor for index, but got {}",
        scalar_name_of(index.dtype()));
    check(x.numel() > 0 || index.numel() == 0, "take: take(): tried to take from an empty tensor");
    Tensor positions = checked_positions(index, x.numel(), true, [&](auto i) {
        fail("take: out of range: tried to access index {} on a tensor of {} elements.", i, x.numel());
    });
    return pick("TakeBackward0", x, positions, IndexedDims::all_of(x.shape()));
}

namespace {
// Rows as they are, whose gradients are divided by how often their number stands in the index.
Tensor shared_by_frequency(T rows, T index, std::int64_t count) {
    const Tensor positions = index.detach().to(int64).reshape(-1), times = bincount(positions, {}, count),
                 share = (1 / times.index_select(0, positions).to(rows.dtype())).reshape(index.shape()).unsqueeze(-1);
    return record(
        "EmbeddingBackward0", rows.detach(), wrt(rows, save(share), [](T grad, T share) { return grad * share; }));
}
}  // namespace

Tensor embedding(T index, T weight, std::int64_t padding_idx, bool scale_grad_by_freq, bool sparse) {
    check(!sparse,
        "embedding: sparse=True is not supported: there are no sparse tensors here; leave it out, and the gradient is "
        "the same, held in full");
    if (scale_grad_by_freq) return shared_by_frequency(embedding(index, weight, padding_idx), index, weight.size(0));
    check(index.dtype() == DType::Int32 || index.dtype() == DType::Int64,
        "embedding: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; "
        "but got torch.{}Tensor instead (while checking arguments for embedding)",
        scalar_name_of(index.dtype()));
    check(weight.ndim() == 2, "embedding: 'weight' must be 2-D");
    Tensor positions = checked_positions(index, weight.shape()[0], false,
        [&](auto i) { fail("embedding: index out of range in self: {} in a table of {} rows", i, weight.shape()[0]); });
    const IndexedDims rows = IndexedDims::of(weight.shape(), 0, 1);
    if (padding_idx < 0) return pick("EmbeddingBackward0", weight, positions, rows);
    return record("EmbeddingBackward0", pick("", weight.detach(), positions, rows),
        wrt(weight, save(positions), [rows, padding_idx](T grad, T positions) {
            return autograd::put_back(masked_fill(grad, (positions == padding_idx).unsqueeze(-1), 0), positions, rows);
        }));
}

// ---- by a mask

static void check_mask(const char* op, T mask, T value) {
    check(mask.dtype() == DType::Bool || mask.dtype() == DType::UInt8,
        "{}: masked_fill_ only supports boolean masks, but got mask with dtype {}", op, mask.dtype());
    check(value.ndim() == 0,
        "{}: masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s).", op,
        value.ndim());
    if (mask.dtype() == DType::UInt8)
        warn(
            "masked_fill_ received a mask with dtype torch.uint8, this behavior is now deprecated,please use a mask "
            "with dtype torch.bool instead.");
}
// Writes x, or the value where the mask holds, into out.
static void fill_where(T out, T x, T mask, T value) {
    Tensor marks = native::cast(mask, DType::Bool);
    const Shape& shape = out.shape();
    check_fits("masked_fill", value.item_scalar(), out.dtype());
    visit_bytes(size_of(out.dtype()), [&](auto zero) {
        using E = decltype(zero);
        E v;
        native::put_number(value.item_scalar(), out.dtype(), &v);
        for_each_element<E, const E, const std::uint8_t>(
            shape, {operand(out), operand(x), operand(marks)}, [v](E& to, const E& from, const std::uint8_t& mark) {
                const E kept = from;  // as in where: no branch at each element
                to = mark ? v : kept;
            });
    });
}
Tensor masked_fill(T x, T mask, T value) {
    check_mask("masked_fill", mask, value);
    const Shape shape = broadcast_shapes(mask.shape(), x.shape());
    Tensor out = native::like(x, shape, x.dtype());
    fill_where(out, x, mask, value);
    return record(value.impl().is_number ? "MaskedFillBackward0" : "MaskedFillBackward1", out,
        wrt(x, save(mask), [](T grad, T mask) { return masked_fill(grad, mask, 0); }),
        wrt(value, save(mask), [](T grad, T mask) { return where(mask, grad, 0).sum(); }));
}
T masked_fill_(T self, T mask, T value) {
    check_mask("masked_fill_", mask, value);
    const Shape wide = broadcast_shapes(mask.shape(), self.shape());
    check(wide == self.shape(), "masked_fill_: output with shape {} doesn't match the broadcast shape {}",
        self.shape().str(), wide.str());
    if (is_grad_enabled() && self.is_floating_point() && (self.requires_grad() || value.requires_grad()))
        return autograd::overwrite("masked_fill_", self, masked_fill(self, mask, value));
    autograd::check_writable("masked_fill_", self);
    fill_where(self, self, mask, value);
    self.impl().count_write();
    return self;
}

// ---- of whole numbers: without history

Tensor nonzero(T x) {
    Tensor positions = autograd::nonzero_positions(x);
    Tensor out = native::empty({positions.numel(), x.ndim()}, DType::Int64, x.device());
    auto* to = out.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < positions.numel(); ++i, to += x.ndim()) {
        std::int64_t rest = positions.data_ptr<std::int64_t>()[i];
        for (std::int64_t d = x.ndim(); d-- > 0; rest /= x.shape()[d]) to[d] = rest % x.shape()[d];
    }
    return out;
}

TensorList where(T condition) {
    return unbind(nonzero(condition.ndim() == 0 ? reshape(condition, {1}) : condition), 1);
}

Tensor one_hot(T labels, std::int64_t num_classes) {
    check(labels.dtype() == DType::Int64, "one_hot: one_hot is only applicable to index tensor.");
    check(labels.numel() > 0 || num_classes > 0, "one_hot: Can not infer total number of classes from empty tensor.");
    Tensor all = native::contiguous(labels);
    const auto* label = all.data_ptr<std::int64_t>();
    std::int64_t largest = -1, classes = num_classes;
    for (std::int64_t i = 0; i < all.numel(); ++i) {
        check(label[i] >= 0, "one_hot: Class values must be non-negative.");
        largest = std::max(largest, label[i]);
    }
    if (classes == -1) classes = largest + 1;
    check(largest < classes, "one_hot: Class values must be smaller than num_classes.");
    Shape shape = labels.shape();
    shape.push_back(classes);
    Tensor out = native::zeros(shape, DType::Int64, labels.device());
    auto* row = out.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < all.numel(); ++i) row[i * classes + label[i]] = 1;
    return out;
}

Tensor bincount(T x, T weights, std::int64_t minlength) {
    check(minlength >= 0, "bincount: minlength should be >= 0");
    check(!x.is_floating_point() && x.dtype() != DType::Bool, "bincount: \"bincount_cpu\" not implemented for '{}'",
        scalar_name_of(x.dtype()));
    Tensor all = native::contiguous(native::cast(x, DType::Int64));
    const auto* value = all.data_ptr<std::int64_t>();
    std::int64_t largest = -1;
    bool negative = false;
    for (std::int64_t i = 0; i < all.numel(); ++i) {
        largest = std::max(largest, value[i]);
        negative = negative || value[i] < 0;
    }
    check(!negative && (x.ndim() == 1 || x.numel() == 0),
        "bincount: bincount only supports 1-d non-negative integral inputs.");
    const Shape bins{std::max(minlength, largest + 1)};
    if (weights.defined()) {
        check(weights.ndim() == 1 && weights.numel() == x.numel(),
            "bincount: weights should be 1-d and have the same length as input");
        const DType dtype = weights.dtype() == DType::Float32 ? DType::Float32 : DType::Float64;
        return index_add(native::zeros(bins, dtype), 0, all, to(weights.detach(), dtype));
    }
    Tensor out = native::zeros(bins, DType::Int64, x.device());
    auto* count = out.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < all.numel(); ++i) ++count[value[i]];
    return out;
}

}  // namespace taper::ops
