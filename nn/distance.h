// Distances as modules.
#pragma once

#include "module.h"
#include "positional.h"

namespace taper::nn {

struct CosineSimilarityOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> dim = Default(1);
    Arg<double> eps = Default(1e-8);
};
struct PairwiseDistanceOptions {
    Keywords _ = Keywords();
    Arg<double> p = Default(2), eps = Default(1e-6);
    Arg<bool> keepdim = Default(false);
};

/// x1 x2 / (|x1| |x2|) along dim. torch.nn.CosineSimilarity
struct CosineSimilarity : Module<CosineSimilarity> {
    TAPER_CONSTRUCTORS(CosineSimilarity, CosineSimilarityOptions, 0, dim, eps)
    CosineSimilarity(Called, const CosineSimilarityOptions& o);
    Tensor forward(const Tensor& x1, const Tensor& x2) const { return positional::cosine_similarity(x1, x2, dim, eps); }
    Setting<std::int64_t> dim;
    Setting<double> eps;
};
/// |x1 - x2 + eps|_p along the last dim. torch.nn.PairwiseDistance
struct PairwiseDistance : Module<PairwiseDistance> {
    TAPER_CONSTRUCTORS(PairwiseDistance, PairwiseDistanceOptions, 0, p, eps, keepdim)
    PairwiseDistance(Called, const PairwiseDistanceOptions& o);
    Tensor forward(const Tensor& x1, const Tensor& x2) const {
        return positional::pairwise_distance(x1, x2, norm, eps, keepdim);
    }
    Setting<double> norm, eps;
    Setting<bool> keepdim;
};

}  // namespace taper::nn
