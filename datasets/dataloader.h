// DataLoader: goes through a dataset in batches, in random order and ahead of time if one likes.
#pragma once

#include "batches.h"
#include "collate_fn.h"
#include "dataset.h"

namespace taper {

/// The parameters of a DataLoader, but for its dataset, in PyTorch's order.
template <MapStyleDataset D, class Batch = BatchOf<D>> struct DataLoaderOptions {
    Keywords _ = Keywords();
    /// None (`none`): samples come one by one, not as batches.
    Arg<std::optional<std::int64_t>> batch_size = Default(1);
    Arg<std::optional<bool>> shuffle = Default(none);
    Arg<Sampler> sampler = Default(none);
    Arg<BatchIndices> batch_sampler = Default(none);
    /// Threads that make batches ahead of time; 0: each is made when it is asked for.
    Arg<std::int64_t> num_workers = Default(0);
    /// From a std::vector of samples to a batch; default_collate if absent.
    Arg<CollateFn<SampleOf<D>, Batch>> collate_fn = Default(none);
    /// Has no effect, as in PyTorch without a GPU.
    Arg<bool> pin_memory = Default(false);
    Arg<bool> drop_last = Default(false);
    /// Seconds to wait for a batch from a worker; 0: for ever.
    Arg<double> timeout = Default(0);
    /// Called in each worker, with its number, before its first batch.
    Arg<std::optional<WorkerInit>> worker_init_fn = Default(none);
    /// None; workers are threads.
    Arg<std::optional<std::string>> multiprocessing_context = Default(none);
    Arg<std::optional<Generator>> generator = Default(none);
    // By keyword only:
    /// Batches that each worker makes ahead.
    Arg<std::int64_t> prefetch_factor = Default(2);
    /// The workers' random streams go on from one pass to the next.
    Arg<bool> persistent_workers = Default(false);
    /// None of any use here.
    Arg<std::string> pin_memory_device = Default("");
};

/// Goes through a dataset in batches: `for (auto [data, target] : DataLoader(dataset, {.batch_size = 64}))`. A handle:
/// copies share the dataset. Passes may be nested, or left early. What a sample throws is thrown where its batch is
/// asked for. With workers, `get` is called from several threads at once, each with a default generator of its own.
/// torch.utils.data.DataLoader.
template <MapStyleDataset D, class BatchType = BatchOf<D>> class DataLoader {
 public:
    using Batch = BatchType;
    using Options = DataLoaderOptions<D, Batch>;

    explicit DataLoader(D dataset, const Options& options = {}) : DataLoader(Called(), std::move(dataset), options) {}
    /// A collate_fn behind the keywords may return any type, which the loader then yields:
    /// `DataLoader(dataset, {.batch_size = 8}, pad)`.
    template <class F>
        requires(std::constructible_from<CollateFn<SampleOf<D>, Batch>, F>)
    DataLoader(D dataset, Options options, F collate_fn)
        : DataLoader(Called(), std::move(dataset),
              (options.collate_fn.put(std::move(collate_fn), "DataLoader", "collate_fn"), options)) {}
#define TAPER_LOADER(Name, O, rest, k, ...)                         \
    Name(D dataset, TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o rest) \
        : Name(Called(), std::move(dataset), (TAPER_PUT_##k(#Name, __VA_ARGS__), o)) {}
    TAPER_EACH(TAPER_LOADER, DataLoader, Options, 0, batch_size, shuffle, sampler, batch_sampler, num_workers,
        collate_fn, pin_memory, drop_last, timeout, worker_init_fn, multiprocessing_context, generator)
#undef TAPER_LOADER

    const D& dataset() const& { return *dataset_; }
    D dataset() const&& { return *dataset_; }
    /// How many batches a pass has; len(loader).
    std::int64_t size() const { return batches_->size(); }
    /// None where a batch_sampler was given.
    std::optional<std::int64_t> batch_size() const {
        return *options_->batch_sampler ? std::nullopt : *options_->batch_size;
    }
    bool drop_last() const { return options_->drop_last; }
    std::int64_t num_workers() const { return options_->num_workers; }

    /// Starts a pass, with the draws that PyTorch makes then.
    Iterator<Batch> begin() const {
        return Iterator<Batch>([next = batches_->pass()]() -> std::optional<Batch> {
            Batches::Batch batch = next();
            return batch ? std::optional<Batch>(std::move(*static_cast<Batch*>(batch.get()))) : std::nullopt;
        });
    }
    std::default_sentinel_t end() const { return {}; }

 private:
    DataLoader(Called, D dataset, const Options& options)
        : dataset_(std::make_shared<const D>(std::move(dataset))),
          options_(std::make_shared<const Options>(options)),
          batches_(std::make_shared<Batches>(len(*dataset_), settings(options), fetch(dataset_, options))) {}

    static LoaderSettings settings(const Options& o) {
        return {o.batch_size, o.shuffle->value_or(false), o.sampler, o.batch_sampler, o.num_workers, o.drop_last,
            o.timeout, o.worker_init_fn->value_or(nullptr), o.multiprocessing_context, o.generator, o.prefetch_factor,
            o.persistent_workers, o.pin_memory_device};
    }
    static Batches::Fetch fetch(std::shared_ptr<const D> dataset, const Options& options) {
        const bool one_by_one = !options.batch_size->has_value() && !*options.batch_sampler;
        options.collate_fn->check_kind(one_by_one);
        return [dataset, one_by_one, collate = *options.collate_fn](std::span<const std::int64_t> indices) {
            if constexpr (detail::MakesBatches<D, Batch>)
                if (!collate && !one_by_one) return std::make_shared<Batch>(dataset->get_batch(indices));
            if (one_by_one) return std::make_shared<Batch>(collate.one(detail::sample_at(*dataset, indices[0])));
            std::vector<SampleOf<D>> samples;
            for (std::int64_t index : indices) samples.push_back(detail::sample_at(*dataset, index));
            return std::make_shared<Batch>(collate.many(std::move(samples)));
        };
    }

    std::shared_ptr<const D> dataset_;
    std::shared_ptr<const Options> options_;
    std::shared_ptr<Batches> batches_;
};

template <MapStyleDataset D, class F> DataLoader(D, DataLoaderOptions<D, detail::CollatedBy<D, F>>, F)
    -> DataLoader<D, detail::CollatedBy<D, F>>;
/// By position: `DataLoader(dataset, 8, true, none, none, 0, pad)`.
template <MapStyleDataset D, class F, class... More> DataLoader(D, const Arg<std::optional<std::int64_t>>&,
    const Arg<std::optional<bool>>&, const Arg<Sampler>&, const Arg<BatchIndices>&, const Arg<std::int64_t>&, F,
    const More&...) -> DataLoader<D, detail::CollatedBy<D, F>>;
template <MapStyleDataset D, class F> DataLoader(D, const Arg<std::optional<std::int64_t>>&,
    const Arg<std::optional<bool>>&, const Arg<Sampler>&, const Arg<BatchIndices>&, const Arg<std::int64_t>&, F,
    const DataLoaderOptions<D, detail::CollatedBy<D, F>>&) -> DataLoader<D, detail::CollatedBy<D, F>>;

}  // namespace taper
