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
    if constexpr (std::same_as<At, Iterator<SampleOf<D>>>)
        return dataset.begin();
    else
        return Iterator<SampleOf<D>>(
            [at = dataset.begin(), &dataset, begun = false]() mutable -> std::optional<SampleOf<D>> {
                if (std::exchange(begun, true)) ++at;
                if constexpr (requires { at == std::default_sentinel; })
                    return at == std::default_sentinel ? std::nullopt : std::optional<SampleOf<D>>(*at);
                else
                    return at == dataset.end() ? std::nullopt : std::optional<SampleOf<D>>(*at);
            });
}

[[noreturn]] void has_no_len(const std::type_info& dataset);

}  // namespace detail

/// Iterable datasets with the same kind of samples, one after another. torch.utils.data.ChainDataset
template <class Sample> class ChainDataset : public IterableDataset<ChainDataset<Sample>> {
 public:
    /// ChainDataset({a, b}) of one type, and ChainDataset(a, b) of several.
    template <IterableStyleDataset D> explicit ChainDataset(const std::vector<D>& datasets) {
        for (const D& dataset : datasets) append(dataset);
    }
    template <IterableStyleDataset D, class... Nothing>
        requires(sizeof...(Nothing) == 0)
    ChainDataset(std::initializer_list<D> datasets, const Nothing&...) : ChainDataset(std::vector<D>(datasets)) {}
    template <IterableStyleDataset... D>
        requires(sizeof...(D) > 1)
    explicit ChainDataset(const D&... datasets) {
        (append(datasets), ...);
    }

    /// Error if one has no size().
    std::int64_t size() const {
        std::int64_t sum = 0;
        for (const Part& part : parts_) sum += part.size();
        return sum;
    }
    Iterator<Sample> begin() const {
        return Iterator<Sample>([parts = parts_, at = std::size_t(0),
                                    walk = std::optional<Iterator<Sample>>()]() mutable -> std::optional<Sample> {
            for (; at < parts.size(); ++at, walk.reset()) {
                if (!walk) walk = parts[at].begin();
                if (*walk != std::default_sentinel) return next(*walk);
            }
            return std::nullopt;
        });
    }

 private:
    struct Part {
        std::function<std::int64_t()> size;
        std::function<Iterator<Sample>()> begin;
    };
    template <class D> void append(const D& dataset) {
        auto held = std::make_shared<const D>(dataset);
        auto size = [held]() -> std::int64_t {
            if constexpr (Sized<D>)
                return len(*held);
            else
                detail::has_no_len(typeid(D));
        };
        auto begin = [held] {
            return Iterator<Sample>([held, walk = detail::walk_over(*held)]() mutable -> std::optional<Sample> {
                return walk == std::default_sentinel ? std::nullopt : std::optional<Sample>(next(walk));
            });
        };
        parts_.push_back({size, begin});
    }
    std::vector<Part> parts_;
};
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
