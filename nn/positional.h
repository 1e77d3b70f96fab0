// The functions behind the modules with all their parameters by position: what modules call. functional.h says what
// they compute.
#pragma once

#include "../autograd/ops.h"

namespace taper::nn::positional {

using Text = const std::string&;

// ---- activations, which overwrite x if `inplace`
Tensor relu(const Tensor& x, bool inplace);
Tensor relu6(const Tensor& x, bool inplace);
Tensor leaky_relu(const Tensor& x, double negative_slope, bool inplace);
Tensor rrelu(const Tensor& x, double lower, double upper, bool training, bool inplace);
Tensor elu(const Tensor& x, double alpha, bool inplace);
Tensor celu(const Tensor& x, double alpha, bool inplace);
Tensor selu(const Tensor& x, bool inplace);
Tensor silu(const Tensor& x, bool inplace);
Tensor mish(const Tensor& x, bool inplace);
Tensor softsign(const Tensor& x);
Tensor tanhshrink(const Tensor& x);
Tensor hardtanh(const Tensor& x, double min_val, double max_val, bool inplace);
Tensor hardsigmoid(const Tensor& x, bool inplace);
Tensor hardswish(const Tensor& x, bool inplace);
Tensor threshold(const Tensor& x, double threshold, double value, bool inplace);
Tensor softmax(const Tensor& x, std::optional<std::int64_t> dim, std::optional<DType> dtype);
Tensor log_softmax(const Tensor& x, std::optional<std::int64_t> dim, std::optional<DType> dtype);
Tensor softmin(const Tensor& x, std::optional<std::int64_t> dim, std::optional<DType> dtype);
Tensor glu(const Tensor& x, std::int64_t dim);
Tensor gumbel_softmax(const Tensor& logits, double tau, bool hard, double eps, std::int64_t dim);

// ---- dropout
Tensor dropout(const Tensor& x, double p, bool training, bool inplace);
Tensor dropout1d(const Tensor& x, double p, bool training, bool inplace);
Tensor dropout2d(const Tensor& x, double p, bool training, bool inplace);
Tensor dropout3d(const Tensor& x, double p, bool training, bool inplace);
Tensor alpha_dropout(const Tensor& x, double p, bool training, bool inplace);
Tensor feature_alpha_dropout(const Tensor& x, double p, bool training, bool inplace);

// ---- normalisation
Tensor local_response_norm(const Tensor& x, std::int64_t size, double alpha, double beta, double k);

// ---- distances
Tensor normalize(const Tensor& x, double p, const Dims& dim, double eps);
Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, std::int64_t dim, double eps);
Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, double p, double eps, bool keepdim);
Tensor pdist(const Tensor& x, double p);
Tensor bilinear(const Tensor& x1, const Tensor& x2, const Tensor& weight, const Tensor& bias);

// ---- losses
using DistanceFunction = std::function<Tensor(const Tensor&, const Tensor&)>;
/// By its name of today: "mean" for "elementwise_mean", with a warning.
std::string known_reduction(Text reduction);
Tensor kl_div(const Tensor& x, const Tensor& target, Text reduction, bool log_target);
Tensor l1_loss(const Tensor& x, const Tensor& target, Text reduction);
Tensor hinge_embedding_loss(const Tensor& x, const Tensor& target, double margin, Text reduction);
Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin, Text reduction);
Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative, double margin,
    double p, double eps, bool swap, Text reduction);
Tensor margin_ranking_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin, Text reduction);
Tensor soft_margin_loss(const Tensor& x, const Tensor& target, Text reduction);
Tensor multilabel_soft_margin_loss(const Tensor& x, const Tensor& target, const Tensor& weight, Text reduction);
Tensor multi_margin_loss(
    const Tensor& scores, const Tensor& target, std::int64_t p, double margin, const Tensor& weight, Text reduction);
Tensor multilabel_margin_loss(const Tensor& scores, const Tensor& target, Text reduction);
Tensor triplet_margin_with_distance_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
    const DistanceFunction& distance, double margin, bool swap, Text reduction);
Tensor poisson_nll_loss(const Tensor& x, const Tensor& target, bool log_input, bool full, double eps, Text reduction);
Tensor gaussian_nll_loss(
    const Tensor& x, const Tensor& target, const Tensor& variance, bool full, double eps, Text reduction);
/// What the deprecated size_average and reduce say where one of them is given, else the reduction.
std::string reduction_of(std::optional<bool> size_average, std::optional<bool> reduce, Text reduction);

// ---- embedding
/// Error if an embedding shall have sparse gradients, which there are none of here.
void check_dense(bool sparse);
/// Shortens the rows that are used and longer than max_norm, where they are: torch.embedding_renorm_
void shorten_rows(const Tensor& index, const Tensor& weight, double max_norm, double norm_type);
Tensor embedding(const Tensor& index, const Tensor& weight, std::optional<std::int64_t> padding_idx,
    std::optional<double> max_norm, double norm_type, bool scale_grad_by_freq, bool sparse);

/// The result written into `out`, as the functions with out= do it; the result itself if there is no `out`.
Tensor into(const Tensor& out, const Tensor& result);
/// Error if `return_indices`: a call of `op` gives one Tensor; another gives two.
void check_no_indices(const std::string& op, bool return_indices, Text instead);

}  // namespace taper::nn::positional
