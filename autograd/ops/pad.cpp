// Padding: constants around x, or what its own inside gives. `before` and `behind` hold an amount for each dim.
#include <algorithm>

#include "../../tensor/number_range.h"
#include "../ops.h"
#include "positions.h"

namespace taper::ops {

using autograd::record, autograd::IndexedDims, autograd::wrt;
using T = const Tensor&;

static Shape negated(Shape amounts) {
    for (std::int64_t& amount : amounts) amount = -amount;
    return amounts;
}
static Tensor pad_constant(T x, const Shape& before, const Shape& behind, double value) {
    Shape shape = x.shape();
    for (int d = 0; d < shape.size(); ++d) {
        shape[d] += before[d] + behind[d];
        check(shape[d] >= 0,
            "pad: The input size {}, plus negative padding {} and {} resulted in a negative output size, which is "
            "invalid. Check dimension {} of your input.",
            x.shape()[d], before[d], behind[d], d);
    }
    Tensor out = native::full(shape, value, x.dtype(), x.device()), to = out, from = x.detach();
    for (int d = 0; d < shape.size(); ++d) {
        const std::int64_t start = std::max<std::int64_t>(before[d], 0), skip = std::max<std::int64_t>(-before[d], 0);
        const std::int64_t kept = std::max<std::int64_t>(0, std::min(x.shape()[d] - skip, shape[d] - start));
        from = slice(from, d, Slice(skip, skip + kept));
        to = slice(to, d, Slice(start, start + kept));
    }
    native::copy(to, from);
    return record("ConstantPadNdBackward0", out,
        wrt(x, [before, behind](T grad) { return pad_constant(grad, negated(before), negated(behind), 0); }));
}

enum class Inside { Reflect, Replicate, Circular };
// Where along a dim of `size` the element comes from that stands at `i`, counted from the first. Going round passes
// over what negative amounts crop.
static std::int64_t source_of(std::int64_t i, std::int64_t size, std::int64_t left, std::int64_t right, Inside how) {
    const std::int64_t skip = std::max<std::int64_t>(-left, 0), kept = size - skip + std::min<std::int64_t>(right, 0);
    if (how == Inside::Circular) return skip + ((i - skip) % kept + kept) % kept;
    if (how == Inside::Replicate) return std::clamp<std::int64_t>(i, 0, size - 1);
    return i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
}

static Tensor pad_from_inside(T x, const Shape& before, const Shape& behind, int dims, Inside how) {
    constexpr const char* names[3][3] = {
        {"ReflectionPad1DBackward0", "ReflectionPad2DBackward0", "ReflectionPad3DBackward0"},
        {"ReplicationPad1DBackward0", "ReplicationPad2DBackward0", "ReplicationPad3DBackward0"},
        {"CopySlices", "CopySlices", "CopySlices"}};
    Tensor positions = native::zeros({}, DType::Int64);
    for (std::int64_t d = x.ndim() - dims; d < x.ndim(); ++d) {
        const std::int64_t size = x.shape()[d], left = before[d], right = behind[d];
        check(size > 0, "pad: Expected a tensor whose padded dimensions have elements, but got: {}", x.shape().str());
        if (how == Inside::Reflect)
            check(left < size && right < size,
                "pad: Padding size should be less than the corresponding input dimension, but got: padding ({}, {}) at "
                "dimension {} of input {}",
                left, right, d, x.shape().str());
        if (how == Inside::Circular)
            check(left <= size && right <= size, "pad: Padding value causes wrapping around more than once.");
        check(size + left + right >= 1, "pad: input (size: {}) is too small. Calculated output size: {}", size,
            size + left + right);
        Tensor along = native::empty({size + left + right}, DType::Int64);
        for (std::int64_t i = 0; i < along.numel(); ++i)
            along.data_ptr<std::int64_t>()[i] = source_of(i - left, size, left, right, how);
        positions = autograd::further(positions.unsqueeze(-1), size, along);
    }
    return autograd::pick(names[static_cast<int>(how)][dims - 1], x, positions,
        IndexedDims::of(x.shape(), static_cast<int>(x.ndim()) - dims, dims));
}

Tensor pad(T x, const std::vector<std::int64_t>& amounts, const std::string& mode, double value) {
    const auto dims = static_cast<std::int64_t>(amounts.size() / 2);
    check(amounts.size() % 2 == 0, "pad: Padding length must be divisible by 2");
    check(dims <= x.ndim(), "pad: Padding length too large: {} amounts for {} dimensions", amounts.size(), x.ndim());
    const bool crops = std::all_of(amounts.begin(), amounts.end(), [](auto amount) { return amount <= 0; });
    Shape before = Shape::filled(x.ndim(), 0), behind = before;
    for (std::int64_t i = 0; i < dims; ++i) {
        before[x.ndim() - 1 - i] = amounts[2 * i];
        behind[x.ndim() - 1 - i] = amounts[2 * i + 1];
        const std::int64_t size = x.size(-1 - i), after = size + amounts[2 * i] + amounts[2 * i + 1];
        check(mode != "constant" || after > 0 || (crops && after == 0),
            "pad: The input size {}, plus negative padding {} and {} resulted in a negative output size, which is "
            "invalid. Check dimension {} of your input.",
            size, amounts[2 * i], amounts[2 * i + 1], x.ndim() - 1 - i);
    }
    if (mode == "constant") check_fits("pad", Scalar(value), x.dtype());
    if (mode == "constant") return pad_constant(x, before, behind, value);
    check(mode == "reflect" || mode == "replicate" || mode == "circular", "pad: Unrecognised padding mode {}", mode);
    check(value == 0, "pad: Padding mode \"{}\" doesn't take in value argument", mode);
    check(dims >= 1 && dims <= 3 && (x.ndim() == dims + 1 || x.ndim() == dims + 2),
        "pad: Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
    check(mode != "circular" || x.ndim() == dims + 2,
        "pad: Invalid padding size, expected {} but got {}: circular padding wants (N, C, ...)", 2 * (x.ndim() - 2),
        amounts.size());
    check(mode == "circular" || x.is_floating_point(), "pad: \"{}_pad{}d_cpu\" not implemented for '{}'",
        mode == "reflect" ? "reflection" : "replication", dims, scalar_name_of(x.dtype()));
    const bool is_volume = mode == "reflect" && dims == 3;  // for which PyTorch has kernels of halves too
    if (mode != "circular" && is_narrow(x.dtype()) && !is_volume) not_implemented(x.dtype());
    const Inside how = mode == "reflect" ? Inside::Reflect : mode == "replicate" ? Inside::Replicate : Inside::Circular;
    return pad_from_inside(x, before, behind, static_cast<int>(dims), how);
}

}  // namespace taper::ops
