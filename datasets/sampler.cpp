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
    Chunk order(n);
    random::permutation(order.data(), n, generator);
    return order;
}

Chunk integers_below(std::int64_t n, std::int64_t count, Generator generator) {
    Chunk drawn(count);
    random::integers(drawn.data(), count, 0, n, generator);
    return drawn;
}

}  // namespace

std::int64_t draw_seed(const std::optional<Generator>& generator) {
    Generator from = generator.value_or(default_generator());
    return static_cast<std::int64_t>(from.random64() & ~(std::uint64_t(1) << 63));
}

Iterator<std::int64_t> SequentialSampler::begin() const {
    return Iterator<std::int64_t>([size = size_, at = std::int64_t(0)]() mutable -> std::optional<std::int64_t> {
        return at < size ? std::optional(at++) : std::nullopt;
    });
}

RandomSampler::RandomSampler(detail::Length source, RandomSamplerOptions options)
    : source_(source.value), options_(std::move(options)) {
    check(size() > 0 && source_ > 0,
        "RandomSampler: num_samples should be a positive integer value, but got num_samples={}; {}",
        source_ > 0 ? size() : source_, source_ > 0 ? "leave it out for one pass" : "the dataset is empty");
}

Iterator<std::int64_t> RandomSampler::begin() const {
    std::optional<Generator> stream = options_.generator;
    const std::int64_t wanted = size(), n = source_, chunk = options_.replacement ? 32 : n;
    auto draw = [=, replacement = options_.replacement, left = wanted,
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

Iterator<std::int64_t> SubsetRandomSampler::begin() const {
    return in_one_chunk([indices = indices_, generator = generator_] {
        Chunk order = permutation(len(indices), generator.value_or(default_generator()));
        for (std::int64_t& index : order) index = indices[index];
        return order;
    });
}

WeightedRandomSampler::WeightedRandomSampler(
    std::vector<double> weights, std::int64_t num_samples, WeightedSamplerOptions options)
    : weights_(std::move(weights)), num_samples_(num_samples), options_(std::move(options)) {
    check(num_samples > 0,
        "WeightedRandomSampler: num_samples should be a positive integer value, but got num_samples={}", num_samples);
}

WeightedRandomSampler::WeightedRandomSampler(
    const Tensor& weights, std::int64_t num_samples, WeightedSamplerOptions options)
    : WeightedRandomSampler(weights.tolist<double>(), num_samples, std::move(options)) {
    check(weights.ndim() == 1, "WeightedRandomSampler: weights should be a 1d sequence but given weights have shape {}",
        weights.shape().str());
}

Iterator<std::int64_t> WeightedRandomSampler::begin() const {
    return in_one_chunk([weights = weights_, count = num_samples_, options = options_] {
        Chunk drawn(count);
        Generator generator = options.generator.value_or(default_generator());
        random::multinomial(drawn.data(), count, weights.data(), len(weights), options.replacement, generator);
        return drawn;
    });
}

BatchSampler::BatchSampler(Sampler sampler, std::int64_t batch_size, bool drop_last)
    : sampler_(std::move(sampler)), batch_size_(batch_size), drop_last_(drop_last) {
    check(static_cast<bool>(sampler_), "BatchSampler: it needs a sampler");
    check(batch_size > 0, "BatchSampler: batch_size should be a positive integer value, but got batch_size={}",
        batch_size);
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
