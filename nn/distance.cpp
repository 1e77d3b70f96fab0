#include "distance.h"

namespace taper::nn {

CosineSimilarity::CosineSimilarity(Called, const CosineSimilarityOptions& o) : dim(o.dim), eps(o.eps) {}
TAPER_DEFINE_CONSTRUCTORS(CosineSimilarity, CosineSimilarityOptions, 0, dim, eps)

PairwiseDistance::PairwiseDistance(Called, const PairwiseDistanceOptions& o)
    : norm(o.p), eps(o.eps), keepdim(o.keepdim) {}
TAPER_DEFINE_CONSTRUCTORS(PairwiseDistance, PairwiseDistanceOptions, 0, p, eps, keepdim)

}  // namespace taper::nn
