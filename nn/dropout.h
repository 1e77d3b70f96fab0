// Dropout: parts of the input are zero at random while a model is in training.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

/// Each element is zero with probability p, else divided by 1 - p. Srivastava et al., 2014; torch.nn.Dropout
struct Dropout : Module<Dropout> {
    explicit Dropout(double p, bool inplace = false);
    explicit Dropout(const DropoutOptions& options = {}) : Dropout(options.p, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::dropout(x, *p, training(), *inplace); }
    std::string extra_repr() const;

    Setting<double> p;
    Setting<bool> inplace;
};

/// The same for whole channels: (N, C, L) or (C, L). torch.nn.Dropout1d
struct Dropout1d : Module<Dropout1d> {
    explicit Dropout1d(double p, bool inplace = false);
    explicit Dropout1d(const DropoutOptions& options = {}) : Dropout1d(options.p, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::dropout1d(x, *p, training(), *inplace); }
    std::string extra_repr() const;

    Setting<double> p;
    Setting<bool> inplace;
};

/// The same for whole channels: (N, C, ...). Tompson et al., 2015; torch.nn.Dropout2d
struct Dropout2d : Module<Dropout2d> {
    explicit Dropout2d(double p, bool inplace = false);
    explicit Dropout2d(const DropoutOptions& options = {}) : Dropout2d(options.p, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::dropout2d(x, *p, training(), *inplace); }
    std::string extra_repr() const;

    Setting<double> p;
    Setting<bool> inplace;
};

/// Dropout that keeps the mean 0 and the variance 1 that SELU aims at. Klambauer et al., 2017; torch.nn.AlphaDropout
struct AlphaDropout : Module<AlphaDropout> {
    explicit AlphaDropout(double p, bool inplace = false);
    explicit AlphaDropout(const DropoutOptions& options = {}) : AlphaDropout(options.p, options.inplace) {}
    Tensor forward(const Tensor& x) const { return functional::alpha_dropout(x, *p, training()); }
    std::string extra_repr() const;

    Setting<double> p;
    Setting<bool> inplace;
};

}  // namespace taper::nn
