#include "line_search.h"

namespace taper::optim {
namespace {

constexpr double enough_descent = 1e-4, enough_flatness = 0.9;
constexpr std::int64_t most_evaluations = 25;

// Where the cubic through two points, with their slopes, has its minimum, within bounds; their middle if it has none.
Quantity cubic_minimum(const LinePoint& a, const LinePoint& b, const Quantity& low, const Quantity& high) {
    const Quantity d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.at - b.at), square = d1 * d1 - a.slope * b.slope;
    if (!(square >= 0)) return (low + high) / 2;
    const Quantity d2 = square.sqrt();
    const Quantity minimum = a.at <= b.at ? b.at - (b.at - a.at) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
                                          : a.at - (a.at - b.at) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2));
    return smaller(larger(minimum, low), high);
}

// The ends of an interval that has a point as wanted.
class Bracket {
 public:
    Bracket(const LinePoint& a, const LinePoint& b) : ends_{a, b} { sort(); }

    const LinePoint& low() const { return ends_[low_]; }
    const LinePoint& high() const { return ends_[1 - low_]; }
    Quantity left() const { return smaller(ends_[0].at, ends_[1].at); }
    Quantity right() const { return larger(ends_[0].at, ends_[1].at); }
    Quantity width() const { return (ends_[1].at - ends_[0].at).abs(); }
    Quantity minimum() const {
        const auto& [a, b] = ends_;
        return a.at <= b.at ? cubic_minimum(a, b, a.at, b.at) : cubic_minimum(a, b, b.at, a.at);
    }
    void put_high(const LinePoint& point) { ends_[1 - low_] = point, sort(); }
    void put_low(const LinePoint& point) { ends_[low_] = point; }
    void turn() { ends_[1 - low_] = ends_[low_]; }

 private:
    void sort() { low_ = ends_[0].loss <= ends_[1].loss ? 0 : 1; }
    LinePoint ends_[2];
    int low_ = 0;
};

// The step from a trial that stands too near to an end, and did before: a tenth of the width away from it.
Quantity away_from_ends(const Bracket& bracket, const Quantity& t, bool& stuck) {
    const Quantity left = bracket.left(), right = bracket.right(), tenth = 0.1 * (right - left);
    const bool near = smaller(right - t, t - left) < tenth;
    const bool must_move = near && (stuck || t >= right || t <= left);
    stuck = near && !must_move;
    if (!must_move) return t;
    return (t - right).abs() < (t - left).abs() ? right - tenth : left + tenth;
}

}  // namespace

LineSearch strong_wolfe(const std::function<LinePoint(const Quantity&)>& look, const LinePoint& start,
    const Quantity& first, const Quantity& length, double tolerance_change) {
    const auto is_low = [&](const LinePoint& point) {
        return !(point.loss > start.loss + enough_descent * point.at * start.slope);
    };
    const auto is_flat = [&](const LinePoint& point) { return point.slope.abs() <= -enough_flatness * start.slope; };
    LinePoint last = start, point = look(first);
    std::int64_t steps = 0;
    for (; steps < most_evaluations; ++steps) {
        if (!is_low(point) || (steps > 1 && point.loss >= last.loss)) break;
        if (is_flat(point)) return {point, steps + 1};
        if (point.slope >= 0) break;
        const Quantity t = cubic_minimum(last, point, point.at + 0.01 * (point.at - last.at), point.at * 10);
        last = std::exchange(point, look(t));
    }
    Bracket bracket(steps == most_evaluations ? start : last, point);
    bool stuck = false;
    while (steps < most_evaluations && !(bracket.width() * length < tolerance_change)) {
        point = look(away_from_ends(bracket, bracket.minimum(), stuck));
        ++steps;
        if (!is_low(point) || point.loss >= bracket.low().loss) {
            bracket.put_high(point);
            continue;
        }
        const bool done = is_flat(point);
        if (!done && point.slope * (bracket.high().at - bracket.low().at) >= 0) bracket.turn();
        bracket.put_low(point);
        if (done) break;
    }
    return {bracket.low(), steps + 1};
}

}  // namespace taper::optim
