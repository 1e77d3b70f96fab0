// The order in which samples come, the draws behind it, and the workers: against PyTorch's figures.
#include <doctest/doctest.h>
#include <taper/taper.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "crc32.h"

using namespace taper;
using nlohmann::json;
using Indices = std::vector<std::int64_t>;

namespace {

json read_json(const char* name) {
    std::ifstream file(std::string(TAPER_SOURCE_DIR "/tests/data/") + name);
    REQUIRE_MESSAGE(file, name);
    return json::parse(file);
}

// A sample is its own index.
struct IndexOnly {
    std::int64_t n;
    std::int64_t size() const { return n; }
    std::int64_t get(std::int64_t index) const { return index; }
};

template <class Range> Indices all_of(const Range& range) {
    Indices out;
    for (auto item : range)
        if constexpr (std::is_same_v<decltype(item), Tensor>)
            for (std::int64_t i : item.template tolist<std::int64_t>()) out.push_back(i);
        else
            out.push_back(item);
    return out;
}

// What the default stream would draw next: where it stands.
std::string next_int64() { return std::to_string(draw_seed()); }

const json& golden(const std::string& what) {
    static const json all = read_json("loader.json");
    for (const json& one : all["cases"])
        if (one["what"] == what) return one;
    FAIL(what);
    return all;
}

// Two passes over a loader, beside a golden case.
void check_passes(const std::string& what, DataLoaderOptions<IndexOnly> options) {
    CAPTURE(what);
    CAPTURE(*options.num_workers);
    const json& expected = golden(what);
    manual_seed(expected["seed"]);
    options.batch_size = 8;
    auto loader = DataLoader(IndexOnly{expected["n"]}, options);
    CHECK(all_of(loader) == expected["indices"][0].get<Indices>());
    CHECK(all_of(loader) == expected["indices"][1].get<Indices>());
    CHECK(next_int64() == expected["next_int64"].get<std::string>());
}

std::string message_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

}  // namespace

TEST_CASE("a loader visits samples in PyTorch's order with any number of workers") {
    for (std::int64_t workers : {0, 1, 2, 4}) {
        check_passes("DataLoader(shuffle=True), two passes", {.shuffle = true, .num_workers = workers});
        check_passes("DataLoader(shuffle=False), two passes", {.num_workers = workers});
        check_passes("DataLoader(shuffle=True,drop_last=True), two passes",
            {.shuffle = true, .num_workers = workers, .drop_last = true});
        check_passes("DataLoader(shuffle=True,generator=Generator seeded 9), two passes",
            {.shuffle = true, .num_workers = workers, .generator = Generator().manual_seed(9)});
        check_passes("DataLoader(shuffle=True,num_workers=2), two passes", {.shuffle = true, .num_workers = workers});
        if (workers > 0)
            check_passes("DataLoader(shuffle=True,num_workers=2,persistent_workers=True), two passes",
                {.shuffle = true, .num_workers = workers, .persistent_workers = true});
    }
}

TEST_CASE("making a loader draws nothing and starting a pass a base seed and prefetching the sampler's seed") {
    manual_seed(4);
    auto loader = DataLoader(IndexOnly{50}, {.batch_size = 8, .shuffle = true});
    auto pass = iter(loader);
    CHECK(next_int64() ==
        golden("iter(DataLoader(shuffle=True)) created, nothing taken")["next_int64"].get<std::string>());
    manual_seed(4);
    auto ahead = DataLoader(IndexOnly{50}, {.batch_size = 8, .shuffle = true, .num_workers = 1});
    auto started = iter(ahead);
    CHECK(next_int64() ==
        golden("iter(DataLoader(shuffle=True,num_workers=1)) created, nothing taken")["next_int64"].get<std::string>());
}

TEST_CASE("samplers draw what PyTorch's draw") {
    auto check_order = [](const std::string& what, auto make) {
        CAPTURE(what);
        const json& expected = golden(what);
        manual_seed(expected["seed"]);
        CHECK(all_of(make()) == expected["indices"].get<Indices>());
        CHECK(next_int64() == expected["next_int64"].get<std::string>());
    };
    check_order("RandomSampler(replacement=True,num_samples=70)",
        [] { return RandomSampler(IndexOnly{50}, {.replacement = true, .num_samples = 70}); });
    check_order("RandomSampler(num_samples=n+20)", [] { return RandomSampler(50, {.num_samples = 70}); });
    Indices twenty(20);
    std::iota(twenty.begin(), twenty.end(), 0);
    check_order("SubsetRandomSampler(range(20))", [&] { return SubsetRandomSampler(twenty); });
    check_order("torch.multinomial([.1,.2,.3,.4],3)", [] {
        return multinomial(tensor({.1, .2, .3, .4}), 3).tolist<std::int64_t>();
    });
    check_order("WeightedRandomSampler([.1,.2,.3,.4],10)", [] { return WeightedRandomSampler({.1, .2, .3, .4}, 10); });
    CHECK(all_of(SequentialSampler(3)) == Indices{0, 1, 2});
    CHECK(all_of(SequentialSampler(ones(4, 2))) == Indices{0, 1, 2, 3});
}

TEST_CASE("random_split cuts PyTorch's permutation") {
    const json& expected = golden("random_split([n-20,20])");
    manual_seed(expected["seed"]);
    auto [train, test] = random_split(IndexOnly{50}, {30, 20});
    CHECK(train.indices() == expected["indices"][0].get<Indices>());
    CHECK(test.indices() == expected["indices"][1].get<Indices>());
    CHECK(next_int64() == expected["next_int64"].get<std::string>());
    CHECK(test.get(3) == expected["indices"][1][3]);

    manual_seed(4);
    auto [most, rest] = random_split(IndexOnly{50}, {0.6, 0.4});
    CHECK(most.indices() == train.indices());
    auto [a, b, c] = random_split(IndexOnly{11}, {0.3, 0.3, 0.4});
    CHECK(std::tuple(len(a), len(b), len(c)) == std::tuple(4, 3, 4));
    std::vector<std::int64_t> lengths{30, 20};
    CHECK(random_split(IndexOnly{50}, lengths, {.generator = Generator().manual_seed(4)})[0].indices() ==
        train.indices());
    CHECK(message_of([] {
        random_split(IndexOnly{50}, {30, 21});
    }) == "random_split: Sum of input lengths does not equal the length of the input dataset! They are 51 and 50");
}

TEST_CASE("the MNIST program's order of samples is PyTorch's in both epochs with and without a test pass between") {
    const json orders = read_json("mnist_seed1.json");
    auto check_epochs = [&](const char* name, std::int64_t workers, bool test_between) {
        CAPTURE(name);
        manual_seed(1);
        rand(784 * 512 + 512 + 512 * 10 + 10);  // the weights of the net
        auto train = DataLoader(IndexOnly{60000}, {.batch_size = 64, .shuffle = true, .num_workers = workers});
        auto test = DataLoader(IndexOnly{100}, {.batch_size = 1000});
        for (const json& epoch : orders[name]) {
            Indices order = all_of(train);
            REQUIRE(order.size() == 60000);
            CHECK(Indices(order.begin(), order.begin() + 64) == epoch["first64"].get<Indices>());
            CHECK(Indices(order.end() - 8, order.end()) == epoch["last8"].get<Indices>());
            CHECK(crc32(order) == epoch["crc32_int64"].get<std::uint32_t>());
            if (test_between) all_of(test);
        }
    };
    check_epochs("order_test_between", 0, true);
    check_epochs("order_no_test", 0, false);
    check_epochs("order_2_workers", 2, true);
}

TEST_CASE("a loader knows its length and its dataset and its options") {
    auto loader = DataLoader(IndexOnly{938}, {.batch_size = 64});
    CHECK(len(loader) == 15);
    CHECK(len(loader.dataset()) == 938);
    CHECK(loader.batch_size() == 64);
    CHECK(len(DataLoader(IndexOnly{938}, {.batch_size = 64, .drop_last = true})) == 14);
    CHECK(len(DataLoader(IndexOnly{0})) == 0);
    CHECK(all_of(DataLoader(IndexOnly{0}, {.num_workers = 2})).empty());
    CHECK(len(DataLoader(loader.dataset(), {.sampler = RandomSampler(5)})) == 5);
}

TEST_CASE("const loaders and nested passes and enumerate and next") {
    const auto loader = DataLoader(IndexOnly{5}, {.batch_size = 2, .num_workers = 2});
    Indices seen;
    for (auto outer : loader)
        for (auto [i, inner] : enumerate(loader)) seen.push_back(10 * outer.size(0) + i);
    CHECK(seen == Indices{20, 21, 22, 20, 21, 22, 10, 11, 12});
    CHECK(next(iter(loader)).tolist<std::int64_t>() == Indices{0, 1});
    auto it = iter(loader);
    next(it);
    CHECK(next(it).tolist<std::int64_t>() == Indices{2, 3});
    next(it);
    CHECK(message_of([&] { next(it); }) == "next: StopIteration: there are no more items");
}

TEST_CASE("enumerate numbers the items of any range and keeps a temporary alive") {
    std::vector<std::string> words{"a", "b"};
    std::string text;
    for (auto [i, word] : enumerate(words, 1)) text += std::to_string(i) + word;
    CHECK(text == "1a2b");
    for (auto [i, word] : enumerate(words)) word += "!";  // binds the name anew, as in Python
    CHECK(words[1] == "b");
    double sum = 0;
    for (auto [i, x] : enumerate(std::vector<double>{1, 2, 3})) sum += static_cast<double>(i) * x;
    CHECK(sum == 8);
    for (auto [i, x, y] : enumerate(DataLoader(TensorDataset(ones(4, 2), arange(4)), {.batch_size = 4}))) {
        CHECK(x.shape() == Shape{4, 2});
        x = x + 1;  // a name of its own, as in Python
        CHECK(y.tolist<std::int64_t>() == Indices{0, 1, 2, 3});
    }
}

TEST_CASE("samples of several parts become as many tensors numbers among them") {
    struct Pairs {
        std::int64_t size() const { return 3; }
        std::tuple<Tensor, double, int, bool> get(std::int64_t i) const {
            return {full({2}, i, {.dtype = float32}), 0.5 * static_cast<double>(i), static_cast<int>(i), i == 1};
        }
    };
    for (auto [x, real, whole, flag] : DataLoader(Pairs(), {.batch_size = 3})) {
        CHECK(x.shape() == Shape{3, 2});
        CHECK(x.tolist() == std::vector<double>{0, 0, 1, 1, 2, 2});
        CHECK(real.dtype() == float64);
        CHECK(real.tolist() == std::vector<double>{0, 0.5, 1});
        CHECK(whole.dtype() == int64);
        CHECK(flag.dtype() == bool_);
        CHECK(flag.tolist<bool>() == std::vector<bool>{false, true, false});
    }
}

TEST_CASE("what a sample throws reaches the consumer from any worker") {
    struct Faulty : IndexOnly {
        std::int64_t get(std::int64_t index) const {
            check(index != 13, "Faulty: sample {} is damaged", index);
            return index;
        }
    };
    for (std::int64_t workers : {0, 1, 3}) {
        auto loader = DataLoader(Faulty{{40}}, {.batch_size = 4, .num_workers = workers});
        std::int64_t batches = 0;
        CHECK(message_of([&] {
            for (auto batch : loader) batches += len(batch) / 4;
        }) == "Faulty: sample 13 is damaged");
        CHECK(batches == 3);
    }
}

TEST_CASE("a pass that is left early ends its workers") {
    struct Counting : IndexOnly {
        std::atomic<std::int64_t>* made;
        std::int64_t get(std::int64_t index) const {
            ++*made;
            return index;
        }
    };
    std::atomic<std::int64_t> made = 0;
    auto loader = DataLoader(Counting{{1000}, &made}, {.batch_size = 1, .num_workers = 2, .prefetch_factor = 3});
    for (auto [i, batch] : enumerate(loader))
        if (i == 1) break;
    const std::int64_t at_the_end = made;
    CHECK(at_the_end <= 2 + 6);  // two taken, six ahead
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(made == at_the_end);
}

TEST_CASE("what workers draw depends on their number and the base seed and leaves the default stream alone") {
    struct Noisy : IndexOnly {
        Tensor get(std::int64_t) const { return randint(1000, {}); }
    };
    auto pass = [](std::int64_t workers, bool persistent) {
        manual_seed(7);
        auto loader =
            DataLoader(Noisy{{8}}, {.batch_size = 2, .num_workers = workers, .persistent_workers = persistent});
        Indices numbers = all_of(loader), second = all_of(loader);
        numbers.insert(numbers.end(), second.begin(), second.end());
        return std::pair(numbers, next_int64());
    };
    // torch.manual_seed(7); a dataset of torch.randint(1000, ()), DataLoader(..., batch_size=2, num_workers=2), twice
    CHECK(pass(2, false) ==
        std::pair(Indices{293, 235, 610, 403, 177, 91, 956, 385, 663, 145, 934, 705, 933, 399, 140, 77},
            std::string("8087222774582268115")));
    CHECK(pass(2, true) ==
        std::pair(Indices{293, 235, 610, 403, 177, 91, 956, 385, 880, 942, 730, 519, 763, 546, 71, 122},
            std::string("5163590386780219894")));
    CHECK(pass(0, false) ==
        std::pair(Indices{721, 286, 283, 347, 287, 279, 988, 761, 8, 217, 262, 930, 666, 472, 983, 518},
            std::string("3306209770279126448")));
}

// A worker's batch that takes no time is made by the consumer where all cores are busy with training.
TEST_CASE("whoever makes a worker's batch draws the same numbers and makes the same tensors") {
    struct Uneven : IndexOnly {
        Tensor get(std::int64_t i) const {
            if (i % 50 == 49) std::this_thread::sleep_for(std::chrono::milliseconds(2));
            return randint(1000000, {});
        }
    };
    const int before = get_num_threads();
    auto pass = [](int threads) {
        set_num_threads(threads);
        manual_seed(7);
        auto loader = DataLoader(Uneven{{300}}, {.batch_size = 2, .num_workers = 3, .persistent_workers = true});
        Indices numbers = all_of(loader), second = all_of(loader);
        numbers.insert(numbers.end(), second.begin(), second.end());
        return numbers;
    };
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    const Indices expected = pass(1);
    for (int i = 0; i < 5; ++i) CHECK(pass(cores + 1) == expected);
    InferenceMode guard;
    auto loader = DataLoader(IndexOnly{100}, {.batch_size = 1, .num_workers = 2});
    for (Tensor batch : loader) CHECK(!batch.is_inference());
    set_num_threads(before);
}

TEST_CASE("collate_fn makes the batch and batch_sampler the batches and batch_size of None neither") {
    auto doubled = [](const std::vector<std::vector<Tensor>>& samples) {
        return std::vector<Tensor>{default_collate(samples)[0] * 2};
    };
    CHECK(all_of(DataLoader(IndexOnly{4}, {.batch_size = 2, .collate_fn = doubled})) == Indices{0, 2, 4, 6});
    auto two = [](const std::vector<std::vector<Tensor>>& samples) {
        return std::vector<Tensor>{samples[0][0], samples[0][0]};
    };
    CHECK(message_of([&] { all_of(DataLoader(IndexOnly{4}, {.collate_fn = two})); }) ==
        "DataLoader: collate_fn gave 2 tensors for samples of one");
    std::vector<Indices> batches{{3, 1}, {0}};
    auto chosen = DataLoader(IndexOnly{4}, {.batch_sampler = batches});
    CHECK(len(chosen) == 2);
    CHECK(all_of(chosen) == Indices{3, 1, 0});
    CHECK(all_of(DataLoader(IndexOnly{4}, {.sampler = Indices{2, 0}})) == Indices{2, 0});
    for (auto x : DataLoader(TensorDataset(ones(3, 2)), {.batch_size = std::nullopt, .num_workers = 1}))
        CHECK(std::get<0>(x).shape() == Shape{2});
}

TEST_CASE("options that contradict each other are refused in PyTorch's words") {
    auto refusal = [](const DataLoaderOptions<IndexOnly>& options) {
        return message_of([&] { DataLoader(IndexOnly{4}, options); });
    };
    CHECK(refusal({.batch_size = 0}) ==
        "BatchSampler: batch_size should be a positive integer value, but got batch_size=0");
    CHECK(refusal({.num_workers = -1}) ==
        "DataLoader: num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
    CHECK(refusal({.shuffle = true, .sampler = SequentialSampler(4)}) ==
        "DataLoader: sampler option is mutually exclusive with shuffle");
    CHECK(refusal({.batch_size = 2, .batch_sampler = std::vector<Indices>{{1}}}) ==
        "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
    CHECK(refusal({.prefetch_factor = 3}) ==
        "DataLoader: prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
        "multiprocessing.");
    CHECK(refusal({.persistent_workers = true}) == "DataLoader: persistent_workers option needs num_workers > 0");
    CHECK(refusal({.timeout = -1}) == "DataLoader: timeout option should be non-negative");
    CHECK(message_of([] { DataLoader(IndexOnly{0}, {.shuffle = true}); }) ==
        "RandomSampler: num_samples should be a positive integer value, but got num_samples=0; the dataset is empty");
}

TEST_CASE("a worker that is too slow is an error where a timeout is set") {
    struct Slow : IndexOnly {
        std::int64_t get(std::int64_t index) const {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            return index;
        }
    };
    CHECK(message_of([] { all_of(DataLoader(Slow{{1}}, {.num_workers = 1, .timeout = 0.01})); }) ==
        "DataLoader: DataLoader timed out after 0.01 seconds");
}

TEST_CASE("samples that do not fit together are refused with both shapes") {
    struct Ragged : IndexOnly {
        Tensor get(std::int64_t index) const { return ones(index + 1); }
    };
    CHECK(message_of([] { all_of(DataLoader(Ragged{{2}}, {.batch_size = 2})); })
              .starts_with(
                  "default_collate: stack expects each tensor to be equal size, but got [1] at entry 0 and [2] at "
                  "entry 1"));
    CHECK(message_of([] { TensorDataset(ones(3), ones(2)); }) ==
        "TensorDataset: Size mismatch between tensors: 3 and 2 rows");
    CHECK(message_of([] { Subset(IndexOnly{3}, {0}).get(1); }) ==
        "Subset: index 1 is out of range for a dataset of 1 samples");
    CHECK(message_of([] {
        for (auto [x] : DataLoader(TensorDataset(ones(3)), {.sampler = Indices{3}})) len(x);
    }) == "TensorDataset: index 3 is out of range for a dataset of 3 samples");
}
