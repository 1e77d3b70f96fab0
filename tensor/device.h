// Where a tensor's memory is.
#pragma once

#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace taper {

/// torch.device: "cpu", "cuda" or "cuda:1". A build without CUDA can name such a device, and put nothing on it.
struct Device {
    enum class Type : signed char { CPU, CUDA };
    Type type = Type::CPU;
    signed char index = -1;  // -1: the current one

    Device() = default;
    /// Error for a name that is no device.
    Device(std::string_view name);
    Device(const char* name) : Device(std::string_view(name)) {}
    Device(const std::string& name) : Device(std::string_view(name)) {}

    bool is_cpu() const { return type == Type::CPU; }
    std::string str() const;
    friend bool operator==(const Device&, const Device&) = default;
};

namespace cuda {
/// torch.cuda.is_available: false, in a build without CUDA.
bool is_available();
}  // namespace cuda

}  // namespace taper

template <> struct fmt::formatter<taper::Device> : taper::TextFormatter {
    fmt::format_context::iterator format(const taper::Device& device, fmt::format_context& context) const;
};
