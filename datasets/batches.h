// What a loader does whatever its dataset is: the order of the batches, the draws, and the threads that prefetch.
#pragma once

#include "collate.h"
#include "sampler.h"

namespace taper {

/// The keywords of DataLoader, in PyTorch's order.
struct DataLoaderOptions {
    /// None (std::nullopt): samples come one by one, not as batches.
    std::optional<std::int64_t> batch_size = 1;
    bool shuffle = false;
    Sampler sampler = {};
    BatchIndices batch_sampler = {};
    /// Threads that make batches ahead of time; 0: each is made when it is asked for.
    std::int64_t num_workers = 0;
    /// From samples to a batch, both as lists of Tensors; default_collate if absent.
    std::function<std::vector<Tensor>(const std::vector<std::vector<Tensor>>&)> collate_fn = {};
    /// Accepted for the sake of ported programs; it has no meaning without CUDA.
    bool pin_memory = false;
    bool drop_last = false;
    /// Seconds to wait for a batch from a worker; 0: for ever.
    double timeout = 0;
    /// Called in each worker, with its number, before its first batch.
    std::function<void(std::int64_t)> worker_init_fn = {};
    std::optional<Generator> generator = {};
    /// Batches that each worker makes ahead.
    std::int64_t prefetch_factor = 2;
    /// The workers' random streams go on from one pass to the next.
    bool persistent_workers = false;
};

/// The passes over a dataset, of which every one draws as PyTorch's DataLoader does: a base seed, then the sampler's
/// own.
class Batches {
 public:
    /// Makes the batch of these samples.
    using Fetch = std::function<TensorList(std::span<const std::int64_t>)>;

    /// Error with PyTorch's sentence where options contradict each other.
    Batches(std::int64_t samples, DataLoaderOptions options, Fetch fetch);

    /// How many batches a pass has.
    std::int64_t size() const { return len(order_); }
    const DataLoaderOptions& options() const { return options_; }
    /// Starts a pass. What it gives must not outlive the loader's dataset, which `fetch` holds.
    std::function<std::optional<TensorList>()> pass();

 private:
    std::vector<Generator> worker_streams(std::int64_t base_seed) const;

    DataLoaderOptions options_;
    Fetch fetch_;
    BatchIndices order_;
    std::vector<Generator> persistent_;
};

}  // namespace taper
