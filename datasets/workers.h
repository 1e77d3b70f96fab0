// The threads that make a loader's batches ahead of time.
#pragma once

#include <mutex>
#include <thread>

#include "batches.h"

namespace taper {

/// The random streams of workers 0, 1, 2 and so on, seeded as PyTorch seeds its workers.
class WorkerStreams {
 public:
    explicit WorkerStreams(std::int64_t base_seed) : base_seed_(base_seed) {}
    /// Those that were in these states.
    WorkerStreams(std::int64_t base_seed, const std::vector<std::vector<std::uint8_t>>& states);
    std::vector<std::vector<std::uint8_t>> states();
    Generator operator[](std::size_t worker);
    std::int64_t seed_of(std::size_t worker) const { return base_seed_ + static_cast<std::int64_t>(worker); }

 private:
    const std::int64_t base_seed_;
    std::mutex mutex_;
    std::vector<Generator> made_;
};

/// Threads of which each makes every n-th batch of a pass, in order and with its own stream, so that what is drawn does
/// not depend on time. The consumer puts indices in and takes batches out, in order. Where the training takes all
/// cores, and a batch less time than to hand it from core to core, the consumer makes it in the worker's place. One
/// pass at a time.
class Workers {
 public:
    Workers(const LoaderSettings& settings, FetcherMaker fetcher, std::shared_ptr<WorkerStreams> streams);
    /// Ends the threads after the batches at work. A thread that is stuck, which is one whose batch takes longer than
    /// the timeout, is left behind with what it needs.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    bool has_room() const { return put_ - taken_ < ahead_; }
    bool is_empty() const { return put_ == taken_; }
    void put(std::vector<std::int64_t> indices);
    /// The oldest batch, once it is made. What its samples threw is thrown by `rethrow`, after more was put in.
    struct Made {
        Batches::Batch batch;
        std::exception_ptr failure;
    };
    Made take();

    /// Begins no further batch, and waits for those at work. False if a thread is stuck.
    bool leave();
    /// Starts the next pass, before whose batches the threads make those of the last that were put in and not begun:
    /// as PyTorch's do, so that they draw the same numbers.
    void resume();
    /// Whether the threads are those of another process, of which this one is a fork.
    bool is_foreign() const;

 private:
    struct State;
    struct Worker;
    static void work(std::shared_ptr<State> state, Worker& worker);
    Worker& worker_of(std::size_t number);

    std::shared_ptr<State> state_;  // the threads' too
    std::shared_ptr<WorkerStreams> streams_;
    std::vector<std::thread> threads_;
    const std::size_t count_, ahead_;
    std::size_t put_ = 0, taken_ = 0;  // in this pass
    std::size_t pass_ = 0;
    const int forks_;  // there had been when it was made
};

}  // namespace taper
