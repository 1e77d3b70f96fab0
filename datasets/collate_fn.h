// What a DataLoader's collate_fn may be.
#pragma once

#include "collate.h"
#include "dataset.h"

namespace taper {

namespace detail {

// Samples of one Tensor or several can also be handed on as lists of Tensors.
template <class S>
concept TensorLike = std::same_as<S, Tensor> || Number<S>;
template <class S> struct Listed {};
template <TensorLike S> struct Listed<S> {
    static TensorList list(const S& sample) { return {Tensor(sample)}; }
    static Tensor batch(TensorList tensors) {
        check(tensors.size() == 1, "DataLoader: collate_fn gave {} tensors for samples of one", tensors.size());
        return std::move(tensors[0]);
    }
};
template <TensorLike... T> struct Listed<std::tuple<T...>> {
    static TensorList list(const std::tuple<T...>& sample) {
        return std::apply([](const T&... part) { return TensorList{Tensor(part)...}; }, sample);
    }
    static auto batch(TensorList tensors) {
        check(tensors.size() == sizeof...(T), "DataLoader: collate_fn gave {} tensors for samples of {}",
            tensors.size(), sizeof...(T));
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return typename Collate<std::tuple<T...>>::Batch(std::move(tensors[I])...);
        }(std::index_sequence_for<T...>());
    }
};

template <class F, class S>
concept TakesSamples = std::invocable<F&, std::vector<S>>;
template <class F, class S>
concept TakesLists = !TakesSamples<F, S> && std::is_invocable_r_v<TensorList, F&, std::vector<TensorList>> &&
    requires(const S& sample) { Listed<S>::list(sample); };
template <class F, class S>
concept TakesSample = !TakesSamples<F, S> && !TakesLists<F, S> && std::invocable<F&, S>;

template <class F, class S> struct Collated {};
template <class F, class S>
    requires TakesSamples<F, S>
struct Collated<F, S> {
    using Type = std::invoke_result_t<F&, std::vector<S>>;
};
template <class F, class S>
    requires TakesLists<F, S>
struct Collated<F, S> {
    using Type = typename Collate<S>::Batch;
};
template <class F, class S>
    requires TakesSample<F, S>
struct Collated<F, S> {
    using Type = std::invoke_result_t<F&, S>;
};

// What a loader yields whose collate_fn is an F.
template <class D, class F> using CollatedBy = std::remove_cvref_t<typename Collated<F, SampleOf<D>>::Type>;

// Error where a loader cannot do with this function, or without one.
void check_collate_fn(bool has_default, bool given, bool takes_one, bool one_by_one);

}  // namespace detail

/// A function from a std::vector of samples to a batch; with batch_size=None, from a sample. None: default_collate.
/// Samples that consist of Tensors and numbers may also be taken, and given, as lists of Tensors.
template <class S, class Batch> class CollateFn {
 public:
    CollateFn() = default;
    CollateFn(std::nullopt_t) {}
    CollateFn(const NewAxis&) {}
    template <detail::TakesSamples<S> F>
        requires(std::is_invocable_r_v<Batch, F&, std::vector<S>>)
    CollateFn(F f) : many_(std::move(f)) {}
    template <detail::TakesLists<S> F>
        requires(std::same_as<Batch, typename detail::Collate<S>::Batch>)
    CollateFn(F f) {
        many_ = [f = std::move(f)](const std::vector<S>& samples) mutable {
            std::vector<TensorList> lists;
            for (const S& sample : samples) lists.push_back(detail::Listed<S>::list(sample));
            return detail::Listed<S>::batch(f(std::move(lists)));
        };
    }
    template <detail::TakesSample<S> F>
        requires(std::is_invocable_r_v<Batch, F&, S>)
    CollateFn(F f) : one_(std::move(f)) {}

    explicit operator bool() const { return many_ || one_; }
    /// Error where the loader cannot do with this function, or without one.
    void check_kind(bool one_by_one) const {
        detail::check_collate_fn(has_default, many_ || one_, static_cast<bool>(one_), one_by_one);
    }
    Batch many(std::vector<S> samples) const {
        if (many_) return many_(std::move(samples));
        if constexpr (has_default) return default_collate(std::move(samples));
        __builtin_unreachable();
    }
    Batch one(S sample) const {
        if (one_) return one_(std::move(sample));
        if constexpr (has_default) return detail::Collate<S>::one(sample);
        __builtin_unreachable();
    }

 private:
    static constexpr bool has_default = requires(std::vector<S> samples) {
        { detail::Collate<S>::many(samples) } -> std::same_as<Batch>;
    };

    std::function<Batch(std::vector<S>)> many_;
    std::function<Batch(S)> one_;
};

}  // namespace taper
