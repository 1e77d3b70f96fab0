// Dropout: parts of the input are zero at random while a model is in training.
#pragma once

#include "functional.h"
#include "module.h"

namespace taper::nn {

struct DropoutOptions {
    Keywords _ = Keywords();
    Arg<Real> p = Default(0.5);
    Arg<bool> inplace = Default(false);
};
/// Each element is zero with probability p, else divided by 1 - p. Srivastava et al., 2014; torch.nn.Dropout
struct Dropout : Module<Dropout> {
    TAPER_CONSTRUCTORS(Dropout, DropoutOptions, 0, p, inplace)
    Dropout(Called, const DropoutOptions& o);
    Tensor forward(const Tensor& x) const { return positional::dropout(x, p, training(), inplace); }
    std::string extra_repr() const;

    Setting<Real> p;
    Setting<bool> inplace;
};

/// The same for whole channels: (N, C, L) or (C, L). torch.nn.Dropout1d
struct Dropout1d : Module<Dropout1d> {
    TAPER_CONSTRUCTORS(Dropout1d, DropoutOptions, 0, p, inplace)
    Dropout1d(Called, const DropoutOptions& o);
    Tensor forward(const Tensor& x) const { return positional::dropout1d(x, p, training(), inplace); }
    std::string extra_repr() const;

    Setting<Real> p;
    Setting<bool> inplace;
};

/// The same for whole channels: (N, C, ...). Tompson et al., 2015; torch.nn.Dropout2d
struct Dropout2d : Module<Dropout2d> {
    TAPER_CONSTRUCTORS(Dropout2d, DropoutOptions, 0, p, inplace)
    Dropout2d(Called, const DropoutOptions& o);
    Tensor forward(const Tensor& x) const { return positional::dropout2d(x, p, training(), inplace); }
    std::string extra_repr() const;

    Setting<Real> p;
    Setting<bool> inplace;
};

/// The same for whole channels: (N, C, D, H, W) or (C, D, H, W). torch.nn.Dropout3d
struct Dropout3d : Module<Dropout3d> {
    TAPER_CONSTRUCTORS(Dropout3d, DropoutOptions, 0, p, inplace)
    Dropout3d(Called, const DropoutOptions& o);
    Tensor forward(const Tensor& x) const { return positional::dropout3d(x, p, training(), inplace); }
    std::string extra_repr() const;

    Setting<Real> p;
    Setting<bool> inplace;
};

/// Dropout that keeps the mean 0 and the variance 1 that SELU aims at. Klambauer et al., 2017; torch.nn.AlphaDropout
struct AlphaDropout : Module<AlphaDropout> {
    TAPER_CONSTRUCTORS(AlphaDropout, DropoutOptions, 0, p, inplace)
    AlphaDropout(Called, const DropoutOptions& o);
    Tensor forward(const Tensor& x) const { return positional::alpha_dropout(x, p, training(), false); }
    std::string extra_repr() const;

    Setting<Real> p;
    Setting<bool> inplace;
};

/// The same for whole channels: (N, C, ...). torch.nn.FeatureAlphaDropout
struct FeatureAlphaDropout : Module<FeatureAlphaDropout> {
    TAPER_CONSTRUCTORS(FeatureAlphaDropout, DropoutOptions, 0, p, inplace)
    FeatureAlphaDropout(Called, const DropoutOptions& o);
    Tensor forward(const Tensor& x) const { return positional::feature_alpha_dropout(x, p, training(), false); }
    std::string extra_repr() const;

    Setting<Real> p;
    Setting<bool> inplace;
};

}  // namespace taper::nn
