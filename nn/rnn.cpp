#include "rnn.h"

#include <algorithm>
#include <cmath>

#include "../tensor/warning.h"
#include "blank.h"
#include "computed.h"
#include "init.h"
#include "recurrence.h"
#include "text.h"

namespace taper::nn {

using T = const Tensor&;
using utils::rnn::PackedSequence, recurrence::Step, recurrence::Weights;

namespace {

template <class D> std::string layer() { return type_name(typeid(D)); }

Step step_of(const std::string& nonlinearity) {
    check(nonlinearity == "tanh" || nonlinearity == "relu", "RNN: Unknown nonlinearity '{}'", nonlinearity);
    return nonlinearity == "tanh" ? recurrence::tanh_step : recurrence::relu_step;
}

/// The weights of one layer in one direction, by their names; which may be parameters, or made of others.
Weights weights_of(const ModuleState& module, const std::string& layer) {
    auto named = [&](const char* kind) { return tensor_named(module, kind + layer); };
    return {named("weight_ih"), named("weight_hh"), named("bias_ih"), named("bias_hh"), named("weight_hr")};
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

template <class D> void RNNBase<D>::complete(TensorList& state, T x, std::int64_t batch) const {
    for (std::size_t k = 0; k < state.size(); ++k) {
        const Shape expected{
            num_layers * (bidirectional ? 2 : 1), batch, k == 0 && proj_size > 0 ? proj_size : hidden_size};
        if (!state[k].defined()) state[k] = zeros(expected, {.dtype = x.dtype(), .device = x.device()});
        check(state[k].shape() == expected, "{}: Expected hidden{} size {}, got {}", layer<D>(),
            state.size() > 1 ? fmt::format("[{}]", k) : "", tuple_text(expected), state[k].shape().str());
    }
}

template <class D> Tensor RNNBase<D>::through_layers(
    Step step, Tensor x, const std::vector<std::int64_t>& batch_sizes, TensorList& state) const {
    check(x.size(-1) == input_size, "{}: input.size(-1) must be equal to input_size. Expected {}, got {}", layer<D>(),
        input_size, x.size(-1));
    const std::int64_t directions = bidirectional ? 2 : 1;
    const bool packed = !batch_sizes.empty();
    std::vector<TensorList> last(state.size());
    for (std::int64_t i = 0; i < num_layers * directions;) {
        TensorList outputs;
        for (std::int64_t d = 0; d < directions; ++d, ++i) {
            const Weights w =
                weights_of(*this->shared_state(), fmt::format("_l{}{}", i / directions, d == 1 ? "_reverse" : ""));
            TensorList now;
            for (T h : state) now.push_back(h.select(0, i));
            const Tensor inputs = ops::linear(x, w.ih, w.bias_ih);
            const TensorList by_time =
                recurrence::over_time(step, packed ? inputs.split(batch_sizes) : inputs.unbind(0), w, now, d == 1);
            outputs.push_back(packed ? ops::cat(by_time) : ops::stack(by_time));
            for (std::size_t k = 0; k < now.size(); ++k) last[k].push_back(now[k]);
        }
        x = outputs.size() == 1 ? outputs[0] : ops::cat(outputs, -1);
        if (*dropout != 0 && i < num_layers * directions) x = ops::dropout(x, *dropout, this->training());
    }
    for (std::size_t k = 0; k < state.size(); ++k) state[k] = ops::stack(last[k]);
    return x;
}

template <class D> std::pair<Tensor, TensorList> RNNBase<D>::run(Step step, Tensor x, TensorList state) const {
    const bool single = x.ndim() == 2;
    check(
        single || x.ndim() == 3, "{}: Expected input to be 2-D or 3-D but received {}-D tensor", layer<D>(), x.ndim());
    recurrence::check_dims(layer<D>(), state, single);
    if (single)
        x = x.unsqueeze(1);
    else if (*batch_first)
        x = x.transpose(0, 1);
    for (Tensor& h : state)
        if (single && h.defined()) h = h.unsqueeze(1);
    check(x.size(0) > 0, "{}: Expected sequence length to be larger than 0 in RNN", layer<D>());
    complete(state, x, x.size(1));
    x = through_layers(step, x, {}, state);
    for (Tensor& h : state)
        if (single) h = h.squeeze(1);
    return {single ? x.squeeze(1) : *batch_first ? x.transpose(0, 1) : x, state};
}

template <class D> std::pair<utils::rnn::PackedSequence, TensorList> RNNBase<D>::run(
    Step step, const utils::rnn::PackedSequence& x, TensorList state) const {
    check(x.data.ndim() == 2, "{}: input must have 2 dimensions, got {}", layer<D>(), x.data.ndim());
    const std::vector<std::int64_t> sizes = x.batch_sizes.tolist<std::int64_t>();
    check(!sizes.empty() && std::is_sorted(sizes.rbegin(), sizes.rend()) && sizes.back() > 0,
        "{}: batch_sizes of a PackedSequence must be positive and must not grow", layer<D>());
    auto reordered = [&](T order) {
        for (Tensor& h : state)
            if (h.defined() && order.defined()) h = h.index_select(1, order);
    };
    reordered(x.sorted_indices);
    complete(state, x.data, sizes[0]);
    const Tensor output = through_layers(step, x.data, sizes, state);
    reordered(x.unsorted_indices);
    return {utils::rnn::PackedSequence(output, x.batch_sizes, x.sorted_indices, x.unsorted_indices), state};
}

RNN::RNN(Called, const RNNOptions& o) : RNNBase(1, o), nonlinearity(o.nonlinearity) { step_of(nonlinearity); }
TAPER_DEFINE_CONSTRUCTORS(RNN, RNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
    bidirectional, proj_size, device, dtype)
TAPER_DEFINE_METHOD(RNN::Output, RNN, operator(), RNNForwardOptions, (Module::operator()(*o.input, *o.hx)), 1, input)
RNN::PackedOutput RNN::operator()(const PackedSequence& x, const RNNForwardOptions& o) const {
    return Module::operator()(x, *o.hx);
}
RNN::Output RNN::forward(T x, T h_0) const {
    auto [output, state] = run(step_of(nonlinearity), x, {h_0});
    return {output, state[0]};
}
RNN::PackedOutput RNN::forward(const PackedSequence& x, T h_0) const {
    auto [output, state] = run(step_of(nonlinearity), x, {h_0});
    return {output, state[0]};
}

LSTM::LSTM(Called, const GatedRNNOptions& o) : RNNBase(4, o) {}
TAPER_DEFINE_CONSTRUCTORS(LSTM, GatedRNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
    bidirectional, proj_size, device, dtype)
TAPER_DEFINE_METHOD(LSTM::Output, LSTM, operator(), LSTMForwardOptions,
    (Module::operator()(*o.input, o.hx->value_or(State()))), 1, input)
LSTM::PackedOutput LSTM::operator()(const PackedSequence& x, const LSTMForwardOptions& o) const {
    return Module::operator()(x, o.hx->value_or(State()));
}
LSTM::Output LSTM::operator()(T x, const State& state) const { return Module::operator()(x, state); }
LSTM::Output LSTM::forward(T x) const { return forward(x, State()); }
LSTM::Output LSTM::forward(T x, const State& first) const {
    auto [output, state] = run(recurrence::lstm_step, x, {std::get<0>(first), std::get<1>(first)});
    return {output, {state[0], state[1]}};
}
LSTM::PackedOutput LSTM::operator()(const PackedSequence& x, const State& state) const {
    return Module::operator()(x, state);
}
LSTM::PackedOutput LSTM::forward(const PackedSequence& x) const { return forward(x, State()); }
LSTM::PackedOutput LSTM::forward(const PackedSequence& x, const State& first) const {
    auto [output, state] = run(recurrence::lstm_step, x, {std::get<0>(first), std::get<1>(first)});
    return {output, {state[0], state[1]}};
}

GRU::GRU(Called, const GatedRNNOptions& o) : RNNBase(3, o) {}
TAPER_DEFINE_CONSTRUCTORS(GRU, GatedRNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
    bidirectional, proj_size, device, dtype)
TAPER_DEFINE_METHOD(GRU::Output, GRU, operator(), RNNForwardOptions, (Module::operator()(*o.input, *o.hx)), 1, input)
GRU::PackedOutput GRU::operator()(const PackedSequence& x, const RNNForwardOptions& o) const {
    return Module::operator()(x, *o.hx);
}
GRU::Output GRU::forward(T x, T h_0) const {
    auto [output, state] = run(recurrence::gru_step, x, {h_0});
    return {output, state[0]};
}
GRU::PackedOutput GRU::forward(const PackedSequence& x, T h_0) const {
    auto [output, state] = run(recurrence::gru_step, x, {h_0});
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

template <class D> TensorList RNNCellBase<D>::run(Step step, T x, TensorList state) const {
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
TAPER_DEFINE_METHOD(Tensor, RNNCell, operator(), RNNForwardOptions, (Module::operator()(*o.input, *o.hx)), 1, input)
Tensor RNNCell::forward(T x, T h) const { return run(step_of(nonlinearity), x, {h})[0]; }

LSTMCell::LSTMCell(Called, const GatedRNNCellOptions& o) : RNNCellBase(4, o) {}
TAPER_DEFINE_CONSTRUCTORS(LSTMCell, GatedRNNCellOptions, 2, input_size, hidden_size, bias, device, dtype)
TAPER_DEFINE_METHOD(LSTMCell::State, LSTMCell, operator(), LSTMForwardOptions,
    (Module::operator()(*o.input, o.hx->value_or(State()))), 1, input)
LSTMCell::State LSTMCell::operator()(T x, const State& state) const { return Module::operator()(x, state); }
LSTMCell::State LSTMCell::forward(T x) const { return forward(x, State()); }
LSTMCell::State LSTMCell::forward(T x, const State& first) const {
    TensorList state = run(recurrence::lstm_step, x, {std::get<0>(first), std::get<1>(first)});
    return {state[0], state[1]};
}

GRUCell::GRUCell(Called, const GatedRNNCellOptions& o) : RNNCellBase(3, o) {}
TAPER_DEFINE_CONSTRUCTORS(GRUCell, GatedRNNCellOptions, 2, input_size, hidden_size, bias, device, dtype)
TAPER_DEFINE_METHOD(Tensor, GRUCell, operator(), RNNForwardOptions, (Module::operator()(*o.input, *o.hx)), 1, input)
Tensor GRUCell::forward(T x, T h) const { return run(recurrence::gru_step, x, {h})[0]; }

template class RNNCellBase<RNNCell>;
template class RNNCellBase<LSTMCell>;
template class RNNCellBase<GRUCell>;

}  // namespace taper::nn
