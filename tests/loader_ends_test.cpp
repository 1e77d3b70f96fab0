// How passes end: after their loader, from two threads, within themselves, in a child of fork, with the process.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "acting.h"
#include "error_of.h"
#include "sanitized.h"

using namespace acting;

// What a child of fork answers: true where it ends by exit or _exit with 0.
static bool child_succeeds(const std::function<void()>& act) {
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
