// DataLoader: goes through a dataset in batches, in random order and ahead of time if one likes.
#pragma once

#include "fetch.h"

namespace taper {

// The parameters of a DataLoader, in PyTorch's order:
// - batch_size none: samples come one by one, not as batches;
// - num_workers: threads that make batches ahead of time; 0: each is made when it is asked for;
// - collate_fn: from a std::vector of samples to a batch; default_collate if absent;
// - pin_memory: has no effect, as in PyTorch without a GPU;
// - timeout: seconds to wait for a batch from a worker; 0: for ever. A worker that is stuck is left behind, and holds
// the
//   dataset and collate_fn until it wakes;
// - worker_init_fn: called in each worker, with its number, before its first batch;
// - multiprocessing_context: none; workers are threads;
// and by keyword only
// - prefetch_factor: batches that each worker makes ahead;
// - persistent_workers: the workers and their random streams go on from one pass to the next;
// - pin_memory_device: none of any use here.
#define TAPER_LOADER_PARAMETERS(D, CollateFn)                                \
    Keywords _ = Keywords();                                                 \
    Arg<detail::HeldDataset<D>> dataset = required;                          \
    Arg<std::optional<std::int64_t>> batch_size = Default(1);                \
    Arg<std::optional<bool>> shuffle = Default(none);                        \
    Arg<Sampler> sampler = Default(none);                                    \
    Arg<BatchIndices> batch_sampler = Default(none);                         \
    Arg<std::int64_t> num_workers = Default(0);                              \
    CollateFn;                                                               \
    Arg<bool> pin_memory = Default(false);                                   \
    Arg<bool> drop_last = Default(false);                                    \
    Arg<double> timeout = Default(0);                                        \
    Arg<std::optional<WorkerInit>> worker_init_fn = Default(none);           \
    Arg<std::optional<std::string>> multiprocessing_context = Default(none); \
    Arg<std::optional<Generator>> generator = Default(none);                 \
    Arg<std::int64_t> prefetch_factor = Default(2);                          \
    Arg<bool> persistent_workers = Default(false);                           \
    Arg<std::string> pin_memory_device = Default("");

/// What a DataLoader goes through.
template <class D>
concept LoadableDataset = MapStyleDataset<D> || IterableStyleDataset<D>;

/// What a DataLoader takes.
template <LoadableDataset D, class Batch = BatchOf<D>> struct DataLoaderOptions {
    using Collate = CollateFn<SampleOf<D>, Batch>;
    TAPER_LOADER_PARAMETERS(D, Arg<Collate> collate_fn = Default(none))
};

namespace detail {

// An argument that must be given for a call to be one of this signature.
template <class T> struct GivenArg : Arg<T> {
    template <class U>
        requires(fits<std::remove_cvref_t<U>, T>() && !std::same_as<std::remove_cvref_t<U>, std::nullopt_t>)
    GivenArg(U&& value) : Arg<T>(std::forward<U>(value)) {}
};

// What no list between braces is.
class NoOptions {
    NoOptions();
};

// The same where collate_fn says what a batch is.
template <LoadableDataset D, class Batch> struct CollatedLoaderOptions {
    using Collate = CollateFn<SampleOf<D>, Batch>;
    TAPER_LOADER_PARAMETERS(D, GivenArg<Collate> collate_fn)
};
#undef TAPER_LOADER_PARAMETERS

}  // namespace detail

/// Goes through a dataset in batches: `for (auto [data, target] : DataLoader(dataset, {.batch_size = 64}))`. A handle:
/// copies share the dataset. Passes may be nested, or left early: then the batches at work are waited for, and no other
/// is begun. What a sample throws is thrown where its batch is asked for. With workers, `get` is called from several
/// threads at once, each with a default generator of its own, and batches have no history.
/// torch.utils.data.DataLoader.
template <LoadableDataset D, class BatchType = BatchOf<D>> class DataLoader {
 public:
    using Batch = BatchType;
    using Options = DataLoaderOptions<D, Batch>;
    /// Whether default_collate makes such batches.
    static constexpr bool by_default = requires { requires detail::Batches<D, Batch>; };
    using Collated = std::conditional_t<by_default, detail::NoOptions, detail::CollatedLoaderOptions<D, Batch>>;

    explicit DataLoader(D dataset, const Options& options = {})
        requires(by_default)
        : DataLoader(Called(), hold(std::move(dataset), options), options) {}
    explicit DataLoader(D dataset, const Collated& options)
        : DataLoader(Called(), hold(std::move(dataset), options), options) {}
    explicit DataLoader(const Options& options)
        requires(by_default)
        : DataLoader(Called(), held(options), options) {}
    explicit DataLoader(const Collated& options) : DataLoader(Called(), held(options), options) {}
    /// A collate_fn behind the keywords may return any type, which the loader then yields:
    /// `DataLoader(dataset, {.batch_size = 8}, pad)`.
    template <class F>
        requires(std::constructible_from<CollateFn<SampleOf<D>, Batch>, F>)
    DataLoader(D dataset, Options options, F collate_fn)
        : DataLoader(Called(), hold(std::move(dataset), options),
              (options.collate_fn.put(std::move(collate_fn), "DataLoader", "collate_fn"), options)) {}
#define TAPER_LOADER(Name, O, rest, k, ...)                         \
    Name(D dataset, TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o rest) \
        requires(by_default || k > 5)                               \
        : Name(Called(), hold(std::move(dataset), o), (TAPER_PUT_##k(#Name, __VA_ARGS__), o)) {}
    TAPER_EACH(TAPER_LOADER, DataLoader, Options, 0, batch_size, shuffle, sampler, batch_sampler, num_workers,
        collate_fn, pin_memory, drop_last, timeout, worker_init_fn, multiprocessing_context, generator)
#undef TAPER_LOADER
#define TAPER_LOADER(Name, O, rest, k, ...)                           \
    Name(D dataset, TAPER_PARAMETERS_##k(O, __VA_ARGS__), Collated o) \
        : Name(Called(), hold(std::move(dataset), o), (TAPER_PUT_##k(#Name, __VA_ARGS__), o)) {}
    TAPER_EACH(TAPER_LOADER, DataLoader, Options, 0, batch_size, shuffle, sampler, batch_sampler, num_workers)
#undef TAPER_LOADER

    // Not moved from, for it would be of no use.
    DataLoader(const DataLoader&) = default;
    DataLoader& operator=(const DataLoader&) = default;

    const D& dataset() const& { return *dataset_; }
    D dataset() const&& { return *dataset_; }
    /// How many batches a pass has; len(loader). Of an iterable dataset, what its own size() lets expect of one walk.
    std::int64_t size() const
        requires(MapStyleDataset<D> || Sized<D>)
    {
        if constexpr (IterableStyleDataset<D>)
            return count_batches(len(*dataset_), *settings_);
        else
            return batches_->size();
    }
    /// None where a batch_sampler was given.
    std::optional<std::int64_t> batch_size() const {
        return settings_->batch_sampler ? std::nullopt : settings_->batch_size;
    }
    bool drop_last() const { return settings_->drop_last; }
    std::int64_t num_workers() const { return settings_->num_workers; }

    /// Starts a pass, with the draws that PyTorch makes then.
    Iterator<Batch> begin() const {
        auto pull = [next = batches_->pass()]() -> std::optional<Batch> {
            Batches::Batch batch = next();
            return batch ? std::optional<Batch>(std::move(*static_cast<Batch*>(batch.get()))) : std::nullopt;
        };
        return Iterator<Batch>(std::move(pull), batches_->left_out());
    }
    std::default_sentinel_t end() const { return {}; }
    /// For a TrainingState: where its passes are.
    std::shared_ptr<Pass> pass_position() const { return batches_->position(); }

 private:
    using Held = std::shared_ptr<const D>;

    template <class O> DataLoader(Called, Held dataset, const O& options)
        : dataset_(std::move(dataset)),
          settings_(settings(options)),
          batches_(make_batches(samples(*dataset_), *settings_, fetcher(dataset_, options))) {}

    static std::optional<std::int64_t> samples(const D& dataset) {
        if constexpr (IterableStyleDataset<D>)
            return std::nullopt;
        else
            return len(dataset);
    }

    static Held hold(D dataset, const auto& options) {
        detail::given_once("DataLoader", options.dataset);
        return std::make_shared<const D>(std::move(dataset));
    }
    static Held held(const auto& options) {
        options.dataset.need("DataLoader", "dataset");
        return options.dataset->held;
    }
    static std::shared_ptr<const LoaderSettings> settings(const auto& o) {
        return make_loader_settings(o.batch_size, o.shuffle, o.sampler, o.batch_sampler, o.num_workers, o.drop_last,
            o.timeout, o.worker_init_fn, o.multiprocessing_context, o.generator, o.prefetch_factor,
            o.persistent_workers, o.pin_memory_device);
    }
    static FetcherMaker fetcher(Held dataset, const auto& options) {
        const bool one_by_one = !options.batch_size->has_value() && !*options.batch_sampler;
        options.collate_fn->check_kind(one_by_one);
        return [dataset, collation = detail::Collation<D, Batch>{*options.collate_fn, one_by_one, options.drop_last}](
                   bool by_worker) -> std::shared_ptr<Fetcher> {
            return std::make_shared<detail::FetcherOf<D, Batch>>(dataset, collation, by_worker);
        };
    }

    Held dataset_;
    std::shared_ptr<const LoaderSettings> settings_;
    std::shared_ptr<Batches> batches_;
};

template <LoadableDataset D, class F> DataLoader(D, DataLoaderOptions<D, detail::CollatedBy<D, F>>, F)
    -> DataLoader<D, detail::CollatedBy<D, F>>;
/// By position: `DataLoader(dataset, 8, true, none, none, 0, pad)`.
#define TAPER_BEFORE_COLLATE_FN                                                                    \
    const Arg<std::optional<std::int64_t>>&, const Arg<std::optional<bool>>&, const Arg<Sampler>&, \
        const Arg<BatchIndices>&, const Arg<std::int64_t>&
template <LoadableDataset D, class F, class... More> DataLoader(D, TAPER_BEFORE_COLLATE_FN, F, const More&...)
    -> DataLoader<D, detail::CollatedBy<D, F>>;
#define TAPER_LOADER(...)                                                                                      \
    template <LoadableDataset D, class F> DataLoader(D, TAPER_BEFORE_COLLATE_FN, F __VA_OPT__(, ) __VA_ARGS__, \
        const DataLoaderOptions<D, detail::CollatedBy<D, F>>&) -> DataLoader<D, detail::CollatedBy<D, F>>;
TAPER_LOADER()
TAPER_LOADER(const Arg<bool>&)
TAPER_LOADER(const Arg<bool>&, const Arg<bool>&)
TAPER_LOADER(const Arg<bool>&, const Arg<bool>&, const Arg<double>&)
TAPER_LOADER(const Arg<bool>&, const Arg<bool>&, const Arg<double>&, const Arg<std::optional<WorkerInit>>&)
TAPER_LOADER(const Arg<bool>&, const Arg<bool>&, const Arg<double>&, const Arg<std::optional<WorkerInit>>&,
    const Arg<std::optional<std::string>>&)
TAPER_LOADER(const Arg<bool>&, const Arg<bool>&, const Arg<double>&, const Arg<std::optional<WorkerInit>>&,
    const Arg<std::optional<std::string>>&, const Arg<std::optional<Generator>>&)
#undef TAPER_LOADER
#undef TAPER_BEFORE_COLLATE_FN

/// By keyword: a collate_fn that returns a Tensor, a list, a tuple of two or three, or a map of them.
#define TAPER_LOADER(Batch, ...)                                      \
    template <LoadableDataset D>                                      \
        requires(!(requires { requires detail::Batches<D, Batch>; })) \
    DataLoader(D __VA_OPT__(, ) __VA_ARGS__, const detail::CollatedLoaderOptions<D, Batch>&) -> DataLoader<D, Batch>;
#define TAPER_LOADERS(Batch)                                                                                           \
    TAPER_LOADER(Batch)                                                                                                \
    TAPER_LOADER(Batch, const Arg<std::optional<std::int64_t>>&)                                                       \
    TAPER_LOADER(Batch, const Arg<std::optional<std::int64_t>>&, const Arg<std::optional<bool>>&)                      \
    TAPER_LOADER(Batch, const Arg<std::optional<std::int64_t>>&, const Arg<std::optional<bool>>&, const Arg<Sampler>&) \
    TAPER_LOADER(Batch, const Arg<std::optional<std::int64_t>>&, const Arg<std::optional<bool>>&, const Arg<Sampler>&, \
        const Arg<BatchIndices>&)                                                                                      \
    TAPER_LOADER(Batch, const Arg<std::optional<std::int64_t>>&, const Arg<std::optional<bool>>&, const Arg<Sampler>&, \
        const Arg<BatchIndices>&, const Arg<std::int64_t>&)
TAPER_LOADERS(Tensor)
TAPER_LOADERS(TensorList)
TAPER_LOADERS(detail::Batch2)
TAPER_LOADERS(detail::Batch3)
TAPER_LOADERS(detail::NamedBatch)
#undef TAPER_LOADERS
#undef TAPER_LOADER

/// All by keyword: `DataLoader({.dataset = dataset, .batch_size = 8})`, of an AnyDataset.
#define TAPER_LOADER(Batch)                                                                      \
    template <std::same_as<Batch> B = Batch> DataLoader(const DataLoaderOptions<AnyDataset<B>>&) \
        -> DataLoader<AnyDataset<B>>;                                                            \
    TAPER_COLLATED(Batch, Tensor)                                                                \
    TAPER_COLLATED(Batch, TensorList)                                                            \
    TAPER_COLLATED(Batch, detail::Batch2)                                                        \
    TAPER_COLLATED(Batch, detail::Batch3)                                                        \
    TAPER_COLLATED(Batch, detail::NamedBatch)
#define TAPER_COLLATED(From, To)           \
    template <std::same_as<From> D = From> \
        requires(!std::same_as<D, To>)     \
    DataLoader(const detail::CollatedLoaderOptions<AnyDataset<D>, To>&) -> DataLoader<AnyDataset<D>, To>;
TAPER_EACH_BATCH(TAPER_LOADER)
template <std::same_as<Tensor> S = Tensor> DataLoader(const DataLoaderOptions<AnyIterable<S>>&)
    -> DataLoader<AnyIterable<S>>;
template <std::same_as<detail::Batch2> S = detail::Batch2> DataLoader(const DataLoaderOptions<AnyIterable<S>>&)
    -> DataLoader<AnyIterable<S>>;
#undef TAPER_COLLATED
#undef TAPER_LOADER

}  // namespace taper
