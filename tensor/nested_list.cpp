// The numbers of torch.tensor([[...], ...]): their dtype, their shape, and writing them.
#include "create.h"
#include "native.h"
#include "number_range.h"

namespace taper {

DType NestedList::kind() const {
    DType kind = is_list_ ? DType::Bool : value_.kind();
    for (const NestedList& item : items_) kind = promote_types(kind, item.kind());
    return kind;
}

DType NestedList::dtype() const {
    if (is_list_ && shape().numel() == 0) return get_default_dtype();
    DType found = kind();
    return found == DType::Float64 ? get_default_dtype() : found;
}

Shape NestedList::shape() const {
    Shape shape;
    for (const NestedList* at = this; at->is_list_; at = &at->items_.front()) {
        shape.push_back(static_cast<std::int64_t>(at->items_.size()));
        if (at->items_.empty()) break;
    }
    return shape;
}

void NestedList::write(const Tensor& to, int dim) const {
    if (!is_list_) {
        if (!to.is_floating_point()) check_fits("tensor", value_, to.dtype());  // (1e39 is an infinite float32)
        return native::fill(to, value_);
    }
    const std::int64_t count = static_cast<std::int64_t>(items_.size());
    for (std::int64_t i = 0; i < count; ++i) {
        Shape inner = items_[i].shape(), expected = to.shape(), strides = to.stride();
        expected.erase(0);
        strides.erase(0);
        if (!expected.empty())
            check(inner[0] == expected[0], "tensor: expected sequence of length {} at dim {} (got {})", expected[0],
                dim + 1, inner[0]);
        items_[i].write(native::view(to, expected, strides, to.storage_offset() + i * to.stride()[0]), dim + 1);
    }
}

}  // namespace taper
