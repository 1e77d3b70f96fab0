#include "dtype.h"

#include <algorithm>
#include <atomic>

#include "device.h"

namespace taper {

const char* name_of(DType dtype) {
    constexpr const char* names[] = {"bool", "uint8", "int32", "int64", "float32", "float64"};
    return names[static_cast<int>(dtype)];
}

const char* scalar_name_of(DType dtype) {
    constexpr const char* names[] = {"Bool", "Byte", "Int", "Long", "Float", "Double"};
    return names[static_cast<int>(dtype)];
}

void not_implemented_for(DType dtype) { fail("not implemented for '{}'", scalar_name_of(dtype)); }

static std::atomic<DType> default_dtype = DType::Float32;

DType get_default_dtype() { return default_dtype.load(std::memory_order_relaxed); }

void set_default_dtype(DType dtype) {
    check(is_floating_point(dtype),
        "set_default_dtype: only floating-point types are supported as the default type, not {}", dtype);
    default_dtype = dtype;
}

Device::Device(std::string_view name) {
    std::string_view kind = name.substr(0, name.find(':'));
    check(kind == "cpu" || kind == "cuda",
        "Device: Expected one of cpu, cuda device type at start of device string: {}", name);
    type = kind == "cpu" ? Type::CPU : Type::CUDA;
    if (kind.size() == name.size()) return;
    std::string_view number = name.substr(kind.size() + 1);
    check(number.size() == 1 && number[0] >= '0' && number[0] <= '9', "Device: Invalid device string: '{}'", name);
    index = static_cast<signed char>(number[0] - '0');
}

std::string Device::str() const {
    std::string name = is_cpu() ? "cpu" : "cuda";
    return index < 0 ? name : fmt::format("{}:{}", name, index);
}

bool cuda::is_available() { return false; }

}  // namespace taper

fmt::format_context::iterator fmt::formatter<taper::DType>::format(
    taper::DType dtype, fmt::format_context& context) const {
    return std::ranges::copy("torch." + std::string(taper::name_of(dtype)), context.out()).out;
}

fmt::format_context::iterator fmt::formatter<taper::Device>::format(
    const taper::Device& device, fmt::format_context& context) const {
    return std::ranges::copy(device.str(), context.out()).out;
}
