// One line per op: its name in ops.py, and the call in C++ (rows.h).
#pragma once

#include "rows.h"
#include "table_geometry.h"
#include "table_losses.h"
#include "table_numbers.h"
#include "table_places.h"
#include "table_sequences.h"

namespace live {

// clang-format off
inline const Rows first_rows{
    // of one tensor
    UNARY(neg), UNARY(abs), UNARY(sign), UNARY(square), UNARY(reciprocal), UNARY(sqrt), UNARY(rsqrt), UNARY(exp),
    UNARY(exp2), UNARY(expm1), UNARY(log), UNARY(log2), UNARY(log10), UNARY(log1p), UNARY(sin), UNARY(cos), UNARY(tan),
    UNARY(asin), UNARY(acos), UNARY(atan), UNARY(sinh), UNARY(cosh), UNARY(tanh), UNARY(sigmoid), UNARY(erf),
    UNARY(erfinv), UNARY(floor), UNARY(ceil), UNARY(round), UNARY(trunc), UNARY(frac), UNARY(isnan), UNARY(isinf),
    UNARY(isfinite), UNARY(logical_not), UNARY(bitwise_not), UNARY(relu), UNARY(clone), ROW("contiguous", c[0].contiguous()),
    ROW("detach", c[0].detach()), ROW("unary-", -c[0]), ROW("unary~", ~c[0]),
    IN_PLACE("neg_", neg_()), IN_PLACE("abs_", abs_()), IN_PLACE("exp_", exp_()), IN_PLACE("log_", log_()),
    IN_PLACE("sqrt_", sqrt_()), IN_PLACE("square_", square_()), IN_PLACE("reciprocal_", reciprocal_()),
    IN_PLACE("floor_", floor_()), IN_PLACE("ceil_", ceil_()), IN_PLACE("round_", round_()), IN_PLACE("sin_", sin_()),
    IN_PLACE("cos_", cos_()), IN_PLACE("tanh_", tanh_()), IN_PLACE("sigmoid_", sigmoid_()), IN_PLACE("relu_", relu_()),
    IN_PLACE("erfinv_", erfinv_()), IN_PLACE("zero_", zero_()),
    ROW("clamp", c.method ? c[0].clamp(c.kw.limit("min"), c.kw.limit("max")) : clamp(c[0], {.min = c.kw.limit("min"), .max = c.kw.limit("max")})),
    IN_PLACE("clamp_", clamp_(c.kw.limit("min"), c.kw.limit("max"))),
    ROW("clamp_tensors", clamp(c[0], c[1], c[2])), BINARY(clamp_min), BINARY(clamp_max),
    IN_PLACE("clamp_min_", clamp_min_(c[1])), IN_PLACE("clamp_max_", clamp_max_(c[1])),
    ROW("nan_to_num", nan_to_num(c[0], c.kw.real("nan"), c.kw.maybe_real("posinf"), c.kw.maybe_real("neginf"))),
    ROW("to", c[0].to(c.kw.dtype("dtype"))),
    // of two
    ROW("add", c.method ? c[0].add(c[1], {.alpha = c.kw.scalar("alpha")}) : add(c[0], c[1], {.alpha = c.kw.scalar("alpha")})),
    ROW("sub", c.method ? c[0].sub(c[1], {.alpha = c.kw.scalar("alpha")}) : sub(c[0], c[1], {.alpha = c.kw.scalar("alpha")})),
    IN_PLACE("add_", add_(c[1], {.alpha = c.kw.scalar("alpha")})), IN_PLACE("sub_", sub_(c[1], {.alpha = c.kw.scalar("alpha")})),
    BINARY(mul), BINARY(atan2), BINARY(floor_divide), BINARY(remainder), BINARY(fmod), BINARY(maximum), BINARY(minimum),
    BINARY(logical_and), BINARY(logical_or), BINARY(logical_xor), BINARY(bitwise_and), BINARY(bitwise_or),
    BINARY(bitwise_xor), BINARY(eq), BINARY(ne), BINARY(lt), BINARY(le), BINARY(gt), BINARY(ge), BINARY(pow),
    ROW("div", div(c[0], c[1], {.rounding_mode = c.kw.text("rounding_mode").empty() ? std::nullopt : std::optional(c.kw.text("rounding_mode"))})),
    ROW("max_of_two", c.method ? c[0].max(c[1]) : max(c[0], c[1])), ROW("min_of_two", c.method ? c[0].min(c[1]) : min(c[0], c[1])),
    IN_PLACE("pow_", pow_(c[1])), IN_PLACE("mul_", mul_(c[1])), IN_PLACE("remainder_", remainder_(c[1])), IN_PLACE("div_", div_(c[1])),
    ROW("operator+", c[0] + c[1]), ROW("operator-", c[0] - c[1]), ROW("operator*", c[0] * c[1]), ROW("operator/", c[0] / c[1]),
    ROW("operator%", c[0] % c[1]), ROW("operator==", c[0] == c[1]), ROW("operator!=", c[0] != c[1]), ROW("operator<", c[0] < c[1]),
    ROW("operator<=", c[0] <= c[1]), ROW("operator>", c[0] > c[1]), ROW("operator>=", c[0] >= c[1]), ROW("operator&", c[0] & c[1]),
    ROW("operator|", c[0] | c[1]), ROW("operator^", c[0] ^ c[1]),
    ROW("where", c.method ? c[1].where(c[0], c[2]) : where(c[0], c[1], c[2])),
    ROW("lerp", c.method ? c[0].lerp(c[1], c[2]) : lerp(c[0], c[1], c[2])), IN_PLACE("lerp_", lerp_(c[1], c[2])),
    ROW("addcmul", addcmul(c[0], c[1], c[2], {.value = c.kw.real("value")})), IN_PLACE("addcmul_", addcmul_(c[1], c[2], {.value = c.kw.real("value")})),
    ROW("addcdiv", addcdiv(c[0], c[1], c[2], {.value = c.kw.real("value")})), IN_PLACE("addcdiv_", addcdiv_(c[1], c[2], {.value = c.kw.real("value")})),
    ROW("isclose", isclose(c[0], c[1], c.kw.real("rtol"), c.kw.real("atol"), c.kw.flag("equal_nan"))), ROW("allclose", allclose(c[0], c[1], c.kw.real("rtol"), c.kw.real("atol"), c.kw.flag("equal_nan"))), BINARY(equal),
    // activations
    ACTIVATION(relu), ACTIVATION(relu6), ACTIVATION(selu), ACTIVATION(silu), ACTIVATION(mish), ACTIVATION(logsigmoid),
    ACTIVATION(hardsigmoid), ACTIVATION(hardswish), ACTIVATION(softsign), ACTIVATION(tanhshrink), ACTIVATION(sigmoid), ACTIVATION(tanh),
    ROW("F.leaky_relu", F::leaky_relu(c[0], {.negative_slope = c.kw.real("negative_slope")})),
    ROW("F.elu", F::elu(c[0], {.alpha = c.kw.real("alpha")})), ROW("F.celu", F::celu(c[0], {.alpha = c.kw.real("alpha")})),
    ROW("F.gelu", F::gelu(c[0], {.approximate = c.kw.text("approximate")})),
    ROW("F.softplus", F::softplus(c[0], {.beta = c.kw.real("beta"), .threshold = c.kw.real("threshold")})),
    ROW("F.hardtanh", F::hardtanh(c[0], {.min_val = c.kw.real("min_val"), .max_val = c.kw.real("max_val")})),
    ROW("F.softshrink", F::softshrink(c[0], c.kw.real("lambd"))), ROW("F.hardshrink", F::hardshrink(c[0], c.kw.real("lambd"))),
    ROW("F.threshold", F::threshold(c[0], c.kw.real("threshold"), c.kw.real("value"))),
    ROW("F.rrelu", (manual_seed(c.kw.whole("seed")), F::rrelu(c[0], {.lower = c.kw.real("lower"), .upper = c.kw.real("upper"), .training = c.kw.flag("training")}))),
    ROW("F.dropout", (manual_seed(c.kw.whole("seed")), F::dropout(c[0], {.p = c.kw.real("p"), .training = c.kw.flag("training")}))),
    ROW("F.prelu", F::prelu(c[0], c[1])),
    ROW("softmax", c.method ? c[0].softmax(c.kw.whole("dim")) : softmax(c[0], c.kw.whole("dim"))),
    ROW("log_softmax", c.method ? c[0].log_softmax(c.kw.whole("dim")) : log_softmax(c[0], c.kw.whole("dim"))),
    ROW("F.softmin", F::softmin(c[0], c.kw.whole("dim"))), ROW("F.glu", F::glu(c[0], c.kw.whole("dim"))),
    // reductions
    REDUCTION(sum), REDUCTION(nansum), REDUCTION(mean), REDUCTION(prod), REDUCTION(amax), REDUCTION(amin), REDUCTION(any),
    REDUCTION(all), ROW("logsumexp", ops::logsumexp(c[0], c.reduce())), REDUCTION(count_nonzero),
    ROW("var", c.method ? c[0].var({.dim = c.kw.maybe_dims("dim"), .unbiased = c.kw.flag("unbiased"), .keepdim = c.kw.flag("keepdim")}) : var(c[0], {.dim = c.kw.maybe_dims("dim"), .unbiased = c.kw.flag("unbiased"), .keepdim = c.kw.flag("keepdim")})), ROW("std", c.method ? c[0].std({.dim = c.kw.maybe_dims("dim"), .unbiased = c.kw.flag("unbiased"), .keepdim = c.kw.flag("keepdim")}) : taper::std(c[0], {.dim = c.kw.maybe_dims("dim"), .unbiased = c.kw.flag("unbiased"), .keepdim = c.kw.flag("keepdim")})),
    ROW("norm", norm(c[0], {.p = c.kw.real("p"), .dim = c.kw.maybe_dims("dim"), .keepdim = c.kw.flag("keepdim")})),
    ROW("norm_of_extremes", c[0].norm({.p = c.kw.real("p"), .dim = c.kw.maybe_dims("dim"), .keepdim = c.kw.flag("keepdim")})),
    ROW("max", c.method ? c[0].max() : max(c[0])), ROW("min", c.method ? c[0].min() : min(c[0])),
    ROW("max_along", c.method ? c[0].max(c.kw.whole("dim"), c.kw.flag("keepdim")) : max(c[0], {.dim = c.kw.whole("dim"), .keepdim = c.kw.flag("keepdim")})), ROW("min_along", c.method ? c[0].min(c.kw.whole("dim"), c.kw.flag("keepdim")) : min(c[0], {.dim = c.kw.whole("dim"), .keepdim = c.kw.flag("keepdim")})),
    ROW("argmax", c.method ? c[0].argmax({.dim = c.kw.maybe_whole("dim"), .keepdim = c.kw.flag("keepdim")}) : argmax(c[0], c.kw.maybe_whole("dim"), c.kw.flag("keepdim"))), ROW("argmin", c.method ? c[0].argmin({.dim = c.kw.maybe_whole("dim"), .keepdim = c.kw.flag("keepdim")}) : argmin(c[0], c.kw.maybe_whole("dim"), c.kw.flag("keepdim"))),
    ROW("cumsum", cumsum(c[0], c.kw.whole("dim"))), ROW("cumprod", cumprod(c[0], c.kw.whole("dim"))),
    ROW("sum_to_size", ops::sum_to(c[0], c.kw.shape("size"))),
    ROW("median", c.method ? c[0].median() : median(c[0])), ROW("median_along", median(c[0], c.kw.whole("dim"), c.kw.flag("keepdim"))),
    // views
    ROW("view", c.method ? c[0].view(c.kw.shape("shape")) : ops::view(c[0], c.kw.shape("shape"))),
    ROW("reshape", c.method ? c[0].reshape(c.kw.shape("shape")) : reshape(c[0], c.kw.shape("shape"))),
    ROW("flatten", flatten(c[0], c.kw.whole("start_dim"), c.kw.whole("end_dim"))),
    ROW("unflatten", unflatten(c[0], c.kw.whole("dim"), c.kw.shape("sizes"))),
    ROW("expand", ops::expand(c[0], c.kw.shape("shape"))), ROW("broadcast_to", broadcast_to(c[0], c.kw.shape("shape"))),
    ROW("permute", permute(c[0], c.kw.shape("dims"))), ROW("transpose", transpose(c[0], c.kw.whole("dim0"), c.kw.whole("dim1"))),
    ROW("movedim", movedim(c[0], c.kw.whole("source"), c.kw.whole("destination"))), UNARY(t), ROW("mT", c[0].mT()), UNARY(squeeze),
    ROW("squeeze_dim", squeeze(c[0], c.kw.whole("dim"))), ROW("unsqueeze", unsqueeze(c[0], c.kw.whole("dim"))),
    ROW("select", select(c[0], c.kw.whole("dim"), c.kw.whole("index"))),
    ROW("narrow", narrow(c[0], c.kw.whole("dim"), c.kw.whole("start"), c.kw.whole("length"))),
    ROW("as_strided", as_strided(c[0], c.kw.shape("size"), Strides(c.kw.list("stride")), c.kw.maybe_whole("storage_offset"))),
    ROW("diagonal", diagonal(c[0], c.kw.whole("offset"), c.kw.whole("dim1"), c.kw.whole("dim2"))),
    ROW("unfold", c[0].unfold(c.kw.whole("dim"), c.kw.whole("size"), c.kw.whole("step"))),
    ROW("split", split(c[0], c.kw.whole("size"), c.kw.whole("dim"))), ROW("split_sizes", split(c[0], c.kw.list("sizes"), c.kw.whole("dim"))),
    ROW("chunk", chunk(c[0], c.kw.whole("chunks"), c.kw.whole("dim"))), ROW("unbind", unbind(c[0], c.kw.whole("dim"))),
    ROW("broadcast_tensors", broadcast_tensors(c.in)), ROW("meshgrid", meshgrid(c.in, {.indexing = c.kw.text("indexing")})),
    ROW("squeeze_", c[0].clone().squeeze_(c.kw.whole("dim"))), ROW("unsqueeze_", c[0].clone().unsqueeze_(c.kw.whole("dim"))),
    ROW("t_", c[0].clone().t_()), ROW("transpose_", c[0].clone().transpose_(c.kw.whole("dim0"), c.kw.whole("dim1"))),
    // brackets
    ROW("index_view", index_view(c[0], c.brackets(1))), ROW("index", index(c[0], c.brackets(1))),
    {"view_put", [](const Case& c) -> TensorList { Tensor y = c[0].clone(); index_view(y, c.brackets(2)).copy_(c[1]); return {y}; }},
    {"index_put", [](const Case& c) -> TensorList { Tensor y = c[0].clone(); set_index(y, c.brackets(2), c[1]); return {y}; }},
    {"index_put_accumulate", [](const Case& c) -> TensorList { Tensor y = c[0].clone(); set_index(y, c.brackets(2), c[1], c.kw.flag("accumulate")); return {y}; }},
    // parts put together
    ROW("cat", cat(c.in, c.kw.whole("dim"))), ROW("stack", stack(c.in, c.kw.whole("dim"))), ROW("hstack", hstack(c.in)), ROW("vstack", vstack(c.in)),
    ROW("flip", flip(c[0], c.kw.shape("dims"))), ROW("roll", roll(c[0], c.kw.shape("shifts"), c.kw.shape("dims"))),
    ROW("repeat", ops::repeat(c[0], c.kw.shape("repeats"))), ROW("tile", tile(c[0], c.kw.shape("repeats"))),
    ROW("repeat_interleave", repeat_interleave(c[0], c.kw.whole("repeats"), c.kw.maybe_whole("dim"))),
    ROW("pad", ops::pad(c[0], c.kw.list("pad"), c.kw.text("mode"), c.kw.has("value") ? c.kw.real("value") : 0)),
    ROW("tril", tril(c[0], c.kw.whole("diagonal"))), ROW("triu", triu(c[0], c.kw.whole("diagonal"))),
    IN_PLACE("tril_", tril_(c.kw.whole("diagonal"))), IN_PLACE("triu_", triu_(c.kw.whole("diagonal"))),
    ROW("diag", diag(c[0], c.kw.whole("diagonal"))), UNARY(trace),
    ROW("tril_indices", unbind(tril_indices(c.kw.whole("row"), c.kw.whole("col"), c.kw.whole("offset")))),
    // elements named by tensors
    ROW("index_select", index_select(c[0], c.kw.whole("dim"), c[1])), ROW("gather", gather(c[0], c.kw.whole("dim"), c[1])),
    ROW("scatter", scatter(c[0], c.kw.whole("dim"), c[1], c[2])), ROW("scatter_add", scatter_add(c[0], c.kw.whole("dim"), c[1], c[2])),
    ROW("scatter_", c[0].clone().scatter_(c.kw.whole("dim"), c[1], c[2])), ROW("scatter_add_", c[0].clone().scatter_add_(c.kw.whole("dim"), c[1], c[2])),
    ROW("index_add", index_add(c[0], c.kw.whole("dim"), c[1], c[2])), ROW("index_add_", c[0].clone().index_add_(c.kw.whole("dim"), c[1], c[2])),
    ROW("index_copy_", c[0].clone().index_copy_(c.kw.whole("dim"), c[1], c[2])), ROW("index_fill_", c[0].clone().index_fill_(c.kw.whole("dim"), c[1], c[2])),
    BINARY(masked_select), ROW("masked_fill", masked_fill(c[0], c[1], c[2])), ROW("masked_fill_", c[0].clone().masked_fill_(c[1], c[2])),
    BINARY(take), UNARY(nonzero), ROW("one_hot", ops::one_hot(c[0], c.kw.whole("num_classes"))),
    ROW("embedding", c.kw.has("padding_idx") ? ops::embedding(c[0], c[1], c.kw.whole("padding_idx")) : ops::embedding(c[0], c[1])),
    ROW("bincount", bincount(c[0], {.minlength = c.kw.whole("minlength")})), IN_PLACE("fill_", fill_(c[1])),
    IN_PLACE("fill_diagonal_", fill_diagonal_(c.kw.scalar("fill_value"))), IN_PLACE("copy_", copy_(c[1])),
    // sorting
    ROW("sort", c.method ? c[0].sort({.dim = c.kw.whole("dim"), .descending = c.kw.flag("descending"), .stable = true}) : sort(c[0], c.kw.whole("dim"), {.descending = c.kw.flag("descending"), .stable = true})),
    ROW("argsort", argsort(c[0], c.kw.whole("dim"), c.kw.flag("descending"))),
    ROW("topk", topk(c[0], c.kw.whole("k"), c.kw.whole("dim"), c.kw.flag("largest"))),
    ROW("topk_values", topk(c[0], c.kw.whole("k"), {.dim = c.kw.whole("dim"), .largest = c.kw.flag("largest")}).values), UNARY(unique),
    // products
    BINARY(matmul), BINARY(mm), BINARY(mv), BINARY(bmm), BINARY(dot), BINARY(outer),
    ROW("addmm", addmm(c[0], c[1], c[2], {.beta = c.kw.real("beta"), .alpha = c.kw.real("alpha")})), ROW("linear", ops::linear(c[0], c[1], c[2])),
    ROW("einsum", einsum(c.kw.text("equation"), c.in)),
    // losses
    ROW("F.mse_loss", F::mse_loss(c[0], c[1], {.reduction = c.kw.text("reduction")})), ROW("F.l1_loss", F::l1_loss(c[0], c[1], {.reduction = c.kw.text("reduction")})),
    ROW("F.smooth_l1_loss", F::smooth_l1_loss(c[0], c[1], {.reduction = c.kw.text("reduction"), .beta = c.kw.real("beta")})),
    ROW("F.huber_loss", F::huber_loss(c[0], c[1], {.reduction = c.kw.text("reduction"), .delta = c.kw.real("delta")})),
    ROW("F.binary_cross_entropy", F::binary_cross_entropy(c[0], c[1], {.weight = c[2], .reduction = c.kw.text("reduction")})),
    ROW("F.binary_cross_entropy_with_logits", F::binary_cross_entropy_with_logits(c[0], c[1], {.weight = c[2], .reduction = c.kw.text("reduction"), .pos_weight = c[3]})),
    ROW("F.nll_loss", F::nll_loss(c[0], c[1], {.weight = c[2], .ignore_index = c.kw.whole("ignore_index"), .reduction = c.kw.text("reduction")})),
    ROW("F.cross_entropy", F::cross_entropy(c[0], c[1], {.weight = c[2], .ignore_index = c.kw.whole("ignore_index"), .reduction = c.kw.text("reduction"), .label_smoothing = c.kw.real("label_smoothing")})),
    ROW("F.kl_div", F::kl_div(c[0], c[1], {.reduction = c.kw.text("reduction"), .log_target = c.kw.flag("log_target")})),
    ROW("F.hinge_embedding_loss", F::hinge_embedding_loss(c[0], c[1], {.margin = c.kw.real("margin"), .reduction = c.kw.text("reduction")})),
    ROW("F.cosine_embedding_loss", F::cosine_embedding_loss(c[0], c[1], c[2], {.margin = c.kw.real("margin"), .reduction = c.kw.text("reduction")})),
    ROW("F.triplet_margin_loss", F::triplet_margin_loss(c[0], c[1], c[2], {.margin = c.kw.real("margin"), .p = c.kw.real("p"), .swap = c.kw.flag("swap"), .reduction = c.kw.text("reduction")})),
    ROW("F.cosine_similarity", F::cosine_similarity(c[0], c[1], {.dim = c.kw.whole("dim"), .eps = c.kw.real("eps")})),
    ROW("F.pairwise_distance", F::pairwise_distance(c[0], c[1], {.p = c.kw.real("p"), .eps = c.kw.real("eps"), .keepdim = c.kw.flag("keepdim")})),
    ROW("F.normalize", F::normalize(c[0], {.p = c.kw.real("p"), .dim = c.kw.whole("dim"), .eps = c.kw.real("eps")})),
    // windows
    ROW("conv1d", ops::conv1d(c[0], c[1], c[2], c.conv())), ROW("conv2d", ops::conv2d(c[0], c[1], c[2], c.conv())),
    ROW("conv_transpose1d", ops::conv_transpose1d(c[0], c[1], c[2], c.conv_transpose())), ROW("conv_transpose2d", ops::conv_transpose2d(c[0], c[1], c[2], c.conv_transpose())),
    ROW("max_pool1d", ops::max_pool1d(c[0], c.kw.dims("kernel_size"), c.max_pool())), ROW("max_pool2d", ops::max_pool2d(c[0], c.kw.dims("kernel_size"), c.max_pool())),
    ROW("max_pool1d_with_indices", ops::max_pool1d_with_indices(c[0], c.kw.dims("kernel_size"), c.max_pool())),
    ROW("max_pool2d_with_indices", ops::max_pool2d_with_indices(c[0], c.kw.dims("kernel_size"), c.max_pool())),
    ROW("avg_pool1d", ops::avg_pool1d(c[0], c.kw.dims("kernel_size"), c.avg_pool())), ROW("avg_pool2d", ops::avg_pool2d(c[0], c.kw.dims("kernel_size"), c.avg_pool())),
    ROW("adaptive_avg_pool1d", ops::adaptive_avg_pool1d(c[0], c.kw.whole("output_size"))), ROW("adaptive_avg_pool2d", ops::adaptive_avg_pool2d(c[0], c.kw.dims("output_size"))),
    ROW("adaptive_max_pool2d", ops::adaptive_max_pool2d(c[0], c.kw.dims("output_size"))),
    ROW("adaptive_max_pool2d_with_indices", ops::adaptive_max_pool2d_with_indices(c[0], c.kw.dims("output_size"))),
    // normalisation, and the buffers it changed
    {"batch_norm", [](const Case& c) -> TensorList {
        Tensor mean = c[1].defined() ? c[1].clone() : c[1], var = c[2].defined() ? c[2].clone() : c[2];
        Tensor y = ops::batch_norm(c[0], mean, var, c[3], c[4], c.kw.flag("training"), c.kw.real("momentum"), c.kw.real("eps"));
        return mean.defined() ? TensorList{y, mean, var} : TensorList{y}; }},
    {"instance_norm", [](const Case& c) -> TensorList {
        Tensor mean = c[1].defined() ? c[1].clone() : c[1], var = c[2].defined() ? c[2].clone() : c[2];
        Tensor y = ops::instance_norm(c[0], mean, var, c[3], c[4], c.kw.flag("training"), c.kw.real("momentum"), c.kw.real("eps"));
        return mean.defined() ? TensorList{y, mean, var} : TensorList{y}; }},
    ROW("layer_norm", ops::layer_norm(c[0], c.kw.shape("normalized_shape"), c[1], c[2], c.kw.real("eps"))),
    ROW("group_norm", ops::group_norm(c[0], c.kw.whole("num_groups"), c[1], c[2], c.kw.real("eps"))),
    // creation
    ROW("arange", arange(c.kw.scalar("start"), c.kw.scalar("end"), c.kw.scalar("step"))), ROW("linspace", linspace(c.kw.real("start"), c.kw.real("end"), c.kw.whole("steps"))),
    ROW("logspace", logspace(c.kw.real("start"), c.kw.real("end"), c.kw.whole("steps"), c.kw.real("base"))), ROW("eye", eye(c.kw.whole("n"), c.kw.whole("m"))),
    ROW("full", full(c.kw.shape("size"), c.kw.scalar("value"))), ROW("zeros_like", zeros_like(c[0])), ROW("ones_like", ones_like(c[0])),
    ROW("full_like", full_like(c[0], c.kw.scalar("value"))),
};
// clang-format on

inline const Rows& table() {
    static const Rows rows = [] {
        Rows all;
        for (const Rows* part : {&first_rows, &geometry_rows, &number_rows, &sequence_rows, &places_rows, &loss_rows})
            all.insert(part->begin(), part->end());
        return all;
    }();
    return rows;
}

}  // namespace live
