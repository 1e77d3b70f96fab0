#include "dataset.h"

#include "../tensor/base/type_name.h"
#include "../tensor/warning.h"
#include "collate_fn.h"
#include "iterable.h"

namespace taper {

void detail::check_collate_fn(bool has_default, bool given, bool takes_one, bool one_by_one) {
    check(given || has_default,
        "DataLoader: default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; give the "
        "loader a collate_fn");
    check(!given || takes_one || !one_by_one,
        "DataLoader: with batch_size=None collate_fn is called with a sample, but this one takes a list of them");
    check(!takes_one || one_by_one,
        "DataLoader: collate_fn takes a sample, but is called with a list of them; let it take a std::vector");
}

void detail::has_no_len(const std::type_info& dataset) {
    fail("ChainDataset: object of type '{}' has no len()", type_name(dataset));
}

void WorkerInfo::check_type(const std::type_info& wanted) const {
    check(wanted == *type_, "get_worker_info: the dataset of this worker is a {}, not a {}", type_name(*type_),
        type_name(wanted));
}

std::vector<std::vector<std::int64_t>> split_indices(
    std::int64_t size, std::span<const std::int64_t> lengths, const std::optional<Generator>& stream) {
    std::int64_t sum = 0;
    for (std::int64_t length : lengths) {
        check(length >= 0, "random_split: a length is negative: {}", length);
        check(!__builtin_add_overflow(sum, length, &sum), "random_split: the lengths are too large");
    }
    check(sum == size,
        "random_split: Sum of input lengths does not equal the length of the input dataset! They are {} and {}", sum,
        size);
    std::vector<std::int64_t> order = room_for_indices(size, "random_split");
    Generator generator = stream.value_or(default_generator());
    random::permutation(order.data(), size, generator);
    std::vector<std::vector<std::int64_t>> pieces;
    for (auto from = order.begin(); std::int64_t length : lengths) {
        pieces.emplace_back(from, from + length);
        from += length;
    }
    return pieces;
}

bool are_fractions(std::span<const double> lengths) {
    const double sum = std::accumulate(lengths.begin(), lengths.end(), 0.0);
    return std::abs(sum - 1) <= 1e-9 && sum <= 1;
}

std::vector<std::int64_t> lengths_of_fractions(std::int64_t size, std::span<const double> fractions) {
    const double sum = std::accumulate(fractions.begin(), fractions.end(), 0.0);
    check(are_fractions(fractions), "random_split: the fractions should sum to 1, but sum to {}", sum);
    std::vector<std::int64_t> lengths;
    for (std::size_t i = 0; i < fractions.size(); ++i) {
        check(fractions[i] >= 0 && fractions[i] <= 1, "random_split: Fraction at index {} is not between 0 and 1", i);
        lengths.push_back(static_cast<std::int64_t>(std::floor(static_cast<double>(size) * fractions[i])));
    }
    const std::int64_t left = size - std::accumulate(lengths.begin(), lengths.end(), std::int64_t(0));
    for (std::int64_t i = 0; i < left; ++i) ++lengths[i % lengths.size()];
    for (std::size_t i = 0; i < lengths.size(); ++i)
        if (lengths[i] == 0) warn("Length of split at index {} is 0. This might result in an empty dataset.", i);
    return lengths;
}

}  // namespace taper
