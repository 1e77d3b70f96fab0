// Where numbers belong: places in sorted lines, membership, counts. Without history.
#include <algorithm>
#include <cmath>

#include "../../tensor/kernels/order.h"
#include "../../tensor/number_range.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::wrt;
using T = const Tensor&;

// ---- in sorted lines

// Error unless the lines, the values and the sorter fit together.
static void check_search(T lines, T values, bool right, const std::optional<std::string>& side, T sorter) {
    check(!side || *side == "left" || *side == "right",
        "searchsorted: torch.searchsorted(): side can only be 'left' or 'right' but got {}", side.value_or(""));
    check(!side || !right || *side == "right",
        "searchsorted: torch.searchsorted(): side and right can't be set to opposites, got side of left while right "
        "was True");
    check(lines.ndim() > 0,
        "searchsorted: torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, "
        "but got boundaries tensor dim({})",
        lines.ndim());
    Shape ahead = lines.shape(), own = values.shape();
    if (!own.empty()) own.erase(own.size() - 1);
    ahead.erase(ahead.size() - 1);
    check(lines.ndim() == 1 || (values.ndim() > 0 && ahead == own),
        "searchsorted: torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
        "boundaries tensor and input value tensor must match, but we got boundaries tensor {} and input value tensor "
        "{}",
        lines.shape().str(), values.shape().str());
    if (!sorter.defined()) return;
    check(sorter.shape() == lines.shape(),
        "searchsorted: torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor {}"
        "and got sorter tensor {}",
        lines.shape().str(), sorter.shape().str());
    check(sorter.dtype() == DType::Int64,
        "searchsorted: torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {}", sorter.dtype());
    check(lines.numel() == 0 || ops::all((sorter >= 0) & (sorter < lines.size(-1))).item<bool>(),
        "searchsorted: torch.searchsorted(): sorter index out of range");
}

Tensor searchsorted(T all, T sought, bool out_int32, bool right, const std::optional<std::string>& side, T sorter) {
    check_search(all, sought, right, side, sorter);
    const DType dtype = result_type(all, sought), wide = info_of(dtype).computes_in;
    Tensor places = native::zeros(sought.shape(), DType::Int64);
    if (places.numel() > 0) refuse("searchsorted", "searchsorted_out_cpu", dtype, {DType::Bool});
    const Tensor lines = native::contiguous(native::cast(all, wide)),
                 values = native::contiguous(native::cast(sought, wide)),
                 order = sorter.defined() ? native::contiguous(sorter) : Tensor();
    const std::int64_t length = lines.size(-1), count = lines.ndim() == 1 || length == 0 ? 1 : lines.numel() / length;
    if (places.numel() > 0 && length > 0)
        visit<Numbers>(wide, [&](auto zero) {
            using E = decltype(zero);
            search_lines<E>(
                {count, length, lines.data_ptr<E>(), sorter.defined() ? order.data_ptr<std::int64_t>() : nullptr},
                right || side == "right", values.numel() / count, values.data_ptr<E>(),
                places.data_ptr<std::int64_t>());
        });
    return out_int32 ? native::cast(places, DType::Int32) : places;
}
Tensor bucketize(T values, T boundaries, bool out_int32, bool right) {
    check(
        boundaries.ndim() == 1, "bucketize: boundaries tensor must be 1 dimension, but got dim({})", boundaries.ndim());
    return searchsorted(boundaries, values, out_int32, right);
}

Tensor isin(T elements, T test_elements, bool invert) {
    check(!elements.impl().is_number || !test_elements.impl().is_number,
        "isin: received an invalid combination of arguments: one of them must be a Tensor");
    for (const Tensor* x : {&elements, &test_elements})
        check(x->impl().is_number || (x->dtype() != DType::Bool && x->dtype() != DType::BFloat16),
            "isin: Unsupported input type encountered for isin(): {}", scalar_name_of(x->dtype()));
    if (test_elements.impl().is_number)
        return invert ? ne(elements.detach(), test_elements) : eq(elements.detach(), test_elements);
    const Tensor flat = test_elements.detach().reshape(-1);
    const DType dtype = result_type(elements, flat), wide = info_of(dtype).computes_in;
    const Tensor values = native::cast(elements, wide), sorted = sort(native::cast(flat, wide), 0).values;
    if (elements.numel() > 0) refuse("isin", "isin_default_cpu", dtype, {DType::Float16});
    if (flat.numel() == 0) return native::full(elements.shape(), invert, DType::Bool);
    const Tensor at = clamp(searchsorted(sorted, values), std::nullopt, Scalar(flat.numel() - 1)),
                 found = eq(values, reshape(index_select(sorted, 0, reshape(at, {-1})), values.shape()));
    return invert ? logical_not(found) : found;
}

// ---- counts

namespace {

struct Ends {
    double low, high;
};

// The ends of the bins: those given, or of all that there is, which are set apart if they are equal.
Ends ends_of(const char* op, T x, std::optional<Ends> given, double apart) {
    Ends ends = given.value_or(Ends{0, 1});
    if (!given && x.numel() > 0) ends = {min(x).item(), max(x).item()};
    check(std::isfinite(ends.low) && std::isfinite(ends.high), "{}: range of [{}, {}] is not finite", op, ends.low,
        ends.high);
    if (ends.low == ends.high) ends = {ends.low - apart, ends.high + apart};
    return ends;
}

enum class Seek { Evenly, EvenlyThenNear, BySearch };

// The bin between n edges in which v lies, if any; the last one has its end. Sums and quotients are of v's type, as in
// PyTorch.
template <class E> std::optional<std::int64_t> bin_of(E v, const E* edges, std::int64_t n, Seek seek) {
    const E low = edges[0], high = edges[n - 1];
    if (v < low || v > high) return {};
    std::int64_t first = 0, last = n;
    if (seek != Seek::BySearch) {
        const E from = v - low, width = high - low, scaled = from * static_cast<E>(n - 1), place = scaled / width;
        first = place == place ? static_cast<std::int64_t>(place) : 0;  // so does PyTorch with NaN
        if (seek == Seek::Evenly) return std::min(first, n - 2);
        last = std::min(first + 2, n);
        first = std::max<std::int64_t>(first - 1, 0);
    }
    return std::min(std::upper_bound(edges + first, edges + last, v) - edges - 1, n - 2);
}

Tensor counts(T x, T edges, T weight, Seek seek) {
    Tensor hist = native::zeros({edges.numel() - 1}, x.dtype());
    const Tensor all = native::contiguous(x), each = weight.defined() ? native::contiguous(weight) : Tensor();
    visit_stored<Types<BFloat16, float, double>>(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        const auto of = [](T x) { return static_cast<E*>(x.data_ptr()); };
        for (std::int64_t i = 0; i < all.numel(); ++i)
            if (const auto bin = bin_of(of(all)[i], of(edges), edges.numel(), seek))
                of(hist)[*bin] = of(hist)[*bin] + (weight.defined() ? of(each)[i] : static_cast<E>(1));
    });
    return hist;
}

Tensor even_edges(const Ends& ends, std::int64_t bins, DType dtype) {
    return linspace(ends.low, ends.high, bins + 1, {.dtype = dtype});
}

}  // namespace

Tensor histc(T x, std::int64_t bins, double min, double max) {
    check(x.is_floating_point() && x.dtype() != DType::Float16, "histc: \"histogram_cpu\" not implemented for '{}'",
        scalar_name_of(x.dtype()));
    check(bins > 0, "histc: torch.histogram(): bins must be > 0, but got {} for dimension 0", bins);
    check(min <= max, "histc: torch.histc: max must be larger than min");
    const Tensor values = x.detach();
    const Ends ends =
        ends_of("torch.histc", values, min == max && x.numel() > 0 ? std::nullopt : std::optional(Ends{min, max}), 1);
    return counts(values, even_edges(ends, bins, x.dtype()), {}, Seek::Evenly);
}

Histogram histogram(T x, T bins, const std::optional<std::pair<double, double>>& range, T weight, bool density) {
    check(x.dtype() == DType::Float32 || x.dtype() == DType::Float64,
        "histogram: \"histogramdd\" not implemented for '{}'", scalar_name_of(x.dtype()));
    if (weight.defined()) {
        check(weight.shape() == x.shape(),
            "histogram: torch.histogramdd: if weight tensor is provided it should have the same shape as the input "
            "tensor excluding its innermost dimension, but got input with shape {} and weight with shape {}",
            x.shape().str(), weight.shape().str());
        check(weight.dtype() == x.dtype(),
            "histogram: torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have "
            "the "
            "same dtype, but got input with dtype {}, and weight with dtype {}",
            x.dtype(), weight.dtype());
    }
    Tensor edges = bins;
    const bool even = !bins.defined() || bins.impl().is_number;
    if (even) {
        const Scalar count = bins.defined() ? bins.item_scalar() : Scalar(100);
        check(count.kind() == DType::Int64, "histogram: argument 'bins' must be Tensor or int, not float");
        check(count.to<std::int64_t>() > 0,
            "histogram: torch.histogram(): bins must be > 0, but got {} for dimension 0", count.to<std::int64_t>());
        check(!range || range->first <= range->second,
            "histogram: torch.histogramdd: min should not exceed max, but got min {} max {} for dimension 0",
            range ? range->first : 0, range ? range->second : 0);
        const Ends ends = ends_of("torch.histogram", x.detach(),
            range ? std::optional(Ends{range->first, range->second}) : std::nullopt, 0.5);
        edges = even_edges(ends, count.to<std::int64_t>(), x.dtype());
    } else {
        check(!range, "histogram: got an unexpected keyword argument 'range': the edges say it");
        check(bins.ndim() == 1,
            "histogram: torch.histogramdd: bins tensor should have one dimension, but got {} dimensions", bins.ndim());
        check(bins.dtype() == x.dtype(),
            "histogram: torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input "
            "with "
            "dtype {} and bins for dimension 0 with dtype {}",
            x.dtype(), bins.dtype());
        check(bins.numel() > 1, "histogram: torch.histogram(): bins must be > 0, but got {} for dimension 0",
            bins.numel() - 1);
        edges = native::clone(native::contiguous(bins.detach()));
    }
    Tensor hist = counts(
        x.detach(), edges, weight.defined() ? weight.detach() : Tensor(), even ? Seek::EvenlyThenNear : Seek::BySearch);
    if (density) hist = div(div(hist, Scalar(sum(hist).item())), diff(edges));
    const auto none = [](T) -> Tensor { fail("histogram: derivative for aten::histogram is not implemented"); };
    const auto recorded = [&](T out) {
        return record("NotImplemented", out, wrt(x, none), wrt(bins, none), wrt(weight, none));
    };
    return {recorded(hist), recorded(edges)};
}

}  // namespace taper::ops

namespace taper {

const Tensor& Histogram::operator[](std::int64_t i) const {
    check(i >= -2 && i < 2, "index {} is out of range of the tuple (hist, bin_edges)", i);
    return i == 0 || i == -2 ? hist : bin_edges;
}

}  // namespace taper
