#include "workers.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <exception>
#include <limits>
#include <system_error>

#include "../tensor/base/parallel.h"
#include "../tensor/recording.h"
#include "../tensor/storage.h"
#include "exit_gate.h"
#include "worker_info.h"

namespace taper {
namespace {

using Clock = std::chrono::steady_clock;

// How many forks lie between the first process and this one.
std::atomic<int> forks = 0;
int forks_so_far() {
    static const int registered = pthread_atfork(nullptr, nullptr, [] { ++forks; });
    static_cast<void>(registered);
    return forks;
}

// When a batch that was begun then has taken too long.
Clock::time_point deadline(Clock::time_point begun, double timeout) {
    const bool never = timeout == 0 || timeout > 1e8;  // three years; a clock does not count much further
    return never ? Clock::time_point::max()
                 : begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout));
}

// False when the time has come first.
template <class Condition> bool wait_until(
    std::condition_variable& changed, std::unique_lock<std::mutex>& lock, Clock::time_point time, Condition holds) {
    if (time != Clock::time_point::max()) return changed.wait_until(lock, time, holds);
    changed.wait(lock, holds);
    return true;
}

// A batch on its way.
struct Task {
    std::vector<std::int64_t> indices;
    std::size_t pass;
    Batches::Batch batch = {};
    std::exception_ptr failure = {};
    bool is_wanted = true;  // false: it is made for what it draws
};

// Work on this thread is as on a worker's: it records history if the pass was begun so, and hands its batches over.
class AsWorker {
 public:
    AsWorker(bool records, const WorkerInfo& info) {
        autograd::set_grad_enabled(records);
        detail::this_worker = &info;
    }
    ~AsWorker() {
        in_inference_mode = inference_;
        autograd::set_grad_enabled(records_);
        detail::this_worker = before_;
    }
    AsWorker(const AsWorker&) = delete;
    AsWorker& operator=(const AsWorker&) = delete;

 private:
    const bool inference_ = std::exchange(in_inference_mode, false), records_ = autograd::is_grad_enabled();
    const WorkerInfo* const before_ = detail::this_worker;
};

}  // namespace

WorkerStreams::WorkerStreams(std::int64_t base_seed, const std::vector<std::vector<std::uint8_t>>& states)
    : base_seed_(base_seed) {
    for (const auto& state : states) made_.emplace_back().set_state_bytes(state);
}
std::vector<std::vector<std::uint8_t>> WorkerStreams::states() {
    std::lock_guard lock(mutex_);
    std::vector<std::vector<std::uint8_t>> states;
    for (const Generator& stream : made_) states.push_back(stream.state_bytes());
    return states;
}
Generator WorkerStreams::operator[](std::size_t worker) {
    std::lock_guard lock(mutex_);
    while (made_.size() <= worker)
        made_.push_back(Generator().manual_seed(static_cast<std::uint64_t>(base_seed_) + made_.size()));
    return made_[worker];
}

struct Workers::Worker {
    WorkerInfo info;
    Generator stream;
    std::shared_ptr<Fetcher> fetcher;
    std::deque<Task> tasks = {};  // first those that are made
    std::size_t made = 0;
    bool is_new = true;
    bool busy = false;  // one of its batches is being made, by whom ever
    Clock::time_point begun = {};
    std::exception_ptr init_failure = {};
    bool abandoned = false;  // its thread was left behind
    std::condition_variable work_to_do = {};
};

struct Workers::State {
    const double timeout;
    const WorkerInit init;
    const FetcherMaker fetcher;
    // As in a process that was forked where the workers were asked for.
    const bool records = autograd::is_grad_enabled();

    std::mutex mutex;
    std::deque<Worker> workers;
    bool left = false, closing = false;
    double seconds = std::numeric_limits<double>::infinity();  // that a batch has taken of late
    std::condition_variable work_done;

    State(const LoaderSettings& settings, FetcherMaker fetcher)
        : timeout(settings.timeout), init(settings.worker_init_fn), fetcher(std::move(fetcher)) {}

    bool is_made_by_consumer() const {
        static const int cores = static_cast<int>(std::thread::hardware_concurrency());
        const bool must_be_a_thread = timeout > 0 || init;
        return !must_be_a_thread && seconds < 1e-4 && get_num_threads() >= cores;
    }
    static bool has_work(const Worker& worker) { return worker.tasks.size() > worker.made && !worker.busy; }

    // The worker's next batch; the lock is open meanwhile.
    void make(std::unique_lock<std::mutex>& lock, Worker& worker);
    void run(Worker& worker, Task& task) const;
};

void Workers::State::make(std::unique_lock<std::mutex>& lock, Worker& worker) {
    Task& task = worker.tasks[worker.made];
    const auto start = worker.begun = Clock::now();
    worker.busy = true;
    lock.unlock();
    try {
        UseGenerator draws(worker.stream);
        run(worker, task);
    } catch (...) {
        task.failure = std::current_exception();
    }
    if (!task.is_wanted) task.batch = nullptr, task.failure = nullptr;
    const double taken = std::chrono::duration<double>(Clock::now() - start).count();
    lock.lock();
    seconds = worker.is_new ? taken : (3 * seconds + taken) / 4;
    worker.is_new = worker.busy = false;
    if (task.is_wanted)
        ++worker.made;
    else
        worker.tasks.pop_front();
    work_done.notify_one();
}

void Workers::State::run(Worker& worker, Task& task) const {
    if (worker.is_new && init) try {
            init(worker.info.id);
        } catch (...) {
            worker.init_failure = std::current_exception();
        }
    if (worker.init_failure) std::rethrow_exception(worker.init_failure);
    task.batch = worker.fetcher->fetch(task.indices, task.pass);
}

Workers::Workers(const LoaderSettings& settings, FetcherMaker fetcher, std::shared_ptr<WorkerStreams> streams)
    : state_(std::make_shared<State>(settings, std::move(fetcher))),
      streams_(std::move(streams)),
      count_(settings.num_workers),
      ahead_(count_ * settings.prefetch_factor),
      forks_(forks_so_far()) {}

Workers::~Workers() {
    if (is_foreign()) {  // nobody is there to be waited for, and any lock may be held by who is not
        static auto& lost = *new std::vector<std::pair<std::shared_ptr<State>, std::vector<std::thread>>>;
        lost.emplace_back(std::move(state_), std::move(threads_));
        return;
    }
    if (!leave()) std::atexit(ExitGate::close);  // each time, to come before what is destroyed at the end and new since
    {
        std::lock_guard lock(state_->mutex);
        state_->closing = true;
        for (Worker& worker : state_->workers) {
            worker.abandoned = worker.busy;
            worker.work_to_do.notify_one();
        }
    }
    for (std::size_t w = 0; w < threads_.size(); ++w)
        if (state_->workers[w].abandoned)
            threads_[w].detach();
        else
            threads_[w].join();
}

bool Workers::is_foreign() const { return forks_ != forks; }

Workers::Worker& Workers::worker_of(std::size_t number) { return state_->workers[number % count_]; }

// A worker and its thread are there from its first batch on.
void Workers::put(std::vector<std::int64_t> indices) {
    State& state = *state_;
    const std::size_t w = put_ % count_;
    const std::shared_ptr<Fetcher> fetcher = w == threads_.size() ? state.fetcher(true) : nullptr;
    std::lock_guard lock(state.mutex);
    if (fetcher) {
        Worker& worker =
            state.workers.emplace_back(WorkerInfo(static_cast<std::int64_t>(w), static_cast<std::int64_t>(count_),
                                           streams_->seed_of(w), fetcher->dataset, fetcher->type),
                (*streams_)[w], fetcher);
        try {
            threads_.emplace_back(work, state_, std::ref(worker));
        } catch (const std::system_error& error) {
            state.workers.pop_back();
            fail("DataLoader: of {} workers, only {} can be started: {}", count_, threads_.size(), error.what());
        }
    }
    Worker& worker = worker_of(put_++);
    worker.tasks.push_back({.indices = std::move(indices), .pass = pass_});
    if (!state.is_made_by_consumer()) worker.work_to_do.notify_one();
}

Workers::Made Workers::take() {
    State& state = *state_;
    check(!is_foreign(),
        "DataLoader: the workers of a pass do not live on in a forked process; let the child start one of its own");
    std::unique_lock lock(state.mutex);
    Worker& worker = worker_of(taken_);
    auto is_made = [&] { return worker.made > 0; };
    while (!is_made() && !worker.busy && state.is_made_by_consumer()) {
        AsWorker here(state.records, worker.info);
        state.make(lock, worker);
    }
    if (!is_made() && !worker.busy) worker.work_to_do.notify_one();  // it may have been left asleep
    check(wait_until(state.work_done, lock, deadline(Clock::now(), state.timeout), is_made),
        "DataLoader: DataLoader timed out after {} seconds", state.timeout);
    Task task = std::move(worker.tasks.front());
    worker.tasks.pop_front();
    --worker.made;
    ++taken_;
    return {std::move(task.batch), std::move(task.failure)};
}

bool Workers::leave() {
    if (is_foreign()) return false;
    State& state = *state_;
    std::unique_lock lock(state.mutex);
    state.left = true;
    bool all = true;
    for (std::size_t w = 0; w < threads_.size(); ++w) {
        Worker& worker = state.workers[w];
        const bool is_this = threads_[w].get_id() == std::this_thread::get_id();  // a dataset that holds the pass
        all &= !is_this &&
            wait_until(state.work_done, lock, deadline(worker.begun, state.timeout), [&] { return !worker.busy; });
    }
    return all;
}

void Workers::resume() {
    std::lock_guard lock(state_->mutex);
    put_ = taken_ = 0;
    ++pass_;
    state_->left = false;
    for (Worker& worker : state_->workers) {
        worker.tasks.erase(worker.tasks.begin(), worker.tasks.begin() + static_cast<std::ptrdiff_t>(worker.made));
        worker.made = 0;
        for (Task& task : worker.tasks) task.is_wanted = false;
        if (!worker.tasks.empty()) worker.work_to_do.notify_one();
    }
}

void Workers::work(std::shared_ptr<State> state, Worker& worker) {
    WorkAlone alone;
    AsWorker as_worker(state->records, worker.info);
    bool abandoned = false;
    for (std::unique_lock lock(state->mutex);;) {
        worker.work_to_do.wait(lock, [&] { return state->closing || (!state->left && State::has_work(worker)); });
        abandoned = worker.abandoned;
        if (state->closing) break;
        state->make(lock, worker);
    }
    if (abandoned) ExitGate::only().pass(std::move(state));
}

}  // namespace taper
