#include "collate.h"

#include <algorithm>
#include <cstring>

#include "../tensor/native.h"
#include "../tensor/recording.h"
#include "worker_info.h"

namespace taper {
namespace {

// x[i] as a view without history.
Tensor row(const Tensor& x, std::int64_t i) {
    Shape shape = x.shape();
    Strides strides = x.stride();
    shape.erase(0);
    strides.erase(0);
    return native::view(x, shape, strides, x.storage_offset() + i * x.stride()[0]);
}

void copy_row(const Tensor& out, std::int64_t i, const Tensor& from, std::int64_t bytes) {
    if (from.dtype() == out.dtype() && from.is_contiguous())
        std::memcpy(static_cast<char*>(out.data_ptr()) + i * bytes, from.data_ptr(), bytes);
    else
        native::copy(row(out, i), from);
}

// As PyTorch's: a worker's batch is written into memory that is there already.
void check_records_here() {
    check(!detail::this_worker || !autograd::is_grad_enabled(),
        "default_collate: stack(): functions with out=... arguments don't support automatic differentiation, but one "
        "of the arguments requires grad.; detach() the samples, or make the batches with num_workers=0");
}

template <class T> Tensor numbers(const std::vector<T>& samples) {
    Tensor out = native::empty({static_cast<std::int64_t>(samples.size())}, dtype_of<T>());
    std::ranges::copy(samples, out.data_ptr<T>());
    return out;
}

}  // namespace

namespace detail {

Tensor collate_tensors(const TensorList& samples) {
    const Shape& shape = samples[0].shape();
    DType dtype = samples[0].dtype();
    bool needs_gradient = samples[0].requires_grad();
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const Tensor& x = samples[i];
        check(x.shape() == shape,
            "default_collate: stack expects each tensor to be equal size, but got {} at entry 0 and {} at entry {}; "
            "give the loader a collate_fn that pads them, or the dataset a transform that resizes them",
            shape.str(), x.shape().str(), i);
        dtype = promote_types(dtype, x.dtype());
        needs_gradient |= x.requires_grad();
    }
    if (needs_gradient) return check_records_here(), ops::stack(samples, 0);
    Shape batch = shape;
    batch.insert(0, static_cast<std::int64_t>(samples.size()));
    Tensor out = native::empty(batch, dtype, samples[0].device());
    const std::int64_t bytes = shape.numel() * out.element_size();
    for (std::size_t i = 0; i < samples.size(); ++i) copy_row(out, static_cast<std::int64_t>(i), samples[i], bytes);
    return out;
}

Tensor collate_numbers(const std::vector<bool>& samples) { return numbers(samples); }
Tensor collate_numbers(const std::vector<std::int64_t>& samples) { return numbers(samples); }
Tensor collate_numbers(const std::vector<double>& samples) { return numbers(samples); }

void check_equal_size(std::size_t size, std::size_t first) {
    check(size == first,
        "default_collate: each element in list of batch should be of equal size, but one has {} parts and another {}; "
        "give the loader a collate_fn",
        first, size);
}

void no_samples() { fail("default_collate: there are no samples to make a batch of"); }

void hand_over(Tensor& x) {
    if (!x.defined() || !x.requires_grad()) return;
    check(x.is_leaf(),
        "DataLoader: Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not "
        "support crossing process boundaries.  If you just want to transfer the data, call detach() on the tensor "
        "before serializing (e.g., putting it on the queue).; or make the batches with num_workers=0");
    const bool is_parameter = x.impl().is_parameter;
    x = x.detach().clone().requires_grad_();
    x.impl().is_parameter = is_parameter;
}

void missing_key() {
    fail("default_collate: KeyError: a sample lacks a key that the first one has; give the loader a collate_fn");
}

void one_text() {
    fail(
        "DataLoader: with batch_size=None a text would come as it is, not in a list, which is another type; leave "
        "batch_size out, or go through the dataset itself");
}

}  // namespace detail

std::int64_t wrap_index(std::int64_t index, std::int64_t size, const char* dataset) {
    check(index >= -size && index < size, "{}: index {} is out of range for a dataset of {} samples", dataset, index,
        size);
    return index < 0 ? index + size : index;
}

Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows, const char* dataset) {
    const std::int64_t size = x.size(0);
    Shape shape = x.shape();
    shape[0] = static_cast<std::int64_t>(rows.size());
    if (x.requires_grad() && !rows.empty()) {
        check_records_here();
        TensorList samples;
        for (std::int64_t at : rows) samples.push_back(x.select(0, wrap_index(at, size, dataset)));
        return ops::stack(samples, 0);
    }
    Tensor out = native::empty(shape, x.dtype(), x.device());
    const std::int64_t bytes = rows.empty() ? 0 : out.nbytes() / shape[0];
    const bool dense = x.is_contiguous();
    const char* from = static_cast<const char*>(x.data_ptr());
    char* to = static_cast<char*>(out.data_ptr());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int64_t at = wrap_index(rows[i], size, dataset);
        if (dense)
            std::memcpy(to + static_cast<std::int64_t>(i) * bytes, from + at * bytes, bytes);
        else
            native::copy(row(out, static_cast<std::int64_t>(i)), row(x, at));
    }
    return out;
}

}  // namespace taper
