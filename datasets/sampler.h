// In which order a loader visits its samples: ranges of indices, drawn anew at each walk.
#pragma once

#include <span>
#include <vector>

#include "../tensor/tensor.h"
#include "iterate.h"
#include "lists.h"

namespace taper {

namespace detail {
// How many samples there are: a number, or anything that has a length.
struct Length {
    std::int64_t value = 0;
    Length() = default;
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    Length(I value) : value(static_cast<std::int64_t>(value)) {}
    template <class T>
        requires(!std::is_arithmetic_v<T> && requires(const T& x) { len(x); })
    Length(const T& source) : value(len(source)) {}
};

// A sampler's item as an index or a list of them.
template <class Item, class From>
concept IndexLike = (std::integral<Item> && std::integral<From> && !std::same_as<From, bool>) ||
    (!std::integral<Item> && requires(const From& list) { IndexList(list); });
template <class Item, class From> Item as_index(const From& from) {
    if constexpr (std::integral<Item>)
        return static_cast<Item>(from);
    else
        return IndexList(from).values;
}
}  // namespace detail

/// Anything with a size() and a walk over items: one of the samplers below, a std::vector, a struct of the user's own.
/// An empty one stands for None.
template <class Item> class AnySampler {
 public:
    AnySampler() = default;
    AnySampler(std::nullopt_t) {}
    AnySampler(const NewAxis&) {}
    template <Sized S>
        requires(!std::same_as<S, AnySampler> &&
            requires(const S& s) {
                s.begin() == s.end();
                requires detail::IndexLike<Item, std::remove_cvref_t<decltype(*s.begin())>>;
            })
    AnySampler(S sampler) {
        auto held = std::make_shared<const S>(std::move(sampler));
        size_ = [held] { return len(*held); };
        walk_ = [held] { return Iterator<Item>(walk_over(held)); };
    }
    template <std::same_as<Tensor> T>
        requires(std::integral<Item>)
    AnySampler(const T& indices) : AnySampler(IndexList(indices).values) {}

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
            return *at == held->end() ? std::nullopt : std::optional<Item>(detail::as_index<Item>(**at));
        };
    }
    std::function<std::int64_t()> size_;
    std::function<Iterator<Item>()> walk_;
};
/// What DataLoader's `sampler` and `batch_sampler` hold. torch.utils.data.Sampler.
using Sampler = AnySampler<std::int64_t>;
using BatchIndices = AnySampler<std::vector<std::int64_t>>;

struct SequentialSamplerOptions {
    Keywords _ = Keywords();
    Arg<detail::Length> data_source = required;
};
/// 0, 1, ..., len(data_source) - 1. torch.utils.data.SequentialSampler.
class SequentialSampler {
 public:
    TAPER_CONSTRUCTORS(SequentialSampler, SequentialSamplerOptions, 1, data_source)
    std::int64_t size() const { return size_; }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    SequentialSampler(Called, const SequentialSamplerOptions& o);

    std::int64_t size_;
};

struct RandomSamplerOptions {
    Keywords _ = Keywords();
    Arg<detail::Length> data_source = required;
    Arg<bool> replacement = Default(false);
    Arg<std::optional<std::int64_t>> num_samples = Default(none);
    Arg<std::optional<Generator>> generator = Default(none);
};
/// Indices below len(data_source) in random order; num_samples of them, which may be more than there are. Without a
/// generator, a walk draws one number from the default one, and the order from a stream seeded with it.
/// torch.utils.data.RandomSampler.
class RandomSampler {
 public:
    TAPER_CONSTRUCTORS(RandomSampler, RandomSamplerOptions, 1, data_source, replacement, num_samples, generator)
    std::int64_t size() const { return options_.num_samples->value_or(source()); }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    RandomSampler(Called, const RandomSamplerOptions& o);
    std::int64_t source() const { return options_.data_source->value; }

    RandomSamplerOptions options_;
};

struct SubsetRandomSamplerOptions {
    Keywords _ = Keywords();
    Arg<IndexList> indices = required;
    Arg<std::optional<Generator>> generator = Default(none);
};
/// The given indices in random order. torch.utils.data.SubsetRandomSampler.
class SubsetRandomSampler {
 public:
    TAPER_CONSTRUCTORS(SubsetRandomSampler, SubsetRandomSamplerOptions, 1, indices, generator)
    TAPER_ITEMS_ALONE(SubsetRandomSampler, std::int64_t, IndexList)
    std::int64_t size() const { return len(indices_); }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    SubsetRandomSampler(Called, const SubsetRandomSamplerOptions& o);

    std::vector<std::int64_t> indices_;
    std::optional<Generator> generator_;
};

/// A list of numbers, or a Tensor of one dimension.
struct Weights {
    std::vector<double> values;

    Weights() = default;
    Weights(std::initializer_list<double> values) : values(values) {}
    template <Number N>
        requires(!std::same_as<N, bool>)
    Weights(const std::vector<N>& values) : values(values.begin(), values.end()) {}
    template <std::derived_from<Tensor> T> Weights(const T& values) : Weights(list(values)) {}

 private:
    static std::vector<double> list(const Tensor& values);
};
namespace detail {
template <> struct Braces<Weights> : Items<double> {};
}  // namespace detail

struct WeightedSamplerOptions {
    Keywords _ = Keywords();
    Arg<Weights> weights = required;
    Arg<std::int64_t> num_samples = required;
    Arg<bool> replacement = Default(true);
    Arg<std::optional<Generator>> generator = Default(none);
};
/// Indices drawn by their weights, which need not sum to one. torch.utils.data.WeightedRandomSampler.
class WeightedRandomSampler {
 public:
    TAPER_CONSTRUCTORS(WeightedRandomSampler, WeightedSamplerOptions, 2, weights, num_samples, replacement, generator)
    std::int64_t size() const { return options_.num_samples; }
    Iterator<std::int64_t> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    WeightedRandomSampler(Called, const WeightedSamplerOptions& o);

    WeightedSamplerOptions options_;
};

struct BatchSamplerOptions {
    Keywords _ = Keywords();
    Arg<Sampler> sampler = required;
    Arg<std::int64_t> batch_size = required;
    Arg<bool> drop_last = required;
};
/// The indices of a sampler in batches; the last, if it is short, is left out where `drop_last`.
/// torch.utils.data.BatchSampler.
class BatchSampler {
 public:
    TAPER_CONSTRUCTORS(BatchSampler, BatchSamplerOptions, 3, sampler, batch_size, drop_last)
    std::int64_t size() const;
    Iterator<std::vector<std::int64_t>> begin() const;
    std::default_sentinel_t end() const { return {}; }

 private:
    BatchSampler(Called, const BatchSamplerOptions& o);

    Sampler sampler_;
    std::int64_t batch_size_;
    bool drop_last_;
};

/// The int64 that PyTorch draws as a seed: 63 bits from the generator, or from the default one.
std::int64_t draw_seed(const std::optional<Generator>& generator = {});

}  // namespace taper
