#include "batches.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "../tensor/parallel.h"

namespace taper {
namespace {

using Indices = std::vector<std::int64_t>;

// A batch on its way.
struct Task {
    Indices indices = {};
    TensorList batch = {};
    std::exception_ptr failure = {};
    bool done = false;
};

// Threads that make batches in a ring of tasks. Worker w makes the batches w, w + n, w + 2n and so on, so that what it
// draws does not depend on time. The consumer puts indices in and takes batches out, in order.
class Workers {
 public:
    Workers(const DataLoaderOptions& options, Batches::Fetch fetch, const std::vector<Generator>& streams)
        : options_(options),
          fetch_(std::move(fetch)),
          ring_(options.num_workers * options.prefetch_factor),
          work_to_do_(options.num_workers) {
        try {
            for (const Generator& stream : streams)
                threads_.emplace_back(
                    [this, w = threads_.size(), stream](std::stop_token stop) { work(stop, w, stream); });
        } catch (const std::system_error& error) {
            fail(
                "DataLoader: of {} workers, only {} can be started: {}", streams.size(), threads_.size(), error.what());
        }
    }

    bool has_room() const { return put_ - taken_ < ring_.size(); }
    bool is_empty() const { return put_ == taken_; }

    void put(Indices indices) {
        const std::size_t number = put_;
        ring_[number % ring_.size()] = {.indices = std::move(indices)};
        {
            std::lock_guard lock(mutex_);
            ++put_;
        }
        // A thread that wakes takes a core from somebody: it is woken for all it may make ahead, not for each.
        if (number / work_to_do_.size() % options_.prefetch_factor == std::size_t(options_.prefetch_factor - 1))
            wake_for(number);
    }

    // The oldest task, once it is done.
    Task take() {
        Task& task = ring_[taken_ % ring_.size()];
        std::unique_lock lock(mutex_);
        auto is_done = [&] { return task.done; };
        if (!is_done()) wake_for(taken_);
        if (options_.timeout > 0)
            check(work_done_.wait_for(lock, std::chrono::duration<double>(options_.timeout), is_done),
                "DataLoader: DataLoader timed out after {} seconds", options_.timeout);
        else
            work_done_.wait(lock, is_done);
        ++taken_;
        return std::move(task);
    }

 private:
    void wake_for(std::size_t number) { work_to_do_[number % work_to_do_.size()].notify_one(); }

    void work(std::stop_token stop, std::size_t worker, const Generator& stream) {
        UseGenerator draws(stream);
        WorkAlone alone;
        for (std::size_t number = worker;; number += work_to_do_.size()) {
            {
                std::unique_lock lock(mutex_);
                if (!work_to_do_[worker].wait(lock, stop, [&] { return put_ > number; })) return;
            }
            Task& task = ring_[number % ring_.size()];
            try {
                if (number == worker && options_.worker_init_fn) options_.worker_init_fn(worker);
                task.batch = fetch_(task.indices);
            } catch (...) {
                task.failure = std::current_exception();
            }
            {
                std::lock_guard lock(mutex_);
                task.done = true;
            }
            work_done_.notify_one();
        }
    }

    const DataLoaderOptions options_;
    const Batches::Fetch fetch_;
    std::vector<Task> ring_;
    std::size_t put_ = 0, taken_ = 0;
    std::mutex mutex_;
    std::vector<std::condition_variable_any> work_to_do_;  // for each worker
    std::condition_variable work_done_;
    std::vector<std::jthread> threads_;  // last, so that they have ended before the rest goes
};

// One batch at a time, made when it is asked for.
std::function<std::optional<TensorList>()> made_here(Iterator<Indices> order, Batches::Fetch fetch) {
    return [order, fetch]() mutable -> std::optional<TensorList> {
        if (order == std::default_sentinel) return std::nullopt;
        return fetch(next(order));
    };
}

// Batches made ahead by workers. The order is drawn here, on the consumer's thread, one batch for each that is taken.
std::function<std::optional<TensorList>()> made_ahead(Iterator<Indices> order, std::shared_ptr<Workers> workers) {
    auto put_more = [order, workers]() mutable {
        if (order != std::default_sentinel) workers->put(next(order));
    };
    while (workers->has_room() && order != std::default_sentinel) put_more();
    return [put_more, workers]() mutable -> std::optional<TensorList> {
        if (workers->is_empty()) return std::nullopt;
        Task task = workers->take();
        put_more();
        if (task.failure) std::rethrow_exception(std::move(task.failure));
        return std::move(task.batch);
    };
}

void check_options(const DataLoaderOptions& options) {
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
    check(!options.sampler || !options.shuffle, "DataLoader: sampler option is mutually exclusive with shuffle");
    check(!options.batch_sampler ||
            (options.batch_size == 1 && !options.shuffle && !options.sampler && !options.drop_last),
        "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
    check(options.batch_size || !options.drop_last,
        "DataLoader: batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
}

// The indices of each batch of a pass.
BatchIndices order_of(std::int64_t samples, const DataLoaderOptions& options) {
    if (options.batch_sampler) return options.batch_sampler;
    Sampler sampler = options.sampler ? options.sampler
        : options.shuffle             ? RandomSampler(samples, {.generator = options.generator})
                                      : Sampler(SequentialSampler(samples));
    return BatchSampler(sampler, options.batch_size.value_or(1), options.drop_last);
}

}  // namespace

Batches::Batches(std::int64_t samples, DataLoaderOptions options, Fetch fetch)
    : options_((check_options(options), std::move(options))),
      fetch_(std::move(fetch)),
      order_(order_of(samples, options_)) {}

std::vector<Generator> Batches::worker_streams(std::int64_t base_seed) const {
    std::vector<Generator> streams(options_.num_workers);
    for (std::int64_t w = 0; w < len(streams); ++w) streams[w].manual_seed(static_cast<std::uint64_t>(base_seed + w));
    return streams;
}

std::function<std::optional<TensorList>()> Batches::pass() {
    if (!options_.persistent_workers) {
        const std::int64_t base_seed = draw_seed(options_.generator);
        if (options_.num_workers == 0) return made_here(order_.begin(), fetch_);
        return made_ahead(order_.begin(), std::make_shared<Workers>(options_, fetch_, worker_streams(base_seed)));
    }
    if (persistent_.empty()) persistent_ = worker_streams(draw_seed(options_.generator));
    return made_ahead(order_.begin(), std::make_shared<Workers>(options_, fetch_, persistent_));
}

}  // namespace taper
