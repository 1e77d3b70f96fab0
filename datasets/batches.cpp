#include "batches.h"

#include <sched.h>

#include <exception>
#include <mutex>

#include "../tensor/warning.h"
#include "workers.h"

namespace taper {
namespace {

using Indices = std::vector<std::int64_t>;

constexpr std::int64_t most_workers = 65535, most_ahead = std::int64_t{1} << 20;

// One batch at a time, made when it is asked for.
std::function<Batches::Batch()> made_here(Iterator<Indices> order, const std::shared_ptr<Fetcher>& fetcher) {
    return [order, fetcher]() mutable -> Batches::Batch {
        if (order == std::default_sentinel) return nullptr;
        return fetcher->fetch(next(order), 0);
    };
}

void check_iterable(const LoaderSettings& options) {
    constexpr const char* sentence =
        "DataLoader: DataLoader with IterableDataset: expected unspecified {} option, but "
        "got {}";
    check(!options.shuffle, sentence, "shuffle", "shuffle=True");
    check(!options.sampler, sentence, "sampler", "one: its samples have no indices");
    check(!options.batch_sampler, sentence, "batch_sampler", "one: its samples have no indices");
}

void check_options(const LoaderSettings& options, bool is_iterable) {
    check(options.num_workers >= 0,
        "DataLoader: num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.");
    check(options.timeout >= 0, "DataLoader: timeout option should be non-negative");
    check(options.num_workers > 0 || options.prefetch_factor == 2,
        "DataLoader: prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
        "multiprocessing.");
    check(options.prefetch_factor > 0, "DataLoader: prefetch_factor should be positive, but got {}",
        options.prefetch_factor);
    check(options.num_workers <= most_workers, "DataLoader: num_workers={} is more than {} threads; ask for fewer",
        options.num_workers, most_workers);
    check(options.prefetch_factor <= most_ahead / std::max<std::int64_t>(options.num_workers, 1),
        "DataLoader: {} workers that prefetch {} batches each are too many; {} in all is the most", options.num_workers,
        options.prefetch_factor, most_ahead);
    check(!options.persistent_workers || options.num_workers > 0,
        "DataLoader: persistent_workers option needs num_workers > 0");
    check(!options.multiprocessing_context,
        "DataLoader: multiprocessing_context='{}': workers are threads of this process here; leave it out",
        options.multiprocessing_context.value_or(""));
    check(options.pin_memory_device.empty(),
        "DataLoader: pin_memory_device='{}': there is no memory to pin without a GPU; leave it out",
        options.pin_memory_device);
    if (is_iterable) check_iterable(options);
    check(!options.sampler || !options.shuffle, "DataLoader: sampler option is mutually exclusive with shuffle");
    check(!options.batch_sampler ||
            (options.batch_size == 1 && !options.shuffle && !options.sampler && !options.drop_last),
        "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
    check(options.batch_size || !options.drop_last,
        "DataLoader: batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
}

// As many places as a batch has, again and again, where samples have no indices.
struct Endless {
    std::int64_t batch_size;
    std::int64_t size() const { return 0; }
    Iterator<Indices> begin() const {
        return Iterator<Indices>([size = batch_size]() -> std::optional<Indices> { return Indices(size); });
    }
    std::default_sentinel_t end() const { return {}; }
};

// The indices of each batch of a pass.
BatchIndices order_of(std::optional<std::int64_t> number, const LoaderSettings& options) {
    if (!number) {
        check(options.batch_size.value_or(1) > 0,
            "BatchSampler: batch_size should be a positive integer value, but got batch_size={}", *options.batch_size);
        return Endless{options.batch_size.value_or(1)};
    }
    const std::int64_t samples = *number;
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

// What persistent workers keep between the passes.
struct PersistentWorkers {
    std::mutex mutex;
    std::shared_ptr<WorkerStreams> streams;
    std::unique_ptr<Workers> idle;
};

namespace {

// A pass whose batches are made ahead. The order is drawn here, on the consumer's thread, one batch for each that is
// taken.
class Ahead {
 public:
    // The workers are given back to `keep` when the pass ends.
    Ahead(const Iterator<Indices>& order, std::unique_ptr<Workers> workers, std::weak_ptr<PersistentWorkers> keep,
        std::int64_t count)
        : order_(order), workers_(std::move(workers)), keep_(std::move(keep)), count_(count) {
        while (workers_->has_room() && order_ != std::default_sentinel) workers_->put(next(order_));
    }
    ~Ahead() {
        auto keep = keep_.lock();
        if (!keep || !workers_->leave()) return;
        std::lock_guard lock(keep->mutex);
        if (!keep->idle) keep->idle = std::move(workers_);
    }
    Ahead(const Ahead&) = delete;
    Ahead& operator=(const Ahead&) = delete;

    Batches::Batch next_batch() {
        // A worker at the end of an iterable dataset has no more; its turn is passed over, until all are there.
        while (!workers_->is_empty()) {
            Workers::Made made = workers_->take();
            ended_ = made.batch || made.failure ? 0 : ended_ + 1;
            if (ended_ == count_) return nullptr;
            if (order_ != std::default_sentinel) workers_->put(next(order_));
            if (made.failure) std::rethrow_exception(std::move(made.failure));
            if (made.batch) return std::move(made.batch);
        }
        return nullptr;
    }

 private:
    Iterator<Indices> order_;
    std::unique_ptr<Workers> workers_;
    std::weak_ptr<PersistentWorkers> keep_;
    const std::int64_t count_;
    std::int64_t ended_ = 0;  // workers that were asked last and had no more
};

}  // namespace

std::shared_ptr<const LoaderSettings> make_loader_settings(const std::optional<std::int64_t>& batch_size,
    const std::optional<bool>& shuffle, const Sampler& sampler, const BatchIndices& batch_sampler,
    std::int64_t num_workers, bool drop_last, double timeout, const std::optional<WorkerInit>& worker_init_fn,
    const std::optional<std::string>& multiprocessing_context, const std::optional<Generator>& generator,
    std::int64_t prefetch_factor, bool persistent_workers, const std::string& pin_memory_device) {
    return std::make_shared<const LoaderSettings>(LoaderSettings{batch_size, shuffle.value_or(false), sampler,
        batch_sampler, num_workers, drop_last, timeout, worker_init_fn.value_or(nullptr), multiprocessing_context,
        generator, prefetch_factor, persistent_workers, pin_memory_device});
}

std::shared_ptr<Batches> make_batches(
    std::optional<std::int64_t> samples, const LoaderSettings& settings, FetcherMaker fetcher) {
    check(samples.value_or(0) >= 0, "DataLoader: __len__() should return >= 0, but that of the dataset returns {}",
        samples.value_or(0));
    return std::make_shared<Batches>(samples, settings, std::move(fetcher));
}

std::int64_t count_batches(std::int64_t samples, const LoaderSettings& settings) {
    const std::int64_t size = settings.batch_size.value_or(1);
    return samples / size + (!settings.drop_last && samples % size != 0);
}

std::int64_t Batches::size() const { return len(order_); }

Batches::Batches(std::optional<std::int64_t> samples, LoaderSettings settings, FetcherMaker fetcher)
    : settings_((check_options(settings, !samples), std::move(settings))),
      fetcher_(std::move(fetcher)),
      order_(order_of(samples, settings_)),
      persistent_(settings_.persistent_workers ? std::make_shared<PersistentWorkers>() : nullptr),
      is_iterable_(!samples) {
    warn_of_many_workers(settings_.num_workers);
}

std::shared_ptr<Pass> Batches::position() {
    if (!position_) position_ = std::make_shared<Pass>();
    return position_;
}

// What the streams of persistent workers are between two passes.
void Batches::note_streams() const {
    if (!persistent_ || !persistent_->streams) return;
    position_->base_seed = persistent_->streams->seed_of(0);
    position_->streams = persistent_->streams->states();
}

std::function<Batches::Batch()> Batches::pass() {
    check(settings_.num_workers > 0 || settings_.timeout == 0,
        "DataLoader: timeout={} is of workers, and there are none; leave it out, or ask for num_workers",
        settings_.timeout);
    if (!position_) return start(0);
    const std::shared_ptr<Pass> at = position_;
    at->begins();
    left_out_ = at->taken = std::exchange(at->leave_out, 0);
    const auto next = start(left_out_);
    at->began();
    at->runs = true;
    return [this, at, next, keep = shared_from_this()] {
        Batch batch = next();
        at->runs = batch != nullptr;
        batch ? void(++at->taken) : note_streams();
        return batch;
    };
}

std::function<Batches::Batch()> Batches::start(std::int64_t leave_out) {
    std::unique_ptr<Workers> workers;
    std::shared_ptr<WorkerStreams> streams;
    if (persistent_) {
        std::lock_guard lock(persistent_->mutex);
        workers = std::move(persistent_->idle);
        if (workers && workers->is_foreign()) workers = nullptr, persistent_->streams = nullptr;
        if (!persistent_->streams)
            persistent_->streams = position_ && !position_->streams.empty()
                ? std::make_shared<WorkerStreams>(position_->base_seed, position_->streams)
                : std::make_shared<WorkerStreams>(draw_seed(settings_.generator));
        streams = persistent_->streams;
    } else {
        const std::int64_t base_seed = draw_seed(settings_.generator);
        if (settings_.num_workers == 0) return start_here(leave_out);
        streams = std::make_shared<WorkerStreams>(base_seed);
    }
    if (workers)
        workers->resume();
    else
        workers = std::make_unique<Workers>(settings_, fetcher_, streams);
    auto ahead = std::make_shared<Ahead>(order_.begin(), std::move(workers), persistent_, settings_.num_workers);
    for (; leave_out > 0; --leave_out) ahead->next_batch();  // made, so that the workers draw what they drew
    return [ahead] { return ahead->next_batch(); };
}

std::function<Batches::Batch()> Batches::start_here(std::int64_t leave_out) const {
    Iterator<Indices> order = order_.begin();
    for (; !is_iterable_ && leave_out > 0 && order != std::default_sentinel; --leave_out) next(order);
    auto batches = made_here(order, fetcher_(false));
    for (; is_iterable_ && leave_out > 0; --leave_out) batches();
    return batches;
}

}  // namespace taper
