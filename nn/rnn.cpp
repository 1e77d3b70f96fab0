#include "rnn.h"

#include <cmath>

#include "init.h"
#include "text.h"

namespace taper::nn {

using T = const Tensor&;

namespace {

template <class D> std::string layer() { return type_name(typeid(D)); }

// ---- what a step makes of W_ih x + b_ih, W_hh h + b_hh, and the state: the next state, whose first is the output

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
auto step_of(const std::string& nonlinearity) {
    check(nonlinearity == "tanh" || nonlinearity == "relu", "RNN: Unknown nonlinearity '{}'", nonlinearity);
    return nonlinearity == "tanh" ? tanh_step : relu_step;
}

struct Weights {
    Tensor ih, hh, bias_ih, bias_hh, projection;
};

/// One layer in one direction: x (T, N, C) to (T, N, H). The state is the first one, and becomes the last.
template <class Step> Tensor over_time(const Step& step, T x, const Weights& w, TensorList& state, bool backwards) {
    TensorList inputs = linear(x, w.ih, w.bias_ih).unbind(0), outputs(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::size_t time = backwards ? inputs.size() - 1 - i : i;
        state = step(inputs[time], linear(state[0], w.hh, w.bias_hh), state);
        if (w.projection.defined()) state[0] = linear(state[0], w.projection, {});
        outputs[time] = state[0];
    }
    return stack(outputs);
}

void draw_uniform(const TensorList& parameters, std::int64_t hidden_size) {
    const double bound = hidden_size > 0 ? 1 / std::sqrt(static_cast<double>(hidden_size)) : 0;
    for (T x : parameters)
        if (x.defined()) init::uniform_(x, -bound, bound);
}

GatedRNNOptions without_nonlinearity(const RNNOptions& o) {
    return {o.num_layers, o.bias, o.batch_first, o.dropout, o.bidirectional};
}
template <class Options> Options with_layers(Options options, std::int64_t num_layers) {
    options.num_layers = num_layers;
    return options;
}

}  // namespace

// ---- all layers

template <class D> RNNBase<D>::RNNBase(
    std::int64_t gates, std::int64_t input_size, std::int64_t hidden_size, const GatedRNNOptions& options)
    : input_size(input_size),
      hidden_size(hidden_size),
      num_layers(options.num_layers),
      bias(options.bias),
      batch_first(options.batch_first),
      dropout(options.dropout),
      bidirectional(options.bidirectional),
      proj_size(options.proj_size) {
    check(0 <= options.dropout && options.dropout <= 1,
        "{}: dropout should be a number in range [0, 1] representing the probability of an element being zeroed, but "
        "got {}",
        layer<D>(), options.dropout);
    check(input_size > 0 && hidden_size > 0 && num_layers > 0,
        "{}: input_size, hidden_size and num_layers must be positive, but got {}, {} and {}", layer<D>(), input_size,
        hidden_size, num_layers);
    check(proj_size >= 0, "{}: proj_size should be a positive integer or zero to disable projections", layer<D>());
    check(proj_size < hidden_size, "{}: proj_size has to be smaller than hidden_size", layer<D>());
    check(proj_size == 0 || std::same_as<D, LSTM>, "{}: proj_size argument is only supported for LSTM, not RNN or GRU",
        layer<D>());
    const std::int64_t shown = proj_size > 0 ? proj_size : hidden_size;
    for (std::int64_t i = 0; i < num_layers; ++i)
        for (const char* direction : {"", "_reverse"}) {
            if (*direction && !bidirectional) continue;
            auto add = [&](const char* name, const Shape& shape) {
                this->register_parameter(fmt::format("{}_l{}{}", name, i, direction), empty(shape));
            };
            add("weight_ih", {gates * hidden_size, i == 0 ? input_size : shown * (bidirectional ? 2 : 1)});
            add("weight_hh", {gates * hidden_size, shown});
            if (bias) add("bias_ih", {gates * hidden_size});
            if (bias) add("bias_hh", {gates * hidden_size});
            if (proj_size > 0) add("weight_hr", {proj_size, hidden_size});
        }
    reset_parameters();
}

template <class D> void RNNBase<D>::reset_parameters() const {
    this->draw_initial([all = this->parameters(), size = hidden_size] { draw_uniform(all, size); });
}

template <class D> std::string RNNBase<D>::extra_repr() const {
    std::string all = fmt::format("{}, {}", input_size, hidden_size);
    if (proj_size != 0) all += fmt::format(", proj_size={}", proj_size);
    if (num_layers != 1) all += fmt::format(", num_layers={}", num_layers);
    if (!bias) all += ", bias=False";
    if (*batch_first) all += ", batch_first=True";
    if (*dropout != 0) all += ", dropout=" + repr(*dropout);
    if (bidirectional) all += ", bidirectional=True";
    return all;
}

template <class D> template <class Step>
std::pair<Tensor, TensorList> RNNBase<D>::run(const Step& step, Tensor x, TensorList state) const {
    const bool single = x.ndim() == 2;
    check(
        single || x.ndim() == 3, "{}: Expected input to be 2-D or 3-D but received {}-D tensor", layer<D>(), x.ndim());
    check(x.size(-1) == input_size, "{}: input.size(-1) must be equal to input_size. Expected {}, got {}", layer<D>(),
        input_size, x.size(-1));
    if (single)
        x = x.unsqueeze(1);
    else if (*batch_first)
        x = x.transpose(0, 1);
    check(x.size(0) > 0, "{}: Expected sequence length to be larger than 0 in RNN", layer<D>());
    const std::int64_t directions = bidirectional ? 2 : 1;
    for (std::size_t k = 0; k < state.size(); ++k) {
        Tensor& h = state[k];
        const Shape expected{num_layers * directions, x.size(1), k == 0 && proj_size > 0 ? proj_size : hidden_size};
        if (!h.defined()) h = zeros(expected, {.dtype = x.dtype(), .device = x.device()});
        if (single && h.ndim() == 2) h = h.unsqueeze(1);
        check(h.shape() == expected, "{}: Expected hidden size {}, got {}", layer<D>(), tuple_text(expected),
            h.shape().str());
    }
    const auto& parameters = this->shared_state()->parameters;
    std::vector<TensorList> last(state.size());
    for (std::size_t i = 0, at = 0; i < static_cast<std::size_t>(num_layers * directions);) {
        TensorList outputs;
        for (std::int64_t d = 0; d < directions; ++d, ++i) {
            auto next = [&](bool there) { return there ? parameters[at++].second : Tensor(); };
            const Weights w{next(true), next(true), next(bias), next(bias), next(proj_size > 0)};
            TensorList now;
            for (T h : state) now.push_back(h.select(0, static_cast<std::int64_t>(i)));
            outputs.push_back(over_time(step, x, w, now, d == 1));
            for (std::size_t k = 0; k < now.size(); ++k) last[k].push_back(now[k]);
        }
        x = outputs.size() == 1 ? outputs[0] : cat(outputs, -1);
        if (*dropout != 0 && at < parameters.size()) x = taper::dropout(x, *dropout, this->training());
    }
    for (std::size_t k = 0; k < state.size(); ++k) state[k] = single ? stack(last[k]).squeeze(1) : stack(last[k]);
    return {single ? x.squeeze(1) : *batch_first ? x.transpose(0, 1) : x, state};
}

RNN::RNN(std::int64_t input_size, std::int64_t hidden_size, const RNNOptions& options)
    : RNNBase(1, input_size, hidden_size, without_nonlinearity(options)), nonlinearity(options.nonlinearity) {
    step_of(nonlinearity);
}
RNN::RNN(std::int64_t input_size, std::int64_t hidden_size, std::int64_t num_layers, RNNOptions options)
    : RNN(input_size, hidden_size, with_layers(options, num_layers)) {}
std::tuple<Tensor, Tensor> RNN::forward(T x, T h_0) const {
    auto [output, state] = run(step_of(nonlinearity), x, {h_0});
    return {output, state[0]};
}

LSTM::LSTM(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNOptions& options)
    : RNNBase(4, input_size, hidden_size, options) {}
LSTM::LSTM(std::int64_t input_size, std::int64_t hidden_size, std::int64_t num_layers, GatedRNNOptions options)
    : LSTM(input_size, hidden_size, with_layers(options, num_layers)) {}
LSTM::Output LSTM::forward(T x) const { return forward(x, State()); }
LSTM::Output LSTM::forward(T x, const State& first) const {
    auto [output, state] = run(lstm_step, x, {std::get<0>(first), std::get<1>(first)});
    return {output, {state[0], state[1]}};
}

GRU::GRU(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNOptions& options)
    : RNNBase(3, input_size, hidden_size, options) {}
GRU::GRU(std::int64_t input_size, std::int64_t hidden_size, std::int64_t num_layers, GatedRNNOptions options)
    : GRU(input_size, hidden_size, with_layers(options, num_layers)) {}
std::tuple<Tensor, Tensor> GRU::forward(T x, T h_0) const {
    auto [output, state] = run(gru_step, x, {h_0});
    return {output, state[0]};
}

template class RNNBase<RNN>;
template class RNNBase<LSTM>;
template class RNNBase<GRU>;

// ---- one step

template <class D> RNNCellBase<D>::RNNCellBase(
    std::int64_t gates, std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options)
    : input_size(input_size),
      hidden_size(hidden_size),
      nonlinearity(options.nonlinearity),
      weight_ih(this->register_parameter("weight_ih", empty({gates * hidden_size, input_size}))),
      weight_hh(this->register_parameter("weight_hh", empty({gates * hidden_size, hidden_size}))),
      bias_ih(this->register_parameter("bias_ih", options.bias ? empty({gates * hidden_size}) : Tensor())),
      bias_hh(this->register_parameter("bias_hh", options.bias ? empty({gates * hidden_size}) : Tensor())) {
    reset_parameters();
}

template <class D> void RNNCellBase<D>::reset_parameters() const {
    this->draw_initial(
        [all = TensorList{weight_ih, weight_hh, bias_ih, bias_hh}, size = hidden_size] { draw_uniform(all, size); });
}

template <class D> std::string RNNCellBase<D>::extra_repr() const {
    return fmt::format("{}, {}{}{}", input_size, hidden_size, bias_ih.defined() ? "" : ", bias=False",
        nonlinearity == "tanh" ? "" : ", nonlinearity=" + nonlinearity);
}

template <class D> template <class Step> TensorList RNNCellBase<D>::run(const Step& step, T x, TensorList state) const {
    const bool single = x.ndim() == 1;
    check(
        single || x.ndim() == 2, "{}: Expected input to be 1-D or 2-D but received {}-D tensor", layer<D>(), x.ndim());
    check(x.size(-1) == input_size, "{}: input has inconsistent input_size: got {} expected {}", layer<D>(), x.size(-1),
        input_size);
    const Shape expected{single ? 1 : x.size(0), hidden_size};
    for (Tensor& h : state) {
        if (!h.defined()) h = zeros(expected, {.dtype = x.dtype(), .device = x.device()});
        if (single && h.ndim() == 1) h = h.unsqueeze(0);
        check(h.shape() == expected, "{}: Expected hidden size {}, got {}", layer<D>(), tuple_text(expected),
            h.shape().str());
    }
    state = step(linear(single ? x.unsqueeze(0) : x, weight_ih, bias_ih), linear(state[0], weight_hh, bias_hh), state);
    for (Tensor& h : state)
        if (single) h = h.squeeze(0);
    return state;
}

RNNCell::RNNCell(std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options)
    : RNNCellBase(1, input_size, hidden_size, options) {
    step_of(nonlinearity);
}
Tensor RNNCell::forward(T x, T h) const { return run(step_of(nonlinearity), x, {h})[0]; }

LSTMCell::LSTMCell(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNCellOptions& options)
    : RNNCellBase(4, input_size, hidden_size, {.bias = options.bias}) {}
LSTMCell::State LSTMCell::forward(T x) const { return forward(x, State()); }
LSTMCell::State LSTMCell::forward(T x, const State& first) const {
    TensorList state = run(lstm_step, x, {std::get<0>(first), std::get<1>(first)});
    return {state[0], state[1]};
}

GRUCell::GRUCell(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNCellOptions& options)
    : RNNCellBase(3, input_size, hidden_size, {.bias = options.bias}) {}
Tensor GRUCell::forward(T x, T h) const { return run(gru_step, x, {h})[0]; }

template class RNNCellBase<RNNCell>;
template class RNNCellBase<LSTMCell>;
template class RNNCellBase<GRUCell>;

}  // namespace taper::nn
