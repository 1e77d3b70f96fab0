// A dataset whose samples do something when they are made, and what is asked about time.
#pragma once

#include <taper/taper.h>

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace acting {

using namespace taper;
using Indices = std::vector<std::int64_t>;
using std::chrono::milliseconds;

// A sample is its own index, and what happens when it is made is said by a function.
struct Acting {
    std::int64_t n;
    std::function<void(std::int64_t)> act;
    std::int64_t size() const { return n; }
    std::int64_t get(std::int64_t index) const {
        act(index);
        return index;
    }
};

struct Stopwatch {
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }
};

// The indices of a pass.
template <class Range> Indices all_of(const Range& range) {
    Indices out;
    for (Tensor batch : range)
        for (std::int64_t i : batch.template tolist<std::int64_t>()) out.push_back(i);
    return out;
}

inline bool comes_true(const std::function<bool()>& condition) {
    for (Stopwatch watch; !condition() && watch.seconds() < 20;) std::this_thread::sleep_for(milliseconds(1));
    return condition();
}

}  // namespace acting
