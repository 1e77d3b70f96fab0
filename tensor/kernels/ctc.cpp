#include "ctc.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace taper {

namespace {

template <class T> constexpr T impossible = -std::numeric_limits<T>::infinity();

/// log(exp(a) + exp(b) + exp(c)), without overflow.
template <class T> T log_sum(T a, T b, T c = impossible<T>) {
    T largest = std::max({a, b, c});
    if (largest == impossible<T>) largest = 0;
    return std::log(std::exp(a - largest) + std::exp(b - largest) + std::exp(c - largest)) + largest;
}

template <class T> std::int64_t class_at(const CtcSequence<T>& x, std::int64_t place) {
    return place % 2 ? x.labels[place / 2] : x.blank;
}
/// Whether a way may come from two places before, without the blank between.
template <class T> bool skips(const CtcSequence<T>& x, std::int64_t place) {
    return place >= 2 && place < x.places() && class_at(x, place) != class_at(x, place - 2);
}

}  // namespace

template <class T> T ctc_loss(const CtcSequence<T>& x, T* alpha) {
    const std::int64_t places = x.places();
    if (x.steps == 0) return x.count == 0 ? 0 : -impossible<T>;
    std::fill_n(alpha, places, impossible<T>);
    for (std::int64_t s = 0; s < std::min<std::int64_t>(2, places); ++s) alpha[s] = x.log_probs[class_at(x, s)];
    for (std::int64_t t = 1; t < x.steps; ++t) {
        const T *before = alpha + (t - 1) * places, *row = x.log_probs + t * x.stride;
        T* now = alpha + t * places;
        for (std::int64_t s = 0; s < places; ++s)
            now[s] =
                log_sum(before[s], s > 0 ? before[s - 1] : impossible<T>, skips(x, s) ? before[s - 2] : impossible<T>) +
                row[class_at(x, s)];
    }
    const T* last = alpha + x.steps * places;
    return -log_sum(last[-1], places > 1 ? last[-2] : impossible<T>);
}

template <class T> void ctc_loss_backward(
    const CtcSequence<T>& x, const T* alpha, T loss, T grad_loss, std::int64_t classes, T* beta, T* grad) {
    const std::int64_t places = x.places(), last = x.steps - 1;
    for (std::int64_t t = last; t >= 0; --t) {
        const T *row = x.log_probs + t * x.stride, *after = beta + (t + 1) % 2 * places;
        T *now = beta + t % 2 * places, *out = grad + t * x.stride;
        std::fill_n(out, classes, impossible<T>);
        for (std::int64_t s = places - 1; s >= 0; --s) {
            // beta: of all ways on from this place; out: of all ways through a place of this class
            if (t == last)
                now[s] = s >= places - 2 ? row[class_at(x, s)] : impossible<T>;
            else
                now[s] = log_sum(after[s], s + 1 < places ? after[s + 1] : impossible<T>,
                             skips(x, s + 2) ? after[s + 2] : impossible<T>) +
                    row[class_at(x, s)];
            T& through = out[class_at(x, s)];
            const T ways = alpha[t * places + s] + now[s];
            through = through == impossible<T> ? ways : log_sum(through, ways);
        }
        for (std::int64_t c = 0; c < classes; ++c)
            out[c] = (std::exp(row[c]) - std::exp(out[c] + loss - row[c])) * grad_loss;
    }
}

template float ctc_loss(const CtcSequence<float>&, float*);
template double ctc_loss(const CtcSequence<double>&, double*);
template void ctc_loss_backward(const CtcSequence<float>&, const float*, float, float, std::int64_t, float*, float*);
template void ctc_loss_backward(
    const CtcSequence<double>&, const double*, double, double, std::int64_t, double*, double*);

}  // namespace taper
