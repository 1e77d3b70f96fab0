// How a loader makes a batch of a dataset's samples.
#pragma once

#include "batches.h"
#include "collate_fn.h"
#include "hand_over.h"
#include "iterable.h"

namespace taper::detail {

// How the samples become batches.
template <class D, class Batch> struct Collation {
    CollateFn<SampleOf<D>, Batch> collate;
    bool one_by_one, drop_last;

    std::shared_ptr<void> held(Batch batch, bool by_worker) const {
        auto shared = std::make_shared<Batch>(std::move(batch));
        if (by_worker) hand_over_part(*shared);
        return shared;
    }
};

template <class D, class Batch> class MapFetcher final : public Fetcher {
 public:
    MapFetcher(std::shared_ptr<const D> dataset, Collation<D, Batch> collation, bool by_worker)
        : Fetcher(const_cast<D*>(dataset.get()), typeid(D)),
          dataset_(std::move(dataset)),
          collation_(std::move(collation)),
          by_worker_(by_worker) {}

    std::shared_ptr<void> fetch(std::span<const std::int64_t> indices, std::size_t) override {
        return collation_.held(made_of(indices), by_worker_);
    }

 private:
    Batch made_of(std::span<const std::int64_t> indices) const {
        const auto& collate = collation_.collate;
        if (collation_.one_by_one) return collate.one(sample_at(*dataset_, indices[0]));
        if constexpr (MakesBatches<D, Batch>)
            if (!collate) return indices.empty() ? no_samples() : void(), dataset_->get_batch(indices);
        std::vector<SampleOf<D>> samples;
        for (std::int64_t index : indices) samples.push_back(sample_at(*dataset_, index));
        return collate.many(std::move(samples));
    }
    std::shared_ptr<const D> dataset_;
    Collation<D, Batch> collation_;
    bool by_worker_;
};

// Of which a worker has a copy.
template <class D, class Batch> class IterableFetcher final : public Fetcher {
 public:
    IterableFetcher(std::shared_ptr<const D> dataset, Collation<D, Batch> collation, bool by_worker)
        : IterableFetcher(by_worker ? std::make_shared<D>(*dataset) : std::const_pointer_cast<D>(dataset), collation,
              by_worker, 0) {
        if (!by_worker) walk_ = walk_over<D>(*dataset_);
    }

    std::shared_ptr<void> fetch(std::span<const std::int64_t> indices, std::size_t pass) override {
        if (!walk_ || pass_ != pass) walk_ = walk_over<D>(*dataset_), pass_ = pass;
        const auto ended = [&] { return *walk_ == std::default_sentinel; };
        if (collation_.one_by_one)
            return ended() ? nullptr : collation_.held(collation_.collate.one(next(*walk_)), by_worker_);
        std::vector<SampleOf<D>> samples;
        while (samples.size() < indices.size() && !ended()) samples.push_back(next(*walk_));
        if (samples.empty() || (collation_.drop_last && samples.size() < indices.size())) return nullptr;
        return collation_.held(collation_.collate.many(std::move(samples)), by_worker_);
    }

 private:
    IterableFetcher(std::shared_ptr<D> dataset, Collation<D, Batch> collation, bool by_worker, std::size_t pass)
        : Fetcher(dataset.get(), typeid(D)),
          dataset_(std::move(dataset)),
          collation_(std::move(collation)),
          by_worker_(by_worker),
          pass_(pass) {}

    std::shared_ptr<D> dataset_;
    Collation<D, Batch> collation_;
    bool by_worker_;
    std::size_t pass_;
    std::optional<Iterator<SampleOf<D>>> walk_ = {};
};

template <class D, class Batch> using FetcherOf =
    std::conditional_t<IterableStyleDataset<D>, IterableFetcher<D, Batch>, MapFetcher<D, Batch>>;

}  // namespace taper::detail
