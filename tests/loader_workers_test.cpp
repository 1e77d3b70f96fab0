// Workers that are slow, stuck or at fault, and passes that are left: nothing waits for what nobody wants.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <taper/taper.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <thread>

#include "error_of.h"
#include "sanitized.h"

using namespace taper;
using Indices = std::vector<std::int64_t>;
using std::chrono::milliseconds;

namespace {

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

template <class Range> Indices all_of(const Range& range) {
    Indices out;
    for (Tensor batch : range)
        for (std::int64_t i : batch.template tolist<std::int64_t>()) out.push_back(i);
    return out;
}

bool comes_true(const std::function<bool()>& condition) {
    for (Stopwatch watch; !condition() && watch.seconds() < 20;) std::this_thread::sleep_for(milliseconds(1));
    return condition();
}

// What a child of fork answers: true where it ends by exit or _exit with 0.
bool child_succeeds(const std::function<void()>& act) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        act();
        _exit(1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

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

TEST_CASE("a pass outlives its loader and a copy or what was moved from is the same pass") {
    for (bool persistent : {false, true}) {
        Acting quick{6, [](std::int64_t) {}};
        auto loader = std::make_unique<DataLoader<Acting>>(
            quick, DataLoaderOptions<Acting>{.num_workers = 2, .persistent_workers = persistent});
        auto it = iter(*loader);
        CHECK(next(it).item() == 0);
        auto other = std::move(*loader);
        CHECK(len(*loader) == 6);
        loader = nullptr;
        auto copy = it;
        auto moved = std::move(it);
        CHECK(next(copy).item() == 1);
        CHECK(next(moved).item() == 2);
        CHECK(next(it).item() == 3);
        CHECK(all_of(other).size() == 6);
    }
}

TEST_CASE("two threads go through one loader at once") {
    Acting quick{50, [](std::int64_t) {}};
    for (std::int64_t workers : {0, 2}) {
        const DataLoader loader(quick, {.shuffle = true, .num_workers = workers, .persistent_workers = workers > 0});
        std::atomic<std::int64_t> sum = 0;
        auto walk = [&] {
            for (int pass = 0; pass < 3; ++pass)
                for (std::int64_t i : all_of(loader)) sum += i;
        };
        std::thread beside(walk);
        walk();
        beside.join();
        CHECK(sum == 6 * 1225);
    }
}

TEST_CASE("a dataset that asks for the batch it makes is told so and one that drops its own pass may") {
    auto holder = std::make_shared<std::optional<Iterator<Tensor>>>();
    Acting asking{3, [holder](std::int64_t) { next(**holder); }};
    *holder = iter(DataLoader(asking));
    CHECK(error_of([&] { next(**holder); }) ==
        "next: ValueError: generator already executing; an item is asked for to make itself");
    *holder = std::nullopt;

    std::atomic<bool> may_drop = false, dropped = false;
    auto own = std::make_shared<std::optional<Iterator<Tensor>>>();
    Acting dropping{3, [&, own](std::int64_t) {
                        while (!may_drop) std::this_thread::sleep_for(milliseconds(1));
                        *own = std::nullopt;
                        dropped = true;
                    }};
    *own = iter(DataLoader(dropping, {.num_workers = 1}));
    may_drop = true;
    CHECK(comes_true([&] { return dropped.load(); }));
}

TEST_CASE("in a child of fork a pass of its parent is an error and one of its own works" * doctest::skip(sanitized)) {
    for (bool persistent : {false, true}) {
        Acting quick{6, [](std::int64_t) { std::this_thread::sleep_for(milliseconds(2)); }};
        DataLoader loader(quick, {.num_workers = 2, .persistent_workers = persistent});
        if (persistent) all_of(loader);
        auto it = std::optional(iter(loader));
        next(*it);
        CHECK(child_succeeds([&] {
            if (error_of([&] { next(*it); }) !=
                "DataLoader: the workers of a pass do not live on in a forked process; let the child start one of its "
                "own")
                _exit(2);
            it = std::nullopt;
            _exit(all_of(loader) == Indices{0, 1, 2, 3, 4, 5} ? 0 : 3);
        }));
        CHECK(child_succeeds([&] {
            if (persistent) it = std::nullopt;
            _exit(all_of(loader).size() == 6 ? 0 : 3);
        }));
        CHECK(next(*it).item() == 1);
    }
}

TEST_CASE("a worker that wakes while the process ends destroys nothing" * doctest::skip(sanitized)) {
    struct Watched {
        ~Watched() { _exit(4); }
    };
    CHECK(child_succeeds([] {
        static std::atomic<bool> ending = false, woken = false;
        std::atexit([] {  // runs after what the loader does at the end
            ending = true;
            while (!woken) std::this_thread::sleep_for(milliseconds(1));
            std::this_thread::sleep_for(milliseconds(20));
            _exit(0);
        });
        {
            auto watched = std::make_shared<Watched>();
            Acting hanging{1, [watched](std::int64_t) {
                               while (!ending) std::this_thread::sleep_for(milliseconds(1));
                               woken = true;
                           }};
            watched = nullptr;
            error_of([&] { all_of(DataLoader(hanging, {.num_workers = 1, .timeout = 0.01})); });
        }
        std::exit(5);
    }));
}
