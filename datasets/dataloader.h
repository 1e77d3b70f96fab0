// DataLoader: goes through a dataset in batches, in random order and ahead of time if one likes.
#pragma once

#include "batches.h"
#include "dataset.h"

namespace taper {

/// Goes through a dataset in batches: `for (auto [data, target] : DataLoader(dataset, {.batch_size = 64}))`. A handle:
/// copies share the dataset. Passes may be nested, or left early. What a sample throws is thrown where its batch is
/// asked for. With workers, `get` is called from several threads at once, each with a default generator of its own.
/// torch.utils.data.DataLoader.
template <MapStyleDataset D> class DataLoader {
 public:
    using Batch = BatchOf<D>;

    explicit DataLoader(D dataset, DataLoaderOptions options = {})
        : dataset_(std::make_shared<const D>(std::move(dataset))),
          batches_(std::make_shared<Batches>(len(*dataset_), options, fetch_from(dataset_, options))) {}

    const D& dataset() const& { return *dataset_; }
    D dataset() const&& { return *dataset_; }
    /// How many batches a pass has; len(loader).
    std::int64_t size() const { return batches_->size(); }
    const DataLoaderOptions& options() const& { return batches_->options(); }
    DataLoaderOptions options() const&& { return batches_->options(); }
    std::optional<std::int64_t> batch_size() const { return options().batch_size; }

    /// Starts a pass, with the draws that PyTorch makes then.
    Iterator<Batch> begin() const {
        return Iterator<Batch>([next = batches_->pass()]() -> std::optional<Batch> {
            std::optional<TensorList> batch = next();
            if (!batch) return std::nullopt;
            return detail::PartsOf<D>::batch(std::move(*batch));
        });
    }
    std::default_sentinel_t end() const { return {}; }

 private:
    static Batches::Fetch fetch_from(std::shared_ptr<const D> dataset, const DataLoaderOptions& options) {
        const bool one_by_one = !options.batch_size && !options.batch_sampler;
        return [dataset, one_by_one, collate = options.collate_fn](std::span<const std::int64_t> indices) {
            using Parts = detail::PartsOf<D>;
            if constexpr (BatchedDataset<D>)
                if (!collate && !one_by_one) return detail::SampleParts<Batch>::list(dataset->get_batch(indices));
            std::vector<TensorList> samples;
            for (std::int64_t index : indices) samples.push_back(Parts::list(dataset->get(index)));
            if (collate) return collate(samples);
            return one_by_one ? std::move(samples[0]) : default_collate(samples);
        };
    }

    std::shared_ptr<const D> dataset_;
    std::shared_ptr<Batches> batches_;
};

}  // namespace taper
