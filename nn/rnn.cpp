#include "rnn.h"

#include <cmath>

#include "../tensor/warning.h"
#include "blank.h"
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
    TensorList inputs = ops::linear(x, w.ih, w.bias_ih).unbind(0), outputs(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::size_t time = backwards ? inputs.size() - 1 - i : i;
        state = step(inputs[time], ops::linear(state[0], w.hh, w.bias_hh), state);
        if (w.projection.defined()) state[0] = ops::linear(state[0], w.projection, {});
        outputs[time] = state[0];
    }
    return ops::stack(outputs);
}

void draw_uniform(const TensorList& parameters, std::int64_t hidden_size) {
    const double bound = hidden_size > 0 ? 1 / std::sqrt(static_cast<double>(hidden_size)) : 0;
    for (T x : parameters)
        if (x.defined()) init::uniform_(x, -bound, bound);
}

}  // namespace

// ---- all layers

template <class D> template <class Options> RNNBase<D>::RNNBase(std::int64_t gates, const Options& o)
    : input_size(o.input_size),
      hidden_size(o.hidden_size),
      num_layers(o.num_layers),
      bias(o.bias),
      batch_first(o.batch_first),
      dropout(o.dropout),
      bidirectional(o.bidirectional),
      proj_size(o.proj_size) {
    check(0 <= *dropout && *dropout <= 1,
        "{}: dropout should be a number in range [0, 1] representing the probability of an element being zeroed, but "
        "got {}",
        layer<D>(), *dropout);
    if (dropout > 0 && num_layers == 1)
        warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            "greater than 1, but got dropout={} and num_layers=1",
            repr(*dropout));
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
                this->register_parameter(fmt::format("{}_l{}{}", name, i, direction), blank(shape, o));
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
            auto next = [&](bool there) { return there ? parameters[at++].second->tensor : Tensor(); };
            const Weights w{next(true), next(true), next(bias), next(bias), next(proj_size > 0)};
            TensorList now;
            for (T h : state) now.push_back(h.select(0, static_cast<std::int64_t>(i)));
            outputs.push_back(over_time(step, x, w, now, d == 1));
            for (std::size_t k = 0; k < now.size(); ++k) last[k].push_back(now[k]);
        }
        x = outputs.size() == 1 ? outputs[0] : ops::cat(outputs, -1);
        if (*dropout != 0 && at < parameters.size()) x = ops::dropout(x, *dropout, this->training());
    }
    for (std::size_t k = 0; k < state.size(); ++k)
        state[k] = single ? ops::stack(last[k]).squeeze(1) : ops::stack(last[k]);
    return {single ? x.squeeze(1) : *batch_first ? x.transpose(0, 1) : x, state};
}

RNN::RNN(Called, const RNNOptions& o) : RNNBase(1, o), nonlinearity(o.nonlinearity) { step_of(nonlinearity); }
TAPER_DEFINE_CONSTRUCTORS(RNN, RNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
    bidirectional, proj_size, device, dtype)
std::tuple<Tensor, Tensor> RNN::forward(T x, T h_0) const {
    auto [output, state] = run(step_of(nonlinearity), x, {h_0});
    return {output, state[0]};
}

LSTM::LSTM(Called, const GatedRNNOptions& o) : RNNBase(4, o) {}
TAPER_DEFINE_CONSTRUCTORS(LSTM, GatedRNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
    bidirectional, proj_size, device, dtype)
LSTM::Output LSTM::operator()(T x, const State& state) const { return Module::operator()(x, state); }
LSTM::Output LSTM::forward(T x) const { return forward(x, State()); }
LSTM::Output LSTM::forward(T x, const State& first) const {
    auto [output, state] = run(lstm_step, x, {std::get<0>(first), std::get<1>(first)});
    return {output, {state[0], state[1]}};
}

GRU::GRU(Called, const GatedRNNOptions& o) : RNNBase(3, o) {}
TAPER_DEFINE_CONSTRUCTORS(GRU, GatedRNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
    bidirectional, proj_size, device, dtype)
std::tuple<Tensor, Tensor> GRU::forward(T x, T h_0) const {
    auto [output, state] = run(gru_step, x, {h_0});
    return {output, state[0]};
}

template class RNNBase<RNN>;
template class RNNBase<LSTM>;
template class RNNBase<GRU>;

// ---- one step

static std::string nonlinearity_of(const RNNCellOptions& o) { return o.nonlinearity; }
static std::string nonlinearity_of(const GatedRNNCellOptions&) { return "tanh"; }

template <class D> template <class Options> RNNCellBase<D>::RNNCellBase(std::int64_t gates, const Options& o)
    : input_size(o.input_size),
      hidden_size(o.hidden_size),
      nonlinearity(nonlinearity_of(o)),
      weight_ih(this->register_parameter("weight_ih", blank({gates * hidden_size, input_size}, o))),
      weight_hh(this->register_parameter("weight_hh", blank({gates * hidden_size, hidden_size}, o))),
      bias_ih(this->register_parameter("bias_ih", o.bias ? blank({gates * hidden_size}, o) : Tensor())),
      bias_hh(this->register_parameter("bias_hh", o.bias ? blank({gates * hidden_size}, o) : Tensor())) {
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
    state = step(
        ops::linear(single ? x.unsqueeze(0) : x, weight_ih, bias_ih), ops::linear(state[0], weight_hh, bias_hh), state);
    for (Tensor& h : state)
        if (single) h = h.squeeze(0);
    return state;
}

RNNCell::RNNCell(Called, const RNNCellOptions& o) : RNNCellBase(1, o) { step_of(nonlinearity); }
TAPER_DEFINE_CONSTRUCTORS(RNNCell, RNNCellOptions, 2, input_size, hidden_size, bias, nonlinearity, device, dtype)
Tensor RNNCell::forward(T x, T h) const { return run(step_of(nonlinearity), x, {h})[0]; }

LSTMCell::LSTMCell(Called, const GatedRNNCellOptions& o) : RNNCellBase(4, o) {}
TAPER_DEFINE_CONSTRUCTORS(LSTMCell, GatedRNNCellOptions, 2, input_size, hidden_size, bias, device, dtype)
LSTMCell::State LSTMCell::operator()(T x, const State& state) const { return Module::operator()(x, state); }
LSTMCell::State LSTMCell::forward(T x) const { return forward(x, State()); }
LSTMCell::State LSTMCell::forward(T x, const State& first) const {
    TensorList state = run(lstm_step, x, {std::get<0>(first), std::get<1>(first)});
    return {state[0], state[1]};
}

GRUCell::GRUCell(Called, const GatedRNNCellOptions& o) : RNNCellBase(3, o) {}
TAPER_DEFINE_CONSTRUCTORS(GRUCell, GatedRNNCellOptions, 2, input_size, hidden_size, bias, device, dtype)
Tensor GRUCell::forward(T x, T h) const { return run(gru_step, x, {h})[0]; }

template class RNNCellBase<RNNCell>;
template class RNNCellBase<LSTMCell>;
template class RNNCellBase<GRUCell>;

}  // namespace taper::nn
