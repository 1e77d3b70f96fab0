#include "nll.h"

namespace taper {

template <class T> void nll_losses(const NllInputs<T>& in, const T* x, T* losses, T* weights) {
    for (std::int64_t i = 0; i < in.samples; ++i) {
        const bool ignored = in.ignores(i);
        const T weight = ignored ? T(0) : in.weight_of(i);
        weights[i] = weight;
        losses[i] = ignored ? T(0) : -weight * x[in.at(i)];
    }
}

template <class T> void nll_gradient(const NllInputs<T>& in, const T* grad, T total, T* out) {
    for (std::int64_t i = 0; i < in.samples; ++i)
        if (!in.ignores(i)) out[in.at(i)] = -in.weight_of(i) * grad[i] / total;
}

#define TAPER_NLL(T)                                                 \
    template void nll_losses(const NllInputs<T>&, const T*, T*, T*); \
    template void nll_gradient(const NllInputs<T>&, const T*, T, T*);
TAPER_NLL(float)
TAPER_NLL(double)
#undef TAPER_NLL

}  // namespace taper
