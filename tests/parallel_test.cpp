// The pool: which chunks there are, who runs them, and what becomes of exceptions.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <taper/tensor/base/error.h>
#include <taper/tensor/base/parallel.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#ifdef __SANITIZE_THREAD__
#define UNDER_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_THREAD_SANITIZER
#endif
#endif

using namespace taper;

namespace {

/// Runs a test with a number of threads of its own.
struct Threads {
    explicit Threads(int n) { set_num_threads(n); }
    ~Threads() { set_num_threads(before); }
    int before = get_num_threads();
};

std::vector<int> visits(int64_t count, int64_t chunk) {
    std::vector<int> seen(count);
    parallel_for(count, chunk, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) ++seen[i];
    });
    return seen;
}

/// Two chunks that wait for each other: this returns 2 if each has a thread, or never.
int meeting() {
    std::atomic<int> arrived = 0;
    parallel_for(2, 1, [&](int64_t, int64_t) {
        ++arrived;
        while (arrived < 2) std::this_thread::yield();
    });
    return arrived;
}

}  // namespace

TEST_CASE("the chunks of a parallel loop are cut at the multiples of the chunk for any number of threads") {
    for (int n : {1, 2, 3, 8}) {
        Threads threads(n);
        std::vector<int64_t> ends(7);
        parallel_for(100, 16, [&](int64_t begin, int64_t end) { ends.at(begin / 16) = begin % 16 == 0 ? end : -1; });
        CHECK(ends == std::vector<int64_t>{16, 32, 48, 64, 80, 96, 100});
    }
}

TEST_CASE("a parallel loop visits every element once loop after loop for any number of threads") {
    for (int n : {1, 2, 3, 8}) {
        Threads threads(n);
        for (int64_t count = 1; count < 600; ++count) REQUIRE(visits(count, 7) == std::vector<int>(count, 1));
    }
}

TEST_CASE("a parallel loop over one chunk or none wakes no thread") {
    Threads threads(3);
    std::vector<int64_t> called;
    auto note = [&](int64_t begin, int64_t end) { called.insert(called.end(), {begin, end}); };
    parallel_for(0, 16, note);
    parallel_for(-1, 16, note);
    CHECK(called.empty());
    parallel_for(16, 16, note);
    CHECK(called == std::vector<int64_t>{0, 16});
}

TEST_CASE("two chunks that wait for each other get a thread each") {
    Threads threads(2);
    CHECK(meeting() == 2);
}

TEST_CASE("a parallel loop inside a chunk runs on the thread of that chunk") {
    Threads threads(3);
    std::vector<std::set<std::thread::id>> inner(6);
    std::vector<std::thread::id> outer(6);
    parallel_for(6, 1, [&](int64_t i, int64_t) {
        outer[i] = std::this_thread::get_id();
        parallel_for(100, 10, [&, i](int64_t, int64_t) { inner[i].insert(std::this_thread::get_id()); });
    });
    for (int i = 0; i < 6; ++i) CHECK(inner[i] == std::set{outer[i]});
}

TEST_CASE("loops of several threads at once do not disturb each other") {
    Threads threads(3);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller)
        callers.emplace_back([&] {
            for (int loop = 0; loop < 300; ++loop) wrong += visits(200 + loop, 9) != std::vector<int>(200 + loop, 1);
        });
    for (std::thread& caller : callers) caller.join();
    CHECK(wrong == 0);
}

TEST_CASE("a parallel loop throws what the first failing chunk threw on whatever thread and the pool lives on") {
    for (int n : {1, 2, 3}) {
        Threads threads(n);
        for (int repeat = 0; repeat < 50; ++repeat) {
            std::string caught;
            try {
                parallel_for(64, 1, [](int64_t i, int64_t) {
                    if (i >= 5) throw std::runtime_error("chunk " + std::to_string(i));
                });
            } catch (const std::runtime_error& error) {
                caught = error.what();
            }
            REQUIRE(caught == "chunk 5");
            REQUIRE(visits(100, 3) == std::vector<int>(100, 1));
        }
    }
}

TEST_CASE("the number of threads can change between loops and is at least one") {
    Threads threads(2);
    for (int n : {4, 1, 3, 2, 5}) {
        set_num_threads(n);
        CHECK(get_num_threads() == n);
        CHECK(visits(1000, 10) == std::vector<int>(1000, 1));
    }
    CHECK_THROWS_WITH_AS(set_num_threads(0), doctest::Contains("set_num_threads expects a positive integer"), Error);
    CHECK(get_num_threads() == 5);
}

TEST_CASE("a forked child has threads of its own") {
#ifdef UNDER_THREAD_SANITIZER
    MESSAGE("skipped: the thread sanitizer lets no forked child start threads");
    return;
#endif
    Threads threads(3);
    meeting();
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        _exit(meeting() == 2 ? 0 : 1);
    }
    REQUIRE(child > 0);
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
