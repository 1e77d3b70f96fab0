#include "adaptive.h"

#include <cmath>

namespace taper::nn {

using T = const Tensor&;

static std::vector<std::int64_t> checked(std::vector<std::int64_t> cutoffs, std::int64_t n_classes) {
    bool right = !cutoffs.empty();
    for (std::size_t i = 0; i < cutoffs.size(); ++i)
        right = right && cutoffs[i] > (i == 0 ? 0 : cutoffs[i - 1]) && cutoffs[i] <= n_classes - 1;
    check(right,
        "AdaptiveLogSoftmaxWithLoss: cutoffs should be a sequence of unique, positive integers sorted in an increasing "
        "order, where each value is between 1 and n_classes-1");
    cutoffs.push_back(n_classes);
    return cutoffs;
}

AdaptiveLogSoftmaxWithLoss::AdaptiveLogSoftmaxWithLoss(Called, const AdaptiveLogSoftmaxWithLossOptions& o)
    : in_features(o.in_features),
      n_classes(o.n_classes),
      cutoffs(checked(o.cutoffs, o.n_classes)),
      div_value(o.div_value),
      head_bias(o.head_bias),
      shortlist_size(cutoffs[0]),
      n_clusters(std::ssize(cutoffs) - 1),
      head_size(shortlist_size + n_clusters),
      head(register_module(
          "head", Linear(in_features, head_size, {.bias = head_bias, .device = o.device, .dtype = o.dtype}))),
      tail(register_module("tail", ModuleList())) {
    auto plain = [&](std::int64_t in, std::int64_t out) {
        return Linear(in, out, {.bias = false, .device = o.device, .dtype = o.dtype});
    };
    for (std::int64_t i = 0; i < n_clusters; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const double width = std::floor(static_cast<double>(in_features) / std::pow(div_value, i + 1.));
        const auto hidden = static_cast<std::int64_t>(width);
        Sequential projection;
        projection.append(plain(in_features, hidden));
        projection.append(plain(hidden, cutoffs[at + 1] - cutoffs[at]));
        tail.append(projection);
    }
}
TAPER_DEFINE_CONSTRUCTORS(AdaptiveLogSoftmaxWithLoss, AdaptiveLogSoftmaxWithLossOptions, 3, in_features, n_classes,
    cutoffs, div_value, head_bias, device, dtype)

void AdaptiveLogSoftmaxWithLoss::reset_parameters() const {
    head.reset_parameters();
    for (AnyModule& cluster : tail)
        for (AnyModule& layer : cluster.as<Sequential>()) layer.as<Linear>().reset_parameters();
}

OutputAndLoss AdaptiveLogSoftmaxWithLoss::forward(T input, T labels) const {
    check(
        labels.ndim() <= 1, "AdaptiveLogSoftmaxWithLoss: 0D or 1D target tensor expected, multi-target not supported");
    check(input.ndim() == labels.ndim() + 1,
        "AdaptiveLogSoftmaxWithLoss: {}D target tensor expects {}D input tensors, but found inputs with size {}",
        labels.ndim(), labels.ndim() + 1, input.shape().str());
    check(labels.ndim() == 0 || input.size(0) == labels.size(0),
        "AdaptiveLogSoftmaxWithLoss: Input and target should have the same size in the batch dimension.");
    const Tensor x = labels.ndim() == 1 ? input : input.unsqueeze(0);
    const Tensor target = labels.ndim() == 1 ? labels : labels.unsqueeze(0);
    check(!((target < 0).logical_or(target >= n_classes)).any().item<bool>(),
        "AdaptiveLogSoftmaxWithLoss: Target values should be in [0, {}], but values in range [{}, {}] were found. ",
        n_classes - 1, target.min().item(), target.max().item());
    Tensor output = zeros(target.shape(), {.dtype = x.dtype()});
    Tensor in_head = target.clone();  // the class, or the place of its cluster
    for (std::int64_t i = 0; i < n_clusters; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Tensor rows = (target >= cutoffs[at]).logical_and(target < cutoffs[at + 1]).nonzero().squeeze(1);
        if (rows.numel() == 0) continue;
        const Tensor chances = ops::log_softmax(tail[i](x.index_select(0, rows)), 1);
        const Tensor own = (target.index_select(0, rows) - cutoffs[at]).unsqueeze(1);
        output.index_copy_(0, rows, chances.gather(1, own).squeeze(1));
        in_head.index_fill_(0, rows, shortlist_size + i);
    }
    output = output + ops::log_softmax(head(x), 1).gather(1, in_head.unsqueeze(1)).squeeze(1);
    const Tensor loss = (-output).mean();
    return {labels.ndim() == 1 ? output : output.squeeze(0), loss};
}

Tensor AdaptiveLogSoftmaxWithLoss::full_log_prob(T x, T head_output) const {
    const Tensor of_head = ops::log_softmax(head_output, 1);
    TensorList parts{of_head.narrow(1, 0, shortlist_size)};
    for (std::int64_t i = 0; i < n_clusters; ++i)
        parts.push_back(ops::log_softmax(tail[i](x), 1) + of_head.narrow(1, shortlist_size + i, 1));
    return ops::cat(parts, 1);
}
Tensor AdaptiveLogSoftmaxWithLoss::log_prob(T input) const { return full_log_prob(input, head(input)); }

Tensor AdaptiveLogSoftmaxWithLoss::predict(T input) const {
    const Tensor head_output = head(input);
    const Tensor likeliest = head_output.argmax(1), in_clusters = (likeliest >= shortlist_size).nonzero().squeeze(1);
    if (in_clusters.numel() == 0) return likeliest;
    const Tensor of_all = full_log_prob(input.index_select(0, in_clusters), head_output.index_select(0, in_clusters));
    likeliest.index_copy_(0, in_clusters, of_all.argmax(1));
    return likeliest;
}

}  // namespace taper::nn
