// What a loader does whatever its dataset is: the order of the batches, the draws, and who makes them.
#pragma once

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

struct PersistentWorkers;

/// The passes over a dataset, of which every one draws as PyTorch's DataLoader does: a base seed, then the sampler's
/// own.
class Batches {
 public:
    /// Makes the batch of these samples, of a type that the loader knows; for another thread if `by_worker`.
    using Batch = std::shared_ptr<void>;
    using Fetch = std::function<Batch(std::span<const std::int64_t>, bool by_worker)>;

    /// Error with PyTorch's sentence where options contradict each other.
    Batches(std::int64_t samples, LoaderSettings settings, Fetch fetch);

    /// How many batches a pass has.
    std::int64_t size() const;
    /// Starts a pass, which gives a null pointer at its end. Passes may be started from several threads.
    std::function<Batch()> pass();

 private:
    LoaderSettings settings_;
    Fetch fetch_;
    BatchIndices order_;
    std::shared_ptr<PersistentWorkers> persistent_;
};

/// Error with PyTorch's sentence unless there is a number of samples.
std::shared_ptr<Batches> make_batches(std::int64_t samples, const LoaderSettings& settings, Batches::Fetch fetch);

}  // namespace taper
