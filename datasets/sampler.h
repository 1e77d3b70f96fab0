// In which order a loader visits its samples: ranges of indices, drawn anew at each walk.
#pragma once

#include <span>
#include <vector>

#include "../tensor/tensor.h"
#include "iterate.h"

namespace taper {

namespace detail {
// How many samples there are: a number, or anything that has a length.
struct Length {
    std::int64_t value;
    template <std::integral I> Length(I value) : value(static_cast<std::int64_t>(value)) {}
    template <class T>
        requires(!std::is_arithmetic_v<T> && requires(const T& x) { len(x); })
    Length(const T& source) : value(len(source)) {}
};
}  // namespace detail

/// Anything with a size() and a walk over items: one of the samplers below, a std::vector, a struct of the user's own.
/// An empty one stands for None.
template <class Item> class AnySampler {
 public:
    AnySampler() = default;
    template <Sized S>
        requires(!std::same_as<S, AnySampler> &&
            requires(const S& s) { static_cast<Item>(*s.begin()), s.begin() == s.end(); })
    AnySampler(S sampler) {
        auto held = std::make_shared<const S>(std::move(sampler));
        size_ = [held] { return len(*held); };
        walk_ = [held] { return Iterator<Item>(walk_over(held)); };
    }

    explicit operator bool() const { return static_cast<bool>(size_); }
    std::int64_t size() const { return size_(); }
    Iterator<Item> begin() const { return walk_(); }
    std::default_sentinel_t end() const { return {}; }

 private:
    // The walk begins, and draws, when its first item is asked for.
    template <class S> static typename Iterator<Item>::Pull walk_over(std::shared_ptr<const S> held) {
        using At = decltype(held->begin());
        return [held, at = std::optional<At>()]() mutable -> std::optional<Item> {
            if (!at)
                at.emplace(held->begin());
            else
                ++*at;
            return *at == held->end() ? std::nullopt : std::optional<Item>(static_cast<Item>(**at));
        };
    }
    std::function<std::int64_t()> size_;
    std::function<Iterator<Item>()> walk_;
};
/// What DataLoader's `sampler` and `batch_sampler` hold. torch.utils.data.Sampler.
using Sampler = AnySampler<std::int64_t>;
using BatchIndices = AnySampler<std::vector<std::int64_t>>;

/// 0, 1, ..., len(source) - 1. torch.utils.data.SequentialSampler.
class SequentialSampler {
 public:
    explicit SequentialSampler(detail::Length source) : size_(source.value) {}
    std::int64_t size() const { return size_; }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    std::int64_t size_;
};

/// The keywords of RandomSampler.
struct RandomSamplerOptions {
    bool replacement = false;
    std::optional<std::int64_t> num_samples = {};
    std::optional<Generator> generator = {};
};

/// Indices below len(source) in random order; num_samples of them, which may be more than there are. Without a
/// generator, a walk draws one number from the default one, and the order from a stream seeded with it.
/// torch.utils.data.RandomSampler.
class RandomSampler {
 public:
    explicit RandomSampler(detail::Length source, RandomSamplerOptions options = {});
    std::int64_t size() const { return options_.num_samples.value_or(source_); }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    std::int64_t source_;
    RandomSamplerOptions options_;
};

/// The given indices in random order. torch.utils.data.SubsetRandomSampler.
class SubsetRandomSampler {
 public:
    explicit SubsetRandomSampler(std::vector<std::int64_t> indices, std::optional<Generator> generator = {})
        : indices_(std::move(indices)), generator_(std::move(generator)) {}
    std::int64_t size() const { return len(indices_); }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    std::vector<std::int64_t> indices_;
    std::optional<Generator> generator_;
};

/// The keywords of WeightedRandomSampler.
struct WeightedSamplerOptions {
    bool replacement = true;
    std::optional<Generator> generator = {};
};

/// Indices drawn by their weights, which need not sum to one. torch.utils.data.WeightedRandomSampler.
class WeightedRandomSampler {
 public:
    WeightedRandomSampler(std::vector<double> weights, std::int64_t num_samples, WeightedSamplerOptions options = {});
    WeightedRandomSampler(const Tensor& weights, std::int64_t num_samples, WeightedSamplerOptions options = {});
    std::int64_t size() const { return num_samples_; }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    std::vector<double> weights_;
    std::int64_t num_samples_;
    WeightedSamplerOptions options_;
};

/// The indices of a sampler in batches; the last, if it is short, is left out where `drop_last`.
/// torch.utils.data.BatchSampler.
class BatchSampler {
 public:
    BatchSampler(Sampler sampler, std::int64_t batch_size, bool drop_last);
    std::int64_t size() const;
    Iterator<std::vector<std::int64_t>> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    Sampler sampler_;
    std::int64_t batch_size_;
    bool drop_last_;
};

/// The int64 that PyTorch draws as a seed: 63 bits from the generator, or from the default one.
std::int64_t draw_seed(const std::optional<Generator>& generator = {});

}  // namespace taper
