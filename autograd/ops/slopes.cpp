// Differences of neighbours, and slopes made of them.
#include "../ops.h"

namespace taper::ops {

using T = const Tensor&;

Tensor diff(T x, std::int64_t n, std::int64_t dim, T prepend, T append) {
    check(x.ndim() >= 1, "diff: diff expects input to be at least one-dimensional");
    check(n >= 0, "diff: order must be non-negative but got {}", n);
    if (n == 0) return copy_(zeros_like(x), x);  // whatever stands before and behind
    const std::int64_t d = wrap_dim(dim, x.ndim());
    TensorList parts;
    for (const Tensor* part : {&prepend, &x, &append}) {
        if (!part->defined()) continue;
        check(part->ndim() == x.ndim(),
            "diff: diff expects prepend or append to be the same dimension as input, but got {} and {}", part->ndim(),
            x.ndim());
        for (std::int64_t i = 0; i < x.ndim(); ++i)
            check(i == d || part->shape()[i] == x.shape()[i],
                "diff: diff expects the shape of tensor to prepend or append to match that of input except along the "
                "differencing dimension; input.size({}) = {}, but got tensor.size({}) = {}",
                i, x.shape()[i], i, part->shape()[i]);
        parts.push_back(*part);
    }
    Tensor out = parts.size() == 1 ? x : cat(parts, d);
    for (std::int64_t left = std::min(n, out.size(d)); left > 0; --left) {
        const std::int64_t size = out.size(d) - 1;
        const Tensor later = narrow(out, d, 1, size), sooner = narrow(out, d, 0, size);
        out = out.dtype() == DType::Bool ? logical_xor(later, sooner) : sub(later, sooner);
    }
    return out;
}

// From these before and behind, and what lies between them.
static Tensor between(T before, T middle, T behind, std::int64_t dim) { return cat({before, middle, behind}, dim); }

static Tensor slope(T x, T distance, std::int64_t d, std::int64_t edge_order) {
    const auto at = [&](std::int64_t start, std::optional<std::int64_t> end) { return slice(x, d, Slice(start, end)); };
    const Tensor middle = (at(2, none) - at(0, -2)) / distance;
    if (edge_order == 1)
        return between((at(1, 2) - at(0, 1)) / distance, middle / 2, (at(-1, none) - at(-2, -1)) / distance, d);
    return between((-1.5 * at(0, 1) + 2 * at(1, 2) - 0.5 * at(2, 3)) / distance, middle / 2,
        (0.5 * at(-3, -2) - 2 * at(-2, -1) + 1.5 * at(-1, none)) / distance, d);
}
static Tensor slope_along(T x, T coordinates, std::int64_t d, std::int64_t edge_order) {
    check(coordinates.ndim() == 1,
        "gradient: torch.gradient expected each element of spacing to have one dimension, but got an element with {} "
        "dimensions!",
        coordinates.ndim());
    check(coordinates.size(0) == x.size(d),
        "gradient: torch.gradient expected each element of spacing to have as many elements as its dim, but got {} for "
        "{}",
        coordinates.size(0), x.size(d));
    const auto at = [&](std::int64_t start, std::optional<std::int64_t> end) { return slice(x, d, Slice(start, end)); };
    Shape line = Shape::filled(x.ndim(), 1);
    line[d] = -1;
    const Tensor step = diff(coordinates, 1, 0), h = reshape(slice(step, 0, Slice(0, -1)), line),
                 k = reshape(slice(step, 0, Slice(1, none)), line);
    const Tensor a = -k / (h * (h + k)), b = (k - h) / (h * k), c = h / (k * (h + k));
    const Tensor middle = a * at(0, -2) + b * at(1, -1) + c * at(2, none);
    const Tensor first = step[0], last = step[-1];
    if (edge_order == 1) return between((at(1, 2) - at(0, 1)) / first, middle, (at(-1, none) - at(-2, -1)) / last, d);
    const Tensor second = step[1], former = step[-2];
    const Tensor before = -(2.0 * first + second) / (first * (first + second)) * at(0, 1) +
        (first + second) / (first * second) * at(1, 2) + -first / (second * (first + second)) * at(2, 3);
    const Tensor behind = last / (former * (last + former)) * at(-3, -2) -
        (last + former) / (last * former) * at(-2, -1) + (2 * last + former) / (last * (last + former)) * at(-1, none);
    return between(before, middle, behind, d);
}
TensorList gradient(T x, const GradientSpacing& spacing, const std::optional<Dims>& dim, std::int64_t edge_order) {
    check(edge_order == 1 || edge_order == 2, "gradient: torch.gradient only supports edge_order=1 and edge_order=2.");
    Dims dims = dim.value_or(Dims());
    for (std::int64_t d = 0; !dim && d < x.ndim(); ++d) dims.push_back(d);
    const auto count = static_cast<int>(spacing.items.size());
    const bool one_number = count == 1 && spacing.items[0].impl().is_number;
    check(one_number || count == dims.size(),
        "gradient: torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to "
        "'self.dim() "
        "= {}', since dim argument was not given, but got a list of length {}",
        dims.size(), count);
    std::vector<bool> seen(static_cast<std::size_t>(x.ndim()) + 1);
    TensorList slopes;
    for (int i = 0; i < dims.size(); ++i) {
        const std::int64_t d = wrap_dim(dims[i], x.ndim());
        check(!seen[static_cast<std::size_t>(d)], "gradient: dim {} appears multiple times in the list of dims", d);
        seen[static_cast<std::size_t>(d)] = true;
        check(x.size(d) >= edge_order + 1,
            "gradient: torch.gradient expected each dimension size to be at least edge_order+1");
        T item = spacing.items[static_cast<std::size_t>(one_number ? 0 : i)];
        slopes.push_back(item.impl().is_number ? slope(x, item, d, edge_order) : slope_along(x, item, d, edge_order));
    }
    return slopes;
}

}  // namespace taper::ops
