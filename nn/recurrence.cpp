#include "recurrence.h"

#include <algorithm>

#include "../autograd/ops.h"

namespace taper::nn::recurrence {

using T = const Tensor&;

TensorList tanh_step(T x, T h, const TensorList&) { return {(x + h).tanh()}; }
TensorList relu_step(T x, T h, const TensorList&) { return {(x + h).relu()}; }
TensorList lstm_step(T x, T h, const TensorList& state) {
    TensorList gates = (x + h).chunk(4, 1);
    Tensor c = gates[1].sigmoid() * state[1] + gates[0].sigmoid() * gates[2].tanh();
    return {gates[3].sigmoid() * c.tanh(), c};
}
TensorList gru_step(T x, T h, const TensorList& state) {
    TensorList of_x = x.chunk(3, 1), of_h = h.chunk(3, 1);
    Tensor reset = (of_x[0] + of_h[0]).sigmoid(), update = (of_x[1] + of_h[1]).sigmoid();
    Tensor fresh = (of_x[2] + reset * of_h[2]).tanh();
    return {(state[0] - fresh) * update + fresh};
}

void check_dims(const std::string& layer, const TensorList& state, bool single) {
    const bool two = state.size() > 1;
    const int dims = single ? 2 : 3;
    for (T h : state) {
        if (!h.defined()) continue;
        check(h.ndim() == dims, "{}: For {} input, {} should also be {}-D but got {}-D tensor{}", layer,
            single ? "unbatched 2-D" : "batched 3-D", two ? "hx and cx" : "hx", dims, h.ndim(), two ? "s" : "");
    }
}

TensorList over_time(Step step, const TensorList& inputs, const Weights& w, TensorList& state, bool backwards) {
    const TensorList first = state;
    std::vector<TensorList> ended(state.size());
    TensorList outputs(inputs.size());
    auto resize = [&](std::int64_t size) {
        const std::int64_t now = state[0].size(0);
        for (std::size_t k = 0; k < state.size() && size != now; ++k) {
            if (size < now && !backwards) ended[k].push_back(state[k].narrow(0, size, now - size));
            state[k] =
                size < now ? state[k].narrow(0, 0, size) : ops::cat({state[k], first[k].narrow(0, now, size - now)});
        }
    };
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::size_t time = backwards ? inputs.size() - 1 - i : i;
        resize(inputs[time].size(0));
        state = step(inputs[time], ops::linear(state[0], w.hh, w.bias_hh), state);
        if (w.projection.defined()) state[0] = ops::linear(state[0], w.projection, {});
        outputs[time] = state[0];
    }
    for (std::size_t k = 0; k < state.size(); ++k) {
        ended[k].push_back(state[k]);
        std::reverse(ended[k].begin(), ended[k].end());
        if (ended[k].size() > 1) state[k] = ops::cat(ended[k]);
    }
    return outputs;
}

}  // namespace taper::nn::recurrence
