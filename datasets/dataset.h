// What a dataset is, and datasets made of tensors and of other datasets.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include "../tensor/create.h"
#include "collate.h"
#include "iterate.h"

namespace taper {

/// Anything with `int64_t size() const` and `get(int64_t index) const`, which gives a Tensor or a std::tuple of Tensors
/// and numbers. torch.utils.data.Dataset of the map style.
template <class D>
concept MapStyleDataset = Sized<D> && requires(const D& dataset, std::int64_t index) { dataset.get(index); };

/// A sample of a dataset.
template <class D> using SampleOf = std::remove_cvref_t<decltype(std::declval<const D&>().get(0))>;

namespace detail {

// How a sample of type S is taken apart, and what a batch of such samples is.
template <class S> struct SampleParts {
    using Batch = Tensor;
    static TensorList list(const S& sample) { return {Tensor(sample)}; }
    static Batch batch(TensorList tensors) {
        check(tensors.size() == 1, "DataLoader: collate_fn gave {} tensors for samples of one", tensors.size());
        return std::move(tensors[0]);
    }
};
template <class... T> struct SampleParts<std::tuple<T...>> {
    template <class> using Element = Tensor;
    using Batch = std::tuple<Element<T>...>;
    static TensorList list(const std::tuple<T...>& sample) {
        return std::apply([](const T&... part) { return TensorList{Tensor(part)...}; }, sample);
    }
    static Batch batch(TensorList tensors) {
        check(tensors.size() == sizeof...(T), "DataLoader: collate_fn gave {} tensors for samples of {}",
            tensors.size(), sizeof...(T));
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return Batch(std::move(tensors[I])...); }(
                   std::index_sequence_for<T...>());
    }
};
template <class A, class B> struct SampleParts<std::pair<A, B>> : SampleParts<std::tuple<A, B>> {};

template <class D> using PartsOf = SampleParts<SampleOf<D>>;

}  // namespace detail

/// A batch of such samples: a Tensor, or a std::tuple of as many Tensors as a sample has.
template <class D> using BatchOf = typename detail::PartsOf<D>::Batch;

/// A dataset that makes a batch of several samples faster than one after another: `get_batch(indices)` must give what
/// stacking the samples would.
template <class D>
concept BatchedDataset = MapStyleDataset<D> && requires(const D& dataset, std::span<const std::int64_t> indices) {
    { dataset.get_batch(indices) } -> std::convertible_to<BatchOf<D>>;
};

/// An optional base, `struct Mine : Dataset<Mine>`: lets a dataset be walked over, and indexed with square brackets.
template <class Self> struct Dataset {
    auto operator[](std::int64_t index) const {
        const Self& self = static_cast<const Self&>(*this);
        return self.get(wrap_index(index, self.size(), "Dataset"));
    }
    auto begin() const {
        const Self& self = static_cast<const Self&>(*this);
        using Sample = SampleOf<Self>;
        return Iterator<Sample>([self, index = std::int64_t(0)]() mutable -> std::optional<Sample> {
            return index < self.size() ? std::optional<Sample>(self.get(index++)) : std::nullopt;
        });
    }
    std::default_sentinel_t end() const { return {}; }
};

/// Row i of each tensor is sample i. Error unless they have as many rows. torch.utils.data.TensorDataset.
template <std::size_t N> class TensorDataset : public Dataset<TensorDataset<N>> {
 public:
    using Sample = decltype(std::tuple_cat(std::array<Tensor, N>()));

    template <std::convertible_to<Tensor>... T>
        requires(sizeof...(T) == N)
    explicit TensorDataset(const T&... tensors) : tensors_{tensors...} {
        for (const Tensor& x : tensors_)
            check(
                x.size(0) == size(), "TensorDataset: Size mismatch between tensors: {} and {} rows", size(), x.size(0));
    }

    const std::array<Tensor, N>& tensors() const& { return tensors_; }
    std::array<Tensor, N> tensors() const&& { return tensors_; }
    std::int64_t size() const { return tensors_[0].size(0); }
    Sample get(std::int64_t index) const {
        return each([at = wrap_index(index, size(), "TensorDataset")](const Tensor& x) { return x.select(0, at); });
    }
    Sample get_batch(std::span<const std::int64_t> indices) const {
        return each([indices](const Tensor& x) { return gather_rows(x, indices, "TensorDataset"); });
    }

 private:
    template <class F> Sample each(const F& f) const {
        return std::apply([&](const auto&... x) { return Sample(f(x)...); }, tensors_);
    }
    std::array<Tensor, N> tensors_;
};
template <std::convertible_to<Tensor>... T> TensorDataset(const T&...) -> TensorDataset<sizeof...(T)>;

/// The samples of a dataset at these indices. torch.utils.data.Subset.
template <MapStyleDataset D> class Subset : public Dataset<Subset<D>> {
 public:
    Subset(D dataset, std::vector<std::int64_t> indices)
        : dataset_(std::move(dataset)),
          indices_(std::make_shared<const std::vector<std::int64_t>>(std::move(indices))) {}

    const D& dataset() const& { return dataset_; }
    D dataset() const&& { return dataset_; }
    const std::vector<std::int64_t>& indices() const& { return *indices_; }
    std::vector<std::int64_t> indices() const&& { return *indices_; }
    std::int64_t size() const { return len(*indices_); }
    SampleOf<D> get(std::int64_t index) const { return dataset_.get(at(index)); }
    BatchOf<D> get_batch(std::span<const std::int64_t> indices) const
        requires BatchedDataset<D>
    {
        std::vector<std::int64_t> mine;
        for (std::int64_t index : indices) mine.push_back(at(index));
        return dataset_.get_batch(mine);
    }

 private:
    std::int64_t at(std::int64_t index) const { return (*indices_)[wrap_index(index, size(), "Subset")]; }

    D dataset_;
    std::shared_ptr<const std::vector<std::int64_t>> indices_;
};

/// Datasets with the same kind of samples, one after another. torch.utils.data.ConcatDataset.
template <class Sample> class ConcatDataset : public Dataset<ConcatDataset<Sample>> {
 public:
    /// ConcatDataset({a, b}) of one type, and ConcatDataset(a, b) of several.
    template <MapStyleDataset D> explicit ConcatDataset(const std::vector<D>& datasets) {
        check(!datasets.empty(), "ConcatDataset: datasets should not be an empty iterable");
        for (const D& dataset : datasets) append(dataset);
    }
    template <MapStyleDataset D> ConcatDataset(std::initializer_list<D> datasets)
        : ConcatDataset(std::vector<D>(datasets)) {}
    template <MapStyleDataset... D>
        requires(sizeof...(D) > 1)
    explicit ConcatDataset(const D&... datasets) {
        (append(datasets), ...);
    }

    std::int64_t size() const { return parts_.back().end; }
    Sample get(std::int64_t index) const {
        index = wrap_index(index, size(), "ConcatDataset");
        auto part = std::upper_bound(
            parts_.begin(), parts_.end(), index, [](std::int64_t i, const Part& part) { return i < part.end; });
        return part->get(part == parts_.begin() ? index : index - (part - 1)->end);
    }

 private:
    struct Part {
        std::int64_t end;
        std::function<Sample(std::int64_t)> get;
    };
    template <class D> void append(const D& dataset) {
        parts_.push_back({(parts_.empty() ? 0 : size()) + dataset.size(),
            [dataset](std::int64_t index) { return Sample(dataset.get(index)); }});
    }
    std::vector<Part> parts_;
};
template <MapStyleDataset D> ConcatDataset(const std::vector<D>&) -> ConcatDataset<SampleOf<D>>;
template <MapStyleDataset D> ConcatDataset(std::initializer_list<D>) -> ConcatDataset<SampleOf<D>>;
template <MapStyleDataset D, MapStyleDataset... More>
    requires(sizeof...(More) > 0)
ConcatDataset(const D&, const More&...) -> ConcatDataset<SampleOf<D>>;

/// The keyword of random_split.
struct SplitOptions {
    std::optional<Generator> generator = {};
};

/// The indices of `size` samples, shuffled and cut into pieces of these lengths; Error unless they add up.
std::vector<std::vector<std::int64_t>> split_indices(
    std::int64_t size, std::span<const std::int64_t> lengths, const SplitOptions& options);
/// The lengths that such fractions of `size` have; what is left over goes to the first pieces, one each.
std::vector<std::int64_t> lengths_of_fractions(std::int64_t size, std::span<const double> fractions);

/// Subsets of these lengths, or of these fractions, without a sample in common. torch.utils.data.random_split.
/// `auto [train, test] = random_split(dataset, {800, 200});`
template <MapStyleDataset D, std::size_t N> std::array<Subset<D>, N> random_split(
    const D& dataset, const std::int64_t (&lengths)[N], const SplitOptions& options = {}) {
    auto pieces = split_indices(len(dataset), lengths, options);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array{Subset<D>(dataset, std::move(pieces[I]))...};
    }(std::make_index_sequence<N>());
}
template <MapStyleDataset D, std::floating_point T, std::size_t N>
std::array<Subset<D>, N> random_split(const D& dataset, const T (&fractions)[N], const SplitOptions& options = {}) {
    const std::vector<double> reals(fractions, fractions + N);
    std::int64_t lengths[N];
    std::ranges::copy(lengths_of_fractions(len(dataset), reals), lengths);
    return random_split(dataset, lengths, options);
}
template <MapStyleDataset D> std::vector<Subset<D>> random_split(
    const D& dataset, const std::vector<std::int64_t>& lengths, const SplitOptions& options = {}) {
    std::vector<Subset<D>> subsets;
    for (auto& piece : split_indices(len(dataset), lengths, options)) subsets.emplace_back(dataset, std::move(piece));
    return subsets;
}

}  // namespace taper
