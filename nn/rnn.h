// Recurrent layers: the same weights step by step through time, (T, N, C) or, with batch_first, (N, T, C); without N,
// of one sequence; or packed, of sequences that are not equally long.
#pragma once

#include "module.h"
#include "packed_sequence.h"
#include "recurrence.h"

template <> struct taper::detail::Braces<std::tuple<taper::Tensor, taper::Tensor>>
    : taper::detail::Items<taper::Tensor, 2, 2> {};

namespace taper::nn {

/// nonlinearity: "tanh" or "relu", and as in PyTorch a keyword only. proj_size: Error unless 0, for LSTM alone has it.
struct RNNOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> input_size = required, hidden_size = required, num_layers = Default(1);
    Arg<std::string> nonlinearity = Default("tanh");
    Arg<bool> bias = Default(true), batch_first = Default(false);
    Arg<double> dropout = Default(0);  // between the layers, in training
    Arg<bool> bidirectional = Default(false);
    Arg<std::int64_t> proj_size = Default(0);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// Of LSTM and GRU. proj_size: of LSTM: its output and h, but not c, are W_hr h of this size.
struct GatedRNNOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> input_size = required, hidden_size = required, num_layers = Default(1);
    Arg<bool> bias = Default(true), batch_first = Default(false);
    Arg<double> dropout = Default(0);  // between the layers, in training
    Arg<bool> bidirectional = Default(false);
    Arg<std::int64_t> proj_size = Default(0);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// nonlinearity: "tanh" or "relu".
struct RNNCellOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> input_size = required, hidden_size = required;
    Arg<bool> bias = Default(true);
    Arg<std::string> nonlinearity = Default("tanh");
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
struct GatedRNNCellOptions {
    Keywords _ = Keywords();
    Arg<std::int64_t> input_size = required, hidden_size = required;
    Arg<bool> bias = Default(true);
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};

struct RNNForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required, hx = Default(none);
};
struct LSTMForwardOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<std::optional<std::tuple<Tensor, Tensor>>> hx = Default(none);
};

/// The parameters of all layers: weight_ih_l0 (gates * hidden_size, input_size), weight_hh_l0 (gates * hidden_size,
/// hidden_size), bias_ih_l0, bias_hh_l0 (gates * hidden_size), with a proj_size weight_hr_l0 (proj_size, hidden_size),
/// those of weight_ih_l0_reverse if bidirectional, and so on for each layer.
template <class Derived> class RNNBase : public Module<Derived> {
 public:
    /// Draws all parameters anew, uniform within 1 / sqrt(hidden_size).
    void reset_parameters() const;
    /// For cuDNN, of which there is none here.
    void flatten_parameters() const {}
    std::string extra_repr() const;

    std::int64_t input_size, hidden_size, num_layers;
    bool bias;
    Setting<bool> batch_first;
    Setting<double> dropout;
    bool bidirectional;
    std::int64_t proj_size;

 protected:
    template <class Options> RNNBase(std::int64_t gates, const Options& o);
    /// The outputs, and the last states of all layers; from their first states, or from zeros.
    std::pair<Tensor, TensorList> run(recurrence::Step step, Tensor x, TensorList state) const;
    std::pair<utils::rnn::PackedSequence, TensorList> run(
        recurrence::Step step, const utils::rnn::PackedSequence& x, TensorList state) const;

 private:
    /// Zeros for the states that are absent; Error unless the others fit a batch of this size.
    void complete(TensorList& state, const Tensor& x, std::int64_t batch) const;
    /// x (T, N, C), or (sum of batch_sizes, C), through all layers; the states become the last ones.
    Tensor through_layers(
        recurrence::Step step, Tensor x, const std::vector<std::int64_t>& batch_sizes, TensorList& state) const;
};

/// h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of it: gives (output, h_n) of shapes (T, N, D * hidden_size) and
/// (num_layers * D, N, hidden_size), D = 2 if bidirectional; h_0, shaped like h_n, is 0 where absent. torch.nn.RNN
struct RNN : RNNBase<RNN> {
    using Output = std::tuple<Tensor, Tensor>;
    using PackedOutput = std::tuple<utils::rnn::PackedSequence, Tensor>;
    TAPER_CONSTRUCTORS(RNN, RNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
        bidirectional, proj_size, device, dtype)
    RNN(Called, const RNNOptions& o);
    Output forward(const Tensor& x, const Tensor& h_0 = {}) const;
    PackedOutput forward(const utils::rnn::PackedSequence& x, const Tensor& h_0 = {}) const;
    /// rnn(x, {.hx = h_0})
    using Module::operator();
    TAPER_ALSO_METHOD(Output, operator(), RNNForwardOptions, 1, input)
    PackedOutput operator()(const utils::rnn::PackedSequence& x, const RNNForwardOptions& o) const;

    std::string nonlinearity;
};

/// With the gates i, f, o = sigmoid and g = tanh of W_ih x + b_ih + W_hh h + b_hh: c' = f c + i g, h' = o tanh(c'), or
/// W_hr of that. Gives (output, (h_n, c_n)). Hochreiter and Schmidhuber, 1997; torch.nn.LSTM
struct LSTM : RNNBase<LSTM> {
    using State = std::tuple<Tensor, Tensor>;
    using Output = std::tuple<Tensor, State>;
    using PackedOutput = std::tuple<utils::rnn::PackedSequence, State>;
    TAPER_CONSTRUCTORS(LSTM, GatedRNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
        bidirectional, proj_size, device, dtype)
    LSTM(Called, const GatedRNNOptions& o);
    Output forward(const Tensor& x) const;
    Output forward(const Tensor& x, const State& state) const;
    PackedOutput forward(const utils::rnn::PackedSequence& x) const;
    PackedOutput forward(const utils::rnn::PackedSequence& x, const State& state) const;
    /// lstm(x, {h_0, c_0}), lstm(x, {.hx = state})
    using Module::operator();
    TAPER_ALSO_METHOD(Output, operator(), LSTMForwardOptions, 1, input)
    PackedOutput operator()(const utils::rnn::PackedSequence& x, const LSTMForwardOptions& o) const;
    Output operator()(const Tensor& x, const State& state) const;
    PackedOutput operator()(const utils::rnn::PackedSequence& x, const State& state) const;
};

/// With the gates r, z = sigmoid of W_ih x + b_ih + W_hh h + b_hh: n = tanh(W_in x + b_in + r (W_hn h + b_hn)),
/// h' = (1 - z) n + z h. Gives (output, h_n). Cho et al., 2014; torch.nn.GRU
struct GRU : RNNBase<GRU> {
    using Output = std::tuple<Tensor, Tensor>;
    using PackedOutput = std::tuple<utils::rnn::PackedSequence, Tensor>;
    TAPER_CONSTRUCTORS(GRU, GatedRNNOptions, 2, input_size, hidden_size, num_layers, bias, batch_first, dropout,
        bidirectional, proj_size, device, dtype)
    GRU(Called, const GatedRNNOptions& o);
    Output forward(const Tensor& x, const Tensor& h_0 = {}) const;
    PackedOutput forward(const utils::rnn::PackedSequence& x, const Tensor& h_0 = {}) const;
    /// gru(x, {.hx = h_0})
    using Module::operator();
    TAPER_ALSO_METHOD(Output, operator(), RNNForwardOptions, 1, input)
    PackedOutput operator()(const utils::rnn::PackedSequence& x, const RNNForwardOptions& o) const;
};

/// One step of one layer: weight_ih, weight_hh, bias_ih, bias_hh as above.
template <class Derived> class RNNCellBase : public Module<Derived> {
 public:
    /// Draws all parameters anew, uniform within 1 / sqrt(hidden_size).
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t input_size, hidden_size;
    std::string nonlinearity;
    Parameter weight_ih, weight_hh, bias_ih, bias_hh;

 protected:
    template <class Options> RNNCellBase(std::int64_t gates, const Options& o);
    TensorList run(recurrence::Step step, const Tensor& x, TensorList state) const;
};

/// One step of RNN: x (N, input_size) and h (N, hidden_size) to the next h; or without N. torch.nn.RNNCell
struct RNNCell : RNNCellBase<RNNCell> {
    TAPER_CONSTRUCTORS(RNNCell, RNNCellOptions, 2, input_size, hidden_size, bias, nonlinearity, device, dtype)
    RNNCell(Called, const RNNCellOptions& o);
    Tensor forward(const Tensor& x, const Tensor& h = {}) const;
    /// cell(x, {.hx = h})
    using Module::operator();
    TAPER_ALSO_METHOD(Tensor, operator(), RNNForwardOptions, 1, input)
};
/// One step of LSTM: x and (h, c) to the next (h, c). torch.nn.LSTMCell
struct LSTMCell : RNNCellBase<LSTMCell> {
    using State = std::tuple<Tensor, Tensor>;
    TAPER_CONSTRUCTORS(LSTMCell, GatedRNNCellOptions, 2, input_size, hidden_size, bias, device, dtype)
    LSTMCell(Called, const GatedRNNCellOptions& o);
    State forward(const Tensor& x) const;
    State forward(const Tensor& x, const State& state) const;
    /// cell(x, {h, c}), cell(x, {.hx = state})
    using Module::operator();
    TAPER_ALSO_METHOD(State, operator(), LSTMForwardOptions, 1, input)
    State operator()(const Tensor& x, const State& state) const;
};
/// One step of GRU: x and h to the next h. torch.nn.GRUCell
struct GRUCell : RNNCellBase<GRUCell> {
    TAPER_CONSTRUCTORS(GRUCell, GatedRNNCellOptions, 2, input_size, hidden_size, bias, device, dtype)
    GRUCell(Called, const GatedRNNCellOptions& o);
    Tensor forward(const Tensor& x, const Tensor& h = {}) const;
    /// cell(x, {.hx = h})
    using Module::operator();
    TAPER_ALSO_METHOD(Tensor, operator(), RNNForwardOptions, 1, input)
};

}  // namespace taper::nn
