#include "promotion.h"

namespace taper {

namespace {

// PyTorch's three ranks of operands: with dimensions, without, and plain numbers. A lower rank counts only if its kind
// (bool, integer, floating) is higher.
struct Ranks {
    std::optional<DType> dims, zero_dim, number;

    void add(const Tensor& x) {
        const TensorImpl& impl = x.impl();
        auto& rank = impl.is_number ? number : impl.shape.empty() ? zero_dim : dims;
        DType dtype = impl.is_number && impl.dtype == DType::Float64 ? get_default_dtype() : impl.dtype;
        rank = rank ? promote_types(*rank, dtype) : dtype;
    }
    static int kind(DType dtype) { return dtype == DType::Bool ? 0 : taper::is_floating_point(dtype) ? 2 : 1; }
    static std::optional<DType> higher(std::optional<DType> high, std::optional<DType> low) {
        if (!high) return low;
        if (!low || kind(*low) <= kind(*high)) return high;
        return promote_types(*high, *low);
    }
    DType result() const { return higher(higher(dims, zero_dim), number).value_or(get_default_dtype()); }
};

}  // namespace

DType result_type(const Tensor& a, const Tensor& b) {
    const TensorImpl &x = a.impl(), &y = b.impl();
    if (x.dtype == y.dtype && !x.is_number && !y.is_number) return x.dtype;
    Ranks ranks;
    ranks.add(a);
    ranks.add(b);
    return ranks.result();
}

DType result_type(std::span<const Tensor> tensors) {
    Ranks ranks;
    for (const Tensor& x : tensors) ranks.add(x);
    return ranks.result();
}

}  // namespace taper
