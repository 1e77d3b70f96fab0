#include "sampler.h"

#include <numeric>

namespace taper {
namespace {

using Chunk = std::vector<std::int64_t>;

// Indices drawn chunk by chunk, each chunk when the one before is used up, as PyTorch's generators do.
Iterator<std::int64_t> in_chunks(std::function<std::optional<Chunk>()> draw) {
    return Iterator<std::int64_t>(
        [draw = std::move(draw), chunk = Chunk(), at = std::size_t(0)]() mutable -> std::optional<std::int64_t> {
            while (at == chunk.size()) {
                std::optional<Chunk> more = draw();
                if (!more) return std::nullopt;
                chunk = std::move(*more);
                at = 0;
            }
            return chunk[at++];
        });
}

// A single chunk, drawn when its first index is asked for.
template <class Draw> Iterator<std::int64_t> in_one_chunk(Draw draw) {
    return in_chunks([draw, drawn = false]() mutable -> std::optional<Chunk> {
        if (std::exchange(drawn, true)) return std::nullopt;
        return draw();
    });
}

Chunk permutation(std::int64_t n, Generator generator) {
    Chunk order = room_for_indices(n, "RandomSampler");
    random::permutation(order.data(), n, generator);
    return order;
}

Chunk integers_below(std::int64_t n, std::int64_t count, Generator generator) {
    Chunk drawn(count);
    random::integers(drawn.data(), count, 0, n, generator);
    return drawn;
}

}  // namespace

std::vector<std::int64_t> room_for_indices(std::int64_t count, const char* what) {
    try {
        return std::vector<std::int64_t>(count);
    } catch (const std::exception&) {
        fail("{}: {} indices do not fit into memory", what, count);
    }
}

std::vector<std::int64_t> IndexList::list(const Tensor& values) {
    check(values.ndim() == 1 && !values.is_floating_point() && values.dtype() != bool_,
        "indices: expected a Tensor of one dimension that holds whole numbers, got {} of shape {}", values.dtype(),
        values.shape().str());
    return values.tolist<std::int64_t>();
}

std::vector<double> Weights::list(const Tensor& values) {
    check(values.ndim() == 1, "WeightedRandomSampler: weights should be a 1d sequence but given weights have shape {}",
        values.shape().str());
    return values.tolist<double>();
}

std::int64_t draw_seed(const std::optional<Generator>& generator) {
    Generator from = generator.value_or(default_generator());
    return static_cast<std::int64_t>(from.random64() & ~(std::uint64_t(1) << 63));
}

TAPER_DEFINE_CONSTRUCTORS(SequentialSampler, SequentialSamplerOptions, 1, data_source)
SequentialSampler::SequentialSampler(Called, const SequentialSamplerOptions& o) : size_(o.data_source->value) {
    check(size_ >= 0, "SequentialSampler: __len__() should return >= 0, but that of data_source is {}", size_);
}

Iterator<std::int64_t> SequentialSampler::begin() const {
    return Iterator<std::int64_t>([size = size_, at = std::int64_t(0)]() mutable -> std::optional<std::int64_t> {
        return at < size ? std::optional(at++) : std::nullopt;
    });
}

TAPER_DEFINE_CONSTRUCTORS(RandomSampler, RandomSamplerOptions, 1, data_source, replacement, num_samples, generator)
RandomSampler::RandomSampler(Called, const RandomSamplerOptions& o) : options_(o) {
    check(size() > 0 && source() > 0,
        "RandomSampler: num_samples should be a positive integer value, but got num_samples={}; {}",
        source() > 0 ? size() : source(), source() > 0 ? "leave it out for one pass" : "the dataset is empty");
}

Iterator<std::int64_t> RandomSampler::begin() const {
    std::optional<Generator> stream = options_.generator;
    const std::int64_t wanted = size(), n = source(), chunk = *options_.replacement ? 32 : n;
    auto draw = [=, replacement = *options_.replacement, left = wanted,
                    ended = false]() mutable -> std::optional<Chunk> {
        if (ended) return std::nullopt;
        if (!stream) stream = Generator().manual_seed(static_cast<std::uint64_t>(draw_seed()));
        const std::int64_t count = std::min(chunk, left);
        ended = left < chunk;  // so what remains is drawn even when it is nothing: a whole permutation, cut to no index
        left -= count;
        if (replacement) return integers_below(n, count, *stream);
        Chunk order = permutation(n, *stream);
        order.resize(count);
        return order;
    };
    return in_chunks(draw);
}

TAPER_DEFINE_CONSTRUCTORS(SubsetRandomSampler, SubsetRandomSamplerOptions, 1, indices, generator)
SubsetRandomSampler::SubsetRandomSampler(Called, const SubsetRandomSamplerOptions& o)
    : indices_(o.indices->values), generator_(o.generator) {}

Iterator<std::int64_t> SubsetRandomSampler::begin() const {
    return in_one_chunk([indices = indices_, generator = generator_] {
        Chunk order = permutation(len(indices), generator.value_or(default_generator()));
        for (std::int64_t& index : order) index = indices[index];
        return order;
    });
}

TAPER_DEFINE_CONSTRUCTORS(
    WeightedRandomSampler, WeightedSamplerOptions, 2, weights, num_samples, replacement, generator)
WeightedRandomSampler::WeightedRandomSampler(Called, const WeightedSamplerOptions& o) : options_(o) {
    check(size() > 0, "WeightedRandomSampler: num_samples should be a positive integer value, but got num_samples={}",
        size());
}

Iterator<std::int64_t> WeightedRandomSampler::begin() const {
    return in_one_chunk([o = options_] {
        const std::vector<double>& weights = o.weights->values;
        Chunk drawn = room_for_indices(*o.num_samples, "WeightedRandomSampler");
        Generator generator = o.generator->value_or(default_generator());
        random::multinomial(drawn.data(), len(drawn), weights.data(), len(weights), o.replacement, generator);
        return drawn;
    });
}

TAPER_DEFINE_CONSTRUCTORS(BatchSampler, BatchSamplerOptions, 3, sampler, batch_size, drop_last)
BatchSampler::BatchSampler(Called, const BatchSamplerOptions& o)
    : sampler_(o.sampler), batch_size_(o.batch_size), drop_last_(o.drop_last) {
    check(static_cast<bool>(sampler_), "BatchSampler: it needs a sampler");
    check(batch_size_ > 0, "BatchSampler: batch_size should be a positive integer value, but got batch_size={}",
        batch_size_);
}

std::int64_t BatchSampler::size() const {
    return len(sampler_) / batch_size_ + (!drop_last_ && len(sampler_) % batch_size_ != 0);
}

Iterator<Chunk> BatchSampler::begin() const {
    return Iterator<Chunk>([walk = std::optional<Iterator<std::int64_t>>(), sampler = sampler_, full = batch_size_,
                               drop_last = drop_last_]() mutable -> std::optional<Chunk> {
        if (!walk) walk = sampler.begin();
        Chunk batch;
        while (len(batch) < full && *walk != std::default_sentinel) batch.push_back(next(*walk));
        if (batch.empty() || (drop_last && len(batch) < full)) return std::nullopt;
        return batch;
    });
}

}  // namespace taper
