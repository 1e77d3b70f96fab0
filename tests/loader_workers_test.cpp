// Workers that are slow, stuck or at fault, and passes that are left: nothing waits for what nobody wants.
#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>

#include "acting.h"
#include "error_of.h"
#include "sanitized.h"

using namespace acting;

TEST_CASE("the error of a timeout does not wait for the worker that is stuck and what it needs lives until it wakes") {
    for (bool persistent : {false, true}) {
        CAPTURE(persistent);
        auto is_stuck = std::make_shared<std::atomic<bool>>(true);
        std::weak_ptr<int> dataset;
        {
            auto held = std::make_shared<int>(5);
            dataset = held;
            Acting hanging{8, [is_stuck, held](std::int64_t i) {
                               while (i == 1 && *is_stuck) std::this_thread::sleep_for(milliseconds(1));
                               if (*held != 5) std::abort();
                           }};
            auto loader = DataLoader(hanging, {.num_workers = 2, .timeout = 0.05, .persistent_workers = persistent});
            Stopwatch watch;
            CHECK(error_of([&] { all_of(loader); }) == "DataLoader: DataLoader timed out after 0.05 seconds");
            CHECK(watch.seconds() < (sanitized ? 5 : 1));
            CHECK(error_of([&] { all_of(loader); }) == "DataLoader: DataLoader timed out after 0.05 seconds");
        }
        CHECK(!dataset.expired());
        *is_stuck = false;
        CHECK(comes_true([&] { return dataset.expired(); }));
    }
}

TEST_CASE("after a timeout the batch can be asked for again as in PyTorch when a worker wakes") {
    std::atomic<bool> is_stuck = true;
    Acting hanging{2, [&](std::int64_t) {
                       while (is_stuck) std::this_thread::sleep_for(milliseconds(1));
                   }};
    auto it = iter(DataLoader(hanging, {.num_workers = 1, .timeout = 0.02}));
    CHECK(error_of([&] { next(it); }) == "DataLoader: DataLoader timed out after 0.02 seconds");
    is_stuck = false;
    std::this_thread::sleep_for(milliseconds(20));
    CHECK(next(it).item() == 0);
    CHECK(next(it).item() == 1);
}

TEST_CASE("a pass that is left makes no batch beyond those at work") {
    std::atomic<int> begun = 0;
    Acting slow{100, [&](std::int64_t) {
                    ++begun;
                    std::this_thread::sleep_for(milliseconds(20));
                }};
    for (bool persistent : {false, true})
        for (std::int64_t workers : {1, 3}) {
            CAPTURE(workers);
            CAPTURE(persistent);
            const DataLoader loader(
                slow, {.num_workers = workers, .prefetch_factor = 20, .persistent_workers = persistent});
            const int most = 10 * static_cast<int>(workers);  // of twenty each
            auto check_left = [&](auto pass) {
                begun = 0;
                pass();
                const int made = begun;
                CHECK(made <= most);
                std::this_thread::sleep_for(milliseconds(30));
                CHECK(begun == made);
            };
            check_left([&] {
                for (Tensor batch : loader) break;
            });
            if (persistent) continue;  // a further pass goes on with what the last one put in
            check_left([&] {
                CHECK_THROWS_AS(
                    [&] {
                        for (Tensor batch : loader) throw std::runtime_error("left");
                    }(),
                    std::runtime_error);
            });
            check_left([&] { auto unused = iter(loader); });
            check_left([&] {
                for (Tensor outer : loader)
                    for (Tensor inner : loader) goto left;
            left:;
            });
        }
}

TEST_CASE("a timeout without end is none and one that no clock counts to neither") {
    Acting brief{2, [](std::int64_t) { std::this_thread::sleep_for(milliseconds(5)); }};
    for (double timeout : {HUGE_VAL, 1e300, 1e18, 9.3e9, 3600.})
        CHECK(all_of(DataLoader(brief, {.num_workers = 1, .timeout = timeout})) == Indices{0, 1});
    for (double timeout : {-HUGE_VAL, -1e-300, std::nan("")})
        CHECK(error_of([&] { DataLoader(brief, {.num_workers = 1, .timeout = timeout}); }) ==
            "DataLoader: timeout option should be non-negative");
    CHECK(error_of([&] { all_of(DataLoader(brief, {.timeout = 0.5})); }) ==
        "DataLoader: timeout=0.5 is of workers, and there are none; leave it out, or ask for num_workers");
    CHECK(error_of([&] {
        all_of(DataLoader(brief, {.num_workers = 1, .timeout = 1e-300}));
    }).starts_with("DataLoader: DataLoader timed out after"));
}

TEST_CASE("workers and batches ahead are bounded and no more threads are started than there are batches") {
    Acting quick{5, [](std::int64_t) {}};
    auto refusal = [&](std::int64_t workers, std::int64_t ahead) {
        return error_of([&] { DataLoader(quick, {.num_workers = workers, .prefetch_factor = ahead}); });
    };
    CHECK(refusal(1000000, 2) == "DataLoader: num_workers=1000000 is more than 65535 threads; ask for fewer");
    CHECK(refusal(INT64_MAX, 2).ends_with("is more than 65535 threads; ask for fewer"));
    CHECK(refusal(2, 1000000000000000000) ==
        "DataLoader: 2 workers that prefetch 1000000000000000000 batches each are too many; 1048576 in all is the "
        "most");
    CHECK(refusal(65535, 65535) ==
        "DataLoader: 65535 workers that prefetch 65535 batches each are too many; 1048576 in all is the most");
    CHECK(refusal(2, 0) == "DataLoader: prefetch_factor should be positive, but got 0");
    std::atomic<int> begun = 0;
    auto count = [&](std::int64_t) { ++begun; };
    CHECK(all_of(DataLoader(quick, {.num_workers = 60000, .worker_init_fn = count, .prefetch_factor = 17})) ==
        Indices{0, 1, 2, 3, 4});
    CHECK(begun == 5);
    CHECK(all_of(DataLoader(quick, {.batch_size = INT64_MAX, .num_workers = 1})) == Indices{0, 1, 2, 3, 4});
}

// torch.manual_seed(7); 40 samples of torch.randint(1000, ()), batch_size=2, num_workers=2, persistent_workers=True:
// the batches of a pass that is left, and the first of the next.
TEST_CASE("persistent workers draw PyTorch's numbers after a pass that was left") {
    struct Noisy {
        std::int64_t size() const { return 40; }
        Tensor get(std::int64_t) const { return randint(1000, {}); }
    };
    auto passes = [](bool persistent, int taken) {
        manual_seed(7);
        DataLoader loader(Noisy(), {.batch_size = 2, .num_workers = 2, .persistent_workers = persistent});
        for (auto [i, batch] : enumerate(loader))
            if (i == taken) break;
        Indices second = all_of(loader);
        return std::pair(Indices(second.begin(), second.begin() + 8), randint(1000000, {}).item());
    };
    for (int again = 0; again < 3; ++again) {
        CHECK(passes(true, 0) == std::pair(Indices{763, 546, 730, 519, 871, 251, 71, 122}, 725721.));
        CHECK(passes(true, 1) == std::pair(Indices{763, 546, 71, 122, 871, 251, 624, 299}, 725721.));
        CHECK(passes(false, 1) == std::pair(Indices{663, 145, 934, 705, 933, 399, 140, 77}, 953283.));
    }
}

TEST_CASE("persistent workers are the same threads in every pass and are initialised once") {
    static thread_local int own = 0;
    std::atomic<int> calls = 0;
    Acting asking{6, [](std::int64_t) { check(own == 7, "not initialised"); }};
    auto init = [&](std::int64_t) { own = 7, ++calls; };
    DataLoader loader(asking, {.num_workers = 2, .worker_init_fn = init, .persistent_workers = true});
    for (int pass = 0; pass < 3; ++pass) CHECK(all_of(loader) == Indices{0, 1, 2, 3, 4, 5});
    CHECK(calls == 2);
    for (Tensor outer : loader)
        for (Tensor inner : loader) break;  // with threads of its own
    CHECK(all_of(loader).size() == 6);
}

TEST_CASE("what worker_init_fn or collate_fn throws comes with every batch of that worker") {
    Acting quick{4, [](std::int64_t) {}};
    auto init = [](std::int64_t worker) { check(worker != 1, "worker {} cannot begin", worker); };
    auto it = iter(DataLoader(quick, {.num_workers = 2, .worker_init_fn = init}));
    CHECK(next(it).item() == 0);
    CHECK(error_of([&] { next(it); }) == "worker 1 cannot begin");
    CHECK(next(it).item() == 2);
    CHECK(error_of([&] { next(it); }) == "worker 1 cannot begin");
    CHECK(it == std::default_sentinel);
    auto collate = [](const std::vector<std::int64_t>& samples) {
        check(samples[0] != 1, "sample {} does not fit", samples[0]);
        return tensor(samples);
    };
    for (std::int64_t workers : {0, 1, 3}) {
        auto batches = iter(DataLoader(quick, {.num_workers = workers}, collate));
        CHECK(next(batches).item() == 0);
        CHECK(error_of([&] { next(batches); }) == "sample 1 does not fit");
        CHECK(next(batches).item() == 2);
    }
}
