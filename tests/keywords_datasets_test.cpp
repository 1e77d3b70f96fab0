// Datasets by keyword alone, and loaders whose collate_fn says what a batch is.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include "error_of.h"

using namespace taper;
using Indices = std::vector<std::int64_t>;
using Pair = std::tuple<Tensor, Tensor>;

namespace {

// Whether a call compiles; its first literal must depend on the lambda's parameter, which is `with`.
#define COMPILES(with, ...) ([](auto a) { return requires { __VA_ARGS__; }; }(with))

auto pairs(std::int64_t n) { return TensorDataset(arange(n), -arange(n)); }

// Samples with a label that is a number.
struct Labelled {
    std::int64_t size() const { return 4; }
    std::tuple<Tensor, std::int64_t> get(std::int64_t index) const { return {full({2}, index), 10 * index}; }
};
struct Own {
    std::int64_t value;
};
// Samples of a type that default_collate does not know.
struct Owns {
    std::int64_t size() const { return 3; }
    Own get(std::int64_t index) const { return {index}; }
};

Tensor firsts(const std::vector<Pair>& samples) {
    TensorList list;
    for (const auto& [x, y] : samples) list.push_back(x);
    return stack(list);
}
Indices numbers(const Tensor& x) { return x.tolist<std::int64_t>(); }
template <class Loader> std::vector<Indices> batches(const Loader& loader) {
    std::vector<Indices> found;
    for (const Tensor& batch : loader) found.push_back(numbers(batch));
    return found;
}
template <class Dataset> Indices firsts_of(const Dataset& dataset) {
    Indices found;
    for (std::int64_t i = 0; i < len(dataset); ++i)
        found.push_back(std::get<0>(dataset.get(i)).template item<std::int64_t>());
    return found;
}

}  // namespace

TEST_CASE("a loader takes its dataset by keyword") {
    std::vector<Indices> targets;
    for (auto [x, y] : DataLoader({.dataset = pairs(3), .batch_size = 2})) targets.push_back(numbers(y));
    CHECK(targets == std::vector<Indices>{{0, -1}, {-2}});

    targets.clear();
    for (auto [x, y] : DataLoader({.dataset = Labelled(), .batch_size = 3, .drop_last = true})) {
        CHECK(x.shape() == Shape{3, 2});
        CHECK(y.dtype() == int64);
        targets.push_back(numbers(y));
    }
    CHECK(targets == std::vector<Indices>{{0, 10, 20}});
    CHECK(batches(DataLoader({.dataset = arange(3), .batch_size = 2})) == std::vector<Indices>{{0, 1}, {2}});
    CHECK(batches(DataLoader({.dataset = pairs(3), .batch_size = 2, .collate_fn = firsts})) ==
        std::vector<Indices>{{0, 1}, {2}});

    manual_seed(1);
    const auto by_keyword = batches(DataLoader({.dataset = arange(9), .batch_size = 4, .shuffle = true}));
    manual_seed(1);
    CHECK(by_keyword == batches(DataLoader(arange(9), 4, true)));

    CHECK(error_of([] { DataLoader(pairs(3), {.dataset = pairs(3)}); }) ==
        "DataLoader: got multiple values for argument 'dataset'; give it by position or by keyword");
    CHECK_FALSE(COMPILES(5, DataLoader({.dataset = a})));
    CHECK_FALSE(COMPILES(Owns(), DataLoader({.dataset = a})));
    CHECK_FALSE(COMPILES(pairs(3), DataLoader({.data = a})));
    CHECK_FALSE(COMPILES(pairs(3), DataLoader({.dataset = a, .batchsize = 2})));
}

TEST_CASE("a collate_fn by keyword says what a loader yields") {
    const std::vector<Indices> expected{{0, 1}, {2}};
    CHECK(batches(DataLoader(pairs(3), {.batch_size = 2, .collate_fn = firsts})) == expected);
    CHECK(batches(DataLoader(pairs(3), 2, {.collate_fn = firsts})) == expected);
    CHECK(batches(DataLoader(pairs(3), 2, false, none, none, 0, {.collate_fn = firsts})) == expected);
    CHECK(batches(DataLoader(pairs(3), 2, false, none, none, 0, firsts, {.drop_last = true})) ==
        std::vector<Indices>{{0, 1}});
    CHECK(batches(DataLoader(pairs(3), 2, false, none, none, 1, firsts, false, true, {.timeout = 5})) ==
        std::vector<Indices>{{0, 1}});

    for (auto [x, y, z] : DataLoader(pairs(1), {.collate_fn = [](const auto& samples) {
             return std::tuple(firsts(samples), firsts(samples) + 1, firsts(samples) + 2);
         }}))
        CHECK(numbers(z) == Indices{2});
    for (const TensorList& list :
        DataLoader(pairs(2), 2, {.collate_fn = [](const auto& samples) { return TensorList(5, firsts(samples)); }}))
        CHECK(list.size() == 5);
    for (auto batch : DataLoader(pairs(2), 2, {.collate_fn = [](const auto& samples) {
             return std::map<std::string, Tensor>{{"x", firsts(samples)}};
         }}))
        CHECK(numbers(batch["x"]) == Indices{0, 1});
    for (auto [x, y] : DataLoader(pairs(2), {.batch_size = 2, .collate_fn = [](const auto& samples) {
                                                 return samples[1];  // of the type that default_collate gives too
                                             }}))
        CHECK(x.item() == 1);
    CHECK(batches(DataLoader(Owns(), 3, {.collate_fn = [](const std::vector<Own>& samples) {
        return full({1}, samples[2].value);
    }})) == std::vector<Indices>{{2}});
    // A batch of one's own type: behind the keywords.
    for (const Own& last : DataLoader(Owns(), {.batch_size = 3}, [](const auto& samples) { return samples.back(); }))
        CHECK(last.value == 2);
}

TEST_CASE("parts of datasets, by keyword") {
    CHECK(firsts_of(Subset({.dataset = pairs(5), .indices = {3, 1}})) == Indices{3, 1});
    CHECK(firsts_of(Subset(pairs(5), {.indices = {3, 1}})) == Indices{3, 1});
    CHECK(firsts_of(ConcatDataset({.datasets = {pairs(2), pairs(1)}})) == Indices{0, 1, 0});
    CHECK(firsts_of(ConcatDataset({.datasets = {pairs(2)}})) == Indices{0, 1});
    CHECK(firsts_of(ConcatDataset({.datasets = std::vector{pairs(2), pairs(1)}})) == Indices{0, 1, 0});
    CHECK(len(ConcatDataset({.datasets = {pairs(2), Labelled()}})) == 6);

    manual_seed(1);
    const auto [a, b] = unpack<2>(random_split({.dataset = pairs(5), .lengths = {2, 3}}));
    manual_seed(1);
    const auto [c, d] = random_split(pairs(5), {2, 3});
    CHECK(firsts_of(a) == firsts_of(c));
    CHECK(firsts_of(b) == firsts_of(d));
    CHECK(len(random_split({.dataset = pairs(4), .lengths = {0.5, 0.25, 0.25}, .generator = Generator()})[0]) == 2);

    CHECK(error_of([] { Subset(pairs(5), {.dataset = pairs(5), .indices = {1}}); }) ==
        "Subset: got multiple values for argument 'dataset'; give it by position or by keyword");
    CHECK_FALSE(COMPILES(pairs(5), Subset({.data = a, .indices = {1}})));
    CHECK_FALSE(COMPILES(pairs(5), ConcatDataset({.dataset = {a, a}})));
    CHECK_FALSE(COMPILES(pairs(5), ConcatDataset({.dataset = {a}})));
    CHECK_FALSE(COMPILES(pairs(5), random_split({.data = a, .lengths = {2, 3}})));
}

TEST_CASE("samples between braces become a batch") {
    const Tensor x = ones({2});
    CHECK(default_collate({x, x, x}).shape() == Shape{3, 2});
    CHECK(default_collate({x}).shape() == Shape{1, 2});
    CHECK(default_collate({.batch = {x, x}}).shape() == Shape{2, 2});
    CHECK(default_collate({.batch = {x}}).shape() == Shape{1, 2});
    CHECK(default_collate({.batch = TensorList{x, x}}).shape() == Shape{2, 2});
    CHECK(default_collate({1, 2, 3}).dtype() == int64);
    CHECK_FALSE(COMPILES(Tensor(), default_collate({.samples = {a, a}})));
    CHECK_FALSE(COMPILES(TensorList(), default_collate({.samples = a})));
}
