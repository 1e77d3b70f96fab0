// Memory for time: a part of a network that is worked out a second time in backward, instead of kept.
#pragma once

#include "callable.h"

namespace taper::utils::checkpoint {

struct CheckpointOptions {
    /// Whether the second run draws the random numbers of the first.
    bool preserve_rng_state = true;
};

namespace detail {
/// `f` on the inputs, as one node that keeps the inputs alone.
TensorList run(const autograd::ListFunction& f, const TensorList& inputs, const CheckpointOptions& options);
}  // namespace detail

/// f(args...), of which only the arguments are kept: backward calls f again. Whatever f uses gets its gradient:
/// arguments, and what it has captured (a module's weights). f must do the same both times. It returns a Tensor, a
/// TensorList or a tuple of Tensors. torch.utils.checkpoint.checkpoint
template <class F, class... A> auto checkpoint(const CheckpointOptions& options, F f, const A&... args) {
    using Kept = std::tuple<std::conditional_t<std::derived_from<A, Tensor>, Tensor, A>...>;
    Kept kept(args...);
    const TensorList inputs = autograd::detail::tensors_in(kept);
    // The node keeps the tensors, as every node does; the closure must not, or they could become their own ancestors.
    autograd::detail::each_tensor(kept, [](Tensor& x) { x = Tensor(); });
    std::decay_t<decltype(std::apply(f, kept))> out;
    autograd::ListFunction call = [f = std::move(f), kept, first = &out](const TensorList& given) mutable {
        Kept own = kept;
        autograd::detail::put_tensors(own, given);
        auto result = std::apply(f, own);
        TensorList list = autograd::detail::tensors_in(result);
        if (first) *std::exchange(first, nullptr) = std::move(result);
        return list;
    };
    TensorList results = detail::run(call, inputs, options);
    autograd::detail::put_tensors(out, results);
    return out;
}
template <class F, class... A>
    requires(!std::same_as<F, CheckpointOptions>)
auto checkpoint(F f, const A&... args) {
    return checkpoint(CheckpointOptions(), std::move(f), args...);
}

}  // namespace taper::utils::checkpoint
