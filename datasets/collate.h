// From samples to a batch.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "../tensor/tensor.h"

namespace taper {

namespace detail {

Tensor collate_tensors(const TensorList& samples);
Tensor collate_numbers(const std::vector<bool>& samples);
Tensor collate_numbers(const std::vector<std::int64_t>& samples);
Tensor collate_numbers(const std::vector<double>& samples);
/// Error unless a sample has as many parts as the first.
void check_equal_size(std::size_t size, std::size_t first);
[[noreturn]] void no_samples();
[[noreturn]] void missing_key();
[[noreturn]] void one_text();

// What a batch of samples of type S is, how `many` become one, and what `one` is that comes alone.
template <class S> struct Collate {};
template <class S>
concept Collatable = requires { typename Collate<S>::Batch; };

template <> struct Collate<Tensor> {
    using Batch = Tensor;
    static Batch many(const TensorList& samples) { return collate_tensors(samples); }
    static Batch one(const Tensor& sample) { return sample; }
};

template <Number N> struct Collate<N> {
    using Batch = Tensor;
    using Wide = std::conditional_t<std::same_as<N, bool>, bool,
        std::conditional_t<std::floating_point<N>, double, std::int64_t>>;
    static Batch many(const std::vector<N>& samples) {
        return collate_numbers(std::vector<Wide>(samples.begin(), samples.end()));
    }
    static Batch one(N sample) { return Tensor(sample); }
};

template <class Text>
    requires(std::convertible_to<Text, std::string_view>)
struct Collate<Text> {
    using Batch = std::vector<std::string>;
    static Batch many(const std::vector<Text>& samples) { return Batch(samples.begin(), samples.end()); }
    static Batch one(const Text&) { one_text(); }
};

template <class S, class... T> struct CollateParts {
    using Batch = std::tuple<typename Collate<T>::Batch...>;
    static Batch many(std::vector<S> samples) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return Batch{Collate<T>::many(column<I, T>(samples))...};
        }(std::index_sequence_for<T...>());
    }
    static Batch one(const S& sample) {
        return std::apply([](const T&... part) { return Batch{Collate<T>::one(part)...}; }, sample);
    }

 private:
    template <std::size_t i, class Part> static std::vector<Part> column(std::vector<S>& samples) {
        std::vector<Part> parts;
        for (S& sample : samples) parts.push_back(std::move(std::get<i>(sample)));
        return parts;
    }
};
template <Collatable... T> struct Collate<std::tuple<T...>> : CollateParts<std::tuple<T...>, T...> {};
template <Collatable A, Collatable B> struct Collate<std::pair<A, B>> : CollateParts<std::pair<A, B>, A, B> {};

template <class Map> struct CollateMap {
    using Values = Collate<typename Map::mapped_type>;
    static auto many(std::vector<Map> samples) {
        Rebound batch;
        for (const auto& item : samples[0]) {
            std::vector<typename Map::mapped_type> values;
            for (const Map& sample : samples) {
                auto found = sample.find(item.first);
                if (found == sample.end()) missing_key();
                values.push_back(found->second);
            }
            batch.emplace(item.first, Values::many(std::move(values)));
        }
        return batch;
    }
    static auto one(const Map& sample) {
        Rebound batch;
        for (const auto& [key, value] : sample) batch.emplace(key, Values::one(value));
        return batch;
    }

 private:
    template <class M> struct Rebind;
    template <class K, class V, class C> struct Rebind<std::map<K, V, C>> {
        using Type = std::map<K, typename Values::Batch, C>;
    };
    template <class K, class V, class H, class E> struct Rebind<std::unordered_map<K, V, H, E>> {
        using Type = std::unordered_map<K, typename Values::Batch, H, E>;
    };
    using Rebound = typename Rebind<Map>::Type;

 public:
    using Batch = Rebound;
};
template <class K, Collatable V, class C> struct Collate<std::map<K, V, C>> : CollateMap<std::map<K, V, C>> {};
template <class K, Collatable V, class H, class E> struct Collate<std::unordered_map<K, V, H, E>>
    : CollateMap<std::unordered_map<K, V, H, E>> {};

template <class List, class T> struct CollateList {
    using Batch = std::vector<typename Collate<T>::Batch>;
    static Batch many(std::vector<List> samples) {
        for (const List& sample : samples) check_equal_size(sample.size(), samples[0].size());
        Batch batch;
        for (std::size_t k = 0; k < samples[0].size(); ++k) {
            std::vector<T> parts;
            for (const List& sample : samples) parts.push_back(sample[k]);
            batch.push_back(Collate<T>::many(std::move(parts)));
        }
        return batch;
    }
    static Batch one(const List& sample) {
        Batch batch;
        for (const auto& part : sample) batch.push_back(Collate<T>::one(part));
        return batch;
    }
};
template <Collatable T> struct Collate<std::vector<T>> : CollateList<std::vector<T>, T> {};
template <Collatable T, std::size_t n> struct Collate<std::array<T, n>> : CollateList<std::array<T, n>, T> {};

template <class T>
concept OwnBatch = std::same_as<typename Collate<T>::Batch, T>;

// What initialises any member of an aggregate S, one that is a batch of its own type, or a base.
template <class S> struct AnyMember {
    template <class T>
        requires(!std::is_base_of_v<T, S>)
    operator T() const;
};
template <class S> struct OwnMember {
    template <class T>
        requires(!std::is_base_of_v<T, S> && OwnBatch<T>)
    operator T() const;
};
template <class S> struct AnyBase {
    template <class T>
        requires(std::is_base_of_v<T, S> && !std::same_as<T, S>)
    operator T() const;
};
template <class S, class Any, std::size_t... I> constexpr bool has_members(std::index_sequence<I...>) {
    return requires { S{(static_cast<void>(I), Any())...}; };
}
template <class S, class Any, std::size_t most = 9> constexpr std::size_t count_members() {
    if constexpr (most == 0 || has_members<S, Any>(std::make_index_sequence<most>()))
        return most;
    else
        return count_members<S, Any, most - 1>();
}
// Calls f with the members.
template <class S, class F> auto with_members(S& s, const F& f) {
    constexpr std::size_t count = count_members<std::remove_const_t<S>, OwnMember<std::remove_const_t<S>>>();
#define TAPER_MEMBERS(n, ...)    \
    if constexpr (count == n) {  \
        auto& [__VA_ARGS__] = s; \
        return f(__VA_ARGS__);   \
    }
    TAPER_MEMBERS(1, a)
    TAPER_MEMBERS(2, a, b)
    TAPER_MEMBERS(3, a, b, c)
    TAPER_MEMBERS(4, a, b, c, d)
    TAPER_MEMBERS(5, a, b, c, d, e)
    TAPER_MEMBERS(6, a, b, c, d, e, g)
    TAPER_MEMBERS(7, a, b, c, d, e, g, h)
    TAPER_MEMBERS(8, a, b, c, d, e, g, h, i)
#undef TAPER_MEMBERS
}
// A plain struct, as a namedtuple becomes one, whose members are each of the type that a batch of them has.
template <class S>
concept StructOfTensors = std::is_class_v<S> && std::is_aggregate_v<S> && !requires(const S& s) { s.begin(); } &&
    !requires { S{AnyBase<S>()}; } && (count_members<S, OwnMember<S>>() > 0) &&
    (count_members<S, OwnMember<S>>() < 9) && count_members<S, AnyMember<S>>() == count_members<S, OwnMember<S>>();
template <StructOfTensors S> struct Collate<S> {
    using Batch = S;
    static S many(std::vector<S> samples) {
        return with_members(samples[0], [&]<class... T>(T&...) {
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return S{Collate<T>::many(column<I, T>(samples))...};
            }(std::index_sequence_for<T...>());
        });
    }
    static S one(const S& sample) { return sample; }

 private:
    template <std::size_t i, class Part> static std::vector<Part> column(const std::vector<S>& samples) {
        std::vector<Part> parts;
        for (const S& sample : samples)
            with_members(sample, [&](const auto&... part) { parts.push_back(std::get<i>(std::tie(part...))); });
        return parts;
    }
};

}  // namespace detail

/// The samples as one batch: Tensors are stacked, numbers become a Tensor, texts a list; tuples, maps and lists become
/// a tuple, a map or a list of batches, and a struct of Tensors one of batches. Error unless the samples agree in their
/// shapes, sizes and keys. torch.utils.data.default_collate.
template <detail::Collatable S> auto default_collate(std::vector<S> samples) {
    if (samples.empty()) detail::no_samples();
    return detail::Collate<S>::many(std::move(samples));
}

// Between braces; beside nothing, or GCC drops the designator of {.batch = list}.
template <detail::Collatable S, class... Nothing>
    requires(sizeof...(Nothing) == 0)
auto default_collate(std::initializer_list<S> samples, const Nothing&...) {
    return default_collate(std::vector<S>(samples));
}

template <class S> struct DefaultCollateOptions {
    Keywords _ = Keywords();
    Arg<std::vector<S>> batch = required;
};
#define TAPER_DEFAULT_COLLATE(...)                                                                                 \
    template <std::same_as<__VA_ARGS__> S = __VA_ARGS__> auto default_collate(const DefaultCollateOptions<S>& o) { \
        return default_collate((o.batch.need("default_collate", "batch"), *o.batch));                              \
    }
TAPER_DEFAULT_COLLATE(Tensor)
TAPER_DEFAULT_COLLATE(std::tuple<Tensor, Tensor>)
TAPER_DEFAULT_COLLATE(std::tuple<Tensor, Tensor, Tensor>)
TAPER_DEFAULT_COLLATE(std::map<std::string, Tensor>)
#undef TAPER_DEFAULT_COLLATE

/// What a loader makes of a sample that comes alone: the sample itself. torch.utils.data.default_convert
template <class S> S default_convert(S data) { return data; }
template <class S> struct DefaultConvertOptions {
    Keywords _ = Keywords();
    Arg<S> data = required;
};
template <std::same_as<Tensor> S = Tensor> S default_convert(const DefaultConvertOptions<S>& o) {
    return o.data.need("default_convert", "data"), *o.data;
}

/// The index counted from the front; Error, which begins with `dataset`, if there is no such sample.
std::int64_t wrap_index(std::int64_t index, std::int64_t size, const char* dataset);

/// The samples `rows` of the dataset of x's rows as default_collate makes a batch of them. Error as of wrap_index.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows, const char* dataset);

}  // namespace taper
