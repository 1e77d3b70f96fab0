// The generator and the fills on raw memory, against numbers, states and refusals of PyTorch 1.13.
#include <doctest/doctest.h>
#include <taper/tensor/base/error.h>
#include <taper/tensor/base/simd.h>
#include <taper/tensor/random/generator.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <thread>

#include "crc32.h"

using namespace taper;
using Bytes = std::vector<std::uint8_t>;
using nlohmann::json;

namespace {

json read_json(const char* name) {
    std::ifstream file(std::string(TAPER_SOURCE_DIR "/tests/data/") + name);
    REQUIRE_MESSAGE(file, name);
    return json::parse(file);
}

template <class T> Bytes bytes_of(const std::vector<T>& values) {
    Bytes bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

// The bytes of n elements that fill(T*) writes.
template <class T, class Fill> Bytes filled(std::int64_t n, Fill fill) {
    Bytes bytes(n * sizeof(T));
    fill(reinterpret_cast<T*>(bytes.data()));
    return bytes;
}

// A line of Python taken apart: its numbers in order, its dtype, and what is left of it, with # for each number.
struct Call {
    std::string form, dtype;
    std::vector<double> numbers;
    std::int64_t n = 0;

    explicit Call(std::string text) {
        const std::string key = ",dtype=torch.", digits = "0123456789";
        if (std::size_t at = text.find(key); at != std::string::npos) {
            std::size_t end = text.find_first_of("),", at + 1);
            dtype = text.substr(at + key.size(), end - at - key.size());
            text.erase(at, end - at);
        }
        for (std::size_t at = 0; at < text.size();) {
            std::size_t first = text.find_first_not_of("-.", at);
            bool starts = first < text.size() && first <= at + 2 && digits.find(text[first]) != std::string::npos;
            if (!starts) {
                form += text[at++];
                continue;
            }
            std::size_t length = 0;
            numbers.push_back(std::stod(text.substr(at), &length));
            form += '#';
            at += length;
        }
        if (!numbers.empty()) n = static_cast<std::int64_t>(numbers[0]);
    }
};

template <class T> Bytes dropped(std::int64_t n, double p, std::int64_t repeat, Generator& g) {
    std::vector<T> mask(n), out;
    random::bernoulli(mask.data(), n, 1 - p, g);
    for (T kept : mask) out.insert(out.end(), repeat, kept * (T(1) / T(1 - p)));
    return bytes_of(out);
}

template <class T> Bytes rrelu(std::vector<T> x, double lower, double upper, Generator& g) {
    std::vector<T> slopes(x.size());
    random::rrelu_slopes(slopes.data(), x.size(), x.data(), lower, upper, g);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= slopes[i];
    return bytes_of(x);
}

template <class T> std::vector<T> counted(std::int64_t n, T first) {
    std::vector<T> values(n);
    std::iota(values.begin(), values.end(), first);
    return values;
}

template <class T> Bytes draw_continuous(const Call& call, Generator& g) {
    const auto& [form, dtype, v, n] = call;
    auto chosen = [&](const std::vector<T>& weights, std::int64_t samples, bool replacement) {
        return filled<std::int64_t>(samples,
            [&](auto* out) { random::multinomial(out, samples, weights.data(), weights.size(), replacement, g); });
    };
    auto normals = [&, n = n](double mean, double std) {
        return filled<T>(n, [&](T* out) { random::normal(out, n, mean, std, g); });
    };
    if (form == "torch.randn(#)") return normals(0, 1);
    if (form == "torch.empty(#).normal_(#,#)") return normals(v[1], v[2]);
    if (form == "torch.rand(#)") return filled<T>(n, [&](T* out) { random::uniform(out, call.n, 0, 1, g); });
    if (form == "torch.empty(#).uniform_(#,#)")
        return filled<T>(n, [&](T* out) { random::uniform(out, call.n, call.numbers[1], call.numbers[2], g); });
    if (form == "torch.empty(#).exponential_(#)")
        return filled<T>(n, [&](T* out) { random::exponential(out, call.n, call.numbers[1], g); });
    if (form == "torch.multinomial(torch.arange(#),#,replacement=True)") return chosen(counted<T>(n, 0), v[1], true);
    if (form == "torch.multinomial(torch.arange(#),#,replacement=False)") return chosen(counted<T>(n, 0), v[1], false);
    if (form == "torch.multinomial(torch.arange(#)%#,#,replacement=False)") {
        std::vector<T> weights = counted<T>(n, 0);
        for (T& weight : weights) weight = std::fmod(weight, T(v[1]));
        return chosen(weights, v[2], false);
    }
    if (form == "torch.multinomial(torch.ones(#),#,replacement=False)")
        return chosen(std::vector<T>(n, 1), v[1], false);
    if (form == "torch.multinomial(torch.tensor([#,#,#,#]),#,replacement=True)")
        return chosen({v.begin(), v.begin() + 4}, v[4], true);
    if (form == "F.rrelu(-torch.ones(#),#/#,#/#,True)")
        return rrelu(std::vector<T>(n, -1), v[1] / v[2], v[3] / v[4], g);
    if (form == "F.rrelu(torch.arange(#,#),#/#,#/#,True)")
        return rrelu(counted<T>(v[1] - v[0], v[0]), v[2] / v[3], v[4] / v[5], g);
    if (form == "torch.bernoulli(torch.full((#,),#))") {
        std::vector<T> p(n, v[1]);
        return filled<T>(n, [&](T* out) { random::bernoulli_tensor(out, call.n, p.data(), g); });
    }
    return {};
}

template <class T> Bytes draw(const Call& call, Generator& g) {
    const auto& [form, dtype, v, n] = call;
    if (form == "torch.empty(#).bernoulli_(#)")
        return filled<T>(n, [&](T* out) { random::bernoulli(out, call.n, call.numbers[1], g); });
    if (form == "torch.empty(#).random_()") return filled<T>(n, [&](T* out) { random::integers(out, call.n, g); });
    if (form == "torch.empty(#).random_(#,#)")
        return filled<T>(n, [&](T* out) { random::integers(out, call.n, call.numbers[1], call.numbers[2], g); });
    if constexpr (!std::is_same_v<T, bool>)
        if (form == "torch.randperm(#)") return filled<T>(n, [&](T* out) { random::permutation(out, call.n, g); });
    if constexpr (std::is_floating_point_v<T>) return draw_continuous<T>(call, g);
    return {};
}

// The calls that have no dtype of their own, as several fills or with sizes of several dimensions.
Bytes draw_special(const Call& call, Generator& g) {
    const auto& [form, dtype, v, n] = call;
    auto integers = [&](std::int64_t count, double from, double to) {
        return filled<std::int64_t>(count, [&](auto* out) { random::integers(out, count, from, to, g); });
    };
    if (form == "torch.randint(#,#,(#,))") return integers(v[2], v[0], v[1]);
    if (form == "torch.randint(#,#**#,(#,))") return integers(v[3], v[0], std::pow(v[1], v[2]));
    if (form == "torch.randn(#,#)") return filled<float>(20, [&](float* out) { random::normal(out, 20, 0, 1, g); });
    if (form.starts_with("torch.empty(#,#).t().normal_()"))
        return filled<float>(20, [&](float* out) {
            float memory[20];
            random::normal_each(memory, 20, 0, 1, g);
            for (int i = 0; i < 20; ++i) out[i] = memory[i / 5 + i % 5 * 4];
        });
    if (form == "torch.cat([torch.randn(#) for _ in range(#)])")
        return filled<float>(5, [&](float* out) {
            for (int i = 0; i < 5; ++i) random::normal(out + i, 1, 0, 1, g);
        });
    if (form == "torch.cat([torch.randn(#),torch.randn(#),torch.randn(#)])")
        return filled<float>(25, [&](float* out) {
            random::normal(out, 3, 0, 1, g);
            random::normal(out + 3, 20, 0, 1, g);
            random::normal(out + 23, 2, 0, 1, g);
        });
    if (form == "F.dropout(torch.ones(#),#,True)") return dropped<float>(n, v[1], 1, g);
    if (form == "F.dropout#d(torch.ones(#,#,#,#),#,True)") return dropped<float>(6, v[5], 4, g);
    if (form == "torch.randperm(#)" && dtype.empty()) return draw<std::int64_t>(call, g);
    return {};
}

Bytes draw_call(const Call& call, Generator& g) {
    if (call.dtype == "float64") return draw<double>(call, g);
    if (call.dtype == "int64") return draw<std::int64_t>(call, g);
    if (call.dtype == "int32") return draw<std::int32_t>(call, g);
    if (call.dtype == "uint8") return draw<std::uint8_t>(call, g);
    if (call.dtype == "bool") return draw<bool>(call, g);
    Bytes special = call.dtype.empty() ? draw_special(call, g) : Bytes();
    return special.empty() ? draw<float>(call, g) : special;
}

Bytes expected_bytes(const json& out) {
    if (out["dtype"] == "float32") return bytes_of(out["data"].get<std::vector<float>>());
    if (out["dtype"] == "float64") return bytes_of(out["data"].get<std::vector<double>>());
    REQUIRE(out["dtype"] == "int64");
    return bytes_of(out["data"].get<std::vector<std::int64_t>>());
}

Bytes from_hex(const std::string& text) {
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) bytes.push_back(std::stoi(text.substr(i, 2), nullptr, 16));
    return bytes;
}

// What an Error says, or nothing where none is thrown.
template <class Run> std::string refusal(Run run) {
    try {
        run();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

void check_case(const json& item) {
    CAPTURE(item["call"].get<std::string>());
    CAPTURE(item["seed"].get<std::int64_t>());
    CAPTURE(static_cast<int>(simd_level()));
    Generator generator;
    generator.manual_seed(item["seed"].get<std::int64_t>());
    Bytes out = draw_call(Call(item["call"]), generator);
    REQUIRE(!out.empty());
    bool same = item.contains("out") ? out == expected_bytes(item["out"]) : crc32(out) == item["crc32"];
    CHECK(same);
    std::uint64_t next = std::stoull(item["next_int64"].get<std::string>());
    CHECK((generator.random64() & std::numeric_limits<std::int64_t>::max()) == next);
}

}  // namespace

TEST_CASE("every fill draws PyTorch's numbers bit for bit and as many of them with every instruction set") {
    Level best = simd_level();
    for (const char* file : {"rng.json", "rng_more.json"}) {
        json cases = read_json(file)["cases"];
        CHECK(cases.size() > 290);
        for (int level = 0; level <= static_cast<int>(best); ++level) {
            set_simd_level(static_cast<Level>(level));
            for (const json& item : cases) check_case(item);
        }
    }
    set_simd_level(best);
}

TEST_CASE("a state that PyTorch saved continues as there and is given back byte for byte") {
    json states = read_json("rng_more.json")["states"];
    CHECK(states.size() == 3);
    for (const json& item : states) {
        CAPTURE(item["place"].get<std::string>());
        Bytes saved = from_hex(item["bytes"]);
        Generator generator;
        generator.set_state_bytes(saved);
        CHECK(generator.initial_seed() == static_cast<std::uint64_t>(item["seed"].get<std::int64_t>()));
        CHECK(generator.state_bytes() == saved);
        CHECK(crc32(filled<float>(701, [&](float* out) {
            random::normal(out, 1, 0, 1, generator);
            random::normal(out + 1, 700, 0, 1, generator);
        })) == item["crc32"].get<std::uint32_t>());
        CHECK(crc32(generator.state_bytes()) == item["later"].get<std::uint32_t>());
    }
}

TEST_CASE(
    "a generator starts from PyTorch's seed and its copies share its stream and a new seed forgets the kept normal") {
    Generator generator, other;
    CHECK(generator.initial_seed() == 67280421310721u);
    CHECK(generator.random64() == other.random64());
    Generator copy = generator;
    CHECK(copy.manual_seed(0).normal() ==
        1.5409961082440433);  // torch.manual_seed(0); torch.randn(1, dtype=torch.float64)
    CHECK(generator.manual_seed(0).normal() == 1.5409961082440433);
    generator.manual_seed(0);
    CHECK(copy.uniform24() == 0.49625658988952637f);  // torch.manual_seed(0); torch.rand(1)
    CHECK(generator.random32() == other.manual_seed(0).random64() % (1ull << 32));
    CHECK(generator.seed() != other.seed());
    CHECK(default_generator().initial_seed() != Generator().initial_seed());
}

TEST_CASE("bytes that are no state of PyTorch's generator are refused and the stream stays as it was") {
    Generator generator;
    Bytes good = generator.state_bytes();
    auto refused = [&](std::size_t at, std::uint8_t byte) {
        Bytes bad = good;
        bad[at] = byte;
        return refusal([&] { generator.set_state_bytes(bad); }).find("Invalid mt19937 state") != std::string::npos;
    };
    CHECK(refused(8, 0));     // left = 0
    CHECK(refused(8, 2));     // left = 2 with next = 0
    CHECK(refused(11, 128));  // left < 0
    CHECK(refused(12, 0));    // not seeded
    CHECK(refused(23, 255));  // next beyond the block
    CHECK(refusal([&] { generator.set_state_bytes(Bytes(10)); }).find("RNG state size is 10") != std::string::npos);
    CHECK(generator.state_bytes() == good);
}

TEST_CASE("bad arguments are refused in PyTorch's words before anything is drawn") {
    Generator g;
    Bytes before = g.state_bytes();
    float x[4] = {}, weights[4] = {1, 0, -1, 0}, infinity = std::numeric_limits<float>::infinity();
    std::uint8_t small[4];
    std::int64_t chosen[4];
    auto says = [](auto run, const char* sentence) {
        INFO(sentence);
        CHECK(refusal(run).find(sentence) != std::string::npos);
    };
    says([&] { random::uniform(x, 4, 2, 1, g); }, "found from=2 > to=1");
    says([&] { random::uniform(x, 4, 0, NAN, g); }, "to is out of bounds for float");
    says([&] { random::uniform(x, 4, -3e38, 3e38, g); }, "expects to-from <= std::numeric_limits<float>::max()");
    says([&] { random::normal(x, 4, 0, -1, g); }, "normal expects std >= 0.0, but found std -1");
    says([&] { random::exponential(x, 4, NAN, g); }, "expects lambda >= 0.0, but found lambda=nan");
    says([&] { random::bernoulli(small, 4, 1.5, g); }, "expects p to be in [0, 1], but got p=1.5");
    says([&] { random::bernoulli_tensor(small, 4, weights, g); }, "Expected p_in >= 0 && p_in <= 1");
    says([&] { random::integers(small, 4, 5, 5, g); }, "but got from=5 >= to=5");
    says([&] { random::integers(small, 4, 0, 257, g); }, "to - 1 is out of bounds for uint8");
    says([&] { random::integers(x, 4, 0, 1 << 25, g); }, "to - 1 is out of bounds for float");
    says([&] { random::permutation(small, 257, g); }, "n cannot be greater than 256 for uint8");
    says([&] { random::multinomial(chosen, 0, weights, 4, true, g); }, "cannot sample n_sample <= 0 samples");
    says([&] { random::multinomial(chosen, 3, weights, 2, false, g); }, "cannot sample n_sample > prob_dist.size(-1)");
    says([&] { random::multinomial(chosen, 1, weights, 4, true, g); }, "either `inf`, `nan` or element < 0");
    says([&] { random::multinomial(chosen, 1, &infinity, 1, false, g); }, "either `inf`, `nan` or element < 0");
    says([&] { random::multinomial(chosen, 1, weights + 1, 1, true, g); }, "sum of probabilities <= 0");
    says([&] { random::multinomial(chosen, 1, weights, 0, true, g); }, "sum of probabilities <= 0");
    says([&] { random::rrelu_slopes(x, 4, x, 0.5, 0.1, g); },
        "Lower bound should be less than or equal to the upper bound");
    CHECK(g.state_bytes() == before);
}

TEST_CASE("threads that fill from one generator share its numbers out with none twice and none lost") {
    constexpr std::int64_t fills = 200, n = 97, threads = 4;
    Generator shared;
    std::vector<double> parts(threads * fills * n), whole(parts.size());
    std::vector<std::thread> team;
    for (std::int64_t t = 0; t < threads; ++t)
        team.emplace_back([&, t] {
            for (std::int64_t i = 0; i < fills; ++i) random::uniform(&parts[(t * fills + i) * n], n, 0.0, 1.0, shared);
        });
    for (std::thread& member : team) member.join();
    Generator alone;
    random::uniform(whole.data(), static_cast<std::int64_t>(whole.size()), 0.0, 1.0, alone);
    std::sort(parts.begin(), parts.end());
    std::sort(whole.begin(), whole.end());
    CHECK(parts == whole);
    CHECK(shared.state_bytes() == alone.state_bytes());
}
