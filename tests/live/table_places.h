// The rows of ops_places.py.
#pragma once

#include "rows.h"

namespace live {

// clang-format off
inline const Rows places_rows{
    // order
    ROW("quantile", c.method ? c[0].quantile(c[1], c.kw.maybe_whole("dim"), c.kw.flag("keepdim"), {.interpolation = c.kw.text("interpolation")}) : quantile(c[0], c[1], {.dim = c.kw.maybe_whole("dim"), .keepdim = c.kw.flag("keepdim"), .interpolation = c.kw.text("interpolation")})),
    ROW("nanquantile", nanquantile(c[0], c[1], c.kw.maybe_whole("dim"), c.kw.flag("keepdim"), {.interpolation = c.kw.text("interpolation")})),
    UNARY(msort), ROW("nanmedian", c.method ? c[0].nanmedian() : nanmedian(c[0])),
    ROW("nanmedian_along", c.method ? c[0].nanmedian(c.kw.whole("dim"), c.kw.flag("keepdim")) : nanmedian(c[0], c.kw.whole("dim"), c.kw.flag("keepdim"))),
    ROW("kthvalue", c.method ? c[0].kthvalue(c.kw.whole("k"), c.kw.whole("dim"), c.kw.flag("keepdim")) : kthvalue(c[0], c.kw.whole("k"), {.dim = c.kw.whole("dim"), .keepdim = c.kw.flag("keepdim")})),
    ROW("mode", c.method ? c[0].mode(c.kw.whole("dim"), c.kw.flag("keepdim")) : mode(c[0], {.dim = c.kw.whole("dim"), .keepdim = c.kw.flag("keepdim")})),
    ROW("cummax", c.method ? c[0].cummax(c.kw.whole("dim")) : cummax(c[0], c.kw.whole("dim"))), ROW("cummin", c.method ? c[0].cummin(c.kw.whole("dim")) : cummin(c[0], c.kw.whole("dim"))),
    ROW("searchsorted", searchsorted(c[0], c[1], {.out_int32 = c.kw.flag("out_int32"), .right = c.kw.flag("right"), .side = c.kw.has("side") ? std::optional(c.kw.text("side")) : std::nullopt, .sorter = c[2]})),
    ROW("bucketize", bucketize(c[0], c[1], {.out_int32 = c.kw.flag("out_int32"), .right = c.kw.flag("right")})),
    ROW("isin", isin(c[0], c[1], {.invert = c.kw.flag("invert")})),
    ROW("histc", c.method ? c[0].histc(c.kw.whole("bins"), c.kw.real("min"), c.kw.real("max")) : histc(c[0], c.kw.whole("bins"), c.kw.real("min"), c.kw.real("max"))),
    {"histogram", [](const Case& c) -> TensorList {
        std::optional<std::pair<double, double>> range;
        if (c.kw.has("range")) range = {Keywords::number(c.kw.all["range"][0]), Keywords::number(c.kw.all["range"][1])};
        auto [hist, edges] = histogram(c[0], c[1], {.range = range, .weight = c[2], .density = c.kw.flag("density")});
        return {hist, edges}; }},
    ROW("unique_consecutive", c.method ? c[0].unique_consecutive(c.kw.flag("return_inverse"), c.kw.flag("return_counts"), c.kw.maybe_whole("dim")) : unique_consecutive(c[0], {.return_inverse = c.kw.flag("return_inverse"), .return_counts = c.kw.flag("return_counts"), .dim = c.kw.maybe_whole("dim")})),
    ROW("unique_several", unique(c[0], true, {.return_inverse = c.kw.flag("return_inverse"), .return_counts = c.kw.flag("return_counts"), .dim = c.kw.maybe_whole("dim")})),
    // elements named by tensors
    ROW("take_along_dim", c.method ? c[0].take_along_dim(c[1], c.kw.maybe_whole("dim")) : take_along_dim(c[0], c[1], {.dim = c.kw.maybe_whole("dim")})),
    ROW("scatter_reduce", c.method ? c[0].scatter_reduce(c.kw.whole("dim"), c[1], c[2], c.kw.text("reduce"), {.include_self = c.kw.flag("include_self")}) : scatter_reduce(c[0], c.kw.whole("dim"), c[1], c[2], {.reduce = c.kw.text("reduce"), .include_self = c.kw.flag("include_self")})),
    ROW("scatter_reduce_", c[0].clone().scatter_reduce_(c.kw.whole("dim"), c[1], c[2], c.kw.text("reduce"), {.include_self = c.kw.flag("include_self")})),
    ROW("index_reduce", index_reduce(c[0], c.kw.whole("dim"), c[1], c[2], c.kw.text("reduce"), {.include_self = c.kw.flag("include_self")})),
    ROW("index_reduce_", c[0].clone().index_reduce_(c.kw.whole("dim"), c[1], c[2], c.kw.text("reduce"), {.include_self = c.kw.flag("include_self")})),
    ROW("put", c.method ? c[0].put(c[1], c[2], c.kw.flag("accumulate")) : put(c[0], c[1], c[2], {.accumulate = c.kw.flag("accumulate")})), ROW("put_", c[0].clone().put_(c[1], c[2], c.kw.flag("accumulate"))),
    ROW("index_fill", c.method ? c[0].index_fill(c.kw.whole("dim"), c[1], c[2]) : index_fill(c[0], c.kw.whole("dim"), c[1], c[2])),
    ROW("index_copy", c.method ? c[0].index_copy(c.kw.whole("dim"), c[1], c[2]) : index_copy(c[0], c.kw.whole("dim"), c[1], c[2])),
    ROW("index_put_of", c.method ? c[0].index_put({c[1]}, c[2], c.kw.flag("accumulate")) : index_put(c[0], {c[1]}, c[2], {.accumulate = c.kw.flag("accumulate")})),
    ROW("masked_scatter", c.method ? c[0].masked_scatter(c[1], c[2]) : masked_scatter(c[0], c[1], c[2])), ROW("masked_scatter_", c[0].clone().masked_scatter_(c[1], c[2])),
    ROW("select_scatter", c.method ? c[0].select_scatter(c[1], c.kw.whole("dim"), c.kw.whole("index")) : select_scatter(c[0], c[1], c.kw.whole("dim"), c.kw.whole("index"))),
    ROW("slice_scatter", slice_scatter(c[0], c[1], c.kw.whole("dim"), c.kw.whole("start"), c.kw.whole("end"), c.kw.whole("step"))),
    ROW("diagonal_scatter", diagonal_scatter(c[0], c[1], c.kw.whole("offset"), c.kw.whole("dim1"), c.kw.whole("dim2"))),
    UNARY(argwhere),
    // form
    UNARY(fliplr), UNARY(flipud), UNARY(ravel),
    ROW("rot90", c.method ? c[0].rot90(c.kw.whole("k"), c.kw.shape("dims")) : rot90(c[0], {.k = c.kw.whole("k"), .dims = c.kw.shape("dims")})),
    ROW("diag_embed", diag_embed(c[0], c.kw.whole("offset"), c.kw.whole("dim1"), c.kw.whole("dim2"))), ROW("diagflat", c.method ? c[0].diagflat(c.kw.whole("offset")) : diagflat(c[0], c.kw.whole("offset"))),
    ROW("diff", c.method ? c[0].diff(c.kw.whole("n"), c.kw.whole("dim"), c[1], c[2]) : diff(c[0], {.n = c.kw.whole("n"), .dim = c.kw.whole("dim"), .prepend = c[1], .append = c[2]})),
    ROW("squeeze_dims", c.method ? c[0].squeeze(c.kw.shape("dim")) : squeeze(c[0], {.dim = c.kw.shape("dim")})),
    ROW("swapaxes_", c[0].clone().swapaxes_(c.kw.whole("axis0"), c.kw.whole("axis1"))), ROW("narrow_copy", narrow_copy(c[0], c.kw.whole("dim"), c.kw.whole("start"), c.kw.whole("length"))),
    ROW("sum_to_size_of", c[0].sum_to_size(c.kw.shape("size"))),
    ROW("unsafe_split", unsafe_split(c[0], c.kw.whole("size"), c.kw.whole("dim"))), ROW("unsafe_chunk", unsafe_chunk(c[0], c.kw.whole("chunks"), c.kw.whole("dim"))),
    ROW("tensor_split", c.method ? c[0].tensor_split(c.kw.whole("sections"), c.kw.whole("dim")) : tensor_split(c[0], c.kw.whole("sections"), {.dim = c.kw.whole("dim")})),
    ROW("tensor_split_at", c.method ? c[0].tensor_split(c.kw.list("indices"), c.kw.whole("dim")) : tensor_split(c[0], {.indices = c.kw.list("indices"), .dim = c.kw.whole("dim")})),
    ROW("tensor_split_by", c.method ? c[0].tensor_split(c[1], c.kw.whole("dim")) : tensor_split(c[0], c[1], {.dim = c.kw.whole("dim")})),
    ROW("hsplit", c.method ? c[0].hsplit(c.kw.whole("sections")) : hsplit(c[0], c.kw.whole("sections"))), ROW("hsplit_at", hsplit(c[0], c.kw.list("indices"))),
    ROW("vsplit", c.method ? c[0].vsplit(c.kw.whole("sections")) : vsplit(c[0], {.sections = c.kw.whole("sections")})), ROW("vsplit_at", vsplit(c[0], c.kw.list("indices"))),
    ROW("dsplit", c.method ? c[0].dsplit(c.kw.whole("sections")) : dsplit(c[0], c.kw.whole("sections"))), ROW("dsplit_at", dsplit(c[0], {.indices = c.kw.list("indices")})),
    ROW("atleast_1d", atleast_1d(c[0])), ROW("atleast_2d", atleast_2d(c[0])), ROW("atleast_3d", atleast_3d(c[0])),
    ROW("atleast_1d_several", atleast_1d(c.in)), ROW("atleast_2d_several", atleast_2d(c.in)), ROW("atleast_3d_several", c.in.size() == 2 ? atleast_3d(c[0], c[1]) : atleast_3d(c.in)),
    ROW("column_stack", column_stack(c.in)), ROW("dstack", dstack(c.in)), ROW("block_diag", c.in.size() == 2 ? block_diag(c[0], c[1]) : block_diag(c.in)), ROW("cartesian_prod", cartesian_prod(c.in)),
    ROW("combinations", combinations(c[0], c.kw.whole("r"), c.kw.flag("with_replacement"))), ROW("vander", vander(c[0], {.N = c.kw.maybe_whole("N"), .increasing = c.kw.flag("increasing")})),
    ROW("gradient", gradient(c[0], {.edge_order = c.kw.whole("edge_order")})), ROW("gradient_by", gradient(c[0], {.spacing = c.kw.real("spacing"), .dim = c.kw.whole("dim"), .edge_order = c.kw.whole("edge_order")})),
    ROW("gradient_at", gradient(c[0], {.spacing = {c[1]}, .dim = c.kw.whole("dim"), .edge_order = c.kw.whole("edge_order")})),
    // what it is, and creation
    BINARY(is_same_size), UNARY(is_nonzero), ROW("range", range(c.kw.scalar("start"), c.kw.scalar("end"), c.kw.scalar("step"))),
    ROW("bartlett_window", bartlett_window(c.kw.whole("window_length"), c.kw.flag("periodic"), {.dtype = c.kw.dtype("dtype")})),
    ROW("hann_window", hann_window(c.kw.whole("window_length"), {.periodic = c.kw.flag("periodic"), .dtype = c.kw.dtype("dtype")})),
    ROW("blackman_window", blackman_window(c.kw.whole("window_length"), c.kw.flag("periodic"), {.dtype = c.kw.dtype("dtype")})),
    ROW("hamming_window", hamming_window(c.kw.whole("window_length"), c.kw.flag("periodic"), c.kw.real("alpha"), c.kw.real("beta"), {.dtype = c.kw.dtype("dtype")})),
    ROW("kaiser_window", kaiser_window(c.kw.whole("window_length"), c.kw.flag("periodic"), c.kw.real("beta"), {.dtype = c.kw.dtype("dtype")})),
    // draws
    ROW("geometric_", (manual_seed(c.kw.whole("seed")), c[0].clone().geometric_(c.kw.real("p")))),
    ROW("cauchy_", (manual_seed(c.kw.whole("seed")), c[0].clone().cauchy_(c.kw.real("median"), c.kw.real("sigma")))),
    ROW("log_normal_", (manual_seed(c.kw.whole("seed")), c[0].clone().log_normal_(c.kw.real("mean"), {.std = c.kw.real("std")}))),
    ROW("poisson", (manual_seed(c.kw.whole("seed")), poisson(c[0] * c.kw.real("scale")))),
};
// clang-format on

}  // namespace live
