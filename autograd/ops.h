// Every op that records: its name, and what it gives, with all its parameters by position; functions.h has them as
// PyTorch calls them. The values and the derivatives stand in the .cpp files, side by side. Elementwise ops broadcast
// and promote dtypes as PyTorch's do; whole numbers become the default floating type where a function of the reals asks
// for it. Each is the torch function of its name unless said otherwise.
#pragma once

#include "../tensor/create.h"
#include "node.h"
#include "ops_places.h"
#include "window_options.h"

namespace taper::ops {

// ---- unary.cpp: of one tensor
Tensor neg(const Tensor& x);
/// |x|, with slope 0 at 0.
Tensor abs(const Tensor& x);
/// -1, 0 or 1; its gradient is 0 everywhere.
Tensor sign(const Tensor& x);
Tensor square(const Tensor& x);
Tensor reciprocal(const Tensor& x);
Tensor sqrt(const Tensor& x);
/// 1 / sqrt(x)
Tensor rsqrt(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor exp2(const Tensor& x);
/// exp(x) - 1, exact near 0.
Tensor expm1(const Tensor& x);
Tensor log(const Tensor& x);
Tensor log2(const Tensor& x);
Tensor log10(const Tensor& x);
/// log(1 + x), exact near 0.
Tensor log1p(const Tensor& x);
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor tan(const Tensor& x);
Tensor asin(const Tensor& x);
Tensor acos(const Tensor& x);
Tensor atan(const Tensor& x);
Tensor sinh(const Tensor& x);
Tensor cosh(const Tensor& x);
Tensor tanh(const Tensor& x);
/// 1 / (1 + exp(-x))
Tensor sigmoid(const Tensor& x);
/// The error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to x.
Tensor erf(const Tensor& x);
Tensor erfinv(const Tensor& x);
Tensor floor(const Tensor& x);
Tensor ceil(const Tensor& x);
/// To the nearest whole number, halves to the even one.
Tensor round(const Tensor& x, std::int64_t decimals = 0);
Tensor trunc(const Tensor& x);
/// x - trunc(x)
Tensor frac(const Tensor& x);
/// x within [min, max]; gradient 1 inside and at the limits, 0 outside.
Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = {});
/// The limits may be numbers, or absent.
Tensor clamp(const Tensor& x, const Tensor& min, const Tensor& max);
Tensor clamp_min(const Tensor& x, const Tensor& min);
Tensor clamp_max(const Tensor& x, const Tensor& max);
Tensor nan_to_num(const Tensor& x, std::optional<double> nan = {}, std::optional<double> posinf = {},
    std::optional<double> neginf = {});
/// bool
Tensor isnan(const Tensor& x);
Tensor isinf(const Tensor& x);
Tensor isfinite(const Tensor& x);
Tensor logical_not(const Tensor& x);
Tensor bitwise_not(const Tensor& x);
/// The same values in another dtype, or elsewhere; x itself where nothing changes. Tensor.to
Tensor to(const Tensor& x, DType dtype);
Tensor clone(const Tensor& x);
/// A copy in row-major order, or x itself. Tensor.contiguous
Tensor contiguous(const Tensor& x);

// ---- unary.cpp: of two
Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
/// a + alpha * b, a - alpha * b
Tensor add_scaled(const Tensor& a, const Tensor& b, const Scalar& alpha);
Tensor sub_scaled(const Tensor& a, const Tensor& b, const Scalar& alpha);
Tensor mul(const Tensor& a, const Tensor& b);
/// True division.
Tensor div(const Tensor& a, const Tensor& b);
/// Rounded as `rounding_mode` says: "trunc", "floor", or absent.
Tensor div_rounded(const Tensor& a, const Tensor& b, const std::optional<std::string>& rounding_mode);
/// The quotient rounded down, in the dtype of the operands.
Tensor floor_divide(const Tensor& a, const Tensor& b);
/// Python's %: the sign of b.
Tensor remainder(const Tensor& a, const Tensor& b);
/// C's fmod: the sign of a.
Tensor fmod(const Tensor& a, const Tensor& b);
Tensor pow(const Tensor& base, const Tensor& exponent);
Tensor atan2(const Tensor& y, const Tensor& x);
/// The larger; NaN if either is NaN; at ties half of the gradient to each. torch.maximum, and torch.max of two tensors.
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);
/// a where the condition (bool) holds, else b.
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);
/// start + weight * (end - start)
Tensor lerp(const Tensor& start, const Tensor& end, const Tensor& weight);
/// x + a * b, x + a / b
Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b);
Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b);
/// x + value * a * b, x + value * a / b
Tensor addcmul_scaled(const Tensor& x, const Tensor& a, const Tensor& b, double value);
Tensor addcdiv_scaled(const Tensor& x, const Tensor& a, const Tensor& b, double value);
Tensor eq(const Tensor& a, const Tensor& b);
Tensor ne(const Tensor& a, const Tensor& b);
Tensor lt(const Tensor& a, const Tensor& b);
Tensor le(const Tensor& a, const Tensor& b);
Tensor gt(const Tensor& a, const Tensor& b);
Tensor ge(const Tensor& a, const Tensor& b);
Tensor logical_and(const Tensor& a, const Tensor& b);
Tensor logical_or(const Tensor& a, const Tensor& b);
Tensor logical_xor(const Tensor& a, const Tensor& b);
Tensor bitwise_and(const Tensor& a, const Tensor& b);
Tensor bitwise_or(const Tensor& a, const Tensor& b);
Tensor bitwise_xor(const Tensor& a, const Tensor& b);
/// Same shape and same values.
bool equal(const Tensor& a, const Tensor& b);
/// |a - b| <= atol + rtol * |b|, elementwise; for all elements.
Tensor isclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
bool allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);

// ---- activation.cpp: those that have a derivative of their own, since composing them would be wrong, slow or
// misnamed. nn::functional has them all.
/// max(x, 0); slope 0 at 0; NaN and -0 stay.
Tensor relu(const Tensor& x);
Tensor leaky_relu(const Tensor& x, double negative_slope = 0.01);
Tensor prelu(const Tensor& x, const Tensor& weight);
Tensor elu(const Tensor& x, double alpha = 1, double scale = 1, double input_scale = 1);
Tensor celu(const Tensor& x, double alpha = 1);
Tensor selu(const Tensor& x);
/// approximate: "none" or "tanh"
Tensor gelu(const Tensor& x, const std::string& approximate = "none");
Tensor silu(const Tensor& x);
Tensor mish(const Tensor& x);
Tensor softplus(const Tensor& x, double beta = 1, double threshold = 20);
Tensor logsigmoid(const Tensor& x);
Tensor hardtanh(const Tensor& x, double min_val = -1, double max_val = 1);
Tensor hardsigmoid(const Tensor& x);
Tensor hardswish(const Tensor& x);
Tensor softshrink(const Tensor& x, double lambd = 0.5);
Tensor hardshrink(const Tensor& x, double lambd = 0.5);
Tensor threshold(const Tensor& x, double threshold, double value);
/// x where x > 0, else x times a slope: drawn per element from [lower, upper) in training, their mean otherwise.
Tensor rrelu(const Tensor& x, double lower = 1. / 8, double upper = 1. / 3, bool training = false,
    std::optional<Generator> generator = {});
/// exp(x_i) over their sum along `dim`; the largest is subtracted first.
Tensor softmax(const Tensor& x, std::int64_t dim);
Tensor log_softmax(const Tensor& x, std::int64_t dim);
/// Zero with probability p, else x / (1 - p). torch.dropout
Tensor dropout(const Tensor& x, double p, bool train, std::optional<Generator> generator = {});

// ---- reduction.cpp
/// Whole numbers and bools add up to int64.
Tensor sum(const Tensor& x, const Reduction& over = {});
/// NaN counts as 0.
Tensor nansum(const Tensor& x, const Reduction& over = {});
Tensor mean(const Tensor& x, const Reduction& over = {});
Tensor prod(const Tensor& x, const Reduction& over = {});
/// The largest; ties share the gradient equally.
Tensor amax(const Tensor& x, const Reduction& over = {});
Tensor amin(const Tensor& x, const Reduction& over = {});
/// bool: whether any element is not 0, or all.
Tensor any(const Tensor& x, const Reduction& over = {});
Tensor all(const Tensor& x, const Reduction& over = {});
/// log(sum(exp(x))), without overflow.
Tensor logsumexp(const Tensor& x, const Reduction& over = {});
Tensor count_nonzero(const Tensor& x, const Reduction& over = {});
/// Over n - correction.
Tensor var(const Tensor& x, const Spread& over = {});
Tensor std(const Tensor& x, const Spread& over = {});
/// The p-norm; p may be 0 or infinite.
Tensor norm(const Tensor& x, double p = 2, const std::optional<Dims>& dim = {}, bool keepdim = false);
/// Over all: ties share the gradient. Over a dim: values and the indices of the first of them, NaN above all; the whole
/// gradient goes to that index.
Tensor max(const Tensor& x);
Tensor min(const Tensor& x);
ValuesAndIndices max(const Tensor& x, std::int64_t dim, bool keepdim = false);
ValuesAndIndices min(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// int64; the first of equals; without a dim, the index into the flattened tensor.
Tensor argmax(const Tensor& x, std::optional<std::int64_t> dim = {}, bool keepdim = false);
Tensor argmin(const Tensor& x, std::optional<std::int64_t> dim = {}, bool keepdim = false);
Tensor cumsum(const Tensor& x, std::int64_t dim);
Tensor cumprod(const Tensor& x, std::int64_t dim);
/// x summed over its broadcast dims, to a shape that broadcasts to x's. Tensor.sum_to_size
Tensor sum_to(const Tensor& x, const Shape& shape);

// ---- view.cpp: other shapes of the same memory
Tensor view(const Tensor& x, const Shape& shape);
/// x.view(dtype): the same bytes as numbers of another dtype, without history; the last dim grows or shrinks where
/// their sizes differ.
Tensor view_dtype(const Tensor& x, DType dtype);
/// A view where that is possible, else a copy.
Tensor reshape(const Tensor& x, const Shape& shape);
Tensor flatten(const Tensor& x, std::int64_t start_dim = 0, std::int64_t end_dim = -1);
Tensor unflatten(const Tensor& x, std::int64_t dim, const Shape& sizes);
Tensor expand(const Tensor& x, const Shape& shape);
Tensor permute(const Tensor& x, const Shape& dims);
Tensor transpose(const Tensor& x, std::int64_t dim0, std::int64_t dim1);
Tensor t(const Tensor& x);
Tensor movedim(const Tensor& x, const Dims& source, const Dims& destination);
Tensor squeeze(const Tensor& x);
Tensor squeeze(const Tensor& x, std::int64_t dim);
Tensor unsqueeze(const Tensor& x, std::int64_t dim);
Tensor select(const Tensor& x, std::int64_t dim, std::int64_t index);
Tensor slice(const Tensor& x, std::int64_t dim, const Slice& slice);
Tensor narrow(const Tensor& x, std::int64_t dim, std::int64_t start, std::int64_t length);
/// Any view of x's storage; Error if it would leave it.
Tensor as_strided(
    const Tensor& x, const Shape& size, const Strides& stride, std::optional<std::int64_t> storage_offset = {});
Tensor diagonal(const Tensor& x, std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1);
TensorList split(const Tensor& x, std::int64_t size, std::int64_t dim = 0);
TensorList split(const Tensor& x, const std::vector<std::int64_t>& sizes, std::int64_t dim = 0);
TensorList split(const Tensor& x, const SplitSize& size, std::int64_t dim = 0);
/// The dim windows of `size` elements, `step` apart, laid out in a dim of their own at the end. Tensor.unfold
Tensor unfold(const Tensor& x, std::int64_t dimension, std::int64_t size, std::int64_t step);
TensorList chunk(const Tensor& x, std::int64_t chunks, std::int64_t dim = 0);
TensorList unbind(const Tensor& x, std::int64_t dim = 0);
TensorList broadcast_tensors(const TensorList& tensors);
TensorList meshgrid(const TensorList& tensors, const std::optional<std::string>& indexing = "ij");

// ---- join.cpp: parts put together, and rearranged
Tensor cat(const TensorList& tensors, std::int64_t dim = 0);
Tensor stack(const TensorList& tensors, std::int64_t dim = 0);
Tensor hstack(const TensorList& tensors);
Tensor vstack(const TensorList& tensors);
Tensor flip(const Tensor& x, const Shape& dims);
Tensor roll(const Tensor& x, const Dims& shifts, const Dims& dims = {});
Tensor repeat(const Tensor& x, const Shape& repeats);
Tensor tile(const Tensor& x, const Shape& repeats);
/// Each part along `dim` (of the flattened x, without one) as often as `repeats` says, one number for all or for each;
/// `output_size` is how many there will be.
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<std::int64_t> dim = {},
    std::optional<std::int64_t> output_size = {});
/// 0 as often as the first of `repeats` says, then 1, and so on.
Tensor repeat_interleave(const Tensor& repeats, std::optional<std::int64_t> output_size);
/// torch.nn.functional.pad: (left, right, top, bottom, ...) from the last dim on; mode "constant", "reflect",
/// "replicate" or "circular". Negative amounts crop.
Tensor pad(
    const Tensor& x, const std::vector<std::int64_t>& amounts, const std::string& mode = "constant", double value = 0);
Tensor tril(const Tensor& x, std::int64_t diagonal = 0);
Tensor triu(const Tensor& x, std::int64_t diagonal = 0);
/// A matrix's diagonal, or the matrix with this diagonal.
Tensor diag(const Tensor& x, std::int64_t diagonal = 0);
Tensor trace(const Tensor& x);
/// int64 (2, count): rows and columns of the lower, or upper, triangle.
Tensor tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset = 0);
Tensor triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset = 0);

// ---- gather.cpp: elements named by tensors
Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index);
Tensor gather(const Tensor& x, std::int64_t dim, const Tensor& index);
/// `reduce`: "add" or "multiply", for what is there and what comes; without a derivative.
Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source,
    const std::optional<std::string>& reduce = {});
Tensor scatter_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source, const Scalar& alpha = 1);
Tensor masked_select(const Tensor& x, const Tensor& mask);
Tensor masked_fill(const Tensor& x, const Tensor& mask, const Tensor& value);
Tensor take(const Tensor& x, const Tensor& index);
/// int64 (count, dims): where x is not 0, in row-major order. Error if `as_tuple`, which is `where` of one argument.
Tensor nonzero(const Tensor& x);
TensorList where(const Tensor& condition);
/// int64, with a last dim of num_classes (by default the largest label + 1). torch.nn.functional.one_hot
Tensor one_hot(const Tensor& labels, std::int64_t num_classes = -1);
/// Rows of weight (n, d) named by index: index.shape + (d). The gradient of row padding_idx is 0.
Tensor embedding(const Tensor& index, const Tensor& weight, std::int64_t padding_idx = -1,
    bool scale_grad_by_freq = false, bool sparse = false);
/// How often each number occurs, or the sum of the weights where it does.
Tensor bincount(const Tensor& x, const Tensor& weights = {}, std::int64_t minlength = 0);

// ---- sort.cpp
/// `stable` changes the name of the step only: every sort is.
ValuesAndIndices sort(
    const Tensor& x, std::int64_t dim = -1, bool descending = false, const std::optional<bool>& stable = {});
Tensor argsort(const Tensor& x, std::int64_t dim = -1, bool descending = false);
ValuesAndIndices topk(const Tensor& x, std::int64_t k, std::int64_t dim = -1, bool largest = true, bool sorted = true);
/// In ascending order; of the other parameters of PyTorch there is the default only, else an Error.
TensorList unique(
    const Tensor& x, std::optional<std::int64_t> dim = {}, bool return_inverse = false, bool return_counts = false);
/// The lower of the two middle ones.
Tensor median(const Tensor& x);
ValuesAndIndices median(const Tensor& x, std::int64_t dim, bool keepdim = false);

// ---- matmul.cpp
/// 1-D by 1-D: dot; matrices; batches of matrices, whose leading dims broadcast.
Tensor matmul(const Tensor& a, const Tensor& b);
Tensor mm(const Tensor& a, const Tensor& b);
Tensor mv(const Tensor& a, const Tensor& x);
Tensor bmm(const Tensor& a, const Tensor& b);
Tensor dot(const Tensor& a, const Tensor& b);
Tensor outer(const Tensor& a, const Tensor& b);
/// c + a b
Tensor addmm(const Tensor& c, const Tensor& a, const Tensor& b);
/// beta * c + alpha * a b
Tensor addmm_scaled(const Tensor& c, const Tensor& a, const Tensor& b, double beta, double alpha);
/// x weight^T + bias: (..., in) by (out, in). torch.nn.functional.linear
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {});
/// Products summed over the letters that the right-hand side lacks: einsum("bij,bjk->bik", {a, b}).
Tensor einsum(const std::string& equation, const TensorList& operands);
// ---- loss.cpp: reduction is "mean", "sum" or "none"
Tensor mse_loss(const Tensor& x, const Tensor& target, const std::string& reduction = "mean");
Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, const std::string& reduction = "mean", double beta = 1);
Tensor huber_loss(const Tensor& x, const Tensor& target, const std::string& reduction = "mean", double delta = 1);
/// -(t log x + (1 - t) log(1 - x)), each log at least -100. Error unless x is in [0, 1] and shaped like the target.
Tensor binary_cross_entropy(
    const Tensor& x, const Tensor& target, const Tensor& weight = {}, const std::string& reduction = "mean");
Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& target, const Tensor& weight = {},
    const Tensor& pos_weight = {}, const std::string& reduction = "mean");
/// -w[t] x[t]: x (N, C, ...) of log-probabilities, target (N, ...) of int64 classes; "mean" divides by the weights'
/// sum.
Tensor nll_loss(const Tensor& x, const Tensor& target, const Tensor& weight = {}, std::int64_t ignore_index = -100,
    const std::string& reduction = "mean");
/// Of logits: nll_loss(log_softmax), or soft targets shaped like x; label_smoothing in [0, 1].
Tensor cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight = {}, std::int64_t ignore_index = -100,
    const std::string& reduction = "mean", double label_smoothing = 0);
Tensor kl_div(const Tensor& x, const Tensor& target, const std::string& reduction = "mean", bool log_target = false);

// ---- conv.cpp: x is (N, C, W), (N, C, H, W) or (N, C, D, H, W), or lacks N; the weight (out, C / groups, kernel...),
// transposed (C, out / groups, kernel...); the bias (out)
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {}, const ConvOptions& options = {});
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias = {}, const ConvOptions& options = {});
Tensor conv3d(const Tensor& x, const Tensor& weight, const Tensor& bias = {}, const ConvOptions& options = {});
Tensor conv_transpose1d(
    const Tensor& x, const Tensor& weight, const Tensor& bias = {}, const ConvTransposeOptions& options = {});
Tensor conv_transpose2d(
    const Tensor& x, const Tensor& weight, const Tensor& bias = {}, const ConvTransposeOptions& options = {});
Tensor conv_transpose3d(
    const Tensor& x, const Tensor& weight, const Tensor& bias = {}, const ConvTransposeOptions& options = {});

// ---- pool.cpp: of lines (N, C, W), images (N, C, H, W) and volumes (N, C, D, H, W), or without N
/// The largest of each window, the first of equals, NaN above all; padding is never chosen.
Tensor max_pool1d(const Tensor& x, const Sizes& kernel_size, const MaxPoolOptions& options = {});
Tensor max_pool2d(const Tensor& x, const Sizes& kernel_size, const MaxPoolOptions& options = {});
Tensor max_pool3d(const Tensor& x, const Sizes& kernel_size, const MaxPoolOptions& options = {});
/// With the positions of the largest: int64, counted through the image. What F.max_pool2d gives if return_indices.
ValuesAndIndices max_pool1d_with_indices(const Tensor& x, const Sizes& kernel_size, const MaxPoolOptions& options = {});
ValuesAndIndices max_pool2d_with_indices(const Tensor& x, const Sizes& kernel_size, const MaxPoolOptions& options = {});
ValuesAndIndices max_pool3d_with_indices(const Tensor& x, const Sizes& kernel_size, const MaxPoolOptions& options = {});
/// The mean of each window, in which padding counts as 0, or not at all unless count_include_pad.
Tensor avg_pool1d(const Tensor& x, const Sizes& kernel_size, const AvgPoolOptions& options = {});
Tensor avg_pool2d(const Tensor& x, const Sizes& kernel_size, const AvgPoolOptions& options = {});
Tensor avg_pool3d(const Tensor& x, const Sizes& kernel_size, const AvgPoolOptions& options = {});
/// Windows that cover the image evenly: the i-th from floor(i in / out) to ceil((i + 1) in / out).
Tensor adaptive_avg_pool1d(const Tensor& x, std::int64_t output_size);
Tensor adaptive_avg_pool2d(const Tensor& x, const Sizes& output_size);
Tensor adaptive_avg_pool3d(const Tensor& x, const Sizes& output_size);
Tensor adaptive_max_pool1d(const Tensor& x, std::int64_t output_size);
Tensor adaptive_max_pool2d(const Tensor& x, const Sizes& output_size);
Tensor adaptive_max_pool3d(const Tensor& x, const Sizes& output_size);
ValuesAndIndices adaptive_max_pool1d_with_indices(const Tensor& x, std::int64_t output_size);
ValuesAndIndices adaptive_max_pool2d_with_indices(const Tensor& x, const Sizes& output_size);
ValuesAndIndices adaptive_max_pool3d_with_indices(const Tensor& x, const Sizes& output_size);

// ---- shuffle.cpp: pixels and channels rearranged
/// (..., C * r * r, H, W) -> (..., C, H * r, W * r): each pixel becomes a square of r by r. Shi et al., 2016
Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor);
/// The way back: (..., C, H * r, W * r) -> (..., C * r * r, H, W).
Tensor pixel_unshuffle(const Tensor& x, std::int64_t downscale_factor);
/// (N, C, ...): the first channel of each group, then the second of each, and so on.
Tensor channel_shuffle(const Tensor& x, std::int64_t groups);
/// The windows of images (N, C, H, W) as columns: (N, C * kernel, windows). torch.nn.functional.unfold
Tensor im2col(const Tensor& x, const Sizes& kernel_size, const Sizes& dilation = 1, const Sizes& padding = 0,
    const Sizes& stride = 1);
/// Its transpose: images of output_size, in which the windows add up. torch.nn.functional.fold
Tensor col2im(const Tensor& x, const Sizes& output_size, const Sizes& kernel_size, const Sizes& dilation = 1,
    const Sizes& padding = 0, const Sizes& stride = 1);

// ---- norm.cpp: (x - mean) / sqrt(var + eps) * weight + bias, the variance over n; absent weight and bias are
// 1 and 0
/// Of each channel of x (N, C, ...), by its own mean and variance in training, else by the running ones. In training
/// the running ones (absent: none are kept) move towards those of x, the variance over n - 1, by the share `momentum`.
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const Tensor& weight = {},
    const Tensor& bias = {}, bool training = false, double momentum = 0.1, double eps = 1e-5);
/// Over the last dims, whose sizes are normalized_shape; weight and bias have this shape.
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight = {}, const Tensor& bias = {},
    double eps = 1e-5);
/// Of each sample's channels in num_groups groups.
Tensor group_norm(
    const Tensor& x, std::int64_t num_groups, const Tensor& weight = {}, const Tensor& bias = {}, double eps = 1e-5);
/// Of each channel of each sample by itself, or by the running mean and variance unless use_input_stats.
Tensor instance_norm(const Tensor& x, const Tensor& running_mean = {}, const Tensor& running_var = {},
    const Tensor& weight = {}, const Tensor& bias = {}, bool use_input_stats = true, double momentum = 0.1,
    double eps = 1e-5);

// ---- inplace_ops.cpp: methods that end in an underscore, of which there are no functions: the op's result, written
// over x
const Tensor& add_(const Tensor& x, const Tensor& other);
const Tensor& sub_(const Tensor& x, const Tensor& other);
const Tensor& add_scaled_(const Tensor& x, const Tensor& other, const Scalar& alpha);
const Tensor& sub_scaled_(const Tensor& x, const Tensor& other, const Scalar& alpha);
const Tensor& mul_(const Tensor& x, const Tensor& other);
const Tensor& div_(const Tensor& x, const Tensor& other);
const Tensor& div_rounded_(const Tensor& x, const Tensor& other, const std::optional<std::string>& rounding_mode);
const Tensor& pow_(const Tensor& x, const Tensor& exponent);
const Tensor& remainder_(const Tensor& x, const Tensor& other);
const Tensor& addcmul_(const Tensor& x, const Tensor& a, const Tensor& b);
const Tensor& addcdiv_(const Tensor& x, const Tensor& a, const Tensor& b);
const Tensor& addcmul_scaled_(const Tensor& x, const Tensor& a, const Tensor& b, double value);
const Tensor& addcdiv_scaled_(const Tensor& x, const Tensor& a, const Tensor& b, double value);
const Tensor& lerp_(const Tensor& x, const Tensor& end, const Tensor& weight);
const Tensor& clamp_(const Tensor& x, const Tensor& min, const Tensor& max);
const Tensor& clamp_min_(const Tensor& x, const Tensor& min);
const Tensor& clamp_max_(const Tensor& x, const Tensor& max);
const Tensor& round_(const Tensor& x, std::int64_t decimals = 0);
const Tensor& fill_(const Tensor& x, const Tensor& value);
const Tensor& copy_(const Tensor& x, const Tensor& source);
const Tensor& tril_(const Tensor& x, std::int64_t diagonal);
const Tensor& triu_(const Tensor& x, std::int64_t diagonal);
const Tensor& fill_diagonal_(const Tensor& x, const Scalar& value, bool wrap = false);
const Tensor& squeeze_(const Tensor& x, const std::optional<Dims>& dim = {});
const Tensor& unsqueeze_(const Tensor& x, std::int64_t dim);
const Tensor& transpose_(const Tensor& x, std::int64_t dim0, std::int64_t dim1);
const Tensor& resize_(const Tensor& x, const Shape& shape);
const Tensor& masked_fill_(const Tensor& x, const Tensor& mask, const Tensor& value);
const Tensor& scatter_(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source,
    const std::optional<std::string>& reduce = {});
/// What scatter writes: `src`, or the number `value`; Error unless there is one of them.
Tensor source_of(const char* op, const Tensor& src, const std::optional<Scalar>& value);
/// x[indices] = values, and += where they accumulate; an undefined index is `:`.
const Tensor& index_put_(const Tensor& x, const TensorListOrNone& indices, const Tensor& values, bool accumulate);
const Tensor& scatter_add_(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
const Tensor& index_add_(
    const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source, const Scalar& alpha = 1);
const Tensor& index_fill_(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& value);
const Tensor& index_copy_(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
const Tensor& uniform_(const Tensor& x, double from, double to, const std::optional<Generator>& generator);
const Tensor& normal_(const Tensor& x, double mean, double std, const std::optional<Generator>& generator);
const Tensor& exponential_(const Tensor& x, double lambd, const std::optional<Generator>& generator);
/// With the probability that p holds, a number or a tensor; absent: 0.5.
const Tensor& bernoulli_(const Tensor& x, const Tensor& p, const std::optional<Generator>& generator);
const Tensor& random_(const Tensor& x, const std::optional<Generator>& generator);
const Tensor& random_(const Tensor& x, std::int64_t from, std::int64_t to, const std::optional<Generator>& generator);

// ---- inplace_ops.cpp: drawn at random
/// 1 with probability p, or that which x holds.
Tensor bernoulli(const Tensor& x, const std::optional<double>& p, const std::optional<Generator>& generator);
/// Indices drawn by the weights in each row of x.
Tensor multinomial(
    const Tensor& x, std::int64_t num_samples, bool replacement, const std::optional<Generator>& generator);

// ---- engine.cpp, node.cpp
/// torch.Tensor.backward; an absent retain_graph is create_graph.
void backward(const Tensor& x, const Tensor& gradient, const std::optional<bool>& retain_graph, bool create_graph,
    const TensorListOrNone& inputs);
const Tensor& requires_grad_(const Tensor& x, bool requires_grad);

/// Writes the result of an op into the tensor that the caller gave for it, if he did, which gets the result's shape.
/// Error, as in PyTorch, if something is to be recorded, or if out's dtype cannot take it.
Tensor into(const char* op, const Tensor& out, const Tensor& result);
ValuesAndIndices into(const char* op, const TensorListOrNone& out, const ValuesAndIndices& result);

}  // namespace taper::ops
