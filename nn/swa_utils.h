// Averages of a model's weights; their learning rate stands in optim/swa_lr.h.
#pragma once

#include <array>
#include <functional>

#include "any_module.h"
#include "normalization.h"

namespace taper::optim::swa_utils {

/// From an average, what is new and how many are in the average (int64): the next average.
using AverageFunction = std::function<Tensor(const Tensor&, const Tensor&, const Tensor&)>;

struct EmaOptions {
    Keywords _ = Keywords();
    Arg<double> decay = Default(0.999);
};
/// decay * average + (1 - decay) * what is new. PyTorch 2's torch.optim.swa_utils.get_ema_avg_fn
TAPER_FUNCTION(AverageFunction, get_ema_avg_fn, EmaOptions, 0, decay)
/// The mean of all. PyTorch 2's torch.optim.swa_utils.get_swa_avg_fn
AverageFunction get_swa_avg_fn();

struct AveragedModelOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<AverageFunction>> avg_fn = Default(none);  // none: the mean of all
    Arg<bool> use_buffers = Default(false);
};

/// Brings the averages up to date, and counts.
void average(const TensorList& averages, const TensorList& values, const Tensor& n_averaged,
    const std::optional<AverageFunction>& avg_fn);

/// A copy of a model, whose weights become the mean of that model's at each update_parameters, or what avg_fn makes of
/// both; of its buffers too if `use_buffers`. torch.optim.swa_utils.AveragedModel
template <std::derived_from<nn::ModuleBase> M> struct AveragedModel : nn::Module<AveragedModel<M>> {
    explicit AveragedModel(const M& model, const AveragedModelOptions& o = {})
        : module(this->register_module("module", copy::deepcopy(model))),
          n_averaged(this->register_buffer("n_averaged", native::full({}, 0, DType::Int64))),
          avg_fn(*o.avg_fn),
          use_buffers(o.use_buffers) {
        if (*o.device) this->to(*o.device);
    }
    AveragedModel(const M& model, const Arg<std::optional<Device>>& device, AveragedModelOptions o = {})
        : AveragedModel(model, (o.device.put(device, "AveragedModel", "device"), o)) {}
    AveragedModel(const M& model, const Arg<std::optional<Device>>& device,
        const Arg<std::optional<AverageFunction>>& avg_fn, AveragedModelOptions o = {})
        : AveragedModel(model, device, (o.avg_fn.put(avg_fn, "AveragedModel", "avg_fn"), o)) {}
    AveragedModel(const M& model, const Arg<std::optional<Device>>& device,
        const Arg<std::optional<AverageFunction>>& avg_fn, const Arg<bool>& use_buffers)
        : AveragedModel(model, device, avg_fn, AveragedModelOptions{.use_buffers = use_buffers}) {}

    template <class... A>
        requires(std::invocable<M&, A...>)
    auto forward(A&&... args) {
        return module(std::forward<A>(args)...);
    }
    template <class... A>
        requires(std::invocable<const M&, A...>)
    auto forward(A&&... args) const {
        return module(std::forward<A>(args)...);
    }
    void update_parameters(const M& model) const {
        TensorList averages = module.parameters(), values = model.parameters();
        if (use_buffers) {
            for (const Tensor& x : module.buffers()) averages.push_back(x);
            for (const Tensor& x : model.buffers()) values.push_back(x);
        }
        average(averages, values, n_averaged, avg_fn);
    }

    M module;
    nn::Buffer n_averaged;
    std::optional<AverageFunction> avg_fn;
    bool use_buffers;
};

/// BatchNorm modules whose running statistics are made anew, as the mean over all batches to come; `restore` gives them
/// their momenta back.
class FreshStatistics {
 public:
    explicit FreshStatistics(const std::vector<nn::AnyModule>& modules);
    bool empty() const { return restores_.empty(); }
    void restore() const;

 private:
    std::vector<std::function<void()>> restores_;
};

struct UpdateBnOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Device>> device = Default(none);
};

/// Makes the running statistics of a model's BatchNorm modules anew, from one pass over the loader, whose batches are
/// Tensors, or begin with one. torch.optim.swa_utils.update_bn
template <class Loader, std::derived_from<nn::ModuleBase> M>
void update_bn(const Loader& loader, const M& model, const UpdateBnOptions& o = {}) {
    NoGradGuard no_grad;
    const FreshStatistics statistics(model.modules());
    if (statistics.empty()) return;
    M trained = model;
    const bool was_training = model.training();
    trained.train();
    for (const auto& batch : loader) {
        const Tensor input = [&] {
            if constexpr (std::convertible_to<decltype(batch), Tensor>)
                return Tensor(batch);
            else if constexpr (requires { std::get<0>(batch); })
                return Tensor(std::get<0>(batch));
            else
                return Tensor(batch[0]);
        }();
        trained(*o.device ? input.to(**o.device) : input);
    }
    statistics.restore();
    trained.train(was_training);
}
template <class Loader, std::derived_from<nn::ModuleBase> M>
void update_bn(const Loader& loader, const M& model, const Arg<std::optional<Device>>& device) {
    update_bn(loader, model, UpdateBnOptions{.device = device});
}

}  // namespace taper::optim::swa_utils
