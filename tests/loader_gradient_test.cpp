// Samples that need a gradient: their history is in the batch, unless a worker hands it over. And values of samplers,
// splits and sizes that make no sense.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <cmath>

#include "error_of.h"

using namespace taper;
using Indices = std::vector<std::int64_t>;

namespace {

struct Scaled {
    Tensor base;
    std::int64_t size() const { return 4; }
    Tensor get(std::int64_t i) const { return base * i; }
};

const char* const no_stack =
    "default_collate: stack(): functions with out=... arguments don't support automatic differentiation, but one of "
    "the arguments requires grad.; detach() the samples, or make the batches with num_workers=0";
const char* const refusing =
    "DataLoader: Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support "
    "crossing process boundaries.  If you just want to transfer the data, call detach() on the tensor before "
    "serializing (e.g., putting it on the queue).; or make the batches with num_workers=0";

template <class Loader> std::string first_error(const Loader& loader) {
    return error_of([&] {
        auto it = iter(loader);
        static_cast<void>(it == std::default_sentinel);
    });
}

}  // namespace

TEST_CASE("a batch of samples that need a gradient has their history") {
    Tensor x = ones({3}, {.requires_grad = true});
    for (Tensor batch : DataLoader(Scaled{x}, {.batch_size = 4})) {
        CHECK(to_string(batch) ==
            "tensor([[0., 0., 0.],\n        [1., 1., 1.],\n        [2., 2., 2.],\n        [3., 3., 3.]], "
            "grad_fn=<StackBackward0>)");
        batch.sum().backward();
    }
    CHECK(x.grad().tolist() == std::vector<double>{6, 6, 6});
    Tensor rows = arange(8, {.dtype = float32, .requires_grad = true}).detach().reshape({4, 2}).requires_grad_();
    auto check_rows = [&](Tensor batch) {
        CHECK(history_name(batch) == "StackBackward0");
        (batch * batch).sum().backward();
        CHECK(rows.grad().tolist() == std::vector<double>{0, 0, 4, 6, 0, 0, 12, 14});
        rows.set_grad(Tensor());
    };
    for (auto [batch] : DataLoader(TensorDataset(rows), {.batch_sampler = std::vector<Indices>{{3, 1}}}))
        check_rows(batch);
    for (auto [batch] : DataLoader(Subset(TensorDataset(rows), {1, 3}), {.batch_size = 2})) check_rows(batch);
    for (Tensor batch : DataLoader(rows, {.batch_sampler = std::vector<Indices>{{1, 3}}})) check_rows(batch);
    for (auto [batch, number] : DataLoader(std::vector<std::tuple<Tensor, int>>{{rows[1], 1}, {rows[3], 2}}, 2))
        check_rows(batch);
    check_rows(default_collate({rows[1], rows[3]}));
    for (Tensor sample : DataLoader(Scaled{x}, {.batch_size = none})) CHECK(history_name(sample) == "MulBackward0");
    NoGradGuard no_grad;
    for (Tensor batch : DataLoader(rows, 4)) CHECK(!batch.requires_grad());
}

TEST_CASE("a mixture of samples with and without a gradient is stacked as PyTorch stacks it") {
    Tensor x = ones({2}, {.requires_grad = true});
    Tensor batch = default_collate({zeros({2}), x * 2, full({2}, 3, {.dtype = int64})});
    CHECK(batch.dtype() == float32);
    CHECK(batch.tolist() == std::vector<double>{0, 0, 2, 2, 3, 3});
    batch.sum().backward();
    CHECK(x.grad().tolist() == std::vector<double>{2, 2});
}

TEST_CASE("workers refuse samples with a history in PyTorch's words and hand over leaves as new ones") {
    Tensor x = ones({3}, {.requires_grad = true});
    for (std::int64_t workers : {1, 2}) {
        CHECK(first_error(DataLoader(Scaled{x}, {.batch_size = 2, .num_workers = workers})) == no_stack);
        CHECK(first_error(DataLoader(ones({4, 2}, {.requires_grad = true}), {.num_workers = workers})) == no_stack);
        CHECK(first_error(DataLoader(TensorDataset(ones({4, 2}, {.requires_grad = true})), {.num_workers = workers})) ==
            no_stack);
        CHECK(first_error(DataLoader(Scaled{x}, {.batch_size = none, .num_workers = workers})) == refusing);
        auto list = [](const TensorList& samples) { return samples; };
        CHECK(first_error(DataLoader(Scaled{x}, {.batch_size = 2, .num_workers = workers}, list)) == refusing);
        auto map = [](const TensorList& samples) {
            return std::map<std::string, std::vector<std::pair<int, Tensor>>>{{"a", {{1, samples[0]}}}};
        };
        CHECK(first_error(DataLoader(Scaled{x}, {.num_workers = workers}, map)) == refusing);
        NoGradGuard no_grad;  // where the workers start, as in a forked process
        CHECK(first_error(DataLoader(Scaled{x}, {.batch_size = 2, .num_workers = workers})) == "no error");
    }
    for (Tensor leaf : DataLoader(TensorList{x, x}, {.batch_size = none, .num_workers = 1})) {
        CHECK(leaf.requires_grad());
        CHECK(leaf.is_leaf());
        leaf.sum().backward();
        leaf.data().zero_();
    }
    CHECK(!x.grad().defined());
    CHECK(x.sum().item() == 3);
    auto twice = [](const TensorList& samples) { return std::vector<TensorList>{samples}; };
    for (auto lists : DataLoader(TensorList{x, x}, {.batch_size = 2, .num_workers = 1}, twice))
        CHECK(lists[0][1].requires_grad());
}

TEST_CASE("a loader within a dataset keeps its own rules in a worker") {
    struct Inner {
        std::int64_t size() const { return 1; }
        Tensor get(std::int64_t) const {
            Tensor x = ones({2}, {.requires_grad = true});
            Tensor sum = zeros({});
            for (Tensor sample : DataLoader(TensorList{x * 3}, {.batch_size = none})) sample.sum().backward();
            return x.grad();
        }
    };
    for (Tensor batch : DataLoader(Inner(), {.num_workers = 1})) CHECK(batch.tolist() == std::vector<double>{3, 3});
}

TEST_CASE("sizes and indices that make no sense are refused") {
    struct Negative {
        std::int64_t size() const { return -5; }
        std::int64_t get(std::int64_t i) const { return i; }
    };
    const std::string negative = "DataLoader: __len__() should return >= 0, but that of the dataset returns -5";
    CHECK(error_of([] { DataLoader(Negative{}); }) == negative);
    CHECK(error_of([] { DataLoader(Negative{}, {.shuffle = true, .num_workers = 2}); }) == negative);
    CHECK(error_of([] { SequentialSampler(-3); }) ==
        "SequentialSampler: __len__() should return >= 0, but that of data_source is -3");

    const Tensor rows = ones({3, 2});
    using Lists = std::vector<Indices>;
    for (std::int64_t workers : {0, 1}) {
        auto refusal = [&](const Lists& batches) {
            return first_error(DataLoader(rows, {.batch_sampler = batches, .num_workers = workers})) + "/" +
                first_error(DataLoader(TensorDataset(rows), {.batch_sampler = batches, .num_workers = workers}));
        };
        const std::string none = "default_collate: there are no samples to make a batch of";
        CHECK(refusal({{}}) == none + "/" + none);
        CHECK(refusal({{0, 7}}) ==
            "Tensor: index 7 is out of range for a dataset of 3 samples/"
            "TensorDataset: index 7 is out of range for a dataset of 3 samples");
        CHECK(refusal({{INT64_MIN}}).find("index -9223372036854775808 is out of range") != std::string::npos);
        CHECK(refusal({{-1}}) == "no error/no error");
    }
    for (std::int64_t size : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN})
        CHECK(error_of([&] { DataLoader(rows, {.batch_size = size}); }).starts_with("BatchSampler: batch_size should"));
    CHECK(len(DataLoader(rows, {.batch_size = INT64_MAX})) == 1);
    CHECK(len(DataLoader(rows, {.batch_size = INT64_MAX, .drop_last = true})) == 0);
    CHECK(first_error(DataLoader(AnyDataset<Tensor>(), {.sampler = Indices{0}})) ==
        "AnyDataset: it has no dataset to take 1 samples of");
}

TEST_CASE("orders that memory does not hold are refused") {
    const std::int64_t huge = std::int64_t{1} << 61;
    auto first = [](const auto& sampler) { return error_of([&] { next(iter(sampler)); }); };
    CHECK(first(RandomSampler(huge)) == "RandomSampler: 2305843009213693952 indices do not fit into memory");
    CHECK(first(RandomSampler(INT64_MAX)) == "RandomSampler: 9223372036854775807 indices do not fit into memory");
    CHECK(first(RandomSampler(5, {.replacement = true, .num_samples = huge})) == "no error");
    CHECK(first(WeightedRandomSampler({.1, .9}, huge)) ==
        "WeightedRandomSampler: 2305843009213693952 indices do not fit into memory");
    struct Huge {
        std::int64_t size() const { return std::int64_t{1} << 61; }
        std::int64_t get(std::int64_t i) const { return i; }
    };
    CHECK(error_of([&] { random_split(Huge(), {huge}); }) ==
        "random_split: 2305843009213693952 indices do not fit into memory");
    CHECK(first_error(DataLoader(Huge(), {.batch_size = 3})) == "no error");
    const AnyDataset<Tensor> few = ones({3, 2});
    for (double length : {1e300, HUGE_VAL, std::nan("")})
        CHECK(error_of([&] {
            random_split({.dataset = few, .lengths = {length}});
        }).starts_with("random_split: the fractions should sum to 1, but sum to"));
    CHECK(error_of([&] { random_split(few, {INT64_MAX, INT64_MAX}); }) == "random_split: the lengths are too large");
    CHECK(error_of([&] { random_split(few, {4, -1}); }) == "random_split: a length is negative: -1");
}
