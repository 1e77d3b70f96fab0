// The ops that are about places, order and shape, and those that draw in place: the second half of ops.h, which
// includes it.
#pragma once

#include "../tensor/create.h"

namespace taper {

/// How far the points of torch.gradient are apart: one number for all dims, one for each, or coordinates along each.
struct GradientSpacing {
    struct Item {
        template <class U>
            requires(std::convertible_to<U, Tensor> && !std::same_as<U, bool>)
        Item(const U& value) : value(value) {}
        Tensor value;
    };
    GradientSpacing() = default;
    template <Number N>
        requires(!std::same_as<N, bool>)
    GradientSpacing(N distance) : items{Tensor(distance)} {}
    GradientSpacing(TensorList items) : items(std::move(items)) {}

    TensorList items;  // numbers, or vectors
};
template <> struct detail::Braces<GradientSpacing> : Items<GradientSpacing::Item> {
    static GradientSpacing made(std::initializer_list<GradientSpacing::Item> items) {
        GradientSpacing all;
        for (const GradientSpacing::Item& item : items) all.items.push_back(item.value);
        return all;
    }
};

}  // namespace taper

namespace taper::ops {

// ---- quantile.cpp: what stands where in an order
/// Sorted along the first dim.
Tensor msort(const Tensor& x);
/// The value below which the share q lies, q a number or a list of them, which becomes the first dim; interpolation:
/// "linear", "lower", "higher", "midpoint" or "nearest". NaN where there is one.
Tensor quantile(const Tensor& x, const Tensor& q, std::optional<std::int64_t> dim = {}, bool keepdim = false,
    const std::string& interpolation = "linear");
/// The same of what is not NaN.
Tensor nanquantile(const Tensor& x, const Tensor& q, std::optional<std::int64_t> dim = {}, bool keepdim = false,
    const std::string& interpolation = "linear");
/// The lower of the two middle ones of what is not NaN.
Tensor nanmedian(const Tensor& x);
ValuesAndIndices nanmedian(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// The k-th smallest, counted from 1, NaN above all.
ValuesAndIndices kthvalue(const Tensor& x, std::int64_t k, std::int64_t dim = -1, bool keepdim = false);
/// The commonest, the smallest of several.
ValuesAndIndices mode(const Tensor& x, std::int64_t dim = -1, bool keepdim = false);
/// The largest, or smallest, so far, the last of equals; NaN from the first one on.
ValuesAndIndices cummax(const Tensor& x, std::int64_t dim);
ValuesAndIndices cummin(const Tensor& x, std::int64_t dim);

// ---- search.cpp: where numbers belong, without history
/// Where each value would stand in the sorted lines, before its equals, or behind them if `right`.
Tensor searchsorted(const Tensor& lines, const Tensor& values, bool out_int32 = false, bool right = false,
    const std::optional<std::string>& side = {}, const Tensor& sorter = {});
Tensor bucketize(const Tensor& values, const Tensor& boundaries, bool out_int32 = false, bool right = false);
/// bool: whether each element is one of the others.
Tensor isin(const Tensor& elements, const Tensor& test_elements, bool invert = false);
/// How many elements fall into each of `bins` equal parts of [min, max]; of all that there is if these are equal.
Tensor histc(const Tensor& x, std::int64_t bins = 100, double min = 0, double max = 0);
/// `bins` of them (absent: 100), or those between these edges; of the weights of the elements, if there are any.
Histogram histogram(const Tensor& x, const Tensor& bins = {},
    const std::optional<std::pair<double, double>>& range = {}, const Tensor& weight = {}, bool density = false);
/// Each run of equals once, and what is asked for beside it: its number for each element, its length.
TensorList unique_consecutive(
    const Tensor& x, std::optional<std::int64_t> dim = {}, bool return_inverse = false, bool return_counts = false);

// ---- scatter_reduce.cpp, scatter.cpp: elements named by tensors
Tensor take_along_dim(const Tensor& x, const Tensor& indices, std::optional<std::int64_t> dim = {});
/// reduce: "sum", "prod", "mean", "amax" or "amin" of what is there, if include_self, and of what comes.
Tensor scatter_reduce(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src,
    const std::string& reduce, bool include_self = true);
const Tensor& scatter_reduce_(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src,
    const std::string& reduce, bool include_self = true);
/// The same of whole slices, without "sum".
Tensor index_reduce(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source,
    const std::string& reduce, bool include_self = true);
const Tensor& index_reduce_(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source,
    const std::string& reduce, bool include_self = true);
Tensor put(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate = false);
const Tensor& put_(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate = false);
Tensor index_fill(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& value);
Tensor index_copy(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
/// The first elements of the source, in row-major order, where the mask holds.
Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source);
const Tensor& masked_scatter_(const Tensor& x, const Tensor& mask, const Tensor& source);
/// A copy of x with `src` in the part that the view of this name would show.
Tensor select_scatter(const Tensor& x, const Tensor& src, std::int64_t dim, std::int64_t index);
Tensor slice_scatter(const Tensor& x, const Tensor& src, std::int64_t dim, const Slice& slice);
Tensor diagonal_scatter(
    const Tensor& x, const Tensor& src, std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1);
Tensor as_strided_scatter(const Tensor& x, const Tensor& src, const Shape& size, const Strides& stride,
    std::optional<std::int64_t> storage_offset = {});
Tensor argwhere(const Tensor& x);

// ---- form.cpp: other forms, made of views and of what joins them
Tensor fliplr(const Tensor& x);
Tensor flipud(const Tensor& x);
Tensor ravel(const Tensor& x);
/// x itself, as all numbers are real.
Tensor conj(const Tensor& x);
Tensor resolve_conj(const Tensor& x);
Tensor resolve_neg(const Tensor& x);
Tensor squeeze(const Tensor& x, const Dims& dims);
/// Turned k quarters from the first of the two dims towards the second.
Tensor rot90(const Tensor& x, std::int64_t k, const Dims& dims);
/// Zeros with the last dim of x on a diagonal of dims dim1 and dim2.
Tensor diag_embed(const Tensor& x, std::int64_t offset = 0, std::int64_t dim1 = -2, std::int64_t dim2 = -1);
Tensor sum_to_size(const Tensor& x, const Shape& size);
TensorList unsafe_split(const Tensor& x, const SplitSize& size, std::int64_t dim = 0);
TensorList unsafe_chunk(const Tensor& x, std::int64_t chunks, std::int64_t dim = 0);
/// Into so many parts, the first of them longer by one where they are not even; or between these places.
TensorList tensor_split(const Tensor& x, std::int64_t sections, std::int64_t dim = 0);
TensorList tensor_split(const Tensor& x, const std::vector<std::int64_t>& indices, std::int64_t dim = 0);
TensorList tensor_split(const Tensor& x, const Tensor& indices_or_sections, std::int64_t dim = 0);
/// tensor_split along the second dim (the first of a vector), the first, the third; parts are even.
TensorList hsplit(const Tensor& x, const SplitSize& parts);
TensorList vsplit(const Tensor& x, const SplitSize& parts);
TensorList dsplit(const Tensor& x, const SplitSize& parts);
Tensor atleast_1d(const Tensor& x);
Tensor atleast_2d(const Tensor& x);
Tensor atleast_3d(const Tensor& x);
Tensor column_stack(const TensorList& tensors);
Tensor dstack(const TensorList& tensors);
Tensor block_diag(const TensorList& tensors);
/// Each way to take one element of each vector: (ways, vectors).
Tensor cartesian_prod(const TensorList& tensors);
/// Each way to take r elements: (ways, r).
Tensor combinations(const Tensor& x, std::int64_t r = 2, bool with_replacement = false);
/// Powers of x, a column for each, the highest first unless `increasing`.
Tensor vander(const Tensor& x, std::optional<std::int64_t> N = {}, bool increasing = false);
bool is_same_size(const Tensor& a, const Tensor& b);
/// The same elements of the same memory, seen so too.
bool is_set_to(const Tensor& a, const Tensor& b);

// ---- slopes.cpp
/// The n-th differences of neighbours, with these before and behind x.
Tensor diff(
    const Tensor& x, std::int64_t n = 1, std::int64_t dim = -1, const Tensor& prepend = {}, const Tensor& append = {});
/// torch.gradient: the slope along each dim, its points so far apart.
TensorList gradient(const Tensor& x, const GradientSpacing& spacing = 1, const std::optional<Dims>& dim = {},
    std::int64_t edge_order = 1);

// ---- draws.cpp
/// Of each rate a number of events.
Tensor poisson(const Tensor& rates, const std::optional<Generator>& generator = {});
const Tensor& geometric_(const Tensor& x, double p, const std::optional<Generator>& generator);
const Tensor& cauchy_(const Tensor& x, double median, double sigma, const std::optional<Generator>& generator);
const Tensor& log_normal_(const Tensor& x, double mean, double std, const std::optional<Generator>& generator);

}  // namespace taper::ops
