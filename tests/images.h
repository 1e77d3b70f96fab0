// What PyTorch gives for convolutions, poolings and normalisations: data/images.json, made by tests/golden/images.py.
#pragma once

#include <doctest/doctest.h>
#include <taper/taper.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace images {

/// Multiples of 1/8 within [-1.75, 1.75], the same as the script's.
inline taper::Tensor values(const taper::Shape& shape, int seed) {
    std::vector<double> numbers(shape.numel());
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = ((static_cast<int>(i) * 37 + seed * 11) % 29 - 14) / 8.;
    return taper::tensor(numbers, {.dtype = taper::float32}).reshape(shape);
}

using Function = taper::Tensor (*)(const taper::Tensor& x, const taper::Tensor& w, const taper::Tensor& b);
using Rows = std::map<std::string, Function>;

inline void check_close(const std::string& what, const taper::Tensor& ours, const nlohmann::json& theirs) {
    CAPTURE(what);
    REQUIRE(ours.defined());
    const std::vector<double> u = ours.tolist(), v = theirs.get<std::vector<double>>();
    REQUIRE(u.size() == v.size());
    for (std::size_t i = 0; i < u.size(); ++i)
        if (!(std::abs(u[i] - v[i]) <= 4e-6 * std::max(1., std::abs(v[i]))))
            FAIL_CHECK("element " << i << " is " << u[i] << " instead of " << v[i]);
}

/// Runs every row beside its case: the values, and the gradients of x, w and b.
inline void compare(const Rows& rows) {
    std::ifstream file(TAPER_SOURCE_DIR "/tests/data/images.json");
    REQUIRE(file);
    std::set<std::string> found;  // a case may stand there twice
    const nlohmann::json document = nlohmann::json::parse(file);
    for (const auto& golden : document["cases"]) {
        const std::string expression = golden["expr"];
        CAPTURE(expression);
        auto row = rows.find(expression);
        if (row == rows.end()) continue;
        found.insert(expression);
        std::map<std::string, taper::Tensor> in{{"x", {}}, {"w", {}}, {"b", {}}};
        int seed = 0;
        for (const char* name : {"x", "w", "b"})
            if (golden["in"].contains(name))
                in[name] = values(golden["in"][name].get<std::vector<std::int64_t>>(), seed++).requires_grad_();
        const taper::Tensor out = row->second(in["x"], in["w"], in["b"]);
        CHECK(out.shape() == taper::Shape(golden["shape"].get<std::vector<std::int64_t>>()));
        check_close("output", out, golden["out"]);
        out.backward(values(out.shape(), 7));
        for (auto& [name, gradient] : golden["grad"].items())
            check_close("gradient of " + name, in[name].grad(), gradient);
    }
    CHECK(found.size() == rows.size());
}

/// Whether f(threads) gives the same bits for 1, 2 and 3 threads.
template <class F> bool same_bits_for_any_threads(F f) {
    const int before = taper::get_num_threads();
    std::vector<taper::Tensor> results;
    for (int threads : {1, 2, 3}) {
        taper::set_num_threads(threads);
        results.push_back(f());
    }
    taper::set_num_threads(before);
    return results[0].equal(results[1]) && results[0].equal(results[2]);
}

}  // namespace images
