// Optimizers beside PyTorch's: what a case is, how settings are drawn, and PyTorch's answers. optim.py runs the cases.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <random>

#include "../error_of.h"
#include "../json_value.h"

namespace live_optim {

using namespace taper;
using optim::Optimizer;

/// Settings, as Python's text and as values.
class Draw {
 public:
    explicit Draw(unsigned seed) : random_(seed) {}
    double real(std::initializer_list<double> from) { return said(pick(from)); }
    std::int64_t whole(std::initializer_list<std::int64_t> from) { return said(pick(from)); }
    bool flag() {
        const bool value = random_() % 2 == 1;
        texts_.push_back(value ? "True" : "False");
        return value;
    }
    std::optional<bool> maybe_flag() {
        if (random_() % 2 == 0) return flag();
        texts_.push_back("None");
        return std::nullopt;
    }
    std::string text(std::initializer_list<const char*> from) {
        const std::string value = pick(from);
        texts_.push_back("'" + value + "'");
        return value;
    }
    template <class T> std::optional<T> maybe(T value) {
        if (random_() % 2 == 0) return said(value);
        texts_.push_back("None");
        return std::nullopt;
    }
    // The line, with what was drawn in the places of {}.
    std::string line(std::string python) {
        for (const std::string& value : texts_) python.replace(python.find("{}"), 2, value);
        texts_.clear();
        return python;
    }
    unsigned number() { return static_cast<unsigned>(random_()); }

 private:
    template <class T> T pick(std::initializer_list<T> from) { return from.begin()[random_() % from.size()]; }
    template <class T> T said(T value) {
        if constexpr (std::same_as<T, std::string>)
            texts_.push_back("'" + value + "'");
        else if constexpr (std::same_as<T, double>)
            texts_.push_back(
                value == std::trunc(value) && value != 0 ? fmt::format("{:.1f}", value) : fmt::format("{}", value));
        else
            texts_.push_back(fmt::format("{}", value));
        return value;
    }
    std::mt19937 random_;
    std::vector<std::string> texts_;
};

/// The lines for Python, and the same here.
struct Case {
    json about;
    std::function<Optimizer(const TensorList&)> make;
    std::function<std::function<Value(double)>(const Optimizer&)> schedule = {};
};

inline TensorList weights_of(const json& shapes, DType dtype) {
    TensorList p;
    for (const json& shape : shapes)
        p.push_back(nn::Parameter(randn(Shape(shape.get<std::vector<std::int64_t>>()), {.dtype = dtype})));
    return p;
}

inline json flat(const TensorList& p) {
    json all = json::array();
    for (const Tensor& w : p) {
        json numbers = json::array();
        for (const double x : w.detach().flatten().tolist<double>())
            numbers.push_back(std::isfinite(x) ? json(x) : json(std::isnan(x) ? "nan" : "inf"));
        all.push_back(numbers);
    }
    return all;
}
inline void add_numbers(const json& from, json& to) {
    if (!from.is_array()) return to.push_back(from);
    for (const json& item : from) add_numbers(item, to);
}
inline json flat(const json& p) {
    json all = json::array();
    for (const json& w : p) {
        json numbers = json::array();
        add_numbers(w, numbers);
        all.push_back(numbers);
    }
    return all;
}

/// What PyTorch does with these cases.
inline json answers(const json& cases) {
    const auto folder = std::filesystem::temp_directory_path();
    const std::string in = folder / fmt::format("taper_optim_{}.json", ::getpid()), out = in + ".out";
    std::ofstream(in) << cases.dump();
    REQUIRE(
        std::system(fmt::format("/usr/bin/python3 -W ignore {}/tests/live/optim.py {} {}", TAPER_SOURCE_DIR, in, out)
                        .c_str()) == 0);
    const json results = json::parse(std::ifstream(out));
    std::filesystem::remove(in), std::filesystem::remove(out);
    return results;
}
inline bool no_pytorch() {
    const bool lacks = std::system("/usr/bin/python3 -W ignore -c 'import torch' 2>/dev/null") != 0;
    if (lacks) MESSAGE("skipped: no PyTorch in /usr/bin/python3");
    return lacks;
}

}  // namespace live_optim
