// What a handful of runs with different seeds says: means, ratios and shares, each with its 95 % confidence interval.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace statistics {

/// An estimate from n values, and the ends of its 95 % confidence interval, which are infinite where n says nothing.
struct Interval {
    double mean = NAN;
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    int n = 0;
};

/// Where a rising function reaches `value`, between low and high.
inline double solve(const std::function<double(double)>& rising, double value, double low, double high) {
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        (rising(middle) < value ? low : high) = middle;
    }
    return (low + high) / 2;
}

/// The probability that |T| < t for Student's T. Abramowitz and Stegun 26.7.3 and 26.7.4.
inline double student(double t, int freedom) {
    const double angle = std::atan(t / std::sqrt(freedom)), c = std::cos(angle);
    const bool odd = freedom % 2 != 0;
    double term = odd ? c : 1, sum = 0;
    for (int k = odd ? 3 : 2; k <= freedom; k += 2) sum += std::exchange(term, term * c * c * (k - 1) / k);
    return odd ? 2 / M_PI * (angle + std::sin(angle) * sum) : std::sin(angle) * sum;
}

/// The mean of the values, and Student's interval for it.
inline Interval mean(const std::vector<double>& values) {
    Interval out{.n = static_cast<int>(values.size())};
    double sum = 0, squares = 0;
    for (double value : values) sum += value;
    out.mean = sum / out.n;
    if (out.n < 2 || !std::isfinite(out.mean)) return out;
    for (double value : values) squares += (value - out.mean) * (value - out.mean);
    const double t = solve([&](double t) { return student(t, out.n - 1); }, 0.95, 0, 100);
    const double half = t * std::sqrt(squares / (out.n - 1) / out.n);
    out.low = out.mean - half, out.high = out.mean + half;
    return out;
}

/// The mean of a[i] - b[i].
inline Interval difference(std::vector<double> a, const std::vector<double>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
    return mean(a);
}

/// The geometric mean of the ratios a[i] / b[i] of positive numbers: their logarithms' mean and interval, taken back.
inline Interval ratio(std::vector<double> a, const std::vector<double>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = std::log(a[i] / b[i]);
    const Interval log = mean(a);
    return {std::exp(log.mean), std::exp(log.low), std::exp(log.high), log.n};
}

/// A number that is known.
inline Interval exact(double value) { return {value, value, value, 1}; }

/// A share k / n. The interval is Clopper's and Pearson's, which needs no large n.
inline Interval share(int k, int n) {
    auto more_than = [n](int k, double p) {  // P(K > k), which rises with p
        double term = std::pow(1 - p, n), below = 0;
        for (int i = 0; i <= k; ++i) below += std::exchange(term, term * (n - i) / (i + 1) * p / (1 - p));
        return 1 - below;
    };
    const double low = k == 0 ? 0 : solve([&](double p) { return more_than(k - 1, p); }, 0.025, 0, 1);
    const double high = k == n ? 1 : solve([&](double p) { return more_than(k, p); }, 0.975, 0, 1);
    return {static_cast<double>(k) / n, low, high, n};
}

inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return values.size() % 2 ? *middle : (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// "97.95 % [97.80, 98.10] (n = 5)"; without decimals, "1.6e-08 [...]"; only the number where there is no doubt.
inline std::string text(const Interval& interval, std::optional<int> decimals, const std::string& unit = "") {
    auto number = [decimals](double value) {
        if (std::isinf(value)) return std::string(value < 0 ? "-∞" : "∞");
        return decimals ? fmt::format("{:.{}f}", value, *decimals) : fmt::format("{:.1e}", value);
    };
    if (interval.low == interval.high) return number(interval.mean) + unit;
    return fmt::format(
        "{}{} [{}, {}] (n = {})", number(interval.mean), unit, number(interval.low), number(interval.high), interval.n);
}

}  // namespace statistics
