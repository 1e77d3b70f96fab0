// What a loader does whatever its dataset is: the order of the batches, the draws, and who makes them.
#pragma once

#include <typeinfo>

#include "../tensor/base/pass.h"
#include "collate.h"
#include "sampler.h"

namespace taper {

using WorkerInit = std::function<void(std::int64_t)>;

/// What was asked of a DataLoader, collate_fn aside.
struct LoaderSettings {
    std::optional<std::int64_t> batch_size;
    bool shuffle;
    Sampler sampler;
    BatchIndices batch_sampler;
    std::int64_t num_workers;
    bool drop_last;
    double timeout;
    WorkerInit worker_init_fn;
    std::optional<std::string> multiprocessing_context;
    std::optional<Generator> generator;
    std::int64_t prefetch_factor;
    bool persistent_workers;
    std::string pin_memory_device;
};

/// From the options of a loader.
std::shared_ptr<const LoaderSettings> make_loader_settings(const std::optional<std::int64_t>& batch_size,
    const std::optional<bool>& shuffle, const Sampler& sampler, const BatchIndices& batch_sampler,
    std::int64_t num_workers, bool drop_last, double timeout, const std::optional<WorkerInit>& worker_init_fn,
    const std::optional<std::string>& multiprocessing_context, const std::optional<Generator>& generator,
    std::int64_t prefetch_factor, bool persistent_workers, const std::string& pin_memory_device);

/// Makes the batches of one worker, or of one pass without workers.
class Fetcher {
 public:
    virtual ~Fetcher() = default;
    Fetcher(const Fetcher&) = delete;
    Fetcher& operator=(const Fetcher&) = delete;

    /// The batch of these samples, of a type that the loader knows. Of an iterable dataset the next ones, as many as
    /// there are indices, of the walk of that pass; a null pointer at its end.
    virtual std::shared_ptr<void> fetch(std::span<const std::int64_t> indices, std::size_t pass) = 0;

    void* const dataset;
    const std::type_info& type;

 protected:
    Fetcher(void* dataset, const std::type_info& type) : dataset(dataset), type(type) {}
};
/// Makes one; for a worker if so.
using FetcherMaker = std::function<std::shared_ptr<Fetcher>(bool by_worker)>;

struct PersistentWorkers;

/// The passes over a dataset, of which every one draws as PyTorch's DataLoader does: a base seed, then the sampler's
/// own.
class Batches : public std::enable_shared_from_this<Batches> {
 public:
    using Batch = std::shared_ptr<void>;

    /// Error with PyTorch's sentence where options contradict each other. No number of samples: the dataset is
    /// iterable.
    Batches(std::optional<std::int64_t> samples, LoaderSettings settings, FetcherMaker fetcher);

    /// How many batches a pass has, of a dataset that is not iterable.
    std::int64_t size() const;
    /// Starts a pass, which gives a null pointer at its end. Passes may be started from several threads.
    std::function<Batch()> pass();
    /// Where the passes are that begin from now on, one at a time. How many batches the last one left out.
    std::shared_ptr<Pass> position();
    std::int64_t left_out() const { return left_out_; }

 private:
    std::function<Batch()> start(std::int64_t leave_out);
    std::function<Batch()> start_here(std::int64_t leave_out) const;
    void note_streams() const;

    LoaderSettings settings_;
    FetcherMaker fetcher_;
    BatchIndices order_;
    std::shared_ptr<PersistentWorkers> persistent_;
    const bool is_iterable_;
    std::shared_ptr<Pass> position_ = {};
    std::int64_t left_out_ = 0;
};

/// Error with PyTorch's sentence if there is less than no sample.
std::shared_ptr<Batches> make_batches(
    std::optional<std::int64_t> samples, const LoaderSettings& settings, FetcherMaker fetcher);
/// How many batches so many samples make.
std::int64_t count_batches(std::int64_t samples, const LoaderSettings& settings);

}  // namespace taper
