// Orthogonal polynomials: by their recurrence, those of Chebyshev by their angle where there is one.
#include <cmath>
#include <limits>

#include "special.h"

namespace taper::math {
namespace {

// p_k+1 from p_k and p_k-1, and what follows p_0 = 1.
template <class F> F second(Polynomial kind, F x) {
    switch (kind) {
        case Polynomial::U:
        case Polynomial::H:
            return 2 * x;
        case Polynomial::V:
            return 2 * x - 1;
        case Polynomial::W:
            return 2 * x + 1;
        case Polynomial::L:
            return 1 - x;
        default:
            return x;
    }
}
template <class F> F following(Polynomial kind, F x, F k, F last, F before) {
    switch (kind) {
        case Polynomial::H:
            return 2 * x * last - 2 * k * before;
        case Polynomial::He:
            return x * last - k * before;
        case Polynomial::L:
            return ((2 * k + 1 - x) * last - k * before) / (k + 1);
        case Polynomial::P:
            return ((2 * k + 1) * x * last - k * before) / (k + 1);
        default:
            return 2 * x * last - before;
    }
}

// T is cos(n t), U sin((n + 1) t) / sin(t), V cos((n + 1/2) t) / cos(t / 2), W sin((n + 1/2) t) / sin(t / 2), where x
// is cos(t); nan where there is no such form.
template <class F> F by_angle(Polynomial kind, F x, F n) {
    const F t = std::acos(x), half = F(0.5), sign = x > 0 || std::fmod(n, F(2)) == 0 ? 1 : -1;
    const bool at_the_end = std::abs(x) == 1;
    switch (kind) {
        case Polynomial::T:
            return at_the_end ? sign : std::cos(n * t);
        case Polynomial::U:
            return at_the_end ? sign * (n + 1) : std::sin((n + 1) * t) / std::sin(t);
        case Polynomial::V:
            return at_the_end ? (x > 0 ? 1 : sign * (2 * n + 1)) : std::cos((n + half) * t) / std::cos(t / 2);
        case Polynomial::W:
            return at_the_end ? (x > 0 ? 2 * n + 1 : sign) : std::sin((n + half) * t) / std::sin(t / 2);
        default:
            return std::numeric_limits<F>::quiet_NaN();
    }
}

}  // namespace

template <std::floating_point F> F polynomial(Polynomial kind, F x, F order) {
    if (!(order > -1 && order < F(0x1p63))) return 0;
    const std::int64_t n = static_cast<std::int64_t>(order);
    if (n == 0) return 1;
    const bool few = n <= (kind == Polynomial::T ? 6 : 8);
    if (kind <= Polynomial::W && (std::abs(x) == 1 || (std::abs(x) < 1 && !few)))
        return by_angle(kind, x, static_cast<F>(n));
    if (kind == Polynomial::L && x == 0) return 1;
    if (kind == Polynomial::P && std::abs(x) == 1) return x > 0 || n % 2 == 0 ? 1 : -1;
    F before = 1, last = second(kind, x);
    for (std::int64_t k = 1; k < n && !std::isnan(last); ++k) {
        const F next = following(kind, x, static_cast<F>(k), last, before);
        before = last, last = next;
    }
    return last;
}

template float polynomial(Polynomial, float, float);
template double polynomial(Polynomial, double, double);

}  // namespace taper::math
