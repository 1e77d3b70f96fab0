#include "batches.h"

#include <sched.h>

#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>

#include "../tensor/parallel.h"
#include "../tensor/storage.h"
#include "../tensor/warning.h"

namespace taper {
namespace {

using Indices = std::vector<std::int64_t>;

// A batch on its way.
struct Task {
    Indices indices = {};
    Batches::Batch batch = {};
    std::exception_ptr failure = {};
    bool done = false;
};

// Threads that make batches in a ring of tasks. The batches w, w + n, w + 2n and so on are worker w's, and are made in
// this order with its stream, so that what is drawn does not depend on time. The consumer puts indices in and takes
// batches out, in order. Where the training takes all cores, and a batch less time than to hand it from core to core,
// the consumer makes it in the worker's place.
class Workers {
 public:
    Workers(const LoaderSettings& options, Batches::Fetch fetch, const std::vector<Generator>& streams)
        : options_(options),
          fetch_(std::move(fetch)),
          ring_(options.num_workers * options.prefetch_factor),
          workers_(streams.size()) {
        for (std::size_t w = 0; w < streams.size(); ++w) workers_[w].stream = streams[w], workers_[w].next = w;
        try {
            for (Worker& worker : workers_)
                threads_.emplace_back([this, &worker](std::stop_token stop) { work(stop, worker); });
        } catch (const std::system_error& error) {
            fail(
                "DataLoader: of {} workers, only {} can be started: {}", streams.size(), threads_.size(), error.what());
        }
    }

    bool has_room() const { return put_ - taken_ < ring_.size(); }
    bool is_empty() const { return put_ == taken_; }

    void put(Indices indices) {
        ring_[put_ % ring_.size()] = {.indices = std::move(indices)};
        std::lock_guard lock(mutex_);
        Worker& worker = worker_of(put_++);
        if (!is_made_by_consumer()) worker.work_to_do.notify_one();
    }

    // The oldest task, once it is done.
    Task take() {
        Task& task = ring_[taken_ % ring_.size()];
        std::unique_lock lock(mutex_);
        auto is_done = [&] { return task.done; };
        Worker& worker = worker_of(taken_);
        if (!is_done() && worker.next == taken_) {
            if (is_made_by_consumer()) {
                const bool inference = std::exchange(in_inference_mode, false);  // as on the worker's thread
                make(lock, worker);
                in_inference_mode = inference;
            } else
                worker.work_to_do.notify_one();  // it may have been left asleep
        }
        if (options_.timeout > 0)
            check(work_done_.wait_for(lock, std::chrono::duration<double>(options_.timeout), is_done),
                "DataLoader: DataLoader timed out after {} seconds", options_.timeout);
        else
            work_done_.wait(lock, is_done);
        ++taken_;
        return std::move(task);
    }

 private:
    struct Worker {
        Generator stream;
        std::size_t next;   // to be made
        bool busy = false;  // one of its batches is being made, by whom ever
        std::condition_variable_any work_to_do;
    };
    Worker& worker_of(std::size_t number) { return workers_[number % workers_.size()]; }

    bool is_made_by_consumer() const {
        static const int cores = static_cast<int>(std::thread::hardware_concurrency());
        const bool must_be_a_thread = options_.timeout > 0 || options_.worker_init_fn;
        return !must_be_a_thread && seconds_ < 1e-4 && get_num_threads() >= cores;
    }

    void work(std::stop_token stop, Worker& worker) {
        WorkAlone alone;
        for (std::unique_lock lock(mutex_);;) {
            if (!worker.work_to_do.wait(lock, stop, [&] { return put_ > worker.next && !worker.busy; })) return;
            make(lock, worker);
        }
    }

    // The worker's next batch; the lock is open meanwhile.
    void make(std::unique_lock<std::mutex>& lock, Worker& worker) {
        using Clock = std::chrono::steady_clock;
        const std::size_t number = std::exchange(worker.next, worker.next + workers_.size());
        const bool is_first = number < workers_.size();
        Task& task = ring_[number % ring_.size()];
        worker.busy = true;
        lock.unlock();
        const auto start = Clock::now();
        try {
            UseGenerator draws(worker.stream);
            if (is_first && options_.worker_init_fn) options_.worker_init_fn(static_cast<std::int64_t>(number));
            task.batch = fetch_(task.indices);
        } catch (...) {
            task.failure = std::current_exception();
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        lock.lock();
        seconds_ = is_first ? seconds : (3 * seconds_ + seconds) / 4;
        worker.busy = false;
        task.done = true;
        work_done_.notify_one();
    }

    const LoaderSettings options_;
    const Batches::Fetch fetch_;
    std::vector<Task> ring_;
    std::vector<Worker> workers_;
    std::size_t put_ = 0, taken_ = 0;
    double seconds_ = std::numeric_limits<double>::infinity();  // that a batch has taken of late
    std::mutex mutex_;
    std::condition_variable work_done_;
    std::vector<std::jthread> threads_;  // last, so that they have ended before the rest goes
};

// One batch at a time, made when it is asked for.
std::function<Batches::Batch()> made_here(Iterator<Indices> order, Batches::Fetch fetch) {
    return [order, fetch]() mutable -> Batches::Batch {
        if (order == std::default_sentinel) return nullptr;
        return fetch(next(order));
    };
}

// Batches made ahead by workers. The order is drawn here, on the consumer's thread, one batch for each that is taken.
std::function<Batches::Batch()> made_ahead(Iterator<Indices> order, std::shared_ptr<Workers> workers) {
    auto put_more = [order, workers]() mutable {
        if (order != std::default_sentinel) workers->put(next(order));
    };
    while (workers->has_room() && order != std::default_sentinel) put_more();
    return [put_more, workers]() mutable -> Batches::Batch {
        if (workers->is_empty()) return nullptr;
        Task task = workers->take();
        put_more();
        if (task.failure) std::rethrow_exception(std::move(task.failure));
        return std::move(task.batch);
    };
}

void check_options(const LoaderSettings& options) {
    check(options.num_workers >= 0,
        "DataLoader: num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
    check(options.timeout >= 0, "DataLoader: timeout option should be non-negative");
    check(options.num_workers > 0 || options.prefetch_factor == 2,
        "DataLoader: prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
        "multiprocessing.");
    check(options.prefetch_factor > 0, "DataLoader: prefetch_factor should be positive, but got {}",
        options.prefetch_factor);
    check(options.num_workers < 65536 && options.prefetch_factor < 65536,
        "DataLoader: {} workers that prefetch {} batches each are too many", options.num_workers,
        options.prefetch_factor);
    check(!options.persistent_workers || options.num_workers > 0,
        "DataLoader: persistent_workers option needs num_workers > 0");
    check(!options.multiprocessing_context,
        "DataLoader: multiprocessing_context='{}': workers are threads of this process here; leave it out",
        options.multiprocessing_context.value_or(""));
    check(options.pin_memory_device.empty(),
        "DataLoader: pin_memory_device='{}': there is no memory to pin without a GPU; leave it out",
        options.pin_memory_device);
    check(!options.sampler || !options.shuffle, "DataLoader: sampler option is mutually exclusive with shuffle");
    check(!options.batch_sampler ||
            (options.batch_size == 1 && !options.shuffle && !options.sampler && !options.drop_last),
        "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
    check(options.batch_size || !options.drop_last,
        "DataLoader: batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
}

// The indices of each batch of a pass.
BatchIndices order_of(std::int64_t samples, const LoaderSettings& options) {
    if (options.batch_sampler) return options.batch_sampler;
    Sampler sampler = options.sampler ? options.sampler
        : options.shuffle             ? RandomSampler(samples, {.generator = options.generator})
                                      : Sampler(SequentialSampler(samples));
    return BatchSampler(sampler, options.batch_size.value_or(1), options.drop_last);
}

void warn_of_many_workers(std::int64_t workers) {
    cpu_set_t cores;
    if (workers == 0 || sched_getaffinity(0, sizeof cores, &cores) != 0 || workers <= CPU_COUNT(&cores)) return;
    warn(
        "This DataLoader will create {} worker processes in total. Our suggested max number of worker in current "
        "system is {}, which is smaller than what this DataLoader is going to create. Please be aware that excessive "
        "worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential "
        "slowness/freeze if necessary.",
        workers, CPU_COUNT(&cores));
}

}  // namespace

Batches::Batches(std::int64_t samples, LoaderSettings settings, Fetch fetch)
    : settings_((check_options(settings), std::move(settings))),
      fetch_(std::move(fetch)),
      order_(order_of(samples, settings_)) {
    warn_of_many_workers(settings_.num_workers);
}

std::vector<Generator> Batches::worker_streams(std::int64_t base_seed) const {
    std::vector<Generator> streams(settings_.num_workers);
    for (std::int64_t w = 0; w < len(streams); ++w) streams[w].manual_seed(static_cast<std::uint64_t>(base_seed + w));
    return streams;
}

std::function<Batches::Batch()> Batches::pass() {
    if (!settings_.persistent_workers) {
        const std::int64_t base_seed = draw_seed(settings_.generator);
        if (settings_.num_workers == 0) return made_here(order_.begin(), fetch_);
        return made_ahead(order_.begin(), std::make_shared<Workers>(settings_, fetch_, worker_streams(base_seed)));
    }
    if (persistent_.empty()) persistent_ = worker_streams(draw_seed(settings_.generator));
    return made_ahead(order_.begin(), std::make_shared<Workers>(settings_, fetch_, persistent_));
}

}  // namespace taper
