// What an op gives, and the gradients of its elements weighted 1, 2, 3, ...: what the tests of rearranging ops compare.
#pragma once

#include <taper/taper.h>

#include <vector>

using Numbers = std::vector<double>;

/// The gradients of sum(f(x, ...) * {1, 2, 3, ...}) for each of the inputs.
template <class F, class... X> std::vector<Numbers> weighted_gradients(F f, const X&... inputs) {
    taper::TensorList xs = {inputs.clone().requires_grad_()...};
    const taper::Tensor y = [&]<std::size_t... I>(std::index_sequence<I...>) { return f(xs[I]...); }(
                                std::index_sequence_for<X...>());
    (y.reshape(-1) * (taper::arange(y.numel()) + 1)).sum().backward();
    std::vector<Numbers> gradients;
    for (const taper::Tensor& x : xs) gradients.push_back(x.grad().tolist());
    return gradients;
}
