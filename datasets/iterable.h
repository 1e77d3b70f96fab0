// Datasets that are gone through from their beginning, and know no indices.
#pragma once

#include "dataset.h"

namespace taper {

/// The base of such a dataset: `struct Mine : IterableDataset<Mine>` with a `begin() const` that starts a walk over the
/// samples (Python's __iter__), most easily an Iterator. A worker of a loader goes through a copy of its own, so that
/// samples come once for each worker, unless get_worker_info() is asked. torch.utils.data.IterableDataset
template <class Self> struct IterableDataset : detail::IterableBase {
    std::default_sentinel_t end() const { return {}; }
};

namespace detail {

// A walk over an iterable dataset, as an Iterator.
template <IterableStyleDataset D> Iterator<SampleOf<D>> walk_over(const D& dataset) {
    using At = decltype(dataset.begin());
    if constexpr (std::same_as<At, Iterator<SampleOf<D>>>) {
        return dataset.begin();
    } else {
        const auto end = [&] {
            if constexpr (requires(const At& at) { at == std::default_sentinel; })
                return std::default_sentinel;
            else
                return dataset.end();
        }();
        return Iterator<SampleOf<D>>(
            [at = dataset.begin(), end, begun = false]() mutable -> std::optional<SampleOf<D>> {
                if (std::exchange(begun, true)) ++at;
                return at == end ? std::nullopt : std::optional<SampleOf<D>>(*at);
            });
    }
}

[[noreturn]] void has_no_len(const std::type_info& dataset);

}  // namespace detail

/// Any iterable dataset with such samples: what one is that is given by keyword, or stands in a chain.
template <class Sample> class AnyIterable : public IterableDataset<AnyIterable<Sample>> {
 public:
    AnyIterable() = default;
    template <IterableStyleDataset D>
        requires(!std::same_as<D, AnyIterable> && std::same_as<SampleOf<D>, Sample>)
    AnyIterable(D dataset) {
        auto held = std::make_shared<const D>(std::move(dataset));
        size_ = [held]() -> std::int64_t {
            if constexpr (Sized<D>)
                return len(*held);
            else
                detail::has_no_len(typeid(D));
        };
        begin_ = [held] {
            return Iterator<Sample>([held, walk = detail::walk_over(*held)]() mutable -> std::optional<Sample> {
                return walk == std::default_sentinel ? std::nullopt : std::optional<Sample>(next(walk));
            });
        };
    }

    /// Error if the dataset has none.
    std::int64_t size() const { return size_(); }
    Iterator<Sample> begin() const { return begin_(); }

 private:
    std::function<std::int64_t()> size_;
    std::function<Iterator<Sample>()> begin_;
};

namespace detail {

template <class Sample> struct AnyIterables {
    std::vector<AnyIterable<Sample>> list;
    AnyIterables() = default;
    AnyIterables(std::initializer_list<AnyIterable<Sample>> list) : list(list) {}
    template <std::convertible_to<AnyIterable<Sample>> D> AnyIterables(const std::vector<D>& datasets)
        : list(datasets.begin(), datasets.end()) {}
};
template <class Sample> struct Braces<AnyIterables<Sample>> : Items<AnyIterable<Sample>> {};

}  // namespace detail

template <class Sample> struct ChainDatasetOptions {
    Keywords _ = Keywords();
    Arg<detail::AnyIterables<Sample>> datasets = required;
};

/// Iterable datasets with the same kind of samples, one after another. torch.utils.data.ChainDataset
template <class Sample> class ChainDataset : public IterableDataset<ChainDataset<Sample>> {
 public:
    /// ChainDataset({a, b}) of one type, and ChainDataset(a, b) of several.
    template <IterableStyleDataset D> explicit ChainDataset(const std::vector<D>& datasets)
        : datasets_(datasets.begin(), datasets.end()) {}
    template <IterableStyleDataset D, class... Nothing>
        requires(sizeof...(Nothing) == 0)
    ChainDataset(std::initializer_list<D> datasets, const Nothing&...) : ChainDataset(std::vector<D>(datasets)) {}
    template <IterableStyleDataset... D>
        requires(sizeof...(D) > 1)
    explicit ChainDataset(const D&... datasets) : datasets_{AnyIterable<Sample>(datasets)...} {}
    explicit ChainDataset(const ChainDatasetOptions<Sample>& options)
        : datasets_((options.datasets.need("ChainDataset", "datasets"), options.datasets->list)) {}

    /// Error if one has no size().
    std::int64_t size() const {
        std::int64_t sum = 0;
        for (const auto& dataset : datasets_) sum += dataset.size();
        return sum;
    }
    Iterator<Sample> begin() const {
        return Iterator<Sample>([datasets = datasets_, at = std::size_t(0),
                                    walk = std::optional<Iterator<Sample>>()]() mutable -> std::optional<Sample> {
            for (; at < datasets.size(); ++at, walk.reset()) {
                if (!walk) walk = datasets[at].begin();
                if (*walk != std::default_sentinel) return next(*walk);
            }
            return std::nullopt;
        });
    }

 private:
    std::vector<AnyIterable<Sample>> datasets_;
};
template <std::same_as<Tensor> S = Tensor> ChainDataset(const ChainDatasetOptions<S>&) -> ChainDataset<S>;
template <std::same_as<detail::Batch2> S = detail::Batch2> ChainDataset(const ChainDatasetOptions<S>&)
    -> ChainDataset<S>;
template <IterableStyleDataset D> ChainDataset(const std::vector<D>&) -> ChainDataset<SampleOf<D>>;
template <IterableStyleDataset D, class... Nothing>
    requires(sizeof...(Nothing) == 0)
ChainDataset(std::initializer_list<D>, const Nothing&...) -> ChainDataset<SampleOf<D>>;
template <IterableStyleDataset D, IterableStyleDataset... More>
    requires(sizeof...(More) > 0)
ChainDataset(const D&, const More&...) -> ChainDataset<SampleOf<D>>;

/// One dataset after the other. torch.utils.data.Dataset.__add__
template <IterableStyleDataset A, IterableStyleDataset B> auto operator+(const A& a, const B& b) {
    return ChainDataset(a, b);
}
template <std::derived_from<detail::DatasetBase> A, MapStyleDataset B> auto operator+(const A& a, const B& b) {
    return ConcatDataset(a, b);
}

}  // namespace taper
