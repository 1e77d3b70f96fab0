// Recurrent layers: the same weights step by step through time, (T, N, C) or, with batch_first, (N, T, C); without N,
// of one sequence.
#pragma once

#include "module.h"

namespace taper::nn {

struct RNNOptions {
    std::int64_t num_layers = 1;
    std::string nonlinearity = "tanh";  // or "relu"
    bool bias = true, batch_first = false;
    double dropout = 0;  // between the layers, in training
    bool bidirectional = false;
};
/// Of LSTM and GRU.
struct GatedRNNOptions {
    std::int64_t num_layers = 1;
    bool bias = true, batch_first = false;
    double dropout = 0;  // between the layers, in training
    bool bidirectional = false;
    std::int64_t proj_size = 0;  // of LSTM: its output and h, but not c, are W_hr h of this size
};
struct RNNCellOptions {
    bool bias = true;
    std::string nonlinearity = "tanh";  // or "relu"
};
struct GatedRNNCellOptions {
    bool bias = true;
};

/// The parameters of all layers: weight_ih_l0 (gates * hidden_size, input_size), weight_hh_l0 (gates * hidden_size,
/// hidden_size), bias_ih_l0, bias_hh_l0 (gates * hidden_size), with a proj_size weight_hr_l0 (proj_size, hidden_size),
/// those of weight_ih_l0_reverse if bidirectional, and so on for each layer.
template <class Derived> class RNNBase : public Module<Derived> {
 public:
    /// Draws all parameters anew, uniform within 1 / sqrt(hidden_size).
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t input_size, hidden_size, num_layers;
    bool bias;
    Setting<bool> batch_first;
    Setting<double> dropout;
    bool bidirectional;
    std::int64_t proj_size;

 protected:
    RNNBase(std::int64_t gates, std::int64_t input_size, std::int64_t hidden_size, const GatedRNNOptions& options);
    /// The outputs, and the last states of all layers; from their first states, or from zeros.
    template <class Step> std::pair<Tensor, TensorList> run(const Step& step, Tensor x, TensorList state) const;
};

/// h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of it: gives (output, h_n) of shapes (T, N, D * hidden_size) and
/// (num_layers * D, N, hidden_size), D = 2 if bidirectional; h_0, shaped like h_n, is 0 where absent. torch.nn.RNN
struct RNN : RNNBase<RNN> {
    RNN(std::int64_t input_size, std::int64_t hidden_size, const RNNOptions& options = {});
    RNN(std::int64_t input_size, std::int64_t hidden_size, std::int64_t num_layers, RNNOptions options = {});
    std::tuple<Tensor, Tensor> forward(const Tensor& x, const Tensor& h_0 = {}) const;

    std::string nonlinearity;
};

/// With the gates i, f, o = sigmoid and g = tanh of W_ih x + b_ih + W_hh h + b_hh: c' = f c + i g, h' = o tanh(c'), or
/// W_hr of that. Gives (output, (h_n, c_n)). Hochreiter and Schmidhuber, 1997; torch.nn.LSTM
struct LSTM : RNNBase<LSTM> {
    using State = std::tuple<Tensor, Tensor>;
    using Output = std::tuple<Tensor, State>;
    LSTM(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNOptions& options = {});
    LSTM(std::int64_t input_size, std::int64_t hidden_size, std::int64_t num_layers, GatedRNNOptions options = {});
    Output forward(const Tensor& x) const;
    Output forward(const Tensor& x, const State& state) const;
    /// lstm(x, {h_0, c_0})
    using Module::operator();
    Output operator()(const Tensor& x, const State& state) const { return Module::operator()(x, state); }
};

/// With the gates r, z = sigmoid of W_ih x + b_ih + W_hh h + b_hh: n = tanh(W_in x + b_in + r (W_hn h + b_hn)),
/// h' = (1 - z) n + z h. Gives (output, h_n). Cho et al., 2014; torch.nn.GRU
struct GRU : RNNBase<GRU> {
    GRU(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNOptions& options = {});
    GRU(std::int64_t input_size, std::int64_t hidden_size, std::int64_t num_layers, GatedRNNOptions options = {});
    std::tuple<Tensor, Tensor> forward(const Tensor& x, const Tensor& h_0 = {}) const;
};

/// One step of one layer: weight_ih, weight_hh, bias_ih, bias_hh as above.
template <class Derived> class RNNCellBase : public Module<Derived> {
 public:
    /// Draws all parameters anew, uniform within 1 / sqrt(hidden_size).
    void reset_parameters() const;
    std::string extra_repr() const;

    std::int64_t input_size, hidden_size;
    std::string nonlinearity;
    Tensor weight_ih, weight_hh, bias_ih, bias_hh;

 protected:
    RNNCellBase(std::int64_t gates, std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options);
    template <class Step> TensorList run(const Step& step, const Tensor& x, TensorList state) const;
};

/// One step of RNN: x (N, input_size) and h (N, hidden_size) to the next h; or without N. torch.nn.RNNCell
struct RNNCell : RNNCellBase<RNNCell> {
    RNNCell(std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options = {});
    Tensor forward(const Tensor& x, const Tensor& h = {}) const;
};
/// One step of LSTM: x and (h, c) to the next (h, c). torch.nn.LSTMCell
struct LSTMCell : RNNCellBase<LSTMCell> {
    using State = std::tuple<Tensor, Tensor>;
    LSTMCell(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNCellOptions& options = {});
    State forward(const Tensor& x) const;
    State forward(const Tensor& x, const State& state) const;
    /// cell(x, {h, c})
    using Module::operator();
    State operator()(const Tensor& x, const State& state) const { return Module::operator()(x, state); }
};
/// One step of GRU: x and h to the next h. torch.nn.GRUCell
struct GRUCell : RNNCellBase<GRUCell> {
    GRUCell(std::int64_t input_size, std::int64_t hidden_size, const GatedRNNCellOptions& options = {});
    Tensor forward(const Tensor& x, const Tensor& h = {}) const;
};

}  // namespace taper::nn
