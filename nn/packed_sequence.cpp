#include "packed_sequence.h"

#include <algorithm>
#include <ostream>

#include "../autograd/ops.h"

namespace taper::nn {

std::vector<std::int64_t> Lengths::vec() const { return tensor_.reshape(-1).tolist<std::int64_t>(); }

}  // namespace taper::nn

namespace taper::nn::utils::rnn {

using T = const Tensor&;

static Tensor inverse(T permutation) {
    if (!permutation.defined()) return {};
    return ops::scatter(zeros_like(permutation), 0, permutation, arange(permutation.numel()));
}
TAPER_DEFINE_FUNCTION(Tensor, invert_permutation, InvertPermutationOptions, (inverse(o.permutation)), 1, permutation)

// ---- what is packed

PackedSequence::PackedSequence(Called, const PackedSequenceOptions& o)
    : data(o.data),
      batch_sizes(o.batch_sizes),
      sorted_indices(o.sorted_indices),
      unsorted_indices(o.unsorted_indices.defined() ? *o.unsorted_indices : inverse(o.sorted_indices)) {}
TAPER_DEFINE_CONSTRUCTORS(PackedSequence, PackedSequenceOptions, 2, data, batch_sizes, sorted_indices, unsorted_indices)

PackedSequence PackedSequence::with(T data) const {
    return PackedSequence(data, batch_sizes, sorted_indices, unsorted_indices);
}
T PackedSequence::operator[](std::int64_t i) const {
    check(-4 <= i && i < 4, "PackedSequence: tuple index out of range: {} of 4", i);
    const Tensor* all[] = {&data, &batch_sizes, &sorted_indices, &unsorted_indices};
    return *all[i < 0 ? i + 4 : i];
}
std::string to_string(const PackedSequence& sequence) {
    auto text = [](T x) { return x.defined() ? taper::to_string(x) : "None"; };
    return fmt::format("PackedSequence(data={}, batch_sizes={}, sorted_indices={}, unsorted_indices={})",
        text(sequence.data), text(sequence.batch_sizes), text(sequence.sorted_indices),
        text(sequence.unsorted_indices));
}
std::ostream& operator<<(std::ostream& out, const PackedSequence& sequence) { return out << to_string(sequence); }

// ---- padding

static Tensor padded(const TensorList& sequences, bool batch_first, double value) {
    check(!sequences.empty(), "pad_sequence: received an empty list of sequences");
    std::int64_t longest = 0;
    for (T x : sequences) longest = std::max(longest, x.size(0));
    TensorList all;
    for (T x : sequences) {
        Shape shape = sequences[0].shape();
        shape[0] = x.size(0);
        std::vector<std::int64_t> amounts(static_cast<std::size_t>(2 * shape.size()));
        amounts.back() = longest - x.size(0);
        Tensor own = ops::to(x, sequences[0].dtype());
        all.push_back(ops::pad(own.shape() == shape ? own : own.expand(shape), amounts, "constant", value));
    }
    return ops::stack(all, batch_first ? 0 : 1);
}
TAPER_DEFINE_FUNCTION(Tensor, pad_sequence, PadSequenceOptions, (padded(o.sequences, o.batch_first, o.padding_value)),
    1, sequences, batch_first, padding_value)

static TensorList unpadded(T padded, const Lengths& given, bool batch_first) {
    if (!batch_first) padded.transpose_(0, 1);
    const std::vector<std::int64_t> lengths = given.vec();
    TensorList all;
    for (std::int64_t i = 0; i < std::min(padded.size(0), std::ssize(lengths)); ++i) {
        const std::int64_t length = std::clamp<std::int64_t>(lengths[static_cast<std::size_t>(i)], 0, padded.size(1));
        all.push_back(padded.select(0, i).narrow(0, 0, length).clone());
    }
    return all;
}
TAPER_DEFINE_FUNCTION(TensorList, unpad_sequence, UnpadSequenceOptions,
    (unpadded(o.padded_sequences, *o.lengths, o.batch_first)), 2, padded_sequences, lengths, batch_first)

// ---- packing

static PackedSequence packed(T x, const Lengths& given, bool batch_first, bool enforce_sorted) {
    Tensor lengths = given.tensor().to(int64), order;
    check(lengths.ndim() == 1,
        "pack_padded_sequence: 'lengths' argument should be a 1D CPU int64 tensor, but got {}D cpu Long tensor",
        lengths.ndim());
    const std::int64_t batch = x.size(batch_first ? 0 : 1), steps = x.size(batch_first ? 1 : 0);
    check(x.numel() > 0, "pack_padded_sequence: Cannot pack empty tensors.");
    check(enforce_sorted ? lengths.numel() == batch : 0 < lengths.numel() && lengths.numel() <= batch,
        "pack_padded_sequence: Expected `len(lengths)` to be equal to batch_size, but got {} (batch_size={})",
        lengths.numel(), batch);
    if (!enforce_sorted) {
        ValuesAndIndices sorted = lengths.sort({.descending = true});
        lengths = sorted.values, order = sorted.indices;
    }
    const std::vector<std::int64_t> longest = lengths.tolist<std::int64_t>();
    check(longest.back() > 0,
        "pack_padded_sequence: Length of all samples has to be greater than 0, but found an element in 'lengths' that "
        "is <= 0");
    check(std::is_sorted(longest.begin(), longest.end(), std::greater()),
        "pack_padded_sequence: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You "
        "can "
        "pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you "
        "do not need ONNX exportability.");
    check(longest[0] <= steps, "pack_padded_sequence: a sequence of length {} has no room in the {} steps of the input",
        longest[0], steps);
    std::vector<std::int64_t> sizes, places;
    const std::vector<std::int64_t> row = (order.defined() ? order : arange(batch)).tolist<std::int64_t>();
    for (std::int64_t t = 0; t < longest[0]; ++t) {
        std::size_t n = 0;
        for (; n < longest.size() && longest[n] > t; ++n)
            places.push_back(batch_first ? row[n] * steps + t : t * batch + row[n]);
        sizes.push_back(static_cast<std::int64_t>(n));
    }
    Tensor data = x.flatten(0, 1).index_select(0, tensor(places));
    return PackedSequence(autograd::named("PackPaddedSequenceBackward0", data), tensor(sizes), order);
}
TAPER_DEFINE_FUNCTION(PackedSequence, pack_padded_sequence, PackPaddedSequenceOptions,
    (packed(o.input, *o.lengths, o.batch_first, o.enforce_sorted)), 2, input, lengths, batch_first, enforce_sorted)

static Padded padded(
    const PackedSequence& packed, bool batch_first, double value, std::optional<std::int64_t> total_length) {
    const std::vector<std::int64_t> sizes = packed.batch_sizes.tolist<std::int64_t>();
    check(!sizes.empty(), "pad_packed_sequence: Expected batch_sizes to have an element");
    const std::int64_t longest = std::ssize(sizes), steps = total_length.value_or(longest), batch = sizes[0];
    check(steps >= longest,
        "pad_packed_sequence: Expected total_length to be at least the length of the longest sequence in input, but "
        "got "
        "total_length={} and max sequence length being {}",
        steps, longest);
    std::vector<std::int64_t> lengths(static_cast<std::size_t>(batch));
    Tensor places = full({steps, batch}, -1, {.dtype = int64});
    std::int64_t next = 0, *at = places.data_ptr<std::int64_t>();
    for (std::int64_t t = 0; t < longest; ++t)
        for (std::int64_t i = 0; i < sizes[static_cast<std::size_t>(t)]; ++i, ++next)
            at[t * batch + i] = next, ++lengths[static_cast<std::size_t>(i)];
    Tensor back = packed.unsorted_indices, by_sequence = tensor(lengths);
    if (back.defined()) places = places.index_select(1, back), by_sequence = by_sequence.index_select(0, back);
    if (batch_first) places = places.t().contiguous();
    Shape shape = packed.data.shape(), mask = Shape::filled(shape.size() + 1, 1);
    shape[0] = places.size(1), shape.insert(0, places.size(0));
    mask[0] = shape[0], mask[1] = shape[1];
    const Tensor rows = packed.data.index_select(0, places.flatten().clamp_min(0)).view(shape),
                 padding = full({}, value, {.dtype = rows.dtype()});
    return {ops::where((places >= 0).view(mask), rows, padding), by_sequence};
}
TAPER_DEFINE_FUNCTION(Padded, pad_packed_sequence, PadPackedSequenceOptions,
    (padded(**o.sequence, o.batch_first, o.padding_value, o.total_length)), 1, sequence, batch_first, padding_value,
    total_length)

static PackedSequence packed(const TensorList& sequences, bool enforce_sorted) {
    std::vector<std::int64_t> lengths;
    for (T x : sequences) lengths.push_back(x.size(0));
    return packed(padded(sequences, false, 0), lengths, false, enforce_sorted);
}
TAPER_DEFINE_FUNCTION(PackedSequence, pack_sequence, PackSequenceOptions, (packed(o.sequences, o.enforce_sorted)), 1,
    sequences, enforce_sorted)

static TensorList unpacked(const PackedSequence& sequences) {
    auto [padded_sequences, lengths] = padded(sequences, true, 0, none);
    return unpadded(padded_sequences, lengths, true);
}
TAPER_DEFINE_FUNCTION(
    TensorList, unpack_sequence, UnpackSequenceOptions, (unpacked(**o.packed_sequences)), 1, packed_sequences)

}  // namespace taper::nn::utils::rnn
