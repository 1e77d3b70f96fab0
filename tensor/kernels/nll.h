// The negative log-likelihood of the right classes, and its derivative: values only.
#pragma once

#include <cstdint>

namespace taper {

/// x is (batch, classes, inner), row-major, with one label, below `classes` or `ignore_index`, for each of batch *
/// inner samples; `weights` are of the classes, or null if all weigh 1.
template <class T> struct NllInputs {
    std::int64_t samples, classes, inner, ignore_index;
    const std::int64_t* labels;
    const T* weights;

    bool ignores(std::int64_t i) const { return labels[i] == ignore_index; }
    T weight_of(std::int64_t i) const { return weights ? weights[labels[i]] : T(1); }
    /// Where in x the label of sample i is.
    std::int64_t at(std::int64_t i) const { return (i / inner * classes + labels[i]) * inner + i % inner; }
};

/// The weight of each sample, and its loss: minus the weight times x at its label; both 0 where it is ignored.
/// T: float, double.
template <class T> void nll_losses(const NllInputs<T>& in, const T* x, T* losses, T* weights);
/// out, which is 0, = the gradient for x: minus the weight times the sample's gradient over `total` at each label.
template <class T> void nll_gradient(const NllInputs<T>& in, const T* grad, T total, T* out);

}  // namespace taper
