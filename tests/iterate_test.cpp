// zip and unpack, and what a loader makes of samples of any type.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;
using Indices = std::vector<std::int64_t>;
using Words = std::vector<std::string>;

namespace {

Indices ints(const Tensor& x) { return x.contiguous().tolist<std::int64_t>(); }

// A text and a number.
struct Texts {
    std::int64_t size() const { return 3; }
    std::tuple<std::string, int> get(std::int64_t i) const { return {Words{"x", "yy", "zzz"}[i], static_cast<int>(i)}; }
};

}  // namespace

TEST_CASE("unpack gives exactly as many items or Python's sentence") {
    auto [q, k, v] = unpack<3>(arange(6).split(2));
    CHECK(ints(q) == Indices{0, 1});
    CHECK(ints(v) == Indices{4, 5});
    CHECK(ints(k) == Indices{2, 3});
    const TensorList two = arange(4).split(2);
    CHECK(error_of([&] { unpack<3>(two); }) == "unpack: not enough values to unpack (expected 3, got 2)");
    CHECK(error_of([&] { unpack<1>(two); }) == "unpack: too many values to unpack (expected 1)");
    auto [rows, columns] = unpack<2>(ones(4, 5).shape());
    CHECK(rows * 10 + columns == 45);
    auto [first, second] = unpack<2>(tensor({{1, 2}, {3, 4}}));
    CHECK(ints(second) == Indices{3, 4});
    CHECK(ints(first) == Indices{1, 2});
    auto [yes, no] = unpack<2>(std::vector<bool>{true, false});
    CHECK((yes && !no));
}

TEST_CASE("unpacked rows carry their gradient") {
    Tensor x = ones({2, 3}, {.requires_grad = true});
    auto [a, b] = unpack<2>(x);
    (a + b * 2).sum().backward();
    CHECK(x.grad().tolist() == std::vector<double>{1, 1, 1, 2, 2, 2});
}

TEST_CASE("zip goes through several ranges side by side until the shortest ends") {
    const std::vector<int> numbers{1, 2, 3};
    std::string text;
    for (auto [n, word] : zip(numbers, Words{"a", "b"})) text += std::to_string(n) + word;
    CHECK(text == "1a2b");
    for (auto [i, n, word, x] : enumerate(zip(numbers, Words{"a", "b"}, arange(4).split(2)), 5))
        text += std::to_string(i + n) + word + std::to_string(len(x));
    CHECK(text == "1a2b6a28b2");
    for (auto [u] : zip(numbers)) text += std::to_string(u);
    CHECK(text == "1a2b6a28b2123");
    for (auto [batch, word] : zip(DataLoader(arange(4), 2), Words{"a"})) text = word + std::to_string(batch[1].item());
    CHECK(text == "a1.000000");
}

TEST_CASE("a name of a zip loop is bound anew by an assignment as in Python and containers are the ones walked over") {
    std::vector<int> numbers{1, 2};
    TensorList tensors{ones(2), ones(2)};
    std::vector<std::vector<int>> lists{{1}, {2}};
    for (auto [n, x, list] : zip(numbers, tensors, lists)) {
        n = 7;
        x = x + 1;
        list.push_back(n);
    }
    CHECK(numbers == std::vector<int>{1, 2});
    CHECK(tensors[0].sum().item() == 2);
    CHECK(lists == std::vector<std::vector<int>>{{1, 7}, {2, 7}});
    for (auto [x, y] : zip(tensors, tensors)) x += 1;  // in place
    CHECK(tensors[1].sum().item() == 4);
}

TEST_CASE("zip asks no range for an item when one before it has ended") {
    int pulled = 0;
    auto counting = Iterator<int>([&] { return std::optional<int>(++pulled); });
    struct Walk {
        Iterator<int> it;
        Iterator<int> begin() const { return it; }
        std::default_sentinel_t end() const { return {}; }
    };
    for (auto [n, count] : zip(std::vector<int>{1, 2}, Walk{counting})) CHECK(n == count);
    CHECK(pulled == 2);
}

TEST_CASE("default_collate makes what PyTorch's makes of numbers and texts and tuples and maps and lists") {
    using Sample = std::tuple<int, double, std::string, std::map<std::string, Tensor>, std::vector<int>>;
    const std::vector<Sample> samples{
        {1, 2.5, "a", {{"k", ones(2)}}, {1, 2}}, {2, 3.5, "b", {{"k", zeros(2)}, {"more", ones(1)}}, {3, 4}}};
    auto [whole, real, text, map, list] = default_collate(samples);
    CHECK(whole.dtype() == int64);
    CHECK(ints(whole) == Indices{1, 2});
    CHECK(real.dtype() == float64);
    CHECK(real.tolist() == std::vector<double>{2.5, 3.5});
    CHECK(text == Words{"a", "b"});
    CHECK(map.size() == 1);
    CHECK(map["k"].tolist() == std::vector<double>{1, 1, 0, 0});
    REQUIRE(list.size() == 2);
    CHECK(ints(list[0]) == Indices{1, 3});
    CHECK(ints(list[1]) == Indices{2, 4});
    auto [left, right] = default_collate(std::vector<std::pair<bool, std::array<float, 1>>>{{true, {0.5f}}});
    CHECK(left.dtype() == bool_);
    CHECK(right[0].dtype() == float64);
    using Maps = std::vector<std::unordered_map<std::string, int>>;
    CHECK(ints(default_collate(Maps{{{"a", 1}}, {{"a", 2}}}).at("a")) == Indices{1, 2});
    CHECK(error_of([] { default_collate(Maps{{{"a", 1}}, {{"b", 2}}}); }).starts_with("default_collate: KeyError: "));
    CHECK(error_of([] {
        default_collate(std::vector<std::vector<int>>{{1}, {2, 3}});
    }).starts_with("default_collate: each element in list of batch should be of equal size"));
    CHECK(error_of([] {
        next(iter(DataLoader(Texts(), {.batch_sampler = std::vector<Indices>{{}}})));
    }).starts_with("default_collate: there are no samples"));
    CHECK(error_of([] { default_collate(TensorList()); }).starts_with("default_collate: there are no samples"));
}

TEST_CASE("a loader yields texts as a list of texts") {
    Words seen;
    for (auto [words, numbers] : DataLoader(Texts(), 2)) {
        for (const std::string& word : words) seen.push_back(word + std::to_string(numbers.sum().item<int>()));
    }
    CHECK(seen == Words{"x1", "yy1", "zzz2"});
    for (std::int64_t workers : {0, 1})
        for (auto [words, numbers] : DataLoader(Texts(), {.batch_size = 3, .num_workers = workers}))
            CHECK(words == Words{"x", "yy", "zzz"});
    CHECK(
        error_of([] { next(iter(DataLoader(Texts(), none))); }).starts_with("DataLoader: with batch_size=None a text"));
}

TEST_CASE("a list of samples is a dataset and so are the rows of a Tensor") {
    const std::vector<std::tuple<Tensor, std::string>> samples{{zeros(2), "a"}, {ones(2), "b"}, {ones(2) * 2, "c"}};
    for (auto [x, words] : DataLoader(samples, {.batch_size = 3})) {
        CHECK(x.tolist() == std::vector<double>{0, 0, 1, 1, 2, 2});
        CHECK(words == Words{"a", "b", "c"});
    }
    CHECK(ints(next(iter(DataLoader(std::vector<double>{5, 6}, 2)))) == Indices{5, 6});
    CHECK(next(iter(DataLoader(arange(6).view(3, 2), 2))).shape() == Shape{2, 2});
    auto [few, many] = random_split(samples, {1, 2});
    CHECK(len(DataLoader(many, 1)) == 2);
    auto both = ConcatDataset(samples, Subset(samples, {0}));
    CHECK(std::get<1>(both[3]) == "a");
    CHECK(error_of([&] { both.get(4); }) == "ConcatDataset: index 4 is out of range for a dataset of 4 samples");
    manual_seed(0);
    CHECK(len(DataLoader(samples, {.batch_size = 1, .sampler = RandomSampler(samples)})) == 3);
}

TEST_CASE("a loader yields whatever its collate_fn returns") {
    using Sample = std::tuple<std::string, int>;
    auto joined = [](const std::vector<Sample>& samples) {
        std::string text;
        for (const auto& [word, number] : samples) text += word;
        return text;
    };
    Words seen;
    for (std::string text : DataLoader(Texts(), {.batch_size = 2}, joined)) seen.push_back(text);
    for (std::string text : DataLoader(Texts(), 2, false, none, none, 0, joined)) seen.push_back(text);
    for (std::string text : DataLoader(Texts(), 2, false, none, none, 1, joined, false, true)) seen.push_back(text);
    for (std::string text : DataLoader(Texts(), 2, false, none, none, 0, joined, {.drop_last = true}))
        seen.push_back(text);
    for (std::string text : DataLoader<Texts, std::string>(Texts(), {.batch_size = 3, .collate_fn = joined}))
        seen.push_back(text);
    CHECK(seen == Words{"xyy", "zzz", "xyy", "zzz", "xyy", "xyy", "xyyzzz"});
    // One that takes its samples by value, and returns as many parts as default_collate does, may stand by name.
    auto sorted = [](std::vector<Sample> samples) {
        std::ranges::sort(samples, std::greater<>());
        return default_collate(samples);
    };
    for (auto [words, numbers] : DataLoader(Texts(), {.batch_size = 3, .collate_fn = sorted})) {
        CHECK(words == Words{"zzz", "yy", "x"});
        CHECK(ints(numbers) == Indices{2, 1, 0});
    }
    // A function of whatever the samples are, and one that makes three parts of two.
    for (auto [a, b, c] : DataLoader(Texts(), {.batch_size = 3}, [](const auto& samples) {
             auto [words, numbers] = default_collate(samples);
             return std::tuple(words, numbers, len(samples));
         }))
        CHECK(len(a) + len(b) + c == 9);
}

TEST_CASE("samples that cannot be collated need a collate_fn") {
    struct Own {
        int x;
    };
    const std::vector<Own> list{{1}, {2}, {3}};
    std::vector<int> sums;
    for (int sum : DataLoader(list, {.batch_size = 2}, [](const std::vector<Own>& samples) {
             int all = 0;
             for (const Own& sample : samples) all += sample.x;
             return all;
         }))
        sums.push_back(sum);
    CHECK(sums == std::vector<int>{3, 3});
    CHECK(error_of([&] {
        DataLoader<std::vector<Own>, int>(list, 2, false, none, none, 0, none);
    }).starts_with("DataLoader: default_collate: batch must contain tensors, numpy arrays, numbers"));
}

TEST_CASE("with batch_size None a collate_fn takes a sample as in PyTorch") {
    auto times_ten = [](std::int64_t i) { return i * 10; };
    Indices seen;
    for (std::int64_t i : DataLoader(Indices{1, 2}, {.batch_size = none}, times_ten)) seen.push_back(i);
    CHECK(seen == Indices{10, 20});
    CHECK(error_of([&] {
        DataLoader(Indices{1, 2}, {.batch_size = 2}, times_ten);
    }).starts_with("DataLoader: collate_fn takes a sample"));
    CHECK(error_of([&] {
        DataLoader(Indices{1, 2}, {.batch_size = none}, [](Indices samples) { return samples; });
    }).starts_with("DataLoader: with batch_size=None collate_fn is called with a sample"));
}
