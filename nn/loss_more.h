// Losses of margins and of likelihoods as modules; functional_losses_more.h has their formulas.
#pragma once

#include "loss.h"

namespace taper::nn {

struct MarginRankingLossOptions {
    Keywords _ = Keywords();
    Arg<double> margin = Default(0);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct MultiMarginLossOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> p = Default(1);
    Arg<double> margin = Default(1);
    Arg<Tensor> weight = Default(none);
    Arg<std::optional<bool>> size_average = Default(none), reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct PoissonNLLLossOptions {
    Keywords _ = Keywords();
    Arg<bool> log_input = Default(true), full = Default(false);
    Arg<std::optional<bool>> size_average = Default(none);
    Arg<double> eps = Default(1e-8);
    Arg<std::optional<bool>> reduce = Default(none);
    Arg<std::string> reduction = Default("mean");
};
struct GaussianNLLLossOptions {
    Keywords _ = Keywords();
    Arg<bool> full = Default(false);
    Arg<double> eps = Default(1e-6);
    Arg<std::string> reduction = Default("mean");
};
/// A distance of two tensors: a function, or a module, which becomes a part of the loss.
class Distance {
 public:
    template <class F>
        requires(std::is_invocable_r_v<Tensor, F&, const Tensor&, const Tensor&>)
    Distance(F distance) : function(distance) {
        if constexpr (std::derived_from<F, ModuleBase>) module = distance;
    }
    positional::DistanceFunction function;
    AnyModule module;  // none: it is no module
};
/// distance_function: PairwiseDistance() if absent.
struct TripletMarginWithDistanceLossOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Distance>> distance_function = Default(none);
    Arg<double> margin = Default(1);
    Arg<bool> swap = Default(false);
    Arg<std::string> reduction = Default("mean");
};

/// torch.nn.MarginRankingLoss
struct MarginRankingLoss : Module<MarginRankingLoss> {
    TAPER_CONSTRUCTORS(MarginRankingLoss, MarginRankingLossOptions, 0, margin, size_average, reduce, reduction)
    MarginRankingLoss(Called, const MarginRankingLossOptions& o);
    Tensor forward(const Tensor& x1, const Tensor& x2, const Tensor& target) const;
    Setting<double> margin;
    Setting<std::string> reduction;
};
/// torch.nn.SoftMarginLoss
struct SoftMarginLoss : Module<SoftMarginLoss> {
    TAPER_CONSTRUCTORS(SoftMarginLoss, LossOptions, 0, size_average, reduce, reduction)
    SoftMarginLoss(Called, const LossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const;
    Setting<std::string> reduction;
};
/// torch.nn.MultiMarginLoss
struct MultiMarginLoss : Module<MultiMarginLoss> {
    TAPER_CONSTRUCTORS(MultiMarginLoss, MultiMarginLossOptions, 0, p, margin, weight, size_average, reduce, reduction)
    MultiMarginLoss(Called, const MultiMarginLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const;
    Setting<std::int64_t> p;
    Setting<double> margin;
    Buffer weight;
    Setting<std::string> reduction;
};
/// torch.nn.MultiLabelMarginLoss
struct MultiLabelMarginLoss : Module<MultiLabelMarginLoss> {
    TAPER_CONSTRUCTORS(MultiLabelMarginLoss, LossOptions, 0, size_average, reduce, reduction)
    MultiLabelMarginLoss(Called, const LossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const;
    Setting<std::string> reduction;
};
/// torch.nn.MultiLabelSoftMarginLoss
struct MultiLabelSoftMarginLoss : Module<MultiLabelSoftMarginLoss> {
    TAPER_CONSTRUCTORS(MultiLabelSoftMarginLoss, BCELossOptions, 0, weight, size_average, reduce, reduction)
    MultiLabelSoftMarginLoss(Called, const BCELossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const;
    Buffer weight;
    Setting<std::string> reduction;
};
/// torch.nn.PoissonNLLLoss
struct PoissonNLLLoss : Module<PoissonNLLLoss> {
    TAPER_CONSTRUCTORS(PoissonNLLLoss, PoissonNLLLossOptions, 0, log_input, full, size_average, eps, reduce, reduction)
    PoissonNLLLoss(Called, const PoissonNLLLossOptions& o);
    Tensor forward(const Tensor& log_input, const Tensor& target) const;
    Setting<bool> log_input, full;
    Setting<double> eps;
    Setting<std::string> reduction;
};
/// torch.nn.GaussianNLLLoss
struct GaussianNLLLoss : Module<GaussianNLLLoss> {
    GaussianNLLLoss();
    explicit GaussianNLLLoss(const GaussianNLLLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target, const Tensor& var) const;
    Setting<bool> full;
    Setting<double> eps;
    Setting<std::string> reduction;
};
/// torch.nn.TripletMarginWithDistanceLoss
struct TripletMarginWithDistanceLoss : Module<TripletMarginWithDistanceLoss> {
    TripletMarginWithDistanceLoss();
    explicit TripletMarginWithDistanceLoss(const TripletMarginWithDistanceLossOptions& o);
    Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const;
    AnyModule distance_function;  // none: it is no module
    Setting<double> margin;
    Setting<bool> swap;
    Setting<std::string> reduction;

 private:
    Setting<positional::DistanceFunction> function_;
};
/// The old name of NLLLoss. torch.nn.NLLLoss2d
struct NLLLoss2d : Module<NLLLoss2d> {
    TAPER_CONSTRUCTORS(NLLLoss2d, NLLLossOptions, 0, weight, size_average, ignore_index, reduce, reduction)
    NLLLoss2d(Called, const NLLLossOptions& o);
    Tensor forward(const Tensor& x, const Tensor& target) const;
    Buffer weight;
    Setting<std::int64_t> ignore_index;
    Setting<std::string> reduction;
};

}  // namespace taper::nn
