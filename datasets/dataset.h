// What a dataset is, and datasets made of tensors and of other datasets.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include "../tensor/calls.h"
#include "../tensor/create.h"
#include "collate.h"
#include "iterate.h"
#include "lists.h"
#include "worker_info.h"

namespace taper {

namespace detail {

template <class D>
concept Gets = Sized<D> && requires(const D& dataset, std::int64_t index) { dataset.get(index); };
template <class D>
concept Lists = Sized<D> && requires(const D& dataset, std::int64_t index) { dataset[index]; } &&
    !std::convertible_to<D, std::string_view> && !requires { typename D::mapped_type; };

// What the dataset holds at this index.
template <class D> auto sample_at(const D& dataset, std::int64_t index) {
    if constexpr (Gets<D>)
        return dataset.get(index);
    else if constexpr (std::same_as<D, Tensor>)
        return dataset.select(0, wrap_index(index, len(dataset), "Tensor"));
    else
        return dataset[static_cast<std::size_t>(wrap_index(index, len(dataset), "list"))];
}

}  // namespace detail

/// Anything with `int64_t size() const` and `get(int64_t index) const`, which gives a sample: a Tensor, a number, a
/// text, or a std::tuple, map or list of them (another type where the loader has a collate_fn). Also a list of samples,
/// and a Tensor, whose rows they are. torch.utils.data.Dataset of the map style.
template <class D>
concept MapStyleDataset =
    !std::derived_from<D, detail::IterableBase> && (detail::Gets<D> || detail::Lists<D> || std::same_as<D, Tensor>);

/// Anything derived from IterableDataset<D>, whose `begin() const` starts a walk over its samples.
template <class D>
concept IterableStyleDataset =
    std::derived_from<D, detail::IterableBase> && requires(const D& dataset) { *dataset.begin(); };

namespace detail {
template <class D> struct SampleType {
    using Type = std::remove_cvref_t<decltype(sample_at(std::declval<const D&>(), 0))>;
};
template <IterableStyleDataset D> struct SampleType<D> {
    using Type = std::remove_cvref_t<decltype(*std::declval<const D&>().begin())>;
};
}  // namespace detail

/// A sample of a dataset.
template <class D>
    requires(MapStyleDataset<D> || IterableStyleDataset<D>)
using SampleOf = typename detail::SampleType<D>::Type;

/// A batch of such samples, as default_collate makes it.
template <class D> using BatchOf = typename detail::Collate<SampleOf<D>>::Batch;

/// A dataset that makes a batch of several samples faster than one after another: `get_batch(indices)` must give what
/// stacking the samples would.
template <class D>
concept BatchedDataset = MapStyleDataset<D> && requires(const D& dataset, std::span<const std::int64_t> indices) {
    { dataset.get_batch(indices) } -> std::convertible_to<BatchOf<D>>;
};

namespace detail {

template <class D, class Batch>
concept Batches = std::same_as<Batch, BatchOf<D>>;
template <class D, class Batch>
concept MakesBatches = BatchedDataset<D> && Batches<D, Batch>;

template <class D> BatchOf<D> batch_at(const D& dataset, std::span<const std::int64_t> indices) {
    if constexpr (BatchedDataset<D>) {
        return dataset.get_batch(indices);
    } else {
        std::vector<SampleOf<D>> samples;
        for (std::int64_t index : indices) samples.push_back(sample_at(dataset, index));
        return default_collate(std::move(samples));
    }
}

}  // namespace detail

namespace detail {
// What has Dataset as its base.
struct DatasetBase {};
}  // namespace detail

/// An optional base, `struct Mine : Dataset<Mine>`: lets a dataset be walked over, indexed with square brackets, and
/// added to another. torch.utils.data.Dataset
template <class Self> struct Dataset : detail::DatasetBase {
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

/// Any dataset whose samples make such batches, of Tensors alone: what a dataset is that is given by keyword. Its
/// samples have Tensors where the dataset itself may have numbers.
template <class Batch> class AnyDataset : public Dataset<AnyDataset<Batch>> {
 public:
    AnyDataset() = default;
    template <class D>
        requires(!std::same_as<D, AnyDataset> && MapStyleDataset<D> && requires { requires detail::Batches<D, Batch>; })
    AnyDataset(D dataset) {
        auto held = std::make_shared<const D>(std::move(dataset));
        size_ = [held] { return len(*held); };
        get_ = [held](
                   std::int64_t index) { return detail::Collate<SampleOf<D>>::one(detail::sample_at(*held, index)); };
        get_batch_ = [held](std::span<const std::int64_t> indices) { return detail::batch_at(*held, indices); };
    }

    std::int64_t size() const { return size_ ? size_() : 0; }
    Batch get(std::int64_t index) const { return get_(wrap_index(index, size(), "Dataset")); }
    Batch get_batch(std::span<const std::int64_t> indices) const {
        check(static_cast<bool>(get_batch_), "AnyDataset: it has no dataset to take {} samples of", indices.size());
        return get_batch_(indices);
    }

 private:
    std::function<std::int64_t()> size_;
    std::function<Batch(std::int64_t)> get_;
    std::function<Batch(std::span<const std::int64_t>)> get_batch_;
};

namespace detail {

// Of which batches there may be datasets by keyword: emit(Batch) for each.
using Batch1 = std::tuple<Tensor>;
using Batch2 = std::tuple<Tensor, Tensor>;
using Batch3 = std::tuple<Tensor, Tensor, Tensor>;
using NamedBatch = std::map<std::string, Tensor>;
#define TAPER_EACH_BATCH(emit) \
    emit(Tensor) emit(detail::Batch1) emit(detail::Batch2) emit(detail::Batch3) emit(detail::NamedBatch)

// Error if a keyword's value stands beside one by position.
inline void given_once(const char* call, const ArgBase& dataset) {
    if (dataset.given()) given_twice(call, "dataset");
}

// A dataset as a keyword's value.
template <class D> struct HeldDataset {
    std::shared_ptr<const D> held;
    HeldDataset() = default;
    template <class From>
        requires(!std::same_as<std::remove_cvref_t<From>, HeldDataset> && std::convertible_to<From, D>)
    HeldDataset(From&& dataset) : held(std::make_shared<const D>(std::forward<From>(dataset))) {}
};

}  // namespace detail

/// Row i of each tensor is sample i. Error unless they have as many rows. torch.utils.data.TensorDataset.
template <std::size_t N> class TensorDataset : public Dataset<TensorDataset<N>> {
 public:
    using Sample = decltype(std::tuple_cat(std::array<Tensor, N>()));

    template <std::convertible_to<Tensor>... T>
        requires(sizeof...(T) == N && N > 0)
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

template <class D> struct SubsetOptions {
    Keywords _ = Keywords();
    Arg<detail::HeldDataset<D>> dataset = required;
    Arg<IndexList> indices = required;
};
/// The samples of a dataset at these indices. torch.utils.data.Subset.
template <MapStyleDataset D> class Subset : public Dataset<Subset<D>> {
 public:
    explicit Subset(const SubsetOptions<D>& options)
        : Subset(Called(), *(options.dataset.need("Subset", "dataset"), options.dataset->held), given(options)) {}
    Subset(D dataset, const SubsetOptions<D>& options)
        : Subset(Called(), std::move(dataset), (detail::given_once("Subset", options.dataset), given(options))) {}
    Subset(D dataset, const Arg<IndexList>& indices) : Subset(Called(), std::move(dataset), indices->values) {}
    Subset(Called, D dataset, std::vector<std::int64_t> indices)
        : dataset_(std::move(dataset)),
          indices_(std::make_shared<const std::vector<std::int64_t>>(std::move(indices))) {}

    const D& dataset() const& { return dataset_; }
    D dataset() const&& { return dataset_; }
    const std::vector<std::int64_t>& indices() const& { return *indices_; }
    std::vector<std::int64_t> indices() const&& { return *indices_; }
    std::int64_t size() const { return len(*indices_); }
    SampleOf<D> get(std::int64_t index) const { return detail::sample_at(dataset_, at(index)); }
    BatchOf<D> get_batch(std::span<const std::int64_t> indices) const
        requires BatchedDataset<D>
    {
        std::vector<std::int64_t> mine;
        for (std::int64_t index : indices) mine.push_back(at(index));
        return dataset_.get_batch(mine);
    }

 private:
    static const std::vector<std::int64_t>& given(const SubsetOptions<D>& options) {
        options.indices.need("Subset", "indices");
        return options.indices->values;
    }
    std::int64_t at(std::int64_t index) const { return (*indices_)[wrap_index(index, size(), "Subset")]; }

    D dataset_;
    std::shared_ptr<const std::vector<std::int64_t>> indices_;
};

// (These are templates so that nobody pays for what they name but who calls them.)
#define TAPER_SUBSET(Batch) \
    template <std::same_as<Batch> B = Batch> Subset(const SubsetOptions<AnyDataset<B>>&) -> Subset<AnyDataset<B>>;
TAPER_EACH_BATCH(TAPER_SUBSET)
#undef TAPER_SUBSET

namespace detail {

template <class Batch> struct AnyDatasets {
    std::vector<AnyDataset<Batch>> list;
    AnyDatasets() = default;
    AnyDatasets(std::initializer_list<AnyDataset<Batch>> list) : list(list) {}
    template <std::convertible_to<AnyDataset<Batch>> D> AnyDatasets(const std::vector<D>& datasets)
        : list(datasets.begin(), datasets.end()) {}
};
template <class Batch> struct Braces<AnyDatasets<Batch>> : Items<AnyDataset<Batch>> {};

}  // namespace detail

template <class Batch> struct ConcatDatasetOptions {
    Keywords _ = Keywords();
    Arg<detail::AnyDatasets<Batch>> datasets = required;
};

/// Datasets with the same kind of samples, one after another. torch.utils.data.ConcatDataset.
template <class Sample> class ConcatDataset : public Dataset<ConcatDataset<Sample>> {
 public:
    /// ConcatDataset({a, b}) of one type, and ConcatDataset(a, b) of several.
    template <MapStyleDataset D> explicit ConcatDataset(const std::vector<D>& datasets) {
        check(!datasets.empty(), "ConcatDataset: datasets should not be an empty iterable");
        for (const D& dataset : datasets) append(dataset);
    }
    // (Beside nothing, or GCC drops the designator of {.datasets = {a}}.)
    template <MapStyleDataset D, class... Nothing>
        requires(sizeof...(Nothing) == 0)
    ConcatDataset(std::initializer_list<D> datasets, const Nothing&...) : ConcatDataset(std::vector<D>(datasets)) {}
    explicit ConcatDataset(const ConcatDatasetOptions<Sample>& options)
        : ConcatDataset((options.datasets.need("ConcatDataset", "datasets"), options.datasets->list)) {}
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
        parts_.push_back({(parts_.empty() ? 0 : size()) + len(dataset),
            [dataset](std::int64_t index) { return Sample(detail::sample_at(dataset, index)); }});
    }
    std::vector<Part> parts_;
};
template <MapStyleDataset D> ConcatDataset(const std::vector<D>&) -> ConcatDataset<SampleOf<D>>;
template <MapStyleDataset D, class... Nothing>
    requires(sizeof...(Nothing) == 0)
ConcatDataset(std::initializer_list<D>, const Nothing&...) -> ConcatDataset<SampleOf<D>>;
#define TAPER_CONCAT(Batch) \
    template <std::same_as<Batch> B = Batch> ConcatDataset(const ConcatDatasetOptions<B>&) -> ConcatDataset<B>;
TAPER_EACH_BATCH(TAPER_CONCAT)
#undef TAPER_CONCAT
template <MapStyleDataset D, MapStyleDataset... More>
    requires(sizeof...(More) > 0)
ConcatDataset(const D&, const More&...) -> ConcatDataset<SampleOf<D>>;

struct SplitOptions {
    Keywords _ = Keywords();
    Arg<std::optional<Generator>> generator = Default(none);
};

template <class D> struct RandomSplitOptions {
    Keywords _ = Keywords();
    Arg<detail::HeldDataset<D>> dataset = required;
    Arg<std::vector<double>> lengths = required;
    Arg<std::optional<Generator>> generator = Default(none);
};

/// The indices of `size` samples, shuffled and cut into pieces of these lengths; Error unless they add up.
std::vector<std::vector<std::int64_t>> split_indices(
    std::int64_t size, std::span<const std::int64_t> lengths, const std::optional<Generator>& generator);
/// Whether they sum to one.
bool are_fractions(std::span<const double> lengths);
/// The lengths that such fractions of `size` have; what is left over goes to the first pieces, one each.
std::vector<std::int64_t> lengths_of_fractions(std::int64_t size, std::span<const double> fractions);

namespace detail {

template <MapStyleDataset D> std::vector<Subset<D>> split(
    const D& dataset, std::span<const std::int64_t> lengths, const std::optional<Generator>& generator) {
    std::vector<Subset<D>> subsets;
    for (auto& piece : split_indices(len(dataset), lengths, generator))
        subsets.emplace_back(Called(), dataset, std::move(piece));
    return subsets;
}
template <MapStyleDataset D> std::vector<Subset<D>> split(
    const D& dataset, std::span<const double> fractions, const std::optional<Generator>& generator) {
    const std::vector<std::int64_t> lengths = lengths_of_fractions(len(dataset), fractions);
    return split(dataset, std::span<const std::int64_t>(lengths), generator);
}

// As one type: whole numbers are lengths, others fractions.
template <class T> using Length64 = std::conditional_t<std::floating_point<T>, double, std::int64_t>;

}  // namespace detail

/// Subsets of these lengths, or of these fractions, without a sample in common. torch.utils.data.random_split.
/// `auto [train, test] = random_split(dataset, {800, 200});`
template <MapStyleDataset D, std::size_t N> std::array<Subset<D>, N> random_split(
    const D& dataset, const std::int64_t (&lengths)[N], const SplitOptions& options = {}) {
    return unpack<N>(detail::split(dataset, std::span<const std::int64_t>(lengths), options.generator));
}
template <MapStyleDataset D, std::size_t N> std::array<Subset<D>, N> random_split(
    const D& dataset, const std::int64_t (&lengths)[N], const Arg<std::optional<Generator>>& generator) {
    return unpack<N>(detail::split(dataset, std::span<const std::int64_t>(lengths), generator));
}
template <MapStyleDataset D, std::floating_point T, std::size_t N>
std::array<Subset<D>, N> random_split(const D& dataset, const T (&fractions)[N], const SplitOptions& options = {}) {
    return unpack<N>(random_split(dataset, std::vector<T>(fractions, fractions + N), options));
}
template <MapStyleDataset D, std::floating_point T, std::size_t N> std::array<Subset<D>, N> random_split(
    const D& dataset, const T (&fractions)[N], const Arg<std::optional<Generator>>& generator) {
    return unpack<N>(random_split(dataset, std::vector<T>(fractions, fractions + N), generator));
}
/// Lengths or fractions whose number is not known here.
template <MapStyleDataset D, Number T>
    requires(!std::same_as<T, bool>)
std::vector<Subset<D>> random_split(
    const D& dataset, const std::vector<T>& lengths, const Arg<std::optional<Generator>>& generator) {
    const std::vector<detail::Length64<T>> wide(lengths.begin(), lengths.end());
    return detail::split(dataset, std::span(wide), generator);
}
template <MapStyleDataset D, Number T>
    requires(!std::same_as<T, bool>)
std::vector<Subset<D>> random_split(const D& dataset, const std::vector<T>& lengths, const SplitOptions& options = {}) {
    return random_split(dataset, lengths, options.generator);
}

template <MapStyleDataset D>
std::vector<Subset<D>> random_split(const D& dataset, const RandomSplitOptions<D>& options) {
    detail::given_once("random_split", options.dataset);
    options.lengths.need("random_split", "lengths");
    const bool whole = std::ranges::all_of(
        *options.lengths, [](double length) { return length == std::floor(length) && std::abs(length) < 0x1p63; });
    if (!whole || are_fractions(*options.lengths)) return random_split(dataset, *options.lengths, options.generator);
    return random_split(
        dataset, std::vector<std::int64_t>(options.lengths->begin(), options.lengths->end()), options.generator);
}
#define TAPER_RANDOM_SPLIT(Batch)                                                                                 \
    template <std::same_as<Batch> B = Batch>                                                                      \
    std::vector<Subset<AnyDataset<B>>> random_split(const RandomSplitOptions<AnyDataset<B>>& o) {                 \
        o.dataset.need("random_split", "dataset");                                                                \
        return random_split(                                                                                      \
            *o.dataset->held, RandomSplitOptions<AnyDataset<B>>{.lengths = o.lengths, .generator = o.generator}); \
    }
TAPER_EACH_BATCH(TAPER_RANDOM_SPLIT)
#undef TAPER_RANDOM_SPLIT

}  // namespace taper
