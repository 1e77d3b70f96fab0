// Loaders that are made, gone through in part, thrown out of, timed out, left and destroyed, in a mixture drawn from a
// fixed seed. TAPER_LOADER_CYCLES says how many; the sanitizers see more of them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <taper/taper.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>
#include <thread>

using namespace taper;

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::atomic<std::int64_t> alive = 0;  // of what datasets hold

struct Held {
    std::vector<int> numbers = std::vector<int>(100, 5);
    Held() { ++alive; }
    ~Held() { --alive; }
};

enum class Fault { None, Throws, Slow, Hangs };

// A sample is its own index, but for one of them, with which there is something wrong.
struct Faulty {
    std::int64_t n, where;
    Fault fault;
    std::shared_ptr<std::atomic<bool>> may_go_on;
    std::shared_ptr<Held> held = std::make_shared<Held>();

    std::int64_t size() const { return n; }
    Tensor get(std::int64_t index) const {
        if (index == where) go_wrong();
        check(held->numbers[static_cast<std::size_t>(index)] == 5, "Faulty: the dataset is gone");
        return full({2}, index, {.dtype = int64});
    }
    void go_wrong() const {
        check(fault != Fault::Throws, "Faulty: sample {} is damaged", where);
        if (fault == Fault::Slow) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        while (fault == Fault::Hangs && !*may_go_on) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
};

struct Left {};

struct Cycles {
    std::mt19937 draw{20230217};
    std::vector<std::shared_ptr<std::atomic<bool>>> stuck = {};
    std::atomic<int> whole = 0, left = 0, damaged = 0, timed_out = 0;

    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(n)); }

    // A pass, of which `most` batches are taken.
    void go_through(const DataLoader<Faulty>& loader, std::int64_t most, bool throws) {
        std::int64_t sum = 0;
        try {
            for (auto [i, batch] : enumerate(loader)) {
                if (i == most) {
                    ++left;
                    if (throws) throw Left();
                    return;
                }
                sum += batch.sum().item<std::int64_t>();
            }
            ++whole;
            const std::int64_t n = len(loader.dataset());
            check(sum == n * (n - 1), "the samples of a pass sum up to {}", sum);
        } catch (const Left&) {
        } catch (const Error& error) {
            const std::string_view what = error.what();
            if (what.starts_with("Faulty: sample"))
                ++damaged;
            else if (what.starts_with("DataLoader: DataLoader timed out"))
                ++timed_out;
            else
                throw;
        }
    }

    DataLoader<Faulty> make() {
        const std::int64_t n = 1 + below(12), workers = below(5);
        const Fault fault = static_cast<Fault>(below(workers > 0 ? 4 : 3));
        double timeout = workers > 0 && below(2) ? HUGE_VAL : 0;
        if (fault == Fault::Hangs || (workers > 0 && below(8) == 0)) timeout = .003;
        auto gate = std::make_shared<std::atomic<bool>>(false);
        if (fault == Fault::Hangs) stuck.push_back(gate);
        auto init = [](std::int64_t) {};
        return DataLoader(Faulty{n, below(n), fault, gate},
            {.batch_size = 1 + below(3),
                .shuffle = below(2) == 0,
                .num_workers = workers,
                .timeout = timeout,
                .worker_init_fn = below(3) ? WorkerInit() : WorkerInit(init),
                .prefetch_factor = workers > 0 ? 1 + below(4) : 2,
                .persistent_workers = workers > 0 && below(2) == 0});
    }

    void one() {
        auto loader = std::make_unique<DataLoader<Faulty>>(make());
        const std::int64_t what = below(6), most = below(8);
        if (what == 0) {  // a pass that outlives its loader
            auto it = iter(*loader);
            auto copy = it;
            loader = nullptr;
            return;
        }
        if (what == 1) {  // two at once
            std::thread beside([&] { go_through(*loader, most, false); });
            go_through(*loader, 100, false);
            beside.join();
        } else if (what == 2) {  // one within another
            try {
                for (Tensor outer : *loader) go_through(*loader, most, true);
            } catch (const Error&) {
            }
        } else {
            for (std::int64_t pass = 0; pass < what - 2; ++pass) go_through(*loader, most, pass % 2 == 0);
        }
        if (below(4) == 0) let_go();
    }

    void let_go() {
        for (auto& gate : stuck) *gate = true;
        stuck.clear();
    }
};

// Ends the tests where something hangs.
struct Watchdog {
    std::atomic<int> cycle = 0;
    std::atomic<bool> done = false;
    std::thread thread{[this] {
        for (int last = -1, same = 0; !done; std::this_thread::sleep_for(std::chrono::milliseconds(10))) {
            same = last == cycle ? same + 1 : 0;
            last = cycle;
            if (same < 6000) continue;
            fmt::print(stderr, "cycle {} hangs\n", last);
            std::abort();
        }
    }};
    ~Watchdog() {
        done = true;
        thread.join();
    }
};

}  // namespace

TEST_CASE("workers survive cycles of making and leaving and throwing and timing out and destroying") {
    const char* wanted = std::getenv("TAPER_LOADER_CYCLES");
    const int number = wanted ? std::atoi(wanted) : 300;
    auto said = set_warning_handler([](const std::string&) {});
    const std::int64_t before = memory_stats().in_use;
    const auto start = Clock::now();
    double longest = 0;
    {
        Cycles cycles;
        Watchdog watchdog;
        for (; watchdog.cycle < number; ++watchdog.cycle) {
            CAPTURE(watchdog.cycle.load());
            const auto begun = Clock::now();
            CHECK_NOTHROW(cycles.one());
            longest = std::max(longest, seconds_since(begun));
        }
        cycles.let_go();
        while (alive > 0 && seconds_since(start) < 3600) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        MESSAGE(
            fmt::format("{} cycles in {:.1f} s, the longest {:.3f} s: {} whole passes, {} left, {} with a damaged "
                        "sample, {} timed out",
                number, seconds_since(start), longest, cycles.whole.load(), cycles.left.load(), cycles.damaged.load(),
                cycles.timed_out.load()));
        CHECK(cycles.timed_out > 0);
        CHECK(cycles.damaged > 0);
        CHECK(cycles.left > 0);
        CHECK(cycles.whole > 0);
    }
    CHECK(alive == 0);
    CHECK(memory_stats().in_use - before <= 1 << 24);
    set_warning_handler(said);
}
