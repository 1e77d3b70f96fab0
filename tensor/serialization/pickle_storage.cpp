// The storages of a checkpoint: their names, elements that are widened when read, and the tensors on them.
#include "pickle.h"

namespace taper::pickle {
namespace {

float from_half(std::uint16_t bits) {
    const std::uint32_t sign = std::uint32_t(bits & 0x8000) << 16, rest = bits & 0x7fff;
    if (rest >= 0x7c00)
        return std::bit_cast<float>(sign | 0x7f800000 | (rest & 0x3ff) << 13);  // infinite, or not a number
    const float scaled = std::bit_cast<float>(rest << 13) * 0x1p112f;           // the exponents' biases are 112 apart
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(scaled));
}

float from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t(bits) << 16); }

template <class From, class To, auto convert> void widen(const char* from, void* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        From element;
        std::memcpy(&element, from + i * sizeof element, sizeof element);
        static_cast<To*>(to)[i] = convert(element);
    }
}

template <class From> std::int32_t to_int(From v) { return v; }
bool to_bool(std::uint8_t byte) { return byte != 0; }

constexpr StorageType types[] = {
    {"FloatStorage", 4, DType::Float32, nullptr},
    {"DoubleStorage", 8, DType::Float64, nullptr},
    {"LongStorage", 8, DType::Int64, nullptr},
    {"IntStorage", 4, DType::Int32, nullptr},
    {"ByteStorage", 1, DType::UInt8, nullptr},
    {"BoolStorage", 1, DType::Bool, widen<std::uint8_t, bool, to_bool>},  // a byte above 1 is no bool
    {"HalfStorage", 2, DType::Float32, widen<std::uint16_t, float, from_half>},
    {"BFloat16Storage", 2, DType::Float32, widen<std::uint16_t, float, from_bfloat16>},
    {"ShortStorage", 2, DType::Int32, widen<std::int16_t, std::int32_t, to_int<std::int16_t>>},
    {"CharStorage", 1, DType::Int32, widen<std::int8_t, std::int32_t, to_int<std::int8_t>>},
};

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

const StorageType& storage_type(std::string_view name) {
    for (const StorageType& type : types)
        if (type.name == name) return type;
    fail("no tensor here has elements of torch.{}", name);
}

const StorageType& storage_type(DType dtype) {
    for (const StorageType& type : types)
        if (type.dtype == dtype) return type;
    fail("no storage holds {}", dtype);
}

void read_elements(const StorageType& type, const char* from, const Ref<Storage>& to, std::int64_t count) {
    if (type.widen)
        type.widen(from, to->data(), count);
    else if (count > 0)
        std::memcpy(to->data(), from, count * type.bytes);
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
