#include "swa_utils.h"

namespace taper::optim::swa_utils {

static AverageFunction ema(double decay) {
    check(decay >= 0 && decay <= 1,
        "get_ema_avg_fn: Invalid decay value {} provided. Please provide a value in [0,1] range.", decay);
    return [decay](const Tensor& average, const Tensor& value, const Tensor&) {
        return decay * average + (1 - decay) * value;
    };
}
TAPER_DEFINE_FUNCTION(AverageFunction, get_ema_avg_fn, EmaOptions, (ema(o.decay)), 0, decay)

AverageFunction get_swa_avg_fn() {
    return [](const Tensor& average, const Tensor& value, const Tensor& n_averaged) {
        return average + (value - average) / (n_averaged + 1);
    };
}

void average(const TensorList& averages, const TensorList& values, const Tensor& n_averaged,
    const std::optional<AverageFunction>& avg_fn) {
    const bool is_first = n_averaged.item() == 0;
    const AverageFunction next = avg_fn.value_or(get_swa_avg_fn());
    for (std::size_t i = 0; i < std::min(averages.size(), values.size()); ++i) {
        const Tensor mean = averages[i].detach(), value = values[i].detach();
        if (is_first)
            mean.copy_(value);
        else
            mean.copy_(next(mean, value, n_averaged));
    }
    n_averaged.add_(1);
}

namespace {

template <class M> std::function<void()> freshened(const nn::AnyModule& module) {
    if (!module.is<M>()) return nullptr;
    M norm = module.as<M>();
    check(norm.running_mean.defined(),
        "update_bn: zeros_like(): argument 'input' must be Tensor, not None: {} has no "
        "running statistics",
        type_name(typeid(M)));
    norm.reset_running_stats();
    const std::optional<Real> momentum = *norm.momentum;
    norm.momentum = std::nullopt;
    return [norm, momentum]() mutable { norm.momentum = momentum; };
}

}  // namespace

FreshStatistics::FreshStatistics(const std::vector<nn::AnyModule>& modules) {
    for (const nn::AnyModule& module : modules)
        for (const auto& restore : {freshened<nn::BatchNorm1d>(module), freshened<nn::BatchNorm2d>(module),
                 freshened<nn::BatchNorm3d>(module)})
            if (restore) restores_.push_back(restore);
}

void FreshStatistics::restore() const {
    for (const auto& restore : restores_) restore();
}

}  // namespace taper::optim::swa_utils
