// What RNN, LSTM and GRU do at each step, and through time.
#pragma once

#include "../tensor/tensor.h"

namespace taper::nn::recurrence {

/// Makes of W_ih x + b_ih, W_hh h + b_hh, and the state the next state, whose first is the output.
using Step = TensorList (*)(const Tensor& x, const Tensor& h, const TensorList& state);
TensorList tanh_step(const Tensor& x, const Tensor& h, const TensorList& state);
TensorList relu_step(const Tensor& x, const Tensor& h, const TensorList& state);
TensorList lstm_step(const Tensor& x, const Tensor& h, const TensorList& state);
TensorList gru_step(const Tensor& x, const Tensor& h, const TensorList& state);

struct Weights {
    Tensor ih, hh, bias_ih, bias_hh, projection;
};

/// One layer in one direction: what W_ih x + b_ih is at each time, (N, gates), to the outputs, (N, H). The state is the
/// first one, and becomes the last. N falls with time where sequences end: their state stays what it was then.
TensorList over_time(Step step, const TensorList& inputs, const Weights& w, TensorList& state, bool backwards);
/// Error unless the states, as far as they are given, have as many dims as the input: 2 if it is a single sequence.
void check_dims(const std::string& layer, const TensorList& state, bool single);

}  // namespace taper::nn::recurrence
