// The storages of a saved file: their names, and the tensors on them.
#include "pickle.h"

#include <iterator>

namespace taper::pickle {
namespace {

// In the order of DType.
constexpr const char* storage_names[] = {"BoolStorage", "ByteStorage", "CharStorage", "ShortStorage", "IntStorage",
    "LongStorage", "HalfStorage", "BFloat16Storage", "FloatStorage", "DoubleStorage"};
static_assert(std::size(storage_names) == dtype_count);

Shape sizes_of(const Value& value) {
    check(value.list().size() <= Shape::max_dims, "only tensors with up to {} dims are supported, not {}",
        Shape::max_dims, value.list().size());
    Shape sizes;
    for (const Value& size : value.list()) sizes.push_back(size.item<std::int64_t>());
    return sizes;
}

bool no_negative(const Shape& sizes) {
    return std::all_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size >= 0; });
}

}  // namespace

DType storage_dtype(std::string_view name) {
    for (int i = 0; i < dtype_count; ++i)
        if (name == storage_names[i]) return static_cast<DType>(i);
    fail("no tensor here has elements of torch.{}", name);
}

const char* storage_name(DType dtype) { return storage_names[static_cast<int>(dtype)]; }

void mend_bools(const Ref<Storage>& storage, DType dtype) {
    auto* bytes = static_cast<std::uint8_t*>(storage->data());
    for (std::int64_t i = 0; dtype == DType::Bool && i < storage->bytes(); ++i)
        if (bytes[i] > 1) bytes[i] = 1;  // (what is right is not written: it may be a page of a file)
}

Tensor make_tensor(const Elements& elements, std::int64_t offset, const Value& size, const Value& stride) {
    const Shape shape = sizes_of(size), strides = sizes_of(stride);
    check(shape.size() == strides.size(), "a tensor of size {} has the stride {}", shape.str(), strides.str());
    // In doubles, which are exact up to 2^53, far beyond any storage, and never overflow.
    const auto count = static_cast<double>(elements.count);
    double last = static_cast<double>(offset), bytes = size_of(elements.dtype);
    for (int d = 0; d < shape.size(); ++d) {
        bytes *= static_cast<double>(shape[d]);
        last += static_cast<double>(shape[d] - 1) * static_cast<double>(strides[d]);
    }
    const bool fits = bytes == 0 || (bytes < 0x1p62 && last < count);
    check(offset >= 0 && no_negative(shape) && no_negative(strides) && fits,
        "a tensor of size {}, stride {} and offset {} reaches outside its storage of {} elements", shape.str(),
        strides.str(), offset, elements.count);
    auto impl = make_ref<TensorImpl>(shape, strides);
    impl->storage = elements.storage;
    impl->offset = elements.offset + (bytes == 0 ? std::min(offset, elements.count) : offset);
    impl->dtype = elements.dtype;
    return Tensor(std::move(impl));
}

}  // namespace taper::pickle
