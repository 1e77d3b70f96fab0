// Sizes that come from outside: what cannot be counted, or cannot be had, is refused, and nothing is the worse for it.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <taper/taper.h>
#include <taper/tensor/base/memory.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "error_of.h"
#include "sanitized.h"

namespace torch = taper;
using torch::Tensor;

namespace {

bool says(const std::string& text, const std::string& words) {
    CAPTURE(text);
    return text.find(words) != std::string::npos;
}
constexpr std::int64_t large = std::int64_t(1) << 40;
const std::string overflow = "numel: integer multiplication overflow";

}  // namespace

TEST_CASE("more memory than there are addresses is refused and not counted") {
    const auto before = torch::memory_stats();
    CHECK(says(error_of([] { torch::empty({std::int64_t(1) << 47}); }),
        "allocate: DefaultCPUAllocator: can't allocate memory: you tried to allocate 562949953421312 bytes"));
    const Tensor column = torch::zeros({1 << 24, 1}), row = torch::zeros({1 << 23});
    CHECK(says(error_of([&] { column + row; }), "can't allocate memory: you tried to allocate 562949953421312 bytes"));
    CHECK(says(error_of([] { torch::empty({large, large}); }), "would need more memory than there are addresses"));
    const auto after = torch::memory_stats();
    CHECK(after.in_use <= before.in_use + column.nbytes() + row.nbytes() + (1 << 20));
}

TEST_CASE("a number of elements that cannot be counted is refused") {
    const Tensor x = torch::zeros(10);
    CHECK(says(error_of([&] {
        x.as_strided({std::int64_t(1) << 32, std::int64_t(1) << 32}, {1, 1});
    }),
        "are out of bounds for storage of size 40"));
    CHECK(says(error_of([&] { x.as_strided({large, large}, {large, large}); }), "more bytes than can be counted"));
    CHECK(says(error_of([&] { x.as_strided({large, large}, {0, 0}); }), overflow));
    CHECK(says(error_of([&] { x[0].expand(large, large); }), overflow));
    CHECK(says(error_of([&] { x.repeat(large, large); }), overflow));
    CHECK(says(error_of([&] { x.repeat({std::int64_t(1) << 62}); }), overflow));
    CHECK(says(error_of([&] { x.tile({std::int64_t(1) << 62}); }), overflow));
    CHECK(says(error_of([&] { torch::zeros({0}).view({std::int64_t(1) << 32, std::int64_t(1) << 32}); }), overflow));
    CHECK(says(error_of([&] { torch::zeros({0}).reshape({std::int64_t(1) << 32, std::int64_t(1) << 32}); }), overflow));
    CHECK(says(error_of([&] { x[0].expand(large, 1) + x[0].expand(1, large); }), overflow));
    CHECK(says(error_of([] { torch::repeat_interleave(torch::full({4}, std::int64_t(1) << 62)); }), overflow));
    CHECK(x[0].expand(large, 0).numel() == 0);
}

#ifdef __linux__
namespace {

// Whether a child of fork comes to 0 with this work.
template <class F> bool done_by_a_child(F work) {
    const pid_t child = fork();
    if (child == 0) _exit(work() ? 0 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("what is kept for later is given back before an allocation fails") {
    if (sanitized) {
        MESSAGE("skipped: sanitizers keep memory of their own");
        return;
    }
    CHECK(done_by_a_child([] {
        torch::release(torch::allocate(200 << 20), 200 << 20);
        rlimit limit{};
        std::int64_t pages = 0;
        if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
            if (std::fscanf(statm, "%ld", &pages) != 1) return false;
            std::fclose(statm);
        }
        limit.rlim_cur = limit.rlim_max = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE) + (100 << 20));
        if (setrlimit(RLIMIT_AS, &limit) != 0) return false;
        try {
            torch::release(torch::allocate(250 << 20), 250 << 20);
            torch::allocate(std::size_t(2) << 30);
        } catch (const torch::Error&) {
            return torch::memory_stats().in_use < (1 << 30);
        }
        return false;
    }));
}

TEST_CASE("a child of fork can allocate whatever the other threads were doing") {
    if (sanitized) {
        MESSAGE("skipped: sanitizers keep memory of their own");
        return;
    }
    std::atomic<bool> stop = false;
    std::thread busy([&] {
        while (!stop) torch::release(torch::allocate(5 << 20), 5 << 20);
    });
    for (int i = 0; i < 50; ++i)
        CHECK(done_by_a_child([] {
            alarm(20);
            for (int k = 0; k < 100; ++k) torch::release(torch::allocate(5 << 20), 5 << 20);
            return true;
        }));
    stop = true;
    busy.join();
}
#endif
