// nn.utils.rnn: batches of sequences that are not equally long, padded or packed.
#pragma once

#include <iosfwd>

#include "../tensor/list_arg.h"
#include "lengths.h"

namespace taper::nn::utils::rnn {

struct PackedSequenceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> data = required, batch_sizes = required, sorted_indices = Default(none),
                unsorted_indices = Default(none);
};
/// padding_value: what stands behind the end of a sequence.
struct PadSequenceOptions {
    Keywords _ = Keywords();
    ListArg<Tensor> sequences = required;
    Arg<bool> batch_first = Default(false);
    Arg<double> padding_value = Default(0);
};
struct UnpadSequenceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> padded_sequences = required;
    Arg<Lengths> lengths = required;
    Arg<bool> batch_first = Default(false);
};
/// enforce_sorted: Error unless the longest come first; otherwise they are brought into this order.
struct PackPaddedSequenceOptions {
    Keywords _ = Keywords();
    Arg<Tensor> input = required;
    Arg<Lengths> lengths = required;
    Arg<bool> batch_first = Default(false), enforce_sorted = Default(true);
};
struct PackSequenceOptions {
    Keywords _ = Keywords();
    ListArg<Tensor> sequences = required;
    Arg<bool> enforce_sorted = Default(true);
};

/// The sequences of a batch, the longest first, without what pads them: `data` holds what all have at the first step,
/// then what those have that last to the second step, and so on; batch_sizes (int64) how many these are. sorted_indices
/// and unsorted_indices, which may be absent, lead from the order of the caller to this order and back.
/// torch.nn.utils.rnn.PackedSequence
struct PackedSequence {
    TAPER_CONSTRUCTORS(PackedSequence, PackedSequenceOptions, 2, data, batch_sizes, sorted_indices, unsorted_indices)
    PackedSequence(Called, const PackedSequenceOptions& o);

    Tensor data, batch_sizes, sorted_indices, unsorted_indices;

    /// The same with its data as data.to(...) gives them.
    template <class... A> PackedSequence to(const A&... arguments) const { return with(data.to(arguments...)); }
    PackedSequence to(const ToOptions& options) const { return with(data.to(options)); }
    PackedSequence cpu() const { return with(data.cpu()); }
    PackedSequence half() const { return with(data.half()); }
    bool is_cuda() const { return data.is_cuda(); }
    /// As of the tuple that it is in Python.
    const Tensor& operator[](std::int64_t i) const;
    template <class F> void each_tensor(const F& f) { f(data), f(batch_sizes), f(sorted_indices), f(unsorted_indices); }
    template <class F> void each_tensor(const F& f) const {
        f(data), f(batch_sizes), f(sorted_indices), f(unsorted_indices);
    }

 private:
    PackedSequence with(const Tensor& data) const;
};

/// "PackedSequence(data=..., batch_sizes=..., sorted_indices=None, unsorted_indices=None)"
std::string to_string(const PackedSequence& sequence);
std::ostream& operator<<(std::ostream& out, const PackedSequence& sequence);

struct PadPackedSequenceOptions {
    Keywords _ = Keywords();
    Arg<std::optional<PackedSequence>> sequence = required;
    Arg<bool> batch_first = Default(false);
    Arg<double> padding_value = Default(0);
    Arg<std::optional<std::int64_t>> total_length = Default(none);
};
struct InvertPermutationOptions {
    Keywords _ = Keywords();
    Arg<Tensor> permutation = required;
};
struct UnpackSequenceOptions {
    Keywords _ = Keywords();
    Arg<std::optional<PackedSequence>> packed_sequences = required;
};

using Padded = std::tuple<Tensor, Tensor>;
/// Sequences (L, ...) beside one another: (T, N, ...), or with batch_first (N, T, ...), T the longest L.
TAPER_FUNCTION(Tensor, pad_sequence, PadSequenceOptions, 1, sequences, batch_first, padding_value)
/// The reverse: the first `lengths` steps of each. Without batch_first, padded_sequences is transposed in place, as by
/// PyTorch.
TAPER_FUNCTION(TensorList, unpad_sequence, UnpadSequenceOptions, 2, padded_sequences, lengths, batch_first)
/// From padded sequences (T, N, ...), or with batch_first (N, T, ...).
TAPER_FUNCTION(
    PackedSequence, pack_padded_sequence, PackPaddedSequenceOptions, 2, input, lengths, batch_first, enforce_sorted)
/// The reverse, in the order of the caller, with the lengths; T is total_length, if given.
TAPER_FUNCTION(
    Padded, pad_packed_sequence, PadPackedSequenceOptions, 1, sequence, batch_first, padding_value, total_length)
/// pack_padded_sequence(pad_sequence(sequences), lengths)
TAPER_FUNCTION(PackedSequence, pack_sequence, PackSequenceOptions, 1, sequences, enforce_sorted)
/// The reverse.
TAPER_FUNCTION(TensorList, unpack_sequence, UnpackSequenceOptions, 1, packed_sequences)
/// To each place the index that leads there; undefined of an undefined one.
TAPER_FUNCTION(Tensor, invert_permutation, InvertPermutationOptions, 1, permutation)

}  // namespace taper::nn::utils::rnn

template <> struct fmt::formatter<taper::nn::utils::rnn::PackedSequence> : fmt::formatter<std::string_view> {
    auto format(const taper::nn::utils::rnn::PackedSequence& sequence, fmt::format_context& context) const {
        return fmt::formatter<std::string_view>::format(to_string(sequence), context);
    }
};
