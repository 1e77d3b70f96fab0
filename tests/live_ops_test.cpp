// Every op beside PyTorch as it runs on this machine: live/ops.py draws thousands of cases from a seed and runs them
// there, live/table.h runs them here, and values, dtypes, shapes, gradients and refusals must agree. The seed is 1, or
// that of the environment's TAPER_LIVE_SEED; TAPER_LIVE_OP shows the cases of one op only.
#include <doctest/doctest.h>

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "live/table.h"

using namespace live;

namespace {

// Whole numbers and bools exactly; reals within what another order of summation may cost one operator. Where PyTorch's
// own float32 is further than that from what it gives in float64, ours must lie that near to the latter. Of halves,
// which PyTorch rounds after each of a kernel's few steps, four units in the last place.
double unit_in_the_last_place(DType dtype, double value) {
    const int digits = dtype == float16 ? Half::digits : BFloat16::digits, least = dtype == float16 ? -24 : -133;
    return std::ldexp(1, std::max(least, std::ilogb(value) + 1 - digits));
}

std::string difference(const Tensor& ours, const Tensor& theirs, const Tensor& exact = {}, bool to_the_last = false) {
    if (!ours.defined()) return "is undefined";
    if (ours.dtype() != theirs.dtype()) return fmt::format("{} instead of {}", ours.dtype(), theirs.dtype());
    if (!(ours.shape() == theirs.shape()))
        return fmt::format("{} instead of {}", to_string(ours.detach()), to_string(theirs));
    if (!ours.is_floating_point())
        return ours.equal(theirs) ? "" : fmt::format("{} instead of {}", to_string(ours), to_string(theirs));
    const double precision = ours.dtype() == float16 ? 4 * 0x1p-10 : ours.dtype() == bfloat16 ? 4 * 0x1p-7 : 4e-6;
    const std::vector<double> u = ours.tolist(), v = theirs.tolist(), w = exact.defined() ? exact.tolist() : v;
    for (std::size_t i = 0; i < u.size(); ++i) {
        const double allowed = !std::isfinite(v[i]) ? 0
            : to_the_last && v[i] != 0 ? unit_in_the_last_place(ours.dtype(), std::max(std::abs(u[i]), std::abs(v[i])))
                                       : precision * std::max(1., std::abs(v[i]));
        if (u[i] == v[i] || (std::isnan(u[i]) && std::isnan(v[i])) || std::abs(u[i] - v[i]) <= allowed) continue;
        if (std::abs(u[i] - w[i]) <= allowed) continue;
        return fmt::format(
            "{} instead of {}: {} instead of {}", u[i], v[i], to_string(ours.detach()), to_string(theirs));
    }
    return "";
}

constexpr const char* not_covered =
    "uniform_ normal_ bernoulli bernoulli_ exponential_ random_ multinomial rand randn randint randperm normal: their "
    "draws are compared bit by bit in random_raw_test; F.dropout2d: its mask is dropout's; resize_ empty new_empty "
    "empty_like: no values to compare; zeros ones new_zeros new_ones new_full new_tensor from_blob tensor: in "
    "tensor_test; topk, median and argsort of equal elements: PyTorch leaves their order open.";

// Ops whose results are sums, or are made of several rounded steps.
bool adds_up(const std::string& op) {
    static const std::set<std::string> all{"F.binary_cross_entropy_with_logits", "F.embedding_bag", "F.normalize",
        "F.scaled_dot_product_attention", "F.triplet_margin_loss", "addbmm", "addbmm_", "baddbmm", "baddbmm_", "cov",
        "std_mean", "var_mean"};
    return all.contains(op);
}

struct Run {
    json head;
    Bytes bytes;
    std::size_t values = 0, names = 0, gradients = 0, refusals = 0;  // compared

    // Empty if the case agrees.
    std::string compare(const json& drawn) {
        auto row = table().find(drawn["op"]);
        if (row == table().end()) return "is not in live/table.h";
        Case c{{}, {drawn["kw"]}, drawn["method"]};
        for (const json& about : drawn["in"]) c.in.push_back(bytes.input(about));
        TensorList out;
        std::string refused;
        try {
            out = row->second(c);
        } catch (const Error& error) {
            refused = error.what();
        }
        if (drawn.contains("error")) {
            ++refusals;
            if (refused.empty()) return "should refuse: " + drawn["error"].get<std::string>();
            return "";
        }
        if (!refused.empty()) return "refuses: " + refused;
        return compare(drawn, c, out);
    }

 private:
    std::string compare(const json& drawn, const Case& c, const TensorList& out) {
        const json& theirs = drawn["out"];
        if (out.size() != theirs.size()) return fmt::format("{} outputs instead of {}", out.size(), theirs.size());
        for (std::size_t k = 0; k < out.size(); ++k) {
            ++values;
            const json exact = drawn.value("exact_out", json::array());
            std::string what =
                difference(out[k], bytes.result(theirs[k]), k < exact.size() ? bytes.result(exact[k]) : Tensor(),
                    is_narrow(out[k].dtype()) && !adds_up(drawn["op"]));
            if (!what.empty()) return fmt::format("output {}: {}", k, what);
            for (std::int64_t d = 0; theirs[k].contains("s") && out[k].numel() > 0 && d < out[k].ndim(); ++d)
                if (out[k].size(d) > 1 && out[k].stride(d) != theirs[k]["s"][std::size_t(d)].get<std::int64_t>())
                    return fmt::format(
                        "strides {} instead of {}", json(out[k].stride().vec()).dump(), theirs[k]["s"].dump());
        }
        return drawn.contains("gout") ? compare_gradients(drawn, c, out) : "";
    }

    std::string compare_gradients(const json& drawn, const Case& c, const TensorList& out) {
        TensorList roots, along;
        for (std::size_t k = 0; k < out.size(); ++k) {
            if (drawn["gout"][k].is_null() == out[k].requires_grad())
                return fmt::format("output {} {} a gradient", k, out[k].requires_grad() ? "requires" : "lacks");
            if (out[k].requires_grad()) roots.push_back(out[k]), along.push_back(bytes.result(drawn["gout"][k]));
        }
        for (std::size_t k = 0; drawn.contains("names") && k < roots.size(); ++k) {
            ++names;
            const std::string name = roots[k].grad_fn() ? roots[k].grad_fn().name() : "";
            if (name != drawn["names"][k].get<std::string>())
                return fmt::format("grad_fn {} instead of {}", name, drawn["names"][k].get<std::string>());
        }
        try {
            autograd::backward(roots, along);
        } catch (const Error& error) {
            return drawn.contains("backward_error") ? "" : std::string("backward refuses: ") + error.what();
        }
        if (drawn.contains("backward_error")) return "";
        for (std::size_t i = 0; i < c.in.size(); ++i) {
            const Tensor ours = c[i].defined() ? c[i].grad() : Tensor();
            if (drawn["grad"][i].is_null()) {
                if (ours.defined() && ours.any().item<bool>()) return fmt::format("input {} has a gradient", i);
                continue;
            }
            ++gradients;
            const Tensor exact = drawn.contains("exact") ? bytes.result(drawn["exact"][i]) : Tensor();
            std::string what = difference(ours, bytes.result(drawn["grad"][i]), exact);
            if (!what.empty()) return fmt::format("gradient of input {}: {}", i, what);
        }
        return "";
    }
};

std::string described(const json& drawn, const Bytes& bytes) {
    std::string text =
        fmt::format("{} {}{}", drawn["op"].get<std::string>(), drawn["kw"].dump(), drawn["method"] ? " method" : "");
    for (const json& about : drawn["in"]) {
        text += "\n    ";
        if (about.contains("number") || about.is_null()) {
            text += about.dump();
        } else {
            Tensor x = bytes.input(about);
            text += fmt::format("{} strides {} dtype {} shape {}", to_string(x), about["s"].dump(), about["d"].dump(),
                about["z"].dump());
        }
    }
    return text;
}

}  // namespace

// `kind`: "" or "narrow".
static void compare_all(const std::string& kind) {
    if (!std::getenv("TAPER_LIVE_FILE") &&
        std::system("/usr/bin/python3 -W ignore -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: /usr/bin/python3 has no torch");
        return;
    }
    const char* asked = std::getenv("TAPER_LIVE_SEED");
    const char* only = std::getenv("TAPER_LIVE_OP");
    const std::string seed = std::to_string(asked ? std::strtoll(asked, nullptr, 10) : 1);
    const char* drawn_before = std::getenv("TAPER_LIVE_FILE");
    std::filesystem::path path = drawn_before ? drawn_before : "";
    if (path.empty()) {
        path = std::filesystem::temp_directory_path() / fmt::format("taper_live_ops_{}_{}", seed, ::getpid());
        const std::string line = fmt::format("/usr/bin/python3 -W ignore '{}/tests/live/ops.py' {} '{}' {}",
            TAPER_SOURCE_DIR, seed, path.string(), kind);
        REQUIRE(std::system(line.c_str()) == 0);
    }

    Run run;
    {
        std::ifstream file(path, std::ios::binary);
        std::string first;
        std::getline(file, first);
        run.head = json::parse(first);
        run.bytes.all.assign(std::istreambuf_iterator<char>(file), {});
    }
    if (!drawn_before) std::filesystem::remove(path);

    std::map<std::string, std::pair<int, int>> differing;
    int failures = 0;
    for (const json& drawn : run.head["cases"]) {
        if (only && drawn["op"] != only) continue;
        std::string what;
        try {
            what = run.compare(drawn);
        } catch (const std::exception& error) {
            what = std::string("throws: ") + error.what();
        }
        auto& [all, bad] = differing[drawn["op"]];
        ++all;
        if (what.empty()) continue;
        ++failures;
        if (++bad <= (only ? 100 : 3)) MESSAGE(described(drawn, run.bytes) << "\n  => " << what);
    }
    for (const auto& [name, counts] : differing)
        if (counts.second) MESSAGE(name << ": " << counts.second << " of " << counts.first << " differ");
    MESSAGE("seed " << seed << ": " << run.head["cases"].size() << " cases of " << table().size() << " ops, "
                    << run.values << " outputs, " << run.names << " names of steps, " << run.gradients << " gradients, "
                    << run.refusals << " refusals");
    std::string names;
    for (const auto& [name, row] : table()) names += (names.empty() ? "" : " ") + name;
    MESSAGE("covered: " << names);
    MESSAGE("not covered: " << std::string(not_covered));
    for (const auto& [reason, count] : run.head["faults"].items())
        MESSAGE("left out, a fault of PyTorch's: " << reason << " (" << count.get<int>() << " cases)");
    CHECK(failures == 0);
    if (!only) CHECK(run.head["cases"].size() >= 5000);
}

TEST_CASE("every op gives what PyTorch gives for random shapes and strides and dtypes") { compare_all(""); }

TEST_CASE("every op gives what PyTorch gives for int8 and int16 and float16 and bfloat16") { compare_all("narrow"); }
