// Workers that claim chunks of the caller's loop, spin for a moment when there are none left, then sleep. The caller
// claims from the front and they from the back: of arrays that one loop writes and the next one reads, each core finds
// its own part in its cache.
#include "parallel.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#endif

#include "error.h"

namespace taper {
namespace {

int usable_cores() {
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
#endif
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

int default_num_threads() {
    const char* wanted = std::getenv("OMP_NUM_THREADS");
    long n = wanted ? std::strtol(wanted, nullptr, 10) : 0;  // "4,2" means 4, and what is no number counts as unset
    return n > 0 && n <= std::numeric_limits<int>::max() ? static_cast<int>(n) : usable_cores();
}

std::atomic<int>& num_threads() {
    static std::atomic<int> threads = default_num_threads();
    return threads;
}

inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
}

/// Waits for the condition, but not long: sleep comes cheaper than a core taken from somebody who has work.
template <class Condition> bool spin_until(Condition condition) {
    using Clock = std::chrono::steady_clock;
    for (auto start = Clock::now(); Clock::now() - start < std::chrono::microseconds(50);)
        for (int i = 0; i < 32; ++i) {
            if (condition()) return true;
            pause();
        }
    return false;
}

class Pool {
    // A ticket, from high to low: number of the loop, chunks claimed from the front, chunks not yet claimed.
    static constexpr int count_bits = 20;
    static constexpr uint64_t one_from_front = uint64_t{1} << count_bits, one_loop = one_from_front << count_bits;
    static uint32_t unclaimed(uint64_t ticket) { return ticket % one_from_front; }
    static uint32_t from_front(uint64_t ticket) { return ticket / one_from_front % one_from_front; }

 public:
    static constexpr int64_t most_chunks = one_from_front - 1;  // of a loop; longer ones run on the caller's thread

    /// False if another loop has the pool.
    bool try_run(int64_t count, int64_t chunk, uint32_t chunks, int threads, detail::ChunkBody call, void* body);

 private:
    void publish(int64_t count, int64_t chunk, uint32_t chunks, detail::ChunkBody call, void* body);
    enum class End { Front, Back };
    bool work_on_one_chunk(End end);
    void run_chunk(uint32_t index);
    void wait_for_workers();
    void work();
    void employ(int workers);
    void keep_off_this_core();
    bool is_open() const { return unclaimed(ticket_.load()) != 0; }
    bool is_done() const { return done_.load() == chunks_.load(std::memory_order_relaxed); }

    // The loop at hand, read only by who has claimed a chunk of it.
    std::atomic<int64_t> count_ = 0, chunk_ = 0;
    std::atomic<uint32_t> chunks_ = 0;
    std::atomic<detail::ChunkBody> call_ = nullptr;
    std::atomic<void*> body_ = nullptr;

    alignas(64) std::atomic<uint64_t> ticket_ = 0;
    alignas(64) std::atomic<uint32_t> done_ = 0;
    std::atomic<uint32_t> first_failed_ = no_chunk;
    std::exception_ptr failure_;
    std::mutex failure_lock_;

    alignas(64) std::atomic<bool> busy_ = false, caller_sleeps_ = false, closing_ = false;
    std::atomic<int> sleepers_ = 0;
    std::mutex sleep_lock_;
    std::condition_variable work_to_do_, work_done_;
    std::vector<std::thread> workers_;
    int core_ = -1;  // where the caller ran last

    static constexpr uint32_t no_chunk = std::numeric_limits<uint32_t>::max();
};

bool Pool::try_run(int64_t count, int64_t chunk, uint32_t chunks, int threads, detail::ChunkBody call, void* body) {
    if (busy_.exchange(true, std::memory_order_acquire)) return false;
    int workers = static_cast<int>(std::min<int64_t>(threads, chunks)) - 1;
    if (int employed = static_cast<int>(workers_.size()); employed < workers || employed >= threads) employ(workers);
    keep_off_this_core();
    publish(count, chunk, chunks, call, body);
    while (work_on_one_chunk(End::Front)) continue;
    wait_for_workers();
    std::exception_ptr failure = std::exchange(failure_, nullptr);
    busy_.store(false, std::memory_order_release);
    if (failure) std::rethrow_exception(std::move(failure));
    return true;
}

void Pool::publish(int64_t count, int64_t chunk, uint32_t chunks, detail::ChunkBody call, void* body) {
    constexpr auto relaxed = std::memory_order_relaxed;
    count_.store(count, relaxed);
    chunk_.store(chunk, relaxed);
    chunks_.store(chunks, relaxed);
    call_.store(call, relaxed);
    body_.store(body, relaxed);
    done_.store(0, relaxed);
    first_failed_.store(no_chunk, relaxed);
    ticket_.store((ticket_.load(relaxed) / one_loop + 1) * one_loop + chunks);
    if (sleepers_.load() > 0) {
        std::lock_guard hold(sleep_lock_);
        work_to_do_.notify_all();
    }
}

bool Pool::work_on_one_chunk(End end) {
    uint64_t ticket = ticket_.load(std::memory_order_acquire);
    while (unclaimed(ticket) > 0) {
        const uint64_t rest = ticket - 1 + (end == End::Front ? one_from_front : 0);
        const uint32_t index = from_front(ticket) + (end == End::Front ? 0 : unclaimed(rest));
        if (!ticket_.compare_exchange_weak(ticket, rest, std::memory_order_acq_rel)) continue;
        run_chunk(index);
        return true;
    }
    return false;
}

void Pool::run_chunk(uint32_t index) {
    int64_t begin = index * chunk_.load(std::memory_order_relaxed);
    int64_t end = std::min(begin + chunk_.load(std::memory_order_relaxed), count_.load(std::memory_order_relaxed));
    uint32_t chunks = chunks_.load(std::memory_order_relaxed);
    // Only what follows a failure is skipped, so the first that fails never is, and every run throws its exception.
    if (index < first_failed_.load(std::memory_order_relaxed)) try {
            call_.load(std::memory_order_relaxed)(body_.load(std::memory_order_relaxed), begin, end);
        } catch (...) {
            std::lock_guard hold(failure_lock_);
            if (index < first_failed_.load(std::memory_order_relaxed)) {
                first_failed_.store(index, std::memory_order_relaxed);
                failure_ = std::current_exception();
            }
        }
    if (done_.fetch_add(1) + 1 == chunks && caller_sleeps_.load()) {
        std::lock_guard hold(sleep_lock_);
        work_done_.notify_one();
    }
}

void Pool::wait_for_workers() {
    if (is_done() || spin_until([this] { return is_done(); })) return;
    std::unique_lock hold(sleep_lock_);
    caller_sleeps_.store(true);
    work_done_.wait(hold, [this] { return is_done(); });
    caller_sleeps_.store(false);
}

void Pool::work() {
    auto called = [this] { return is_open() || closing_.load(); };
    while (!closing_.load()) {
        while (work_on_one_chunk(End::Back)) continue;
        if (spin_until(called)) continue;
        std::unique_lock hold(sleep_lock_);
        ++sleepers_;
        work_to_do_.wait(hold, called);
        --sleepers_;
    }
}

/// Only as many threads as a loop has had use for. What the system refuses to start, the others do.
void Pool::employ(int workers) {
    if (static_cast<int>(workers_.size()) > workers) {
        closing_.store(true);
        {
            std::lock_guard hold(sleep_lock_);
            work_to_do_.notify_all();
        }
        for (std::thread& worker : workers_) worker.join();
        workers_.clear();
        closing_.store(false);
    }
    try {
        while (static_cast<int>(workers_.size()) < workers) workers_.emplace_back(&Pool::work, this);
    } catch (const std::system_error&) {
    }
    core_ = -1;
}

/// A woken worker is put on the core of whoever woke it, which is taken; so the workers are kept off that core.
void Pool::keep_off_this_core() {
#ifdef __linux__
    int core = sched_getcpu();
    if (core == core_) return;
    core_ = core;
    cpu_set_t others;
    if (core < 0 || core >= CPU_SETSIZE || sched_getaffinity(0, sizeof others, &others) != 0) return;
    CPU_CLR(core, &others);
    if (CPU_COUNT(&others) == 0) return;
    for (std::thread& worker : workers_) pthread_setaffinity_np(worker.native_handle(), sizeof others, &others);
#endif
}

// Never destroyed: workers sleep in it while the process ends. A forked child has no workers, and starts a pool anew.
std::atomic<Pool*> the_pool = nullptr;

Pool& pool() {
    if (Pool* made = the_pool.load(std::memory_order_acquire)) return *made;
    static std::mutex making;
    std::lock_guard hold(making);
    if (Pool* made = the_pool.load(std::memory_order_acquire)) return *made;
#ifdef __linux__
    static const int registered = pthread_atfork(nullptr, nullptr, [] { the_pool.store(nullptr); });
    static_cast<void>(registered);
#endif
    the_pool.store(new Pool, std::memory_order_release);
    return *the_pool.load(std::memory_order_acquire);
}

}  // namespace

int get_num_threads() { return num_threads().load(std::memory_order_relaxed); }

void set_num_threads(int n) {
    check(n >= 1, "set_num_threads: set_num_threads expects a positive integer, got {}", n);
    num_threads().store(n, std::memory_order_relaxed);
}

static constinit thread_local bool works_alone = false;

WorkAlone::WorkAlone() : before_(std::exchange(works_alone, true)) {}
WorkAlone::~WorkAlone() { works_alone = before_; }

void detail::run_chunks(int64_t count, int64_t chunk, ChunkBody call, void* body) {
    int64_t chunks = (count - 1) / chunk + 1;
    int threads = works_alone ? 1 : get_num_threads();
    if (threads > 1 && chunks <= Pool::most_chunks &&
        pool().try_run(count, chunk, static_cast<uint32_t>(chunks), threads, call, body))
        return;
    for (int64_t begin = 0; begin < count; begin += chunk) call(body, begin, begin + std::min(chunk, count - begin));
}

}  // namespace taper
